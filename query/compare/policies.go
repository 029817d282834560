package compare

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"

	"accesspath/iam"
	"accesspath/policy"
	"accesspath/query"
)

// placed is a policy with its text and the places it is attached to.
type placed struct {
	Policy
	document *policy.Document // nil if unreadable
	targets  []string         // of guardrails
	sum      [sha256.Size]byte
	aws      bool // AWS's own, which comes and goes with its attachments
}

// comparePolicies compares every document in its place.
func comparePolicies(a, b *iam.Snapshot) Set[Policy] {
	same := unchanged(a, b)
	set := merge(policies(a, same), policies(b, same), differentPolicies)
	var out Set[Policy]
	for _, p := range set.Added {
		if !p.aws {
			out.Added = append(out.Added, p.Policy)
		}
	}
	for _, p := range set.Removed {
		if !p.aws {
			out.Removed = append(out.Removed, p.Policy)
		}
	}
	for _, p := range set.Changed {
		out.Changed = append(out.Changed, Pair[Policy]{p.Old.Policy, p.New.Policy, p.Details})
	}
	return out
}

// collector gathers policies by the key of their place.
type collector struct {
	list []entry[*placed]
	seen map[string]*placed
	read map[*iam.ManagedPolicy]bool
}

// policies lists what a snapshot has, but for the own policies of entities that
// are the same in the other one: most are, and naming each policy of a large
// organization takes longer than to see that it did not change.
func policies(s *iam.Snapshot, same map[string]bool) []entry[*placed] {
	c := &collector{seen: map[string]*placed{}, read: map[*iam.ManagedPolicy]bool{}}
	for _, a := range s.Accounts {
		for _, p := range a.Policies {
			c.managed(p)
		}
		for _, u := range a.Users {
			c.entity(&u.Entity, same)
		}
		for _, g := range a.Groups {
			c.entity(&g.Entity, same)
		}
		for _, r := range a.Roles {
			c.entity(&r.Entity, same)
			if !same[r.ARN] {
				c.add("trust", r.ARN, r.Trust)
			}
		}
	}
	for _, r := range s.Resources {
		if r.Policy != nil {
			c.add("resource", r.ARN, r.Policy)
		}
		for _, p := range r.AccessPoints {
			if p.Policy != nil {
				c.add("resource", p.ARN, p.Policy)
			}
		}
	}
	if s.Organization != nil {
		for _, n := range s.Organization.Nodes {
			c.guardrails("scp", n.ID, n.SCPs)
			c.guardrails("rcp", n.ID, n.RCPs)
		}
	}
	return sorted(c.list)
}

// unchanged lists the entities whose inline policies, and trust, are the same in
// both snapshots.
func unchanged(a, b *iam.Snapshot) map[string]bool {
	out := map[string]bool{}
	for _, x := range a.Accounts {
		y := b.Account(x.ID)
		if y == nil {
			continue
		}
		entities := make(map[string]*iam.Entity, len(y.Users)+len(y.Groups)+len(y.Roles))
		trusts := make(map[string]*iam.Policy, len(y.Roles))
		for _, u := range y.Users {
			entities[u.ARN] = &u.Entity
		}
		for _, g := range y.Groups {
			entities[g.ARN] = &g.Entity
		}
		for _, r := range y.Roles {
			entities[r.ARN], trusts[r.ARN] = &r.Entity, r.Trust
		}
		for _, u := range x.Users {
			out[u.ARN] = sameInline(&u.Entity, entities[u.ARN])
		}
		for _, g := range x.Groups {
			out[g.ARN] = sameInline(&g.Entity, entities[g.ARN])
		}
		for _, r := range x.Roles {
			out[r.ARN] = sameInline(&r.Entity, entities[r.ARN]) && samePolicy(r.Trust, trusts[r.ARN])
		}
	}
	return out
}

func sameInline(a, b *iam.Entity) bool {
	return b != nil && slices.EqualFunc(a.Inline, b.Inline, samePolicy)
}

func samePolicy(a, b *iam.Policy) bool {
	switch {
	case a == nil || b == nil:
		return a == b
	case a.Name != b.Name:
		return false
	case a.Document == nil || b.Document == nil:
		return a.Document == b.Document
	}
	return a.Document.Digest == b.Document.Digest
}

func (c *collector) entity(e *iam.Entity, same map[string]bool) {
	if !same[e.ARN] {
		for _, p := range e.Inline {
			c.add("inline", e.ARN, p)
		}
	}
	for _, a := range e.Attached {
		c.managed(a.Policy)
	}
	if e.Boundary != nil {
		c.managed(e.Boundary.Policy)
	}
}

func (c *collector) managed(m *iam.ManagedPolicy) {
	if m == nil || c.read[m] {
		return
	}
	c.read[m] = true
	k := key("managed", m.ARN)
	if c.seen[k] != nil {
		return
	}
	p := &placed{Policy: Policy{Name: m.Name, Layer: "managed", ARN: m.ARN, Position: query.Position(m.Origin)}, aws: m.Account == "aws"}
	if v := m.Default(); v != nil {
		p.read(v.Document)
	}
	c.put(k, p)
}

func (c *collector) add(layer, owner string, p *iam.Policy) {
	if p == nil {
		return
	}
	item := &placed{Policy: Policy{Name: p.Name, Layer: layer, Owner: owner, ARN: p.ARN, Position: query.Position(p.Origin)}}
	item.read(p.Document)
	c.put(key(layer, owner, p.Name), item)
}

func (c *collector) guardrails(layer, node string, list []*iam.Policy) {
	for _, p := range list {
		k := key(layer, cmp.Or(p.ARN, p.Name))
		item := c.seen[k]
		if item == nil {
			item = &placed{Policy: Policy{Name: p.Name, Layer: layer, ARN: p.ARN, Position: query.Position(p.Origin)}}
			item.read(p.Document)
			c.put(k, item)
		}
		item.targets = append(item.targets, node)
	}
}

func (c *collector) put(k string, p *placed) {
	if c.seen[k] == nil {
		c.seen[k] = p
		c.list = append(c.list, entry[*placed]{k, p})
	}
}

func (p *placed) read(d *policy.Document) {
	if p.document = d; d != nil {
		p.sum = d.Digest
	}
}

func differentPolicies(a, b *placed) []Detail {
	out := details(Detail{"attached to", join(a.targets), join(b.targets)})
	if a.sum == b.sum {
		return out
	}
	x, y := statements(a.document), statements(b.document)
	common := map[string]int{}
	for _, s := range x {
		common[s]++
	}
	var added []string
	for _, s := range y {
		if common[s] > 0 {
			common[s]--
			continue
		}
		added = append(added, s)
	}
	before := len(out)
	for _, s := range x {
		if common[s] > 0 {
			common[s]--
			out = append(out, Detail{"statement", s, ""})
		}
	}
	for _, s := range added {
		out = append(out, Detail{"statement", "", s})
	}
	if len(out) == before { // order, version or id alone
		out = append(out, Detail{"text", digest(a), digest(b)})
	}
	slices.SortStableFunc(out, func(a, b Detail) int {
		return cmp.Or(cmp.Compare(a.What, b.What), cmp.Compare(a.Old+a.New, b.Old+b.New))
	})
	return out
}

func digest(p *placed) string {
	if p.document == nil {
		return "unreadable"
	}
	return "sha256 " + hex.EncodeToString(p.sum[:8])
}

// statements lists the texts of a document's statements, as the input has them.
func statements(d *policy.Document) []string {
	if d == nil {
		return nil
	}
	var members struct{ Statement json.RawMessage }
	if json.Unmarshal([]byte(d.Text), &members) != nil {
		return []string{d.Text}
	}
	var many []json.RawMessage
	if json.Unmarshal(members.Statement, &many) != nil {
		many = []json.RawMessage{members.Statement}
	}
	var out []string
	for _, m := range many {
		if len(m) > 0 {
			out = append(out, string(m))
		}
	}
	return out
}
