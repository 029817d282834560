package review

import (
	"crypto/sha256"

	"accesspath/iam"
	"accesspath/query"
)

// inlinePolicies is FIND-14.
func inlinePolicies() Rule {
	return Rule{ID: "FIND-14", Doc: Doc{
		Title:       "Inline policy where a managed one would serve",
		Why:         "The same text in several places is changed in one and forgotten in the others, has no versions, and does not show in the list of policies. An inline policy that belongs to one role alone is fine.",
		Severity:    Low,
		Remediation: "Make one managed policy of the text and attach it.",
		References:  []string{"AWS IAM User Guide: Choose between managed policies and inline policies"},
		Since:       "0.2",
		Needs:       []Need{NeedGroups, NeedRoles},
	}, check: checkInline}
}

// checkInline lists groups with inline policies, and texts that stand word for
// word at several users, groups or roles of an account.
func checkInline(p *pass) []Finding {
	var out []Finding
	for a := range p.accounts() {
		for _, g := range a.Groups {
			if n := len(g.Inline); n > 0 {
				out = append(out, about(says("the group has %s: %s", count(n, "inline policy"), some(inlineNames(g.Inline))), &g.Entity))
			}
		}
		out = append(out, repeatedInline(a)...)
	}
	return out
}

// repeatedInline makes one finding about each text; its subject is the first
// role that has it.
func repeatedInline(a *iam.Account) []Finding {
	type place struct {
		holder *iam.Entity
		policy *iam.Policy
	}
	places := map[[sha256.Size]byte][]place{}
	for e := range a.Entities() {
		for _, i := range e.Inline {
			if i.Document != nil {
				places[i.Document.Digest] = append(places[i.Document.Digest], place{e, i})
			}
		}
	}
	var out []Finding
	for _, r := range rolesOf(a) {
		for _, i := range r.Inline {
			if i.Document == nil || len(places[i.Document.Digest]) < 2 {
				continue
			}
			list := places[i.Document.Digest]
			delete(places, i.Document.Digest)
			var names []string
			f := Finding{About: i.Name}
			for _, p := range list {
				names = append(names, p.holder.ARN)
				f.Evidence = append(f.Evidence, query.Evidence{Policy: p.policy.Name, Owner: p.holder.ARN, Layer: "inventory", Position: query.Position(p.policy.Origin)})
			}
			f.Text = "the same inline policy stands word for word in " + count(len(list), "place") + ": " + some(names)
			out = append(out, about(f, &r.Entity))
		}
	}
	return out
}

func inlineNames(list []*iam.Policy) []string {
	var out []string
	for _, i := range list {
		out = append(out, i.Name)
	}
	return out
}
