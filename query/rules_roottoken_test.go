package query_test

import "testing"

// TestRootTokens: guardrails that mean root users by who they are do not mean the sessions of
// sts:GetFederationToken that these may get, unless they deny the call (STS-10, VAR-04).
func TestRootTokens(t *testing.T) {
	const byARN, token = " ?{ArnLike aws:PrincipalArn=arn:aws:iam::*:root}", " ?{ArnLike aws:PrincipalArn=arn:aws:sts::*:federated-user/*}"
	for _, c := range []questionCase{
		{"VAR-04/root-arn", "scp(A): -s3:*@*" + byARN, "s3:GetObject", "b/x", "A:root", "ALLOW"},
		{"VAR-04/root-type", "scp(A): -s3:*@* ?{StringEquals aws:PrincipalType=Account}", "s3:GetObject", "b/x", "A:root", "ALLOW"},
		{"VAR-04/root-userid", "scp(A): -s3:*@* ?{StringEquals aws:userid=111111111111}", "s3:GetObject", "b/x", "A:root", "ALLOW"},
		{"VAR-04/root-of-another", "scp(A): -s3:*@* ?{StringEquals aws:userid=222222222222}", "s3:GetObject", "b/x", "A:root", "ALLOW"},
		{"VAR-04/root-everything", "scp(A): -*@*" + byARN, "s3:GetObject", "b/x", "A:root", "DENY"},
		{"VAR-04/root-no-call", "scp(A): -[s3:*,sts:*]@*" + byARN, "s3:GetObject", "b/x", "A:root", "DENY"},
		{"VAR-04/root-and-sessions", "scp(A): -s3:*@*" + byARN + " ; -s3:*@*" + token, "s3:GetObject", "b/x", "A:root", "DENY"},
		{"VAR-04/root-and-all-others", "scp(A): -s3:*@* ?{ArnNotLike aws:PrincipalArn=arn:aws:iam::*:role/*}", "s3:GetObject", "b/x", "A:root", "DENY"},
		{"VAR-04/root-at-home-only", "scp(root): -s3:*@* ?{ArnLike aws:PrincipalArn=arn:aws:iam::*:root}\nrp(bb): +s3:GetObject@bb/* P=A", "s3:GetObject", "bb/x", "A:root", "ALLOW"},
		{"VAR-04/root-and-no-tag", "scp(A): -s3:*@*" + byARN + " ; -s3:*@* ?{Null aws:PrincipalTag/team=true}", "s3:GetObject", "b/x", "A:root", "ALLOW_IF"},
		{"VAR-04/root-may-not-tag", "scp(A): -s3:*@*" + byARN + " ; -sts:TagSession@*", "s3:GetObject", "b/x", "A:root", "ALLOW"},
		{"STS-10/root-and-iam", "scp(A): -iam:*@*" + byARN, "iam:CreateUser", "A:user/u", "A:root", "DENY"},
	} {
		c.check(t)
	}
}
