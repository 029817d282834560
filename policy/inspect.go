package policy

import (
	"iter"
	"slices"
	"strings"
)

// What a statement says, read without a request: for whoever looks for candidates, or
// reviews policies. See signature.go for what it reads of callers and resources.

// MayMatchResource reports whether the statement could apply to a resource:
// never no where Evaluate says yes. It looks at no context.
func (s *Statement) MayMatchResource(arn string) bool {
	if s.Resource == nil {
		return true // NotResource, or none: not worth deciding here
	}
	parsed, ok := ParseARN(arn)
	if s.HasPrincipal && ok && parsed.Service == "iam" {
		return true // a trust policy is about its role whatever it says (GRAM-10)
	}
	for i := range s.Resource {
		g := s.Resource[i].fixed()
		if g == nil || g.match(arn, parsed, ok, false).ok {
			return true
		}
	}
	return false
}

// ActionServices lists the service prefixes, in lower case, of the actions that
// the statement is about; any is true if they are open.
func (s *Statement) ActionServices() (services []string, any bool) {
	if s.Action == nil {
		return nil, true
	}
	for i := range s.Action {
		p := s.Action[i].prefix
		if p == "" {
			return nil, true
		}
		if !slices.Contains(services, p) {
			services = append(services, p)
		}
	}
	return services, false
}

// An ARNPrefix says what the ARNs that a pattern matches begin with, as far as
// the pattern spells it out: the account, "" for any, and the resource part up to
// its first wildcard.
type ARNPrefix struct{ Account, Resource string }

// ResourcePrefixes lists what the resources that the statement is about begin
// with; all is true if that is not spelled out.
func (s *Statement) ResourcePrefixes() (list []ARNPrefix, all bool) {
	if s.Resource == nil {
		return nil, true
	}
	for i := range s.Resource {
		p, ok := s.Resource[i].prefix()
		if !ok {
			return nil, true
		}
		if !slices.Contains(list, p) {
			list = append(list, p)
		}
	}
	return list, false
}

// prefix is for patterns that have no wildcard before the resource part, unless
// the account is one. Whoever compares must know that such a star runs over
// colons as well (ARNM-04), if the resource part of the ARN has any.
func (r ResourcePattern) prefix() (ARNPrefix, bool) {
	parts := strings.SplitN(r.text, ":", 6)
	if len(parts) != 6 || strings.Contains(r.text, "$") {
		return ARNPrefix{}, false
	}
	p := ARNPrefix{Account: parts[4], Resource: parts[5]}
	if p.Account == "*" {
		p.Account = ""
	}
	for _, part := range [...]string{parts[0], parts[1], parts[2], parts[3], p.Account} {
		if strings.ContainsAny(part, "*?") {
			return ARNPrefix{}, false
		}
	}
	if i := strings.IndexAny(p.Resource, "*?"); i >= 0 {
		p.Resource = p.Resource[:i]
	}
	return p, true
}

// narrowingAccounts are the keys whose values name the account of the caller (RPOL-17 is
// why the last does).
var narrowingAccounts = []string{"aws:principalaccount", "aws:principalarn", "kms:calleraccount", "aws:sourceowner"}

// NarrowingKey reports whether the values of a condition key, in lower case, name the
// account of the caller.
func NarrowingKey(lower string) bool { return slices.Contains(narrowingAccounts, lower) }

// NarrowedTo lists the accounts that a statement for everyone is meant for, and
// the organizations, as patterns: what its conditions on the caller's account,
// ARN or organization name. Of a Deny they are those that it spares. Whether they do
// get in, Evaluate says (EVAL-25).
func (s *Statement) NarrowedTo() (accounts, organizations []string) {
	for i := range s.Conditions {
		c := &s.Conditions[i]
		if c.op == nil || c.op.Negated != (s.Effect == Deny) || c.op.Test == "" || c.dynamic {
			continue
		}
		for _, v := range c.fixed {
			switch {
			case c.lower == "aws:principalorgid" || c.lower == "aws:principalorgpaths":
				organization, _, _ := strings.Cut(v, "/")
				organizations = append(organizations, organization)
			case NarrowingKey(c.lower):
				if account := accountIn(v); account != "" {
					accounts = append(accounts, account)
				}
			}
		}
	}
	return accounts, organizations
}

// accountIn is the account that a text names: itself, or that of an ARN.
func accountIn(text string) string {
	if parts := strings.SplitN(text, ":", 6); len(parts) == 6 {
		text = parts[4]
	}
	if IsAccountID(text) {
		return text
	}
	return ""
}

// Favours reports whether an Allow of a resource's policy may mean a caller of the
// resource's own account in a way that needs no identity policy: by name, by the name of a
// session, or as one of everybody (EVAL-10).
func (s *Statement) Favours(c Caller) bool {
	if s.Effect != Allow || !s.HasPrincipal {
		return false
	}
	e := newEvaluation(&Request{Caller: c})
	e.layer = resourceLayer
	return slices.ContainsFunc(e.principals(s), func(m principalMatch) bool {
		return m.kind != matchAccount && !m.open.IsFalse()
	})
}

// Everything reports whether the statement allows all actions on all resources,
// conditions aside (ESC-02).
func (s *Statement) Everything() bool {
	all := func(a ActionPattern) bool {
		t := a.String()
		return t == "*:*" || t != "" && strings.Trim(t, "*") == ""
	}
	return s.Effect == Allow && s.HasResource && !s.HasPrincipal && slices.ContainsFunc(s.Action, all) && slices.ContainsFunc(s.Resource, ResourcePattern.IsAll)
}

// May reports whether the pattern could match an ARN, whatever its variables
// stand for; arn may be "*".
func (r ResourcePattern) May(arn string) bool {
	g := r.fixed()
	if g == nil {
		return true
	}
	parsed, ok := ParseARN(arn)
	return g.match(arn, parsed, ok, false).ok
}

// MayMeet reports whether the pattern could match an ARN that another pattern, of the
// resource of a question, matches as well, for all that tells with what both begin.
func (r ResourcePattern) MayMeet(pattern string) bool {
	p, q := literalStart(r.text), literalStart(pattern)
	n := min(len(p), len(q))
	return p[:n] == q[:n]
}

// literalStart is a pattern up to its first wildcard or variable.
func literalStart(pattern string) string {
	if i := strings.IndexAny(pattern, "*?$"); i >= 0 {
		return pattern[:i]
	}
	return pattern
}

// Variable reports whether what the pattern matches hangs on policy variables.
func (r ResourcePattern) Variable() bool { return r.template.HasVariables() }

// Certain reports whether it is known what the pattern matches (ACTM-05).
func (a ActionPattern) Certain() bool { return a.code == "" }

// Keys yields the condition keys that the statement reads, in lower case, those of
// policy variables among them (VAR-01). A key may come more than once.
func (s *Statement) Keys() iter.Seq[string] {
	return func(yield func(string) bool) {
		for i := range s.Conditions {
			if !yield(s.Conditions[i].lower) {
				return
			}
		}
		for t := range s.templates() {
			for key := range t.Variables() {
				if !yield(key) {
					return
				}
			}
		}
	}
}

// Variables yields the keys of the statement's policy variables as they are spelled
// (VAR-01). One may come more than once.
func (s *Statement) Variables() iter.Seq[string] {
	return func(yield func(string) bool) {
		for t := range s.templates() {
			for _, p := range t.parts {
				if p.key != "" && !yield(p.spelled) {
					return
				}
			}
		}
	}
}

// FavoursTags reports whether a caller that picks its own tags may fare better with the
// statement than one that has none: an Allow asks for tags, or a Deny spares who has some
// (COND-04, COND-08, VAR-03).
func (s *Statement) FavoursTags() bool {
	if !readsTags(s.Keys()) {
		return false
	}
	e := newEvaluation(&Request{Context: untagged})
	favours := slices.ContainsFunc(slices.Concat(s.Resource, s.NotResource), func(r ResourcePattern) bool { return readsTags(r.template.Variables()) })
	for i := range s.Conditions {
		c := &s.Conditions[i]
		if !c.readsTags() {
			continue
		}
		switch without := e.test(c, s.Effect); {
		case s.Effect == Deny && without.IsFalse():
			return false // which is none for callers without tags
		case s.Effect == Deny || !without.IsTrue():
			favours = true
		}
	}
	return favours
}

// untagged is what is known of a request of a caller without tags.
var untagged = ContextFunc(func(key string) Value {
	if strings.HasPrefix(key, principalTagPrefix) {
		return NotThere()
	}
	return Value{}
})

const principalTagPrefix = "aws:principaltag/"

// readsTags reports whether one of condition keys, in lower case, is a tag of the caller.
func readsTags(keys iter.Seq[string]) bool {
	for key := range keys {
		if strings.HasPrefix(key, principalTagPrefix) {
			return true
		}
	}
	return false
}

// readsTags reports whether the condition reads tags of the caller, by its key or in
// variables.
func (c *Condition) readsTags() bool {
	return strings.HasPrefix(c.lower, principalTagPrefix) || slices.ContainsFunc(c.fills, func(t Template) bool { return readsTags(t.Variables()) })
}

// templates yields the texts of the statement that may have variables.
func (s *Statement) templates() iter.Seq[Template] {
	return func(yield func(Template) bool) {
		for i := range s.Conditions {
			for _, t := range s.Conditions[i].fills {
				if !yield(t) {
					return
				}
			}
		}
		for _, list := range [...][]ResourcePattern{s.Resource, s.NotResource} {
			for _, r := range list {
				if !yield(r.template) {
					return
				}
			}
		}
	}
}
