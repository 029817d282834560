package review

import (
	"slices"
	"strings"

	"accesspath/policy"
)

// uselessMFA is FIND-47.
func uselessMFA() Rule {
	return Rule{ID: "FIND-47", Doc: Doc{
		Title:       "MFA condition without effect",
		Why:         "Requests signed with an access key do not carry the key aws:MultiFactorAuthPresent at all. A condition that treats absent like true lets them through; one on federated or service callers can never be met.",
		Severity:    Low,
		Remediation: "Deny with BoolIfExists false, allow with Bool true, and leave MFA of federated users to their identity provider.",
		References:  []string{"AWS IAM User Guide: AWS global condition context keys: aws:MultiFactorAuthPresent"},
		Since:       "0.1",
		Wants:       []Need{NeedUsers, NeedGroups, NeedRoles, NeedPolicies},
	}, check: checkUselessMFA}
}

func checkUselessMFA(p *pass) []Finding {
	return p.eachStatement(func(d document, s *policy.Statement) (string, bool) {
		i := slices.IndexFunc(s.Conditions, func(c policy.Condition) bool { return policy.MFAKey(strings.ToLower(c.Key)) })
		if i < 0 {
			return "", false
		}
		c := &s.Conditions[i]
		m := mfaTest{p.alone(d.account), d, s}
		with := c.Operator + " " + strings.Join(c.Values, ", ")
		switch {
		case s.Effect == policy.Deny && m.spares(longTermKey):
			return "Deny with " + with + " does not stop requests signed with an access key, which do not carry the key (COND-23)", true
		case s.Effect == policy.Deny:
			return "", false
		case d.layer == "trust" && withoutMFACallers(s) && !m.holds(longTermKey):
			return "callers of this kind never carry the key, so that the statement allows nothing (TRUST-22)", true
		case m.admits(longTermKey):
			return "Allow with " + with + " also allows requests signed with an access key, which do not carry the key (COND-23)", true
		case m.admits(sessionWithoutMFA):
			return "Allow with " + with + " also allows sessions that began without MFA (COND-23)", true
		}
		return "", false
	})
}

// A login is how somebody signed in, as the keys on MFA tell.
type login struct{ present, age policy.Value }

func (l login) context(key string) policy.Value {
	switch {
	case key == "aws:multifactorauthpresent":
		return l.present
	case key == "aws:multifactorauthage":
		return l.age
	}
	return policy.Value{}
}

var (
	longTermKey       = login{policy.NotThere(), policy.NotThere()}
	sessionWithoutMFA = login{policy.Is("false"), policy.NotThere()}
	freshMFA          = login{policy.Is("true"), policy.Is("0")}
	oldMFA            = login{policy.Is("true"), policy.Is("999999999")}
)

// mfaTest asks whom a statement with a condition on MFA is about.
type mfaTest struct {
	alone
	document
	statement *policy.Statement
}

// holds reports whether the conditions can be met after a login.
func (m mfaTest) holds(l login) bool {
	s := *m.statement
	s.Effect = policy.Allow
	return possible(m.knowing(l.context).asks(s))
}

// admits reports whether an Allow that is meant for MFA lets a login in.
func (m mfaTest) admits(l login) bool {
	return m.holds(freshMFA) && m.holds(l) && !m.denied(l)
}

// spares reports whether a Deny that is meant for those without MFA, or with an old
// one, leaves out a login.
func (m mfaTest) spares(l login) bool {
	return !m.holds(freshMFA) && (m.holds(sessionWithoutMFA) || m.holds(oldMFA)) && !m.holds(l) && !m.denied(l)
}

// denied reports whether the document denies a login all that the statement is
// about, such as by Null true beside Bool false.
func (m mfaTest) denied(l login) bool {
	s := *m.statement
	s.Effect, s.Conditions = policy.Allow, nil
	if m.layer != "identity" {
		for _, action := range wideOr(s.NotAction, s.Action) {
			for _, sample := range samples(action, s.NotAction, m.policy.Document) {
				if possible(m.conditions(m.policy.Document, &s, sample, l.context)) {
					return false
				}
			}
		}
		return true
	}
	_, some := m.knowing(l.context).allowsMore(withDenies(m.policy.Document, &s), &policy.Document{})
	return !some
}

// withoutMFACallers: federated users and services alone.
func withoutMFACallers(s *policy.Statement) bool {
	return len(s.Principal) > 0 && !slices.ContainsFunc(s.Principal, func(e policy.PrincipalElement) bool {
		return e.Type != "Federated" && e.Type != "Service"
	})
}
