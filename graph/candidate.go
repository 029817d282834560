package graph

import (
	"slices"
	"strings"

	"accesspath/policy"
)

// Acts reports whether a node signs requests of its own.
func (n *Node) Acts() bool {
	return n.Kind == KindUser || n.Kind == KindRole || n.Kind == KindRoot || n.Kind == KindFederatedUser || n.Kind == KindRootSession
}

// MayHoldKeys reports whether a node stands for somebody from outside who may sign with
// long-term keys: roles and federated users always have a session (CHAIN-21).
func (n *Node) MayHoldKeys() bool {
	switch n.Kind {
	case KindAccount, KindPublic:
		return true
	case KindExternal:
		a, _ := policy.ParseARN(n.ID)
		return a.Resource == "" && !strings.HasPrefix(n.ID, "AROA") || a.Resource == "root" || strings.HasPrefix(a.Resource, "user/")
	}
	return false
}

// Candidates lists, in order, the nodes that could be allowed an action on a
// resource. resource is a pattern if pattern is set. Nodes that are left out are
// denied by Decide; of those listed many are.
func (g *Graph) Candidates(action, resource string, pattern bool) []NodeID {
	x := g.index()
	in := NewNodeSet(g.Len())
	if MayNeedNothing(action) {
		for _, account := range x.accounts {
			in.addAll(x.acting(account))
		}
		return slices.Collect(in.All())
	}
	if pattern && !InOneBucket(resource) || openTarget(action, resource) {
		g.addHolders(x, action, resource, pattern, in.addAll)
		g.addOwners(action, resource, in.addAll)
		return slices.Collect(in.All())
	}
	t := g.Model.target(&Node{}, action, resource)
	if t.account == "" {
		// Of each caller's own account, and its policy may be there or unread.
		g.addHolders(x, action, resource, pattern, in.addAll)
		g.addOwners(action, resource, in.addAll)
		return slices.Collect(in.All())
	}
	from := g.grantees(&t, action, resource)
	g.addCallers(x, from, action, resource, pattern, in)
	from.within(g, in.addAll)
	in.addAll(x.supposed)
	return slices.Collect(in.All())
}

// InOneBucket reports whether a pattern is about objects of one bucket, whose owner and
// policies are those of all that it matches.
func InOneBucket(pattern string) bool {
	arn, _ := policy.ParseARN(pattern)
	bucket, _, objects := strings.Cut(arn.Resource, "/")
	return ofBuckets(pattern) && arn.Region == "" && objects && !strings.ContainsAny(arn.Partition+bucket, "*?")
}

// addCallers adds those of addHolders that are in the owner's account, or in one
// that the resource's policies name.
func (g *Graph) addCallers(x *index, from *Grantees, action, resource string, pattern bool, in NodeSet) {
	if !from.any && len(from.accounts) < maxNarrow && strings.HasPrefix(resource, "arn:") {
		from.accounts[from.owner] = true
		sets := x.favouring(action).sets
		for account := range from.accounts { // into a set: their order does not matter
			x.addHoldersIn(g, account, sets, aboutOf(resource, pattern), in.addAll)
		}
		return
	}
	g.addHolders(x, action, resource, pattern, func(list []uint32) {
		for _, n := range list {
			if from.From(g.AccountOf(NodeID(n))) {
				in.Add(NodeID(n))
			}
		}
	})
}

// addHolders adds who has an identity policy that could allow, or one that could
// not be read.
func (g *Graph) addHolders(x *index, action, resource string, pattern bool, add func([]uint32)) {
	add(x.unread)
	add(x.supposed)
	may := x.resourceTest(aboutOf(resource, pattern))
	if !strings.HasPrefix(resource, "arn:") || pattern && openTarget(action, resource) { // "*" may stand for a collection (ACTM-07)
		may = func(uint32) bool { return true }
	}
	var holders []uint32
	for _, i := range x.favouring(action).grants() {
		if may(i) {
			holders = x.holders(x.Documents.At(int(i)), holders)
			add(holders)
		}
	}
}

// aboutOf tells whether a pattern of a grant could be about a resource, or about one that
// a pattern matches.
func aboutOf(resource string, pattern bool) func(policy.ResourcePattern) bool {
	if pattern {
		return func(r policy.ResourcePattern) bool { return r.MayMeet(resource) }
	}
	return func(r policy.ResourcePattern) bool { return r.May(resource) }
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
func (g *Graph) addOwners(action, resource string, add func([]uint32)) {
	x := g.index()
	for _, account := range x.accounts {
		if g.Model.ResourceGrants(&Node{Account: account}, action, resource) {
			add(x.acting(account))
		}
	}
}

// named lists the callers that a policy means by an ARN, or by what stands for a
// role's sessions (see sessionRolePrefix): sessions under limits are among them.
func (g *Graph) named(name string) []NodeID {
	var out []NodeID
	if rest, ok := strings.CutPrefix(name, sessionRolePrefix); ok {
		account, short, _ := strings.Cut(rest, "/")
		for _, n := range g.called(short) {
			if g.AccountOf(n) != account {
				continue
			}
			if node := g.Node(n); node.Role != nil && node.Name == short {
				out = append(out, g.Sessions(n)...)
			}
		}
		return out
	}
	if n, ok := g.Find(name); ok && g.Node(n).Role != nil {
		out = g.Sessions(n)
	} else if ok && g.Node(n).Acts() {
		out = []NodeID{n}
	}
	return out
}
