package review

import (
	"cmp"
	"context"
	"fmt"
	"slices"

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

// findAdmins finds the administrators of all accounts: statements first, probes
// through the evaluator for those that have one, then one walk to all of them.
func (p *pass) findAdmins(ctx context.Context) error {
	p.admins = adminSet{direct: map[graph.NodeID]*directAdmin{}, ids: map[string]bool{}}
	targets := map[graph.NodeID]policy.Requirement{}
	for i := range p.g.Len() {
		if i%1024 == 0 && ctx.Err() != nil {
			return fmt.Errorf("looking for administrators: %w", ctx.Err())
		}
		n := graph.NodeID(i)
		if d := p.directAdmin(p.g.Node(n)); d != nil {
			p.admins.direct[n] = d
			p.admins.ids[p.g.Node(n).ID] = true
			targets[n] = d.requires
		}
	}
	if len(targets) == 0 {
		return nil
	}
	r, err := query.New(p.g, query.Options{View: query.ViewAll, MaxPaths: 1}).Reaching(ctx, targets)
	if err != nil {
		return err
	}
	p.admins.reach, p.admins.limits = r.Answers, r.Limits
	return nil
}

// probe is a request on something that need not exist.
type probe struct{ action, resource string }

// directAdmin decides on one principal; nil if it is none. An administrator can
// still write IAM policies, so that a boundary or guardrail against that takes
// the title away, and one against some service does not (ESC-02).
func (p *pass) directAdmin(n *graph.Node) *directAdmin {
	if n.User == nil && n.Role == nil {
		return nil
	}
	because := p.allowsEverything(n)
	if because == nil {
		return nil
	}
	part := "arn:" + partition(n.ID) + ":"
	account := part + "iam::" + n.Account + ":"
	write, ok := p.easiest(n,
		probe{"iam:CreatePolicyVersion", account + "policy/accesspath-probe"}, probe{"iam:AttachRolePolicy", account + "role/accesspath-probe"},
		probe{"iam:PutRolePolicy", account + "role/accesspath-probe"}, probe{"iam:AttachUserPolicy", account + "user/accesspath-probe"},
		probe{"iam:PutUserPolicy", account + "user/accesspath-probe"})
	if !ok {
		return nil
	}
	other, ok := p.easiest(n,
		probe{"s3:GetObject", part + "s3:::accesspath-probe/object"},
		probe{"ec2:RunInstances", part + "ec2:us-east-1:" + n.Account + ":instance/*"})
	if !ok {
		return nil
	}
	req := policy.And(write, other).Simplify()
	if req.IsFalse() {
		return nil
	}
	return &directAdmin{requires: req, because: because, doubtful: req.Weight() >= policy.ClassData}
}

// easiest returns the lightest requirement among the probes; false if all are
// denied, or hold on some resources or for some services only.
func (p *pass) easiest(n *graph.Node, probes ...probe) (policy.Requirement, bool) {
	best, found := policy.False(), false
	for _, q := range probes {
		r := p.m.Decide(graph.Ask{Node: n, Action: q.action, Resource: q.resource}).Requires
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

// allowsEverything lists the statements of a principal's identity policies that
// allow all actions on all resources; nil if there is none.
func (p *pass) allowsEverything(n *graph.Node) []query.Evidence {
	var out []query.Evidence
	for _, a := range p.m.IdentityPolicies(n) {
		if a.Document == nil {
			continue
		}
		for i := range a.Document.Statements {
			s := &a.Document.Statements[i]
			if !everything(s) {
				continue
			}
			e := query.EvidenceOf(policy.Evidence{Layer: "identity", Policy: &a, Statement: s})
			if !slices.Contains(out, e) {
				out = append(out, e)
			}
		}
	}
	return out
}

// everything reports whether a statement allows all actions on all resources,
// conditions aside.
func everything(s *policy.Statement) bool {
	return s.Effect == policy.Allow && s.HasResource && !s.HasPrincipal &&
		slices.ContainsFunc(s.Action, allActions) && allResources(s)
}

func allActions(a policy.ActionPattern) bool {
	t := a.String()
	return t != "" && (t == "*:*" || len(t) == countByte(t, '*'))
}

func countByte(s string, c byte) int {
	n := 0
	for i := range len(s) {
		if s[i] == c {
			n++
		}
	}
	return n
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
	var rows []Admin
	for i := range p.admins.reach {
		if a := &p.admins.reach[i]; len(a.Paths) > 0 && !slices.Contains(notPeople, a.Kind) {
			rows = append(rows, p.adminRow(a))
		}
	}
	slices.SortStableFunc(rows, func(a, b Admin) int {
		return cmp.Or(cmp.Compare(a.Hops, b.Hops), cmp.Compare(a.Principal, b.Principal))
	})
	if most := p.o.MaxAdmins; len(rows) > most {
		limits.Truncated = true
		limits.Reasons = append(limits.Reasons, fmt.Sprintf("%d administrators beyond the first %d are not listed", len(rows)-most, most))
		rows = rows[:most]
	}
	return rows, limits
}

func (p *pass) adminRow(a *query.Answer) Admin {
	path := a.Paths[0]
	row := Admin{Principal: a.Principal, Kind: a.Kind, Account: a.Account, Level: AdminChain, Hops: len(path.Steps),
		Target: path.Principals[len(path.Principals)-1], Verdict: path.Verdict, Confidence: path.Confidence, Path: path}
	if row.Hops == 0 {
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
