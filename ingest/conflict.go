package ingest

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"accesspath/iam"
	"accesspath/ingest/internal/part"
)

// version is what decides between two readings of one entity (GAAD-10).
type version struct {
	stamp  time.Time // UpdateDate, else CreateDate
	used   time.Time // of roles: a later use shows a later export
	print  string    // the content, the same for the same facts in any order
	origin iam.Origin
	shared bool // AWS's own: accounts exported at different times differ
	bundle bool // not read from an input
}

// keep stores an entity, or decides between it and the one that is there:
// equal content is no news, except that a role was used later; else the input of the later date wins (NAT-03),
// else the entity of the later date, else the one read last.
func keep[T any](b *builder, into map[string]held[T], arn string, e T, p *part.Part, describe func(T) version) {
	old, ok := into[arn]
	if !ok {
		into[arn] = held[T]{entity: e, from: p}
		return
	}
	was, is := describe(old.entity), describe(e)
	if was.print == is.print {
		if c := is.used.Compare(was.used); c > 0 || c == 0 && before(is.origin, was.origin) {
			into[arn] = held[T]{entity: e, from: p}
		}
		return
	}
	if was.bundle != is.bundle { // what an input says beats what accesspath brings along
		if was.bundle {
			into[arn] = held[T]{entity: e, from: p}
		}
		return
	}
	c, why := compareVersions(was, is, old.from.AsOf, p.AsOf)
	kept, dropped := is, was
	if c > 0 {
		kept, dropped = was, is
	} else {
		into[arn] = held[T]{entity: e, from: p}
	}
	severity := iam.Warning
	if is.shared {
		severity = iam.Note
	}
	b.report(iam.Diagnostic{Severity: severity, Code: "conflict", Origin: dropped.origin, Entity: arn,
		Message: fmt.Sprintf("%s:%d has other content for it and is used: %s", kept.origin.File, kept.origin.Line, why),
		Hint:    "give only the newest export of each account"})
}

// before reports whether a place comes first in the order of inputs. Of copies
// that are alike the first is kept, whichever of them were merged before.
func before(a, b iam.Origin) bool {
	return a.File != "" && b.File != "" && cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line)) < 0
}

// compareVersions is positive if the first is the newer, with the reason.
func compareVersions(was, is version, wasAsOf, isAsOf time.Time) (int, string) {
	for _, c := range []struct {
		was, is time.Time
		why     string
	}{
		{wasAsOf, isAsOf, "its snapshot is newer"},
		{was.stamp, is.stamp, "its date is newer"},
		{was.used, is.used, "it was used later"},
	} {
		if !c.was.IsZero() && !c.is.IsZero() && !c.was.Equal(c.is) {
			return c.was.Compare(c.is), c.why
		}
	}
	return 0, "neither has a newer date, and it was read last"
}

// printer writes facts in an order that does not depend on the input's.
type printer struct{ strings.Builder }

func (p *printer) put(fields ...string) {
	for _, f := range fields {
		fmt.Fprintf(p, "%d:%s,", len(f), f)
	}
	p.WriteByte('\n')
}

func (p *printer) document(name string, d *iam.Policy) {
	if d == nil {
		return
	}
	text := "!" + d.Defect
	if d.Document != nil {
		text = d.Document.Text
	}
	p.put(name, d.Name, text)
}

func (p *printer) entity(e *iam.Entity) {
	p.put(e.ARN, e.Name, e.Path, e.UniqueID, e.Created.String())
	inline := slices.Clone(e.Inline)
	slices.SortStableFunc(inline, func(a, b *iam.Policy) int { return cmp.Compare(a.Name, b.Name) })
	for _, d := range inline {
		p.document("inline", d)
	}
	var attached []string
	for _, a := range e.Attached {
		attached = append(attached, a.ARN)
	}
	slices.Sort(attached)
	p.put(attached...)
	if e.Boundary != nil {
		p.put("boundary", e.Boundary.ARN)
	}
	p.tags(e.Tags)
}

func (p *printer) tags(list []iam.Tag) {
	var tags []string
	for _, t := range list {
		tags = append(tags, fmt.Sprintf("%q=%q", t.Key, t.Value))
	}
	slices.Sort(tags)
	p.put(tags...)
}

func userVersion(u *iam.User) version {
	var p printer
	p.entity(&u.Entity)
	groups := slices.Clone(u.GroupNames)
	slices.Sort(groups)
	p.put(groups...)
	return version{stamp: u.Created, print: p.String(), origin: u.Origin}
}

func groupVersion(g *iam.Group) version {
	var p printer
	p.entity(&g.Entity)
	return version{stamp: g.Created, print: p.String(), origin: g.Origin}
}

// roleVersion leaves the last use out of the content: it moves on its own.
func roleVersion(r *iam.Role) version {
	var p printer
	p.entity(&r.Entity)
	p.document("trust", r.Trust)
	return version{stamp: r.Created, used: r.LastUsed, print: p.String(), origin: r.Origin}
}

// policyVersion leaves AttachmentCount out, which differs from account to
// account for AWS's own policies.
func policyVersion(m *iam.ManagedPolicy) version {
	var p printer
	p.put(m.ARN, m.Name, m.DefaultVersionID)
	versions := slices.Clone(m.Versions)
	slices.SortStableFunc(versions, func(a, b *iam.PolicyVersion) int { return cmp.Compare(a.VersionID, b.VersionID) })
	for _, v := range versions {
		p.put(v.VersionID, fmt.Sprint(v.IsDefault))
		p.document("version", &v.Policy)
	}
	stamp := m.Updated
	if stamp.IsZero() {
		stamp = m.Created
	}
	return version{stamp: stamp, print: p.String(), origin: m.Origin, shared: m.Account == "aws", bundle: m.Bundled}
}
