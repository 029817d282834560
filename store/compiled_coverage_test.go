package store

import (
	"maps"
	"testing"

	"accesspath/iam"
)

func TestCoverageText(t *testing.T) {
	for _, want := range []iam.Coverage{
		{},
		{iam.SectionUsers: iam.Present},
		{iam.SectionUsers: iam.Unknown, iam.SectionRoles: iam.KnownEmpty, "": iam.Present, "a\tb\x00=c": iam.Present},
	} {
		text := coverageText(want)
		got, ok := readCoverage(text)
		if !ok || !maps.Equal(got, want) {
			t.Errorf("%v is read as %v %v", want, got, ok)
		}
		for cut := range len(text) { // all of it or an error, but where an entry ends
			if short, ok := readCoverage(text[:cut]); ok && len(short) >= len(want) && len(want) > 0 {
				t.Errorf("%q is read as %v", text[:cut], short)
			}
		}
	}
	for _, damaged := range []string{"", "\x00\x05user", "\x00\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f", "\x00\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01u"} {
		if c, ok := readCoverage(damaged); ok {
			t.Errorf("%q is read as %v", damaged, c)
		}
	}
	var list coverages
	a, _ := list.of(coverageText(iam.Coverage{iam.SectionUsers: iam.Present}))
	b, _ := list.of(coverageText(iam.Coverage{iam.SectionUsers: iam.Present}))
	if !maps.Equal(a, b) || len(list.by) != 1 {
		t.Errorf("%v and %v of %d", a, b, len(list.by))
	}
}
