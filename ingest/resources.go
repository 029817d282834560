package ingest

import (
	"cmp"
	"fmt"
	"maps"
	"reflect"
	"slices"

	"accesspath/iam"
	"accesspath/ingest/internal/part"
	"accesspath/ingest/internal/scan"
	"accesspath/policy"
)

// heldResource is a resource and the part that last said something of it.
type heldResource struct {
	iam.Resource
	from   *part.Part
	guess  single          // accounts that delivered it, where no input says the owner
	points map[string]int  // access points by ARN: their place in the list
	grants map[string]bool // IDs in Grants
}

// mergeResources joins what several outputs say of one resource, and gives
// those without an owner the account that delivered them, if it is one and
// nothing says otherwise (NAT-02).
func (b *builder) mergeResources() {
	for _, p := range b.parts {
		for _, r := range p.Resources {
			if arn, ok := policy.ParseARN(r.ARN); ok && r.Account == "" {
				r.Account = arn.Account
			}
			held := b.resources[r.ARN]
			if held == nil {
				held = &heldResource{Resource: *r, from: p, points: map[string]int{}, grants: map[string]bool{}}
				held.AccessPoints, held.Grants = nil, nil
				b.resources[r.ARN] = held
				joinAccessPoints(&contest{b: b}, held, r)
				held.addGrants(r.Grants)
			} else {
				b.joinResource(held, r, p)
			}
			if r.Account == "" {
				held.guess.add(b.home(p))
			}
		}
	}
	for _, arn := range slices.Sorted(maps.Keys(b.resources)) {
		held := b.resources[arn]
		b.finishResource(held)
		b.snap.Resources = append(b.snap.Resources, &held.Resource)
	}
}

func (b *builder) finishResource(r *heldResource) {
	slices.SortFunc(r.AccessPoints, func(x, y iam.AccessPoint) int { return cmp.Compare(x.ARN, y.ARN) })
	r.Holds = eachOnce(r.Holds)
	if r.Account == "" {
		r.Account = r.guess.id()
	}
	if r.Account != "" {
		b.account(r.Account, r.ARN)
		return
	}
	message := "no input says which account owns it"
	if len(r.guess.all) > 1 {
		message = fmt.Sprintf("accounts %s and %s both have outputs about it, and none says which owns it", scan.Clip(r.guess.all[0]), scan.Clip(r.guess.all[1]))
	}
	b.report(iam.Diagnostic{Severity: iam.Warning, Code: "owner-unknown", Origin: r.Origin, Entity: r.ARN, Message: message, Hint: hintAccount})
}

// eachOnce drops repetitions and keeps the order.
func eachOnce(list []string) []string {
	seen := make(map[string]bool, len(list))
	return slices.DeleteFunc(list, func(s string) bool {
		again := seen[s]
		seen[s] = true
		return again
	})
}

// joinResource adds what r knows to old. Of what both know the newer reading
// counts (NAT-03).
func (b *builder) joinResource(old *heldResource, r *iam.Resource, p *part.Part) {
	c := contest{b: b, entity: r.ARN, was: readingOf(old.from, old.Origin), is: readingOf(p, r.Origin)}
	settle(&c, "owner", &old.Account, r.Account)
	settle(&c, "type", &old.Type, r.Type)
	settle(&c, "region", &old.Region, r.Region)
	settleList(&c, "policy", &old.PolicyState, r.PolicyState, &old.Policy, r.Policy)
	settleList(&c, "tags", &old.TagsState, r.TagsState, &old.Tags, r.Tags)
	settle(&c, "public access block", &old.PublicAccessBlock, r.PublicAccessBlock)
	settle(&c, "ownership of objects", &old.OwnershipEnforced, r.OwnershipEnforced)
	settleList(&c, "access control list", &old.ACLState, r.ACLState, &old.ACL, r.ACL)
	joinGrants(&c, old, r)
	old.AWSManaged = old.AWSManaged || r.AWSManaged // which is so for good
	settle(&c, "encryption key", &old.EncryptionKey, r.EncryptionKey)
	joinAccessPoints(&c, old, r)
	old.Holds = append(old.Holds, r.Holds...)
	if second, _ := c.second(); second {
		old.from = p
	}
}

// settleList joins one fact that has a state of its own.
func settleList[T any](c *contest, what string, was *iam.State, is iam.State, list *T, other T) {
	switch {
	case is == iam.Unknown:
	case *was == iam.Unknown:
		*was, *list = is, other
	case *was == is && same(reflect.ValueOf(*list), reflect.ValueOf(other)):
	case c.differ(what):
		*was, *list = is, other
	}
}

// joinAccessPoints joins those of a bucket by ARN: a listing knows which there
// are, and other outputs know their policies (RPOL-07).
func joinAccessPoints(c *contest, old *heldResource, r *iam.Resource) {
	for _, p := range r.AccessPoints {
		i, ok := old.points[p.ARN]
		if !ok {
			old.points[p.ARN] = len(old.AccessPoints)
			old.AccessPoints = append(old.AccessPoints, p)
			continue
		}
		o := &old.AccessPoints[i]
		settleList(c, "access point policy", &o.State, p.State, &o.Policy, p.Policy)
	}
	old.AccessPointsState = better(old.AccessPointsState, r.AccessPointsState)
}

// joinGrants adds up the pages of a list of grants; of two whole lists the newer
// counts (RPOL-12).
func joinGrants(c *contest, old *heldResource, r *iam.Resource) {
	if old.GrantsState != iam.Unknown && r.GrantsState != iam.Unknown {
		settleList(c, "grants", &old.GrantsState, r.GrantsState, &old.Grants, r.Grants)
		return
	}
	old.addGrants(r.Grants)
	if old.GrantsState = better(old.GrantsState, r.GrantsState); old.GrantsState == iam.KnownEmpty && len(old.Grants) > 0 {
		old.GrantsState = iam.Present
	}
}

// addGrants adds those that are not there yet.
func (h *heldResource) addGrants(list []iam.KMSGrant) {
	for _, g := range list {
		if g.ID == "" || !h.grants[g.ID] {
			h.grants[g.ID] = true
			h.Grants = append(h.Grants, g)
		}
	}
}

func samePolicy(a, b *iam.Policy) bool {
	if a == nil || b == nil {
		return a == b
	}
	if a.Document == nil || b.Document == nil {
		return a.Document == b.Document
	}
	return sameDocument(a.Document, b.Document)
}
