package policy

import "strings"

// An ActionPattern is one entry of Action or NotAction. Both halves ignore case
// (ACTM-01); "*" stands anywhere in the name (ACTM-02).
//
// It is one word, and documents of one Parser share what it points to: the same
// few thousand patterns stand in the policies of a whole organization.
type ActionPattern struct{ *actionGlob }

type actionGlob struct {
	text    string
	pattern Pattern // over the lower-case "prefix:name"
	prefix  string  // lower-case service prefix; "" if it has a wildcard
	code    string  // U-13 for a wildcard in the prefix (ACTM-05)
}

// CompileAction compiles an action pattern as policies and questions write it.
// "*:*" is "*" (ACTM-05). No blank is trimmed: a pattern with one in it matches
// no action that exists (ACTM-04).
func CompileAction(text string) ActionPattern {
	lower := strings.ToLower(text)
	if lower == "*:*" {
		lower = "*"
	}
	a := &actionGlob{text: text, pattern: CompilePattern(lower)}
	prefix, _, ok := strings.Cut(lower, ":")
	switch {
	case !ok:
		if !a.pattern.IsAll() {
			a.code = "U-13" // a star that has to cross the colon, such as "s3*"
		}
	case strings.ContainsAny(prefix, "*?"):
		a.code = "U-13"
	default:
		a.prefix = prefix
	}
	return ActionPattern{a}
}

// String returns the pattern as written.
func (a ActionPattern) String() string { return a.text }

// IsLiteral reports whether the pattern names one action.
func (a ActionPattern) IsLiteral() bool { return a.pattern.IsLiteral() }

// Match reports whether the pattern matches an action. lower is in lower case.
func (a ActionPattern) Match(lower string) bool {
	return a.pattern.Match(lower)
}

// Overlaps reports whether some action fits both patterns.
func (a ActionPattern) Overlaps(b ActionPattern) bool { return a.pattern.Overlaps(b.pattern) }

// Contains reports whether every action that b matches, a matches too.
func (a ActionPattern) Contains(b ActionPattern) bool { return a.pattern.Contains(b.pattern) }

// A match is what came of comparing a pattern: No, Yes, or Yes as far as is
// known, with the code of the uncertainty.
type match struct {
	ok   bool
	code string // "" for a certain match
}

func (m match) or(n match) match {
	switch {
	case !m.ok, m.code != "" && n.ok && n.code == "":
		return n
	default:
		return m
	}
}

// matchAction reports how a statement matches an action (lower case). NotAction
// matches what no listed pattern does (ACTM-03).
func (s *Statement) matchAction(lower string) match {
	var m match
	if s.NotAction == nil {
		for _, a := range s.Action {
			if a.Match(lower) {
				m = m.or(match{true, a.code})
				if m.code == "" {
					break
				}
			}
		}
		return m
	}
	for _, a := range s.NotAction {
		if a.Match(lower) {
			if a.code == "" {
				return match{}
			}
			m.code = a.code
		}
	}
	return match{true, m.code}
}

// MatchesAction reports whether the statement could match the action by name.
func (s *Statement) MatchesAction(action string) bool {
	return s.matchAction(strings.ToLower(action)).ok
}

// MatchesLower is MatchesAction of an action in lower case.
func (s *Statement) MatchesLower(lower string) bool { return s.matchAction(lower).ok }
