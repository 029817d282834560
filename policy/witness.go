package policy

import (
	"math/bits"
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
// What never matches is no resource that the question is about.
//
// known keeps what was found for other callers and actions, whose statements are
// about the same resources more often than not; it may be nil.
func Witnesses(r Request, l Layers, question string, never []Pattern, all bool, known *WitnessMemo) (resources []string, complete bool) {
	r.Resource = question
	e := newEvaluation(&r)
	w := witnessFinder{e: e, question: arnQuestion(nonEmptyStars(question)), never: never, complete: true, known: known}
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

// nonEmptyStars reads a trailing "*" of the question behind a separator as "at least
// one character": b/* asks about objects, and an empty key is none. b/x* asks about
// b/x, too.
func nonEmptyStars(question string) Pattern {
	if rest, ok := strings.CutSuffix(question, "*"); ok && (strings.HasSuffix(rest, "/") || strings.HasSuffix(rest, ":")) {
		return CompilePattern(rest + "?*")
	}
	return CompilePattern(question)
}

// cell is what a statement's Resource (or NotResource) selects.
type cell struct {
	pattern Pattern
	without []Pattern // of NotResource
	open    bool      // whether the statement applies is not settled
}

type witnessFinder struct {
	e        *evaluation
	question Pattern
	never    []Pattern
	own      []cell   // what identity policies allow
	grants   []cell   // what the resource's side allows
	free     bool     // access may need no Allow that is known
	limits   [][]cell // per limiting layer of the caller: boundary, session
	guards   [][]cell // per level of SCPs
	denies   []cell
	found    []string
	complete bool
	known    *WitnessMemo
}

func (w *witnessFinder) read(l *Layers) {
	w.own, w.grants = w.cells(l.Identity, Allow, false), w.cells(l.Resource.Policies, Allow, true)
	w.free = w.e.request.Caller.Kind == CallerRoot || l.Resource.State == ResourceUnknown || l.Resource.MayBeShared || l.IdentityUnknown != "" ||
		slices.ContainsFunc(l.Identity, func(a Attached) bool { return a.Document == nil })
	w.denies = append(w.denies, w.cells(l.Identity, Deny, false)...)
	w.denies = append(w.denies, w.cells(l.Resource.Policies, Deny, true)...)
	limit := func(to *[][]cell, p []Attached) {
		w.denies = append(w.denies, w.cells(p, Deny, false)...)
		if c := w.cells(p, Allow, false); !slices.ContainsFunc(c, func(c cell) bool { return w.covers(c) && !c.open }) {
			*to = append(*to, c)
		}
	}
	if l.HasBoundary {
		limit(&w.limits, l.Boundary)
	}
	if l.HasSession {
		limit(&w.limits, l.Session)
	}
	for i := range l.SCPs {
		if !l.SCPs[i].Unknown {
			limit(&w.guards, l.SCPs[i].Policies)
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
			if s.Effect != effect || !s.matchAction(w.e.action).ok {
				continue
			}
			if applies := w.applies(s, withPrincipal); !applies.IsFalse() {
				out = append(out, w.statementCells(s, !applies.IsTrue())...)
			}
		}
	}
	return out
}

// applies is what is settled of whether a statement applies to the caller, resources
// aside: by whom it means, and by conditions on what no resource decides.
func (w *witnessFinder) applies(s *Statement, withPrincipal bool) Requirement {
	out := True()
	if withPrincipal {
		out = False()
		for _, m := range w.e.principals(s) {
			out = Or(out, m.open)
		}
	}
	for i := range s.Conditions {
		c := &s.Conditions[i]
		if c.op == nil || c.dynamic || !strings.HasPrefix(c.lower, "aws:") || strings.Contains(c.lower, "resource") || c.lower == "aws:requestedregion" {
			out = And(out, codeAtom("open"))
			continue
		}
		out = And(out, w.e.test(c, s.Effect))
	}
	return out
}

// statementCells are those of one statement. Where a policy variable has no value yet,
// any value may be the one.
func (w *witnessFinder) statementCells(s *Statement, open bool) []cell {
	if s.Resource == nil {
		c := cell{pattern: CompilePattern("*"), open: open}
		for i := range s.NotResource {
			p, sure := w.fill(&s.NotResource[i])
			c.without, c.open = append(c.without, p...), c.open || !sure
		}
		return []cell{c}
	}
	var out []cell
	for i := range s.Resource {
		patterns, sure := w.fill(&s.Resource[i])
		for _, p := range patterns {
			if w.known.overlap(p, w.question) {
				out = append(out, cell{pattern: p, open: open || !sure})
			}
		}
	}
	return out
}

// fill are the patterns that a resource element stands for; sure is false if it
// reads a variable that has no value yet: then the value that the caller's own tags
// give it, if they do, comes before any.
func (w *witnessFinder) fill(r *ResourcePattern) (patterns []Pattern, sure bool) {
	if g := r.fixed(); g != nil {
		return []Pattern{g.whole}, true
	}
	toks, _, f := r.template.tokens(w.e.context)
	switch f {
	case filled:
		return []Pattern{compileTokens(r.text, toks)}, true
	case symbolic:
		shaped, never := r.template.shaped(w.e.context)
		if never {
			return nil, true
		}
		own, _, f := r.template.tokens(Overlay{ownTags{w.e.context}, w.e.context})
		if f == filled {
			patterns = append(patterns, compileTokens(r.text, own))
		}
		return append(patterns, compileTokens(r.text, shaped)), false
	}
	return nil, true
}

// ownTags is a context in which sessions have the tags of their user or role.
type ownTags struct{ of Context }

// Lookup implements Context.
func (t ownTags) Lookup(key string) Value {
	tag, ok := strings.CutPrefix(key, "aws:principaltag/")
	if c, is := t.of.(*requestContext); ok && is {
		return TagValue(c.facts.CallerTags, tag)
	}
	return Value{}
}

// maxPairs bounds the pairs of statements of both sides that are tried.
const maxPairs = 256

// someCells looks for the best spot in each allow: clear of all denies, else
// clear of as many that do not hold for sure as can be, else anywhere in it. The
// last are tried when all others are, since there may be too many. What the
// resource's side allows may need no Allow of a boundary or a session (EVAL-12 to
// EVAL-15), or one of the caller's side beside it (EVAL-20).
func (w *witnessFinder) someCells() {
	var denied []func()
	spot := func(limits [][]cell, allows ...cell) {
		for _, chosen := range w.combinations(limits) {
			positive, without := []Pattern{w.question}, []Pattern(nil)
			for _, c := range slices.Concat(allows, chosen) {
				positive, without = append(positive, c.pattern), append(without, c.without...)
			}
			if !w.clear(positive, without) {
				denied = append(denied, func() { w.try(positive, without) })
			}
		}
	}
	all := slices.Concat(w.limits, w.guards)
	if w.free {
		spot(all)
	}
	for _, a := range w.own {
		spot(all, a)
	}
	for _, g := range w.grants {
		spot(all, g)
		if len(w.limits) > 0 {
			spot(w.guards, g)
		}
	}
	pairs := 0
	for _, a := range w.own {
		for _, g := range w.grants {
			if w.covers(a) || w.covers(g) {
				continue // the other one is enough
			}
			if pairs++; pairs > maxPairs {
				w.complete = false
				break
			}
			spot(all, a, g)
		}
	}
	for _, try := range denied {
		try()
	}
}

// maxOpen is up to how many denies that do not hold for sure are weighed against each
// other.
const maxOpen = 5

// clear looks for spots outside the denies: where none is outside of all, outside of
// those that hold for sure and as many others as can be left together.
func (w *witnessFinder) clear(positive, without []Pattern) bool {
	if w.clearOf(positive, without, w.denies) {
		return true
	}
	var sure, open []cell
	for _, d := range w.denies {
		if d.open {
			open = append(open, d)
		} else {
			sure = append(sure, d)
		}
	}
	switch {
	case len(open) == 0:
		return false
	case len(open) > maxOpen:
		w.complete = false
		return w.clearOf(positive, without, sure)
	}
	var left []int // sets of them, as bits
	for size := len(open) - 1; size >= 0; size-- {
		for set := range 1 << len(open) {
			if bits.OnesCount(uint(set)) != size || slices.ContainsFunc(left, func(s int) bool { return s&set == set }) {
				continue
			}
			denies := slices.Clone(sure)
			for i, d := range open {
				if set>>i&1 == 1 {
					denies = append(denies, d)
				}
			}
			if w.clearOf(positive, without, denies) {
				left = append(left, set)
			}
		}
	}
	return len(left) > 0
}

// clearOf looks for a spot outside some denies. A Deny on NotResource is left
// by entering one of what it excepts.
func (w *witnessFinder) clearOf(positive, without []Pattern, denies []cell) bool {
	ways := [][]Pattern{positive}
	for _, d := range denies {
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
func (w *witnessFinder) combinations(limits [][]cell) [][]cell {
	out := [][]cell{{}}
	for _, layer := range limits {
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
	allows := slices.Concat(w.own, w.grants)
	// besides are the patterns of all allows but one.
	besides := func(one int) []Pattern {
		var out []Pattern
		for i, a := range allows {
			if i != one && len(a.without) == 0 {
				out = append(out, a.pattern)
			}
		}
		return out
	}
	w.try([]Pattern{w.question}, besides(-1))
	for i, a := range allows {
		for _, except := range a.without {
			if !w.try([]Pattern{w.question, except}, besides(i)) {
				w.try([]Pattern{w.question, except}, nil)
			}
		}
		if !w.try([]Pattern{w.question, a.pattern}, besides(i)) {
			w.try([]Pattern{w.question, a.pattern}, nil)
		}
	}
	for _, layer := range slices.Concat(w.limits, w.guards) {
		w.try([]Pattern{w.question}, patternsOf(layer))
		for _, c := range layer {
			for _, except := range c.without {
				w.try([]Pattern{w.question, except}, nil)
			}
		}
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
	text, ok, decided := w.known.find(all, slices.Concat(none, w.never))
	if !decided {
		w.complete = false
	}
	if ok {
		w.found = append(w.found, text)
	}
	return ok
}
