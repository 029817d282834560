package query_test

import (
	"testing"

	"accesspath/internal/fixture"
	"accesspath/query"
)

const (
	idp      = `idp.example.com`
	oidc     = `Federated:A:oidc-provider/` + idp
	oidcNode = `A:oidc-provider/` + idp
	saml     = `Federated:A:saml-provider/idp`
	samlNode = `A:saml-provider/idp`
	reads    = "\n\t\t\tid(r): +s3:GetObject@b/*"
)

// webTrust is a trust of r in idp.example.com, without session tags.
func webTrust(conditions string) string {
	return `tp(r): +[sts:AssumeRoleWithWebIdentity,sts:TagSession] P=` + oidc + ` ` + conditions + reads
}

// federationRuleCases follow section 8.4 where the worked cases do not.
func federationRuleCases() []microCase {
	const cognito = `cognito-identity.amazonaws.com`
	const google = `accounts.google.com`
	return []microCase{
		{id: "FED-01", world: `
			scp(A): -sts:*@*
			` + webTrust(``),
			ask: `who: s3:GetObject b/x -> ` + oidcNode + ` ALLOW via r #U-19 #kind=federated-identity`},
		{id: "FED-02", world: `
			tp(r): +[sts:AssumeRoleWithSAML,sts:TagSession] P=` + saml + reads + `
			tp(r1): +[sts:AssumeRoleWithSAML,sts:TagSession] P=Federated:B:saml-provider/idp
			id(r1): +s3:PutObject@b/*`,
			ask: `
			who: s3:GetObject b/x -> ` + samlNode + ` ALLOW via r
			who: s3:PutObject b/x -> B:saml-provider/idp nobody`},
		{id: "FED-22/needed", world: `
			tp(r): +sts:AssumeRoleWithSAML P=` + saml + ` ?{StringEquals aws:RequestTag/team=a}` + reads + `
			tp(r1): +[sts:AssumeRoleWithSAML,sts:TagSession] P=` + saml + ` ?{StringEquals aws:RequestTag/team=a}
			id(r1): +s3:PutObject@b/*
			tp(r2): +sts:AssumeRoleWithSAML P=` + saml + ` ?{Null aws:RequestTag/team=true}
			id(r2): +s3:DeleteObject@b/*`,
			ask: `
			who: s3:GetObject b/x -> ` + samlNode + ` nobody
			who: sts:AssumeRoleWithSAML r -> ` + samlNode + ` nobody
			who: s3:PutObject b/x -> ` + samlNode + ` ALLOW_IF(IDP aws:RequestTag/team StringEquals a@1) via r1
			who: sts:AssumeRoleWithSAML r1 -> ` + samlNode + ` ALLOW_IF(IDP aws:RequestTag/team StringEquals a@1)
			who: s3:DeleteObject b/x -> ` + samlNode + ` ALLOW_IF(IDP IDP:tags@1) via r2`},
		{id: "FED-07/asked", world: `
			provider(A): oidc-provider/token.actions.githubusercontent.com sts.amazonaws.com
			tp(r): +sts:AssumeRoleWithWebIdentity P=Federated:A:oidc-provider/token.actions.githubusercontent.com`,
			ask: `who: sts:AssumeRoleWithWebIdentity r -> A:oidc-provider/token.actions.githubusercontent.com ALLOW_IF #kind=public`},
		{id: "FED-13/asked", world: `
			pool(A): us-east-1:p noguests noclassic
			tp(r): +sts:AssumeRoleWithWebIdentity P=Federated:` + cognito + ` ?{StringEquals ` + cognito + `:aud=us-east-1:p, ForAnyValue:StringLike ` + cognito + `:amr=unauthenticated}`,
			ask: `
			who: sts:AssumeRoleWithWebIdentity r -> ` + cognito + ` nobody
			who: sts:AssumeRoleWithWebIdentity r -> ` + cognito + `:guests nobody`},
		{id: "FED-13/asked-guests", world: `
			pool(A): us-east-1:p guests noclassic
			tp(r): +sts:AssumeRoleWithWebIdentity P=Federated:` + cognito + ` ?{StringEquals ` + cognito + `:aud=us-east-1:p}`,
			ask: `
			who: sts:AssumeRoleWithWebIdentity r -> ` + cognito + `:guests ALLOW #kind=public
			can: ` + cognito + `:guests sts:AssumeRoleWithWebIdentity r -> ALLOW
			can: ` + cognito + `:guests sts:AssumeRole r -> DENY`},
		{id: "FED-15/other-tags", world: `
			tp(r): +[sts:AssumeRole,sts:TagSession] P=Service:pods.eks ?{StringEquals aws:RequestTag/other=a}` + reads + `
			tp(r1): +[sts:AssumeRole,sts:TagSession] P=Service:pods.eks ?{StringEquals aws:RequestTag/kubernetes-namespace=a}
			id(r1): +s3:PutObject@b/*`,
			ask: `
			who: s3:GetObject b/x -> pods.eks.amazonaws.com nobody
			who: sts:AssumeRole r -> pods.eks.amazonaws.com nobody
			who: s3:PutObject b/x -> pods.eks.amazonaws.com ALLOW_IF(IDP aws:RequestTag/kubernetes-namespace StringEquals a@1) via r1
			who: sts:AssumeRole r1 -> pods.eks.amazonaws.com ALLOW_IF`},
		{id: "FED-17/asked", world: `
			anchor(A): a1
			anyprofile(A p r): +s3:*@*
			tp(r): +[sts:AssumeRole,sts:TagSession,sts:SetSourceIdentity] P=Service:rolesanywhere
			tp(r1): +[sts:AssumeRole,sts:TagSession,sts:SetSourceIdentity] P=Service:rolesanywhere
			tp(r2): +[sts:AssumeRole,sts:TagSession] P=Service:rolesanywhere`,
			ask: `
			who: sts:AssumeRole r -> A:anchor/a1 ALLOW
			can: A:anchor/a1 sts:AssumeRole r -> ALLOW
			who: sts:AssumeRole r1 -> A:anchor/a1 nobody
			can: A:anchor/a1 sts:AssumeRole r1 -> DENY
			who: sts:AssumeRole r1 -> rolesanywhere.amazonaws.com nobody
			who: sts:AssumeRole r2 -> rolesanywhere.amazonaws.com nobody`},
		{id: "FED-17/asked-unknown", world: `
			tp(r): +[sts:AssumeRole,sts:TagSession,sts:SetSourceIdentity] P=Service:rolesanywhere
			tp(r1): +[sts:AssumeRole,sts:TagSession] P=Service:rolesanywhere`,
			ask: `
			who: sts:AssumeRole r -> rolesanywhere.amazonaws.com ALLOW_IF #DATA:profile
			who: sts:AssumeRole r1 -> rolesanywhere.amazonaws.com nobody`},
		{id: "FED-03", world: `tp(r): +[sts:AssumeRoleWithSAML,sts:TagSession] P=` + saml + reads, check: populationIs(samlNode, "any user of the issuer", "federated-identity")},
		{id: "FED-03/sub", world: `tp(r): +[sts:AssumeRoleWithSAML,sts:TagSession] P=` + saml + ` ?{StringEquals SAML:sub=alice}` + reads, check: populationIs(samlNode, "one subject", "federated-identity")},
		{id: "FED-04/listed", world: `
			provider(A): oidc-provider/` + idp + `
			` + webTrust(``), ask: `paths: ` + oidcNode + ` to r -> ALLOW via r`},
		{id: "FED-04/unknown", world: webTrust(``), ask: `paths: ` + oidcNode + ` to r -> ALLOW via r #provider-unverified`},
		{id: "FED-04/saml", world: `
			provider(A): saml-provider/other
			tp(r): +[sts:AssumeRoleWithSAML,sts:TagSession] P=` + saml + reads,
			ask: `paths: ` + samlNode + ` to r -> DENY(dangling)`},
		{id: "FED-05", world: `
			provider(A): oidc-provider/` + idp + ` x y
			` + webTrust(`?{StringEquals `+idp+`:aud=x}`),
			ask: `paths: ` + oidcNode + ` to r -> ALLOW_IF(IDP ` + idp + `:aud StringEquals x@1) via r`},
		{id: "FED-05/provider", world: `
			provider(A): oidc-provider/` + idp + ` x y
			` + webTrust(``),
			ask: `paths: ` + oidcNode + ` to r -> ALLOW_IF(IDP ` + idp + `:aud StringEquals x,y@1) via r`},
		{id: "FED-05/disjoint", world: `
			provider(A): oidc-provider/` + idp + ` y
			` + webTrust(`?{StringEquals `+idp+`:aud=x}`),
			ask: `paths: ` + oidcNode + ` to r -> DENY(contradiction) #text=y`},
		{id: "FED-06", world: webTrust(`?{StringEquals other.example.com:sub=alice}`),
			ask: `paths: ` + oidcNode + ` to r -> DENY(implicit:resource)`},
		{id: "FED-07", world: githubTrust(`StringEquals ` + githubHost + `:ref=refs/heads/main`), check: populationIs("A:oidc-provider/"+githubHost, "any user of the issuer", "public")},
		{id: "FED-08/owner", world: githubTrust(`StringLike ` + githubHost + `:sub=repo:acme/*`), check: populationIs("A:oidc-provider/"+githubHost, "one organization", "federated-identity")},
		{id: "FED-08/repository", world: githubTrust(`StringLike ` + githubHost + `:sub=repo:acme/app:*`), check: populationIs("A:oidc-provider/"+githubHost, "one group, repository or namespace", "federated-identity")},
		{id: "FED-08/prefix", world: githubTrust(`StringLike ` + githubHost + `:sub=repo:acme*`), check: populationIs("A:oidc-provider/"+githubHost, "any user of the issuer", "public")},
		{id: "FED-08/custom", world: githubTrust(`StringEquals ` + githubHost + `:sub=environment:prod`), check: populationIs("A:oidc-provider/"+githubHost, "any user of the issuer", "public")},
		{id: "FED-09/owner", world: githubTrust(`StringEquals ` + githubHost + `:repository_owner=acme`), check: populationIs("A:oidc-provider/"+githubHost, "one organization", "federated-identity")},
		{id: "FED-09/repository", world: githubTrust(`StringLike ` + githubHost + `:repository=acme/app`), check: populationIs("A:oidc-provider/"+githubHost, "one group, repository or namespace", "federated-identity")},
		{id: "FED-09/workflow", world: githubTrust(`StringEquals ` + githubHost + `:job_workflow_ref=acme/app/.github/workflows/x.yml@main`), check: populationIs("A:oidc-provider/"+githubHost, "any user of the issuer", "public")},
		{id: "FED-10", world: githubTrust(`ForAllValues:StringLike ` + githubHost + `:sub=repo:acme/app:*`), check: populationIs("A:oidc-provider/"+githubHost, "any user of the issuer", "public")},
		{id: "FED-11", world: `tp(r): +sts:AssumeRoleWithWebIdentity P=Federated:` + cognito + ` ?{ForAnyValue:StringLike ` + cognito + `:amr=unauthenticated}` + reads,
			ask: `
			who: s3:GetObject b/x -> ` + guests + ` ALLOW via r #kind=public
			who: s3:GetObject b/x -> ` + cognito + ` nobody`},
		{id: "FED-12", world: `
			pool(A): us-east-1:p guests noclassic
			tp(r): +sts:AssumeRoleWithWebIdentity P=Federated:` + cognito + ` ?{StringEquals ` + cognito + `:aud=us-east-1:p}` + reads,
			ask: `
			who: s3:GetObject b/x -> ` + guests + ` ALLOW via A:role/r#cognito-guests #kind=public
			who: s3:GetObject b/x -> ` + cognito + ` ALLOW_IF #kind=federated-identity`},
		{id: "FED-12/signed-in", world: `
			pool(A): us-east-1:p guests classic
			tp(r): +sts:AssumeRoleWithWebIdentity P=Federated:` + cognito + ` ?{StringEquals ` + cognito + `:aud=us-east-1:p, ForAnyValue:StringLike ` + cognito + `:amr=authenticated}` + reads,
			ask: `
			who: s3:GetObject b/x -> ` + guests + ` nobody
			who: s3:GetObject b/x -> ` + cognito + ` ALLOW_IF(IDP ` + cognito + `:aud StringEquals us-east-1:p@1) via r`},
		{id: "FED-13/enhanced", world: `
			pool(A): us-east-1:p guests noclassic
			` + guestTrust,
			ask: `
			who: s3:GetObject b/x -> ` + guests + ` ALLOW via A:role/r#cognito-guests
			who: ec2:StopInstances A:instance/i-1 -> ` + guests + ` nobody`},
		{id: "FED-13/classic", world: `
			pool(A): us-east-1:p guests classic
			` + guestTrust,
			ask: `who: ec2:StopInstances A:instance/i-1 -> ` + guests + ` ALLOW via r`},
		{id: "FED-20/guests", world: `
			pool(A): us-east-1:p guests classic
			tp(r): +sts:AssumeRoleWithWebIdentity P=Federated:cognito-identity.amazonaws.com ?{StringEquals cognito-identity.amazonaws.com:aud=us-east-1:p}
			id(r): +s3:GetObject@b/* ?{ForAnyValue:StringLike cognito-identity.amazonaws.com:amr=unauth*} ; +s3:PutObject@b/* ?{ForAnyValue:StringLike cognito-identity.amazonaws.com:amr=authenticated} ; +s3:DeleteObject@b/* ; -s3:DeleteObject@* ?{ForAnyValue:StringEquals cognito-identity.amazonaws.com:amr=unauthenticated}`,
			ask: `
			who: s3:GetObject b/x -> ` + guests + ` ALLOW via r
			who: s3:PutObject b/x -> ` + guests + ` nobody
			who: s3:PutObject b/x -> cognito-identity.amazonaws.com ALLOW_IF
			who: s3:DeleteObject b/x -> ` + guests + ` nobody`},
		{id: "FED-13/classic-unknown", world: `
			pool(A): us-east-1:p guests
			` + guestTrust,
			ask: `
			who: s3:GetObject b/x -> ` + guests + ` ALLOW via A:role/r#cognito-guests
			who: ec2:StopInstances A:instance/i-1 -> ` + guests + ` ALLOW_IF(DATA DATA:classic-flow Known us-east-1:p@1) via r #DATA:classic-flow`},
		{id: "FED-13/other-role", world: `
			pool(A): us-east-1:p guests noclassic r1
			` + guestTrust,
			ask: `who: s3:GetObject b/x -> ` + guests + ` nobody`},
		{id: "FED-14", world: eksTrust(`StringEquals`, `system:serviceaccount:shop:web`), check: populationIs(eksNode, "one subject", "federated-identity")},
		{id: "FED-14/namespace", world: eksTrust(`StringLike`, `system:serviceaccount:shop:*`), check: populationIs(eksNode, "one group, repository or namespace", "federated-identity")},
		{id: "FED-14/cluster", world: eksTrust(`StringLike`, `system:serviceaccount:*`), check: populationIs(eksNode, "any user of the issuer", "federated-identity")},
		{id: "FED-15", world: `
			pod(A:pod/p): cluster shop web r
			tp(r): +[sts:AssumeRole,sts:TagSession] P=Service:pods.eks ?{StringEquals aws:RequestTag/kubernetes-namespace=shop}` + reads + `
			tp(r1): +[sts:AssumeRole,sts:TagSession] P=Service:pods.eks ?{StringEquals aws:RequestTag/kubernetes-namespace=other}
			id(r1): +s3:PutObject@b/*
			pod(A:pod/p1): cluster shop web r1
			computed(A): pods.eks`,
			ask: `
			who: s3:GetObject b/x -> compute:A:pod/p ALLOW via r #kind=compute
			who: s3:PutObject b/x -> compute:A:pod/p1 nobody
			who: s3:GetObject b/x -> pods.eks.amazonaws.com nobody`},
		{id: "ORG-12/session-tags", world: `
			pod(A:pod/p): cluster shop web r
			tp(r): +[sts:AssumeRole,sts:TagSession] P=Service:pods.eks
			rcp(A): -sts:TagSession@*`,
			ask: `paths: compute:A:pod/p to r -> DENY(explicit:rcp@A)`},
		{id: "FED-15/target", world: podTarget(`external=x`),
			ask: `
			who: s3:GetObject bb/x -> compute:A:pod/p ALLOW via q
			who: s3:PutObject b/x -> compute:A:pod/p nobody
			paths: compute:A:pod/p to r -> DENY(service-rule)`},
		{id: "FED-15/target-external-id", world: podTarget(`external=y`), ask: `who: s3:GetObject bb/x -> compute:A:pod/p nobody`},
		{id: "FED-15/no-tags", world: `
			pod(A:pod/p): cluster shop web r notags
			tp(r): P=Service:pods.eks` + reads,
			ask: `who: s3:GetObject b/x -> compute:A:pod/p ALLOW via r`},
		{id: "FED-16", world: `
			pod(A:pod/p): cluster shop web r
			tp(r): P=Service:pods.eks` + reads,
			ask: `
			who: s3:GetObject b/x -> compute:A:pod/p nobody
			who: s3:GetObject b/x -> pods.eks.amazonaws.com nobody
			paths: compute:A:pod/p to r -> DENY(service-rule) #text=sts:TagSession`},
		{id: "FED-17", world: anywhere(``) + `
			anchor(A): a1
			anyprofile(A p r):`,
			ask: `
			who: s3:GetObject b/x -> A:anchor/a1 ALLOW via r #kind=trust-anchor
			who: s3:GetObject b/x -> rolesanywhere.amazonaws.com nobody`},
		{id: "FED-17/unknown", world: anywhere(``), ask: `who: s3:GetObject b/x -> rolesanywhere.amazonaws.com ALLOW_IF(DATA DATA:profile Known arn:aws:iam::111111111111:role/r@1) via r`},
		{id: "FED-17/no-profile", world: anywhere(``) + `
			anchor(A): a1
			anyprofile(A p r): disabled`,
			ask: `paths: A:anchor/a1 to r -> DENY(service-rule)`},
		{id: "FED-17/disabled", world: anywhere(``) + `
			anchor(A): a1 disabled
			anyprofile(A p r):`,
			ask: `paths: A:anchor/a1 to r -> DENY(service-rule)`},
		{id: "FED-17/anchor", world: anywhere(`?{ArnEquals aws:SourceArn=arn:aws:rolesanywhere:us-east-1:A:trust-anchor/a1}`) + `
			anchor(A): a1
			anchor(A): a2
			anyprofile(A p r):`,
			ask: `
			who: s3:GetObject b/x -> A:anchor/a1 ALLOW via r
			who: s3:GetObject b/x -> A:anchor/a2 nobody`},
		{id: "FED-17/subject", world: anywhere(`?{StringEquals aws:PrincipalTag/x509Subject/CN=build}`) + `
			anchor(A): a1
			anyprofile(A p r):`, check: populationIs("A:anchor/a1", "one subject", "trust-anchor")},
		{id: "FED-17/permissions", world: `
			tp(r): +[sts:AssumeRole,sts:TagSession] P=Service:rolesanywhere` + reads + `
			anchor(A): a1
			anyprofile(A p r):`, ask: `paths: A:anchor/a1 to r -> DENY`},
		{id: "FED-17/session-policy", world: anywhere(``) + `
			anchor(A): a1
			anyprofile(A p r): +s3:ListBucket@*
			anyprofile(A p1 r): arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess
			id(r): +s3:PutObject@b/*`,
			ask: `
			who: s3:GetObject b/x -> A:anchor/a1 ALLOW via A:role/r#profile/p1
			who: s3:PutObject b/x -> A:anchor/a1 nobody`},
		{id: "FED-17/session-policy-unread", world: anywhere(``) + `
			anchor(A): a1
			anyprofile(A p r): arn:aws:iam::aws:policy/ThereIsNoSuchPolicy`,
			ask: `who: s3:GetObject b/x -> A:anchor/a1 ALLOW_IF #DATA:session-policy`},
		{id: "FED-18", world: `tp(r): +sts:AssumeRoleWithWebIdentity P=Federated:` + google + reads, check: populationIs(google, "any user of the issuer", "public")},
		{id: "FED-18/app", world: `tp(r): +sts:AssumeRoleWithWebIdentity P=Federated:` + google + ` ?{StringEquals ` + google + `:aud=app}` + reads, check: populationIs(google, "one group, repository or namespace", "federated-identity")},
		{id: "FED-19", world: webTrust(``) + `
			id(r): +sts:AssumeRole@*
			tp(r1): P=A
			tp(r2): P=A ?{Bool aws:MultiFactorAuthPresent=true}
			tp(A:role/r3): P=A ?{Null aws:username=false}`,
			ask: `
			paths: ` + oidcNode + ` to r1 -> ALLOW via r r1
			paths: ` + oidcNode + ` to r2 -> DENY
			paths: ` + oidcNode + ` to A:role/r3 -> DENY`},
		{id: "FED-20", world: webTrust(``) + `
			id(r): +s3:PutObject@b/1 ?{StringEquals ` + idp + `:sub=alice} ; +s3:PutObject@b/2 ?{StringEquals ` + idp + `:email=alice}
			id(r): +sts:AssumeRole@*
			tp(r1): P=r
			id(r1): +s3:PutObject@b/3 ?{StringEquals ` + idp + `:sub=alice}`,
			ask: `
			who: s3:PutObject b/1 -> ` + oidcNode + ` ALLOW_IF(IDP ` + idp + `:sub StringEquals alice@2) via r
			who: s3:PutObject b/2 -> ` + oidcNode + ` nobody
			who: s3:PutObject b/3 -> ` + oidcNode + ` ALLOW_IF(IDP ` + idp + `:sub StringEquals alice U-06@3) via r r1 #U-06`},
		{id: "FED-20/beyond", world: webTrust(`?{StringEquals `+idp+`:sub=alice}`) + `
			id(r): +sts:AssumeRole@*
			tp(r1): P=r
			tp(r2): P=u
			id(u): +sts:AssumeRole@*
			id(r1): +s3:PutObject@b/* ; -s3:PutObject@b/1 ?{StringEquals ` + idp + `:sub=bob} ; -s3:PutObject@b/2 ?{StringEquals other.example.com:sub=bob}
			id(r1): +s3:DeleteObject@b/1 ?{StringEquals ` + idp + `:sub=bob} ; +s3:DeleteObject@b/2 ?{StringEquals other.example.com:sub=alice}
			id(r2): +s3:DeleteObject@b/3 ?{StringEquals ` + idp + `:sub=alice}`,
			ask: `
			who: s3:PutObject b/1 -> ` + oidcNode + ` ALLOW_IF #U-06
			who: s3:PutObject b/2 -> ` + oidcNode + ` ALLOW_IF(IDP ` + idp + `:sub StringEquals alice@1) via r r1
			who: s3:DeleteObject b/1 -> ` + oidcNode + ` nobody
			who: s3:DeleteObject b/2 -> ` + oidcNode + ` nobody
			who: s3:DeleteObject b/3 -> u nobody`},
		{id: "FED-20/saml-beyond", world: `
			tp(r): +[sts:AssumeRoleWithSAML,sts:TagSession] P=` + saml + `
			id(r): +sts:AssumeRole@*
			tp(r1): P=r
			tp(r2): P=r1 ?{StringEquals SAML:sub=alice}
			id(r1): +sts:AssumeRole@*
			id(r2): +s3:GetObject@b/* ?{StringEquals SAML:sub=alice} ; +s3:PutObject@b/* ?{StringEquals SAML:sub=bob} ; +s3:DeleteObject@b/* ?{StringEquals SAML:aud=x}`,
			ask: `
			who: s3:GetObject b/x -> ` + samlNode + ` ALLOW_IF(IDP SAML:sub StringEquals alice U-06@3 & IDP SAML:sub StringEquals alice U-06@4) via r r1 r2
			who: s3:PutObject b/x -> ` + samlNode + ` nobody
			who: s3:DeleteObject b/x -> ` + samlNode + ` nobody`},
		{id: "FED-20/saml", world: `
			tp(r): +[sts:AssumeRoleWithSAML,sts:TagSession] P=` + saml + `
			id(r): +s3:PutObject@b/1 ?{StringEquals SAML:sub=alice} ; +s3:PutObject@b/2 ?{StringEquals SAML:aud=x}`,
			ask: `
			who: s3:PutObject b/1 -> ` + samlNode + ` ALLOW_IF(IDP SAML:sub StringEquals alice@2) via r
			who: s3:PutObject b/2 -> ` + samlNode + ` nobody`},
		{id: "FED-21", world: `
			tp(r): +sts:AssumeRoleWithWebIdentity P=Federated:A:oidc-provider/gitlab.com ?{StringLike gitlab.com:sub=project_path:acme/*:ref_type:branch:ref:main}` + reads,
			check: populationIs("A:oidc-provider/gitlab.com", "one organization", "federated-identity")},
		{id: "FED-22", world: `tp(r): +sts:AssumeRoleWithSAML P=` + saml + reads,
			ask: `who: s3:GetObject b/x -> ` + samlNode + ` ALLOW_IF #IDP:tags`},
		{id: "FED-22/allowed", world: `tp(r): +[sts:AssumeRoleWithSAML,sts:TagSession] P=` + saml + reads,
			ask: `who: s3:GetObject b/x -> ` + samlNode + ` ALLOW via r`},
	}
}

const eksNode = `A:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/X`

// eksTrust is a trust in the pods of a cluster.
func eksTrust(operator, subject string) string {
	return `tp(r): +sts:AssumeRoleWithWebIdentity P=Federated:` + eksNode + ` ?{` + operator + ` oidc.eks.eu-west-1.amazonaws.com/id/X:sub=` + subject + `}` + reads
}

// anywhere is a trust in IAM Roles Anywhere.
func anywhere(conditions string) string {
	return `tp(r): +[sts:AssumeRole,sts:TagSession,sts:SetSourceIdentity] P=Service:rolesanywhere ` + conditions + reads
}

// podTarget is an association with a target role in another account.
func podTarget(external string) string {
	return `
			pod(A:pod/p): cluster shop web r target=q ` + external + `
			tp(r): +[sts:AssumeRole,sts:TagSession] P=Service:pods.eks
			id(r): +[sts:AssumeRole,sts:TagSession]@q ; +s3:PutObject@b/*
			tp(q): +[sts:AssumeRole,sts:TagSession] P=r ?{StringEquals sts:ExternalId=x}
			id(q): +s3:GetObject@bb/*`
}

// populationIs checks what an answer says of the population of a provider, and
// the kind of its row.
func populationIs(provider, want, kind string) func(*testing.T, *caseWorld) {
	return func(t *testing.T, w *caseWorld) {
		t.Helper()
		for _, a := range w.whoCan(t, "s3:GetObject", "b/x").Answers {
			if a.Principal != fixture.ARN(provider) {
				continue
			}
			if got := populationsOf(a); len(got) == 0 || got[0] != want || a.Kind != kind {
				t.Errorf("%s: %v, kind %s; want %q, kind %s", provider, got, a.Kind, want, kind)
			}
			return
		}
		t.Errorf("no row for %s", provider)
	}
}

func populationsOf(a query.Answer) []string {
	var out []string
	for _, p := range a.Paths {
		out = append(out, p.Population)
	}
	return out
}
