package review

import (
	"slices"
	"strings"

	"accesspath/graph"
	"accesspath/iam"
	"accesspath/policy"
)

// freeSessionName is FIND-55.
func freeSessionName() Rule {
	return Rule{ID: "FIND-55", Doc: Doc{
		Title:       "Session name is the caller's choice",
		Why:         "The caller chooses the role session name. Where a policy lets one session name in, every caller of the role can take it; where many share a role, the trail does not say who it was.",
		Severity:    Low,
		Remediation: "Require sts:RoleSessionName to be ${aws:username}, or sts:SourceIdentity, in the trust policy.",
		References:  []string{"AWS IAM User Guide: Monitor and control actions taken with assumed roles"},
		Since:       "0.2",
		Needs:       []Need{NeedRoles},
		Wants:       []Need{NeedUsers},
	}, check: checkSessionName}
}

func checkSessionName(p *pass) []Finding {
	pinned := p.pinnedSessions()
	return p.eachRole(func(a *iam.Account, r *iam.Role) (Finding, bool) {
		if r.Trust.Document == nil || !p.anySessionName(a.ID, r.Trust.Document) {
			return Finding{}, false
		}
		if where := pinned[r.Account+" "+r.Name]; len(where) > 0 {
			return says("callers choose the session name, and %s lets in one name only", some(sortedUnique(where))), true
		}
		users := p.directUsers(r)
		return says("%s can assume the role under any session name, and no source identity is asked for: %s", count(len(users), "user"), some(users)), len(users) > p.o.Workloads
	})
}

// anySessionName reports whether somebody who chooses the session name gets the
// role under any name, without a source identity (CHAIN-15). Services, providers of
// SAML and Identity Center choose it themselves (VAR-06).
func (p *pass) anySessionName(account string, d *policy.Document) bool {
	return slices.ContainsFunc(d.Statements, func(s policy.Statement) bool {
		action := ""
		for _, e := range s.Principal {
			switch {
			case e.Type == "AWS" && s.MatchesAction("sts:AssumeRole"):
				action = "sts:AssumeRole"
			case e.Type == "Federated" && !strings.Contains(e.Text, ":saml-provider/") && s.MatchesAction("sts:AssumeRoleWithWebIdentity"):
				action = "sts:AssumeRoleWithWebIdentity"
			}
		}
		return s.Effect == policy.Allow && action != "" && possible(underAnyName(p.alone(account).conditions(d, &s, action, policy.ContextFunc(freeSession))))
	})
}

// underAnyName is what is left to meet for a session of a name that nobody asks for.
// A name that hangs on who calls, such as ${aws:username}, is asked for.
func underAnyName(r policy.Requirement) policy.Requirement {
	return r.Given(policy.ContextFunc(freeSession)).Map(func(a *policy.Atom) policy.Requirement {
		if strings.EqualFold(a.Key, "sts:RoleSessionName") {
			return policy.Bool(a.Negated)
		}
		return policy.Keep(a)
	})
}

// freeSession is a session of a name that nobody asks for, and without a source
// identity.
func freeSession(key string) policy.Value {
	switch key {
	case "sts:rolesessionname":
		return policy.Is("zz-any-session")
	case "sts:sourceidentity", "aws:sourceidentity":
		return policy.NotThere()
	}
	return policy.Value{}
}

// pinnedSessions lists, by account and name of roles, the policies that name
// one of their sessions as a principal. Sessions that a service names, such as
// those of instances, are not the caller's choice.
func (p *pass) pinnedSessions() map[string][]string {
	out := map[string][]string{}
	for a := range p.accounts() {
		for d := range p.documents(a) {
			for i := range d.policy.Document.Statements {
				s := &d.policy.Document.Statements[i]
				for _, e := range s.Principal {
					name, session, ok := e.RoleSession()
					if ok && s.Effect == policy.Allow && !strings.HasPrefix(session, "i-") {
						k := accountOf(&e) + " " + name
						out[k] = append(out[k], d.subject)
					}
				}
			}
		}
	}
	return out
}

// directUsers lists the users that can assume a role in one step under any name.
func (p *pass) directUsers(r *iam.Role) []string {
	n, ok := p.g.RoleNode(r)
	if !ok {
		return nil
	}
	var out []string
	for e := range p.g.In(n) {
		if from := p.g.Node(e.From); from.Kind == graph.KindUser && possible(underAnyName(e.Requires)) {
			out = append(out, from.ID)
		}
	}
	return sortedUnique(out)
}
