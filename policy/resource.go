package policy

import (
	"strings"
	"sync/atomic"
)

// A ResourcePattern is one entry of Resource or NotResource. ARNs are compared
// part by part (ARNM-01 to ARNM-08); variables stand only behind the fifth
// colon (GRAM-22).
// Like an ActionPattern it is one word.
type ResourcePattern struct{ *resourceGlob }

type resourceGlob struct {
	text     string
	template Template // of the whole text; HasVariables only if allowed there
	glob     atomic.Pointer[arnGlob]
}

// compiled returns the pattern, with a star for every variable. It is compiled
// when it is asked for first: whoever only stores policies never does, and it is
// half of what they take.
func (r *resourceGlob) compiled() *arnGlob {
	if g := r.glob.Load(); g != nil {
		return g
	}
	var g *arnGlob
	switch {
	case r.template.parts == nil && simpleGlob(r.text):
		g = simpleARNGlob(r.text)
	case r.template.HasVariables():
		g = newARNGlob(r.text, r.template.loose())
	default:
		toks, _, _ := r.template.tokens(nil)
		g = newARNGlob(r.text, toks)
	}
	r.glob.Store(g) // others may have done so: theirs is the same
	return g
}

// fixed returns what the pattern matches if nothing is to be filled in, else nil.
func (r *resourceGlob) fixed() *arnGlob {
	if r.template.HasVariables() {
		return nil
	}
	return r.compiled()
}

// arnGlob is a pattern with everything filled in. There is one for each
// resource that some policy names, so that its six parts share one list.
type arnGlob struct {
	whole  Pattern
	pieces []piece   // of the parts, one after the other
	ends   [6]uint32 // where the pieces of each part end
	stars  uint8     // bit i: part i has a star
	count  uint8     // parts written; 6 or fewer
	code   string    // U-13 for a wildcard in the service part (ARNM-07)
}

// part returns the pattern of one part.
func (g *arnGlob) part(i int) Pattern {
	from := uint32(0)
	if i > 0 {
		from = g.ends[i-1]
	}
	return Pattern{pieces: g.pieces[from:g.ends[i]], star: g.stars>>i&1 == 1}
}

func (g *arnGlob) setPart(i int, pieces []piece, star bool) {
	g.pieces = append(g.pieces, pieces...)
	g.ends[i] = uint32(len(g.pieces))
	if star {
		g.stars |= 1 << i
	}
}

// CompileResource compiles one resource pattern.
func CompileResource(text string, variables bool) ResourcePattern {
	r := &resourceGlob{text: text, template: Template{text: text}}
	if at := behindFifthColon(text); variables && at > 0 {
		r.template = parseTemplate(text, at)
	}
	return ResourcePattern{r}
}

// simpleARNGlob is newARNGlob for a text in which stars alone are special.
func simpleARNGlob(text string) *arnGlob {
	g := &arnGlob{whole: CompilePattern(text)}
	g.pieces = make([]piece, 0, len(g.whole.pieces)+len(g.ends))
	rest, more := text, true
	for i := range g.ends {
		part := rest
		if more {
			g.count++
			if i < len(g.ends)-1 {
				part, rest, more = strings.Cut(rest, ":")
			}
		} else {
			part = ""
		}
		var star bool
		g.pieces, star = appendPieces(g.pieces, part)
		g.setPart(i, nil, star)
	}
	return g.rate()
}

// behindFifthColon is where the resource part begins, or 0 (GRAM-22).
func behindFifthColon(text string) int {
	colons := 0
	for i := range len(text) {
		if text[i] == ':' {
			if colons++; colons == 5 {
				return i + 1
			}
		}
	}
	return 0
}

// String returns the pattern as written.
func (r ResourcePattern) String() string { return r.text }

// IsAll reports whether the pattern matches every resource (ARNM-03).
func (r ResourcePattern) IsAll() bool {
	g := r.fixed()
	return g != nil && g.whole.IsAll()
}

// Glob returns the whole pattern and true, unless it has variables.
func (r ResourcePattern) Glob() (Pattern, bool) {
	g := r.fixed()
	if g == nil {
		return Pattern{}, false
	}
	return g.whole, true
}

// newARNGlob splits the filled-in pattern at its colons. Tokens keep literal
// characters apart from wildcards, so that a "*" out of a variable stays text.
func newARNGlob(text string, toks []globToken) *arnGlob {
	g := &arnGlob{whole: compileTokens(text, toks)}
	var parts [6][]globToken
	at := 0
	for _, t := range toks {
		for t.lit != "" && at < 5 {
			before, after, ok := strings.Cut(t.lit, ":")
			if !ok {
				break
			}
			if before != "" {
				parts[at] = append(parts[at], globToken{lit: before})
			}
			t.lit = after
			at++
		}
		if t.lit != "" || t.star || t.one {
			parts[at] = append(parts[at], t)
		}
	}
	g.count = uint8(at + 1)
	for i := range parts {
		p := compileTokens("", parts[i])
		g.setPart(i, p.pieces, p.star)
	}
	return g.rate()
}

func (g *arnGlob) rate() *arnGlob {
	if g.count > 2 && !g.part(2).IsLiteral() && !g.whole.IsAll() {
		g.code = "U-13"
	}
	return g
}

// match compares with a request ARN. resourceSide tells resource policies and
// guardrails from identity policies, which read short patterns differently
// (ARNM-05).
func (g *arnGlob) match(resource string, arn ARN, isARN, resourceSide bool) match {
	if g.whole.IsAll() {
		return match{ok: true}
	}
	if !isARN {
		return match{ok: g.whole.Match(resource)}
	}
	if g.count == 6 && g.matchParts(arn, 6) {
		return match{true, g.code}
	}
	if g.count < 6 {
		return g.matchShort(arn, resourceSide)
	}
	if g.whole.Match(resource) {
		return match{true, "U-09"} // a "*" that crosses a colon (ARNM-04)
	}
	return match{}
}

func (g *arnGlob) matchParts(arn ARN, n int) bool {
	for i, part := range arn.parts() {
		if i < n && !g.part(i).Match(part) {
			return false
		}
	}
	return true
}

// matchShort reads a pattern of fewer than six parts: padded with "*" if it
// ends in one; else it matches nothing in resource policies and guardrails, and
// possibly in identity policies (U-10).
func (g *arnGlob) matchShort(arn ARN, resourceSide bool) match {
	padded := g.matchParts(arn, int(g.count))
	star := strings.HasSuffix(g.whole.text, "*")
	switch {
	case !padded && g.whole.Match(arn.String()):
		return match{true, "U-09"}
	case !padded:
		return match{}
	case star:
		return match{true, g.code}
	case resourceSide:
		return match{}
	}
	return match{true, "U-10"}
}

// A resourceTest is the outcome of comparing a statement's resources.
type resourceTest struct {
	match match
	open  Requirement // what a symbolic variable leaves open (ARNM-13); False if nothing
}

// matchResources compares a statement's Resource or NotResource with the
// request. A statement without either matches (GRAM-09); whether that is legal
// depends on the layer and was settled before.
func (e *evaluation) matchResources(s *Statement, resourceSide bool) resourceTest {
	switch {
	case s.Resource != nil:
		return e.anyResource(s.Resource, resourceSide)
	case s.NotResource != nil:
		t := e.notResource(s.NotResource, resourceSide)
		return t
	}
	return resourceTest{match: match{ok: true}}
}

// anyResource is the OR over a list; symbolic patterns stay open as atoms.
func (e *evaluation) anyResource(list []ResourcePattern, resourceSide bool) resourceTest {
	var t resourceTest
	for i := range list {
		m, open := e.matchResource(&list[i], resourceSide)
		if m.ok {
			t.match = t.match.or(m)
			if t.match.code == "" {
				return resourceTest{match: t.match}
			}
		}
		t.open = Or(t.open, open)
	}
	return t
}

// notResource matches if no listed pattern matches (ARNM-09). A pattern whose
// variable has no value excludes nothing (ARNM-12).
func (e *evaluation) notResource(list []ResourcePattern, resourceSide bool) resourceTest {
	t := resourceTest{match: match{ok: true}}
	open := True()
	hasOpen := false
	for i := range list {
		m, sym := e.matchResource(&list[i], resourceSide)
		switch {
		case m.ok && m.code == "":
			return resourceTest{}
		case m.ok:
			t.match.code = m.code
		}
		if !sym.IsFalse() {
			hasOpen = true
			open = And(open, sym.Not())
		}
	}
	if hasOpen {
		if t.match.code != "" {
			open = And(open, codeAtom(t.match.code))
		}
		return resourceTest{open: open}
	}
	return t
}

func (e *evaluation) matchResource(r *ResourcePattern, resourceSide bool) (match, Requirement) {
	g := r.fixed()
	if g == nil {
		toks, _, f := r.template.tokens(e.context)
		switch f {
		case noValue:
			return match{}, Requirement{}
		case symbolic:
			if !e.matchGlob(r.compiled(), resourceSide).ok {
				return match{}, Requirement{} // whatever the variables are
			}
			toks, never := r.template.shaped(e.context)
			if never || !e.matchGlob(newARNGlob(r.text, toks), resourceSide).ok {
				return match{}, Requirement{} // whatever is not known of them
			}
			return match{}, e.symbolicResource(r)
		}
		g = newARNGlob(r.text, toks)
	}
	return e.matchGlob(g, resourceSide), Requirement{}
}

// matchGlob compares one pattern with the request. Actions without a resource
// type act on "*", and on their collection ARN as far as is known (ARNM-10).
func (e *evaluation) matchGlob(g *arnGlob, resourceSide bool) match {
	m := g.match(e.resource, e.arn, e.isARN, resourceSide)
	if !m.ok && e.collection != "" {
		if arn, ok := ParseARN(e.collection); ok && g.match(e.collection, arn, true, resourceSide).ok {
			return match{true, "U-23"}
		}
	}
	return m
}

// symbolicResource is the atom "the request's resource fits this pattern",
// open because a variable's value is not known (ARNM-13, COND-22).
func (e *evaluation) symbolicResource(r *ResourcePattern) Requirement {
	return newAtom(Atom{Key: resourceKey, Operator: "StringLike", Values: []string{r.text}, Class: max(ClassRequest, r.template.class()), Opaque: true})
}
