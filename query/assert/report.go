package assert

import (
	"time"

	"accesspath/query"
)

// Schema is the version of Report's JSON form. Fields are added within a
// version, never renamed or given another meaning.
const Schema = "accesspath.check-report/1"

// A Report says how a snapshot stands up to a file. It is closed, as a
// query.Result is, and every order is final.
type Report struct {
	Schema      string                 `json:"schema"`
	File        string                 `json:"file"`
	AsOf        time.Time              `json:"asOf"`             // UTC
	Assumes     []string               `json:"assumes,omitzero"` // of requests; see query.Assumes
	Coverage    query.CoverageSummary  `json:"coverage"`
	Passed      int                    `json:"passed"`
	Failed      int                    `json:"failed"`
	Undecided   int                    `json:"undecided"`
	Checks      []Outcome              `json:"checks"` // in the order of the file
	Diagnostics []query.DiagnosticJSON `json:"diagnostics"`
}

// Statuses of checks.
const (
	Passed    = "passed"
	Failed    = "failed"
	Undecided = "undecided"
)

// An Outcome is what became of one check.
type Outcome struct {
	Name       string      `json:"name"`
	Why        string      `json:"why,omitempty"`
	Line       int         `json:"line,omitempty"`
	Column     int         `json:"column,omitempty"`
	Status     string      `json:"status"`
	Question   string      `json:"question"` // in words
	Violations []Violation `json:"violations"`
	More       int         `json:"more,omitempty"` // violations that are not listed
	Statements []Statement `json:"statements"`     // that let violations happen; those of most violations first
	Undecided  []string    `json:"undecided"`      // what could not be decided, and why
	Notes      []string    `json:"notes"`          // what the outcome rests on
}

// A Violation is a counter-example to one condition.
type Violation struct {
	Condition string        `json:"condition"` // key of the file, such as "only"
	Principal string        `json:"principal"`
	Kind      string        `json:"kind,omitempty"`
	Account   string        `json:"account,omitempty"`
	Text      string        `json:"text"`
	Path      *query.Path   `json:"path,omitempty"` // missing where access is what is missing
	Causes    []query.Cause `json:"causes,omitempty"`
}

// A Statement is one that a change would have to touch.
type Statement struct {
	query.Evidence
	Violations int `json:"violations"` // listed ones that rest on it
}

// OK reports whether every check passed.
func (r *Report) OK() bool { return r.Failed == 0 && r.Undecided == 0 }

func (o *Outcome) seal() {
	if o.Violations == nil {
		o.Violations = []Violation{}
	}
	if o.Statements == nil {
		o.Statements = []Statement{}
	}
	if o.Undecided == nil {
		o.Undecided = []string{}
	}
	if o.Notes == nil {
		o.Notes = []string{}
	}
}
