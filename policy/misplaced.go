package policy

import (
	"slices"
	"strings"
)

// A Use is what a document is attached as, which decides what its statements have to
// have and what has no place in them (GRAM-08 to GRAM-11, GRAM-21).
type Use uint8

const (
	UseIdentity Use = iota // of users, groups and roles; boundaries, session policies and SCPs are like them
	UseTrust
	UseResource
	UseRCP
)

// Misplaced lists what statements have, or lack, against the grammar of what the
// document is used as. The evaluation reads them all the same, as the messages say.
// Their places are not kept: Offset is 0. What is wrong wherever it is used is in
// Problems.
func (d *Document) Misplaced(use Use) []Problem {
	var out []Problem
	told := -1
	for i := range d.Statements {
		s := &d.Statements[i]
		if s.Index <= told {
			continue // another reading where a key repeats (GRAM-15)
		}
		told = s.Index
		for _, p := range s.misplaced(use) {
			p.Statement = s.Index
			out = append(out, p)
		}
	}
	return out
}

func (s *Statement) misplaced(use Use) []Problem {
	switch use {
	case UseTrust:
		return s.misplacedInTrust()
	case UseResource:
		return s.unaddressed()
	case UseRCP:
		return s.misplacedInRCP()
	}
	var out []Problem
	if !s.HasResource {
		out = append(out, Problem{Code: "missing-resource", Message: "neither Resource nor NotResource; the statement has no effect (GRAM-08)"})
	}
	switch {
	case !s.HasPrincipal:
	case s.Effect == Deny && s.HasResource:
		out = append(out, Problem{Code: "misplaced-principal", Message: "a principal is named, which only policies of resources do; whether the statement denies stays open (GRAM-08)"})
	default:
		out = append(out, Problem{Code: "misplaced-principal", Message: "a principal is named, which only policies of resources do; the statement has no effect (GRAM-08)"})
	}
	return out
}

// unaddressed: a policy of a resource has to say whom it is about.
func (s *Statement) unaddressed() []Problem {
	if s.HasPrincipal {
		return nil
	}
	return []Problem{{Code: "missing-principal", Message: "neither Principal nor NotPrincipal; the statement matches nobody (GRAM-11)"}}
}

func (s *Statement) misplacedInTrust() []Problem {
	out := s.unaddressed()
	if s.HasResource {
		out = append(out, Problem{Code: "misplaced-resource", Message: "a trust policy is about its role; Resource and NotResource are ignored (GRAM-10)"})
	}
	if len(s.NotPrincipal) > 0 {
		out = append(out, Problem{Code: "misplaced-principal", Message: "NotPrincipal has no place in a trust policy; read as everyone but those (GRAM-10)"})
	}
	return out
}

// misplacedInRCP: but for the one that AWS attaches everywhere, resource control
// policies only deny, everyone.
func (s *Statement) misplacedInRCP() []Problem {
	out := s.unaddressed()
	var odd []string
	if s.Effect == Allow && !s.fullAccess() {
		odd = append(odd, "Allow")
	}
	if len(s.NotAction) > 0 {
		odd = append(odd, "NotAction")
	}
	if len(s.NotPrincipal) > 0 {
		odd = append(odd, "NotPrincipal")
	}
	if slices.ContainsFunc(s.Principal, func(p PrincipalElement) bool { return p.Type != "*" }) {
		odd = append(odd, "a Principal other than \"*\"")
	}
	if !s.HasResource {
		odd = append(odd, "no Resource")
	}
	if len(odd) > 0 {
		out = append(out, Problem{Code: "misplaced-in-rcp", Message: "resource control policies cannot have " + strings.Join(odd, ", ") + "; read as it stands (GRAM-21)"})
	}
	return out
}

// fullAccess is the statement of RCPFullAWSAccess.
func (s *Statement) fullAccess() bool {
	return len(s.Conditions) == 0 && len(s.Action) == 1 && s.Action[0].text == "*" && len(s.Resource) == 1 && s.Resource[0].text == "*"
}
