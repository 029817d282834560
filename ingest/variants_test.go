package ingest

import (
	"context"
	"slices"
	"strings"
	"testing"
)

// outputs are those that the tests of single commands read.
func outputs() []string {
	var out []string
	for _, c := range outputsOfCompute {
		out = append(out, c.output)
	}
	for _, c := range outputsOfPolicies {
		out = append(out, c.output)
	}
	for _, name := range []string{"instances", "sets", "set", "inline", "managed", "customer", "boundary", "assignments", "users", "groups", "members", "nobody"} {
		out = append(out, outputsOfCenter[name])
	}
	return out
}

// variants are an output cut short, with other types in it, without names,
// repeated, and with what an attacker may write into it.
func variants(text string) []string {
	replace := func(pairs ...string) string { return strings.NewReplacer(pairs...).Replace(text) }
	return []string{
		text, text[:len(text)/2], text[:len(text)-1],
		replace(`:[`, `:[null,7,"x",[],{},`),
		replace(`:{`, `:[{`, `}`, `}]`),
		replace(`:"`, `:7,"x":"`),
		replace(`"arn:aws`, `"`),
		replace(`"arn:aws:`, `"arn:aws-cn:`),
		replace(`111111111111`, ``),
		replace(`:"`, ":\"\\u0000\\u202e\\ud800%s%n<script>"),
		replace(`Arn"`, `arn"`, `ARN"`, `_arn"`),
		"[" + text + "," + text + "]", text + text,
	}
}

// Nothing that an output may turn into stops a load (GAAD-20).
func TestVariantsOfOutputs(t *testing.T) {
	account := roles(role("r"))
	for _, text := range outputs() {
		for _, v := range variants(text) {
			s, err := Read(context.Background(), texts("a.json", account, "b.json", v), Options{})
			if err != nil || len(s.Accounts) == 0 {
				t.Errorf("%s: %v", v, err)
			}
		}
	}
}

// FuzzCollected changes one file of a directory of iam-collect.
func FuzzCollected(f *testing.F) {
	tree := collected()
	var names []string
	for name := range tree {
		names = append(names, name)
	}
	slices.Sort(names)
	for i, name := range names {
		for _, v := range []string{tree[name][:len(tree[name])/2], "[]", "{}", "null", `[[{"arn":7}]]`, `{"arn":"arn:aws:iam::1:role/"}`} {
			f.Add(i, v)
		}
	}
	f.Fuzz(func(t *testing.T, i int, content string) {
		if i < 0 || i >= len(names) {
			return
		}
		var files []string
		for j, name := range names {
			if j == i {
				files = append(files, name, content)
			} else {
				files = append(files, name, tree[name])
			}
		}
		if _, err := Read(context.Background(), texts(files...), Options{}); err != nil {
			t.Errorf("%s: %v", names[i], err)
		}
	})
}
