package review

import (
	"strings"

	"accesspath/policy"
	"accesspath/policy/catalog"
)

// emptySetMatches is FIND-49.
func emptySetMatches() Rule {
	return Rule{ID: "FIND-49", Doc: Doc{
		Title:       "ForAllValues also holds where the key is missing",
		Why:         "ForAllValues is true of an empty set. In an Allow, a caller who leaves the key out meets the condition; on a key with a single value it is the wrong operator to begin with.",
		Severity:    Medium,
		Remediation: "Add a condition Null with false on the same key, or use the operator without ForAllValues where the key has one value.",
		References:  []string{"AWS IAM User Guide: Set operators for multivalued context keys", "AWS IAM User Guide: Access Analyzer policy check reference: ForAllValues with single valued key"},
		Since:       "0.2",
		Wants:       []Need{NeedUsers, NeedGroups, NeedRoles, NeedPolicies},
	}, check: checkEmptySet}
}

func checkEmptySet(p *pass) []Finding {
	return p.eachStatement(func(d document, s *policy.Statement) (string, bool) {
		for i := range s.Conditions {
			c := &s.Conditions[i]
			if s.Effect != policy.Allow || !strings.HasPrefix(strings.ToLower(c.Operator), "forallvalues:") || p.demandsKey(d.account, s, c.Key) {
				continue
			}
			if singleValued(c.Key) {
				return c.Operator + " on " + c.Key + ", which has a single value, also allows requests without it (COND-17)", true
			}
			return c.Operator + " on " + c.Key + " also allows requests without it (COND-17)", true
		}
		return "", false
	})
}

// demandsKey reports whether the other conditions of the statement fail where the
// key is missing. A tag that must be passed brings aws:TagKeys along.
func (p *pass) demandsKey(account string, s *policy.Statement, key string) bool {
	missing := policy.ContextFunc(func(k string) policy.Value {
		if strings.EqualFold(k, key) || strings.EqualFold(key, "aws:TagKeys") && strings.HasPrefix(k, "aws:requesttag/") {
			return policy.NotThere()
		}
		return policy.Value{}
	})
	return !possible(p.alone(account).knowing(missing).asks(*s))
}

// singleValued reports whether it is known that a key has one value only.
func singleValued(key string) bool {
	if info := policy.KeyInfoOf(key); info.InTable {
		return !info.Multivalued
	}
	if strings.HasSuffix(strings.ToLower(key), ":sub") || strings.HasSuffix(strings.ToLower(key), ":aud") {
		return true
	}
	typ, ok := catalog.ConditionKeyType(key)
	return ok && !strings.HasPrefix(typ, "ArrayOf")
}
