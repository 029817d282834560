package words

import (
	"strings"

	"accesspath/query"
)

// An operatorWords says how a test joins its key and its values. A key with a
// name of its own ("external ID") takes the short form, any other the long.
type operatorWords struct {
	named, plain string
	bare         bool // values without quotation marks
	all          bool // negative: every value counts ("and", not "or")
}

var operators = map[string]operatorWords{
	"stringequals":              {"", "is", false, false},
	"stringequalsignorecase":    {"(in any case)", "is (in any case)", false, false},
	"stringnotequals":           {"other than", "is not", false, true},
	"stringnotequalsignorecase": {"other than (in any case)", "is not (in any case)", false, true},
	"stringlike":                {"like", "matches", false, false},
	"stringnotlike":             {"not like", "does not match", false, true},
	"arnequals":                 {"like", "matches", false, false},
	"arnlike":                   {"like", "matches", false, false},
	"arnnotequals":              {"not like", "does not match", false, true},
	"arnnotlike":                {"not like", "does not match", false, true},
	"numericequals":             {"of", "is", true, false},
	"numericnotequals":          {"other than", "is not", true, true},
	"numericlessthan":           {"below", "is below", true, false},
	"numericlessthanequals":     {"of at most", "is at most", true, false},
	"numericgreaterthan":        {"above", "is above", true, false},
	"numericgreaterthanequals":  {"of at least", "is at least", true, false},
	"dateequals":                {"at", "is", true, false},
	"datenotequals":             {"other than", "is not", true, true},
	"datelessthan":              {"before", "is before", true, false},
	"datelessthanequals":        {"until", "is not after", true, false},
	"dategreaterthan":           {"after", "is after", true, false},
	"dategreaterthanequals":     {"from", "is not before", true, false},
	"bool":                      {"=", "is", true, false},
	"binaryequals":              {"", "is", false, false},
	"ipaddress":                 {"in", "is in", true, false},
	"notipaddress":              {"outside of", "is not in", true, true},
}

// test says one open condition test.
func test(r query.Requirement) string {
	n, known := name(r.Key)
	op := parseOperator(r.Operator)
	if op.base == "null" {
		if strings.EqualFold(only(r.Values), "true") != op.negated {
			return "no " + n.long
		}
		return "some " + n.long
	}
	if op.base == "bool" && known {
		if yes := strings.EqualFold(only(r.Values), "true"); yes == op.negated {
			return "no " + n.long + op.suffix()
		}
		return n.long + op.suffix()
	}
	w, ok := operators[op.base]
	if !ok {
		w = operatorWords{r.Operator, r.Operator, false, false}
		if r.Operator == "" {
			w = operators["stringequals"]
		}
	}
	join := w.plain
	if known {
		join = w.named
	}
	if op.negated {
		join = strings.TrimSpace("not " + join)
	}
	parts := []string{n.long}
	if join != "" {
		parts = append(parts, join)
	}
	if len(r.Values) > 0 {
		parts = append(parts, values(r.Values, w.bare, w.all != op.negated))
	}
	return op.prefix() + strings.Join(parts, " ") + op.suffix()
}

type operator struct {
	base     string // lower case, without set prefix and IfExists
	set      string // "foranyvalue", "forallvalues" or ""
	ifExists bool
	negated  bool // written "not StringEquals" or "!StringEquals"
}

func parseOperator(s string) operator {
	var o operator
	s = strings.ToLower(strings.TrimSpace(s))
	for {
		rest, not := strings.CutPrefix(s, "not ")
		if !not {
			rest, not = strings.CutPrefix(s, "!")
		}
		if !not {
			break
		}
		o.negated, s = !o.negated, strings.TrimSpace(rest)
	}
	if set, rest, ok := strings.Cut(s, ":"); ok {
		o.set, s = set, rest
	}
	o.base, o.ifExists = strings.CutSuffix(s, "ifexists")
	return o
}

func (o operator) prefix() string {
	switch o.set {
	case "foranyvalue":
		return "at least one of "
	case "forallvalues":
		return "every one of "
	}
	return ""
}

func (o operator) suffix() string {
	if o.ifExists && !o.negated {
		return ", if there is one"
	}
	return ""
}

func only(vs []string) string {
	if len(vs) == 1 {
		return vs[0]
	}
	return ""
}

func values(vs []string, bare, all bool) string {
	n := min(len(vs), maxValues)
	parts := make([]string, 0, n+1)
	for _, v := range vs[:n] {
		if !bare {
			v = quote(v)
		}
		parts = append(parts, v)
	}
	if more := len(vs) - n; more > 0 {
		parts = append(parts, Count(more)+" more")
	}
	word := " or "
	if all {
		word = " and "
	}
	if len(parts) < 3 {
		return strings.Join(parts, word)
	}
	return strings.Join(parts[:len(parts)-1], ", ") + word + parts[len(parts)-1]
}
