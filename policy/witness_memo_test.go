package policy

import "testing"

// TestWitnessMemo: what is remembered is what the search finds, and patterns that
// differ in anything are different.
func TestWitnessMemo(t *testing.T) {
	var texts []Pattern
	for _, text := range []string{"*", "", "a", "a*", "a?", "*a", "a*b", "ab*", "a?*", "arn:aws:s3:::b/*", "arn:aws:s3:::*/x", "??", "b"} {
		texts = append(texts, CompilePattern(text))
	}
	texts = append(texts, LiteralPattern("a*"), LiteralPattern("a?"))
	var m WitnessMemo
	for range 2 {
		for _, p := range texts {
			for _, q := range texts {
				a, ok, decided := m.find([]Pattern{p}, []Pattern{q})
				if b, ok2, decided2 := FindWitness([]Pattern{p}, []Pattern{q}); a != b || ok != ok2 || decided != decided2 {
					t.Errorf("%q without %q: %q %v, want %q %v", p, q, a, ok, b, ok2)
				}
				if got, want := m.overlap(p, q), p.Overlaps(q); got != want {
					t.Errorf("%q and %q overlap: %v, want %v", p, q, got, want)
				}
				if got, want := m.contains(p, q), p.Contains(q); got != want {
					t.Errorf("%q contains %q: %v, want %v", p, q, got, want)
				}
			}
		}
	}
	if len(m.known) == 0 {
		t.Error("nothing is remembered")
	}
}
