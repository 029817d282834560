package query_test

import (
	"slices"
	"testing"

	"accesspath/internal/fixture"
	"accesspath/query"
)

// conditionCases is section 14.7: conditions and questions.
func conditionCases() []microCase {
	return []microCase{
		{id: "CASE-180", world: `id(u): +s3:*@* ; -s3:*@* ?{Bool aws:MultiFactorAuthPresent=false}`, ask: `u s3:GetObject b/x -> ALLOW`},
		{id: "CASE-181", world: `id(u): +s3:*@* ; -s3:*@* ?{BoolIfExists aws:MultiFactorAuthPresent=false}`,
			ask: `
			request: u s3:GetObject b/x -> DENY(explicit:identity)
			who: s3:GetObject b/x -> u ALLOW_IF(MFA aws:MultiFactorAuthPresent Bool true@1)`},
		{id: "CASE-182", world: `id(u): +s3:GetObject@b/* ?{StringNotEquals aws:PrincipalTag/x=1}`, ask: `u s3:GetObject b/x -> ALLOW`},
		{id: "CASE-183", world: `id(u): +s3:GetObject@b/* ?{ForAllValues:StringEquals aws:TagKeys=[a]}`, ask: `u s3:GetObject b/x -> ALLOW`},
		{id: "CASE-183/request-tag", world: `id(u): +s3:GetObject@b/* ?{StringEquals aws:RequestTag/x=1}`, ask: `u s3:GetObject b/x -> DENY(implicit:identity)`},
		{id: "CASE-184", world: `id(u): +s3:GetObject@b/* ?{IpAddress aws:SourceIp=10.0.0.0/8}`, ask: `u s3:GetObject b/x -> DENY(implicit:identity)`},
		{id: "CASE-185", world: `id(u): +s3:GetObject@b/* ?{DateLessThan aws:CurrentTime=2020-01-01}`, ask: `u s3:GetObject b/x -> DENY(implicit:identity)`},
		{id: "CASE-186", world: `id(u): +s3:*@* ; -s3:*@* ?{NotIpAddress aws:SourceIp=203.0.113.0/24}`,
			ask: `u s3:GetObject b/x -> ALLOW_IF(NETWORK aws:SourceIp IpAddress 203.0.113.0/24@1)`},
		{id: "CASE-187", world: `id(u): +s3:GetObject@b/* ?{IpAddress aws:SourceIp=203.0.113.0/24, StringEquals aws:SourceVpce=vpce-1}`,
			ask: `u s3:GetObject b/x -> DENY(contradiction)`},
		{id: "CASE-188", world: `
			rp(b): -s3:*@[b,b/*] P=* ?{StringNotEquals aws:SourceAccount=A}
			id(u): +s3:*@*`,
			ask: `u s3:GetObject b/x -> DENY(explicit:resource)`},
		{id: "CASE-189", world: `id(r): +s3:ListBucket@b ?{StringEquals s3:prefix=[x], StringLike aws:userid=id(r):*}`,
			ask: `
			r s3:ListBucket b -> ALLOW requires(REQUEST s3:prefix StringEquals x@1)
			can: r s3:ListBucket b -> ALLOW requires(REQUEST s3:prefix StringEquals x@1)`},
		{id: "CASE-190", world: `id(u): +s3:GetObject@b/* ; -s3:GetObject@b/secret/*`, ask: `can: u s3:GetObject b/* -> ALLOW`, check: quantifiers},
		{id: "CASE-191", world: `id(u): +s3:GetObject@b/*`, check: bucketAsObjects},
		{id: "CASE-192", world: `group(G u): +s3:*@*`,
			ask: `
			who: s3:GetObject b/x -> u ALLOW #via=A:group/G
			who: s3:GetObject b/x -> A:group/G nobody`},
		{id: "CASE-193/principal-arn", world: `
			add: A:role/t/r
			rp(b): +s3:GetObject@b/* P=* ?{StringLike aws:PrincipalArn=arn:aws:iam::A:role/r}`,
			ask: `
			r s3:GetObject b/x -> ALLOW
			A:role/t/r s3:GetObject b/x -> DENY(implicit:identity)`},
	}
}

// quantifiers: some object, and every object (QRY-12, QRY-13).
func quantifiers(t *testing.T, w *caseWorld) {
	some := w.can(t, "u", "s3:GetObject", "b/*")
	if some.Verdict != query.VerdictAllow || some.Paths[0].Witness == "" {
		t.Errorf("some: %s", caseObserve(some))
	}
	all := w.canWith(t, w.engine(func(o *query.Options) { o.All = true }), "u", "s3:GetObject", "b/*")
	if all.Verdict != query.VerdictDeny {
		t.Errorf("all: %s", caseObserve(all))
	}
}

// bucketAsObjects: an object action on a bucket is meant for its objects
// (QRY-15).
func bucketAsObjects(t *testing.T, w *caseWorld) {
	r, err := w.engine().Can(t.Context(), fixture.ARN("u"), "s3:GetObject", "arn:aws:s3:::b")
	if err != nil {
		t.Fatal(err)
	}
	w.checked(t, r)
	noted := slices.ContainsFunc(r.Notes, func(n query.Note) bool { return n.Code == "bucket-as-objects" })
	if r.Answers[0].Verdict != query.VerdictAllow || !noted {
		t.Errorf("%s, notes %v", caseObserve(r.Answers[0]), r.Notes)
	}
}
