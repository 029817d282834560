package query

import (
	"cmp"
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

// breaks reports whether hops of a path do not go together, and puts down in an answer
// where it breaks, and why.
func (e *Engine) breaks(w *walker, path []graph.NodeID, a *Answer) bool {
	broken := w.apart(path)
	if broken == 0 {
		return false
	}
	a.BrokenAt, a.NearPath = broken, nil
	for _, id := range path[:broken+1] {
		a.NearPath = append(a.NearPath, e.g.Node(id).ID)
	}
	for i := range a.Causes {
		a.Causes[i].Hop = 0 // of the principal by itself
	}
	a.Causes = append(e.whyApart(path[:broken], path[broken], broken), a.Causes...)
	return true
}

// whyApart says why a hop does not go with those before it. Sessions that never carry what it
// asks for are refused by the trust; where they could, had a call settled something else,
// the hops contradict each other (CHAIN-35).
func (e *Engine) whyApart(before []graph.NodeID, head graph.NodeID, hop int) []Cause {
	caller := before[len(before)-1]
	asked := e.hopRequires(caller, head)
	text, lacks := e.clashing(before, asked), e.lacking(before, asked)
	if text == "" && !e.clash(before, asked) {
		if d := e.g.Model.Obtain(e.g.Node(caller), e.g.Node(head), e.plainSession(before)); len(d.Causes) > 0 {
			out := causesOf(&d.Decision, hop)
			if lacks != "" {
				out[0].Text += "; " + lacks
			}
			return out
		}
	}
	return []Cause{{Layer: "contradiction", Hop: hop, Text: cmp.Or(text, lacks, excludedBefore), Rule: "CHAIN-35"}}
}

// lacking names a test that the plain session at the end of a path does not meet (SYM-30);
// "" if there is none.
func (e *Engine) lacking(path []graph.NodeID, request policy.Requirement) string {
	plain := e.plainSession(path)
	for _, a := range atoms(request) {
		if v := plain.Lookup(strings.ToLower(a.Key)); !a.Opaque && v.Knowledge != policy.Unknown && a.Fold(v).IsFalse() {
			return "the session there does not meet what is asked for: " + a.Sentence()
		}
	}
	return ""
}

// clashing says why a request does not go with the hops of a path before it: which two
// tests are of the same thing (SYM-09); "" if that cannot be told.
func (e *Engine) clashing(path []graph.NodeID, request policy.Requirement) string {
	for _, late := range atoms(request) {
		for hop := len(path) - 1; hop > 0; hop-- {
			for _, early := range atoms(e.hopRequires(path[hop-1], path[hop])) {
				if about := settled(early.Key); about != "" && about == settled(late.Key) && (about != sessionName || hop == len(path)-1) {
					return fmt.Sprintf("hop %d asks that %s, which excludes that %s", hop, asksThat(early), asksThat(late))
				}
			}
		}
	}
	return ""
}

// excluded is the cause of a denial where each hop before a request is possible by itself.
func (e *Engine) excluded(path []graph.NodeID, request policy.Requirement, otherwise, rule string) policy.Cause {
	return policy.Cause{Layer: "contradiction", Text: cmp.Or(e.clashing(path, request), otherwise), Rule: rule}
}

const excludedBefore = "what an earlier hop settles excludes what is asked for here"

// hopRequires is what some way from one principal to another asks for.
func (e *Engine) hopRequires(from, to graph.NodeID) policy.Requirement {
	out := policy.False()
	for edge := range e.g.Out(from) {
		if edge.To == to {
			out = policy.Or(out, edge.Requires)
		}
	}
	return out
}

// atoms are the tests of a requirement.
func atoms(r policy.Requirement) []policy.Atom {
	var out []policy.Atom
	r.Mentions(func(a *policy.Atom) bool {
		out = append(out, *a)
		return false
	})
	return out
}

// sessionName stands for the name of the session that a call gives, which the next call is
// made under; that call gives another one.
const sessionName = "session name"

// asksThat is what a test asks for, to follow "that".
func asksThat(a policy.Atom) string {
	if strings.EqualFold(a.Key, "sts:RoleSessionName") {
		a.Key = policy.SessionNameKey
	}
	return a.Sentence()
}

// settled is what a test is about that a session carries along once a call has settled it;
// "" if it is about nothing of the kind.
func settled(key string) string {
	key = strings.ToLower(key)
	tag, passed := strings.CutPrefix(key, "aws:requesttag/")
	switch {
	case passed:
		return "aws:principaltag/" + tag
	case key == "sts:rolesessionname", key == strings.ToLower(policy.SessionNameKey):
		return sessionName
	case key == "sts:sourceidentity":
		return "aws:sourceidentity"
	case key == "aws:sourceidentity", strings.HasPrefix(key, "aws:principaltag/"):
		return key
	}
	return ""
}
