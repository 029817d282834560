package query

import (
	"fmt"
	"slices"
	"strings"

	"accesspath/graph"
	"accesspath/policy"
)

// Hops that are each possible may not go together: what one settles goes along, and a later
// one asks for something else (CHAIN-35). Where a denial comes nearest by such a path, that
// is its cause.

// apart is the hop of a path, from 1, that goes with no way of making the hops before it,
// though each by itself is possible: the session that those lead to cannot carry what it
// asks for. It is 0 if there is none, or the walk did not look.
func (w *walker) apart(path []graph.NodeID) int {
	reached := map[graph.NodeID]bool{}
	for _, s := range w.states {
		reached[s.node] = true
	}
	i := slices.IndexFunc(path, func(n graph.NodeID) bool { return !reached[n] })
	if i < 2 {
		return 0
	}
	for edge := range w.within.Out(path[i-1]) {
		if edge.To == path[i] {
			return i
		}
	}
	return 0
}

// clashing says why the last hop of a path does not go with those before: which two tests
// are of the same thing (SYM-09), or what it is that the session does not have; rule says
// by which of the rules.
func (e *Engine) clashing(path []graph.NodeID) (text, rule string) {
	last := len(path) - 1
	asked := e.hopAtoms(path, last)
	for _, late := range asked {
		for hop := last - 1; hop > 0; hop-- {
			for _, early := range e.hopAtoms(path, hop) {
				if about := settled(early.Key); about != "" && about == settled(late.Key) {
					return fmt.Sprintf("hop %d asks that %s, which excludes that %s", hop, early.Sentence(), late.Sentence()), "CHAIN-35"
				}
			}
		}
	}
	plain := e.plainSession(path[:last])
	for _, a := range asked {
		if v := plain.Lookup(strings.ToLower(a.Key)); !a.Opaque && v.Knowledge != policy.Unknown && a.Fold(v).IsFalse() {
			return "the session there does not meet what is asked for: " + a.Sentence(), "SYM-30"
		}
	}
	return "what an earlier hop settles excludes what is asked for here", "SYM-30"
}

// hopAtoms are the tests of a hop, from 1, of a path.
func (e *Engine) hopAtoms(path []graph.NodeID, hop int) []policy.Atom {
	var out []policy.Atom
	for edge := range e.g.Out(path[hop-1]) {
		if edge.To == path[hop] {
			edge.Requires.Mentions(func(a *policy.Atom) bool {
				out = append(out, *a)
				return false
			})
		}
	}
	return out
}

// settled is what a test is about that a session carries along once a call has settled it;
// "" if it is about nothing of the kind.
func settled(key string) string {
	key = strings.ToLower(key)
	tag, passed := strings.CutPrefix(key, "aws:requesttag/")
	switch {
	case passed:
		return "aws:principaltag/" + tag
	case key == "sts:sourceidentity":
		return "aws:sourceidentity"
	case key == "aws:sourceidentity", strings.HasPrefix(key, "aws:principaltag/"):
		return key
	}
	return ""
}
