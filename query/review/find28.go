package review

import (
	"cmp"
	"slices"
	"strings"

	"accesspath/graph"
	"accesspath/policy"
	"accesspath/policy/catalog"
)

// guestRole is FIND-28.
func guestRole() Rule {
	return Rule{ID: "FIND-28", Doc: Doc{
		Title:       "Guests of an identity pool may write",
		Why:         "A guest proves nothing: whoever reads the pool's id out of the app gets the role. Permission to send, write or delete is then everybody's.",
		Severity:    High,
		Remediation: "Leave guests the few actions that the app needs before sign-in, turn the classic flow off, or let no guests in.",
		References:  []string{"Amazon Cognito Developer Guide: Security best practices for Amazon Cognito identity pools", "Amazon Cognito Developer Guide: Role trust and permissions"},
		Since:       "0.2",
		Needs:       []Need{NeedRoles},
		Wants:       []Need{NeedPools},
	}, check: checkGuestRole}
}

func checkGuestRole(p *pass) []Finding {
	return p.eachTrust(func(t trust) []Finding {
		if !t.names("Federated", cognito) || !t.statement.MatchesAction("sts:AssumeRoleWithWebIdentity") {
			return nil
		}
		sessions := p.guestSessions(t.subject)
		for _, s := range sessions { // the classic flow, which limits nobody, comes first
			if f, ok := p.guestFinding(s); ok {
				return []Finding{f}
			}
		}
		return nil
	})
}

// guestSession is a way in which guests get a role: node is the role, or its
// sessions under the limit that the enhanced flow sets (FED-13).
type guestSession struct {
	node     *graph.Node
	requires policy.Requirement
}

// without is what is left to meet if something that was not read is not so.
func (s guestSession) without(key string) policy.Requirement {
	return s.requires.Map(func(a *policy.Atom) policy.Requirement {
		if a.Key == key {
			return policy.False()
		}
		return policy.Keep(a)
	})
}

// guestSessions are the ways that are open, as the graph has them: it knows the pools
// that trust policies admit, those that anybody makes, and their settings.
func (p *pass) guestSessions(role string) []guestSession {
	guests, ok := p.g.Find(graph.GuestsID)
	if !ok {
		return nil
	}
	var out []guestSession
	for e := range p.g.Out(guests) {
		if n := p.g.Node(e.To); n.Role != nil && n.Role.ARN == role && possible(e.Requires) {
			out = append(out, guestSession{n, e.Requires})
		}
	}
	slices.SortStableFunc(out, func(x, y guestSession) int { return cmp.Compare(x.node.ID, y.node.ID) })
	return out
}

// guestFinding is what guests may do in a session.
func (p *pass) guestFinding(s guestSession) (Finding, bool) {
	var what []string
	if calls := p.guestWrites(s.node); len(calls) > 0 {
		what = append(what, "call "+some(calls))
	}
	for _, a := range p.abilities(s.node) {
		if strings.HasPrefix(a.what, "read every ") {
			what = append(what, a.what)
		}
	}
	f := says("guests may %s", strings.Join(what, ", "))
	switch {
	case s.node.Limit == nil && p.isAdmin(s.node.Role.ARN):
		f.Severity, f.Text = Critical, "guests may do everything in the account"
	case len(what) == 0:
		return Finding{}, false
	case s.node.Limit != nil:
		f.Text += ", which is what the enhanced flow leaves them of the role"
	}
	for _, open := range []struct{ key, text string }{
		{"DATA:pool-guests", "if the pool lets guests in, which was not read"},
		{"DATA:classic-flow", "if the pool allows the classic flow, which was not read"},
	} {
		if !possible(s.without(open.key)) {
			f.Confidence = Probable
			f.Text += ", " + open.text
		}
	}
	return f, true
}

// guestActions are what AWS gives guests itself: telemetry, and data of the
// guest's own identity.
func guestActions() []string {
	return []string{"cognito-identity:", "cognito-sync:", "mobileanalytics:", "mobiletargeting:putevents", "mobiletargeting:updateendpoint", "rum:putrumevents"}
}

// guestWrites lists what the role may change or send, by the actions that its
// policies write out; a wildcard stands for its first such action.
func (p *pass) guestWrites(n *graph.Node) []string {
	var out []string
	for _, s := range allowed(p.m.IdentityPolicies(n)) {
		patterns := texts(s.Action)
		if s.NotAction != nil {
			patterns = []string{"*"}
		}
		for _, pattern := range patterns {
			if name := p.writes(n, s, pattern); name != "" {
				out = append(out, name)
			}
		}
	}
	return sortedUnique(out)
}

// writes returns the pattern if it covers an action that changes something, or
// reads a secret, and the role may really do it.
func (p *pass) writes(n *graph.Node, s *policy.Statement, pattern string) string {
	asked := p.m.Inquiry(n)
	for _, action := range catalog.Expand(pattern) {
		service, name, _ := strings.Cut(action, ":")
		info, ok := catalog.Action(service, name)
		lower := strings.ToLower(action)
		if !ok || !strings.Contains(info.Access, "Write") && lower != "secretsmanager:getsecretvalue" ||
			slices.ContainsFunc(guestActions(), func(g string) bool { return strings.HasPrefix(lower, g) }) {
			continue
		}
		if slices.ContainsFunc(resourceTexts(s), func(r string) bool {
			return possible(asked.Verdict(action, r))
		}) {
			return pattern
		}
	}
	return ""
}

// resourceTexts are resources that a statement covers: a pattern, taken as a
// name, matches itself.
func resourceTexts(s *policy.Statement) []string {
	if len(s.Resource) == 0 {
		return []string{"*"}
	}
	return texts(s.Resource)
}
