package policy

import (
	"slices"
	"strings"
)

// maxWitnesses bounds the resources tried for one question and caller.
const maxWitnesses = 64

// Witnesses lists concrete resources that decide a question about a pattern
// (QRY-11 to QRY-13, QRY-20): one for each way in which a statement that
// applies to the caller cuts the question's resources. For "some" resource it is
// enough to evaluate these and take the best; for "all" of them, to take the
// worst. r.Resource is not read. complete is false if there were too many.
//
// Trying concrete resources keeps conditions apart by construction: a verdict
// always holds for one action, one resource and one context at a time.
//
// known keeps what was found for other callers and actions, whose statements are
// about the same resources more often than not; it may be nil.
func Witnesses(r Request, l Layers, question string, all bool, known *WitnessMemo) (resources []string, complete bool) {
	r.Resource = question
	e := newEvaluation(&r)
	w := witnessFinder{e: e, question: arnQuestion(nonEmptyStars(question)), complete: true, known: known}
	w.read(&l)
	if all {
		w.everyCell()
	} else {
		w.someCells()
	}
	w.try([]Pattern{w.question}, nil)
	slices.Sort(w.found)
	return slices.Compact(w.found), w.complete
}

// nonEmptyStars reads a trailing "*" of the question as "at least one
// character": b/* asks about objects, and an empty key is none.
func nonEmptyStars(question string) Pattern {
	if rest, ok := strings.CutSuffix(question, "*"); ok && !strings.HasSuffix(rest, "*") && !strings.HasSuffix(rest, "?") && rest != "" {
		return CompilePattern(rest + "?*")
	}
	return CompilePattern(question)
}

// cell is what a statement's Resource (or NotResource) selects.
type cell struct {
	pattern Pattern
	without []Pattern // of NotResource
	open    bool      // the statement has conditions
}

type witnessFinder struct {
	e        *evaluation
	question Pattern
	allows   []cell
	limits   [][]cell // per limiting layer: boundary, session, each SCP level
	denies   []cell
	found    []string
	complete bool
	known    *WitnessMemo
}

func (w *witnessFinder) read(l *Layers) {
	w.allows = w.cells(l.Identity, Allow, false)
	w.allows = append(w.allows, w.cells(l.Resource.Policies, Allow, true)...)
	w.denies = append(w.denies, w.cells(l.Identity, Deny, false)...)
	w.denies = append(w.denies, w.cells(l.Resource.Policies, Deny, true)...)
	limit := func(p []Attached) {
		w.denies = append(w.denies, w.cells(p, Deny, false)...)
		if c := w.cells(p, Allow, false); !slices.ContainsFunc(c, w.covers) {
			w.limits = append(w.limits, c)
		}
	}
	if l.HasBoundary {
		limit(l.Boundary)
	}
	if l.HasSession {
		limit(l.Session)
	}
	for i := range l.SCPs {
		if !l.SCPs[i].Unknown {
			limit(l.SCPs[i].Policies)
		}
	}
	for i := range l.RCPs {
		w.denies = append(w.denies, w.cells(l.RCPs[i].Policies, Deny, true)...)
	}
}

// covers reports whether a cell holds all of the question.
func (w *witnessFinder) covers(c cell) bool {
	return len(c.without) == 0 && w.known.contains(c.pattern, w.question)
}

// cells lists what the statements of one effect select among the question's
// resources.
func (w *witnessFinder) cells(policies []Attached, effect Effect, withPrincipal bool) []cell {
	var out []cell
	for _, p := range policies {
		if p.Document == nil {
			continue
		}
		for i := range p.Document.Statements {
			s := &p.Document.Statements[i]
			if s.Effect != effect || !s.matchAction(w.e.action).ok || withPrincipal && len(w.e.principals(s)) == 0 {
				continue
			}
			out = append(out, w.statementCells(s)...)
		}
	}
	return out
}

func (w *witnessFinder) statementCells(s *Statement) []cell {
	open := len(s.Conditions) > 0
	if s.Resource == nil {
		c := cell{pattern: CompilePattern("*"), open: open}
		for i := range s.NotResource {
			if p, ok := w.fill(&s.NotResource[i]); ok {
				c.without = append(c.without, p)
			}
		}
		return []cell{c}
	}
	var out []cell
	for i := range s.Resource {
		if p, ok := w.fill(&s.Resource[i]); ok && w.known.overlap(p, w.question) {
			out = append(out, cell{pattern: p, open: open})
		}
	}
	return out
}

func (w *witnessFinder) fill(r *ResourcePattern) (Pattern, bool) {
	if g := r.fixed(); g != nil {
		return g.whole, true
	}
	toks, _, f := r.template.tokens(w.e.context)
	if f != filled {
		return Pattern{}, false
	}
	return compileTokens(r.text, toks), true
}

// someCells looks for the best spot in each allow: clear of all denies, else
// clear of those that hold for sure, else anywhere in it. The last are tried when
// all others are, since there may be too many.
func (w *witnessFinder) someCells() {
	var denied []func()
	for _, a := range w.allows {
		for _, limits := range w.combinations() {
			positive := append([]Pattern{w.question, a.pattern}, patternsOf(limits)...)
			without := slices.Clone(a.without)
			for _, l := range limits {
				without = append(without, l.without...)
			}
			if !w.clearOf(positive, without, true) && !w.clearOf(positive, without, false) {
				denied = append(denied, func() { w.try(positive, without) })
			}
		}
	}
	for _, try := range denied {
		try()
	}
}

// clearOf looks for a spot outside the denies. A Deny on NotResource is left
// by entering one of what it excepts.
func (w *witnessFinder) clearOf(positive, without []Pattern, openToo bool) bool {
	ways := [][]Pattern{positive}
	for _, d := range w.denies {
		if d.open && !openToo {
			continue
		}
		if len(d.without) == 0 {
			without = append(slices.Clone(without), d.pattern)
			continue
		}
		var next [][]Pattern
		for _, way := range ways {
			for _, except := range d.without {
				next = append(next, append(slices.Clone(way), except))
			}
		}
		if ways = next; len(ways) > maxWitnesses {
			w.complete = false
			return false
		}
	}
	found := false
	for _, way := range ways {
		found = w.try(way, without) || found
	}
	return found
}

// combinations are the choices of one allow from each limiting layer.
func (w *witnessFinder) combinations() [][]cell {
	out := [][]cell{{}}
	for _, layer := range w.limits {
		var next [][]cell
		for _, c := range out {
			for _, l := range layer {
				next = append(next, append(slices.Clone(c), l))
			}
		}
		if len(next) > maxWitnesses {
			w.complete = false
			next = next[:maxWitnesses]
		}
		if len(next) > 0 {
			out = next
		}
	}
	return out
}

func patternsOf(cells []cell) []Pattern {
	var out []Pattern
	for _, c := range cells {
		out = append(out, c.pattern)
	}
	return out
}

// everyCell looks for the weak spots: outside all allows, in one allow alone,
// outside a limit, inside each deny.
func (w *witnessFinder) everyCell() {
	var plain []Pattern
	for _, a := range w.allows {
		if len(a.without) == 0 && !a.open {
			plain = append(plain, a.pattern)
		}
		for _, except := range a.without {
			w.try([]Pattern{w.question, except}, nil)
		}
	}
	w.try([]Pattern{w.question}, plain)
	for i, a := range w.allows {
		var others []Pattern
		for k, b := range w.allows {
			if k != i && len(b.without) == 0 {
				others = append(others, b.pattern)
			}
		}
		if !w.try([]Pattern{w.question, a.pattern}, others) {
			w.try([]Pattern{w.question, a.pattern}, nil)
		}
	}
	for _, layer := range w.limits {
		w.try([]Pattern{w.question}, patternsOf(layer))
	}
	for _, d := range w.denies {
		w.try([]Pattern{w.question, d.pattern}, d.without)
	}
}

// try adds a witness if there is one.
func (w *witnessFinder) try(all, none []Pattern) bool {
	if len(w.found) >= maxWitnesses {
		w.complete = false
		return true
	}
	text, ok, decided := w.known.find(all, none)
	if !decided {
		w.complete = false
	}
	if ok {
		w.found = append(w.found, text)
	}
	return ok
}
