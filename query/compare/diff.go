package compare

import (
	"time"

	"accesspath/query"
)

// Schema is the version of Diff's JSON form. Fields are added within a version,
// never renamed or given another meaning.
const Schema = "accesspath.diff/1"

// A Diff is what differs. It is closed, as a query.Result is, and every order
// is final.
type Diff struct {
	Schema     string          `json:"schema"`
	Old        Side            `json:"old"`
	New        Side            `json:"new"`
	Question   *query.Question `json:"question,omitempty"` // if one was asked
	Accounts   Set[Account]    `json:"accounts"`
	Principals Set[Principal]  `json:"principals"`
	Trusts     Set[Trust]      `json:"trusts"`
	Policies   Set[Policy]     `json:"policies"`
	Paths      Set[Path]       `json:"paths"`
	Access     Set[Row]        `json:"access"` // who-can rows; empty without a question
	Findings   Set[Finding]    `json:"findings"`
	Notes      []query.Note    `json:"notes"`
	Limits     query.Limits    `json:"limits"`
}

// A Side is one of the snapshots.
type Side struct {
	Name     string                `json:"name"`             // as the user named it
	AsOf     time.Time             `json:"asOf"`             // UTC
	Assumes  []string              `json:"assumes,omitzero"` // of requests; see query.Assumes
	Coverage query.CoverageSummary `json:"coverage"`
}

// A Set holds the differences of one sort, each list in the order of its keys.
type Set[T any] struct {
	Added   []T       `json:"added"`
	Removed []T       `json:"removed"`
	Changed []Pair[T] `json:"changed"`
}

// A Pair is one thing as both snapshots have it.
type Pair[T any] struct {
	Old     T        `json:"old"`
	New     T        `json:"new"`
	Details []Detail `json:"details"` // sorted by what
}

// A Detail is one property that changed. "" stands for none.
type Detail struct {
	What string `json:"what"`
	Old  string `json:"old"`
	New  string `json:"new"`
}

// Len counts the differences.
func (s *Set[T]) Len() int { return len(s.Added) + len(s.Removed) + len(s.Changed) }

// An Account is one account, loaded or not.
type Account struct {
	ID   string `json:"id"`
	Name string `json:"name,omitempty"`
}

// A Principal is a node of the graph: groups, too.
type Principal struct {
	ID       string `json:"id"`
	Kind     string `json:"kind"`
	Account  string `json:"account,omitempty"`
	Position string `json:"position,omitempty"`
}

// A Trust is an edge: who gets whose permissions, and what that takes.
type Trust = query.GraphEdge

// A Policy is a document in its place.
type Policy struct {
	Name     string `json:"name"`
	Layer    string `json:"layer"`           // "managed", "inline", "trust", "resource", "scp", "rcp"
	Owner    string `json:"owner,omitempty"` // ARN of what it belongs to; "" of policies with an ARN of their own
	ARN      string `json:"arn,omitempty"`
	Position string `json:"position,omitempty"`
}

// A Path is a way to a principal or, if a question was asked, to its answer.
type Path struct {
	Origin string     `json:"origin"`
	Target string     `json:"target"` // principal, or action and resource
	Path   query.Path `json:"path"`
}

// A Row is one answer to the question.
type Row struct {
	Principal string      `json:"principal"`
	Kind      string      `json:"kind"`
	Account   string      `json:"account,omitempty"`
	Verdict   string      `json:"verdict"`
	Hops      int         `json:"hops"`
	Path      *query.Path `json:"path,omitempty"` // the best one
}

// A Finding is one of a review, with what tells it apart (FIND-90).
type Finding struct {
	Fingerprint string `json:"fingerprint"`
	Rule        string `json:"rule"`
	Severity    string `json:"severity"`
	Subject     string `json:"subject"`
	About       string `json:"about,omitempty"`
	Account     string `json:"account,omitempty"`
	Title       string `json:"title"`
	Text        string `json:"text"`
	Position    string `json:"position,omitempty"`
}

// Empty reports whether nothing differs.
func (d *Diff) Empty() bool {
	n := 0
	for _, c := range d.Counts() {
		n += c.Added + c.Removed + c.Changed
	}
	return n == 0
}

// A Count is the number of differences of one sort.
type Count struct {
	Sort                    string // plural, such as "principals"
	Added, Removed, Changed int
}

// Counts lists every sort, in the order of answers.
func (d *Diff) Counts() []Count {
	return []Count{
		count("accounts", &d.Accounts), count("principals", &d.Principals), count("trusts", &d.Trusts), count("policies", &d.Policies),
		count("paths", &d.Paths), count("access", &d.Access), count("findings", &d.Findings),
	}
}

func count[T any](name string, s *Set[T]) Count {
	return Count{name, len(s.Added), len(s.Removed), len(s.Changed)}
}

func (d *Diff) seal() {
	seal(&d.Accounts)
	seal(&d.Principals)
	seal(&d.Trusts)
	seal(&d.Policies)
	seal(&d.Paths)
	seal(&d.Access)
	seal(&d.Findings)
	notNil(&d.Notes)
	notNil(&d.Limits.Reasons)
}

// seal replaces nil lists by empty ones: JSON has no null lists.
func seal[T any](s *Set[T]) {
	notNil(&s.Added)
	notNil(&s.Removed)
	notNil(&s.Changed)
	for i := range s.Changed {
		notNil(&s.Changed[i].Details)
	}
}

func notNil[T any](list *[]T) {
	if *list == nil {
		*list = []T{}
	}
}
