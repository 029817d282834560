package layout

import "strings"

// A group is a package with those below it, unless they are a group too.
type group struct {
	path  string // below the module path
	level int
	why   string // the group's purpose in short, for messages
}

// groups are the layers: imports point strictly down, and groups of one level
// do not import each other. Groups below "internal" stand beside the levels.
var groups = []group{
	{"policy", 0, "the policy language"},
	{"policy/catalog", 0, "embedded service data"},
	{"iam", 1, "the inventory"},
	{"ingest", 2, "bytes to a snapshot"},
	{"graph", 2, "a snapshot to a graph"},
	{"graph/escalate", 3, "the escalation catalogue"},
	{"query", 3, "questions to results"},
	{"query/review", 4, "finding rules"},
	{"store", 4, "snapshots with history"},
	{"render", 4, "results to bytes"},
	{"cmd", 5, "where packages meet"},
}

// modules lists every dependency that may be imported, and by whom. An empty
// list means every group but policy, which gets by with what it names. Those
// marked testsOnly never get into the binary.
var modules = []struct {
	path      string
	importers []string
	testsOnly bool
}{
	{path: "github.com/go-json-experiment/json"},
	{path: "github.com/klauspost/compress"},
	{path: "golang.org/x/text"},
	{path: "go.yaml.in/yaml/v3"},
	{path: "golang.org/x/term", importers: []string{"cmd", "internal"}},
	{path: "github.com/dominikbraun/graph", importers: []string{"graph", "query", "render"}},
	{path: "github.com/goccy/go-graphviz", importers: []string{"render/svg"}},
	{path: "golang.org/x/image", importers: []string{"render/svg"}}, // go-graphviz links it, too
	{path: "github.com/spf13/cobra", importers: []string{"cmd"}},
	{path: "github.com/spf13/pflag", importers: []string{"cmd"}},
	{path: "github.com/KimMachineGun/automemlimit", importers: []string{"cmd"}},
	{path: "modernc.org/sqlite", importers: []string{"store"}},
	{path: "github.com/rogpeppe/go-internal", importers: []string{"cmd"}, testsOnly: true},
	{path: "github.com/owenrumney/go-sarif/v3", importers: []string{"query/review"}, testsOnly: true},
	{path: "pgregory.net/rapid", testsOnly: true},
}

// restricted groups import nothing but the standard library and these.
var restricted = map[string][]string{
	"policy":         {"github.com/go-json-experiment/json"},
	"policy/catalog": {"github.com/go-json-experiment/json", "github.com/klauspost/compress"},
	"iam":            {},
}

// within reports whether path is prefix or below it.
func within(path, prefix string) bool {
	return path == prefix || strings.HasPrefix(path, prefix+"/")
}

// groupOf returns the innermost group of a package, or false for those below
// "internal" and for what stands in no group.
func groupOf(path string) (group, bool) {
	var best group
	found := false
	for _, g := range groups {
		if within(path, g.path) && len(g.path) > len(best.path) {
			best, found = g, true
		}
	}
	return best, found
}
