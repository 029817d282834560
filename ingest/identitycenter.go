package ingest

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"accesspath/iam"
	"accesspath/ingest/internal/part"
	"accesspath/ingest/internal/scan"
)

// centerBuilder joins the pieces of an instance of Identity Center (IN-24).
type centerBuilder struct {
	*builder
	center      *iam.IdentityCenter
	sets        map[string]held[*iam.PermissionSet] // by ARN, else by name
	users       map[string]held[*iam.IdentityUser]
	groups      map[string]*iam.IdentityGroup
	assignments map[iam.Assignment]iam.Assignment // without Origin to with
	listed      map[part.AssignmentListing]bool
}

func (b *builder) identityCenter() {
	c := &centerBuilder{builder: b, sets: map[string]held[*iam.PermissionSet]{}, users: map[string]held[*iam.IdentityUser]{},
		groups: map[string]*iam.IdentityGroup{}, assignments: map[iam.Assignment]iam.Assignment{}, listed: map[part.AssignmentListing]bool{}}
	for _, p := range b.parts {
		for i := range p.IdentityCenter {
			c.add(p, &p.IdentityCenter[i])
		}
	}
	if c.center == nil {
		return
	}
	c.center.PermissionSets = inOrder(c.sets)
	for _, u := range inOrder(c.users) {
		c.center.Users = append(c.center.Users, *u)
	}
	for _, id := range slices.Sorted(maps.Keys(c.groups)) {
		g := c.groups[id]
		slices.Sort(g.Members)
		g.Members = slices.Compact(g.Members)
		c.center.Groups = append(c.center.Groups, *g)
		if !g.Known {
			c.center.GroupsState = iam.Unknown
		}
	}
	present := func(s *iam.State, n int) {
		if *s == iam.KnownEmpty && n > 0 { // the last page of a list may be empty
			*s = iam.Present
		}
	}
	present(&c.center.UsersState, len(c.center.Users))
	present(&c.center.GroupsState, len(c.center.Groups))
	present(&c.center.AssignmentState, len(c.assignments))
	for _, a := range c.assignments {
		c.center.Assignments = append(c.center.Assignments, a) // Sort puts them in order
	}
	c.assignmentState()
	b.snap.IdentityCenter = c.center
}

func (b *centerBuilder) add(p *part.Part, x *part.IdentityCenter) {
	if b.center == nil {
		b.center = &iam.IdentityCenter{Origin: x.Origin}
	}
	c := b.center
	if c.InstanceARN != "" && x.InstanceARN != "" && c.InstanceARN != x.InstanceARN {
		b.report(iam.Diagnostic{Severity: iam.Error, Code: "conflict", Origin: readingOf(p, x.Origin).origin, Entity: x.InstanceARN,
			Message: fmt.Sprintf("a second instance of Identity Center; only %s is used", scan.Clip(c.InstanceARN)), Hint: "load one organization at a time"})
		return
	}
	set(&c.InstanceARN, x.InstanceARN)
	set(&c.IdentityStore, x.IdentityStore)
	for _, s := range x.PermissionSets {
		pieces(b.builder, b.sets, cmp.Or(s.ARN, s.Name), s, p, s.Origin)
	}
	for i := range x.Users {
		pieces(b.builder, b.users, x.Users[i].ID, &x.Users[i], p, x.Origin)
	}
	for _, g := range x.Groups {
		b.group(g)
	}
	for _, a := range x.Assignments {
		key := a
		key.Origin = iam.Origin{}
		if _, ok := b.assignments[key]; !ok {
			b.assignments[key] = a
		}
	}
	for _, l := range x.Listed {
		b.listed[l] = true
	}
	c.UsersState = better(c.UsersState, x.UsersState)
	c.GroupsState = better(c.GroupsState, x.GroupsState)
	c.AssignmentState = better(c.AssignmentState, x.AssignmentState)
}

func (b *centerBuilder) group(g iam.IdentityGroup) {
	have := b.groups[g.ID]
	if have == nil {
		g.Members = slices.Clone(g.Members)
		b.groups[g.ID] = &g
		return
	}
	set(&have.Name, g.Name)
	have.Members = append(have.Members, g.Members...)
	have.Known = have.Known || g.Known
}

// assignmentState: all assignments are known if they were listed for every
// permission set of every account that was read, as its roles show (IDC-03,
// IDC-04).
func (b *centerBuilder) assignmentState() {
	if b.center.AssignmentState != iam.Unknown || len(b.listed) == 0 {
		return
	}
	names := map[string]string{}
	for _, s := range b.center.PermissionSets {
		names[s.ARN] = s.Name
	}
	byName := map[part.AssignmentListing]bool{}
	for l := range b.listed {
		byName[part.AssignmentListing{Account: l.Account, PermissionSet: cmp.Or(names[l.PermissionSet], l.PermissionSet)}] = true
	}
	for _, r := range b.roles {
		set, ok := r.entity.PermissionSet()
		if ok && !byName[part.AssignmentListing{Account: r.entity.Account, PermissionSet: set}] {
			return
		}
	}
	b.center.AssignmentState = iam.Present
	if len(b.center.Assignments) == 0 {
		b.center.AssignmentState = iam.KnownEmpty
	}
}
