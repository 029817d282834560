package ingest

import (
	"strings"
	"testing"

	"accesspath/iam"
)

const annHas = `{"AccessKeyMetadata":[{"UserName":"ann","AccessKeyId":"AKIAIOSFODNN7EXAMPLE","Status":"Active","CreateDate":"2020-01-03T00:00:00Z"}]}`

// keysOf writes the access keys of a user.
func keysOf(c *iam.Credentials) string {
	var out []string
	for _, k := range c.AccessKeys {
		state := "active"
		if !k.Active {
			state = "inactive"
		}
		out = append(out, strings.TrimSpace(k.ID+" "+state))
	}
	return strings.Join(out, ", ")
}

// A plan states single credentials: they come beside those that the export has,
// change the one of the same id, and take away what the plan deletes.
func TestTerraformCredentials(t *testing.T) {
	const key = `{"id":"AKIAIOSFODNN7EXAMPLE","user":"ann","status":"Active","create_date":"2020-01-03T00:00:00Z"}`
	for name, c := range map[string]struct {
		resource string
		keys     string
		state    iam.State
		password iam.State
	}{
		"a second key":      {`aws_iam_access_key.k|"create"|null|{"user":"ann","status":"Active"}|{"id":true}`, "AKIAIOSFODNN7EXAMPLE active, active", iam.Present, iam.Unknown},
		"the same":          {`aws_iam_access_key.k|"no-op"|` + key + `|` + key + `|{}`, "AKIAIOSFODNN7EXAMPLE active", iam.Present, iam.Unknown},
		"switched off":      {`aws_iam_access_key.k|"update"|` + key + `|` + strings.Replace(key, `"Active"`, `"Inactive"`, 1) + `|{}`, "AKIAIOSFODNN7EXAMPLE inactive", iam.Present, iam.Unknown},
		"deleted":           {`aws_iam_access_key.k|"delete"|` + key + `|null`, "", iam.KnownEmpty, iam.Unknown},
		"replaced":          {`aws_iam_access_key.k|"delete","create"|` + key + `|{"user":"ann","status":"Active"}|{"id":true}`, "active", iam.Present, iam.Unknown},
		"of a status to be": {`aws_iam_access_key.k|"create"|null|{"user":"ann"}|{"id":true,"status":true}`, "AKIAIOSFODNN7EXAMPLE active, active", iam.Present, iam.Unknown},
		"a password":        {`aws_iam_user_login_profile.p|"create"|null|{"user":"ann"}|{}`, "AKIAIOSFODNN7EXAMPLE active", iam.Present, iam.Present},
		"no password":       {`aws_iam_user_login_profile.p|"delete"|{"user":"ann"}|null`, "AKIAIOSFODNN7EXAMPLE active", iam.Present, iam.KnownEmpty},
	} {
		t.Run(name, func(t *testing.T) {
			plan := strings.Replace(planOf("", c.resource), "{", `{"AccountId":"111111111111",`, 1)
			s := load(t, "a.json", people, "b.json", strings.Replace(annHas, "{", `{"AccountId":"111111111111",`, 1), "plan.json", plan)
			got := person(t, s, "ann").Credentials
			if got == nil || keysOf(got) != c.keys || got.Keys != c.state || got.Password != c.password {
				t.Errorf("%+v\n%v", got, s.Diagnostics)
			}
		})
	}
}

// A state alone says that its users have them; whose they are may follow from the
// configuration of a plan; and what stays unknown is said.
func TestTerraformCredentialsAlone(t *testing.T) {
	user := `aws_iam_user.u|"create"|null|{"name":"u","path":"/"}|{"arn":true,"id":true}`
	config := `{"root_module":{"resources":[{"address":"aws_iam_access_key.k","expressions":{"user":{"references":["aws_iam_user.u.name","aws_iam_user.u"]}}}]}}`
	plan := strings.Replace(planOf(config, user, `aws_iam_access_key.k|"create"|null|{"status":"Active"}|{"id":true,"user":true}`,
		`aws_iam_user_ssh_key.s|"create"|null|{"username":"u","status":"Inactive"}|{}`,
		`aws_iam_service_specific_credential.c|"create"|null|{"user_name":"u","service_name":"codecommit.amazonaws.com"}|{}`,
		`aws_iam_signing_certificate.c|"create"|null|{"user_name":"u","certificate_id":"C1","status":"Active"}|{}`,
	), "{", `{"AccountId":"111122223333",`, 1)
	s := load(t, "plan.json", plan)
	c := person(t, s, "u").Credentials
	if c == nil || keysOf(c) != "active" || c.Password != iam.Unknown || c.SSH != iam.Present || c.SSHKeys[0].Active || c.Passwords[0].Name != "codecommit.amazonaws.com" || c.Certificates[0].ID != "C1" {
		t.Errorf("%+v\n%v", c, s.Diagnostics)
	}
	s = load(t, "plan.json", strings.Replace(planOf("", user, `aws_iam_access_key.k|"create"|null|{"status":"Active"}|{"id":true,"user":true}`), "{", `{"AccountId":"111122223333",`, 1))
	if c := person(t, s, "u").Credentials; c != nil || len(find(s, "unknown-value")) != 1 {
		t.Errorf("%+v\n%v", c, s.Diagnostics)
	}
	s = load(t, "plan.json", strings.Replace(planOf("", user, `aws_iam_access_key.k|"create"|null|{"user":"nobody","status":"Active"}|{"id":true}`), "{", `{"AccountId":"111122223333",`, 1))
	if d := find(s, "unknown-user"); len(d) != 1 || !strings.Contains(d[0].Message, "what terraform show says of it is not used") {
		t.Errorf("%v", s.Diagnostics)
	}
}

func TestTerraformPasswordPolicy(t *testing.T) {
	const whole = `{"minimum_password_length":14,"require_symbols":true,"require_numbers":true,"require_uppercase_characters":true,"require_lowercase_characters":true,"max_password_age":90,"password_reuse_prevention":24}`
	at := func(plan string) *iam.Snapshot {
		return load(t, "plan.json", strings.Replace(plan, "{", `{"AccountId":"111122223333",`, 1))
	}
	a := only(t, at(planOf("", `aws_iam_account_password_policy.p|"create"|null|`+whole+`|{}`)))
	if p := a.PasswordPolicy; p == nil || p.MinimumLength != 14 || p.ReusePrevention != 24 || p.MaxAge != 90 || !p.RequireSymbols || !p.RequireUppercase || a.Coverage[iam.SectionPasswordPolicy] != iam.Present {
		t.Errorf("%+v %v", p, a.Coverage)
	}
	config := func(e string) string {
		return `{"root_module":{"resources":[{"address":"aws_iam_account_password_policy.p","expressions":{` + e + `}}]}}`
	}
	const role = `aws_iam_role.r|"create"|null|{"name":"r","path":"/","assume_role_policy":"{\"Statement\":[]}"}|{"arn":true}`
	const some = `aws_iam_account_password_policy.p|"create"|null|{"minimum_password_length":8}|{"max_password_age":true}`
	if p := only(t, at(planOf(config(`"minimum_password_length":{"constant_value":8}`), some))).PasswordPolicy; p == nil || p.MinimumLength != 8 || p.MaxAge != 0 {
		t.Errorf("what is not set counts as no rule: %+v", p)
	}
	s := at(planOf(config(`"max_password_age":{"references":["var.age"]}`), some, role))
	if a := only(t, s); a.PasswordPolicy != nil || a.Coverage[iam.SectionPasswordPolicy] != iam.Unknown || len(find(s, "unknown-value")) != 1 {
		t.Errorf("what is set to something unknown: %v", s.Diagnostics)
	}
}

func TestTerraformRootFeatures(t *testing.T) {
	s := load(t, "plan.json", planOf("", `aws_iam_organizations_features.f|"create"|null|{"enabled_features":["RootSessions"]}|{}`))
	if o := s.Organization; o == nil || o.RootSessions != iam.Present || o.RootCredentials != iam.KnownEmpty {
		t.Errorf("%+v\n%v", o, s.Diagnostics)
	}
}

func TestCloudFormationCredentials(t *testing.T) {
	s := load(t, "t.json", `{"AccountId":"111122223333","AWSTemplateFormatVersion":"2010-09-09","Resources":{
		"U":{"Type":"AWS::IAM::User","Properties":{"UserName":"u","LoginProfile":{"Password":"{{resolve:ssm-secure:p}}"}}},
		"K":{"Type":"AWS::IAM::AccessKey","Properties":{"UserName":{"Ref":"U"},"Status":"Inactive"}},
		"L":{"Type":"AWS::IAM::AccessKey","Properties":{"UserName":{"Fn::ImportValue":"x"}}}}}`)
	if c := person(t, s, "u").Credentials; c == nil || keysOf(c) != "inactive" || c.Password != iam.Present || len(find(s, "unknown-value")) != 1 {
		t.Errorf("%+v\n%v", c, s.Diagnostics)
	}
}
