package query_test

import (
	"strings"
	"testing"

	"accesspath/graph"
	"accesspath/internal/fixture"
	"accesspath/query/assert"
)

// TestCompanions: what sts:TagSession and sts:SetSourceIdentity read of the caller's
// session is chosen on the hop before, as what sts:AssumeRole reads is (STS-06, STS-08,
// CHAIN-43).
func TestCompanions(t *testing.T) {
	const tagged = "\nrp(A:key/k): +*@* P=r2 ?{StringEquals aws:PrincipalTag/k=shop}"
	const sourced = "\nrp(A:key/k): +*@* P=r2 ?{StringEquals aws:SourceIdentity=bob}"
	const passes = "+[sts:AssumeRole,sts:TagSession]"
	for _, c := range []questionCase{
		{"tag/session", "tp(r): P=u\ntp(r2): +sts:AssumeRole P=r ; +sts:TagSession P=A:sess/r/n" + tagged, "kms:Decrypt", "A:key/k", "u", "ALLOW_IF"},
		{"tag/userid", "tp(r): P=u\ntp(r2): +sts:AssumeRole P=r ; +sts:TagSession P=r ?{StringLike aws:userid=*:n}" + tagged, "kms:Decrypt", "A:key/k", "u", "ALLOW_IF"},
		{"tag/another-tag", "tp(r): " + passes + " P=u ?{Null aws:RequestTag/k=true}\ntp(r2): +sts:AssumeRole P=r ; +sts:TagSession P=r ?{StringEquals aws:PrincipalTag/admin=yes}" + tagged, "kms:Decrypt", "A:key/k", "u", "ALLOW_IF"},
		{"tag/source", "tp(r): +[sts:AssumeRole,sts:SetSourceIdentity] P=u\ntp(r2): +[sts:AssumeRole,sts:SetSourceIdentity] P=r ; +sts:TagSession P=r ?{StringEquals aws:SourceIdentity=bob}" + tagged, "kms:Decrypt", "A:key/k", "u", "ALLOW_IF"},
		{"tag/mfa", "tp(r): P=u\ntp(r2): +sts:AssumeRole P=r ; +sts:TagSession P=r ?{Bool aws:MultiFactorAuthPresent=true}" + tagged, "kms:Decrypt", "A:key/k", "u", "ALLOW_IF"},
		{"tag/identity", "tp(r): " + passes + " P=u ?{Null aws:RequestTag/k=true}\nid(r): +sts:AssumeRole@* ; +sts:TagSession@* ?{StringEquals aws:PrincipalTag/admin=yes}\ntp(r2): " + passes + " P=A" + tagged, "kms:Decrypt", "A:key/k", "u", "ALLOW_IF"},
		{"tag/deny", "tp(r): P=u\nid(r): +sts:*@* ; -sts:TagSession@* ?{StringNotLike aws:userid=*:n}\ntp(r2): " + passes + " P=A" + tagged, "kms:Decrypt", "A:key/k", "u", "ALLOW_IF"},
		{"tag/itself", "tp(r): " + passes + " P=A:sess/r/n ; +sts:AssumeRole P=*\nrp(A:key/k): +*@* P=* ?{StringEquals aws:PrincipalTag/k=shop}", "kms:Decrypt", "A:key/k", "u", "ALLOW_IF"},
		{"both/of-one-caller", "tp(r): P=u\nid(r): +[sts:AssumeRole,sts:TagSession]@* ; +sts:SetSourceIdentity@* ?{StringLike aws:userid=*:n}\ntp(r2): +[sts:AssumeRole,sts:TagSession,sts:SetSourceIdentity] P=A\nrp(A:key/k): +*@* P=r2 ?{StringEquals aws:PrincipalTag/k=shop, StringEquals aws:SourceIdentity=bob}", "kms:Decrypt", "A:key/k", "u", "ALLOW_IF"},
		{"tag/of-another-role", "tp(r): P=u\ntp(r2): +sts:AssumeRole P=r ; +sts:TagSession P=A:sess/q/n" + tagged, "kms:Decrypt", "A:key/k", "u", "DENY"},
		{"tag/not-allowed", "tp(r): P=u\ntp(r2): +sts:AssumeRole P=r" + tagged, "kms:Decrypt", "A:key/k", "u", "DENY"},
		{"source/session", "tp(r): P=u\ntp(r2): +sts:AssumeRole P=r ; +sts:SetSourceIdentity P=A:sess/r/n" + sourced, "kms:Decrypt", "A:key/k", "u", "ALLOW_IF"},
		{"source/not-allowed", "tp(r): P=u\ntp(r2): +sts:AssumeRole P=r" + sourced, "kms:Decrypt", "A:key/k", "u", "DENY"},
	} {
		c.check(t)
	}
}

// TestServiceParameters: what a service gives on its call to STS is nothing that anybody
// chooses (FED-15, FED-17, VAR-06).
func TestServiceParameters(t *testing.T) {
	const reads = "\nid(r): +s3:GetObject@b/*"
	const anchor = "anchor(A): a1\nanyprofile(A p0 r):\ntp(r): +[sts:AssumeRole,sts:TagSession,sts:SetSourceIdentity] P=Service:rolesanywhere "
	const lambda = "compute(A:function/f): lambda r\ntp(r): +[sts:AssumeRole,sts:TagSession,sts:SetSourceIdentity] P=Service:lambda "
	const pod = "pod(A:pod/p): cl shop sa r\ntp(r): +[sts:AssumeRole,sts:TagSession] P=Service:pods.eks "
	const target = "pod(A:pod/p): cl shop sa r target=q\ntp(r): +[sts:AssumeRole,sts:TagSession] P=Service:pods.eks\nid(r): +[sts:AssumeRole,sts:TagSession]@*\nid(q): +s3:GetObject@bb/*\ntp(q): +[sts:AssumeRole,sts:TagSession] P=r "
	for _, c := range []questionCase{
		{"FED-17/source-identity", anchor + "?{StringEquals sts:SourceIdentity=CN=host}" + reads, "s3:GetObject", "b/x", "A:anchor/a1", "ALLOW_IF"},
		{"FED-17/tag", anchor + "?{StringEquals aws:RequestTag/x509Subject/CN=host}" + reads, "s3:GetObject", "b/x", "A:anchor/a1", "ALLOW_IF"},
		{"FED-17/nothing-asked", anchor + reads, "s3:GetObject", "b/x", "A:anchor/a1", "ALLOW"},
		{"FED-15/other-tag", pod + "?{StringEquals aws:RequestTag/team=shop}" + reads, "s3:GetObject", "b/x", "compute:A:pod/p", "DENY"},
		{"FED-15/its-tag", pod + "?{StringEquals aws:RequestTag/kubernetes-namespace=shop}" + reads, "s3:GetObject", "b/x", "compute:A:pod/p", "ALLOW"},
		{"FED-15/its-keys", pod + "?{ForAnyValue:StringEquals aws:TagKeys=kubernetes-namespace}" + reads, "s3:GetObject", "b/x", "compute:A:pod/p", "ALLOW"},
		{"FED-15/only-other-keys", pod + "?{ForAllValues:StringEquals aws:TagKeys=team}" + reads, "s3:GetObject", "b/x", "compute:A:pod/p", "DENY"},
		{"FED-15/target-request", target + "?{StringEquals aws:RequestTag/kubernetes-namespace=other}", "s3:GetObject", "bb/x", "compute:A:pod/p", "DENY"},
		{"FED-15/target-principal", target + "?{StringEquals aws:PrincipalTag/kubernetes-namespace=other}", "s3:GetObject", "bb/x", "compute:A:pod/p", "DENY"},
		{"FED-15/target-of-it", target + "?{StringEquals aws:PrincipalTag/kubernetes-namespace=shop}", "s3:GetObject", "bb/x", "compute:A:pod/p", "ALLOW_IF"}, // U-18
		{"VAR-06/function", lambda + "?{StringEquals sts:RoleSessionName=f}" + reads, "s3:GetObject", "b/x", "compute:A:function/f", "ALLOW"},
		{"VAR-06/other-function", lambda + "?{StringEquals sts:RoleSessionName=other}" + reads, "s3:GetObject", "b/x", "compute:A:function/f", "DENY"},
		{"CONV-03/source-identity", lambda + "?{StringEquals sts:SourceIdentity=bob}" + reads, "s3:GetObject", "b/x", "compute:A:function/f", "ALLOW_IF"},
		{"CONV-03/tag", lambda + "?{StringEquals aws:RequestTag/team=shop}" + reads, "s3:GetObject", "b/x", "compute:A:function/f", "ALLOW_IF"},
	} {
		c.check(t)
	}
}

// TestSignInFacts: who is signed in, and with which pool.
func TestSignInFacts(t *testing.T) {
	const cognito = "cognito-identity.amazonaws.com"
	guests := func(aud string) string {
		return "tp(r): +sts:AssumeRoleWithWebIdentity P=Federated:" + cognito + " ?{StringLike " + cognito + ":aud=" + aud + ", ForAnyValue:StringLike " + cognito + ":amr=unauthenticated}\nid(r): +s3:GetObject@b/*"
	}
	const ops = "A:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Ops_0123456789abcdef"
	const center = "add: " + ops + "\ntp(" + ops + "): +[sts:AssumeRoleWithSAML,sts:TagSession] P=Federated:A:saml-provider/AWSSSO_x_DO_NOT_DELETE\nid(" + ops + "): +s3:PutObject@b/*\nassign(A Ops): user:U1\nidcuser(U1): alice\n"
	const web = "tp(r): +sts:AssumeRoleWithWebIdentity P=Federated:A:oidc-provider/idp.example.com "
	const reads = "\nid(r): +s3:GetObject@b/* "
	for _, c := range []questionCase{
		{"FED-11/region", guests("us-east-1:*"), "s3:GetObject", "b/x", cognito + ":guests", "ALLOW"},
		{"FED-11/other-region", guests("eu-west-1:*"), "s3:GetObject", "b/x", cognito + ":guests", "ALLOW"},
		{"FED-13/pool", guests("us-east-1:00000000-0000-0000-0000-000000000001"), "s3:GetObject", "b/x", cognito + ":guests", "ALLOW_IF"},
		{"IDC-06/role-itself", center + "rp(b): +s3:GetObject@b/* P=" + ops + " ?{StringEquals identitystore:UserId=U1}", "s3:GetObject", "b/x", ops, "ALLOW_IF"},
		{"IDC-06/role-itself-denied", center + "rp(b): +s3:GetObject@b/* P=" + ops + " ; -s3:GetObject@b/* P=* ?{StringEquals identitystore:UserId=U1}", "s3:GetObject", "b/x", ops, "ALLOW_IF"},
		{"VAR-06/unnamed-person", strings.Replace(center, "idcuser(U1): alice\n", "", 1) + "rp(b): +s3:GetObject@b/* P=" + ops + " ?{StringLike aws:userid=*:alice@example.com}", "s3:GetObject", "b/x", "idc-user:U1", "ALLOW_IF"},
		{"STS-07/attribute", center + "add: r1\ntp(r1): P=" + ops + "\nid(r1): +s3:GetObject@b/* ?{StringEquals aws:PrincipalTag/k=shop}", "s3:GetObject", "b/x", "idc-user:alice", "ALLOW_IF"},
		{"EVAL-31/signs-nothing", "tp(r): P=*\nrp(b): +s3:GetObject@b/* P=* ?{StringNotEquals aws:PrincipalArn=arn:aws:iam::A:user/u} ; -s3:*@* P=r", "s3:GetObject", "b/x", "*", "ALLOW"},
		{"FED-06/another-issuer", web + reads + "?{StringEquals other.example.com:sub=bob}", "s3:GetObject", "b/x", oidcNode, "DENY"},
		{"FED-06/its-issuer", web + reads + "?{StringEquals idp.example.com:sub=bob}", "s3:GetObject", "b/x", oidcNode, "ALLOW_IF"},
		{"FED-06/saml", web + reads + "?{StringEquals saml:sub=alice}", "s3:GetObject", "b/x", oidcNode, "DENY"},
		{"FED-20/two-people", web + "?{StringEquals idp.example.com:sub=alice}" + reads + "?{StringEquals idp.example.com:sub=bob}", "s3:GetObject", "b/x", oidcNode, "DENY"},
		{"FED-20/one-person", web + "?{StringEquals idp.example.com:sub=alice}" + reads + "?{StringLike idp.example.com:sub=a*}", "s3:GetObject", "b/x", oidcNode, "ALLOW_IF"},
		{"CHAIN-22/another-provider", web + reads + "?{StringEquals aws:FederatedProvider=accounts.google.com}", "s3:GetObject", "b/x", oidcNode, "DENY"},
		{"CKEY-14/token", "add: A:user/v\nid(A:user/v): +sts:GetFederationToken@*\nrp(A:queue/w): +*@* P=A:federated-user/Bob\nrp(b): +s3:GetObject@b/* P=* ?{StringEquals aws:SourceIdentity=bob}", "s3:GetObject", "b/x", "A:user/v", "DENY"},
		{"IDC-06/another-role", "rp(b): +s3:GetObject@b/* P=r ?{StringEquals identitystore:UserId=U1}", "s3:GetObject", "b/x", "r", "DENY"},
	} {
		c.check(t)
	}
}

// TestCheckOfSessions: sessions under session policies are sessions of the role; Identity
// Center is the organization's; and who is not loaded may lack MFA.
func TestCheckOfSessions(t *testing.T) {
	const cognito = "cognito-identity.amazonaws.com"
	const ops = "A:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Ops_0123456789abcdef"
	reads := assert.Check{Action: "s3:GetObject", Resource: "arn:aws:s3:::b/x", MaxHops: -1}
	with := func(change func(*assert.Check)) assert.Check {
		c := reads
		change(&c)
		return c
	}
	mfa := with(func(c *assert.Check) { c.MFA = true })
	toRole := func(never string) assert.Check {
		return assert.Check{To: "arn:aws:iam::111111111111:role/r", Never: []string{never}, MaxHops: -1}
	}
	for _, c := range []struct {
		name, world string
		check       assert.Check
		want        string
	}{
		{"to/anchor", "anchor(A): a1\nanyprofile(A p r): +s3:*@*\ntp(r): +[sts:AssumeRole,sts:TagSession,sts:SetSourceIdentity] P=Service:rolesanywhere", toRole("arn:aws:rolesanywhere:us-east-1:111111111111:trust-anchor/a1"), assert.Failed},
		{"to/guests", "pool(A): us-east-1:p guests noclassic\ntp(r): +sts:AssumeRoleWithWebIdentity P=Federated:" + cognito + " ?{StringEquals " + cognito + ":aud=us-east-1:p}", toRole(cognito + ":guests"), assert.Failed},
		{"only/nobody-is-a-guest", "pool(A): us-east-1:p noguests classic\ntp(r): +sts:AssumeRoleWithWebIdentity P=Federated:" + cognito + " ?{StringEquals " + cognito + ":aud=us-east-1:p}\nid(r): +s3:GetObject@b/*", with(func(c *assert.Check) { c.Only = []string{cognito, "arn:aws:iam::111111111111:root"} }), assert.Passed},
		{"inside/center", "add: " + ops + "\ntp(" + ops + "): +[sts:AssumeRoleWithSAML,sts:TagSession] P=Federated:A:saml-provider/AWSSSO_x_DO_NOT_DELETE\nid(" + ops + "): +s3:GetObject@b/*\nassign(A Ops): user:U1\nidcuser(U1): alice", with(func(c *assert.Check) { c.Inside = true }), assert.Passed},
		{"mfa/everyone", "rp(b): +s3:GetObject@b/* P=* ?{Bool aws:MultiFactorAuthPresent=true}", mfa, assert.Passed},
		{"mfa/age", "rp(b): +s3:GetObject@b/* P=* ?{NumericLessThan aws:MultiFactorAuthAge=3600}", mfa, assert.Passed},
		{"mfa/denied-without", "rp(b): +s3:GetObject@b/* P=* ; -s3:*@b/* P=* ?{BoolIfExists aws:MultiFactorAuthPresent=false}", mfa, assert.Passed},
		{"mfa/account", "unload: C\nrp(b): +s3:GetObject@b/* P=C ?{Bool aws:MultiFactorAuthPresent=true}", mfa, assert.Passed},
		{"mfa/not-asked", "rp(b): +s3:GetObject@b/* P=*", mfa, assert.Failed},
	} {
		w := newCaseWorld(t, c.world)
		c.check.Name = c.name
		r, err := assert.Run(t.Context(), w.graph, &assert.File{Checks: []assert.Check{c.check}}, assert.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if got := r.Checks[0]; got.Status != c.want {
			t.Errorf("%s: %v, want %v (%v %v)", c.name, got.Status, c.want, got.Violations, got.Undecided)
		}
	}
}

// TestTokenSessions: sessions of sts:GetFederationToken are another principal than their
// user, and what tests who the caller is may let them do more (STS-10, VAR-04, PRINC-08).
func TestTokenSessions(t *testing.T) {
	const user = "id(u): +sts:GetFederationToken@* ; +s3:GetObject@b/*\n"
	for _, c := range []questionCase{
		{"VAR-04/username", user + "rp(b): -s3:GetObject@b/* P=* ?{StringEquals aws:username=u}", "s3:GetObject", "b/x", "u", "ALLOW"},
		{"VAR-04/another-user", user + "rp(b): -s3:GetObject@b/* P=* ?{StringEquals aws:username=v}", "s3:GetObject", "b/x", "u", "ALLOW"},
		{"VAR-04/allowed-to-others", "id(u): +sts:GetFederationToken@* ; +s3:GetObject@b/* ?{StringNotEquals aws:username=u}", "s3:GetObject", "b/x", "u", "ALLOW"},
		{"STS-10/may-not-ask", "id(u): +s3:GetObject@b/*\nrp(b): -s3:GetObject@b/* P=* ?{StringEquals aws:username=u}", "s3:GetObject", "b/x", "u", "DENY"},
		{"STS-10/arn", user + "rp(b): -s3:GetObject@b/* P=* ?{ArnEquals aws:PrincipalArn=arn:aws:iam::A:user/u}", "s3:GetObject", "b/x", "u", "ALLOW"},
		{"STS-10/guardrail", user + "scp(A): -s3:GetObject@* ?{ArnLike aws:PrincipalArn=arn:aws:iam::*:user/*}", "s3:GetObject", "b/x", "u", "ALLOW"},
		{"STS-10/guardrail-for-all", user + "scp(A): -s3:GetObject@* ?{ArnNotLike aws:PrincipalArn=arn:aws:iam::*:role/ops}", "s3:GetObject", "b/x", "u", "DENY"},
		{"STS-10/type", "id(u): +sts:GetFederationToken@* ; +s3:GetObject@b/* ?{StringEquals aws:PrincipalType=FederatedUser}", "s3:GetObject", "b/x", "u", "ALLOW"},
		{"PRINC-08/userid", "id(u): +sts:GetFederationToken@*\nrp(b): +s3:GetObject@b/* P=* ?{StringEquals aws:userid=111111111111:Bob}", "s3:GetObject", "b/x", "u", "ALLOW"},
		{"PRINC-08/any-account", "id(u): +sts:GetFederationToken@*\nrp(b): +s3:GetObject@b/* P=* ?{ArnLike aws:PrincipalArn=arn:aws:sts::*:federated-user/ops}", "s3:GetObject", "b/x", "u", "ALLOW"},
		{"PRINC-08/one-denied", "id(u): +sts:GetFederationToken@*\nrp(b): +s3:GetObject@b/* P=* ?{ArnLike aws:PrincipalArn=arn:aws:sts::A:federated-user/*} ; -s3:GetObject@b/* P=A:federated-user/x", "s3:GetObject", "b/x", "u", "ALLOW"},
		{"PRINC-08/service", "id(u): +sts:GetFederationToken@*\nrp(b): +s3:GetObject@b/* P=* ?{ArnLike aws:PrincipalArn=arn:aws:sts::A:*}", "s3:GetObject", "b/x", "u", "ALLOW"},
		{"PRINC-08/kind", "id(u): +sts:GetFederationToken@*\nrp(b): +s3:GetObject@b/* P=* ?{ArnLike aws:PrincipalArn=arn:aws:sts::A:f*}", "s3:GetObject", "b/x", "u", "ALLOW"},
		{"PRINC-08/any-start", "id(u): +sts:GetFederationToken@*\nrp(b): +s3:GetObject@b/* P=* ?{StringLike aws:PrincipalArn=*:federated-user/bob}", "s3:GetObject", "b/x", "u", "ALLOW"},
		{"PRINC-08/any-region", "id(u): +sts:GetFederationToken@*\nrp(b): +s3:GetObject@b/* P=* ?{StringLike aws:PrincipalArn=arn:aws:*:*:A:federated-user/bob}", "s3:GetObject", "b/x", "u", "ALLOW"},
		{"PRINC-08/any-partition", "id(u): +sts:GetFederationToken@*\nrp(b): +s3:GetObject@b/* P=* ?{StringLike aws:PrincipalArn=arn:*:sts::A:federated-user/bob}", "s3:GetObject", "b/x", "u", "ALLOW"},
		{"PRINC-08/any-userid", "id(u): +sts:GetFederationToken@*\nrp(b): +s3:GetObject@b/* P=* ?{StringLike aws:userid=*:bob}", "s3:GetObject", "b/x", "u", "ALLOW"},
		{"PRINC-08/some-userid", "id(u): +sts:GetFederationToken@*\nrp(b): +s3:GetObject@b/* P=* ?{StringLike aws:userid=11111111111?:bob}", "s3:GetObject", "b/x", "u", "ALLOW"},
		{"PRINC-08/all-denied", user + "rp(b): -s3:GetObject@b/* P=* ?{StringEquals aws:username=u} ; -s3:GetObject@b/* P=* ?{ArnLike aws:PrincipalArn=arn:aws:sts::A:federated-user/*}", "s3:GetObject", "b/x", "u", "DENY"},
	} {
		c.check(t)
	}
}

// TestTokenTags: tags that are passed for a session of sts:GetFederationToken take the place
// of its user's, and passing them takes sts:TagSession (STS-06, STS-10, SYM-20).
func TestTokenTags(t *testing.T) {
	const (
		token = "id(u): +sts:GetFederationToken@* ; +sts:TagSession@* ; "
		a     = " ?{StringEquals aws:PrincipalTag/team=a}"
	)
	for _, c := range []questionCase{
		{"STS-10/tag-of-choice", token + "+s3:GetObject@b/*" + a, "s3:GetObject", "b/x", "u", "ALLOW_IF"},
		{"STS-06/may-not-tag", "id(u): +sts:GetFederationToken@* ; +s3:GetObject@b/*" + a, "s3:GetObject", "b/x", "u", "DENY"},
		{"STS-06/may-not-tag-so", "id(u): +sts:GetFederationToken@* ; +sts:TagSession@* ?{StringEquals aws:RequestTag/team=b} ; +s3:GetObject@b/*" + a, "s3:GetObject", "b/x", "u", "DENY"},
		{"STS-06/may-not-pass", "id(u): +sts:GetFederationToken@* ?{Null aws:TagKeys=true} ; +sts:TagSession@* ; +s3:GetObject@b/*" + a, "s3:GetObject", "b/x", "u", "DENY"},
		{"STS-06/has-to-pass", "id(u): +sts:GetFederationToken@* ?{StringEquals aws:RequestTag/team=b}\nrp(b): +s3:GetObject@b/* P=A:federated-user/Bob", "s3:GetObject", "b/x", "u", "DENY"},
		{"STS-06/asked-itself", "id(u): +sts:GetFederationToken@* ?{StringEquals aws:RequestTag/team=b}", "sts:GetFederationToken", "A:federated-user/Bob", "u", "DENY"},
		{"STS-10/user's-own-tag", "tags(u): team=a\nid(u): +sts:GetFederationToken@*\nrp(b): +s3:GetObject@b/* P=A:federated-user/Bob" + a, "s3:GetObject", "b/x", "u", "ALLOW"},
		{"STS-10/own-tag-replaced", "tags(u): Team=a\n" + token + "+s3:*@* ; -s3:*@*" + a, "s3:GetObject", "b/x", "u", "ALLOW_IF"},
		{"STS-10/named-and-tagged", token + "+s3:PutObject@b/*\nrp(b): +s3:GetObject@b/* P=A:federated-user/Bob" + a, "s3:GetObject", "b/x", "u", "ALLOW_IF"},
		{"STS-10/tag-in-resource", token + "+s3:GetObject@b/${aws:PrincipalTag/team}/*", "s3:GetObject", "b/a/x", "u", "ALLOW_IF"},
		{"SYM-09/two-values", token + "+s3:GetObject@b/* ; -s3:*@* ?{StringNotEquals aws:PrincipalTag/team=a}\nrp(b): -s3:*@* P=*" + a, "s3:GetObject", "b/x", "u", "DENY"},
		{"STS-10/tag-at-access-point", token + "+s3:GetObject@*\npoint(b A:accesspoint/ap): -s3:GetObject@* P=* ?{StringNotEquals aws:PrincipalTag/team=a}", "s3:GetObject", "arn:aws:s3:us-east-1:111111111111:accesspoint/ap/object/x", "u", "ALLOW_IF"},
		{"STS-10/no-token-of-a-role", "tp(r): P=u\nid(r): +sts:*@* ; +s3:GetObject@b/*" + a, "s3:GetObject", "b/x", "r", "DENY"},
	} {
		c.check(t)
	}
}

// TestRootTokenTags: root users have no tags of their own, may ask for sessions of
// sts:GetFederationToken without any permission, and pass tags for them (STS-06, STS-10,
// PRINC-06).
func TestRootTokenTags(t *testing.T) {
	const (
		a       = " ?{StringEquals aws:PrincipalTag/team=a}"
		spares  = "-s3:*@* P=* ?{StringNotEquals aws:PrincipalTag/team=a}"
		grants  = "rp(bb): +s3:GetObject@bb/* P=A" + a
		noToken = "\nscp(A): -sts:GetFederationToken@*"
		noTag   = "\nscp(A): -sts:TagSession@*"
	)
	for _, c := range []questionCase{
		{"STS-10/root-spared", "rp(b): " + spares, "s3:GetObject", "b/x", "A:root", "ALLOW_IF"},
		{"STS-10/root-spared-by-null", "rp(b): -s3:*@* P=* ?{Null aws:PrincipalTag/team=true}", "s3:GetObject", "b/x", "A:root", "ALLOW_IF"},
		{"STS-10/root-spared-by-guardrail", "scp(A): -s3:*@* ?{StringNotLike aws:PrincipalTag/team=a*}", "s3:GetObject", "b/x", "A:root", "ALLOW_IF"},
		{"STS-10/root-spared-on-resources", "rcp(A): -s3:*@* ?{StringNotEqualsIfExists aws:PrincipalTag/team=a}", "s3:GetObject", "b/x", "A:root", "ALLOW_IF"},
		{"STS-10/root-of-another", grants, "s3:GetObject", "bb/x", "A:root", "ALLOW_IF"},
		{"STS-10/root-of-any", "rp(bb): +s3:GetObject@bb/* P=AWS:*" + a, "s3:GetObject", "bb/x", "C:root", "ALLOW_IF"},
		{"STS-10/root-not-named", grants, "s3:GetObject", "bb/x", "C:root", "DENY"},
		{"STS-10/root-by-variable", "rp(bb): +s3:GetObject@bb/${aws:PrincipalTag/team}/* P=A", "s3:GetObject", "bb/a/x", "A:root", "ALLOW_IF"},
		{"STS-10/root-by-value", "rp(bb): +s3:GetObject@bb/* P=A ?{StringEquals aws:PrincipalTag/team=${aws:PrincipalAccount}}", "s3:GetObject", "bb/x", "A:root", "ALLOW_IF"},
		{"STS-10/root-by-access-point", "point(b A:accesspoint/ap): " + strings.ReplaceAll(spares, "s3:*@*", "s3:GetObject@*"), "s3:GetObject", "arn:aws:s3:us-east-1:111111111111:accesspoint/ap/object/x", "A:root", "ALLOW_IF"},
		{"STS-10/root-and-key", "rp(key): +kms:Decrypt@* P=A" + a, "kms:Decrypt", "key", "A:root", "ALLOW_IF"},
		{"STS-10/root-granted", "grant(key): B:root Decrypt\nrp(key): +kms:*@* P=A ; -kms:Decrypt@* P=* ?{Null aws:PrincipalTag/team=true}", "kms:Decrypt", "key", "B:root", "ALLOW_IF"},
		{"STS-10/root-beside-user", "id(u): +sts:GetFederationToken@* ; +s3:*@*\nrp(b): " + spares, "s3:GetObject", "b/x", "u", "DENY"},
		{"STS-10/root-named", "rp(bb): +s3:GetObject@bb/* P=A:federated-user/Bob" + a, "s3:GetObject", "bb/x", "A:root", "ALLOW_IF"},
		{"STS-06/root-may-not-ask", grants + noToken, "s3:GetObject", "bb/x", "A:root", "DENY"},
		{"STS-06/root-may-not-tag", grants + noTag, "s3:GetObject", "bb/x", "A:root", "DENY"},
		{"STS-06/root-may-not-tag-so", grants + noTag + " ?{StringNotEquals aws:RequestTag/team=b}", "s3:GetObject", "bb/x", "A:root", "DENY"},
		{"STS-06/root-may-tag-so", grants + noTag + " ?{StringNotEquals aws:RequestTag/team=a}", "s3:GetObject", "bb/x", "A:root", "ALLOW_IF"},
		{"SYM-09/root-two-values", "rp(b): " + spares + " ; -s3:*@* P=*" + a, "s3:GetObject", "b/x", "A:root", "DENY"},
		{"ROOT-04/no-root", "root(A): removed\n" + grants, "s3:GetObject", "bb/x", "A:root", "DENY"},
		{"NAT-02/root-owns", "scp(A): -s3:Put*@* ?{Null aws:PrincipalTag/team=true}", "s3:GetObject", "arn:aws:s3:::other/x", "A:root", "ALLOW_IF"},
		{"NAT-02/root-of-existing", "rp(b): " + spares, "EXISTING s3:GetObject", "arn:aws:s3:::b*/x", "A:root", "ALLOW_IF"},
		{"STS-10/root-calls-no-iam", "scp(A): -iam:*@* ?{Null aws:PrincipalTag/team=true}", "iam:CreateUser", "A:user/u", "A:root", "DENY"},
	} {
		c.check(t)
	}
}

// TestRootTokenSessions: sessions of sts:GetFederationToken are another principal than the
// root user who asks for them, and what tests who the caller is may let them do more
// (STS-10, VAR-04, PRINC-08).
func TestRootTokenSessions(t *testing.T) {
	const spares = "rp(b): -s3:*@* P=* "
	for _, c := range []questionCase{
		{"VAR-04/root-type", "rp(bb): +s3:GetObject@bb/* P=A ?{StringEquals aws:PrincipalType=FederatedUser}", "s3:GetObject", "bb/x", "A:root", "ALLOW"},
		{"VAR-04/root-other-type", spares + "?{StringEquals aws:PrincipalType=Account}", "s3:GetObject", "b/x", "A:root", "ALLOW"},
		{"VAR-04/root-arn", spares + "?{ArnEquals aws:PrincipalArn=arn:aws:iam::A:root}", "s3:GetObject", "b/x", "A:root", "ALLOW"},
		{"VAR-04/root-arn-of-all", spares + "?{ArnLike aws:PrincipalArn=arn:aws:iam::*:root}", "s3:GetObject", "b/x", "A:root", "ALLOW"},
		{"VAR-04/root-userid", spares + "?{StringEquals aws:userid=111111111111}", "s3:GetObject", "b/x", "A:root", "ALLOW"},
		{"VAR-04/root-username", spares + "?{Null aws:username=true}", "s3:GetObject", "b/x", "A:root", "DENY"},
		{"VAR-04/only-root", spares + "?{ArnNotEquals aws:PrincipalArn=arn:aws:iam::A:user/u}", "s3:GetObject", "b/x", "A:root", "DENY"},
		{"PRINC-08/root-of-any-name", "rp(bb): +s3:GetObject@bb/* P=A ?{ArnLike aws:PrincipalArn=arn:aws:sts::*:federated-user/*}", "s3:GetObject", "bb/x", "A:root", "ALLOW"},
		{"PRINC-08/root-of-a-name", "rp(bb): +s3:GetObject@bb/* P=A ?{StringLike aws:userid=*:ops*}", "s3:GetObject", "bb/x", "A:root", "ALLOW"},
		{"STS-10/root-guardrail", "scp(A): -s3:*@* ?{ArnLike aws:PrincipalArn=arn:aws:iam::*:root}", "s3:GetObject", "b/x", "A:root", "ALLOW"},
		{"STS-10/root-denied-all", "scp(A): -*@* ?{ArnLike aws:PrincipalArn=arn:aws:iam::*:root}", "s3:GetObject", "b/x", "A:root", "DENY"},
		{"STS-10/root-denied-sessions", spares + "?{ArnLike aws:PrincipalArn=arn:aws:iam::*:root}\nscp(A): -sts:GetFederationToken@*", "s3:GetObject", "b/x", "A:root", "DENY"},
		{"STS-10/root-of-another", "rp(bb): +s3:GetObject@bb/* P=A ?{StringEquals aws:PrincipalType=FederatedUser}", "s3:GetObject", "bb/x", "C:root", "DENY"},
		{"ROOT-04/root-removed", "root(A): removed\nrp(bb): +s3:GetObject@bb/* P=A ?{StringEquals aws:PrincipalType=FederatedUser}", "s3:GetObject", "bb/x", "A:root", "DENY"},
	} {
		c.check(t)
	}
}

// TestTokensOfOthers: what tells the sessions of sts:GetFederationToken of one account
// apart makes none in another (STS-10).
func TestTokensOfOthers(t *testing.T) {
	const own, more = "id(u): +sts:GetFederationToken@*", "\nid(B:user/x): +sts:GetFederationToken@*"
	for _, c := range []struct{ name, world, want string }{
		{"identity policy", own + more + " ?{StringLike aws:userid=*:ops}", "B:federated-user/ops"},
		{"guardrail", own + more + "\nscp(B): -s3:*@* ?{StringEquals aws:username=x}", "B:federated-user/accesspath"},
		{"resource for its account", own + more + "\nrp(bb): +s3:*@* P=B ?{StringLike aws:userid=*:ops}", "B:federated-user/ops"},
		{"resource for another", own + more + "\nrp(bb): +s3:*@* P=A ?{StringLike aws:userid=*:ops}", "A:federated-user/ops B:federated-user/ops"},
		{"denials to those who are let in", own + more + "\nrp(bb): -s3:*@* P=* ?{ArnLike aws:PrincipalArn=arn:aws:sts::*:federated-user/ops} ; +s3:*@* P=B:user/x", "B:federated-user/ops"},
	} {
		var got []string
		w := newCaseWorld(t, c.world)
		for i := range w.graph.Len() {
			if n := w.graph.Node(graph.NodeID(i)); n.Kind == graph.KindFederatedUser {
				got = append(got, fixture.Short(n.ID))
			}
		}
		if list := strings.Join(got, " "); list != c.want {
			t.Errorf("%s: sessions %q, want %q", c.name, list, c.want)
		}
	}
}

// TestClashingWays: where the shortest way asks a provider for what does not go together,
// another is found (SYM-07, SYM-09, CHAIN-20).
func TestClashingWays(t *testing.T) {
	const web = "+sts:AssumeRoleWithWebIdentity P=Federated:A:oidc-provider/idp.example.com ?{StringEquals idp.example.com:sub=alice}"
	for _, c := range []questionCase{
		{"CHAIN-20/further-role", "tp(r): " + web + "\ntp(r2): +sts:AssumeRole P=r\ntp(r1): +sts:AssumeRole P=r ?{StringEquals idp.example.com:sub=bob} ; +sts:AssumeRole P=r2\nrp(b): +s3:GetObject@b/* P=r1", "s3:GetObject", "b/x", oidcNode, "ALLOW_IF"},
		{"CHAIN-20/by-another-role", "id(r1): +s3:*@* ?{StringNotEquals idp.example.com:sub=alice}\ntp(r1): " + web + " ; +sts:AssumeRole P=r2\ntp(r2): " + web, "s3:GetObject", "b/x", oidcNode, "ALLOW_IF"},
		{"CHAIN-20/no-other-way", "tp(r): " + web + "\ntp(r1): +sts:AssumeRole P=r ?{StringEquals idp.example.com:sub=bob}\nrp(b): +s3:GetObject@b/* P=r1", "s3:GetObject", "b/x", oidcNode, "DENY"},
	} {
		c.check(t)
	}
}
