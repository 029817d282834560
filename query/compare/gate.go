package compare

import (
	"fmt"
	"slices"
	"strings"

	"accesspath/policy/catalog"
)

// A Gate is what a difference may not hold: a list of words such as "new-path"
// or "new-finding:high".
type Gate []condition

type condition struct {
	text     string
	verb     string // "new", "removed", "changed"
	noun     string // singular
	severity string // of findings: this or worse; "" any
}

// severities, worst first.
var severities = [...]string{"critical", "high", "medium", "low", "info"}

// nouns are what a gate can name, in the order of Diff.Counts.
var nouns = [...]string{"account", "principal", "trust", "policy", "path", "access", "finding"}

// GateWords lists what a gate may be made of.
func GateWords() []string {
	var out []string
	for _, n := range nouns {
		for _, v := range []string{"new", "removed", "changed"} {
			out = append(out, v+"-"+n)
		}
	}
	return append(out, "any")
}

// ParseGate reads words joined by commas; "" is a gate that nothing trips.
// Behind "-finding" a severity may stand: "new-finding:high".
func ParseGate(text string) (Gate, error) {
	var g Gate
	for _, word := range strings.Split(text, ",") {
		word = strings.TrimSpace(word)
		if word == "" {
			continue
		}
		base, severity, has := strings.Cut(word, ":")
		if !slices.Contains(GateWords(), base) {
			return nil, fmt.Errorf("unknown condition %q%s", word, suggest(base))
		}
		verb, noun, _ := strings.Cut(base, "-")
		if has && noun != "finding" {
			return nil, fmt.Errorf("%q: only findings have a severity", word)
		}
		if has && !slices.Contains(severities[:], severity) {
			return nil, fmt.Errorf("%q: unknown severity %q; use one of %s", word, severity, strings.Join(severities[:], ", "))
		}
		g = append(g, condition{word, verb, noun, severity})
	}
	return g, nil
}

func suggest(word string) string {
	best, least := "", 4
	for _, w := range GateWords() {
		if d := catalog.Distance(word, w, 3); d < least {
			best, least = w, d
		}
	}
	if best == "" {
		return "; use " + strings.Join(GateWords(), ", ")
	}
	return fmt.Sprintf("; did you mean %q?", best)
}

// Trips lists the conditions that a difference meets, each with the number of
// times, such as "new-path: 2".
func (d *Diff) Trips(g Gate) []string {
	counts := d.Counts()
	var out []string
	for _, c := range g {
		n := 0
		for i, noun := range nouns {
			switch {
			case c.verb == "any":
				n += counts[i].Added + counts[i].Removed + counts[i].Changed
			case c.noun == noun:
				n += counts[i].of(c.verb)
			}
		}
		if c.severity != "" {
			n = d.severe(c)
		}
		if n > 0 {
			out = append(out, fmt.Sprintf("%s: %d", c.text, n))
		}
	}
	return out
}

func (c Count) of(verb string) int {
	switch verb {
	case "new":
		return c.Added
	case "removed":
		return c.Removed
	}
	return c.Changed
}

// severe counts findings of a severity or worse. One that became as severe as
// that counts as new.
func (d *Diff) severe(c condition) int {
	limit := slices.Index(severities[:], c.severity)
	bad := func(f *Finding) bool {
		i := slices.Index(severities[:], f.Severity)
		return i >= 0 && i <= limit
	}
	n := 0
	list := d.Findings.Added
	if c.verb == "removed" {
		list = d.Findings.Removed
	}
	for i := range list {
		if c.verb != "changed" && bad(&list[i]) {
			n++
		}
	}
	for i := range d.Findings.Changed {
		p := &d.Findings.Changed[i]
		if c.verb == "changed" && (bad(&p.Old) || bad(&p.New)) || c.verb == "new" && bad(&p.New) && !bad(&p.Old) {
			n++
		}
	}
	return n
}
