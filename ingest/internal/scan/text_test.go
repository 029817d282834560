package scan

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// Whatever a text is made of and wherever reads break it, what is left is JSON:
// short strings are whole, long ones a beginning that is still too long.
func TestLongTextsAreCut(t *testing.T) {
	const most = 24
	pieces := []string{`a`, `bc`, `\\`, `\"`, `\u0041`, `\ud83d\ude00`, `é`, `\n`, `{`, `]`, `,`}
	random := rand.New(rand.NewPCG(1, 2))
	cut := 0
	for range 3000 {
		var list []string
		for range 1 + random.IntN(4) {
			var b strings.Builder
			for range random.IntN(60) {
				b.WriteString(pieces[random.IntN(len(pieces))])
			}
			list = append(list, b.String())
		}
		text := `["` + strings.Join(list, `", "`) + `"]`
		c := &cutter{most: most}
		got := pass(c, []byte(text), 1+random.IntN(40))
		var was, is []string
		if err := json.Unmarshal([]byte(text), &was); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(got, &is); err != nil || len(is) != len(was) {
			t.Fatalf("%s\nbecame %s: %v", text, got, err)
		}
		for i := range was {
			switch whole := was[i] == is[i]; {
			case whole:
			case len(list[i]) <= most:
				t.Fatalf("%s is not long and became %s", list[i], is[i])
			case !strings.HasPrefix(was[i], strings.TrimRight(is[i], "\uFFFD")): // half of a letter may be left
				t.Fatalf("%s became %s", was[i], is[i])
			}
		}
		missing := len(text) - len(got)
		for _, g := range c.gaps {
			cut++
			missing -= int(g.dropped)
			if g.kept < most || got[g.at] != '"' {
				t.Fatalf("%s became %s with the gap %+v", text, got, g)
			}
		}
		if missing != 0 {
			t.Fatalf("%s: %d bytes are missing and in no gap", text, missing)
		}
	}
	if cut < 1000 {
		t.Errorf("only %d strings were cut", cut)
	}
}

// pass sends a text through the cutter in pieces of at most size.
func pass(c *cutter, text []byte, size int) []byte {
	var out []byte
	for len(text) > 0 {
		part := bytes.Clone(text[:min(size, len(text))])
		text = text[len(part):]
		out = append(out, part[:c.shorten(part, int64(len(out)))]...)
	}
	return out
}

// Places behind a cut are those of the file.
func TestPlacesBehindCuts(t *testing.T) {
	long := strings.Repeat("x", MaxText+1000)
	text := "[1,\n \"" + long + "\", 2, \"" + long + "\", 3,\n 4]"
	r, err := Open(strings.NewReader(text), Limits{})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	s := NewStream(NewFile("x", nil, 100), r)
	if err := s.Skip(); err != nil {
		t.Fatal(err)
	}
	var got []string
	for s.Kind() != ']' {
		v, err := s.Value()
		if err != nil {
			t.Fatal(err)
		}
		line, column := v.Position()
		got = append(got, fmt.Sprintf("%c %d:%d", v.Kind(), line, column))
	}
	two := MaxText + 1000 + 6
	want := []string{"0 1:2", `" 2:2`, fmt.Sprintf("0 2:%d", two), fmt.Sprintf(`" 2:%d`, two+3), fmt.Sprintf("0 2:%d", 2*two+1), "0 3:2"}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
	var told []string
	for _, d := range s.file.Diagnostics() {
		told = append(told, d.String())
	}
	about := fmt.Sprintf("warning: a text of %d bytes, of which the first 4194304 are read", MaxText+1000)
	if want := []string{"x:2:2: " + about, fmt.Sprintf("x:2:%d: %s", two+3, about)}; !slices.Equal(told, want) {
		t.Errorf("diagnostics %q, want %q", told, want)
	}
}

// A string without an end costs no more than one with.
func TestEndlessText(t *testing.T) {
	r, err := Open(io.MultiReader(strings.NewReader(`["`), io.LimitReader(repeating{}, 64<<20)), Limits{MaxValue: 16 << 20})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	s := NewStream(NewFile("x", nil, 100), r)
	if err := s.Skip(); err != nil {
		t.Fatal(err)
	}
	_, err = s.Value()
	if _, _, short := s.ErrorPlace(err); !short {
		t.Errorf("error %v, want an early end", err)
	}
}

type repeating struct{}

func (repeating) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = '\\'
	}
	return len(p), nil
}
