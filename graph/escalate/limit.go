package escalate

import (
	"slices"
	"strings"

	"accesspath/iam"
	"accesspath/policy"
)

// limit is a permissions boundary of a principal that is made; without an ARN none.
type limit struct {
	*iam.Attachment
	first *verdict // what is done before; nil nothing
}

const boundaryKey = "iam:PermissionsBoundary"

// limits are the boundaries worth trying for a principal that is made, where a requirement
// hangs on the boundary (CKEY-42): none, those that bound nothing, policies that the actor
// writes for it, and those that are asked for by name or fit what is asked for.
func (a *attempt) limits(r policy.Requirement) []limit {
	out := []limit{{Attachment: &iam.Attachment{}}}
	asked, hangs := boundaries(r)
	if !hangs {
		return out
	}
	for _, at := range a.s.omnipotent(a.by.account) {
		out = append(out, limit{Attachment: at})
	}
	if a.s.offers(a.by, "iam:CreatePolicy") {
		for _, arn := range a.newFor(boundaryKey) {
			if first := a.by.decide(a.s, "iam:CreatePolicy", arn); !first.IsFalse() {
				v := answered(first, "iam:CreatePolicy", arn)
				out = append(out, limit{attachmentOf(arn, everything), &v})
			}
		}
	}
	for _, v := range asked {
		if !strings.ContainsAny(v, "*?") {
			out = append(out, limit{Attachment: a.s.attachment(v)})
			continue
		}
		fit := a.fitting(v)
		if arn, ok := a.example(v); ok && len(fit) == 0 {
			fit = append(fit, arn) // exports leave out what is a boundary only (GAAD-13)
		}
		for _, arn := range fit {
			out = append(out, limit{Attachment: a.s.attachment(arn)})
		}
	}
	return out
}

// fitting are policies of the account that fit a pattern, the first ones.
func (a *attempt) fitting(pattern string) []string {
	p := policy.CompilePattern(pattern)
	var out []string
	for _, m := range a.by.account.Policies {
		if p.Match(m.ARN) && len(out) < maxNames {
			out = append(out, m.ARN)
		}
	}
	return out
}

// boundaries are the permissions boundaries, and patterns of them, that a requirement asks
// for; hangs is whether it hangs on the boundary at all.
func boundaries(r policy.Requirement) (asked []string, hangs bool) {
	r.Mentions(func(a *policy.Atom) bool {
		if !strings.EqualFold(a.Key, boundaryKey) {
			return false
		}
		hangs = true
		if a.Opaque {
			return false
		}
		for _, v := range a.Values {
			if arn, ok := policy.ParseARN(v); ok && strings.HasPrefix(arn.Resource, "policy/") && !slices.Contains(asked, v) {
				asked = append(asked, v)
			}
		}
		return false
	})
	return asked, hangs
}
