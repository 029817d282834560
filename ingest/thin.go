package ingest

import (
	"accesspath/iam"
	"accesspath/ingest/internal/part"
	"accesspath/ingest/internal/scan"
)

// uncrowded is how many entities of a file are kept without a look at whether
// some are the same again: few files have as many.
const uncrowded = 8192

// thin merges the entities that the file has had so far, as merging files does,
// so that a file which repeats itself costs no more than what it says. It looks
// each time there are twice as many as the last time it was through.
func (w *walker) thin() {
	p := w.part
	count := func() int { return len(p.Users) + len(p.Groups) + len(p.Roles) + len(p.Policies) + len(p.Profiles) }
	before := count()
	if before < max(w.crowded, uncrowded) || p.Layer > part.Exported {
		return
	}
	b := &builder{
		sinks: map[string]*scan.File{w.file.Name: w.file},
		users: map[string]held[*iam.User]{}, groups: map[string]held[*iam.Group]{},
		roles: map[string]held[*iam.Role]{}, policies: map[string]held[*iam.ManagedPolicy]{},
		profiles: map[string]held[*iam.InstanceProfile]{},
	}
	p.Users = merged(b.users, p.Users, arnOfUser, func(u *iam.User) { b.exportedUser(u, p) })
	p.Groups = merged(b.groups, p.Groups, arnOfGroup, func(g *iam.Group) { b.addGroup(g, p) })
	p.Roles = merged(b.roles, p.Roles, arnOfRole, func(r *iam.Role) { b.exportedRole(r, p) })
	p.Policies = merged(b.policies, p.Policies, arnOfPolicy, func(m *iam.ManagedPolicy) { b.addPolicy(m, p) })
	p.Profiles = merged(b.profiles, p.Profiles, arnOfProfile, func(i *iam.InstanceProfile) { b.addProfile(i, p) })
	if count() < before/2 {
		w.file.Forget() // a file of many versions of few entities: most of what it says is dropped
	}
	w.crowded = 2 * count()
}

func arnOfUser(u *iam.User) string               { return u.ARN }
func arnOfGroup(g *iam.Group) string             { return g.ARN }
func arnOfRole(r *iam.Role) string               { return r.ARN }
func arnOfPolicy(m *iam.ManagedPolicy) string    { return m.ARN }
func arnOfProfile(i *iam.InstanceProfile) string { return i.ARN }

// merged adds all of a list and returns what is held of each, in the order of
// their first appearances.
func merged[T any](into map[string]held[T], list []T, arn func(T) string, add func(T)) []T {
	var order []string
	for _, e := range list {
		if _, again := into[arn(e)]; !again {
			order = append(order, arn(e))
		}
		add(e)
	}
	out := make([]T, len(order))
	for i, name := range order {
		out[i] = into[name].entity
	}
	return out
}
