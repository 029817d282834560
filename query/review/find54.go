package review

import (
	"slices"
	"strings"

	"accesspath/policy"
)

// passedTags is FIND-54.
func passedTags() Rule {
	return Rule{ID: "FIND-54", Doc: Doc{
		Title:       "Caller chooses the tags that permissions depend on",
		Why:         "Permissions ask for aws:PrincipalTag, and the trust policy lets callers pass any session tag. A tag that is passed beats the role's own, so that callers choose what they may do.",
		Severity:    Medium,
		Remediation: "Limit sts:TagSession by conditions on aws:RequestTag and aws:TagKeys, or allow it to the identity provider alone.",
		References:  []string{"AWS IAM User Guide: Pass session tags in AWS STS", "AWS IAM User Guide: Define permissions based on attributes with ABAC authorization"},
		Since:       "0.2",
		Needs:       []Need{NeedRoles},
		Wants:       []Need{NeedPolicies},
	}, check: checkPassedTags}
}

func checkPassedTags(p *pass) []Finding {
	var out []Finding
	for a := range p.accounts() {
		for d := range p.documents(a) {
			if d.role == nil {
				continue
			}
			n, ok := p.node(d.subject)
			if !ok {
				continue
			}
			keys := principalTags(p.m.IdentityPolicies(n))
			for i := range d.policy.Document.Statements {
				s := &d.policy.Document.Statements[i]
				free := slices.DeleteFunc(slices.Clone(keys), func(k string) bool { return !p.freeTag(d, s, k) })
				if len(free) == 0 || !takesTags(s) {
					continue
				}
				f := d.finding("permissions of the role depend on the principal tag %s, and callers may pass any value of it", some(free))
				f.Evidence = append(f.Evidence, d.evidence(s))
				out = append(out, f)
				break
			}
		}
	}
	return out
}

// takesTags reports whether a statement lets AWS principals pass session tags.
// What an identity provider or EKS passes is not the caller's choice.
func takesTags(s *policy.Statement) bool {
	return s.Effect == policy.Allow && s.MatchesAction("sts:TagSession") &&
		slices.ContainsFunc(s.Principal, func(e policy.PrincipalElement) bool { return e.Type == "AWS" || e.Type == "*" })
}

// freeTag reports whether a caller who has another value of a tag may pass any
// value of it, alone or beside the tags that the statement asks for.
func (p *pass) freeTag(d document, s *policy.Statement, key string) bool {
	asks := func(tagKeys ...string) policy.Requirement {
		return p.alone(d.account).conditions(d.policy.Document, s, "sts:TagSession", func(k string) policy.Value {
			switch {
			case k == "aws:requesttag/"+key:
				return policy.Is("zz-stranger")
			case k == "aws:tagkeys":
				return policy.Is(tagKeys...)
			case strings.HasPrefix(k, principalTag):
				return policy.Is("zz-other")
			}
			return policy.Value{}
		})
	}
	beside := slices.DeleteFunc(valuesOn(s, "aws:TagKeys"), func(v string) bool { return hasWildcard(v) || strings.EqualFold(v, key) })
	return possible(asks(key)) || possible(asks(append(beside, key)...))
}

const principalTag = "aws:principaltag/"

// principalTags lists the tag keys that statements ask of the principal, in
// conditions and in variables. What is denied unless a tag is there hangs on it as
// well.
func principalTags(policies []policy.Attached) []string {
	var out []string
	for _, s := range policy.Statements(policies) {
		for _, r := range s.Resource {
			out = append(out, tagVariables(r.String())...)
		}
		for _, c := range s.Conditions {
			if key, ok := strings.CutPrefix(strings.ToLower(c.Key), principalTag); ok {
				out = append(out, key)
			}
			for _, v := range c.Values {
				out = append(out, tagVariables(v)...)
			}
		}
	}
	return sortedUnique(out)
}

// tagVariables finds ${aws:PrincipalTag/key} in a text.
func tagVariables(text string) []string {
	var out []string
	for {
		_, rest, ok := strings.Cut(strings.ToLower(text), "${"+principalTag)
		if !ok {
			return out
		}
		key, after, ok := strings.Cut(rest, "}")
		if !ok {
			return out
		}
		key, _, _ = strings.Cut(key, ",")
		out, text = append(out, strings.TrimSpace(key)), after
	}
}
