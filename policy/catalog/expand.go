package catalog

import (
	"cmp"
	"slices"
	"strings"
)

// Expand lists the documented actions that a pattern such as "s3:Get*", "*"
// or "iam:*Role" matches (ACTM-01, ACTM-02, QRY-16), as "service:Name", by
// service and then by name. A wildcard in the service part works too
// (ACTM-05). None means that the catalogue knows none.
func Expand(pattern string) []string {
	prefix, name, ok := strings.Cut(pattern, ":")
	if !ok {
		if strings.Trim(pattern, "*") != "" || pattern == "" {
			return nil
		}
		prefix, name = "*", "*"
	}
	c := load()
	var out []string
	for i := range c.services {
		s := &c.services[i]
		if !matchFold(prefix, s.prefix) {
			continue
		}
		for _, a := range s.parsed().actions {
			if matchFold(name, a.Name) {
				out = append(out, a.String())
			}
		}
	}
	return out
}

// matchFold matches "*" and "?" without regard to ASCII case. It is a copy in
// small of policy.Pattern, which packages of this level cannot import; a test
// compares the two. On a mismatch it returns to the last star only, so that
// the time is at most len(pattern) times len(s).
func matchFold(pattern, s string) bool {
	p, i, star, mark := 0, 0, -1, 0
	for i < len(s) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, mark = p, i
			p++
		case p < len(pattern) && (pattern[p] == '?' || lower(pattern[p]) == lower(s[i])):
			p++
			i++
		case star >= 0:
			mark++
			p, i = star+1, mark
		default:
			return false
		}
	}
	return strings.Trim(pattern[p:], "*") == ""
}

// maxSuggestions bounds what Suggest returns.
const maxSuggestions = 3

// Suggest lists up to three documented actions that are spelled most like the
// one given, nearest first: a slip in the name, in the service prefix, or a
// name that belongs to another service. An action that is documented, or that
// resembles none, gets no suggestion. It parses the whole catalogue (some 15
// ms), for it serves error messages only.
func Suggest(action string) []string {
	const tooLong = 200
	prefix, name, ok := strings.Cut(action, ":")
	if !ok {
		prefix, name = "", action
	}
	if len(action) > tooLong || name == "" {
		return nil
	}
	if _, known := Action(prefix, name); known {
		return nil
	}
	return nearest(candidates(strings.ToLower(prefix), strings.ToLower(name)))
}

func nearest(found []candidate) []string {
	slices.SortFunc(found, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(a.distance, b.distance), cmp.Compare(a.action, b.action))
	})
	var out []string
	for _, c := range found[:min(len(found), maxSuggestions)] {
		out = append(out, c.action)
	}
	return out
}

// OddKey reports whether a condition key should be known and is not: a global
// one, or one of a service in the catalogue.
func OddKey(key string) bool {
	prefix, _, ok := strings.Cut(key, ":")
	if !ok {
		return false
	}
	c := load()
	return c.key(key) == nil && (strings.EqualFold(prefix, "aws") || c.service(strings.ToLower(prefix)) != nil)
}

// SuggestKeys lists up to three condition keys that are spelled most like the
// one given, nearest first.
func SuggestKeys(key string) []string {
	const tooLong = 200
	if len(key) > tooLong {
		return nil
	}
	most := 1 + len(key)/8
	var found []candidate
	for _, k := range load().keys {
		if d := distance(strings.ToLower(k.name), strings.ToLower(key), most); d > 0 && d <= most {
			found = append(found, candidate{k.name, d})
		}
	}
	return nearest(found)
}

type candidate struct {
	action   string
	distance int
}

// candidates weighs the prefix and the name apart. A different service with
// exactly the name counts like one slip more than the worst that is accepted
// within the service, so that "iam:AssumeRole" finds sts:AssumeRole.
func candidates(prefix, name string) []candidate {
	most := 1 + len(name)/5
	c := load()
	var found []candidate
	for i := range c.services {
		s := &c.services[i]
		far := 0
		if s.prefix != prefix {
			if far = distance(s.prefix, prefix, 2); far > 2 || far >= len(prefix) {
				far = most + 1
			}
		}
		for _, a := range s.parsed().actions {
			if d := distance(strings.ToLower(a.Name), name, most); d <= most && d+far <= most+1 {
				found = append(found, candidate{action: a.String(), distance: d + far})
			}
		}
	}
	return found
}

// distance is the number of insertions, deletions, replacements and swaps of
// neighbours that make b of a, or more than most if it is more than that.
func distance(a, b string, most int) int {
	if len(a)-len(b) > most || len(b)-len(a) > most || lettersApart(a, b) > 2*most {
		return most + 1
	}
	before, previous, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range previous {
		previous[j] = j
	}
	for i := range len(a) {
		row[0] = i + 1
		least := row[0]
		for j := range len(b) {
			d := previous[j]
			if a[i] != b[j] {
				d = 1 + min(d, previous[j+1], row[j])
				if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
					d = min(d, before[j-1]+1)
				}
			}
			row[j+1] = d
			least = min(least, d)
		}
		if least > most {
			return most + 1
		}
		before, previous, row = previous, row, before
	}
	return previous[len(b)]
}

// lettersApart is how many bytes one text has more often than the other, both ways: an
// edit changes that by two at most. It tells most texts apart without a table.
func lettersApart(a, b string) (n int) {
	var count [256]int32
	for i := range len(a) {
		count[a[i]]++
	}
	for i := range len(b) {
		count[b[i]]--
	}
	for _, text := range [...]string{a, b} {
		for i := range len(text) {
			n += int(max(count[text[i]], -count[text[i]]))
			count[text[i]] = 0
		}
	}
	return n
}
