package graph

import (
	"slices"
	"strings"

	"accesspath/iam"
	"accesspath/policy"
)

// Grantees is whom a resource's own policies could let in with one action. It may be
// more than they do, never less.
type Grantees struct {
	owner    string          // account; "" if it is each caller's own
	any      bool            // callers from anywhere, or the policies were not read
	accounts map[string]bool // callers from these
	names    []string        // callers of these ARNs, without more
	star     bool            // everybody in the owner's account, without more
}

// Grantees are those of an action on one resource of the snapshot.
func (g *Graph) Grantees(action, resource string) *Grantees {
	t := g.Model.target(&Node{}, action, resource)
	if t.account == "" || openTarget(action, resource) {
		return &Grantees{any: true, star: true}
	}
	return g.grantees(&t, action, resource)
}

func (g *Graph) grantees(t *target, action, resource string) *Grantees {
	out := &Grantees{owner: t.account, accounts: map[string]bool{}, any: g.listed(resource) || t.layer.MayBeShared}
	if t.layer.State == policy.ResourceUnknown {
		out.any, out.star = true, true
		return out
	}
	for _, p := range t.layer.Policies {
		if p.Document == nil {
			out.any, out.star = true, true
			return out
		}
		for i := range p.Document.Statements {
			if s := &p.Document.Statements[i]; s.Effect == policy.Allow && s.MatchesAction(action) {
				out.statement(s)
			}
		}
	}
	return out
}

// listed reports whether a bucket's access control list may grant something: it
// names callers of other accounts in its own way (RPOL-06).
func (g *Graph) listed(resource string) bool {
	arn, _ := policy.ParseARN(resource)
	bucket, _, _ := strings.Cut(arn.Resource, "/")
	r := g.Model.Resource("arn:" + arn.Partition + ":s3:::" + bucket)
	return arn.Service == "s3" && r != nil && r.OwnershipEnforced != iam.Present && r.ACLState != iam.Unknown
}

func (x *Grantees) statement(s *policy.Statement) {
	if s.NotPrincipal != nil {
		x.any, x.star = true, true
		return
	}
	for i := range s.Principal {
		p := &s.Principal[i]
		arn, isARN := p.ARN()
		role, _, isSession := p.RoleSession()
		switch {
		case p.Any():
			x.any, x.star = true, true
		case p.Type == "Federated":
			if account, ok := p.SAMLAccount(); ok { // for which of its roles is not known (PRINC-17)
				x.accounts[account], x.star = true, x.star || x.owner == "" || account == x.owner
			}
		case p.Type == "Service", isARN && strings.ContainsAny(p.Text, "*?"): // the latter is nobody (PRINC-13)
		case p.AccountID() != "":
			x.accounts[p.AccountID()] = true
		case isSession:
			x.accounts[arn.Account] = true
			x.names = append(x.names, sessionRolePrefix+arn.Account+"/"+role, p.Text)
		case isARN:
			x.accounts[arn.Account] = true
			x.names = append(x.names, p.Text)
		default: // unique ids, canonical ids and what else there is
			x.any, x.star = true, true
		}
	}
}

// Beyond reports whether the policies could let in anybody whom, on a resource without
// policies, an identity policy would not: more than their own account.
func (x *Grantees) Beyond() bool {
	if x.any || x.star || len(x.names) > 0 {
		return true
	}
	for account := range x.accounts { // whether there is one: the order does not matter
		if account != x.owner {
			return true
		}
	}
	return false
}

// Owner is the account that the resource is of, "" if it is each caller's own.
func (x *Grantees) Owner() string { return x.owner }

// From reports whether callers of an account whom an identity policy favours could be
// let in.
func (x *Grantees) From(account string) bool {
	return x.any || account == x.owner || x.accounts[account]
}

// Alone reports whether a node of the owner's account may be let in without an
// identity policy.
func (x *Grantees) Alone(n *Node) bool {
	if x.owner != "" && n.Account != x.owner {
		return false
	}
	return x.star || slices.ContainsFunc(x.names, func(name string) bool {
		return name == n.ID || n.Role != nil && (name == n.Role.ARN || name == sessionRolePrefix+n.Account+"/"+n.Name)
	})
}

// LetIn lists, in order, the nodes that Alone is true for.
func (g *Graph) LetIn(x *Grantees) []NodeID {
	var out []NodeID
	x.within(g, func(list []uint32) {
		for _, n := range list {
			out = append(out, NodeID(n))
		}
	})
	slices.Sort(out)
	return slices.Compact(out)
}

func (x *Grantees) within(g *Graph, add func([]uint32)) {
	switch {
	case x.star && x.owner != "":
		add(g.index().acting(x.owner))
		return
	case x.star:
		for _, account := range g.index().accounts {
			add(g.index().acting(account))
		}
		return
	}
	for _, name := range x.names {
		for _, n := range g.named(name) {
			if g.AccountOf(n) == x.owner {
				add([]uint32{uint32(n)})
			}
		}
	}
}
