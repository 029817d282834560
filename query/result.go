package query

import (
	"strings"
	"time"
)

// Schema is the version of Result's JSON form. Fields are added within a
// version, never renamed or given another meaning.
const Schema = "accesspath.result/1"

// A Result answers one Question. It is closed: ARNs, rule ids and positions,
// nothing that points into a graph. Every order is final (CHAIN-46, QRY-22);
// renderers do not sort. Slices are never nil, so that JSON has no null lists.
type Result struct {
	Schema      string           `json:"schema"`
	Question    Question         `json:"question"`
	AsOf        time.Time        `json:"asOf"`             // UTC
	Assumes     []string         `json:"assumes,omitzero"` // of requests, beyond what was said of them (SYM-11); see Assumes
	Coverage    CoverageSummary  `json:"coverage"`
	Answers     []Answer         `json:"answers"`
	Escalation  *EscalationBlock `json:"escalation,omitempty"` // only if asked for (QRY-07)
	Missing     []Missing        `json:"wouldDecide,omitzero"` // inputs that would settle what is open (QRY-23)
	Horizon     []Change         `json:"horizon,omitempty"`    // what changes later (SYM-31); only if asked for
	Limits      Limits           `json:"limits"`
	Notes       []Note           `json:"notes"`
	Diagnostics []DiagnosticJSON `json:"diagnostics"`
}

// Question is what was asked, after names were resolved.
type Question struct {
	Kind      string            `json:"kind"` // "who-can", "can", "paths", "what-can"
	Principal string            `json:"principal,omitempty"`
	Action    string            `json:"action,omitempty"`
	Resource  string            `json:"resource,omitempty"`
	Target    string            `json:"target,omitempty"` // of paths
	View      string            `json:"view,omitempty"`   // "origins", "holders", "all"
	Quantify  string            `json:"quantifier,omitempty"`
	Context   map[string]string `json:"context,omitempty"` // overrides (SYM-11); "absent" means known absent

	AccessLevel  string            `json:"accessLevel,omitempty"`  // the actions of this level only (QRY-10)
	AllActions   bool              `json:"allActions,omitempty"`   // every action that matches, in one session (QRY-16)
	Existing     bool              `json:"existing,omitempty"`     // resources of the snapshot only (QRY-14)
	ResourceTags map[string]string `json:"resourceTags,omitempty"` // of the resource (QRY-10)
	ExternalIDs  []string          `json:"externalIds,omitempty"`  // that the actor knows (SYM-14)
	Strict       bool              `json:"strict,omitempty"`       // what callers choose counts as a condition (SYM-12)
	OneNetwork   bool              `json:"oneNetwork,omitempty"`   // the actor has one address (CHAIN-32)
}

// CoverageSummary says what the answer rests on (QRY-23).
type CoverageSummary struct {
	Accounts           int              `json:"accounts"`
	Users              int              `json:"users"`
	Groups             int              `json:"groups"`
	Roles              int              `json:"roles"`
	Resources          int              `json:"resources"`
	Organization       string           `json:"organization"` // id, or "unknown"
	Guardrails         string           `json:"guardrails"`   // "read", "partial", "unread"
	UnresolvedPolicies int              `json:"unresolvedPolicies"`
	BundledPolicies    int              `json:"bundledPolicies"` // AWS managed policies taken from accesspath's own copy
	Incomplete         []string         `json:"incompleteAccounts"`
	Unknown            []UnknownSection `json:"unknown"`
}

// UnknownSection is a kind of input that no account, or not every account, has.
type UnknownSection struct {
	Section  string `json:"section"`
	Accounts int    `json:"accounts"` // how many lack it
}

// Limits says what was cut. The zero Limits means that nothing was.
type Limits struct {
	Truncated bool     `json:"truncated"`
	Reasons   []string `json:"reasons"` // sentences, one a cut
	MaxHops   int      `json:"maxHops,omitempty"`
	MaxPaths  int      `json:"maxPaths,omitempty"`
}

// Verdicts (CONV-01).
const (
	VerdictAllow   = "ALLOW"
	VerdictAllowIf = "ALLOW_IF"
	VerdictDeny    = "DENY"
)

// An Answer is one row: an origin, and how it gets there.
type Answer struct {
	Principal  string    `json:"principal"` // ARN, "*", "account:ID", a federated or service identifier
	Kind       string    `json:"kind"`      // PRINC-24
	Account    string    `json:"account"`
	Verdict    string    `json:"verdict"`
	Direct     bool      `json:"direct"` // zero hops
	Hops       int       `json:"hops"`   // of the first path
	Confidence string    `json:"confidence"`
	Codes      []string  `json:"codes"`
	Paths      []Path    `json:"paths"` // best first; empty for DENY
	MorePaths  int       `json:"morePaths,omitempty"`
	Causes     []Cause   `json:"causes,omitempty"` // of DENY
	BrokenAt   int       `json:"brokenAt,omitempty"`
	NearPath   []string  `json:"nearPath,omitempty"`  // the path that nearly was
	Sessions   []Session `json:"sessions,omitempty"`  // of what-can
	Marks      []string  `json:"marks,omitempty"`     // "no-known-origin", "inactive-account", …
	Layers     []Layer   `json:"layers,omitempty"`    // of can: what each layer said
	Reachable  string    `json:"reachable,omitempty"` // the verdict with what else is required, where something is (QRY-19)
	WhyNot     []Remedy  `json:"whyNot,omitempty"`    // of a denial that is explained: smallest sets of changes that would allow it
	Level      string    `json:"level,omitempty"`     // of admins: "admin-direct", "admin-chain", "admin-escalation"
}

// A Path is a witness that Check verifies from the snapshot alone.
type Path struct {
	Verdict    string        `json:"verdict"`
	Principals []string      `json:"principals"` // from the origin to the one that does the action
	Steps      []Step        `json:"steps"`      // empty for direct reach
	Requires   []Requirement `json:"requires"`   // of the action itself: alternatives are one anyOf
	Because    []Evidence    `json:"because"`
	Codes      []string      `json:"codes"`
	Modes      []string      `json:"modes"` // "api", "console" (STS-14)
	Status     string        `json:"status"`
	Confidence string        `json:"confidence"`
	Population string        `json:"population,omitempty"` // whom the sign-in that begins the path admits (FED-21)
	Witness    string        `json:"witness,omitempty"`    // resource, where the question is a pattern (QRY-12)
	Action     string        `json:"action,omitempty"`     // where the question's action is a pattern
	// DurationCap is how long a session at the end lasts at most, in seconds, however
	// often it is renewed (STS-15); 0 where there is no limit or it is not known.
	DurationCap  int    `json:"durationCap,omitempty"`
	AlsoRequired []Also `json:"alsoRequired,omitempty"`
	Reachable    string `json:"reachable,omitempty"` // the verdict with AlsoRequired, if there is any
}

// A Step is one hop. Its requirements are judged in the request of that hop, so
// that two steps may ask for different sts:ExternalId values (CHAIN-37).
type Step struct {
	From     string        `json:"from"`
	To       string        `json:"to"`
	Kind     string        `json:"kind"` // "can-assume", "federates", "service-carries", …, "escalate"
	Verdict  string        `json:"verdict"`
	Requires []Requirement `json:"requires"`
	Because  []Evidence    `json:"because"`
	// Escalation is what is done in a step of kind "escalate".
	Escalation *EscalationStep `json:"escalation,omitempty"`
}

// A Requirement is one open condition, or a nested formula. Exactly one of Key,
// AnyOf and AllOf is set. Of AnyOf the first eight are there, and Text says how many
// others there are (SYM-10).
type Requirement struct {
	Hop      int           `json:"hop,omitempty"` // from 1; the action is the last
	Key      string        `json:"key,omitempty"`
	Operator string        `json:"operator,omitempty"`
	Values   []string      `json:"values,omitempty"`
	Class    string        `json:"class,omitempty"` // REQUEST, SESSION, KNOWLEDGE, NETWORK, TIME, MFA, IDP, SERVICE, RESOURCE, PRINCIPAL, DATA, U
	Code     string        `json:"code,omitempty"`  // uncertainty or data code
	Text     string        `json:"text,omitempty"`  // in plain words
	AnyOf    []Requirement `json:"anyOf,omitempty"`
	AllOf    []Requirement `json:"allOf,omitempty"`
}

// Evidence is a statement that decided (CONV-05).
type Evidence struct {
	Policy    string `json:"policy"`    // name or ARN
	Layer     string `json:"layer"`     // identity, boundary, session, resource (trust policies, too), scp@…, rcp@…
	Statement int    `json:"statement"` // from 0
	Sid       string `json:"sid,omitempty"`
	Effect    string `json:"effect"`
	Owner     string `json:"owner,omitempty"` // ARN of what the policy is attached to
	Via       string `json:"via,omitempty"`   // group ARN
	Position  string `json:"position,omitempty"`
	Match     string `json:"match,omitempty"` // kind of principal match in resource policies
	Rule      string `json:"rule,omitempty"`
}

// Grants reports whether the statement gives access, where others only let it
// pass: guardrails and boundaries. What a stranger allows itself in its own account is
// written nowhere, and nobody else's to change.
func (e Evidence) Grants() bool {
	return (e.Owner != "" || e.Position != "") && e.Effect != "Deny" && e.Layer != "boundary" && !strings.HasPrefix(e.Layer, "scp@") && !strings.HasPrefix(e.Layer, "rcp@")
}

// A Cause says why not (CONV-02).
type Cause struct {
	Layer     string    `json:"layer"` // with level: "scp@ou-…"
	Explicit  bool      `json:"explicit"`
	Statement *Evidence `json:"statement,omitempty"` // of explicit causes
	Hop       int       `json:"hop,omitempty"`       // of nearPath; 0: of the principal by itself, where there is a longer nearPath
	Text      string    `json:"text,omitempty"`
	Rule      string    `json:"rule,omitempty"`
}

// A Layer is what one policy layer contributed to a can answer.
type Layer struct {
	Name      string     `json:"name"`
	Result    string     `json:"result"` // "allow", "allow-if", "no-allow", "deny", "deny-if", "not-applicable", "unknown"
	Evidence  []Evidence `json:"evidence"`
	Principal string     `json:"principal,omitempty"`
	Hop       int        `json:"hop,omitempty"`    // of the request on the path, from 1; 0: by the principal itself
	Action    string     `json:"action,omitempty"` // of that request
	Resource  string     `json:"resource,omitempty"`
	Text      string     `json:"text,omitempty"` // why a layer does not apply
}

// A Session is one set of permissions that a principal can use (CHAIN-03).
type Session struct {
	Principal   string       `json:"principal"` // whose session it is
	Path        Path         `json:"path"`
	Permissions []Permission `json:"permissions"`
	// Unread names the policies that count in the session and are in no input,
	// so that what they allow or deny is not among the permissions.
	Unread []string `json:"unread,omitempty"`
}

// A Permission is one statement that counts in a session.
type Permission struct {
	Effect      string        `json:"effect"`
	Actions     []string      `json:"actions,omitempty"`
	NotActions  []string      `json:"notActions,omitempty"`
	Resources   []string      `json:"resources,omitempty"`
	NotResource []string      `json:"notResources,omitempty"`
	Requires    []Requirement `json:"requires,omitempty"`
	Evidence    Evidence      `json:"because"`
}

// A Note is a remark that concerns the whole answer.
type Note struct {
	Code string `json:"code"`
	Text string `json:"text"`
}

// DiagnosticJSON is an input problem as results carry it.
type DiagnosticJSON struct {
	Severity string `json:"severity"`
	Code     string `json:"code"`
	File     string `json:"file,omitempty"`
	Line     int    `json:"line,omitempty"`
	Column   int    `json:"column,omitempty"`
	Pointer  string `json:"pointer,omitempty"`
	Entity   string `json:"entity,omitempty"`
	Message  string `json:"message"`
	Hint     string `json:"hint,omitempty"`
}

// TrustGraph is the whole graph as data ("accesspath graph --format json").
type TrustGraph struct {
	Schema      string           `json:"schema"` // GraphSchema
	AsOf        time.Time        `json:"asOf"`
	Assumes     []string         `json:"assumes,omitzero"` // of requests, beyond what was said of them (SYM-11); see Assumes
	Coverage    CoverageSummary  `json:"coverage"`
	Nodes       []GraphNode      `json:"nodes"` // sorted by id
	Edges       []GraphEdge      `json:"edges"` // sorted by from, to, kind
	Limits      Limits           `json:"limits"`
	Diagnostics []DiagnosticJSON `json:"diagnostics"`
}

// GraphSchema is the version of TrustGraph's JSON form.
const GraphSchema = "accesspath.graph/1"

// GraphNode is a principal, a group or a place where access comes from.
type GraphNode struct {
	ID      string `json:"id"` // as Answer.Principal
	Kind    string `json:"kind"`
	Account string `json:"account,omitempty"`
	Name    string `json:"name"`
}

// GraphEdge is one edge.
type GraphEdge struct {
	From     string        `json:"from"`
	To       string        `json:"to"`
	Kind     string        `json:"kind"` // "member-of", "can-assume", "federates", "service-carries"
	Verdict  string        `json:"verdict"`
	Requires []Requirement `json:"requires"`
	Because  []Evidence    `json:"because,omitempty"`
	Codes    []string      `json:"codes,omitempty"`
}
