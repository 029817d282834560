package evaluate

import (
	"encoding/json"
	"strings"
	"testing"
)

const (
	allowAll     = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`
	allowS3      = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}`
	denyS3       = `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"s3:*","Resource":"*"}]}`
	needsMFA     = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}}]}`
	fromPrivate  = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}}]}`
	endpointAll  = `{"Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}`
	endpointEC2  = `{"Statement":[{"Effect":"Allow","Principal":"*","Action":"ec2:*","Resource":"*"}]}`
	endpointDeny = `{"Statement":[{"Effect":"Deny","Principal":{"AWS":"111122223333"},"Action":"s3:*","Resource":"*"}]}`
	onBuckets    = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::*"}]}`
	trustsRole   = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:role/team/app"},"Action":"sts:AssumeRole"}]}`
)

func TestLine(t *testing.T) {
	user := `"principal":"arn:aws:iam::111122223333:user/u","action":"s3:GetObject","resource":"arn:aws:s3:::b/k"`
	lister := `"principal":"arn:aws:iam::111122223333:user/u","action":"s3:ListAllMyBuckets","resource":"*"`
	cases := []struct{ name, request, decision, verdict string }{
		{"EVAL-01 nothing allows", `{` + user + `}`, ImplicitlyDenied, "DENY"},
		{"EVAL-10 identity", `{` + user + `,"identityPolicies":[` + allowS3 + `]}`, Allowed, "ALLOW"},
		{"one document for a list", `{` + user + `,"identityPolicies":` + allowS3 + `}`, Allowed, "ALLOW"},
		{"a document with a name", `{` + user + `,"identityPolicies":[{"name":"p","policy":` + allowS3 + `}]}`, Allowed, "ALLOW"},
		{"a document as text", `{` + user + `,"identityPolicies":[` + quoted(allowS3) + `]}`, Allowed, "ALLOW"},
		{"EVAL-02 explicit denial", `{` + user + `,"identityPolicies":[` + allowS3 + `,` + denyS3 + `]}`, ExplicitlyDenied, "DENY"},
		{"EVAL-04 boundary", `{` + user + `,"identityPolicies":[` + allowAll + `],"permissionBoundary":` + needsMFA + `}`, ImplicitlyDenied, "DENY"},
		{"an empty list of boundaries is none", `{` + user + `,"identityPolicies":[` + allowAll + `],"permissionBoundary":[]}`, Allowed, "ALLOW"},
		{"ORG-01 a level that allows nothing", `{` + user + `,"identityPolicies":[` + allowAll + `],"scps":[[` + allowAll + `],[]]}`, ImplicitlyDenied, "DENY"},
		{"levels with names", `{` + user + `,"identityPolicies":[` + allowAll + `],"scps":[{"orgIdentifier":"r-1","policies":[` + denyS3 + `]}]}`, ExplicitlyDenied, "DENY"},
		{"EVAL-20 another account's bucket", `{` + user + `,"resourceAccount":"444455556666","identityPolicies":[` + allowAll + `]}`, ImplicitlyDenied, "DENY"},
		{"CKEY absent", `{` + user + `,"identityPolicies":[` + needsMFA + `]}`, ImplicitlyDenied, "DENY"},
		{"CKEY given, in any case", `{` + user + `,"identityPolicies":[` + needsMFA + `],"context":{"AWS:MultiFactorAuthPresent":true}}`, Allowed, "ALLOW"},
		{"PRINC-12 the path of a session's role is not known", `{"principal":"arn:aws:sts::111122223333:assumed-role/app/s","action":"sts:AssumeRole","resource":"arn:aws:iam::111122223333:role/t","resourcePolicy":` + trustsRole + `}`, ImplicitlyDenied, "DENY"},
		{"PRINC-05 the role's ARN is given", `{"principal":"arn:aws:sts::111122223333:assumed-role/app/s","action":"sts:AssumeRole","resource":"arn:aws:iam::111122223333:role/t","resourcePolicy":` + trustsRole + `,"context":{"aws:PrincipalArn":"arn:aws:iam::111122223333:role/team/app"}}`, Allowed, "ALLOW"},
		{"COND-14 a private address that is given", `{` + user + `,"identityPolicies":[` + fromPrivate + `],"context":{"aws:SourceIp":"10.1.2.3"}}`, Allowed, "ALLOW"},
		{"COND-14 a public address", `{` + user + `,"identityPolicies":[` + fromPrivate + `],"context":{"aws:SourceIp":"203.0.113.9"}}`, ImplicitlyDenied, "DENY"},
		{"EVAL-31 anonymous", `{"principal":null,"action":"s3:GetObject","resource":"arn:aws:s3:::b/k","resourceAccount":"111122223333","resourcePolicy":{"Statement":{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"*"}}}`, Allowed, "ALLOW"},
		{"RPOL-04 block public access", `{"principal":null,"action":"s3:GetObject","resource":"arn:aws:s3:::b/k","resourceAccount":"111122223333","resourcePolicy":{"Statement":{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"*"}},"additionalSettings":{"s3":{"blockPublicAccess":true}}}`, ImplicitlyDenied, "DENY"},
		{"EVAL-38 an endpoint that does not allow", `{` + user + `,"identityPolicies":[` + allowAll + `],"vpcEndpointPolicies":[` + endpointEC2 + `]}`, ImplicitlyDenied, "DENY"},
		{"EVAL-38 an endpoint that denies", `{` + user + `,"identityPolicies":[` + allowAll + `],"vpcEndpointPolicies":[` + endpointAll + `,` + endpointDeny + `]}`, ExplicitlyDenied, "DENY"},
		{"EVAL-38 an endpoint that allows", `{` + user + `,"identityPolicies":[` + allowAll + `],"vpcEndpointPolicies":` + endpointAll + `}`, Allowed, "ALLOW"},
		{"EVAL-38 an endpoint grants nothing", `{` + user + `,"vpcEndpointPolicies":` + endpointAll + `}`, ImplicitlyDenied, "DENY"},
		{"EVAL-38 an endpoint without Principal", `{` + user + `,"identityPolicies":[` + allowAll + `],"vpcEndpointPolicies":` + allowAll + `}`, ImplicitlyDenied, "DENY"},
		{"EVAL-38 AssumeRole", `{"principal":"arn:aws:iam::111122223333:user/u","action":"sts:AssumeRole","resource":"arn:aws:iam::111122223333:role/t","resourcePolicy":{"Statement":{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:user/u"},"Action":"sts:AssumeRole"}},"vpcEndpointPolicies":` + endpointEC2 + `}`, ImplicitlyDenied, "DENY"},
		{"EVAL-38 an unsigned sign-in", `{"principal":"arn:aws:iam::111122223333:saml-provider/p","action":"sts:AssumeRoleWithSAML","resource":"arn:aws:iam::111122223333:role/t","resourcePolicy":{"Statement":{"Effect":"Allow","Principal":{"Federated":"arn:aws:iam::111122223333:saml-provider/p"},"Action":"sts:AssumeRoleWithSAML"}},"vpcEndpointPolicies":` + endpointEC2 + `}`, ImplicitlyDenied, "DENY"},
		{"FED-02 a provider of another account", `{"principal":"arn:aws:iam::444455556666:saml-provider/p","action":"sts:AssumeRoleWithSAML","resource":"arn:aws:iam::111122223333:role/t","resourcePolicy":{"Statement":{"Effect":"Allow","Principal":{"Federated":"arn:aws:iam::444455556666:saml-provider/p"},"Action":"sts:AssumeRoleWithSAML"}}}`, ImplicitlyDenied, "DENY"},
		{"ARNM-10 a list action, on its collection", `{` + lister + `,"identityPolicies":[` + onBuckets + `]}`, Allowed, "ALLOW"},
		{"ARNM-10 a list action, denied on its collection", `{` + lister + `,"identityPolicies":[` + allowAll + `,` + strings.Replace(onBuckets, "Allow", "Deny", 1) + `]}`, Allowed, "ALLOW_IF"},
		{"ARNM-10 a list action, on other things", `{` + lister + `,"identityPolicies":[` + strings.Replace(onBuckets, ":::*", ":::b", 1) + `]}`, ImplicitlyDenied, "DENY"},
		{"EVAL-30 service", `{"principal":"ec2.amazonaws.com","action":"sts:AssumeRole","resource":"arn:aws:iam::111122223333:role/t","resourcePolicy":{"Statement":{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}}}`, Allowed, "ALLOW"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			a := Line([]byte(c.request), Options{})
			if a.Error != "" || a.Decision != c.decision || a.Verdict != c.verdict {
				t.Errorf("%s %s %q, want %s %s", a.Decision, a.Verdict, a.Error, c.decision, c.verdict)
			}
			if a.Verdict == "DENY" && len(a.Causes) == 0 {
				t.Error("a denial without a cause")
			}
		})
	}
}

func quoted(s string) string {
	b, _ := json.Marshal(s)
	return string(b)
}

func TestOpenWorld(t *testing.T) {
	a := Line([]byte(`{"principal":"arn:aws:iam::111122223333:user/u","action":"s3:GetObject","resource":"arn:aws:s3:::b/k","identityPolicies":[`+needsMFA+`]}`), Options{OpenWorld: true})
	if a.Decision != Allowed || a.Verdict != "ALLOW_IF" || len(a.Requires) != 1 || a.Requires[0].Key != "aws:MultiFactorAuthPresent" {
		t.Errorf("%+v", a)
	}
	own := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::b/${aws:username}"}]}`
	a = Line([]byte(`{"principal":"arn:aws:iam::111122223333:user/u","action":"s3:GetObject","resource":"arn:aws:s3:::b/u","identityPolicies":[`+own+`]}`), Options{OpenWorld: true})
	if a.Verdict != "ALLOW" {
		t.Errorf("what the principal implies is not known: %+v", a)
	}
}

// What a statement may have hangs on the member that its policy is in (GRAM-08 to
// GRAM-11, GRAM-21).
func TestDiagnosticsOfElementsOutOfPlace_GRAM_08_GRAM_10_GRAM_11_GRAM_21(t *testing.T) {
	const user, trusted = `"principal":"arn:aws:iam::111122223333:user/u",`, `{"Statement":{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"*","Principal":{"AWS":"444455556666"}}}`
	object, role := `{`+user+`"action":"s3:GetObject","resource":"arn:aws:s3:::b/k",`, `{`+user+`"action":"sts:AssumeRole","resource":"arn:aws:iam::111122223333:role/r",`
	for _, c := range []struct{ request, want string }{
		{object + `"identityPolicies":[{"Statement":{"Effect":"Allow","Action":"s3:*"}}]}`, "identityPolicies[0] statement 0: neither Resource"},
		{object + `"scps":[[` + trusted + `]]}`, "scps[0][0] statement 0: a principal is named"},
		{object + `"resourcePolicy":` + allowS3 + `}`, "resourcePolicy statement 0: neither Principal"},
		{object + `"resourcePolicy":` + trusted + `}`, ""},
		{role + `"resourcePolicy":` + trusted + `}`, "resourcePolicy statement 0: a trust policy is about its role"},
		{object + `"rcps":[[` + trusted + `]]}`, "rcps[0][0] statement 0: resource control policies cannot have Allow, a Principal"},
	} {
		if got := Line([]byte(c.request), Options{}).Diagnostics; c.want == "" && len(got) > 0 || c.want != "" && (len(got) != 1 || !strings.HasPrefix(got[0], c.want)) {
			t.Errorf("%s: %q, want %q", c.request, got, c.want)
		}
	}
}

func TestLineErrors(t *testing.T) {
	user := `"id":"x","principal":"arn:aws:iam::111122223333:user/u","action":"s3:GetObject","resource":"arn:aws:s3:::b/k"`
	cases := []struct{ request, want string }{
		{`nonsense`, "not a request in JSON"},
		{`{"id":"x"`, "not a request in JSON"},
		{`{` + user + `} {}`, "more than one JSON value"},
		{`[]`, "JSON array, want an object"},
		{`{"id":"x","action":7}`, `"action" is a JSON number, want a string`},
		{`{"id":"x","action":"s3:GetObject","scps":{}}`, `"scps" is a JSON object, want a list`},
		{`{"id":"x"}`, `"action" is missing`},
		{`{"id":"x","action":"s3:GetObject","principal":"me"}`, `principal "me" is neither an ARN nor a service`},
		{`{"id":"x","action":"s3:GetObject","principal":"arn:aws:iam::1:user/u"}`, "has no account id of twelve digits"},
		{`{"id":"x","action":"s3:GetObject","principal":"arn:aws:iam::111122223333:group/g"}`, "is of no kind that signs requests"},
		{`{"id":"x","action":"s3:GetObject","principal":"arn:aws:sts::111122223333:assumed-role/r"}`, "lacks its session name"},
		{`{` + user + `,"context":{"aws:username":{}}}`, `context key "aws:username"`},
		{`{` + user + `,"identityPolicies":["%zz"]}`, "identityPolicies[0]: a string that is neither JSON nor URL-encoded JSON"},
		{`{` + user + `,"sessionPolicy":7}`, "sessionPolicy: "},
		{`{` + user + `,"scps":[[null]]}`, "scps[0][0]: "},
		{`{` + user + `,"vpcEndpointPolicies":[7]}`, "vpcEndpointPolicies[0]: "},
	}
	for _, c := range cases {
		a := Line([]byte(c.request), Options{})
		if !strings.Contains(a.Error, c.want) {
			t.Errorf("%s: error %q, want %q", c.request, a.Error, c.want)
		}
		if a.Decision != "" || a.Verdict != "" {
			t.Errorf("%s: an error and a decision", c.request)
		}
		if strings.Contains(c.request, `"id":"x",`) && string(a.ID) != `"x"` {
			t.Errorf("%s: id %s", c.request, a.ID)
		}
	}
}

// FuzzLine asks for an answer that is JSON to whatever line.
func FuzzLine(f *testing.F) {
	g := newGenerator(3)
	for i := range 20 {
		f.Add(encode(g.request(i)), i%2 == 0)
	}
	f.Add([]byte(`{"id":[1],"context":{"a:b":[1,true,"x"]},"identityPolicies":["%7B%7D"]}`), false)
	f.Fuzz(func(t *testing.T, line []byte, open bool) {
		a := Line(line, Options{OpenWorld: open})
		if _, err := json.Marshal(a); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		if (a.Error == "") == (a.Verdict == "") {
			t.Fatalf("%s: error %q and verdict %q", line, a.Error, a.Verdict)
		}
	})
}
