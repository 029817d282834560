package escalate

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"accesspath/internal/shared"
	"accesspath/policy/catalog"
)

// TestCatalogue_ESC_09 holds the embedded data to be good: whoever adds an entry
// learns here what is wrong with it.
func TestCatalogue_ESC_09(t *testing.T) {
	t.Run("ESC-09/entries are data that fits", func(t *testing.T) {
		entries, err := parseCatalogue(catalogueJSON)
		if err != nil {
			t.Fatal(err)
		}
		rule := regexp.MustCompile(`^(ESC-[0-9]{2}|CHAIN-01)$`)
		seen := map[string]bool{}
		for i := range entries {
			e := &entries[i]
			if seen[e.ID] || e.ID == "" || e.Title == "" || !rule.MatchString(e.Rule) {
				t.Errorf("%q: the id is missing or not unique, or title or rule are wrong", e.ID)
			}
			seen[e.ID] = true
			if e.Target == "walked" {
				continue
			}
			if (targets[e.Target] == nil) == (ownTargets[e.Target] == nil) {
				t.Errorf("%s: target %q is unknown, or has two finders", e.ID, e.Target)
			}
			if gains[e.Gain] == nil && e.Gain != "attached" {
				t.Errorf("%s: unknown gain %q", e.ID, e.Gain)
			}
			for _, term := range e.terms() {
				checkTerm(t, e, term)
			}
		}
	})
}

func checkTerm(t *testing.T, e *Entry, term Term) {
	t.Helper()
	if term.Fact != "" {
		name, _, _ := strings.Cut(term.Fact, " ")
		if facts[name] == nil && calls[name] == nil {
			t.Errorf("%s: unknown fact %q", e.ID, term.Fact)
		}
		return
	}
	service, name, _ := strings.Cut(term.Action, ":")
	info, ok := catalog.Action(service, name)
	if !ok || info.String() != term.Action {
		t.Errorf("%s: the service catalogue has no action %q", e.ID, term.Action)
	}
	on, typ, _ := strings.Cut(term.On, ":")
	if !slices.Contains([]string{"target", "policy", "group", "carrier", "provider", "resource", "inside", "*", "new", "via"}, on) {
		t.Errorf("%s: %s works on %q, which is nothing", e.ID, term.Action, term.On)
	}
	if typ != "" {
		if _, ok := catalog.ResourceType(service, typ); !ok {
			t.Errorf("%s: %s has no resource type %q", e.ID, service, typ)
		}
	}
	if on == "*" && !info.WildcardOnly {
		t.Errorf("%s: %s works on resources", e.ID, term.Action)
	}
}

// TestActionsFit: a set of actions is of fixed size.
func TestActionsFit(t *testing.T) {
	s := &search{}
	s.number(Catalogue())
	if got, room := len(s.actions), 64*len(actionSet{}); got > room {
		t.Errorf("%d actions, room for %d", got, room)
	}
}

// TestEveryRuleHasAnEntry: section 12.2 is covered.
func TestEveryRuleHasAnEntry(t *testing.T) {
	for _, rule := range []string{"ESC-03", "ESC-10", "ESC-11", "ESC-12", "ESC-13", "ESC-14", "ESC-15", "ESC-16", "ESC-17", "ESC-18", "ESC-19", "ESC-20",
		"ESC-21", "ESC-22", "ESC-23", "ESC-24", "ESC-25", "ESC-26", "ESC-27", "ESC-28", "ESC-29", "ESC-30", "ESC-31", "ESC-32"} {
		if !slices.ContainsFunc(Catalogue(), func(e Entry) bool { return e.Rule == rule }) {
			t.Errorf("no entry for %s", rule)
		}
	}
}

// TestSourcesOfRules: ESC-10 to ESC-21 follow the public catalogue of paths, the
// rules after them are of other sources, and entries say so (CONV-07).
func TestSourcesOfRules(t *testing.T) {
	t.Run("CONV-07/what follows the public catalogue", func(t *testing.T) {
		follows := map[string]bool{}
		for _, e := range Catalogue() {
			if len(e.Public) == 0 {
				continue
			}
			follows[e.Rule] = true
			if e.Rule != "CHAIN-01" && (e.Rule < "ESC-10" || e.Rule > "ESC-21") {
				t.Errorf("%s of %s names the public paths %v", e.ID, e.Rule, e.Public)
			}
		}
		for n := 10; n <= 21; n++ {
			if rule := fmt.Sprintf("ESC-%d", n); !follows[rule] {
				t.Errorf("%s follows the public catalogue, and no entry of it names a path there", rule)
			}
		}
	})
}

// TestDocumentedPaths: every path of the public catalogue is mapped, and by an
// entry that asks for no action which that path does without.
func TestDocumentedPaths_ESC_09(t *testing.T) {
	dir, ok := shared.Data()
	if !ok {
		t.Skip("no shared data beside the checkout")
	}
	raw, err := os.ReadFile(filepath.Join(dir, "pathfinding", "paths.json"))
	if err != nil {
		t.Skip(err)
	}
	var public struct {
		Paths []struct {
			ID          string
			Permissions struct {
				Required []struct{ Permission string }
			}
		}
	}
	if err := json.Unmarshal(raw, &public); err != nil {
		t.Fatal(err)
	}
	if len(public.Paths) < 60 {
		t.Fatalf("only %d paths", len(public.Paths))
	}
	for _, p := range public.Paths {
		i := slices.IndexFunc(Catalogue(), func(e Entry) bool { return slices.Contains(e.Public, p.ID) })
		if i < 0 {
			t.Errorf("%s is mapped by no entry", p.ID)
			continue
		}
		var required []string
		for _, r := range p.Permissions.Required {
			required = append(required, r.Permission)
		}
		for _, n := range Catalogue()[i].Needs {
			if len(n) == 1 && n[0][0].Action != "" && !slices.Contains(required, n[0][0].Action) {
				t.Errorf("%s: entry %s asks for %s, and the path does not", p.ID, Catalogue()[i].ID, n[0][0].Action)
			}
		}
	}
}

func TestParseCatalogueRefuses(t *testing.T) {
	for _, bad := range []string{`{`, `[{"id":"x","needs":["iam"]}]`, `[{"id":"x","needs":["iam:Get@"]}]`} {
		if _, err := parseCatalogue([]byte(bad)); err == nil {
			t.Errorf("%s: no error", bad)
		}
	}
}
