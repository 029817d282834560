package policy

import (
	"math/rand"
	"slices"
	"strings"
	"testing"
)

// A pattern fits a resource with just those values of its variable that are asked for, and
// stays open where an empty one fits (ARNM-13).
func TestFitting_ARNM_13(t *testing.T) {
	random := rand.New(rand.NewSource(1))
	text := func(alphabet string, n int) string {
		var b strings.Builder
		for range n {
			b.WriteByte(alphabet[random.Intn(len(alphabet))])
		}
		return b.String()
	}
	fits, left := 0, 0
	for range 20_000 {
		const bucket = "arn:aws:s3:::"
		before, behind, name := text("ab/", random.Intn(3)), text("ab/*?", random.Intn(4)), text("ab/", 1+random.Intn(6))
		a := Atom{Key: resourceKey, Operator: "StringLike", Values: []string{bucket + before + "${aws:PrincipalTag/t}" + behind}, Opaque: true}
		r, ok := a.Fitting(bucket + name)
		if empty := CompilePattern(bucket + before + behind).Match(bucket + name); ok == empty {
			t.Fatalf("%q is solved for %q: %t, an empty value fits: %t", a.Values[0], name, ok, empty)
		}
		if !ok {
			left++
			continue
		}
		var got []string
		r.Mentions(func(a *Atom) bool { got = append(got, a.Values...); return false })
		for from := range name {
			for to := from + 1; to <= len(name); to++ {
				value := name[from:to]
				match := CompilePattern(bucket + before + value + behind).Match(bucket + name)
				if match != slices.Contains(got, value) {
					t.Fatalf("%q with %q: matches %q is %t, got %q", a.Values[0], value, name, match, got)
				}
				if match {
					fits++
				}
			}
		}
	}
	if fits == 0 || left == 0 {
		t.Errorf("%d values fit, %d patterns are left open", fits, left)
	}
}

// Nothing is told of patterns with several variables, a wildcard before one, a default or
// nothing left for one, and of resources that are patterns.
func TestFittingLeaves_ARNM_13(t *testing.T) {
	for _, c := range [][2]string{
		{"arn:aws:s3:::b/${aws:PrincipalTag/t}/${aws:userid}", "arn:aws:s3:::b/x/y"},
		{"arn:aws:s3:::*/${aws:PrincipalTag/t}", "arn:aws:s3:::b/x"},
		{"arn:aws:s3:*:*:b/${aws:PrincipalTag/t}", "arn:aws:s3:::b/x"},
		{"arn:aws:s3:::b/${aws:PrincipalTag/t, 'x'}", "arn:aws:s3:::b/x"},
		{"arn:aws:s3:::b/${aws:PrincipalOrgPaths}", "arn:aws:s3:::b/x"},
		{"arn:aws:s3:::b/${aws:PrincipalTag/t}", "arn:aws:s3:::b/*"},
		{"arn:aws:s3:::b/${aws:PrincipalTag/t}", "*"},
		{"arn:aws:s3:::b/${aws:PrincipalTag/t}/*", "arn:aws:s3:::b//x"},
	} {
		a := Atom{Key: resourceKey, Operator: "StringLike", Values: []string{c[0]}, Opaque: true}
		if _, ok := a.Fitting(c[1]); ok {
			t.Errorf("%q is solved for %q", c[0], c[1])
		}
	}
}
