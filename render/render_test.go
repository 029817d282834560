package render

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"accesspath/query"
)

var update = flag.Bool("update", false, "write the golden files")

func fixture(t *testing.T, name string) *query.Result {
	t.Helper()
	f, err := os.Open(filepath.Join("testdata", name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r, err := ReadResult(f)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func rendered(t *testing.T, format string, r *query.Result, o Options) []byte {
	t.Helper()
	f, err := For(format, o)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := f.Render(context.Background(), &b, r); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", "golden", name)
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v; run go test ./render -update", err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs from its golden file; see with git diff after go test ./render -update\n%s", name, firstDifference(got, want))
	}
}

func firstDifference(got, want []byte) string {
	g, w := strings.Split(string(got), "\n"), strings.Split(string(want), "\n")
	for i := range min(len(g), len(w)) {
		if g[i] != w[i] {
			return "got:  " + g[i] + "\nwant: " + w[i]
		}
	}
	return "one is the beginning of the other"
}

// fakeSVG stands for the layout engine.
func fakeSVG(context.Context, []byte) ([]byte, error) { return []byte("<svg></svg>\n"), nil }

func TestGolden(t *testing.T) {
	for _, name := range []string{"onehop", "threehop", "deny", "whatcan", "hostile", "chain12", "nobody", "unknown"} {
		r := fixture(t, name)
		for _, c := range []struct {
			file, format string
			o            Options
		}{
			{"txt", "text", Options{}},
			{"verbose.txt", "text", Options{Verbose: true}},
			{"narrow.txt", "text", Options{Width: 60, Color: true}},
			{"json", "json", Options{}},
			{"md", "markdown", Options{}},
			{"html", "html", Options{SVG: fakeSVG}},
			{"dot", "dot", Options{}},
			{"mmd", "mermaid", Options{}},
			{"graphml", "graphml", Options{}},
		} {
			t.Run(name+"."+c.file, func(t *testing.T) {
				golden(t, name+"."+c.file, rendered(t, c.format, r, c.o))
			})
		}
	}
	large := fixture(t, "large")
	golden(t, "large.txt", rendered(t, "text", large, Options{}))
	golden(t, "large.dot", rendered(t, "dot", large, Options{}))
	golden(t, "random.dot", rendered(t, "dot", fixture(t, "random"), Options{Theme: "dark", Direction: "TB"}))
}

func TestGraphGolden(t *testing.T) {
	f, err := os.Open("testdata/trust.graph.json")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	g, err := ReadGraph(f)
	if err != nil {
		t.Fatal(err)
	}
	for _, format := range []string{"text", "json", "dot"} {
		var b bytes.Buffer
		if err := RenderGraph(context.Background(), &b, format, g, Options{Verbose: true}); err != nil {
			t.Fatal(err)
		}
		golden(t, "trust.graph."+format, b.Bytes())
	}
}

// CONV-04: the same input gives the same bytes, for whatever order maps have.
func TestDeterministic(t *testing.T) {
	for _, name := range []string{"hostile", "threehop", "random"} {
		r := fixture(t, name)
		for _, format := range []string{"text", "json", "markdown", "html", "mermaid", "graphml", "dot"} {
			first := rendered(t, format, r, Options{})
			for range 3 {
				if !bytes.Equal(first, rendered(t, format, r, Options{})) {
					t.Fatalf("%s as %s differs from run to run", name, format)
				}
			}
		}
	}
}

func TestFor(t *testing.T) {
	for _, name := range Formats() {
		if _, err := For(name, Options{SVG: fakeSVG, PNG: fakeSVG}); err != nil {
			t.Errorf("For(%q): %v", name, err)
		}
	}
	if _, err := For("", Options{}); err != nil {
		t.Errorf("the default: %v", err)
	}
	for _, c := range []struct {
		name string
		o    Options
		want string
	}{
		{"pdf", Options{}, `unknown format "pdf"; use one of text, json, markdown, html, mermaid, graphml, dot, svg, png`},
		{"svg", Options{}, "pictures need a layout engine, and this program has none; use format dot"},
		{"png", Options{SVG: fakeSVG}, "pictures need a layout engine, and this program has none; use format dot"},
		{"dot", Options{Collapse: "some"}, `unknown way to collapse "some"; use one of auto, off, peers, kinds, accounts`},
		{"text", Options{Theme: "sepia"}, `unknown theme "sepia"; use light or dark`},
		{"text", Options{Direction: "up"}, `unknown direction "up"; use LR (left to right) or TB (top to bottom)`},
	} {
		if _, err := For(c.name, c.o); err == nil || err.Error() != c.want {
			t.Errorf("For(%q) = %v, want %s", c.name, err, c.want)
		}
	}
	err := RenderGraph(context.Background(), &bytes.Buffer{}, "html", &query.TrustGraph{}, Options{})
	if err == nil || err.Error() != `unknown format "html"; use one of text, json, mermaid, graphml, dot, svg, png` {
		t.Errorf("RenderGraph(html) = %v", err)
	}
	if want := []string{"text", "json", "mermaid", "graphml", "dot", "svg", "png"}; !slices.Equal(GraphFormats(), want) {
		t.Errorf("GraphFormats() = %v", GraphFormats())
	}
}

// A zero Result, as a bug upstream might hand over, renders in every format.
func TestZeroResult(t *testing.T) {
	for _, r := range []*query.Result{
		{},
		{Question: query.Question{Kind: "can"}, Answers: []query.Answer{{}}},
		{Question: query.Question{Kind: "paths"}, Answers: []query.Answer{{Paths: []query.Path{{}}}}},
		{Question: query.Question{Kind: "what-can"}, Answers: []query.Answer{{Sessions: []query.Session{{Permissions: []query.Permission{{}}}}}}},
		{Answers: []query.Answer{{Verdict: "DENY", BrokenAt: 99, NearPath: []string{"", ""}, Causes: []query.Cause{{Statement: &query.Evidence{}}}, Layers: []query.Layer{{}}}}},
		{Answers: []query.Answer{{Verdict: "ODD", Paths: []query.Path{{Principals: []string{"a"}, Steps: []query.Step{{From: "x", To: "y", Requires: []query.Requirement{{}}}}}}}}},
	} {
		for _, format := range Formats() {
			rendered(t, format, r, Options{SVG: fakeSVG, PNG: fakeSVG, Verbose: true, Width: 1})
		}
	}
}

type failingWriter struct{}

var errFull = errors.New("disk full")

func (failingWriter) Write([]byte) (int, error) { return 0, errFull }

func TestWriteErrors(t *testing.T) {
	for _, format := range Formats() {
		f, err := For(format, Options{SVG: fakeSVG, PNG: fakeSVG})
		if err != nil {
			t.Fatal(err)
		}
		if err := f.Render(context.Background(), failingWriter{}, fixture(t, "threehop")); !errors.Is(err, errFull) {
			t.Errorf("%s: error is %v, want the writer's", format, err)
		}
	}
}

func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	for _, format := range []string{"text", "html"} {
		f, _ := For(format, Options{})
		if err := f.Render(ctx, &bytes.Buffer{}, fixture(t, "large")); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", format, err)
		}
	}
}

// A picture that cannot be drawn is no reason to withhold a page.
func TestPictureFails(t *testing.T) {
	o := Options{SVG: func(context.Context, []byte) ([]byte, error) { return nil, errors.New("too <large>") }}
	if got := string(rendered(t, "html", fixture(t, "onehop"), o)); !strings.Contains(got, "no picture: <bdi>too &lt;large&gt;</bdi>") {
		t.Error("the page does not say why it has no picture")
	}
	f, _ := For("svg", o)
	if err := f.Render(context.Background(), &bytes.Buffer{}, fixture(t, "onehop")); err == nil {
		t.Error("svg: no error")
	}
}
