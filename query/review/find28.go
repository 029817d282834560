package review

import (
	"slices"
	"strings"

	"accesspath/graph"
	"accesspath/iam"
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
		r := withKey(p.federated(cognito, t.role), cognito+":amr", policy.Is("unauthenticated"))
		guests, classic := p.guests(t)
		n, ok := p.node(t.subject)
		if !ok || !possible(r) || guests == iam.KnownEmpty {
			return nil
		}
		what := p.guestWrites(n)
		f := says("guests may call %s", some(what))
		switch {
		case p.isAdmin(t.subject):
			f.Severity, f.Text = Critical, "guests may do everything in the account"
		case len(what) == 0:
			return nil
		}
		if guests == iam.Unknown {
			f.Confidence = Probable
			f.Text += ", if the pool lets guests in, which was not read"
		}
		if classic == iam.KnownEmpty {
			f.Confidence = Probable
			f.Text += "; the pool uses the enhanced flow only, where AWS limits guests to a list of services (FED-13)"
		}
		return []Finding{f}
	})
}

// guests says whether pools that use the role let guests in, and whether by the
// classic flow.
func (p *pass) guests(t trust) (guests, classic iam.State) {
	var pools []*iam.IdentityPool
	for _, a := range p.s.Accounts {
		for _, pool := range a.Pools {
			if pool.GuestRole == t.subject || accepts(t.statement, pool.ID) {
				pools = append(pools, pool)
			}
		}
	}
	if len(pools) == 0 {
		return iam.Unknown, iam.Unknown
	}
	guests, classic = iam.KnownEmpty, iam.KnownEmpty
	for _, pool := range pools {
		guests, classic = likelier(guests, pool.Unauthenticated), likelier(classic, pool.Classic)
	}
	return guests, classic
}

// accepts reports whether a statement names a pool in its audience.
func accepts(s *policy.Statement, pool string) bool {
	c := conditionOn(s, cognito+":aud")
	return c != nil && slices.Contains(c.Values, pool)
}

// likelier combines what is known of two things of which either suffices.
func likelier(a, b iam.State) iam.State {
	switch {
	case a == iam.Present || b == iam.Present:
		return iam.Present
	case a == iam.Unknown || b == iam.Unknown:
		return iam.Unknown
	}
	return iam.KnownEmpty
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
