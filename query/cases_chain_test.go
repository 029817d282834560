package query_test

import (
	"slices"
	"testing"

	"accesspath/internal/fixture"
	"accesspath/query"
)

// chainCases is section 14.6: chains.
func chainCases() []microCase {
	return []microCase{
		{id: "CASE-150", world: `
			tp(r1): P=u
			tp(r2): P=r1
			id(r2): +s3:GetObject@b/*`,
			ask: `
			who: s3:GetObject b/x -> u ALLOW via r1 r2
			who: s3:GetObject b/x -> r1 ALLOW via r2
			who: s3:GetObject b/x -> r2 ALLOW`},
		{id: "CASE-151", world: `
			id(u): +s3:*@*
			tp(r): P=u
			id(r): +ec2:*@*`,
			ask: `
			r s3:GetObject b/x -> DENY(implicit:identity)
			can: u s3:GetObject b/x -> ALLOW
			can: u ec2:StopInstances A:instance/i-1 -> ALLOW via r`,
			check: separateSessions},
		{id: "CASE-152", world: `
			id(A:user/alice): +sts:AssumeRole@[r1,r2]
			id(r1): +sts:AssumeRole@r2
			tp(r1): P=A
			tp(r2): P=A ?{StringEquals aws:username=alice}
			id(r2): +s3:GetObject@b/*`,
			ask: `
			A:user/alice sts:AssumeRole r2 -> ALLOW
			paths: A:user/alice to r2 -> ALLOW via r2
			r1 sts:AssumeRole r2 -> DENY(implicit:resource)`},
		{id: "CASE-152/dead", world: `
			id(A:user/alice): +sts:AssumeRole@r1
			id(r1): +sts:AssumeRole@r2
			tp(r1): P=A
			tp(r2): P=A ?{StringEquals aws:username=alice}`,
			ask: `paths: A:user/alice to r2 -> DENY(implicit:resource) at 2`},
		{id: "CASE-153", world: `
			tp(r1): P=u ?{StringEquals sts:ExternalId=x1}
			tp(r2): P=r1 ?{StringEquals sts:ExternalId=x2}`,
			ask: `paths: u to r2 -> ALLOW_IF(KNOWLEDGE sts:ExternalId StringEquals x1@1 & KNOWLEDGE sts:ExternalId StringEquals x2@2) via r1 r2`},
		{id: "CASE-154", world: `
			tp(r1): +[sts:AssumeRole,sts:SetSourceIdentity] P=u ?{StringEquals sts:SourceIdentity=y}
			id(u): +sts:SetSourceIdentity@*
			tp(r2): +[sts:AssumeRole,sts:SetSourceIdentity] P=r1 ?{StringEquals aws:SourceIdentity=x}
			id(r1): +sts:SetSourceIdentity@*
			id(r2): +s3:GetObject@b/*`,
			ask: `
			paths: u to r2 -> DENY(contradiction) at 2 #text=hop_1_asks_that_sts:SourceIdentity_is_“y”,_which_excludes_that_aws:SourceIdentity_is_“x”
			can: u s3:GetObject b/x -> DENY(contradiction) at 2 #text=hop_1_asks_that_sts:SourceIdentity_is_“y”,_which_excludes_that_aws:SourceIdentity_is_“x”
			can: u sts:AssumeRole r2 -> DENY(contradiction) at 2 #text=hop_1_asks_that_sts:SourceIdentity_is_“y”,_which_excludes_that_aws:SourceIdentity_is_“x”`},
		{id: "CASE-154/any-value", world: `
			add: A:role/r3
			tp(r1): +[sts:AssumeRole,sts:SetSourceIdentity] P=u ?{StringLike sts:SourceIdentity=bob*}
			id(u): +sts:SetSourceIdentity@*
			tp(r2): +[sts:AssumeRole,sts:SetSourceIdentity] P=r1 ?{StringLike aws:SourceIdentity=alice*}
			id(r1): +sts:SetSourceIdentity@*
			id(r2): +s3:GetObject@b/*
			tp(A:role/r3): +[sts:AssumeRole,sts:SetSourceIdentity] P=r1 ?{StringEquals aws:PrincipalTag/team=${aws:SourceIdentity}}
			id(A:role/r3): +s3:GetObject@b/*`,
			ask: `
			can: u s3:GetObject b/x -> DENY(contradiction) #text=no_one_value_that_a_caller_can_choose
			who: s3:GetObject b/x -> u nobody`},
		{id: "CASE-154/tag", world: `
			tp(r1): +[sts:AssumeRole,sts:TagSession] P=u ?{StringEquals aws:RequestTag/team=y}
			id(u): +sts:TagSession@*
			id(r1): +s3:GetObject@b/* ?{StringEquals aws:PrincipalTag/team=x}`,
			ask: `can: u s3:GetObject b/x -> DENY(contradiction)`},
		{id: "CASE-154/claim", world: `
			provider(A): saml-provider/idp
			tp(r1): +[sts:AssumeRoleWithSAML,sts:TagSession] P=Federated:A:saml-provider/idp ?{StringEquals SAML:sub=alice}
			tp(r2): P=r1 ?{StringEquals SAML:sub=bob}
			id(r2): +s3:GetObject@b/*`,
			ask: `can: A:saml-provider/idp s3:GetObject b/x -> DENY(contradiction)`},
		{id: "CASE-154/same", world: `
			tp(r1): +[sts:AssumeRole,sts:SetSourceIdentity] P=u
			id(u): +sts:SetSourceIdentity@*
			tp(r2): +[sts:AssumeRole,sts:SetSourceIdentity] P=r1 ?{StringEquals aws:SourceIdentity=x}
			id(r1): +sts:SetSourceIdentity@*`,
			ask: `paths: u to r2 -> ALLOW_IF(SESSION sts:SourceIdentity StringEquals x@1) via r1 r2`},
		{id: "CASE-155", world: `
			tags(u): team=a
			tp(r1): P=u
			tp(r2): P=r1 ?{StringEquals aws:PrincipalTag/team=a}`,
			ask: `
			r1 sts:AssumeRole r2 -> DENY(implicit:resource)
			paths: u to r2 -> DENY(implicit:resource) at 2`},
		{id: "CASE-156", world: `
			tags(u): team=a
			id(u): +sts:TagSession@r1
			tp(r1): +[sts:AssumeRole,sts:TagSession] P=u
			tp(r2): P=r1 ?{StringEquals aws:PrincipalTag/team=a}`,
			ask: `paths: u to r2 -> ALLOW_IF(SESSION aws:RequestTag/team StringEquals a@1) via r1 r2`},
		{id: "CASE-157", world: twoNetworks,
			ask:   `paths: u to r2 -> ALLOW_IF(NETWORK aws:SourceIp IpAddress 203.0.113.0/24@1 & NETWORK aws:SourceIp IpAddress 198.51.100.0/24@2) via r1 r2 #split-network`,
			check: oneNetwork},
		{id: "CASE-158", world: `
			tp(r1): P=u ?{Bool aws:MultiFactorAuthPresent=true}
			tp(r2): P=r1 ?{Bool aws:MultiFactorAuthPresent=true}`,
			ask: `paths: u to r2 -> ALLOW_IF(MFA aws:MultiFactorAuthPresent Bool true@1 & MFA aws:MultiFactorAuthPresent Bool true U-01@2) via r1 r2 #U-01 #confidence=medium`},
		{id: "CASE-159", world: `
			id(u): +*@*
			pb(u): +sts:*@*
			tp(r): P=A
			id(r): +s3:*@*`,
			ask: `
			request: u s3:GetObject b/x -> DENY(implicit:boundary)
			can: u s3:GetObject b/x -> ALLOW via r`},
		{id: "CASE-160", world: `
			tp(r1): P=C
			id(C:user/x): +sts:AssumeRole@*
			id(r1): +sts:AssumeRole@q
			tp(q): P=AWS:* ?{StringEquals aws:PrincipalOrgID=o-ex}`,
			ask: `
			C:user/x sts:AssumeRole r1 -> ALLOW
			r1 sts:AssumeRole q -> ALLOW
			paths: C:user/x to q -> ALLOW via r1 q`},
		{id: "CASE-161", world: `
			tp(r1): +[sts:AssumeRole,sts:TagSession] P=u ?{StringEquals aws:RequestTag/team=a, ForAnyValue:StringEquals sts:TransitiveTagKeys=team}
			id(u): +sts:TagSession@r1
			tags(r2): team=b
			tp(r2): +[sts:AssumeRole,sts:TagSession] P=r1
			id(r1): +sts:TagSession@r2
			rp(b): +s3:GetObject@b/* P=r2 ?{StringEquals aws:PrincipalTag/team=b}`,
			ask: `
			can: r2 s3:GetObject b/x -> ALLOW
			can: u s3:GetObject b/x -> DENY(contradiction)`},
		{id: "CASE-161/not-transitive", world: `
			tp(r1): +[sts:AssumeRole,sts:TagSession] P=u ?{StringEquals aws:RequestTag/team=a}
			id(u): +sts:TagSession@r1
			tags(r2): team=b
			tp(r2): +[sts:AssumeRole,sts:TagSession] P=r1
			id(r1): +sts:TagSession@r2
			rp(b): +s3:GetObject@b/* P=r2 ?{StringEquals aws:PrincipalTag/team=b}`,
			check: func(t *testing.T, w *caseWorld) {
				if a := w.can(t, "u", "s3:GetObject", "b/x"); a.Verdict == query.VerdictDeny {
					t.Errorf("a tag that is not transitive does not follow: %s", caseObserve(a))
				}
			}},
		{id: "CASE-161/no-repass", world: `
			tp(r1): +[sts:AssumeRole,sts:TagSession] P=u ?{StringEquals aws:RequestTag/team=a}
			id(u): +sts:TagSession@r1
			tags(r2): team=b
			tp(r2): P=r1
			rp(b): +s3:GetObject@b/* P=r2 ?{StringEquals aws:PrincipalTag/team=b}`,
			check: func(t *testing.T, w *caseWorld) {
				if a := w.can(t, "u", "s3:GetObject", "b/x"); a.Verdict == query.VerdictDeny {
					t.Errorf("a tag that is not transitive does not follow: %s", caseObserve(a))
				}
			}},
		{id: "CASE-162", world: `
			id(r): +s3:GetObject@b/* ; -*@* ?{DateLessThan aws:TokenIssueTime=2020-01-01}
			tp(r): P=u`,
			ask: `
			r s3:GetObject b/x -> ALLOW
			can: u s3:GetObject b/x -> ALLOW via r
			can: r s3:GetObject b/x -> ALLOW`},
		{id: "CASE-163", world: `
			tp(r1): P=[u,r2]
			tp(r2): P=r1`,
			ask: `
			paths: u to r2 -> ALLOW via r1 r2
			paths: u to r1 -> ALLOW via r1`,
			check: eachSessionOnce},
		{id: "CASE-164", world: `
			tp(r1): P=u
			tp(r2): P=r1`,
			check: func(t *testing.T, w *caseWorld) {
				if m := w.paths(t, "u", "r2").Paths[0].Modes; !slices.Equal(m, []string{"api"}) {
					t.Errorf("modes %v, want api only", m)
				}
				if m := w.paths(t, "u", "r1").Paths[0].Modes; !slices.Equal(m, []string{"api", "console"}) {
					t.Errorf("one hop: modes %v, want api and console", m)
				}
			}},
		{id: "CASE-165", world: `
			id(u): +sts:AssumeRole@q
			tp(q): P=u
			tp(q2): P=q`,
			ask: `paths: u to q2 -> ALLOW via q q2`},
		{id: "CASE-166", world: `
			scp(A): -s3:*@*
			id(u): +sts:AssumeRole@q
			tp(q): P=u
			id(q): +s3:*@[bb,bb/*]`,
			ask: `
			can: u s3:GetObject bb/x -> ALLOW via q
			request: u s3:GetObject bb/x -> DENY`},
		{id: "CASE-167", world: `
			tp(r1): P=u
			id(r1): +sts:AssumeRole@r2
			tp(r2): P=A:sess/r1/deploy`,
			ask: `paths: u to r2 -> ALLOW_IF(SESSION sts:RoleSessionName StringEquals deploy@1) via r1 r2`},
		{id: "CASE-168", world: `
			tp(r1): P=u
			tp(r2): P=r1 ?{Null aws:TokenIssueTime=true}`,
			ask: `
			r1 sts:AssumeRole r2 -> DENY(implicit:resource)
			paths: u to r2 -> DENY(implicit:resource) at 2`},
		{id: "CASE-169", world: `
			tp(r1): +[sts:AssumeRole,sts:TagSession] P=Service:pods.eks
			tp(r2): P=r1
			id(r2): +s3:GetObject@b/*`,
			ask: `
			who: s3:GetObject b/x -> pods.eks.amazonaws.com ALLOW_IF(U U-18@2) via r1 r2 #U-18 #confidence=low`},
	}
}

const twoNetworks = `
	tp(r1): P=u ?{IpAddress aws:SourceIp=203.0.113.0/24}
	tp(r2): P=r1 ?{IpAddress aws:SourceIp=198.51.100.0/24}`

// oneNetwork: one actor with one address (CHAIN-32).
func oneNetwork(t *testing.T, w *caseWorld) {
	r, err := w.engine(func(o *query.Options) { o.OneNetwork = true }).Paths(t.Context(), fixture.ARN("u"), fixture.ARN("r2"))
	if err != nil {
		t.Fatal(err)
	}
	if a := r.Answers[0]; a.Verdict != query.VerdictDeny {
		t.Errorf("one network: %s", caseObserve(a))
	}
}

// separateSessions: permissions of a chain are listed session by session.
func separateSessions(t *testing.T, w *caseWorld) {
	r, err := w.engine().WhatCan(t.Context(), fixture.ARN("u"))
	if err != nil {
		t.Fatal(err)
	}
	w.checked(t, r)
	got := map[string][]string{}
	for _, s := range r.Answers[0].Sessions {
		for _, p := range s.Permissions {
			got[fixture.Short(s.Principal)] = append(got[fixture.Short(s.Principal)], p.Actions...)
		}
	}
	if len(got) != 2 || !slices.Equal(got["u"], []string{"s3:*"}) || !slices.Equal(got["r"], []string{"ec2:*"}) {
		t.Errorf("sessions %v", got)
	}
}

// eachSessionOnce: a cycle adds no session (CHAIN-07).
func eachSessionOnce(t *testing.T, w *caseWorld) {
	r, err := w.engine().WhatCan(t.Context(), fixture.ARN("u"))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range r.Answers[0].Sessions {
		got = append(got, fixture.Short(s.Principal))
	}
	slices.Sort(got)
	if !slices.Equal(got, []string{"r1", "r2", "u"}) {
		t.Errorf("sessions %v, want each once", got)
	}
}

// bothWays: the short way with its external id, and the longer one without
// (CHAIN-46).
func bothWays(t *testing.T, w *caseWorld) {
	a := w.paths(t, "u", "q")
	if a.Verdict != query.VerdictAllow || len(a.Paths) != 2 {
		t.Fatalf("%d paths, %s", len(a.Paths), caseObserve(a))
	}
	if len(a.Paths[0].Steps) != 1 || a.Paths[0].Verdict != query.VerdictAllowIf {
		t.Errorf("first %v %s", a.Paths[0].Principals, a.Paths[0].Verdict)
	}
	if len(a.Paths[1].Steps) != 2 || a.Paths[1].Verdict != query.VerdictAllow {
		t.Errorf("second %v %s", a.Paths[1].Principals, a.Paths[1].Verdict)
	}
}

// networkFits: one address that both hops take (CHAIN-32).
func networkFits(t *testing.T, w *caseWorld) {
	r, err := w.engine(func(o *query.Options) { o.OneNetwork = true }).Paths(t.Context(), fixture.ARN("u"), fixture.ARN("r2"))
	if err != nil {
		t.Fatal(err)
	}
	if a := r.Answers[0]; a.Verdict != query.VerdictAllowIf || slices.Contains(a.Codes, "split-network") {
		t.Errorf("one network: %s", caseObserve(a))
	}
}
