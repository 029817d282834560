package policy

import (
	"slices"
	"strings"
)

// Vetoes are the Deny statements that may hold outright for a request about one
// action on one resource, told without a decision: who has to look through
// hundreds of callers for one that is denied explicitly need not evaluate those
// that no veto can meet. It never says no where Evaluate finds an explicit deny.
type Vetoes []veto

// veto is what a statement asks of its caller's ARN. All tests have to hold; what
// else the statement asks for is taken to hold.
type veto []arnTest

// arnTest is a plain test of the caller's ARN.
type arnTest struct {
	*Condition
	patterns []Pattern // the values of StringLike
}

func newARNTest(c *Condition) arnTest {
	t := arnTest{Condition: c}
	if c.op.Test == "StringLike" {
		for _, v := range c.fixed {
			t.patterns = append(t.patterns, CompilePattern(v))
		}
	}
	return t
}

func (t *arnTest) holds(arn string) bool {
	if t.op.Test != "StringLike" {
		return testValue(t.op.Test, arn, t.fixed) != t.op.Negated
	}
	return slices.ContainsFunc(t.patterns, func(p Pattern) bool { return p.Match(arn) }) != t.op.Negated
}

// VetoesOf lists the vetoes of a document against users and roles. Of r action,
// resource and what is known whoever the caller is are read; its context must
// answer for aws:PrincipalArn with the caller's ARN, as NewContext does unless that
// is overridden.
func VetoesOf(r *Request, d *Document) Vetoes {
	var out Vetoes
	var e *evaluation
	for i := range d.Statements {
		s := &d.Statements[i]
		if s.Effect != Deny {
			continue
		}
		if e == nil {
			e = newEvaluation(r)
		}
		if v, ok := e.veto(s); ok {
			out = append(out, v)
		}
	}
	return out
}

// veto is that of a statement; ok is false if it cannot hold outright.
func (e *evaluation) veto(s *Statement) (v veto, ok bool) {
	if m := s.matchAction(e.action); !m.ok || m.code != "" {
		return nil, false // a doubt about the action stays open in a Deny (SYM-02)
	}
	if !hasVariables(s.Resource) && !hasVariables(s.NotResource) && !e.matchResources(s, false).match.ok && !e.matchResources(s, true).match.ok {
		return nil, false
	}
	for i := range s.Conditions {
		switch c := &s.Conditions[i]; {
		case c.op == nil:
			return nil, false // open, see test
		case c.aboutARN():
			v = append(v, newARNTest(c))
		case !c.dynamic && anyCaller(c.lower):
			if !e.test(c, Deny).IsTrue() {
				return nil, false
			}
		}
	}
	return v, true
}

// aboutARN reports whether a condition is a plain test of the caller's ARN,
// which says yes or no of every user and role.
func (c *Condition) aboutARN() bool {
	return c.lower == "aws:principalarn" && c.set == noQuantifier && !c.dynamic && len(c.Values) > 0 &&
		slices.Contains([]string{"StringEquals", "StringEqualsIgnoreCase", "StringLike", "ArnLike"}, c.op.Test)
}

// anyCaller reports whether a key has the same value, or is as unknown, whichever
// user or role makes a request.
func anyCaller(lower string) bool {
	switch lower {
	case "aws:securetransport", "aws:currenttime", "aws:epochtime", "aws:requestedregion", "aws:viaawsservice",
		"aws:sourceip", "aws:sourcevpc", "aws:sourcevpce", "aws:resourceaccount", "aws:resourceorgid", "aws:resourceorgpaths":
		return true
	}
	return strings.HasPrefix(lower, "s3:")
}

// May reports whether a veto may hold for the user or role of an ARN.
func (v Vetoes) May(arn string) bool {
	return slices.ContainsFunc(v, func(one veto) bool {
		for i := range one {
			if !one[i].holds(arn) {
				return false
			}
		}
		return true
	})
}

// Blanket reports whether a statement of an identity policy, a permissions boundary, a
// session policy or an SCP denies a caller all that its actions say: on all resources
// and under all circumstances (EVAL-02). arn is what aws:PrincipalArn is in requests
// of the caller.
func (s *Statement) Blanket(arn string) bool {
	if s.Effect != Deny || s.HasPrincipal || !slices.ContainsFunc(s.Resource, ResourcePattern.IsAll) {
		return false
	}
	for i := range s.Conditions {
		c := &s.Conditions[i]
		if c.op == nil || !c.aboutARN() {
			return false
		}
		if t := newARNTest(c); !t.holds(arn) {
			return false
		}
	}
	return true
}

// Covers reports whether the statement matches an action, in lower case, without a
// doubt: ACTM-05 leaves wildcards in the service prefix open.
func (s *Statement) Covers(lower string) bool {
	m := s.matchAction(lower)
	return m.ok && m.code == ""
}
