package review

import (
	"slices"

	"accesspath/iam"
	"accesspath/policy"
	"accesspath/query"
)

// noGuardrails is FIND-65.
func noGuardrails() Rule {
	return Rule{ID: "FIND-65", Doc: Doc{
		Title:       "Organization has no guardrails",
		Why:         "Without service control policies nothing limits what an administrator of a member account may do, or anybody who becomes one. Without resource control policies nothing keeps strangers out where an account opens a resource by mistake.",
		Severity:    Medium,
		Remediation: "Start with policies that keep the audit trail and the organization's own roles safe, and that let only the organization's principals and AWS services at its resources.",
		References:  []string{"AWS Organizations User Guide: Service control policies", "AWS Organizations User Guide: Resource control policies"},
		Since:       "0.2",
		Fixed:       true,
	}, check: checkGuardrails}
}

func checkGuardrails(p *pass) []Finding {
	o := p.s.Organization
	if o == nil || len(o.Nodes) == 0 {
		p.lack("the organization and its policies", "")
		return nil
	}
	var out []Finding
	for _, kind := range []struct {
		name     string
		resource bool
		state    iam.State
		of       func(*iam.OrgNode) ([]*iam.Policy, iam.State)
	}{
		{"service control policies", false, o.SCP, func(n *iam.OrgNode) ([]*iam.Policy, iam.State) { return n.SCPs, n.SCPState }},
		{"resource control policies", true, o.RCP, func(n *iam.OrgNode) ([]*iam.Policy, iam.State) { return n.RCPs, n.RCPState }},
	} {
		text := ""
		switch has, known := limits(o, kind.resource, kind.of); {
		case kind.state == iam.KnownEmpty:
			text = kind.name + " are not turned on"
		case has:
		case !known:
			p.lack("the "+kind.name+" of the organization", "")
		default:
			text = "no " + kind.name + " are attached besides those that allow everything"
		}
		if text != "" {
			out = append(out, Finding{Subject: o.ID, About: kind.name, Account: o.ManagementAccount, Text: text,
				Evidence: []query.Evidence{{Policy: o.ID, Layer: "inventory", Position: query.Position(o.Origin)}}})
		}
	}
	return out
}

// limits reports whether some attached policy does more than allow everything,
// and whether all attachments are known. The management account is left out: the
// policies do not hold there (ORG-04, ORG-10).
func limits(o *iam.Organization, resource bool, of func(*iam.OrgNode) ([]*iam.Policy, iam.State)) (has, known bool) {
	known = true
	for _, n := range o.Nodes {
		if n.ID == o.ManagementAccount {
			continue
		}
		policies, state := of(n)
		limited, read := limitsHere(policies, resource)
		has, known = has || limited, known && read && state != iam.Unknown
	}
	return has, known
}

// limitsHere is limits for what is attached to one node. What some policy allows
// there the others need not allow again (ORG-01); resource control policies allow
// everything anyway (ORG-09).
func limitsHere(policies []*iam.Policy, resource bool) (has, known bool) {
	known = true
	everything := resource || len(policies) == 0
	for _, p := range policies {
		switch {
		case p.Document == nil:
			everything, known = true, known && allowsAllName(p) // perhaps
		case allowsAll(p.Document):
			everything = true
		}
		has = has || p.Document != nil && slices.ContainsFunc(p.Document.Statements, func(s policy.Statement) bool { return s.Effect == policy.Deny })
	}
	return has || !everything, known
}

// allowsAllName recognizes AWS's own policies where their text was not read.
func allowsAllName(p *iam.Policy) bool {
	return slices.ContainsFunc([]string{p.Name, p.ARN}, func(s string) bool {
		return s == "FullAWSAccess" || s == "RCPFullAWSAccess" || s == "p-FullAWSAccess" || s == "p-RCPFullAWSAccess"
	})
}

// allowsAll reports whether a statement of a document allows everything.
func allowsAll(d *policy.Document) bool {
	return slices.ContainsFunc(d.Statements, func(s policy.Statement) bool {
		return s.Effect == policy.Allow && len(s.Conditions) == 0 && slices.ContainsFunc(s.Action, allActions) && allResources(&s)
	})
}
