package review

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"accesspath/graph"
	"accesspath/graph/escalate"
	"accesspath/policy"
	"accesspath/query"
)

// escalations is who becomes what by changing policies, making keys or passing
// roles (section 12).
type escalations struct {
	g        *graph.Graph    // with escalation edges; nil if it was not looked for
	admins   []query.Answer  // who becomes an administrator by escalation only
	outright map[string]bool // of them, under no condition
	open     []query.Answer  // whether they do depends on what was not read
	limits   query.Limits
}

// findEscalations looks for escalation, which takes longer than all rules
// together, unless there are too many principals.
func (p *pass) findEscalations(ctx context.Context) error {
	if p.tooMany() {
		return nil
	}
	found, err := escalate.Find(ctx, p.g, escalate.Options{})
	if err != nil {
		return fmt.Errorf("looking for escalation: %w", err)
	}
	r, err := query.New(found.Graph, query.Options{View: query.ViewAll, MaxPaths: 1}).Admins(ctx)
	if err != nil {
		return err
	}
	p.escalated = escalations{g: found.Graph, limits: r.Limits, outright: map[string]bool{}}
	if found.Cut {
		p.escalated.limits.Truncated = true
		p.escalated.limits.Reasons = append(p.escalated.limits.Reasons, "there are more ways to escalate than are kept; further principals may be able to")
	}
	for _, a := range r.Answers {
		switch {
		case a.Level != query.AdminEscalation || len(a.Paths) == 0 || p.reachesAdmin(a.Principal) || !p.ownPrincipal(a.Principal):
		case undetermined(a.Paths[0]) != "":
			p.escalated.open = append(p.escalated.open, a)
		default:
			p.escalated.admins = append(p.escalated.admins, a)
			p.escalated.outright[a.Principal] = a.Paths[0].Verdict == query.VerdictAllow
		}
	}
	return nil
}

func (p *pass) tooMany() bool { return p.o.Escalation < 0 || p.g.Len() > p.o.Escalation }

// lackEscalation notes that rules on escalation could not be evaluated.
func (p *pass) lackEscalation() {
	switch {
	case p.o.Escalation < 0:
		p.lack("escalation, which was not asked for", "")
	case p.tooMany():
		p.lack("escalation, which is looked for among up to "+thousands(p.o.Escalation)+" principals", "")
	}
}

// ownPrincipal reports whether a principal is of an account that was read, and
// not a service's.
func (p *pass) ownPrincipal(id string) bool {
	n, ok := p.node(id)
	return ok && (n.User != nil || n.Role != nil && !n.Role.ServiceLinked() || strings.HasPrefix(id, "idc:"))
}

// actor is the principal of a path's first step of escalation: its permissions
// are the cause.
func actor(path query.Path) (string, *query.EscalationStep) {
	for _, s := range path.Steps {
		if s.Escalation != nil {
			return s.From, s.Escalation
		}
	}
	return "", nil
}

// settled reports whether a principal's session of today meets a requirement
// without anything that was not read. A token is as old as its session: long-term
// keys have none.
func (p *pass) settled(n *graph.Node, r policy.Requirement) bool {
	issued := []policy.Value{policy.Is(p.asOf.UTC().Format(time.RFC3339))}
	if n.User != nil {
		issued = append(issued, policy.NotThere())
	}
	return slices.ContainsFunc(issued, func(v policy.Value) bool {
		left := withKey(r, "aws:tokenissuetime", v)
		return possible(left) && left.Weight() < policy.ClassData
	})
}

// undetermined says what an escalation to administrator depends on that was not
// read; "" if its path holds as it is.
func undetermined(path query.Path) string {
	if path.Status != "undetermined" {
		return ""
	}
	var codes []string
	for _, s := range path.Steps {
		codes = append(codes, dataCodes(s.Requires)...)
	}
	for _, known := range []struct{ code, words string }{
		{"DATA:compute", "what runs with which role, on which escalation depends"},
		{"DATA:console-password", "which users have a console password, on which escalation depends"},
		{"DATA:host-management", "whether Systems Manager manages instances whose role does not ask for it, on which escalation depends"},
		{"DATA:mfa-device", "which users have an MFA device, on which escalation depends"},
	} {
		if slices.Contains(codes, known.code) {
			return known.words
		}
	}
	return "facts on which escalation depends"
}

func dataCodes(list []query.Requirement) []string {
	var out []string
	for _, r := range list {
		out = append(append(append(out, r.Code), dataCodes(r.AnyOf)...), dataCodes(r.AllOf)...)
	}
	return out
}
