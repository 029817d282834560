package ingest

import (
	"fmt"

	"accesspath/iam"
	"accesspath/policy"
)

// misplaced reports what statements have, or lack, against the grammar of what their
// documents are attached as: such statements do less, or other things, than they seem
// to say (GRAM-08 to GRAM-11, GRAM-21). It runs when everything is attached.
func (b *builder) misplaced() {
	for _, a := range b.snap.Accounts {
		for _, m := range a.Policies {
			if v := m.Default(); v != nil {
				b.misplacedIn(&v.Policy, m.ARN, policy.UseIdentity)
			}
		}
		for _, u := range a.Users {
			b.misplacedInline(&u.Entity)
		}
		for _, g := range a.Groups {
			b.misplacedInline(&g.Entity)
		}
		for _, r := range a.Roles {
			b.misplacedInline(&r.Entity)
			b.misplacedIn(r.Trust, r.ARN, policy.UseTrust)
		}
	}
	for _, r := range b.snap.Resources {
		b.misplacedIn(r.Policy, r.ARN, policy.UseResource)
		for _, p := range r.AccessPoints {
			b.misplacedIn(p.Policy, p.ARN, policy.UseResource)
		}
	}
	if b.snap.Organization == nil {
		return
	}
	for _, n := range b.snap.Organization.Nodes {
		for _, p := range n.SCPs {
			b.misplacedIn(p, n.ID, policy.UseIdentity)
		}
		for _, p := range n.RCPs {
			b.misplacedIn(p, n.ID, policy.UseRCP)
		}
	}
}

func (b *builder) misplacedInline(e *iam.Entity) {
	for _, p := range e.Inline {
		b.misplacedIn(p, e.ARN, policy.UseIdentity)
	}
}

func (b *builder) misplacedIn(p *iam.Policy, entity string, use policy.Use) {
	if p == nil || p.Document == nil {
		return
	}
	for _, problem := range p.Document.Misplaced(use) {
		b.report(iam.Diagnostic{Severity: iam.Warning, Code: problem.Code, Origin: p.Origin, Entity: entity,
			Message: fmt.Sprintf("%s: statement %d: %s", p.Name, problem.Statement, problem.Message)})
	}
}
