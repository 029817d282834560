package policy

import (
	"slices"
	"strconv"
	"strings"
)

// Many callers, and many resources, differ in nothing that a statement reads. What tells
// them apart is their signature: one decision does for all that have the same.

// DependsOnCaller reports whether the statement tells apart callers of one
// account and kind: by name, tags or ids in conditions, variables, or by
// naming some of them in NotPrincipal or a Deny.
func (s *Statement) DependsOnCaller() bool {
	if s.NotPrincipal != nil {
		return true
	}
	if s.namesCallers() {
		return true
	}
	for i := range s.Conditions {
		c := &s.Conditions[i]
		if c.dynamic || callerKey(c.lower) {
			return true
		}
	}
	return hasVariables(s.Resource) || hasVariables(s.NotResource)
}

// TellsAccountsApart reports whether the statement reads differently for callers
// that differ in nothing but their account: by a condition on the account, or by
// naming accounts in NotPrincipal or a Deny. Where an account stands in its
// organization is not meant.
func (s *Statement) TellsAccountsApart() bool {
	if s.NotPrincipal != nil {
		return true
	}
	named := func(p PrincipalElement) bool { return p.Type == "AWS" && !p.Any() }
	if s.Effect == Deny && slices.ContainsFunc(s.Principal, named) {
		return true
	}
	return slices.ContainsFunc(s.Conditions, func(c Condition) bool { return c.dynamic || c.lower == "aws:principalaccount" })
}

// A CallerReader tells how statements read for one user or role after the other. It
// belongs to one goroutine.
type CallerReader struct {
	request Request
	tags    []Tag
	e       evaluation
}

// AppendSignature appends how statements read for a caller, session facts aside:
// callers of one account and kind with the same signature get the same verdict. ok is
// false if no signature can tell; then each caller has to be asked for. tags are those
// of a user.
func (r *CallerReader) AppendSignature(out []byte, statements []*Statement, c Caller, tags []Tag) (signature []byte, ok bool) {
	r.request, r.tags = Request{Caller: c}, tags
	r.e = evaluation{request: &r.request, context: r}
	for _, s := range statements {
		if s.DependsOnCaller() {
			if out, ok = r.e.appendSignature(out, s); !ok {
				return out, false
			}
		}
		out = append(out, '|')
	}
	return out, true
}

func (e *evaluation) appendSignature(out []byte, s *Statement) (signature []byte, ok bool) {
	if s.NotPrincipal != nil || hasVariables(s.Resource) || hasVariables(s.NotResource) || s.namesCallers() {
		return out, false
	}
	for i := range s.Conditions {
		k := &s.Conditions[i]
		switch {
		case k.dynamic, k.lower == "aws:userid" && e.request.Caller.Kind != CallerUser:
			return out, false
		case callerKey(k.lower):
			out = append(append(out, e.test(k, s.Effect).Key()...), ';')
		}
	}
	return out, true
}

// Lookup implements Context: it knows the caller's names and a user's tags. Of a role's
// sessions tags stay open, whoever asks.
func (r *CallerReader) Lookup(key string) Value {
	c := &r.request.Caller
	switch key {
	case "aws:principalarn":
		return Is(c.ARN)
	case "aws:username":
		if c.Kind == CallerUser {
			return Is(c.Name)
		}
		return NotThere()
	case "aws:userid":
		if c.UniqueID != "" {
			return Is(c.UniqueID)
		}
	}
	if tag, ok := strings.CutPrefix(key, "aws:principaltag/"); ok && c.Kind == CallerUser {
		return TagValue(r.tags, tag)
	}
	return Value{}
}

// AppendReading appends how the statement's resources read for an ARN: callers
// to whom all else is equal get the same verdict on resources with the same
// readings. ok is false if that cannot be told, because a resource has a
// variable or a condition is about the resource.
func (s *Statement) AppendReading(out []byte, arn string, parsed ARN) (reading []byte, ok bool) {
	if hasVariables(s.Resource) || hasVariables(s.NotResource) || s.ReadsResource() {
		return out, false
	}
	for _, list := range [2][]ResourcePattern{s.Resource, s.NotResource} {
		for i := range list {
			g := list[i].fixed()
			if g.whole.IsAll() {
				continue
			}
			for _, resourceSide := range [2]bool{false, true} {
				m := g.match(arn, parsed, true, resourceSide)
				out = append(out, yesNo(m.ok))
				out = append(out, m.code...)
			}
		}
		out = append(out, ';')
	}
	return out, true
}

func yesNo(yes bool) byte {
	if yes {
		return '+'
	}
	return '-'
}

// AppendResources appends what says how the statement reads for resources, all
// that AppendReading and MayMatchResource look at: statements for which it is the
// same read the same for each.
func (s *Statement) AppendResources(out []byte) []byte {
	for _, flag := range [...]bool{s.HasPrincipal, s.Resource == nil, s.ReadsResource(), hasVariables(s.Resource), hasVariables(s.NotResource)} {
		out = append(out, yesNo(flag))
	}
	for _, list := range [2][]ResourcePattern{s.Resource, s.NotResource} {
		for i := range list {
			out = strconv.AppendInt(out, int64(len(list[i].text)), 10)
			out = append(append(out, ' '), list[i].text...)
		}
		out = append(out, ';')
	}
	return out
}

// ReadsResource reports whether a condition is about the resource, or has a
// variable, which may be.
func (s *Statement) ReadsResource() bool {
	return slices.ContainsFunc(s.Conditions, func(c Condition) bool {
		return c.dynamic || strings.HasPrefix(c.lower, "aws:resource") || strings.HasPrefix(c.lower, "iam:resource") || strings.HasPrefix(c.lower, "iam:permissionsboundary")
	})
}

func hasVariables(list []ResourcePattern) bool {
	for i := range list {
		if list[i].template.HasVariables() {
			return true
		}
	}
	return false
}

// namesCallers reports whether a Deny names users, roles or sessions.
func (s *Statement) namesCallers() bool {
	return s.Effect == Deny && slices.ContainsFunc(s.Principal, func(p PrincipalElement) bool {
		return p.Type == "AWS" && !p.Any() && p.account == ""
	})
}

func callerKey(lower string) bool {
	switch lower {
	case "aws:principalarn", "aws:userid", "aws:username":
		return true
	}
	return strings.HasPrefix(lower, "aws:principaltag/")
}
