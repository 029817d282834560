package escalate

import (
	"fmt"
	"slices"

	"accesspath/graph"
	"accesspath/iam"
	"accesspath/policy"
)

// ownTargets are the finders of what is about the actor itself; see targets.
var ownTargets = map[string]finder{
	"resource":             (*search).resourcesOf,
	"self-user":            selfUser,
	"self-role":            selfRole,
	"bounded-user":         func(s *search, p *actor, e *Entry) []*target { return bounded(selfUser(s, p, e)) },
	"bounded-role":         func(s *search, p *actor, e *Entry) []*target { return bounded(selfRole(s, p, e)) },
	"rebounded-user":       func(s *search, p *actor, e *Entry) []*target { return s.rebounded(bounded(selfUser(s, p, e)), p) },
	"rebounded-role":       func(s *search, p *actor, e *Entry) []*target { return s.rebounded(bounded(selfRole(s, p, e)), p) },
	"own-group":            (*search).ownGroups,
	"other-group":          (*search).otherGroups,
	"own-policy":           (*search).ownPolicies,
	"own-version":          (*search).ownVersions,
	"own-boundary":         (*search).ownBoundary,
	"own-boundary-version": (*search).ownBoundaryVersions,
	"tagged-resource":      (*search).taggedResources,
	"tagged-object":        (*search).taggedObjects,
	"attached-deny-user": func(s *search, p *actor, e *Entry) []*target {
		return s.attachedDenies(selfUser(s, p, e), (*target).entity)
	},
	"attached-deny-role": func(s *search, p *actor, e *Entry) []*target {
		return s.attachedDenies(selfRole(s, p, e), (*target).entity)
	},
	"inline-deny-user": func(s *search, p *actor, e *Entry) []*target {
		return s.inlineDenies(selfUser(s, p, e), (*target).entity)
	},
	"inline-deny-role": func(s *search, p *actor, e *Entry) []*target {
		return s.inlineDenies(selfRole(s, p, e), (*target).entity)
	},
	"group-deny": (*search).groupDenies,
	"any-group":  (*search).anyGroups,
	"attached-deny-group": func(s *search, p *actor, e *Entry) []*target {
		return s.attachedDenies(s.ownGroups(p, e), (*target).groupOf)
	},
	"inline-deny-group": func(s *search, p *actor, e *Entry) []*target {
		return s.inlineDenies(s.ownGroups(p, e), (*target).groupOf)
	},
	"untagged-resource": (*search).untaggedResources,
	"untagged-object":   (*search).untaggedObjects,
	"untagged-user":     func(s *search, p *actor, e *Entry) []*target { return s.untagged(selfUser(s, p, e), p) },
	"untagged-role":     func(s *search, p *actor, e *Entry) []*target { return s.untagged(selfRole(s, p, e), p) },
	"tagged-user":       func(s *search, p *actor, e *Entry) []*target { return s.tagged(selfUser(s, p, e), p) },
	"tagged-role":       func(s *search, p *actor, e *Entry) []*target { return s.tagged(selfRole(s, p, e), p) },
	"guarded-self":      (*search).guardedSelf,
}

func selfUser(s *search, p *actor, _ *Entry) []*target {
	if p.node.User == nil {
		return nil
	}
	return []*target{s.self(p)}
}

func selfRole(s *search, p *actor, _ *Entry) []*target {
	if p.node.Role == nil {
		return nil
	}
	return []*target{s.self(p)}
}

// self is the actor as it is now, supposed changes included.
func (s *search) self(p *actor) *target {
	t := s.targetOf(p.node.ID, entityOf(p.node))
	t.node, t.user, t.role = p.id, p.node.User, p.node.Role
	return t
}

// entityOf is what users and roles have in common; nil for other nodes.
func entityOf(n *graph.Node) *iam.Entity {
	switch {
	case n.User != nil:
		return &n.User.Entity
	case n.Role != nil:
		return &n.Role.Entity
	}
	return nil
}

func bounded(list []*target) []*target {
	return slices.DeleteFunc(list, func(t *target) bool { return t.boundary == nil || *t.boundary == "" })
}

// rebounded are those who could have a boundary that allows everything instead.
func (s *search) rebounded(list []*target, p *actor) []*target {
	var out []*target
	for _, t := range list {
		for _, at := range s.omnipotent(p.account) {
			if at.ARN != *t.boundary {
				out = append(out, t.with(func(t *target) { t.given = map[string]string{"iam:PermissionsBoundary": at.ARN} }))
			}
		}
	}
	return out
}

func (s *search) ownGroups(p *actor, e *Entry) []*target {
	var out []*target
	for _, t := range selfUser(s, p, e) {
		for _, g := range t.user.Groups {
			out = append(out, t.with(func(t *target) { t.group = g }))
		}
	}
	return out
}

// otherGroups are those with policies that the user is not in.
func (s *search) otherGroups(p *actor, e *Entry) []*target {
	return slices.DeleteFunc(s.anyGroups(p, e), func(t *target) bool { return len(t.group.Inline)+len(t.group.Attached) == 0 })
}

// anyGroups are those that the user is not in.
func (s *search) anyGroups(p *actor, e *Entry) []*target {
	var out []*target
	for _, t := range selfUser(s, p, e) {
		for _, g := range p.account.Groups {
			if !slices.Contains(t.user.Groups, g) {
				out = append(out, t.with(func(t *target) { t.group = g }))
			}
		}
	}
	return out
}

func (s *search) ownPolicies(p *actor, _ *Entry) []*target {
	entity := entityOf(p.node)
	if entity == nil {
		return nil
	}
	list := customer(entity)
	if p.node.User != nil {
		list = customerOfUser(p.node.User)
	}
	var out []*target
	for _, m := range list {
		out = append(out, s.self(p).with(func(t *target) { t.policy = m }))
	}
	return out
}

// ownVersions are stored versions that allow what the one that counts does not
// (ESC-03).
func (s *search) ownVersions(p *actor, e *Entry) []*target {
	var out []*target
	for _, t := range s.ownPolicies(p, e) {
		out = append(out, otherVersions(t)...)
	}
	return out
}

// roleVersions are the same of policies of roles.
func (s *search) roleVersions(p *actor, e *Entry) []*target {
	var out []*target
	for _, t := range s.rolePolicies(p, e) {
		out = append(out, otherVersions(t)...)
	}
	return out
}

func otherVersions(t *target) []*target {
	var out []*target
	current := t.policy.Default()
	for _, v := range t.policy.Versions {
		if v != current && v.Document != nil && (current == nil || current.Document == nil || allowsMore(v.Document, current.Document) || deniesLess(v.Document, current.Document)) {
			out = append(out, t.with(func(t *target) { t.version = v }))
		}
	}
	return out
}

// allowsMore reports whether a document allows an action on a resource, as they are
// written, or by exception, that the other does not allow so or only on conditions.
func allowsMore(d, than *policy.Document) bool {
	have := map[string]bool{}
	eachClause(than, policy.Allow, func(pair, conditions string) { have[pair+conditions] = true })
	more := false
	eachClause(d, policy.Allow, func(pair, conditions string) {
		more = more || !have[pair] && !have[pair+conditions] && !have["* *"]
	})
	return more
}

// deniesLess reports whether a document has not all that the other denies.
func deniesLess(d, than *policy.Document) bool {
	have := map[string]bool{}
	eachClause(d, policy.Deny, func(pair, conditions string) { have[pair+conditions] = true })
	less := false
	eachClause(than, policy.Deny, func(pair, conditions string) { less = less || !have[pair+conditions] })
	return less
}

// eachClause calls f for each pair of action and resource of the statements with an
// effect, with their conditions; "" none.
func eachClause(d *policy.Document, effect policy.Effect, f func(pair, conditions string)) {
	for i := range d.Statements {
		st := &d.Statements[i]
		if st.Effect != effect {
			continue
		}
		conditions := ""
		for _, c := range st.Conditions {
			conditions += fmt.Sprintf(" %s %s %q", c.Operator, c.Key, c.Values)
		}
		for _, a := range texts("", st.Action, texts("!", st.NotAction, nil)) {
			for _, r := range texts("", st.Resource, texts("!", st.NotResource, nil)) {
				f(a+" "+r, conditions)
			}
		}
	}
}

func texts[T interface{ String() string }](prefix string, list []T, out []string) []string {
	for _, v := range list {
		out = append(out, prefix+v.String())
	}
	return out
}

func (s *search) ownBoundary(p *actor, _ *Entry) []*target {
	entity := entityOf(p.node)
	if entity == nil || entity.Boundary == nil || entity.Boundary.Policy == nil {
		return nil
	}
	if arn, ok := policy.ParseARN(entity.Boundary.ARN); !ok || arn.Account != entity.Account {
		return nil
	}
	return []*target{s.self(p).with(func(t *target) { t.policy = entity.Boundary.Policy })}
}

// ownBoundaryVersions are stored versions of the boundary that bound less (ESC-03, ESC-22).
func (s *search) ownBoundaryVersions(p *actor, e *Entry) []*target {
	var out []*target
	for _, t := range s.ownBoundary(p, e) {
		out = append(out, otherVersions(t)...)
	}
	return out
}
