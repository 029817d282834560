package policy

import "strings"

// An operator is one row of the table of condition operators (section 4). The
// parser and the evaluator read the same table.
type operator struct {
	Name      string
	Test      string // the positive test it is reduced to; "" for Null
	Negated   bool   // true for …Not… operators: holds if the key is absent (COND-02)
	Variables bool   // takes policy variables (GRAM-22)
	Typed     func(string) bool
}

// operators is the table. ArnEquals and ArnLike are the same test (COND-09).
var operators = []operator{
	{Name: "StringEquals", Test: "StringEquals", Variables: true},
	{Name: "StringNotEquals", Test: "StringEquals", Negated: true, Variables: true},
	{Name: "StringEqualsIgnoreCase", Test: "StringEqualsIgnoreCase", Variables: true},
	{Name: "StringNotEqualsIgnoreCase", Test: "StringEqualsIgnoreCase", Negated: true, Variables: true},
	{Name: "StringLike", Test: "StringLike", Variables: true},
	{Name: "StringNotLike", Test: "StringLike", Negated: true, Variables: true},
	{Name: "ArnEquals", Test: "ArnLike", Variables: true, Typed: isARNText},
	{Name: "ArnLike", Test: "ArnLike", Variables: true, Typed: isARNText},
	{Name: "ArnNotEquals", Test: "ArnLike", Negated: true, Variables: true, Typed: isARNText},
	{Name: "ArnNotLike", Test: "ArnLike", Negated: true, Variables: true, Typed: isARNText},
	{Name: "NumericEquals", Test: "NumericEquals", Typed: isNumber},
	{Name: "NumericNotEquals", Test: "NumericEquals", Negated: true, Typed: isNumber},
	{Name: "NumericLessThan", Test: "NumericLessThan", Typed: isNumber},
	{Name: "NumericLessThanEquals", Test: "NumericLessThanEquals", Typed: isNumber},
	{Name: "NumericGreaterThan", Test: "NumericGreaterThan", Typed: isNumber},
	{Name: "NumericGreaterThanEquals", Test: "NumericGreaterThanEquals", Typed: isNumber},
	{Name: "DateEquals", Test: "DateEquals", Typed: isDate},
	{Name: "DateNotEquals", Test: "DateEquals", Negated: true, Typed: isDate},
	{Name: "DateLessThan", Test: "DateLessThan", Typed: isDate},
	{Name: "DateLessThanEquals", Test: "DateLessThanEquals", Typed: isDate},
	{Name: "DateGreaterThan", Test: "DateGreaterThan", Typed: isDate},
	{Name: "DateGreaterThanEquals", Test: "DateGreaterThanEquals", Typed: isDate},
	{Name: "Bool", Test: "Bool", Typed: isBool},
	{Name: "IpAddress", Test: "IpAddress", Typed: isIP},
	{Name: "NotIpAddress", Test: "IpAddress", Negated: true, Typed: isIP},
	{Name: "BinaryEquals", Test: "BinaryEquals", Typed: isBase64},
	{Name: "Null"},
}

// quantifier is the set operator before the colon (COND-05).
type quantifier uint8

const (
	noQuantifier quantifier = iota
	forAllValues
	forAnyValue
)

// parseOperator splits "ForAllValues:StringLikeIfExists" into its parts. It
// reports nil for an operator that does not exist (COND-19).
func parseOperator(text string) (op *operator, q quantifier, ifExists bool) {
	name := text
	if set, rest, ok := strings.Cut(text, ":"); ok {
		switch {
		case strings.EqualFold(set, "ForAllValues"):
			q = forAllValues
		case strings.EqualFold(set, "ForAnyValue"):
			q = forAnyValue
		default:
			return nil, noQuantifier, false
		}
		name = rest
	}
	const suffix = "IfExists"
	if len(name) > len(suffix) && strings.EqualFold(name[len(name)-len(suffix):], suffix) {
		ifExists, name = true, name[:len(name)-len(suffix)]
	}
	for i := range operators {
		if strings.EqualFold(operators[i].Name, name) {
			op = &operators[i]
			break
		}
	}
	if op != nil && op.Test == "" && (ifExists || q != noQuantifier) {
		return nil, q, ifExists // NullIfExists does not exist (COND-04)
	}
	return op, q, ifExists
}

// negatedName is what an operator is called when its test must fail. Numeric
// and date comparisons turn around and also hold for an absent key.
func negatedName(test string) string {
	switch test {
	case "StringEquals":
		return "StringNotEquals"
	case "StringEqualsIgnoreCase":
		return "StringNotEqualsIgnoreCase"
	case "StringLike":
		return "StringNotLike"
	case "ArnLike":
		return "ArnNotLike"
	case "IpAddress":
		return "NotIpAddress"
	case "NumericEquals", "DateEquals":
		return strings.Replace(test, "Equals", "NotEquals", 1)
	}
	if name, ok := turnedAround(test); ok {
		return name + "IfExists"
	}
	return "not " + test
}

// turnedAround is the opposite of an ordering test on a present key.
func turnedAround(test string) (string, bool) {
	for _, pair := range [][2]string{
		{"LessThanEquals", "GreaterThan"}, {"GreaterThanEquals", "LessThan"},
		{"LessThan", "GreaterThanEquals"}, {"GreaterThan", "LessThanEquals"},
	} {
		if base, ok := strings.CutSuffix(test, pair[0]); ok {
			return base + pair[1], true
		}
	}
	return "", false
}
