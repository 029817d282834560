package query_test

import (
	"slices"
	"strings"
	"testing"

	"accesspath/graph"
	"accesspath/iam"
	"accesspath/internal/fixture"
	"accesspath/policy"
	"accesspath/query"
)

// symbolicCases follow section 10.1: formulas.
func symbolicCases() []microCase {
	return []microCase{
		{id: "SYM-01", world: `
			id(u): +s3:GetObject@b/1 ?{StringEquals aws:Referer=x, StringNotEquals aws:SourceVpc=vpc-1} ; +s3:GetObject@b/2 ?{StringEquals aws:RequestedRegion=xx-nowhere-9}`,
			ask: `
			u s3:GetObject b/1 -> ALLOW_IF(REQUEST aws:Referer StringEquals x@1 & NETWORK aws:SourceVpc StringNotEquals vpc-1@1)
			u s3:GetObject b/2 -> not DENY`},
		{id: "SYM-01/or-of-statements", world: `
			id(u): +s3:GetObject@b/* ?{StringEquals aws:SourceVpc=vpc-1} ; +s3:GetObject@b/* ?{IpAddress aws:SourceIp=203.0.113.0/24}`,
			ask: `u s3:GetObject b/x -> ALLOW_IF((NETWORK aws:SourceIp IpAddress 203.0.113.0/24@1 | NETWORK aws:SourceVpc StringEquals vpc-1@1))`},
		{id: "SYM-02", world: `
			id(u): +s3:*@* ; -s3:GetObject@b/* ?{StringEquals aws:SourceVpc=vpc-1}
			id(A:user/v): +s3:GetObject@b/* ?{StringEquals aws:SourceVpc=vpc-1}
			id(A:user/w): +s3:GetObject@b/* ?{StringEquals aws:SourceVpc=vpc-1} ; -s3:GetObject@b/*`,
			ask: `
			u s3:GetObject b/x -> ALLOW_IF
			u s3:PutObject b/x -> ALLOW
			A:user/v s3:GetObject b/x -> ALLOW_IF
			A:user/v s3:PutObject b/x -> DENY(implicit:identity)
			A:user/w s3:GetObject b/x -> DENY(explicit:identity)`},
		{id: "SYM-03", world: `
			id(u): +s3:*@*
			rp(b): -s3:*@[b,b/*] P=* ?{StringEquals aws:SourceVpce=vpce-1} ; -s3:*@[b,b/*] P=* ?{StringMaybe aws:SourceVpce=vpce-2}`,
			ask: `u s3:GetObject b/x -> ALLOW_IF(DATA DATA:operator Known StringMaybe@1 & NETWORK aws:SourceVpce StringNotEquals vpce-1@1)`},
		{id: "SYM-04", world: `
			id(u): +s3:GetObject@b/* ?{StringEquals aws:SourceVpc=vpc-1}
			id(A:user/v): +s3:GetObject@b/* ?{StringEquals aws:SourceVpc=vpc-1} ; +s3:GetObject@b/x`,
			ask: `
			u s3:GetObject b/x -> ALLOW_IF(NETWORK aws:SourceVpc StringEquals vpc-1@1)
			A:user/v s3:GetObject b/x -> ALLOW`},
		{id: "SYM-06", world: `
			id(u): +s3:GetObject@b/* ?{Null aws:SourceVpce=true} ; +s3:GetObject@b/* ?{Null aws:SourceVpce=false}
			id(A:user/v): +s3:GetObject@b/* ?{Null aws:username=true}`,
			ask: `
			u s3:GetObject b/x -> ALLOW
			A:user/v s3:GetObject b/x -> DENY(implicit:identity)`},
		{id: "SYM-09", world: `
			tp(r): P=A ?{StringEquals aws:SourceVpc=vpc-1}
			id(u): +sts:AssumeRole@r ?{StringEquals aws:SourceVpc=vpc-2}`,
			ask: `u sts:AssumeRole r -> DENY(contradiction) #text=cannot_hold_together`},
		{id: "SYM-11", world: `id(u): +s3:*@* ; -s3:*@* ?{Bool aws:SecureTransport=false} ; -s3:*@* ?{Bool aws:ViaAWSService=true} ; -s3:*@* ?{DateGreaterThan aws:CurrentTime=2026-12-31}`,
			ask: `u s3:GetObject b/x -> not DENY`, check: baselineHolds},
		{id: "SYM-11/override", check: overrides},
		{id: "SYM-11/audience", check: overriddenAudience},
		{id: "SYM-12/strict", world: `id(u): +s3:GetObject@b/* ?{StringLike aws:UserAgent=x*}`,
			ask: `u s3:GetObject b/x -> ALLOW requires(REQUEST aws:UserAgent StringLike x*@1)`, check: strictView},
		{id: "SYM-13", world: `
			id(u): +s3:GetObject@b/* ?{StringEquals aws:UserAgent=a, StringEquals aws:Referer=r}
			id(A:user/v): +s3:GetObject@b/* ?{StringEquals aws:UserAgent=a}
			pb(A:user/v): +s3:GetObject@* ?{StringEquals aws:UserAgent=b}
			id(A:user/w): +s3:GetObject@b/* ?{StringEquals aws:UserAgent=a, StringEquals aws:SourceVpc=vpc-1}`,
			ask: `
			u s3:GetObject b/x -> ALLOW requires(REQUEST aws:Referer StringEquals r@1 & REQUEST aws:UserAgent StringEquals a@1)
			A:user/v s3:GetObject b/x -> DENY(contradiction)
			A:user/w s3:GetObject b/x -> ALLOW_IF(NETWORK aws:SourceVpc StringEquals vpc-1@1 & REQUEST aws:UserAgent StringEquals a@1)`},
		{id: "SYM-14", world: `tp(r): P=u ?{StringEquals sts:ExternalId=x}`,
			ask: `u sts:AssumeRole r -> ALLOW_IF(KNOWLEDGE sts:ExternalId StringEquals x@1)`, check: knownExternalID},
	}
}

// tagCases follow section 10.2.
func tagCases() []microCase {
	return []microCase{
		{id: "SYM-20/order", world: `
			tags(u): team=a
			id(u): +s3:GetObject@b/* ?{StringEquals aws:PrincipalTag/team=a}
			id(A:user/v): +s3:GetObject@b/* ?{StringEquals aws:PrincipalTag/team=a}
			tags(r): team=a
			tp(r): +[sts:AssumeRole,sts:TagSession] P=u ?{StringEquals aws:RequestTag/team=b}
			id(r): +s3:PutObject@b/* ?{StringEquals aws:PrincipalTag/team=b}`,
			ask: `
			u s3:GetObject b/x -> ALLOW
			A:user/v s3:GetObject b/x -> DENY(implicit:identity)
			can: u s3:PutObject b/x -> ALLOW_IF(SESSION aws:RequestTag/team StringEquals b@1) via r`},
		{id: "SYM-21", world: `
			tags(r1): team=a
			tp(r1): P=u
			id(r1): +s3:GetObject@b/* ?{StringEquals aws:PrincipalTag/team=a} ; +s3:PutObject@b/* ?{StringEquals aws:PrincipalTag/team=b}
			tags(r2): team=a
			tp(r2): +sts:AssumeRole P=u ; +sts:TagSession P=u ?{StringEquals aws:RequestTag/team=[b,c]}
			id(r2): +s3:GetObject@bb/* ; +s3:DeleteObject@b/1 ?{StringEquals aws:PrincipalTag/team=b} ; +s3:DeleteObject@b/2 ?{StringEquals aws:PrincipalTag/team=d} ; +s3:DeleteObject@b/3 ?{StringEquals aws:PrincipalTag/team=a}`,
			ask: `
			can: u s3:GetObject b/x -> ALLOW via r1
			can: u s3:PutObject b/x -> DENY
			can: u s3:DeleteObject b/1 -> ALLOW_IF(SESSION aws:RequestTag/team StringEquals b@1) via r2
			can: u s3:DeleteObject b/2 -> DENY
			can: u s3:DeleteObject b/3 -> ALLOW via r2`},
		{id: "SYM-21/variable", world: `
			tags(r1): to=r2
			tp(r1): P=u
			tp(r2): P=A
			tp(q): P=A
			id(r1): +sts:AssumeRole@A:role/${aws:PrincipalTag/to}`,
			ask: `
			can: r1 sts:AssumeRole r2 -> ALLOW
			can: r1 sts:AssumeRole q -> DENY`,
			check: func(t *testing.T, w *caseWorld) {
				for _, n := range []string{"u", "r1"} {
					from, _ := w.graph.Find(fixture.ARN(n))
					for e := range w.graph.Out(from) {
						if to := fixture.Short(w.graph.Node(e.To).ID); to == "q" {
							t.Errorf("an edge from %s to %s, whose account the pattern excludes (GRAM-22)", n, to)
						}
					}
				}
			}},
		{id: "SYM-21/variable of a session without tags", world: `
			add: A:user/v
			tags(r): team=blue
			tp(r1): P=u
			tp(r2): +[sts:AssumeRole,sts:TagSession] P=A:user/v ?{StringEquals aws:RequestTag/team=blue}
			tp(r): +[sts:AssumeRole,sts:TagSession,sts:SetSourceIdentity] P=[r1,r2] ?{StringEquals aws:ResourceTag/team=${aws:PrincipalTag/team}}
			id(r): +s3:GetObject@b/* ; +s3:PutObject@b/* ?{StringEquals aws:PrincipalTag/team=red} ; +s3:DeleteObject@b/* ?{StringEquals aws:SourceIdentity=alice}`,
			ask: `
			can: u s3:GetObject b/x -> DENY
			can: u s3:PutObject b/x -> DENY
			can: u s3:DeleteObject b/x -> DENY
			can: A:user/v s3:GetObject b/x -> ALLOW_IF(SESSION aws:RequestTag/team StringEquals blue@1) via r2 r`},
		{id: "SYM-22/subject", world: `
			tags(r): team=b
			tp(r): P=u ; +sts:TagSession P=u ?{StringEquals aws:RequestTag/team=c}
			id(r): +s3:GetObject@b/1 ?{StringEquals aws:PrincipalTag/team=b} ; +s3:GetObject@b/2 ?{StringEquals aws:PrincipalTag/team=c} ; +s3:GetObject@b/3 ?{StringEquals aws:PrincipalTag/team=d}`,
			ask: `
			can: r s3:GetObject b/1 -> ALLOW
			can: r s3:GetObject b/2 -> ALLOW_IF(SESSION aws:PrincipalTag/team StringEquals c@1)`},
		{id: "SYM-23", world: `
			tags(r): team=a
			tp(r): +[sts:AssumeRole,sts:TagSession] P=u ?{StringEquals aws:RequestTag/Team=b}
			id(r): +s3:GetObject@b/* ?{StringEquals aws:PrincipalTag/TEAM=b} ; +s3:PutObject@b/* ?{StringEquals aws:PrincipalTag/tEAM=a}`,
			ask: `
			can: u s3:GetObject b/x -> ALLOW_IF(SESSION aws:RequestTag/team StringEquals b@1) via r
			can: u s3:PutObject b/x -> DENY`},
		{id: "SYM-24", world: `
			tags(A:role/tagged): team=a
			add: A:role/plain
			id(u): +iam:GetRole@* ?{StringEquals aws:ResourceTag/team=a} ; +s3:GetObject@b/* ?{StringEquals s3:ExistingObjectTag/team=a} ; +ec2:StopInstances@* ?{StringEquals ec2:ResourceTag/team=a}`,
			ask: `
			u iam:GetRole A:role/tagged -> ALLOW
			u iam:GetRole A:role/plain -> DENY(implicit:identity)
			u s3:GetObject b/x -> ALLOW_IF
			u ec2:StopInstances A:instance/i-1 -> ALLOW_IF`,
			check: resourceTags},
		{id: "SYM-24/tagger", world: `
			add: A:user/v A:user/w A:user/x
			id(u): +s3:GetObject@b/* ?{StringEquals s3:ExistingObjectTag/team=a} ; +s3:PutObjectTagging@b/*
			id(A:user/v): +s3:GetObject@b/* ?{StringEquals s3:ExistingObjectTag/team=a} ; +s3:PutObjectTagging@b/* ?{StringEquals s3:RequestObjectTag/team=b}
			id(A:user/w): +ec2:*@* ?{StringEquals ec2:ResourceTag/team=a} ; +iam:*@A:role/* ?{StringEquals aws:ResourceTag/team=a}
			id(A:user/x): +ec2:StopInstances@* ?{StringEquals ec2:ResourceTag/team=a} ; +ec2:CreateTags@* ?{StringEquals ec2:CreateAction=RunInstances}
			tp(r): P=u
			id(r): +ec2:StopInstances@* ?{StringEquals aws:ResourceTag/team=[a,b]} ; +ec2:CreateTags@* ?{StringEquals aws:RequestTag/team=[b,c], ForAllValues:StringEquals aws:TagKeys=team} ; +s3:GetObject@b/* ?{StringEquals s3:ExistingObjectTag/team=b}`,
			ask: `
			can: u s3:GetObject b/x -> ALLOW_IF #caller-can-tag
			can: u s3:GetObject b/* -> ALLOW_IF #caller-can-tag
			who: s3:GetObject b/x -> u ALLOW_IF #caller-can-tag
			can: u ec2:StopInstances A:instance/i-1 -> ALLOW_IF(RESOURCE aws:ResourceTag/team StringEquals a,b@2) via r #caller-can-tag
			can: A:user/v s3:GetObject b/x -> ALLOW_IF
			can: A:user/w ec2:StopInstances A:instance/i-1 -> ALLOW_IF
			can: A:user/x ec2:StopInstances A:instance/i-1 -> ALLOW_IF`,
			check: noTagger("A:user/v s3:GetObject b/x", "A:user/w ec2:StopInstances A:instance/i-1", "A:user/x ec2:StopInstances A:instance/i-1")},
		{id: "SYM-24/tag-before", world: `
			id(u): +ec2:CreateTags@*
			tp(r): P=u
			id(r): +ec2:StopInstances@* ?{StringNotEquals ec2:ResourceTag/prod=yes}`,
			ask: `can: u ec2:StopInstances A:instance/i-1 -> ALLOW_IF(RESOURCE ec2:ResourceTag/prod StringNotEquals yes@2) via r #caller-can-tag`},
		{id: "SYM-24/absent", world: `id(u): +ec2:CreateTags@* ; +ec2:StopInstances@* ?{Null ec2:ResourceTag/prod=true}`,
			ask: `can: u ec2:StopInstances A:instance/i-1 -> ALLOW_IF`, check: noTagger("u ec2:StopInstances A:instance/i-1")},
		{id: "SYM-24/statement", world: `
			rp(b): +s3:GetObject@b/* P=* ?{StringEquals s3:ExistingObjectTag/public=yes} ; +s3:PutObjectTagging@b/* P=AWS:*`,
			ask: `who: s3:GetObject b/x -> * ALLOW_IF #caller-can-tag`},
		{id: "SYM-25", world: `
			id(u): +ec2:CreateTags@* ?{StringEquals aws:RequestTag/team=a} ; +s3:GetObject@b/* ?{Null aws:TagKeys=true} ; +s3:ListBucket@b ?{StringEquals aws:RequestTag/team=a}`,
			ask: `
			u ec2:CreateTags A:instance/i-1 -> ALLOW requires(REQUEST aws:RequestTag/team StringEquals a@1)
			u s3:GetObject b/x -> ALLOW
			u s3:ListBucket b -> DENY(implicit:identity)`},
	}
}

// contradictionCases follow section 10.3.
func contradictionCases() []microCase {
	return []microCase{
		{id: "SYM-30/transitive-tag", world: `
			tp(r1): +[sts:AssumeRole,sts:TagSession] P=u ?{StringEquals aws:RequestTag/team=a, ForAnyValue:StringEquals sts:TransitiveTagKeys=team}
			tp(r2): +[sts:AssumeRole,sts:TagSession] P=r1
			tp(r): +[sts:AssumeRole,sts:TagSession] P=r2 ?{StringEquals aws:PrincipalTag/team=b}`,
			ask: `paths: u to r -> DENY`},
		{id: "SYM-30/session-name", world: `
			tp(r1): P=u ?{StringEquals sts:RoleSessionName=${aws:username}}
			tp(r2): P=A:sess/r1/deploy
			tp(r): P=A:sess/r1/u`,
			ask: `
			paths: u to r2 -> DENY(contradiction) at 2 #text=hop_1_asks_that_the_session's_name_is_“u”,_which_excludes_that_the_session's_name_is_“deploy”
			paths: u to r -> ALLOW_IF(SESSION sts:RoleSessionName StringEquals u@1) via r1 r`},
		{id: "SYM-30/role-tag", world: `
			tags(r1): team=b
			tp(r1): P=u
			tp(r2): P=r1 ?{StringEquals aws:PrincipalTag/team=a}`,
			ask: `paths: u to r2 -> DENY(implicit:resource) at 2`},
		{id: "SYM-30/issue-time", world: `
			id(u): +s3:GetObject@b/* ?{DateLessThan aws:TokenIssueTime=2020-01-01}
			tp(r): P=u
			id(r): +s3:GetObject@b/* ?{DateLessThan aws:TokenIssueTime=2020-01-01}`,
			ask: `can: u s3:GetObject b/x -> DENY`},
		{id: "SYM-30/mfa-after-federation", world: `
			tp(r1): +sts:AssumeRoleWithSAML P=Federated:A:saml-provider/idp
			tp(r2): P=r1 ?{Bool aws:MultiFactorAuthPresent=true}`,
			ask: `paths: A:saml-provider/idp to r2 -> DENY`},
		{id: "SYM-30/organization", world: `
			id(u): +s3:GetObject@b/* ?{StringEquals aws:PrincipalOrgID=o-other}
			id(C:user/x): +s3:GetObject@bb/*
			rp(bb): +s3:GetObject@bb/* P=* ?{StringEquals aws:PrincipalOrgID=o-ex}`,
			ask: `
			u s3:GetObject b/x -> DENY(implicit:identity)
			C:user/x s3:GetObject bb/x -> DENY(implicit:resource)`},
		{id: "SYM-30/endpoint", world: `tp(r): P=u ?{StringEquals aws:SourceVpce=vpce-1, IpAddress aws:SourceIp=203.0.113.0/24}`,
			ask: `u sts:AssumeRole r -> DENY(contradiction)`},
		{id: "SYM-30/dates", world: `tp(r): P=u ?{DateGreaterThan aws:CurrentTime=2025-01-01, DateLessThan aws:CurrentTime=2026-01-01}`,
			ask: `u sts:AssumeRole r -> DENY(implicit:resource)`},
		{id: "SYM-31/windows", world: `
			id(u): +s3:GetObject@b/1 ?{DateLessThan aws:CurrentTime=2026-11-24T00:00:00Z} ; +s3:GetObject@b/2 ?{DateLessThanEquals aws:CurrentTime=2026-11-24T00:00:00Z} ; +s3:GetObject@b/3 ?{DateGreaterThan aws:CurrentTime=2026-11-23T23:59:59Z}`,
			ask: `
			u s3:GetObject b/1 -> DENY(implicit:identity)
			u s3:GetObject b/2 -> ALLOW
			u s3:GetObject b/3 -> ALLOW`},
	}
}

// baselineHolds: the assumptions of SYM-11 decide the denies of the case.
func baselineHolds(t *testing.T, w *caseWorld) {
	a := w.can(t, "u", "s3:GetObject", "b/x")
	if a.Verdict != query.VerdictAllow {
		t.Errorf("%s", caseObserve(a))
	}
}

// withKeys is the same world with keys that the user declares known.
func withKeys(t *testing.T, s *iam.Snapshot, keys policy.MapContext) *caseWorld {
	t.Helper()
	g, err := graph.Build(t.Context(), s, graph.Options{AsOf: caseTime, KeyDefined: query.KeyDefined, Overrides: keys})
	if err != nil {
		t.Fatal(err)
	}
	return &caseWorld{s, g}
}

// overrides: a key that the user gives, or declares absent, is known.
func overrides(t *testing.T, _ *caseWorld) {
	s, err := fixture.Parse("id(u): +s3:GetObject@b/* ?{IpAddress aws:SourceIp=203.0.113.0/24}")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		value policy.Value
		want  string
	}{
		{policy.Is("203.0.113.9"), query.VerdictAllow},
		{policy.Is("198.51.100.9"), query.VerdictDeny},
		{policy.NotThere(), query.VerdictDeny},
		{policy.Value{}, query.VerdictAllowIf},
	} {
		w := withKeys(t, s, policy.MapContext{"aws:sourceip": c.value})
		if a := w.can(t, "u", "s3:GetObject", "b/x"); a.Verdict != c.want {
			t.Errorf("aws:SourceIp %v: want %s, got %s", c.value, c.want, caseObserve(a))
		}
	}
}

// overriddenAudience: what the user says of a token is held against the provider's
// client ids (FED-05), too.
func overriddenAudience(t *testing.T, _ *caseWorld) {
	s, err := fixture.Parse("tp(r): +[sts:AssumeRoleWithWebIdentity,sts:TagSession] P=Federated:A:oidc-provider/idp.example.com\nprovider(A): oidc-provider/idp.example.com y")
	if err != nil {
		t.Fatal(err)
	}
	for value, want := range map[string]string{"x": query.VerdictDeny, "y": query.VerdictAllow} {
		w := withKeys(t, s, policy.MapContext{"idp.example.com:aud": policy.Is(value)})
		r, err := w.engine().Paths(t.Context(), fixture.ARN("A:oidc-provider/idp.example.com"), fixture.ARN("r"))
		if err != nil {
			t.Fatal(err)
		}
		if a := r.Answers[0]; a.Verdict != want || want == query.VerdictDeny && a.Causes[0].Layer != "contradiction" {
			t.Errorf("audience %s: want %s, got %s", value, want, caseObserve(a))
		}
	}
}

// strictView: what callers choose stays a condition.
func strictView(t *testing.T, w *caseWorld) {
	a := w.canWith(t, w.engine(func(o *query.Options) { o.Strict = true }), "u", "s3:GetObject", "b/x")
	if a.Verdict != query.VerdictAllowIf {
		t.Errorf("strict: %s", caseObserve(a))
	}
}

// knownExternalID: only who says so knows the external id.
func knownExternalID(t *testing.T, w *caseWorld) {
	for value, want := range map[string]string{"x": query.VerdictAllow, "y": query.VerdictDeny} {
		known := withKeys(t, w.snapshot, policy.MapContext{"sts:externalid": policy.Is(value)})
		if a := known.paths(t, "u", "r"); a.Verdict != want {
			t.Errorf("with the external id %s: want %s, got %s", value, want, caseObserve(a))
		}
	}
}

// resourceTags: those of a resource in the snapshot are known, and for others
// the value is data that is missing.
func resourceTags(t *testing.T, w *caseWorld) {
	open := w.can(t, "u", "ec2:StopInstances", "A:instance/i-1")
	if len(open.Paths) == 0 || !slices.ContainsFunc(open.Paths[0].Requires, func(r query.Requirement) bool { return r.Class == "DATA" || r.Class == "RESOURCE" }) {
		t.Errorf("unknown tags: %s", caseObserve(open))
	}
	for team, want := range map[string]string{"a": query.VerdictAllow, "b": query.VerdictDeny} {
		s := *w.snapshot
		s.Resources = append(slices.Clone(s.Resources), &iam.Resource{ARN: fixture.ARN("A:instance/i-1"), Account: fixture.AccountID("A"),
			Type: "ec2:instance", PolicyState: iam.KnownEmpty, Tags: []iam.Tag{{Key: "Team", Value: team}}, TagsState: iam.Present})
		s.Sort()
		if a := caseGraph(t, &s).can(t, "u", "ec2:StopInstances", "A:instance/i-1"); a.Verdict != want {
			t.Errorf("tag team=%s: want %s, got %s", team, want, caseObserve(a))
		}
	}
}

// noTagger: some rows lack the code that tells that the caller may tag the resource.
func noTagger(questions ...string) func(*testing.T, *caseWorld) {
	return func(t *testing.T, w *caseWorld) {
		for _, q := range questions {
			f := strings.Fields(q)
			if a := w.can(t, f[0], f[1], f[2]); slices.Contains(a.Codes, "caller-can-tag") {
				t.Errorf("%s: %s", q, caseObserve(a))
			}
		}
	}
}
