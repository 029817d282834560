package policy

import (
	"slices"
	"strings"
)

// MayMatchResource reports whether the statement could apply to a resource:
// never no where Evaluate says yes. It looks at no context.
func (s *Statement) MayMatchResource(arn string) bool {
	if s.Resource == nil {
		return true // NotResource, or none: not worth deciding here
	}
	parsed, ok := ParseARN(arn)
	if s.HasPrincipal && ok && parsed.Service == "iam" {
		return true // a trust policy is about its role whatever it says (GRAM-10)
	}
	for i := range s.Resource {
		g := s.Resource[i].fixed()
		if g == nil || g.match(arn, parsed, ok, false).ok {
			return true
		}
	}
	return false
}

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

// CallerSignature says how the statement reads for one user or role, session
// facts aside: callers of one account and kind with the same signature get the
// same verdict. ok is false if no signature can tell; then each caller has to be
// asked for.
func (s *Statement) CallerSignature(c *Caller, tags []Tag) (signature string, ok bool) {
	if !s.DependsOnCaller() {
		return "", true
	}
	if s.NotPrincipal != nil || hasVariables(s.Resource) || hasVariables(s.NotResource) || s.namesCallers() {
		return "", false
	}
	e := evaluation{request: &Request{Caller: *c}, context: callerOnly(c, tags)}
	var b strings.Builder
	for i := range s.Conditions {
		k := &s.Conditions[i]
		switch {
		case k.dynamic, k.lower == "aws:userid" && c.Kind != CallerUser:
			return "", false
		case callerKey(k.lower):
			b.WriteString(e.test(k, s.Effect).Key())
			b.WriteByte(';')
		}
	}
	return b.String(), true
}

// callerOnly knows a caller's names and a user's tags; of a role's sessions tags
// stay open, whoever asks.
func callerOnly(c *Caller, tags []Tag) Context {
	return ContextFunc(func(key string) Value {
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
			return TagValue(tags, tag)
		}
		return Value{}
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

// Operators lists the condition operators that are understood, in the order of
// AWS's documentation.
func Operators() []string {
	var out []string
	for _, o := range operators {
		out = append(out, o.Name)
	}
	return out
}

// Everything reports whether the statement allows all actions on all resources,
// conditions aside (ESC-02).
func (s *Statement) Everything() bool {
	all := func(a ActionPattern) bool {
		t := a.String()
		return t == "*:*" || t != "" && strings.Trim(t, "*") == ""
	}
	return s.Effect == Allow && s.HasResource && !s.HasPrincipal && slices.ContainsFunc(s.Action, all) && slices.ContainsFunc(s.Resource, ResourcePattern.IsAll)
}
