package policy

import (
	"slices"
	"strings"
)

// parts are the layers' contributions to one request, before they are combined.
type parts struct {
	id, pb, sp Requirement
	vpce       Requirement
	rp         grants
	scp, rcp   []levelPart
	deny       Requirement // of any layer
	denies     []Evidence
	layers     []LayerResult

	sessionPolicy bool
}

type levelPart struct {
	layer string
	allow Requirement
}

// Evaluate applies the policy layers to one request. It does not stop at the
// first deny: a report has to name every statement that a fix must touch.
//
// The cost is linear in the statements given. Rules: EVAL-01 to EVAL-42,
// ORG-01 to ORG-12, STS-01 to STS-03, RPOL-10.
func Evaluate(r Request, l Layers) Decision { return newEvaluation(&r).decide(&l) }

// Verdict is the Requires of what Evaluate returns, for those who ask about many
// callers and want to know no more: to say why takes as long again.
func Verdict(r Request, l Layers) Requirement {
	e := newEvaluation(&r)
	e.bare = true
	return e.decide(&l).Requires
}

func (e *evaluation) decide(l *Layers) Decision {
	if d, done := e.serviceRule(l); done {
		return d
	}
	p := e.parts(l)
	d := e.combine(p, False())
	switch {
	case d.Requires.IsFalse() && !e.explicit && !explicit(d.Causes):
		return e.withUnknowns(d, p, l)
	case d.Requires.IsOpen():
		// What allows under conditions may turn out not to: unread policies count then.
		if x := e.withUnknowns(Decision{}, p, l); !x.Requires.IsFalse() {
			d.Requires = Or(d.Requires, x.Requires).Simplify()
		}
	}
	if l.Resource.State == ResourceUnknown && !d.Requires.IsFalse() {
		d.Codes = addCode(d.Codes, "resource-policy-unread") // EVAL-19
		if l.Resource.Strict && l.Resource.Unknown != "" {
			d.Requires = And(d.Requires, e.unknownResource(l)).Simplify()
			d.Codes = addCode(d.Codes, l.Resource.Unknown)
		}
	}
	return d
}

func addCode(codes []string, code string) []string {
	if i, ok := slices.BinarySearch(codes, code); !ok {
		return slices.Insert(codes, i, code)
	}
	return codes
}

func explicit(causes []Cause) bool {
	return slices.ContainsFunc(causes, func(c Cause) bool { return c.Explicit })
}

// parts evaluates each layer by itself.
func (e *evaluation) parts(l *Layers) *parts {
	p := &parts{id: True(), pb: True(), sp: True(), vpce: True(), deny: False(), sessionPolicy: l.HasSession}
	if e.bare {
		if e.resourcePart(p, l); e.ungranted(p, l) {
			return p
		}
	}
	e.identityParts(p, l)
	p.scp = e.levels(p, l.SCPs, "scp", e.scpApplies())
	p.rcp = e.levels(p, l.RCPs, "rcp", e.rcpApplies())
	if !rcpService(e.service) && e.deniedByRCP(l.RCPs) {
		e.codes = append(e.codes, "rcp-list@"+RCPDataDate) // ORG-11
	}
	if !e.bare { // a report says what denies in order of the layers
		e.resourcePart(p, l)
	}
	e.endpointPart(p, l)
	return p
}

// ungranted reports whether the resource's policies were read, have to grant and do
// not: whatever the other layers say, the verdict is no (EVAL-20, TRUST-02, RPOL-10).
func (e *evaluation) ungranted(p *parts, l *Layers) bool {
	return l.Resource.State == ResourcePresent && (e.mandatory() || !e.same) && p.rp.anyAllow().IsFalse()
}

// hasIdentity reports whether the caller has identity-side layers at all
// (EVAL-18, EVAL-30, EVAL-31, FED-01).
func (e *evaluation) hasIdentity() bool {
	switch e.request.Caller.Kind {
	case CallerUser, CallerRole, CallerFederatedUser, CallerAccount, CallerUnknown:
		return true
	}
	return false
}

func (e *evaluation) identityParts(p *parts, l *Layers) {
	if !e.hasIdentity() {
		if k := e.request.Caller.Kind; k != CallerRoot {
			p.id = False() // nothing but the resource's side can grant
		} else if l.HasSession {
			p.sp = e.simpleLayer(p, l.Session, "session", true) // of sts:AssumeRoot (ROOT-05)
		}
		return
	}
	if l.IdentityUnknown != "" {
		p.id = dataAtom("DATA:account", l.IdentityUnknown)
		return
	}
	p.id = e.simpleLayer(p, l.Identity, "identity", true)
	if l.HasBoundary {
		p.pb = e.simpleLayer(p, l.Boundary, "boundary", true)
		for _, b := range l.Boundary {
			if b.Document == nil {
				p.pb = Or(p.pb, dataAtom("DATA:boundary", b.Unresolved)) // GAAD-19
			}
		}
	}
	switch {
	case l.HasSession:
		p.sp = e.simpleLayer(p, l.Session, "session", true)
	case e.request.Caller.Kind == CallerFederatedUser:
		p.sp = False() // EVAL-17
		p.layers = append(p.layers, LayerResult{Name: "session", Applies: true})
	}
}

// anonymousServices take unsigned requests (EVAL-31); Lambda does for function
// URLs.
var anonymousServices = []string{"s3", "sqs", "sns"}

// takesAnonymous is open for services that are not known to take unsigned
// requests.
func (e *evaluation) takesAnonymous() Requirement {
	if slices.Contains(anonymousServices, e.service) || e.action == "lambda:invokefunctionurl" {
		return True()
	}
	return dataAtom("DATA:anonymous-support", e.service)
}

// simpleLayer evaluates a layer whose statements name no principals.
func (e *evaluation) simpleLayer(p *parts, policies []Attached, name string, applies bool) Requirement {
	var g grants
	e.collect(policies, identityLayer, name, &g)
	p.addDeny(&g)
	allow := g.anyAllow()
	p.report(e, LayerResult{Name: name, Applies: applies, Allow: allow, Deny: g.deny, Evidence: g.evidence})
	return allow
}

// report keeps what a layer contributed.
func (p *parts) report(e *evaluation, l LayerResult) {
	if !e.bare {
		p.layers = append(p.layers, l)
	}
}

func (p *parts) addDeny(g *grants) {
	p.deny = Or(p.deny, g.deny)
	for _, ev := range g.evidence {
		if ev.Statement.Effect == Deny {
			p.denies = append(p.denies, ev)
		}
	}
}

// levels evaluates guardrails level by level: each level must allow, none may
// deny (ORG-01). RCPs allow by nature (ORG-09).
func (e *evaluation) levels(p *parts, levels []Level, kind string, applies bool) []levelPart {
	if !applies {
		return nil
	}
	var out []levelPart
	for i := range levels {
		level := &levels[i]
		name := kind
		if !e.bare {
			name += "@" + level.ID
		}
		var g grants
		layerReading := guardrailLayer
		if kind == "rcp" {
			layerReading = rcpLayer
		}
		e.collect(level.Policies, layerReading, name, &g)
		p.addDeny(&g)
		allow := g.anyAllow()
		if level.Unknown || kind == "rcp" {
			allow = True()
		}
		for _, a := range level.Policies {
			if a.Document == nil && kind == "scp" {
				allow = Or(allow, dataAtom("DATA:scp", a.Unresolved))
			}
		}
		if level.Unknown {
			e.codes = append(e.codes, "guardrails-partial")
		}
		out = append(out, levelPart{name, allow})
		p.report(e, LayerResult{Name: name, Applies: true, Allow: allow, Deny: g.deny, Evidence: g.evidence})
	}
	return out
}

// scpApplies: SCPs bind principals of member accounts, and neither
// service-linked roles nor callers without an account (ORG-04 to ORG-07).
func (e *evaluation) scpApplies() bool {
	switch e.request.Caller.Kind {
	case CallerUser, CallerRole, CallerRoot, CallerFederatedUser, CallerAccount:
		return !e.request.Caller.ServiceLinked
	}
	return false
}

// rcpApplies: ORG-10 to ORG-12.
func (e *evaluation) rcpApplies() bool {
	if e.request.Caller.ServiceLinked || e.request.AWSManagedKey || e.action == "kms:retiregrant" || e.collection != "" {
		return false
	}
	return rcpService(e.service) && e.resource != "*"
}

// deniedByRCP reports whether some RCP has a Deny for the action.
func (e *evaluation) deniedByRCP(levels []Level) bool {
	return slices.ContainsFunc(levels, func(l Level) bool {
		return slices.ContainsFunc(l.Policies, func(a Attached) bool { return a.Document != nil && a.Document.UsesAction(Deny, e.action) })
	})
}

func (e *evaluation) resourcePart(p *parts, l *Layers) {
	e.lists = e.publicList(l)
	switch l.Resource.State {
	case ResourcePresent:
		e.collect(l.Resource.Policies, resourceLayer, "resource", &p.rp)
		e.restrictPublic(&p.rp, l)
		p.addDeny(&p.rp)
		p.report(e, LayerResult{Name: "resource", Applies: true, Allow: p.rp.anyAllow(), Deny: p.rp.deny, Evidence: p.rp.evidence})
	case ResourceUnknown: // of a bucket there may be a list, and of a key grants, that were read (RPOL-06, RPOL-12)
		e.collect(l.Resource.Policies, resourceLayer, "resource", &p.rp)
		p.addDeny(&p.rp)
		p.layers = append(p.layers, LayerResult{Name: "resource", Applies: true, Evidence: p.rp.evidence})
	}
}

// endpointPart is the policy of the VPC endpoint. It binds every call that comes
// through it, unsigned ones too, and grants nothing (EVAL-38).
func (e *evaluation) endpointPart(p *parts, l *Layers) {
	if !l.HasEndpoint {
		return
	}
	var g grants
	e.collect(l.Endpoint, endpointLayer, "endpoint", &g)
	p.addDeny(&g)
	p.vpce = g.anyAllow()
	p.layers = append(p.layers, LayerResult{Name: "endpoint", Applies: true, Allow: p.vpce, Deny: g.deny, Evidence: g.evidence})
}

// combine is EVAL-10, EVAL-20, STS-01, STS-02 and RPOL-10. unread is what a
// resource policy that nobody read might grant.
func (e *evaluation) combine(p *parts, unread Requirement) Decision {
	grant := e.grant(p, unread)
	all := []Requirement{grant, p.deny.Not(), p.vpce}
	for _, level := range p.scp {
		all = append(all, level.allow)
	}
	for _, level := range p.rcp {
		all = append(all, level.allow)
	}
	formula := And(all...)
	if e.bare {
		return Decision{Requires: formula.Simplify()}
	}
	d := Decision{Requires: formula.Simplify(), Layers: p.layers}
	if d.Requires.IsFalse() {
		d.Causes = e.causes(p, formula)
	}
	d.Because = e.because(p, d.Requires)
	d.Codes = e.decisionCodes(&d)
	return d
}

// grant is G: what some layer must grant.
func (e *evaluation) grant(p *parts, unread Requirement) Requirement {
	limits := And(p.pb, p.sp)
	rp := &p.rp.allow
	switch {
	case e.request.Caller.Kind == CallerService:
		return Or(rp[matchService], rp[matchAny], unread) // EVAL-30
	case e.request.Caller.Kind == CallerAnonymous:
		return And(Or(rp[matchAny], unread), e.takesAnonymous()) // EVAL-31
	case e.foreignProvider():
		return False()
	case e.request.Caller.Kind == CallerWebIdentity, e.request.Caller.Kind == CallerSAML:
		return Or(rp[matchFederated], rp[matchAny], unread) // FED-01
	case !e.same:
		return And(p.id, limits, Or(p.rp.anyAllow(), unread)) // EVAL-20, STS-02
	}
	if p.sessionPolicy && e.request.Caller.Kind != CallerRoot && !p.sp.IsTrue() && !Or(rp[matchSession], rp[matchAny]).IsFalse() {
		e.codes = append(e.codes, "U-03") // EVAL-14, EVAL-15
	}
	user := rp[matchUser]
	if e.trust && e.request.Caller.Kind == CallerUser && !user.IsFalse() {
		user = And(user, Or(p.pb, codeAtom("U-02"))) // STS-03
	}
	bound := Or(rp[matchRole], rp[matchUserFed])
	if e.mandatory() {
		bound = Or(bound, And(rp[matchAccount], p.id))
	} else {
		bound = Or(bound, p.id)
	}
	// What nobody read may name the caller, and then nothing else has to allow (EVAL-19,
	// TRUST-14, RPOL-11).
	all := Or(rp[matchSession], user, rp[matchAny], And(bound, limits), unread)
	if e.request.Caller.Kind == CallerRoot {
		return And(all, p.sp) // of sts:AssumeRoot: nothing but the task (ROOT-05)
	}
	return all
}

// unknownResource is what an unread resource policy might grant (EVAL-19,
// EVAL-26, TRUST-14, RPOL-11).
func (e *evaluation) unknownResource(l *Layers) Requirement {
	switch {
	case l.Resource.MayBeShared && !e.same && e.hasIdentity():
		return dataAtom("DATA:share", e.request.Resource) // EVAL-22
	case l.Resource.State != ResourceUnknown:
	case l.Resource.NotLoaded:
		if !IsAccountID(e.request.ResourceAccount) {
			return dataAtom("DATA:account", "*") // a resource that could exist, of any account
		}
		return dataAtom("DATA:account", e.request.ResourceAccount)
	case l.Resource.Unknown != "":
		return dataAtom(l.Resource.Unknown, e.request.Resource)
	}
	return False()
}

// mandatory: a resource policy that has to allow even within the account
// (TRUST-02, RPOL-10).
func (e *evaluation) mandatory() bool { return e.trust || e.isKey() }

// isKey reports whether the request is on a KMS key. Aliases have no policy (RPOL-13).
func (e *evaluation) isKey() bool {
	return e.service == "kms" && e.isARN && e.arn.Service == "kms" && !strings.HasPrefix(e.arn.Resource, "alias/")
}

// withUnknowns gives an implicit denial another chance: policies that could not
// be read might allow (GAAD-19, EVAL-19, EVAL-26). They change no other verdict.
func (e *evaluation) withUnknowns(d Decision, p *parts, l *Layers) Decision {
	open := False()
	for i := range l.Identity {
		if a := &l.Identity[i]; a.Document == nil && a.Unresolved != "" {
			open = Or(open, a.unread())
		}
	}
	unread := e.unknownResource(l)
	if unread.IsFalse() && (open.IsFalse() || !e.hasIdentity()) {
		return d
	}
	if e.hasIdentity() {
		p.id = Or(p.id, open)
	}
	if again := e.combine(p, unread); !again.Requires.IsFalse() {
		return again
	}
	return d
}
