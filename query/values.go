package query

import (
	"math/bits"
	"slices"
	"strings"

	"accesspath/policy"
)

// Two tests of one value, at different hops, may be patterns: alice* and
// *@example.com. What either is met by may fail the other; a value that meets both
// has to be made for them (SYM-07, CHAIN-43).

// maxGlobs is up to how many patterns of one value all combinations are tried; of
// more only pairs, and those of the first maxPaired.
const (
	maxGlobs  = 5
	maxPaired = 24
)

// choosable are values that an open test tells apart, those of them that AWS takes for
// tags, names and source identities: without stars, say.
func choosable(a *policy.Atom) []string {
	list := a.Candidates()
	if a.Operator == "StringEqualsIgnoreCase" {
		for _, v := range a.Values {
			list = append(list, strings.ToLower(v), strings.ToUpper(v))
		}
	}
	return slices.DeleteFunc(list, func(v string) bool { return !policy.TakenInTags(v) })
}

// choosableTags are those that a tag may have: unlike names and source identities it may be
// empty. To Null and the set operators that is as good as none, and it hides a tag that the
// role has itself (COND-05, U-21, SYM-20).
func choosableTags(a *policy.Atom) []string {
	list := choosable(a)
	if a.Fold(policy.Is("")).Key() != a.Fold(policy.Is(otherValue)).Key() {
		list = append(list, "")
	}
	return list
}

// nonEmpty are the values of a list that names and source identities may have.
func nonEmpty(values []string) []string {
	return slices.DeleteFunc(slices.Clone(values), func(v string) bool { return v == "" })
}

// tests are what one value is held against, at different hops.
type tests struct {
	globs []string // patterns with wildcards
	exact []string // whole texts
}

// with adds what a test holds it against.
func (t tests) with(a *policy.Atom) tests {
	switch a.Operator {
	case "StringLike":
		for _, v := range a.Values {
			if strings.ContainsAny(v, "*?") {
				t.globs = addValues(slices.Clone(t.globs), v)
			} else {
				t.exact = addValues(slices.Clone(t.exact), v)
			}
		}
	case "StringEquals", "StringEqualsIgnoreCase":
		t.exact = addValues(slices.Clone(t.exact), a.Values...)
	}
	return t
}

// many reports whether a value may be asked for that no test has by itself: one that fits
// several patterns, or none.
func (t tests) many() bool { return len(t.globs) > 0 }

// jointly lists values that tell combinations of patterns apart as no value in the list
// does, other than the exact ones. cut is true if not all combinations were tried.
func (t tests) jointly(values []string) (more []string, cut bool) {
	patterns := t.globs
	if cut = len(patterns) > maxPaired; cut {
		patterns = patterns[:maxPaired]
	}
	compiled := make([]policy.Pattern, len(patterns))
	for i, p := range patterns {
		compiled[i] = policy.CompilePattern(p)
	}
	var apart []policy.Pattern
	for _, v := range t.exact {
		apart = append(apart, policy.LiteralPattern(v))
	}
	met := map[uint32]bool{}
	for _, v := range values {
		if !slices.Contains(t.exact, v) {
			met[signature(v, compiled)] = true
		}
	}
	for _, set := range combinations(len(patterns)) {
		if met[set] {
			continue
		}
		var all []policy.Pattern
		none := apart
		for i, p := range compiled {
			if set&(1<<i) != 0 {
				all = append(all, p)
			} else if len(patterns) <= maxGlobs || set == 0 {
				none = append(slices.Clip(none), p)
			}
		}
		v, ok, decided := policy.FindWitness(append(all, policy.CompilePattern("?*")), none)
		cut = cut || !decided
		if ok {
			met[signature(v, compiled)] = true
			more = append(more, v)
		}
	}
	return more, cut || len(patterns) > maxGlobs
}

// signature are the patterns that a value meets, as bits.
func signature(v string, patterns []policy.Pattern) uint32 {
	out := uint32(0)
	for i, p := range patterns {
		if p.Match(v) {
			out |= 1 << i
		}
	}
	return out
}

// combinations are sets of patterns that may be met together, the large ones first:
// all, or, of many, those of two; the last is that of none.
func combinations(n int) []uint32 {
	out := []uint32{0}
	switch {
	case n <= maxGlobs:
		for set := uint32(1); set < 1<<n; set++ {
			out = append(out, set)
		}
	default:
		for i := range n {
			for k := range i {
				out = append(out, 1<<i|1<<k)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b uint32) int { return bits.OnesCount32(b) - bits.OnesCount32(a) })
	return out
}
