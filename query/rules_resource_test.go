package query_test

import "testing"

// TestResourceSide: whom a resource's own side lets in, asked of who-can and of can.
func TestResourceSide(t *testing.T) {
	for _, c := range []questionCase{
		{"PRINC-17/saml", "rp(b): +s3:GetObject@b/* P=Federated:A:saml-provider/idp", "s3:GetObject", "b/x", "r", "ALLOW_IF"},
		{"PRINC-17/saml-elsewhere", "rp(bb): +s3:GetObject@bb/* P=Federated:B:saml-provider/idp\nid(r): +s3:*@*", "s3:GetObject", "bb/x", "r", "ALLOW_IF"},
		{"PRINC-17/oidc", "rp(b): +s3:GetObject@b/* P=Federated:A:oidc-provider/idp.example", "s3:GetObject", "b/x", "r", "DENY"},
		{"NAT-02/own", "bucket(x):\nid(u): +s3:*@*", "s3:GetObject", "x/k", "u", "ALLOW_IF"},
		{"NAT-02/either", "bucket(x):\nrp(x): +s3:*@* P=A\nid(u): +s3:*@*", "s3:GetObject", "x/k", "u", "ALLOW"},
		{"NAT-02/denied", "bucket(x):\nrp(x): -s3:*@* P=A\nid(u): +s3:*@*", "s3:GetObject", "x/k", "u", "DENY"},
		{"NAT-02/everybody", "bucket(x):\nrp(x): +s3:*@* P=*\nbpa(x): off", "s3:GetObject", "x/k", "u", "ALLOW_IF"},
		{"NAT-02/pattern", "bucket(x):\nid(u): +s3:*@*", "s3:GetObject", "x/*", "u", "ALLOW_IF"},
		{"NAT-02/actions", "bucket(x):\nid(u): +s3:Get*@*", "s3:*", "x/k", "u", "ALLOW_IF"},
	} {
		c.check(t)
	}
}
