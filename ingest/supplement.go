package ingest

import (
	"cmp"
	"reflect"
	"slices"

	"accesspath/iam"
	"accesspath/ingest/internal/part"
)

func (b *builder) addGroup(g *iam.Group, p *part.Part) {
	if p.Layer > part.Exported {
		b.layGroup(g, p)
		return
	}
	keep(b, b.groups, g.ARN, g, p, groupVersion)
}

func (b *builder) addPolicy(m *iam.ManagedPolicy, p *part.Part) {
	if p.Layer > part.Exported {
		b.layPolicy(m, p)
		return
	}
	if old, ok := b.policies[m.ARN]; ok && identical(old.entity, m) && !before(m.Origin, old.entity.Origin) {
		return // a policy of AWS stands in the export of every account
	}
	keep(b, b.policies, m.ARN, m, p, policyVersion)
}

// identical is a quick test for what policyVersion compares: not all that are
// the same pass. Equal documents of one load are one, unless a file was thinned.
func identical(a, b *iam.ManagedPolicy) bool {
	return a.ARN == b.ARN && a.Name == b.Name && a.DefaultVersionID == b.DefaultVersionID &&
		slices.EqualFunc(a.Versions, b.Versions, func(x, y *iam.PolicyVersion) bool {
			return x.VersionID == y.VersionID && x.IsDefault == y.IsDefault && x.Name == y.Name && x.Document == y.Document && x.Defect == y.Defect
		})
}

func (b *builder) addRole(r *iam.Role, p *part.Part) {
	if p.Layer > part.Exported {
		b.layRole(r, p)
		return
	}
	b.exportedRole(r, p)
}

func (b *builder) addUser(u *iam.User, p *part.Part) {
	if p.Layer > part.Exported {
		b.layUser(u, p)
		return
	}
	b.exportedUser(u, p)
}

// exportedRole lets a whole role win over one that is only referred to, and takes
// from the latter what the former lacks (GAAD-15, GAAD-17).
func (b *builder) exportedRole(r *iam.Role, p *part.Part) {
	old, ok := b.roles[r.ARN]
	switch {
	case !ok || !r.Partial && !old.entity.Partial:
		keep(b, b.roles, r.ARN, r, p, roleVersion)
		if kept := b.roles[r.ARN].entity; ok && kept == r {
			rememberRole(r, old.entity)
		} else if ok {
			rememberRole(kept, r)
		}
	case old.entity.Partial && !r.Partial:
		b.supplementRole(r, old.entity, b.between(p, old.from, &r.Entity, &old.entity.Entity), false)
		b.roles[r.ARN] = held[*iam.Role]{entity: r, from: p}
	default:
		b.supplementRole(old.entity, r, b.between(old.from, p, &old.entity.Entity, &r.Entity), true)
	}
}

// exportedUser is the same for users, of whom list-users, get-user and credential
// reports know a part.
func (b *builder) exportedUser(u *iam.User, p *part.Part) {
	old, ok := b.users[u.ARN]
	switch {
	case !ok || !u.Partial && !old.entity.Partial:
		keep(b, b.users, u.ARN, u, p, userVersion)
		if ok {
			kept := b.users[u.ARN].entity
			kept.Emergency = old.entity.Emergency || u.Emergency
		}
	case old.entity.Partial && !u.Partial:
		supplementUser(u, old.entity, b.between(p, old.from, &u.Entity, &old.entity.Entity), false)
		b.users[u.ARN] = held[*iam.User]{entity: u, from: p}
	default:
		supplementUser(old.entity, u, b.between(old.from, p, &old.entity.Entity, &u.Entity), true)
	}
}

// between is the contest of two readings of one entity, of which the first is the
// fuller; nil if one part has both, where one only refers to the other.
func (b *builder) between(p, other *part.Part, e, from *iam.Entity) *contest {
	if p == other {
		return nil
	}
	return &contest{b: b, entity: e.ARN, was: readingOf(p, e.Origin), is: readingOf(other, from.Origin)}
}

// supplementRole adds to r what it lacks, and settles what both know otherwise
// (NAT-03); later says that from was read after r.
func (b *builder) supplementRole(r, from *iam.Role, c *contest, later bool) {
	if c != nil {
		c.was.used, c.is.used = r.LastUsed, from.LastUsed
	}
	rememberRole(r, from)
	supplement(&r.Entity, &from.Entity, c, later)
	was, is := stated(r.Trust), stated(from.Trust)
	if supply(c, "trust policy", &was, is, later); was != nil {
		r.Trust = was
	}
}

// stated is nil for a policy that is not said.
func stated(p *iam.Policy) *iam.Policy {
	if p == nil || p.Document == nil && p.Defect == "" {
		return nil
	}
	return p
}

// supply is settle for two readings in either order.
func supply[T any](c *contest, what string, was *T, is T, later bool) {
	switch {
	case reflect.ValueOf(*was).IsZero():
		*was = is
	case c == nil:
	case later:
		settle(c, what, was, is)
	case !reflect.ValueOf(is).IsZero():
		first := contest{b: c.b, entity: c.entity, was: c.is, is: c.was, reported: c.reported}
		settle(&first, what, &is, *was)
		*was, c.reported = is, first.reported
	}
}

// rememberRole adds what exports of one kind know and others do not: it is no
// part of what two exports can disagree on.
func rememberRole(r, from *iam.Role) {
	if r.MaxSession == 0 {
		r.MaxSession = from.MaxSession
	}
	r.Description = cmp.Or(r.Description, from.Description)
	if !r.LastUsedKnown {
		r.LastUsed, r.LastUsedRegion, r.LastUsedKnown = from.LastUsed, from.LastUsedRegion, from.LastUsedKnown
	}
	r.LegacySelfTrust = r.LegacySelfTrust || from.LegacySelfTrust
}

func supplementUser(u, from *iam.User, c *contest, later bool) {
	supplement(&u.Entity, &from.Entity, c, later)
	u.Emergency = u.Emergency || from.Emergency
}

func supplement(e, from *iam.Entity, c *contest, later bool) {
	e.UniqueID = cmp.Or(e.UniqueID, from.UniqueID)
	if e.Created.IsZero() {
		e.Created = from.Created
	}
	if boundaryARN(e) != boundaryARN(from) { // a name may be left out
		supply(c, "permissions boundary", &e.Boundary, from.Boundary, later)
	}
	supply(c, "tags", &e.Tags, from.Tags, later)
}
