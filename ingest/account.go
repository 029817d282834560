package ingest

import (
	"cmp"
	"maps"
	"reflect"
	"slices"

	"accesspath/iam"
	"accesspath/ingest/internal/part"
	"accesspath/policy"
)

// accountLists are the lists of an account that GAAD lacks, while they are put
// together; by ARN, pools by ID.
type accountLists struct {
	password *held[*iam.PasswordPolicy]
	block    *held[*iam.PublicAccessBlock]
	summary  *held[map[string]int]
	certs    map[string]held[*iam.Certificate]
	oidc     map[string]held[*iam.OIDCProvider]
	saml     map[string]held[*iam.SAMLProvider]
	anchors  map[string]held[*iam.TrustAnchor]
	profiles map[string]held[*iam.AnywhereProfile]
	pools    map[string]held[*iam.IdentityPool]
	compute  map[string]held[*iam.Compute]
}

func newAccountLists() accountLists {
	return accountLists{
		certs: map[string]held[*iam.Certificate]{}, oidc: map[string]held[*iam.OIDCProvider]{}, saml: map[string]held[*iam.SAMLProvider]{},
		anchors: map[string]held[*iam.TrustAnchor]{}, profiles: map[string]held[*iam.AnywhereProfile]{},
		pools: map[string]held[*iam.IdentityPool]{}, compute: map[string]held[*iam.Compute]{},
	}
}

// accountFacts applies what inputs say of accounts, and of the lists in them
// that GAAD lacks. Outputs that name their account come first: with them the
// account of the others may be found.
func (b *builder) accountFacts() {
	for _, p := range b.parts {
		for i := range p.Accounts {
			if d := &p.Accounts[i]; d.ID != "" {
				b.accountFact(p, d, d.ID)
			}
		}
	}
	for _, p := range b.parts {
		for i := range p.Accounts {
			d := &p.Accounts[i]
			if d.ID != "" {
				continue
			}
			if id := b.home(p); id != "" {
				b.accountFact(p, d, id)
			} else {
				b.homeless(cmp.Or(d.Command, "…"), readingOf(p, d.Origin).origin)
			}
		}
	}
}

func (b *builder) accountFact(p *part.Part, d *part.Account, id string) {
	a := b.account(id, "")
	f := b.facts[id]
	set(&a.Alias, d.Alias)
	set(&a.Name, d.Name)
	set(&a.Status, d.Status)
	set(&a.Partition, d.Partition)
	f.incomplete = f.incomplete || d.Incomplete
	for section, s := range d.Coverage {
		if section == iam.SectionBoundaries && s == iam.KnownEmpty && d.Coverage[iam.SectionUsers] == s && d.Coverage[iam.SectionRoles] == s {
			f.nobody = true
			continue
		}
		if f.declared == nil {
			f.declared = iam.Coverage{}
		}
		f.declared[section] = better(f.declared[section], s)
	}
	b.accountLists(p, d, a, &f.lists)
}

// accountLists joins the lists of one output. A provider or a carrier may come in
// pieces; of everything else the newer reading counts as a whole (NAT-03).
func (b *builder) accountLists(p *part.Part, d *part.Account, a *iam.Account, l *accountLists) {
	if l.oidc == nil {
		*l = newAccountLists()
	}
	alone(b, &l.password, d.PasswordPolicy, p, a.ID, "password policy", d.Origin)
	alone(b, &l.block, d.PublicAccessBlock, p, a.ID, "public access block", d.Origin)
	if d.Summary != nil {
		alone(b, &l.summary, d.Summary, p, a.ID, "summary", d.Origin)
	}
	for i := range d.Certificates {
		c := d.Certificates[i]
		whole(b, l.certs, cmp.Or(c.ID, c.Name), &c, p, d.Origin)
	}
	for _, x := range d.OIDC {
		if x.ARN == "" {
			x.ARN = "arn:" + cmp.Or(a.Partition, "aws") + ":iam::" + a.ID + ":oidc-provider/" + x.URL
		}
		pieces(b, l.oidc, x.ARN, x, p, x.Origin)
	}
	for _, x := range d.SAML {
		whole(b, l.saml, x.ARN, x, p, x.Origin)
	}
	for _, x := range d.Anchors {
		whole(b, l.anchors, x.ARN, x, p, x.Origin)
	}
	for _, x := range d.Profiles {
		whole(b, l.profiles, x.ARN, x, p, x.Origin)
	}
	for _, x := range d.Pools {
		x.Account = cmp.Or(x.Account, a.ID)
		pieces(b, l.pools, x.ID, x, p, x.Origin)
	}
	for _, x := range d.Compute {
		if arn, ok := policy.ParseARN(x.ARN); ok {
			x.Account = cmp.Or(x.Account, arn.Account)
		}
		x.Account = cmp.Or(x.Account, a.ID)
		pieces(b, l.compute, x.ARN, x, p, x.Origin)
	}
}

// alone keeps the newer of two readings of something that an account has one
// of.
func alone[T any](b *builder, into **held[T], v T, p *part.Part, entity, what string, place iam.Origin) {
	switch old := *into; {
	case reflect.ValueOf(v).IsZero():
	case old == nil:
		*into = &held[T]{v, p, place}
	case same(reflect.ValueOf(old.entity), reflect.ValueOf(v)):
	default:
		c := contest{b: b, entity: entity, was: readingOf(old.from, old.place), is: readingOf(p, place)}
		if c.differ(what) {
			*into = &held[T]{v, p, place}
		}
	}
}

// whole keeps the newer of two readings of something with a name of its own.
func whole[T any](b *builder, into map[string]held[*T], key string, v *T, p *part.Part, place iam.Origin) {
	old, ok := into[key]
	if !ok {
		into[key] = held[*T]{v, p, place}
		return
	}
	if same(reflect.ValueOf(old.entity), reflect.ValueOf(v)) {
		return
	}
	c := contest{b: b, entity: key, was: readingOf(old.from, old.place), is: readingOf(p, place)}
	if c.differ("settings") {
		into[key] = held[*T]{v, p, place}
	}
}

// pieces joins readings that each say a part.
func pieces[T any](b *builder, into map[string]held[*T], key string, v *T, p *part.Part, place iam.Origin) {
	old, ok := into[key]
	if !ok {
		copied := *v
		into[key] = held[*T]{&copied, p, place}
		return
	}
	c := contest{b: b, entity: key, was: readingOf(old.from, old.place), is: readingOf(p, place)}
	joinFields(&c, old.entity, v)
	if second, _ := c.second(); second {
		into[key] = held[*T]{old.entity, p, place}
	}
}

// fillLists moves the lists into the account.
func (b *builder) fillLists(a *iam.Account, l *accountLists) {
	if l.oidc == nil {
		return
	}
	if l.password != nil {
		a.PasswordPolicy = l.password.entity
	}
	if l.block != nil {
		a.PublicAccessBlock = l.block.entity
	}
	if l.summary != nil {
		a.Summary = l.summary.entity
	}
	for _, c := range inOrder(l.certs) {
		a.Certificates = append(a.Certificates, *c)
	}
	a.OIDC, a.SAML = inOrder(l.oidc), inOrder(l.saml)
	a.Anchors, a.Profiles = inOrder(l.anchors), inOrder(l.profiles)
	a.Pools, a.Compute = inOrder(l.pools), inOrder(l.compute)
}

func inOrder[T any](m map[string]held[*T]) []*T {
	var out []*T
	for _, key := range slices.Sorted(maps.Keys(m)) {
		out = append(out, m[key].entity)
	}
	return out
}
