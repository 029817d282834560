package policy

import (
	"slices"
	"strings"
)

// causes lists why a request is denied, explicit denies first (CONV-02).
func (e *evaluation) causes(p *parts, formula Requirement) []Cause {
	var out []Cause
	for i := range p.denies {
		if p.denies[i].Requires.IsTrue() {
			out = append(out, Cause{Layer: p.denies[i].Layer, Explicit: true, Evidence: &p.denies[i], Rule: "EVAL-02"})
		}
	}
	out = append(out, e.implicit(p)...)
	for i := range out {
		if e.blocked && out[i].Layer == "resource" && !out[i].Explicit {
			out[i] = Cause{Layer: "service-rule", Rule: "RPOL-04", Text: "S3 Block Public Access: the bucket's policy is public, and RestrictPublicBuckets limits it to the owner's account"}
		}
	}
	if len(out) == 0 {
		out = append(out, contradiction(formula))
	}
	return out
}

// implicit names the failing conjuncts of the way in that lacks the least.
func (e *evaluation) implicit(p *parts) []Cause {
	var out []Cause
	for _, level := range slices.Concat(p.scp, p.rcp) {
		if level.allow.IsFalse() {
			out = append(out, Cause{Layer: level.layer, Rule: "ORG-01", Text: "no policy at this level allows " + e.request.Action})
		}
	}
	if p.vpce.IsFalse() {
		out = append(out, Cause{Layer: "endpoint", Rule: "EVAL-38", Text: "the policy of the VPC endpoint does not allow " + e.request.Action})
	}
	if e.foreignProvider() {
		return append(out, Cause{Layer: "service-rule", Rule: "FED-02", Text: "a role trusts only identity providers of its own account"})
	}
	if e.grant(p, False()).IsFalse() {
		out = append(out, e.bestWay(p)...)
	}
	return out
}

// way is one disjunct of G with the layers it needs.
type way struct {
	needs []Requirement
	names []string
}

func (e *evaluation) bestWay(p *parts) []Cause {
	var best []Cause
	for _, w := range e.ways(p) {
		var failing []Cause
		for i, r := range w.needs {
			if r.IsFalse() {
				failing = append(failing, Cause{Layer: w.names[i], Rule: e.rule(), Text: e.implicitText(w.names[i])})
			}
		}
		if len(failing) > 0 && (best == nil || len(failing) < len(best)) {
			best = failing
		}
	}
	return best
}

func (e *evaluation) rule() string {
	switch {
	case e.trust && e.same:
		return "STS-01"
	case e.trust:
		return "STS-02"
	case e.isKey() && e.same:
		return "RPOL-10"
	case e.same:
		return "EVAL-10"
	}
	return "EVAL-20"
}

// ways are the disjuncts that could have granted. Those of a resource policy
// without a matching statement count only where it is mandatory or the caller
// comes from another account.
func (e *evaluation) ways(p *parts) []way {
	identity := []string{"identity", "boundary", "session"}
	rp := &p.rp.allow
	if !e.hasIdentity() && e.request.Caller.Kind != CallerRoot {
		return []way{{[]Requirement{p.rp.anyAllow()}, []string{"resource"}}}
	}
	if !e.same {
		return []way{{[]Requirement{p.id, p.pb, p.sp, p.rp.anyAllow()}, append(identity, "resource")}}
	}
	var out []way
	if r := Or(rp[matchRole], rp[matchUserFed]); !r.IsFalse() {
		out = append(out, way{[]Requirement{p.pb, p.sp}, identity[1:]})
	}
	if e.mandatory() {
		out = append(out, way{[]Requirement{rp[matchAccount], p.id, p.pb, p.sp}, append([]string{"resource"}, identity...)})
		return append(out, way{[]Requirement{Or(rp[matchAccount], rp[matchSession], rp[matchUser], rp[matchAny], rp[matchRole])}, []string{"resource"}})
	}
	return append(out, way{[]Requirement{p.id, p.pb, p.sp}, identity})
}

func (e *evaluation) implicitText(layer string) string {
	what := e.request.Action + " on " + e.request.Resource
	switch layer {
	case "identity":
		return "no identity policy allows " + what
	case "boundary":
		return "the permissions boundary does not allow " + what
	case "session":
		return "the session policy does not allow " + what
	}
	if e.trust {
		return "the trust policy of " + e.request.Resource + " does not let the caller in"
	}
	return "no statement of the resource's policy grants the caller " + what
}

// contradiction names the atoms that cannot hold together (SYM-09).
func contradiction(formula Requirement) Cause {
	texts := formula.conflict()
	return Cause{Layer: "contradiction", Rule: "SYM-09", Text: strings.Join(texts, " cannot hold together with ")}
}

// because lists the statements that decided: those that allow where the verdict
// is not a denial, and every deny that stays open or holds.
func (e *evaluation) because(p *parts, verdict Requirement) []Evidence {
	var out []Evidence
	for _, l := range p.layers {
		for _, ev := range l.Evidence {
			if ev.Statement.Effect == Deny || !verdict.IsFalse() {
				out = append(append(out, ev), ev.repeats()...)
			}
		}
	}
	return out
}

// repeats lists the evidence again for each place where the statement stands
// again: a fix has to touch them all (GRAM-19).
func (ev *Evidence) repeats() []Evidence {
	var out []Evidence
	for _, at := range ev.Statement.Repeats {
		s := *ev.Statement
		s.Index = at
		again := *ev
		again.Statement = &s
		out = append(out, again)
	}
	return out
}

// decisionCodes gathers the codes of the evidence and of open questions.
func (e *evaluation) decisionCodes(d *Decision) []string {
	codes := slices.Clone(e.codes)
	for _, ev := range d.Because {
		if ev.Statement.Effect == Allow {
			codes = append(codes, ev.Codes...)
		}
	}
	d.Requires.Mentions(func(a *Atom) bool {
		if a.Code != "" {
			codes = append(codes, a.Code)
		}
		return false
	})
	slices.Sort(codes)
	return slices.Compact(codes)
}
