package query_test

import (
	"testing"

	"accesspath/internal/fixture"
	"accesspath/policy"
)

const (
	githubHost = `token.actions.githubusercontent.com`
	github     = `Federated:A:oidc-provider/` + githubHost
	githubMain = `IDP ` + githubHost + `:aud StringEquals sts.amazonaws.com@1 & IDP ` + githubHost + `:sub StringEquals repo:acme/app:ref:refs/heads/main@1`
)

// githubTrust is a trust in GitHub with a test on the subject.
func githubTrust(subject string) string {
	return `tp(r): +sts:AssumeRoleWithWebIdentity P=` + github + ` ?{StringEquals ` + githubHost + `:aud=sts.amazonaws.com, ` + subject + `}
		id(r): +s3:GetObject@b/*`
}

// guests and guestTrust are of a role that a pool's guests may have.
const (
	guests     = `cognito-identity.amazonaws.com:guests`
	guestTrust = `tp(r): +sts:AssumeRoleWithWebIdentity P=Federated:cognito-identity.amazonaws.com ?{StringEquals cognito-identity.amazonaws.com:aud=us-east-1:p, ForAnyValue:StringLike cognito-identity.amazonaws.com:amr=unauthenticated}
			id(r): +[s3:GetObject,ec2:StopInstances]@*`
)

// federationCases is section 14.5 as far as the graph has the origins.
func federationCases() []microCase {
	return []microCase{
		{id: "CASE-130", world: githubTrust(`StringEquals ` + githubHost + `:sub=repo:acme/app:ref:refs/heads/main`),
			ask: `
			paths: A:oidc-provider/` + githubHost + ` to r -> ALLOW_IF(` + githubMain + `) via r #kind=federated-identity
			who: s3:GetObject b/x -> A:oidc-provider/` + githubHost + ` ALLOW_IF(` + githubMain + `) via r`},
		{id: "CASE-131", world: `
			tp(r): +sts:AssumeRoleWithWebIdentity P=` + github + ` ?{StringEquals ` + githubHost + `:aud=sts.amazonaws.com}
			id(r): +s3:GetObject@b/*`,
			ask: `who: s3:GetObject b/x -> A:oidc-provider/` + githubHost + ` ALLOW_IF #kind=public`},
		{id: "CASE-132", world: githubTrust(`StringLike ` + githubHost + `:sub=repo:acme*`),
			ask: `who: s3:GetObject b/x -> A:oidc-provider/` + githubHost + ` ALLOW_IF #kind=public`},
		{id: "CASE-133", world: githubTrust(`StringEquals ` + githubHost + `:sub=repo:acme/*`),
			ask: `who: s3:GetObject b/x -> A:oidc-provider/` + githubHost + ` nobody`},
		{id: "CASE-134", world: `
			provider(A): none
			` + githubTrust(`StringEquals `+githubHost+`:sub=repo:acme/app:ref:refs/heads/main`),
			ask: `
			paths: A:oidc-provider/` + githubHost + ` to r -> DENY(dangling)
			who: s3:GetObject b/x -> A:oidc-provider/` + githubHost + ` nobody`},
		{id: "CASE-135", world: `
			tp(r): +sts:AssumeRole P=Federated:A:saml-provider/idp
			id(r): +s3:GetObject@b/*`,
			ask: `
			who: s3:GetObject b/x -> A:saml-provider/idp nobody
			paths: A:saml-provider/idp to r -> DENY(implicit:resource)`},
		{id: "CASE-136/allows", world: `
			pool(A): us-east-1:p guests noclassic
			` + guestTrust,
			ask: `
			paths: ` + guests + ` to r -> ALLOW via A:role/r#cognito-guests #kind=public
			who: s3:GetObject b/x -> ` + guests + ` ALLOW via A:role/r#cognito-guests #kind=public`},
		{id: "CASE-136/forbids", world: `
			pool(A): us-east-1:p noguests
			` + guestTrust,
			ask: `
			paths: ` + guests + ` to r -> DENY(service-rule)
			who: s3:GetObject b/x -> ` + guests + ` nobody`},
		{id: "CASE-136/unknown", world: guestTrust,
			ask: `
			paths: ` + guests + ` to r -> ALLOW_IF #DATA:pool-guests #kind=public
			who: s3:GetObject b/x -> ` + guests + ` ALLOW_IF #DATA:pool-guests #kind=public`},
		{id: "CASE-137", world: `
			tp(r): P=Service:pods.eks
			id(r): +s3:GetObject@b/*`,
			ask: `
			paths: service:pods.eks to r -> DENY(service-rule)
			who: s3:GetObject b/x -> pods.eks.amazonaws.com nobody`},
		{id: "CASE-138", world: `
			assign(A Ops): none
			id(` + ssoRole + `): +s3:GetObject@b/*`,
			ask: `
			paths: idc:Ops to ` + ssoRole + ` -> DENY(no-principal)
			who: s3:GetObject b/x -> idc:Ops nobody
			who: s3:GetObject b/x -> ` + ssoRole + ` ALLOW #no-known-origin`},
		{id: "CASE-139", world: `
			id(u): +iam:*@*
			add: ` + ssoRole,
			ask: `u iam:PutRolePolicy ` + ssoRole + ` -> DENY(service-rule)`},
		{id: "CASE-140", world: `
			tp(r): P=Service:ec2
			profile(r): i
			id(r): +s3:GetObject@b/*`,
			ask: `
			who: s3:GetObject b/x -> A:instance-profile/i ALLOW via r #kind=instance-profile
			who: s3:GetObject b/x -> u nobody`},
		{id: "CASE-141", world: `
			provider(A): oidc-provider/idp.example.com y
			tp(r): +sts:AssumeRoleWithWebIdentity P=Federated:A:oidc-provider/idp.example.com ?{StringEquals idp.example.com:aud=x}
			id(r): +s3:GetObject@b/*`,
			ask: `
			paths: A:oidc-provider/idp.example.com to r -> DENY(contradiction)
			who: s3:GetObject b/x -> A:oidc-provider/idp.example.com nobody`},
		{id: "CASE-142", world: `
			tp(r): +sts:AssumeRoleWithWebIdentity P=Federated:A:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/X ?{StringLike oidc.eks.eu-west-1.amazonaws.com/id/X:sub=system:serviceaccount:*:*}
			id(r): +s3:GetObject@b/*`,
			ask: `who: s3:GetObject b/x -> A:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/X ALLOW_IF(IDP oidc.eks.eu-west-1.amazonaws.com/id/X:sub StringLike system:serviceaccount:*:*@1) via r`},
	}
}

// federatedUserAssumes: such sessions are the end of a chain (CASE-115).
func federatedUserAssumes(t *testing.T, _ *caseWorld) {
	decided(t, federatedUser(), "sts:AssumeRole", "r", policy.Layers{
		Identity: attached(t, "+*@*"),
		Resource: resourceLayer(t, `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"`+fixture.AccountID("A")+`"},"Action":"sts:AssumeRole"}}`),
	}, "DENY(service-rule)")
}
