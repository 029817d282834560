package escalate

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
)

// An Entry is one way to escalate.
type Entry struct {
	ID     string   // of this catalogue
	Rule   string   // "ESC-13"
	Public []string // ids in the catalogue of pathfinding.cloud
	Title  string   // what is done, in plain words
	// Target says what the entry works on; see targets.
	Target string
	// Services are the principals of which the role has to trust one.
	Services []string
	// PassedTo are the values that iam:PassedToService may have, if they are not
	// the service that the role trusts (CKEY-40).
	PassedTo []string
	// Carriers is the kind of compute that has to have the role (SVC-09).
	Carriers []string
	// Types are the types of resource that the entry is about.
	Types []string
	// Admin is the service whose administration of the organization the entry
	// works from, if it does (ESC-30).
	Admin string
	// Given are condition keys that the entry settles.
	Given map[string]string
	// Needs have to be met, all of them.
	Needs []Need
	// Gain says what the actor holds afterwards; see gains.
	Gain string
	// Grants are the actions that a rewritten resource policy allows.
	Grants []string
}

// A Need is met by one of its alternatives.
type Need []Alternative

// An Alternative is met if all of its terms are.
type Alternative []Term

// A Term is a request, or a fact about the target.
type Term struct {
	Action string // "iam:PassRole"
	// On is what the request works on: "target", "via" (the role that is passed, if
	// it is another), "policy", "group", "carrier", "provider", "resource", "inside"
	// (what the question asks about), "*"; "new" is something of the types that the
	// action needs, of any name, the same for all requests of the entry; "new:TYPE"
	// names the type.
	On   string
	Fact string
}

//go:embed catalogue.json
var catalogueJSON []byte

var catalogue = sync.OnceValues(func() ([]Entry, error) { return parseCatalogue(catalogueJSON) })

// Catalogue lists all entries in order. The slice is shared: do not change it.
func Catalogue() []Entry {
	entries, err := catalogue()
	if err != nil {
		return nil // a test holds the embedded data to be good
	}
	return entries
}

// parseCatalogue reads entries. A need is written "A | B + C": alternatives of
// terms; a term is "action", "action@on" or "fact:name".
func parseCatalogue(data []byte) ([]Entry, error) {
	var raw []struct {
		ID, Rule, Title, Target, Gain, Admin                       string
		Public, Services, PassedTo, Carriers, Types, Needs, Grants []string
		Given                                                      map[string]string
	}
	if err := json.Unmarshal(data, &raw); err != nil {
		return nil, fmt.Errorf("escalation catalogue: %w", err)
	}
	var out []Entry
	for _, r := range raw {
		e := Entry{ID: r.ID, Rule: r.Rule, Public: r.Public, Title: r.Title, Target: r.Target, Services: r.Services,
			PassedTo: r.PassedTo, Carriers: r.Carriers, Types: r.Types, Given: r.Given, Gain: r.Gain, Admin: r.Admin, Grants: r.Grants}
		for _, text := range r.Needs {
			n, err := parseNeed(text)
			if err != nil {
				return nil, fmt.Errorf("escalation catalogue: entry %q: %w", r.ID, err)
			}
			e.Needs = append(e.Needs, n)
		}
		out = append(out, e)
	}
	return out, nil
}

func parseNeed(text string) (Need, error) {
	var n Need
	for _, alternative := range strings.Split(text, " | ") {
		var a Alternative
		for _, term := range strings.Split(alternative, " + ") {
			t, err := parseTerm(term)
			if err != nil {
				return nil, err
			}
			a = append(a, t)
		}
		n = append(n, a)
	}
	return n, nil
}

func parseTerm(text string) (Term, error) {
	if fact, ok := strings.CutPrefix(text, "fact:"); ok {
		return Term{Fact: fact}, nil
	}
	action, on, ok := strings.Cut(text, "@")
	if !ok {
		on = "new"
	}
	if service, name, ok := strings.Cut(action, ":"); !ok || service == "" || name == "" || on == "" {
		return Term{}, fmt.Errorf("%q is neither a request nor a fact", text)
	}
	return Term{Action: action, On: on}, nil
}

// terms lists all terms of an entry, alternatives included.
func (e *Entry) terms() []Term {
	var out []Term
	for _, n := range e.Needs {
		for _, a := range n {
			out = append(out, a...)
		}
	}
	return out
}

// usesFact reports whether some term is about a fact.
func (e *Entry) usesFact(name string) bool {
	return slices.ContainsFunc(e.terms(), func(t Term) bool { return t.Fact == name })
}
