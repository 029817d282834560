package query

import (
	"context"
	"fmt"
	"iter"
	"strings"

	"accesspath/graph"
	"accesspath/policy"
)

// addAssumable is addMatching for roles, whose trust policies have become edges.
func (e *Engine) addAssumable(ctx context.Context, q *question, wanted func(*graph.Node) bool, to *accesses) error {
	roles, err := e.rolesOf(ctx, q)
	if err != nil || len(roles) == 0 {
		return err
	}
	var nodes []graph.NodeID
	for i := range e.g.Len() {
		if i%256 == 0 && ctx.Err() != nil {
			return fmt.Errorf("evaluating principals: %w", ctx.Err())
		}
		n := graph.NodeID(i)
		if node := e.g.Node(n); node.Acts() && (wanted == nil || wanted(node)) {
			nodes = append(nodes, n)
		}
	}
	found, err := inParallel(ctx, nodes, func(n graph.NodeID) (access, error) {
		return to.of(n).joined(ctx, e.assumable(n, roles, nil, nil))
	})
	if err != nil {
		return err
	}
	for i, n := range nodes {
		to.set(n, found[i])
	}
	return nil
}

// assumable yields the roles that a question about sts:AssumeRole and a pattern is
// about and that a principal may assume. session is what its session carries,
// and along what of it goes along.
func (e *Engine) assumable(n graph.NodeID, list []assumedRoles, session policy.Context, along along) iter.Seq[access] {
	return func(yield func(access) bool) {
		for _, roles := range list {
			for edge := range e.g.Out(n) {
				if edge.Kind != graph.CanAssume || !roles.set.Has(edge.To) {
					continue
				}
				to := e.g.Node(edge.To)
				if session != nil && variable(edge.Requires) {
					edge.Requires = e.g.Model.Assume(e.g.Node(n), to.Role, session, "").Requires
				}
				if along != nil {
					edge.Requires = along(edge.To, edge.Requires)
				}
				if !yield(access{req: edge.Requires, action: roles.action, witness: to.ID}) {
					return
				}
			}
		}
	}
}

// assumedRoles are the roles that one pattern of a question about sts:AssumeRole matches.
type assumedRoles struct {
	action string
	set    graph.NodeSet
}

func isAssume(action string) bool { return strings.EqualFold(action, "sts:AssumeRole") }

// signsIn reports whether an action is the unsigned call by which those whom an identity
// provider knows get a role (FED-01).
func signsIn(n *graph.Node, action string) bool {
	switch n.Kind {
	case graph.KindFederated:
		return strings.EqualFold(action, graph.AssumeAction(n))
	case graph.KindGuests:
		return strings.EqualFold(action, "sts:AssumeRoleWithWebIdentity")
	}
	return ofCenter(n) && strings.EqualFold(action, "sts:AssumeRoleWithSAML")
}

// ofCenter reports whether a node stands for users of Identity Center.
func ofCenter(n *graph.Node) bool {
	return n.Kind == graph.KindIdentityCenter || n.Kind == graph.KindIDCUser || n.Kind == graph.KindIDCGroup
}

// getsSession reports whether an action is a call of STS for a session, on which more than
// the policies of a request decide; see decide.
func getsSession(n *graph.Node, action string) bool {
	return isAssume(action) || signsIn(n, action) || graph.IsFederationToken(action)
}

// goesAlong: what calls that get a role are also asked for, whoever makes them (TRUST-06).
func goesAlong(action string) bool {
	return strings.EqualFold(action, "sts:TagSession") || strings.EqualFold(action, "sts:SetSourceIdentity")
}

// rolesOf finds the roles that a question about sts:AssumeRole is about. The error is
// that of ctx.
func (e *Engine) rolesOf(ctx context.Context, q *question) ([]assumedRoles, error) {
	return q.roles.get(ctx, func(ctx context.Context) []assumedRoles { return e.findRoles(ctx, q) })
}

func (e *Engine) findRoles(ctx context.Context, q *question) []assumedRoles {
	if q.several || q.all || q.allActions {
		return nil
	}
	var out []assumedRoles
	for _, t := range q.targets {
		if !t.pattern || !isAssume(t.action) {
			continue
		}
		roles, matches := assumedRoles{t.action, graph.NewNodeSet(e.g.Len())}, matcher(t.resource)
		for i := range e.g.Len() {
			if i%256 == 0 && ctx.Err() != nil {
				return nil
			}
			n := graph.NodeID(i)
			if matches(e.g.IDOf(n)) && e.g.Node(n).Role != nil && e.g.Node(n).Limit == nil {
				roles.set.Add(n)
			}
		}
		out = append(out, roles)
	}
	return out
}
