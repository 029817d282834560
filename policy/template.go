package policy

import (
	"iter"
	"strings"
)

// A Template is a text that may hold policy variables: ${key}, ${key, 'default'}
// and the escapes ${*}, ${?} and ${$} (VAR-01 to VAR-03). Only documents of
// version 2012-10-17 have variables (GRAM-05).
type Template struct {
	text  string
	parts []templatePart // nil if there is nothing to fill in
}

type templatePart struct {
	lit        string // literal text, wildcards live
	escaped    string // one character that is not special, from ${*}
	key        string // lower case; the variable
	spelled    string // the same as written
	fallback   string
	hasDefault bool
}

// ParseTemplate splits text at its variables. With variables false, ${…} is
// ordinary text.
func ParseTemplate(text string, variables bool) Template {
	if !variables {
		return Template{text: text}
	}
	return parseTemplate(text, 0)
}

// parseTemplate reads variables from an offset on; what stands before is text.
func parseTemplate(text string, from int) Template {
	t := Template{text: text}
	if !strings.Contains(text[from:], "${") {
		return t
	}
	if from > 0 {
		t.parts = append(t.parts, templatePart{lit: text[:from]})
	}
	rest := text[from:]
	for rest != "" {
		start := strings.Index(rest, "${")
		length := -1
		if start >= 0 {
			length = strings.IndexByte(rest[start:], '}')
		}
		if length < 0 {
			t.parts = append(t.parts, templatePart{lit: rest})
			break
		}
		if start > 0 {
			t.parts = append(t.parts, templatePart{lit: rest[:start]})
		}
		t.parts = append(t.parts, variablePart(rest[start+2:start+length]))
		rest = rest[start+length+1:]
	}
	return t
}

// variablePart reads what stands between ${ and }.
func variablePart(body string) templatePart {
	switch body {
	case "*", "?", "$":
		return templatePart{escaped: body}
	}
	key, fallback, ok := strings.Cut(body, ",")
	p := templatePart{spelled: strings.TrimSpace(key)}
	if p.key = strings.ToLower(p.spelled); p.key == "" {
		return templatePart{lit: "${" + body + "}"} // names nothing, and is no variable
	}
	if ok {
		f := strings.TrimSpace(fallback)
		if len(f) >= 2 && f[0] == '\'' && f[len(f)-1] == '\'' {
			p.fallback, p.hasDefault = f[1:len(f)-1], true
		}
	}
	return p
}

// String returns the text as written.
func (t Template) String() string { return t.text }

// HasVariables reports whether any ${key} is to be filled in.
func (t Template) HasVariables() bool {
	for _, p := range t.parts {
		if p.key != "" {
			return true
		}
	}
	return false
}

// Variables yields the condition keys that are to be filled in, in lower case, as often
// as they come (VAR-01).
func (t Template) Variables() iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, p := range t.parts {
			if p.key != "" && !yield(p.key) {
				return
			}
		}
	}
}

// Whole is the key of the variable that the text is, if it is one and nothing else.
func (t Template) Whole() (key string, ok bool) {
	if len(t.parts) != 1 || t.parts[0].key == "" {
		return "", false
	}
	return t.parts[0].key, true
}

// Sample returns a text that the pattern matches, with a value for each variable by its
// key: a star stands for nothing, a question mark for the letter x.
func (t Template) Sample(value func(key string) string) string {
	var b strings.Builder
	for _, p := range t.parts {
		switch {
		case p.escaped != "":
			b.WriteString(p.escaped)
		case p.key != "":
			b.WriteString(value(p.key))
		default:
			b.WriteString(strings.NewReplacer("*", "", "?", "x").Replace(p.lit))
		}
	}
	return b.String()
}

// class is the heaviest of its variables' keys.
func (t Template) class() Class {
	class := ClassNone
	for key := range t.Variables() {
		class = max(class, KeyInfoOf(key).Class)
	}
	return class
}

// filling is what became of a template in a context.
type filling int

const (
	filled   filling = iota
	noValue          // a variable has no value and no default (VAR-03)
	symbolic         // a variable has a value that is not known
)

// tokens fills in the variables and returns the pattern's elements. Characters
// that come out of a variable are never wildcards (ARNM-14). text is the same
// as plain text, for operators that know no wildcards.
func (t Template) tokens(c Context) (toks []globToken, text string, f filling) {
	if t.parts == nil {
		return globTokens(t.text), t.text, filled
	}
	var b strings.Builder
	for _, p := range t.parts {
		switch {
		case p.escaped != "":
			toks = append(toks, globToken{lit: p.escaped})
			b.WriteString(p.escaped)
		case p.key == "":
			toks = append(toks, globTokens(p.lit)...)
			b.WriteString(p.lit)
		default:
			value, k := p.value(c)
			if k != filled {
				return nil, "", k
			}
			if value != "" {
				toks = append(toks, globToken{lit: value})
			}
			b.WriteString(value)
		}
	}
	return toks, b.String(), filled
}

// loose is the pattern with a star for every variable: what it does not match,
// no value makes it match.
func (t Template) loose() []globToken {
	var toks []globToken
	for _, p := range t.parts {
		switch {
		case p.escaped != "":
			toks = append(toks, globToken{lit: p.escaped})
		case p.key == "":
			toks = append(toks, globTokens(p.lit)...)
		default:
			toks = append(toks, globTokens("*")...)
		}
	}
	return toks
}

// shaped is the pattern with as much as is known of the variables' values, such as the id
// before a session's name in aws:userid; never is true if some variable has no value, so
// that the pattern matches nothing whatever the others are (VAR-03).
func (t Template) shaped(c Context) (toks []globToken, never bool) {
	for _, p := range t.parts {
		if p.key == "" || p.escaped != "" {
			toks = append(toks, Template{parts: []templatePart{p}}.loose()...)
			continue
		}
		switch value, f := p.value(c); f {
		case noValue:
			return nil, true
		case filled:
			toks = append(toks, globToken{lit: value})
		default:
			if v := c.Lookup(p.key); v.Knowledge == Partial && len(v.Values) == 0 {
				toks = append(toks, v.Pattern.tokens()...)
			} else {
				toks = append(toks, globToken{star: true})
			}
		}
	}
	return toks, false
}

// value looks the variable up. Multivalued keys cannot be used and count as
// having no value (VAR-01).
func (p templatePart) value(c Context) (string, filling) {
	v := c.Lookup(p.key)
	if KeyInfoOf(p.key).Multivalued {
		v = NotThere()
	}
	switch {
	case v.Knowledge == Known && len(v.Values) == 1:
		return v.Values[0], filled
	case v.Knowledge != Absent && (v.Knowledge != Known || len(v.Values) > 1):
		return "", symbolic // not known, or known in part (U-07, CKEY-07)
	case p.hasDefault:
		return p.fallback, filled
	}
	return "", noValue
}
