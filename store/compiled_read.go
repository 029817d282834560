package store

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"sort"
	"strings"
	"sync"
	"sync/atomic"
	"unsafe"

	"accesspath/graph"
	"accesspath/iam"
	"accesspath/policy"
)

// compiledTables are the records of a compiled form. They are a graph.Source.
type compiledTables struct {
	schema   *schema
	texts    graph.Texts
	docs     packedDocuments
	rest     []byte
	accounts graph.Texts
	nodes    graph.Texts

	users     lazily[iam.User]
	groups    lazily[iam.Group]
	roles     lazily[iam.Role]
	profiles  lazily[iam.InstanceProfile]
	policies  lazily[iam.ManagedPolicy]
	resources lazily[iam.Resource]
	parsed    []atomic.Pointer[policy.Document]

	ids, names, nodeAccounts, byName, unique, arns, points []uint32
	accountNames                                           []string

	parser struct {
		sync.Mutex
		*policy.Parser
	}
	mu  sync.Mutex
	err error // the first that a record had
}

// lazily are records that are read when they are needed, each once: who holds a
// pointer to one compares it with others.
type lazily[T any] struct {
	records graph.Texts
	made    []atomic.Pointer[T]
}

func readLazily[T any](in *fileReader) lazily[T] {
	t := in.texts()
	return lazily[T]{t, make([]atomic.Pointer[T], t.Len())}
}

func (l *lazily[T]) get(t *compiledTables, n uint64) (*T, bool) {
	if n >= uint64(len(l.made)) {
		return nil, false
	}
	if p := l.made[n].Load(); p != nil {
		return p, true
	}
	v := new(T)
	if err := readRecord(t, &l.records, int(n), v); err != nil {
		return nil, false
	}
	if !l.made[n].CompareAndSwap(nil, v) {
		v = l.made[n].Load()
	}
	return v, true
}

// readRecord reads record n of a list into v.
func readRecord[T any](t *compiledTables, records *graph.Texts, n int, v *T) error {
	d := &decoder{schema: t.schema, text: textIn(records, n), numbered: t}
	get(d, v)
	err := d.end()
	if err != nil {
		t.Fail(fmt.Errorf("a record cannot be read: %w", err))
	}
	return err
}

// Fail keeps the first error that reading something met.
func (t *compiledTables) Fail(err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.err == nil {
		t.err = err
	}
}

func (t *compiledTables) failure() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.err
}

func readCompiledTables(in *fileReader, s *schema) *compiledTables {
	t := &compiledTables{schema: s, texts: in.texts(), docs: readPacked(in), rest: in.bytes(), accounts: in.texts()}
	t.users, t.groups, t.roles = readLazily[iam.User](in), readLazily[iam.Group](in), readLazily[iam.Role](in)
	t.profiles, t.policies = readLazily[iam.InstanceProfile](in), readLazily[iam.ManagedPolicy](in)
	t.resources, t.nodes = readLazily[iam.Resource](in), in.texts()
	t.ids, t.names, t.nodeAccounts, t.byName, t.unique, t.arns, t.points = in.numbers(), in.numbers(), in.numbers(), in.numbers(), in.numbers(), in.numbers(), in.numbers()
	t.parsed = make([]atomic.Pointer[policy.Document], len(t.docs.ends))
	t.parser.Parser = policy.NewParser()
	names := in.texts()
	for i := range names.Len() {
		t.accountNames = append(t.accountNames, names.Of(i))
	}
	return t
}

func (t *compiledTables) text(n uint64) (string, bool) {
	if n == 0 {
		return "", true
	}
	if n > uint64(t.texts.Len()) {
		return "", false
	}
	return textIn(&t.texts, int(n-1)), true
}

// textIn is Texts.Of without a copy: the bytes of a form stay as they are until
// the process ends, see mapFile.
func textIn(t *graph.Texts, i int) string {
	from := uint32(0)
	if i > 0 {
		from = t.Ends[i-1]
	}
	text := t.Bytes[from:t.Ends[i]]
	return unsafe.String(unsafe.SliceData(text), len(text))
}

// compare compares a text with another, as strings.Compare does, without making it.
func (t *compiledTables) compare(n uint32, with string) int {
	if n == 0 {
		return strings.Compare("", with)
	}
	return t.texts.Compare(int(n-1), with)
}

func (t *compiledTables) document(n uint64) (*policy.Document, bool) {
	if n >= uint64(len(t.parsed)) {
		return nil, false
	}
	if d := t.parsed[n].Load(); d != nil {
		return d, true
	}
	text, err := t.docs.text(int(n))
	if err != nil {
		t.Fail(err)
		return nil, false
	}
	t.parser.Lock()
	defer t.parser.Unlock()
	if d := t.parsed[n].Load(); d != nil {
		return d, true
	}
	d, err := t.parser.Parse(text)
	if err != nil {
		return nil, false
	}
	t.parsed[n].Store(d)
	return d, true
}

func (t *compiledTables) group(n uint64) (*iam.Group, bool) { return t.groups.get(t, n) }

func (t *compiledTables) profile(n uint64) (*iam.InstanceProfile, bool) { return t.profiles.get(t, n) }

func (t *compiledTables) managed(n uint64) (*iam.ManagedPolicy, bool) { return t.policies.get(t, n) }

// snapshot reads what is not read piece by piece.
func (t *compiledTables) snapshot(ctx context.Context) (*iam.Snapshot, error) {
	s := &iam.Snapshot{}
	d := &decoder{schema: t.schema, text: string(t.rest), numbered: t}
	get(d, s)
	if err := d.end(); err != nil {
		return nil, err
	}
	for i := range t.accounts.Len() {
		a := &iam.Account{}
		if err := readRecord(t, &t.accounts, i, a); err != nil {
			return nil, err
		}
		s.Accounts = append(s.Accounts, a)
	}
	for _, n := range t.points {
		r, ok := t.resources.get(t, uint64(n))
		if !ok {
			return nil, errReference
		}
		s.Resources = append(s.Resources, r)
	}
	return s, ctx.Err()
}

// Resource returns the resource of an ARN, or nil.
func (t *compiledTables) Resource(arn string) *iam.Resource {
	i, ok := slices.BinarySearchFunc(t.arns, arn, t.compare)
	if !ok {
		return nil
	}
	r, ok := t.resources.get(t, uint64(i))
	if !ok {
		t.Fail(errReference)
	}
	return r
}

// Resources yields all resources.
func (t *compiledTables) Resources() iter.Seq[*iam.Resource] {
	return func(yield func(*iam.Resource) bool) {
		for i := range t.arns {
			r, ok := t.resources.get(t, uint64(i))
			if !ok {
				t.Fail(errReference)
				return
			}
			if !yield(r) {
				return
			}
		}
	}
}

// Node makes a node: one that is nothing and does nothing, if it cannot be read.
func (t *compiledTables) Node(id graph.NodeID) graph.Node {
	var r nodeRecord
	if err := readRecord(t, &t.nodes, int(id), &r); err != nil {
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
func (t *compiledTables) AccountOf(n graph.NodeID) string { return t.accountNames[t.nodeAccounts[n]] }

// Find finds a node by its ID, the order of nodes.
func (t *compiledTables) Find(id string) (graph.NodeID, bool) {
	i, ok := sort.Find(len(t.ids), func(i int) int { return -t.compare(t.ids[i], id) })
	return graph.NodeID(i), ok
}

// Called lists the nodes of a short name in lower case.
func (t *compiledTables) Called(name string) []graph.NodeID {
	nameOf := func(n uint32) string {
		text, _ := t.text(uint64(t.names[n]))
		return strings.ToLower(text)
	}
	i := sort.Search(len(t.byName), func(i int) bool { return nameOf(t.byName[i]) >= name })
	var out []graph.NodeID
	for ; i < len(t.byName) && nameOf(t.byName[i]) == name; i++ {
		out = append(out, graph.NodeID(t.byName[i]))
	}
	return out
}

// HasUniqueID reports whether a user or role has that unique id.
func (t *compiledTables) HasUniqueID(id string) bool {
	_, ok := slices.BinarySearchFunc(t.unique, id, t.compare)
	return ok
}

var errTables = errors.New("the tables of the graph do not fit each other")

// readTables reads what writeTables wrote.
func readTables(in *fileReader) (*graph.Tables, error) {
	t := &graph.Tables{Class: in.numbers(), Classes: in.lists(), Accounts: in.texts(), Circle: in.numbers(), Circles: in.lists()}
	for i := range t.Edges {
		e := &t.Edges[i]
		if tails := in.numbers(); len(tails) == 1 {
			e.Tails = int(tails[0])
		}
		e.Tail, e.Head, e.Kind, e.Requires = in.numbers(), in.numbers(), in.bytes(), in.numbers()
		if len(e.Tail) != len(e.Head) || len(e.Tail) != len(e.Kind) || len(e.Tail) != len(e.Requires) {
			return nil, errTables
		}
	}
	t.Requires, t.Sessions, t.Members = in.texts(), in.lists(), in.lists()
	t.Index = &graph.IndexTable{Holders: in.lists(), Actions: in.texts(), Resources: in.texts(), Documents: in.numbers(), Flags: in.bytes(),
		ActionsOf: in.lists(), About: in.lists(), Services: in.texts(), ByService: in.lists(), Any: in.numbers(), Unread: in.numbers(),
		Accounts: in.texts(), Acting: in.lists()}
	return t, in.err
}
