package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sort"
	"strings"

	"accesspath/graph"
	"accesspath/iam"
	"accesspath/internal/packed"
	"accesspath/policy"
)

// Nearly all nodes are users, roles and groups, or have nothing but an ID, an
// account and a name that ends the ID: these are made of lists of numbers. All
// others have a record.

// compilingNodes are the nodes of a compiled form while it is made.
type compilingNodes struct {
	ids          []uint32 // of each node: a text
	kinds        []uint32
	entities     []uint32 // of each node, plus one: a user, role or group, by its kind
	accounts     []uint32 // of each node: in accountNames
	accountNames []string
	special      []uint32 // nodes that have a record
	byName       []uint32 // nodes that have a name, in its order
	names        []uint32 // of byName: texts, plus one; 0 if the name ends the ID
}

// A nodeRecord is a node. User, Role and Group are numbers of records plus one.
type nodeRecord struct {
	ID, Name, Account, Service, Issuer, Task, Key string
	Kind                                          byte
	Carrier                                       bool
	User, Role, Group                             int
	Compute                                       *iam.Compute
	Limit                                         *limitRecord
}

type limitRecord struct {
	Name     string
	Policies []attachedRecord
}

type attachedRecord struct {
	Document                     *policy.Document
	Unresolved, Name, Owner, Via string
	Source                       *iam.Policy
}

// endOf is what an ID ends in, behind its last slash.
func endOf(id string) string { return id[strings.LastIndexByte(id, '/')+1:] }

// addNodes writes the nodes, and how they are found.
func (w *compiling) addNodes(ctx context.Context, g *graph.Nodes) error {
	l := &w.nodes
	accounts := map[string]uint32{}
	for i := range g.Len() {
		if i%1000 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		n := g.Node(graph.NodeID(i))
		l.ids, l.kinds = append(l.ids, w.texts.seek(n.ID)), append(l.kinds, uint32(n.Kind))
		k, ok := accounts[n.Account]
		if !ok {
			k = uint32(len(accounts))
			accounts[n.Account] = k
			l.accountNames = append(l.accountNames, n.Account)
		}
		l.accounts = append(l.accounts, k)
		if err := w.addNode(uint32(i), n); err != nil {
			return fmt.Errorf("%s: %w", n.ID, err)
		}
		if n.Name != "" && n.Limit == nil {
			l.byName = append(l.byName, uint32(i))
		}
	}
	w.sortNames(g)
	return nil
}

func (w *compiling) addNode(i uint32, n *graph.Node) error {
	entity, ok, plain := 0, true, graph.Node{ID: n.ID, Kind: n.Kind, Account: n.Account, Name: endOf(n.ID)}
	switch n.Kind {
	case graph.KindUser:
		plain.User = n.User
		entity, ok = w.users.of(n.User)
	case graph.KindRole:
		plain.Role = n.Role
		entity, ok = w.roles.of(n.Role)
	case graph.KindGroup:
		plain.Group = n.Group
		entity, ok = w.groups.of(n.Group)
	}
	w.nodes.entities = append(w.nodes.entities, uint32(entity))
	if ok && *n == plain {
		return nil
	}
	r, err := w.node(n)
	if err != nil {
		return err
	}
	w.nodes.special = append(w.nodes.special, i)
	return record(w, &w.nodeRecords, r)
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

// sortNames puts the nodes that have names in the order of these.
func (w *compiling) sortNames(g *graph.Nodes) {
	l := &w.nodes
	lower := make([]string, g.Len())
	for _, n := range l.byName {
		lower[n] = strings.ToLower(g.Node(graph.NodeID(n)).Name)
	}
	slices.SortFunc(l.byName, func(a, b uint32) int { return cmp.Or(strings.Compare(lower[a], lower[b]), cmp.Compare(a, b)) })
	for _, i := range l.byName {
		name := uint32(0)
		if n := g.Node(graph.NodeID(i)); n.Name != endOf(n.ID) {
			name = w.texts.seek(n.Name) + 1
		}
		l.names = append(l.names, name)
	}
}

// write writes the nodes in the order in which readNodes reads them.
func (l *compilingNodes) write(out *fileWriter, t *compilingTexts) {
	names := make([]uint32, len(l.names))
	for i, n := range l.names {
		if n > 0 {
			names[i] = t.place[n-1] + 1
		}
	}
	for _, list := range [][]uint32{t.places(l.ids), l.kinds, l.entities, l.accounts, l.special, l.byName, names} {
		out.numbers(list)
	}
	out.bytes(packed.AppendTexts(nil, len(l.accountNames), func(i int) string { return l.accountNames[i] }))
}

// compiledNodes are the nodes of a compiled form.
type compiledNodes struct {
	ids, kinds, entities, special, byName, names packed.Numbers // as in compilingNodes
	accounts                                     []uint32
	accountNames                                 []string
	records                                      packed.Records // of those that are special
}

func readNodes(in *fileReader, records packed.Records) compiledNodes {
	l := compiledNodes{ids: in.numbers(), kinds: in.numbers(), entities: in.numbers()}
	accounts := in.numbers()
	l.accounts, l.records = accounts.All(), records
	l.special, l.byName, l.names = in.numbers(), in.numbers(), in.numbers()
	for _, name := range in.texts().All {
		l.accountNames = append(l.accountNames, string(name))
	}
	n := l.ids.Len()
	outside := func(k uint32) bool { return int(k) >= len(l.accountNames) }
	if l.kinds.Len() != n || l.entities.Len() != n || len(l.accounts) != n || l.special.Len() != records.Len() || l.byName.Len() != l.names.Len() ||
		slices.ContainsFunc(l.accounts, outside) {
		in.err = errDamaged
	}
	return l
}

// Node makes a node: one that is nothing and does nothing, if it cannot be read.
func (t *compiledTables) Node(id graph.NodeID) graph.Node {
	l, i := &t.nodes, int(id)
	if k, ok := l.special.Find(uint32(id)); ok {
		return t.specialNode(k)
	}
	n := graph.Node{ID: t.texts.at(l.ids.At(i)), Kind: graph.NodeKind(l.kinds.At(i)), Account: t.AccountOf(id)}
	n.Name = endOf(n.ID)
	ok := true
	switch entry := int(l.entities.At(i)); n.Kind {
	case graph.KindUser:
		n.User, ok = entity(t, &t.users, entry)
	case graph.KindRole:
		n.Role, ok = entity(t, &t.roles, entry)
	case graph.KindGroup:
		n.Group, ok = entity(t, &t.groups, entry)
	}
	if !ok {
		return graph.Node{}
	}
	return n
}

func (t *compiledTables) specialNode(k int) graph.Node {
	var r nodeRecord
	if err := readRecord(t, &t.nodes.records, k, &r); err != nil {
		return graph.Node{}
	}
	n := graph.Node{ID: r.ID, Name: r.Name, Account: r.Account, Service: r.Service, Issuer: r.Issuer, Task: r.Task, Key: r.Key,
		Kind: graph.NodeKind(r.Kind), Carrier: r.Carrier, Compute: r.Compute}
	var ok [3]bool
	n.User, ok[0] = entity(t, &t.users, r.User)
	n.Role, ok[1] = entity(t, &t.roles, r.Role)
	n.Group, ok[2] = entity(t, &t.groups, r.Group)
	if ok != [3]bool{true, true, true} {
		return graph.Node{}
	}
	if r.Limit != nil {
		n.Limit = r.Limit.limit()
	}
	return n
}

func entity[T any](t *compiledTables, l *lazily[T], number int) (*T, bool) {
	if number == 0 {
		return nil, true
	}
	v, ok := l.get(t, uint64(number-1))
	if !ok {
		t.Fail(errReference)
	}
	return v, ok
}

func (r *limitRecord) limit() *graph.Limit {
	l := &graph.Limit{Name: r.Name}
	for _, p := range r.Policies {
		a := policy.Attached{Document: p.Document, Unresolved: p.Unresolved, Name: p.Name, Owner: p.Owner, Via: p.Via}
		if p.Source != nil {
			a.Source = p.Source
		}
		l.Policies = append(l.Policies, a)
	}
	return l
}

// AccountOf returns the account of a node.
func (t *compiledTables) AccountOf(n graph.NodeID) string {
	return t.nodes.accountNames[t.nodes.accounts[n]]
}

// IDOf returns the ID of a node.
func (t *compiledTables) IDOf(n graph.NodeID) string { return t.texts.at(t.nodes.ids.At(int(n))) }

// NameOf returns the name of a node.
func (t *compiledTables) NameOf(n graph.NodeID) string {
	if k, ok := t.nodes.special.Find(uint32(n)); ok {
		return t.specialNode(k).Name
	}
	return endOf(t.IDOf(n))
}

// Plain is the kind of a node that has no record.
func (t *compiledTables) Plain(n graph.NodeID) (graph.NodeKind, bool) {
	if _, ok := t.nodes.special.Find(uint32(n)); ok {
		return 0, false
	}
	return graph.NodeKind(t.nodes.kinds.At(int(n))), true
}

// Find finds a node by its ID, the order of nodes.
func (t *compiledTables) Find(id string) (graph.NodeID, bool) {
	i, ok := t.texts.find(id, &t.nodes.ids)
	return graph.NodeID(i), ok
}

// Called lists the nodes of a short name in lower case.
func (t *compiledTables) Called(name string) []graph.NodeID {
	l := &t.nodes
	var out []graph.NodeID
	for i := sort.Search(l.byName.Len(), func(i int) bool { return t.nameOf(i) >= name }); i < l.byName.Len() && t.nameOf(i) == name; i++ {
		if n := l.byName.At(i); int(n) < l.ids.Len() {
			out = append(out, graph.NodeID(n))
		}
	}
	return out
}

// nameOf is the i-th of the names, in lower case.
func (t *compiledTables) nameOf(i int) string {
	l := &t.nodes
	if name := l.names.At(i); name > 0 {
		return strings.ToLower(t.texts.at(name - 1))
	}
	if n := int(l.byName.At(i)); n < l.ids.Len() {
		return strings.ToLower(endOf(t.texts.at(l.ids.At(n))))
	}
	return ""
}
