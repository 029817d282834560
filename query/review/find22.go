package review

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"accesspath/policy"
)

// wholeAccountTrust is FIND-22.
func wholeAccountTrust() Rule {
	return Rule{ID: "FIND-22", Doc: Doc{
		Title:       "Role trusts a whole account",
		Why:         "Who may use the role is then up to the identity policies of that account, and changes there without anybody looking at the role.",
		Severity:    Medium,
		Reach:       true,
		Remediation: "Name the roles that need it, or add a condition on aws:PrincipalArn.",
		References:  []string{"AWS IAM User Guide: AWS JSON policy elements: Principal"},
		Since:       "0.1",
		Needs:       []Need{NeedRoles},
	}, check: checkWholeAccount}
}

func checkWholeAccount(p *pass) []Finding {
	return p.eachTrusted(func(e *trusted) (Finding, bool) {
		var wide []trust
		who := ""
		for _, t := range e.whole {
			if kind := p.anyCaller(t, e.account); kind != "" {
				who = cmp.Or(who, kind)
				wide = append(wide, t)
			}
		}
		if len(wide) == 0 || e.relation == ThirdParty && !withoutExternalID(e.requires) {
			return Finding{}, false // vendors are trusted as accounts, with an external id
		}
		f := e.finding()
		f.Evidence = nil
		for _, t := range wide {
			f.Evidence = append(f.Evidence, t.evidence(t.statement))
		}
		if f.blocked = e.guardrail; f.blocked == "" && !e.reachable {
			return f, false
		}
		f.Text = fmt.Sprintf("every %s of account %s may assume the role that has a permission of its own to do so", who, p.accountName(e.account))
		switch {
		case e.relation == Same:
			f.Severity = Low
			f.Text += "; it is the role's own account"
		case p.s.Organization != nil && e.account == p.s.Organization.ManagementAccount:
			f.Text += "; it is the organization's management account (ROOT-07)"
		}
		return f, true
	})
}

// anyCaller says what kinds of caller the conditions of a statement leave, if
// those of the account are meant that nobody had in mind: "" if a condition says
// who is. A caller without any of the keys is tried as well: what asks for them if
// they are there names nobody.
func (p *pass) anyCaller(t trust, account string) string {
	var kinds []string
	for _, kind := range []string{"user", "role"} {
		named := unmeant(kind, account, partition(t.subject))
		nameless := func(key string) policy.Value {
			if named(key).Knowledge != policy.Unknown {
				return policy.NotThere()
			}
			return policy.Value{}
		}
		if slices.ContainsFunc([]policy.ContextFunc{named, nameless}, func(known policy.ContextFunc) bool {
			return possible(p.alone(account).conditions(t.policy.Document, t.statement, "sts:AssumeRole", known))
		}) {
			kinds = append(kinds, kind)
		}
	}
	return strings.Join(kinds, " and ")
}

// unmeant is a user, or the session of a role, of an account whose names and tags
// no policy writes out.
func unmeant(kind, account, partition string) policy.ContextFunc {
	known := policy.MapContext{"aws:principalarn": policy.Is("arn:" + partition + ":iam::" + account + ":" + kind + "/zz/zz-stranger")}
	if kind == "user" {
		known["aws:userid"], known["aws:username"], known["aws:principaltype"] = policy.Is("AIDAZZSTRANGER"), policy.Is("zz-stranger"), policy.Is("User")
	} else {
		known["aws:userid"], known["aws:username"], known["aws:principaltype"] = policy.Is("AROAZZSTRANGER:zz"), policy.NotThere(), policy.Is("AssumedRole")
	}
	return func(key string) policy.Value {
		if strings.HasPrefix(key, principalTag) {
			return policy.Is("zz-stranger")
		}
		return known.Lookup(key)
	}
}
