package graph

import (
	"iter"
	"maps"
	"slices"
	"strings"

	"accesspath/iam"
	"accesspath/policy"
)

// Users whose policies let them ask for sessions of some names only cannot have the
// session that stands for all names, so names that they may have are looked for (STS-10).

// allow notes the sessions that policies let a user ask for, as patterns of ARNs, unless
// that of any name is among them.
func (t *tokens) allow(account string, u *iam.User, list []policy.Attached) {
	anyToken := t.arn(account, anyName)
	for s := range tokenStatements(list) {
		for _, r := range s.Resource {
			if r.IsAll() {
				continue
			}
			pattern := withUserName(r.String(), u.Name)
			if !strings.Contains(pattern, "$") && !policy.CompilePattern(pattern).Match(anyToken) {
				t.allowed[account] = append(t.allowed[account], pattern)
			}
		}
	}
}

// tokenStatements are the statements of policies that allow the call.
func tokenStatements(list []policy.Attached) iter.Seq[*policy.Statement] {
	return func(yield func(*policy.Statement) bool) {
		for _, s := range policy.Statements(list) {
			if s.Effect == policy.Allow && s.MatchesAction(federationToken) && !yield(s) {
				return
			}
		}
	}
}

// An issuer may ask for sessions. Where all users of an account have sessions of their
// own names, the patterns save deciding each session for each user.
type issuer struct {
	node     NodeID
	any      bool             // it is not known which sessions
	patterns []policy.Pattern // else: of what ARNs
}

// issuers are the nodes of those in an account who may ask for sessions.
func (b *builder) issuers(account string) []issuer {
	var out []issuer
	for _, id := range issuersIn(b.g.Model.Snapshot.Account(account)) {
		if n, ok := b.g.ids[id]; ok {
			out = append(out, b.issuer(n))
		}
	}
	return out
}

func (b *builder) issuer(n NodeID) issuer {
	out := issuer{node: n}
	u := b.g.nodes[n].User
	if u == nil {
		out.any = true
		return out
	}
	list := newIdentity(&b.g.nodes[n]).policies
	out.any = slices.ContainsFunc(list, func(p policy.Attached) bool { return p.Document == nil })
	for s := range tokenStatements(list) {
		out.any = out.any || s.Resource == nil
		for _, r := range s.Resource {
			pattern := withUserName(r.String(), u.Name)
			if strings.Contains(pattern, "$") || strings.Count(pattern, ":") < 5 { // which is read in more ways than one (ARNM-05)
				out.any = true
				continue
			}
			out.patterns = append(out.patterns, policy.CompilePattern(pattern))
		}
	}
	return out
}

// names reports whether policies may let the issuer ask for a session.
func (x *issuer) names(session string) bool {
	return x.any || slices.ContainsFunc(x.patterns, func(p policy.Pattern) bool { return p.Match(session) })
}

// withUserName fills in the variable by which users are held to their own names.
func withUserName(text, user string) string {
	const variable = "${aws:username}"
	for i := 0; i+len(variable) <= len(text); i++ {
		if strings.EqualFold(text[i:i+len(variable)], variable) {
			text = text[:i] + user + text[i+len(variable):]
			i += len(user) - 1 // whatever a hostile name holds is text
		}
	}
	return text
}

// expand finds the sessions that conditions ask for: by name, or one for each pattern and
// account, under a name that nobody spells out, and one for each pattern of names that
// users may have. What matches users as well tells nothing apart.
func (t *tokens) expand() {
	for _, of := range [2]map[string]*tokenReading{t.of, t.users} {
		for id, r := range of { // of each its own: the order does not matter
			t.spellOut(id, r)
		}
	}
	for account, list := range t.allowed {
		slices.Sort(list)
		t.allowed[account] = slices.Compact(list)
	}
	spelled := maps.Clone(t.seen)
	for _, a := range t.b.g.Model.Snapshot.Accounts {
		if a.Loaded() {
			t.ofAccount(a, spelled)
		}
	}
}

// ofAccount finds the sessions of an account that no policy spells out.
func (t *tokens) ofAccount(a *iam.Account, spelled map[string]bool) {
	if t.b.tokenRoots[a.ID] {
		t.add(a.ID, anyName)
	}
	of := t.bearing(a.ID, false)
	if root, ok := rootOf(a); ok && len(of.like) > 0 && t.b.g.Model.rootGetsToken(a) {
		t.match(a.ID, of.like, root.ID, nil, spelled)
	}
	if !t.issuers[a.ID] {
		return
	}
	of = t.bearing(a.ID, true)
	t.match(a.ID, of.like, "arn:"+t.partition(a.ID)+":iam::"+a.ID+":user/"+anyName, t.allowed[a.ID], spelled)
	if !of.apart && !(t.taggers[a.ID] && of.tagged) {
		return // their sessions have their own tags
	}
	t.add(a.ID, anyName)
	for _, allowed := range t.allowed[a.ID] {
		t.addOfBoth(a.ID, "*", allowed, spelled)
	}
}

// spellOut notes the sessions that policies name, of one account or of all.
func (t *tokens) spellOut(account string, r *tokenReading) {
	for _, list := range [2][]string{r.names, r.like} {
		for _, v := range list {
			t.name(account, v)
		}
	}
}

// match finds a session of an account for each pattern that bears on it and not on who
// asks for it, and one for each pattern of those that users may have.
func (t *tokens) match(id string, like []string, issuer string, allowed []string, spelled map[string]bool) {
	for _, v := range like {
		if !strings.ContainsAny(v, "*?") {
			continue
		}
		pattern := policy.CompilePattern(v)
		if pattern.Match(issuer) {
			continue
		}
		if name := t.unspelled(id, v, spelled); name != "" && pattern.Match(t.arn(id, name)) {
			t.add(id, name)
		}
		for _, may := range allowed {
			t.addOfBoth(id, v, may, spelled)
		}
	}
}

// unspelled is a name of sessions that fits the pattern of an ARN and that no policy has;
// "" if the pattern has none.
func (t *tokens) unspelled(account, pattern string, spelled map[string]bool) string {
	form := "*"
	if i := strings.LastIndex(pattern, "federated-user/"); i >= 0 {
		form = pattern[i+len("federated-user/"):]
	}
	for x := "xx"; ; x += "x" {
		name := strings.NewReplacer("*", x, "?", "x").Replace(form)
		if !spelled[t.arn(account, name)] || !strings.Contains(form, "*") {
			return name
		}
	}
}

// addOfBoth adds a session that a condition asks for, and that some users may have.
func (t *tokens) addOfBoth(account, asked, allowed string, spelled map[string]bool) {
	both := []policy.Pattern{policy.CompilePattern(asked), policy.CompilePattern(allowed)}
	matches := func(arn string) bool {
		return !slices.ContainsFunc(both, func(p policy.Pattern) bool { return !p.Match(arn) })
	}
	name := t.unspelled(account, allowed, spelled)
	if name == "" || !matches(t.arn(account, name)) {
		sessions := policy.CompilePattern(t.arn(account, "??*"))
		arn, ok, _ := policy.FindWitness(append(both, sessions), nil)
		if !ok {
			return
		}
		name = strings.TrimPrefix(arn, t.arn(account, ""))
	}
	t.add(account, name)
}
