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
	// MaxAdmins bounds the list of administrators; 0 means 10,000.
	MaxAdmins int
}

const (
	defaultUnused    = 90 * 24 * time.Hour
	defaultMaxAdmins = 10_000
)

// Run reviews the snapshot of a graph. The error is that of ctx, or names a rule
// in o.Only that does not exist; whatever is wrong with the snapshot is in the
// Report.
func Run(ctx context.Context, g *graph.Graph, o Options) (*Report, error) {
	rules, err := chosen(o.Only)
	if err != nil {
		return nil, err
	}
	if o.UnusedAfter <= 0 {
		o.UnusedAfter = defaultUnused
	}
	if o.MaxAdmins <= 0 {
		o.MaxAdmins = defaultMaxAdmins
	}
	p := newPass(g, o)
	if err := p.findAdmins(ctx); err != nil {
		return nil, err
	}
	r := &Report{Schema: Schema, AsOf: p.asOf.UTC(), Coverage: query.Coverage(g.Model), Diagnostics: query.Diagnostics(g.Model.Snapshot.Diagnostics)}
	for i := range rules {
		if ctx.Err() != nil {
			return nil, fmt.Errorf("reviewing: %w", ctx.Err())
		}
		p.begin(&rules[i])
		r.Findings = append(r.Findings, p.finish(rules[i].check(p))...)
		r.NotEvaluated = append(r.NotEvaluated, p.notEvaluated()...)
	}
	primaries(r.Findings)
	slices.SortStableFunc(r.Findings, compareFindings)
	r.Admins, r.Limits = p.adminRows()
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
		if !doc.Fixed && p.isAdmin(f.Subject) && f.Severity != Critical {
			f.Notes = append(f.Notes, "raised from "+string(f.Severity)+": the subject is an administrator")
			f.Severity = f.Severity.shift(-1)
		}
		if f.blocked != "" {
			f.Notes = append(f.Notes, "lowered from "+string(f.Severity)+": blocked by "+f.blocked)
			f.Severity = f.Severity.shift(1)
		}
	}
	return found
}

// causeOrder lists rules that see the same trust, the one that says it best
// first (FIND-91).
var causeOrder = []string{"FIND-20", "FIND-21", "FIND-23", "FIND-22"}

// primaries makes findings of one cause point to the primary one.
func primaries(found []Finding) {
	type key struct{ subject, about string }
	best := map[key]int{}
	for i := range found {
		rank := slices.Index(causeOrder, found[i].Rule)
		if rank < 0 {
			continue
		}
		k := key{found[i].Subject, found[i].About}
		if j, ok := best[k]; !ok || rank < slices.Index(causeOrder, found[j].Rule) {
			best[k] = i
		}
	}
	for i := range found {
		if slices.Contains(causeOrder, found[i].Rule) {
			if j := best[key{found[i].Subject, found[i].About}]; j != i {
				found[i].SameCause = found[j].Fingerprint
			}
		}
	}
}

// attachments lists every reference of an account to a managed policy,
// boundaries included.
func attachments(a *iam.Account) []*iam.Attachment {
	var out []*iam.Attachment
	for e := range entities(a) {
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
