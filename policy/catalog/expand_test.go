package catalog

import (
	"slices"
	"strings"
	"testing"
)

func TestExpand(t *testing.T) {
	cases := []struct {
		name, pattern string
		least         int
		has, lacks    string
	}{
		{"ACTM-01 one", "STS:assumerole", 1, "sts:AssumeRole", "sts:AssumeRoleWithSAML"},
		{"ACTM-01 all", "*", 22091, "sts:AssumeRole", ""},
		{"ACTM-05 all", "*:*", 22091, "sts:AssumeRole", ""},
		{"ACTM-02 prefix", "s3:Get*", 40, "s3:GetObject", "s3:PutObject"},
		{"ACTM-02 inside", "iam:*AccessKey*", 4, "iam:CreateAccessKey", "iam:CreateUser"},
		{"ACTM-02 one character", "sts:AssumeRol?", 1, "sts:AssumeRole", "sts:AssumeRoleWithSAML"},
		{"ACTM-05 service", "st?:Assume*", 4, "sts:AssumeRole", "sts:GetCallerIdentity"},
		{"ACTM-06", "nope:*", 0, "", "s3:GetObject"},
		{"ACTM-04", "s3:GetObject, s3:PutObject", 0, "", "s3:GetObject"},
		{"no colon", "s3", 0, "", "s3:GetObject"},
		{"empty", "", 0, "", "s3:GetObject"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got := Expand(c.pattern)
			if len(got) < c.least || c.least == 0 && len(got) > 0 {
				t.Errorf("Expand(%s) has %d actions, want at least %d", c.pattern, len(got), c.least)
			}
			if c.has != "" && !slices.Contains(got, c.has) || c.lacks != "" && slices.Contains(got, c.lacks) {
				t.Errorf("Expand(%s) = %v: want %s, not %s", c.pattern, got, c.has, c.lacks)
			}
		})
	}
}

func TestSuggest(t *testing.T) {
	cases := []struct{ action, first string }{
		{"s3:GetObjects", "s3:GetObject"},
		{"s3:GetObejct", "s3:GetObject"},
		{"s4:GetObject", "s3:GetObject"},
		{"iam:AssumeRole", "sts:AssumeRole"},
		{"AssumeRole", "sts:AssumeRole"},
		{"sts:assumerol", "sts:AssumeRole"},
		{"s3:GetObject", ""},
		{"zzz:Qqqqqqqqqqqqqqqqq", ""},
		{"", ""},
		{":", ""},
		{"s3:" + strings.Repeat("Get", 1000), ""},
	}
	for _, c := range cases {
		got := Suggest(c.action)
		if len(got) > maxSuggestions {
			t.Errorf("Suggest(%s) = %v", c.action, got)
		}
		if first := strings.Join(got[:min(1, len(got))], ""); first != c.first {
			t.Errorf("Suggest(%.40s) = %v, want %s first", c.action, got, c.first)
		}
	}
}

// TestMatchFold compares with the plainest matcher there is.
func TestMatchFold(t *testing.T) {
	var naive func(p, s string) bool
	naive = func(p, s string) bool {
		switch {
		case p == "":
			return s == ""
		case p[0] == '*':
			return naive(p[1:], s) || s != "" && naive(p, s[1:])
		}
		return s != "" && (p[0] == '?' || lower(p[0]) == lower(s[0])) && naive(p[1:], s[1:])
	}
	var texts []string
	var grow func(s string, alphabet string, n int)
	grow = func(s, alphabet string, n int) {
		texts = append(texts, s)
		for i := range len(alphabet) {
			if n > 0 {
				grow(s+alphabet[i:i+1], alphabet, n-1)
			}
		}
	}
	grow("", "aB*?", 4)
	patterns := texts
	texts = nil
	grow("", "Ab", 5)
	for _, p := range patterns {
		for _, s := range texts {
			if got, want := matchFold(p, s), naive(p, s); got != want {
				t.Fatalf("matchFold(%q, %q) = %v", p, s, got)
			}
		}
	}
}

func TestDistance(t *testing.T) {
	cases := []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"a", "", 1}, {"abc", "abc", 0}, {"abc", "acb", 1}, {"abc", "axc", 1},
		{"abcd", "bcda", 2}, {"kitten", "sitting", 3}, {"aaaa", "bbbb", 4},
	}
	for _, c := range cases {
		if got := distance(c.a, c.b, 5); got != c.want {
			t.Errorf("distance(%s, %s) = %d, want %d", c.a, c.b, got, c.want)
		}
		if got := distance(c.b, c.a, 5); got != c.want {
			t.Errorf("distance(%s, %s) = %d, want %d", c.b, c.a, got, c.want)
		}
		if got := distance(c.a, c.b, 1); c.want > 1 && got <= 1 {
			t.Errorf("distance(%s, %s) within 1 = %d, want more", c.a, c.b, got)
		}
	}
}
