package query_test

import (
	"strings"
	"testing"
)

// TestOutsidersKeys: somebody of an account that is not loaded may sign with long-term keys,
// which have no time of issue, or with those of a session, which has one; a role always has
// a session (CHAIN-21, CHAIN-36).
func TestOutsidersKeys(t *testing.T) {
	const (
		account, user, role = "account:888888888888", "arn:aws:iam::888888888888:user/x", "arn:aws:iam::888888888888:role/x"
		guest               = "arn:aws:sts::888888888888:federated-user/x"
		keys, session       = " ?{Null aws:TokenIssueTime=true}", " ?{Null aws:TokenIssueTime=false}"
		recent              = " ?{DateGreaterThan aws:TokenIssueTime=2020-01-01}"
		revoked             = " ; -s3:*@* P=* ?{DateLessThan aws:TokenIssueTime=2020-01-01}"
	)
	trusts := func(who, condition string) string {
		return "tp(r): +sts:AssumeRole P=" + strings.Replace(who, account, "arn:aws:iam::888888888888:root", 1) + condition + "\nid(r): +s3:GetObject@b/*"
	}
	lets := func(who, condition string) string {
		return "rp(b): +s3:GetObject@b/* P=" + strings.Replace(who, account, "arn:aws:iam::888888888888:root", 1) + condition
	}
	for _, c := range []questionCase{
		{"CHAIN-21/account", lets(account, keys), "s3:GetObject", "b/x", account, "ALLOW_IF"},
		{"CHAIN-21/user", lets(user, keys), "s3:GetObject", "b/x", user, "ALLOW_IF"},
		{"CHAIN-21/public", "rp(key): +kms:Decrypt@* P=AWS:*" + keys, "kms:Decrypt", "key", "*", "ALLOW_IF"},
		{"CHAIN-21/role", lets(role, keys), "s3:GetObject", "b/x", role, "DENY"},
		{"CHAIN-21/federated-user", lets(guest, keys), "s3:GetObject", "b/x", guest, "DENY"},
		{"CHAIN-21/session-of-account", lets(account, session), "s3:GetObject", "b/x", account, "ALLOW_IF"},
		{"CHAIN-21/session-of-public", lets("AWS:*", session), "s3:GetObject", "b/x", "*", "ALLOW"},
		{"CHAIN-21/recent", lets("AWS:*", recent), "s3:GetObject", "b/x", "*", "ALLOW"},
		{"CHAIN-21/long-ago", lets("AWS:*", " ?{DateLessThan aws:TokenIssueTime=2020-01-01}"), "s3:GetObject", "b/x", "*", "DENY"},
		{"STS-19/of-role", lets(role, revoked), "s3:GetObject", "b/x", role, "ALLOW_IF"},
		{"STS-19/keys", lets(user, keys+revoked), "s3:GetObject", "b/x", user, "ALLOW_IF"},
		{"CHAIN-21/both", lets(account, " ?{Null aws:TokenIssueTime=true, DateGreaterThan aws:TokenIssueTime=2020-01-01}"), "s3:GetObject", "b/x", account, "DENY"},
		{"CHAIN-21/kept-out", lets(account, keys+" ; -s3:*@* P=*"+keys), "s3:GetObject", "b/x", account, "DENY"},
		{"CHAIN-36/account", trusts(account, keys), "s3:GetObject", "b/x", account, "ALLOW_IF"},
		{"CHAIN-36/user", trusts(user, keys), "s3:GetObject", "b/x", user, "ALLOW_IF"},
		{"CHAIN-36/role", trusts(role, keys), "s3:GetObject", "b/x", role, "DENY"},
		{"CHAIN-36/next-hop", "tp(r): P=888888888888\ntp(r1): P=r" + keys + "\nadd: r1\nid(r1): +s3:GetObject@b/*", "s3:GetObject", "b/x", account, "DENY"},
		{"CHAIN-36/asked-account", trusts(account, keys), "sts:AssumeRole", "r", account, "ALLOW_IF"},
		{"CHAIN-36/asked-user", trusts(user, keys), "sts:AssumeRole", "r", user, "ALLOW_IF"},
		{"CHAIN-36/asked-role", trusts(role, keys), "sts:AssumeRole", "r", role, "DENY"},
	} {
		c.check(t)
	}
}
