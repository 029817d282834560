package query

import (
	"strings"

	"accesspath/graph"
	"accesspath/policy"
)

// A ceiling is the most that a principal's own policies come to, whosever a resource is.
type ceiling struct {
	most     policy.Requirement
	certain  bool // else each resource has to be asked about
	regional bool // the resources' ARNs say where they are
	strict   bool // what callers can always meet counts as well, see Options
}

// ceilingOf is that of an action on the resources that a pattern matches.
func (e *Engine) ceilingOf(own *graph.Inquiry, action, pattern string) ceiling {
	service, _, _ := strings.Cut(strings.ToLower(action), ":")
	c := ceiling{regional: service != "s3", strict: e.o.Strict}
	c.most, c.certain = own.Most(action, pattern)
	return c
}

// met reports whether no resource that lets the principal in only together with its own
// policies can add to what was found.
func (c *ceiling) met(found policy.Requirement) bool {
	switch {
	case found.IsTrue():
		return true
	case !c.certain:
		return false
	case c.most.IsFalse():
		return true
	}
	return !c.byResource() && c.hard(found).Key() == c.hard(c.most).Key()
}

// byResource reports whether some condition hangs on the resource, or on what is not
// known of it.
func (c *ceiling) byResource() bool {
	return c.most.Mentions(func(a *policy.Atom) bool {
		return a.Opaque || a.Class == policy.ClassData || a.Class == policy.ClassResource || c.where(a)
	})
}

// where reports whether a test is of where the resource is.
func (c *ceiling) where(a *policy.Atom) bool {
	return c.regional && strings.EqualFold(a.Key, "aws:RequestedRegion")
}

// hard leaves out of a requirement what callers can always meet: that a bucket asks
// for HTTPS makes it no worse.
func (c *ceiling) hard(r policy.Requirement) policy.Requirement {
	if c.strict {
		return r
	}
	return r.Map(func(a *policy.Atom) policy.Requirement {
		if a.Class == policy.ClassRequest && !a.Opaque && a.Code == "" && !c.where(a) {
			return policy.True()
		}
		return policy.Keep(a)
	}).Simplify()
}
