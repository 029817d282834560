package review

import (
	"accesspath/graph"
	"accesspath/policy"
)

// publicResource is FIND-32.
func publicResource() Rule {
	return Rule{ID: "FIND-32", Doc: Doc{
		Title:       "Resource is open to everyone",
		Why:         "The resource's own policy names everyone and nothing limits who that is. For most services that means every AWS account, for some everybody on the Internet.",
		Severity:    High,
		Remediation: "Name the principals that need the resource, or add a condition on aws:PrincipalOrgID; for buckets turn on Block Public Access.",
		References:  []string{"AWS IAM User Guide: AWS JSON policy elements: Principal", "Amazon S3 User Guide: Blocking public access to your Amazon S3 storage"},
		Since:       "0.2",
		Wants:       []Need{NeedBuckets, NeedResources},
	}, check: checkPublicResource}
}

func checkPublicResource(p *pass) []Finding {
	return p.eachGrant(false, func(g resourceGrant) []Finding {
		if !g.everyone() {
			return nil
		}
		f, ok := p.openGrant(g)
		if !ok {
			return nil
		}
		f.About, f.cause = graph.PublicID, everyoneCause
		return []Finding{f}
	})
}

// everyoneCause is a policy that names everybody.
const everyoneCause = graph.PublicID

// openGrant judges a grant to everyone by letting a stranger try.
func (p *pass) openGrant(g resourceGrant) (Finding, bool) {
	o := p.tries(strangerNode(), g)
	actions := some(texts(g.statement.Action))
	switch {
	case o.openness == open:
		return says("everyone may call %s", actions), true
	case o.openness == guarded:
		f := says("everyone may call %s who meets the rest: %s", actions, requirementText(o.requires))
		f.Severity = Medium
		if o.requires.Weight() >= policy.ClassData {
			f.Confidence = Probable
		}
		return f, true
	case o.blocked != "":
		f := says("the policy allows everyone to call %s; only the organization's policy at %s keeps strangers out", actions, o.blocked)
		f.blocked = o.blocked
		return f, true
	}
	return Finding{}, false
}
