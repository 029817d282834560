package review

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"time"

	"accesspath/query"
)

// Schema is the version of Report's JSON form. Fields are added within a
// version, never renamed or given another meaning.
const Schema = "accesspath.review/1"

// A Report is the outcome of one review. It is closed, as a query.Result is:
// names and positions, nothing that points into a graph. Every order is final;
// slices are never nil.
type Report struct {
	Schema       string                 `json:"schema"`
	AsOf         time.Time              `json:"asOf"`             // UTC
	Assumes      []string               `json:"assumes,omitzero"` // of requests; see query.Assumes
	Coverage     query.CoverageSummary  `json:"coverage"`
	Accounts     []Inventory            `json:"accounts"`           // sorted by id
	Findings     []Finding              `json:"findings"`           // by severity, rule, subject, about
	Accepted     []Accepted             `json:"accepted,omitempty"` // findings that somebody accepted (FIND-90); not among Findings
	NotEvaluated []NotEvaluated         `json:"notEvaluated"`
	Admins       []Admin                `json:"admins"`    // by level, by hops, by name
	Undecided    []Undecided            `json:"undecided"` // who would be among Admins if something held that was not read; by hops, by name
	Trusts       []Trust                `json:"trusts"`    // across accounts and public; public first
	Diagnostics  []query.DiagnosticJSON `json:"diagnostics"`
	Limits       query.Limits           `json:"limits"`
}

// Inventory counts what an account holds.
type Inventory struct {
	Account       string        `json:"account"`
	Name          string        `json:"name,omitempty"`
	Complete      bool          `json:"complete"` // false: pages are missing, the counts are lower bounds
	Users         int           `json:"users"`
	Groups        int           `json:"groups"`
	Roles         int           `json:"roles"`
	ServiceLinked int           `json:"serviceLinkedRoles"` // of Roles
	SSO           int           `json:"ssoRoles"`           // of Roles
	Policies      int           `json:"policies"`           // customer managed
	Trusts        TrustCounts   `json:"trusts"`
	Findings      FindingCounts `json:"findings"`
}

// TrustCounts counts pairs of a role and an account that it trusts. A third
// party counts as cross-account too.
type TrustCounts struct {
	CrossAccount int `json:"crossAccount"`
	Public       int `json:"public"` // roles whose trust names everyone
	ThirdParty   int `json:"thirdParty"`
}

// FindingCounts counts primary findings.
type FindingCounts struct {
	Critical int `json:"critical"`
	High     int `json:"high"`
	Medium   int `json:"medium"`
	Low      int `json:"low"`
	Info     int `json:"info"`
}

// Of returns the count of one severity.
func (c FindingCounts) Of(s Severity) int {
	switch s {
	case Critical:
		return c.Critical
	case High:
		return c.High
	case Medium:
		return c.Medium
	case Low:
		return c.Low
	}
	return c.Info
}

// Total is the sum.
func (c FindingCounts) Total() int { return c.Critical + c.High + c.Medium + c.Low + c.Info }

func (c *FindingCounts) add(s Severity) {
	switch s {
	case Critical:
		c.Critical++
	case High:
		c.High++
	case Medium:
		c.Medium++
	case Low:
		c.Low++
	default:
		c.Info++
	}
}

// Confidence in a finding.
const (
	Certain  = "high"
	Probable = "medium"
	Unsure   = "low"
)

// A Finding is one weakness of one subject.
type Finding struct {
	Rule        string           `json:"rule"`
	Severity    Severity         `json:"severity"`
	Subject     string           `json:"subject"`         // ARN, or account id
	About       string           `json:"about,omitempty"` // second part of the subject, such as the account trusted
	Account     string           `json:"account"`
	Title       string           `json:"title"`
	Text        string           `json:"text"`
	Evidence    []query.Evidence `json:"evidence"`
	Paths       []query.Path     `json:"paths"`
	Remediation string           `json:"remediation"`
	Confidence  string           `json:"confidence"` // "high", "medium", "low"
	Fingerprint string           `json:"fingerprint"`
	SameCause   string           `json:"sameCause,omitempty"` // fingerprint of the primary finding (FIND-91)
	Notes       []string         `json:"notes"`               // why the severity is not the rule's

	blocked string // the guardrail that fully blocks it
	rights  string // principal whose rights weigh; "" is the subject
	cause   string // what findings of one cause share, besides the subject (FIND-91)
}

// NotEvaluated is a rule that was not run for want of input (FIND-00).
type NotEvaluated struct {
	Rule     string   `json:"rule"`
	Title    string   `json:"title"`
	Missing  string   `json:"missing"`  // in words
	Accounts []string `json:"accounts"` // those that lack it; empty if it concerns all
}

// Levels of administrators (ESC-02).
const (
	AdminDirect     = query.AdminDirect
	AdminChain      = query.AdminChain
	AdminEscalation = query.AdminEscalation
)

// An Admin is a principal that may do anything in some account.
type Admin struct {
	Principal  string     `json:"principal"`
	Kind       string     `json:"kind"`
	Account    string     `json:"account"`
	Level      string     `json:"level"`
	Hops       int        `json:"hops"`
	Target     string     `json:"target"`  // the principal whose policies allow everything, perhaps once they are changed
	Verdict    string     `json:"verdict"` // ALLOW, or ALLOW_IF with the conditions in Path
	Confidence string     `json:"confidence"`
	Path       query.Path `json:"path"`
}

// Undecided is a principal that makes itself an administrator if something holds
// that was not read (FIND-00): there is a way, and it may lead nowhere.
type Undecided struct {
	Admin
	Missing string `json:"missing"` // in words
}

// A Trust is one role that trusts another account, or everyone.
type Trust struct {
	Role      string           `json:"role"`
	Account   string           `json:"account"` // of the role
	Principal string           `json:"principal"`
	Trusted   string           `json:"trusted"`  // account id; "" for everyone
	Relation  string           `json:"relation"` // see Relations
	Verdict   string           `json:"verdict"`  // whether somebody from there gets in
	Evidence  []query.Evidence `json:"evidence"`
}

// Relations of a trusted account to the role's.
const (
	Everyone     = "public"
	Outside      = "outside-organization"
	Unknown      = "unknown-account"
	ThirdParty   = "third-party"
	Organization = "organization"
	Own          = "own"
	Same         = "same-account"
)

// fingerprint is stable under everything but rule and subject (FIND-90).
func fingerprint(rule, subject, about string) string {
	text := rule + "\x00" + subject
	if about != "" {
		text += "\x00" + about
	}
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:16])
}

func compareFindings(a, b Finding) int {
	return cmp.Or(
		cmp.Compare(a.Severity.rank(), b.Severity.rank()),
		cmp.Compare(a.Rule, b.Rule),
		cmp.Compare(a.Subject, b.Subject),
		cmp.Compare(a.About, b.About),
		cmp.Compare(a.Text, b.Text),
	)
}

// seal replaces nil lists by empty ones, all the way down.
func (r *Report) seal() {
	sealList(&r.Accounts)
	sealList(&r.Findings)
	sealList(&r.NotEvaluated)
	sealList(&r.Admins)
	sealList(&r.Undecided)
	sealList(&r.Trusts)
	sealList(&r.Diagnostics)
	sealList(&r.Limits.Reasons)
	sealList(&r.Coverage.Incomplete)
	sealList(&r.Coverage.Unknown)
	for i := range r.Findings {
		r.Findings[i].seal()
	}
	for i := range r.Accepted {
		r.Accepted[i].Finding.seal()
	}
	for i := range r.NotEvaluated {
		sealList(&r.NotEvaluated[i].Accounts)
	}
	for i := range r.Admins {
		sealPath(&r.Admins[i].Path)
	}
	for i := range r.Undecided {
		sealPath(&r.Undecided[i].Path)
	}
	for i := range r.Trusts {
		sealList(&r.Trusts[i].Evidence)
	}
}

func (f *Finding) seal() {
	sealList(&f.Evidence)
	sealList(&f.Paths)
	sealList(&f.Notes)
	for k := range f.Paths {
		sealPath(&f.Paths[k])
	}
}

func sealPath(p *query.Path) {
	sealList(&p.Principals)
	sealList(&p.Steps)
	sealList(&p.Requires)
	sealList(&p.Because)
	sealList(&p.Codes)
	sealList(&p.Modes)
	for i := range p.Steps {
		sealList(&p.Steps[i].Requires)
		sealList(&p.Steps[i].Because)
	}
}

func sealList[T any](list *[]T) {
	if *list == nil {
		*list = []T{}
	}
	*list = slices.Clip(*list)
}
