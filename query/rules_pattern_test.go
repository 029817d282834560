package query_test

import (
	"slices"
	"testing"

	"accesspath/internal/fixture"
	"accesspath/query"
)

// TestPatternQuestions: a question about a pattern is answered as those about its
// resources are, taken together (QRY-11 to QRY-13), and no unread policy is forgotten.
func TestPatternQuestions(t *testing.T) {
	for _, c := range []struct{ id, world, action, resource, who, want string }{
		// a trailing star of the question (QRY-12)
		{"star/pass-role", "id(u): +iam:PassRole@r", "iam:PassRole", "arn:aws:iam::A:role/r*", "u", "ALLOW"},
		{"star/object", "rp(b): +s3:GetObject@b/x P=*", "s3:GetObject", "b/x*", "u", "ALLOW"},
		{"star/all", "id(u): +s3:GetObject@* ; -s3:*@b/x", "ALL s3:GetObject", "b/x*", "u", "DENY"},
		// a variable that stands for a tag of a role (VAR-01, SYM-20)
		{"variable/allow", "tags(r): t=y\nid(r): +s3:GetObject@b/${aws:PrincipalTag/t}/*", "s3:GetObject", "b/*", "r", "ALLOW"},
		{"variable/chain", "tags(r): t=y\ntp(r): P=u\nid(u): +sts:AssumeRole@*\nid(r): +s3:GetObject@b/${aws:PrincipalTag/t}/*", "s3:GetObject", "b/*", "u", "ALLOW"},
		{"variable/deny-not-resource", "tags(r): t=y\nid(r): +s3:GetObject@* ; -s3:*@!b/${aws:PrincipalTag/t}/*", "s3:GetObject", "b/*", "r", "ALLOW"},
		// Denies whose conditions or principals are settled (PRINC-20, SYM-01)
		{"deny/known", "id(u): +s3:GetObject@* ; -s3:GetObject@b/x ?{StringEquals aws:username=u} ; -s3:*@* ?{StringNotEquals aws:PrincipalOrgID=o-ex}", "s3:GetObject", "b/*", "u", "ALLOW"},
		{"deny/https", "id(u): +s3:GetObject@* ; -s3:GetObject@b/x ?{StringEquals aws:username=u} ; -s3:*@* ?{Bool aws:SecureTransport=false}", "s3:GetObject", "b/*", "u", "ALLOW"},
		{"deny/not-principal", "rp(b): -s3:*@* !P=[A,u] ; -s3:*@b/x P=*\nid(u): +s3:GetObject@b/*", "s3:GetObject", "b/*", "u", "ALLOW"},
		// whom policies of matching resources let in from outside (QRY-08, QRY-09)
		{"many/public-bucket", "bucket(cc): A\nrp(cc): +s3:GetObject@cc/* P=*", "s3:GetObject", "*", "*", "ALLOW"},
		{"many/public-queue", "rp(A:queue/w): +sqs:SendMessage@* P=*", "sqs:SendMessage", "arn:aws:sqs:us-east-1:111111111111:*", "*", "ALLOW"},
		// limits (EVAL-12, EVAL-14, EVAL-15)
		{"limit/conditional-allow", "id(u): +*@* ; -*@b/x\npb(u): +s3:GetObject@!b/? ; +*@* ?{Bool aws:ViaAWSService=true}", "s3:GetObject", "b/*", "u", "ALLOW"},
		{"limit/not-limiting", "rp(b): +s3:*@b/x/* P=u\npb(u): +s3:*@b/y/*", "s3:GetObject", "b/*", "u", "ALLOW"},
		// nobody's statement allows (EVAL-18, EVAL-19)
		{"root/deny", "scp(A): -s3:*@b/x", "s3:GetObject", "b/*", "A:root", "ALLOW"},
		{"unread/deny", "id(u): -s3:*@b/x\nrp(b): unread", "s3:GetObject", "b/*", "u", "ALLOW_IF"},
		// both sides have to allow (EVAL-20)
		{"both/cross", "id(u): +s3:GetObject@bb/*y\nrp(bb): +s3:GetObject@bb/x* P=A", "s3:GetObject", "bb/*", "u", "ALLOW"},
		// buckets are no objects, and objects no buckets (ARNM-15, QRY-15, QRY-18)
		{"type/bucket-action-on-object", "id(u): +s3:GetBucketAcl@*", "s3:Get*", "b/*", "u", "DENY"},
		{"type/list-bucket", "id(u): +s3:ListBucket@b/*", "s3:ListBucket", "b*", "u", "DENY"},
		{"type/list-bucket-star", "id(u): +s3:ListBucket@b/*", "s3:ListBucket", "*", "u", "DENY"},
		{"type/list-buckets", "id(u): +s3:ListBucket@b*", "s3:ListBucket", "*", "u", "ALLOW"},
		{"type/object-on-bucket", "id(u): +s3:GetObject@b", "s3:GetObject", "arn:aws:s3:::*", "u", "DENY"},
		{"type/objects", "id(u): +s3:GetObject@b/x", "s3:GetObject", "arn:aws:s3:::b*", "u", "ALLOW"},
		// all resources (QRY-13)
		{"all/boundary-not-resource", "id(u): +*@*\npb(u): +*@!b/y", "ALL s3:GetObject", "b/*", "u", "DENY"},
		{"all/open-allow", "id(u): +*@b/*x ?{StringLike aws:username=?}", "ALL s3:GetObject", "b/*", "u", "DENY"},
		{"all/open-allow-2", "id(u): +*@b/*x ?{IpAddress aws:SourceIp=203.0.113.0/24}", "ALL s3:GetObject", "b/*", "u", "DENY"},
		{"all/except", "id(u): +*@!b/xyx* ; +*@b/*x", "ALL s3:GetObject", "b/*", "u", "DENY"},
		// unread policies beside a condition that the session settles (EVAL-19, GAAD-19)
		{"unknown/role-tag", "id(r): +s3:GetObject@b/* ?{StringEquals aws:PrincipalTag/t=x}\nrp(b): unread", "s3:GetObject", "b/y", "r", "ALLOW_IF"},
		{"unknown/role-tag-policy", "id(r): +s3:GetObject@b/* ?{StringEquals aws:PrincipalTag/t=x}\nattach(r): gone", "s3:GetObject", "b/y", "r", "ALLOW_IF"},
		{"unknown/mfa", "id(u): +s3:GetObject@* ?{Bool aws:MultiFactorAuthPresent=true}\nmfa(u): none\nrp(b): unread", "s3:GetObject", "b/y", "u", "ALLOW_IF"},
		// outsiders: the best action counts (QRY-16)
		{"outsider/first-action", "rp(b): +s3:GetObject@* P=* ; +s3:DeleteObject@* P=* ?{IpAddress aws:SourceIp=203.0.113.0/24}", "s3:*Object", "b/y", "*", "ALLOW"},
		{"outsider/all-actions", "rp(b): +s3:GetObject@* P=*", "EVERY s3:*Object", "b/y", "*", "DENY"},
	} {
		w := newCaseWorld(t, c.world)
		o := query.Options{View: query.ViewAll, MaxPaths: 8}
		action := c.action
		if len(action) > 4 && action[:4] == "ALL " {
			o.All, action = true, action[4:]
		}
		if len(action) > 6 && action[:6] == "EVERY " {
			o.AllActions, action = true, action[6:]
		}
		r, err := query.New(w.graph, o).WhoCan(t.Context(), action, fixture.ARN(c.resource))
		if err != nil {
			t.Errorf("%s: %v", c.id, err)
			continue
		}
		got, witness := "DENY", ""
		if i := slices.IndexFunc(r.Answers, func(a query.Answer) bool { return a.Principal == fixture.ARN(c.who) }); i >= 0 {
			got, witness = caseObserve(r.Answers[i]).text, r.Answers[i].Paths[0].Action+" "+r.Answers[i].Paths[0].Witness
			if r.Answers[i].Verdict == c.want {
				continue
			}
		} else if c.want == "DENY" {
			continue
		}
		t.Errorf("%s: got %s (%s), want %s; truncated %v", c.id, got, witness, c.want, r.Limits.Truncated)
	}
}
