package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// marking finds the marks and codes that answers may carry, in the source of what gives
// them.
var marking = []*regexp.Regexp{
	regexp.MustCompile(`"(U-\d\d)"`),
	regexp.MustCompile(`"(DATA:[A-Za-z-]+)"`),
	regexp.MustCompile(`"(IDP:[a-z]+)"`),
	regexp.MustCompile(`[mM]arks(?: =|,) append\([^"\n]*"([a-z-]+)`),
	regexp.MustCompile(`(?m)^(?:const)?\s+(?:Note|code|Admin|Mark)\w+\s+= "([A-Za-z:-]+)"`),
	regexp.MustCompile(`codes = append\(codes, "([a-z-]+)"`),
	regexp.MustCompile(`\{"[a-z -]+", \[\]string\{\}, "([a-z-]+)"`),
}

// TestMarksPage: every mark and code is explained, and none that nothing gives.
func TestMarksPage(t *testing.T) {
	text, err := os.ReadFile("../../docs/marks.md")
	if err != nil {
		t.Fatal(err)
	}
	given := map[string]bool{}
	for _, dir := range []string{"../../policy", "../../graph", "../../query"} {
		err := filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
			if err != nil || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") || strings.Contains(path, "review") {
				return err
			}
			source, err := os.ReadFile(path)
			for _, re := range marking {
				for _, m := range re.FindAllSubmatch(source, -1) {
					given[string(m[1])] = true
				}
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if len(given) < 60 {
		t.Fatalf("only %d marks were found: the search is out of date", len(given))
	}
	explained := map[string]bool{}
	for _, row := range regexp.MustCompile("(?m)^\\| (`[^|]*`) \\|").FindAllSubmatch(text, -1) {
		for _, name := range regexp.MustCompile("`([A-Za-z:0-9-]+)[^`]*`").FindAllSubmatch(row[1], -1) {
			explained[string(name[1])] = true
		}
	}
	for name := range given {
		if !explained[name] {
			t.Errorf("docs/marks.md lacks %s", name)
		}
	}
	elsewhere := []string{"ALLOW", "ALLOW_IF", "DENY", "confidence", "expires", "opens", "admits"} // verdicts, and what has a value behind it
	for name := range explained {
		if !given[name] && !slices.Contains(elsewhere, name) {
			t.Errorf("docs/marks.md explains %s, which nothing gives", name)
		}
	}
}
