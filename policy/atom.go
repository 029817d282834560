package policy

import (
	"slices"
	"strconv"
	"strings"
)

// An Atom is one open test on one key of one request. It is kept in a normal
// form: Operator is always a positive test that needs the key to be present
// (StringNotEquals is the negation of StringEquals, which is exact because
// absent counts as not equal), and Null is the test "absent". The set
// operators are tests for some value: ForAllValues:X is "not some value
// outside X" (SYM-05).
type Atom struct {
	Key      string   // spelled as AWS does where known
	Operator string   // "StringEquals", …, "Null"; "" or "Known" for codes and data
	Some     bool     // the key is a set; the test is about some value of it
	Outside  bool     // with Some: a value that matches none of Values
	Values   []string // sorted; alternatives
	Missing  bool     // with Null: absent and nothing else; an empty text, which is null, is there (COND-05)
	Negated  bool
	Class    Class
	Code     string // uncertainty or data code
	Hop      int    // from 1; 0 not labelled yet
	Present  bool   // the key is in every such request; only its value is open
	About    string // what request it is of, where several are told apart; else ""
	Opaque   bool   // never decided: a code, or values with unknown variables

	id   string
	name int // where the hop and the key in lower case end in id
}

// SessionNameKey is the pseudo key for the name of the caller's own session,
// which session ARNs in policies ask for (PRINC-07).
const SessionNameKey = "accesspath:SessionName"

// identify fills in what the atom is told apart by: all that decides what it is
// for a request, and not how its key is spelled.
func (a *Atom) identify() { a.id, a.name = a.identity() }

// number labels an atom that has no hop yet. Its identity begins with the hop.
func (a *Atom) number(hop int) {
	a.Hop = hop
	label := strconv.Itoa(hop)
	a.id, a.name = label+a.id[1:], a.name+len(label)-1
}

func (a *Atom) identity() (id string, name int) {
	var room [256]byte
	b := strconv.AppendInt(room[:0], int64(a.Hop), 10)
	b = append(b, ' ')
	if a.About != "" {
		b = strconv.AppendQuote(b, a.About)
	}
	b = append(b, strings.ToLower(a.Key)...)
	name = len(b)
	b = append(b, ' ')
	b = append(b, a.Operator...)
	for _, mark := range [...]struct {
		is bool
		as byte
	}{{a.Some, '*'}, {a.Outside, '-'}, {a.Missing, '!'}, {a.Present, '+'}, {a.Opaque, '~'}} {
		if mark.is {
			b = append(b, mark.as)
		}
	}
	for _, v := range a.Values {
		b = strconv.AppendQuote(b, v)
	}
	b = append(b, a.Code...)
	b = append(b, '@')
	b = strconv.AppendInt(b, int64(a.Class), 10)
	return string(b), name
}

// takesAll reports whether every value meets the atom (SYM-06, SYM-08).
func (a *Atom) takesAll() bool {
	switch {
	case a.Negated || a.Outside || a.Opaque:
		return false
	case a.Operator == "Bool":
		return slices.ContainsFunc(a.Values, func(v string) bool { return strings.EqualFold(v, "true") }) &&
			slices.ContainsFunc(a.Values, func(v string) bool { return strings.EqualFold(v, "false") })
	}
	return a.Operator == "StringLike" && slices.ContainsFunc(a.Values, func(v string) bool { return v != "" && strings.Trim(v, "*") == "" })
}

// given folds the atom with what is known of its key.
func (a *Atom) given(v Value) Requirement {
	r := a.positive(v)
	if a.Negated && !r.IsOpen() {
		return r.Not()
	}
	return r
}

// positive folds the test without its negation; an open result is the atom
// itself, negation and all.
func (a *Atom) positive(v Value) Requirement {
	if a.Operator == "Null" {
		return a.foldNull(v)
	}
	switch v.Knowledge {
	case Absent:
		return False()
	case Known:
		if a.Some {
			return Bool(a.someValue(v.Values))
		}
		return a.single(v.Values)
	case Partial:
		r := a.partial(v.Pattern)
		if len(v.Values) > 0 && !r.IsOpen() && a.single(v.Values).Key() != r.Key() {
			return same(a)
		}
		return r
	}
	return same(a)
}

// foldNull is Null:true: the key is absent or, unless only absent counts, its one
// value is empty (COND-05).
func (a *Atom) foldNull(v Value) Requirement {
	switch v.Knowledge {
	case Absent:
		return True()
	case Known:
		return Bool(len(v.Values) == 0 || len(v.Values) == 1 && v.Values[0] == "" && !a.Missing)
	case Present, Partial:
		return False()
	}
	return same(a)
}

// someValue is the existential test over a known set; empty strings are null.
func (a *Atom) someValue(values []string) bool {
	for _, v := range values {
		if v != "" && testValue(a.Operator, v, a.Values) != a.Outside {
			return true
		}
	}
	return false
}

// single is the test on a single-valued key. Several candidate values (U-07)
// decide only if they agree.
func (a *Atom) single(values []string) Requirement {
	if len(values) == 0 {
		return False()
	}
	first := testValue(a.Operator, values[0], a.Values)
	for _, v := range values[1:] {
		if testValue(a.Operator, v, a.Values) != first {
			b := *a
			b.Code = "U-07"
			return newAtom(b)
		}
	}
	return Bool(first)
}

// partial decides what the known shape of a value allows: aws:userid of a role
// is its id, a colon and an unknown session name.
func (a *Atom) partial(shape Pattern) Requirement {
	possible := false
	for _, v := range a.Values {
		p, ok := valuePattern(a.Operator, v)
		if !ok || a.Some {
			return same(a)
		}
		if p.Contains(shape) {
			return True()
		}
		possible = possible || p.Overlaps(shape)
	}
	if !possible {
		return False()
	}
	return same(a)
}

// valuePattern is a value of a text operator as a glob.
func valuePattern(operator, value string) (Pattern, bool) {
	switch operator {
	case "StringEquals":
		return LiteralPattern(value), true
	case "StringLike", "ArnLike":
		return CompilePattern(value), true
	}
	return Pattern{}, false
}

// Same reports whether two atoms are the same literal.
func (a *Atom) Same(b *Atom) bool {
	if a == b || a.Negated != b.Negated {
		return a == b
	}
	x, _ := a.identity()
	y, _ := b.identity()
	return x == y
}
