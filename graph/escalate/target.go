package escalate

import (
	"slices"
	"strings"

	"accesspath/graph"
	"accesspath/iam"
	"accesspath/policy"
)

// target is what one attempt works on.
type target struct {
	node graph.NodeID // whose permissions or credentials are at stake
	arn  string       // of that principal, or of one to be made

	user     *iam.User
	role     *iam.Role
	policy   *iam.ManagedPolicy
	version  *iam.PolicyVersion
	group    *iam.Group
	compute  *iam.Compute // nil: some of the kind, if there is one
	kind     string       // of compute
	service  string       // that delivers sessions of the role
	provider string
	resource string  // with a policy of its own, or that holds a credential
	inside   string  // what the question asks about in it
	boundary *string // ARN of the principal's permissions boundary; "" none; nil not known
	drop     string  // the policy or group that goes
	via      string  // the role that is passed, if it is not the one whose permissions are at stake
	tag      policy.Tag
	more     []policy.Tag // that are given with it
	anyTag   bool         // the tag has a value of the actor's choice
	given    map[string]string
	attach   *iam.Attachment    // to one that is made; nil something that allows everything
	first    *verdict           // what is done before; nil nothing
	requires policy.Requirement // what the target leaves open
	means    *target            // the same for targets of which entries need the same; nil none
}

// finder finds what an entry works on, for one actor.
type finder = func(s *search, p *actor, e *Entry) []*target

// targets are the finders by the name of an entry's target; ownTargets has those of what is
// about the actor itself.
var targets = map[string]finder{
	"user":                  func(s *search, p *actor, _ *Entry) []*target { return s.users(p, func(*iam.User) bool { return true }) },
	"mfa-user":              func(s *search, p *actor, _ *Entry) []*target { return s.users(p, s.needsMFA) },
	"role":                  func(s *search, p *actor, _ *Entry) []*target { return s.roles(p) },
	"user-policy":           (*search).userPolicies,
	"role-policy":           (*search).rolePolicies,
	"passed":                (*search).passed,
	"carried":               (*search).carried,
	"pool-role":             (*search).poolRoles,
	"saml-provider":         providers(":saml-provider/", true, true),
	"missing-saml-provider": providers(":saml-provider/", false, true),
	"oidc-provider":         providers(":oidc-provider/", true, false),
	"missing-oidc-provider": providers(":oidc-provider/", false, false),
	"held":                  (*search).held,
	"member-root":           (*search).memberRoots,
	"member-account":        (*search).memberAccounts,
	"permission-set":        (*search).permissionSets,
	"guarded-role":          (*search).guardedRoles,
	"new-role":              (*search).newRoles,
	"new-user":              (*search).newUsers,
	"new-member":            (*search).newMembers,
	"role-version":          (*search).roleVersions,
	"stack-set":             (*search).stackSets,
}

// targetsOf finds what an entry works on.
func (s *search) targetsOf(p *actor, e *Entry) []*target {
	if e.aboutSelf() {
		return ownTargets[e.Target](s, p, e)
	}
	return targets[e.Target](s, p, e)
}

// aboutSelf reports whether an entry is about the actor itself: each member of a class has
// its own targets then.
func (e *Entry) aboutSelf() bool { return ownTargets[e.Target] != nil }

// targetOf makes a target of a principal that is there.
func (s *search) targetOf(arn string, e *iam.Entity) *target {
	n, _ := s.g.Find(arn)
	t := &target{node: n, arn: arn, requires: policy.True()}
	if e != nil {
		boundary := ""
		if e.Boundary != nil {
			boundary = e.Boundary.ARN
		}
		t.boundary = &boundary
	}
	return t
}

func (s *search) userTarget(u *iam.User) *target {
	t := s.targetOf(u.ARN, &u.Entity)
	t.user = u
	return t
}

func (s *search) roleTarget(r *iam.Role) *target {
	t := s.targetOf(r.ARN, &r.Entity)
	t.role = r
	return t
}

// entity is the target's principal; nil if it has none.
func (t *target) entity() *iam.Entity {
	switch {
	case t.user != nil:
		return &t.user.Entity
	case t.role != nil:
		return &t.role.Entity
	}
	return nil
}

// with copies a target and changes the copy.
func (t *target) with(change func(*target)) *target {
	c := *t
	change(&c)
	return &c
}

// after adds something that is done before.
func (t *target) after(v verdict) {
	if t.first != nil {
		v = v.and(*t.first)
	}
	t.first = &v
}

func (s *search) users(p *actor, which func(*iam.User) bool) []*target {
	var out []*target
	for _, u := range p.account.users {
		if which(u) {
			out = append(out, s.userTarget(u))
		}
	}
	return out
}

func (s *search) roles(p *actor) []*target {
	var out []*target
	for _, r := range p.account.roles {
		out = append(out, s.roleTarget(r))
	}
	return out
}

// needsMFA reports whether some policy of the user, or the way to a role that it assumes,
// asks for MFA (ESC-24).
func (s *search) needsMFA(u *iam.User) bool {
	if known, ok := s.mfaNeeded.Load(u); ok {
		return known.(bool)
	}
	needed := s.policiesNeedMFA(u) || s.rolesNeedMFA(u)
	s.mfaNeeded.Store(u, needed)
	return needed
}

func (s *search) rolesNeedMFA(u *iam.User) bool {
	n, ok := s.g.Find(u.ARN)
	if !ok {
		return false
	}
	for e := range s.g.Out(n) {
		if e.Kind == graph.CanAssume && e.Requires.Mentions(func(a *policy.Atom) bool { return policy.MFAKey(strings.ToLower(a.Key)) }) {
			return true
		}
	}
	return false
}

func (s *search) policiesNeedMFA(u *iam.User) bool {
	found := false
	s.eachDocument(&graph.Node{ID: u.ARN, Kind: graph.KindUser, User: u}, func(d *policy.Document) {
		found = found || d != nil && slices.ContainsFunc(d.Statements, func(st policy.Statement) bool {
			return slices.ContainsFunc(st.Conditions, func(c policy.Condition) bool {
				_, ok := cutPrefixFold(c.Key, "aws:MultiFactorAuth")
				return ok
			})
		})
	})
	return found
}

// customer lists the customer managed policies attached to an entity.
func customer(e *iam.Entity) []*iam.ManagedPolicy {
	var out []*iam.ManagedPolicy
	for _, a := range e.Attached {
		if arn, ok := policy.ParseARN(a.ARN); ok && arn.Account == e.Account && a.Policy != nil {
			out = append(out, a.Policy)
		}
	}
	return out
}

// customerOfUser adds those of the user's groups.
func customerOfUser(u *iam.User) []*iam.ManagedPolicy {
	out := customer(&u.Entity)
	for _, g := range u.Groups {
		out = append(out, customer(&g.Entity)...)
	}
	return out
}

func (s *search) userPolicies(p *actor, _ *Entry) []*target {
	var out []*target
	for _, u := range p.account.users {
		for _, m := range customerOfUser(u) {
			out = append(out, s.userTarget(u).with(func(t *target) { t.policy = m }))
		}
	}
	return out
}

func (s *search) rolePolicies(p *actor, _ *Entry) []*target {
	var out []*target
	for _, r := range p.account.roles {
		for _, m := range customer(&r.Entity) {
			out = append(out, s.roleTarget(r).with(func(t *target) { t.policy = m }))
		}
	}
	return out
}

// passed are roles that trust one of the entry's services.
func (s *search) passed(p *actor, e *Entry) []*target {
	var out []*target
	for _, service := range e.Services {
		for _, r := range s.trusts(p.account, service) {
			out = append(out, s.roleTarget(r.role).with(func(t *target) { t.service, t.requires = service, r.requires }))
		}
	}
	return out
}

// stackSets are execution roles of stack sets. The role that is passed does
// nothing but assume them, so that it has to be able to, in whatever account.
func (s *search) stackSets(p *actor, e *Entry) []*target {
	var out []*target
	for _, service := range e.Services {
		out = append(out, s.deployedBy(p.account, service)...)
	}
	return out
}

// deployedBy is stackSets for one service: the same for all actors of an account, and
// thousands of roles where stack sets are made.
func (s *search) deployedBy(a *account, service string) []*target {
	a.mu.Lock()
	out, ok := a.deployed[service]
	a.mu.Unlock()
	if ok {
		return out
	}
	none := "" // no request of these entries speaks of a boundary
	for _, r := range s.trusts(a, service) {
		from, ok := s.g.Find(r.role.ARN)
		if !ok {
			continue
		}
		means := &target{}
		for edge := range s.g.Out(from) {
			n := s.g.Node(edge.To)
			if edge.Kind != graph.CanAssume || n.Role == nil || edge.To == from {
				continue
			}
			requires := policy.And(r.requires, edge.Requires)
			out = append(out, s.roleTarget(n.Role).with(func(t *target) {
				t.service, t.via, t.requires, t.boundary, t.means = service, r.role.ARN, requires, &none, means
			}))
		}
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.deployed[service] = out
	return out
}

// carried are roles that compute has; where compute was not read, roles that
// compute could have.
func (s *search) carried(p *actor, e *Entry) []*target {
	var out []*target
	seen := map[*iam.Role]bool{}
	for _, kind := range e.Carriers {
		for _, c := range p.account.carriers[kind] {
			seen[c.role] = true
			if requires := s.trustsOne(p.account, c.role, e.Services); !requires.IsFalse() {
				out = append(out, s.roleTarget(c.role).with(func(t *target) {
					t.compute, t.kind, t.service, t.requires = c.compute, kind, e.Services[0], requires
				}))
			}
		}
		for _, service := range e.Services {
			if p.account.computeKnown(service) {
				continue
			}
			for _, r := range s.trusts(p.account, service) {
				if seen[r.role] || strings.HasPrefix(kind, "ec2:") && len(r.role.InstanceProfiles) == 0 {
					continue // SVC-03: without a profile no instance has the role
				}
				data := policy.DataAtom("DATA:compute", kind+" with "+r.role.ARN)
				out = append(out, s.roleTarget(r.role).with(func(t *target) { t.kind, t.service, t.requires = kind, service, policy.And(r.requires, data) }))
			}
		}
	}
	return out
}

// trustsOne is what it takes one of the services to get a session of the role:
// compute that has a role which does not trust its service gets none (SVC-01).
func (s *search) trustsOne(a *account, role *iam.Role, services []string) policy.Requirement {
	if role.Trust.Document == nil {
		return policy.True() // it was not read, and compute has the role
	}
	out := policy.False()
	for _, service := range services {
		for _, r := range s.trusts(a, service) {
			if r.role == role {
				out = policy.Or(out, r.requires)
			}
		}
	}
	return out
}
