package policy

import (
	"math/rand/v2"
	"testing"
)

// All searches for a witness find the same one: the short ways that settle most, the
// walk over sets of positions and the walk over single ways (QRY-12, CONV-04).
func TestWitnessSearchesAgree_QRY_12(t *testing.T) {
	r := rand.New(rand.NewPCG(12, 7))
	pattern := func(alphabet []rune, most int) Pattern {
		text := make([]rune, r.IntN(most))
		for i := range text {
			text[i] = alphabet[r.IntN(len(alphabet))]
		}
		return CompilePattern(string(text))
	}
	witnesses := 0
	for i := range 20000 {
		alphabet, most := []rune("ab*?*"), 9
		switch i % 10 {
		case 0, 1, 2:
			alphabet, most = []rune("abcde:/*?xyé"), 20
		case 3:
			alphabet, most = []rune("aaaabbbbccccdddd::://ab*?"), 90
		}
		var all, none []Pattern
		for range 1 + r.IntN(3) {
			all = append(all, pattern(alphabet, most))
		}
		if i%5 == 0 {
			all[0] = arnQuestion(CompilePattern("arn:" + pattern([]rune("ab:*?"), 12).String() + "::::?*"))
			all = append(all, CompilePattern("*"+pattern([]rune("ab:*"), 6).String()))
		}
		for range r.IntN(4) {
			none = append(none, pattern(alphabet, most))
		}
		text, ok, decided := FindWitness(all, none)
		sets, okSets, decidedSets := newProduct(all, none).search(witnessBudget)
		ways, okWays, decidedWays := newProduct(all, none).searchThreads(witnessBudget)
		if !decided || !decidedSets || !decidedWays {
			continue
		}
		if text != sets || ok != okSets || text != ways || ok != okWays {
			t.Fatalf("%q without %q: %q (%t), by sets %q (%t), by ways %q (%t)", all, none, text, ok, sets, okSets, ways, okWays)
		}
		if ok {
			witnesses++
		}
		if ok && all[0].arn != nil && !all[0].matchARN(text) {
			t.Fatalf("%q without %q: %q crosses parts", all, none, text)
		}
	}
	if witnesses < 2000 {
		t.Errorf("%d witnesses: the test says little", witnesses)
	}
}

// Wildcards of a question keep to their part of the ARN, and find what is there.
func TestQuestionKeepsToParts_QRY_12(t *testing.T) {
	for _, c := range []struct{ question, allowed, want string }{
		{"arn:aws:lambda:?*:111111111111:function:?*", "arn:aws:lambda:us-east-1:111111111111:layer:*", ""},
		{"arn:aws:lambda:?*:????????????:function:?*", "arn:aws:lambda:us-east-1:111111111111:layer:*", ""},
		{"arn:aws:lambda:?*:111111111111:function:?*", "arn:aws:lambda:us-east-1:*:function:a*", "arn:aws:lambda:us-east-1:111111111111:function:a"},
		{"arn:aws:lambda:?*:111111111111:function:?*", "arn:aws:lambda:*function:a*", "arn:aws:lambda:x:111111111111:function:a"},
		{"arn:aws:logs:*:*:log-group:*", "arn:aws:logs:*:*:log-group:a:*", "arn:aws:logs:::log-group:a:"},
		{"arn:aws:s3:::b/*", "arn:aws:s3:::b/a:b:c", "arn:aws:s3:::b/a:b:c"},
		{"arn:*:s3:::b", "arn:aws:s3:::b", "arn:aws:s3:::b"},
		{"*:b", "arn:aws:s3:::b", "arn:aws:s3:::b"},
	} {
		got, ok, decided := FindWitness([]Pattern{arnQuestion(CompilePattern(c.question)), CompilePattern(c.allowed)}, nil)
		if !decided || got != c.want || ok != (c.want != "") {
			t.Errorf("%s and %s: %q, %t, decided %t, want %q", c.question, c.allowed, got, ok, decided, c.want)
		}
	}
}

// Patterns of regions and accounts lead through more sets of positions than can be
// looked at, and are decided all the same (QRY-12).
func TestWitnessOfWildAccounts_QRY_12(t *testing.T) {
	for _, c := range []struct {
		all, none []string
		want      string // "" none
	}{
		{all: []string{"arn:aws:kms:*:????????????:key/?*", "arn:aws:kms:*:*:key/*"}, want: "arn:aws:kms::xxxxxxxxxxxx:key/x"},
		{all: []string{"arn:aws:kms:*:????????????:key/??*", "arn:*:kms:*:????????????:*z"}, want: "arn:aws:kms::xxxxxxxxxxxx:key/xz"},
		{all: []string{"arn:aws:kms:*:????????????:key/?*", "*:????????????????????:*"}, want: "arn:aws:kms::xxxxxxxxxxx::key/x"},
		{all: []string{"arn:aws:kms:*:????????????:key/?*", "*1????????????????*"}, none: []string{"*key*"}},
	} {
		var lists [2][]Pattern
		for i, texts := range [2][]string{c.all, c.none} {
			for _, text := range texts {
				lists[i] = append(lists[i], CompilePattern(text))
			}
		}
		if got, ok, decided := FindWitness(lists[0], lists[1]); !decided || got != c.want || ok != (c.want != "") {
			t.Errorf("%q without %q: %q, %t, decided %t", c.all, c.none, got, ok, decided)
		}
	}
}
