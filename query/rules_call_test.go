package query_test

import (
	"testing"

	"accesspath/internal/fixture"
)

// callRuleCases are about what one call of STS can carry.
func callRuleCases() []microCase {
	return []microCase{
		{id: "TRUST-06/anyone-federated", world: `
			tp(r): +sts:AssumeRoleWithWebIdentity P=AWS:*
			id(r): +s3:GetObject@b/*
			id(u): +sts:*@*`,
			ask: `
			u sts:AssumeRole r -> DENY(implicit:resource)
			who: s3:GetObject b/x -> * ALLOW_IF #U-20`},
		{id: "TRUST-29/keys-clash", world: `
			tp(r): +[sts:AssumeRole,sts:TagSession] P=u ?{StringEquals aws:RequestTag/team=a, ForAllValues:StringEquals aws:TagKeys=[env]}
			id(u): +sts:TagSession@*`,
			ask: `u sts:AssumeRole r -> DENY(contradiction)`},
		{id: "TRUST-33/limits", world: `
			tp(r): P=u ?{NumericLessThanEquals sts:DurationSeconds=900}
			tp(r1): P=u ?{NumericLessThanEquals sts:DurationSeconds=600}
			tp(r2): P=u ?{NumericGreaterThan sts:DurationSeconds=43200}`,
			ask: `
			u sts:AssumeRole r -> ALLOW requires(REQUEST sts:DurationSeconds NumericLessThanEquals 900@1)
			u sts:AssumeRole r1 -> DENY
			u sts:AssumeRole r2 -> DENY`},
		{id: "TRUST-29/one-hop", world: `
			tp(r): +[sts:AssumeRole,sts:TagSession] P=u ?{StringEquals aws:RequestTag/team=a, ForAnyValue:StringEquals sts:TransitiveTagKeys=team}
			id(u): +sts:TagSession@*`,
			ask: `u sts:AssumeRole r -> ALLOW requires(REQUEST aws:RequestTag/team StringEquals a@1 & REQUEST sts:TransitiveTagKeys ForAnyValue:StringEquals team@1)`},
		{id: "STS-05/legacy", check: legacySelfTrust},
		{id: "STS-15/chained", world: `
			tp(r1): P=u
			tp(r2): P=[u,r1] ?{NumericGreaterThanEquals sts:DurationSeconds=7200}`,
			ask: `
			u sts:AssumeRole r2 -> ALLOW requires(REQUEST sts:DurationSeconds NumericGreaterThanEquals 7200@1)
			r1 sts:AssumeRole r2 -> DENY`},
		{id: "CHAIN-11/forced-otherwise", world: `
			tp(r1): +[sts:AssumeRole,sts:TagSession] P=u ?{StringEquals aws:RequestTag/team=a, ForAllValues:StringEquals sts:TransitiveTagKeys=team, Null sts:TransitiveTagKeys=false}
			id(u): +sts:TagSession@r1
			tp(r2): +[sts:AssumeRole,sts:TagSession] P=r1 ?{StringEquals aws:RequestTag/team=b}`,
			ask: `paths: u to r2 -> DENY`},
		{id: "CHAIN-23/cause", world: `
			tp(r1): +sts:AssumeRoleWithWebIdentity P=` + github + ` ; P=u
			tp(r2): P=r1 ?{StringEquals ` + githubHost + `:sub=repo:acme/app:ref:refs/heads/main}
			tp(r): P=r1 ?{StringEquals ` + githubHost + `:repository=acme/app}`,
			ask: `
			paths: A:oidc-provider/` + githubHost + ` to r2 -> ALLOW_IF
			paths: A:oidc-provider/` + githubHost + ` to r -> DENY(implicit:resource) at 2
			paths: u to r2 -> DENY(implicit:resource) at 2`},
		{id: "CHAIN-23/cause-saml", world: `
			tp(r1): +sts:AssumeRoleWithSAML P=Federated:A:saml-provider/idp
			tp(r2): P=r1 ?{StringEquals saml:sub=alice}
			tp(r): P=r1 ?{StringEquals SAML:aud=https://signin.aws.amazon.com/saml}`,
			ask: `
			paths: A:saml-provider/idp to r2 -> ALLOW_IF
			paths: A:saml-provider/idp to r -> DENY(implicit:resource) at 2`},
		{id: "CHAIN-22/cause-can", world: `
			tp(r1): +sts:AssumeRoleWithSAML P=Federated:A:saml-provider/idp
			tp(r): P=r1 ?{StringEquals aws:FederatedProvider=A:saml-provider/idp}
			id(r): +s3:GetObject@b/*`,
			ask: `can: A:saml-provider/idp s3:GetObject b/x -> DENY(implicit:resource) at 2`},
		{id: "CKEY-30/deny", world: `
			id(u): +s3:*@* ; -s3:*@* ?{ForAnyValue:StringEquals aws:CalledVia=athena.amazonaws.com}
			id(A:user/v): +s3:*@* ; -s3:*@* ?{StringNotEquals aws:CalledViaLast=athena.amazonaws.com}
			id(A:user/w): +s3:*@* ?{StringEquals aws:CalledViaFirst=athena.amazonaws.com}`,
			ask: `u s3:GetObject b/x -> ALLOW`},
		{id: "CKEY-42/target", world: `
			id(u): +iam:CreateUser@* ?{StringEquals iam:PermissionsBoundary=arn:aws:iam::A:policy/limits} ; +iam:PutUserPolicy@* ?{StringEquals iam:PermissionsBoundary=arn:aws:iam::A:policy/boundary-v}
			pb(A:user/v): +s3:*@*
			add: A:user/w`,
			ask: `
			u iam:CreateUser A:user/new -> ALLOW requires(REQUEST iam:PermissionsBoundary StringEquals arn:aws:iam::111111111111:policy/limits@1)
			u iam:PutUserPolicy A:user/v -> ALLOW
			u iam:PutUserPolicy A:user/w -> DENY(implicit:identity)`},
		{id: "GAAD-17/partial", check: partialUser},
		{id: "EVAL-33/edit", world: `
			add: A:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX
			id(u): +iam:*@*`,
			ask: `
			u iam:PutRolePolicy A:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX -> DENY(service-rule)
			u iam:UpdateAssumeRolePolicy A:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX -> DENY(service-rule)`},
		{id: "CHAIN-27/delivered", world: `
			profile(r1): i
			tp(r1): P=Service:ec2
			tp(r2): P=r1 ?{Bool aws:MultiFactorAuthPresent=true}
			tp(r): P=r1 ?{BoolIfExists aws:MultiFactorAuthPresent=true}`,
			ask: `
			paths: A:instance-profile/i to r2 -> DENY
			paths: A:instance-profile/i to r -> ALLOW_IF`},
		{id: "QRY-20/session", world: `
			tp(r): P=Service:ec2 ; P=Service:lambda
			profile(r): i
			id(r): +s3:GetObject@b/1 ?{ArnLike lambda:SourceFunctionArn=arn:aws:lambda:*:*:function:f} ; +s3:GetObject@b/2 ?{ArnLike ec2:SourceInstanceArn=arn:aws:ec2:*:*:instance/i-1}`,
			ask: `who: s3:GetObject b/* -> A:instance-profile/i ALLOW_IF #witness=arn:aws:s3:::b/2`},
	}
}

// legacySelfTrust: only a native snapshot can say that a role still has the
// implicit self-trust of before September 2022.
func legacySelfTrust(t *testing.T, _ *caseWorld) {
	s, err := fixture.Parse("tp(r): P=Service:lambda\nid(r): +sts:AssumeRole@r\ntp(r1): P=Service:lambda\nid(r1): +sts:AssumeRole@r1\ntp(r2): P=Service:lambda")
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range s.Account(fixture.AccountID("A")).Roles {
		r.LegacySelfTrust = r.Name != "r1"
	}
	w := caseGraph(t, s)
	w.ask(t, "r sts:AssumeRole r -> ALLOW #U-08")
	w.ask(t, "r1 sts:AssumeRole r1 -> DENY(implicit:resource) #U-08")
	w.ask(t, "r2 sts:AssumeRole r2 -> DENY(implicit:identity)")
}

// partialUser: of a user who is known by a reference alone nobody knows the
// permissions, which is not the same as having none (CONV-03).
func partialUser(t *testing.T, _ *caseWorld) {
	s, err := fixture.Parse("tp(r): P=A\nid(r): +s3:GetObject@b/*")
	if err != nil {
		t.Fatal(err)
	}
	s.Account(fixture.AccountID("A")).Users[0].Partial = true
	w := caseGraph(t, s)
	w.ask(t, "u s3:GetObject b/x -> ALLOW_IF #DATA:policy")
	w.ask(t, "paths: u to r -> ALLOW_IF #DATA:policy")
}
