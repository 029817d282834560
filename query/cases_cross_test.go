package query_test

import (
	"slices"
	"testing"

	"accesspath/query"
)

const dataPerimeter = `rcp(B): -s3:*@* ?{StringNotEqualsIfExists aws:PrincipalOrgID=o-ex, BoolIfExists aws:PrincipalIsAWSService=false}`

// crossAccountCases is section 14.3: cross account and guardrails.
func crossAccountCases() []microCase {
	return []microCase{
		{id: "CASE-060", world: `rp(bb): +s3:GetObject@bb/* P=u`, ask: `u s3:GetObject bb/x -> DENY(implicit:identity)`},
		{id: "CASE-061", world: `
			rp(bb): +s3:GetObject@bb/* P=u
			id(u): +s3:GetObject@bb/*`,
			ask: `u s3:GetObject bb/x -> ALLOW`},
		{id: "CASE-062", world: `
			rp(bb): +s3:GetObject@bb/* P=A
			id(u): +s3:GetObject@bb/*`,
			ask: `u s3:GetObject bb/x -> ALLOW`},
		{id: "CASE-063", world: `id(u): +s3:*@*`, ask: `u s3:GetObject bb/x -> DENY(implicit:resource)`},
		{id: "CASE-064", world: `
			rp(bb): +s3:GetObject@bb/* P=*
			id(u): +s3:GetObject@bb/*
			pb(u): +ec2:*@*`,
			ask: `u s3:GetObject bb/x -> DENY(implicit:boundary)`},
		{id: "CASE-065", world: `
			rp(bb): +s3:GetObject@bb/* P=* ?{StringEquals aws:PrincipalOrgID=o-ex}
			id(u): +s3:GetObject@bb/*
			id(C:user/x): +s3:GetObject@bb/*`,
			ask: `
			u s3:GetObject bb/x -> ALLOW
			C:user/x s3:GetObject bb/x -> DENY(implicit:resource)
			who: s3:GetObject bb/x -> * nobody`},
		{id: "CASE-066", world: `
			unload: C
			rp(bb): +s3:GetObject@bb/* P=C`,
			ask: `who: s3:GetObject bb/x -> account:C ALLOW_IF(DATA DATA:account Known 333333333333@1) #DATA:account #kind=account`},
		{id: "CASE-067", world: `
			scp(ou): none
			id(u): +*@*`,
			ask: `u s3:GetObject b/x -> DENY(implicit:scp@ou-ex)`},
		{id: "CASE-068", world: `
			scp(root): -s3:*@*
			bucket(mb): M
			id(M:user/m): +s3:*@*`,
			ask: `M:user/m s3:GetObject mb/x -> ALLOW`},
		{id: "CASE-069", world: `scp(A): -s3:*@*`, ask: `A:root s3:GetObject b/x -> DENY(explicit:scp@A)`},
		{id: "CASE-070", world: `
			scp(A): -s3:PutObject@*
			rp(bb): +s3:PutObject@bb/* P=u
			id(u): +s3:PutObject@bb/*`,
			ask: `u s3:PutObject bb/x -> DENY(explicit:scp@A)`},
		{id: "CASE-071", world: `
			scp(B): -s3:PutObject@*
			rp(bb): +s3:PutObject@bb/* P=u
			id(u): +s3:PutObject@bb/*`,
			ask: `u s3:PutObject bb/x -> ALLOW`},
		{id: "CASE-072", world: dataPerimeter + `
			rp(bb): +s3:GetObject@bb/* P=C:user/x
			id(C:user/x): +s3:GetObject@bb/*`,
			ask: `C:user/x s3:GetObject bb/x -> DENY(explicit:rcp@B)`},
		{id: "CASE-073", world: dataPerimeter + `
			rp(bb): +s3:GetObject@bb/* P=u
			id(u): +s3:GetObject@bb/*`,
			ask: `u s3:GetObject bb/x -> ALLOW`},
		{id: "CASE-074", world: `
			rcp(A): -ec2:*@*
			id(u): +ec2:*@*`,
			ask: `u ec2:StopInstances A:instance/i-1 -> ALLOW #rcp-list@2026-09`},
		{id: "CASE-075", world: `
			rcp(B): -sts:AssumeRole@*
			tp(q): P=A
			id(u): +sts:AssumeRole@q`,
			ask: `u sts:AssumeRole q -> DENY(explicit:rcp@B)`},
		{id: "CASE-076", world: `
			scp(A): -sts:*@*
			tp(r): +sts:AssumeRoleWithWebIdentity P=` + github + ` ?{StringEquals token.actions.githubusercontent.com:aud=sts.amazonaws.com, StringEquals token.actions.githubusercontent.com:sub=repo:acme/app:ref:refs/heads/main}`,
			ask: `paths: A:oidc-provider/token.actions.githubusercontent.com to r -> ALLOW_IF(` + githubMain + `) via r #U-19`},
		{id: "CASE-077", world: `
			scp(A): -*@*
			id(A:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX): +s3:GetObject@b/*`,
			ask: `A:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX s3:GetObject b/x -> ALLOW`},
		{id: "CASE-078", world: `
			rp(bb): +s3:PutBucketPolicy@bb P=u
			id(u): +s3:PutBucketPolicy@bb`,
			ask: `u s3:PutBucketPolicy bb -> DENY(service-rule)`},
		{id: "CASE-079", world: `
			rp(B:queue/w): +sqs:*@* P=u
			id(u): +sqs:*@*`,
			ask: `
			u sqs:SetQueueAttributes B:queue/w -> DENY(service-rule)
			u sqs:SendMessage B:queue/w -> ALLOW`},
		{id: "CASE-080/off", world: `
			rp(b): +s3:GetObject@b/* P=*
			bpa(b): off`,
			ask: `
			anonymous s3:GetObject b/x -> ALLOW
			who: s3:GetObject b/x -> * ALLOW #kind=public`},
		{id: "CASE-080/on", world: `
			rp(b): +s3:GetObject@b/* P=*
			bpa(b): on`,
			ask: `
			anonymous s3:GetObject b/x -> DENY(service-rule)
			who: s3:GetObject b/x -> * nobody`},
		{id: "CASE-080/unknown", world: `
			rp(b): +s3:GetObject@b/* P=*
			bpa(b): unknown`,
			ask: `anonymous s3:GetObject b/x -> ALLOW_IF(DATA DATA:bpa Known arn:aws:s3:::b/x@1) #DATA:bpa`},
		{id: "CASE-081", world: `
			noorg:
			id(u): +s3:GetObject@b/*`,
			ask: `u s3:GetObject b/x -> ALLOW`, check: func(t *testing.T, w *caseWorld) {
				r, err := w.engine().Can(t.Context(), "u", "s3:GetObject", "arn:aws:s3:::b/x")
				if err != nil {
					t.Fatal(err)
				}
				noted := slices.ContainsFunc(r.Notes, func(n query.Note) bool { return n.Code == "guardrails-unread" })
				if r.Coverage.Guardrails != "unread" || !noted {
					t.Errorf("guardrails %q, notes %v", r.Coverage.Guardrails, r.Notes)
				}
			}},
		{id: "CASE-082", world: `
			tp(N:role/z): P=A
			id(u): +sts:AssumeRole@*`,
			ask: `u sts:AssumeRole N:role/z -> DENY(service-rule)`},
	}
}
