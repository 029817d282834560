package store

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"runtime"
	"slices"
	"sync"

	"accesspath/iam"
	"accesspath/policy"
)

// The kinds of parts. There is one part of each kind, and one for each account and
// each export.
const (
	kindHead         = "head" // what a Snapshot has besides the lists below
	kindAccount      = "account"
	kindShared       = "shared" // managed policies that no account lists
	kindOrganization = "organization"
	kindResources    = "resources"
	kindDiagnostics  = "diagnostics"
	kindExport       = "export" // one for each
	kindSchema       = "schema" // by which the others are written
)

// encodeSnapshot cuts a snapshot into parts, in an order that depends on
// nothing but the snapshot.
func encodeSnapshot(ctx context.Context, s *iam.Snapshot, exports []*iam.Export) ([]*part, error) {
	current, err := currentSchema()
	if err != nil {
		return nil, err
	}
	policies, refs := sharedPolicies(s)
	parts, err := encodeEach(ctx, s.Accounts, exports, refs)
	if err != nil {
		return nil, err
	}
	rest, err := encodeRest(s, policies, refs)
	if err != nil {
		return nil, err
	}
	described := &part{kind: kindSchema, data: []byte(current.text)}
	return append(append(parts, rest...), described.sum()), ctx.Err()
}

// encodeEach encodes accounts and exports in parallel.
func encodeEach(ctx context.Context, accounts []*iam.Account, exports []*iam.Export, refs map[*iam.ManagedPolicy]string) ([]*part, error) {
	encoders := sync.Pool{New: func() any {
		e, _ := newEncoder() // there is a schema
		return e
	}}
	parts := make([]*part, len(accounts)+len(exports))
	return parts, parallel(ctx, len(parts), func(i int) (err error) {
		e := encoders.Get().(*encoder)
		defer encoders.Put(e)
		if i < len(accounts) {
			if parts[i], err = encodeAccount(e, accounts[i], refs); err != nil {
				return fmt.Errorf("account %s: %w", accounts[i].ID, err)
			}
			return nil
		}
		x := exports[i-len(accounts)]
		if parts[i], err = encodeExport(e, x); err != nil {
			return fmt.Errorf("export %s: %w", clip(x.Source), err)
		}
		return nil
	})
}

// encodeRest encodes the parts of which there is one. policies are those that accounts
// share.
func encodeRest(s *iam.Snapshot, policies []*iam.ManagedPolicy, refs map[*iam.ManagedPolicy]string) ([]*part, error) {
	head := *s
	head.Accounts, head.Resources, head.Diagnostics = head.Accounts[:0:0], head.Resources[:0:0], head.Diagnostics[:0:0]
	head.Organization = nil
	names := make([]string, 0, len(policies))
	for _, m := range policies {
		names = append(names, refs[m])
	}
	var out []*part
	for _, r := range []struct {
		kind  string
		write func(*encoder)
	}{
		{kindHead, func(e *encoder) { put(e, &head) }},
		{kindShared, func(e *encoder) { put(e, &names); putList(e, policies) }},
		{kindOrganization, func(e *encoder) { put(e, &s.Organization) }},
		{kindResources, func(e *encoder) { put(e, &s.Resources) }},
		{kindDiagnostics, func(e *encoder) { put(e, &s.Diagnostics) }},
	} {
		e, err := newEncoder()
		if err != nil {
			return nil, err
		}
		r.write(e)
		p, err := e.part(r.kind, "")
		if err != nil {
			return nil, fmt.Errorf("%s: %w", r.kind, err)
		}
		out = append(out, p)
	}
	return out, nil
}

// sharedPolicies lists, by ARN, the managed policies that attachments point to
// and that their account does not list, AWS managed ones above all, and names
// them for references. The name is the ARN, so that an account's part does not
// change with the policy.
func sharedPolicies(s *iam.Snapshot) ([]*iam.ManagedPolicy, map[*iam.ManagedPolicy]string) {
	refs := map[*iam.ManagedPolicy]string{}
	var list []*iam.ManagedPolicy
	for _, a := range s.Accounts {
		own := number(a.Policies).place
		eachAttachment(a, func(at *iam.Attachment) {
			if at == nil || at.Policy == nil {
				return
			}
			_, mine := own[at.Policy]
			_, known := refs[at.Policy]
			if !mine && !known {
				refs[at.Policy] = ""
				list = append(list, at.Policy)
			}
		})
	}
	slices.SortStableFunc(list, func(a, b *iam.ManagedPolicy) int { return cmp.Compare(a.ARN, b.ARN) })
	taken := map[string]bool{}
	for _, m := range list {
		name := m.ARN
		for n := 2; taken[name]; n++ {
			name = fmt.Sprintf("%s#%d", m.ARN, n)
		}
		taken[name] = true
		refs[m] = name
	}
	return list, refs
}

func eachAttachment(a *iam.Account, f func(*iam.Attachment)) {
	for e := range a.Entities() {
		f(e.Boundary)
		for _, at := range e.Attached {
			f(at)
		}
	}
}

// loaded is a part as read from the file.
type loaded struct {
	kind, name string
	ids        [2]int64 // of the part and of its positions: equal if both are
	data       []byte
	digests    []byte
	positions  []byte
}

// decodeSnapshot is the inverse of encodeSnapshot and wants the accounts in the
// same order.
func decodeSnapshot(ctx context.Context, parts []loaded, documents map[[sha256.Size]byte]*policy.Document, have *readAlready) (*iam.Snapshot, error) {
	s := &iam.Snapshot{}
	byKind := map[string][]loaded{}
	for _, p := range parts {
		byKind[p.kind] = append(byKind[p.kind], p)
	}
	described, err := storedSchema(byKind[kindSchema])
	if err != nil {
		return nil, err
	}
	shared := map[string]*iam.ManagedPolicy{}
	have.match(byKind)
	one := func(kind string, read func(*decoder)) error {
		if len(byKind[kind]) != 1 {
			return fmt.Errorf("the snapshot has %d parts %q, want 1", len(byKind[kind]), kind)
		}
		if have.take(byKind[kind][0], s) {
			return nil
		}
		d, err := byKind[kind][0].decoder(described, documents)
		if err == nil {
			read(d)
			err = d.end()
		}
		if err != nil {
			return fmt.Errorf("%s: %w", kind, err)
		}
		return nil
	}
	steps := []struct {
		kind string
		read func(*decoder)
	}{
		{kindHead, func(d *decoder) { get(d, s) }},
		{kindShared, func(d *decoder) { readShared(d, shared) }},
		{kindOrganization, func(d *decoder) { get(d, &s.Organization) }},
		{kindDiagnostics, func(d *decoder) { get(d, &s.Diagnostics) }},
		{kindResources, func(d *decoder) { get(d, &s.Resources) }},
	}
	for _, step := range steps {
		if err := one(step.kind, step.read); err != nil {
			return nil, err
		}
	}
	return s, decodeAccounts(ctx, s, described, byKind[kindAccount], documents, shared, have)
}

// storedSchema reads the schema of a snapshot.
func storedSchema(parts []loaded) (*schema, error) {
	if len(parts) != 1 {
		return nil, fmt.Errorf("the snapshot has %d parts %q, want 1", len(parts), kindSchema)
	}
	if current, err := currentSchema(); err == nil && current.text == string(parts[0].data) {
		return current, nil
	}
	return parseSchema(string(parts[0].data), roots)
}

func decodeAccounts(ctx context.Context, s *iam.Snapshot, described *schema, parts []loaded, documents map[[sha256.Size]byte]*policy.Document, shared map[string]*iam.ManagedPolicy, have *readAlready) error {
	accounts := make([]*iam.Account, len(parts))
	err := parallel(ctx, len(parts), func(i int) error {
		if accounts[i] = have.account(parts[i]); accounts[i] != nil {
			return nil
		}
		d, err := parts[i].decoder(described, documents)
		if err == nil {
			d.shared = shared
			accounts[i], err = decodeAccount(d)
		}
		if err != nil {
			return fmt.Errorf("account %s: %w", parts[i].name, err)
		}
		return nil
	})
	if len(accounts) > 0 {
		s.Accounts = accounts
	}
	return err
}

func readShared(d *decoder, into map[string]*iam.ManagedPolicy) {
	var names []string
	get(d, &names)
	for i, m := range getList[iam.ManagedPolicy](d, len(names), nil) {
		into[names[i]] = m
	}
}

func (p loaded) decoder(described *schema, documents map[[sha256.Size]byte]*policy.Document) (*decoder, error) {
	var docs []*policy.Document
	for chunk := range slices.Chunk(p.digests, sha256.Size) {
		if len(chunk) != sha256.Size {
			return nil, errReference
		}
		doc, ok := documents[[sha256.Size]byte(chunk)]
		if !ok {
			return nil, fmt.Errorf("the document %s is missing", hex.EncodeToString(chunk))
		}
		docs = append(docs, doc)
	}
	return newDecoder(described, p.data, docs, p.positions), nil
}

// parallel runs f for 0 to n-1 on all cores. Of several errors it returns the
// one of the lowest number, so that a message does not depend on timing.
func parallel(ctx context.Context, n int, f func(i int) error) error {
	errs := make([]error, n)
	next := make(chan int)
	var group sync.WaitGroup
	for range min(n, runtime.GOMAXPROCS(0)) {
		group.Go(func() {
			for i := range next {
				errs[i] = f(i)
			}
		})
	}
	for i := 0; i < n && ctx.Err() == nil; i++ {
		next <- i
	}
	close(next)
	group.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return ctx.Err()
}
