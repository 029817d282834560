package review

import (
	"slices"
	"strings"

	"accesspath/policy"
)

// openness says how much stands between a stranger and a role.
type openness int

const (
	closed  openness = iota // a condition limits who it is, or nothing allows it
	guarded                 // only an external id, or the network, stands between
	open                    // nothing that a stranger could not arrange
)

// strangerOpenness weighs what anybody with an AWS account of their own still
// needs. The way that asks the least counts.
func strangerOpenness(r policy.Requirement) openness {
	switch {
	case r.IsFalse():
		return closed
	case r.IsTrue():
		return open
	}
	terms, exact := r.Terms()
	if !exact {
		return guarded
	}
	best := closed
	for _, t := range terms {
		worst := open
		for _, a := range t {
			worst = min(worst, atomOpenness(a))
		}
		best = max(best, worst)
	}
	return best
}

// atomOpenness: everything about a session made in the stranger's own account
// is theirs to arrange: tags, names, MFA. Who the account is, is not.
func atomOpenness(a *policy.Atom) openness {
	key := strings.ToLower(a.Key)
	switch a.Class {
	case policy.ClassRequest:
		if key == "sns:endpoint" && !a.Negated && !slices.Contains(a.Values, "*") {
			return guarded // the caller names it, and does not hold it
		}
		return open
	case policy.ClassNone, policy.ClassSession, policy.ClassMFA, policy.ClassTime:
		return open
	case policy.ClassKnowledge:
		if a.Negated || a.Operator == "Null" {
			return open
		}
		return guarded
	case policy.ClassNetwork:
		if a.Operator == "IpAddress" && !a.Negated && !policy.NarrowRanges(a.Values) {
			return open // nearly the whole Internet
		}
		return guarded
	case policy.ClassPrincipal:
		if a.Negated || a.Operator == "Null" || key == "aws:username" || key == "aws:principaltype" || anyAccount(key, a.Values) {
			return open
		}
		return closed
	case policy.ClassData, policy.ClassUncertain:
		return guarded
	}
	if a.Negated {
		return open
	}
	return closed
}

// anyAccount reports whether a pattern of names fixes neither the account nor the
// organization.
func anyAccount(key string, values []string) bool {
	return slices.ContainsFunc(values, func(v string) bool {
		if v == "*" {
			return true
		}
		if organizationKey(key) {
			return policy.CompilePattern(organizationIn(v)).Match("o-zzstranger")
		}
		if key != "aws:principalarn" {
			return false
		}
		parts := strings.SplitN(v, ":", 6)
		return len(parts) < 6 || hasWildcard(parts[4])
	})
}

// unnamed adds that a key, given in lower case, is there and has none of the
// values that the requirement writes out: what is left admits whoever fits a
// wildcard or is not excluded.
func unnamed(r policy.Requirement, lower string) policy.Requirement {
	var named []string
	r.Mentions(func(a *policy.Atom) bool {
		if strings.ToLower(a.Key) == lower {
			named = append(named, slices.DeleteFunc(slices.Clone(a.Values), func(v string) bool { return a.Operator != "StringEquals" && hasWildcard(v) })...)
		}
		return false
	})
	other := policy.AtomRequirement(policy.Atom{Key: lower, Operator: "StringEquals", Values: sortedUnique(named), Negated: true, Present: true})
	return policy.And(r, policy.AtomRequirement(policy.Atom{Key: lower, Operator: "Null", Negated: true}), other)
}

// hasWildcard reports whether a text, read as a pattern, has one.
func hasWildcard(s string) bool { return strings.ContainsAny(s, "*?") }

// withKey folds a requirement with one key known.
func withKey(r policy.Requirement, lower string, v policy.Value) policy.Requirement {
	return r.Given(policy.ContextFunc(func(key string) policy.Value {
		if key == lower {
			return v
		}
		return policy.Value{}
	}))
}

// possible reports whether a requirement can be met at all.
func possible(r policy.Requirement) bool { return !r.IsFalse() && r.Satisfiable() }

// fitting reports whether a value of a key, given in lower case, that fits both a
// pattern of the policy and the form of a stranger's value, and none of the forms
// that no value has, meets a requirement.
func fitting(r policy.Requirement, lower, pattern, stranger string, never ...string) bool {
	var none []policy.Pattern
	for _, n := range never {
		none = append(none, policy.CompilePattern(n))
	}
	v, ok, _ := policy.FindWitness([]policy.Pattern{policy.CompilePattern(pattern), policy.CompilePattern(stranger)}, none)
	return ok && possible(withKey(r, lower, policy.Is(v)))
}

// valuesOn lists the values of all conditions of a statement on a key.
func valuesOn(s *policy.Statement, key string) []string {
	var out []string
	for i := range s.Conditions {
		if strings.EqualFold(s.Conditions[i].Key, key) {
			out = append(out, s.Conditions[i].Values...)
		}
	}
	return out
}

// organizationKey reports whether values of a condition key, in lower case, begin with an
// organization.
func organizationKey(lower string) bool {
	return lower == "aws:principalorgid" || lower == "aws:principalorgpaths"
}

// organizationIn is the organization, or its pattern, that a value of such a key begins
// with.
func organizationIn(value string) string {
	id, _, _ := strings.Cut(value, "/")
	return id
}

// otherOrganizations lists the organizations, and patterns of them, that the conditions of
// a statement name and that are not that of the account; none if that is not known.
func (p *pass) otherOrganizations(s *policy.Statement, account string) []string {
	if !p.orgKnown() || !p.s.Organization.Member(account) {
		return nil
	}
	_, named := s.NarrowedTo()
	return sortedUnique(slices.DeleteFunc(named, func(id string) bool { return policy.CompilePattern(id).Match(p.s.Organization.ID) }))
}

// ofOrganization takes it that a stranger is of an organization that conditions name.
func ofOrganization(id string, r policy.Requirement) policy.Requirement {
	return r.Map(func(a *policy.Atom) policy.Requirement {
		if !organizationKey(strings.ToLower(a.Key)) || a.Negated {
			return policy.Keep(a)
		}
		return policy.Bool(slices.ContainsFunc(a.Values, func(v string) bool { return organizationIn(v) == id }))
	})
}
