package escalate_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"accesspath/graph/escalate"
	"accesspath/internal/shared"
)

// want is one line of a case: an edge that is there, or a name and an entry of
// which there must be none.
type wantLine struct {
	from, entry, to, verdict string // to is "" where there must be none
}

func (c *wayCase) wants() []wantLine {
	var out []wantLine
	for _, line := range strings.Split(strings.TrimSpace(c.want), "\n") {
		switch f := strings.Fields(line); len(f) {
		case 3:
			out = append(out, wantLine{from: f[0], entry: f[1]})
		case 4:
			if f[3] == "none" {
				out = append(out, wantLine{from: f[0], entry: f[1]})
				continue
			}
			out = append(out, wantLine{f[0], f[1], f[2], f[3]})
		}
	}
	return out
}

func allCases() []wayCase {
	return slices.Concat(rewriteCases, passCases, carriedCases, beyondCases, classCases, becomeCases, taggedResourceCases)
}

// TestEveryEntryHasACase: each entry has a case written by hand in which it is
// found. TestNearMisses makes of each such case those in which it is not.
func TestEveryEntryHasACase(t *testing.T) {
	found := map[string]bool{"assume-role": true} // the graph's own edges
	for _, c := range allCases() {
		for _, w := range c.wants() {
			found[w.entry] = found[w.entry] || w.to != ""
		}
	}
	for _, e := range escalate.Catalogue() {
		if !found[e.ID] {
			t.Errorf("no case finds %s", e.ID)
		}
	}
}

// TestNearMisses takes every edge that a case written by hand wants, and changes
// one thing of the case's world that must take the edge away, or must not. What
// is changed is text of the world, so that no expectation comes from the code
// under test: a denied call, a role that trusts another service, compute that is
// not there. Which calls there are is of the catalogue, and where there is a
// public description of the way, of that too: TestDocumentedPathsAreNeeded.
func TestNearMisses(t *testing.T) {
	for _, c := range allCases() {
		for _, w := range c.wants() {
			if w.to == "" {
				continue
			}
			i := slices.IndexFunc(escalate.Catalogue(), func(e escalate.Entry) bool { return e.ID == w.entry })
			if i < 0 {
				t.Errorf("no entry %q", w.entry)
				continue
			}
			t.Run(c.rule+" "+c.name+" "+w.entry, func(t *testing.T) { nearMisses(t, &c, w, &escalate.Catalogue()[i]) })
		}
	}
}

func nearMisses(t *testing.T, c *wayCase, w wantLine, e *escalate.Entry) {
	if !has(t, c, w, "\nscp(A): -polly:*@*") {
		t.Error("a guardrail about something else takes it away")
	}
	for _, n := range e.Needs {
		calls := callsOf(n)
		if calls == "" {
			continue
		}
		for _, line := range denials(c, w, calls) {
			if has(t, c, w, line) {
				t.Errorf("it is there in spite of %q", line)
			}
		}
	}
	if len(e.Services) > 0 {
		other := *c
		for _, s := range e.Services {
			name, _, _ := strings.Cut(s, ".amazonaws.com")
			other.world = strings.ReplaceAll(other.world, "Service:"+name+"\n", "Service:polly\n")
			other.world = strings.TrimSuffix(strings.ReplaceAll(other.world+"\n", "Service:"+name+"\n", "Service:polly\n"), "\n")
		}
		if other.world != c.world && has(t, &other, w, "") {
			t.Error("it is there, and the role trusts another service")
		}
	}
	if len(e.Carriers) > 0 && c.edit != nil {
		other := *c
		other.edit = nil
		if has(t, &other, w, "") {
			t.Error("it is there, and nothing has the role")
		}
	}
}

// callsOf lists the actions of a need in the notation of worlds; "" if some
// alternative takes none.
func callsOf(n escalate.Need) string {
	var out []string
	for _, a := range n {
		i := slices.IndexFunc(a, func(t escalate.Term) bool { return t.Action != "" })
		if i < 0 {
			return ""
		}
		out = append(out, a[i].Action)
	}
	return "[" + strings.Join(out, ",") + "]"
}

// denials are lines that deny calls to the actor: in a guardrail of its account,
// which the management account has none of, and in a boundary.
func denials(c *wayCase, w wantLine, calls string) []string {
	var out []string
	if !strings.HasPrefix(w.from, "M:") {
		out = append(out, "\nscp(A): -"+calls+"@*")
	}
	if !strings.Contains(c.world, "pb("+w.from+")") {
		out = append(out, "\npb("+w.from+"): +*@* ; -"+calls+"@*")
	}
	return out
}

// has reports whether the edge is there once a line is added to the world.
func has(t *testing.T, c *wayCase, w wantLine, line string) bool {
	t.Helper()
	changed := *c
	changed.world += line
	_, f := find(t, &changed)
	return slices.ContainsFunc(ways(f), func(got string) bool { return strings.HasPrefix(got, w.from+" "+w.entry+" "+w.to+" ") })
}

// TestDocumentedPathsAreNeeded: of each public way, a guardrail that denies any of
// the permissions that its description asks for takes the edge away.
func TestDocumentedPathsAreNeeded(t *testing.T) {
	public := publicPaths(t)
	checked := 0
	for _, c := range allCases() {
		for _, w := range c.wants() {
			i := slices.IndexFunc(escalate.Catalogue(), func(e escalate.Entry) bool { return e.ID == w.entry })
			if w.to == "" || i < 0 {
				continue
			}
			for _, permission := range askedByAll(public, escalate.Catalogue()[i].Public) {
				checked++
				for _, line := range denials(&c, w, permission) {
					if has(t, &c, w, line) {
						t.Errorf("%s %s: %s is there in spite of %q", c.rule, c.name, w.entry, line)
					}
				}
			}
		}
	}
	if checked < 60 {
		t.Errorf("only %d permissions were denied", checked)
	}
}

// askedByAll are the permissions that all of the descriptions ask for. One entry
// may stand for several, of which one does with less. Looking around is not
// needed by somebody who knows the names; neither is a permission to assume a
// role of one account that names its caller (STS-03).
func askedByAll(public map[string][]string, ids []string) []string {
	var out []string
	for k, id := range ids {
		if k == 0 {
			out = slices.Clone(public[id])
		}
		out = slices.DeleteFunc(out, func(p string) bool {
			return !slices.Contains(public[id], p) || p == "ec2:DescribeInstances" || p == "sts:AssumeRole"
		})
	}
	return out
}

// publicPaths are the required permissions of the public ways, by id.
func publicPaths(t *testing.T) map[string][]string {
	t.Helper()
	dir, ok := shared.Data()
	if !ok {
		t.Skip("no shared data beside the checkout")
	}
	raw, err := os.ReadFile(filepath.Join(dir, "pathfinding", "paths.json"))
	if err != nil {
		t.Skip(err)
	}
	var file struct {
		Paths []struct {
			ID          string
			Permissions struct {
				Required []struct{ Permission string }
			}
		}
	}
	if err := json.Unmarshal(raw, &file); err != nil {
		t.Fatal(err)
	}
	out := map[string][]string{}
	for _, p := range file.Paths {
		for _, r := range p.Permissions.Required {
			out[p.ID] = append(out[p.ID], r.Permission)
		}
	}
	return out
}
