package policy

import "strings"

// A ResourcePattern is one entry of Resource or NotResource. ARNs are compared
// part by part (ARNM-01 to ARNM-08); variables stand only behind the fifth
// colon (GRAM-22).
type ResourcePattern struct {
	text     string
	template Template // of the whole text; HasVariables only if allowed there
	fixed    *arnGlob // compiled at once if nothing is to be filled in
	loose    *arnGlob // with a star for every variable, if something is
}

// arnGlob is a pattern with everything filled in.
type arnGlob struct {
	whole Pattern
	parts [6]Pattern
	count int    // parts written; 6 or fewer
	code  string // U-13 for a wildcard in the service part (ARNM-07)
}

func compileResources(texts []string, variables bool) []ResourcePattern {
	out := make([]ResourcePattern, 0, len(texts))
	for _, t := range texts {
		out = append(out, CompileResource(t, variables))
	}
	return out
}

// CompileResource compiles one resource pattern.
func CompileResource(text string, variables bool) ResourcePattern {
	r := ResourcePattern{text: text, template: Template{text: text}}
	if at := behindFifthColon(text); variables && at > 0 {
		r.template = parseTemplate(text, at)
	}
	if !r.template.HasVariables() {
		toks, _, _ := r.template.tokens(nil)
		r.fixed = newARNGlob(text, toks)
	} else {
		r.loose = newARNGlob(text, r.template.loose())
	}
	return r
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
func (r ResourcePattern) IsAll() bool { return r.fixed != nil && r.fixed.whole.IsAll() }

// Glob returns the whole pattern and true, unless it has variables.
func (r ResourcePattern) Glob() (Pattern, bool) {
	if r.fixed == nil {
		return Pattern{}, false
	}
	return r.fixed.whole, true
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
	g.count = at + 1
	for i := range parts {
		g.parts[i] = compileTokens("", parts[i])
	}
	if g.count > 2 && !g.parts[2].IsLiteral() && !g.whole.IsAll() {
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
		if i < n && !g.parts[i].Match(part) {
			return false
		}
	}
	return true
}

// matchShort reads a pattern of fewer than six parts: padded with "*" if it
// ends in one; else it matches nothing in resource policies and guardrails, and
// possibly in identity policies (U-10).
func (g *arnGlob) matchShort(arn ARN, resourceSide bool) match {
	padded := g.matchParts(arn, g.count)
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
	g := r.fixed
	if g == nil {
		toks, _, f := r.template.tokens(e.context)
		switch f {
		case noValue:
			return match{}, Requirement{}
		case symbolic:
			if !e.matchGlob(r.loose, resourceSide).ok {
				return match{}, Requirement{} // whatever the variables are
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
	class := ClassRequest
	for _, p := range r.template.parts {
		if p.key != "" {
			class = max(class, KeyInfoOf(p.key).Class)
		}
	}
	return newAtom(Atom{Key: "resource", Operator: "StringLike", Values: []string{r.text}, Class: class, Opaque: true})
}
