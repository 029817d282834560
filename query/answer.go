package query

import (
	"slices"
	"strings"

	"accesspath/graph"
	"accesspath/iam"
	"accesspath/policy"
)

// describer turns traces into paths of a Result.
type describer struct {
	w     *walker
	about func(p *Path) target                    // the request that a path ends in; nil for paths questions
	also  func(s state, a access) []Also          // what else is required; nil if nothing is looked for
	hops  map[[2]graph.NodeID]hopEvidence         // rows share hops: each is evaluated for evidence once
	asks  map[asking][]Requirement                // and what they ask for: described once
	tags  map[tagging]bool                        // who may tag what they ask for
	read  map[*iam.Policy]string                  // where policies were read
	final func(s state) (policy.Decision, access) // evidence of the action itself; nil for paths questions
}

// path describes one trace.
func (d *describer) path(t trace) Path {
	nodes := d.w.nodes(t)
	p := Path{Principals: []string{}, Steps: []Step{}, Requires: []Requirement{}, Because: []Evidence{}, Verdict: VerdictAllow}
	var codes []string
	assumes := false // the action is to assume a role
	for _, n := range nodes {
		p.Principals = append(p.Principals, d.w.e.g.Node(n).ID)
	}
	for i, m := range t.moves {
		step, more := d.step(nodes[i], nodes[i+1], m, i+1)
		codes = append(codes, more...)
		if step.Verdict != VerdictAllow {
			p.Verdict = VerdictAllowIf
		}
		p.Steps = append(p.Steps, step)
	}
	if d.final != nil {
		decision, a := d.final(d.w.states[t.last()])
		accept := d.w.accept[t.last()]
		p.Because, p.Witness, p.Action = evidence(&decision), a.witness, a.action
		assumes = d.w.assumes && (a.action == "" || isAssume(a.action))
		codes = append(append(codes, decision.Codes...), d.w.e.expiry(d.w.actor(d.w.states[t.last()]), decision.Because)...)
		if p.Requires = d.requires(accept, len(t.moves)+1); !d.w.e.outright(accept) {
			p.Verdict = VerdictAllowIf
		}
		codes = codesIn(p.Requires, codes)
		if d.also != nil {
			p.AlsoRequired = d.also(d.w.states[t.last()], a)
		}
		if d.about != nil && d.canTag(t, d.about(&p), accept) {
			codes = append(codes, codeCanTag)
		}
	}
	if d.w.splitNetwork(t) {
		codes = append(codes, "split-network")
	}
	if d.w.e.passesAdministrator(nodes) {
		codes = append(codes, codeOrganizationAccess)
	}
	p.Codes = sortedUnique(relevantCodes(codes, &p))
	p.Modes = d.w.modes(t, nodes, assumes)
	p.Status, p.Confidence = status(&p), confidence(p.Codes)
	p.DurationCap = d.durationCap(t, nodes)
	if len(p.AlsoRequired) > 0 {
		p.Reachable = reachable(p.Verdict, p.AlsoRequired)
	}
	return p
}

// The longest session of a role, and of one that a role session obtained, in
// seconds (STS-15).
const (
	longestSession = 12 * 3600
	longestChained = 3600
)

// durationCap is how long the session at the end of a path lasts at most.
// Compute gets new ones all the time, and credentials of users do not end
// (STS-16).
func (d *describer) durationCap(t trace, nodes []graph.NodeID) int {
	if len(t.moves) == 0 {
		return 0
	}
	caller, last := d.w.e.g.Node(nodes[len(nodes)-2]), d.w.e.g.Node(nodes[len(nodes)-1])
	switch kind := t.moves[len(t.moves)-1].kind; {
	case last.Role == nil, kind != graph.CanAssume && kind != graph.Federates:
		return 0
	case kind == graph.CanAssume && caller.Role != nil:
		return longestChained
	case last.Role.MaxSession > 0:
		return last.Role.MaxSession
	}
	return longestSession
}

// asking is what a hop asks for.
type asking struct {
	req policy.Requirement
	hop int
}

// requires describes a requirement; one that the caller can always meet is
// shown as what to pick. Steps share the list.
func (d *describer) requires(r policy.Requirement, hop int) []Requirement {
	k := asking{r, hop}
	known, ok := d.asks[k]
	if ok {
		return known
	}
	if d.w.e.outright(r) {
		known = outrightRequirements(r, hop)
	} else {
		known = Requirements(r, hop)
	}
	if d.asks == nil {
		d.asks = map[asking][]Requirement{}
	}
	d.asks[k] = known
	return known
}

// relevantCodes drops the codes of open questions that the shown requirement
// no longer depends on: an atom folded away leaves no doubt behind.
func relevantCodes(codes []string, p *Path) []string {
	open := codesIn(p.Requires, nil)
	for _, s := range p.Steps {
		open = codesIn(s.Requires, open)
	}
	return slices.DeleteFunc(slices.Clone(codes), func(c string) bool {
		return (strings.HasPrefix(c, "DATA:") || c == "U-01" || c == "U-18") && !slices.Contains(open, c)
	})
}

func (d *describer) step(from, to graph.NodeID, m move, hop int) (Step, []string) {
	if m.kind.Escalates() {
		return d.escalation(from, to, m, hop)
	}
	f, t := d.w.e.g.Node(from), d.w.e.g.Node(to)
	s := Step{From: f.ID, To: t.ID, Kind: m.kind.String(), Verdict: VerdictAllow, Because: []Evidence{}}
	s.Requires = d.requires(m.req, hop)
	if !d.w.e.outright(m.req) {
		s.Verdict = VerdictAllowIf
	}
	var codes []string
	switch {
	case m.kind == graph.Federates && f.Kind == graph.KindPublic:
		a := d.w.e.g.Model.AssumeByAnyProvider(t.Role)
		s.Because, codes = evidence(&a.Decision), a.Codes
	default:
		h := d.evidenceOf(from, to)
		s.Because, codes = h.because, slices.Clone(h.codes)
	}
	return s, codesIn(s.Requires, codes)
}

// hopEvidence is what decided a hop. Steps share the slices.
type hopEvidence struct {
	because []Evidence
	codes   []string
}

func (d *describer) evidenceOf(from, to graph.NodeID) hopEvidence {
	k := [2]graph.NodeID{from, to}
	h, ok := d.hops[k]
	if !ok {
		a := d.w.e.g.Model.Obtain(d.w.e.g.Node(from), d.w.e.g.Node(to), nil)
		h = hopEvidence{d.evidence(&a.Decision), append(slices.Clip(a.Codes), d.w.e.expiry(d.w.e.g.Node(from), a.Because)...)}
		if d.hops == nil {
			d.hops = map[[2]graph.NodeID]hopEvidence{}
		}
		d.hops[k] = h
	}
	return h
}

// evidence is the function evidence; statements share the texts of their places.
func (d *describer) evidence(of *policy.Decision) []Evidence {
	if d.read == nil {
		d.read = map[*iam.Policy]string{}
	}
	return evidenceWith(of, func(p *iam.Policy) string {
		at, ok := d.read[p]
		if !ok {
			at = placeOf(p)
			d.read[p] = at
		}
		return at
	})
}

// status is CHAIN-45.
func status(p *Path) string {
	open := lacksData(p.Requires)
	for _, s := range p.Steps {
		open = open || lacksData(s.Requires)
	}
	switch {
	case p.Verdict == VerdictAllow:
		return "confirmed"
	case open:
		return "undetermined"
	}
	return "conditional"
}

// lacksData reports whether a requirement can only be settled by more input: a
// demand for MFA is the caller's to meet, even where the device is not known.
func lacksData(list []Requirement) bool {
	return slices.ContainsFunc(list, func(r Requirement) bool {
		return strings.HasPrefix(r.Code, "DATA:") && r.Code != codeMFADevice || lacksData(r.AnyOf) || lacksData(r.AllOf)
	})
}

// answer makes one row from its paths, best first.
func (d *describer) answer(n graph.NodeID, paths []Path, more int) Answer {
	node := d.w.e.g.Node(n)
	a := Answer{Principal: node.ID, Kind: kindOf(node), Account: node.Account, Verdict: VerdictAllowIf, Paths: paths, MorePaths: more, Codes: []string{}}
	for _, p := range paths {
		if p.Verdict == VerdictAllow {
			a.Verdict = VerdictAllow
			break
		}
	}
	first := paths[0]
	for _, p := range paths {
		if p.Verdict == a.Verdict {
			first = p
			break
		}
	}
	a.Hops, a.Direct = len(first.Steps), len(first.Steps) == 0
	a.Codes, a.Confidence, a.Reachable = first.Codes, first.Confidence, first.Reachable
	for i := range paths {
		if verdictRank(paths[i].Reachable) < verdictRank(a.Reachable) {
			a.Reachable = paths[i].Reachable
		}
	}
	a.Marks = d.w.e.marks(node)
	for i := range paths {
		if len(paths[i].Steps) > 0 {
			a.admits(node, i, paths[i].Steps[0].Requires)
		}
	}
	return a
}

// admits says of a path whom its beginning admits, a sign-in that takes requires (FED-21).
func (a *Answer) admits(n *graph.Node, path int, requires []Requirement) {
	class, public := population(n, requires)
	if a.Paths[path].Population = class; class != "" && !slices.Contains(a.Marks, "admits "+class) {
		a.Marks = append(a.Marks, "admits "+class)
	}
	if public {
		a.Kind = graph.KindPublic.String() // FED-07: through that issuer
	}
}

// kindOf refines a node's kind (PRINC-24).
func kindOf(n *graph.Node) string {
	if n.Role != nil {
		switch _, sso := n.Role.PermissionSet(); {
		case n.Role.ServiceLinked():
			return "service-linked-role"
		case sso:
			return "sso-role"
		}
	}
	return n.Kind.String()
}

// codeOrganizationAccess labels paths through the roles by which a management
// account administers its members (ROOT-07).
const codeOrganizationAccess = "organization-access-role"

// passesAdministrator reports whether one of the roles on a path is of those
// that AWS Organizations and Control Tower make in member accounts.
func (e *Engine) passesAdministrator(nodes []graph.NodeID) bool {
	return slices.ContainsFunc(nodes, func(n graph.NodeID) bool { return isOrganizationRole(e.g.Node(n)) })
}

func isOrganizationRole(n *graph.Node) bool {
	return n.Role != nil && (n.Name == "OrganizationAccountAccessRole" || n.Name == "AWSControlTowerExecution")
}

func (e *Engine) marks(n *graph.Node) []string {
	var marks []string
	if isOrganizationRole(n) {
		marks = append(marks, codeOrganizationAccess)
	}
	if n.Kind == graph.KindRoot && e.g.Model.RootRemoved(n.Account) {
		marks = append(marks, "no-active-credential") // ROOT-04
	}
	s := e.g.Model.Snapshot
	if n.User != nil && !usable(n.User.Credentials) {
		marks = append(marks, "no-active-credential") // QRY-06
	}
	if o := s.Organization.Node(n.Account); o != nil && o.Status != "" && o.Status != "ACTIVE" {
		marks = append(marks, "inactive-account") // ORG-16
	}
	if a := s.Account(n.Account); a != nil {
		if a.Incomplete {
			marks = append(marks, "incomplete-snapshot") // GAAD-08
		}
		if (n.User != nil || n.Role != nil) && a.Coverage[iam.SectionBoundaries] == iam.Unknown {
			marks = append(marks, "boundary-unverified") // GAAD-13
		}
	}
	return marks
}

// usable reports whether a user may have credentials to sign in or to sign
// requests with: only what is known to be absent counts as absent.
func usable(c *iam.Credentials) bool {
	if c == nil || c.Password != iam.KnownEmpty || c.Keys == iam.Unknown {
		return true
	}
	return c.Keys == iam.Present && (len(c.AccessKeys) == 0 || slices.ContainsFunc(c.AccessKeys, func(k iam.AccessKey) bool { return k.Active }))
}
