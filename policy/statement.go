package policy

import "slices"

// layerKind tells how a layer reads its statements.
type layerKind uint8

const (
	identityLayer layerKind = iota
	guardrailLayer
	resourceLayer // the resource's own policy
	rcpLayer      // resource control policies: they name principals, too
	endpointLayer // policies of a VPC endpoint: the same
)

// namesPrincipals reports whether statements of the layer have a Principal.
func (k layerKind) namesPrincipals() bool { return k >= resourceLayer }

// grants collects what a layer's statements say about a request. Allows of
// resource policies are kept apart by how they name the caller (EVAL-10).
type grants struct {
	allow    [len(matchNames)]Requirement
	deny     Requirement
	evidence []Evidence
}

func (g *grants) anyAllow() Requirement {
	r := False()
	for _, a := range g.allow {
		r = Or(r, a)
	}
	return r
}

// collect evaluates every statement of the policies. It does not stop at the
// first deny: a report has to name every statement that a fix must touch.
func (e *evaluation) collect(policies []Attached, kind layerKind, layer string, g *grants) {
	e.layer = kind
	for i := range policies {
		p := &policies[i]
		if p.Document == nil {
			continue
		}
		for k := range p.Document.Statements {
			e.statement(p, &p.Document.Statements[k], kind, layer, g)
		}
	}
}

// statement adds one statement's contribution.
func (e *evaluation) statement(p *Attached, s *Statement, kind layerKind, layer string, g *grants) {
	action := s.matchAction(e.action)
	if !action.ok || !e.legal(s, kind) {
		return
	}
	e.noted = append(e.noted[:0], s.Codes...)
	body := e.body(s, kind, action)
	if body.IsFalse() {
		return
	}
	if !kind.namesPrincipals() {
		e.add(g, p, s, layer, matchAny, body)
		return
	}
	base := len(e.noted)
	for _, m := range e.principals(s) {
		e.noted = e.noted[:base]
		e.note(m.code)
		if p.List && m.kind == matchAny {
			m.open = And(m.open, e.lists)
		}
		e.add(g, p, s, layer, m.kind, And(body, m.open))
	}
}

// legal reports whether a statement may stand in a layer (GRAM-08 to GRAM-11).
func (e *evaluation) legal(s *Statement, kind layerKind) bool {
	if kind.namesPrincipals() {
		return s.HasPrincipal
	}
	if !s.HasResource {
		return false
	}
	return !s.HasPrincipal || s.Effect == Deny
}

// body is action ∧ resource ∧ conditions. Uncertain matches count for Allow and
// stay open for Deny (SYM-02).
func (e *evaluation) body(s *Statement, kind layerKind, action match) Requirement {
	r := e.certainty(action, s.Effect)
	if s.HasPrincipal && !kind.namesPrincipals() {
		r = And(r, dataAtom("DATA:principal-in-identity-policy", s.Sid))
	}
	if !(e.trust && kind == resourceLayer) { // a trust policy is about its role (GRAM-10)
		res := e.matchResources(s, kind != identityLayer)
		switch {
		case res.match.ok && !res.open.IsFalse() && s.Effect == Deny:
			r = And(r, Or(e.certainty(res.match, s.Effect), res.open))
		case res.match.ok:
			r = And(r, e.certainty(res.match, s.Effect))
		case res.open.IsFalse():
			return False()
		default:
			r = And(r, res.open)
		}
	}
	for i := range s.Conditions {
		if r = And(r, e.test(&s.Conditions[i], s.Effect)); r.IsFalse() {
			return r
		}
	}
	return r
}

// certainty turns a match into a requirement: a code is a note on an Allow and
// an open question on a Deny.
func (e *evaluation) certainty(m match, effect Effect) Requirement {
	if m.code == "" {
		return True()
	}
	if effect == Deny {
		return codeAtom(m.code)
	}
	e.note(m.code)
	return True()
}

func (e *evaluation) add(g *grants, p *Attached, s *Statement, layer string, kind matchKind, r Requirement) {
	if r.IsFalse() {
		return
	}
	if e.bare {
		e.explicit = e.explicit || s.Effect == Deny && r.IsTrue()
		g.count(s, kind, r)
		return
	}
	ev := Evidence{Layer: layer, Policy: p, Statement: s, Requires: r, Codes: slices.Clone(e.noted)}
	if kind != matchAny || s.HasPrincipal {
		ev.Match = kind.String()
	}
	g.count(s, kind, r)
	g.evidence = append(g.evidence, ev)
}

func (g *grants) count(s *Statement, kind matchKind, r Requirement) {
	if s.Effect == Deny {
		g.deny = Or(g.deny, r)
	} else {
		g.allow[kind] = Or(g.allow[kind], r)
	}
}

// principals lists how a statement of a resource policy names the caller.
func (e *evaluation) principals(s *Statement) []principalMatch {
	if s.NotPrincipal != nil {
		return e.notPrincipal(s)
	}
	var out []principalMatch
	for i := range s.Principal {
		if m, ok := e.matchPrincipal(&s.Principal[i]); ok {
			out = append(out, m)
		}
	}
	return out
}

// notPrincipal is "everyone except" (PRINC-20 to PRINC-22).
func (e *evaluation) notPrincipal(s *Statement) []principalMatch {
	c := &e.request.Caller
	if s.Effect == Deny && c.HasBoundary && (c.Kind == CallerUser || c.Kind == CallerRole) {
		return []principalMatch{{kind: matchAny, open: True()}}
	}
	var listed [len(matchNames)]Requirement
	any := False()
	for i := range s.NotPrincipal {
		if m, ok := e.matchPrincipal(&s.NotPrincipal[i]); ok {
			listed[m.kind] = Or(listed[m.kind], m.open)
			any = Or(any, m.open)
		}
	}
	if s.Effect == Allow {
		return []principalMatch{{kind: matchAny, open: any.Not()}}
	}
	exempt := e.exemption(&listed)
	if c.Kind == CallerAccount && e.listsAccount(s.NotPrincipal) {
		exempt = Or(exempt, dataAtom("DATA:principal", c.Account)) // perhaps one of those listed
	}
	return []principalMatch{{kind: matchAny, open: exempt.Not()}}
}

// listsAccount reports whether some element names the caller's account, or a
// principal of it.
func (e *evaluation) listsAccount(list []PrincipalElement) bool {
	account := e.request.Caller.Account
	return account != "" && slices.ContainsFunc(list, func(p PrincipalElement) bool { return p.account == account || p.isARN && p.arn.Account == account })
}

// exemption: a user is exempt if user and account are listed, a session if
// session, role and account are; a service or everyone by name alone. Where the
// caller itself is listed and its account is not, it is uncertain (U-04).
func (e *evaluation) exemption(listed *[len(matchNames)]Requirement) Requirement {
	named, full := listed[matchUser], listed[matchUser]
	switch e.request.Caller.Kind {
	case CallerRole:
		named = Or(listed[matchRole], listed[matchSession])
		full = And(listed[matchRole], listed[matchSession])
	case CallerFederatedUser:
		named, full = listed[matchSession], listed[matchSession]
	case CallerRoot:
		named, full = Or(named, listed[matchAccount]), Or(full, listed[matchAccount])
	}
	own := And(full, listed[matchAccount])
	if listed[matchAccount].IsFalse() {
		own = And(named, codeAtom("U-04"))
	}
	return Or(listed[matchAny], listed[matchService], listed[matchFederated], own)
}
