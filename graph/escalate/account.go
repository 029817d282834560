package escalate

import (
	"slices"
	"strings"
	"sync"

	"accesspath/graph"
	"accesspath/iam"
	"accesspath/policy"
)

// account is what entries look up in one account.
type account struct {
	*iam.Account
	users     []*iam.User
	roles     []*iam.Role            // that the account's owner can change (ESC-07)
	profile   map[string]string      // role ARN of each instance profile
	carriers  map[string][]carriage  // by kind of compute
	federated map[string][]*iam.Role // that trust a provider, by its ARN
	names     map[string]bool        // see has
	tries     int                    // left; see spend
	untried   bool                   // there were not enough
	exempts   bool                   // a guardrail takes from some callers what it leaves to others

	// What actors of the account look up first, which may be several at once.
	mu       sync.Mutex
	passable map[string][]trusting // see trusts
	deployed map[string][]*target  // see deployedBy
	powers   sync.Once
	powerful []*iam.Attachment // policies worth attaching
}

// trusting is a role that trusts a service, and on which conditions.
type trusting struct {
	role     *iam.Role
	requires policy.Requirement
}

// carriage is compute with a role.
type carriage struct {
	compute *iam.Compute
	role    *iam.Role
}

func (s *search) newAccount(a *iam.Account) *account {
	out := &account{Account: a, users: a.Users, passable: map[string][]trusting{}, deployed: map[string][]*target{}, profile: map[string]string{},
		carriers: map[string][]carriage{}, federated: map[string][]*iam.Role{}}
	out.readNames()
	out.exempts = slices.ContainsFunc(slices.Concat(s.g.Model.SCPs(a.ID), s.g.Model.RCPs(a.ID)), func(l policy.Level) bool {
		return slices.ContainsFunc(l.Policies, func(p policy.Attached) bool {
			return p.Document != nil && slices.ContainsFunc(p.Document.Statements, func(st policy.Statement) bool { return st.Effect == policy.Deny && st.DependsOnCaller() })
		})
	})
	byARN := map[string]*iam.Role{}
	for _, r := range a.Roles {
		byARN[r.ARN] = r
		if !r.ServiceLinked() && !r.Reserved() {
			out.roles = append(out.roles, r)
			out.readTrust(r)
		}
	}
	for _, p := range a.InstanceProfiles {
		out.profile[p.ARN] = p.Role
	}
	for _, c := range a.Compute {
		roles := slices.Clone(c.Roles)
		if p := out.profile[c.InstanceProfile]; p != "" && !slices.Contains(roles, p) {
			roles = append(roles, p)
		}
		for _, arn := range roles {
			if r := byARN[arn]; r != nil {
				out.carriers[c.Kind] = append(out.carriers[c.Kind], carriage{c, r})
			}
		}
	}
	return out
}

// readNames notes the names of what is there.
func (a *account) readNames() {
	a.names = map[string]bool{}
	add := func(arn string) { a.names[nameKey(arn)] = true }
	for _, u := range a.Users {
		add(u.ARN)
	}
	for _, r := range a.Roles {
		add(r.ARN)
	}
	for _, g := range a.Groups {
		add(g.ARN)
	}
	for _, p := range a.Policies {
		add(p.ARN)
	}
	for _, p := range a.InstanceProfiles {
		add(p.ARN)
	}
	for _, c := range a.Compute {
		add(c.ARN)
	}
}

// has reports whether the account has a thing of that name: another cannot be made.
func (a *account) has(arn string) bool { return a.names[nameKey(arn)] }

// nameKey is what names of one kind differ in: for IAM neither the path nor the case.
func nameKey(arn string) string {
	a, ok := policy.ParseARN(arn)
	if !ok || a.Service != "iam" {
		return arn
	}
	kind, rest, _ := strings.Cut(a.Resource, "/")
	return kind + "/" + strings.ToLower(rest[strings.LastIndexByte(rest, '/')+1:])
}

// readTrust notes which providers a role trusts.
func (a *account) readTrust(r *iam.Role) {
	d := r.Trust.Document
	if d == nil {
		return
	}
	for i := range d.Statements {
		st := &d.Statements[i]
		if st.Effect != policy.Allow {
			continue
		}
		for k := range st.Principal {
			if p := &st.Principal[k]; p.Type == "Federated" && !slices.Contains(a.federated[p.Text], r) {
				a.federated[p.Text] = append(a.federated[p.Text], r)
			}
		}
	}
}

// trusts lists the roles of an account that trust a service, with what that
// trust leaves open: the source is of the account itself (TRUST-06, ESC-06).
func (s *search) trusts(a *account, service string) []trusting {
	a.mu.Lock()
	defer a.mu.Unlock()
	if list, ok := a.passable[service]; ok {
		return list
	}
	list := []trusting{}
	n := &graph.Node{ID: service, Kind: graph.KindService, Name: service}
	for _, r := range a.roles {
		if !names(r.Trust.Document, service) {
			continue
		}
		req := s.g.Model.Assume(n, r, nil, "").Requires.Given(policy.ContextFunc(func(key string) policy.Value {
			if key == "aws:sourceaccount" {
				return policy.Is(a.ID)
			}
			return policy.Value{}
		}))
		if req = req.Simplify(); !req.IsFalse() {
			list = append(list, trusting{r, req})
		}
	}
	a.passable[service] = list
	return list
}

// names reports whether some Allow of a trust names the service.
func names(d *policy.Document, service string) bool {
	return d != nil && slices.ContainsFunc(d.Statements, func(st policy.Statement) bool {
		return st.Effect == policy.Allow && slices.ContainsFunc(st.Principal, func(p policy.PrincipalElement) bool { return p.Type == "Service" && p.Text == service })
	})
}

// computeKnown reports whether all that carries a role of a service was read.
func (a *account) computeKnown(service string) bool {
	return a.Coverage[iam.SectionCompute] != iam.Unknown || a.Coverage[iam.ComputeSection(service)] != iam.Unknown
}

// unseen are kinds of thing that carry no role themselves: no input lists them.
var unseen = []string{"ecs:cluster", "cloudformation:stack-set", "batch:job-queue"}

// exists says whether the account has something of a kind.
func (a *account) exists(kind string) policy.Requirement {
	service, _, _ := strings.Cut(kind, ":")
	if slices.ContainsFunc(a.Compute, func(c *iam.Compute) bool { return c.Kind == kind }) {
		return policy.True()
	}
	if !slices.Contains(unseen, kind) && a.computeKnown(service+".amazonaws.com") {
		return policy.False()
	}
	return policy.DataAtom("DATA:compute", kind+" of account "+a.ID)
}

func (s *search) eachDocument(n *graph.Node, f func(*policy.Document)) {
	for _, p := range s.g.Model.IdentityPolicies(n) {
		f(p.Document)
	}
}

func cutPrefixFold(s, prefix string) (string, bool) {
	if len(s) < len(prefix) || !strings.EqualFold(s[:len(prefix)], prefix) {
		return "", false
	}
	return s[len(prefix):], true
}
