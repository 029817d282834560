package ingest

import (
	"fmt"
	"maps"
	"slices"

	"accesspath/iam"
	"accesspath/policy"
)

// mergeResources joins what several outputs say of one resource, and gives
// those without an owner the account that delivered them (NAT-02).
func (b *builder) mergeResources() {
	for _, p := range b.parts {
		home := ""
		if len(p.Accounts) == 1 {
			home = p.Accounts[0].ID
		}
		for _, r := range p.Resources {
			if r.Account == "" {
				if arn, ok := policy.ParseARN(r.ARN); ok && arn.Account != "" {
					r.Account = arn.Account
				} else {
					r.Account = home
				}
			}
			if old := b.resources[r.ARN]; old != nil {
				b.joinResource(old, r)
			} else {
				b.resources[r.ARN] = r
			}
		}
	}
	for _, r := range b.resources {
		if r.Account != "" {
			b.account(r.Account, r.ARN)
		}
	}
	only := b.onlyAccount()
	for _, arn := range slices.Sorted(maps.Keys(b.resources)) {
		r := b.resources[arn]
		if r.Account == "" {
			r.Account = only
		}
		if r.Account == "" {
			b.report(iam.Diagnostic{Severity: iam.Warning, Code: "owner-unknown", Origin: r.Origin, Entity: r.ARN,
				Message: "no input says which account owns it", Hint: `put the account beside it: jq '. + {AccountId: "111122223333"}'`})
		} else {
			b.account(r.Account, r.ARN)
		}
		b.snap.Resources = append(b.snap.Resources, r)
	}
}

// joinResource adds what r knows to old. Policies that differ are a conflict;
// the one read last is used.
func (b *builder) joinResource(old, r *iam.Resource) {
	set(&old.Account, r.Account)
	set(&old.Type, r.Type)
	set(&old.Region, r.Region)
	if r.PolicyState != iam.Unknown {
		if old.PolicyState != iam.Unknown && !samePolicy(old.Policy, r.Policy) {
			b.report(iam.Diagnostic{Severity: iam.Warning, Code: "conflict", Origin: old.Origin, Entity: r.ARN,
				Message: fmt.Sprintf("%s:%d has another policy for it, which was read last and is used", r.Origin.File, r.Origin.Line), Hint: "give only the newest output"})
		}
		old.Policy, old.PolicyState = r.Policy, r.PolicyState
	}
	if r.TagsState != iam.Unknown {
		old.Tags, old.TagsState = r.Tags, r.TagsState
	}
	if r.PublicAccessBlock != nil {
		old.PublicAccessBlock = r.PublicAccessBlock
	}
	if r.OwnershipEnforced != iam.Unknown {
		old.OwnershipEnforced = r.OwnershipEnforced
	}
	if r.ACLState != iam.Unknown {
		old.ACL, old.ACLState = r.ACL, r.ACLState
	}
	if r.GrantsState != iam.Unknown {
		old.Grants, old.GrantsState = r.Grants, r.GrantsState
	}
}

func samePolicy(a, b *iam.Policy) bool {
	if a == nil || b == nil {
		return a == b
	}
	if a.Document == nil || b.Document == nil {
		return a.Document == b.Document
	}
	return a.Document.Digest == b.Document.Digest
}
