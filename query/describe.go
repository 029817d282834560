package query

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"accesspath/iam"
	"accesspath/policy"
)

// maxAlternatives bounds how many ways to meet a requirement are printed
// (SYM-10).
const maxAlternatives = 8

// Requirements describes a formula as JSON carries it: a list that must all be
// met; alternatives become one anyOf. True is an empty list. hop labels what is
// not labelled yet.
func Requirements(r policy.Requirement, hop int) []Requirement {
	out := []Requirement{}
	if !r.IsOpen() {
		return out
	}
	terms, exact := r.At(hop).Terms()
	if !exact && len(terms) == 0 {
		return []Requirement{{Hop: hop, Key: "formula", Operator: "Known", Class: policy.ClassData.String(), Code: "DATA:formula-too-large", Text: "a combination of conditions too large to list"}}
	}
	return describeTerms(terms, exact)
}

// OutrightRequirements describes what a caller has to pick to meet the formula
// by itself (SYM-13).
func outrightRequirements(r policy.Requirement, hop int) []Requirement {
	t, ok := r.At(hop).Outright()
	if !ok {
		return Requirements(r, hop)
	}
	return describeTerm(t)
}

// describeTerms describes alternatives. Unless they are all there are, others may need
// less in any part: then none of it is taken out as common to all.
func describeTerms(terms []policy.Term, exact bool) []Requirement {
	common, rest := policy.Term(nil), terms
	switch {
	case len(terms) == 0:
		return []Requirement{}
	case len(terms) == 1 && exact:
		return describeTerm(terms[0])
	case exact:
		common, rest = factor(terms)
	}
	any := Requirement{}
	for _, t := range rest[:min(len(rest), maxAlternatives)] {
		d := describeTerm(t)
		if len(d) == 1 {
			any.AnyOf = append(any.AnyOf, d[0])
		} else {
			any.AnyOf = append(any.AnyOf, Requirement{AllOf: d})
		}
	}
	switch more := len(rest) - len(any.AnyOf); {
	case !exact:
		any.Text = "or other ways, too many to list"
	case more > 0:
		any.Text = otherWays(more)
	}
	return append(describeTerm(common), any)
}

// otherWays says how many alternatives are not listed.
func otherWays(n int) string {
	if n == 1 {
		return "and 1 other way"
	}
	return fmt.Sprintf("and %d other ways", n)
}

// factor takes the atoms that all terms share out of them.
func factor(terms []policy.Term) (common policy.Term, rest []policy.Term) {
	in := func(a *policy.Atom, t policy.Term) bool {
		return slices.ContainsFunc(t, func(b *policy.Atom) bool { return a.Same(b) })
	}
	for _, a := range terms[0] {
		if !slices.ContainsFunc(terms, func(t policy.Term) bool { return !in(a, t) }) {
			common = append(common, a)
		}
	}
	for _, t := range terms {
		var r policy.Term
		for _, a := range t {
			if !in(a, common) {
				r = append(r, a)
			}
		}
		rest = append(rest, r)
	}
	return common, rest
}

func describeTerm(t policy.Term) []Requirement {
	out := []Requirement{}
	for _, a := range t {
		out = append(out, describeAtom(a))
	}
	slices.SortStableFunc(out, func(x, y Requirement) int {
		if x.Hop != y.Hop {
			return x.Hop - y.Hop
		}
		return strings.Compare(x.Key, y.Key)
	})
	return out
}

func describeAtom(a *policy.Atom) Requirement {
	r := Requirement{Hop: a.Hop, Key: a.Key, Operator: a.Name(), Values: slices.Clone(a.Shown()), Class: a.Class.String(), Code: a.Code, Text: a.Sentence()}
	if a.Key == policy.SessionNameKey {
		r.Key = "session-name"
	}
	if a.About != "" {
		r.Text += " (for " + a.About + ")"
	}
	return r
}

// EvidenceOf describes a statement that decided.
func EvidenceOf(ev policy.Evidence) Evidence { return evidenceAt(ev, placeOf) }

// evidenceAt is EvidenceOf with a way to tell where a policy was read.
func evidenceAt(ev policy.Evidence, place func(*iam.Policy) string) Evidence {
	out := Evidence{Layer: ev.Layer, Match: ev.Match, Rule: ev.Rule}
	if ev.Policy != nil {
		out.Policy, out.Owner, out.Via = ev.Policy.Name, ev.Policy.Owner, ev.Policy.Via
		if p, ok := ev.Policy.Source.(*iam.Policy); ok {
			out.Position = place(p)
		}
	}
	if ev.Statement == nil {
		out.Effect = policy.Allow.String()
	} else {
		out.Statement, out.Sid, out.Effect = ev.Statement.Index, ev.Statement.Sid, ev.Statement.Effect.String()
	}
	return out
}

// placeOf says where a policy was read.
func placeOf(p *iam.Policy) string {
	if p.Bundled {
		return "AWS managed policy data of accesspath"
	}
	return Position(p.Origin)
}

// Position writes where a fact was read as file:line:column, as far as known.
func Position(o iam.Origin) string {
	switch {
	case o.File == "":
		return ""
	case o.Line == 0:
		return o.File
	}
	return fmt.Sprintf("%s:%d:%d", o.File, o.Line, o.Column)
}

// SplitPosition takes apart what Position wrote; line is 0 for what is no position.
func SplitPosition(s string) (file string, line, column int) {
	file = s
	for _, n := range []*int{&column, &line} {
		i := strings.LastIndexByte(file, ':')
		if i < 0 {
			return s, 0, 0
		}
		v, err := strconv.Atoi(file[i+1:])
		if err != nil || v <= 0 {
			return s, 0, 0
		}
		*n, file = v, file[:i]
	}
	return file, line, column
}

// evidence describes what decided a verdict; denies that do not matter for an
// allow are left out.
func evidence(d *policy.Decision) []Evidence { return evidenceWith(d, placeOf) }

func evidenceWith(d *policy.Decision, place func(*iam.Policy) string) []Evidence {
	out := make([]Evidence, 0, len(d.Because))
	for _, ev := range d.Because {
		e := evidenceAt(ev, place)
		if !slices.Contains(out, e) {
			out = append(out, e)
		}
	}
	return out
}

// causesOf describes why a request is denied.
func causesOf(d *policy.Decision, hop int) []Cause {
	out := []Cause{}
	for _, c := range d.Causes {
		cause := Cause{Layer: c.Layer, Explicit: c.Explicit, Hop: hop, Text: c.Text, Rule: c.Rule}
		if c.Evidence != nil {
			e := EvidenceOf(*c.Evidence)
			cause.Statement = &e
			if cause.Text == "" {
				cause.Text = "a statement denies it"
			}
		}
		out = append(out, cause)
	}
	return out
}

// confidence grades an answer by the codes it rests on (QRY-21).
func confidence(codes []string) string {
	out := "high"
	for _, c := range codes {
		switch {
		case c == "U-01":
			out = "medium"
		case strings.HasPrefix(c, "U-"):
			return "low"
		case strings.HasPrefix(c, "DATA:") && c != codeMFADevice:
			out = "medium"
		}
	}
	return out
}

// codesIn lists the codes of a described requirement, nested ones too.
func codesIn(list []Requirement, codes []string) []string {
	for _, r := range list {
		if r.Code != "" {
			codes = append(codes, r.Code)
		}
		codes = codesIn(r.AnyOf, codes)
		codes = codesIn(r.AllOf, codes)
	}
	return codes
}

func sortedUnique(list []string) []string {
	out := slices.Clone(list)
	if out == nil {
		out = []string{}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
