package escalate_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"accesspath/graph"
	"accesspath/graph/escalate"
	"accesspath/iam"
	"accesspath/internal/fixture"
	"accesspath/policy"
	"accesspath/query"
)

// A wayCase is a world and what must be found in it. A want is "FROM ENTRY TO
// VERDICT": the edge with that entry, ALLOW, ALLOW_IF, or "none". "+" behind a
// name is that principal with a change, "new:" before it one that is made.
type wayCase struct {
	rule     string
	name     string
	world    string
	edit     func(*world)
	resource string
	want     string
}

type world struct {
	*fixture.World
	t    *testing.T
	late []func(*iam.Snapshot)
}

// then changes the finished snapshot.
func (w *world) then(f func(*iam.Snapshot)) { w.late = append(w.late, f) }

func (w *world) user(name string, f func(*iam.User)) {
	w.then(func(s *iam.Snapshot) {
		for _, u := range s.Account(fixture.AccountID("A")).Users {
			if u.Name == name {
				f(u)
			}
		}
	})
}

func (w *world) account(f func(*iam.Account)) {
	w.then(func(s *iam.Snapshot) { f(s.Account(fixture.AccountID("A"))) })
}

// carries adds compute with a role.
func carries(kind, arn, role string, change ...func(*iam.Compute)) func(*world) {
	return func(w *world) {
		w.account(func(a *iam.Account) {
			c := &iam.Compute{ARN: arn, Kind: kind, Account: a.ID, Roles: []string{fixture.ARN(role)}}
			for _, f := range change {
				f(c)
			}
			a.Compute = append(a.Compute, c)
		})
	}
}

// computeUnread takes the knowledge of compute away.
func computeUnread(w *world) {
	w.account(func(a *iam.Account) { delete(a.Coverage, iam.SectionCompute) })
}

func find(t *testing.T, c *wayCase) (*graph.Graph, *escalate.Found) {
	t.Helper()
	w := &world{World: fixture.NewWorld(), t: t}
	w.Apply("known:")
	for _, line := range strings.Split(c.world, "\n") {
		w.Apply(line)
	}
	if c.edit != nil {
		c.edit(w)
	}
	s, err := w.Snapshot()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range w.late {
		f(s)
	}
	g, err := graph.Build(t.Context(), s, graph.Options{AsOf: time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC), KeyDefined: query.KeyDefined})
	if err != nil {
		t.Fatal(err)
	}
	o := escalate.Options{}
	if c.resource != "" {
		o.Resource = fixture.ARN(c.resource)
	}
	f, err := escalate.Find(t.Context(), g, o)
	if err != nil {
		t.Fatal(err)
	}
	return g, f
}

// ways lists the edges from principals of the snapshot, best verdict first.
func ways(f *escalate.Found) []string {
	var out []string
	for e := range f.Graph.AllEscalations() {
		from, to := f.Graph.Node(e.From), f.Graph.Node(e.To)
		if from.Supposed != nil {
			continue
		}
		name := fixture.Short(to.ID)
		switch {
		case to.Supposed != nil && to.Supposed.New:
			name = "new:" + name
		case to.Supposed != nil:
			name += "+"
		}
		verdict := "ALLOW_IF"
		if _, ok := e.Requires.Outright(); ok {
			verdict = "ALLOW"
		}
		line := strings.Join([]string{fixture.Short(from.ID), e.Entry, name, verdict}, " ")
		if !slices.Contains(out, line) {
			out = append(out, line)
		}
	}
	slices.Sort(out)
	return out
}

func TestWays(t *testing.T) {
	for _, c := range append(allCases(), lentCases...) {
		t.Run(c.rule+" "+c.name, func(t *testing.T) {
			_, f := find(t, &c)
			got := ways(f)
			for _, want := range strings.Split(strings.TrimSpace(c.want), "\n") {
				want = strings.TrimSpace(want)
				absent, none := strings.CutSuffix(want, " none")
				if none {
					if i := slices.IndexFunc(got, func(line string) bool { return strings.HasPrefix(line+" ", absent+" ") }); i >= 0 {
						t.Errorf("there is %q", got[i])
					}
				} else if !slices.Contains(got, want) {
					t.Errorf("no %q among\n  %s", want, strings.Join(got, "\n  "))
				}
			}
		})
	}
}

// TestEdgesNameTheirRule: what is found says which rule and entry it is of.
func TestEdgesNameTheirRule_ESC_09(t *testing.T) {
	_, f := find(t, &wayCase{world: "id(u): +iam:CreateAccessKey@A:user/x\nadd: A:user/x"})
	for e := range f.Graph.AllEscalations() {
		i := slices.IndexFunc(escalate.Catalogue(), func(x escalate.Entry) bool { return x.ID == e.Entry })
		if i < 0 || escalate.Catalogue()[i].Rule != e.Rule || e.Title == "" || len(e.Requests) == 0 {
			t.Errorf("edge %+v does not agree with its entry", e)
		}
	}
}

var rewriteCases = []wayCase{
	{"ESC-03", "another version grants more", "id(u): +iam:SetDefaultPolicyVersion@A:policy/versions",
		func(w *world) { w.Versions("u", "+*@*", "+s3:Get*@*") }, "", "u default-policy-version u+ ALLOW"},
	{"ESC-03", "no other version grants more", "id(u): +iam:SetDefaultPolicyVersion@A:policy/versions",
		func(w *world) { w.Versions("u", "+s3:Get*@*", "+*@*") }, "", "u default-policy-version none"},
	{"ESC-03", "the version is of a policy of somebody else", "add: A:user/x\nid(u): +iam:SetDefaultPolicyVersion@*",
		func(w *world) { w.Versions("A:user/x", "+*@*", "+s3:Get*@*") }, "", "u default-policy-version none"},

	{"ESC-04", "on oneself only: no edge to others", "add: A:user/x\nid(u): +[iam:PutUserPolicy,iam:CreateAccessKey]@u", nil, "",
		"u put-user-policy u+ ALLOW\nu create-access-key none\nu put-user-policy-key none"},
	{"ESC-04", "on another only: no edge to oneself", "add: A:user/x\nid(u): +[iam:PutUserPolicy,iam:CreateAccessKey]@A:user/x", nil, "",
		"u put-user-policy none\nu put-user-policy-key A:user/x+ ALLOW"},

	{"ESC-07", "reserved and service-linked roles and AWS policies", `
		id(u): +iam:*@*
		add: A:role/aws-reserved/sso.amazonaws.com/x A:role/aws-service-role/s/y`, nil, "",
		"u update-trust A:role/aws-reserved/sso.amazonaws.com/x none\nu update-trust A:role/aws-service-role/s/y none"},
	{"ESC-07", "a rewritten AWS managed policy", "id(u): +iam:CreatePolicyVersion@*", func(w *world) {
		w.user("u", func(u *iam.User) {
			u.Attached = append(u.Attached, &iam.Attachment{ARN: "arn:aws:iam::aws:policy/ReadOnlyAccess", Policy: &iam.ManagedPolicy{ARN: "arn:aws:iam::aws:policy/ReadOnlyAccess", Account: "aws"}})
		})
	}, "", "u create-policy-version none"},

	{"ESC-10", "own inline policy", "id(u): +iam:PutUserPolicy@u", nil, "", "u put-user-policy u+ ALLOW"},
	{"ESC-10", "another's inline policy", "add: A:user/x\nid(u): +iam:PutUserPolicy@A:user/x", nil, "", "u put-user-policy none"},
	{"ESC-10", "denied", "id(u): +iam:PutUserPolicy@u ; -iam:Put*@*", nil, "", "u put-user-policy none"},
	{"ESC-10", "denied by a guardrail", "id(u): +iam:PutUserPolicy@u\nscp(A): -iam:PutUserPolicy@*", nil, "", "u put-user-policy none"},
	{"ESC-10", "attach anything", "id(u): +iam:AttachUserPolicy@u", nil, "", "u attach-user-policy u+ ALLOW"},
	{"ESC-10", "attach only what is harmless", "id(u): +iam:AttachUserPolicy@u ?{ArnEquals iam:PolicyARN=arn:aws:iam::aws:policy/ReadOnlyAccess}", nil, "", "u attach-user-policy none"},
	{"ESC-10", "attach only the administrator's", "id(u): +iam:AttachUserPolicy@u ?{ArnEquals iam:PolicyARN=arn:aws:iam::aws:policy/AdministratorAccess}", nil, "", "u attach-user-policy u+ ALLOW"},
	{"ESC-10", "the role in use", "id(r): +[iam:PutRolePolicy,iam:AttachRolePolicy]@r", nil, "", "r put-role-policy r+ ALLOW\nr attach-role-policy r+ ALLOW"},
	{"ESC-10", "a user is no role", "id(u): +iam:PutRolePolicy@r", nil, "", "u put-role-policy none\nu put-role-policy-assume none"},
	{"ESC-10", "a group that it is in", "group(G u): +[iam:PutGroupPolicy,iam:AttachGroupPolicy]@A:group/G", nil, "", "u put-group-policy u+ ALLOW\nu attach-group-policy u+ ALLOW"},
	{"ESC-10", "a group that it is not in", "group(G): +s3:*@*\nid(u): +iam:PutGroupPolicy@A:group/G", nil, "", "u put-group-policy none"},
	{"ESC-10", "a boundary on the target is asked for and not there", "id(u): +iam:PutUserPolicy@u ?{StringEquals iam:PermissionsBoundary=arn:aws:iam::A:policy/b}", nil, "", "u put-user-policy none"},

	{"ESC-11", "an attached policy", "id(u): +iam:CreatePolicyVersion@A:policy/versions", func(w *world) { w.Versions("u", "+s3:*@*") }, "", "u create-policy-version u+ ALLOW"},
	{"ESC-11", "a policy that is not attached", "add: A:user/x\nid(u): +iam:CreatePolicyVersion@*", func(w *world) { w.Versions("A:user/x", "+s3:*@*") }, "", "u create-policy-version none"},
	{"ESC-11", "five versions", "id(u): +iam:CreatePolicyVersion@*", func(w *world) {
		w.Versions("u", "+s3:a@*", "+s3:b@*", "+s3:c@*", "+s3:d@*", "+s3:e@*")
	}, "", "u create-policy-version none"},
	{"ESC-11", "five versions, and one may go", "id(u): +[iam:CreatePolicyVersion,iam:DeletePolicyVersion]@*", func(w *world) {
		w.Versions("u", "+s3:a@*", "+s3:b@*", "+s3:c@*", "+s3:d@*", "+s3:e@*")
	}, "", "u create-policy-version u+ ALLOW"},

	{"ESC-12", "a group", "group(Admins): +*@*\nid(u): +iam:AddUserToGroup@A:group/Admins", nil, "", "u add-user-to-group u+ ALLOW"},
	{"ESC-12", "another group", "group(Admins): +*@*\ngroup(Other): +s3:*@*\nid(u): +iam:AddUserToGroup@A:group/Oth*", nil, "", "u add-user-to-group u+ ALLOW"},
	{"ESC-12", "a group of another name", "group(Admins): +*@*\nid(u): +iam:AddUserToGroup@A:group/Other", nil, "", "u add-user-to-group none"},
	{"ESC-12", "it is in already", "group(Admins u): +iam:AddUserToGroup@*", nil, "", "u add-user-to-group none"},

	{"ESC-16", "a group that it can empower and join", "group(Empty): +s3:ListAllMyBuckets@*\nid(u): +[iam:AttachGroupPolicy,iam:AddUserToGroup]@*", nil, "", "u attach-group-policy-join u+ ALLOW"},
	{"ESC-16", "a group that it can empower and not join", "group(Empty): +s3:ListAllMyBuckets@*\nid(u): +[iam:AttachGroupPolicy,iam:PutGroupPolicy]@*", nil, "", "u attach-group-policy-join none\nu put-group-policy-join none"},
	{"ESC-16", "a group to write for and join", "group(Empty): +s3:ListAllMyBuckets@*\nid(u): +[iam:PutGroupPolicy,iam:AddUserToGroup]@*", nil, "", "u put-group-policy-join u+ ALLOW"},
	{"ESC-31", "a new group", "id(u): +[iam:CreateGroup,iam:PutGroupPolicy,iam:AddUserToGroup]@*", nil, "", "u new-group u+ ALLOW"},
	{"ESC-31", "a new group that it cannot join", "id(u): +[iam:CreateGroup,iam:PutGroupPolicy]@*", nil, "", "u new-group none"},
	{"ESC-10", "attach only policies of a path, and make one there", "id(u): +iam:AttachUserPolicy@u ?{ArnLike iam:PolicyARN=arn:aws:iam::111111111111:policy/dev/*} ; +iam:CreatePolicy@arn:aws:iam::111111111111:policy/dev/*", nil, "", "u attach-user-policy u+ ALLOW"},
	{"ESC-10", "attach only policies of a path, and make them elsewhere", "id(u): +iam:AttachUserPolicy@u ?{ArnLike iam:PolicyARN=arn:aws:iam::111111111111:policy/dev/*} ; +iam:CreatePolicy@arn:aws:iam::111111111111:policy/ops/*", nil, "", "u attach-user-policy none"},
	{"ESC-10", "attach one policy, and rewrite it", "add: A:user/x\nid(u): +iam:AttachUserPolicy@u ?{ArnEquals iam:PolicyARN=arn:aws:iam::111111111111:policy/versions} ; +iam:CreatePolicyVersion@A:policy/versions",
		func(w *world) { w.Versions("A:user/x", "+s3:Get*@*") }, "", "u attach-user-policy u+ ALLOW"},

	{"ESC-10", "attach none of AWS's policies, and make one", "id(u): +iam:AttachUserPolicy@u ; -iam:AttachUserPolicy@* ?{ArnLike iam:PolicyARN=arn:aws:iam::aws:policy/*} ; +iam:CreatePolicy@*", nil, "", "u attach-user-policy u+ ALLOW"},
	{"ESC-10", "attach what is none of AWS's policies, and make one", "id(u): +iam:AttachUserPolicy@u ?{ArnNotLike iam:PolicyARN=arn:aws:iam::aws:policy/*} ; +iam:CreatePolicy@A:policy/dev/*", nil, "", "u attach-user-policy u+ ALLOW"},
	{"ESC-10", "attach none of AWS's policies, and there is no other", "id(u): +iam:AttachUserPolicy@u ; -iam:AttachUserPolicy@* ?{ArnLike iam:PolicyARN=arn:aws:iam::aws:policy/*}", nil, "", "u attach-user-policy none"},
	{"ESC-10", "attach one of many policies", "id(u): +iam:AttachUserPolicy@u ?{ArnEquals iam:PolicyARN=arn:aws:iam::111111111111:policy/p14}", manyPolicies(15), "", "u attach-user-policy u+ ALLOW"},
	{"ESC-10", "attach one of many that is not there", "id(u): +iam:AttachUserPolicy@u ?{ArnEquals iam:PolicyARN=arn:aws:iam::111111111111:policy/p15}", manyPolicies(15), "", "u attach-user-policy none"},
	{"ESC-31", "a new group with an attached policy", "id(u): +[iam:CreateGroup,iam:AttachGroupPolicy,iam:AddUserToGroup]@*", nil, "", "u new-group-attach u+ ALLOW\nu new-group none"},
	{"ESC-31", "a new group with a policy of the account", "add: A:user/x\nid(u): +[iam:CreateGroup,iam:AddUserToGroup]@* ; +iam:AttachGroupPolicy@* ?{ArnLike iam:PolicyARN=arn:aws:iam::111111111111:policy/*}", versions("A:user/x", "+*@*"), "", "u new-group-attach u+ ALLOW"},

	{"ESC-16", "a stored version of a role's policy", "tp(r): P=u\nid(u): +iam:SetDefaultPolicyVersion@A:policy/versions", func(w *world) { w.Versions("r", "+*@*", "+s3:Get*@*") }, "", "u default-policy-version-assume r+ ALLOW"},
	{"ESC-16", "a stored version of the policy of a role that it cannot assume", "tp(r): P=Service:ec2\nid(u): +iam:SetDefaultPolicyVersion@A:policy/versions", func(w *world) { w.Versions("r", "+*@*", "+s3:Get*@*") }, "", "u default-policy-version-assume none"},

	{"ESC-29", "tag the user, then make its key", "add: A:user/x\nid(u): +iam:TagUser@* ; +iam:CreateAccessKey@* ?{StringEquals aws:ResourceTag/developer=true}", nil, "", "u create-access-key A:user/x ALLOW"},
	{"ESC-29", "tag the role, then attach a policy to it", "tp(r): P=u\nid(u): +iam:TagRole@* ; +iam:AttachRolePolicy@* ?{StringEquals aws:ResourceTag/developer=true}", nil, "", "u attach-role-policy-assume r+ ALLOW"},
	{"ESC-29", "tag oneself, then write a policy", "id(u): +iam:TagUser@u ; +iam:PutUserPolicy@u ?{StringEquals aws:ResourceTag/developer=true}", nil, "", "u put-user-policy u+ ALLOW"},
	{"ESC-29", "tag oneself, then attach a policy", "id(u): +iam:TagUser@u ; +iam:AttachUserPolicy@u ?{StringLike iam:ResourceTag/developer=t*}", nil, "", "u attach-user-policy u+ ALLOW"},
	{"ESC-29", "tag another, then write a policy for oneself", "add: A:user/x\nid(u): +iam:TagUser@A:user/x ; +iam:PutUserPolicy@u ?{StringEquals aws:ResourceTag/developer=true}", nil, "", "u put-user-policy none"},
	{"ESC-29", "the user may not be tagged so", "add: A:user/x\nid(u): +iam:TagUser@* ?{StringEquals aws:RequestTag/developer=false} ; +iam:CreateAccessKey@* ?{StringEquals aws:ResourceTag/developer=true}", nil, "", "u create-access-key none"},
	{"ESC-29", "no user may be tagged", "add: A:user/x\nid(u): +iam:CreateAccessKey@* ?{StringEquals aws:ResourceTag/developer=true}", nil, "", "u create-access-key none"},

	{"ESC-13", "another user", "add: A:user/x\nid(u): +iam:CreateAccessKey@A:user/x", nil, "", "u create-access-key A:user/x ALLOW"},
	{"ESC-13", "a user of another account", "add: B:user/x\nid(u): +iam:CreateAccessKey@B:user/x", nil, "", "u create-access-key none"},
	{"ESC-13", "with MFA", "add: A:user/x\nid(u): +iam:CreateAccessKey@A:user/x ?{Bool aws:MultiFactorAuthPresent=true}", nil, "", "u create-access-key A:user/x ALLOW_IF"},
	{"ESC-13", "two keys", "add: A:user/x\nid(u): +iam:CreateAccessKey@A:user/x", func(w *world) {
		w.user("x", func(u *iam.User) {
			u.Credentials = &iam.Credentials{Keys: iam.Present, AccessKeys: make([]iam.AccessKey, 2)}
		})
	}, "", "u create-access-key none"},
	{"ESC-13", "two keys, and one may go", "add: A:user/x\nid(u): +[iam:CreateAccessKey,iam:DeleteAccessKey]@A:user/x", func(w *world) {
		w.user("x", func(u *iam.User) {
			u.Credentials = &iam.Credentials{Keys: iam.Present, AccessKeys: make([]iam.AccessKey, 2)}
		})
	}, "", "u create-access-key A:user/x ALLOW"},

	{"ESC-14", "no password", "add: A:user/x\nid(u): +iam:CreateLoginProfile@A:user/x", password(iam.KnownEmpty, iam.KnownEmpty), "", "u create-login-profile A:user/x ALLOW"},
	{"ESC-14", "there is a password", "add: A:user/x\nid(u): +iam:CreateLoginProfile@A:user/x", password(iam.Present, iam.KnownEmpty), "", "u create-login-profile none"},
	{"ESC-14", "a password to replace", "add: A:user/x\nid(u): +iam:UpdateLoginProfile@A:user/x", password(iam.Present, iam.KnownEmpty), "", "u update-login-profile A:user/x ALLOW"},
	{"ESC-14", "no password to replace", "add: A:user/x\nid(u): +iam:UpdateLoginProfile@A:user/x", password(iam.KnownEmpty, iam.KnownEmpty), "", "u update-login-profile none"},
	{"ESC-14", "not known", "add: A:user/x\nid(u): +iam:UpdateLoginProfile@A:user/x", password(iam.Unknown, iam.Unknown), "", "u update-login-profile A:user/x ALLOW_IF"},
	{"ESC-14", "the user has a device", "add: A:user/x\nid(u): +iam:UpdateLoginProfile@A:user/x", password(iam.Present, iam.Present), "", "u update-login-profile none"},
	{"ESC-14", "a device that may go", "add: A:user/x\nid(u): +[iam:UpdateLoginProfile,iam:DeactivateMFADevice]@A:user/x", password(iam.Present, iam.Present), "", "u update-login-profile A:user/x ALLOW"},

	{"ESC-15", "naming oneself", "id(u): +iam:UpdateAssumeRolePolicy@r", nil, "", "u update-trust r ALLOW"},
	{"ESC-15", "a role of another account", "id(u): +iam:UpdateAssumeRolePolicy@q", nil, "", "u update-trust none"},
	{"ESC-15", "assuming is denied", "id(u): +iam:UpdateAssumeRolePolicy@r ; -sts:AssumeRole@*", nil, "", "u update-trust none"},
	{"ESC-15", "a guardrail keeps the trust", "id(u): +iam:UpdateAssumeRolePolicy@r\nscp(A): -iam:UpdateAssumeRolePolicy@r", nil, "", "u update-trust none"},

	{"ESC-16", "a role that it can assume", "tp(r): P=u\nid(u): +iam:PutRolePolicy@r", nil, "", "u put-role-policy-assume r+ ALLOW"},
	{"ESC-16", "a role that it cannot assume", "tp(r): P=Service:ec2\nid(u): +iam:PutRolePolicy@r", nil, "", "u put-role-policy-assume none\nu put-role-policy-trust none"},
	{"ESC-16", "and its trust", "id(u): +[iam:PutRolePolicy,iam:AttachRolePolicy,iam:UpdateAssumeRolePolicy]@r", nil, "", "u put-role-policy-trust r+ ALLOW\nu attach-role-policy-trust r+ ALLOW"},
	{"ESC-16", "attach", "tp(r): P=u\nid(u): +iam:AttachRolePolicy@r", nil, "", "u attach-role-policy-assume r+ ALLOW"},
	{"ESC-16", "its policy", "tp(r): P=u\nid(u): +iam:CreatePolicyVersion@A:policy/versions", func(w *world) { w.Versions("r", "+s3:*@*") }, "", "u create-policy-version-assume r+ ALLOW"},
	{"ESC-16", "its policy and trust", "id(u): +iam:CreatePolicyVersion@A:policy/versions ; +iam:UpdateAssumeRolePolicy@r", func(w *world) { w.Versions("r", "+s3:*@*") }, "", "u create-policy-version-trust r+ ALLOW"},
	{"ESC-16", "a user and its key", "add: A:user/x\nid(u): +[iam:PutUserPolicy,iam:AttachUserPolicy,iam:CreateAccessKey]@A:user/x", nil, "", "u put-user-policy-key A:user/x+ ALLOW\nu attach-user-policy-key A:user/x+ ALLOW"},
	{"ESC-16", "a user without its key", "add: A:user/x\nid(u): +iam:PutUserPolicy@A:user/x", nil, "", "u put-user-policy-key none"},
	{"ESC-16", "a user's policy and its key", "add: A:user/x\nid(u): +iam:CreatePolicyVersion@* ; +iam:CreateAccessKey@A:user/x", func(w *world) { w.Versions("A:user/x", "+s3:*@*") }, "", "u create-policy-version-key A:user/x+ ALLOW"},

	{"ESC-22", "delete the boundary", "id(u): +iam:DeleteUserPermissionsBoundary@u\npb(u): +*@*", nil, "", "u delete-user-boundary u+ ALLOW"},
	{"ESC-22", "the boundary forbids it", "id(u): +iam:DeleteUserPermissionsBoundary@u\npb(u): +s3:*@*", nil, "", "u delete-user-boundary none"},
	{"ESC-22", "no boundary", "id(u): +iam:DeleteUserPermissionsBoundary@u", nil, "", "u delete-user-boundary none"},
	{"ESC-22", "replace the boundary", "id(r): +iam:PutRolePermissionsBoundary@r\npb(r): +iam:*@*", nil, "", "r put-role-boundary r+ ALLOW"},
	{"ESC-22", "replace it by itself only", "id(u): +iam:PutUserPermissionsBoundary@u ?{StringEquals iam:PermissionsBoundary=arn:aws:iam::A:policy/boundary-u}\npb(u): +iam:*@*", nil, "", "u put-user-boundary none"},
	{"ESC-22", "rewrite the boundary", "id(u): +iam:CreatePolicyVersion@A:policy/boundary-u\npb(u): +iam:*@*", nil, "", "u rewrite-boundary u+ ALLOW"},
	{"ESC-22", "a role's boundary", "id(r): +iam:DeleteRolePermissionsBoundary@r\npb(r): +iam:*@*", nil, "", "r delete-role-boundary r+ ALLOW"},
	{"ESC-22", "replace it by a policy of the account that allows everything", "add: A:user/x\nid(u): +iam:PutUserPermissionsBoundary@u ?{StringEquals iam:PermissionsBoundary=arn:aws:iam::111111111111:policy/versions}\npb(u): +iam:*@*", versions("A:user/x", "+*@*"), "", "u put-user-boundary u+ ALLOW"},
	{"ESC-22", "replace it by a policy of the account that allows less", "add: A:user/x\nid(u): +iam:PutUserPermissionsBoundary@u ?{StringEquals iam:PermissionsBoundary=arn:aws:iam::111111111111:policy/versions}\npb(u): +iam:*@*", versions("A:user/x", "+s3:*@*"), "", "u put-user-boundary none"},
	{"ESC-22", "put a user's boundary", "id(u): +iam:PutUserPermissionsBoundary@u\npb(u): +iam:*@*", nil, "", "u put-user-boundary u+ ALLOW"},

	{"ESC-23", "an inline Deny", "id(u): +iam:DeleteUserPolicy@u ; +s3:*@* ; -s3:*@*", nil, "", "u delete-user-policy u+ ALLOW"},
	{"ESC-23", "nothing is denied", "id(u): +iam:DeleteUserPolicy@u ; +s3:*@*", nil, "", "u delete-user-policy none"},
	{"ESC-23", "a role's inline Deny", "id(r): +iam:DeleteRolePolicy@r ; -s3:*@*", nil, "", "r delete-role-policy r+ ALLOW"},
	{"ESC-23", "an attached Deny", "id(u): +iam:DetachUserPolicy@u\nid(r): +iam:DetachRolePolicy@r", func(w *world) {
		w.Versions("u", "-s3:*@*")
		w.Versions("r", "-s3:*@*")
	}, "", "u detach-user-policy u+ ALLOW\nr detach-role-policy r+ ALLOW"},
	{"ESC-23", "detach only another policy", "id(u): +iam:DetachUserPolicy@u ?{ArnEquals iam:PolicyARN=arn:aws:iam::A:policy/other}", func(w *world) { w.Versions("u", "-s3:*@*") }, "", "u detach-user-policy none"},
	{"ESC-23", "a group's Deny", "group(G u): -s3:*@*\nid(u): +iam:RemoveUserFromGroup@A:group/G", nil, "", "u leave-group u+ ALLOW"},
	{"ESC-23", "a policy of a group that denies", "group(G u): -s3:*@*\nid(u): +iam:DeleteGroupPolicy@A:group/G ; +s3:*@*", nil, "", "u delete-group-policy u+ ALLOW"},
	{"ESC-23", "an attached policy of a group that denies", "group(G u): +s3:ListAllMyBuckets@*\nid(u): +iam:DetachGroupPolicy@A:group/G ; +s3:*@*", func(w *world) { w.Versions("A:group/G", "-s3:*@*") }, "", "u detach-group-policy u+ ALLOW"},
	{"ESC-23", "a policy of another group that denies", "group(G u): -s3:*@*\ngroup(H): -s3:*@*\nid(u): +[iam:DeleteGroupPolicy,iam:DetachGroupPolicy]@A:group/H ; +s3:*@*", nil, "", "u delete-group-policy none\nu detach-group-policy none"},
	{"ESC-23", "a group without Deny", "group(G u): +s3:*@*\nid(u): +iam:RemoveUserFromGroup@A:group/G", nil, "", "u leave-group none"},

	{"ESC-24", "an own device", "add: A:user/x\nid(A:user/x): +s3:*@* ?{Bool aws:MultiFactorAuthPresent=true}\nid(u): +[iam:CreateAccessKey,iam:EnableMFADevice]@A:user/x ; +iam:CreateVirtualMFADevice@*",
		password(iam.KnownEmpty, iam.KnownEmpty), "", "u own-mfa-device A:user/x+ ALLOW"},
	{"ESC-24", "the user has a device", "add: A:user/x\nid(A:user/x): +s3:*@* ?{Bool aws:MultiFactorAuthPresent=true}\nid(u): +[iam:CreateAccessKey,iam:EnableMFADevice]@A:user/x ; +iam:CreateVirtualMFADevice@*",
		password(iam.KnownEmpty, iam.Present), "", "u own-mfa-device none"},
	{"ESC-24", "no policy asks for MFA", "add: A:user/x\nid(A:user/x): +s3:*@*\nid(u): +[iam:CreateAccessKey,iam:EnableMFADevice]@A:user/x ; +iam:CreateVirtualMFADevice@*",
		password(iam.KnownEmpty, iam.KnownEmpty), "", "u own-mfa-device none"},

	{"ESC-29", "a tag that a policy asks for", "id(u): +iam:TagUser@u ; +s3:*@* ?{StringEquals aws:PrincipalTag/team=red}", nil, "", "u tag-user u+ ALLOW"},
	{"ESC-29", "a tag that a policy asks for by pattern", "id(u): +iam:TagUser@u ; +s3:*@* ?{StringLike aws:PrincipalTag/team=1*}", nil, "", "u tag-user u+ ALLOW"},
	{"ESC-29", "no policy asks for tags", "id(u): +iam:TagUser@u ; +s3:*@*", nil, "", "u tag-user none"},
	{"ESC-29", "it has the tag", "id(u): +iam:TagUser@u ; +s3:*@* ?{StringEquals aws:PrincipalTag/team=red}\ntags(u): team=red", nil, "", "u tag-user none"},
	{"ESC-29", "another value only", "id(u): +iam:TagUser@u ?{StringEquals aws:RequestTag/team=blue} ; +s3:*@* ?{StringEquals aws:PrincipalTag/team=red}", nil, "", "u tag-user none"},
	{"ESC-29", "a tag that the boundary asks for", "id(u): +iam:TagUser@u ; +s3:*@*\npb(u): +iam:TagUser@u ; +s3:*@* ?{StringEquals aws:PrincipalTag/team=red}", nil, "", "u tag-user u+ ALLOW"},
	{"ESC-29", "the value of a variable in a resource", "id(u): +iam:TagUser@u ; +s3:*@b/${aws:PrincipalTag/team}/*", nil, "", "u tag-user u+ ALLOW"},
	{"ESC-29", "the value of a variable in a condition", "id(u): +iam:TagUser@u ; +s3:*@* ?{StringEquals aws:ResourceTag/team=${aws:PrincipalTag/team}}\ntags(u): team=red", nil, "", "u tag-user u+ ALLOW"},
	{"ESC-29", "a variable whose value may be one only", "id(u): +iam:TagUser@u ?{StringEquals aws:RequestTag/team=blue} ; +s3:*@b/${aws:PrincipalTag/team}/*", nil, "", "u tag-user u+ ALLOW"},
	{"ESC-29", "a variable whose value may not be chosen", "id(u): +iam:TagUser@u ?{StringEquals aws:RequestTag/team=${aws:username}-x} ; +s3:*@b/${aws:PrincipalTag/team}/*", nil, "", "u tag-user none"},
	{"ESC-29", "a variable and a value that may not be given", "id(u): +iam:TagUser@u ; -iam:TagUser@u ?{StringEquals aws:RequestTag/team=admin} ; +s3:*@b/${aws:PrincipalTag/team}/*", nil, "", "u tag-user u+ ALLOW"},
	{"ESC-29", "a variable and all but some values denied", "id(u): +iam:TagUser@u ; -iam:TagUser@u ?{StringNotEquals aws:RequestTag/team=blue} ; +s3:*@b/${aws:PrincipalTag/team}/*", nil, "", "u tag-user u+ ALLOW"},
	{"ESC-29", "a pattern and one value that may be given", "id(u): +iam:TagUser@u ?{StringEquals aws:RequestTag/team=red-1} ; +s3:*@* ?{StringLike aws:PrincipalTag/team=red-?*}", nil, "", "u tag-user u+ ALLOW"},
	{"ESC-29", "a value that it has and should not", "id(u): +iam:TagUser@u ; +s3:*@* ?{StringNotEquals aws:PrincipalTag/team=red}\ntags(u): team=red", nil, "", "u tag-user u+ ALLOW"},
	{"ESC-29", "a value that it has and is denied for", "id(u): +iam:TagUser@u ; +s3:*@* ; -s3:*@* ?{StringEquals aws:PrincipalTag/team=red}\ntags(u): team=red", nil, "", "u tag-user u+ ALLOW"},
	{"ESC-29", "a value that it would be denied for", "id(u): +iam:TagUser@u ; +s3:*@* ; -s3:*@* ?{StringEquals aws:PrincipalTag/team=red}", nil, "", "u tag-user none"},
	{"ESC-29", "another value that may be given", "id(u): +iam:TagUser@u ?{StringEquals aws:RequestTag/team=blue} ; +s3:*@* ; -s3:*@* ?{StringEquals aws:PrincipalTag/team=red}\ntags(u): team=red", nil, "", "u tag-user u+ ALLOW"},
	{"ESC-29", "a variable of another tag", "id(u): +iam:TagUser@u ?{ForAllValues:StringEquals aws:TagKeys=color} ; +s3:*@b/${aws:PrincipalTag/Team}/*", nil, "", "u tag-user none"},
	{"ESC-29", "a variable of a tag that may be given", "id(u): +iam:TagUser@u ?{ForAllValues:StringEquals aws:TagKeys=Team} ; +s3:*@b/${aws:PrincipalTag/Team}/*", nil, "", "u tag-user u+ ALLOW"},
	{"ESC-29", "a tag that another account asks for", "id(u): +iam:TagUser@u\ntp(B:role/r): P=A:user/u ?{StringEquals aws:PrincipalTag/team=red}", nil, "", "u tag-user u+ ALLOW"},
	{"ESC-29", "a tag that others' policies ask for", "add: A:user/x\nid(u): +iam:TagUser@u\nid(A:user/x): +s3:*@* ?{StringEquals aws:PrincipalTag/team=red}", nil, "", "u tag-user none"},
	{"ESC-29", "the role in use", "id(r): +iam:TagRole@r\nrp(b): +s3:GetObject@b/* P=r ?{StringEquals aws:PrincipalTag/team=red}", nil, "", "r tag-role r+ ALLOW"},

	{"ESC-31", "a role", "id(u): +[iam:CreateRole,iam:PutRolePolicy]@*", nil, "", "u new-role new:A:role/accesspath-new ALLOW"},
	{"ESC-31", "a role without power", "id(u): +iam:CreateRole@*", nil, "", "u new-role none"},
	{"ESC-31", "names that do not meet", "id(u): +iam:CreateRole@A:role/a* ; +iam:PutRolePolicy@A:role/b*", nil, "", "u new-role none"},
	{"ESC-31", "a role, where the names at hand are taken", "add: A:role/accesspath A:role/accesspath-new\nid(u): +[iam:CreateRole,iam:PutRolePolicy]@*", nil, "", "u new-role new:A:role/accesspath-x ALLOW"},
	{"ESC-31", "a role below a path, where the name is taken", "add: A:role/dev/accesspath\nid(u): +[iam:CreateRole,iam:PutRolePolicy]@A:role/dev/*", nil, "", "u new-role new:A:role/dev/accesspath-x ALLOW"},
	{"ESC-31", "a role of one name below any path, which is taken", "add: A:role/x/admin\nid(u): +[iam:CreateRole,iam:PutRolePolicy]@A:role/*/admin", nil, "", "u new-role none"},
	{"ESC-31", "a role that is there", "id(u): +[iam:CreateRole,iam:PutRolePolicy]@r", nil, "", "u new-role none"},
	{"ESC-31", "a role whose name is there below another path", "id(u): +[iam:CreateRole,iam:PutRolePolicy]@A:role/dev/R", nil, "", "u new-role none"},
	{"ESC-31", "a role that is there, or another", "id(u): +[iam:CreateRole,iam:PutRolePolicy]@[r,A:role/r2]", nil, "", "u new-role new:r2 ALLOW"},
	{"ESC-31", "a user that is there", "add: A:user/x\nid(u): +[iam:CreateUser,iam:PutUserPolicy,iam:CreateAccessKey]@A:user/x", nil, "", "u new-user none\nu put-user-policy-key A:user/x+ ALLOW"},
	{"ESC-31", "a group that is there", "group(G): +s3:*@*\nid(u): +[iam:CreateGroup,iam:PutGroupPolicy,iam:AddUserToGroup]@A:group/G", nil, "", "u new-group none\nu put-group-policy-join u+ ALLOW"},
	{"ESC-31", "a user", "id(u): +[iam:CreateUser,iam:AttachUserPolicy,iam:CreateAccessKey]@A:user/dev/*", nil, "", "u new-user new:A:user/dev/accesspath ALLOW"},
	{"ESC-31", "a role with a policy of the account", "add: A:user/x\nid(u): +iam:CreateRole@* ; +iam:AttachRolePolicy@* ?{ArnLike iam:PolicyARN=arn:aws:iam::111111111111:policy/*}", versions("A:user/x", "+*@*"), "", "u new-role new:A:role/accesspath-new ALLOW"},
	{"ESC-31", "a role with a policy of the account that allows less", "add: A:user/x\nid(u): +iam:CreateRole@* ; +iam:AttachRolePolicy@* ?{ArnLike iam:PolicyARN=arn:aws:iam::111111111111:policy/*}", versions("A:user/x", "+s3:*@*"), "", "u new-role none"},
	{"ESC-31", "a role with a policy that is made", "id(u): +[iam:CreateRole,iam:CreatePolicy]@* ; +iam:AttachRolePolicy@* ?{ArnLike iam:PolicyARN=arn:aws:iam::111111111111:policy/*}", nil, "", "u new-role new:A:role/accesspath-new ALLOW"},
	{"ESC-31", "a role of a name that the rest allows", "id(u): +iam:CreateRole@* ; +iam:PutRolePolicy@A:role/dev/*", nil, "", "u new-role new:A:role/dev/accesspath ALLOW"},
	{"ESC-31", "a user without a credential", "id(u): +[iam:CreateUser,iam:AttachUserPolicy]@*", nil, "", "u new-user none"},
	{"ESC-31", "a user for a group", "group(G): +s3:*@*\nid(u): +[iam:CreateUser,iam:CreateLoginProfile]@* ; +iam:AddUserToGroup@A:group/G", nil, "", "u new-member new:A:user/accesspath-new ALLOW"},
}

// manyPolicies are policies p0, p1, … of the account that allow something of IAM.
func manyPolicies(n int) func(*world) {
	return func(w *world) {
		w.account(func(a *iam.Account) {
			for i := range n {
				m := &iam.ManagedPolicy{ARN: fmt.Sprintf("arn:aws:iam::%s:policy/p%d", a.ID, i), Name: fmt.Sprint("p", i), Account: a.ID, DefaultVersionID: "v1"}
				d, err := policy.ParseDocument([]byte(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iam:PutUserPolicy","Resource":"*"}]}`))
				if err != nil {
					w.t.Fatal(err)
				}
				m.Versions = []*iam.PolicyVersion{{Policy: iam.Policy{Name: m.Name, ARN: m.ARN, Document: d}, VersionID: "v1", IsDefault: true}}
				a.Policies = append(a.Policies, m)
			}
		})
	}
}

func password(password, mfa iam.State) func(*world) {
	return func(w *world) {
		w.user("x", func(u *iam.User) { u.Credentials = &iam.Credentials{Password: password, MFA: mfa} })
	}
}

// TestNewRoleKeepsTheBoundary: with a condition on iam:PermissionsBoundary what
// is made has that boundary (CKEY-42).
func TestNewRoleKeepsTheBoundary_ESC_31(t *testing.T) {
	_, f := find(t, &wayCase{world: `
		id(u): +iam:CreateRole@* ?{StringEquals iam:PermissionsBoundary=arn:aws:iam::A:policy/boundary-u} ; +iam:PutRolePolicy@* ?{StringEquals iam:PermissionsBoundary=arn:aws:iam::A:policy/boundary-u}
		pb(u): +[s3:*,iam:*]@*`})
	for e := range f.Graph.AllEscalations() {
		if e.Entry != "new-role" || f.Graph.Node(e.From).ID != fixture.ARN("u") {
			continue
		}
		n := f.Graph.Node(e.To)
		if n.Role.Boundary == nil || n.Role.Boundary.Document() == nil {
			t.Fatal("the role has no boundary")
		}
		d := f.Graph.Model.Decide(graph.Ask{Node: n, Action: "ec2:RunInstances", Resource: "*"})
		if !d.Requires.IsFalse() {
			t.Errorf("the role may launch instances: %v", d.Because)
		}
		if r := f.Graph.Model.Decide(graph.Ask{Node: n, Action: "s3:GetObject", Resource: fixture.ARN("b/x")}).Requires; r != policy.True() {
			t.Errorf("the role may not read: %v", r.Key())
		}
		return
	}
	t.Error("no new role")
}
