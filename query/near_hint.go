package query

import (
	"slices"
	"strings"

	"accesspath/graph"
	"accesspath/iam"
	"accesspath/policy"
)

// Hints are what statements say of something that somebody meant to work: how
// clearly, in small numbers.

// actionStrength: 3 for a statement that names the action and a related
// resource or the resource and other actions, 1 for any that allows the action.
func (t *topic) actionStrength(policies []policy.Attached) int {
	best := 0
	for _, p := range policies {
		if p.Document == nil {
			continue
		}
		for i := range p.Document.Statements {
			s := &p.Document.Statements[i]
			if s.Effect != policy.Allow {
				continue
			}
			action := s.MatchesLower(t.action)
			switch {
			case namesResource(s, t.resource), action && relatedResource(s, t.arn, t.isARN):
				return 3
			case action:
				best = 1
			}
		}
	}
	return best
}

// resourceStrength: 2 if the resource's policy allows the action to the
// principal's account or to it by name.
func (t *topic) resourceStrength(n *graph.Node) int {
	for i := range t.grants {
		if t.grants[i].strength(n) > 0 {
			return 2
		}
	}
	return 0
}

// named reports whether the resource's policy allows the action to a principal by name.
func (t *topic) named(n *graph.Node) bool {
	return slices.ContainsFunc(t.grants, func(g trusting) bool { return g.strength(n) == 2 })
}

// namesResource reports whether the statement names the very resource: by a
// pattern with some letters of its last part, not by stars alone.
func namesResource(s *policy.Statement, resource string) bool {
	return slices.ContainsFunc(s.Resource, func(r policy.ResourcePattern) bool {
		if glob, fixed := r.Glob(); fixed && !glob.Match(resource) {
			return false // another pattern beside it matches
		}
		text := r.String()
		last := text[strings.LastIndexByte(text, ':')+1:]
		for _, kind := range []string{"role/", "user/"} {
			last = strings.TrimPrefix(last, kind)
		}
		return len(strings.Trim(last, "*?/")) >= 3
	}) && s.MayMatchResource(resource)
}

// relatedResource reports whether a resource in the statement begins like the
// one asked about, as far as its first twenty characters behind the account.
func relatedResource(s *policy.Statement, asked policy.ARN, ok bool) bool {
	if !ok {
		return false
	}
	head := asked.Resource[:min(len(asked.Resource), 12)]
	return slices.ContainsFunc(s.Resource, func(r policy.ResourcePattern) bool {
		b, ok := policy.ParseARN(r.String())
		return ok && b.Service == asked.Service && len(b.Resource) >= len(head) && b.Resource[:len(head)] == head
	})
}

// hopStrength: 4 if both sides name each other, 3 if one names the other, 1 if
// the trust opens to the caller's account, 0 if nothing points there.
func hopStrength(policies []policy.Attached, from, to *graph.Node) int {
	var trust *trusting
	if to.Role != nil {
		trust = trustOf(to.Role)
	}
	own := callsOf(policies)
	return own.strength(from, to, trust)
}

// calls are the statements of a caller that are about getting a session: of a
// role, and of a root user.
type calls struct{ role, root []*policy.Statement }

func callsOf(policies []policy.Attached) calls {
	var out calls
	for _, p := range policies {
		if p.Document == nil {
			continue
		}
		for i := range p.Document.Statements {
			s := &p.Document.Statements[i]
			if s.MatchesLower("sts:assumerole") {
				out.role = append(out.role, s)
			}
			if s.MatchesLower("sts:assumeroot") {
				out.root = append(out.root, s)
			}
		}
	}
	return out
}

// strength is hopStrength; trust is nil for nodes that are no roles.
func (c *calls) strength(from, to *graph.Node, trust *trusting) int {
	identity, own := 0, c.root
	if to.Role != nil {
		own = c.role
	}
	if slices.ContainsFunc(own, func(s *policy.Statement) bool { return namesResource(s, to.ID) }) {
		identity = 2
	}
	if trust == nil {
		return identity // the session of a root user (ROOT-05)
	}
	trusted := trust.strength(from)
	if identity == 0 && trusted < 2 {
		return trusted
	}
	return identity + trusted
}

// trusting is whom statements of a resource mean, as far as they name somebody.
type trusting struct {
	any      bool
	names    []string         // as they stand
	accounts []string         // by number, or by their root users
	patterns []policy.Pattern // of ARNs, in conditions
}

func trustOf(role *iam.Role) *trusting {
	out := &trusting{}
	if d := role.Trust.Document; d != nil {
		for i := range d.Statements {
			out.add(&d.Statements[i])
		}
	}
	return out
}

func (t *trusting) add(s *policy.Statement) {
	for i := range s.Conditions {
		for _, v := range s.Conditions[i].Values {
			if strings.HasPrefix(v, "arn:") {
				t.patterns = append(t.patterns, policy.CompilePattern(v))
			}
		}
	}
	for i := range s.Principal {
		p := &s.Principal[i]
		t.names = append(t.names, p.Text)
		t.any = t.any || p.Any()
		if account := p.AccountID(); account != "" {
			t.accounts = append(t.accounts, account)
		}
	}
}

// strength: 2 for a caller who is named, 1 for one whose account is, or everybody.
func (t *trusting) strength(from *graph.Node) int {
	switch {
	case slices.Contains(t.names, from.ID), slices.ContainsFunc(t.patterns, func(p policy.Pattern) bool { return p.Match(from.ID) }):
		return 2
	case t.any, slices.Contains(t.accounts, from.Account):
		return 1
	}
	return 0
}

func trustStrength(s *policy.Statement, from *graph.Node) int {
	var t trusting
	t.add(s)
	return t.strength(from)
}
