package policy

import "strings"

// MayMatchResource reports whether the statement could apply to a resource:
// never no where Evaluate says yes. It looks at no context.
func (s *Statement) MayMatchResource(arn string) bool {
	if s.Resource == nil {
		return true // NotResource, or none: not worth deciding here
	}
	parsed, ok := ParseARN(arn)
	for i := range s.Resource {
		g := s.Resource[i].fixed
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
	if s.Effect == Deny {
		for i := range s.Principal {
			if p := &s.Principal[i]; p.Type == "AWS" && !p.Any() && p.account == "" {
				return true
			}
		}
	}
	for i := range s.Conditions {
		c := &s.Conditions[i]
		if c.dynamic || callerKey(c.lower) {
			return true
		}
	}
	return hasVariables(s.Resource) || hasVariables(s.NotResource)
}

func hasVariables(list []ResourcePattern) bool {
	for i := range list {
		if list[i].fixed == nil {
			return true
		}
	}
	return false
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
