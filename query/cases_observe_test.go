package query_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"accesspath/internal/fixture"
	"accesspath/policy"
	"accesspath/query"
)

// caseObservation is an answer in the words of the cases.
type caseObservation struct {
	verdict string
	text    string // verdict, requirements or causes, and the way
	marks   []string
}

func (o caseObservation) String() string { return o.text + " #" + strings.Join(o.marks, " #") }

func observeDecision(d *policy.Decision) caseObservation {
	o := caseObservation{verdict: query.VerdictAllow, text: query.VerdictAllow, marks: slices.Clone(d.Codes)}
	if d.Requires.IsFalse() {
		o.verdict = query.VerdictDeny
		var causes []string
		for _, c := range d.Causes {
			causes = append(causes, causeText(c.Layer, c.Explicit))
			o.marks = append(o.marks, "text="+strings.ReplaceAll(c.Text, " ", "_"))
		}
		o.text = "DENY(" + joinUnique(causes) + ")"
		return o
	}
	term, outright := d.Requires.Outright()
	switch {
	case outright && len(term) > 0:
		o.text += " requires(" + caseRequirements(query.Requirements(policy.And(atoms(term)...), 1)) + ")"
	case !outright:
		o.verdict = query.VerdictAllowIf
		o.text = "ALLOW_IF(" + caseRequirements(query.Requirements(d.Requires, 1)) + ")"
	}
	for _, e := range d.Because {
		o.marks = append(o.marks, evidenceMarks(query.EvidenceOf(e))...)
	}
	return o
}

func atoms(t policy.Term) []policy.Requirement {
	var out []policy.Requirement
	for _, a := range t {
		out = append(out, policy.AtomRequirement(*a))
	}
	return out
}

func causeText(layer string, explicit bool) string {
	layer = fixture.Short(layer)
	switch {
	case explicit:
		return "explicit:" + layer
	case slices.Contains([]string{"service-rule", "no-principal", "dangling", "contradiction"}, layer):
		return layer
	}
	return "implicit:" + layer
}

func joinUnique(list []string) string {
	var out []string
	for _, s := range list {
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return strings.Join(out, ", ")
}

// caseObserve describes the row of a can, who-can or paths answer by its best path.
func caseObserve(a query.Answer) caseObservation {
	o := caseObservation{verdict: a.Verdict, text: a.Verdict, marks: slices.Clone(a.Codes)}
	o.marks = append(o.marks, a.Marks...)
	o.marks = append(o.marks, "kind="+a.Kind, "confidence="+a.Confidence)
	if a.Verdict == query.VerdictDeny {
		var causes []string
		for _, c := range a.Causes {
			if c.Hop != a.BrokenAt && (c.Hop != 0 || len(a.NearPath) > 1) { // hop 0: of the principal by itself
				continue // why the principal itself may not, next to where the chain breaks
			}
			causes = append(causes, causeText(c.Layer, c.Explicit))
			o.marks = append(o.marks, "text="+strings.ReplaceAll(c.Text, " ", "_"))
		}
		o.text = fmt.Sprintf("DENY(%s) at %d", joinUnique(causes), a.BrokenAt)
		return o
	}
	o.path(&a.Paths[0])
	return o
}

func (o *caseObservation) path(p *query.Path) {
	var all []query.Requirement
	for _, s := range p.Steps {
		all = append(all, s.Requires...)
		for _, e := range s.Because {
			o.marks = append(o.marks, evidenceMarks(e)...)
		}
	}
	all = append(all, p.Requires...)
	switch {
	case p.Verdict == query.VerdictAllowIf:
		o.text = "ALLOW_IF(" + caseRequirements(all) + ")"
	case len(all) > 0:
		o.text = "ALLOW requires(" + caseRequirements(all) + ")"
	}
	var via []string
	for _, id := range p.Principals[1:] {
		via = append(via, fixture.Short(id))
	}
	if len(via) > 0 {
		o.text += " via " + strings.Join(via, " ")
	}
	for _, e := range p.Because {
		o.marks = append(o.marks, evidenceMarks(e)...)
	}
	for _, m := range p.Modes {
		o.marks = append(o.marks, "mode="+m)
	}
	if p.Witness != "" {
		o.marks = append(o.marks, "witness="+p.Witness)
	}
}

func evidenceMarks(e query.Evidence) []string {
	if e.Via == "" {
		return nil
	}
	return []string{"via=" + fixture.Short(e.Via)}
}

// caseRequirements writes "CLASS key Operator value|value@hop & (… | …)".
func caseRequirements(list []query.Requirement) string {
	var out []string
	for _, r := range list {
		out = append(out, caseRequirement(r))
	}
	return strings.Join(out, " & ")
}

func caseRequirement(r query.Requirement) string {
	switch {
	case len(r.AnyOf) > 0:
		var out []string
		for _, k := range r.AnyOf {
			out = append(out, caseRequirement(k))
		}
		return "(" + strings.Join(out, " | ") + ")"
	case len(r.AllOf) > 0:
		return "(" + caseRequirements(r.AllOf) + ")"
	}
	words := []string{r.Class, r.Key}
	if r.Operator != "" {
		words = append(words, r.Operator, strings.Join(r.Values, ","))
	}
	if r.Code != "" && r.Code != r.Key {
		words = append(words, r.Code)
	}
	return fmt.Sprintf("%s@%d", strings.Join(words, " "), r.Hop)
}

// caseAnswer is the answer that a case states.
type caseAnswer struct {
	text  string
	marks []string
}

func parseAnswer(s string) caseAnswer {
	text, marks, _ := strings.Cut(s, " #")
	e := caseAnswer{text: strings.TrimSpace(text)}
	e.marks = append(e.marks, strings.Fields(strings.ReplaceAll(marks, "#", " "))...)
	return e
}

// compare checks the text, or only the verdict if nothing more is stated.
func (e caseAnswer) compare(t *testing.T, line string, got caseObservation) {
	t.Helper()
	text := got.text
	switch e.text {
	case "ALLOW_IF", "DENY":
		text = got.verdict
	case "not DENY":
		if got.verdict != query.VerdictDeny {
			text = e.text
		}
	}
	if e.text != text && !(strings.HasPrefix(text, e.text+" at ") && strings.HasPrefix(e.text, "DENY")) {
		t.Errorf("%s\n  got %s", line, got)
	}
	for _, m := range e.marks {
		if !slices.ContainsFunc(got.marks, func(g string) bool {
			return g == m || strings.HasPrefix(m, "text=") && strings.HasPrefix(g, "text=") && strings.Contains(g, m[len("text="):])
		}) {
			t.Errorf("%s\n  lacks %q; got %s", line, m, got)
		}
	}
}
