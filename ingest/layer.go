package ingest

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"accesspath/iam"
	"accesspath/ingest/internal/part"
	"accesspath/ingest/internal/scan"
	"accesspath/policy"
)

// layers puts parts in the order in which they are laid over each other, lets
// those finish that wait for their account, and takes out of lower layers what
// higher ones remove. Within a layer the order of names stays.
func (b *builder) layers() {
	b.parts = slices.Clone(b.parts)
	slices.SortStableFunc(b.parts, func(x, y *part.Part) int { return cmp.Compare(x.Layer, y.Layer) })
	for _, p := range b.parts {
		if p.Finish == nil {
			continue
		}
		p.Finish(b.home(p))
		p.Finish = nil
	}
	b.homes = nil // what was finished counts from now on
	for i, p := range b.parts {
		gone, detached := p.Change.Gone(), p.Change.DetachedPairs()
		for _, lower := range b.parts[:i] {
			if lower.Layer < p.Layer && len(gone)+len(detached) > 0 {
				remove(lower, gone)
				lower.Org.Attachments = slices.DeleteFunc(lower.Org.Attachments, func(a part.Attachment) bool {
					return detached[part.Attachment{PolicyID: a.PolicyID, Target: a.Target}]
				})
			}
		}
	}
}

// remove takes everything about things that are gone out of a part; by ARN,
// organization policies by ID.
func remove(p *part.Part, gone map[string]bool) {
	p.Users = slices.DeleteFunc(p.Users, func(u *iam.User) bool { return gone[u.ARN] })
	p.Groups = slices.DeleteFunc(p.Groups, func(g *iam.Group) bool { return gone[g.ARN] })
	p.Roles = slices.DeleteFunc(p.Roles, func(r *iam.Role) bool { return gone[r.ARN] })
	p.Policies = slices.DeleteFunc(p.Policies, func(m *iam.ManagedPolicy) bool { return gone[m.ARN] })
	p.Profiles = slices.DeleteFunc(p.Profiles, func(i *iam.InstanceProfile) bool { return gone[i.ARN] })
	p.Resources = slices.DeleteFunc(p.Resources, func(r *iam.Resource) bool { return gone[r.ARN] })
	p.Credentials = slices.DeleteFunc(p.Credentials, func(c part.Credentials) bool { return gone[c.User] })
	p.Uses = slices.DeleteFunc(p.Uses, func(u part.Use) bool { return gone[u.Principal] })
	for i := range p.Accounts {
		a := &p.Accounts[i]
		a.OIDC = slices.DeleteFunc(a.OIDC, func(o *iam.OIDCProvider) bool { return gone[o.ARN] })
		a.SAML = slices.DeleteFunc(a.SAML, func(o *iam.SAMLProvider) bool { return gone[o.ARN] })
		a.Compute = slices.DeleteFunc(a.Compute, func(c *iam.Compute) bool { return gone[c.ARN] })
	}
	for i := range p.IdentityCenter {
		c := &p.IdentityCenter[i]
		c.PermissionSets = slices.DeleteFunc(c.PermissionSets, func(s *iam.PermissionSet) bool { return gone[s.ARN] })
	}
	p.Org.Policies = slices.DeleteFunc(p.Org.Policies, func(o part.OrgPolicy) bool { return gone[o.ID] })
	p.Org.Attachments = slices.DeleteFunc(p.Org.Attachments, func(a part.Attachment) bool { return gone[a.PolicyID] })
	carriers := map[part.Carrier]bool{}
	for arn := range gone {
		if c, ok := carrierOf(arn); ok {
			carriers[c] = true
		}
	}
	p.Change.Edits = slices.DeleteFunc(p.Change.Edits, func(e part.Edit) bool { return carriers[e.Carrier] })
	p.Credentials = slices.DeleteFunc(p.Credentials, func(c part.Credentials) bool {
		return c.User == "" && carriers[part.Carrier{Kind: part.KindUser, Account: c.Account, Name: c.Name}]
	})
	for _, i := range p.Profiles { // instance profiles lose a role that is gone
		if gone[i.Role] {
			i.Role = ""
		}
	}
}

// carrierOf tells whom an ARN is of.
func carrierOf(text string) (part.Carrier, bool) {
	arn, ok := policy.ParseARN(text)
	kind, rest, found := strings.Cut(arn.Resource, "/")
	if !ok || !found || arn.Service != "iam" {
		return part.Carrier{}, false
	}
	return part.Carrier{Kind: kind, Account: arn.Account, Name: rest[strings.LastIndexByte(rest, '/')+1:]}, true
}

// lie lays an entity over what lower layers say of it: what Terraform or a
// template states counts, what they do not speak of stays. Policies,
// attachments and memberships are stated one by one: see edits.
func (b *builder) lie(e, old *iam.Entity, p *part.Part, differ []string) {
	b.overlaid[e.ARN] = true
	e.UniqueID = cmp.Or(e.UniqueID, old.UniqueID)
	if e.Created.IsZero() {
		e.Created = old.Created
	}
	e.Inline, e.Attached = slices.Clone(old.Inline), slices.Clone(old.Attached)
	var before, after printer
	before.tags(old.Tags)
	after.tags(e.Tags)
	if before.String() != after.String() {
		differ = append(differ, "tags")
	}
	if boundaryARN(e) != boundaryARN(old) {
		differ = append(differ, "permissions boundary")
	}
	b.laid(p, e.ARN, e.Origin, old.Origin, differ)
}

func boundaryARN(e *iam.Entity) string {
	if e.Boundary == nil {
		return ""
	}
	return e.Boundary.ARN
}

// laid reports what a higher layer says otherwise (NAT-03): of a plan that is
// what it is for, of a state it shows that one of both is out of date.
func (b *builder) laid(p *part.Part, entity string, is, was iam.Origin, differ []string) {
	if len(differ) == 0 {
		return
	}
	what := strings.Join(differ, ", ")
	if p.Layer == part.Planned {
		b.report(iam.Diagnostic{Severity: iam.Note, Code: "planned-change", Origin: is, Entity: entity,
			Message: fmt.Sprintf("changes its %s, as %s has it", what, lineOf(was))})
		return
	}
	b.report(iam.Diagnostic{Severity: iam.Warning, Code: "conflict", Origin: was, Entity: entity,
		Message: fmt.Sprintf("%s says something else of its %s and is used: it is laid over exports", lineOf(is), what),
		Hint:    "leave the state away if the export is the newer"})
}

func (b *builder) layUser(u *iam.User, p *part.Part) {
	if old, ok := b.users[u.ARN]; ok && !old.entity.Partial && !u.Partial {
		b.lie(&u.Entity, &old.entity.Entity, p, nil)
		u.GroupNames = slices.Clone(old.entity.GroupNames)
		u.Emergency = u.Emergency || old.entity.Emergency
		b.users[u.ARN] = held[*iam.User]{entity: u, from: p}
		return
	}
	b.exportedUser(u, p)
}

func (b *builder) layGroup(g *iam.Group, p *part.Part) {
	if old, ok := b.groups[g.ARN]; ok {
		b.lie(&g.Entity, &old.entity.Entity, p, nil)
		b.groups[g.ARN] = held[*iam.Group]{entity: g, from: p}
		return
	}
	keep(b, b.groups, g.ARN, g, p, groupVersion)
}

func (b *builder) layRole(r *iam.Role, p *part.Part) {
	old, ok := b.roles[r.ARN]
	if !ok || old.entity.Partial || r.Partial {
		b.exportedRole(r, p)
		return
	}
	var differ []string
	if !samePolicy(r.Trust, old.entity.Trust) {
		differ = append(differ, "trust policy")
	}
	b.lie(&r.Entity, &old.entity.Entity, p, differ)
	rememberRole(r, old.entity)
	b.roles[r.ARN] = held[*iam.Role]{entity: r, from: p}
}

func (b *builder) layPolicy(m *iam.ManagedPolicy, p *part.Part) {
	old, ok := b.policies[m.ARN]
	if !ok || old.entity.Bundled {
		keep(b, b.policies, m.ARN, m, p, policyVersion)
		return
	}
	was, is := old.entity.Default(), m.Default()
	m.UniqueID = cmp.Or(m.UniqueID, old.entity.UniqueID)
	if m.Created.IsZero() {
		m.Created, m.Updated = old.entity.Created, old.entity.Updated
	}
	if was != nil && is != nil && samePolicy(&was.Policy, &is.Policy) {
		m.Versions, m.DefaultVersionID = old.entity.Versions, old.entity.DefaultVersionID // the same, with its history
		m.AttachmentCount = max(m.AttachmentCount, old.entity.AttachmentCount)
	} else {
		b.laid(p, m.ARN, m.Origin, old.entity.Origin, []string{"text"})
	}
	b.policies[m.ARN] = held[*iam.ManagedPolicy]{entity: m, from: p}
}

// edits applies what parts of higher layers say of policies, attachments and
// memberships, once all carriers are there.
func (b *builder) edits() {
	var by carriers
	for _, p := range b.parts {
		c := &p.Change
		if len(c.Edits)+len(c.Onlys) == 0 {
			continue
		}
		if by == nil {
			by = b.carriers()
		}
		b.each(by, p, func(e *part.Edit) bool { return e.Weak && !e.Drop })
		for i := range c.Onlys {
			b.only(by, &c.Onlys[i])
		}
		b.each(by, p, func(e *part.Edit) bool { return e.Drop })
		b.each(by, p, func(e *part.Edit) bool { return !e.Weak && !e.Drop })
	}
}

// carriers finds users, groups and roles by account and name in lower case.
type carriers map[part.Carrier]carrier

type carrier struct {
	*iam.Entity
	user     *iam.User // nil for others
	exported bool      // an export has it: what it lacks there is news
}

func (b *builder) carriers() carriers {
	by := carriers{}
	for _, arn := range slices.Backward(slices.Sorted(maps.Keys(b.users))) { // of two of one name, which IAM does not allow, the first counts
		u := b.users[arn]
		by[carrierKey(part.KindUser, u.entity.Account, u.entity.Name)] = carrier{&u.entity.Entity, u.entity, b.isExported(u.from, u.entity.ARN)}
	}
	for _, arn := range slices.Backward(slices.Sorted(maps.Keys(b.groups))) {
		g := b.groups[arn]
		by[carrierKey(part.KindGroup, g.entity.Account, g.entity.Name)] = carrier{&g.entity.Entity, nil, b.isExported(g.from, g.entity.ARN)}
	}
	for _, arn := range slices.Backward(slices.Sorted(maps.Keys(b.roles))) {
		r := b.roles[arn]
		by[carrierKey(part.KindRole, r.entity.Account, r.entity.Name)] = carrier{&r.entity.Entity, nil, b.isExported(r.from, r.entity.ARN)}
	}
	return by
}

func (b *builder) isExported(p *part.Part, arn string) bool {
	return p.Layer == part.Exported || b.overlaid[arn]
}

func carrierKey(kind, account, name string) part.Carrier {
	return part.Carrier{Kind: kind, Account: account, Name: strings.ToLower(name)}
}

func (b *builder) each(by carriers, p *part.Part, which func(*part.Edit) bool) {
	for i := range p.Change.Edits {
		e := &p.Change.Edits[i]
		if !which(e) {
			continue
		}
		c, ok := by[carrierKey(e.Kind, e.Account, e.Name)]
		if !ok {
			if !e.Drop {
				b.report(iam.Diagnostic{Severity: iam.Warning, Code: "unknown-carrier", Origin: e.Origin, Entity: e.Name,
					Message: fmt.Sprintf("no input lists the %s %q of account %s; what is given to it here is not used", e.Kind, scan.Clip(e.Name), scan.Clip(e.Account)),
					Hint:    "add the output of aws iam get-account-authorization-details of its account, or the state that has the " + e.Kind})
			}
			continue
		}
		if what := c.apply(e); what != "" && c.exported && !e.Weak {
			b.edited(p, c, e, what)
		}
	}
}

// edited reports what a higher layer gives or takes that an export has
// otherwise.
func (b *builder) edited(p *part.Part, c carrier, e *part.Edit, what string) {
	verb := "gives it"
	if e.Drop {
		verb = "takes from it"
	}
	if p.Layer == part.Planned {
		b.report(iam.Diagnostic{Severity: iam.Note, Code: "planned-change", Origin: e.Origin, Entity: c.ARN, Message: verb + " " + what})
		return
	}
	b.report(iam.Diagnostic{Severity: iam.Warning, Code: "conflict", Origin: e.Origin, Entity: c.ARN,
		Message: verb + " " + what + ", which the export has otherwise; the state is laid over exports and is used",
		Hint:    "leave the state away if the export is the newer"})
}

// apply makes the change, and says what it is if it changes anything.
func (c carrier) apply(e *part.Edit) string {
	switch {
	case e.Inline != nil:
		return c.inline(e)
	case e.Attach != nil:
		i := slices.IndexFunc(c.Attached, func(x *iam.Attachment) bool { return x.ARN == e.Attach.ARN })
		if e.Drop == (i < 0) {
			return ""
		}
		if e.Drop {
			c.Attached = slices.Delete(c.Attached, i, i+1)
		} else {
			c.Attached = append(c.Attached, &iam.Attachment{Name: e.Attach.Name, ARN: e.Attach.ARN})
		}
		return "the policy " + scan.Clip(e.Attach.ARN)
	case e.Group != "" && c.user != nil:
		i := slices.Index(c.user.GroupNames, e.Group)
		if e.Drop == (i < 0) {
			return ""
		}
		if e.Drop {
			c.user.GroupNames = slices.Delete(c.user.GroupNames, i, i+1)
		} else {
			c.user.GroupNames = append(c.user.GroupNames, e.Group)
		}
		return fmt.Sprintf("the group %q", scan.Clip(e.Group))
	}
	return ""
}

func (c carrier) inline(e *part.Edit) string {
	i := slices.IndexFunc(c.Inline, func(x *iam.Policy) bool { return x.Name == e.Inline.Name })
	switch {
	case e.Drop && i < 0:
		return ""
	case e.Drop:
		c.Inline = slices.Delete(c.Inline, i, i+1)
	case i >= 0:
		was := c.Inline[i]
		c.Inline[i] = e.Inline
		if samePolicy(was, e.Inline) {
			return ""
		}
	default:
		c.Inline = append(c.Inline, e.Inline)
	}
	return fmt.Sprintf("the inline policy %q", scan.Clip(e.Inline.Name))
}

// only takes away what an exclusive list does not have.
func (b *builder) only(by carriers, o *part.Only) {
	keeps := func(name string) bool { return slices.Contains(o.Keep, name) }
	switch {
	case o.Kind == part.KindPolicy:
		for key, c := range by {
			if key.Account == o.Account {
				c.Attached = slices.DeleteFunc(c.Attached, func(a *iam.Attachment) bool { return a.ARN == o.Name })
			}
		}
	case o.Kind == part.KindGroup && o.List == part.OnlyGroups:
		for key, c := range by {
			if key.Account == o.Account && c.user != nil && !keeps(c.user.Name) {
				c.user.GroupNames = slices.DeleteFunc(c.user.GroupNames, func(n string) bool { return n == o.Name })
			}
		}
	default:
		c, ok := by[carrierKey(o.Kind, o.Account, o.Name)]
		switch {
		case !ok:
		case o.List == part.OnlyInline:
			c.Inline = slices.DeleteFunc(c.Inline, func(x *iam.Policy) bool { return !keeps(x.Name) })
		case o.List == part.OnlyAttached:
			c.Attached = slices.DeleteFunc(c.Attached, func(a *iam.Attachment) bool { return !keeps(a.ARN) })
		}
	}
}
