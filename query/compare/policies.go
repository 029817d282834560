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
	set := merge(policies(a), policies(b), differentPolicies)
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
}

func policies(s *iam.Snapshot) []entry[*placed] {
	c := &collector{seen: map[string]*placed{}}
	for _, a := range s.Accounts {
		for _, p := range a.Policies {
			c.managed(p)
		}
		for _, u := range a.Users {
			c.entity(&u.Entity)
		}
		for _, g := range a.Groups {
			c.entity(&g.Entity)
		}
		for _, r := range a.Roles {
			c.entity(&r.Entity)
			c.add("trust", r.ARN, r.Trust)
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

func (c *collector) entity(e *iam.Entity) {
	for _, p := range e.Inline {
		c.add("inline", e.ARN, p)
	}
	for _, a := range e.Attached {
		c.managed(a.Policy)
	}
	if e.Boundary != nil {
		c.managed(e.Boundary.Policy)
	}
}

func (c *collector) managed(m *iam.ManagedPolicy) {
	if m == nil {
		return
	}
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
