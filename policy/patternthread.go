package policy

import (
	"encoding/binary"
	"slices"
)

// Of the patterns that have to match, one position each is enough: a text that all
// match leads each along one way through its tokens. The sets of positions that
// product.search walks may be exponentially many, as those of
// arn:aws:kms:*:????????????:key/?*, and the ways are not. Patterns that must not
// match keep their sets.

// threads are the ways that one text leads, as far as no other text led there before.
type threads struct {
	at   []uint32 // positions in the patterns that have to match, one way behind the other
	none []uint64 // sets of the others; nil if there are none
}

// searchThreads finds what search finds, if it gets to the end: texts are tried in
// the same order, the shortest first.
func (pr *product) searchThreads(budget int) (string, bool, bool) {
	words := 0 // of those sets
	for _, t := range pr.tracks[pr.positive:] {
		words += t.end - t.from
	}
	start := threads{none: pr.noSets(words)}
	for i := pr.positive; i < len(pr.tracks); i++ {
		start.none[pr.tracks[i].from] = 1
		pr.close(i, start.none)
	}
	s := threadSearch{pr: pr, seen: map[string]bool{}, way: make([]uint32, pr.positive)}
	s.lead(&start, make([]uint32, pr.positive), -1)
	met, steps := []threads{start}, []productStep{{from: -1}}
	for at := 0; at < len(met); at++ {
		if pr.acceptsThread(&met[at]) {
			return spell(steps, at), true, true
		}
		for c, r := range pr.alphabet {
			next := threads{none: pr.noSets(words)}
			pr.stepNone(met[at].none, c, next.none)
			s.work += 1 + words/2 // of long patterns each step takes long
			for way := range slices.Chunk(met[at].at, max(pr.positive, 1)) {
				if s.work += pr.positive + words/2; s.work > budget*8 {
					return "", false, false
				}
				s.lead(&next, way, c)
			}
			if len(next.at) > 0 {
				met, steps = append(met, next), append(steps, productStep{at, r})
			}
		}
	}
	return "", false, true
}

// noSets is room for the sets of patterns that must not match.
func (pr *product) noSets(words int) []uint64 {
	if words == 0 {
		return nil
	}
	return make([]uint64, pr.words)
}

// threadSearch is the state of one search.
type threadSearch struct {
	pr   *product
	seen map[string]bool
	way  []uint32 // in the making
	key  []byte
	work int
}

// lead adds the ways that one leads on to by a character of the alphabet, or begins
// with if that is -1, and that were not met before.
func (s *threadSearch) lead(to *threads, from []uint32, character int) {
	s.track(to, from, character, 0)
}

// track is lead from a track on; those before have their positions.
func (s *threadSearch) track(to *threads, from []uint32, character, i int) {
	if i == s.pr.positive {
		s.add(to)
		return
	}
	toks, at := s.pr.tracks[i].toks, int(from[i])
	if character >= 0 {
		word, bit := s.pr.tracks[i].from+at/64, uint64(1)<<(at%64)
		switch {
		case s.pr.stays[character][word]&bit != 0:
		case s.pr.takes[character][word]&bit != 0:
			at++
		default:
			return
		}
	}
	for {
		s.way[i] = uint32(at)
		s.track(to, from, character, i+1)
		if at == len(toks) || !isStar(toks[at]) {
			return
		}
		at++ // or behind the star
	}
}

func (s *threadSearch) add(to *threads) {
	s.key = s.key[:0]
	for _, at := range s.way {
		s.key = binary.LittleEndian.AppendUint32(s.key, at)
	}
	s.work++
	if s.key = s.pr.key(s.key, to.none); !s.seen[string(s.key)] {
		s.seen[string(s.key)] = true
		to.at = append(to.at, s.way...)
	}
}

// stepNone is step for the patterns that must not match.
func (pr *product) stepNone(from []uint64, character int, to []uint64) {
	for i := pr.positive; i < len(pr.tracks); i++ {
		pr.stepTrack(i, from, character, to)
	}
}

// acceptsThread: some way at the ends of all patterns that have to match, and no
// other at its own.
func (pr *product) acceptsThread(t *threads) bool {
	for _, track := range pr.tracks[pr.positive:] {
		if track.atEnd(t.none) {
			return false
		}
	}
	for way := range slices.Chunk(t.at, max(pr.positive, 1)) {
		ends := true
		for i, at := range way {
			ends = ends && int(at) == len(pr.tracks[i].toks)
		}
		if ends {
			return true
		}
	}
	return false
}
