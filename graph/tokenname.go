package graph

import (
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
	for _, p := range list {
		if p.Document == nil {
			continue
		}
		for i := range p.Document.Statements {
			s := &p.Document.Statements[i]
			if s.Effect != policy.Allow || !s.MatchesAction(federationToken) {
				continue
			}
			for _, r := range s.Resource {
				if r.IsAll() {
					continue
				}
				pattern := withUserName(r.String(), u.Name)
				if !strings.Contains(pattern, "$") && !policy.CompilePattern(pattern).Match(anyToken) && !slices.Contains(t.allowed[account], pattern) {
					t.allowed[account] = append(t.allowed[account], pattern)
				}
			}
		}
	}
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
	for _, v := range t.like {
		t.name(v)
	}
	spelled := maps.Clone(t.seen)
	for _, v := range slices.Compact(slices.Sorted(slices.Values(t.like))) {
		if !strings.ContainsAny(v, "*?") {
			continue
		}
		pattern := policy.CompilePattern(v)
		for _, id := range slices.Sorted(maps.Keys(t.issuers)) {
			if pattern.Match("arn:" + t.partition(id) + ":iam::" + id + ":user/" + anyName) {
				continue
			}
			if name := t.unspelled(id, v, spelled); name != "" && pattern.Match(t.arn(id, name)) {
				t.add(id, name)
			}
			for _, allowed := range t.allowed[id] {
				t.addOfBoth(id, v, allowed, spelled)
			}
		}
	}
	if t.apart {
		for _, id := range slices.Sorted(maps.Keys(t.issuers)) {
			t.add(id, anyName)
			for _, allowed := range t.allowed[id] {
				t.addOfBoth(id, "*", allowed, spelled)
			}
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
