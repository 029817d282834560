package policy

import (
	"iter"
	"slices"
	"strconv"
	"strings"
)

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

// DependsOnCaller reports whether the statement tells apart callers of one
// account and kind: by name, tags or ids in conditions, variables, or by
// naming some of them in NotPrincipal or a Deny.
func (s *Statement) DependsOnCaller() bool {
	if s.NotPrincipal != nil {
		return true
	}
	if s.namesCallers() {
		return true
	}
	for i := range s.Conditions {
		c := &s.Conditions[i]
		if c.dynamic || callerKey(c.lower) {
			return true
		}
	}
	return hasVariables(s.Resource) || hasVariables(s.NotResource)
}

// TellsAccountsApart reports whether the statement reads differently for callers
// that differ in nothing but their account: by a condition on the account, or by
// naming accounts in NotPrincipal or a Deny. Where an account stands in its
// organization is not meant.
func (s *Statement) TellsAccountsApart() bool {
	if s.NotPrincipal != nil {
		return true
	}
	named := func(p PrincipalElement) bool { return p.Type == "AWS" && !p.Any() }
	if s.Effect == Deny && slices.ContainsFunc(s.Principal, named) {
		return true
	}
	return slices.ContainsFunc(s.Conditions, func(c Condition) bool { return c.dynamic || c.lower == "aws:principalaccount" })
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

// A CallerReader tells how statements read for one user or role after the other. It
// belongs to one goroutine.
type CallerReader struct {
	request Request
	tags    []Tag
	e       evaluation
}

// AppendSignature appends how statements read for a caller, session facts aside:
// callers of one account and kind with the same signature get the same verdict. ok is
// false if no signature can tell; then each caller has to be asked for. tags are those
// of a user.
func (r *CallerReader) AppendSignature(out []byte, statements []*Statement, c Caller, tags []Tag) (signature []byte, ok bool) {
	r.request, r.tags = Request{Caller: c}, tags
	r.e = evaluation{request: &r.request, context: r}
	for _, s := range statements {
		if s.DependsOnCaller() {
			if out, ok = r.e.appendSignature(out, s); !ok {
				return out, false
			}
		}
		out = append(out, '|')
	}
	return out, true
}

func (e *evaluation) appendSignature(out []byte, s *Statement) (signature []byte, ok bool) {
	if s.NotPrincipal != nil || hasVariables(s.Resource) || hasVariables(s.NotResource) || s.namesCallers() {
		return out, false
	}
	for i := range s.Conditions {
		k := &s.Conditions[i]
		switch {
		case k.dynamic, k.lower == "aws:userid" && e.request.Caller.Kind != CallerUser:
			return out, false
		case callerKey(k.lower):
			out = append(append(out, e.test(k, s.Effect).Key()...), ';')
		}
	}
	return out, true
}

// Lookup implements Context: it knows the caller's names and a user's tags. Of a role's
// sessions tags stay open, whoever asks.
func (r *CallerReader) Lookup(key string) Value {
	c := &r.request.Caller
	switch key {
	case "aws:principalarn":
		return Is(c.ARN)
	case "aws:username":
		if c.Kind == CallerUser {
			return Is(c.Name)
		}
		return NotThere()
	case "aws:userid":
		if c.UniqueID != "" {
			return Is(c.UniqueID)
		}
	}
	if tag, ok := strings.CutPrefix(key, "aws:principaltag/"); ok && c.Kind == CallerUser {
		return TagValue(r.tags, tag)
	}
	return Value{}
}

// AppendReading appends how the statement's resources read for an ARN: callers
// to whom all else is equal get the same verdict on resources with the same
// readings. ok is false if that cannot be told, because a resource has a
// variable or a condition is about the resource.
func (s *Statement) AppendReading(out []byte, arn string, parsed ARN) (reading []byte, ok bool) {
	if hasVariables(s.Resource) || hasVariables(s.NotResource) || s.ReadsResource() {
		return out, false
	}
	for _, list := range [2][]ResourcePattern{s.Resource, s.NotResource} {
		for i := range list {
			g := list[i].fixed()
			if g.whole.IsAll() {
				continue
			}
			for _, resourceSide := range [2]bool{false, true} {
				m := g.match(arn, parsed, true, resourceSide)
				out = append(out, yesNo(m.ok))
				out = append(out, m.code...)
			}
		}
		out = append(out, ';')
	}
	return out, true
}

func yesNo(yes bool) byte {
	if yes {
		return '+'
	}
	return '-'
}

// AppendResources appends what says how the statement reads for resources, all
// that AppendReading and MayMatchResource look at: statements for which it is the
// same read the same for each.
func (s *Statement) AppendResources(out []byte) []byte {
	for _, flag := range [...]bool{s.HasPrincipal, s.Resource == nil, s.ReadsResource(), hasVariables(s.Resource), hasVariables(s.NotResource)} {
		out = append(out, yesNo(flag))
	}
	for _, list := range [2][]ResourcePattern{s.Resource, s.NotResource} {
		for i := range list {
			out = strconv.AppendInt(out, int64(len(list[i].text)), 10)
			out = append(append(out, ' '), list[i].text...)
		}
		out = append(out, ';')
	}
	return out
}

// ReadsResource reports whether a condition is about the resource, or has a
// variable, which may be.
func (s *Statement) ReadsResource() bool {
	return slices.ContainsFunc(s.Conditions, func(c Condition) bool {
		return c.dynamic || strings.HasPrefix(c.lower, "aws:resource") || strings.HasPrefix(c.lower, "iam:resource") || strings.HasPrefix(c.lower, "iam:permissionsboundary")
	})
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

func hasVariables(list []ResourcePattern) bool {
	for i := range list {
		if list[i].template.HasVariables() {
			return true
		}
	}
	return false
}

// namesCallers reports whether a Deny names users, roles or sessions.
func (s *Statement) namesCallers() bool {
	return s.Effect == Deny && slices.ContainsFunc(s.Principal, func(p PrincipalElement) bool {
		return p.Type == "AWS" && !p.Any() && p.account == ""
	})
}

func callerKey(lower string) bool {
	switch lower {
	case "aws:principalarn", "aws:userid", "aws:username":
		return true
	}
	return strings.HasPrefix(lower, "aws:principaltag/")
}

// Operators lists the condition operators that are understood, in the order of
// AWS's documentation.
func Operators() []string {
	var out []string
	for _, o := range operators {
		out = append(out, o.Name)
	}
	return out
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
