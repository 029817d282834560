package query_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"accesspath/graph/escalate"
	"accesspath/iam"
	"accesspath/internal/fixture"
	"accesspath/query"
)

// escalated asks a question with escalation.
func (w *caseWorld) escalated(t *testing.T, resource string, question func(*query.Engine) (*query.Result, error)) *query.Result {
	t.Helper()
	f, err := escalate.Find(t.Context(), w.graph, escalate.Options{Resource: resource})
	if err != nil {
		t.Fatal(err)
	}
	r, err := w.engine().WithEscalation(query.Escalations{Graph: f.Graph, Unread: f.Unread, Cut: f.Cut, Untried: f.Untried}, question)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func admins(ctx context.Context) func(*query.Engine) (*query.Result, error) {
	return func(e *query.Engine) (*query.Result, error) { return e.Admins(ctx) }
}

// steps spells out the first path of a principal's row in a block: "ESC-17 r",
// "can-assume r"; "" if there is no row.
func stepsOf(answers []query.Answer, who string) string {
	i := slices.IndexFunc(answers, func(a query.Answer) bool { return a.Principal == fixture.ARN(who) })
	if i < 0 {
		return ""
	}
	a := answers[i]
	out := []string{a.Verdict}
	if len(a.Paths) == 0 {
		return a.Verdict
	}
	for _, s := range a.Paths[0].Steps {
		kind := s.Kind
		if s.Escalation != nil {
			kind = s.Escalation.Rule
		}
		out = append(out, kind, fixture.Short(s.To))
	}
	return strings.Join(out, " ")
}

// issued lets u write policies of its own with a session only.
const issued = "id(u): +iam:PutUserPolicy@u ?{Null aws:TokenIssueTime=false}"

// signIn says how u can sign in.
func signIn(password, mfa iam.State) func(*fixture.World, *[]func(*iam.Snapshot)) {
	return func(_ *fixture.World, late *[]func(*iam.Snapshot)) {
		*late = append(*late, func(s *iam.Snapshot) {
			for _, u := range s.Account(fixture.AccountID("A")).Users {
				if u.Name == "u" {
					u.Credentials = &iam.Credentials{Password: password, MFA: mfa}
				}
			}
		})
	}
}

// TestEscalationCases are the worked cases of 14.8. Each asks who is an
// administrator; want is u's row in the block of escalation, and level its row
// in the block without.
func TestEscalationCases(t *testing.T) {
	lambda := "id(r): +*@*\ntp(r): P=Service:lambda\n"
	for _, c := range []struct {
		id, world string
		edit      func(*fixture.World, *[]func(*iam.Snapshot))
		want      string
	}{
		{"CASE-200 QRY-07", lambda + "id(u): +iam:PassRole@r ; +[lambda:CreateFunction,lambda:InvokeFunction]@*", nil, "ALLOW ESC-17 r"},
		{"CASE-201", "id(r): +*@*\ntp(r): P=Service:ec2\nid(u): +iam:PassRole@r ; +[lambda:CreateFunction,lambda:InvokeFunction]@*", nil, ""},
		{"CASE-202", "id(r): +*@*\nid(u): +iam:UpdateAssumeRolePolicy@r", nil, "ALLOW ESC-15 r"},
		{"CASE-203", "id(u): +iam:PutUserPolicy@u\npb(u): +s3:*@* ; +iam:PutUserPolicy@*", nil, ""},
		{"CASE-204", "id(u): +[iam:PutUserPolicy,iam:DeleteUserPermissionsBoundary]@u\npb(u): +s3:*@* ; +[iam:PutUserPolicy,iam:DeleteUserPermissionsBoundary]@*", nil, "ALLOW ESC-10 u ESC-22 u"},
		{"CASE-205", "group(Admins): +*@*\nid(u): +iam:AddUserToGroup@A:group/Admins", nil, "ALLOW ESC-12 u"},
		{"CASE-206", "id(u): +iam:SetDefaultPolicyVersion@A:policy/versions", func(w *fixture.World, _ *[]func(*iam.Snapshot)) { w.Versions("u", "+*@*", "+s3:Get*@*") }, "ALLOW ESC-03 u"},
		{"CASE-207", "add: A:user/adm\nid(A:user/adm): +*@*\nid(u): +iam:CreateAccessKey@A:user/*", nil, "ALLOW ESC-13 A:user/adm"},
		{"CASE-208", lambda + "id(u): +iam:PassRole@r ?{StringEquals iam:PassedToService=ec2.amazonaws.com} ; +[lambda:CreateFunction,lambda:InvokeFunction]@*", nil, ""},
		{"CASE-209", "id(r): +*@*\ntp(r): P=Service:ec2\nid(u): +ssm:SendCommand@*", func(_ *fixture.World, late *[]func(*iam.Snapshot)) {
			*late = append(*late, func(s *iam.Snapshot) {
				a := s.Account(fixture.AccountID("A"))
				a.Compute = []*iam.Compute{{ARN: "arn:aws:ec2:us-east-1:111111111111:instance/i-1", Kind: "ec2:instance", Roles: []string{fixture.ARN("r")}}}
			})
		}, "ALLOW ESC-21 r"},
		{"CASE-209 without an instance", "id(r): +*@*\ntp(r): P=Service:ec2\nid(u): +ssm:SendCommand@*", nil, ""},
		{"STS-09 a session of the console", issued, signIn(iam.Present, iam.KnownEmpty), "ALLOW ESC-10 u"},
		{"STS-09 a session with MFA", issued, signIn(iam.KnownEmpty, iam.Present), "ALLOW_IF ESC-10 u"},
		{"STS-09 keys only", issued, signIn(iam.KnownEmpty, iam.KnownEmpty), ""},
		{"STS-09 not known", issued, signIn(iam.Unknown, iam.Unknown), "ALLOW_IF ESC-10 u"},
		{"STS-09 a session of keys calls what is not IAM", "id(r): +*@*\ntp(r): P=Service:ec2\nid(u): +ssm:SendCommand@* ?{Null aws:TokenIssueTime=false}", func(w *fixture.World, late *[]func(*iam.Snapshot)) {
			signIn(iam.KnownEmpty, iam.KnownEmpty)(w, late)
			*late = append(*late, func(s *iam.Snapshot) {
				a := s.Account(fixture.AccountID("A"))
				a.Compute = []*iam.Compute{{ARN: "arn:aws:ec2:us-east-1:111111111111:instance/i-1", Kind: "ec2:instance", Roles: []string{fixture.ARN("r")}}}
			})
		}, "ALLOW ESC-21 r"},
	} {
		t.Run(c.id, func(t *testing.T) {
			f := fixture.NewWorld()
			for _, line := range strings.Split(c.world, "\n") {
				f.Apply(line)
			}
			var late []func(*iam.Snapshot)
			if c.edit != nil {
				c.edit(f, &late)
			}
			s, err := f.Snapshot()
			if err != nil {
				t.Fatal(err)
			}
			for _, change := range late {
				change(s)
			}
			r := caseGraph(t, s).escalated(t, "", admins(t.Context()))
			if got := stepsOf(r.Answers, "u"); got != "" {
				t.Errorf("without escalation: %q", got)
			}
			if got := stepsOf(r.Escalation.Answers, "u"); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// TestEscalationWithinSessionPolicies: a session that a policy limits is no peer of its
// role (EVAL-10, FED-17).
func TestEscalationWithinSessionPolicies(t *testing.T) {
	for limit, want := range map[string]string{"+s3:ListBucket@*": "", "+*@* ; -iam:*@*": "", "+iam:*@*": "ALLOW service-carries A:role/r1#profile/p ESC-13 u"} {
		w := newCaseWorld(t, `
			tp(r1): +[sts:AssumeRole,sts:TagSession,sts:SetSourceIdentity] P=Service:rolesanywhere
			id(r1): +iam:CreateAccessKey@*
			id(u): +s3:GetObject@b/*
			anchor(A): a1
			anyprofile(A p r1): `+limit)
		r := w.escalated(t, fixture.ARN("b/x"), func(e *query.Engine) (*query.Result, error) {
			return e.WhoCan(t.Context(), "s3:GetObject", fixture.ARN("b/x"))
		})
		if got := stepsOf(r.Escalation.Answers, "A:anchor/a1"); got != want {
			t.Errorf("%s: %q, want %q", limit, got, want)
		}
	}
}

// TestEscalationStandsApart: who can reach it now, and who can give it to themselves
// (QRY-07, QRY-27).
func TestEscalationStandsApart_QRY_07_QRY_27(t *testing.T) {
	w := newCaseWorld(t, `
		id(r): +s3:GetObject@b/*
		tp(r): P=Service:lambda
		id(u): +iam:PassRole@r ; +[lambda:CreateFunction,lambda:InvokeFunction]@*
		add: A:user/direct A:user/both
		id(A:user/direct): +s3:GetObject@b/*
		id(A:user/both): +iam:PassRole@r ; +lambda:*@* ; +s3:GetObject@b/*`)
	ask := func(e *query.Engine) (*query.Result, error) {
		return e.WhoCan(t.Context(), "s3:GetObject", fixture.ARN("b/x"))
	}
	plain, err := ask(w.engine())
	if err != nil {
		t.Fatal(err)
	}
	r := w.escalated(t, fixture.ARN("b/x"), ask)
	if plain.Escalation != nil || len(plain.Answers) != len(r.Answers) {
		t.Errorf("%d answers without and %d with escalation", len(plain.Answers), len(r.Answers))
	}
	for i := range r.Answers {
		if slices.ContainsFunc(r.Answers[i].Paths, func(p query.Path) bool { return p.Escalates() }) {
			t.Errorf("%s escalates in the default block", r.Answers[i].Principal)
		}
	}
	if got := stepsOf(r.Escalation.Answers, "u"); got != "ALLOW ESC-17 r" {
		t.Errorf("u: %q", got)
	}
	for _, who := range []string{"A:user/direct", "A:user/both", "A:root"} {
		if got := stepsOf(r.Escalation.Answers, who); got != "" {
			t.Errorf("%s is listed again: %q", who, got)
		}
	}
	can := w.escalated(t, fixture.ARN("b/x"), askCanPlain(t, "u", "s3:GetObject", "b/x"))
	if can.Answers[0].Verdict != query.VerdictDeny || stepsOf(can.Escalation.Answers, "u") != "ALLOW ESC-17 r" {
		t.Errorf("can: %s, %q", can.Answers[0].Verdict, stepsOf(can.Escalation.Answers, "u"))
	}
	paths := w.escalated(t, "", func(e *query.Engine) (*query.Result, error) {
		return e.Paths(t.Context(), fixture.ARN("u"), fixture.ARN("r"))
	})
	if paths.Answers[0].Verdict != query.VerdictDeny || stepsOf(paths.Escalation.Answers, "u") != "ALLOW ESC-17 r" {
		t.Errorf("paths: %s, %q", paths.Answers[0].Verdict, stepsOf(paths.Escalation.Answers, "u"))
	}
}

func askCanPlain(t *testing.T, who, action, resource string) func(*query.Engine) (*query.Result, error) {
	return func(e *query.Engine) (*query.Result, error) {
		return e.Can(t.Context(), fixture.ARN(who), action, fixture.ARN(resource))
	}
}

// TestEscalationChains: assumptions and escalations follow each other, and what
// is gained goes no further than boundaries and guardrails (ESC-05, CHAIN-02).
func TestEscalationChains(t *testing.T) {
	for _, c := range []struct{ id, world, action, resource, want string }{
		{"ESC-01 assume, escalate, assume", `
			add: A:user/x B:role/end
			tp(r): P=u
			id(u): +sts:AssumeRole@r
			id(r): +iam:CreateAccessKey@A:user/x
			id(A:user/x): +sts:AssumeRole@B:role/end
			tp(B:role/end): P=A:user/x
			id(B:role/end): +s3:GetObject@bb/*`, "s3:GetObject", "bb/x", "ALLOW can-assume r ESC-13 A:user/x can-assume B:role/end"},
		{"ESC-01 own rewrite, then a role that trusts the account", `
			id(u): +iam:PutUserPolicy@u
			tp(q): P=A:root
			id(q): +s3:GetObject@bb/*`, "s3:GetObject", "bb/x", "ALLOW ESC-10 u can-assume q"},
		{"ESC-10 own rewrite with a role", `
			tp(r): P=u
			id(r): +iam:PutUserPolicy@u`, "s3:GetObject", "b/x", "ALLOW ESC-10 u"},
		{"ESC-05 the boundary goes on counting", `
			id(u): +iam:PutUserPolicy@u
			pb(u): +iam:PutUserPolicy@* ; +s3:GetObject@b/open/*`, "s3:GetObject", "b/closed/x", ""},
		{"ESC-05 within the boundary", `
			id(u): +iam:PutUserPolicy@u
			pb(u): +iam:PutUserPolicy@* ; +s3:GetObject@b/open/*`, "s3:GetObject", "b/open/x", "ALLOW ESC-10 u"},
		{"ESC-05 guardrails go on counting", `
			id(u): +iam:PutUserPolicy@u
			scp(A): -[s3:*,organizations:*]@*`, "s3:GetObject", "b/x", ""},
		{"ESC-05 a target's boundary", `
			id(r): +s3:GetObject@b/*
			pb(r): +ec2:*@*
			id(u): +iam:UpdateAssumeRolePolicy@r`, "s3:GetObject", "b/x", ""},
		{"ESC-13 no tags go along", `
			add: A:user/x
			id(A:user/x): +s3:GetObject@b/* ?{StringEquals aws:PrincipalTag/team=red}
			tags(u): team=red
			id(u): +iam:CreateAccessKey@A:user/x`, "s3:GetObject", "b/x", ""},
		{"ESC-22 a Deny in the boundary", `
			id(u): +s3:GetObject@b/* ; +iam:DeleteUserPermissionsBoundary@u
			pb(u): +*@* ; -s3:*@*`, "s3:GetObject", "b/x", "ALLOW ESC-22 u"},
		{"ESC-23 a revocation of sessions", `
			tp(r): P=u
			id(r): +s3:GetObject@b/* ; +iam:DeleteRolePolicy@r
			group(G u): +sts:AssumeRole@r`, "s3:GetObject", "b/x", ""},
		{"ESC-24 MFA with an own device", `
			add: A:user/x
			id(A:user/x): +s3:GetObject@b/* ?{Bool aws:MultiFactorAuthPresent=true}
			id(u): +[iam:CreateAccessKey,iam:EnableMFADevice,iam:DeactivateMFADevice]@A:user/x ; +iam:CreateVirtualMFADevice@*`, "s3:GetObject", "b/x", "ALLOW ESC-24 A:user/x"},
		{"ESC-25 the bucket's policy", "id(u): +s3:PutBucketPolicy@b\nrp(b): -s3:*Object@b/* P=*", "s3:GetObject", "b/x", "ALLOW ESC-25 u"},
		{"ESC-25 another resource", "id(u): +s3:PutBucketPolicy@b", "s3:GetObject", "c/x", ""},
		{"ESC-29 an own tag", "id(u): +iam:TagUser@u ; +s3:GetObject@b/* ?{StringEquals aws:PrincipalTag/team=red}", "s3:GetObject", "b/x", "ALLOW ESC-29 u"},
		{"ESC-30 guardrails lifted", `
			add: M:user/a
			scp(A): -s3:*@*
			tp(r): P=M:user/a
			id(r): +s3:GetObject@b/*
			id(M:user/a): +sts:AssumeRole@r ; +organizations:DetachPolicy@*`, "s3:GetObject", "b/x", ""},
		{"ESC-31 a new role and its way on", `
			id(u): +[iam:CreateRole,iam:PutRolePolicy]@*
			tp(q): P=A:root
			id(q): +s3:GetObject@bb/*`, "s3:GetObject", "bb/x", "ALLOW ESC-31 A:role/accesspath-new can-assume q"},
	} {
		t.Run(c.id, func(t *testing.T) {
			r := newCaseWorld(t, c.world).escalated(t, fixture.ARN(c.resource), func(e *query.Engine) (*query.Result, error) {
				return e.WhoCan(t.Context(), c.action, fixture.ARN(c.resource))
			})
			if got := stepsOf(r.Escalation.Answers, "u"); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
			if strings.HasPrefix(c.id, "ESC-30") {
				if got := stepsOf(r.Escalation.Answers, "M:user/a"); got != "ALLOW ESC-30 r" {
					t.Errorf("got %q", got)
				}
			}
		})
	}
}

// TestAdminLevels_ESC_02: by level, and not for those whom a boundary or a
// guardrail keeps from writing IAM policies.
func TestAdminLevels_ESC_02(t *testing.T) {
	w := newCaseWorld(t, `
		add: A:user/adm A:user/bound A:user/open A:role/adm B:user/adm A:user/denies
		id(A:user/adm): +*@*
		id(A:user/denies): +*@* ; -s3:DeleteBucket@*
		id(A:user/bound): +*@*
		pb(A:user/bound): +s3:*@*
		id(A:user/open): +*@*
		pb(A:user/open): +*@* ; -organizations:*@*
		id(B:user/adm): +*@*
		scp(B): -iam:*@*
		tp(A:role/adm): P=u
		id(A:role/adm): +*@*
		id(u): +sts:AssumeRole@A:role/adm`)
	r := w.escalated(t, "", admins(t.Context()))
	level := map[string]string{}
	for _, a := range r.Answers {
		level[fixture.Short(a.Principal)] = a.Level
		if a.Direct && len(a.Paths[0].Because) == 0 {
			t.Errorf("%s: no evidence", a.Principal)
		}
	}
	for who, want := range map[string]string{"A:user/adm": "admin-direct", "A:user/denies": "admin-direct", "A:user/bound": "", "A:user/open": "admin-direct", "B:user/adm": "", "A:role/adm": "admin-direct", "u": "admin-chain"} {
		if level[who] != want {
			t.Errorf("%s: %q, want %q", who, level[who], want)
		}
	}
	if got := stepsOf(r.Escalation.Answers, "A:user/bound"); got != "" {
		t.Errorf("bound: %q", got)
	}
}

// TestAdminsAreAllowed: nobody is an administrator who is not allowed what one does: tags
// that a condition compares are the role's own where nobody may pass others (SYM-22).
func TestAdminsAreAllowed(t *testing.T) {
	for trust, want := range map[string]string{"+sts:AssumeRole P=u": "", "+[sts:AssumeRole,sts:TagSession] P=u": "admin-direct"} {
		w := newCaseWorld(t, "id(r): +*@* ?{StringEquals aws:PrincipalTag/t=${aws:PrincipalTag/k}}\ntp(r): "+trust)
		r, err := w.engine().Admins(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		if i := slices.IndexFunc(r.Answers, func(a query.Answer) bool { return a.Principal == fixture.ARN("r") }); i >= 0 {
			got = r.Answers[i].Level
		}
		can := w.can(t, "r", "iam:CreateUser", "A:user/x")
		if got != want || (can.Verdict != query.VerdictDeny) != (want != "") {
			t.Errorf("%s: %q, want %q; can says %s", trust, got, want, can.Verdict)
		}
	}
}

// TestSimplestEscalation_CHAIN_46: of ways that are as short and ask for as
// little, the one that takes the fewest calls is shown first.
func TestSimplestEscalation_CHAIN_46(t *testing.T) {
	w := fixture.NewWorld()
	for _, line := range []string{"known:", "tp(r): P=Service:lambda", "id(r): +*@*", "id(u): +[iam:PutUserPolicy,iam:PassRole,lambda:CreateFunction,lambda:InvokeFunction,iam:CreateRole,iam:PutRolePolicy]@*"} {
		w.Apply(line)
	}
	s, err := w.Snapshot()
	if err != nil {
		t.Fatal(err)
	}
	r := caseGraph(t, s).escalated(t, "", admins(t.Context()))
	i := slices.IndexFunc(r.Escalation.Answers, func(a query.Answer) bool { return a.Principal == fixture.ARN("u") })
	if i < 0 {
		t.Fatal("u does not escalate")
	}
	last := 0
	for k, p := range r.Escalation.Answers[i].Paths {
		calls := 0
		for _, step := range p.Steps {
			calls += len(step.Escalation.Requests)
		}
		if k == 0 && calls != 1 || len(p.Steps) == 1 && calls < last {
			t.Errorf("path %d takes %d calls after one of %d", k, calls, last)
		}
		last = calls
	}
}

// TestEvidenceOfARolesCalls_ESC_10: what is called after an assumption is allowed by the
// policies of the role.
func TestEvidenceOfARolesCalls_ESC_10(t *testing.T) {
	w := fixture.NewWorld()
	for _, line := range []string{"known:", "tp(r): P=u", "id(r): +iam:PutUserPolicy@u"} {
		w.Apply(line)
	}
	s, err := w.Snapshot()
	if err != nil {
		t.Fatal(err)
	}
	r := caseGraph(t, s).escalated(t, "", admins(t.Context()))
	i := slices.IndexFunc(r.Escalation.Answers, func(a query.Answer) bool { return a.Principal == fixture.ARN("u") })
	if i < 0 {
		t.Fatal("u does not escalate")
	}
	for _, layer := range []string{"resource", "identity"} { // the trust that lets u in, and what the role may do
		if because := r.Escalation.Answers[i].Paths[0].Steps[0].Because; !slices.ContainsFunc(because, func(e query.Evidence) bool { return e.Layer == layer && e.Owner == fixture.ARN("r") }) {
			t.Errorf("no evidence in the %s layer of r among %v", layer, because)
		}
	}
}

// TestRootAtHome_ROOT_01: that a root user can have roles of its own account act
// for it is no escalation; what the management account's does elsewhere is.
func TestRootAtHome_ROOT_01(t *testing.T) {
	w := fixture.NewWorld()
	for _, line := range []string{"known:", "add: M:role/x A:role/y", "tp(M:role/x): P=Service:cloudformation", "id(M:role/x): +*@*", "tp(A:role/y): P=Service:cloudformation", "id(A:role/y): +*@*"} {
		w.Apply(line)
	}
	s, err := w.Snapshot()
	if err != nil {
		t.Fatal(err)
	}
	r := caseGraph(t, s).escalated(t, "", admins(t.Context()))
	seen := false
	for _, a := range r.Escalation.Answers {
		if a.Kind != "root" {
			continue
		}
		seen = seen || a.Account == fixture.AccountID("M")
		for _, p := range a.Paths {
			if !slices.ContainsFunc(p.Principals, func(id string) bool { return !strings.Contains(id, "::"+a.Account+":") }) {
				t.Errorf("a path at home: %v", p.Principals)
			}
		}
	}
	if !seen {
		t.Error("the management account's root user reaches no member")
	}
}
