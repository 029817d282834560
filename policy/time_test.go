package policy

import (
	"math/rand/v2"
	"strings"
	"testing"
)

// TestMentionsTime compares with a search in lower case.
func TestMentionsTime(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 3))
	pieces := []string{"current", "Epoch", "TIME", "time", "t", "i", "m", "e", "aws:", "curren", "CurrentTime", "ü", "ti", "epochtim"}
	found := 0
	for range 20000 {
		text := ""
		for range r.IntN(6) {
			text += pieces[r.IntN(len(pieces))]
		}
		lower := strings.ToLower(text)
		want := strings.Contains(lower, "currenttime") || strings.Contains(lower, "epochtime")
		if got := mentionsTime(text); got != want {
			t.Fatalf("%q: %v", text, got)
		}
		if want {
			found++
		}
	}
	if found < 100 {
		t.Errorf("only %d texts mention a time", found)
	}
}
