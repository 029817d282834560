package policy

import (
	"fmt"
	"slices"
	"strings"
)

// A Condition is one key under one operator of a statement. All conditions of a
// statement must hold; of the values any may match (COND-01).
type Condition struct {
	Operator string // as written
	Key      string // as written
	Values   []string

	op       *operator // nil if the operator does not exist
	set      quantifier
	ifExists bool
	lower    string     // key in lower case
	fills    []Template // the values, if some have variables
	fixed    []string   // the values, if none has; unusable ones dropped
	dynamic  bool       // some value has a variable
}

// Negated reports whether the test asks for other values than it lists.
func (c *Condition) Negated() bool { return c.op != nil && c.op.Negated }

func compileCondition(operatorText, key string, values []string, variables bool) Condition {
	c := Condition{Operator: operatorText, Key: key, Values: values, lower: strings.ToLower(key)}
	c.op, c.set, c.ifExists = parseOperator(operatorText)
	if c.op == nil {
		return c
	}
	for _, v := range values {
		c.dynamic = c.dynamic || ParseTemplate(v, variables && c.op.Variables).HasVariables()
	}
	if c.dynamic {
		for _, v := range values {
			c.fills = append(c.fills, ParseTemplate(v, variables && c.op.Variables))
		}
		return c
	}
	fixed := make([]string, 0, len(values))
	for _, v := range values {
		if text, ok := c.value(ParseTemplate(v, variables && c.op.Variables), nil); ok == filled {
			fixed = append(fixed, text)
		}
	}
	slices.Sort(fixed)
	if c.fixed = slices.Compact(fixed); slices.Equal(c.fixed, values) {
		c.fixed = values // one list less for each of the usual conditions
	}
	return c
}

// value fills in one value. For the operators with wildcards the result is
// pattern text in which characters out of variables are neutral. A value of the
// wrong type is dropped (COND-13).
func (c *Condition) value(t Template, ctx Context) (string, filling) {
	text := t.text
	if t.parts != nil {
		toks, plain, f := t.tokens(ctx)
		if text = plain; f != filled {
			return "", f
		}
		if c.op.Test == "StringLike" || c.op.Test == "ArnLike" {
			text = escapeLike(toks)
		}
	}
	if c.op.Typed != nil && !c.op.Typed(text) {
		return "", noValue
	}
	if c.op.Test == "StringEquals" && neverHolds(c.lower, text) {
		return "", noValue // StringLike was meant (FED-10)
	}
	return text, filled
}

// neverHolds reports whether a key, in lower case, never has a value since that has a
// wildcard: a subject has no star, and neither that nor a question mark is in names of IAM,
// or taken by STS for names of sessions, source identities and external ids (FED-10, STA).
// Paths of IAM may have both.
func neverHolds(key, value string) bool {
	switch key {
	case "aws:principalarn":
		first, last := strings.IndexByte(value, '/'), strings.LastIndexByte(value, '/')
		return strings.ContainsAny(value[:first+1], "*?") || strings.ContainsAny(value[last+1:], "*?")
	case "sts:rolesessionname", "sts:sourceidentity", "aws:sourceidentity", "sts:externalid", "aws:userid", "aws:username":
		return strings.ContainsAny(value, "*?")
	}
	return strings.HasSuffix(key, ":sub") && strings.Contains(value, "*")
}

// escapeLike joins tokens to pattern text. Wildcard characters that came out of
// a variable or an escape are written so that they stay plain (VAR-02, U-14).
func escapeLike(toks []globToken) string {
	var b strings.Builder
	for _, t := range toks {
		switch {
		case t.star:
			b.WriteByte('*')
		case t.one:
			b.WriteByte('?')
		default:
			b.WriteString(escapeGlob.Replace(t.lit))
		}
	}
	return b.String()
}

// lint says what is wrong with the condition whatever the request is.
func (c *Condition) lint() []string {
	if c.op == nil {
		return []string{fmt.Sprintf("unknown condition operator %q; it never matches (COND-19)", clip(c.Operator))}
	}
	var out []string
	if len(c.Values) == 0 {
		out = append(out, fmt.Sprintf("%s %s has no values (U-11)", c.Operator, clip(c.Key)))
	}
	for _, v := range c.Values {
		switch {
		case c.op.Test == "":
			if !isBool(v) {
				out = append(out, fmt.Sprintf("Null %s is %q, want \"true\" or \"false\"", clip(c.Key), clip(v)))
			}
		case c.op.Typed != nil && !c.op.Typed(v) && !strings.Contains(v, "${"):
			out = append(out, fmt.Sprintf("%s %s: %q is not a value of that type and is dropped", c.Operator, clip(c.Key), clip(v)))
		case c.op.Test == "StringEquals" && !strings.Contains(v, "${") && neverHolds(c.lower, v):
			out = append(out, fmt.Sprintf("%s %s: %q has a wildcard, which only StringLike reads as one; it matches nobody (FED-10)", c.Operator, clip(c.Key), clip(v)))
		case c.op.Test == "IpAddress" && c.lower == "aws:sourceip" && isPrivate(v):
			out = append(out, fmt.Sprintf("aws:SourceIp is never the private range %q (COND-14)", clip(v)))
		}
	}
	return out
}

// test evaluates the condition in the context at hand (SYM-01).
func (e *evaluation) test(c *Condition, effect Effect) Requirement {
	if c.op == nil {
		if effect == Deny && !strings.EqualFold(c.Operator, "NullIfExists") { // which never matches (COND-04)
			return dataAtom("DATA:operator", c.Operator)
		}
		return False()
	}
	v := e.context.Lookup(c.lower)
	info := KeyInfoOf(c.lower)
	if c.op.Test == "" {
		return c.null(e.atom(c, info, Atom{Operator: "Null"}, v))
	}
	if len(c.Values) == 0 {
		return e.noValues(c, info, v)
	}
	values, open := e.fillValues(c, v.Knowledge == Known)
	if c.set == forAllValues && !c.op.Negated && len(values)+len(open) == 0 {
		return e.absent(c, info, v) // as no value there is fits (COND-05)
	}
	switch c.set {
	case forAnyValue:
		r := e.openAtom(c, info, v, values, open, true, c.op.Negated)
		if c.ifExists {
			r = Or(r, And(e.absent(c, info, v), codeAtom("U-17"))) // COND-18
		}
		return r
	case forAllValues:
		return e.openAtom(c, info, v, values, open, true, !c.op.Negated).Not()
	}
	return e.plain(c, info, v, values, open)
}

// absent is the test that the key is not there, as the other tests need it. An
// empty text is null for Null and the set operators; for IfExists and the plain
// operators the key is there (COND-05, U-21).
func (e *evaluation) absent(c *Condition, info KeyInfo, v Value) Requirement {
	missing := v.Knowledge == Known || c.ifExists && c.set == noQuantifier && c.op.Typed == nil
	return e.atom(c, info, Atom{Operator: "Null", Missing: missing}, v)
}

// plain is a test without set operator.
func (e *evaluation) plain(c *Condition, info KeyInfo, v Value, values, open []string) Requirement {
	if info.Multivalued && v.Knowledge != Absent {
		return e.setWithoutOperator(c, info, v, values, open)
	}
	if v.Knowledge == Known && len(v.Values) == 1 && v.Values[0] == "" {
		e.note("U-21")
	}
	r := e.openAtom(c, info, v, values, open, false, false)
	switch {
	case c.op.Negated:
		return r.Not()
	case c.ifExists:
		return Or(e.absent(c, info, v), r)
	}
	return r
}

// setWithoutOperator is a test on a multivalued key that names no set operator:
// it may match a request with exactly one value, and matches none with more;
// what an absent key gives is settled (COND-16).
func (e *evaluation) setWithoutOperator(c *Condition, info KeyInfo, v Value, values, open []string) Requirement {
	absent := e.absent(c, info, v)
	test := e.openAtom(c, info, v, values, open, false, false)
	if c.op.Negated {
		test = test.Not()
	}
	may := And(codeAtom("U-16"), test)
	if v.Knowledge == Known {
		may = And(Bool(len(v.Values) == 1), may)
	}
	if c.op.Negated || c.ifExists {
		return Or(absent, may)
	}
	return And(absent.Not(), may)
}

// null is the Null operator (COND-04).
func (c *Condition) null(absent Requirement) Requirement {
	r := False()
	for _, v := range c.Values {
		switch {
		case strings.EqualFold(v, "true"):
			r = Or(r, absent)
		case strings.EqualFold(v, "false"):
			r = Or(r, absent.Not())
		}
	}
	return r
}

// noValues is the reading of an empty list (GRAM-13).
func (e *evaluation) noValues(c *Condition, info KeyInfo, v Value) Requirement {
	e.note("U-11")
	switch {
	case c.set == forAllValues || c.set == noQuantifier && c.ifExists:
		return e.absent(c, info, v)
	case c.set == forAnyValue || !c.op.Negated:
		return False()
	}
	return True()
}

// fillValues fills in variables. open are values that stay symbolic (COND-22);
// values without a value are dropped (VAR-03). AWS never sends a private
// aws:SourceIp, so private ranges fall away, unless the address is given: then
// the question is about that very address (COND-14).
func (e *evaluation) fillValues(c *Condition, known bool) (values, open []string) {
	switch {
	case c.dynamic:
	case !known && c.lower == "aws:sourceip" && c.op.Test == "IpAddress" && slices.ContainsFunc(c.fixed, isPrivate):
		return slices.DeleteFunc(slices.Clone(c.fixed), isPrivate), nil
	default:
		return c.fixed, nil
	}
	for _, t := range c.fills {
		text, f := c.value(t, e.context)
		switch f {
		case filled:
			values = append(values, text)
		case symbolic:
			open = append(open, t.text)
		}
	}
	return values, open
}

// openAtom is the positive test on values, or an opaque atom for values that
// are not known.
func (e *evaluation) openAtom(c *Condition, info KeyInfo, v Value, values, open []string, some, outside bool) Requirement {
	r := e.atom(c, info, Atom{Operator: c.op.Test, Values: values, Some: some, Outside: outside}, v)
	if len(open) == 0 || v.Knowledge == Absent {
		return r
	}
	if outside {
		// Some value outside of all: also outside of the open ones.
		return And(r, e.opaque(c, info, open, some, true))
	}
	return Or(r, e.opaque(c, info, open, some, false))
}

// opaque is a test on values that are not known. What a caller picks to be like something
// of its session is no more the caller's choice than that is.
func (e *evaluation) opaque(c *Condition, info KeyInfo, open []string, some, outside bool) Requirement {
	class := info.Class
	for _, t := range c.fills {
		if slices.Contains(open, t.text) {
			class = max(class, t.class())
		}
	}
	return newAtom(Atom{Key: info.display(c.Key), Operator: c.op.Test, Values: slices.Clone(open), Some: some, Outside: outside, Class: class, Opaque: true})
}

// atom folds a test with what is known at once; most tests end here.
func (e *evaluation) atom(c *Condition, info KeyInfo, a Atom, v Value) Requirement {
	switch v.Knowledge {
	case Unknown, Present, Partial:
		a.Key, a.Class = info.display(c.Key), info.Class
		if v.Knowledge != Unknown && a.Operator == "Null" {
			return False()
		}
		a.Present = v.Knowledge != Unknown
		if a.Present && a.takesAll() {
			return True()
		}
		a.Values = a.taken(c.lower, e.service)
		open := newAtom(a)
		if v.Knowledge == Partial && open.IsOpen() {
			return open.f.atom.given(v)
		}
		return open
	}
	a.Key = info.display(c.Key)
	a.Class = info.Class
	return a.positive(v) // open only with candidates that disagree, which says so (U-07)
}
