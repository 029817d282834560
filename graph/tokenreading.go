package graph

import (
	"slices"
	"strings"

	"accesspath/iam"
	"accesspath/policy"
)

// A policy bears on the sessions of sts:GetFederationToken of those accounts whose callers
// it can be about: the one whose users or guardrails have it, or those that a resource
// lets in. What the policies of other accounts read tells none of theirs apart.

// tokenReading is what policies read of such sessions.
type tokenReading struct {
	names  []string // ARNs of principals
	like   []string // ARNs and patterns that conditions hold callers against
	apart  bool     // some test tells the sessions from their users
	root   bool     // or from the root user
	tagged bool     // some test reads the tags of who calls
}

func (r *tokenReading) empty() bool {
	return len(r.names) == 0 && len(r.like) == 0 && !r.apart && !r.root && !r.tagged
}

func (r *tokenReading) add(other tokenReading) {
	r.names, r.like = append(r.names, other.names...), append(r.like, other.like...)
	r.apart, r.root, r.tagged = r.apart || other.apart, r.root || other.root, r.tagged || other.tagged
}

// readingOf finds session names in principals and in conditions on who the caller is.
func readingOf(d *policy.Document) tokenReading {
	var r tokenReading
	for i := range d.Statements {
		s := &d.Statements[i]
		for k := range s.Principal {
			if s.Principal[k].Type == "AWS" {
				r.names = append(r.names, s.Principal[k].Text)
			}
		}
		for k := range s.Conditions {
			r.condition(s.Effect, &s.Conditions[k])
		}
		for key := range s.Keys() {
			r.tagged = r.tagged || strings.HasPrefix(key, "aws:principaltag/")
		}
	}
	r.names = slices.DeleteFunc(r.names, func(arn string) bool { return !isTokenARN(arn) })
	r.like = slices.DeleteFunc(r.like, func(v string) bool { return !mayBeToken(v) })
	return r
}

func (r *tokenReading) condition(effect policy.Effect, c *policy.Condition) {
	favours := favoursSessions(effect, c.Operator)
	switch strings.ToLower(c.Key) {
	case "aws:principalarn":
		r.like = append(r.like, c.Values...)
		r.apart = r.apart || favours && slices.ContainsFunc(c.Values, mayBeUser)
		r.root = r.root || favours && slices.ContainsFunc(c.Values, mayBeRoot)
	case "aws:userid":
		for _, v := range c.Values {
			if account, name, ok := strings.Cut(v, ":"); ok {
				r.like = append(r.like, "arn:*:sts::"+account+":federated-user/"+name)
			}
		}
		r.apart, r.root = r.apart || favours, r.root || favours
	case "aws:username": // which neither the sessions have nor root users (VAR-04)
		r.apart = r.apart || favours
	case "aws:principaltype":
		r.apart, r.root = true, true
	}
}

// mayBeUser reports whether the pattern of an ARN may match that of an IAM user.
func mayBeUser(pattern string) bool {
	a, ok := policy.ParseARN(pattern)
	start, _, _ := strings.Cut(strings.ReplaceAll(a.Resource, "?", "*"), "*")
	if ok && a.Service == "sts" {
		return false
	}
	return !ok || strings.Contains(pattern, "$") || strings.HasPrefix(start, "user/") || strings.HasPrefix("user/", start) && start != a.Resource
}

// mayBeRoot reports whether the pattern of an ARN may match that of a root user.
func mayBeRoot(pattern string) bool {
	a, ok := policy.ParseARN(pattern)
	return !ok || strings.Contains(pattern, "$") || a.Service != "sts" && policy.CompilePattern(a.Resource).Match("root")
}

// mayBeToken reports whether the pattern of an ARN may match that of a session.
func mayBeToken(pattern string) bool {
	_, ok, decided := policy.FindWitness([]policy.Pattern{policy.CompilePattern(pattern), anyToken}, nil)
	return ok || !decided
}

var anyToken = policy.CompilePattern("arn:*:sts::*:federated-user/?*")

// favoursSessions reports whether a test of who the user is may come out better for a
// session, which has another name and ARN, or none (VAR-04).
func favoursSessions(effect policy.Effect, operator string) bool {
	negated := strings.Contains(operator, "Not")
	if effect == policy.Deny {
		return !negated
	}
	return negated || operator == "Null" || strings.HasSuffix(operator, "IfExists")
}

// isTokenARN reports whether an ARN spells a session out.
func isTokenARN(arn string) bool {
	a, ok := policy.ParseARN(arn)
	name, isName := strings.CutPrefix(a.Resource, "federated-user/")
	return ok && a.Service == "sts" && isName && name != "" && !strings.ContainsAny(arn, "*?")
}

// reading is what a document reads, found once.
func (t *tokens) reading(d *policy.Document) tokenReading {
	r, ok := t.reads[d]
	if !ok {
		r = readingOf(d)
		t.reads[d] = r
	}
	return r
}

// readFor adds what a document reads to what bears on the sessions of one account, or of
// all, in one of the maps of tokens.
func (t *tokens) readFor(of map[string]*tokenReading, account string, d *policy.Document) {
	read := t.reading(d)
	k := readFor{d, account}
	if read.empty() || t.done[k] {
		return
	}
	t.done[k] = true
	r := of[account]
	if r == nil {
		r = &tokenReading{}
		of[account] = r
	}
	r.add(read)
}

// readFor is a document that was read for an account; "" for all.
type readFor struct {
	*policy.Document
	account string
}

// readResources reads the policies of resources, for those whom each lets in.
func (t *tokens) readResources() {
	m := t.b.g.Model
	for _, r := range m.Snapshot.Resources {
		var reads []*policy.Document
		for d := range resourceDocuments(r) {
			if read := t.reading(d); !read.empty() {
				reads = append(reads, d)
			}
		}
		if len(reads) == 0 {
			continue
		}
		in := &Grantees{accounts: map[string]bool{}}
		if m.letIn(r, in); in.any {
			in.accounts = map[string]bool{"": true}
		}
		for id := range in.accounts { // of each its own: the order does not matter
			for _, d := range reads {
				t.readFor(t.of, id, d)
			}
		}
	}
}

// letIn adds the accounts whose callers a resource may let in.
func (m *Model) letIn(r *iam.Resource, x *Grantees) {
	x.any = x.any || r.Account == "" || r.PolicyState == iam.Unknown || r.Policy != nil && r.Policy.Document == nil
	x.accounts[r.Account] = true
	for _, p := range r.AccessPoints {
		if arn, ok := policy.ParseARN(p.ARN); ok {
			x.accounts[arn.Account] = true
		}
		x.any = x.any || p.State == iam.Unknown || p.Policy != nil && p.Policy.Document == nil
	}
	for d := range resourceDocuments(r) {
		x.allowed(d)
	}
	for _, p := range m.Beside(r) {
		x.allowed(p.Document)
	}
}

// readGuardrails reads what binds the callers of accounts: those on resources bind the
// callers of all (ORG-10).
func (t *tokens) readGuardrails() {
	m := t.b.g.Model
	for _, a := range m.Snapshot.Accounts {
		if !a.Loaded() {
			continue
		}
		for _, l := range m.RCPs(a.ID) {
			t.readAll("", l.Policies)
		}
		for _, l := range m.SCPs(a.ID) {
			t.readAll(a.ID, l.Policies)
		}
	}
}

func (t *tokens) readAll(account string, list []policy.Attached) {
	for _, p := range list {
		if p.Document != nil {
			t.readFor(t.of, account, p.Document)
		}
	}
}

// readUsers reads the policies of users of an account who may ask for sessions: they bear
// on the sessions, too.
func (t *tokens) readUsers(a *iam.Account) {
	for _, u := range a.Users {
		id := newIdentity(&Node{User: u})
		if !mayIssue(id) {
			continue
		}
		for _, p := range slices.Concat(id.policies, id.boundary) {
			if p.Document != nil {
				t.readFor(t.users, a.ID, p.Document)
			}
		}
		t.allow(a.ID, u, id.policies)
		t.taggers[a.ID] = t.taggers[a.ID] || mayAllow(id, tagSession)
	}
}

// bearing is what bears on the sessions of an account: all that does, or, without users,
// what does on those of its root user.
func (t *tokens) bearing(account string, users bool) tokenReading {
	var out tokenReading
	for _, r := range []*tokenReading{t.of[""], t.of[account], t.users[account]} {
		if r != nil && (users || r != t.users[account]) {
			out.add(*r)
		}
	}
	slices.Sort(out.like)
	out.like = slices.Compact(out.like)
	return out
}

// name notes a session of an account that is spelled out; of any account if none is given.
func (t *tokens) name(account, arn string) {
	if a, _ := policy.ParseARN(arn); isTokenARN(arn) && (account == "" || a.Account == account) {
		t.add(a.Account, strings.TrimPrefix(a.Resource, "federated-user/"))
	}
}
