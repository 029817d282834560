package ingest

import (
	"cmp"
	"context"
	"slices"
	"sync"

	"accesspath/iam"
	"accesspath/ingest/internal/part"
	"accesspath/ingest/internal/scan"
)

// An organization is exported account by account, and from one day to the next few
// of its accounts change. What an export says can be told from the snapshot that
// was made of it: the entities of its account that stand in it, without what
// merging found out about them. So of an earlier snapshot those exports are taken
// over whose bytes are still the same, and everything is merged again as if they
// had been read: only reading is spared, and nothing that merging decides.

// exports lists the inputs that can be told from the merged snapshot: exports of
// one account of which every entity stands in no other input.
func (b *builder) exports() []*iam.Export {
	if slices.ContainsFunc(b.parts, func(p *part.Part) bool { return p.Layer > part.Exported }) {
		return nil // what is laid over entities changes them
	}
	plain := make([]string, len(b.parts)) // accounts
	said := map[string]*listed{}          // by account: of all inputs
	profiles := map[string]int{}          // by account: of plain exports that have any
	for i, p := range b.parts {
		plain[i] = plainAccount(p)
		count(p, plain[i], said)
		if plain[i] != "" && len(p.Profiles) > 0 {
			profiles[plain[i]]++
		}
	}
	var out []*iam.Export
	for i, p := range b.parts {
		id := plain[i]
		if id == "" || said[id].mixed || *said[id] != listedIn(b.accounts[id]) || profiles[id] > 1 || !inPlace(p) {
			continue
		}
		out = append(out, exportOf(p, id))
	}
	slices.SortFunc(out, func(x, y *iam.Export) int { return cmp.Compare(x.Source, y.Source) })
	return out
}

// inPlace reports whether the lists of a part are in the order of the places in its
// file, as what is told from a snapshot is. Order shows: what comes first gives the
// account its partition, and of many conflicts the first are reported.
func inPlace(p *part.Part) bool {
	return ascending(p.Users, placeOfUser) && ascending(p.Groups, placeOfGroup) && ascending(p.Roles, placeOfRole) && ascending(p.Policies, placeOfPolicy)
}

func ascending[T any](list []T, place func(T) iam.Origin) bool {
	for i := 1; i < len(list); i++ {
		if comparePlaces(place(list[i-1]), place(list[i])) >= 0 {
			return false
		}
	}
	return true
}

func comparePlaces(a, b iam.Origin) int {
	return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
}

func placeOfUser(u *iam.User) iam.Origin            { return u.Origin }
func placeOfGroup(g *iam.Group) iam.Origin          { return g.Origin }
func placeOfRole(r *iam.Role) iam.Origin            { return r.Origin }
func placeOfPolicy(m *iam.ManagedPolicy) iam.Origin { return m.Origin }

// listed counts entities of one account.
type listed struct {
	users, groups, roles, policies, profiles int
	mixed                                    bool // some stand in an input that is no plain export
}

func listedIn(a *iam.Account) listed {
	return listed{users: len(a.Users), groups: len(a.Groups), roles: len(a.Roles), policies: len(a.Policies), profiles: len(a.InstanceProfiles)}
}

// count adds the entities of a part to those of their accounts; plain is its
// plainAccount.
func count(p *part.Part, plain string, into map[string]*listed) {
	of := func(account string) *listed {
		l := into[account]
		if l == nil {
			l = &listed{}
			into[account] = l
		}
		l.mixed = l.mixed || plain == ""
		return l
	}
	if plain != "" {
		of(plain)
	}
	for _, u := range p.Users {
		of(u.Account).users++
	}
	for _, g := range p.Groups {
		of(g.Account).groups++
	}
	for _, r := range p.Roles {
		of(r.Account).roles++
	}
	for _, m := range p.Policies {
		of(m.Account).policies++
	}
	for _, i := range p.Profiles {
		of(i.Account).profiles++
	}
}

// plainAccount is the account that a part is a whole export of, and of nothing
// else; "" if it is anything else.
func plainAccount(p *part.Part) string {
	if p.Source.Format != "gaad" || p.Source.Name == "-" || p.Broken || p.Native || !p.AsOf.IsZero() || p.Finish != nil || len(p.Pages) == 0 || len(p.Pages[0].Accounts) != 1 ||
		len(p.Accounts)+len(p.Callers)+len(p.Credentials)+len(p.Uses)+len(p.IdentityCenter)+len(p.Resources)+len(p.Trusted)+len(p.Recorded)+
			len(p.Change.Edits)+len(p.Change.Onlys)+len(p.Change.Removed)+len(p.Change.Detached) > 0 || p.Org.Used() {
		return ""
	}
	id := p.Pages[0].Accounts[0]
	other := func(account string) bool { return account != id }
	whole := func(e *iam.Entity) bool { return e.Account == id && !e.Partial && e.Origin.File == p.Source.Name }
	if slices.ContainsFunc(p.Pages, func(g part.Page) bool { return len(g.Accounts) != 1 || other(g.Accounts[0]) }) ||
		slices.ContainsFunc(p.Users, func(u *iam.User) bool { return !whole(&u.Entity) }) ||
		slices.ContainsFunc(p.Groups, func(g *iam.Group) bool { return !whole(&g.Entity) }) ||
		slices.ContainsFunc(p.Roles, func(r *iam.Role) bool { return !whole(&r.Entity) }) ||
		slices.ContainsFunc(p.Policies, func(m *iam.ManagedPolicy) bool {
			return other(m.Account) && m.Account != "aws" || m.Origin.File != p.Source.Name
		}) ||
		slices.ContainsFunc(p.Profiles, func(i *iam.InstanceProfile) bool { return other(i.Account) }) {
		return ""
	}
	return id
}

func exportOf(p *part.Part, account string) *iam.Export {
	x := &iam.Export{Source: p.Source.Name, Account: account, Boundaries: p.Boundaries, Users: len(p.Users), Groups: len(p.Groups), Roles: len(p.Roles),
		Profiles: len(p.Profiles), Diagnostics: p.Diagnostics}
	for _, g := range p.Pages {
		x.Pages = append(x.Pages, iam.ExportPage{Lists: g.Lists, Truncated: g.Truncated})
	}
	for _, m := range p.Policies {
		if m.Account == "aws" {
			x.Shared = append(x.Shared, m)
		} else {
			x.Policies++
		}
	}
	return x
}

// An Earlier snapshot is one of which Read takes over what it need not read.
type Earlier struct {
	// Snapshot is not changed, and what Read returns shares documents and texts
	// with it.
	Snapshot *iam.Snapshot
	// Exports are what ReadExports gave with the snapshot.
	Exports []*iam.Export
	// Unchanged are the sources of the snapshot that have the same bytes now, by
	// name; see Unchanged.
	Unchanged map[string]iam.Source
}

// Unchanged lists those sources that are in the list with the same bytes, by
// name. What cannot be read counts as changed. Each source is opened, besides once
// more by Read: a pipe must not be among them.
func Unchanged(ctx context.Context, sources []Source, before []iam.Source, o Options) map[string]iam.Source {
	known := make(map[string]iam.Source, len(before))
	for _, s := range before {
		if other, ok := known[s.Name]; ok && other != s {
			s = iam.Source{Name: s.Name} // a snapshot among the inputs was made from another file of that name: no bytes are these
		}
		known[s.Name] = s
	}
	same := make([]bool, len(sources))
	next := make(chan int)
	var group sync.WaitGroup
	for range o.workers(len(sources)) {
		group.Go(func() {
			for i := range next {
				sum, size, err := digestOf(ctx, sources[i], o)
				was := known[sources[i].Name]
				same[i] = err == nil && was.SHA256 == sum && was.Bytes == size
			}
		})
	}
	for i, s := range sources {
		if _, ok := known[s.Name]; ok && s.Name != "-" && ctx.Err() == nil {
			next <- i
		}
	}
	close(next)
	group.Wait()
	out := map[string]iam.Source{}
	for i, s := range sources {
		if same[i] {
			out[s.Name] = known[s.Name]
		}
	}
	return out
}

// digestOf is the digest of a source and its size, as Source has them.
func digestOf(ctx context.Context, s Source, o Options) (sum string, size int64, err error) {
	in, err := open(ctx, s)
	if err != nil {
		return "", 0, err
	}
	defer func() { _ = in.Close() }() // it was only read
	r, err := scan.Open(scan.Cancelable(ctx, in), scan.Limits{MaxBytes: o.MaxBytes, MaxRatio: o.MaxRatio})
	if err != nil {
		return "", 0, err
	}
	defer r.Close()
	return r.Sum()
}

// recall finds the exports of an earlier snapshot that are unchanged.
type recall struct {
	exports  map[string]*iam.Export // by name
	accounts map[string]*iam.Account
	sources  map[string]iam.Source
}

func newRecall(e *Earlier) *recall {
	r := &recall{exports: map[string]*iam.Export{}, accounts: map[string]*iam.Account{}}
	if e == nil {
		return r
	}
	r.sources = e.Unchanged
	for _, a := range e.Snapshot.Accounts {
		r.accounts[a.ID] = a
	}
	for _, x := range e.Exports {
		if _, ok := e.Unchanged[x.Source]; ok && r.accounts[x.Account] != nil {
			r.exports[x.Source] = x
		}
	}
	return r
}

// unit is what a unit of sources said when it was read; nil if it has to be read.
func (r *recall) unit(u unitOf) *part.Part {
	if u.dir != "" {
		return nil
	}
	return r.part(u.sources[0].Name)
}

// part is what a source said when it was read; nil if it has to be read.
func (r *recall) part(name string) *part.Part {
	x := r.exports[name]
	if x == nil {
		return nil
	}
	a := r.accounts[x.Account]
	p := &part.Part{Source: r.sources[name], Boundaries: x.Boundaries, Diagnostics: slices.Clone(x.Diagnostics)}
	for _, g := range x.Pages {
		page := part.Page{Lists: g.Lists, Truncated: g.Truncated}
		page.AddAccount(x.Account)
		p.Pages = append(p.Pages, page)
	}
	p.Users = unmerged(a.Users, name, placeOfUser, unmergedUser)
	p.Groups = unmerged(a.Groups, name, placeOfGroup, unmergedGroup)
	p.Roles = unmerged(a.Roles, name, placeOfRole, unmergedRole)
	p.Policies = unmerged(a.Policies, name, placeOfPolicy, func(m *iam.ManagedPolicy) *iam.ManagedPolicy { return m })
	if x.Profiles > 0 { // no other export of the account has any
		for _, i := range a.InstanceProfiles {
			c := *i
			p.Profiles = append(p.Profiles, &c)
		}
	}
	if len(p.Users) != x.Users || len(p.Groups) != x.Groups || len(p.Roles) != x.Roles || len(p.Policies) != x.Policies || len(p.Profiles) != x.Profiles {
		return nil
	}
	p.Policies = append(p.Policies, x.Shared...)
	sortByPlace(p.Policies, placeOfPolicy)
	return p
}

// unmerged copies what a file said, in its order: merging changes entities, and
// layers change lists in place.
func unmerged[T any](list []*T, file string, place func(*T) iam.Origin, copied func(*T) *T) []*T {
	var out []*T
	for _, e := range list {
		if place(e).File == file {
			out = append(out, copied(e))
		}
	}
	sortByPlace(out, place)
	return out
}

func sortByPlace[T any](list []T, place func(T) iam.Origin) {
	slices.SortStableFunc(list, func(x, y T) int { return comparePlaces(place(x), place(y)) })
}

func unmergedUser(u *iam.User) *iam.User {
	c := *u
	c.Groups, c.Credentials, c.Used = nil, nil, nil
	c.GroupNames = slices.Clone(u.GroupNames)
	unresolve(&c.Entity)
	return &c
}

func unmergedGroup(g *iam.Group) *iam.Group {
	c := *g
	unresolve(&c.Entity)
	return &c
}

func unmergedRole(r *iam.Role) *iam.Role {
	c := *r
	c.InstanceProfiles, c.Used = nil, nil
	unresolve(&c.Entity)
	return &c
}

// unresolve gives an entity lists of its own, with attachments that point to no
// policy yet.
func unresolve(e *iam.Entity) {
	e.Inline = slices.Clone(e.Inline)
	list := make([]iam.Attachment, len(e.Attached))
	attached := e.Attached
	if attached != nil {
		e.Attached = make([]*iam.Attachment, len(attached))
	}
	for i, a := range attached {
		list[i] = *a
		list[i].Policy = nil
		e.Attached[i] = &list[i]
	}
	if e.Boundary != nil {
		b := *e.Boundary
		b.Policy = nil
		e.Boundary = &b
	}
}

// keepDocuments makes texts that are read again the documents that the snapshot
// has already: equal documents of one snapshot are one.
func (e *Earlier) keepDocuments(docs *scan.Documents) {
	if e == nil {
		return
	}
	policies := func(list []*iam.Policy) {
		for _, p := range list {
			docs.Keep(p.Document)
		}
	}
	managed := func(list []*iam.ManagedPolicy) {
		for _, m := range list {
			for _, v := range m.Versions {
				docs.Keep(v.Document)
			}
		}
	}
	for _, a := range e.Snapshot.Accounts {
		for _, u := range a.Users {
			policies(u.Inline)
		}
		for _, g := range a.Groups {
			policies(g.Inline)
		}
		for _, r := range a.Roles {
			policies(r.Inline)
			docs.Keep(r.Trust.Document)
		}
		managed(a.Policies)
	}
	for _, x := range e.Exports {
		managed(x.Shared)
	}
	for _, r := range e.Snapshot.Resources {
		if r.Policy != nil {
			docs.Keep(r.Policy.Document)
		}
	}
	if o := e.Snapshot.Organization; o != nil {
		for _, n := range o.Nodes {
			policies(n.SCPs)
			policies(n.RCPs)
		}
	}
}
