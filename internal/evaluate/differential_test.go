package evaluate

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"accesspath/internal/shared"
	"accesspath/policy"
)

// TestDifferential compares decisions on generated requests with those of an
// independent evaluator. Every difference has to be explained by readings of
// explain_test.go; the test prints how many each explains, and fails with a
// shrunken example of each kind of difference that none does. README.md says
// how to set it up:
//
//	ACCESSPATH_ORACLE=DIR/oracle.mjs go test ./internal/evaluate -run Differential -v -timeout 30m
//
// ACCESSPATH_ORACLE_REQUESTS is how many requests to make (100000; CI takes
// 2000), ACCESSPATH_ORACLE_SEED where to begin (1), ACCESSPATH_ORACLE_SAMPLES
// how many examples to print of each explanation (1).
func TestDifferential(t *testing.T) {
	oracle := os.Getenv("ACCESSPATH_ORACLE")
	switch oracle {
	case "":
		t.Skip("ACCESSPATH_ORACLE names no evaluator to compare with; see README.md")
	case "auto":
		oracle = install(t)
	}
	c := comparison{all: readings(), counts: map[string]int{}, classes: map[string]*differenceClass{}, keep: number(t, "ACCESSPATH_ORACLE_SAMPLES", 1)}
	seed, total := number(t, "ACCESSPATH_ORACLE_SEED", 1), number(t, "ACCESSPATH_ORACLE_REQUESTS", 100000)
	g := newGenerator(uint64(seed))
	for at := 0; at < total; {
		var batch []object
		for range min(5000, total-at) {
			batch = append(batch, g.request(at))
			at++
		}
		for i, theirs := range ask(t, oracle, batch) {
			c.add(batch[i], theirs)
		}
	}
	t.Logf("%d requests, seed %d", total, seed)
	c.report(t, oracle)
}

// install makes an evaluator ready in a directory of its own: the adapter that
// lies among the shared tools, and what it needs of npm.
func install(t *testing.T) string {
	t.Helper()
	tools, ok := shared.Tools()
	if _, err := exec.LookPath("npm"); err != nil || !ok {
		t.Skip("there is no npm, or no adapter among the shared tools")
	}
	dir := filepath.Join(t.TempDir(), "oracle")
	if err := os.CopyFS(dir, os.DirFS(filepath.Join(tools, "oracle"))); err != nil {
		t.Skipf("no adapter among the shared tools: %v", err)
	}
	npm := exec.CommandContext(t.Context(), "npm", "install", "--silent", "--no-audit", "--no-fund")
	npm.Dir = dir
	if out, err := npm.CombinedOutput(); err != nil {
		t.Fatalf("npm install: %v\n%s", err, out)
	}
	return filepath.Join(dir, "oracle.mjs")
}

// comparison counts what came of the requests.
type comparison struct {
	all     []reading
	keep    int
	counts  map[string]int // by verdict and the peer's decision
	classes map[string]*differenceClass
}

// differenceClass is one explanation, or one kind of difference without.
type differenceClass struct {
	explained bool
	count     int
	examples  []object
}

func (c *comparison) add(r object, theirs string) {
	ours := Line(encode(r), Options{})
	c.counts[ours.Verdict+" "+theirs]++
	name, explained := c.compare(r, &ours, theirs)
	if name == "" {
		return
	}
	class := c.classes[name]
	if class == nil {
		class = &differenceClass{explained: explained}
		c.classes[name] = class
	}
	if class.count++; len(class.examples) < c.keep {
		class.examples = append(class.examples, r)
	}
}

// compare names the class of a difference, "" if there is none.
func (c *comparison) compare(r object, ours *Answer, theirs string) (class string, explained bool) {
	if ours.Error == "" && ours.Verdict != "ALLOW_IF" && ours.Decision == theirs {
		return "", false
	}
	if rules := c.explain(r, theirs); rules != "" {
		return rules, true
	}
	why := ours.Error
	if len(ours.Causes) > 0 {
		why = ours.Causes[0].Layer + " " + ours.Causes[0].Rule
	}
	return "ours " + ours.Decision + " " + ours.Verdict + " (" + why + "), theirs " + theirs, false
}

// explain finds the fewest readings under which we decide as the peer does.
func (c *comparison) explain(r object, theirs string) string {
	var useful []int
	behind := clone(r).(object) // the request behind all rewrites so far
	for i := range c.all {
		c := &c.all[i]
		changes := c.rewrite != nil && c.rewrite(clone(r).(object))
		changes = c.rewrite != nil && c.rewrite(behind) || changes
		if c.rewrite == nil || c.code != "" || changes {
			useful = append(useful, i)
		}
	}
	for size := 1; size <= 4; size++ {
		if found := c.subset(r, theirs, nil, useful, size); found != nil {
			var rules []string
			for _, i := range found {
				rules = append(rules, c.all[i].rule)
			}
			return strings.Join(rules, " + ")
		}
	}
	return ""
}

func (c *comparison) subset(r object, theirs string, chosen, from []int, size int) []int {
	if size == 0 {
		if c.under(r, chosen) == theirs {
			return chosen
		}
		return nil
	}
	for k := range from {
		if found := c.subset(r, theirs, append(slices.Clone(chosen), from[k]), from[k+1:], size-1); found != nil {
			return found
		}
	}
	return nil
}

// under is our decision under some readings, "" if something stays open.
func (c *comparison) under(r object, chosen []int) string {
	codes := map[string]bool{}
	r = clone(r).(object)
	for _, i := range chosen {
		if c.all[i].rewrite != nil {
			c.all[i].rewrite(r)
		}
		if c.all[i].code != "" {
			codes[c.all[i].code] = c.all[i].holds
		}
	}
	parsed, err := Parse(encode(r))
	if err != nil {
		return ""
	}
	request, layers, _, err := parsed.compile(Options{})
	if err != nil {
		return ""
	}
	d := policy.Evaluate(request, layers)
	decision := decided(&d, codes)
	for _, i := range chosen {
		if c.all[i].after != nil {
			decision = c.all[i].after(&d, decision)
		}
	}
	return decision
}

// decided is a decision in which codes have a value.
func decided(d *policy.Decision, codes map[string]bool) string {
	fold := func(r policy.Requirement) policy.Requirement {
		return r.Map(func(a *policy.Atom) policy.Requirement {
			if holds, ok := codes[a.Code]; ok {
				return policy.Bool(holds != a.Negated)
			}
			return policy.Keep(a)
		})
	}
	switch r := fold(d.Requires); {
	case r.IsTrue():
		return Allowed
	case r.IsOpen():
		return ""
	}
	for _, l := range d.Layers {
		if fold(l.Deny).IsTrue() {
			return ExplicitlyDenied
		}
	}
	return ImplicitlyDenied
}

// report prints the table of explanations and fails for the rest.
func (c *comparison) report(t *testing.T, oracle string) {
	for _, k := range slices.Sorted(maps.Keys(c.counts)) {
		t.Logf("%7d ours %s", c.counts[k], k)
	}
	var table strings.Builder
	sum := 0
	for i := range c.all {
		r := &c.all[i]
		alone, together := 0, 0
		for name, class := range c.classes {
			switch list := strings.Split(name, " + "); {
			case !class.explained || !slices.Contains(list, r.rule):
			case len(list) == 1:
				alone += class.count
			default:
				together += class.count
			}
		}
		fmt.Fprintf(&table, "\n%7d %7d  %-26s %s (%s)", alone, together, r.rule, r.peer, r.page)
	}
	for _, class := range c.classes {
		if class.explained {
			sum += class.count
		}
	}
	t.Logf("%d differences are explained. By one reading alone, together with others, rule, what the peer does (page of AWS's documentation):%s", sum, table.String())
	for _, name := range slices.Sorted(maps.Keys(c.classes)) {
		class := c.classes[name]
		if class.explained {
			for _, r := range class.examples {
				t.Logf("%s, %d times, such as\n%s", name, class.count, encode(r))
			}
			continue
		}
		t.Errorf("%d requests: %s, such as\n%s", class.count, name, encode(c.shrink(t, oracle, class.examples[0], name)))
	}
}

func number(t *testing.T, variable string, otherwise int) int {
	text := os.Getenv(variable)
	if text == "" {
		return otherwise
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		t.Fatalf("%s=%q is not a positive number", variable, text)
	}
	return n
}

// ask runs the peer over requests.
func ask(t *testing.T, oracle string, requests []object) []string {
	t.Helper()
	var in bytes.Buffer
	for _, r := range requests {
		in.Write(append(encode(r), '\n'))
	}
	cmd := exec.CommandContext(t.Context(), "node", oracle, "--engine", "core", "--terse")
	var out, errs bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = &in, &out, &errs
	if err := cmd.Run(); err != nil {
		t.Fatalf("node %s: %v\n%s", oracle, err, errs.String())
	}
	var decisions []string
	lines := bufio.NewScanner(&out)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var a struct{ Decision, Error string }
		if err := json.Unmarshal(lines.Bytes(), &a); err != nil {
			t.Fatal(err)
		}
		decisions = append(decisions, a.Decision+a.Error)
	}
	if len(decisions) != len(requests) {
		t.Fatalf("%d answers to %d requests", len(decisions), len(requests))
	}
	return decisions
}

// shrink leaves out parts of a request as long as the difference stays.
func (c *comparison) shrink(t *testing.T, oracle string, r object, class string) object {
	for range 40 {
		candidates := smaller(r)
		if len(candidates) == 0 {
			return r
		}
		theirs := ask(t, oracle, candidates)
		found := false
		for i, small := range candidates {
			ours := Line(encode(small), Options{})
			if name, _ := c.compare(small, &ours, theirs[i]); name == class {
				r, found = small, true
				break
			}
		}
		if !found {
			return r
		}
	}
	return r
}

// needed are members that shrink keeps: without them a request or a statement
// would be another, or none.
var needed = []string{"id", "principal", "action", "resource", "resourceAccount", "context", "Version", "Effect", "Statement",
	"Action", "NotAction", "Resource", "NotResource", "Principal", "NotPrincipal", "AWS", "Service"}

// smaller lists copies of a value that lack one member or element somewhere.
func smaller(r object) []object {
	var out []object
	var walk func(v any, replace func(any) any)
	emit := func(v any, replace func(any) any) {
		if whole, ok := replace(v).(object); ok {
			out = append(out, whole)
		}
	}
	walk = func(v any, replace func(any) any) {
		switch v := v.(type) {
		case object:
			for _, k := range slices.Sorted(maps.Keys(v)) {
				with := func(x any) any {
					c := maps.Clone(v)
					c[k] = x
					return replace(c)
				}
				if !slices.Contains(needed, k) {
					c := maps.Clone(v)
					delete(c, k)
					emit(c, replace)
				}
				walk(v[k], with)
			}
		case []any:
			for i := range v {
				if len(v) > 1 {
					emit(slices.Delete(slices.Clone(v), i, i+1), replace)
				}
				walk(v[i], func(x any) any {
					c := slices.Clone(v)
					c[i] = x
					return replace(c)
				})
			}
		}
	}
	walk(r, func(v any) any { return v })
	return out
}

// TestGenerator keeps the generator honest without a peer: every request is
// decided, and all outcomes are common.
func TestGenerator(t *testing.T) {
	g := newGenerator(1)
	counts := map[string]int{}
	for i := range 2000 {
		r := g.request(i)
		a := Line(encode(r), Options{})
		if a.Error != "" {
			t.Fatalf("%s: %s", encode(r), a.Error)
		}
		counts[a.Decision]++
	}
	for _, d := range []string{Allowed, ImplicitlyDenied, ExplicitlyDenied} {
		if counts[d] < 100 {
			t.Errorf("%s only %d times: %v", d, counts[d], fmt.Sprint(counts))
		}
	}
}
