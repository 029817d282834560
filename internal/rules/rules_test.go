package rules

import (
	_ "embed"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"accesspath/internal/shared"
)

//go:embed rules.txt
var rulesText string

//go:embed uncovered.txt
var uncoveredText string

// known are the ids of rules.txt.
func known() []string { return strings.Fields(rulesText) }

// uncovered maps the ids of uncovered.txt to the reasons.
func uncovered() map[string]string {
	out := map[string]string{}
	for line := range strings.Lines(uncoveredText) {
		if id, reason, _ := strings.Cut(strings.TrimSpace(line), " "); id != "" {
			out[id] = strings.TrimSpace(reason)
		}
	}
	return out
}

func family(id string) string {
	name, _, _ := strings.Cut(id, "-")
	return name
}

// root is the repository's directory, two up from here.
func root(t *testing.T) (root, here string) {
	t.Helper()
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Dir(filepath.Dir(here)), here
}

// TestEveryRuleHasATest compares the two lists with what tests name.
func TestEveryRuleHasATest(t *testing.T) {
	found, err := scan(root(t))
	if err != nil {
		t.Fatal(err)
	}
	rest, ids := uncovered(), known()
	gaps := map[string][]string{}
	for _, id := range ids {
		_, excused := rest[id]
		switch {
		case len(found[id]) == 0 && !excused:
			gaps[family(id)] = append(gaps[family(id)], id)
		case len(found[id]) > 0 && excused:
			t.Errorf("%s is in uncovered.txt, and %s tests it: take it out", id, found[id][0])
		}
	}
	for _, f := range slices.Sorted(maps.Keys(gaps)) {
		t.Errorf("no test names %s\nwrite one, or put the id into uncovered.txt with the reason", strings.Join(gaps[f], " "))
	}
	for id, reason := range rest {
		if !slices.Contains(ids, id) || reason == "" {
			t.Errorf("uncovered.txt: %q is no rule, or has no reason", id)
		}
	}
}

// TestCitedRulesExist: code, tests or documentation that name a rule which does
// not exist are misspelt, or the rule is gone.
func TestCitedRulesExist(t *testing.T) {
	ids := known()
	families := map[string]bool{}
	for _, id := range ids {
		families[family(id)] = true
	}
	root, here := root(t)
	found, err := cited(root, here)
	if err != nil {
		t.Fatal(err)
	}
	if len(found) < len(ids)/2 {
		t.Errorf("%d of %d rules are cited at all", len(found), len(ids))
	}
	for _, id := range slices.Sorted(maps.Keys(found)) {
		if families[family(id)] && !slices.Contains(ids, id) {
			t.Errorf("%s: %s is not in rules.txt", strings.Join(found[id], ", "), id)
		}
	}
}

func TestListsAreSorted(t *testing.T) {
	if ids := known(); !slices.IsSorted(ids) || len(slices.Compact(slices.Clone(ids))) != len(ids) {
		t.Error("rules.txt is not sorted, or names an id twice")
	}
	if lines := strings.Split(strings.TrimSpace(uncoveredText), "\n"); !slices.IsSorted(lines) {
		t.Error("uncovered.txt is not sorted")
	}
}

// defined matches an id where the semantics define it: in bold, or as the first
// cell of a table's row.
var defined = regexp.MustCompile(`\*\*([A-Z]{2,6}-[0-9]{2,3})\*\*|(?m:^\| \**([A-Z]{2,6}-[0-9]{2,3})\** \|)`)

// TestListIsComplete compares rules.txt with the text that defines the rules.
func TestListIsComplete(t *testing.T) {
	file, ok := shared.Semantics()
	if !ok {
		t.Skip("the text of the rules is not beside the checkout")
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]bool{}
	for _, m := range defined.FindAllStringSubmatch(string(text), -1) {
		want[m[1]+m[2]] = true
	}
	if got := known(); !slices.Equal(got, slices.Sorted(maps.Keys(want))) {
		for _, id := range got {
			if !want[id] {
				t.Errorf("rules.txt: %s is not defined", id)
			}
			delete(want, id)
		}
		t.Errorf("rules.txt lacks %v", slices.Sorted(maps.Keys(want)))
	}
}

// TestScan holds the scanner against the package comment.
func TestScan(t *testing.T) {
	for file, c := range map[string]struct{ text, want string }{
		"a_test.go": {`package a
			// TestCOND01 and "COND-02" in a comment do not count.
			import "COND-03"
			func helperCOND04() {}
			func TestFED04GAAD05Missing(t *T) { t.Run("ARNM-02/x", f("see ARNM-03")); g("ARNM-04, ARNM-05: both", ` + "`ARNM-06`" + `, "ARNM-077") }
			func FuzzEVAL10(f *F) {}`, "ARNM-02 ARNM-04 ARNM-05 ARNM-06 ARNM-077 EVAL-10 FED-04 GAAD-05"},
		"a.go":              {`package a; const x = "COND-01"`, ""},
		"testdata/a.json":   {`[{"name":"x","rule":"COND-01","want":1},{"name":"y","rules":["COND-02","COND-03"],"want":0},{"rule":"COND-04"},{"name":"COND-05","want":1}]`, "COND-01 COND-02 COND-03"},
		"a.json":            {`{"name":"x","rule":"COND-01","want":1}`, ""},
		"testdata/bad.json": {`{`, ""},
		"s.txtar":           {"# COND-01\nstdout 'COND-02' # COND-03\n-- f --\nCOND-04\n", "COND-02"},
	} {
		t.Run(file, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, filepath.FromSlash(file))
			if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(c.text), 0o600); err != nil {
				t.Fatal(err)
			}
			found, err := scan(dir, "")
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.Join(slices.Sorted(maps.Keys(found)), " "); got != c.want {
				t.Errorf("found %s, want %s", got, c.want)
			}
			for id, places := range found {
				if fmt.Sprint(places) != "["+file+"]" {
					t.Errorf("%s in %v", id, places)
				}
			}
		})
	}
}
