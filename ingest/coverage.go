package ingest

import (
	"fmt"
	"slices"
	"strings"

	"accesspath/iam"
	"accesspath/ingest/gaad"
	"accesspath/ingest/internal/part"
	"accesspath/policy"
)

// accountFacts is what pages and declarations say about an account.
type accountFacts struct {
	lists      map[string]bool // of its pages
	pages      int
	truncated  bool // some page says that more follow
	complete   bool // some page says that it is the last
	boundaries bool // an export of it shows boundaries (GAAD-13)
	declared   iam.Coverage
	incomplete bool
}

// sees notes that an input about the account shows boundaries.
func (f *accountFacts) sees(p *part.Part) { f.boundaries = f.boundaries || p.Boundaries }

// pages settles which account each page is about: that of its entities, else
// that of the page before it in the same file (a last page may hold nothing
// but AWS's own policies), else the only account of all inputs.
func (b *builder) pages() {
	var homeless []part.Page
	var files []string // of homeless
	for _, p := range b.parts {
		var before []string
		for _, page := range p.Pages {
			if len(page.Accounts) == 0 {
				page.Accounts = before
			}
			before = page.Accounts
			if len(page.Accounts) == 0 {
				homeless = append(homeless, page)
				files = append(files, p.Source.Name)
				continue
			}
			b.page(p, page)
		}
	}
	if len(homeless) == 0 {
		return
	}
	id := b.onlyAccount()
	for i, page := range homeless {
		if id == "" {
			b.report(emptyExport(files[i]))
			continue
		}
		page.Accounts = []string{id}
		b.page(&part.Part{}, page)
	}
}

func (b *builder) page(p *part.Part, page part.Page) {
	for _, id := range page.Accounts {
		b.account(id, "")
		f := b.facts[id]
		if f.lists == nil {
			f.lists = map[string]bool{}
		}
		for _, l := range page.Lists {
			f.lists[l] = true
		}
		f.pages++
		f.truncated = f.truncated || page.Truncated
		f.complete = f.complete || !page.Truncated
		f.sees(p)
		f.incomplete = f.incomplete || p.Broken
	}
}

// onlyAccount is the account that facts without an owner belong to (IN-28,
// NAT-02): the caller's, if all inputs were made as one, else the only one.
func (b *builder) onlyAccount() string {
	var callers []string
	for _, p := range b.parts {
		if p.Caller != "" && !slices.Contains(callers, p.Caller) {
			callers = append(callers, p.Caller)
		}
	}
	if len(callers) == 1 {
		return callers[0]
	}
	if len(b.accounts) == 1 {
		for id := range b.accounts {
			return id
		}
	}
	return ""
}

// accountFacts applies what inputs declare of accounts as such.
func (b *builder) accountFacts() {
	for _, p := range b.parts {
		for _, d := range p.Accounts {
			a := b.account(d.ID, "")
			f := b.facts[d.ID]
			set(&a.Alias, d.Alias)
			set(&a.Name, d.Name)
			set(&a.Status, d.Status)
			set(&a.Partition, d.Partition)
			f.incomplete = f.incomplete || d.Incomplete
			for section, s := range d.Coverage {
				if f.declared == nil {
					f.declared = iam.Coverage{}
				}
				f.declared[section] = better(f.declared[section], s)
			}
		}
	}
}

func set(to *string, s string) {
	if s != "" {
		*to = s
	}
}

// better joins what two inputs know: something present beats none, and both
// beat not knowing.
func better(a, b iam.State) iam.State {
	if a == iam.Present || b == iam.Present {
		return iam.Present
	}
	return max(a, b)
}

// coverage settles, for each account, what is known (NAT-04). It never says
// KnownEmpty where a page is missing (GAAD-08) or where something refers to a
// kind that is not there at all (GAAD-22).
func (b *builder) coverage() {
	for _, a := range b.snap.Accounts {
		f := b.facts[a.ID]
		a.Incomplete = f.truncated && !f.complete || f.incomplete
		if a.Partition == "" {
			a.Partition = "aws"
		}
		if f.pages > 0 {
			b.gaadCoverage(a, f)
		}
		b.boundaryCoverage(a, f)
		for section, s := range f.declared {
			if s = better(a.Coverage[section], s); s != iam.Unknown { // a missing section is unknown
				a.Coverage[section] = s
			}
		}
		present(a, iam.SectionUsers, len(a.Users))
		present(a, iam.SectionGroups, len(a.Groups))
		present(a, iam.SectionPolicies, len(a.Policies))
		present(a, iam.SectionRoles, whole(a.Roles))
		if a.Incomplete {
			b.report(iam.Diagnostic{Severity: iam.Warning, Code: "incomplete-snapshot", Entity: a.ID,
				Message: "the last page of the account is missing; what is not there may still exist", Hint: "export it again without --max-items, or add the remaining pages"})
		}
	}
	for _, r := range b.snap.Resources {
		if a := b.accounts[r.Account]; a != nil {
			present(a, sectionOf(r), 1)
		}
	}
}

func sectionOf(r *iam.Resource) iam.Section {
	switch {
	case r.Type == "s3:bucket":
		return iam.SectionBuckets
	case r.Type == "kms:key":
		return iam.SectionKeys
	}
	return iam.SectionResources
}

func present(a *iam.Account, s iam.Section, n int) {
	if n > 0 {
		a.Coverage[s] = iam.Present
	}
}

func (b *builder) gaadCoverage(a *iam.Account, f *accountFacts) {
	refs := references(a)
	for _, k := range []struct {
		section iam.Section
		list    string
		n       int
	}{
		{iam.SectionUsers, gaad.Users, len(a.Users)},
		{iam.SectionGroups, gaad.Groups, len(a.Groups)},
		{iam.SectionRoles, gaad.Roles, whole(a.Roles)},
		{iam.SectionPolicies, gaad.Policies, len(a.Policies)},
	} {
		switch {
		case k.n > 0:
			a.Coverage[k.section] = iam.Present
		case refs[k.section] != "":
			b.report(iam.Diagnostic{Severity: iam.Warning, Code: "filtered-out", Entity: a.ID,
				Message: fmt.Sprintf("there are no %s, but %s: the export was filtered", k.section, refs[k.section]), Hint: "export the account again without --filter"})
		case !a.Incomplete:
			a.Coverage[k.section] = iam.KnownEmpty
			if !f.lists[k.list] {
				b.report(iam.Diagnostic{Severity: iam.Note, Code: "list-absent", Entity: a.ID, Message: "the export has no " + k.list + ", which is read as an empty one"})
			}
		}
	}
}

func whole(roles []*iam.Role) int {
	n := 0
	for _, r := range roles {
		if !r.Partial {
			n++
		}
	}
	return n
}

// boundaryCoverage: no boundary in sight means none only if the export is known
// to show them (GAAD-13).
func (b *builder) boundaryCoverage(a *iam.Account, f *accountFacts) {
	switch {
	case f.boundaries || showsBoundary(a):
		a.Coverage[iam.SectionBoundaries] = iam.Present
	case len(a.Users)+len(a.Roles) == 0 && !a.Incomplete && a.Coverage[iam.SectionUsers] == iam.KnownEmpty && a.Coverage[iam.SectionRoles] == iam.KnownEmpty:
		a.Coverage[iam.SectionBoundaries] = iam.KnownEmpty
	}
}

func showsBoundary(a *iam.Account) bool {
	return slices.ContainsFunc(a.Users, func(u *iam.User) bool { return u.Boundary != nil }) ||
		slices.ContainsFunc(a.Roles, func(r *iam.Role) bool { return r.Boundary != nil })
}

// references finds, for each kind, a sign that the account has some: somebody
// who refers to one, or attachments of a policy that are not here.
func references(a *iam.Account) map[iam.Section]string {
	refs := map[iam.Section]string{}
	note := func(s iam.Section, sign string) {
		if refs[s] == "" {
			refs[s] = sign
		}
	}
	attached := map[string]int{}
	entity := func(e *iam.Entity) {
		for _, at := range e.Attached {
			attached[at.ARN]++
			if p, _ := policy.ParseARN(at.ARN); p.Account == a.ID && p.Service == "iam" {
				note(iam.SectionPolicies, e.ARN+" has one attached")
			}
		}
	}
	for _, u := range a.Users {
		entity(&u.Entity)
		if len(u.GroupNames) > 0 {
			note(iam.SectionGroups, u.ARN+" is in one")
		}
	}
	for _, g := range a.Groups {
		entity(&g.Entity)
	}
	for _, r := range a.Roles {
		entity(&r.Entity)
		if r.Trust.Document == nil {
			continue
		}
		for _, arn := range namedIn(r.Trust.Document, a.ID) {
			if strings.HasPrefix(arn.Resource, "user/") {
				note(iam.SectionUsers, r.ARN+" trusts one")
			} else {
				note(iam.SectionRoles, r.ARN+" trusts one")
			}
		}
	}
	for _, p := range a.InstanceProfiles {
		if p.Role != "" {
			note(iam.SectionRoles, p.ARN+" has one")
		}
	}
	for _, p := range a.Policies {
		if n := attached[p.ARN]; n < p.AttachmentCount {
			sign := fmt.Sprintf("%s is attached %d times, of which %d are here", p.ARN, p.AttachmentCount, n)
			note(iam.SectionUsers, sign)
			note(iam.SectionGroups, sign)
			note(iam.SectionRoles, sign)
		}
	}
	return refs
}

// namedIn lists users and roles of the account that a document names. IAM
// replaces the name of a deleted one by its unique id, so a name is proof.
func namedIn(d *policy.Document, account string) []policy.ARN {
	var out []policy.ARN
	for i := range d.Statements {
		for _, p := range d.Statements[i].Principal {
			arn, ok := p.ARN()
			if ok && arn.Service == "iam" && arn.Account == account && (strings.HasPrefix(arn.Resource, "user/") || strings.HasPrefix(arn.Resource, "role/")) {
				out = append(out, arn)
			}
		}
	}
	return out
}
