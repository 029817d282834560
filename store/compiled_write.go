package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"accesspath/graph"
	"accesspath/iam"
	"accesspath/internal/packed"
	"accesspath/policy"
)

// compiling is the making of a compiled form.
type compiling struct {
	e         *encoder
	holes     []hole      // of the records that are being written
	moments   []time.Time // of all documents
	uncertain bool        // there may be others

	texts     compilingTexts
	docNumber map[*policy.Document]uint64
	docs      []*policy.Document

	users    *numbers[iam.User]
	groups   *numbers[iam.Group]
	roles    *numbers[iam.Role]
	profiles *numbers[iam.InstanceProfile]
	policies *numbers[iam.ManagedPolicy]

	arns   []uint32 // of the resources: texts
	points []uint32 // resources that have access points
	unique []uint32 // of users and roles: texts, sorted

	rest                                                                                                    recordList // the snapshot without what follows
	accounts, userRecords, groupRecords, roleRecords, profileRecords, policyRecords, resources, nodeRecords recordList

	nodes compilingNodes
}

func newCompiling(s *schema, nodes int) *compiling {
	w := &compiling{texts: compilingTexts{met: make(map[string]uint32, 3*nodes)}, docNumber: make(map[*policy.Document]uint64, nodes)}
	w.e = &encoder{schema: s, numbers: w}
	return w
}

// add writes the records of a snapshot and of the nodes of its graph.
func (w *compiling) add(ctx context.Context, s *iam.Snapshot, nodes *graph.Nodes) error {
	w.number(s)
	if err := w.addNodes(ctx, nodes); err != nil {
		return err
	}
	return w.snapshot(ctx, s)
}

func (w *compiling) text(at int, text string) {
	n := w.texts.meet(text)
	w.texts.uses[n]++
	w.holes = append(w.holes, hole{uint32(at), n})
}

func (w *compiling) document(d *policy.Document) uint64 {
	n, ok := w.docNumber[d]
	if !ok {
		n = uint64(len(w.docs))
		w.docs = append(w.docs, d)
		w.docNumber[d] = n
		moments, certain := d.Moments()
		w.moments, w.uncertain = append(w.moments, moments...), w.uncertain || !certain
	}
	return n
}

// snapshot writes all of a snapshot but its nodes.
func (w *compiling) snapshot(ctx context.Context, s *iam.Snapshot) error {
	for _, a := range s.Accounts {
		head := withoutLists(a)
		head.Outline = &iam.Outline{Loaded: a.Loaded()}
		if err := record(w, &w.accounts, head); err != nil {
			return fmt.Errorf("account %s: %w", a.ID, err)
		}
	}
	head := *s
	head.Accounts, head.Resources, head.Sources = nil, nil, nil
	for i, r := range s.Resources {
		w.arns = append(w.arns, w.texts.seek(r.ARN))
		if len(r.AccessPoints) > 0 {
			w.points = append(w.points, uint32(i))
		}
	}
	w.uniqueIDs()
	return cmp.Or(record(w, &w.rest, &head),
		records(ctx, w, &w.userRecords, w.users.extra), records(ctx, w, &w.groupRecords, w.groups.extra), records(ctx, w, &w.roleRecords, w.roles.extra),
		records(ctx, w, &w.profileRecords, w.profiles.extra), records(ctx, w, &w.policyRecords, w.policies.extra),
		records(ctx, w, &w.resources, s.Resources))
}

// number numbers what records refer to.
func (w *compiling) number(s *iam.Snapshot) {
	w.users, w.groups, w.roles = number[iam.User](nil), number[iam.Group](nil), number[iam.Role](nil)
	w.profiles, w.policies = number[iam.InstanceProfile](nil), number[iam.ManagedPolicy](nil)
	managed := func(at *iam.Attachment) {
		if at != nil {
			w.policies.meet([]*iam.ManagedPolicy{at.Policy})
		}
	}
	for _, a := range s.Accounts {
		w.users.meet(a.Users)
		w.groups.meet(a.Groups)
		w.roles.meet(a.Roles)
		w.profiles.meet(a.InstanceProfiles)
		w.policies.meet(a.Policies)
		for _, u := range a.Users {
			w.groups.meet(u.Groups)
		}
		for _, r := range a.Roles {
			w.profiles.meet(r.InstanceProfiles)
		}
		eachAttachment(a, managed)
	}
	w.e.groups, w.e.profiles, w.e.policies = w.groups.place, w.profiles.place, w.policies.place
}

func record[T any](w *compiling, into *recordList, v *T) error {
	w.e.buf, w.holes, w.e.positions = into.buf, into.holes, positions{}
	put(w.e, v)
	into.buf, into.holes = w.e.buf, w.holes
	into.end()
	return w.e.err
}

func records[T any](ctx context.Context, w *compiling, into *recordList, list []*T) error {
	into.buf, into.holes, into.ends = make([]byte, 0, 64*len(list)), make([]hole, 0, 9*len(list)), make([]uint32, 0, len(list))
	for i, v := range list {
		if i%1000 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		if err := record(w, into, v); err != nil {
			return err
		}
	}
	return nil
}

// of returns the number of an entry plus one; 0 for nil.
func (n *numbers[T]) of(p *T) (int, bool) {
	if p == nil {
		return 0, true
	}
	i, ok := n.place[p]
	return i + 1, ok
}

func (w *compiling) uniqueIDs() {
	for _, u := range w.users.extra {
		w.unique = append(w.unique, w.texts.seek(u.UniqueID))
	}
	for _, r := range w.roles.extra {
		w.unique = append(w.unique, w.texts.seek(r.UniqueID))
	}
}

// lists are all records, in their order in the form.
func (w *compiling) lists() []*recordList {
	return []*recordList{&w.rest, &w.accounts, &w.userRecords, &w.groupRecords, &w.roleRecords, &w.profileRecords, &w.policyRecords, &w.resources, &w.nodeRecords}
}

// settle numbers the texts when all have been met, and the moments of documents. Its
// error is that of ctx.
func (w *compiling) settle(ctx context.Context) error {
	w.texts.order()
	for _, r := range w.lists() {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		*r = *r.fill(&w.texts)
	}
	slices.SortFunc(w.moments, time.Time.Compare)
	w.moments = slices.CompactFunc(w.moments, time.Time.Equal)
	return nil
}

// write writes everything but the documents in the order in which
// readCompiledTables reads it.
func (w *compiling) write(out *fileWriter) {
	w.texts.write(out)
	for _, r := range w.lists() {
		out.records(r)
	}
	unique := w.texts.places(w.unique)
	slices.Sort(unique)
	out.numbers(slices.Compact(unique))
	out.numbers(w.texts.places(w.arns))
	out.numbers(w.points)
	w.nodes.write(out, &w.texts)
}

// writeTables writes the tables of the graph in the order in which readTables
// reads them.
func writeTables(out *fileWriter, t *graph.Tables) {
	writePlain(out, t.Class)
	writePlainLists(out, t.Classes)
	writePlain(out, t.Circle)
	writePlainLists(out, t.Circles)
	for i := range t.Edges {
		writeEdges(out, &t.Edges[i])
	}
	out.bytes(t.Requires.Raw())
	out.bytes(packed.AppendLists(nil, t.Sessions.Ends, t.Sessions.Values))
	out.bytes(packed.AppendLists(nil, t.Members.Ends, t.Members.Values))
	x := t.Index
	for _, raw := range [][]byte{x.Holders.Raw(), x.Held.Raw(), x.Actions.Raw(), x.Resources.Raw(), x.Sets.Raw(), x.Documents.Raw(), x.Set.Raw(), x.Open.Raw(), x.About.Raw(),
		x.Services.Raw(), x.ByService.Raw(), x.Any.Raw(), x.Unread.Raw(), x.Accounts.Raw(), x.Acting.Raw()} {
		out.bytes(raw)
	}
}

// writeEdges writes lists of edges in the order in which readEdges reads them.
func writeEdges(out *fileWriter, e *graph.EdgeTable) {
	writePlain(out, e.Run)
	writePlainLists(out, e.Tails)
	writePlain(out, e.Begin)
	writePlain(out, e.Of)
	writePlain(out, e.Head)
	writePlain(out, e.Kind)
	writePlain(out, e.Requires)
	writePlain(out, e.First)
	writePlain(out, e.Into)
}

func writePlainLists[N ~uint32](out *fileWriter, l graph.ListsOf[N]) {
	writePlain(out, l.Ends)
	writePlain(out, l.Values)
}
