package query_test

import (
	"strings"
	"testing"
)

// requestCases follow rules of sections 2 and 3 of which an answer shows that
// every part keeps to them.
func requestCases() []microCase {
	return []microCase{
		{id: "PRINC-16", world: `
			tp(r): +sts:AssumeRoleWithWebIdentity P=[Federated:accounts.google.com,Federated:www.amazon.com]
			id(r): +s3:GetObject@b/*`,
			ask: `
			who: s3:GetObject b/x -> accounts.google.com not DENY
			who: s3:GetObject b/x -> www.amazon.com not DENY
			who: s3:GetObject b/x -> graph.facebook.com nobody`},
		{id: "ARNM-01", world: `id(u): +lambda:InvokeFunction@arn:aws:lambda:us-east-1:A:function:f:*`,
			ask: `
			u lambda:InvokeFunction A:function/f:prod -> ALLOW
			u lambda:InvokeFunction A:function/f -> DENY(implicit:identity)
			u lambda:InvokeFunction A:function/g:prod -> DENY(implicit:identity)`},
		{id: "GRAM-04", world: `
			tags(u): level=10 on=true ratio=1000000
			raw(u): {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*","Condition":{"StringEquals":{"aws:PrincipalTag/level":10,"aws:PrincipalTag/on":true,"aws:PrincipalTag/ratio":1e6}}},{"Effect":"Allow","Action":"s3:PutObject","Resource":"*","Condition":{"StringEquals":{"aws:PrincipalTag/level":[9,10.0]},"Bool":{"aws:PrincipalTag/on":[true]}}}]}`,
			ask: `
			u s3:GetObject b/x -> ALLOW
			u s3:PutObject b/x -> ALLOW`},
		{id: "GRAM-23", check: hugePolicy},
	}
}

// hugePolicy: no size limit of AWS is enforced.
func hugePolicy(t *testing.T, _ *caseWorld) {
	var text strings.Builder
	for range 2000 {
		text.WriteString("+s3:PutObject@b/elsewhere/of/some/length/* ; ")
	}
	text.WriteString("+s3:GetObject@b/*")
	w := newCaseWorld(t, "id(u): "+text.String())
	w.ask(t, "u s3:GetObject b/x -> ALLOW")
	w.ask(t, "u s3:DeleteObject b/x -> DENY(implicit:identity)")
}
