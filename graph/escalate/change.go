package escalate

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"accesspath/graph"
	"accesspath/iam"
	"accesspath/policy"
)

// administrator is the AWS managed policy that allows everything.
const administrator = "arn:aws:iam::aws:policy/AdministratorAccess"

// iamFull is the one that allows all of IAM.
const iamFull = "arn:aws:iam::aws:policy/IAMFullAccess"

// everything is what somebody writes who may write a policy.
var everything = mustParse(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`)

func mustParse(text string) *policy.Document {
	d, err := policy.ParseDocument([]byte(text))
	if err != nil {
		panic(err) // the text is a constant
	}
	return d
}

// statement is a resource policy that allows principals some actions; nil if it
// cannot be written.
func statement(actions, principals []string, resource string) *policy.Document {
	st := map[string]any{"Effect": "Allow", "Action": actions, "Principal": map[string]any{"AWS": principals}}
	if resource != "" {
		st["Resource"] = resource
	}
	raw, err := json.Marshal(map[string]any{"Version": "2012-10-17", "Statement": []any{st}})
	if err != nil {
		return nil // strings always marshal
	}
	d, err := policy.ParseDocument(raw)
	if err != nil {
		return nil
	}
	return d
}

// everythingLabel is the label of the change that allows everything.
const everythingLabel = "everything"

// maxChanges bounds the changes made to one principal, one after the other.
const maxChanges = 3

// change is one change to a copy of a principal.
type change struct {
	label string // tells changes of one principal apart
	tag   bool   // it gives a tag: see maxTaggings
	apply func(e *iam.Entity, u *iam.User)
	node  func(*graph.Supposition)
}

// suppose returns the node of a principal with a change, and makes it if need
// be; false if there were enough changes.
func (s *search) suppose(from graph.NodeID, c change) (graph.NodeID, bool) {
	base := from
	var before []string
	if from >= s.first() {
		base, before = s.node(from).Supposed.Base, s.changes[from]
	}
	if slices.Contains(before, c.label) || len(before) >= maxChanges {
		return 0, false
	}
	labels := append(slices.Clone(before), c.label)
	slices.Sort(labels)
	key := supposedKey(base, labels)
	if n, ok := s.supposed[key]; ok {
		return n, true
	}
	if c.tag && !s.maySupposeTag(from) {
		return 0, false
	}
	n := *s.node(from)
	n.Supposed = &graph.Supposition{Base: base}
	if before := s.node(from).Supposed; before != nil {
		*n.Supposed = *before
	}
	copyEntity(&n)
	if c.apply != nil {
		c.apply(entityOf(&n), n.User)
	}
	if c.node != nil {
		c.node(n.Supposed)
	}
	id, ok := s.addNode(n, key, labels)
	if ok {
		s.unchanged[id] = s.beforeChanges(from)
	}
	return id, ok
}

// supposedKey names a principal with changes.
func supposedKey(base graph.NodeID, labels []string) string {
	return fmt.Sprint(base) + "\n" + strings.Join(labels, "\n")
}

// keyOf names a principal, as it is by now, with one change more.
func (s *search) keyOf(n graph.NodeID, label string) string {
	labels := append(slices.Clone(s.changes[n]), label)
	slices.Sort(labels)
	return supposedKey(s.base(n), labels)
}

// copyEntity gives a node its own user or role, which may then be changed.
func copyEntity(n *graph.Node) {
	switch {
	case n.User != nil:
		u := *n.User
		n.User = &u
	case n.Role != nil:
		r := *n.Role
		n.Role = &r
	}
}

// maxSupposed bounds the principals that are made up.
const maxSupposed = 200_000

func (s *search) addNode(n graph.Node, key string, labels []string) (graph.NodeID, bool) {
	if len(s.nodes) >= maxSupposed {
		s.cut.Store(true)
		return 0, false
	}
	id := s.first() + graph.NodeID(len(s.nodes))
	if n.Supposed.New {
		n.Supposed.Base = id
	}
	s.nodes = append(s.nodes, n)
	s.supposed[key] = id
	s.changes[id] = labels
	return id, true
}

// make adds a principal that an actor makes (ESC-31); who makes the same one
// gets the same node.
func (s *search) make(t *target) (graph.NodeID, bool) {
	n := graph.Node{ID: t.arn, Supposed: &graph.Supposition{New: true}}
	if t.user != nil {
		u := *t.user
		n.Kind, n.Account, n.Name, n.User = graph.KindUser, u.Account, u.Name, &u
	} else {
		r := *t.role
		n.Kind, n.Account, n.Name, n.Role = graph.KindRole, r.Account, r.Name, &r
	}
	key := t.arn + "\n" + *t.boundary
	switch {
	case t.group != nil:
		key += "\n" + t.group.ARN
		joinGroup(t.group)(nil, n.User)
	case t.attach != nil:
		key += "\n" + t.attach.ARN
		attach(t.attach)(entityOf(&n), nil)
	default:
		write(everything)(entityOf(&n), nil)
	}
	if id, ok := s.supposed[key]; ok {
		return id, true
	}
	return s.addNode(n, key, nil)
}

func write(d *policy.Document) func(*iam.Entity, *iam.User) {
	return func(e *iam.Entity, _ *iam.User) {
		e.Inline = append(slices.Clip(e.Inline), &iam.Policy{Name: "written by escalation", Document: d})
	}
}

// overwrite writes the inline policies that deny something anew: everything is allowed.
func overwrite(e *iam.Entity, u *iam.User) {
	e.Inline = slices.DeleteFunc(slices.Clone(e.Inline), inlineDenies)
	write(everything)(e, u)
}

// overwriteOfGroup does so with those of a group of the user.
func overwriteOfGroup(of *iam.Group) func(*iam.Entity, *iam.User) {
	return inGroup(of, func(e *iam.Entity) { overwrite(e, nil) })
}

func inlineDenies(p *iam.Policy) bool { return p.Document != nil && denies(p.Document) }

func denies(d *policy.Document) bool {
	return slices.ContainsFunc(d.Statements, func(st policy.Statement) bool { return st.Effect == policy.Deny })
}

func attach(at *iam.Attachment) func(*iam.Entity, *iam.User) {
	return func(e *iam.Entity, _ *iam.User) { e.Attached = append(slices.Clip(e.Attached), at) }
}

func joinGroup(g *iam.Group) func(*iam.Entity, *iam.User) {
	return func(_ *iam.Entity, u *iam.User) {
		u.Groups, u.GroupNames = append(slices.Clip(u.Groups), g), append(slices.Clip(u.GroupNames), g.Name)
	}
}

func unbind(e *iam.Entity, _ *iam.User) { e.Boundary = nil }

func tagWith(tag policy.Tag) func(*iam.Entity, *iam.User) {
	return func(e *iam.Entity, _ *iam.User) {
		e.Tags = append(slices.DeleteFunc(slices.Clone(e.Tags), func(t iam.Tag) bool { return strings.EqualFold(t.Key, tag.Key) }), iam.Tag(tag))
	}
}

func tagWithout(key string) func(*iam.Entity, *iam.User) {
	return func(e *iam.Entity, _ *iam.User) {
		e.Tags = slices.DeleteFunc(slices.Clone(e.Tags), func(t iam.Tag) bool { return strings.EqualFold(t.Key, key) })
	}
}

// drop takes a policy or a group away.
func drop(name string) func(*iam.Entity, *iam.User) {
	return func(e *iam.Entity, u *iam.User) {
		e.Inline = slices.DeleteFunc(slices.Clone(e.Inline), func(p *iam.Policy) bool { return p.Name == name })
		e.Attached = slices.DeleteFunc(slices.Clone(e.Attached), func(a *iam.Attachment) bool { return a.ARN == name })
		if u != nil {
			var left string
			u.Groups = slices.DeleteFunc(slices.Clone(u.Groups), func(g *iam.Group) bool {
				if g.ARN == name {
					left = g.Name
				}
				return g.ARN == name
			})
			u.GroupNames = slices.DeleteFunc(slices.Clone(u.GroupNames), func(n string) bool { return left != "" && strings.EqualFold(n, left) })
		}
	}
}

// dropOfGroup takes a policy of a group of the user away.
func dropOfGroup(of *iam.Group, name string) func(*iam.Entity, *iam.User) {
	return inGroup(of, func(e *iam.Entity) { drop(name)(e, nil) })
}

// inGroup changes a group of the user, which becomes the user's own copy.
func inGroup(of *iam.Group, f func(*iam.Entity)) func(*iam.Entity, *iam.User) {
	return func(_ *iam.Entity, u *iam.User) {
		u.Groups = slices.Clone(u.Groups)
		for i, g := range u.Groups {
			if g.ARN == of.ARN {
				group := *g
				f(&group.Entity)
				u.Groups[i] = &group
			}
		}
	}
}

// boundByVersion makes a version of the boundary the one that counts.
func boundByVersion(m *iam.ManagedPolicy, v *iam.PolicyVersion) func(*iam.Entity, *iam.User) {
	return func(e *iam.Entity, _ *iam.User) {
		at := *e.Boundary
		at.Policy = inForce(m, v)
		e.Boundary = &at
	}
}

// inForce is a managed policy of which a version is the one that counts.
func inForce(m *iam.ManagedPolicy, v *iam.PolicyVersion) *iam.ManagedPolicy {
	chosen := *v
	chosen.IsDefault = true
	changed := *m
	changed.DefaultVersionID, changed.Versions = v.VersionID, []*iam.PolicyVersion{&chosen}
	return &changed
}

// useVersion makes a version the one that counts, of the user's groups, too.
func useVersion(m *iam.ManagedPolicy, v *iam.PolicyVersion) func(*iam.Entity, *iam.User) {
	changed := inForce(m, v)
	replace := func(e *iam.Entity) {
		e.Attached = slices.Clone(e.Attached)
		for i, a := range e.Attached {
			if a.Policy == m {
				at := *a
				at.Policy = changed
				e.Attached[i] = &at
			}
		}
	}
	return func(e *iam.Entity, u *iam.User) {
		replace(e)
		if u == nil {
			return
		}
		u.Groups = slices.Clone(u.Groups)
		for i, g := range u.Groups {
			if slices.ContainsFunc(g.Attached, func(a *iam.Attachment) bool { return a.Policy == m }) {
				group := *g
				replace(&group.Entity)
				u.Groups[i] = &group
			}
		}
	}
}
