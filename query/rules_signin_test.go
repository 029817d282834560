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
			ask: `who: s3:GetObject b/x -> A:saml-provider/idp ALLOW_IF(IDP IDP:tags@1 & IDP aws:SourceIdentity StringEquals bob@2) via r1`},
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
	}
}
