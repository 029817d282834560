package query_test

import (
	"slices"
	"testing"

	"accesspath/internal/fixture"
	"accesspath/query"
)

// TestComparedWithinSessions: what a session carries is compared with what else it
// carries, and what a call sets takes its permission, whatever else is chosen.
func TestComparedWithinSessions(t *testing.T) {
	const passes = "+[sts:AssumeRole,sts:TagSession]"
	const sets = "+[sts:AssumeRole,sts:SetSourceIdentity]"
	for _, c := range []struct{ id, world, who, action, resource, want string }{
		// a tag against a variable (SYM-20, SYM-21, CHAIN-11)
		{"tag/of-role", "tags(r): k=x\ntp(r): " + passes + " P=u\nid(r): +s3:GetObject@b/* ?{StringEquals aws:PrincipalTag/t=${aws:PrincipalTag/k}}", "u", "s3:GetObject", "b/x", "ALLOW_IF"},
		{"tag/both-passed", "tp(r): " + passes + " P=u\nid(r): +s3:GetObject@b/* ?{StringEquals aws:PrincipalTag/t=${aws:PrincipalTag/k}}", "u", "s3:GetObject", "b/x", "ALLOW_IF"},
		{"tag/one-pinned", "tp(r): " + passes + " P=u\nid(r): +s3:GetObject@b/* ?{StringEquals aws:PrincipalTag/t=${aws:PrincipalTag/k}; StringEquals aws:PrincipalTag/k=dev}", "u", "s3:GetObject", "b/x", "ALLOW_IF"},
		{"tag/with-prefix", "tags(r): k=x\ntp(r): " + passes + " P=u\nid(r): +s3:GetObject@b/* ?{StringLike aws:PrincipalTag/t=team-${aws:PrincipalTag/k}-*}", "u", "s3:GetObject", "b/x", "ALLOW_IF"},
		{"tag/in-trust", "tp(r): " + passes + " P=u\nid(r): +sts:*@*\ntp(r2): " + passes + " P=r ?{StringEquals aws:PrincipalTag/t=${aws:PrincipalTag/k}}\nid(r2): +s3:GetObject@b/x", "u", "s3:GetObject", "b/x", "ALLOW_IF"},
		{"tag/source-identity", "tp(r): +[sts:AssumeRole,sts:TagSession,sts:SetSourceIdentity] P=u\nid(r): +s3:GetObject@b/* ?{StringEquals aws:PrincipalTag/t=${aws:SourceIdentity}}", "u", "s3:GetObject", "b/x", "ALLOW_IF"},
		{"tag/not-passed", "tags(r): k=x\ntp(r): +sts:AssumeRole P=u\nid(r): +s3:GetObject@b/* ?{StringEquals aws:PrincipalTag/t=${aws:PrincipalTag/k}}", "u", "s3:GetObject", "b/x", "DENY"},
		{"tag/same-as-role", "tags(r): k=x t=x\ntp(r): +sts:AssumeRole P=u\nid(r): +s3:GetObject@b/* ?{StringEquals aws:PrincipalTag/t=${aws:PrincipalTag/k}}", "u", "s3:GetObject", "b/x", "ALLOW"},
		// a source identity that may not be set (STS-08), beside a tag that may be passed
		{"set/with-tag", "tp(r): " + passes + " P=u ?{DateLessThan aws:TokenIssueTime=2020-01-01T00:00:00Z} ; " + passes + " P=u ?{StringEquals sts:SourceIdentity=bob}\nid(r): +s3:GetObject@b/* ?{StringEquals aws:PrincipalTag/t=x}", "u", "s3:GetObject", "b/x", "DENY"},
		{"set/tag-beside", "tp(r): " + sets + " P=u ?{DateLessThan aws:TokenIssueTime=2020-01-01T00:00:00Z} ; " + sets + " P=u ?{StringEquals aws:RequestTag/t=x}\nid(r): +s3:GetObject@b/* ?{StringEquals aws:SourceIdentity=bob}", "u", "s3:GetObject", "b/x", "DENY"},
		{"set/tag-may-be", "tp(r): +sts:* P=u ?{StringEquals aws:RequestTag/t=x}\nid(r): +s3:GetObject@b/* ?{StringEquals aws:SourceIdentity=bob}", "u", "s3:GetObject", "b/x", "ALLOW_IF"},
		{"set/no-tag", "tp(r): " + sets + " P=u ?{Null aws:RequestTag/t=true}\nid(r): +s3:GetObject@b/* ?{StringEquals aws:SourceIdentity=bob}", "u", "s3:GetObject", "b/x", "ALLOW_IF"},
		{"set/for-tag", "tp(r): +sts:AssumeRole P=u ; +[sts:TagSession,sts:SetSourceIdentity] P=u ?{StringEquals sts:SourceIdentity=bob}\nid(r): +s3:GetObject@b/* ?{StringEquals aws:PrincipalTag/t=x}", "u", "s3:GetObject", "b/x", "ALLOW_IF"},
		{"set/for-tag-others-read", "tp(r): +sts:AssumeRole P=u ; +[sts:TagSession,sts:SetSourceIdentity] P=u ?{StringEquals sts:SourceIdentity=bob}\nid(r): +s3:GetObject@b/* ?{StringEquals aws:PrincipalTag/t=x} ; +sts:*@*\ntp(r1): +sts:* P=r\nid(r1): +s3:GetObject@b/* ?{StringEquals aws:SourceIdentity=eve}", "u", "s3:GetObject", "b/x", "ALLOW_IF"},
		{"set/tag-for-source", "tp(r): +sts:AssumeRole P=u ; +[sts:TagSession,sts:SetSourceIdentity] P=u ?{StringEquals aws:RequestTag/t=x}\nid(r): +s3:GetObject@b/* ?{StringEquals aws:SourceIdentity=bob}", "u", "s3:GetObject", "b/x", "ALLOW_IF"},
		// a source identity goes along with the call that was asked about (STS-08)
		{"along/denied", "tp(r1): " + sets + " P=u ?{StringEquals sts:SourceIdentity=bob}\nid(r1): +sts:AssumeRole@*\ntp(r2): +sts:AssumeRole P=r1", "u", "sts:AssumeRole", "r2", "DENY"},
		{"along/allowed", "tp(r1): " + sets + " P=u ?{StringEquals sts:SourceIdentity=bob}\nid(r1): +sts:*@*\ntp(r2): " + sets + " P=r1", "u", "sts:AssumeRole", "r2", "ALLOW"},
		{"along/without", "tp(r1): " + sets + " P=u\nid(r1): +sts:AssumeRole@*\ntp(r2): +sts:AssumeRole P=r1", "u", "sts:AssumeRole", "r2", "ALLOW"},
		{"along/asked", "tp(r1): " + sets + " P=u\nid(r1): +sts:*@*\ntp(r2): +sts:AssumeRole P=r1 ?{StringEquals aws:SourceIdentity=bob}", "u", "sts:AssumeRole", "r2", "DENY"},
		// a variable of a source identity that nobody may set (VAR-03, ARNM-12)
		{"variable/never-set", "tp(r1): +sts:AssumeRole P=u\nid(r1): +s3:*@b/${aws:SourceIdentity}", "u", "s3:GetObject", "b/bob", "DENY"},
		{"variable/may-be-set", "tp(r1): " + sets + " P=u\nid(r1): +s3:*@b/${aws:SourceIdentity}", "u", "s3:GetObject", "b/bob", "ALLOW_IF"},
		// what roles elsewhere read of their sessions is nothing to this one (SYM-12, SYM-13)
		{"class/elsewhere", "add: A:user/v\ntp(r): +sts:* P=A:user/v ?{Null aws:RequestTag/t=false}\nid(r): +s3:GetObject@b/x\ntp(r1): " + passes + " P=A\nid(r1): +s3:GetObject@b/x ?{StringEquals aws:PrincipalTag/t=x}", "A:user/v", "s3:GetObject", "b/x", "ALLOW"},
		{"class/here", "tp(r): +sts:* P=u ?{Null aws:RequestTag/t=false}\nid(r): +s3:GetObject@b/x ?{StringEquals aws:PrincipalTag/t=x}", "u", "s3:GetObject", "b/x", "ALLOW_IF"},
		{"class/of-variable", "id(r2): +sts:AssumeRole@*\ntp(r2): +[sts:AssumeRole,sts:TagSession,sts:SetSourceIdentity] P=B\ntp(q): +[sts:AssumeRole,sts:TagSession] P=A ?{StringEquals aws:RequestTag/t=${aws:PrincipalTag/t}}", "r2", "sts:AssumeRole", "q", "ALLOW_IF"},
		// somebody whose session nobody knows begins it when it is asked (STS-19)
		{"public/now", "id(r1): +sts:*@*\ntp(r1): +sts:AssumeRole P=*\ntp(q): +sts:* P=A\nrcp(A): -sts:AssumeRole@* ?{DateLessThan aws:TokenIssueTime=2020-01-01T00:00:00Z}", "*", "sts:AssumeRole", "q", "ALLOW"},
		{"anchor/has-source", "id(r): +s3:GetObject@* ?{Null aws:SourceIdentity=false}\nanchor(A): a1\nanyprofile(A p r): +*@*\ntp(r): +[sts:AssumeRole,sts:TagSession,sts:SetSourceIdentity] P=Service:rolesanywhere", "A:anchor/a1", "s3:GetObject", "b/y", "ALLOW"},
		// a test of what an issuer asserts is another than one of what callers choose (SYM-13)
		{"class/issuer", "id(r2): +s3:*@*\ntp(r2): +sts:* P=* ?{StringEquals sts:SourceIdentity=bob}\nanchor(A): a1\nanyprofile(A p r): +*@*\ntp(r): +[sts:AssumeRole,sts:TagSession,sts:SetSourceIdentity] P=Service:rolesanywhere", "A:anchor/a1", "s3:GetObject", "b/bob", "ALLOW_IF"},
	} {
		w := newCaseWorld(t, c.world)
		o := query.Options{View: query.ViewAll, MaxPaths: 8}
		resource := fixture.ARN(c.resource)
		r, err := query.New(w.graph, o).WhoCan(t.Context(), c.action, resource)
		if err != nil {
			t.Errorf("%s: %v", c.id, err)
			continue
		}
		agrees(t, w, o, c.id, r, fixture.ARN(c.who))
		for _, a := range r.Answers {
			for _, p := range a.Paths {
				if err := query.Check(w.graph, r.Question, p); err != nil {
					t.Errorf("%s: %v: %v", c.id, p.Principals, err)
				}
			}
		}
		got := query.VerdictDeny
		if i := slices.IndexFunc(r.Answers, func(a query.Answer) bool { return a.Principal == fixture.ARN(c.who) }); i >= 0 {
			got = r.Answers[i].Verdict
		}
		if got != c.want {
			t.Errorf("%s: got %s, want %s", c.id, got, c.want)
		}
	}
}
