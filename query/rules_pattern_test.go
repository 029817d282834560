package query_test

import (
	"slices"
	"strings"
	"testing"

	"accesspath/graph"
	"accesspath/internal/fixture"
	"accesspath/query"
)

// TestPatternQuestions: a question about a pattern is answered as those about its
// resources are, taken together (QRY-11 to QRY-13), and no unread policy is forgotten.
func TestPatternQuestions(t *testing.T) {
	for _, c := range []questionCase{
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
		// whom policies of matching resources let in besides (QRY-12, QRY-14)
		{"matching/named", "rp(b): +s3:GetObject@b/* P=u", "s3:GetObject", "*", "u", "ALLOW"},
		{"matching/named-role", "rp(b): +s3:GetObject@b/* P=r", "s3:GetObject", "arn:aws:s3:::*", "r", "ALLOW"},
		{"matching/chain", "tp(r): P=u\nrp(b): +s3:GetObject@b/* P=r", "s3:GetObject", "*", "u", "ALLOW"},
		{"matching/everybody", "rp(b): +s3:GetObject@b/* P=* ?{StringEquals aws:PrincipalOrgID=o-ex}", "s3:GetObject", "*", "u", "ALLOW"},
		{"matching/other-account", "rp(bb): +s3:GetObject@bb/* P=A", "s3:GetObject", "*", "u", "DENY"},
		{"matching/condition", "id(u): +s3:GetObject@* ?{Bool aws:MultiFactorAuthPresent=true}\nrp(b): +s3:GetObject@b/* P=u", "s3:GetObject", "*", "u", "ALLOW"},
		{"matching/boundary", "pb(r): +sqs:*@*\nrp(b): +s3:GetObject@b/* P=r", "s3:GetObject", "*", "r", "DENY"},
		{"matching/denied", "scp(A): -s3:*@*\nrp(b): +s3:GetObject@b/* P=u", "s3:GetObject", "*", "u", "DENY"},
		{"matching/owner", "id(u): +sqs:SendMessage@* ?{StringEquals aws:ResourceAccount=222222222222}\nrp(B:queue/w): +sqs:SendMessage@* P=A", "sqs:SendMessage", "*", "u", "ALLOW"},
		{"matching/other-queue", "id(u): +sqs:SendMessage@*\nrp(B:queue/w): +sqs:SendMessage@* P=A", "sqs:SendMessage", "arn:aws:sqs:*:222222222222:*", "u", "ALLOW"},
		{"matching/other-queue-without-identity", "rp(B:queue/w): +sqs:SendMessage@* P=u", "sqs:SendMessage", "arn:aws:sqs:*:222222222222:*", "u", "DENY"},
		{"matching/key", "id(u): +kms:Decrypt@*\nrp(A:key/k): +kms:*@* P=A", "kms:Decrypt", "*", "u", "ALLOW"},
		{"matching/actions", "rp(b): +s3:GetObject@b/* P=u", "s3:*", "*", "u", "ALLOW"},
		{"matching/not-this-action", "rp(b): +s3:GetObject@b/* P=u", "s3:PutObject", "*", "u", "DENY"},
		{"matching/shared-prefix", "id(r): +s3:GetObject@bb/*\nrp(bb): +s3:GetObject@bb/shared/* P=A", "s3:GetObject", "*", "r", "ALLOW"},
		{"matching/condition-here-grant-there", "id(r): +s3:GetObject@bb/* ; +s3:GetObject@b/* ?{Bool aws:MultiFactorAuthPresent=true}\nrp(bb): +s3:GetObject@bb/shared/* P=A", "s3:GetObject", "*", "r", "ALLOW"},
		{"matching/other-owner", "id(r): +*@*\nrp(bb): +s3:*@bb/y* P=A", "s3:GetObject", "arn:aws:s3:::bb*", "r", "ALLOW"},
		{"matching/denied-at-home", "rp(b): -s3:*@* P=*\nid(u): +s3:GetObject@b*/*\nrp(bb): +s3:GetObject@bb/* P=A", "s3:GetObject", "*", "u", "ALLOW"},
		{"matching/scp-moves-the-witness", "id(r): +*@bb/*\nscp(A): -s3:GetObject@b/x\nrp(bb): +s3:GetObject@bb/x P=[A,r]", "s3:GetObject", "*", "r", "ALLOW"},
		{"matching/own-rcp", "rcp(A): -s3:*@* P=*\nid(u): +s3:GetObject@*\nrp(bb): +s3:GetObject@bb/* P=A", "s3:GetObject", "*", "u", "ALLOW"},
		{"matching/deny-but-for-one-owner", "scp(A): -sqs:*@* ?{StringNotEquals aws:ResourceAccount=222222222222}\nid(u): +sqs:SendMessage@*\nrp(B:queue/w): +sqs:SendMessage@* P=A", "sqs:SendMessage", "*", "u", "ALLOW"},
		{"matching/region", "id(u): +sqs:SendMessage@* ?{StringEquals aws:RequestedRegion=eu-west-1}\nrp(arn:aws:sqs:eu-west-1:222222222222:w): +sqs:SendMessage@* P=A", "sqs:SendMessage", "*", "u", "ALLOW"},
		{"matching/own-bucket", "bucket(b2): B\nid(q): +s3:GetObject@b*/*", "s3:GetObject", "*", "q", "ALLOW"},
		{"matching/root", "bucket(b2): B\nrp(bb): +s3:GetObject@bb/* P=u\nrp(b2): +s3:GetObject@b2/* P=u", "s3:GetObject", "arn:aws:s3:::b*", "B:root", "ALLOW"},
		{"many/acl", "acl(bb): AllUsers READ", "s3:ListBucket", "*", "*", "ALLOW"},
		{"many/grant", "rp(A:key/k): +kms:*@* P=A\ngrant(A:key/k): arn:aws:iam::888888888888:role/x Decrypt", "kms:Decrypt", "*", "arn:aws:iam::888888888888:role/x", "ALLOW_IF"},
		{"form/own-account", "rcp(root): -s3:*@*", "sqs:SendMessage", "arn:aws:sqs:us-east-1:*:w", "A:root", "ALLOW"},
		{"matching/deep-key", "rp(b): +s3:Get*@b/* P=*\nscp(root): -s3:*@b/x*", "s3:GetObject", "arn:aws:s3:::*/x*", "r", "ALLOW"},
		// a condition of one resource does not make up for that of another (QRY-20)
		{"mixed/tags", "rp(b): +s3:GetObject@b/* P=u ?{StringEquals s3:ExistingObjectTag/t=x}\nbucket(b2): A\nrp(b2): +s3:GetObject@b2/* P=u ?{StringNotEquals s3:ExistingObjectTag/t=x}", "s3:GetObject", "*", "u", "ALLOW_IF"},
		{"mixed/network", "rp(b): +s3:GetObject@b/* P=u ?{IpAddress aws:SourceIp=203.0.113.0/24}\nbucket(b2): A\nrp(b2): +s3:GetObject@b2/* P=u ?{NotIpAddress aws:SourceIp=203.0.113.0/24}", "s3:GetObject", "*", "u", "ALLOW_IF"},
		{"mixed/own", "id(u): +s3:GetObject@b/x/* ?{IpAddress aws:SourceIp=203.0.113.0/24} ; +s3:GetObject@b/y/* ?{NotIpAddress aws:SourceIp=203.0.113.0/24}", "s3:GetObject", "b/*", "u", "ALLOW_IF"},
		{"mixed/actions", "id(u): +s3:GetObject@* ?{IpAddress aws:SourceIp=203.0.113.0/24} ; +s3:PutObject@* ?{NotIpAddress aws:SourceIp=203.0.113.0/24}", "s3:*Object", "b/x", "u", "ALLOW_IF"},
		{"mixed/roles", "tp(r): P=u ?{StringEquals sts:ExternalId=a}\ntp(A:role/x): P=u ?{StringNotEquals sts:ExternalId=a}", "sts:AssumeRole", "arn:aws:iam::111111111111:role/*", "u", "ALLOW_IF"},
		{"mixed/session", "id(r): +s3:GetObject@b/x/* ?{StringEquals aws:PrincipalTag/t=x} ; +s3:GetObject@b/y/* ?{StringNotEquals aws:PrincipalTag/t=x}", "s3:GetObject", "b/*", "r", "ALLOW"},
		// roles are assumed where their trust policies say so (STS-01, STS-02, TRUST-01)
		{"assume/trust", "tp(r): P=u", "sts:AssumeRole", "arn:aws:iam::*:role/*", "u", "ALLOW"},
		{"assume/identity-alone", "id(u): +sts:AssumeRole@*\ntp(r): P=q", "sts:AssumeRole", "arn:aws:iam::111111111111:role/*", "u", "DENY"},
		{"assume/account", "id(u): +sts:AssumeRole@*\ntp(r): P=A", "sts:AssumeRole", "*", "u", "ALLOW"},
		{"assume/name", "id(u): +sts:AssumeRole@*\ntp(r): P=A", "sts:AssumeRole", "arn:aws:iam::111111111111:role/x*", "u", "DENY"},
		{"assume/condition", "tp(r): P=u ?{Bool aws:MultiFactorAuthPresent=true}\nmfa(u): virtual", "sts:AssumeRole", "arn:aws:iam::111111111111:role/*", "u", "ALLOW_IF"},
		{"assume/outside", "tp(r): P=C\nunload: C", "sts:AssumeRole", "arn:aws:iam::111111111111:role/*", "account:333333333333", "ALLOW_IF"},
		{"assume/service", "tp(r): P=Service:ec2", "sts:AssumeRole", "arn:aws:iam::111111111111:role/*", "service:ec2", "ALLOW"},
		{"assume/no-group", "id(u): +sts:AssumeRole@*\ngroup(G u):", "EXISTING sts:AssumeRole", "arn:aws:iam::111111111111:*", "u", "DENY"},
		// limits (EVAL-12, EVAL-14, EVAL-15)
		{"limit/conditional-allow", "id(u): +*@* ; -*@b/x\npb(u): +s3:GetObject@!b/? ; +*@* ?{Bool aws:ViaAWSService=true}", "s3:GetObject", "b/*", "u", "ALLOW"},
		{"limit/not-limiting", "rp(b): +s3:*@b/x/* P=u\npb(u): +s3:*@b/y/*", "s3:GetObject", "b/*", "u", "ALLOW"},
		// what AWS keeps for all accounts is nobody else's (EVAL-10, EVAL-35)
		{"aws/read", "id(u): +iam:GetPolicy@*", "iam:GetPolicy", "arn:aws:iam::aws:policy/ReadOnlyAccess", "u", "ALLOW"},
		{"aws/read-pattern", "id(u): +iam:GetPolicy@arn:aws:iam::aws:*", "iam:GetPolicy", "arn:aws:iam::aws:policy/*", "u", "ALLOW"},
		{"aws/read-no-other", "id(u): +iam:GetUser@*", "iam:GetPolicy", "arn:aws:iam::aws:policy/ReadOnlyAccess", "u", "DENY"},
		{"aws/other-service", "id(u): +*@*", "sso:DescribeApplicationProvider", "arn:aws:sso::aws:applicationProvider/custom", "u", "ALLOW"},
		{"aws/root", "add: A:user/x", "iam:GetPolicy", "arn:aws:iam::aws:policy/ReadOnlyAccess", "A:root", "ALLOW"},
		{"aws/change", "id(u): +iam:*@*", "iam:DeletePolicy", "arn:aws:iam::aws:policy/ReadOnlyAccess", "u", "DENY"},
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
		{"outsider/node-all-actions", "tp(q): P=Service:s3\nrp(A:queue/w): +sqs:*@* P=Service:s3", "EVERY sqs:*Message", "A:queue/w", "service:s3", "ALLOW"},
		// thousands of actions in one session (QRY-16)
		{"every/service", "id(u): +*@* ?{Bool aws:MultiFactorAuthPresent=true}", "EVERY iam:*", "*", "u", "ALLOW_IF"},
		{"every/all", "id(u): +*@* ?{Bool aws:MultiFactorAuthPresent=true}", "EVERY *", "*", "u", "DENY"}, // of roles that nobody trusts it with
	} {
		c.check(t)
	}
}

// questionCase is what one principal is found to have in a small world. The action may
// say first how it is meant: for all resources, for what exists, or for every action.
type questionCase struct{ id, world, action, resource, who, want string }

// check asks who can, and holds against it what can says, and every path that is shown.
func (c *questionCase) check(t *testing.T) {
	t.Helper()
	w := newCaseWorld(t, c.world)
	o := query.Options{View: query.ViewAll, MaxPaths: 8}
	action := c.action
	if rest, ok := strings.CutPrefix(action, "ALL "); ok {
		o.All, action = true, rest
	}
	if rest, ok := strings.CutPrefix(action, "EXISTING "); ok {
		o.Existing, action = true, rest
	}
	if rest, ok := strings.CutPrefix(action, "EVERY "); ok {
		o.AllActions, action = true, rest
	}
	r, err := query.New(w.graph, o).WhoCan(t.Context(), action, fixture.ARN(c.resource))
	if err != nil {
		t.Errorf("%s: %v", c.id, err)
		return
	}
	agrees(t, w, o, c.id, r, fixture.ARN(c.who))
	got, witness := "DENY", ""
	for _, a := range r.Answers {
		for _, p := range a.Paths {
			if err := query.Check(w.graph, r.Question, p); err != nil {
				t.Errorf("%s: %v: %v", c.id, p.Principals, err)
			}
		}
		if a.Principal == fixture.ARN(c.who) {
			got, witness = a.Verdict, a.Paths[0].Action+" "+a.Paths[0].Witness
		}
	}
	if got != c.want {
		t.Errorf("%s: got %s (%s), want %s; truncated %v", c.id, got, witness, c.want, r.Limits.Truncated)
	}
}

// agrees checks that can says of a principal of the snapshot what its row of who-can
// says.
func agrees(t *testing.T, w *caseWorld, o query.Options, id string, r *query.Result, who string) {
	t.Helper()
	n, ok := w.graph.Find(who)
	if !ok || !w.graph.Node(n).Acts() {
		return
	}
	can, err := query.New(w.graph, o).Can(t.Context(), who, r.Question.Action, r.Question.Resource)
	if err != nil {
		t.Fatalf("%s: %v", id, err)
	}
	row := query.Answer{Verdict: query.VerdictDeny}
	if i := slices.IndexFunc(r.Answers, func(a query.Answer) bool { return a.Principal == who }); i >= 0 {
		row = r.Answers[i]
	}
	if can.Answers[0].Verdict != row.Verdict {
		t.Errorf("%s: can says %s, who-can %s", id, can.Answers[0].Verdict, row.Verdict)
	}
}

// What a question about what there is finds, one about what could exist finds, too
// (QRY-14).
func TestPatternsHaveWhatExistingHas(t *testing.T) {
	rows := 0
	orgs(t, 40, func(t *testing.T, g *graph.Graph) {
		for _, q := range questions {
			if !strings.Contains(q[1], "*") {
				continue
			}
			of := func(existing bool) map[string]query.Answer {
				out := map[string]query.Answer{}
				r, err := query.New(g, query.Options{View: query.ViewAll, Existing: existing}).WhoCan(t.Context(), q[0], q[1])
				if err != nil && !existing {
					t.Fatal(err)
				} else if err != nil {
					return nil // nothing there
				}
				for _, a := range r.Answers {
					out[a.Principal] = a
				}
				return out
			}
			could := of(false)
			for who, a := range of(true) {
				rows++
				b, ok := could[who]
				if !ok || a.Verdict == query.VerdictAllow && b.Verdict != query.VerdictAllow || b.Direct != a.Direct && a.Direct {
					t.Errorf("%v: %s has %s with what there is, and %q with what could be", q, who, a.Verdict, b.Verdict)
				}
			}
		}
	})
	if rows < 100 {
		t.Errorf("only %d rows", rows)
	}
}
