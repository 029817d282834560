package query

import (
	"fmt"
	"reflect"
	"testing"

	"accesspath/policy"
)

// SYM-10: at most eight alternatives are listed, with how many others there are; what all of
// them need stands apart, unless there may be others that need less.
func TestSYM10Listed(t *testing.T) {
	test := func(key string) policy.Requirement {
		return policy.AtomRequirement(policy.Atom{Key: key, Operator: "StringEquals", Values: []string{"x"}, Class: policy.ClassNetwork})
	}
	ways := func(n int) policy.Requirement {
		var out []policy.Requirement
		for i := range n {
			out = append(out, test(fmt.Sprintf("a:b%d", i)))
		}
		return policy.Or(out...)
	}
	large := []policy.Requirement{test("a:common")}
	for i := range 12 {
		large = append(large, policy.Or(test(fmt.Sprintf("a:c%d", i)), test(fmt.Sprintf("a:d%d", i))))
	}
	for _, c := range []struct {
		r                policy.Requirement
		together, listed int
		text             string
	}{
		{ways(8), 0, 8, ""},
		{ways(9), 0, 8, "and 1 other way"},
		{policy.And(test("a:common"), ways(30)), 1, 8, "and 22 other ways"},
		{policy.And(large...), 0, 8, "or other ways, too many to list"},
	} {
		got := Requirements(c.r, 1)
		last := got[len(got)-1]
		if len(got) != c.together+1 || len(last.AnyOf) != c.listed || last.Text != c.text {
			t.Errorf("%d for all, %d listed, %q; want %d, %d, %q", len(got)-1, len(last.AnyOf), last.Text, c.together, c.listed, c.text)
		}
	}
}

func TestSplitPosition(t *testing.T) {
	for in, want := range map[string][3]any{
		"a.json:3:4": {"a.json", 3, 4}, "C:/x.json:3:4": {"C:/x.json", 3, 4}, "a.json": {"a.json", 0, 0}, "AWS managed policy data": {"AWS managed policy data", 0, 0},
		"a:0:1": {"a:0:1", 0, 0}, "": {"", 0, 0},
	} {
		file, line, column := SplitPosition(in)
		if got := [3]any{file, line, column}; !reflect.DeepEqual(got, want) {
			t.Errorf("%q: %v, want %v", in, got, want)
		}
	}
}
