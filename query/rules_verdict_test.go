package query_test

import (
	"slices"
	"testing"

	"accesspath/graph"
	"accesspath/query"
)

// TestCONV01OneVerdict: over all worlds of the cases, an answer is exactly one
// of three: allowed by a path that asks for nothing but what callers choose,
// allowed under conditions that are named, or denied for causes that are named,
// explicit ones first (CONV-02).
func TestCONV01OneVerdict(t *testing.T) {
	t.Run("CONV-01/every world of the cases", func(t *testing.T) {
		eachWorld(t, func(t *testing.T, c *microCase, w *caseWorld) {
			for _, q := range c.asked() {
				r, err := w.engine().WhoCan(t.Context(), q.action, q.resource)
				if err != nil {
					t.Fatal(err)
				}
				for _, a := range r.Answers {
					if a.Verdict == query.VerdictDeny {
						t.Errorf("%s: a denied row is listed", a.Principal)
					}
					oneVerdict(t, a)
				}
				for i := range w.graph.Len() {
					if n := w.graph.Node(graph.NodeID(i)); n.Kind != graph.KindGroup {
						oneVerdict(t, w.single(t, askCan(w.engine(), n.ID, q)))
					}
				}
			}
		})
	})
}

func oneVerdict(t *testing.T, a query.Answer) {
	t.Helper()
	outright := slices.IndexFunc(a.Paths, func(p query.Path) bool { return p.Verdict == query.VerdictAllow })
	switch a.Verdict {
	case query.VerdictAllow:
		if outright < 0 {
			t.Errorf("%s: ALLOW without a path that is", a.Principal)
		}
	case query.VerdictAllowIf:
		if outright >= 0 || len(a.Paths) == 0 {
			t.Errorf("%s: ALLOW_IF with %d paths, one outright: %t", a.Principal, len(a.Paths), outright >= 0)
		}
	case query.VerdictDeny:
		explicit := true
		for _, c := range a.Causes {
			if c.Hop != a.Causes[0].Hop {
				break // of another request
			}
			if c.Explicit && !explicit {
				t.Errorf("%s: an explicit cause stands behind an implicit one: %+v", a.Principal, a.Causes)
			}
			explicit = c.Explicit
		}
		if len(a.Paths) > 0 || len(a.Causes) == 0 {
			t.Errorf("%s: DENY with %d paths and %d causes", a.Principal, len(a.Paths), len(a.Causes))
		}
	default:
		t.Errorf("%s: verdict %q", a.Principal, a.Verdict)
	}
	for _, p := range a.Paths {
		if only := onlyRequests(&p); only != (p.Verdict == query.VerdictAllow) {
			t.Errorf("%s: path %v is %s, and asks only for what callers choose: %t (SYM-13)", a.Principal, p.Principals, p.Verdict, only)
		}
	}
}

// onlyRequests reports whether a path has a way that asks for nothing but
// parameters of its calls.
func onlyRequests(p *query.Path) bool {
	for _, s := range p.Steps {
		if !requests(s.Requires) {
			return false
		}
	}
	return requests(p.Requires)
}

func requests(all []query.Requirement) bool {
	return !slices.ContainsFunc(all, func(r query.Requirement) bool {
		switch {
		case len(r.AnyOf) > 0:
			return !slices.ContainsFunc(r.AnyOf, func(k query.Requirement) bool { return requests([]query.Requirement{k}) })
		case len(r.AllOf) > 0:
			return !requests(r.AllOf)
		}
		return r.Class != "REQUEST"
	})
}
