package escalate

import (
	"maps"
	"slices"
	"strings"

	"accesspath/graph"
	"accesspath/iam"
	"accesspath/policy"
)

// poolIssuer is the built-in provider of Cognito identity pools.
const poolIssuer = "cognito-identity.amazonaws.com"

// poolRoles are roles that a Cognito identity pool could hand out.
func (s *search) poolRoles(p *actor, _ *Entry) []*target {
	return s.signIns(p, func(provider string) bool { return provider == poolIssuer }, false)
}

// signIns are roles that trust one of the providers. An actor who controls the
// provider asserts what it likes.
func (s *search) signIns(p *actor, which func(provider string) bool, asserts bool) []*target {
	var out []*target
	for _, provider := range slices.Sorted(maps.Keys(p.account.federated)) {
		if !which(provider) {
			continue
		}
		n := &graph.Node{ID: provider, Kind: graph.KindFederated, Account: p.account.ID, Supposed: &graph.Supposition{New: true}}
		for _, r := range p.account.federated[provider] {
			req := s.g.Model.Assume(n, r, nil, "").Requires
			if asserts {
				req = req.Map(asserted).Simplify()
			}
			if !req.IsFalse() {
				out = append(out, s.roleTarget(r).with(func(t *target) { t.provider, t.requires = provider, req }))
			}
		}
	}
	return out
}

// asserted settles what whoever controls a provider asserts.
func asserted(a *policy.Atom) policy.Requirement {
	if a.Class == policy.ClassIDP {
		return policy.True()
	}
	return policy.Keep(a)
}

// providers finds the roles that trust identity providers of a kind, which the account
// has, or which it has not and the actor makes.
func providers(kind string, there, asserts bool) finder {
	return func(s *search, p *actor, _ *Entry) []*target {
		return s.signIns(p, func(provider string) bool {
			return strings.Contains(provider, kind) && p.account.hasProvider(provider) == there
		}, asserts)
	}
}

// hasProvider reports whether the account has a provider, or may have it since its list
// was not read (FED-04).
func (a *account) hasProvider(arn string) bool {
	if strings.Contains(arn, ":saml-provider/") {
		if a.Coverage[iam.SectionSAML] == iam.Unknown {
			return true
		}
		return slices.ContainsFunc(a.SAML, func(p *iam.SAMLProvider) bool { return p.ARN == arn })
	}
	if a.Coverage[iam.SectionOIDC] == iam.Unknown {
		return true
	}
	return slices.ContainsFunc(a.OIDC, func(p *iam.OIDCProvider) bool { return p.ARN == arn })
}

// resourceOf finds the thing with a policy of its own that an ARN is about, and
// its type.
func resourceOf(arn string) (resource, typ string) {
	a, ok := policy.ParseARN(arn)
	if !ok {
		return "", ""
	}
	kind, rest, _ := strings.Cut(a.Resource, "/")
	switch a.Service {
	case "s3":
		a.Resource = kind
		return a.String(), "s3:bucket"
	case "kms":
		return arn, "kms:key"
	case "sqs":
		return arn, "sqs:queue"
	case "sns":
		return arn, "sns:topic"
	case "secretsmanager":
		return arn, "secretsmanager:secret"
	case "lambda":
		typ, _, _ := strings.Cut(a.Resource, ":")
		return arn, "lambda:" + typ
	case "ecr":
		return arn, "ecr:repository"
	case "dynamodb":
		table, _, _ := strings.Cut(rest, "/")
		a.Resource = kind + "/" + table
		return a.String(), "dynamodb:table"
	case "events":
		return arn, "events:event-bus"
	}
	return arn, a.Service + ":" + kind
}

// resourcesOf is what the question asks about, if it is of the entry's types and
// of the actor's account (RPOL-03).
func (s *search) resourcesOf(p *actor, e *Entry) []*target {
	resource, typ := resourceOf(s.o.Resource)
	if resource == "" || !slices.Contains(e.Types, typ) {
		return nil
	}
	owner := ""
	if a, ok := policy.ParseARN(resource); ok {
		owner = a.Account
	}
	if r := s.g.Model.Snapshot.Resource(resource); r != nil && r.Account != "" {
		owner = r.Account
	}
	t := &target{node: p.id, resource: resource, inside: s.o.Resource, requires: policy.True()}
	if owner == "" {
		t.requires = policy.DataAtom("DATA:owner", resource)
	} else if owner != p.account.ID {
		return nil
	}
	return []*target{t}
}

// held are principals whose credentials lie in a resource of the entry's types
// (ESC-28).
func (s *search) held(_ *actor, e *Entry) []*target {
	var out []*target
	for _, r := range s.holding {
		if _, typ := resourceOf(r.ARN); !slices.Contains(e.Types, typ) {
			continue
		}
		for _, arn := range r.Holds {
			if n, ok := s.g.Find(arn); ok {
				t := s.targetOf(arn, nil)
				t.node, t.resource, t.role, t.user = n, r.ARN, s.g.Node(n).Role, s.g.Node(n).User
				out = append(out, t)
			}
		}
	}
	return out
}

// memberRoots are the root users of member accounts (ROOT-05).
func (s *search) memberRoots(p *actor, e *Entry) []*target {
	var out []*target
	for _, a := range s.members(p, e) {
		partition := a.Partition
		if partition == "" {
			partition = "aws"
		}
		if n, ok := s.g.Find(policy.AccountRoot(partition, a.ID)); ok {
			out = append(out, s.targetOf(s.g.Node(n).ID, nil))
		}
	}
	return out
}

// members are the loaded accounts that an actor of the organization's
// administration could act on: all but the management account and its own. nil
// for actors of other accounts.
func (s *search) members(p *actor, e *Entry) []*account {
	o := s.g.Model.Snapshot.Organization
	if !s.administers(p.account.ID, e) {
		return nil
	}
	var out []*account
	for _, id := range slices.Sorted(maps.Keys(s.accounts)) {
		if id != o.ManagementAccount && id != p.account.ID && o.Member(id) {
			out = append(out, s.accounts[id])
		}
	}
	return out
}

// administers reports whether an account is one from which the entry works: the
// management account, or the delegated administrator of its service.
func (s *search) administers(account string, e *Entry) bool {
	o := s.g.Model.Snapshot.Organization
	switch {
	case o == nil || !o.Member(account):
		return false
	case o.ManagementAccount == account:
		return true
	}
	return slices.ContainsFunc(o.DelegatedAdmins, func(d iam.DelegatedAdmin) bool { return d.Account == account && slices.Contains(d.Services, e.Admin) })
}

func (s *search) memberAccounts(p *actor, e *Entry) []*target {
	var out []*target
	for _, a := range s.members(p, e) {
		arn := "arn:aws:iam::" + a.ID + ":role/" + newName
		none := ""
		out = append(out, &target{arn: arn, role: newRole(arn), boundary: &none, requires: policy.True()})
	}
	return out
}

// permissionSets are the roles of Identity Center in all member accounts.
func (s *search) permissionSets(p *actor, e *Entry) []*target {
	var out []*target
	if !s.administers(p.account.ID, e) {
		return nil
	}
	for _, a := range append(s.members(p, e), p.account) {
		for _, r := range a.Roles {
			if _, ok := r.PermissionSet(); ok {
				out = append(out, s.roleTarget(r))
			}
		}
	}
	return out
}

// guarded reports whether some SCP of the account takes something away.
func (s *search) guarded(account string) bool {
	for _, l := range s.g.Model.SCPs(account) {
		for _, p := range l.Policies {
			if p.Document != nil && (!s.relevanceOf(p.Document).full || s.relevanceOf(p.Document).denies) {
				return true
			}
		}
	}
	return false
}

// guardedRoles are roles of member accounts with guardrails that the actor
// assumes.
func (s *search) guardedRoles(p *actor, e *Entry) []*target {
	var out []*target
	if !s.administers(p.account.ID, e) || s.base(p.id) >= s.first() {
		return nil
	}
	for edge := range s.g.Out(s.base(p.id)) {
		n := s.g.Node(edge.To)
		if edge.Kind == graph.CanAssume && n.Account != p.account.ID && n.Role != nil && s.guarded(n.Account) {
			out = append(out, s.roleTarget(n.Role))
		}
	}
	return out
}

func (s *search) guardedSelf(p *actor, _ *Entry) []*target {
	if entityOf(p.node) == nil || !s.guarded(p.account.ID) || p.node.Supposed != nil && p.node.Supposed.Unguarded {
		return nil
	}
	return []*target{s.self(p)}
}

// newName is how principals that an actor makes are called, where its policies
// leave the name to it.
const newName = "accesspath-new"

// newRoles and newUsers are principals that could be made: of a name that the
// policies allow, without a permissions boundary if they allow that, else with
// one that they ask for (CKEY-42).
func (s *search) newRoles(p *actor, e *Entry) []*target {
	return s.made(p, e, "role", "iam:CreateRole", func(t *target) { t.role = newRole(t.arn) })
}

func (s *search) newUsers(p *actor, e *Entry) []*target {
	return s.made(p, e, "user", "iam:CreateUser", func(t *target) { t.user = newUser(t.arn) })
}

func (s *search) newMembers(p *actor, e *Entry) []*target {
	var out []*target
	for _, t := range s.newUsers(p, e) {
		for _, g := range p.account.Groups {
			if len(g.Inline)+len(g.Attached) > 0 {
				out = append(out, t.with(func(t *target) { t.group = g }))
			}
		}
	}
	return out
}

func (s *search) made(p *actor, e *Entry, kind, action string, fill func(*target)) []*target {
	var out []*target
	a := &attempt{s: s, e: e, by: p}
	for _, name := range a.newNames(kind, action) {
		for _, b := range a.limits(p.decide(s, action, name)) {
			for _, t := range a.empowered() {
				t.arn, t.boundary = name, &b.ARN
				if b.first != nil {
					t.after(*b.first)
				}
				fill(t)
				if b.ARN != "" {
					t.entity().Boundary = b.Attachment
				}
				out = append(out, t)
			}
		}
	}
	return out
}

// newNames are ARNs for a principal that is made: the plain one, where it may be, and
// those that decide for each way through the entry's requests on it.
func (a *attempt) newNames(kind, action string) []string {
	part, ok := policy.ParseARN(a.by.node.ID)
	if !ok {
		return nil
	}
	var out []string
	name := "arn:" + part.Partition + ":iam::" + a.by.account.ID + ":" + kind + "/" + newName
	if r := a.by.decide(a.s, action, name); !a.by.account.has(name) && !r.IsFalse() {
		if out = append(out, name); r.IsTrue() && a.by.alike(a.s, action) && !slices.ContainsFunc(a.e.terms(), func(t Term) bool { return t.On == "target" && !a.by.alike(a.s, t.Action) }) {
			return out // no other does better
		}
	}
	for _, actions := range waysThrough(a.e) {
		for _, name := range a.candidates("iam:"+kind, actions, true) {
			if name != "" && !slices.Contains(out, name) && len(out) < maxNames {
				out = append(out, name)
			}
		}
	}
	return out
}

// maxNames bounds the names that are tried for a principal that is made.
const maxNames = 4

// waysThrough lists the actions on the target of each choice among the entry's
// alternatives.
func waysThrough(e *Entry) [][]string {
	out := [][]string{nil}
	for _, n := range e.Needs {
		if n[0][0].On != "target" {
			continue
		}
		var next [][]string
		for _, before := range out {
			for _, alternative := range n {
				next = append(next, append(slices.Clip(before), alternative[0].Action))
			}
		}
		out = next
	}
	return out
}

// empowered are targets without a name, for each policy that could be attached: the
// administrator's, if it is not the policy that matters.
func (a *attempt) empowered() []*target {
	attaching := slices.ContainsFunc(a.e.terms(), func(t Term) bool {
		return strings.HasPrefix(t.Action, "iam:Attach") && a.s.offers(a.by, t.Action)
	})
	of := func(arn string) *target {
		return &target{requires: policy.True(), given: map[string]string{"iam:PolicyARN": arn}}
	}
	out := []*target{of(administrator)}
	if !attaching {
		return out
	}
	for _, at := range a.s.omnipotent(a.by.account) {
		if at.ARN != administrator {
			out = append(out, of(at.ARN))
		}
	}
	if a.s.offers(a.by, "iam:CreatePolicy") {
		for _, arn := range a.newPolicies() {
			t := of(arn)
			t.after(answered(a.by.decide(a.s, "iam:CreatePolicy", arn), "iam:CreatePolicy", arn))
			out = append(out, t)
		}
	}
	t := of(iamFull)
	t.attach = a.s.attachment(iamFull)
	return append(out, t)
}

func newRole(arn string) *iam.Role {
	return &iam.Role{Entity: newEntity(arn), Trust: &iam.Policy{Name: "trust policy"}}
}

func newUser(arn string) *iam.User { return &iam.User{Entity: newEntity(arn)} }

func newEntity(arn string) iam.Entity {
	a, _ := policy.ParseARN(arn)
	i, k := strings.IndexByte(a.Resource, '/'), strings.LastIndexByte(a.Resource, '/')
	return iam.Entity{ARN: arn, Account: a.Account, Path: a.Resource[i : k+1], Name: a.Resource[k+1:]}
}
