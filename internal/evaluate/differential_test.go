package evaluate

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// TestDifferential compares decisions on generated requests with those of an
// independent evaluator. It is run by hand:
//
//	ACCESSPATH_ORACLE=oracle.mjs go test ./internal/evaluate -run Differential -v
//
// The variable names a program for node that reads requests, one JSON object a
// line, in the form of type Request, and prints {"id", "decision"} a line, given
// the arguments --engine core. ACCESSPATH_ORACLE_REQUESTS is how many to ask
// (20000), ACCESSPATH_ORACLE_SEED where to begin (1).
//
// The generator leaves out what the peer is known to decide wrongly; what AWS's
// documentation leaves open is an uncertainty code of ours and no difference.
func TestDifferential(t *testing.T) {
	oracle := os.Getenv("ACCESSPATH_ORACLE")
	if oracle == "" {
		t.Skip("ACCESSPATH_ORACLE names no evaluator to compare with")
	}
	g := newGenerator(uint64(number(t, "ACCESSPATH_ORACLE_SEED", 1)))
	requests := make([]object, number(t, "ACCESSPATH_ORACLE_REQUESTS", 20000))
	for i := range requests {
		requests[i] = g.request(i)
	}
	theirs := ask(t, oracle, requests)
	counts := map[string]int{}
	classes := map[string][]object{}
	for i, r := range requests {
		ours := Line(encode(r), Options{})
		counts[ours.Verdict+" "+theirs[i]]++
		if class := compare(r, &ours, theirs[i]); class != "" {
			classes[class] = append(classes[class], r)
		}
	}
	for _, c := range slices.Sorted(maps.Keys(counts)) {
		t.Logf("%6d %s", counts[c], c)
	}
	for _, class := range slices.Sorted(maps.Keys(classes)) {
		list := classes[class]
		small := shrink(t, oracle, list[0], class)
		report := t.Errorf
		if strings.HasPrefix(class, "explained") {
			report = t.Logf
		}
		report("%d requests: %s, such as\n%s", len(list), class, encode(small))
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

// compare names the class of a difference, "" if there is none.
func compare(r object, ours *Answer, theirs string) string {
	if ours.Error == "" && ours.Verdict != "ALLOW_IF" && ours.Decision == theirs {
		return ""
	}
	if rule := explained(r, ours, theirs); rule != "" {
		return "explained by " + rule + ": ours " + ours.Verdict + ", theirs " + theirs
	}
	why := ours.Error
	if len(ours.Causes) > 0 {
		why = ours.Causes[0].Layer + " " + ours.Causes[0].Rule
	}
	return "ours " + ours.Decision + " " + ours.Verdict + " (" + why + "), theirs " + theirs
}

// explained names the rule by which we decide otherwise on purpose. It looks at
// no more than the request and our answer.
func explained(r object, ours *Answer, theirs string) string {
	text := string(encode(r))
	denied := len(ours.Causes) > 0 && ours.Causes[0].Explicit
	service := strings.HasSuffix(r["principal"].(string), ".amazonaws.com")
	var open []string
	for _, q := range ours.Requires {
		open = append(open, q.Code)
	}
	switch {
	case len(open) > 0 && !slices.ContainsFunc(open, func(c string) bool { return !strings.HasPrefix(c, "U-") }):
		return strings.Join(slices.Compact(open), " ") // AWS's documentation leaves it open
	case ours.Decision == Allowed && r["sessionPolicy"] != nil && theirs == ImplicitlyDenied:
		return "EVAL-14 and EVAL-15" // named sessions and everyone are not limited by session policies
	case strings.Contains(text, ":federated-user/") && r["sessionPolicy"] == nil && ours.Decision == ImplicitlyDenied:
		return "EVAL-17"
	case strings.Contains(text, `"NotPrincipal"`) && (denied || theirs == ExplicitlyDenied):
		return "PRINC-20 and PRINC-22" // also: "everyone but everyone" is nobody
	case service && ours.Decision == ImplicitlyDenied && theirs == ExplicitlyDenied && strings.Contains(text, `{"AWS":"*"}`):
		return "PRINC-19"
	case strings.Contains(text, "${aws:username}") && strings.Contains(text, `"NotResource"`) && denied:
		return "ARNM-12"
	case strings.Contains(text, "${*}"):
		return "VAR-02"
	}
	return ""
}

// ask runs the peer over all requests.
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
func shrink(t *testing.T, oracle string, r object, class string) object {
	for range 40 {
		candidates := smaller(r)
		if len(candidates) == 0 {
			return r
		}
		theirs := ask(t, oracle, candidates)
		found := false
		for i, c := range candidates {
			ours := Line(encode(c), Options{})
			if compare(c, &ours, theirs[i]) == class {
				r, found = c, true
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
var needed = []string{"id", "principal", "action", "resource", "resourceAccount", "Version", "Effect", "Statement",
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
// decided, and both outcomes are common.
func TestGenerator(t *testing.T) {
	g := newGenerator(1)
	counts := map[string]int{}
	for i := range 2000 {
		r := g.request(i)
		a := Line(encode(r), Options{})
		if a.Error != "" || len(a.Diagnostics) > 0 {
			t.Fatalf("%s: error %q, diagnostics %q", encode(r), a.Error, a.Diagnostics)
		}
		counts[a.Decision]++
	}
	for _, d := range []string{Allowed, ImplicitlyDenied, ExplicitlyDenied} {
		if counts[d] < 100 {
			t.Errorf("%s only %d times: %v", d, counts[d], fmt.Sprint(counts))
		}
	}
}
