package review

import (
	"slices"
	"strings"

	"accesspath/policy"
	"accesspath/policy/catalog"
)

// maxCompared bounds the requests by which two documents are compared.
const maxCompared = 2000

// excess is something that one document allows and another does not.
type excess struct {
	statement *policy.Statement // that allows it
	text      string
}

// allowsMore looks for a request that a document allows and another does not, or
// under conditions only that the first does not ask for; Denies of both count
// (ESC-03).
func (a alone) allowsMore(d, than *policy.Document) (excess, bool) {
	left := maxCompared
	for i := range d.Statements {
		s := &d.Statements[i]
		if s.Effect != policy.Allow {
			continue
		}
		for _, action := range wideOr(s.NotAction, s.Action) {
			var tried []string
			for _, resource := range wideOr(s.NotResource, s.Resource) {
				if plainlyCovers(than, s, action, resource) {
					continue
				}
				if tried == nil {
					tried = samples(action, s.NotAction, d, than)
				}
				for _, sample := range tried {
					if left--; left > 0 && a.differ(d, than, sample, resource) {
						return excess{s, excessText(s, action, sample, resource)}, true
					}
				}
			}
		}
	}
	return excess{}, false
}

// wideOr lists the patterns of a statement as texts: all, if it names exceptions.
func wideOr[P interface{ String() string }](except, list []P) []string {
	if except != nil {
		return []string{"*"}
	}
	return texts(list)
}

func excessText(s *policy.Statement, action, sample, resource string) string {
	text := action
	if s.NotAction != nil {
		text = "everything but " + some(texts(s.NotAction))
	}
	if text += " on " + resource; s.NotResource != nil {
		text += " but " + some(texts(s.NotResource))
	}
	if sample != action {
		text += ", such as " + sample
	}
	return text
}

// differ reports whether some resource of a pattern is one on which the first
// document allows an action and the second does not.
func (a alone) differ(d, than *policy.Document, action, pattern string) bool {
	resources := []string{"*"}
	if service, name, _ := strings.Cut(action, ":"); !wildcardOnly(service, name) {
		resources, _ = policy.Witnesses(a.request(action, ""), aloneLayers(d, than), pattern, nil, true, a.known)
	}
	return slices.ContainsFunc(resources, func(resource string) bool {
		return worksOn(action, resource) && possible(policy.And(a.verdict(d, action, resource), a.verdict(than, action, resource).Not()))
	})
}

func wildcardOnly(service, name string) bool {
	info, ok := catalog.Action(service, name)
	return ok && info.WildcardOnly
}

// plainlyCovers reports whether a document allows a pair of patterns of a statement
// under no condition and denies none of its actions: then it need not be asked.
func plainlyCovers(d *policy.Document, s *policy.Statement, action, resource string) bool {
	inner := policy.CompileAction(action)
	if s.NotAction != nil || s.NotResource != nil || slices.ContainsFunc(d.Statements, func(t policy.Statement) bool {
		return t.Effect == policy.Deny && (t.NotAction != nil || slices.ContainsFunc(t.Action, inner.Overlaps))
	}) {
		return false
	}
	return slices.ContainsFunc(d.Statements, func(t policy.Statement) bool {
		return len(t.Conditions) == 0 &&
			slices.ContainsFunc(t.Action, func(x policy.ActionPattern) bool { return allActions(x) || x.Contains(inner) }) &&
			slices.ContainsFunc(t.Resource, func(x policy.ResourcePattern) bool { return x.IsAll() || x.String() == resource })
	})
}

// samples picks actions of a pattern, but for some, that stand for all: one for
// each way in which the patterns of the documents cut it.
func samples(pattern string, except []policy.ActionPattern, documents ...*policy.Document) []string {
	lower := func(p policy.ActionPattern) policy.Pattern { return policy.CompilePattern(strings.ToLower(p.String())) }
	own := policy.CompilePattern(strings.ToLower(pattern))
	cuts := []policy.Pattern{own}
	for _, d := range documents {
		for i := range d.Statements {
			for _, x := range slices.Concat(d.Statements[i].Action, d.Statements[i].NotAction) {
				if c := lower(x); c.Overlaps(own) && !slices.ContainsFunc(cuts, func(p policy.Pattern) bool { return p.String() == c.String() }) {
					cuts = append(cuts, c)
				}
			}
		}
	}
	var without []policy.Pattern
	for _, x := range except {
		without = append(without, lower(x))
	}
	var out []string
	for _, cut := range cuts {
		none := slices.Clone(without)
		for _, other := range cuts {
			if !other.Contains(cut) && !other.Contains(own) {
				none = append(none, other)
			}
		}
		if a, ok := oneAction([]policy.Pattern{own, cut}, none); ok && !slices.Contains(out, a) {
			out = append(out, a)
		}
	}
	return out
}

// oneAction finds an action that fits all patterns and none of others: a documented
// one, unless the catalogue knows none of the service.
func oneAction(all, none []policy.Pattern) (string, bool) {
	narrow := all[len(all)-1].String()
	if all[len(all)-1].Contains(all[0]) {
		narrow = all[0].String()
	}
	known := catalog.Expand(narrow)
	if len(known) == 0 {
		action, ok, _ := policy.FindWitness(all, none)
		return action, ok
	}
	i := slices.IndexFunc(known, func(action string) bool {
		action = strings.ToLower(action)
		return !slices.ContainsFunc(all, func(p policy.Pattern) bool { return !p.Match(action) }) && !slices.ContainsFunc(none, func(p policy.Pattern) bool { return p.Match(action) })
	})
	if i < 0 {
		return "", false
	}
	return known[i], true
}
