package query_test

// signInRuleCases are about what sessions carry that are not chosen by a principal of
// a loaded account: what providers assert, what services set, and what callers from
// outside pass (FED-03, FED-15, FED-17, FED-22, IDC-05, TRUST-29, CHAIN-43).
func signInRuleCases() []microCase {
	const saml = `
			provider(A): saml-provider/idp
			tp(r1): +[sts:AssumeRoleWithSAML,sts:TagSession] P=Federated:A:saml-provider/idp`
	const pod = `
			pod(A:pod/p): cluster shop web r1
			computed(A): pods.eks
			tp(r1): +[sts:AssumeRole,sts:TagSession] P=Service:pods.eks`
	return []microCase{
		{id: "FED-22/asserted", world: saml + `
			id(r1): +s3:GetObject@b/* ?{StringEquals aws:PrincipalTag/team=a}`,
			ask: `who: s3:GetObject b/x -> A:saml-provider/idp ALLOW_IF(IDP aws:PrincipalTag/team StringEquals a@2) via r1`},
		{id: "FED-22/refused", world: `
			provider(A): saml-provider/idp
			tp(r1): +sts:AssumeRoleWithSAML P=Federated:A:saml-provider/idp
			id(r1): +s3:GetObject@b/* ?{StringEquals aws:PrincipalTag/team=a}`,
			ask: `who: s3:GetObject b/x -> A:saml-provider/idp nobody`},
		{id: "FED-22/own", world: saml + `
			tags(r1): team=a
			id(r1): +s3:GetObject@b/* ?{StringEquals aws:PrincipalTag/team=a}`,
			ask: `who: s3:GetObject b/x -> A:saml-provider/idp ALLOW via r1`},
		{id: "FED-22/source", world: `
			provider(A): saml-provider/idp
			tp(r1): +[sts:AssumeRoleWithSAML,sts:SetSourceIdentity] P=Federated:A:saml-provider/idp
			id(r1): +s3:GetObject@b/* ?{StringEquals aws:SourceIdentity=bob}`,
			ask: `who: s3:GetObject b/x -> A:saml-provider/idp ALLOW_IF(IDP IDP:tags@1 & IDP sts:SourceIdentity Null false@1 & IDP aws:SourceIdentity StringEquals bob@2) via r1`},
		{id: "FED-15/tags", world: pod + `
			id(r1): +s3:GetObject@b/* ?{StringEquals aws:PrincipalTag/kubernetes-namespace=shop}`,
			ask: `who: s3:GetObject b/x -> compute:A:pod/p ALLOW via r1`},
		{id: "FED-15/deny", world: pod + `
			id(r1): +s3:GetObject@b/*
			id(r1): -s3:*@* ?{StringEquals aws:PrincipalTag/kubernetes-namespace=shop}`,
			ask: `who: s3:GetObject b/x -> compute:A:pod/p nobody`},
		{id: "FED-15/null", world: pod + `
			tp(r2): +[sts:AssumeRole,sts:TagSession] P=r1 ?{Null aws:PrincipalTag/kubernetes-namespace=true}
			id(r2): +s3:GetObject@b/*`,
			ask: `who: s3:GetObject b/x -> compute:A:pod/p nobody`},
		{id: "FED-15/one-pod", world: `
			tp(r1): +[sts:AssumeRole,sts:TagSession] P=Service:pods.eks
			tp(r2): +[sts:AssumeRole,sts:TagSession] P=r1 ?{StringEquals aws:PrincipalTag/kubernetes-namespace=a}
			id(r2): +s3:GetObject@b/* ?{StringEquals aws:PrincipalTag/kubernetes-namespace=b}
			id(r2): +s3:PutObject@b/* ?{StringLike aws:PrincipalTag/kubernetes-namespace=a*}`,
			ask: `
			who: s3:GetObject b/x -> pods.eks.amazonaws.com nobody
			who: s3:PutObject b/x -> pods.eks.amazonaws.com ALLOW_IF(IDP aws:PrincipalTag/kubernetes-namespace StringEquals a@2 & IDP aws:PrincipalTag/kubernetes-namespace StringLike a*@3) via r1 r2`},
		{id: "FED-15/one-pod-by-variable", world: `
			tp(r1): +[sts:AssumeRole,sts:TagSession] P=Service:pods.eks
			tp(r2): +[sts:AssumeRole,sts:TagSession] P=r1 ?{StringEquals aws:PrincipalTag/kubernetes-namespace=a}
			id(r2): +s3:GetObject@b/${aws:PrincipalTag/kubernetes-namespace}/*`,
			ask: `
			who: s3:GetObject b/b/x -> pods.eks.amazonaws.com nobody
			who: s3:GetObject b/a/x -> pods.eks.amazonaws.com ALLOW_IF(IDP aws:PrincipalTag/kubernetes-namespace StringEquals a@2 & IDP aws:PrincipalTag/kubernetes-namespace StringEquals a@3) via r1 r2`},
		{id: "FED-15/one-pod-of-trust", world: `
			tp(r1): +[sts:AssumeRole,sts:TagSession] P=Service:pods.eks ?{StringEquals aws:RequestTag/kubernetes-namespace=a}
			tp(r2): +[sts:AssumeRole,sts:TagSession] P=r1
			id(r2): +s3:GetObject@b/* ?{StringEquals aws:PrincipalTag/kubernetes-namespace=b}
			id(r1): +s3:PutObject@b/* ?{StringEquals aws:PrincipalTag/kubernetes-namespace=b}`,
			ask: `
			who: s3:GetObject b/x -> pods.eks.amazonaws.com nobody
			who: s3:PutObject b/x -> pods.eks.amazonaws.com nobody`},
		{id: "FED-15/one-pod-of-association", world: pod + `
			tp(r2): +[sts:AssumeRole,sts:TagSession] P=r1 ?{StringEquals aws:PrincipalTag/kubernetes-pod-name=a}
			id(r2): +s3:GetObject@b/* ?{StringEquals aws:PrincipalTag/kubernetes-pod-name=b}`,
			ask: `who: s3:GetObject b/x -> compute:A:pod/p nobody`},
		{id: "CHAIN-43/external", world: `
			tp(r1): +[sts:AssumeRole,sts:SetSourceIdentity] P=arn:aws:iam::888888888888:role/ci ?{StringEquals sts:SourceIdentity=bob}`,
			ask: `paths: arn:aws:iam::888888888888:role/ci to r1 -> ALLOW_IF(DATA DATA:account Known 888888888888@1 & REQUEST sts:SourceIdentity StringEquals bob@1) via r1`},
		{id: "CHAIN-43/tags-of-others", world: `
			tp(r1): +[sts:AssumeRole,sts:TagSession] P=arn:aws:iam::888888888888:role/ci
			id(r1): +s3:GetObject@b/* ?{StringEquals aws:PrincipalTag/team=a}`,
			ask: `who: s3:GetObject b/x -> 888888888888:role/ci ALLOW_IF(DATA DATA:account Known 888888888888@1 & SESSION aws:RequestTag/team StringEquals a@1) via r1`},
		{id: "CHAIN-07/itself", world: `
			tp(r1): P=u ; +[sts:AssumeRole,sts:TagSession] P=r1
			id(r1): +s3:GetObject@b/* ?{StringEquals aws:PrincipalTag/team=a}`,
			ask: `who: s3:GetObject b/x -> u ALLOW_IF(SESSION aws:RequestTag/team StringEquals a@2) via r1 r1`},
		// what goes along to further sessions
		{id: "FED-22/transitive", world: saml + `
			tp(r2): +[sts:AssumeRole,sts:TagSession] P=r1 ; -sts:TagSession P=* ?{Null aws:RequestTag/team=false}
			tp(r): +[sts:AssumeRole,sts:TagSession] P=r2 ?{StringEquals aws:PrincipalTag/team=a}`,
			ask: `paths: A:saml-provider/idp to r -> ALLOW_IF(IDP sts:TransitiveTagKeys Null false@1 & REQUEST aws:RequestTag/team Null true@2 & IDP aws:PrincipalTag/team StringEquals a@3) via r1 r2 r`},
		{id: "FED-22/transitive-refused", world: saml + `
			tp(r2): P=r1
			tp(r): P=r2 ?{StringEquals aws:PrincipalTag/team=a}`,
			ask: `paths: A:saml-provider/idp to r -> ALLOW_IF(IDP sts:TransitiveTagKeys Null false@1 & U U-18@2 & U U-18@3 & IDP aws:PrincipalTag/team StringEquals a@3) via r1 r2 r`},
		{id: "FED-22/transitive-pinned", world: `
			provider(A): saml-provider/idp
			tp(r1): +[sts:AssumeRoleWithSAML,sts:TagSession] P=Federated:A:saml-provider/idp ?{StringEquals aws:RequestTag/team=b}
			tp(r2): +[sts:AssumeRole,sts:TagSession] P=r1 ; -sts:TagSession P=* ?{Null aws:RequestTag/team=false}
			tp(r): P=r2 ?{StringEquals aws:PrincipalTag/team=a}`,
			ask: `paths: A:saml-provider/idp to r -> DENY`},
		{id: "SYM-09/asserted", world: `
			provider(A): saml-provider/idp
			tp(r1): +[sts:AssumeRoleWithSAML,sts:TagSession] P=Federated:A:saml-provider/idp ?{StringEquals aws:RequestTag/team=b}
			id(r1): +s3:GetObject@b/* ?{StringEquals aws:PrincipalTag/team=a}`,
			ask: `
			who: s3:GetObject b/x -> A:saml-provider/idp nobody
			can: A:saml-provider/idp s3:GetObject b/x -> DENY(contradiction)`},
		{id: "SYM-09/asserted-twice", world: saml + `
			tp(r2): +[sts:AssumeRole,sts:TagSession] P=r1 ?{StringEquals aws:PrincipalTag/team=a} ; -sts:TagSession P=* ?{Null aws:RequestTag/team=false}
			id(r2): +s3:GetObject@b/* ?{StringEquals aws:PrincipalTag/team=b}`,
			ask: `who: s3:GetObject b/x -> A:saml-provider/idp nobody`},
		{id: "FED-22/source-along", world: `
			provider(A): saml-provider/idp
			tp(r1): +[sts:AssumeRoleWithSAML,sts:SetSourceIdentity] P=Federated:A:saml-provider/idp
			tp(r2): +[sts:AssumeRole,sts:SetSourceIdentity] P=r1 ?{Null aws:SourceIdentity=false}
			id(r2): +s3:GetObject@b/* ?{StringEquals aws:SourceIdentity=bob}`,
			ask: `who: s3:GetObject b/x -> A:saml-provider/idp ALLOW_IF(IDP IDP:tags@1 & IDP sts:SourceIdentity Null false@1 & IDP aws:SourceIdentity StringEquals bob@3) via r1 r2`},
		{id: "FED-22/variable", world: saml + `
			id(r1): +s3:GetObject@b/${aws:PrincipalTag/team}/*`,
			ask: `who: s3:GetObject b/a/x -> A:saml-provider/idp ALLOW_IF(IDP aws:PrincipalTag/team StringEquals a@2) via r1`},
		{id: "FED-22/variable-own", world: saml + `
			tags(r1): team=a
			id(r1): +s3:GetObject@b/${aws:PrincipalTag/team}/*`,
			ask: `who: s3:GetObject b/a/x -> A:saml-provider/idp ALLOW via r1`},
		{id: "FED-09/no-tags", world: `
			provider(A): oidc-provider/token.actions.githubusercontent.com sts.amazonaws.com
			tp(r1): +[sts:AssumeRoleWithWebIdentity,sts:TagSession] P=Federated:A:oidc-provider/token.actions.githubusercontent.com ?{StringEquals token.actions.githubusercontent.com:aud=sts.amazonaws.com}
			tp(r2): +[sts:AssumeRole,sts:TagSession] P=r1 ; -sts:TagSession P=* ?{Null aws:RequestTag/team=false}
			tp(r): P=r2 ?{StringEquals aws:PrincipalTag/team=a}`,
			ask: `paths: A:oidc-provider/token.actions.githubusercontent.com to r -> DENY`},
		{id: "CHAIN-13/source-and-tags", world: `
			provider(A): saml-provider/idp
			tp(r1): +[sts:AssumeRoleWithSAML,sts:TagSession,sts:SetSourceIdentity] P=Federated:A:saml-provider/idp
			tp(r2): +[sts:AssumeRole,sts:TagSession,sts:SetSourceIdentity] P=r1 ?{StringEquals aws:SourceIdentity=bob} ; -sts:TagSession P=* ?{Null aws:RequestTag/team=false}
			tp(r): +[sts:AssumeRole,sts:TagSession,sts:SetSourceIdentity] P=r2 ?{StringEquals aws:PrincipalTag/team=a}`,
			ask: `paths: A:saml-provider/idp to r -> ALLOW_IF(IDP sts:SourceIdentity Null false@1 & IDP sts:TransitiveTagKeys Null false@1 & IDP aws:SourceIdentity StringEquals bob@2 & (REQUEST aws:RequestTag/team Null true@2 | U U-18@2) & IDP aws:PrincipalTag/team StringEquals a@3) via r1 r2 r`},
		{id: "SYM-09/two-sources", world: `
			provider(A): saml-provider/idp
			tp(r1): +[sts:AssumeRoleWithSAML,sts:SetSourceIdentity] P=Federated:A:saml-provider/idp ?{StringEquals sts:SourceIdentity=alice}
			id(r1): +s3:GetObject@b/* ?{StringEquals aws:SourceIdentity=bob}`,
			ask: `who: s3:GetObject b/x -> A:saml-provider/idp nobody`},
		{id: "FED-17/outright", world: `
			anchor(A): a1
			anyprofile(A p r1):
			tp(r1): +[sts:AssumeRole,sts:TagSession,sts:SetSourceIdentity] P=Service:rolesanywhere
			id(r1): +s3:GetObject@b/*
			tp(r2): +[sts:AssumeRole,sts:SetSourceIdentity] P=r1 ?{StringEquals aws:SourceIdentity=x}
			id(r2): +s3:GetObject@b/*`,
			ask: `
			who: s3:GetObject b/x -> A:anchor/a1 ALLOW via r1
			paths: A:anchor/a1 to r2 -> ALLOW_IF(IDP aws:SourceIdentity StringEquals x@2) via r1 r2`},
		{id: "FED-17/source", world: `
			anchor(A): a1
			anyprofile(A p r1):
			tp(r1): +[sts:AssumeRole,sts:TagSession,sts:SetSourceIdentity] P=Service:rolesanywhere
			tp(r2): P=r1
			tp(r): +[sts:AssumeRole,sts:SetSourceIdentity] P=r1`,
			ask: `
			paths: A:anchor/a1 to r1 -> ALLOW via r1
			paths: A:anchor/a1 to r2 -> DENY
			paths: A:anchor/a1 to r -> ALLOW via r1 r`},
		{id: "SYM-22/transitive", world: `
			tp(r1): +[sts:AssumeRole,sts:TagSession] P=u
			tp(r2): +[sts:AssumeRole,sts:TagSession] P=r1 ; -sts:TagSession P=* ?{Null aws:RequestTag/team=false}
			tp(r): +[sts:AssumeRole,sts:TagSession] P=r2 ?{StringEquals aws:PrincipalTag/team=a}
			id(r): +s3:GetObject@b/*`,
			ask: `
			paths: u to r -> ALLOW_IF(SESSION aws:RequestTag/team StringEquals a@1 & SESSION sts:TransitiveTagKeys ForAnyValue:StringEquals team@1 & REQUEST aws:RequestTag/team Null true@2) via r1 r2 r
			paths: r1 to r -> ALLOW_IF(SESSION aws:PrincipalTag/team StringEquals a@1 & (REQUEST aws:RequestTag/team Null true@1 | U U-18@1)) via r2 r
			who: s3:GetObject b/x -> r1 ALLOW_IF(SESSION aws:PrincipalTag/team StringEquals a@1 & (REQUEST aws:RequestTag/team Null true@1 | U U-18@1)) via r2 r`},
		{id: "SYM-22/none-passed", world: `
			tp(r1): P=u
			tp(r2): +[sts:AssumeRole,sts:TagSession] P=r1 ; -sts:TagSession P=* ?{Null aws:RequestTag/team=false}
			tp(r): +[sts:AssumeRole,sts:TagSession] P=r2 ?{StringEquals aws:PrincipalTag/team=a}`,
			ask: `paths: r1 to r -> DENY`},
		{id: "SYM-22/source", world: `
			tp(r1): +[sts:AssumeRole,sts:SetSourceIdentity] P=u ?{StringEquals sts:SourceIdentity=alice}
			tp(r2): +sts:AssumeRole P=r1 ; +sts:SetSourceIdentity P=r1 ?{StringEquals aws:SourceIdentity=alice}
			tp(r): +[sts:AssumeRole,sts:SetSourceIdentity] P=r2 ?{StringEquals aws:SourceIdentity=alice}`,
			ask: `
			paths: u to r -> ALLOW_IF(SESSION sts:SourceIdentity StringEquals alice@1) via r1 r2 r
			paths: r1 to r -> ALLOW_IF(SESSION aws:SourceIdentity StringEquals alice@1) via r2 r`},
	}
}
