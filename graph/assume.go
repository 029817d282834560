package graph

import (
	"slices"
	"strings"

	"accesspath/iam"
	"accesspath/policy"
)

// Assumption is the verdict on obtaining one role, all permissions that the
// call needs included.
type Assumption struct {
	policy.Decision
	Action string // sts:AssumeRole, sts:AssumeRoleWithSAML, …
}

// Assume decides whether a node obtains a role by one call (STS-01, STS-02,
// FED-01, SVC-01). session is what the caller's own session carries; nil leaves
// it open. service names the service principal that acts for an instance
// profile.
//
// A call that passes session tags or a source identity needs sts:TagSession or
// sts:SetSourceIdentity as well (STS-06, STS-08): where the trust asks for
// them, the requirement says so.
func (m *Model) Assume(n *Node, role *iam.Role, session policy.Context, service string) Assumption {
	return m.assume(n, role, Ask{Session: session, Service: service})
}

// assumeVerdict is the Requires of what Assume returns for a call of which nothing more
// is known.
func (m *Model) assumeVerdict(n *Node, role *iam.Role) policy.Requirement {
	return m.assume(n, role, Ask{bare: true}).Requires
}

// assume is Assume; of ask it takes what goes beyond who assumes what.
func (m *Model) assume(n *Node, role *iam.Role, ask Ask) Assumption {
	a := Assumption{Action: AssumeAction(n)}
	ask.Node, ask.Action, ask.Resource = n, a.Action, role.ARN
	ask.selfTrust = n.Role == role && role.LegacySelfTrust && policy.IsAccountID(n.Account)
	a.Decision = m.Decide(ask)
	if ask.selfTrust {
		a.Codes = insertSorted(a.Codes, "U-08")
	}
	m.limitDuration(&a, n, role)
	if n.Kind == KindFederated {
		if m.scpDenies(role.Account, a.Action) {
			a.Codes = insertSorted(a.Codes, "U-19") // ORG-07
		}
		if n.Supposed == nil {
			m.checkProvider(&a, n)
			m.assertedTags(&a, ask)
		}
	}
	if a.Requires.IsFalse() {
		if n.Role == role {
			a.Codes = insertSorted(a.Codes, "U-08") // STS-05
		}
		return a
	}
	if n.SetsTags() {
		m.podIdentity(&a, ask)
	} else {
		m.withCompanion(&a, ask, tagSession, IsSessionTagKey)
	}
	m.withCompanion(&a, ask, setSourceIdentity, func(k string) bool { return k == "sts:sourceidentity" })
	return a
}

// implicitSelfTrust is what roles that assumed themselves before September 2022
// still have: their own account, an account ID, is trusted with them (STS-05).
func implicitSelfTrust(n *Node) policy.Attached {
	text := `{"Version":"2012-10-17","Statement":{"Sid":"ImplicitSelfTrust","Effect":"Allow","Principal":{"AWS":"` + n.Account + `"},"Action":"sts:AssumeRole"}}`
	return policy.Attached{Document: mustParse(text), Name: "implicit self-trust", Owner: n.ID}
}

// podIdentity is the service that sets session tags on every call: without
// sts:TagSession it gets nowhere (FED-15, FED-16).
const podIdentity = "pods.eks.amazonaws.com"

func (m *Model) podIdentity(a *Assumption, ask Ask) {
	ask.Action = tagSession
	tag := m.Decide(ask)
	a.Requires = policy.And(a.Requires, tag.Requires).Simplify()
	if !a.Requires.IsFalse() {
		return
	}
	a.Causes = slices.DeleteFunc(tag.Causes, func(c policy.Cause) bool { return !c.Explicit }) // such as of an RCP (ORG-12)
	if len(a.Causes) == 0 {
		a.Causes = []policy.Cause{{Layer: "service-rule", Rule: "FED-16", Text: "EKS Pod Identity always passes session tags, and the trust policy does not allow sts:TagSession"}}
	}
}

// AssumeByAnyProvider decides whether somebody whom no element names obtains a
// role by an unsigned call with a token of some identity provider: whether "*"
// covers those calls is an open question (TRUST-06, U-20).
func (m *Model) AssumeByAnyProvider(role *iam.Role) Assumption {
	web := &Node{ID: PublicID, Kind: KindFederated, Name: "anyone"}
	a := m.Assume(web, role, nil, "")
	if !a.Requires.IsFalse() {
		return a
	}
	saml := &Node{ID: "arn:" + partitionOf(role.ARN) + ":iam::" + role.Account + ":saml-provider/*", Kind: KindFederated, Account: role.Account, Name: "anyone"}
	return m.Assume(saml, role, nil, "")
}

// AssumeAction is the call of STS by which a principal gets a role (TRUST-06).
func AssumeAction(n *Node) string {
	if n.Kind == KindFederated {
		if strings.Contains(n.ID, ":saml-provider/") {
			return "sts:AssumeRoleWithSAML"
		}
		return "sts:AssumeRoleWithWebIdentity"
	}
	return "sts:AssumeRole"
}

// IsSessionTagKey reports whether a condition key, in lower case, is about the session
// tags that a call passes (STS-06, TRUST-13).
func IsSessionTagKey(key string) bool {
	return strings.HasPrefix(key, "aws:requesttag/") || key == "aws:tagkeys" || key == "sts:transitivetagkeys"
}

// withCompanion splits the requirement at the parameters that need a second
// permission: either none of them is passed, or the permission is there.
func (m *Model) withCompanion(a *Assumption, ask Ask, action string, uses func(key string) bool) {
	mentions := a.Requires.Mentions(func(t *policy.Atom) bool { return uses(strings.ToLower(t.Key)) })
	if !mentions || ask.Node.Kind == KindFederated {
		return
	}
	without := a.Requires.Given(policy.ContextFunc(func(key string) policy.Value {
		if uses(key) {
			return policy.NotThere()
		}
		return policy.Value{}
	}))
	ask.Action = action
	companion := m.Decide(ask)
	r := policy.Or(without, policy.And(a.Requires, companion.Requires)).Simplify()
	a.Requires = r
	a.Because = append(a.Because, companion.Because...)
	if r.IsFalse() {
		for _, c := range companion.Causes {
			c.Rule, c.Text = "STS-06", action+" is not allowed: "+c.Text
			a.Causes = append(a.Causes, c)
		}
		if len(a.Causes) == 0 {
			a.Causes = []policy.Cause{{Layer: "contradiction", Rule: "STS-06", Text: "the conditions on " + action + " exclude those of " + a.Action}}
		}
	}
}

// unnamedOnly drops the values that only principals of accounts have which stand
// in the answer by themselves: the loaded ones, and those that a condition names.
// The public stands for everybody else.
func unnamedOnly(r policy.Requirement) policy.Requirement {
	return r.Map(func(a *policy.Atom) policy.Requirement {
		if a.Negated || a.Some || a.Opaque || !policy.NarrowingKey(strings.ToLower(a.Key)) {
			return policy.Keep(a)
		}
		b := *a
		b.Values = slices.DeleteFunc(slices.Clone(a.Values), func(v string) bool {
			if arn, ok := policy.ParseARN(v); ok {
				v = arn.Account
			}
			return policy.IsAccountID(v)
		})
		return policy.AtomRequirement(b)
	})
}

// scpDenies reports whether an SCP of the account has a Deny for the action.
func (m *Model) scpDenies(account, action string) bool {
	return slices.ContainsFunc(m.SCPs(account), func(l policy.Level) bool {
		return slices.ContainsFunc(l.Policies, func(p policy.Attached) bool {
			return p.Document != nil && p.Document.UsesAction(policy.Deny, action)
		})
	})
}

// dangling names the principals of a policy that no longer exist: unique ids
// that nobody has, and names that their loaded account does not list (PRINC-09,
// PRINC-10).
func (m *Model) dangling(policies []policy.Attached) []policy.Cause {
	var out []policy.Cause
	for _, p := range policies {
		if p.Document == nil {
			continue
		}
		for i := range p.Document.Statements {
			s := &p.Document.Statements[i]
			for k := range s.Principal {
				if el := &s.Principal[k]; s.Effect == policy.Allow && m.gone(el) {
					out = append(out, policy.Cause{Layer: "dangling", Rule: "PRINC-09", Text: "the policy names " + el.Text + ", which no longer exists"})
				}
			}
		}
	}
	return out
}

func (m *Model) gone(p *policy.PrincipalElement) bool {
	if p.UniqueID() {
		return !m.hasID(p.Text)
	}
	unlisted, certain := m.unlisted(p.Text)
	return unlisted && certain && p.Type == "AWS"
}

// unlisted reports whether an ARN is of a user or role that its loaded account
// does not list, and whether the export is such that it then does not exist
// (PRINC-10).
func (m *Model) unlisted(arn string) (unlisted, certain bool) {
	a, ok := policy.ParseARN(arn)
	account := m.Snapshot.Account(a.Account)
	if !ok || a.Service != "iam" || !account.Loaded() || strings.ContainsAny(arn, "*?") {
		return false, false
	}
	section := iam.SectionRoles
	switch {
	case strings.HasPrefix(a.Resource, "role/"):
		unlisted = m.role(arn) == nil
	case strings.HasPrefix(a.Resource, "user/"):
		unlisted, section = m.user(arn) == nil, iam.SectionUsers
	}
	return unlisted, !account.Incomplete && account.Coverage[section] != iam.Unknown
}

// Perhaps reports whether an ARN names a user or role that may exist although
// its loaded account does not list it (PRINC-10).
func (m *Model) Perhaps(arn string) bool {
	unlisted, certain := m.unlisted(arn)
	return unlisted && !certain
}

// unlistedCaller says of a caller who may not exist what would decide.
func (m *Model) unlistedCaller(r policy.Requirement, n *Node) policy.Requirement {
	exists := policy.DataAtom("DATA:principal", n.ID)
	r = r.Map(func(a *policy.Atom) policy.Requirement {
		if a.Code == "DATA:account" && slices.Equal(a.Values, []string{n.Account}) {
			return policy.True() // its policies come with it
		}
		return policy.Keep(a)
	})
	return policy.And(r, exists).Simplify()
}

// outsiders drops what only a member of the organization could meet: the
// accounts that are not loaded and not in the tree are outside it (ORG-14).
func (m *Model) outsiders(d policy.Decision, n *Node) policy.Decision {
	if n.Kind == KindPublic {
		if d.Requires = unnamedOnly(d.Requires).Simplify(); d.Requires.IsFalse() {
			return policy.Decision{Layers: d.Layers, Because: d.Because, Causes: []policy.Cause{{Layer: "resource", Rule: "TRUST-24", Text: "only principals of named accounts meet the condition"}}}
		}
	}
	o := m.Snapshot.Organization
	if n.Kind != KindPublic && n.Kind != KindAccount && n.Kind != KindExternal || o == nil || len(o.Nodes) == 0 || n.Account != "" && o.Member(n.Account) {
		return d
	}
	outside := policy.AtomRequirement(policy.Atom{Key: "aws:PrincipalOrgID", Operator: "StringEquals", Values: []string{o.ID}, Class: policy.ClassPrincipal, Negated: true})
	elsewhere := policy.AtomRequirement(policy.Atom{Key: "aws:PrincipalOrgPaths", Operator: "StringLike", Some: true, Values: []string{o.ID + "/*"}, Class: policy.ClassPrincipal, Negated: true})
	if !policy.And(d.Requires, outside, elsewhere).Satisfiable() {
		return policy.Decision{Layers: d.Layers, Because: d.Because,
			Causes: []policy.Cause{{Layer: "resource", Rule: "ORG-14", Text: "callers from outside the organization do not meet the condition"}}}
	}
	return d
}

// Taggable reports whether a role's trust lets callers pass session tags at
// all: some Allow covers sts:TagSession (STS-06).
func Taggable(role *iam.Role) bool {
	return trustAllows(role, "sts:tagsession")
}

// Sourceable is Taggable for source identities: some Allow covers
// sts:SetSourceIdentity (STS-08).
func Sourceable(role *iam.Role) bool {
	return trustAllows(role, "sts:setsourceidentity")
}

// trustAllows reports whether some Allow of a role's trust covers an action, in lower
// case.
func trustAllows(role *iam.Role, action string) bool {
	d := role.Trust.Document
	return d != nil && d.UsesLower(policy.Allow, action)
}
