package ingest

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"accesspath/iam"
	"accesspath/ingest/internal/scan"
	"accesspath/policy"
)

// resolver ties references to what they refer to, account by account.
type resolver struct {
	*builder
	bundle  map[string]*iam.ManagedPolicy // bundled copies in use
	missing map[string]*missingPolicy
}

// missingPolicy counts who refers to a policy that no input holds.
type missingPolicy struct {
	users int
	first *iam.Entity
	as    string
}

// resolve runs after every page and account is there (GAAD-07).
func (b *builder) resolve() {
	r := resolver{builder: b, bundle: map[string]*iam.ManagedPolicy{}, missing: map[string]*missingPolicy{}}
	for _, a := range b.snap.Accounts {
		groups := make(map[string]*iam.Group, len(a.Groups))
		for _, g := range a.Groups {
			groups[g.Name] = g
			r.entity(&g.Entity)
		}
		for _, u := range a.Users {
			r.entity(&u.Entity)
			r.groups(u, groups)
		}
		for _, role := range a.Roles {
			r.entity(&role.Entity)
		}
	}
	r.reportMissing()
	if n := len(r.bundle); n > 0 {
		b.report(iam.Diagnostic{Severity: iam.Note, Code: "bundled-policies",
			Message: fmt.Sprintf("%d AWS managed policies are in no input; their texts come from the copy that accesspath brings along", n)})
	}
}

func (r *resolver) entity(e *iam.Entity) {
	for _, a := range e.Attached {
		r.attachment(a, e, "attached to")
	}
	if e.Boundary != nil {
		r.attachment(e.Boundary, e, "boundary of")
	}
}

// attachment looks in all inputs, then in the bundled set (GAAD-19). A policy
// that is listed without a usable default version is as good as missing.
func (r *resolver) attachment(a *iam.Attachment, e *iam.Entity, as string) {
	if m, ok := r.policies[a.ARN]; ok && m.entity.Default() != nil {
		a.Policy = m.entity
		if m.entity.Bundled { // a snapshot of ours brought it along
			r.bundle[a.ARN] = m.entity
		}
		return
	}
	if m := r.fromBundle(a.ARN); m != nil {
		a.Policy = m
		return
	}
	m := r.missing[a.ARN]
	if m == nil {
		m = &missingPolicy{first: e, as: as}
		r.missing[a.ARN] = m
	}
	m.users++
}

func (r *resolver) fromBundle(arn string) *iam.ManagedPolicy {
	if m := r.bundle[arn]; m != nil {
		return m
	}
	parsed, ok := policy.ParseARN(arn)
	if !ok || parsed.Account != "aws" || r.o.Managed == nil {
		return nil
	}
	m, ok := r.o.Managed(arn)
	if !ok || m == nil {
		return nil
	}
	if !m.Bundled { // the set is shared between loads: never write to it
		c := *m
		c.Bundled = true
		m = &c
	}
	r.bundle[arn] = m
	return m
}

func (r *resolver) reportMissing() {
	for _, arn := range slices.Sorted(maps.Keys(r.missing)) {
		m := r.missing[arn]
		message := fmt.Sprintf("%s %s and in no input; its effect is unknown", m.as, scan.Clip(m.first.ARN))
		if m.users > 1 {
			message = fmt.Sprintf("%s %s and %d more, and in no input; its effect is unknown", m.as, scan.Clip(m.first.ARN), m.users-1)
		}
		hint := "export the account again without --filter, so that LocalManagedPolicy is there"
		if strings.Contains(arn, ":iam::aws:") {
			hint = "export the account again without --filter, so that AWSManagedPolicy is there"
		}
		r.report(iam.Diagnostic{Severity: iam.Warning, Code: "unresolved-policy", Origin: m.first.Origin, Entity: arn, Message: message, Hint: hint})
	}
}

// groups ties a user to its groups by name (GAAD-14). If the account shows no
// group at all the kind was filtered out, which coverage reports (GAAD-22).
func (r *resolver) groups(u *iam.User, groups map[string]*iam.Group) {
	for _, name := range u.GroupNames {
		if g := groups[name]; g != nil {
			u.Groups = append(u.Groups, g)
			continue
		}
		if len(groups) > 0 {
			r.report(iam.Diagnostic{Severity: iam.Warning, Code: "missing-group", Origin: u.Origin, Entity: u.ARN,
				Message: fmt.Sprintf("its group %q is in no input; what the group grants is unknown", scan.Clip(name)), Hint: "export the account again without --filter"})
		}
	}
}
