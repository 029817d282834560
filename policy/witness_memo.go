package policy

import (
	"crypto/sha256"
	"encoding/binary"
	"sync"
)

// A WitnessMemo remembers what FindWitness found, by what the patterns match. The
// search takes a thousand times as long as looking it up, and questions about all
// actions of a service ask for the same again for each. The zero value is ready;
// it is safe for concurrent use, and so is a nil one, which remembers nothing.
type WitnessMemo struct {
	mu    sync.Mutex
	known map[[sha256.Size]byte]witnessResult // by the digest of patternsKey
}

type witnessResult struct {
	text        string
	ok, decided bool
}

// maxWitnessMemo bounds what is remembered; beyond it everything is forgotten.
const maxWitnessMemo = 1 << 16

// find is FindWitness.
func (m *WitnessMemo) find(all, none []Pattern) (witness string, ok, decided bool) {
	if m == nil {
		return FindWitness(all, none)
	}
	key := sha256.Sum256(patternsKey(all, none))
	m.mu.Lock()
	r, known := m.known[key]
	m.mu.Unlock()
	if known {
		return r.text, r.ok, r.decided
	}
	r.text, r.ok, r.decided = FindWitness(all, none)
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.known == nil || len(m.known) >= maxWitnessMemo {
		m.known = map[[sha256.Size]byte]witnessResult{}
	}
	m.known[key] = r
	return r.text, r.ok, r.decided
}

// overlap is Pattern.Overlaps.
func (m *WitnessMemo) overlap(p, q Pattern) bool {
	if p.IsAll() || q.IsAll() || p.IsLiteral() || q.IsLiteral() {
		return p.Overlaps(q)
	}
	_, ok, decided := m.find([]Pattern{p, q}, nil)
	return ok || !decided
}

// contains is p.Contains(q).
func (m *WitnessMemo) contains(p, q Pattern) bool {
	if p.IsAll() || q.IsLiteral() || p.IsLiteral() {
		return p.Contains(q)
	}
	_, ok, decided := m.find([]Pattern{q}, []Pattern{p})
	return decided && !ok
}

// patternsKey says what patterns match. Their texts would not do: variables may
// have been filled in.
func patternsKey(all, none []Pattern) []byte {
	key := make([]byte, 0, 256)
	for _, list := range [2][]Pattern{all, none} {
		key = binary.AppendUvarint(key, uint64(len(list)))
		for i := range list {
			key = list[i].appendKey(key)
		}
	}
	return key
}

func (p *Pattern) appendKey(key []byte) []byte {
	star := uint64(0)
	if p.star {
		star = 1
	}
	arn := uint64(0)
	if p.arn != nil {
		arn = 1
	}
	key = binary.AppendUvarint(key, uint64(len(p.pieces))<<2|arn<<1|star)
	for i := range p.pieces {
		piece := &p.pieces[i]
		if piece.runes == nil {
			key = binary.AppendUvarint(key, uint64(len(piece.lit))<<1)
			key = append(key, piece.lit...)
			continue
		}
		key = binary.AppendUvarint(key, uint64(len(piece.runes))<<1|1)
		for _, r := range piece.runes {
			key = binary.AppendVarint(key, int64(r))
		}
	}
	return key
}
