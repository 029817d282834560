package query_test

import "testing"

// TestComparedWithinSessions: what a session carries is compared with what else it
// carries, and what a call sets takes its permission, whatever else is chosen.
func TestComparedWithinSessions(t *testing.T) {
	const passes = "+[sts:AssumeRole,sts:TagSession]"
	const sets = "+[sts:AssumeRole,sts:SetSourceIdentity]"
	for _, c := range []questionCase{
		// a tag against a variable (SYM-20, SYM-21, CHAIN-11)
		{"tag/of-role", "tags(r): k=x\ntp(r): " + passes + " P=u\nid(r): +s3:GetObject@b/* ?{StringEquals aws:PrincipalTag/t=${aws:PrincipalTag/k}}", "s3:GetObject", "b/x", "u", "ALLOW_IF"},
		{"tag/both-passed", "tp(r): " + passes + " P=u\nid(r): +s3:GetObject@b/* ?{StringEquals aws:PrincipalTag/t=${aws:PrincipalTag/k}}", "s3:GetObject", "b/x", "u", "ALLOW_IF"},
		{"tag/one-pinned", "tp(r): " + passes + " P=u\nid(r): +s3:GetObject@b/* ?{StringEquals aws:PrincipalTag/t=${aws:PrincipalTag/k}, StringEquals aws:PrincipalTag/k=dev}", "s3:GetObject", "b/x", "u", "ALLOW_IF"},
		{"tag/with-prefix", "tags(r): k=x\ntp(r): " + passes + " P=u\nid(r): +s3:GetObject@b/* ?{StringLike aws:PrincipalTag/t=team-${aws:PrincipalTag/k}-*}", "s3:GetObject", "b/x", "u", "ALLOW_IF"},
		{"tag/escaped-star", "tags(r): k=x\ntp(r): " + passes + " P=u\nid(r): +s3:GetObject@b/* ?{StringLike aws:PrincipalTag/t=${*}${aws:PrincipalTag/k}}", "s3:GetObject", "b/x", "u", "ALLOW_IF"},
		{"tag/in-trust", "tp(r): " + passes + " P=u\nid(r): +sts:*@*\ntp(r2): " + passes + " P=r ?{StringEquals aws:PrincipalTag/t=${aws:PrincipalTag/k}}\nid(r2): +s3:GetObject@b/x", "s3:GetObject", "b/x", "u", "ALLOW_IF"},
		{"tag/source-identity", "tp(r): +[sts:AssumeRole,sts:TagSession,sts:SetSourceIdentity] P=u\nid(r): +s3:GetObject@b/* ?{StringEquals aws:PrincipalTag/t=${aws:SourceIdentity}}", "s3:GetObject", "b/x", "u", "ALLOW_IF"},
		{"tag/not-passed", "tags(r): k=x\ntp(r): +sts:AssumeRole P=u\nid(r): +s3:GetObject@b/* ?{StringEquals aws:PrincipalTag/t=${aws:PrincipalTag/k}}", "s3:GetObject", "b/x", "u", "DENY"},
		{"tag/same-as-role", "tags(r): k=x t=x\ntp(r): +sts:AssumeRole P=u\nid(r): +s3:GetObject@b/* ?{StringEquals aws:PrincipalTag/t=${aws:PrincipalTag/k}}", "s3:GetObject", "b/x", "u", "ALLOW"},
		// a source identity that may not be set (STS-08), beside a tag that may be passed
		{"set/with-tag", "tp(r): " + passes + " P=u ?{DateLessThan aws:TokenIssueTime=2020-01-01T00:00:00Z} ; " + passes + " P=u ?{StringEquals sts:SourceIdentity=bob}\nid(r): +s3:GetObject@b/* ?{StringEquals aws:PrincipalTag/t=x}", "s3:GetObject", "b/x", "u", "DENY"},
		{"set/tag-beside", "tp(r): " + sets + " P=u ?{DateLessThan aws:TokenIssueTime=2020-01-01T00:00:00Z} ; " + sets + " P=u ?{StringEquals aws:RequestTag/t=x}\nid(r): +s3:GetObject@b/* ?{StringEquals aws:SourceIdentity=bob}", "s3:GetObject", "b/x", "u", "DENY"},
		{"set/tag-may-be", "tp(r): +sts:* P=u ?{StringEquals aws:RequestTag/t=x}\nid(r): +s3:GetObject@b/* ?{StringEquals aws:SourceIdentity=bob}", "s3:GetObject", "b/x", "u", "ALLOW_IF"},
		{"set/no-tag", "tp(r): " + sets + " P=u ?{Null aws:RequestTag/t=true}\nid(r): +s3:GetObject@b/* ?{StringEquals aws:SourceIdentity=bob}", "s3:GetObject", "b/x", "u", "ALLOW_IF"},
		{"set/for-tag", "tp(r): +sts:AssumeRole P=u ; +[sts:TagSession,sts:SetSourceIdentity] P=u ?{StringEquals sts:SourceIdentity=bob}\nid(r): +s3:GetObject@b/* ?{StringEquals aws:PrincipalTag/t=x}", "s3:GetObject", "b/x", "u", "ALLOW_IF"},
		{"set/for-tag-others-read", "tp(r): +sts:AssumeRole P=u ; +[sts:TagSession,sts:SetSourceIdentity] P=u ?{StringEquals sts:SourceIdentity=bob}\nid(r): +s3:GetObject@b/* ?{StringEquals aws:PrincipalTag/t=x} ; +sts:*@*\ntp(r1): +sts:* P=r\nid(r1): +s3:GetObject@b/* ?{StringEquals aws:SourceIdentity=eve}", "s3:GetObject", "b/x", "u", "ALLOW_IF"},
		{"set/tag-for-source", "tp(r): +sts:AssumeRole P=u ; +[sts:TagSession,sts:SetSourceIdentity] P=u ?{StringEquals aws:RequestTag/t=x}\nid(r): +s3:GetObject@b/* ?{StringEquals aws:SourceIdentity=bob}", "s3:GetObject", "b/x", "u", "ALLOW_IF"},
		// a source identity goes along with the call that was asked about (STS-08)
		{"along/denied", "tp(r1): " + sets + " P=u ?{StringEquals sts:SourceIdentity=bob}\nid(r1): +sts:AssumeRole@*\ntp(r2): +sts:AssumeRole P=r1", "sts:AssumeRole", "r2", "u", "DENY"},
		{"along/allowed", "tp(r1): " + sets + " P=u ?{StringEquals sts:SourceIdentity=bob}\nid(r1): +sts:*@*\ntp(r2): " + sets + " P=r1", "sts:AssumeRole", "r2", "u", "ALLOW"},
		{"along/without", "tp(r1): " + sets + " P=u\nid(r1): +sts:AssumeRole@*\ntp(r2): +sts:AssumeRole P=r1", "sts:AssumeRole", "r2", "u", "ALLOW"},
		{"along/asked", "tp(r1): " + sets + " P=u\nid(r1): +sts:*@*\ntp(r2): +sts:AssumeRole P=r1 ?{StringEquals aws:SourceIdentity=bob}", "sts:AssumeRole", "r2", "u", "DENY"},
		// the same of each role that a pattern matches
		{"along/pattern-denied", "tp(r1): " + sets + " P=u ?{StringEquals sts:SourceIdentity=bob}\nid(r1): +sts:AssumeRole@*\ntp(r2): +sts:AssumeRole P=r1", "sts:AssumeRole", "arn:aws:iam::111111111111:role/r2*", "u", "DENY"},
		{"along/pattern-allowed", "tp(r1): " + sets + " P=u ?{StringEquals sts:SourceIdentity=bob}\nid(r1): +sts:*@*\ntp(r2): " + sets + " P=r1", "sts:AssumeRole", "arn:aws:iam::111111111111:role/r2*", "u", "ALLOW"},
		{"along/pattern-other", "tp(r1): " + sets + " P=u ?{StringEquals sts:SourceIdentity=bob}\nid(r1): +sts:*@*\ntp(r2): +sts:AssumeRole P=r1\ntp(A:role/r2b): " + sets + " P=r1", "sts:AssumeRole", "arn:aws:iam::111111111111:role/r2*", "u", "ALLOW"},
		// a variable of a source identity that nobody may set (VAR-03, ARNM-12)
		{"variable/never-set", "tp(r1): +sts:AssumeRole P=u\nid(r1): +s3:*@b/${aws:SourceIdentity}", "s3:GetObject", "b/bob", "u", "DENY"},
		{"variable/may-be-set", "tp(r1): " + sets + " P=u\nid(r1): +s3:*@b/${aws:SourceIdentity}", "s3:GetObject", "b/bob", "u", "ALLOW_IF"},
		// what roles elsewhere read of their sessions is nothing to this one (SYM-12, SYM-13)
		{"class/elsewhere", "add: A:user/v\ntp(r): +sts:* P=A:user/v ?{Null aws:RequestTag/t=false}\nid(r): +s3:GetObject@b/x\ntp(r1): " + passes + " P=A\nid(r1): +s3:GetObject@b/x ?{StringEquals aws:PrincipalTag/t=x}", "s3:GetObject", "b/x", "A:user/v", "ALLOW"},
		{"class/here", "tp(r): +sts:* P=u ?{Null aws:RequestTag/t=false}\nid(r): +s3:GetObject@b/x ?{StringEquals aws:PrincipalTag/t=x}", "s3:GetObject", "b/x", "u", "ALLOW_IF"},
		{"class/of-variable", "id(r2): +sts:AssumeRole@*\ntp(r2): +[sts:AssumeRole,sts:TagSession,sts:SetSourceIdentity] P=B\ntp(q): +[sts:AssumeRole,sts:TagSession] P=A ?{StringEquals aws:RequestTag/t=${aws:PrincipalTag/t}}", "sts:AssumeRole", "q", "r2", "ALLOW_IF"},
		// somebody whose session nobody knows begins it when it is asked (STS-19)
		{"public/now", "id(r1): +sts:*@*\ntp(r1): +sts:AssumeRole P=*\ntp(q): +sts:* P=A\nrcp(A): -sts:AssumeRole@* ?{DateLessThan aws:TokenIssueTime=2020-01-01T00:00:00Z}", "sts:AssumeRole", "q", "*", "ALLOW"},
		{"anchor/has-source", "id(r): +s3:GetObject@* ?{Null aws:SourceIdentity=false}\nanchor(A): a1\nanyprofile(A p r): +*@*\ntp(r): +[sts:AssumeRole,sts:TagSession,sts:SetSourceIdentity] P=Service:rolesanywhere", "s3:GetObject", "b/y", "A:anchor/a1", "ALLOW"},
		// a test of what an issuer asserts is another than one of what callers choose (SYM-13)
		{"class/issuer", "id(r2): +s3:*@*\ntp(r2): +sts:* P=* ?{StringEquals sts:SourceIdentity=bob}\nanchor(A): a1\nanyprofile(A p r): +*@*\ntp(r): +[sts:AssumeRole,sts:TagSession,sts:SetSourceIdentity] P=Service:rolesanywhere", "s3:GetObject", "b/bob", "A:anchor/a1", "ALLOW_IF"},
	} {
		c.check(t)
	}
}
