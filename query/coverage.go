package query

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"accesspath/graph"
	"accesspath/iam"
	"accesspath/policy"
	"accesspath/policy/catalog"
)

// newResult starts a result with what holds for every question.
func (e *Engine) newResult(kind string, q *question) *Result {
	r := &Result{
		Schema: Schema, AsOf: e.asOf().UTC().Truncate(time.Second),
		Question: Question{Kind: kind, Context: e.o.Context, ExternalIDs: e.o.ExternalIDs, Strict: e.o.Strict, OneNetwork: e.o.OneNetwork},
		Assumes:  e.assumed(), Coverage: e.covered(), Answers: []Answer{}, Missing: []Missing{}, Notes: []Note{},
		Limits:      Limits{Reasons: []string{}, MaxHops: e.o.MaxHops, MaxPaths: e.o.MaxPaths},
		Diagnostics: Diagnostics(e.g.Model.Snapshot.Diagnostics),
	}
	if q != nil {
		r.Notes = append(r.Notes, q.notes...)
		r.Question.AccessLevel, r.Question.Existing, r.Question.ResourceTags = e.o.AccessLevel, e.o.Existing, e.o.ResourceTags
		e.quantify(r, q)
	}
	for _, key := range slices.Sorted(maps.Keys(e.o.Context)) {
		if _, known := catalog.ConditionKeyType(key); !known && !policy.KeyInfoOf(key).InTable && policy.KeyInfoOf(key).Class == policy.ClassData {
			r.note("unknown-context-key", key+" is no condition key that AWS documents; check its spelling")
		}
	}
	switch r.Coverage.Guardrails {
	case "unread":
		r.note("guardrails-unread", "no organization was loaded: service control policies and resource control policies are not applied (ORG-02)")
	case "partial":
		r.note("guardrails-partial", "some levels of the organization have unknown policies: allowing is assumed there (ORG-03)")
	}
	return r
}

// assumed is Assumes of the engine's model, listed once.
func (e *Engine) assumed() []string {
	if e.taken == nil {
		e.taken = Assumes(e.g.Model)
	}
	return e.taken
}

// covered is Coverage of the engine's snapshot, summed up once. The lists are
// shared: nothing writes to those of a Result.
func (e *Engine) covered() CoverageSummary {
	if e.coverage == nil {
		c := Coverage(e.g.Model)
		e.coverage = &c
	}
	return *e.coverage
}

func (r *Result) note(code, text string) { r.Notes = append(r.Notes, Note{code, text}) }

func (r *Result) cut(reason string) {
	r.Limits.Truncated = true
	r.Limits.Reasons = append(r.Limits.Reasons, reason)
}

// Coverage sums up what a snapshot holds and lacks (QRY-23).
func Coverage(m *graph.Model) CoverageSummary {
	s, v := m.Snapshot, m.Inventory()
	c := CoverageSummary{Accounts: len(s.Accounts), Resources: v.Resources, Organization: "unknown", Guardrails: v.Guardrails,
		Users: v.Users, Groups: v.Groups, Roles: v.Roles, UnresolvedPolicies: v.Unresolved, BundledPolicies: v.Bundled, Incomplete: []string{}, Unknown: []UnknownSection{}}
	if s.Organization != nil && s.Organization.ID != "" {
		c.Organization = s.Organization.ID
	}
	lacking := map[iam.Section]int{}
	for _, a := range s.Accounts {
		if a.Incomplete {
			c.Incomplete = append(c.Incomplete, a.ID)
		}
		for _, section := range iam.Sections {
			if a.Coverage[section] == iam.Unknown {
				lacking[section]++
			}
		}
	}
	for _, section := range iam.Sections {
		if lacking[section] > 0 {
			c.Unknown = append(c.Unknown, UnknownSection{string(section), lacking[section]})
		}
	}
	return c
}

// maxDiagnostics bounds what a result repeats of the input's problems.
const maxDiagnostics = 200

// Diagnostics turns input problems into their JSON form; beyond 200 the last
// one says how many were left out.
func Diagnostics(list []iam.Diagnostic) []DiagnosticJSON {
	out := []DiagnosticJSON{}
	for i, d := range list {
		if i == maxDiagnostics {
			out = append(out, DiagnosticJSON{Severity: "note", Code: "diagnostics-cut", Message: fmt.Sprintf("%d further diagnostics are not repeated here", len(list)-i)})
			break
		}
		out = append(out, DiagnosticJSON{Severity: d.Severity.String(), Code: d.Code, File: d.Origin.File, Line: d.Origin.Line, Column: d.Origin.Column,
			Pointer: d.Origin.Pointer, Entity: d.Entity, Message: d.Message, Hint: d.Hint})
	}
	return out
}

// noteUnread says whose resource policies the answer did without (EVAL-19).
func (e *Engine) noteUnread(r *Result, q *question) {
	e.noteMatching(r, q)
	e.noteAccessPoints(r, q)
	for _, t := range q.targets {
		notes := e.g.Model.TargetNotes(t.action, t.resource)
		for _, n := range notes {
			switch n {
			case graph.NoteUnread:
				r.note(n, "no input describes "+t.resource+": it counts as having no resource policy; "+
					"one could grant more or deny some. Load it, or ask with --strict-data to keep this open (EVAL-19)")
			case graph.NoteACL:
				r.note(n, "no input says what the access control list of the bucket grants other accounts, nor whether such lists count (RPOL-06)")
			case graph.NoteOwnerAssumed:
				r.note(n, "no input says which account owns "+t.resource+": each principal is asked as if its own account did (NAT-02)")
			}
		}
		if len(notes) > 0 {
			return
		}
	}
}

// noteAccessPoints says that the objects asked about may be reached by other names, under
// which policies mean something else (RPOL-07).
func (e *Engine) noteAccessPoints(r *Result, q *question) {
	points, first := map[string]bool{}, ""
	for _, t := range q.targets {
		service, _, _ := strings.Cut(t.action, ":")
		if service != "s3" || t.resource == "*" || graph.IsAccessPoint(t.resource) {
			continue
		}
		for _, b := range e.bucketsOf(t.resource) {
			for i := range b.AccessPoints {
				p := b.AccessPoints[i].ARN
				first = cmp.Or(first, p)
				points[p] = true
			}
		}
		break // other actions are about the same
	}
	if len(points) > 0 {
		r.note("access-points", fmt.Sprintf("%d access points lead there, too, under ARNs of their own, which policies may allow where they do not allow this one: ask about %s/object/* as well (RPOL-07)", len(points), first))
	}
}

// bucketsOf are the buckets of the snapshot that a resource is or lies in, or that a
// pattern matches. Of one bucket the others are not read.
func (e *Engine) bucketsOf(resource string) []*iam.Resource {
	if bucket := bucketPart(resource); !strings.ContainsAny(bucket, "*?") {
		if r := e.g.Model.Resource(bucket); r != nil {
			return []*iam.Resource{r}
		}
		return nil
	}
	matches := matcher(resource)
	return slices.DeleteFunc(slices.Clone(e.resources()), func(r *iam.Resource) bool { return !isBucket(r.ARN) || !matches(r.ARN) })
}

// noteMatching says that a pattern is about resources which may have policies of
// their own, where those do not count: see matching.
func (e *Engine) noteMatching(r *Result, q *question) {
	var having []string // resources with policies
	seen := map[string]bool{}
	for _, t := range q.targets {
		service, _, _ := strings.Cut(t.action, ":")
		some := !q.all && !q.allActions
		if !t.pattern || q.several || some && (service != "sts" || isAssume(t.action)) || seen[service+t.resource] || len(e.g.Model.ResourcePolicies(t.action, t.resource)) > 0 {
			continue
		}
		if len(seen) == 0 {
			having = e.withPolicies()
		}
		seen[service+t.resource] = true
		n, matches, what := 0, matcher(t.resource), ""
		for _, arn := range having {
			if sameService(service, arn) && matches(arn) {
				n++
			}
		}
		switch {
		case n > 0:
			what = fmt.Sprintf("%d resources of the snapshot that match %s have policies of their own", n, t.resource)
		case strings.HasPrefix(strings.ToLower(t.action), "sts:assumerole"):
			what = "roles that match " + t.resource + " have trust policies of their own"
		default:
			continue
		}
		r.note("matching-policies", what+": what those allow or deny principals of loaded accounts is not looked at; --existing asks about each (QRY-14)")
		return
	}
}

// withPolicies lists the resources of the snapshot that have policies.
func (e *Engine) withPolicies() []string {
	var out []string
	for _, r := range e.resources() {
		if r.PolicyState == iam.Present {
			out = append(out, r.ARN)
		}
	}
	return out
}
