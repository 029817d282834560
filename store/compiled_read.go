package store

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"sync"
	"sync/atomic"
	"unsafe"

	"accesspath/graph"
	"accesspath/iam"
	"accesspath/internal/packed"
	"accesspath/policy"
)

// compiledTables are the records of a compiled form. They are a graph.Source.
type compiledTables struct {
	schema   *schema
	texts    compiledTexts
	docs     packedDocuments
	rest     packed.Records // one
	accounts packed.Records
	nodes    compiledNodes

	users     lazily[iam.User]
	groups    lazily[iam.Group]
	roles     lazily[iam.Role]
	profiles  lazily[iam.InstanceProfile]
	policies  lazily[iam.ManagedPolicy]
	resources lazily[iam.Resource]
	parsed    []atomic.Pointer[policy.Document]

	unique packed.Numbers // of users and roles: places of texts
	arns   packed.Numbers // of the resources: places of texts
	points []uint32       // resources that have access points

	parser struct {
		sync.Mutex
		*policy.Parser
	}
	lastResource atomic.Pointer[foundResource]
	coverages    coverages

	mu  sync.Mutex
	err error // the first that a record had
}

// lazily are records that are read when they are needed, each once: who holds a
// pointer to one compares it with others.
type lazily[T any] struct {
	records packed.Records
	made    []atomic.Pointer[T]
}

func readLazily[T any](in *fileReader) lazily[T] {
	t := in.records()
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
func readRecord[T any](t *compiledTables, records *packed.Records, n int, v *T) error {
	d := &decoder{schema: t.schema, text: textOf(records.Of(n)), numbered: t}
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
	t := &compiledTables{schema: s, texts: compiledTexts{in.records(), *in.texts()}, rest: in.records(), accounts: in.records()}
	t.users, t.groups, t.roles = readLazily[iam.User](in), readLazily[iam.Group](in), readLazily[iam.Role](in)
	t.profiles, t.policies = readLazily[iam.InstanceProfile](in), readLazily[iam.ManagedPolicy](in)
	t.resources = readLazily[iam.Resource](in)
	special := in.records()
	t.unique, t.arns, t.points = in.numbers(), in.numbers(), in.all()
	t.nodes = readNodes(in, special)
	t.docs = readPacked(in)
	if in.err != nil || t.rest.Len() != 1 || t.arns.Len() != t.resources.records.Len() {
		in.err = errDamaged
		return t
	}
	t.parsed = make([]atomic.Pointer[policy.Document], t.docs.count())
	t.parser.Parser = policy.NewParser()
	return t
}

func (t *compiledTables) text(n uint64) (string, bool) { return t.texts.of(n) }

// textOf is a text without a copy: the bytes of a form stay as they are until the
// process ends, see mapFile.
func textOf(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

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
	accounts := make([]*iam.Account, t.accounts.Len())
	pieces := (len(accounts) + outlinePiece - 1) / outlinePiece
	err := parallel(ctx, 1+pieces, func(piece int) error {
		if piece == pieces {
			return readRecord(t, &t.rest, 0, s)
		}
		return t.outlines(accounts, piece*outlinePiece, min((piece+1)*outlinePiece, len(accounts)))
	})
	if err != nil {
		return nil, err
	}
	s.Accounts = accounts
	for _, n := range t.points {
		r, ok := t.resources.get(t, uint64(n))
		if !ok {
			return nil, errReference
		}
		s.Resources = append(s.Resources, r)
	}
	return s, ctx.Err()
}

// outlinePiece is how many accounts are read at a time: on several processors, since
// nothing can be asked before.
const outlinePiece = 128

// outlines reads some of the accounts.
func (t *compiledTables) outlines(accounts []*iam.Account, from, to int) error {
	for i := from; i < to; i++ {
		accounts[i] = &iam.Account{}
		if err := readRecord(t, &t.accounts, i, accounts[i]); err != nil {
			return err
		}
	}
	return nil
}

// Resource returns the resource of an ARN, or nil. A question asks for the same one
// for each of its callers.
func (t *compiledTables) Resource(arn string) *iam.Resource {
	if last := t.lastResource.Load(); last != nil && last.arn == arn {
		return last.is
	}
	found := &foundResource{arn: arn}
	if i, ok := t.texts.find(arn, &t.arns); ok {
		if found.is, ok = t.resources.get(t, uint64(i)); !ok {
			t.Fail(errReference)
		}
	}
	t.lastResource.Store(found)
	return found.is
}

// foundResource is what there is of an ARN; nil if nothing.
type foundResource struct {
	arn string
	is  *iam.Resource
}

// Resources yields all resources.
func (t *compiledTables) Resources() iter.Seq[*iam.Resource] {
	return func(yield func(*iam.Resource) bool) {
		for i := range t.arns.Len() {
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

// HasUniqueID reports whether a user or role has that unique id.
func (t *compiledTables) HasUniqueID(id string) bool {
	_, ok := t.texts.find(id, &t.unique)
	return ok
}

var errTables = errors.New("the tables of the graph do not fit each other")

// readTables reads what writeTables wrote, for so many nodes.
func readTables(in *fileReader, nodes int) (*graph.Tables, error) {
	t := &graph.Tables{Class: plain[graph.ClassID](in), Classes: plainLists[graph.NodeID](in), Circle: plain[graph.CircleID](in), Circles: plainLists[graph.ClassID](in)}
	for i := range t.Edges {
		t.Edges[i] = readEdges(in)
	}
	t.Requires = *in.texts()
	for _, into := range []*graph.Lists{&t.Sessions, &t.Members} {
		l := in.lists()
		into.Ends, into.Values = l.All()
	}
	t.Index = &graph.IndexTable{Holders: in.lists(), Held: in.lists(), Actions: *in.texts(), Resources: *in.texts(), Sets: in.lists(), Documents: in.numbers(), Set: in.numbers(),
		Open: in.numbers(), About: in.lists(), Services: *in.texts(), ByService: in.lists(), Any: in.numbers(), Unread: in.numbers(),
		Accounts: *in.texts(), Acting: in.lists()}
	switch {
	case in.err != nil:
		return nil, in.err
	case !t.Check(nodes):
		return nil, errTables
	}
	return t, nil
}

func readEdges(in *fileReader) graph.EdgeTable {
	return graph.EdgeTable{Run: plain[uint32](in), Tails: plainLists[uint32](in), Begin: plain[uint32](in), Of: plain[uint32](in),
		Head: plain[graph.NodeID](in), Kind: plain[graph.EdgeKind](in), Requires: plain[uint32](in), First: plain[uint32](in), Into: plain[uint32](in)}
}

func plainLists[N ~uint32](in *fileReader) graph.ListsOf[N] {
	return graph.ListsOf[N]{Ends: plain[uint32](in), Values: plain[N](in)}
}
