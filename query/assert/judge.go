package assert

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"accesspath/graph"
	"accesspath/iam"
	"accesspath/query"
)

// judge decides the conditions of one check.
type judge struct {
	r    *runner
	c    *Check
	out  *Outcome
	from *set // nil: everyone
	q    question
}

func (j *judge) undecided(format string, args ...any) {
	if s := fmt.Sprintf(format, args...); !slices.Contains(j.out.Undecided, s) {
		j.out.Undecided = append(j.out.Undecided, s)
	}
}

func (j *judge) all(ctx context.Context) error {
	r, err := j.r.ask(ctx, j.q)
	if err != nil {
		return err
	}
	for _, n := range r.Notes {
		if n.Code != noOriginNote {
			j.out.Notes = append(j.out.Notes, n.Text)
		}
	}
	j.stale()
	rows := j.rows(r)
	j.only(rows)
	j.never(r)
	j.behind(r)
	j.hops(rows)
	j.inside(rows)
	if j.c.MFA {
		if err := j.mfa(ctx, rows); err != nil {
			return err
		}
	}
	for _, name := range j.c.Must {
		if err := j.must(ctx, name); err != nil {
			return err
		}
	}
	if len(j.c.conditions()) > 0 && !slices.Equal(j.c.conditions(), []string{keyMust}) {
		for _, reason := range r.Limits.Reasons {
			j.undecided("the answer was cut short: %s", reason)
		}
		for _, reason := range notRead(j.r.g.Model.Snapshot) {
			j.undecided("%s: who is missing may have access, too", reason)
		}
	}
	return nil
}

const (
	noOriginNote = "no-known-origin"
	orphanMark   = "no-known-origin"
)

// rows are the answers that conditions apply to: those that the check names
// with "from", else all where access begins. A role counts there only if nobody
// known takes it.
func (j *judge) rows(r *query.Result) []*query.Answer {
	var out []*query.Answer
	for i := range r.Answers {
		a := &r.Answers[i]
		switch {
		case j.from != nil:
			if j.from.has(a.Principal, a.Account) {
				out = append(out, a)
			}
		case !isRole(a.Kind) || slices.Contains(a.Marks, orphanMark):
			out = append(out, a)
		}
	}
	return out
}

func isRole(kind string) bool {
	return kind == graph.KindRole.String() || kind == "service-linked-role" || kind == "sso-role"
}

func (j *judge) only(rows []*query.Answer) {
	if j.c.Only == nil {
		return
	}
	allowed := compile(j.c.Only)
	for _, a := range rows {
		if !allowed.has(a.Principal, a.Account) {
			j.violation(keyOnly, a, "has access, and is not among those that may")
		}
	}
}

// never looks at every row: whoever is named here is meant, a role, too.
func (j *judge) never(r *query.Result) {
	if len(j.c.Never) == 0 {
		return
	}
	banned := compile(j.c.Never)
	for i := range r.Answers {
		a := &r.Answers[i]
		if banned.has(a.Principal, a.Account) && (j.from == nil || j.from.has(a.Principal, a.Account)) {
			j.violation(keyNever, a, "has access, and may never have it")
		}
	}
}

// behind looks at rows that stand for whoever there is in an account that is not loaded:
// somebody who is named here may be among them (EVAL-25).
func (j *judge) behind(r *query.Result) {
	for _, s := range []*set{j.from, compile(j.c.Never)} {
		for i := range r.Answers {
			if a := &r.Answers[i]; s != nil && a.Kind == graph.KindAccount.String() && !s.has(a.Principal, a.Account) && s.mayName(a.Account, partitions(j.r.g.Model.Snapshot)) {
				j.undecided("account %s has access, and who of it is not known: its export is not loaded", a.Account)
			}
		}
	}
}

// partitions are those of the accounts that are loaded.
func partitions(s *iam.Snapshot) []string {
	out := []string{"aws"}
	for _, a := range s.Accounts {
		if a.Partition != "" && !slices.Contains(out, a.Partition) {
			out = append(out, a.Partition)
		}
	}
	return out
}

func (j *judge) hops(rows []*query.Answer) {
	if j.c.MaxHops < 0 {
		return
	}
	for _, a := range rows {
		if n := shortest(a); n > j.c.MaxHops {
			j.violation(keyMaxHops, a, fmt.Sprintf("gets there over %d hops, and at most %d may lead there", n, j.c.MaxHops))
		}
	}
}

// shortest is the length of the shortest path that was kept; the best path may
// be a longer one that asks for less.
func shortest(a *query.Answer) int {
	n := a.Hops
	for i := range a.Paths {
		n = min(n, len(a.Paths[i].Steps))
	}
	return n
}

func (j *judge) inside(rows []*query.Answer) {
	if !j.c.Inside {
		return
	}
	s := j.r.g.Model.Snapshot
	if s.Organization == nil {
		j.undecided("which accounts belong to the organization is not known; load the outputs of aws organizations")
		return
	}
	for _, a := range rows {
		if !inside(s, a) {
			j.violation(keyInside, a, "has access, and is not of the organization")
		}
	}
}

// inside reports whether access begins in the organization or in an account
// declared as own. AWS services act for an account; Identity Center is the
// organization's; an identity provider belongs to the account that set it up, unless it
// lets everyone in (FED-07).
func inside(s *iam.Snapshot, a *query.Answer) bool {
	switch a.Kind {
	case graph.KindPublic.String():
		return false
	case graph.KindService.String(), graph.KindIdentityCenter.String(), graph.KindIDCUser.String(), graph.KindIDCGroup.String():
		return true
	}
	if s.Organization.Member(a.Account) {
		return true
	}
	return slices.ContainsFunc(s.Trusted, func(t iam.TrustedAccount) bool { return t.ID == a.Account && !t.ThirdParty })
}

// mfa asks the same question in a world without multi-factor authentication:
// whoever still gets there does not need it. Root users are left out, since no
// policy can ask them for a second factor. Roles that only nobody takes in that
// world are no new origins.
func (j *judge) mfa(ctx context.Context, rows []*query.Answer) error {
	q := j.q
	q.withoutMFA = true
	r, err := j.r.ask(ctx, q)
	if err != nil {
		return err
	}
	origins := map[string]bool{}
	for _, a := range rows {
		origins[a.Principal] = true
	}
	for _, a := range j.rows(r) {
		if origins[a.Principal] && a.Kind != graph.KindRoot.String() {
			j.violation(keyMFA, a, "has access without multi-factor authentication")
		}
	}
	return nil
}

// must asks about one principal.
func (j *judge) must(ctx context.Context, name string) error {
	var (
		r   *query.Result
		err error
	)
	if j.c.To != "" {
		r, err = j.r.plain.Paths(ctx, name, j.c.To)
	} else {
		r, err = j.r.plain.Can(ctx, name, j.c.Action, j.c.Resource)
	}
	if err != nil {
		return err
	}
	for i := range r.Answers {
		a := &r.Answers[i]
		switch {
		case a.Verdict == query.VerdictDeny:
			j.add(Violation{Condition: keyMust, Principal: a.Principal, Kind: a.Kind, Account: a.Account,
				Text: "has no access, and must have it", Causes: a.Causes})
		case len(a.Paths) > 0 && !slices.ContainsFunc(a.Paths, func(p query.Path) bool { return p.Status != "undetermined" }):
			j.undecided("whether %s has access depends on input that is missing", a.Principal)
		}
	}
	return nil
}

func (j *judge) violation(condition string, a *query.Answer, text string) {
	v := Violation{Condition: condition, Principal: a.Principal, Kind: a.Kind, Account: a.Account, Text: text}
	if len(a.Paths) > 0 {
		v.Path = &a.Paths[0]
	}
	j.add(v)
}

func (j *judge) add(v Violation) {
	if len(j.out.Violations) >= j.r.o.MaxViolations {
		j.out.More++
		return
	}
	j.out.Violations = append(j.out.Violations, v)
}

// stale notes entries that fit nobody in the snapshot: a name that was mistyped
// protects nothing.
func (j *judge) stale() {
	for _, list := range []struct {
		key     string
		entries []string
	}{{keyFrom, j.c.From}, {keyOnly, j.c.Only}, {keyNever, j.c.Never}} {
		for _, entry := range list.entries {
			if entry != "*" && !j.r.matchesAny(entry) {
				j.out.Notes = append(j.out.Notes, fmt.Sprintf("%q: %s fits no principal in the snapshot", list.key, entry))
			}
		}
	}
}

func (r *runner) matchesAny(text string) bool {
	m := compile([]string{text})
	for i := range r.g.Len() {
		if n := r.g.Node(graph.NodeID(i)); m.has(n.ID, n.Account) {
			return true
		}
	}
	return false
}

func firstLine(err error) string {
	line, _, _ := strings.Cut(err.Error(), "\n")
	return line
}
