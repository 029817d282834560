package graph_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"accesspath/graph"
	"accesspath/ingest"
	"accesspath/ingest/managed"
	"accesspath/internal/shared"
)

// TestAgainstIndependentEvaluator compares edges and direct holders of a
// made-up organization with another evaluator, run as a program of its own. Set
// ACCESSPATH_ORACLE to a script for node that takes --action, --resource,
// --resource-account, --context and account files and prints
// {"direct": [arn…], "edges": [[from, to]…]}.
func TestAgainstIndependentEvaluator(t *testing.T) {
	script := os.Getenv("ACCESSPATH_ORACLE")
	tools, ok := shared.Tools()
	if script == "" || !ok {
		t.Skip("ACCESSPATH_ORACLE is not set, or there is no shared/tools/orggen beside the checkout")
	}
	dir := t.TempDir()
	generate := exec.CommandContext(t.Context(), "go", "run", ".", "-out", dir, "-accounts", "3", "-roles", "20")
	generate.Dir = filepath.Join(tools, "orggen")
	if out, err := generate.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	sources, _, err := ingest.Files(files, nil)
	if err != nil {
		t.Fatal(err)
	}
	s, err := ingest.Read(t.Context(), sources, ingest.Options{Managed: managed.Lookup})
	if err != nil {
		t.Fatal(err)
	}
	g := build(t, s, 0)
	account := s.Accounts[len(s.Accounts)-1].ID
	action, resource := "dynamodb:GetItem", "arn:aws:dynamodb:eu-west-1:"+account+":table/orders"
	other := oracle(t, script, files, action, resource, account)
	compareDirect(t, g, other, action, resource)
	compareEdges(t, g, other)
}

// verdicts of the other evaluator.
type verdicts struct {
	Direct []string
	Edges  [][2]string
}

func oracle(t *testing.T, script string, files []string, action, resource, account string) verdicts {
	t.Helper()
	args := append([]string{script, "--engine", "core", "--missing-boundary", "ignore", "--action", action, "--resource", resource,
		"--resource-account", account, "--context", `{"aws:SourceIp":"203.0.113.7","aws:CurrentTime":"2026-11-01T00:00:00Z"}`}, files...)
	out, err := exec.CommandContext(t.Context(), "node", args...).Output()
	if err != nil {
		t.Fatal(err)
	}
	var v verdicts
	if err := json.Unmarshal(out, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// compareDirect: what is open here (MFA, networks, …) may go either way there.
func compareDirect(t *testing.T, g *graph.Graph, v verdicts, action, resource string) {
	theirs := map[string]bool{}
	for _, id := range v.Direct {
		theirs[id] = true
	}
	for i := range g.Len() {
		n := g.Node(graph.NodeID(i))
		if n.User == nil && n.Role == nil {
			continue
		}
		r := g.Model.Decide(graph.Ask{Node: n, Action: action, Resource: resource}).Requires
		if !r.IsOpen() && r.IsTrue() != theirs[n.ID] {
			t.Errorf("%s on %s by %s: %t here, %t there", action, resource, n.ID, r.IsTrue(), theirs[n.ID])
		}
	}
}

// compareEdges leaves out open edges, and users whose boundary stops a trust
// that names them (U-02).
func compareEdges(t *testing.T, g *graph.Graph, v verdicts) {
	theirs := map[[2]string]bool{}
	for _, e := range v.Edges {
		theirs[e] = true
	}
	agreed := 0
	for i := range g.Len() {
		from := g.Node(graph.NodeID(i))
		if from.User == nil && from.Role == nil {
			continue
		}
		for k := range g.Len() {
			to := g.Node(graph.NodeID(k))
			if to.Role == nil || i == k {
				continue
			}
			r := g.Model.Assume(from, to.Role, nil, "").Requires
			switch there := theirs[[2]string{from.ID, to.ID}]; {
			case r.IsOpen():
			case r.IsTrue() != there:
				t.Errorf("%s -> %s: %t here, %t there", from.ID, to.ID, r.IsTrue(), there)
			case there:
				agreed++
			}
		}
	}
	t.Logf("%d edges agree", agreed)
}
