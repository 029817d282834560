package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"accesspath/graph"
	"accesspath/iam"
	"accesspath/policy"
)

// compiling is the making of a compiled form.
type compiling struct {
	e         *encoder
	moments   []time.Time // of all documents
	uncertain bool        // there may be others

	textNumber map[string]uint64
	docNumber  map[*policy.Document]uint64
	texts      graph.Texts // by number, from 1
	docs       graph.Texts
	packs      graph.Texts // the documents, compressed
	packEnds   []uint32    // the first document behind each pack

	users    *numbers[iam.User]
	groups   *numbers[iam.Group]
	roles    *numbers[iam.Role]
	profiles *numbers[iam.InstanceProfile]
	policies *numbers[iam.ManagedPolicy]

	resources graph.Texts
	arns      []uint32 // of the resources: texts
	points    []uint32 // resources that have access points

	rest                                                                                         []byte // the snapshot without what follows
	accounts, userRecords, groupRecords, roleRecords, profileRecords, policyRecords, nodeRecords graph.Texts

	ids, names   []uint32 // of each node: texts
	nodeAccounts []uint32 // of each node: in accountNames
	accountNames graph.Texts
	byName       []uint32 // nodes that have a name, in its order
	unique       []uint32 // texts, sorted
}

func newCompiling(s *schema) *compiling {
	w := &compiling{textNumber: map[string]uint64{}, docNumber: map[*policy.Document]uint64{}}
	w.e = &encoder{schema: s, numbers: w}
	return w
}

func (w *compiling) text(s string) uint64 {
	if s == "" {
		return 0
	}
	n, ok := w.textNumber[s]
	if !ok {
		w.texts.Add(s)
		n = uint64(w.texts.Len())
		w.textNumber[s] = n
	}
	return n
}

func (w *compiling) document(d *policy.Document) uint64 {
	n, ok := w.docNumber[d]
	if !ok {
		n = uint64(w.docs.Len())
		w.docs.Add(d.Text)
		w.docNumber[d] = n
		moments, certain := d.Moments()
		w.moments, w.uncertain = append(w.moments, moments...), w.uncertain || !certain
	}
	return n
}

// compiledPack is how much text of documents, in bytes, is compressed at a time: more is
// smaller, and less is read faster when one document is asked for.
const compiledPack = 32 << 10

// pack compresses the documents.
func (w *compiling) pack() error {
	from := uint32(0)
	for i, end := range w.docs.Ends {
		if end-from < compiledPack && i < len(w.docs.Ends)-1 {
			continue
		}
		packed, err := compress(w.docs.Bytes[from:end])
		if err != nil {
			return err
		}
		w.packs.Add(string(packed))
		w.packEnds = append(w.packEnds, uint32(i+1))
		from = end
	}
	return nil
}

// snapshot writes all of a snapshot but its nodes.
func (w *compiling) snapshot(ctx context.Context, s *iam.Snapshot) error {
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
	for _, a := range s.Accounts {
		head := withoutLists(a)
		head.Outline = &iam.Outline{Loaded: a.Loaded()}
		if err := record(w, &w.accounts, head); err != nil {
			return fmt.Errorf("account %s: %w", a.ID, err)
		}
	}
	head := *s
	head.Accounts, head.Resources = nil, nil
	for i, r := range s.Resources {
		w.arns = append(w.arns, uint32(w.text(r.ARN)))
		if len(r.AccessPoints) > 0 {
			w.points = append(w.points, uint32(i))
		}
	}
	var rest graph.Texts
	if err := record(w, &rest, &head); err != nil {
		return err
	}
	w.rest = rest.Bytes
	return cmp.Or(
		records(ctx, w, &w.userRecords, w.users.extra), records(ctx, w, &w.groupRecords, w.groups.extra), records(ctx, w, &w.roleRecords, w.roles.extra),
		records(ctx, w, &w.profileRecords, w.profiles.extra), records(ctx, w, &w.policyRecords, w.policies.extra),
		records(ctx, w, &w.resources, s.Resources))
}

func record[T any](w *compiling, into *graph.Texts, v *T) error {
	w.e.buf = w.e.buf[:0]
	put(w.e, v)
	into.Add(string(w.e.buf))
	return w.e.err
}

func records[T any](ctx context.Context, w *compiling, into *graph.Texts, list []*T) error {
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

// nodes writes the nodes, and how they are found.
func (w *compiling) nodes(ctx context.Context, g *graph.Graph) error {
	accounts := map[string]uint32{}
	for i := range g.Len() {
		if i%1000 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		n := g.Node(graph.NodeID(i))
		r, err := w.node(n)
		if err != nil {
			return err
		}
		if err := record(w, &w.nodeRecords, r); err != nil {
			return fmt.Errorf("%s: %w", n.ID, err)
		}
		w.ids, w.names = append(w.ids, uint32(w.text(n.ID))), append(w.names, uint32(w.text(n.Name)))
		k, ok := accounts[n.Account]
		if !ok {
			k = uint32(w.accountNames.Len())
			accounts[n.Account] = k
			w.accountNames.Add(n.Account)
		}
		w.nodeAccounts = append(w.nodeAccounts, k)
		if n.Name != "" && n.Limit == nil {
			w.byName = append(w.byName, uint32(i))
		}
	}
	lower := make([]string, g.Len())
	for _, n := range w.byName {
		lower[n] = strings.ToLower(g.Node(graph.NodeID(n)).Name)
	}
	slices.SortStableFunc(w.byName, func(a, b uint32) int { return strings.Compare(lower[a], lower[b]) })
	w.uniqueIDs()
	return nil
}

func (w *compiling) node(n *graph.Node) (*nodeRecord, error) {
	r := &nodeRecord{ID: n.ID, Name: n.Name, Account: n.Account, Service: n.Service, Issuer: n.Issuer, Task: n.Task, Key: n.Key,
		Kind: byte(n.Kind), Carrier: n.Carrier, Compute: n.Compute}
	var ok [3]bool
	r.User, ok[0] = w.users.of(n.User)
	r.Role, ok[1] = w.roles.of(n.Role)
	r.Group, ok[2] = w.groups.of(n.Group)
	if ok != [3]bool{true, true, true} || n.Supposed != nil {
		return nil, fmt.Errorf("%s is of no snapshot", n.ID)
	}
	if n.Limit == nil {
		return r, nil
	}
	r.Limit = &limitRecord{Name: n.Limit.Name}
	for _, p := range n.Limit.Policies {
		a := attachedRecord{Document: p.Document, Unresolved: p.Unresolved, Name: p.Name, Owner: p.Owner, Via: p.Via}
		a.Source, _ = p.Source.(*iam.Policy)
		r.Limit.Policies = append(r.Limit.Policies, a)
	}
	return r, nil
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
	ids := map[string]bool{}
	for _, u := range w.users.extra {
		ids[u.UniqueID] = true
	}
	for _, r := range w.roles.extra {
		ids[r.UniqueID] = true
	}
	sorted := make([]string, 0, len(ids))
	for id := range ids {
		sorted = append(sorted, id)
	}
	slices.Sort(sorted)
	for _, id := range sorted {
		w.unique = append(w.unique, uint32(w.text(id)))
	}
}

// write writes everything in the order in which readCompiledTables reads it.
func (w *compiling) write(out *fileWriter) {
	out.texts(&w.texts)
	out.texts(&w.packs)
	out.numbers(w.packEnds)
	out.texts(&graph.Texts{Ends: w.docs.Ends})
	out.bytes(w.rest)
	for _, t := range []*graph.Texts{&w.accounts, &w.userRecords, &w.groupRecords, &w.roleRecords, &w.profileRecords, &w.policyRecords, &w.resources, &w.nodeRecords} {
		out.texts(t)
	}
	for _, list := range [][]uint32{w.ids, w.names, w.nodeAccounts, w.byName, w.unique, w.arns, w.points} {
		out.numbers(list)
	}
	out.texts(&w.accountNames)
}

// writeTables writes the tables of the graph in the order in which readTables
// reads them.
func writeTables(out *fileWriter, t *graph.Tables) {
	out.numbers(t.Class)
	out.lists(&t.Classes)
	out.texts(&t.Accounts)
	out.numbers(t.Circle)
	out.lists(&t.Circles)
	for i := range t.Edges {
		e := &t.Edges[i]
		out.numbers([]uint32{uint32(e.Tails)})
		out.numbers(e.Tail)
		out.numbers(e.Head)
		out.bytes(e.Kind)
		out.numbers(e.Requires)
	}
	out.texts(&t.Requires)
	out.lists(&t.Sessions)
	out.lists(&t.Members)
	x := t.Index
	out.lists(&x.Holders)
	out.texts(&x.Actions)
	out.texts(&x.Resources)
	out.numbers(x.Documents)
	out.bytes(x.Flags)
	out.lists(&x.ActionsOf)
	out.lists(&x.About)
	out.texts(&x.Services)
	out.lists(&x.ByService)
	out.numbers(x.Any)
	out.numbers(x.Unread)
	out.texts(&x.Accounts)
	out.lists(&x.Acting)
}
