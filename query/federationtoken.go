package query

import (
	"fmt"
	"strings"

	"accesspath/graph"
	"accesspath/iam"
	"accesspath/policy"
)

// federationToken makes the hops from a user to a session of
// sts:GetFederationToken (STS-10), one for each choice of tags that matters later. Only
// long-term credentials can make the call, so its request carries no trace of
// multi-factor authentication (STS-09).
func (w *walker) federationToken(s state, e graph.Edge) {
	if s.facts.issuer != longTerm {
		return
	}
	if id, ok := w.number(s); ok && w.e.g.Node(e.To).AnyToken() && w.e.outright(w.accept[id]) {
		return // the session cannot do more
	}
	tag := w.tokenTag(e)
	if tag.IsFalse() {
		w.move(e, longTermOnly(e.Requires), facts{issuer: tokenOf, by: s.node})
		return
	}
	bare := w.ask(e, "sts:GetFederationToken") // with the tags given, their conditions count
	for _, p := range w.tokenPicks(e, policy.And(bare, tag)) {
		req := w.given(e.Requires, e, &p)
		if len(p.passed) > 0 {
			if w.bound.interrupted() || w.bound.spent() {
				return
			}
			w.bound.chosen++
			req = policy.And(w.given(policy.And(bare, tag), e, &p), p.atoms(w, e.To))
		}
		w.move(e, longTermOnly(req), facts{issuer: tokenOf, by: s.node, choice: w.intern(p.session)})
	}
}

// tokenTag is what passing tags takes on such a hop, if something reads tags (STS-06).
func (w *walker) tokenTag(e graph.Edge) policy.Requirement {
	if len(w.domains.tags) == 0 {
		return policy.False()
	}
	return w.ask(e, "sts:TagSession")
}

// tokenPicks lists the ways to make the call: with what tags. They go no further than the
// session, which assumes no roles.
func (w *walker) tokenPicks(e graph.Edge, req policy.Requirement) []pick {
	k := hop{e.From, e.To}
	c, ok := w.params[k]
	if !ok {
		c = &parameters{to: e.To}
		w.tagParameters(c, req)
		w.params[k] = c
	}
	out := []pick{{}}
	for i := range c.keys {
		if len(out) >= maxPicks {
			w.bound.picks = true
			break
		}
		out = w.withTag(out, &c.keys[i])
	}
	return out
}

// surveyToken reads what a session of sts:GetFederationToken asks for of the tags that may
// be passed for it (CHAIN-43).
func (w *walker) surveyToken(e graph.Edge) {
	to := w.e.g.Node(e.To)
	if w.again == nil || to.AnyToken() && w.e.outright(w.access(e.From)) || w.ask(e, "sts:TagSession").IsFalse() {
		return
	}
	open := policy.ContextFunc(func(string) policy.Value { return policy.Value{} })
	w.domains.read(to, e.To, w.again(graph.FederatedUser(to, w.e.g.Node(e.From)), open, nil))
}

// tokenTags are the tags of such a session, if some were passed for it: those, and its
// user's. It is nil for others, whose tags are their user's.
func (w *walker) tokenTags(s state) policy.Context {
	if s.facts.issuer != tokenOf || w.choices[s.facts.choice].plain() {
		return nil
	}
	r := w.resolver(s)
	r.tags = userTags(w.e.g.Node(s.facts.by))
	return principalTags(r.tagValue)
}

// userTags are the tags of a user.
func userTags(n *graph.Node) []policy.Tag {
	if n.User == nil {
		return nil
	}
	return iam.PolicyTags(n.User.Tags)
}

// longTermOnly folds a requirement with what a request signed by access keys
// carries.
func longTermOnly(r policy.Requirement) policy.Requirement {
	return r.Given(policy.ContextFunc(func(key string) policy.Value {
		switch key {
		case "aws:multifactorauthpresent", "aws:multifactorauthage", "aws:tokenissuetime":
			return policy.NotThere()
		}
		return policy.Value{}
	})).Simplify()
}

// checkToken is checkStep for such a hop.
func (e *Engine) checkToken(from, to *graph.Node, s Step) error {
	if from.Kind != graph.KindUser && from.Kind != graph.KindRoot || from.Account != to.Account {
		return fmt.Errorf("%s cannot ask for the session %s", from.ID, to.ID)
	}
	ask := graph.TokenRequest(from, to)
	req := e.g.Model.Decide(ask).Requires
	if passesTags(s) {
		ask.Action = "sts:TagSession"
		req = policy.And(req, e.g.Model.Decide(ask).Requires)
	}
	return e.checkVerdict(from, longTermOnly(req), s.Verdict, len(s.Requires), 0, false)
}

// passesTags reports whether a step says to pass session tags.
func passesTags(s Step) bool {
	for _, r := range s.Requires {
		if strings.HasPrefix(strings.ToLower(r.Key), "aws:requesttag/") {
			return true
		}
	}
	return false
}

// checkedTags are the tags of a session of sts:GetFederationToken at the end of a path, if
// some were passed for it: a value that the path does not tell stays open.
func checkedTags(n *graph.Node, steps []Step) policy.Context {
	if n.Kind != graph.KindFederatedUser || len(steps) == 0 || !passesTags(steps[len(steps)-1]) {
		return nil
	}
	passed := passedTags(steps)
	return principalTags(func(tag string) policy.Value {
		if v := policy.TagValue(passed, tag); v.Knowledge == policy.Known {
			return v
		}
		for _, r := range steps[len(steps)-1].Requires {
			if strings.EqualFold(r.Key, "aws:RequestTag/"+tag) {
				return policy.Value{}
			}
		}
		return policy.TagValue(userTags(n), tag)
	})
}
