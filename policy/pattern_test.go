package policy

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// naiveMatch is the definition of a glob, written down without any cleverness:
// the reference for Pattern.Match.
func naiveMatch(pattern, text []rune) bool {
	if len(pattern) == 0 {
		return len(text) == 0
	}
	switch pattern[0] {
	case '*':
		return naiveMatch(pattern[1:], text) || len(text) > 0 && naiveMatch(pattern, text[1:])
	case '?':
		return len(text) > 0 && naiveMatch(pattern[1:], text[1:])
	}
	return len(text) > 0 && text[0] == pattern[0] && naiveMatch(pattern[1:], text[1:])
}

// words lists every word over the alphabet up to the length.
func words(alphabet string, most int) []string {
	out := []string{""}
	for from := 0; most > 0; most-- {
		end := len(out)
		for _, w := range out[from:end] {
			for _, r := range alphabet {
				out = append(out, w+string(r))
			}
		}
		from = end
	}
	return out
}

func TestPatternMatchEqualsDefinition_ACTM_02(t *testing.T) {
	texts := words("ab", 5)
	for _, p := range words("ab*?", 4) {
		c := CompilePattern(p)
		for _, s := range texts {
			if got, want := c.Match(s), naiveMatch([]rune(p), []rune(s)); got != want {
				t.Fatalf("%q.Match(%q) = %v, want %v", p, s, got, want)
			}
		}
	}
}

func TestPatternQuestionMarkIsOneCharacter(t *testing.T) {
	for _, c := range []struct {
		pattern, text string
		want          bool
	}{
		{"?", "é", true}, {"??", "é", false}, {"*?", "é", true}, {"a?c", "a日c", true}, {"?", "", false},
		{"*日*?", "x日y", true}, {"?*", "", false}, {"", "", true}, {"*", "", true}, {"**", "", true},
	} {
		if got := CompilePattern(c.pattern).Match(c.text); got != c.want {
			t.Errorf("%q.Match(%q) = %v, want %v", c.pattern, c.text, got, c.want)
		}
	}
}

func TestLiteralPatternHasNoWildcards_ARNM_14(t *testing.T) {
	p := LiteralPattern("a*?")
	if !p.Match("a*?") || p.Match("abc") || !p.IsLiteral() || p.IsAll() {
		t.Error("a literal pattern must match its own text alone")
	}
	if p.Contains(CompilePattern("a*")) || !CompilePattern("a*").Contains(p) || !p.Overlaps(CompilePattern("a??")) {
		t.Error("comparison of a literal pattern treats its text as a pattern")
	}
	var zero Pattern
	if !zero.Match("") || zero.Match("x") || zero.Overlaps(CompilePattern("?")) || !CompilePattern("*").Contains(zero) {
		t.Error("the zero Pattern must match the empty string alone")
	}
}

func TestPatternIsAll_ARNM_03(t *testing.T) {
	for p, want := range map[string]bool{"*": true, "**": true, "***": true, "": false, "?*": false, "*?": false, "a": false, "*a*": false} {
		if got := CompilePattern(p).IsAll(); got != want {
			t.Errorf("%q.IsAll() = %v, want %v", p, got, want)
		}
	}
}

// bruteWords has a letter beyond the patterns' alphabet, since "any other
// character" can make the difference. Patterns of three tokens that differ do
// so on a word of at most five letters.
func TestPatternComparisonsEqualEnumeration_SYM_07(t *testing.T) {
	texts := words("abc", 5)
	patterns := words("ab*?", 3)
	matches := make([][]bool, len(patterns))
	compiled := make([]Pattern, len(patterns))
	for i, p := range patterns {
		compiled[i] = CompilePattern(p)
		for _, s := range texts {
			matches[i] = append(matches[i], compiled[i].Match(s))
		}
	}
	for i, p := range compiled {
		for k, q := range compiled {
			overlaps, contains := false, true
			for n := range texts {
				overlaps = overlaps || matches[i][n] && matches[k][n]
				contains = contains && (matches[i][n] || !matches[k][n])
			}
			if got := p.Overlaps(q); got != overlaps {
				t.Fatalf("%q.Overlaps(%q) = %v, want %v", p, q, got, overlaps)
			}
			if got := p.Contains(q); got != contains {
				t.Fatalf("%q.Contains(%q) = %v, want %v", p, q, got, contains)
			}
		}
	}
}

func TestFindWitnessEqualsEnumeration_QRY_12(t *testing.T) {
	texts := words("abc", 5)
	patterns := words("ab*?", 2)
	compiled := map[string]Pattern{}
	for _, p := range patterns {
		compiled[p] = CompilePattern(p)
	}
	for _, a := range patterns {
		for _, b := range patterns {
			for _, c := range patterns {
				want, shortest := false, 0
				for _, s := range texts {
					if compiled[a].Match(s) && !compiled[b].Match(s) && !compiled[c].Match(s) {
						want, shortest = true, len(s)
						break
					}
				}
				w, ok, decided := FindWitness([]Pattern{compiled[a]}, []Pattern{compiled[b], compiled[c]})
				if !decided || ok != want {
					t.Fatalf("FindWitness({%q}, {%q,%q}) = %q, %v, %v; want %v", a, b, c, w, ok, decided, want)
				}
				if ok && (!compiled[a].Match(w) || compiled[b].Match(w) || compiled[c].Match(w) || utf8.RuneCountInString(w) != shortest) {
					t.Fatalf("FindWitness({%q}, {%q,%q}): witness %q does not fit or is not the shortest (%d)", a, b, c, w, shortest)
				}
			}
		}
	}
}

func TestFindWitnessIsTheSameOnEveryRun_CONV_04(t *testing.T) {
	all := []Pattern{CompilePattern("a*b?c*"), CompilePattern("*b*c*d")}
	none := []Pattern{CompilePattern("ab?c*"), CompilePattern("*dd")}
	first, ok, _ := FindWitness(all, none)
	if !ok {
		t.Fatal("no witness")
	}
	for range 20 {
		if w, _, _ := FindWitness(all, none); w != first {
			t.Fatalf("witness %q, then %q", first, w)
		}
	}
}

// within fails the test if f is slow. The bound is generous: the point is to
// tell linear from exponential, on any machine.
func within(t *testing.T, most time.Duration, what string, f func()) {
	t.Helper()
	start := time.Now()
	f()
	if d := time.Since(start); d > most {
		t.Errorf("%s took %v, want less than %v", what, d, most)
	}
}

func TestHostilePatternsStayFast(t *testing.T) {
	text := strings.Repeat("a", 5000)
	hostile := map[string]string{
		"a million stars":     strings.Repeat("*", 1_000_000),
		"ten thousand marks":  strings.Repeat("?", 10_000),
		"star and marks":      "*" + strings.Repeat("?", 10_000) + "b*",
		"alternating":         strings.Repeat("a*", 2000) + "b",
		"alternating marks":   strings.Repeat("?*", 2000) + "b",
		"stars between marks": strings.Repeat("*?", 2000) + "b",
		"pieces with marks":   strings.Repeat("*a?a", 1000) + "*b*",
	}
	other := CompilePattern(strings.Repeat("*a", 1500) + "*")
	for name, p := range hostile {
		within(t, 5*time.Second, name, func() {
			c := CompilePattern(p)
			c.Match(text)
			c.Overlaps(other)
			c.Contains(other)
			other.Contains(c)
			FindWitness([]Pattern{other, c}, []Pattern{CompilePattern("*b*"), c})
		})
	}
}

// Undecided comparisons answer on the safe side: overlap yes, containment no.
func TestUndecidedComparisonsAreSafe_CONV_03(t *testing.T) {
	p := CompilePattern(strings.Repeat("*a?b", 400) + "*")
	q := CompilePattern(strings.Repeat("*b?a", 400) + "*")
	if _, ok, decided := FindWitness([]Pattern{p, q}, nil); !decided && ok {
		t.Error("an undecided search must not report a witness")
	}
	if !p.Overlaps(q) {
		t.Error("these patterns overlap; undecided must count as yes")
	}
	if p.Contains(q) {
		t.Error("containment must not be claimed when it is not decided")
	}
}

func FuzzPattern(f *testing.F) {
	for _, s := range []string{"*", "iam:*AccessKey*", "arn:aws:s3:::b/*/t/*", "s3:?et*", "", "a?b", "*a*b*", "日*?"} {
		f.Add(s, "iam:listaccesskeys", "a*")
		f.Add(s, "arn:aws:s3:::b/1/2/t/3/o", s)
	}
	f.Fuzz(func(t *testing.T, pattern, text, second string) {
		if len(pattern) > 24 || len(text) > 24 || len(second) > 24 {
			return
		}
		for _, s := range []string{pattern, text, second} {
			if !utf8.ValidString(s) {
				return // documents are text; JSON decoding repairs the rest
			}
		}
		p, q := CompilePattern(pattern), CompilePattern(second)
		if strings.Count(pattern, "*") <= 5 {
			if got, want := p.Match(text), naiveMatch([]rune(pattern), []rune(text)); got != want {
				t.Fatalf("%q.Match(%q) = %v, want %v", pattern, text, got, want)
			}
		}
		if p.Match(text) && q.Match(text) && !p.Overlaps(q) {
			t.Fatalf("%q and %q both match %q and are said not to overlap", pattern, second, text)
		}
		if q.Match(text) && !p.Match(text) && p.Contains(q) {
			t.Fatalf("%q is said to contain %q, but %q fits only the latter", pattern, second, text)
		}
		if w, ok, _ := FindWitness([]Pattern{p}, []Pattern{q}); ok && (!p.Match(w) || q.Match(w)) {
			t.Fatalf("witness %q of %q without %q does not fit", w, pattern, second)
		}
		if LiteralPattern(text).Match(text) != true || !p.Overlaps(p) || p.Overlaps(q) != q.Overlaps(p) {
			t.Fatalf("laws broken for %q, %q", pattern, second)
		}
	})
}
