package review

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"accesspath/graph"
	"accesspath/iam"
	"accesspath/policy"
	"accesspath/query"
)

// adminSet holds who is an administrator: by own policies, or at the end of a
// chain of role assumptions (ESC-02).
type adminSet struct {
	direct map[graph.NodeID]*directAdmin
	ids    map[string]bool // of direct ones
	chain  map[string]bool // of those who get there under no condition
	reach  []query.Answer  // everybody who gets to one, direct ones included
	limits query.Limits
}

// directAdmin is a principal whose policies allow everything.
type directAdmin struct {
	requires policy.Requirement // what the probes leave open
	because  []query.Evidence
	doubtful bool // something that was not read could take it away
}

func (p *pass) isAdmin(id string) bool { return p.admins.ids[id] }

// reachesAdmin reports whether a principal is an administrator by its policies
// or gets to one by assuming roles, under no condition.
func (p *pass) reachesAdmin(id string) bool { return p.isAdmin(id) || p.admins.chain[id] }

// adminHow says in what way a principal is an administrator (ESC-02), or "".
func (p *pass) adminHow(id string) string {
	switch {
	case p.isAdmin(id):
		return "the subject is an administrator"
	case p.admins.chain[id]:
		return "the subject becomes an administrator by assuming roles"
	case p.escalated.outright[id]:
		return "the subject can make itself an administrator"
	}
	return ""
}

// findAdmins finds the administrators of all accounts, and in one walk who gets
// to them.
func (p *pass) findAdmins(ctx context.Context) error {
	p.admins = adminSet{direct: map[graph.NodeID]*directAdmin{}, ids: map[string]bool{}, chain: map[string]bool{}}
	e := query.New(p.g, query.Options{View: query.ViewAll, MaxPaths: 1})
	direct, err := e.Administrators(ctx)
	if err != nil || len(direct) == 0 {
		return err
	}
	targets := map[graph.NodeID]policy.Requirement{}
	for n, a := range direct {
		p.admins.direct[n] = &directAdmin{requires: a.Requires, because: a.Because, doubtful: a.Requires.Weight() >= policy.ClassData}
		p.admins.ids[p.g.Node(n).ID] = true
		targets[n] = a.Requires
	}
	r, err := e.Reaching(ctx, targets)
	if err != nil {
		return err
	}
	p.admins.reach, p.admins.limits = r.Answers, r.Limits
	for i := range r.Answers {
		if a := &r.Answers[i]; len(a.Paths) > 0 && a.Verdict == query.VerdictAllow {
			p.admins.chain[a.Principal] = true
		}
	}
	return nil
}

// probe is a request on something that need not exist.
type probe struct{ action, resource string }

// iamWrites are requests by which somebody changes permissions at will.
func iamWrites(n *graph.Node) []probe {
	account := "arn:" + partition(n.ID) + ":iam::" + n.Account + ":"
	return []probe{
		{"iam:CreatePolicyVersion", account + "policy/accesspath-probe"}, {"iam:AttachRolePolicy", account + "role/accesspath-probe"},
		{"iam:PutRolePolicy", account + "role/accesspath-probe"}, {"iam:AttachUserPolicy", account + "user/accesspath-probe"},
		{"iam:PutUserPolicy", account + "user/accesspath-probe"},
	}
}

// easiest returns the lightest requirement among the probes; false if all are
// denied, or hold on some resources or for some services only.
func (p *pass) easiest(n *graph.Node, probes ...probe) (policy.Requirement, bool) {
	best, found := policy.False(), false
	asked := p.m.Inquiry(n)
	for _, q := range probes {
		r := asked.Verdict(q.action, q.resource)
		w := r.Weight()
		if r.IsFalse() || w == policy.ClassService || w == policy.ClassResource {
			continue
		}
		if !found || w < best.Weight() {
			best, found = r, true
		}
		if r.IsTrue() {
			break
		}
	}
	return best, found
}

// allActions reports whether a pattern covers every action (ACTM-05).
func allActions(a policy.ActionPattern) bool {
	t := a.String()
	return t == "*:*" || t != "" && strings.Trim(t, "*") == ""
}

func allResources(s *policy.Statement) bool {
	return slices.ContainsFunc(s.Resource, policy.ResourcePattern.IsAll)
}

func partition(id string) string {
	if a, ok := policy.ParseARN(id); ok {
		return a.Partition
	}
	return "aws"
}

// notPeople are kinds of node that no person holds; they are left out of lists
// of administrators.
var notPeople = []string{graph.KindService.String(), graph.KindInstanceProfile.String(), graph.KindRoot.String()}

// adminRows lists administrators for the report.
func (p *pass) adminRows() ([]Admin, query.Limits) {
	limits := p.admins.limits
	limits.MaxPaths = 0
	limits.Truncated = limits.Truncated || p.escalated.limits.Truncated
	for _, r := range p.escalated.limits.Reasons {
		if !slices.Contains(limits.Reasons, r) {
			limits.Reasons = append(slices.Clip(limits.Reasons), r)
		}
	}
	var rows []Admin
	for i := range p.admins.reach {
		if a := &p.admins.reach[i]; len(a.Paths) > 0 && !slices.Contains(notPeople, a.Kind) {
			rows = append(rows, p.adminRow(a))
		}
	}
	for i := range p.escalated.admins {
		rows = append(rows, p.adminRow(&p.escalated.admins[i]))
	}
	slices.SortStableFunc(rows, func(a, b Admin) int {
		return cmp.Or(cmp.Compare(levelRank(a.Level), levelRank(b.Level)), cmp.Compare(a.Hops, b.Hops), cmp.Compare(a.Principal, b.Principal))
	})
	if most := p.o.MaxAdmins; len(rows) > most {
		limits.Truncated = true
		limits.Reasons = append(limits.Reasons, fmt.Sprintf("%d administrators beyond the first %d are not listed", len(rows)-most, most))
		rows = rows[:most]
	}
	return rows, limits
}

// undecidedRows lists those of whom an escalation makes an administrator if
// something holds that was not read.
func (p *pass) undecidedRows() []Undecided {
	var rows []Undecided
	for i := range p.escalated.open {
		if a := &p.escalated.open[i]; a.Account != "" && len(rows) < p.o.MaxAdmins {
			rows = append(rows, Undecided{p.adminRow(a), undetermined(a.Paths[0])})
		}
	}
	slices.SortStableFunc(rows, func(a, b Undecided) int {
		return cmp.Or(cmp.Compare(a.Hops, b.Hops), cmp.Compare(a.Principal, b.Principal))
	})
	return rows
}

func (p *pass) adminRow(a *query.Answer) Admin {
	path := a.Paths[0]
	row := Admin{Principal: a.Principal, Kind: a.Kind, Account: a.Account, Level: AdminChain, Hops: len(path.Steps),
		Target: path.Principals[len(path.Principals)-1], Verdict: path.Verdict, Confidence: path.Confidence, Path: path}
	switch {
	case a.Level == query.AdminEscalation:
		row.Level = AdminEscalation
		return row
	case row.Hops == 0:
		row.Level = AdminDirect
	}
	if n, ok := p.g.Find(row.Target); ok && p.admins.direct[n] != nil {
		row.Path.Because = p.admins.direct[n].because
		if p.admins.direct[n].doubtful {
			row.Confidence = Unsure
		}
	}
	return row
}

func levelRank(level string) int {
	return slices.Index([]string{AdminDirect, AdminChain, AdminEscalation}, level)
}

// rolesOf yields an account's roles that its owner can change.
func rolesOf(a *iam.Account) []*iam.Role {
	var out []*iam.Role
	for _, r := range a.Roles {
		if !r.ServiceLinked() && !r.Reserved() && !r.Partial {
			out = append(out, r)
		}
	}
	return out
}
