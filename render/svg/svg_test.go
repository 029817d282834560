package svg

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"accesspath/query"
	"accesspath/render"
)

func render1(t *testing.T, dot string) string {
	t.Helper()
	out, err := Render(context.Background(), []byte(dot))
	if err != nil {
		t.Fatal(err)
	}
	checkSVG(t, out)
	return string(out)
}

// checkSVG asserts what every document promises: well-formed, an image with a
// title that scales, and nothing but shapes and texts.
func checkSVG(t *testing.T, doc []byte) {
	t.Helper()
	d := xml.NewDecoder(bytes.NewReader(doc))
	depth, titled := 0, false
	for {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("not well-formed: %v", err)
		}
		switch tok := tok.(type) {
		case xml.StartElement:
			if !slices.Contains(allowedElements, tok.Name.Local) {
				t.Fatalf("element %s", tok.Name.Local)
			}
			for _, a := range tok.Attr {
				known := slices.Contains(allowedAttrs, a.Name.Local) ||
					depth == 0 && slices.Contains([]string{"xmlns", "role", "style", "font-family"}, a.Name.Local)
				if !known || strings.HasPrefix(a.Name.Local, "on") || strings.Contains(a.Value, "url") {
					t.Fatalf("attribute %s=%q", a.Name.Local, a.Value)
				}
			}
			titled = titled || depth == 1 && tok.Name.Local == "title"
			depth++
		case xml.EndElement:
			depth--
		case xml.Directive, xml.ProcInst, xml.Comment:
			t.Fatalf("has %v", tok)
		}
	}
	head := doc[:bytes.IndexByte(doc, '>')]
	for _, want := range []string{`role="img"`, `viewBox="`, "max-width:100%"} {
		if !bytes.Contains(head, []byte(want)) {
			t.Errorf("root lacks %s: %s", want, head)
		}
	}
	if !titled {
		t.Error("root has no title")
	}
}

func TestRender(t *testing.T) {
	got := render1(t, `digraph g { graph [tooltip="The <title>", bgcolor="#ffffff"]; a [label=<<B>x &lt;y&gt;</B>>, tooltip="a & b", URL="http://e.example", class="user"]; a -> b [tooltip="why", edgeURL="javascript:x"] }`)
	for _, want := range []string{"<title>The &lt;title&gt;</title>", "<title>a &amp; b</title>", "<title>why</title>", `class="node user"`, ">x &lt;y&gt;</text>"} {
		if !strings.Contains(got, want) {
			t.Errorf("lacks %s:\n%s", want, got)
		}
	}
	for _, bad := range []string{"href", "javascript", "http://e.example", " id=", "pt\""} {
		if strings.Contains(got, bad) {
			t.Errorf("has %s", bad)
		}
	}
}

// Every fixture draws, hostile names included, and the same way twice.
func TestFixtures(t *testing.T) {
	files, err := filepath.Glob("../testdata/*.json")
	if err != nil || len(files) == 0 {
		t.Fatal("no fixtures")
	}
	for _, theme := range []string{"light", "dark"} {
		for _, file := range files {
			first := draw(t, file, render.Options{SVG: Render, Theme: theme})
			checkSVG(t, first)
			if theme == "light" && !bytes.Equal(first, draw(t, file, render.Options{SVG: Render})) {
				t.Errorf("%s differs from run to run", file)
			}
		}
	}
}

func draw(t *testing.T, file string, o render.Options) []byte {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var b bytes.Buffer
	if strings.HasSuffix(file, ".graph.json") {
		g, err := render.ReadGraph(f)
		if err != nil {
			t.Fatal(err)
		}
		if err := render.RenderGraph(context.Background(), &b, "svg", g, o); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	r, err := render.ReadResult(f)
	if err != nil {
		t.Fatal(err)
	}
	x, err := render.For("svg", o)
	if err != nil {
		t.Fatal(err)
	}
	if err := x.Render(context.Background(), &b, r); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return b.Bytes()
}

// Each principal of a picture is in it by name, and conditional arrows are
// dashed.
func TestStructure(t *testing.T) {
	got := string(draw(t, "../testdata/threehop.json", render.Options{SVG: Render}))
	for _, want := range []string{">alice</text>", ">bob</text>", ">deploy</text>", ">data-reader</text>", ">s3:GetObject</text>",
		">account 111122223333</text>", ">MFA</text>", ">under conditions", "<title>arn:aws:iam::111122223333:user/alice</title>",
		"<title>Who can s3:GetObject on arn:aws:s3:::app-data/*</title>"} {
		if !strings.Contains(got, want) {
			t.Errorf("lacks %s", want)
		}
	}
	dashed := regexp.MustCompile(`class="edge allow_if">\s*<title>[^<]*</title>\s*<path fill="none" stroke="#b45309"[^>]*stroke-dasharray`)
	if n := len(dashed.FindAllString(got, -1)); n != strings.Count(got, `class="edge allow_if"`) || n == 0 {
		t.Errorf("%d of %d conditional arrows are dashed and amber", n, strings.Count(got, `class="edge allow_if"`))
	}
}

// Every page is one file: no picture, style or script comes from elsewhere.
func TestHTMLWithPicture(t *testing.T) {
	f, err := os.Open("../testdata/hostile.json")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r, err := render.ReadResult(f)
	if err != nil {
		t.Fatal(err)
	}
	x, _ := render.For("html", render.Options{SVG: Render})
	var b bytes.Buffer
	if err := x.Render(context.Background(), &b, r); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(b.String(), "<figure>\n<svg ") {
		t.Error("no picture")
	}
	for _, bad := range []string{"<script", "<img", "<a ", "<link", "<iframe", "<?xml", "<!--"} {
		if strings.Contains(b.String(), bad) {
			t.Errorf("has %s", bad)
		}
	}
}

func TestSizeLimit(t *testing.T) {
	var b strings.Builder
	b.WriteString("digraph g {")
	for i := range MaxNodes + 1 {
		fmt.Fprintf(&b, "n%d;", i)
	}
	b.WriteString("}")
	_, err := Render(context.Background(), []byte(b.String()))
	var size *SizeError
	if !errors.As(err, &size) || size.Nodes != MaxNodes+1 {
		t.Fatalf("error is %v", err)
	}
	if want := "lay out: a picture of 501 nodes and 0 arrows is too large (at most 500 and 1500); use format dot and a layout program of your own, a smaller budget, or a narrower question"; err.Error() != want {
		t.Errorf("error is %q", err)
	}
	if _, err := Render(context.Background(), make([]byte, maxBytes+1)); err == nil {
		t.Error("a huge text is accepted")
	}
}

func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Render(ctx, []byte("digraph g { a }")); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// Two layouts at once are a data race in the library; run with -race.
func TestConcurrent(t *testing.T) {
	want := render1(t, "digraph g { a -> b -> c }")
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			got, err := Render(context.Background(), []byte("digraph g { a -> b -> c }"))
			if err != nil || string(got) != want {
				t.Errorf("differs: %v", err)
			}
		})
	}
	wg.Wait()
}

func FuzzRender(f *testing.F) {
	f.Add("deploy", "external ID")
	f.Add("<script>alert(1)</script>", `\N \l " } x`)
	f.Add("adm\u202enimda", "&lt;![CDATA[")
	f.Add("\xff\x00", "]]>")
	f.Add("", "") // an element without text is a syntax error in a label
	f.Fuzz(func(t *testing.T, name, value string) {
		r := &query.Result{Question: query.Question{Kind: "who-can", Action: name, Resource: value}, Answers: []query.Answer{{Principal: name,
			Account: value, Paths: []query.Path{{Principals: []string{name, value}, Steps: []query.Step{{From: name, To: value, Verdict: "ALLOW_IF",
				Requires: []query.Requirement{{Key: name, Values: []string{value}}}}}}}}}}
		x, _ := render.For("svg", render.Options{SVG: Render})
		var b bytes.Buffer
		if err := x.Render(context.Background(), &b, r); err != nil {
			t.Fatal(err)
		}
		checkSVG(t, b.Bytes())
	})
}
