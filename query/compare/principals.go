package compare

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"accesspath/graph"
	"accesspath/iam"
	"accesspath/query"
)

// located is a principal with the node behind it.
type located struct {
	Principal
	node graph.NodeID
}

// principals lists the nodes by name. The list is made once.
func (s *side) principals() []entry[located] {
	if s.nodes != nil {
		return s.nodes
	}
	out := make([]entry[located], 0, s.g.Len())
	for i := range s.g.Len() {
		n := s.g.Node(graph.NodeID(i))
		if n.Supposed != nil {
			continue
		}
		p := Principal{ID: n.ID, Kind: n.Kind.String(), Account: n.Account}
		if e := entity(n); e != nil {
			p.Position = query.Position(e.Origin)
		}
		out = append(out, entry[located]{n.ID, located{p, graph.NodeID(i)}})
	}
	s.nodes = sorted(out)
	return s.nodes
}

// principals compares the nodes of the graphs.
func (c *comparison) principals() Set[Principal] {
	set := merge(c.old.principals(), c.new.principals(), func(a, b located) []Detail {
		return c.differentPrincipals(a, b)
	})
	var out Set[Principal]
	for _, p := range set.Added {
		out.Added = append(out.Added, p.Principal)
	}
	for _, p := range set.Removed {
		out.Removed = append(out.Removed, p.Principal)
	}
	for _, p := range set.Changed {
		out.Changed = append(out.Changed, Pair[Principal]{p.Old.Principal, p.New.Principal, p.Details})
	}
	return out
}

// differentPrincipals compares what is not a policy's text or a trust: those
// have lists of their own.
func (c *comparison) differentPrincipals(a, b located) []Detail {
	x, y := c.old.g.Node(a.node), c.new.g.Node(b.node)
	ex, ey := entity(x), entity(y)
	if ex == nil || ey == nil || ex.Partial || ey.Partial {
		return details(Detail{"kind", a.Kind, b.Kind})
	}
	list := []Detail(nil)
	if !samePrincipal(ex, ey) || a.Kind != b.Kind {
		list = details(
			Detail{"attached policies", attached(ex), attached(ey)},
			Detail{"kind", a.Kind, b.Kind},
			Detail{"permissions boundary", boundary(ex), boundary(ey)},
			Detail{"tags", tags(ex), tags(ey)},
		)
	}
	if x, y := c.old.groups[a.node], c.new.groups[b.node]; len(x)+len(y) > 0 {
		list = append(list, details(Detail{"groups", join(x), join(y)})...)
	}
	if ex.UniqueID != "" && ey.UniqueID != "" { // plans and templates do not know it
		list = append(list, details(Detail{"unique id", ex.UniqueID, ey.UniqueID})...)
	}
	switch {
	case x.Role != nil && y.Role != nil && x.Role.MaxSession != y.Role.MaxSession:
		list = append(list, Detail{"longest session", seconds(x.Role.MaxSession), seconds(y.Role.MaxSession)})
	case x.User != nil && y.User != nil:
		list = append(list, differentCredentials(x.User.Credentials, y.User.Credentials)...)
	}
	slices.SortFunc(list, func(a, b Detail) int { return strings.Compare(a.What, b.What) })
	return list
}

// samePrincipal tells quickly that nothing is to be told in detail.
func samePrincipal(a, b *iam.Entity) bool {
	return slices.EqualFunc(a.Attached, b.Attached, func(x, y *iam.Attachment) bool { return x.ARN == y.ARN }) && boundary(a) == boundary(b) && slices.Equal(a.Tags, b.Tags)
}

func entity(n *graph.Node) *iam.Entity {
	switch {
	case n.User != nil:
		return &n.User.Entity
	case n.Role != nil:
		return &n.Role.Entity
	case n.Group != nil:
		return &n.Group.Entity
	}
	return nil
}

// differentCredentials compares what lets a user sign in; what is unknown on
// one side is no difference.
func differentCredentials(a, b *iam.Credentials) []Detail {
	if a == nil || b == nil {
		return nil
	}
	var out []Detail
	state := func(what string, x, y iam.State) {
		if x != y && x != iam.Unknown && y != iam.Unknown {
			out = append(out, Detail{what, yesNo(x), yesNo(y)})
		}
	}
	state("multi-factor authentication", a.MFA, b.MFA)
	state("password", a.Password, b.Password)
	if a.Keys != iam.Unknown && b.Keys != iam.Unknown {
		out = append(out, details(Detail{"access keys", keys(a), keys(b)})...)
	}
	return out
}

func yesNo(s iam.State) string {
	if s == iam.Present {
		return "yes"
	}
	return "no"
}

func keys(c *iam.Credentials) string {
	var out []string
	for i, k := range c.AccessKeys {
		id := k.ID
		if id == "" {
			id = "key " + strconv.Itoa(i+1)
		}
		if !k.Active {
			id += " (inactive)"
		}
		out = append(out, id)
	}
	return join(out)
}

func attached(e *iam.Entity) string {
	var out []string
	for _, a := range e.Attached {
		out = append(out, a.ARN)
	}
	return join(out)
}

func boundary(e *iam.Entity) string {
	if e.Boundary == nil {
		return ""
	}
	return e.Boundary.ARN
}

func tags(e *iam.Entity) string {
	var out []string
	for _, t := range e.Tags {
		out = append(out, t.Key+"="+t.Value)
	}
	return join(out)
}

func seconds(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("%d s", n)
}

// join writes a set.
func join(list []string) string {
	list = slices.Clone(list)
	slices.Sort(list)
	return strings.Join(slices.Compact(list), ", ")
}
