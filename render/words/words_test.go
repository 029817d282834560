package words

import (
	"strings"
	"testing"

	"accesspath/query"
)

func r(key, op string, values ...string) query.Requirement {
	return query.Requirement{Key: key, Operator: op, Values: values}
}

func TestSentence(t *testing.T) {
	ext := r("sts:ExternalId", "StringEquals", "x")
	mfa := r("aws:MultiFactorAuthPresent", "Bool", "true")
	for _, c := range []struct {
		r     query.Requirement
		want  string
		short string
	}{
		{mfa, "MFA", "MFA"},
		{r("aws:MultiFactorAuthPresent", "BoolIfExists", "false"), "no MFA, if there is one", "no MFA"},
		{r("aws:MultiFactorAuthPresent", "Null", "true"), "no MFA", "no MFA"},
		{r("aws:MultiFactorAuthPresent", "not Bool", "true"), "no MFA", "no MFA"},
		{ext, `external ID "x"`, "external ID"},
		{r("STS:externalid", "StringLike", "a*", "b*"), `external ID like "a*" or "b*"`, "external ID"},
		{r("sts:ExternalId", "StringNotEquals", "x", "y"), `external ID other than "x" and "y"`, "external ID"},
		{r("sts:RoleSessionName", "StringEquals", `say "hi"`), `session name 'say "hi"'`, "session name"},
		{r("aws:SourceIp", "IpAddress", "203.0.113.0/24"), "source address in 203.0.113.0/24", "IP range"},
		{r("aws:SourceIp", "NotIpAddress", "203.0.113.0/24"), "source address outside of 203.0.113.0/24", "IP range"},
		{r("aws:CurrentTime", "DateLessThan", "2030-01-01T00:00:00Z"), "time of the call before 2030-01-01T00:00:00Z", "time"},
		{r("aws:PrincipalTag/team", "StringEquals", "ops"), `principal tag team "ops"`, "principal tag"},
		{r("accounts.google.com:sub", "StringEquals", "1"), `token subject "1"`, "subject"},
		{r("ec2:InstanceType", "StringEquals", "t3.nano"), `ec2:InstanceType is "t3.nano"`, "InstanceType"},
		{r("aws:TagKeys", "ForAllValues:StringEquals", "a"), `every one of keys of the tags passed "a"`, "tags passed"},
		{r("x:y", "Odd", "1"), `x:y Odd "1"`, "y"},
		{r("x:y", "NumericLessThanEquals", "3"), "x:y is at most 3", "y"},
		{query.Requirement{Code: "U-05", Class: "U"}, "AWS behaviour that is not documented [U-05]", "undocumented"},
		{query.Requirement{Code: "DATA:group ops", Class: "DATA"}, "input that is missing [DATA:group ops]", "group not in the input"},
		{query.Requirement{Text: "sign in", Key: "k"}, "sign in", "k"},
		{query.Requirement{Text: "sign in", Code: "U-01"}, "sign in [U-01]", "undocumented"},
		{query.Requirement{AnyOf: []query.Requirement{mfa, {AllOf: []query.Requirement{ext, r("a:b", "StringEquals", "c")}}}},
			`either MFA or (external ID "x" and a:b is "c")`, "MFA or external ID and b"},
		{query.Requirement{AnyOf: []query.Requirement{mfa, ext}, Text: "and 3 other ways"}, `either MFA or external ID "x", and 3 other ways`, "MFA or external ID"}, // SYM-10
		{query.Requirement{Hop: 2, Key: "sts:ExternalId", Operator: "StringEquals", Values: []string{"x"}}, `external ID "x" (at hop 2)`, "external ID"},
		{query.Requirement{}, "an unnamed condition", "condition"},
	} {
		if got := Sentence(c.r); got != c.want {
			t.Errorf("Sentence(%+v)\n got %s\nwant %s", c.r, got, c.want)
		}
		if got := Short([]query.Requirement{c.r}); got != c.short {
			t.Errorf("Short(%+v)\n got %s\nwant %s", c.r, got, c.short)
		}
	}
}

// CHAIN-37: a condition names its hop unless the reader stands there already.
func TestAtHop(t *testing.T) {
	x := query.Requirement{Hop: 2, Key: "aws:MultiFactorAuthPresent", Operator: "Bool", Values: []string{"true"}}
	any := query.Requirement{AnyOf: []query.Requirement{x, x}}
	for _, c := range []struct{ got, want string }{
		{At(x, 2), "MFA"},
		{At(x, 1), "MFA (at hop 2)"},
		{At(any, 2), "either MFA or MFA"},
		{At(any, 1), "either MFA or MFA (at hop 2)"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

// SYM-10: eight alternatives are printed, and the number of the others.
func TestSYM10Alternatives(t *testing.T) {
	var q query.Requirement
	for range 11 {
		q.AnyOf = append(q.AnyOf, query.Requirement{Text: "a"})
	}
	if got, want := Sentence(q), "either "+strings.Repeat("a or ", 8)+"3 more alternatives"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	deep := query.Requirement{Text: "end"}
	for range 1000 {
		deep = query.Requirement{AllOf: []query.Requirement{deep, deep}}
	}
	if got := Sentence(deep); len(got) > 2000 {
		t.Errorf("a deep formula takes %d bytes", len(got))
	}
	if got := r("k", "StringEquals", strings.Split(strings.Repeat("v ", 20), " ")...); len(Sentence(got)) > 80 {
		t.Errorf("many values: %s", Sentence(got))
	}
}

// PRINC-24: identifiers of all kinds.
func TestPRINC24Principal(t *testing.T) {
	for id, want := range map[string]Name{
		"arn:aws:iam::111122223333:user/ops/bob":                        {Kind: User, Account: "111122223333", Label: "bob"},
		"arn:aws-cn:iam::111122223333:role/deploy":                      {Kind: Role, Account: "111122223333", Label: "deploy"},
		"arn:aws:iam::111122223333:root":                                {Kind: Root, Account: "111122223333", Label: "root"},
		"arn:aws:iam::111122223333:group/devs":                          {Kind: Group, Account: "111122223333", Label: "devs"},
		"arn:aws:sts::111122223333:assumed-role/deploy/me":              {Kind: Role, Account: "111122223333", Label: "deploy/me"},
		"arn:aws:sts::111122223333:federated-user/kim":                  {Kind: Federated, Account: "111122223333", Label: "kim"},
		"arn:aws:iam::111122223333:oidc-provider/token.actions.example": {Kind: Federated, Account: "111122223333", Label: "token.actions.example"},
		"arn:aws:iam::111122223333:saml-provider/corp":                  {Kind: Federated, Account: "111122223333", Label: "corp"},
		"idc:AdminAccess": {Kind: Federated, Label: "AdminAccess"},
		"arn:aws:iam::111122223333:instance-profile/web": {Kind: Service, Account: "111122223333", Label: "web"},
		"account:444455556666":                           {Kind: Account, Account: "444455556666", Label: "444455556666"},
		"ec2.amazonaws.com":                              {Kind: Service, Label: "ec2.amazonaws.com"},
		"service:ec2.amazonaws.com":                      {Kind: Service, Label: "ec2.amazonaws.com"},
		"*":                                              {Kind: Public, Label: "anyone"},
		"":                                               {Kind: Other, Label: "(unnamed)"},
		"odd":                                            {Kind: Other, Label: "odd"},
		"arn:aws:iam::1":                                 {Kind: Other, Label: "arn:aws:iam::1"},
		"arn:aws:iam::111122223333:user/":                {Kind: User, Account: "111122223333", Label: "arn:aws:iam::111122223333:user/"},
	} {
		want.ID = id
		if got := Principal(id); got != want {
			t.Errorf("Principal(%q) = %+v, want %+v", id, got, want)
		}
	}
}

func TestPRINC24Families(t *testing.T) {
	for kind, want := range map[string]string{
		"root": Root, "user": User, "role": Role, "service-role": Role, "service-linked": Role, "sso": Role, "instance": Role,
		"session": Role, "federated-user": Federated, "federated-identity": Federated, "idc-user": Federated, "idc-group": Federated,
		"sso-role": Role, "service-linked-role": Role, "idc-permission-set": Federated, "instance-profile": Service, "external": Account,
		"service": Service, "account": Account, "public": Public, "group": Group, "new": Other,
	} {
		if got := Family(kind); got != want {
			t.Errorf("Family(%q) = %q, want %q", kind, got, want)
		}
	}
}

// CONV-05: policy, type, index, Sid and effect.
func TestCONV05Evidence(t *testing.T) {
	for _, c := range []struct {
		e    query.Evidence
		want string
	}{
		{query.Evidence{}, "unnamed policy, Statement[0]"},
		{query.Evidence{Policy: "p", Layer: "identity", Statement: 2, Sid: "S", Effect: "Allow", Owner: "arn:aws:iam::1:user/bob", Via: "arn:aws:iam::1:group/devs", Position: "a.json:3:4", Match: "account"},
			`Allow in p, Statement[2] "S" (identity, of user bob through group devs, matches by account) at a.json:3:4`},
		{query.Evidence{Policy: "p", Via: "arn:aws:iam::1:group/devs"}, "p, Statement[0] (through group devs)"},
	} {
		if got := Evidence(c.e); got != c.want {
			t.Errorf("got %s, want %s", got, c.want)
		}
	}
}

func TestCONV02Cause(t *testing.T) {
	for _, c := range []struct {
		c    query.Cause
		want string
	}{
		{query.Cause{Layer: "identity"}, "identity: nothing allows it"},
		{query.Cause{Layer: "scp@r", Explicit: true, Statement: &query.Evidence{Policy: "p", Effect: "Deny"}}, "scp@r: explicit deny — Deny in p, Statement[0]"},
		{query.Cause{Layer: "boundary", Text: "stops it", Explicit: true}, "boundary: stops it (explicit deny)"},
	} {
		if got := Cause(c.c); got != c.want {
			t.Errorf("got %s, want %s", got, c.want)
		}
	}
}

func TestCounts(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{Plural(1, "hop"), "1 hop"}, {Plural(1234567, "role"), "1,234,567 roles"}, {Plural(2, "attached policy"), "2 attached policies"},
		{Plural(0, "user"), "0 users"}, {Count(-1234), "-1,234"}, {Count(999), "999"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}
