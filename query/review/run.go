package review

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"accesspath/graph"
	"accesspath/iam"
	"accesspath/policy"
	"accesspath/query"
)

// Options shape a review.
type Options struct {
	// Only runs the rules with these ids; empty runs all.
	Only []string
	// UnusedAfter is how long a role may lie unused; 0 means 90 days.
	UnusedAfter time.Duration
	// KeyAge is how old an access key or another credential may get; 0 means 90
	// days.
	KeyAge time.Duration
	// IdleAfter is how long a key, or a user, may go without use; 0 means 45 days.
	IdleAfter time.Duration
	// AdminPeople is how many people may be administrators of one account; 0
	// means 3 (FIND-40).
	AdminPeople int
	// Workloads is how many services and carriers may share a role; 0 means 5.
	// Twice as many principals may be named by a trust (FIND-43).
	Workloads int
	// Escalation is up to how many principals escalation is looked for, which
	// takes some milliseconds for each; 0 means 5,000, and less than 0 never.
	Escalation int
	// Accepted are findings that somebody takes on purpose (FIND-90).
	Accepted []Acceptance
	// MaxAdmins bounds the list of administrators; 0 means 10,000.
	MaxAdmins int
}

const day = 24 * time.Hour

// withDefaults replaces what is not set.
func (o Options) withDefaults() Options {
	o.UnusedAfter = positive(o.UnusedAfter, 90*day)
	o.KeyAge = positive(o.KeyAge, 90*day)
	o.IdleAfter = positive(o.IdleAfter, 45*day)
	o.AdminPeople = positive(o.AdminPeople, 3)
	o.Workloads = positive(o.Workloads, 5)
	if o.Escalation == 0 {
		o.Escalation = 5_000
	}
	o.MaxAdmins = positive(o.MaxAdmins, 10_000)
	return o
}

func positive[T int | time.Duration](v, otherwise T) T {
	if v > 0 {
		return v
	}
	return otherwise
}

// Run reviews the snapshot of a graph. The error is that of ctx, or names a rule
// in o.Only that does not exist; whatever is wrong with the snapshot is in the
// Report.
func Run(ctx context.Context, g *graph.Graph, o Options) (*Report, error) {
	rules, err := chosen(o.Only)
	if err != nil {
		return nil, err
	}
	p := newPass(g, o.withDefaults())
	if err := p.findAdmins(ctx); err != nil {
		return nil, err
	}
	if err := p.findEscalations(ctx); err != nil {
		return nil, err
	}
	r := &Report{Schema: Schema, AsOf: p.asOf.UTC(), Assumes: query.Assumes(g.Model), Coverage: query.Coverage(g.Model), Diagnostics: query.Diagnostics(g.Model.Snapshot.Diagnostics)}
	for i := range rules {
		if ctx.Err() != nil {
			return nil, fmt.Errorf("reviewing: %w", ctx.Err())
		}
		p.begin(&rules[i])
		r.Findings = append(r.Findings, p.finish(rules[i].check(p))...)
		r.NotEvaluated = append(r.NotEvaluated, p.notEvaluated()...)
	}
	r.accept(p.o.Accepted, p.asOf)
	primaries(r.Findings)
	slices.SortStableFunc(r.Findings, compareFindings)
	slices.SortStableFunc(r.Accepted, func(a, b Accepted) int { return compareFindings(a.Finding, b.Finding) })
	r.Admins, r.Limits = p.adminRows()
	r.Undecided = p.undecidedRows()
	r.Trusts = p.trustRows()
	r.Accounts = inventories(p.s, r)
	r.seal()
	return r, nil
}

func chosen(only []string) ([]Rule, error) {
	if len(only) == 0 {
		return Rules(), nil
	}
	var rules []Rule
	for _, r := range Rules() {
		if slices.ContainsFunc(only, func(id string) bool { return strings.EqualFold(id, r.ID) }) {
			rules = append(rules, r)
		}
	}
	for _, id := range only {
		if !slices.ContainsFunc(rules, func(r Rule) bool { return strings.EqualFold(id, r.ID) }) {
			return nil, fmt.Errorf("there is no rule %q; rules are called FIND-13, FIND-20 and so on", id)
		}
	}
	return rules, nil
}

// finish fills in what all findings of a rule have in common and settles their
// severity: up for administrators, down behind a guardrail (FIND-00).
func (p *pass) finish(found []Finding) []Finding {
	for i := range found {
		f := &found[i]
		doc := &p.rule.Doc
		f.Rule = p.rule.ID
		f.Severity = cmp.Or(f.Severity, doc.Severity)
		f.Title = cmp.Or(f.Title, doc.Title)
		f.Remediation = cmp.Or(f.Remediation, doc.Remediation)
		f.Confidence = cmp.Or(f.Confidence, Certain)
		f.Fingerprint = fingerprint(f.Rule, f.Subject, f.About)
		if why := p.adminHow(cmp.Or(f.rights, f.Subject)); !doc.Fixed && why != "" && f.Severity != Critical {
			f.Notes = append(f.Notes, "raised from "+string(f.Severity)+": "+why)
			f.Severity = f.Severity.shift(-1)
		}
		if doc.Reach && f.Severity.rank() <= Medium.rank() && p.powerless(cmp.Or(f.rights, f.Subject)) {
			f.Notes = append(f.Notes, "lowered from "+string(f.Severity)+": no policy that was read allows the role anything, nor lets it become another")
			if f.Severity == Medium {
				f.Severity = Low
			} else {
				f.Severity = Medium
			}
		}
		if f.blocked != "" {
			f.Notes = append(f.Notes, "lowered from "+string(f.Severity)+": blocked by "+f.blocked)
			f.Severity = f.Severity.shift(1)
		}
	}
	return found
}

// causeOrder lists rules that may see the same cause, the one that says it best
// first (FIND-91). A worse severity comes before any of it.
var causeOrder = []string{
	"FIND-20", "FIND-21", "FIND-23", "FIND-22", "FIND-32", "FIND-34", // a trust or policy that names somebody
	"FIND-10", "FIND-64", // the root user's keys
	"FIND-06", "FIND-02", "FIND-03", "FIND-05", "FIND-01", // an access key
	"FIND-08", "FIND-61", "FIND-09", // a password without MFA
	"FIND-41", "FIND-42", // a chain
}

// trustCauses are rules whose About names the trusted party, which is the cause.
var trustCauses = []string{"FIND-20", "FIND-21", "FIND-22", "FIND-23"}

// primaries makes findings of one cause point to the primary one.
func primaries(found []Finding) {
	type key struct{ subject, cause string }
	of := func(f *Finding) key {
		if f.cause == "" && slices.Contains(trustCauses, f.Rule) {
			return key{f.Subject, f.About}
		}
		return key{f.Subject, f.cause}
	}
	better := func(f, g *Finding) bool {
		return cmp.Or(cmp.Compare(f.Severity.rank(), g.Severity.rank()), cmp.Compare(slices.Index(causeOrder, f.Rule), slices.Index(causeOrder, g.Rule))) < 0
	}
	best := map[key]int{}
	for i := range found {
		k := of(&found[i])
		if k.cause == "" {
			continue
		}
		if j, ok := best[k]; !ok || better(&found[i], &found[j]) {
			best[k] = i
		}
	}
	for i := range found {
		if k := of(&found[i]); k.cause != "" && best[k] != i {
			found[i].SameCause = found[best[k]].Fingerprint
		}
	}
}

// attachments lists every reference of an account to a managed policy,
// boundaries included.
func attachments(a *iam.Account) []*iam.Attachment {
	var out []*iam.Attachment
	for e := range a.Entities() {
		out = append(out, e.Attached...)
		if e.Boundary != nil {
			out = append(out, e.Boundary)
		}
	}
	return out
}

// inventories counts each account's contents, trusts and findings.
func inventories(s *iam.Snapshot, r *Report) []Inventory {
	var out []Inventory
	at := map[string]int{}
	for _, a := range s.Accounts {
		v := Inventory{Account: a.ID, Name: cmp.Or(a.Name, a.Alias), Complete: !a.Incomplete, Users: len(a.Users), Groups: len(a.Groups), Roles: len(a.Roles), Policies: len(a.Policies)}
		for _, role := range a.Roles {
			if role.ServiceLinked() {
				v.ServiceLinked++
			}
			if _, ok := role.PermissionSet(); ok {
				v.SSO++
			}
		}
		at[a.ID] = len(out)
		out = append(out, v)
	}
	pairs := map[[2]string]bool{}
	for _, t := range r.Trusts {
		i, ok := at[t.Account]
		if !ok || pairs[[2]string{t.Role, t.Trusted}] {
			continue
		}
		pairs[[2]string{t.Role, t.Trusted}] = true
		if t.Relation == Everyone {
			out[i].Trusts.Public++
			continue
		}
		out[i].Trusts.CrossAccount++
		if t.Relation == ThirdParty {
			out[i].Trusts.ThirdParty++
		}
	}
	for i := range r.Findings {
		if k, ok := at[r.Findings[i].Account]; ok && r.Findings[i].SameCause == "" {
			out[k].Findings.add(r.Findings[i].Severity)
		}
	}
	return out
}

// isCustomer reports whether a policy can be edited by its owner.
func isCustomer(m *iam.ManagedPolicy) bool {
	return m.Account != "aws" && policy.IsAccountID(m.Account)
}
