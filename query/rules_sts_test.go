package query_test

import (
	"slices"
	"testing"

	"accesspath/iam"
	"accesspath/internal/fixture"
	"accesspath/policy"
	"accesspath/query"
)

// stsCases follow section 8.2: sts:AssumeRole and its siblings.
func stsCases() []microCase {
	return []microCase{
		{id: "STS-01/kinds", world: `
			add: A:role/x A:user/v
			pb(A:role/x): +s3:*@*
			pb(A:user/v): +s3:*@*
			tp(r): P=AWS:*
			tp(r1): P=A:role/x
			tp(r2): P=A
			id(A:role/x): +sts:AssumeRole@r2`,
			ask: `
			A:role/x sts:AssumeRole r -> ALLOW
			A:user/v sts:AssumeRole r -> ALLOW
			A:role/x sts:AssumeRole r1 -> DENY(implicit:boundary)
			A:role/x sts:AssumeRole r2 -> DENY(implicit:boundary)`},
		{id: "STS-01/denies", world: `
			tp(r): P=[u,r1]
			id(u): -sts:*@*
			pb(r1): +*@* ; -sts:AssumeRole@r
			scp(A): -sts:AssumeRole@r2
			tp(r2): P=A:user/v
			add: A:user/v`,
			ask: `
			u sts:AssumeRole r -> DENY(explicit:identity)
			r1 sts:AssumeRole r -> DENY(explicit:boundary)
			A:user/v sts:AssumeRole r2 -> DENY(explicit:scp@A)`},
		{id: "STS-01/rcp", world: `
			rcp(A): -sts:AssumeRole@r
			tp(r): P=u`,
			ask: `u sts:AssumeRole r -> DENY(explicit:rcp@A)`},
		{id: "STS-02/any-kind", world: `
			tp(q): P=A:sess/r/n
			tp(q2): P=AWS:*
			tp(B:role/q3): P=r
			id(r): +sts:AssumeRole@*
			add: A:role/x`,
			ask: `
			request: r as n sts:AssumeRole q -> ALLOW
			r sts:AssumeRole q2 -> ALLOW
			r sts:AssumeRole B:role/q3 -> ALLOW
			A:role/x sts:AssumeRole q2 -> DENY(implicit:identity)`},
		{id: "STS-02/scp", world: `
			tp(q): P=A
			id(u): +sts:AssumeRole@q
			scp(B): -sts:*@*`,
			ask: `u sts:AssumeRole q -> ALLOW`},
		{id: "STS-03", world: `
			tp(r): P=u
			pb(u): +s3:*@*
			tp(r2): P=A:user/v
			pb(A:user/v): +sts:AssumeRole@*`,
			ask: `
			paths: u to r -> ALLOW_IF(U U-02@1) via r #U-02 #confidence=low
			A:user/v sts:AssumeRole r2 -> ALLOW`},
		{id: "STS-04", world: `
			group(Admins u): +s3:*@* ; +iam:*@*
			id(r): +*@*
			tp(r): P=A`,
			ask: `
			u sts:AssumeRole r -> DENY(implicit:identity)
			can: u ec2:StopInstances A:instance/i-1 -> DENY`},
		{id: "STS-04/granted", world: `
			group(Operators u): +sts:AssumeRole@r
			tp(r): P=A`,
			ask: `
			u sts:AssumeRole r -> ALLOW
			paths: u to r -> ALLOW via r #via=A:group/Operators`},
		{id: "STS-05", world: `
			add: r2
			tp(r): P=r
			tp(r1): P=A:sess/r1/n
			tp(r2): P=AWS:*
			tp(A:role/r3): P=A
			tp(A:role/r4): P=A
			id(A:role/r4): +sts:AssumeRole@A:role/r4`,
			ask: `
			r sts:AssumeRole r -> ALLOW
			request: r1 as n sts:AssumeRole r1 -> ALLOW
			request: r1 as m sts:AssumeRole r1 -> DENY
			r2 sts:AssumeRole r2 -> ALLOW
			A:role/r3 sts:AssumeRole A:role/r3 -> DENY(implicit:identity) #U-08
			A:role/r4 sts:AssumeRole A:role/r4 -> ALLOW`},
		{id: "STS-06/identity-side", world: `
			tp(r): +[sts:AssumeRole,sts:TagSession] P=u ?{StringEquals aws:RequestTag/team=a}
			tp(q): +[sts:AssumeRole,sts:TagSession] P=u ?{StringEquals aws:RequestTag/team=a}
			id(u): +sts:AssumeRole@q`,
			ask: `
			u sts:AssumeRole r -> ALLOW requires(REQUEST aws:RequestTag/team StringEquals a@1)
			u sts:AssumeRole q -> DENY(implicit:identity)`},
		{id: "STS-06/tag-condition", world: `
			tp(r): +[sts:AssumeRole,sts:TagSession] P=A ?{StringEquals aws:RequestTag/team=a}
			id(u): +sts:AssumeRole@r ; +sts:TagSession@r ?{StringEquals aws:RequestTag/team=b}`,
			ask: `u sts:AssumeRole r -> DENY`},
		{id: "STS-07", world: `
			tp(r1): +[sts:AssumeRole,sts:TagSession] P=Service:pods.eks
			tp(r2): +[sts:AssumeRole,sts:TagSession] P=r1
			tp(q): P=r1
			id(r1): +sts:AssumeRole@q
			tp(q2): +[sts:AssumeRole,sts:TagSession] P=r1
			id(r1): +sts:AssumeRole@q2`,
			ask: `
			paths: service:pods.eks to r2 -> ALLOW via r1 r2
			paths: service:pods.eks to q -> ALLOW_IF(U U-18@2) via r1 q #U-18 #confidence=low
			paths: service:pods.eks to q2 -> ALLOW_IF(U U-18@2) via r1 q2 #U-18`},
		{id: "STS-08", world: `
			tp(r): P=u ?{StringEquals sts:SourceIdentity=alice}
			tp(r1): +[sts:AssumeRole,sts:SetSourceIdentity] P=u ?{StringEquals sts:SourceIdentity=alice}
			tp(q): +[sts:AssumeRole,sts:SetSourceIdentity] P=u ?{StringEquals sts:SourceIdentity=alice}
			id(u): +sts:AssumeRole@q`,
			ask: `
			u sts:AssumeRole r -> DENY(implicit:resource) #text=sts:SetSourceIdentity_is_not_allowed
			u sts:AssumeRole r1 -> ALLOW requires(REQUEST sts:SourceIdentity StringEquals alice@1)
			u sts:AssumeRole q -> DENY(implicit:identity)`},
		{id: "STS-08/later-hop", world: `
			tp(r1): +[sts:AssumeRole,sts:SetSourceIdentity] P=u ?{StringEquals sts:SourceIdentity=alice}
			tp(r2): P=r1
			tp(A:role/r3): +[sts:AssumeRole,sts:SetSourceIdentity] P=r1
			id(r2): +s3:*@* ?{StringEquals aws:SourceIdentity=alice}
			id(A:role/r3): +s3:*@* ?{StringEquals aws:SourceIdentity=alice}`,
			ask: `
			can: u s3:GetObject b/x -> ALLOW_IF(SESSION sts:SourceIdentity StringEquals alice@1) via r1 A:role/r3`},
		{id: "STS-08/other-value", world: `
			tp(r1): +[sts:AssumeRole,sts:SetSourceIdentity] P=u ?{StringEquals sts:SourceIdentity=alice}
			tp(r2): +[sts:AssumeRole,sts:SetSourceIdentity] P=r1 ?{StringEquals sts:SourceIdentity=bob}`,
			ask: `
			r1 sts:AssumeRole r2 -> ALLOW requires(REQUEST sts:SourceIdentity StringEquals bob@1)
			paths: u to r2 -> DENY`},
		{id: "STS-09", world: `
			id(u): -sts:*@*
			id(A:user/v): +iam:ListUsers@* ?{Null aws:TokenIssueTime=false} ; +s3:GetObject@b/* ?{Null aws:TokenIssueTime=false}`,
			ask: `
			request: u sts:GetSessionToken * -> ALLOW
			request: A:user/v s3:GetObject b/x -> DENY(implicit:identity)
			can: A:user/v s3:GetObject b/x -> ALLOW
			can: A:user/v iam:ListUsers * -> ALLOW_IF`},
		{id: "STS-09/federation", world: `
			id(u): +sts:GetFederationToken@* ?{Null aws:TokenIssueTime=false}`,
			ask: `request: u sts:GetFederationToken A:federated-user/Bob -> DENY`},
		{id: "STS-10", check: federatedUserEnds},
		{id: "STS-10/names-allowed", world: `
			id(u): +sts:GetFederationToken@A:federated-user/Bob ; +s3:PutObject@b/* ?{StringEquals aws:PrincipalType=FederatedUser}
			id(A:user/v): +sts:GetFederationToken@A:federated-user/${aws:username}
			id(A:user/w): +sts:GetFederationToken@A:federated-user/*-ops
			id(A:user/x): +sts:GetFederationToken@A:federated-user/ops-?
			rp(b): +s3:GetObject@b/* P=AWS:* ?{ArnLike aws:PrincipalArn=arn:aws:sts::A:federated-user/*} ; +s3:DeleteObject@b/* P=AWS:* ?{StringLike aws:userid=111111111111:dev-*}`,
			ask: `
			can: u s3:GetObject b/x -> ALLOW via A:federated-user/Bob
			can: u s3:PutObject b/x -> ALLOW via A:federated-user/Bob
			can: A:user/v s3:GetObject b/x -> ALLOW via A:federated-user/v
			can: A:user/w s3:DeleteObject b/x -> ALLOW via A:federated-user/dev-ops
			who: s3:DeleteObject b/x -> u nobody
			who: s3:DeleteObject b/x -> A:user/x nobody
			who: s3:GetObject b/x -> A:user/x not DENY`},
		{id: "STS-10/names-of-others", world: `
			id(u): +sts:GetFederationToken@A:federated-user/${aws:username}
			id(A:user/v): +sts:GetFederationToken@A:federated-user/${aws:username}
			id(A:user/w): +sts:GetFederationToken@arn:aws:sts*
			id(A:user/x): +sts:GetFederationToken@!A:federated-user/v
			id(A:user/y): +sts:GetFederationToken@A:federated-user/${aws:PrincipalTag/as}
			tags(A:user/y): as=v
			rp(b): +s3:GetObject@b/* P=A:federated-user/v`,
			ask: `
			can: A:user/v s3:GetObject b/x -> ALLOW via A:federated-user/v
			can: u s3:GetObject b/x -> DENY
			can: A:user/w s3:GetObject b/x -> ALLOW via A:federated-user/v
			can: A:user/x s3:GetObject b/x -> DENY
			can: A:user/y s3:GetObject b/x -> ALLOW via A:federated-user/v`},
		{id: "STS-10/no-name", world: `
			id(u): +sts:GetFederationToken@*
			rp(b): +s3:GetObject@b/* P=AWS:* ?{ArnLike aws:PrincipalArn=arn:aws:sts::*:federated-user/}`,
			ask: `can: u s3:GetObject b/x -> DENY(implicit:identity)`},
		{id: "STS-10/no-way-on", world: `
			id(u): +sts:GetFederationToken@*
			rp(b): +s3:GetObject@b/* P=A:federated-user/ops
			tp(r1): P=Service:ec2
			id(r1): +s3:PutObject@b/*`,
			ask: `
			paths: u to r -> DENY(implicit:resource) at 1
			paths: A:root to r -> DENY(service-rule) at 1
			can: u sts:AssumeRole r -> DENY(implicit:resource) at 1
			can: u s3:PutObject b/x -> DENY(implicit:identity) at 1
			can: A:root sts:AssumeRole r -> DENY(service-rule) at 1`},
		{id: "STS-11", world: `id(r): +*@*`, ask: `
			r sts:GetSessionToken * -> DENY(service-rule)
			r sts:GetFederationToken A:federated-user/Bob -> DENY(service-rule)`},
		{id: "STS-12", world: `
			tp(r): P=u
			id(r): +s3:*@*`,
			ask: `
			can: u s3:GetObject b/x -> ALLOW via r
			can: u s3:DeleteObject b/x -> ALLOW via r`},
		{id: "STS-13", world: `
			tp(r): P=A
			tp(r2): P=AWS:*
			tp(q): P=A`,
			ask: `
			A:root sts:AssumeRole r -> DENY(service-rule)
			A:root sts:AssumeRole r2 -> DENY(service-rule)
			A:root sts:AssumeRole q -> DENY(service-rule)`},
		{id: "STS-14", world: `
			tp(r1): P=u
			tp(r2): P=[r1,u] ?{StringEquals aws:SourceVpc=vpc-1}`,
			check: consoleModes},
		{id: "STS-14/asked", world: `
			tp(r): P=u ?{StringEquals sts:ExternalId=x}
			add: A:role/q1
			tp(A:role/q1): P=u ?{StringEquals sts:RoleSessionName=u}
			tp(r1): P=u
			tp(r2): P=r1
			tp(A:role/r3): +[sts:AssumeRole,sts:TagSession] P=u ?{StringEquals aws:RequestTag/team=a}
			id(r2): +s3:GetObject@b/*`,
			ask: `
			can: u sts:AssumeRole r -> ALLOW_IF #mode=api
			can: u sts:AssumeRole A:role/q1 -> ALLOW requires(REQUEST sts:RoleSessionName StringEquals u@1) #mode=api #mode=console
			can: u sts:AssumeRole r1 -> ALLOW #mode=api #mode=console
			who: sts:AssumeRole r1 -> u ALLOW #mode=api #mode=console
			can: u sts:AssumeRole r2 -> ALLOW via r1 #mode=api
			can: u sts:AssumeRole A:role/r3 -> ALLOW requires(REQUEST aws:RequestTag/team StringEquals a@1) #mode=api`, check: switchedOnly("u", "sts:AssumeRole", map[string][]string{
				"r": {"api"}, "A:role/q1": {"api", "console"}, "r1": {"api", "console"}, "r2": {"api"}, "A:role/r3": {"api"}})},
		{id: "STS-14/signed-in", world: `
			tp(r1): +[sts:AssumeRoleWithSAML,sts:TagSession] P=Federated:A:saml-provider/idp ?{StringEquals SAML:aud=https://signin.aws.amazon.com/saml}
			tp(r2): P=r1
			tp(r): P=r2
			add: A:role/r3
			tp(A:role/r3): P=r1 ?{StringEquals sts:ExternalId=x}
			id(r2): +s3:GetObject@b/*`,
			ask: `
			paths: A:saml-provider/idp to r1 -> ALLOW_IF #mode=api #mode=console
			paths: A:saml-provider/idp to r2 -> ALLOW_IF #mode=api #mode=console
			can: A:saml-provider/idp s3:GetObject b/x -> ALLOW_IF #mode=api #mode=console
			can: A:saml-provider/idp sts:AssumeRole r2 -> ALLOW_IF #mode=api #mode=console`,
			check: switchedOnly("A:saml-provider/idp", "sts:AssumeRole", map[string][]string{"r": {"api"}, "A:role/r3": {"api"}})},
		{id: "STS-14/carried", world: `
			profile(r1): p
			tp(r1): P=Service:ec2.amazonaws.com
			tp(r2): P=r1`,
			ask: `paths: A:instance-profile/p to r2 -> ALLOW via r1 r2 #mode=api`},
		{id: "STS-15", world: `
			tp(r1): P=u
			tp(r2): P=r1
			id(r2): +s3:GetObject@b/*`,
			ask: `can: u s3:GetObject b/x -> ALLOW via r1 r2`},
		{id: "STS-16", world: `
			profile(r1): i
			tp(r1): P=Service:ec2
			tp(r2): P=r1 ?{NumericLessThanEquals sts:DurationSeconds=3600}`,
			ask: `paths: A:instance-profile/i to r2 -> not DENY`},
		{id: "STS-17", world: `
			id(u): +[sts:DecodeAuthorizationMessage,sts:GetAccessKeyInfo,sts:GetServiceBearerToken,sts:GetWebIdentityToken,sts:GetDelegatedAccessToken]@*
			tp(r): +[sts:GetServiceBearerToken,sts:GetWebIdentityToken,sts:GetDelegatedAccessToken] P=u`,
			ask: `
			u sts:DecodeAuthorizationMessage * -> ALLOW
			u sts:GetAccessKeyInfo * -> ALLOW
			r sts:GetAccessKeyInfo * -> DENY(implicit:identity)
			u sts:AssumeRole r -> DENY(implicit:resource)`},
		{id: "STS-19/window", world: `
			id(r): +s3:*@* ; -*@* ?{DateLessThan aws:TokenIssueTime=2026-11-23T00:00:00Z}
			id(r1): +s3:*@* ; -*@* ?{DateLessThan aws:TokenIssueTime=2026-11-25T00:00:00Z}
			tp(r): P=u
			tp(r1): P=u`,
			ask: `
			r s3:GetObject b/x -> ALLOW
			r1 s3:GetObject b/x -> DENY(explicit:identity)
			can: u s3:GetObject b/x -> ALLOW via r`},
		{id: "STS-20", world: `
			tp(r): +[sts:AssumeRole,sts:TagSession,sts:SetSourceIdentity] P=u ?{StringEquals sts:ExternalId=x, Bool aws:MultiFactorAuthPresent=true, StringEquals sts:RoleSessionName=n, IpAddress aws:SourceIp=203.0.113.0/24}`,
			check: everyRequirement},
	}
}

// federatedUserEnds: such a session calls neither IAM nor STS, whatever is
// granted, and otherwise has what the user and the session policy share.
func federatedUserEnds(t *testing.T, _ *caseWorld) {
	all := policy.Layers{Identity: attached(t, "+*@*"), Session: attached(t, "+s3:GetObject@* ; +iam:*@* ; +sts:*@*"), HasSession: true,
		Resource: policy.ResourceLayer{State: policy.ResourceNone}}
	decided(t, federatedUser(), "iam:ListUsers", "*", all, "DENY(service-rule)")
	decided(t, federatedUser(), "sts:GetFederationToken", "A:federated-user/Eve", all, "DENY(service-rule)")
	decided(t, federatedUser(), "sts:AssumeRole", "r", all, "DENY(service-rule)")
	decided(t, federatedUser(), "sts:GetCallerIdentity", "*", all, "ALLOW")
	decided(t, federatedUser(), "s3:GetObject", "b/x", all, "ALLOW")
	decided(t, federatedUser(), "s3:PutObject", "b/x", all, "DENY(implicit:session)")
}

// consoleModes: the console authorizes with the identity first signed in, and
// passes no tags, source identity or external id.
func consoleModes(t *testing.T, _ *caseWorld) {
	for _, c := range []struct {
		world string
		want  []string
	}{
		{"tp(r1): P=u\ntp(r2): P=r1", []string{"api"}},
		{"tp(r1): P=u\ntp(r2): P=r1 ; P=u ?{StringEquals sts:ExternalId=x}", []string{"api"}},
		{"add: r1\ntp(r2): P=u", []string{"api", "console"}},
		{"tp(r2): P=u ?{StringEquals sts:ExternalId=x}", []string{"api"}},
		{"tp(r2): +[sts:AssumeRole,sts:TagSession] P=u ?{StringEquals aws:RequestTag/team=a}", []string{"api"}},
		{"tp(r2): +[sts:AssumeRole,sts:SetSourceIdentity] P=u ?{StringEquals sts:SourceIdentity=a}", []string{"api"}},
		{"tp(r2): P=u ?{Bool aws:MultiFactorAuthPresent=true}", []string{"api", "console"}},
	} {
		w := newCaseWorld(t, c.world)
		a := w.paths(t, "u", "r2")
		if len(a.Paths) == 0 {
			t.Errorf("%s\nno path: %s", c.world, caseObserve(a))
			continue
		}
		if got := a.Paths[len(a.Paths)-1].Modes; !slices.Equal(got, c.want) {
			t.Errorf("%s\nmodes %v, want %v", c.world, got, c.want)
		}
	}
}

// everyRequirement: an edge names all that obtaining the role takes.
func everyRequirement(t *testing.T, w *caseWorld) {
	a := w.paths(t, "u", "r")
	if a.Verdict != query.VerdictAllowIf {
		t.Fatalf("%s", caseObserve(a))
	}
	got := map[string]string{}
	for _, r := range a.Paths[0].Steps[0].Requires {
		got[r.Key] = r.Class
	}
	for key, class := range map[string]string{
		"sts:ExternalId": "KNOWLEDGE", "aws:MultiFactorAuthPresent": "MFA", "sts:RoleSessionName": "REQUEST", "aws:SourceIp": "NETWORK",
	} {
		if got[key] != class {
			t.Errorf("%s has class %q, want %s; requirements are %v", key, got[key], class, got)
		}
	}
}

// TestSTS09CallsOfIAM: a session that keys alone get cannot call IAM. Where a
// policy asks for a session, it takes the console or a device.
func TestSTS09CallsOfIAM(t *testing.T) {
	for _, c := range []struct {
		id            string
		password, mfa iam.State
		want          string // of a call of IAM
	}{
		{"STS-09/console", iam.Present, iam.KnownEmpty, query.VerdictAllow},
		{"STS-09/device", iam.KnownEmpty, iam.Present, query.VerdictAllowIf},
		{"STS-09/keys-only", iam.KnownEmpty, iam.KnownEmpty, query.VerdictDeny},
		{"STS-09/not-known", iam.Unknown, iam.Unknown, query.VerdictAllowIf},
	} {
		t.Run(c.id, func(t *testing.T) {
			w := fixture.NewWorld()
			w.Apply("id(u): +[iam:CreatePolicyVersion,ec2:RunInstances]@* ?{Null aws:TokenIssueTime=false}")
			s, err := w.Snapshot()
			if err != nil {
				t.Fatal(err)
			}
			late := []func(*iam.Snapshot){}
			signIn(c.password, c.mfa)(w, &late)
			for _, change := range late {
				change(s)
			}
			e := caseGraph(t, s).engine()
			for action, want := range map[string]string{"iam:CreatePolicyVersion": c.want, "ec2:RunInstances": query.VerdictAllow} {
				r, err := e.Can(t.Context(), fixture.ARN("u"), action, "*")
				if err != nil {
					t.Fatal(err)
				}
				if got := r.Answers[0].Verdict; got != want {
					t.Errorf("%s: %s, want %s", action, got, want)
				}
			}
		})
	}
}

// switchedOnly: the modes in which a principal gets each of some roles.
func switchedOnly(principal, action string, want map[string][]string) func(*testing.T, *caseWorld) {
	return func(t *testing.T, w *caseWorld) {
		for role, modes := range want {
			a := w.single(t, askCan(w.engine(), fixture.ARN(principal), actionAsked{action, fixture.ARN(role)}))
			if got := a.Paths[0].Modes; !slices.Equal(got, modes) {
				t.Errorf("%s: modes %v, want %v", role, got, modes)
			}
		}
	}
}
