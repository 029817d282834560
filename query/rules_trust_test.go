package query_test

import (
	"fmt"
	"slices"
	"testing"

	"accesspath/query"
)

// trustCases follow section 8.1: trust policies.
func trustCases() []microCase {
	return []microCase{
		{id: "TRUST-01", world: `
			add: r2
			tp(r1): P=u
			id(r2): +*@*`,
			ask: `
			u sts:AssumeRole r1 -> ALLOW
			r1 s3:GetObject b/x -> DENY(implicit:identity)
			u sts:AssumeRole r2 -> DENY(implicit:resource)
			request: u s3:GetObject b/x -> DENY(implicit:identity)`},
		{id: "TRUST-01/permission-in-trust", world: `tp(r): +[sts:AssumeRole,s3:GetObject] P=u`,
			ask: `
			r s3:GetObject b/x -> DENY(implicit:identity)
			u s3:GetObject b/x -> DENY`},
		{id: "TRUST-02", world: `
			id(u): +*@*
			id(r1): +*@*`,
			ask: `
			u sts:AssumeRole r -> DENY(implicit:resource)
			r1 sts:AssumeRole r -> DENY(implicit:resource)
			A:root sts:AssumeRole r -> DENY(service-rule)`},
		{id: "TRUST-03", world: `
			add: A:user/v
			tp(r): P=arn:aws:iam::A:root
			id(u): +sts:AssumeRole@r
			id(r1): +sts:AssumeRole@r
			id(C:user/x): +sts:AssumeRole@*`,
			ask: `
			u sts:AssumeRole r -> ALLOW
			r1 sts:AssumeRole r -> ALLOW
			A:user/v sts:AssumeRole r -> DENY(implicit:identity)
			C:user/x sts:AssumeRole r -> DENY(implicit:resource)
			A:root sts:AssumeRole r -> DENY(service-rule)`},
		{id: "TRUST-04", world: `
			add: r1 A:user/v
			tp(r): P=[u,r1]`,
			ask: `
			u sts:AssumeRole r -> ALLOW
			r1 sts:AssumeRole r -> ALLOW
			A:user/v sts:AssumeRole r -> DENY(implicit:resource)`},
		{id: "TRUST-05/bare", world: `
			tp(r): P=*
			tp(q): P=*
			id(C:user/x): +sts:AssumeRole@[r,q]`,
			ask: `
			u sts:AssumeRole r -> ALLOW
			u sts:AssumeRole q -> DENY(implicit:identity)
			C:user/x sts:AssumeRole r -> ALLOW
			C:user/x sts:AssumeRole q -> ALLOW`},
		{id: "TRUST-06/pairs", world: `
			tp(r): +[sts:AssumeRole,sts:AssumeRoleWithSAML] P=[u,Federated:A:saml-provider/idp]
			id(r): +s3:GetObject@b/*`,
			ask: `
			u sts:AssumeRole r -> ALLOW
			paths: A:saml-provider/idp to r -> not DENY
			who: s3:GetObject b/x -> A:saml-provider/idp not DENY`},
		{id: "TRUST-06/service", world: `
			tp(r): +sts:AssumeRoleWithWebIdentity P=Service:ec2
			id(r): +s3:GetObject@b/*`,
			ask: `who: s3:GetObject b/x -> ec2.amazonaws.com nobody`},
		{id: "TRUST-06/asked", world: `
			tp(r): +sts:* P=[A,Federated:A:saml-provider/idp]
			id(u): +*@*`,
			ask: `
			u sts:AssumeRoleWithSAML r -> DENY(implicit:resource)
			who: sts:AssumeRoleWithSAML r -> u nobody
			who: sts:AssumeRoleWithSAML r -> A:saml-provider/idp not DENY
			who: sts:AssumeRole r -> A:saml-provider/idp nobody`},
		{id: "FED-01/asked", world: `
			provider(A): oidc-provider/x.example.com client
			tp(r): +sts:AssumeRoleWithWebIdentity P=Federated:A:oidc-provider/x.example.com ?{StringEquals x.example.com:sub=a}
			tp(r1): +sts:AssumeRoleWithWebIdentity P=Federated:A:oidc-provider/x.example.com ?{StringEquals x.example.com:aud=other}`,
			ask: `
			who: sts:AssumeRoleWithWebIdentity r -> A:oidc-provider/x.example.com ALLOW_IF
			who: sts:AssumeRole* r -> A:oidc-provider/x.example.com ALLOW_IF
			who: sts:AssumeRoleWithSAML r -> A:oidc-provider/x.example.com nobody
			who: sts:AssumeRoleWithWebIdentity r1 -> A:oidc-provider/x.example.com nobody
			can: A:oidc-provider/x.example.com sts:AssumeRoleWithWebIdentity r -> ALLOW_IF
			can: A:oidc-provider/x.example.com sts:AssumeRoleWithWebIdentity r1 -> DENY
			can: A:oidc-provider/x.example.com sts:AssumeRole r -> DENY`},
		{id: "FED-22/asked", world: `
			tp(r): +[sts:AssumeRoleWithSAML,sts:TagSession] P=Federated:A:saml-provider/idp`,
			ask: `
			who: sts:TagSession r -> A:saml-provider/idp ALLOW
			who: sts:SetSourceIdentity r -> A:saml-provider/idp nobody`},
		{id: "IDC-02/asked", world: `
			provider(A): saml-provider/AWSSSO_1_DO_NOT_DELETE
			tp(A:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Ops_0123456789abcdef): +[sts:AssumeRoleWithSAML,sts:TagSession] P=Federated:A:saml-provider/AWSSSO_1_DO_NOT_DELETE`,
			ask: `who: sts:AssumeRoleWithSAML A:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Ops_0123456789abcdef -> A:saml-provider/AWSSSO_1_DO_NOT_DELETE nobody`},
		{id: "TRUST-07", world: `
			tp(r): +sts:* P=u
			tp(r1): +* P=u
			tp(r2): +sts:AssumeRole* P=[u,Federated:A:saml-provider/idp]
			tp(A:role/r3): +sts:AssumeRoleWith* P=[u,Federated:A:saml-provider/idp]`,
			ask: `
			u sts:AssumeRole r -> ALLOW
			u sts:AssumeRole r1 -> ALLOW
			u sts:AssumeRole r2 -> ALLOW
			u sts:AssumeRole A:role/r3 -> DENY(implicit:resource)
			paths: A:saml-provider/idp to r2 -> not DENY
			paths: A:saml-provider/idp to A:role/r3 -> not DENY`},
		{id: "TRUST-08", world: `
			tp(r): P=id(u)
			tp(r1): P=AIDAFORMERU`,
			ask: `
			u sts:AssumeRole r -> ALLOW
			u sts:AssumeRole r1 -> DENY(implicit:resource, dangling)`},
		{id: "TRUST-09", world: `
			add: r1
			tp(r2): P=A:sess/r1/deploy
			tp(r1): P=u
			id(r2): +s3:GetObject@b/*`,
			ask: `
			request: r1 as deploy sts:AssumeRole r2 -> ALLOW
			request: r1 as other sts:AssumeRole r2 -> DENY
			can: r1 sts:AssumeRole r2 -> ALLOW_IF(SESSION session-name StringEquals deploy@1)
			can: u s3:GetObject b/x -> ALLOW_IF(SESSION sts:RoleSessionName StringEquals deploy@1) via r1 r2`},
		{id: "TRUST-09/path", world: `
			add: A:role/team/r1
			tp(r2): P=A:sess/r1/deploy`,
			ask: `request: A:role/team/r1 as deploy sts:AssumeRole r2 -> ALLOW`},
		{id: "TRUST-10", world: `
			group(g u):
			profile(r1): i
			tp(r1): P=Service:ec2
			id(u): +*@*
			id(r1): +*@*
			tp(r): P=[arn:aws:iam::A:group/g,arn:aws:iam::A:role/r*,arn:aws:iam::A:instance-profile/i,arn:aws:iam::*:root]`,
			ask: `
			u sts:AssumeRole r -> DENY(implicit:resource)
			r1 sts:AssumeRole r -> DENY(implicit:resource)
			paths: A:instance-profile/i to r -> DENY(implicit:resource) at 2`,
			check: deadPrincipals("r", 4)},
		{id: "TRUST-11", world: `
			add: A:user/v
			tp(r): P=A ; P=[u,r1] ; -sts:AssumeRole P=r1
			id(u): +sts:AssumeRole@r
			id(r1): +sts:AssumeRole@r`,
			ask: `
			u sts:AssumeRole r -> ALLOW
			r1 sts:AssumeRole r -> DENY(explicit:resource)
			request: r1 as any sts:AssumeRole r -> DENY(explicit:resource)`},
		{id: "TRUST-11/account", world: `
			tp(q): P=[A,C] ; -sts:AssumeRole P=A
			id(u): +sts:AssumeRole@q
			id(r1): +sts:AssumeRole@q
			id(C:user/x): +sts:AssumeRole@q`,
			ask: `
			u sts:AssumeRole q -> DENY(explicit:resource)
			r1 sts:AssumeRole q -> DENY(explicit:resource)
			C:user/x sts:AssumeRole q -> ALLOW`},
		{id: "TRUST-12", world: `
			tags(r): team=a
			tags(r1): team=a
			tp(r): P=AWS:* ?{StringEquals aws:PrincipalTag/team=a}
			tp(r2): P=u ?{StringEquals aws:PrincipalArn=arn:aws:iam::A:role/r2}`,
			ask: `
			u sts:AssumeRole r -> DENY(implicit:resource)
			r1 sts:AssumeRole r -> ALLOW
			u sts:AssumeRole r2 -> DENY(implicit:resource)`},
		{id: "TRUST-13/trust", world: `
			tags(r): Team=a
			tp(r): P=u ?{StringEquals aws:ResourceTag/team=a, StringEquals iam:ResourceTag/team=a}
			tp(r1): P=u ?{StringEquals aws:ResourceTag/team=a}
			tags(u): team=a`,
			ask: `
			u sts:AssumeRole r -> ALLOW
			u sts:AssumeRole r1 -> DENY(implicit:resource)`},
		{id: "TRUST-13/transitive", world: `
			tp(r1): +[sts:AssumeRole,sts:TagSession] P=u ?{StringEquals aws:RequestTag/team=a, ForAnyValue:StringEquals sts:TransitiveTagKeys=team}
			id(u): +sts:TagSession@r1
			tags(r2): team=b
			tp(r2): +[sts:AssumeRole,sts:TagSession] P=[u,r1] ?{StringEquals aws:ResourceTag/team=b}
			id(r1): +sts:TagSession@r2`,
			ask: `
			u sts:AssumeRole r2 -> ALLOW
			can: r1 sts:AssumeRole r2 -> not DENY
			paths: u to r2 -> ALLOW via r2`},
		{id: "TRUST-14/absent", check: absentTrust},
		{id: "TRUST-15", world: `
			tp(A:role/team/r): P=A
			id(u): +sts:AssumeRole@A:role/r
			id(A:user/v): +sts:AssumeRole@A:role/*/r
			id(A:user/w): +sts:AssumeRole@A:role/team/r`,
			ask: `
			u sts:AssumeRole A:role/team/r -> DENY(implicit:identity)
			A:user/v sts:AssumeRole A:role/team/r -> ALLOW
			A:user/w sts:AssumeRole A:role/team/r -> ALLOW`},
	}
}

// deadPrincipals expects so many principals of the role's trust policy to be
// reported as matching nobody.
func deadPrincipals(role string, want int) func(*testing.T, *caseWorld) {
	return func(t *testing.T, w *caseWorld) {
		got := 0
		for _, p := range w.node(t, role).Role.Trust.Document.Problems {
			if p.Code == "dead-principal" {
				got++
			}
		}
		if got != want {
			t.Errorf("%d dead principals reported, want %d", got, want)
		}
	}
}

// absentTrust: a role of which no trust policy was delivered may name whomever it
// likes. In its own account nothing else is needed then; elsewhere a permission is
// (TRUST-14, TRUST-04, STS-02).
func absentTrust(t *testing.T, _ *caseWorld) {
	const user = `{"UserName":"%[1]s","Arn":"arn:aws:iam::%[2]s:user/%[1]s","UserId":"AIDAEXAMPLE%[1]s","Path":"/","UserPolicyList":[%[3]s]}`
	const may = `{"PolicyName":"p","PolicyDocument":{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"*"}}}`
	const a, b = "111111111111", "222222222222"
	w := ingested(t, map[string]string{
		"a.json": `{"UserDetailList":[` + fmt.Sprintf(user, "u", a, may) + "," + fmt.Sprintf(user, "n", a, "") + `],
			"RoleDetailList":[{"RoleName":"r","Arn":"arn:aws:iam::111111111111:role/r","RoleId":"AROAEXAMPLER","Path":"/"}]}`,
		"b.json": `{"UserDetailList":[` + fmt.Sprintf(user, "z", b, may) + "," + fmt.Sprintf(user, "y", b, "") + `]}`,
	})
	for user, want := range map[string]string{"A:user/u": query.VerdictAllowIf, "A:user/n": query.VerdictAllowIf, "B:user/z": query.VerdictAllowIf, "B:user/y": query.VerdictDeny} {
		got := w.paths(t, user, "r")
		if got.Verdict != want || slices.Contains(got.Codes, "DATA:trust") != (want == query.VerdictAllowIf) {
			t.Errorf("%s to r: %s, want %s", user, caseObserve(got), want)
		}
	}
}
