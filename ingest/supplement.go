package ingest

import (
	"slices"

	"cmp"

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
		supplementRole(r, old.entity)
		b.roles[r.ARN] = held[*iam.Role]{entity: r, from: p}
	default:
		supplementRole(old.entity, r)
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
		supplementUser(u, old.entity)
		b.users[u.ARN] = held[*iam.User]{entity: u, from: p}
	default:
		supplementUser(old.entity, u)
	}
}

// supplementRole adds to r what it lacks.
func supplementRole(r, from *iam.Role) {
	rememberRole(r, from)
	supplement(&r.Entity, &from.Entity)
	if r.Trust.Document == nil && r.Trust.Defect == "" {
		r.Trust = from.Trust
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

func supplementUser(u, from *iam.User) {
	supplement(&u.Entity, &from.Entity)
	u.Emergency = u.Emergency || from.Emergency
}

func supplement(e, from *iam.Entity) {
	e.UniqueID = cmp.Or(e.UniqueID, from.UniqueID)
	if e.Created.IsZero() {
		e.Created = from.Created
	}
	if e.Boundary == nil {
		e.Boundary = from.Boundary
	}
	if e.Tags == nil {
		e.Tags = from.Tags
	}
}
