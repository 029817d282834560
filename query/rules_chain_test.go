package query_test

import (
	"testing"

	"accesspath/internal/fixture"
	"accesspath/policy"
)

// chainModelCases follow section 9.1: what a chain is.
func chainModelCases() []microCase {
	return []microCase{
		{id: "CHAIN-01", world: `
			profile(r1): i
			tp(r1): P=[u,Service:ec2] ; +sts:AssumeRoleWithSAML P=Federated:A:saml-provider/idp
			tp(r2): P=r1
			tp(r): P=u ?{Bool aws:MultiFactorAuthPresent=true}`,
			check: hops(map[string]int{"u r1": 1, "u r2": 2, "A:saml-provider/idp r2": 2, "A:instance-profile/i r2": 2, "r1 r2": 1, "u r": 1})},
		{id: "CHAIN-02", world: `
			id(u): +s3:GetObject@b/*
			tp(r): P=u
			id(r): +s3:PutObject@b/*
			rp(bb): +s3:*@bb/* P=r`,
			ask: `
			request: u s3:PutObject b/x -> DENY(implicit:identity)
			r s3:GetObject b/x -> DENY(implicit:identity)
			r s3:GetObject bb/x -> DENY(implicit:identity)
			can: u s3:GetObject bb/x -> DENY`},
		{id: "CHAIN-03", world: `
			id(u): +s3:GetObject@b/* ; -s3:PutObject@*
			tp(r): P=u
			id(r): +s3:PutObject@b/* ; -s3:GetObject@*`,
			ask: `
			can: u s3:GetObject b/x -> ALLOW
			can: u s3:PutObject b/x -> ALLOW via r
			r s3:GetObject b/x -> DENY(explicit:identity, implicit:identity)`},
		{id: "CHAIN-04", world: `
			tp(r1): P=u
			pb(r1): +s3:*@*
			id(r1): +sts:AssumeRole@r2
			tp(r2): P=A`,
			ask: `paths: u to r2 -> DENY(implicit:boundary) at 2`},
		{id: "CHAIN-04/guardrails", world: `
			tp(q): P=u
			id(u): +sts:AssumeRole@[q,q2]
			id(q): +sts:AssumeRole@r
			scp(B): -sts:AssumeRole@r
			tp(r): P=B
			rcp(A): -sts:AssumeRole@r2
			tp(r2): P=B
			id(q): +sts:AssumeRole@r2`,
			ask: `
			paths: u to r -> DENY(explicit:scp@B) at 2
			paths: u to r2 -> DENY(explicit:rcp@A) at 2`},
		{id: "CHAIN-05/states", world: `
			tp(r1): P=u ?{BoolIfExists aws:MultiFactorAuthPresent=false}
			tp(r2): P=r1 ?{Bool aws:MultiFactorAuthPresent=true}`,
			ask: `paths: u to r2 -> DENY`},
		{id: "CHAIN-06", check: longChain},
		{id: "CHAIN-07/better-state", world: `
			tp(r1): P=u ; +[sts:AssumeRole,sts:TagSession] P=r2
			tp(r2): P=r1
			id(r2): +sts:TagSession@r1
			id(r1): +s3:GetObject@b/* ?{StringEquals aws:PrincipalTag/team=a}`,
			ask: `can: u s3:GetObject b/x -> ALLOW_IF(SESSION aws:RequestTag/team StringEquals a@3) via r1 r2 r1`},
		{id: "CHAIN-08", world: `
			id(u): +sts:AssumeRole@[q,q2]
			tp(q): P=u
			tp(q2): P=[q,u]
			tp(B:role/q3): P=[A,B]
			id(u): +sts:AssumeRole@B:role/q3`,
			ask: `
			paths: u to q2 -> ALLOW via q2
			q sts:AssumeRole q2 -> ALLOW
			q sts:AssumeRole B:role/q3 -> DENY(implicit:identity)`},
		{id: "CHAIN-09/left", world: `
			scp(A): -ec2:*@* ; -sts:AssumeRole@q2
			id(u): +sts:AssumeRole@[q,q2]
			tp(q): P=u
			tp(q2): P=q
			id(q2): +ec2:StopInstances@*`,
			ask: `
			paths: u to q2 -> ALLOW via q q2
			can: u ec2:StopInstances B:instance/i-1 -> ALLOW via q q2`},
	}
}

// carriedCases follow section 9.2: what carries over from hop to hop.
func carriedCases() []microCase {
	return []microCase{
		{id: "CHAIN-10", world: `
			group(G u): +s3:GetObject@b/* ; -s3:PutObject@*
			pb(u): +*@* ; -s3:DeleteObject@*
			tp(r): P=u
			id(r): +[s3:PutObject,s3:DeleteObject]@b/*`,
			ask: `
			r s3:GetObject b/x -> DENY(implicit:identity)
			can: u s3:PutObject b/x -> ALLOW via r
			can: u s3:DeleteObject b/x -> ALLOW via r`},
		{id: "CHAIN-11/not-transitive", world: `
			tp(r1): +[sts:AssumeRole,sts:TagSession] P=u
			id(u): -sts:TagSession@* ?{Null sts:TransitiveTagKeys=false}
			tp(r2): P=r1
			rp(b): +s3:GetObject@b/r1 P=r1 ?{StringEquals aws:PrincipalTag/team=a} ; +s3:GetObject@b/r2 P=r2 ?{StringEquals aws:PrincipalTag/team=a}`,
			ask: `
			can: u s3:GetObject b/r1 -> ALLOW_IF(SESSION aws:RequestTag/team StringEquals a@1 & REQUEST sts:TransitiveTagKeys Null true@1) via r1
			can: u s3:GetObject b/r2 -> DENY`},
		{id: "CHAIN-11/all-later", world: `
			tp(r1): +[sts:AssumeRole,sts:TagSession] P=u
			id(u): +sts:TagSession@r1
			tp(r2): +[sts:AssumeRole,sts:TagSession] P=r1 ; -sts:TagSession P=* ?{Null aws:RequestTag/team=false}
			tp(r): +[sts:AssumeRole,sts:TagSession] P=r2 ; -sts:TagSession P=* ?{Null aws:RequestTag/team=false}
			rp(b): +s3:GetObject@b/* P=r ?{StringEquals aws:PrincipalTag/team=a}
			tags(r): team=b`,
			ask: `can: u s3:GetObject b/x -> ALLOW_IF(SESSION aws:RequestTag/team StringEquals a@1 & SESSION sts:TransitiveTagKeys ForAnyValue:StringEquals team@1 & REQUEST aws:RequestTag/team Null true@2 & REQUEST aws:RequestTag/team Null true@3) via r1 r2 r`},
		{id: "CHAIN-11/no-second-value", world: `
			tp(r1): +[sts:AssumeRole,sts:TagSession] P=u ?{StringEquals aws:RequestTag/team=a, ForAnyValue:StringEquals sts:TransitiveTagKeys=team}
			id(u): +sts:TagSession@r1
			tp(r2): +[sts:AssumeRole,sts:TagSession] P=r1 ?{StringEquals aws:RequestTag/team=b}`,
			ask: `paths: u to r2 -> DENY`},
		{id: "CHAIN-12", world: `
			tags(u): team=a
			tags(r1): team=a
			tp(r1): P=u
			tp(r2): P=r1
			id(r1): +s3:GetObject@b/* ?{StringEquals aws:PrincipalTag/team=a}
			id(r2): +s3:PutObject@b/* ?{StringEquals aws:PrincipalTag/team=a}`,
			ask: `
			can: u s3:GetObject b/x -> ALLOW via r1
			can: u s3:PutObject b/x -> DENY
			r2 s3:PutObject b/x -> DENY(implicit:identity)`},
		{id: "CHAIN-12/variable", world: `
			tags(r1): goto=r2
			tags(u): goto=r
			tp(r1): P=u
			id(r1): +sts:AssumeRole@A:role/${aws:PrincipalTag/goto}
			tp(r2): P=A
			tp(r): P=A`,
			ask: `
			paths: u to r2 -> ALLOW via r1 r2
			paths: u to r -> DENY`},
		{id: "CHAIN-12/passed-variable", world: `
			tp(r1): P=u ; +sts:TagSession P=u ?{StringLike aws:RequestTag/team=a*}
			id(r1): +s3:GetObject@b/${aws:PrincipalTag/team}/*`,
			ask: `
			can: u s3:GetObject b/ab/x -> ALLOW_IF
			can: r1 s3:GetObject b/ab/x -> ALLOW_IF`},
		{id: "CHAIN-13/every-later-request", world: `
			tp(r1): +[sts:AssumeRole,sts:SetSourceIdentity] P=u ?{StringEquals sts:SourceIdentity=[x,y]}
			tp(r2): +[sts:AssumeRole,sts:SetSourceIdentity] P=r1
			tp(r): +[sts:AssumeRole,sts:SetSourceIdentity] P=r2 ?{StringEquals aws:SourceIdentity=y}
			rp(b): +s3:GetObject@b/* P=r ?{StringEquals aws:SourceIdentity=y} ; +s3:GetObject@b/* P=r ?{StringEquals aws:SourceIdentity=x}`,
			ask: `can: u s3:GetObject b/x -> ALLOW_IF(SESSION sts:SourceIdentity StringEquals y@1) via r1 r2 r`},
		{id: "CHAIN-14", world: `
			tp(r1): P=u ?{StringEquals sts:ExternalId=x}
			tp(r2): P=r1 ?{Null sts:ExternalId=true}
			tp(r): P=r1 ?{StringEquals sts:ExternalId=x}`,
			ask: `
			paths: u to r2 -> ALLOW_IF(KNOWLEDGE sts:ExternalId StringEquals x@1 & KNOWLEDGE sts:ExternalId Null true@2) via r1 r2
			paths: u to r -> ALLOW_IF(KNOWLEDGE sts:ExternalId StringEquals x@1 & KNOWLEDGE sts:ExternalId StringEquals x@2) via r1 r`},
		{id: "CHAIN-15/each-hop", world: `
			tp(r1): P=u
			tp(r2): P=A:sess/r1/first
			rp(b): +s3:GetObject@b/* P=A:sess/r2/second`,
			ask: `can: u s3:GetObject b/x -> ALLOW_IF(SESSION sts:RoleSessionName StringEquals first@1 & SESSION sts:RoleSessionName StringEquals second@2) via r1 r2`},
		{id: "CHAIN-15/pinned", world: `
			tp(r1): P=u
			id(u): +sts:AssumeRole@r1
			id(u): -sts:AssumeRole@r1 ?{StringNotEquals sts:RoleSessionName=u}
			rp(b): +s3:GetObject@b/* P=A:sess/r1/n
			rp(bb): +s3:GetObject@bb/* P=A:sess/r1/u
			id(r1): +s3:GetObject@bb/*`,
			ask: `
			can: u s3:GetObject b/x -> DENY
			can: u s3:GetObject bb/x -> not DENY`},
		{id: "CHAIN-16", world: `
			tp(r1): P=A
			id(r): +sts:AssumeRole@r1
			id(r1): +s3:GetObject@b/*`,
			ask:   `can: r s3:GetObject b/x -> ALLOW via r1`,
			check: callInsideSessionPolicy},
		{id: "CHAIN-17", world: `
			tp(r): P=u
			id(r): +s3:GetObject@b/home/${aws:username}/*
			id(r2): +s3:GetObject@bb/*
			rp(bb): +s3:GetObject@bb/* P=r2 ?{StringEquals aws:username=u}
			tp(r2): P=u`,
			ask: `
			can: u s3:GetObject b/home/u/x -> DENY
			can: u s3:GetObject bb/x -> DENY`},
		{id: "CHAIN-18", world: `
			tp(q): P=u
			id(u): +sts:AssumeRole@q
			id(q): +s3:GetObject@[bb/*,b/*]
			rp(bb): +s3:GetObject@bb/1 P=B ?{StringEquals aws:PrincipalAccount=B} ; -s3:GetObject@bb/1 P=* ?{StringEquals aws:PrincipalAccount=A} ; -s3:GetObject@bb/2 P=* ?{StringNotEquals aws:PrincipalArn=arn:aws:iam::B:role/q} ; -s3:GetObject@bb/3 P=* ?{StringNotEquals aws:PrincipalType=User} ; -s3:GetObject@bb/4 P=* ?{StringNotLike aws:userid=id(q):*}`,
			ask: `
			can: u s3:GetObject bb/1 -> ALLOW via q
			can: u s3:GetObject bb/2 -> ALLOW via q
			can: u s3:GetObject bb/3 -> DENY
			can: u s3:GetObject bb/4 -> ALLOW via q`},
		{id: "CHAIN-19", world: `
			tp(r1): P=u ?{IpAddress aws:SourceIp=203.0.113.0/24}
			tp(r2): P=r1 ?{StringEquals aws:SourceVpce=vpce-1}
			id(r2): +s3:GetObject@b/* ?{StringLike aws:UserAgent=x*}
			id(r1): +s3:GetObject@b/1`,
			ask: `
			can: u s3:GetObject b/1 -> ALLOW_IF(NETWORK aws:SourceIp IpAddress 203.0.113.0/24@1) via r1
			can: u s3:GetObject b/x -> ALLOW_IF(NETWORK aws:SourceIp IpAddress 203.0.113.0/24@1 & NETWORK aws:SourceVpce StringEquals vpce-1@2 & REQUEST aws:UserAgent StringLike x*@3) via r1 r2`},
		{id: "CHAIN-21", world: `
			id(u): +s3:GetObject@b/* ?{Null aws:TokenIssueTime=true} ; +s3:PutObject@b/* ?{DateGreaterThan aws:TokenIssueTime=2020-01-01}
			tp(r): P=u
			id(r): +s3:GetObject@bb/* ?{Null aws:TokenIssueTime=true} ; +s3:ListBucket@b ?{DateGreaterThan aws:TokenIssueTime=2020-01-01}`,
			ask: `
			u s3:GetObject b/x -> ALLOW
			request: u s3:PutObject b/x -> DENY(implicit:identity)
			can: u s3:PutObject b/x -> ALLOW
			r s3:GetObject bb/x -> DENY
			r s3:ListBucket b -> ALLOW`},
		{id: "CHAIN-22", world: `
			tp(r1): +sts:AssumeRoleWithWebIdentity P=` + github + ` ?{StringEquals ` + githubHost + `:sub=repo:acme/app:ref:refs/heads/main} ; P=u
			tp(r2): P=r1 ?{StringEquals aws:FederatedProvider=arn:aws:iam::A:oidc-provider/` + githubHost + `}
			tp(r): P=r2 ?{Null aws:FederatedProvider=false}`,
			ask: `
			paths: A:oidc-provider/` + githubHost + ` to r2 -> not DENY
			paths: A:oidc-provider/` + githubHost + ` to r -> DENY
			paths: u to r2 -> DENY(implicit:resource) at 2`},
		{id: "CHAIN-22/saml", world: `
			tp(r1): +sts:AssumeRoleWithSAML P=Federated:A:saml-provider/idp
			tp(r2): P=r1 ?{Null aws:FederatedProvider=false}`,
			ask: `paths: A:saml-provider/idp to r2 -> DENY(implicit:resource) at 2`},
		{id: "CHAIN-22/subject", world: `
			tp(r1): +sts:AssumeRoleWithWebIdentity P=` + github + `
			tp(r2): P=u
			tp(r): +sts:AssumeRoleWithSAML P=Federated:A:saml-provider/idp
			id(r1): +s3:GetObject@b/* ?{Null aws:FederatedProvider=false}
			id(r2): +s3:GetObject@b/* ?{Null aws:FederatedProvider=false}
			id(r): +s3:GetObject@b/* ?{Null aws:FederatedProvider=false} ; +s3:PutObject@b/* ?{StringEquals saml:sub=alice}
			id(r1): +s3:PutObject@b/* ?{StringEquals saml:sub=alice}`,
			ask: `
			can: r1 s3:GetObject b/x -> not DENY
			can: r2 s3:GetObject b/x -> DENY
			can: r s3:GetObject b/x -> DENY
			can: r s3:PutObject b/x -> not DENY
			can: r1 s3:PutObject b/x -> DENY`},
		{id: "CHAIN-23", world: `
			tp(r1): +sts:AssumeRoleWithWebIdentity P=` + github + ` ; P=u
			tp(r2): P=r1 ?{StringEquals ` + githubHost + `:sub=repo:acme/app:ref:refs/heads/main}
			tp(r): P=r1 ?{StringEquals ` + githubHost + `:repository=acme/app}`,
			ask: `
			paths: A:oidc-provider/` + githubHost + ` to r2 -> ALLOW_IF
			paths: A:oidc-provider/` + githubHost + ` to r -> DENY
			paths: u to r2 -> DENY`},
		{id: "CHAIN-23/saml", world: `
			tp(r1): +sts:AssumeRoleWithSAML P=Federated:A:saml-provider/idp
			tp(r2): P=r1 ?{StringEquals saml:sub=alice}
			tp(r): P=r1 ?{StringEquals SAML:aud=https://signin.aws.amazon.com/saml}`,
			ask: `
			paths: A:saml-provider/idp to r2 -> ALLOW_IF
			paths: A:saml-provider/idp to r -> DENY`},
		{id: "CHAIN-24", world: `
			tp(r1): P=u
			tp(r2): P=r1 ?{Bool aws:PrincipalIsAWSService=false}
			tp(r): P=r1 ?{Bool aws:PrincipalIsAWSService=true}
			tp(q): P=r1 ?{StringEquals aws:CalledViaFirst=cloudformation.amazonaws.com}
			id(r1): +sts:AssumeRole@q`,
			ask: `
			paths: u to r2 -> ALLOW via r1 r2
			paths: u to r -> DENY(implicit:resource) at 2`,
			check: neverPlain("u", "q")},
		{id: "CHAIN-25", world: `
			profile(r1): i
			tp(r1): P=Service:ec2
			id(r1): +s3:GetObject@b/* ?{StringEquals aws:Ec2InstanceSourceVpc=vpc-1}
			tp(r2): P=r1
			id(r2): +s3:PutObject@b/* ?{StringEquals aws:Ec2InstanceSourceVpc=vpc-1}
			id(u): +s3:*@* ?{StringEquals aws:Ec2InstanceSourceVpc=vpc-1}`,
			ask: `
			who: s3:GetObject b/x -> A:instance-profile/i ALLOW_IF(SESSION aws:Ec2InstanceSourceVpc StringEquals vpc-1@2) via r1
			who: s3:PutObject b/x -> A:instance-profile/i nobody
			u s3:GetObject b/x -> DENY(implicit:identity)`},
		{id: "CHAIN-26", world: `
			tp(r1): P=u
			tp(r2): P=r1 ?{NumericLessThanEquals sts:DurationSeconds=3600}`,
			ask: `paths: u to r2 -> not DENY`},
		{id: "CHAIN-27", world: `
			tp(r1): P=u ?{Bool aws:MultiFactorAuthPresent=true}
			tp(r2): P=r1
			id(r1): +s3:GetObject@b/* ?{Bool aws:MultiFactorAuthPresent=true}
			id(r2): +s3:PutObject@b/* ; -*@* ?{BoolIfExists aws:MultiFactorAuthPresent=false}`,
			ask: `
			can: u s3:GetObject b/x -> ALLOW_IF #U-01 #confidence=medium
			can: u s3:PutObject b/x -> ALLOW_IF #U-01 #confidence=medium`},
		{id: "CHAIN-27/subject", world: `
			tp(r): P=u
			id(r): +s3:GetObject@b/* ?{Bool aws:MultiFactorAuthPresent=false} ; +s3:PutObject@b/* ?{Null aws:MultiFactorAuthAge=true} ; +s3:DeleteObject@b/* ?{Bool aws:MultiFactorAuthPresent=true} ; +s3:ListBucket@b ?{NumericLessThan aws:MultiFactorAuthAge=60}`,
			ask: `
			can: r s3:GetObject b/x -> ALLOW
			can: r s3:PutObject b/x -> ALLOW
			can: r s3:DeleteObject b/x -> ALLOW_IF(MFA aws:MultiFactorAuthPresent Bool true U-01@1)
			can: r s3:ListBucket b -> ALLOW_IF #U-01
			can: u s3:DeleteObject b/x -> ALLOW_IF #U-01`},
		{id: "CHAIN-28", world: `
			tp(r1): P=u
			tp(r2): P=r1 ?{NumericLessThan aws:MultiFactorAuthAge=3600}
			tp(r): P=r1 ?{Bool aws:AssumedRoot=true}`,
			ask: `
			paths: u to r2 -> ALLOW_IF #U-01
			paths: u to r -> DENY(implicit:resource) at 2`},
		{id: "CHAIN-29", world: `
			tp(r1): P=u
			id(r1): +s3:GetObject@b/* ?{Null identitystore:UserId=false}
			id(r2): +s3:PutObject@b/* ?{StringEquals identitystore:UserId=x}
			tp(r2): P=r1`,
			ask: `
			can: u s3:GetObject b/x -> DENY
			can: u s3:PutObject b/x -> DENY`},
	}
}

// callInsideSessionPolicy: a session policy limits the call that leaves its
// session, and nothing behind it: the next session has none of it.
func callInsideSessionPolicy(t *testing.T, _ *caseWorld) {
	trust := resourceLayer(t, `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"`+fixture.AccountID("A")+`"},"Action":"sts:AssumeRole"}}`)
	for session, want := range map[string]string{"+s3:PutObject@*": "DENY(implicit:session)", "+sts:AssumeRole@r1": "ALLOW", "+*@* ; -sts:*@*": "DENY(explicit:session)"} {
		decided(t, roleSession(), "sts:AssumeRole", "r1", policy.Layers{
			Identity: attached(t, "+sts:AssumeRole@r1"), Session: attached(t, session), HasSession: true, Resource: trust}, want)
	}
	behind := roleSession()
	behind.ARN, behind.Name = fixture.ARN("r1"), "r1"
	decided(t, behind, "s3:GetObject", "b/x", policy.Layers{Identity: attached(t, "+s3:GetObject@b/*"), Resource: policy.ResourceLayer{State: policy.ResourceNone}}, "ALLOW")
}
