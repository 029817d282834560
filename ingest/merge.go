package ingest

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"accesspath/iam"
	"accesspath/ingest/internal/part"
	"accesspath/ingest/internal/scan"
	"accesspath/policy"
)

// builder merges parts. Maps are for lookups only: everything that shows in
// the snapshot or in a diagnostic goes through a sorted list.
type builder struct {
	o     Options
	snap  *iam.Snapshot
	parts []*part.Part
	sinks map[string]*scan.File // by file, for diagnostics about the whole

	accounts map[string]*iam.Account
	facts    map[string]*accountFacts
	users    map[string]held[*iam.User]
	groups   map[string]held[*iam.Group]
	roles    map[string]held[*iam.Role]
	policies map[string]held[*iam.ManagedPolicy]
	profiles map[string]held[*iam.InstanceProfile]
	byName   map[string]string // lower-case ARN to ARN (GAAD-11)

	resources map[string]*heldResource
	homes     *homes
	overlaid  map[string]bool // ARNs of carriers of an export over which something was laid
}

// held is an entity and the part it came from.
type held[T any] struct {
	entity T
	from   *part.Part
	place  iam.Origin // of what has no Origin of its own
}

// merge makes one snapshot, snap, of parts in their final order.
func merge(ctx context.Context, parts []*part.Part, o Options) (*builder, error) {
	var n listed // at most, as far as the parts say now
	for _, p := range parts {
		n.users, n.groups, n.roles = n.users+len(p.Users), n.groups+len(p.Groups), n.roles+len(p.Roles)
		n.policies, n.profiles = n.policies+len(p.Policies), n.profiles+len(p.Profiles)
	}
	b := &builder{
		o: o, parts: parts, snap: &iam.Snapshot{}, sinks: map[string]*scan.File{},
		accounts: map[string]*iam.Account{}, facts: map[string]*accountFacts{}, byName: make(map[string]string, n.users+n.groups+n.roles+n.policies),
		users: make(map[string]held[*iam.User], n.users), groups: make(map[string]held[*iam.Group], n.groups), roles: make(map[string]held[*iam.Role], n.roles),
		policies: map[string]held[*iam.ManagedPolicy]{}, profiles: make(map[string]held[*iam.InstanceProfile], n.profiles), resources: map[string]*heldResource{},
		overlaid: map[string]bool{},
	}
	b.layers()
	if !slices.ContainsFunc(b.parts, (*part.Part).Used) { // what waited for its account found none
		return nil, nothing(b.parts, nil)
	}
	for _, p := range b.parts {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		b.add(p)
	}
	fill := func() { b.fill(ctx) }
	for _, step := range []func(){b.edits, b.pages, b.accountFacts, b.credentials, b.uses, b.organization, b.identityCenter, b.mergeResources,
		fill, b.carried, b.resolve, b.misplaced, b.coverage, b.diagnostics, b.snap.Sort} {
		if step(); ctx.Err() != nil {
			return nil, ctx.Err()
		}
	}
	if b.vain() {
		return nil, nothing(b.parts, b.snap.Diagnostics)
	}
	return b, nil
}

// vain reports whether nothing came of what was read: facts of accounts that no input names.
// "Nobody" would be the answer to any question.
func (b *builder) vain() bool {
	s := b.snap
	return len(s.Accounts)+len(s.Resources)+len(s.Trusted) == 0 && s.Organization == nil && s.IdentityCenter == nil &&
		!slices.ContainsFunc(b.parts, func(p *part.Part) bool {
			return p.Native || len(p.Recorded)+len(p.Policies)+len(p.Change.Edits)+len(p.Change.Removed)+len(p.Change.Detached) > 0
		})
}

func (b *builder) add(p *part.Part) {
	switch {
	case len(p.Recorded) > 0:
		b.snap.Sources = append(b.snap.Sources, p.Recorded...) // the file only carries what those said
	case p.Source.Format != "":
		b.snap.Sources = append(b.snap.Sources, p.Source)
	}
	if p.AsOf.After(b.snap.AsOf) {
		b.snap.AsOf = p.AsOf
	}
	for _, u := range p.Users {
		b.addUser(u, p)
		b.account(u.Account, u.ARN)
		b.facts[u.Account].sees(p)
	}
	for _, g := range p.Groups {
		b.addGroup(g, p)
		b.account(g.Account, g.ARN)
	}
	for _, r := range p.Roles {
		b.addRole(r, p)
		b.account(r.Account, r.ARN)
		b.facts[r.Account].sees(p)
	}
	for _, m := range p.Policies {
		b.addPolicy(m, p)
		if m.Account != "aws" {
			b.account(m.Account, m.ARN)
		}
	}
	for _, i := range p.Profiles {
		b.addProfile(i, p)
	}
	b.snap.Trusted = append(b.snap.Trusted, p.Trusted...)
}

func (b *builder) addProfile(i *iam.InstanceProfile, p *part.Part) {
	old, ok := b.profiles[i.ARN]
	take := !ok || old.entity.Role == "" || p.Layer > part.Exported
	if !take && i.Role != "" && i.Role != old.entity.Role {
		c := contest{b: b, entity: i.ARN, was: readingOf(old.from, iam.Origin{}), is: readingOf(p, iam.Origin{})}
		take = c.differ("role")
	}
	if take {
		b.profiles[i.ARN] = held[*iam.InstanceProfile]{entity: i, from: p}
	}
}

// account returns the account with that id, and makes it.
func (b *builder) account(id, arn string) *iam.Account {
	if a := b.accounts[id]; a != nil {
		if a.Partition == "" {
			a.Partition = partition(arn)
		}
		return a
	}
	a := &iam.Account{ID: id, Partition: partition(arn), Coverage: iam.Coverage{}}
	b.accounts[id] = a
	b.facts[id] = &accountFacts{}
	return a
}

func partition(arn string) string {
	a, _ := policy.ParseARN(arn)
	return a.Partition
}

// unique reports names that differ by case only, which IAM does not allow
// (GAAD-11): something renamed them, and policies may mean either.
func (b *builder) unique(arn string, place iam.Origin) {
	lower := strings.ToLower(arn)
	switch other, ok := b.byName[lower]; {
	case !ok:
		b.byName[lower] = arn
	case other != arn:
		b.report(iam.Diagnostic{Severity: iam.Warning, Code: "name-case", Origin: place, Entity: arn,
			Message: fmt.Sprintf("differs from %s by case only; IAM has no two such names, both are kept", scan.Clip(other))})
	}
}

// report keeps a diagnostic that came up while merging; the cap for one code
// holds for each file.
func (b *builder) report(d iam.Diagnostic) {
	sink := b.sinks[d.Origin.File]
	if sink == nil {
		most := b.o.MaxDiagnostics
		if most <= 0 {
			most = 100
		}
		sink = scan.NewFile(d.Origin.File, nil, most)
		b.sinks[d.Origin.File] = sink
	}
	sink.Report(d)
}

func (b *builder) diagnostics() {
	for _, p := range b.parts {
		b.snap.Diagnostics = append(b.snap.Diagnostics, p.Diagnostics...)
	}
	for _, name := range slices.Sorted(maps.Keys(b.sinks)) {
		b.snap.Diagnostics = append(b.snap.Diagnostics, b.sinks[name].Diagnostics()...)
	}
	// A native snapshot records its diagnostics, and merging finds some again.
	seen := make(map[iam.Diagnostic]bool, len(b.snap.Diagnostics))
	b.snap.Diagnostics = slices.DeleteFunc(b.snap.Diagnostics, func(d iam.Diagnostic) bool {
		again := seen[d]
		seen[d] = true
		return again
	})
}

// fill moves what was merged into the accounts, sorted; not all of it if ctx is done.
func (b *builder) fill(ctx context.Context) {
	sorts := [...]<-chan []string{sorting(b.users), sorting(b.groups), sorting(b.roles), sorting(b.policies), sorting(b.profiles)}
	users, groups, roles, policies, profiles := <-sorts[0], <-sorts[1], <-sorts[2], <-sorts[3], <-sorts[4]
	if ctx.Err() != nil {
		return
	}
	var comparing sync.WaitGroup
	comparing.Go(func() { b.uniques(users, groups, roles, policies) })
	for _, arn := range users {
		u := b.users[arn].entity
		b.accounts[u.Account].Users = append(b.accounts[u.Account].Users, u)
	}
	for _, arn := range groups {
		g := b.groups[arn].entity
		b.accounts[g.Account].Groups = append(b.accounts[g.Account].Groups, g)
	}
	for _, arn := range roles {
		r := b.roles[arn].entity
		r.InstanceProfiles = nil
		b.accounts[r.Account].Roles = append(b.accounts[r.Account].Roles, r)
	}
	for _, arn := range policies {
		if m := b.policies[arn].entity; m.Account != "aws" {
			b.accounts[m.Account].Policies = append(b.accounts[m.Account].Policies, m)
		}
	}
	comparing.Wait() // what follows reports as well
	for _, arn := range profiles {
		p := b.profiles[arn].entity
		a := b.account(p.Account, p.ARN)
		a.InstanceProfiles = append(a.InstanceProfiles, p)
		if r, ok := b.roles[p.Role]; ok {
			r.entity.InstanceProfiles = append(r.entity.InstanceProfiles, p)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(b.accounts)) {
		b.snap.Accounts = append(b.snap.Accounts, b.accounts[id])
		b.fillLists(b.accounts[id], &b.facts[id].lists)
		if !policy.IsAccountID(id) {
			b.oddAccount(b.accounts[id])
		}
	}
	b.snap.Trusted = slices.CompactFunc(sortedTrusted(b.snap.Trusted), func(x, y iam.TrustedAccount) bool { return x.ID == y.ID })
}

// uniques reports names that differ by case only, of all that have a name. It
// changes nothing else.
func (b *builder) uniques(users, groups, roles, policies []string) {
	for _, arn := range users {
		b.unique(arn, b.users[arn].entity.Origin)
	}
	for _, arn := range groups {
		b.unique(arn, b.groups[arn].entity.Origin)
	}
	for _, arn := range roles {
		b.unique(arn, b.roles[arn].entity.Origin)
	}
	for _, arn := range policies {
		if m := b.policies[arn].entity; m.Account != "aws" {
			b.unique(arn, m.Origin)
		}
	}
}

// sorting begins to sort the names of a map, which nobody changes meanwhile. They
// come once.
func sorting[T any](named map[string]T) <-chan []string {
	out := make(chan []string, 1)
	go func() {
		names := make([]string, 0, len(named))
		for name := range named {
			names = append(names, name)
		}
		slices.Sort(names)
		out <- names
	}()
	return out
}

// oddAccount reports an account that cannot exist, at one of its entities.
func (b *builder) oddAccount(a *iam.Account) {
	d := iam.Diagnostic{Severity: iam.Warning, Code: "account-id", Entity: a.ID,
		Message: fmt.Sprintf("%q is no account id of twelve digits; it is kept as an account of that name", scan.Clip(a.ID))}
	switch {
	case len(a.Users) > 0:
		d.Entity, d.Origin = a.Users[0].ARN, a.Users[0].Origin
	case len(a.Groups) > 0:
		d.Entity, d.Origin = a.Groups[0].ARN, a.Groups[0].Origin
	case len(a.Roles) > 0:
		d.Entity, d.Origin = a.Roles[0].ARN, a.Roles[0].Origin
	case len(a.Policies) > 0:
		d.Entity, d.Origin = a.Policies[0].ARN, a.Policies[0].Origin
	}
	b.report(d)
}

func sortedTrusted(t []iam.TrustedAccount) []iam.TrustedAccount {
	slices.SortStableFunc(t, func(x, y iam.TrustedAccount) int { return cmp.Compare(x.ID, y.ID) })
	return t
}
