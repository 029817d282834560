package evaluate

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"accesspath/policy"
)

// This file edits requests in place, for the readings of explain_test.go.

// clone copies a request deeply.
func clone(v any) any {
	switch v := v.(type) {
	case object:
		out := make(object, len(v))
		for k, x := range v {
			out[k] = clone(x)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, x := range v {
			out[i] = clone(x)
		}
		return out
	}
	return v
}

// documents lists the policies of a request; each is one of its members.
func documents(v any) []object {
	var out []object
	switch v := v.(type) {
	case object:
		if v["Statement"] != nil {
			return []object{v}
		}
		for _, k := range slices.Sorted(maps.Keys(v)) {
			if k != "context" {
				out = append(out, documents(v[k])...)
			}
		}
	case []any:
		for _, x := range v {
			out = append(out, documents(x)...)
		}
	}
	return out
}

// statements lists the statements of a document.
func statements(d object) []object {
	if s, ok := d["Statement"].(object); ok {
		return []object{s}
	}
	var out []object
	for _, s := range d["Statement"].([]any) {
		out = append(out, s.(object))
	}
	return out
}

func everyStatement(r object, edit func(s object) bool) bool {
	changed := false
	for _, d := range documents(r) {
		for _, s := range statements(d) {
			changed = edit(s) || changed
		}
	}
	return changed
}

// kill makes a statement match nothing: no request carries that key.
func kill(s object) {
	c, _ := s["Condition"].(object)
	if c == nil {
		c = object{}
		s["Condition"] = c
	}
	c["Null"] = object{"test:never": "false"}
}

// texts reads a scalar or a list.
func texts(v any) []string {
	switch v := v.(type) {
	case string:
		return []string{v}
	case []any:
		var out []string
		for _, x := range v {
			out = append(out, x.(string))
		}
		return out
	}
	return nil
}

// replace edits the patterns of one element; those for which edit reports false
// are taken out, and the last one becomes a pattern that matches nothing.
func replace(s object, element, nothing string, edit func(string) (string, bool)) bool {
	if s[element] == nil {
		return false
	}
	out, changed := []any{}, false
	for _, t := range texts(s[element]) {
		u, keep := edit(t)
		changed = changed || !keep || u != t
		if keep {
			out = append(out, u)
		}
	}
	if len(out) == 0 {
		out = append(out, nothing)
	}
	if changed {
		s[element] = out
	}
	return changed
}

// A test is one key under one operator, with what the request carries.
type test struct {
	set, base         string // lower case: "forallvalues", "stringnotequals"
	negated, ifExists bool
	key               string
	values            []string // of the policy
	request           []string // of the request
	present, list     bool     // the request has the key; it has a list
	never, always     bool     // what edit may set: the outcome
	newRequest        []string // or other values of the request, for this test alone
	newValues         bool     // or other values of the policy
}

func parseTest(op, name string, values any, ctx object) test {
	t := test{key: strings.ToLower(name), values: texts(values)}
	t.set, t.base, _ = strings.Cut(strings.ToLower(op), ":")
	if t.base == "" {
		t.set, t.base = "", t.set
	}
	t.base, t.ifExists = strings.CutSuffix(t.base, "ifexists")
	t.negated = strings.Contains(t.base, "not")
	for k, v := range ctx {
		if strings.EqualFold(k, name) {
			t.present, t.request = true, texts(v)
			_, t.list = v.([]any)
		}
	}
	return t
}

// some reports whether the request carries a value for the test.
func (t *test) some() bool { return t.present && len(t.request) > 0 }

// everyTest lets edit change the tests of all conditions.
func everyTest(r object, edit func(t *test)) bool {
	ctx, _ := r["context"].(object)
	copies := 0
	return everyStatement(r, func(s object) bool {
		conditions, _ := s["Condition"].(object)
		changed, dead := false, false
		for _, op := range slices.Sorted(maps.Keys(conditions)) {
			block := conditions[op].(object)
			for _, name := range slices.Sorted(maps.Keys(block)) {
				t := parseTest(op, name, block[name], ctx)
				if edit(&t); !t.never && !t.always && t.newRequest == nil && !t.newValues {
					continue
				}
				changed, dead = true, dead || t.never
				delete(block, name)
				if t.never || t.always {
					continue
				}
				if t.newRequest != nil {
					copies++
					name = "test:copy" + strconv.Itoa(copies)
					ctx[name] = anyList(t.newRequest)
					if !t.list {
						ctx[name] = t.newRequest[0]
					}
				}
				block[name] = anyList(t.values)
			}
		}
		if dead {
			kill(s)
		}
		return changed
	})
}

func anyList(values []string) []any {
	out := []any{}
	for _, v := range values {
		out = append(out, v)
	}
	return out
}

// drop takes values out of the policy's list.
func (t *test) drop(unwanted func(string) bool) {
	n := len(t.values)
	t.values = slices.DeleteFunc(slices.Clone(t.values), unwanted)
	t.newValues = len(t.values) != n
}

// missingVariable reports whether a text has a variable without a value and
// without a default in a context.
func missingVariable(text string, ctx object) bool {
	for {
		_, rest, ok := strings.Cut(text, "${")
		if !ok {
			return false
		}
		name, rest, ok := strings.Cut(rest, "}")
		if !ok {
			return false
		}
		text = rest
		if strings.Contains(name, "'") || name == "*" || name == "?" || name == "$" {
			continue
		}
		if t := parseTest("StringEquals", name, nil, ctx); !t.present || t.list {
			return true
		}
	}
}

// fits reports whether an ARN pattern matches part by part.
func fits(pattern, arn string) bool {
	p, a := strings.SplitN(pattern, ":", 6), strings.SplitN(arn, ":", 6)
	for i := range p {
		if i >= len(a) || !policy.CompilePattern(p[i]).Match(a[i]) {
			return false
		}
	}
	return true
}
