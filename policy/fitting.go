package policy

import "strings"

// Fitting is what an open test of the request's resource asks of the one variable in its
// pattern, for a resource that is spelled out: the pattern fits if the variable has one of
// a few values, which can be held against whatever else is asked of the same key
// (ARNM-13, SYM-07). ok is false for other tests, for patterns with a wildcard before the
// variable or with several variables, for variables with a default, and where an empty
// value fits: tags may be empty, and what is chosen on the way never is.
func (a *Atom) Fitting(resource string) (r Requirement, ok bool) {
	at := behindFifthColon(resource)
	if !a.Opaque || a.Code != "" || a.Key != resourceKey || len(a.Values) != 1 || at == 0 || strings.ContainsAny(resource, "*?") {
		return Requirement{}, false
	}
	t := parseTemplate(a.Values[0], behindFifthColon(a.Values[0]))
	start, variable, rest, ok := t.around()
	if !ok {
		return Requirement{}, false
	}
	behind, begins := strings.CutPrefix(resource, start)
	if begins && rest.Match(behind) {
		return Requirement{}, false
	}
	var values []string
	if begins {
		values = fillings(behind, rest)
	}
	info := KeyInfoOf(variable.key)
	b := Atom{Key: info.display(variable.spelled), Operator: "StringEquals", Values: values, Class: a.Class, Hop: a.Hop}
	if r = False(); len(b.Values) > 0 {
		r = AtomRequirement(b)
	}
	if a.Negated {
		r = r.Not()
	}
	return r, true
}

// resourceKey is the key of tests of the request's resource.
const resourceKey = "resource"

// around takes a template apart at its one variable; ok is false if it has none or
// several, or if a wildcard stands before it.
func (t Template) around() (start string, variable templatePart, rest Pattern, ok bool) {
	var toks []globToken
	for _, p := range t.parts {
		tok := globTokens(p.lit)
		switch {
		case p.escaped != "":
			tok = []globToken{{lit: p.escaped}}
		case p.key != "":
			if variable.key != "" || p.hasDefault || KeyInfoOf(p.key).Multivalued {
				return "", variable, Pattern{}, false
			}
			variable = p
			continue
		}
		if variable.key != "" {
			toks = append(toks, tok...)
			continue
		}
		for _, x := range tok {
			if x.star || x.one {
				return "", variable, Pattern{}, false
			}
			start += x.lit
		}
	}
	return start, variable, compileTokens(t.text, toks), variable.key != ""
}

// fillings are the texts, none of them empty, that stand before what fits a pattern.
func fillings(text string, rest Pattern) []string {
	var out []string
	for end := 1; end <= len(text); end++ {
		if rest.Match(text[end:]) {
			out = append(out, text[:end])
		}
	}
	return out
}
