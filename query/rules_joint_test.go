package query_test

// jointRuleCases are about values that callers choose and that several tests read, at
// different hops (CHAIN-43, SYM-07): a value that meets all of them is found, and where
// there is none there is no path (CHAIN-35).
func jointRuleCases() []microCase {
	return []microCase{
		{id: "CHAIN-43/name-of-a-pattern", world: `
			tp(r): P=u ?{StringLike sts:RoleSessionName=dev-*}
			id(r): +s3:GetObject@* ?{StringNotLike aws:userid=*:dev-*} ; +s3:PutObject@* ; -s3:PutObject@* ?{StringLike aws:userid=*:dev-*} ; +s3:DeleteObject@* ?{StringNotLike aws:userid=*:dev-a*} ; +s3:GetObjectAcl@* ?{StringLike aws:userid=*:*}
			tp(r2): P=r ?{StringNotLike aws:userid=*:d*}`,
			ask: `
			can: u s3:GetObject b/x -> DENY
			can: u s3:PutObject b/x -> DENY
			can: u s3:DeleteObject b/x -> ALLOW requires(REQUEST sts:RoleSessionName StringLike dev-*@1) via r
			can: u s3:GetObjectAcl b/x -> ALLOW requires(REQUEST sts:RoleSessionName StringLike dev-*@1) via r
			paths: u to r2 -> DENY`},
		{id: "CONV-02/no name is left", world: `
			tp(r): P=u ?{StringLike sts:RoleSessionName=d?*}
			id(r): +s3:GetObject@b/* ; -s3:GetObject@b/* ?{StringLike aws:userid=*:d?*}`,
			ask: `can: u s3:GetObject b/x -> DENY(contradiction)`},
		{id: "VAR-04/every-session-has-a-name", world: `
			tp(r): P=u
			id(r): +s3:*@b/* ; -s3:GetObject@* ?{StringLike aws:userid=*:?*} ; -s3:PutObject@* ?{StringLike aws:userid=id(r):?*} ; -s3:DeleteObject@* ?{StringNotLike aws:userid=[*:?*,AIDA*]}
			rp(b): +s3:GetObjectAcl@b/* P=* ?{StringLike aws:userid=id(r):?*}`,
			ask: `
			can: u s3:GetObject b/x -> DENY(explicit:identity)
			can: r s3:GetObject b/x -> DENY(explicit:identity)
			can: u s3:PutObject b/x -> DENY(explicit:identity)
			can: u s3:DeleteObject b/x -> ALLOW via r
			can: r s3:GetObjectAcl b/x -> ALLOW`},
		{id: "CHAIN-43/value-that-fits-no-pattern", world: `
			tags(r): t=a
			tp(r): +[sts:AssumeRole,sts:TagSession,sts:SetSourceIdentity] P=u
			id(r): +s3:GetObject@b/* ; -s3:GetObject@b/* ?{StringLike aws:PrincipalTag/t=a*} ; +s3:PutObject@b/* ?{StringNotLike aws:SourceIdentity=*-other, Null aws:SourceIdentity=false}`,
			ask: `
			can: u s3:GetObject b/x -> ALLOW_IF
			can: u s3:PutObject b/x -> ALLOW_IF`},
		{id: "CHAIN-43/name-beside-a-denied-one", world: `
			tp(r): P=u
			id(r): +s3:GetObject@b/* ?{StringLike aws:userid=AROA*:s*} ; +s3:PutObject@b/* ?{StringLike aws:userid=[*:ds,*:d*]}
			tp(r1): P=u ?{StringNotLike sts:RoleSessionName=[?,ds]}
			id(r1): +s3:DeleteObject@b/* ?{StringLike aws:userid=[*:ds,*:d*]}
			rp(b): -s3:GetObject@b/* P=A:sess/r/s ; -s3:DeleteObject@b/* P=A:sess/r1/d`,
			ask: `
			can: u s3:GetObject b/x -> ALLOW_IF
			can: u s3:PutObject b/x -> ALLOW_IF
			can: u s3:DeleteObject b/x -> ALLOW_IF`},
		{id: "CHAIN-43/source-in-a-resource", world: `
			tp(r): +[sts:AssumeRole,sts:SetSourceIdentity] P=u ?{StringLike sts:SourceIdentity=u-*}
			id(r): +s3:GetObject@b/${aws:SourceIdentity}/*
			tp(r1): +[sts:AssumeRole,sts:SetSourceIdentity] P=r ?{StringEquals aws:SourceIdentity=v}
			id(r1): +s3:PutObject@b/${aws:SourceIdentity}/*
			tp(r2): +[sts:AssumeRole,sts:SetSourceIdentity] P=u ?{StringEquals sts:SourceIdentity=al}
			id(r2): +s3:DeleteObject@b/${aws:SourceIdentity}/*`,
			ask: `
			can: u s3:GetObject b/u-x/x -> ALLOW_IF(SESSION sts:SourceIdentity StringEquals u-x@1) via r
			can: u s3:PutObject b/v/x -> DENY
			can: u s3:DeleteObject b/al/x -> ALLOW_IF(SESSION sts:SourceIdentity StringEquals al@1) via r2
			can: u s3:DeleteObject b/bo/x -> DENY`},
		{id: "CHAIN-43/tag-in-a-resource", world: `
			tp(r): +[sts:AssumeRole,sts:TagSession] P=u ?{StringEquals aws:RequestTag/team=dev}
			id(r): +s3:GetObject@b/${aws:PrincipalTag/team}/*`,
			ask: `
			can: u s3:GetObject b/dev/x -> ALLOW_IF
			can: u s3:GetObject b/ops/x -> DENY
			can: u s3:GetObject b/* -> ALLOW_IF #witness=arn:aws:s3:::b/dev/
			can: u s3:GetObject b/d* -> ALLOW_IF
			can: u s3:GetObject b/o* -> DENY`},
		{id: "ARNM-13/empty-value-of-its-own", world: `
			tags(r): t=
			tp(r): P=u
			id(r): +s3:GetObject@b/${aws:PrincipalTag/t}/*`,
			ask: `
			can: u s3:GetObject b//x -> ALLOW via r`},
		{id: "ARNM-13/empty-value-passed", world: `
			tp(r): +[sts:AssumeRole,sts:TagSession] P=u
			id(r): +s3:GetObject@b/pre${aws:PrincipalTag/t}`,
			ask: `
			can: u s3:GetObject b/pre -> ALLOW_IF(SESSION aws:RequestTag/t Null false@1 & SESSION resource StringLike arn:aws:s3:::b/pre${aws:PrincipalTag/t}@2) via r`},
		{id: "ARNM-13/value-that-fits", world: `
			tags(r): team=a
			tp(r): +[sts:AssumeRole,sts:TagSession] P=u ?{StringLike sts:RoleSessionName=bob*}
			id(r): +s3:GetObject@b/${aws:userid}/* ; +s3:PutObject@b/${aws:PrincipalTag/team}-?/* ; -s3:PutObject@* ?{StringNotEquals aws:PrincipalTag/team=[a,b/c]} ; +s3:DeleteObject@* ; -s3:DeleteObject@b/${aws:PrincipalTag/team}/*`,
			ask: `
			can: u s3:GetObject b/AROA1111R:bob1/x -> ALLOW_IF(SESSION sts:RoleSessionName StringEquals bob1@1) via r
			can: u s3:GetObject b/AROA1111R:eve/x -> DENY
			can: u s3:GetObject b/AROA1111Q:bob1/x -> DENY
			can: u s3:PutObject b/a-1/x -> ALLOW requires(REQUEST sts:RoleSessionName StringLike bob*@1) via r
			can: u s3:PutObject b/b/c-1/x -> ALLOW_IF(SESSION aws:RequestTag/team StringEquals b/c@1 & REQUEST sts:RoleSessionName StringLike bob*@1) via r
			can: r s3:PutObject b/b/c-1/x -> ALLOW_IF(SESSION aws:PrincipalTag/team StringEquals b/c@1)
			can: u s3:PutObject b/d-1/x -> DENY
			can: u s3:DeleteObject b/a/x -> ALLOW_IF(SESSION aws:RequestTag/team StringNotEquals a@1 & REQUEST sts:RoleSessionName StringLike bob*@1) via r
			can: u s3:DeleteObject b/d/x -> ALLOW requires(REQUEST sts:RoleSessionName StringLike bob*@1) via r`},
		{id: "CHAIN-43/two-patterns-of-a-source", world: `
			tp(r1): +[sts:AssumeRole,sts:SetSourceIdentity] P=u ?{StringLike sts:SourceIdentity=*@example.com}
			tp(r2): +[sts:AssumeRole,sts:SetSourceIdentity] P=r1 ?{StringLike aws:SourceIdentity=alice*}`,
			ask: `paths: u to r2 -> ALLOW_IF(SESSION sts:SourceIdentity StringEquals alice@example.com@1) via r1 r2`},
		{id: "CHAIN-35/two-patterns-apart", world: `
			tp(r1): +[sts:AssumeRole,sts:SetSourceIdentity] P=u ?{StringLike sts:SourceIdentity=bob*}
			tp(r2): +[sts:AssumeRole,sts:SetSourceIdentity] P=r1 ?{StringLike aws:SourceIdentity=alice*}`,
			ask: `paths: u to r2 -> DENY`},
		{id: "CHAIN-43/two-patterns-of-a-tag", world: `
			tp(r1): +[sts:AssumeRole,sts:TagSession] P=u ?{StringLike aws:RequestTag/team=*-prod}
			tp(r2): P=r1 ?{StringLike aws:PrincipalTag/team=blue-*}`,
			ask: `paths: u to r2 -> ALLOW_IF(SESSION aws:RequestTag/team StringEquals blue-prod@1) via r1 r2`},
		{id: "CHAIN-43/pattern-of-the-companion", world: `
			tp(r1): +sts:AssumeRole P=u ; +sts:TagSession P=u ?{StringLike aws:RequestTag/team=*-prod}
			tp(r2): P=r1 ?{StringLike aws:PrincipalTag/team=blue-*}`,
			ask: `paths: u to r2 -> ALLOW_IF(SESSION aws:RequestTag/team StringEquals blue-prod@1) via r1 r2`},
		{id: "CHAIN-43/value-of-the-companion", world: `
			tp(r1): +sts:AssumeRole P=u ; +sts:TagSession P=u ?{StringEquals aws:RequestTag/team=blue-x}
			tp(r2): P=r1 ?{StringLike aws:PrincipalTag/team=blue-*}`,
			ask: `paths: u to r2 -> ALLOW_IF(SESSION aws:RequestTag/team StringEquals blue-x@1) via r1 r2`},
		{id: "CHAIN-43/two-later-patterns", world: `
			tp(r1): +[sts:AssumeRole,sts:TagSession] P=u
			tp(r2): +[sts:AssumeRole,sts:TagSession] P=r1 ?{StringLike aws:PrincipalTag/team=blue-*} ; -sts:TagSession P=* ?{Null aws:RequestTag/team=false}
			id(r2): +s3:GetObject@b/* ?{StringLike aws:PrincipalTag/team=*-prod}`,
			ask: `who: s3:GetObject b/x -> u ALLOW_IF(SESSION aws:RequestTag/team StringEquals blue-prod@1 & SESSION sts:TransitiveTagKeys ForAnyValue:StringEquals team@1 & REQUEST aws:RequestTag/team Null true@2) via r1 r2`},
		{id: "CHAIN-43/pattern-without-another", world: `
			tp(r1): +[sts:AssumeRole,sts:TagSession] P=u
			tp(r2): P=r1 ?{StringLike aws:PrincipalTag/team=blue-*, StringNotLike aws:PrincipalTag/team=*-prod}
			tp(r): P=r2
			id(r2): +s3:GetObject@b/*`,
			ask: `who: s3:GetObject b/x -> u ALLOW_IF(SESSION aws:RequestTag/team StringEquals blue-@1) via r1 r2`},
		{id: "CHAIN-43/pattern-but-for-a-value", world: `
			tp(r1): +[sts:AssumeRole,sts:TagSession] P=u ?{StringLike aws:RequestTag/team=env-?}
			tp(r2): P=r1 ?{StringNotEquals aws:PrincipalTag/team=env-x, Null aws:PrincipalTag/team=false}`,
			ask: `paths: u to r2 -> ALLOW_IF(SESSION aws:RequestTag/team StringEquals env-y@1) via r1 r2`},
		{id: "CHAIN-43/case", world: `
			tp(r1): +[sts:AssumeRole,sts:TagSession] P=u ?{StringEqualsIgnoreCase aws:RequestTag/team=Blue-x}
			tp(r2): P=r1 ?{StringLike aws:PrincipalTag/team=blue-*}`,
			ask: `paths: u to r2 -> ALLOW_IF(SESSION aws:RequestTag/team StringEquals blue-x@1) via r1 r2`},
		{id: "CHAIN-15/two-patterns-of-a-name", world: `
			tp(r1): P=u ?{StringLike sts:RoleSessionName=*-prod}
			tp(r2): P=A ?{StringLike aws:userid=*:blue-*}
			id(r1): +sts:AssumeRole@*`,
			ask: `paths: u to r2 -> ALLOW_IF(SESSION sts:RoleSessionName StringEquals blue-prod@1) via r1 r2`},
		{id: "CHAIN-15/name-of-the-call", world: `
			tp(r1): P=u ?{StringEquals sts:RoleSessionName=blue-x}
			tp(r2): P=A ?{StringLike aws:userid=*:blue-*}
			id(r1): +sts:AssumeRole@*`,
			ask: `paths: u to r2 -> ALLOW_IF(SESSION sts:RoleSessionName StringEquals blue-x@1) via r1 r2`},
	}
}
