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
	pageLists  map[string]bool // lists that its pages have
	pages      int
	truncated  bool // some page says that more follow
	complete   bool // some page says that it is the last
	boundaries bool // an export of it shows boundaries (GAAD-13)
	declared   iam.Coverage
	nobody     bool // a snapshot of ours has no user and no role of it, and so no boundary
	incomplete bool
	managed    iam.Origin // of something that only Terraform or a template states
	exported   bool       // a snapshot of ours has something of it
	lists      accountLists
}

// sees notes that an input about the account shows boundaries, and of which
// layer it is.
func (f *accountFacts) sees(p *part.Part) {
	f.exported = f.exported || p.Native
	if p.Layer == part.Exported {
		f.boundaries = f.boundaries || p.Boundaries
		return
	}
	if f.managed.File == "" {
		f.managed = iam.Origin{File: p.Source.Name}
	}
}

// partly reports whether Terraform or a template is all that is known of the
// account, which does not know what was made by other means.
func (f *accountFacts) partly() bool { return f.managed.File != "" && !f.exported && f.pages == 0 }

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
		if f.pageLists == nil {
			f.pageLists = map[string]bool{}
		}
		for _, l := range page.Lists {
			f.pageLists[l] = true
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
	var callers single
	for _, p := range b.parts {
		callers.addAll(p.Callers)
	}
	if id := callers.id(); id != "" {
		return id
	}
	if len(b.accounts) == 1 && len(callers.all) == 0 {
		for id := range b.accounts {
			return id
		}
	}
	return ""
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
		a.Incomplete = f.truncated && !f.complete || f.incomplete || f.partly()
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
		for section, n := range map[iam.Section]int{iam.SectionOIDC: len(a.OIDC), iam.SectionSAML: len(a.SAML), iam.SectionCertificates: len(a.Certificates),
			iam.SectionCompute: len(a.Compute), iam.SectionPools: len(a.Pools), iam.SectionAnchors: len(a.Anchors) + len(a.Profiles)} {
			if a.Coverage[section] == iam.KnownEmpty && n > 0 { // the last page of a list may be empty
				a.Coverage[section] = iam.Present
			}
		}
		if f.nobody && len(a.Users)+len(a.Roles) == 0 && a.Coverage[iam.SectionBoundaries] == iam.Unknown {
			a.Coverage[iam.SectionBoundaries] = iam.KnownEmpty
		}
		if b.said(filteredOut, a.ID) {
			doubt(a)
		}
		present(a, iam.SectionUsers, wholeUsers(a.Users))
		present(a, iam.SectionGroups, len(a.Groups))
		present(a, iam.SectionPolicies, len(a.Policies))
		present(a, iam.SectionRoles, wholeRoles(a.Roles))
		credentialCoverage(a)
		switch {
		case f.partly():
			b.report(iam.Diagnostic{Severity: iam.Note, Code: "managed-only", Origin: f.managed, Entity: a.ID,
				Message: "of this account only what Terraform or CloudFormation states is here; what was made by other means may exist too",
				Hint:    "add the output of aws iam get-account-authorization-details: the plan is then laid over it"})
		case a.Incomplete && !b.said("managed-only", a.ID):
			b.report(iam.Diagnostic{Severity: iam.Warning, Code: "incomplete-snapshot", Entity: a.ID,
				Message: "a page of the account is missing, or something that could not be read; what is not there may still exist", Hint: "export it again without --max-items, or add the remaining pages"})
		}
	}
	for _, r := range b.snap.Resources {
		if a := b.accounts[r.Account]; a != nil {
			present(a, sectionOf(r), 1)
		}
	}
}

// said reports whether an input says something of an entity already: a native
// snapshot records what was found when it was made.
func (b *builder) said(code, entity string) bool {
	return slices.ContainsFunc(b.parts, func(p *part.Part) bool {
		return p.Native && slices.ContainsFunc(p.Diagnostics, func(d iam.Diagnostic) bool { return d.Code == code && d.Entity == entity })
	})
}

// filteredOut is the code of what is said of an account that refers to a kind of which
// nothing is there (GAAD-22).
const filteredOut = "filtered-out"

// doubt takes back that an account has none of a kind that it refers to: of the
// snapshots that are merged one had nothing that refers to it.
func doubt(a *iam.Account) {
	for section := range references(a) {
		if a.Coverage[section] == iam.KnownEmpty {
			delete(a.Coverage, section) // a missing section is unknown
		}
	}
}

// credentialCoverage: without a credential report, credentials and devices are
// known if they were listed for every user.
func credentialCoverage(a *iam.Account) {
	if a.Coverage[iam.SectionUsers] != iam.Present || wholeUsers(a.Users) < len(a.Users) {
		return
	}
	every := func(known func(c *iam.Credentials) bool) bool {
		return !slices.ContainsFunc(a.Users, func(u *iam.User) bool { return u.Credentials == nil || !known(u.Credentials) })
	}
	if every(func(c *iam.Credentials) bool { return c.Keys != iam.Unknown && c.Password != iam.Unknown }) {
		a.Coverage[iam.SectionCredentials] = iam.Present
	}
	if every(func(c *iam.Credentials) bool { return c.MFA != iam.Unknown }) {
		a.Coverage[iam.SectionMFA] = iam.Present
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
		{iam.SectionUsers, gaad.Users, wholeUsers(a.Users)},
		{iam.SectionGroups, gaad.Groups, len(a.Groups)},
		{iam.SectionRoles, gaad.Roles, wholeRoles(a.Roles)},
		{iam.SectionPolicies, gaad.Policies, len(a.Policies)},
	} {
		switch {
		case k.n > 0:
			a.Coverage[k.section] = iam.Present
		case refs[k.section] != "":
			b.report(iam.Diagnostic{Severity: iam.Warning, Code: filteredOut, Entity: a.ID,
				Message: fmt.Sprintf("there are no %s, but %s: the export was filtered", k.section, refs[k.section]), Hint: "export the account again without --filter"})
		case !a.Incomplete:
			a.Coverage[k.section] = iam.KnownEmpty
			if !f.pageLists[k.list] {
				b.report(iam.Diagnostic{Severity: iam.Note, Code: "list-absent", Entity: a.ID, Message: "the export has no " + k.list + ", which is read as an empty one"})
			}
		}
	}
}

func wholeUsers(users []*iam.User) int {
	n := 0
	for _, u := range users {
		if !u.Partial {
			n++
		}
	}
	return n
}

func wholeRoles(roles []*iam.Role) int {
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
// What is laid over an export tells of itself only.
func (b *builder) boundaryCoverage(a *iam.Account, f *accountFacts) {
	switch {
	case f.boundaries || f.partly() || b.showsBoundary(a):
		a.Coverage[iam.SectionBoundaries] = iam.Present
	case len(a.Users)+len(a.Roles) == 0 && !a.Incomplete && a.Coverage[iam.SectionUsers] == iam.KnownEmpty && a.Coverage[iam.SectionRoles] == iam.KnownEmpty:
		a.Coverage[iam.SectionBoundaries] = iam.KnownEmpty
	}
}

func (b *builder) showsBoundary(a *iam.Account) bool {
	return slices.ContainsFunc(a.Users, func(u *iam.User) bool { return u.Boundary != nil && !b.isLaid(b.users[u.ARN].from) }) ||
		slices.ContainsFunc(a.Roles, func(r *iam.Role) bool { return r.Boundary != nil && !b.isLaid(b.roles[r.ARN].from) })
}

func (b *builder) isLaid(p *part.Part) bool { return p != nil && p.Layer > part.Exported }

// signs say, for each kind of thing, why an account has some: the first sign that was met.
type signs map[iam.Section]string

func (s signs) note(section iam.Section, sign string) {
	if s[section] == "" {
		s[section] = sign
	}
}

// references finds, for each kind, a sign that the account has some: somebody
// who refers to one, or attachments of a policy that are not here.
func references(a *iam.Account) signs {
	out := signs{}
	attached := map[string]int{}
	for e := range a.Entities() {
		for _, at := range e.Attached {
			attached[at.ARN]++
			if p, _ := policy.ParseARN(at.ARN); p.Account == a.ID && p.Service == "iam" {
				out.note(iam.SectionPolicies, e.ARN+" has one attached")
			}
		}
	}
	for _, u := range a.Users {
		if len(u.GroupNames) > 0 {
			out.note(iam.SectionGroups, u.ARN+" is in one")
		}
	}
	for _, r := range a.Roles {
		out.readTrust(r)
	}
	for _, p := range a.InstanceProfiles {
		if p.Role != "" {
			out.note(iam.SectionRoles, p.ARN+" has one")
		}
	}
	for _, p := range a.Policies {
		if n := attached[p.ARN]; n < p.AttachmentCount {
			sign := fmt.Sprintf("%s is attached %d times, of which %d are here", p.ARN, p.AttachmentCount, n)
			for _, section := range []iam.Section{iam.SectionUsers, iam.SectionGroups, iam.SectionRoles} {
				out.note(section, sign)
			}
		}
	}
	return out
}

func (s signs) readTrust(r *iam.Role) {
	if r.Trust.Document == nil {
		return
	}
	for _, arn := range namedIn(r.Trust.Document, r.Account) {
		if strings.HasPrefix(arn.Resource, "user/") {
			s.note(iam.SectionUsers, r.ARN+" trusts one")
		} else {
			s.note(iam.SectionRoles, r.ARN+" trusts one")
		}
	}
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
