package escalate

import (
	"strings"

	"accesspath/graph"
	"accesspath/iam"
	"accesspath/policy"
)

// maxKeys and maxVersions are what IAM allows of each.
const maxKeys, maxVersions = 2, 5

// facts are what the snapshot says of a target. A name may have an argument
// behind a blank.
var facts = map[string]func(a *attempt, argument string) policy.Requirement{
	"key-room":    func(a *attempt, _ string) policy.Requirement { return policy.Bool(!keysFull(a.t.user)) },
	"password":    func(a *attempt, _ string) policy.Requirement { return a.password() },
	"no-password": func(a *attempt, _ string) policy.Requirement { return a.password().Not() },
	"no-mfa":      func(a *attempt, _ string) policy.Requirement { return a.mfa().Not() },
	"version-room": func(a *attempt, _ string) policy.Requirement {
		return policy.Bool(len(a.t.policy.Versions) < maxVersions)
	},
	"instance-profile": func(a *attempt, _ string) policy.Requirement {
		return policy.Bool(len(a.t.role.InstanceProfiles) > 0)
	},
	"running": func(a *attempt, _ string) policy.Requirement {
		return policy.Bool(a.t.compute == nil || a.t.compute.Running != iam.KnownEmpty)
	},
	"agent":         func(a *attempt, _ string) policy.Requirement { return a.agent() },
	"exists":        func(a *attempt, kind string) policy.Requirement { return a.by.account.exists(kind) },
	"acls":          func(a *attempt, _ string) policy.Requirement { return a.acls() },
	"root-sessions": func(a *attempt, _ string) policy.Requirement { return a.rootSessions() },
	"signs-in": func(a *attempt, _ string) policy.Requirement {
		return policy.DataAtom("DATA:identity-center-user", a.by.node.ID)
	},
}

// calls are facts that take requests, with their actions.
var calls = map[string][]string{
	"assumable":              {"sts:AssumeRole"},
	"assumable-once-trusted": {"sts:AssumeRole"},
	"profile-to-fill":        {"iam:RemoveRoleFromInstanceProfile", "iam:AddRoleToInstanceProfile"},
	"service-role":           {"iam:PassRole"},
}

// call is the name of the term's fact, without an argument.
func (t Term) call() string {
	name, _, _ := strings.Cut(t.Fact, " ")
	return name
}

// fact looks a fact up.
func (a *attempt) fact(name string) verdict {
	name, argument, _ := strings.Cut(name, " ")
	role := a.t.role
	switch name {
	case "assumable":
		if role == nil {
			return verdict{requires: policy.False()}
		}
		r := a.s.g.Model.Assume(a.by.node, role, nil, "").Requires
		return answered(r, "sts:AssumeRole", role.ARN)
	case "assumable-once-trusted":
		r := a.by.ask(a.s, graph.Ask{Node: a.by.node, Action: "sts:AssumeRole", Resource: a.t.arn, ResourcePolicy: a.by.ownTrust()})
		return answered(r, "sts:AssumeRole", a.t.arn)
	case "profile-to-fill":
		return a.profileToFill()
	case "service-role":
		return a.serviceRole(argument)
	}
	return verdict{requires: facts[name](a, argument)}
}

// profileToFill is putting the role into an instance profile that is there,
// after the role that is in it was taken out.
func (a *attempt) profileToFill() verdict {
	out := verdict{requires: policy.False()}
	for _, p := range a.by.account.InstanceProfiles {
		v := verdict{requires: policy.True()}
		actions := calls["profile-to-fill"]
		if p.Role == "" {
			actions = actions[1:]
		}
		for _, action := range actions {
			v = v.and(answered(a.by.decide(a.s, action, p.ARN), action, p.ARN))
		}
		if v.requires.IsTrue() {
			return v
		}
		out = out.or(v)
	}
	return out
}

// serviceRole is passing a second role, with which the service itself works.
func (a *attempt) serviceRole(service string) verdict {
	out := verdict{requires: policy.False()}
	for _, r := range a.s.trusts(a.by.account, service) {
		pass := a.by.decide(a.s, "iam:PassRole", r.role.ARN).Map(a.associates).Given(a.context("iam:passedtoservice", service))
		v := answered(policy.And(r.requires, pass), "iam:PassRole", r.role.ARN)
		if v.requires.IsTrue() {
			return v
		}
		out = out.or(v)
	}
	return out
}

// agent reports whether an instance with the role can be managed by Systems
// Manager: its role has to let the agent call home, unless the account's default
// host management does, which no input tells.
func (a *attempt) agent() policy.Requirement {
	n, ok := a.s.g.Find(a.t.arn)
	if !ok {
		return policy.True()
	}
	if !a.s.g.Model.Verdict(graph.Ask{Node: a.s.g.Node(n), Action: "ssm:UpdateInstanceInformation", Resource: "*"}).IsFalse() {
		return policy.True()
	}
	return policy.DataAtom("DATA:host-management", a.by.account.ID)
}

// sessionName is what an actor calls a session that it names in a trust.
const sessionName = "accesspath"

// ownTrust is the trust policy that the actor would write: it names the actor
// itself, so that no permission to assume the role is needed in one account
// (STS-03); of a role its session, too, which no boundary limits.
func (p *actor) ownTrust() *policy.Document {
	if p.trust != nil {
		return p.trust
	}
	n := p.node
	principals := []string{n.ID}
	if a, ok := policy.ParseARN(n.ID); ok && n.Role != nil {
		principals = append(principals, "arn:"+a.Partition+":sts::"+a.Account+":assumed-role/"+n.Name+"/"+sessionName)
	}
	p.trust = statement([]string{"sts:AssumeRole"}, principals, "")
	return p.trust
}

// keysFull: where keys are not known, nobody is taken to have used them up.
func keysFull(u *iam.User) bool {
	return u != nil && u.Credentials != nil && len(u.Credentials.AccessKeys) >= maxKeys
}

func (a *attempt) password() policy.Requirement {
	return a.credential("DATA:console-password", iam.SectionCredentials, func(c *iam.Credentials) iam.State { return c.Password })
}

func (a *attempt) mfa() policy.Requirement {
	return a.credential("DATA:mfa-device", iam.SectionMFA, func(c *iam.Credentials) iam.State { return c.MFA })
}

// credential is a fact about the target user that some input may have.
func (a *attempt) credential(code string, section iam.Section, state func(*iam.Credentials) iam.State) policy.Requirement {
	if c := a.t.user.Credentials; c != nil {
		switch state(c) {
		case iam.Present:
			return policy.True()
		case iam.KnownEmpty:
			return policy.False()
		}
	} else if a.by.account.Coverage[section] != iam.Unknown {
		return policy.False() // they were read, and this user has none
	}
	return policy.DataAtom(code, a.t.user.ARN)
}

func (a *attempt) acls() policy.Requirement {
	r := a.s.g.Model.Snapshot.Resource(a.t.resource)
	switch {
	case r != nil && r.OwnershipEnforced == iam.Present:
		return policy.False()
	case r != nil && r.OwnershipEnforced == iam.KnownEmpty:
		return policy.True()
	}
	return policy.DataAtom("DATA:object-ownership", a.t.resource)
}

// rootSessions is ROOT-06.
func (a *attempt) rootSessions() policy.Requirement {
	switch o := a.s.g.Model.Snapshot.Organization; o.RootSessions {
	case iam.Present:
		return policy.True()
	case iam.KnownEmpty:
		return policy.False()
	default:
		return policy.DataAtom("DATA:RootSessions", o.ID)
	}
}
