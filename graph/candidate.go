package graph

import (
	"slices"
	"strings"
	"sync"

	"accesspath/iam"
	"accesspath/policy"
)

// An index finds the nodes that some statement could favour in a question, so
// that the evaluator runs for few of them. It rules out only what Decide denies:
// callers without an identity policy that could allow, of whom the resource's
// own policies know nothing, and callers from other accounts than the resource's
// that its policies name neither by ARN nor by account (EVAL-10, EVAL-20).
type index struct {
	documents []document
	services  map[string][]grant // Allow statements with an action of that service
	any       []grant            // Allow statements whose service is open
	unread    []NodeID           // a policy of theirs could not be read: they may have anything
	supposed  []NodeID           // not in the snapshot; some rewrite the resource's policy (ESC-25)
	accounts  map[string][]NodeID
	byName    map[string][]NodeID // by ARN, and roles by account and name: see sessionRolePrefix

	mu      sync.Mutex
	actions map[string][]grant // Allow statements that match an action
}

// A document is one text, with the users and roles that have it.
type document struct{ holders []NodeID }

// A grant is an Allow statement of some identity policy.
type grant struct {
	statement *policy.Statement
	document  int32
}

// maxActions bounds what an index remembers of the actions asked about.
const maxActions = 4096

// lookup is a graph's index, made when it is first needed.
type lookup struct {
	once  sync.Once
	index *index
}

func (g *Graph) index() *index {
	g.lookup.once.Do(func() { g.lookup.index = newIndex(g) })
	return g.lookup.index
}

func newIndex(g *Graph) *index {
	x := &index{services: map[string][]grant{}, accounts: map[string][]NodeID{}, byName: map[string][]NodeID{}, actions: map[string][]grant{}}
	numbers := map[*policy.Document]int{}
	for i := range g.nodes {
		n, id := &g.nodes[i], NodeID(i)
		if !n.Acts() {
			continue
		}
		x.accounts[n.Account] = append(x.accounts[n.Account], id)
		x.byName[n.ID] = append(x.byName[n.ID], id)
		if n.Role != nil {
			key := sessionRolePrefix + n.Account + "/" + n.Name
			x.byName[key] = append(x.byName[key], id)
			if n.ID != n.Role.ARN {
				x.byName[n.Role.ARN] = append(x.byName[n.Role.ARN], id)
			}
		}
		if n.Supposed != nil {
			x.supposed = append(x.supposed, id)
			continue
		}
		x.addHolder(g, n, id, numbers)
	}
	return x
}

func (x *index) addHolder(g *Graph, n *Node, id NodeID, numbers map[*policy.Document]int) {
	open := n.User == nil && n.Role == nil // root users and sessions: not bound by identity policies
	for _, p := range g.Model.IdentityPolicies(n) {
		if p.Document == nil {
			open = true
			continue
		}
		k, ok := numbers[p.Document]
		if !ok {
			k = len(x.documents)
			numbers[p.Document] = k
			x.documents = append(x.documents, document{})
			x.addStatements(p.Document, int32(k))
		}
		if h := x.documents[k].holders; len(h) == 0 || h[len(h)-1] != id {
			x.documents[k].holders = append(h, id)
		}
	}
	if open {
		x.unread = append(x.unread, id)
	}
}

func (x *index) addStatements(d *policy.Document, number int32) {
	for i := range d.Statements {
		s := &d.Statements[i]
		if s.Effect != policy.Allow {
			continue
		}
		services, any := s.ActionServices()
		if any {
			x.any = append(x.any, grant{s, number})
			continue
		}
		for _, service := range services {
			x.services[service] = append(x.services[service], grant{s, number})
		}
	}
}

// allowing lists the Allow statements that match an action.
func (x *index) allowing(action string) []grant {
	action = strings.ToLower(action)
	x.mu.Lock()
	defer x.mu.Unlock()
	if list, ok := x.actions[action]; ok {
		return list
	}
	if len(x.actions) >= maxActions {
		clear(x.actions)
	}
	service, _, _ := strings.Cut(action, ":")
	var out []grant
	for _, list := range [2][]grant{x.any, x.services[service]} {
		for _, g := range list {
			if g.statement.MatchesAction(action) {
				out = append(out, g)
			}
		}
	}
	x.actions[action] = out
	return out
}

// Acts reports whether a node signs requests of its own.
func (n *Node) Acts() bool {
	return n.Kind == KindUser || n.Kind == KindRole || n.Kind == KindRoot || n.Kind == KindFederatedUser || n.Kind == KindRootSession
}

// Candidates lists, in order, the nodes that could be allowed an action on a
// resource. resource is a pattern if pattern is set. Nodes that are left out are
// denied by Decide; of those listed many are.
func (g *Graph) Candidates(action, resource string, pattern bool) []NodeID {
	x := g.index()
	in := make(map[NodeID]bool)
	add := func(list []NodeID) {
		for _, n := range list {
			in[n] = true
		}
	}
	if MayNeedNothing(action) {
		for _, list := range x.accounts {
			add(list)
		}
		return sortedKeys(in)
	}
	add(x.unread)
	add(x.supposed)
	arn := strings.HasPrefix(resource, "arn:") // else "*", which may stand for a collection (ACTM-07)
	for _, grant := range x.allowing(action) {
		if pattern || !arn || grant.statement.MayMatchResource(resource) {
			add(x.documents[grant.document].holders)
		}
	}
	if pattern || openTarget(action, resource) {
		g.addOwners(action, resource, add)
		return sortedKeys(in)
	}
	t := g.Model.target(&Node{}, action, resource)
	if t.account == "" {
		// Of each caller's own account, and its policy may be there or unread.
		g.addOwners(action, resource, add)
		return sortedKeys(in)
	}
	from := g.grantees(&t, resource)
	for n := range in {
		if a := g.nodes[n].Account; a != t.account && !from.any && !from.accounts[a] {
			delete(in, n)
		}
	}
	from.within(g, x, t.account, add)
	add(x.supposed)
	return sortedKeys(in)
}

// MayNeedNothing reports whether an action may need no permission at all, as
// sts:GetCallerIdentity (EVAL-36).
func MayNeedNothing(action string) bool {
	return strings.HasPrefix(strings.ToLower(action), "sts:get")
}

// openTarget reports whether what decides a request is not its resource's owner
// and policy alone.
func openTarget(action, resource string) bool {
	_, point := behindAccessPoint(resource)
	return point || strings.HasPrefix(strings.ToLower(action), "sts:")
}

// addOwners adds who could be let in by the resource's side alone, without
// looking at its policy.
func (g *Graph) addOwners(action, resource string, add func([]NodeID)) {
	x := g.index()
	for account, list := range x.accounts {
		if len(list) > 0 && g.Model.ResourceGrants(&Node{Account: account}, action, resource) {
			add(list)
		}
	}
}

// grantees is whom a resource's own policies could let in.
type grantees struct {
	any      bool            // anybody, or the policies were not read
	accounts map[string]bool // callers from these
	names    []string        // callers of these ARNs, without more
	star     bool            // everybody in the owner's account, without more
}

func (g *Graph) grantees(t *target, resource string) *grantees {
	out := &grantees{accounts: map[string]bool{}}
	if t.layer.State == policy.ResourceUnknown || g.listed(resource) {
		out.any, out.star = true, true
		return out
	}
	for _, p := range t.layer.Policies {
		if p.Document == nil {
			out.any, out.star = true, true
			return out
		}
		for i := range p.Document.Statements {
			if s := &p.Document.Statements[i]; s.Effect == policy.Allow {
				out.statement(s)
			}
		}
	}
	return out
}

// listed reports whether a bucket's access control list may grant something:
// it names callers in its own way (RPOL-06).
func (g *Graph) listed(resource string) bool {
	arn, _ := policy.ParseARN(resource)
	bucket, _, _ := strings.Cut(arn.Resource, "/")
	r := g.Model.Snapshot.Resource("arn:" + arn.Partition + ":s3:::" + bucket)
	return arn.Service == "s3" && r != nil && r.OwnershipEnforced != iam.Present && r.ACLState != iam.Unknown
}

func (out *grantees) statement(s *policy.Statement) {
	if s.NotPrincipal != nil {
		out.any, out.star = true, true
		return
	}
	for i := range s.Principal {
		p := &s.Principal[i]
		arn, isARN := p.ARN()
		role, _, isSession := p.RoleSession()
		switch {
		case p.Any():
			out.any, out.star = true, true
		case p.Type == "Service", p.Type == "Federated":
		case p.AccountID() != "":
			out.accounts[p.AccountID()] = true
		case isSession:
			out.accounts[arn.Account] = true
			out.names = append(out.names, sessionRolePrefix+arn.Account+"/"+role, p.Text)
		case isARN && !strings.ContainsAny(p.Text, "*?"):
			out.accounts[arn.Account] = true
			out.names = append(out.names, p.Text)
		default: // unique ids, canonical ids and what else there is
			out.any, out.star = true, true
		}
	}
}

// within adds callers of the owner's account that need no identity policy.
func (from *grantees) within(g *Graph, x *index, owner string, add func([]NodeID)) {
	if from.star {
		add(x.accounts[owner])
		return
	}
	for _, name := range from.names {
		add(slices.DeleteFunc(slices.Clone(x.byName[name]), func(n NodeID) bool { return g.nodes[n].Account != owner }))
	}
}
