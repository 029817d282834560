package ingest

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"accesspath/iam"
)

// stack is a template of the given sections, in YAML.
func stack(sections string) string {
	return "AWSTemplateFormatVersion: 2010-09-09\nAccountId: \"111122223333\"\nRegion: eu-west-1\n" + sections
}

const openTrust = `{Statement: []}`

// Functions are evaluated; what they hang on and is not known is named.
func TestCloudFormationFunctions(t *testing.T) {
	for _, test := range []struct{ name, value, want string }{
		{"Ref of a parameter", `!Ref P`, "given"},
		{"Ref of a default", `!Ref D`, "default"},
		{"Ref without a default", `!Ref Q`, "unknown: the parameter Q, which has no default"},
		{"Ref of nothing", `!Ref Nobody`, "unknown: Nobody, which the template does not have"},
		{"pseudo parameters", `!Sub "${AWS::AccountId} ${AWS::Region} ${AWS::Partition} ${AWS::URLSuffix}"`, "111122223333 eu-west-1 aws amazonaws.com"},
		{"a pseudo parameter that is not known", `!Ref AWS::StackId`, "unknown: AWS::StackId"},
		{"Sub", `!Sub "a-${P}-${!P}-${R.Arn}-${B}"`, "a-given-${P}-arn:aws:iam::111122223333:role/x/r-b"},
		{"Sub with names", `!Sub ["${X}/${Y}", {X: !Ref P, Y: y}]`, "given/y"},
		{"Sub of something unknown", `!Sub "a-${Q}"`, "unknown: the parameter Q, which has no default"},
		{"long GetAtt", `{"Fn::GetAtt": [R, Arn]}`, "arn:aws:iam::111122223333:role/x/r"},
		{"GetAtt of something that AWS makes up", `!GetAtt R.RoleId`, "unknown: R.RoleId, which is known once the stack is made"},
		{"Join", `!Join ["-", [a, !Ref P]]`, "a-given"},
		{"Select and Split", `!Select [1, !Split [",", "a,b"]]`, "b"},
		{"Select beyond", `!Select [2, [a, b]]`, "unknown: a Select beyond its list"},
		{"FindInMap", `!FindInMap [M, k, v]`, "mapped"},
		{"FindInMap without an entry", `!FindInMap [M, k, w]`, "unknown: the mapping M.k.w"},
		{"If", `!If [Yes, a, b]`, "a"},
		{"If not", `!If [No, a, b]`, "b"},
		{"If of something unknown", `!If [Open, a, b]`, "unknown: the parameter Q, which has no default"},
		{"If where a part decides", `!If [Either, a, b]`, "a"},
		{"Base64", `{"Fn::Base64": abc}`, "YWJj"},
		{"ImportValue", `!ImportValue other`, "unknown: the export other of another stack"},
		{"dynamic reference", `"{{resolve:ssm:/x}}"`, "unknown: the dynamic reference {{resolve:ssm:/x}}"},
		{"SSM parameter", `!Ref S`, "unknown: the parameter /x of Systems Manager"},
		{"transform", `{"Fn::Transform": {Name: x}}`, "unknown: the result of Fn::Transform"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := load(t, "t.yaml", stack(`
ParameterValues: [{ParameterKey: P, ParameterValue: given}]
Parameters: {P: {Type: String}, D: {Type: String, Default: default}, Q: {Type: String}, S: {Type: "AWS::SSM::Parameter::Value<String>", Default: /x}}
Mappings: {M: {k: {v: mapped}}}
Conditions:
  "Yes": !Equals [!Ref P, given]
  "No": !Not [Condition: "Yes"]
  Open: !Equals [!Ref Q, x]
  Either: !Or [!Condition Open, !Condition "Yes"]
Resources:
  B: {Type: "AWS::S3::Bucket", Properties: {BucketName: b}}
  R:
    Type: AWS::IAM::Role
    Properties:
      RoleName: r
      Path: /x/
      AssumeRolePolicyDocument: {Statement: []}
      Policies:
        - PolicyName: p
          PolicyDocument: {Statement: [{Effect: Allow, Action: "s3:*", Resource: `+test.value+`}]}
`))
			p := only(t, s).Roles[0].Inline[0]
			got := "unknown: " + strings.TrimPrefix(p.Defect, "hangs on ")
			if p.Document != nil {
				_, got, _ = strings.Cut(p.Document.Text, `"Resource":"`)
				got, _, _ = strings.Cut(got, `"`)
			}
			if got != test.want {
				t.Errorf("got %q, want %q\n%s", got, test.want, diagnosticLines(s))
			}
			if p.Document == nil && !slices.ContainsFunc(find(s, "unknown-value"), func(d iam.Diagnostic) bool { return strings.Contains(d.Message, "p hangs on") }) {
				t.Error("the unknown value is not listed")
			}
		})
	}
}

// Names that CloudFormation makes up are placeholders: references hold.
func TestCloudFormationMadeUpNames(t *testing.T) {
	s := load(t, "t.yaml", stack(`
Resources:
  A: {Type: "AWS::IAM::Role", Properties: {AssumeRolePolicyDocument: {Statement: []}}}
  B:
    Type: AWS::IAM::Role
    Properties: {RoleName: b, AssumeRolePolicyDocument: {Statement: [{Effect: Allow, Principal: {AWS: !GetAtt A.Arn}, Action: "sts:AssumeRole"}]}}
  P: {Type: "AWS::IAM::Policy", Properties: {PolicyName: p, PolicyDocument: {Statement: []}, Roles: [!Ref A]}}
`))
	got := strings.Join(facts(s), "\n")
	for _, want := range []string{"role/(A) inline p", `"AWS":"` + shop + `role/(A)"`} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s in\n%s", want, got)
		}
	}
	if d := find(s, "unknown-value"); len(d) != 1 || d[0].Entity != "A" {
		t.Errorf("%+v", d)
	}
}

// Of inline policies whose names are not known none takes the place of another:
// what each grants stays (CONV-03).
func TestCONV03PoliciesWithoutKnownNames(t *testing.T) {
	for _, test := range []struct{ name, text string }{
		{"template", stack(`
Resources:
  R:
    Type: AWS::IAM::Role
    Properties:
      RoleName: r
      AssumeRolePolicyDocument: {Statement: []}
      Policies:
      - {PolicyName: !Sub "${AWS::StackName}-a", PolicyDocument: {Statement: [{Effect: Allow, Action: "s3:*", Resource: "*"}]}}
      - {PolicyName: !Sub "${AWS::StackName}-b", PolicyDocument: {Statement: [{Effect: Allow, Action: "sqs:*", Resource: "*"}]}}
`)},
		{"plan", planOf("", `data.aws_caller_identity.c|"no-op"|null|{"account_id":"111122223333"}|{}`,
			`aws_iam_role.r|"create"|null|{"name":"r","path":"/","assume_role_policy":"{\"Statement\":[]}","inline_policy":[{"policy":"{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"s3:*\",\"Resource\":\"*\"}]}"},`+
				`{"policy":"{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"sqs:*\",\"Resource\":\"*\"}]}"}]}|{"arn":true,"inline_policy":[{"name":true},{"name":true}]}`)},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := only(t, load(t, "f", test.text)).Roles[0]
			if len(r.Inline) != 2 {
				t.Fatalf("%d inline policies, want 2", len(r.Inline))
			}
			allows(t, r.Inline[0], "s3:GetObject")
			allows(t, r.Inline[1], "sqs:SendMessage")
		})
	}
}

// The same template as JSON, wrapped by get-template, and as YAML.
func TestCloudFormationJSON(t *testing.T) {
	role := `{"AWSTemplateFormatVersion":"2010-09-09","Resources":{"R":{"Type":"AWS::IAM::Role","Properties":{"RoleName":{"Fn::Sub":"r-${AWS::Region}"},"AssumeRolePolicyDocument":{"Statement":[]}}}}`
	beside := `,"AccountId":"111122223333","Region":"eu-west-1"}`
	for name, text := range map[string]string{
		"plain":        role + beside,
		"unsigned":     strings.Replace(role, `"AWSTemplateFormatVersion":"2010-09-09",`, "", 1) + beside,
		"last":         `{"Conditions":{},` + strings.Replace(role[1:], `"AWSTemplateFormatVersion":"2010-09-09",`, "", 1) + beside,
		"get-template": `{"TemplateBody":` + role + beside + `,"StagesAvailable":["Original"]}`,
	} {
		t.Run(name, func(t *testing.T) {
			s := load(t, "t", text)
			if r := only(t, s).Roles; len(r) != 1 || r[0].Name != "r-eu-west-1" {
				t.Errorf("%+v", s.Diagnostics)
			}
		})
	}
}

// Bad templates cost the least, and say what is wrong.
func TestCloudFormationBad(t *testing.T) {
	t.Run("cycles", func(t *testing.T) {
		s := load(t, "t.yaml", stack(`
Conditions: {A: !Condition B, B: !Condition A}
Resources:
  R: {Type: "AWS::IAM::Role", Condition: A, Properties: {RoleName: !Ref S, AssumeRolePolicyDocument: `+openTrust+`}}
  S: {Type: "AWS::IAM::Role", Properties: {RoleName: !Ref R, AssumeRolePolicyDocument: `+openTrust+`}}
  T: {Type: "AWS::IAM::Role", Properties: {RoleName: t, AssumeRolePolicyDocument: `+openTrust+`}}
`))
		if d := find(s, "template-cycle"); len(d) != 2 {
			t.Errorf("%+v", s.Diagnostics)
		}
		if n := len(only(t, s).Roles); n < 2 {
			t.Errorf("%d roles, and T is in no circle", n)
		}
	})
	t.Run("no account", func(t *testing.T) {
		err := readError(t, "t.json", `{"AWSTemplateFormatVersion":"2010-09-09","Resources":{}}`)
		if want := `nothing says in which account the stack is; put the account beside the template: AccountId: "111122223333"`; err == nil || !strings.Contains(err.Error(), want) {
			t.Error(err)
		}
	})
	for _, test := range []struct{ name, text, want string }{
		{"not YAML", "AWSTemplateFormatVersion: 2010\nResources:\n\t- x\n", "found character that cannot start any token"},
		{"no template", "Description: a list\nitems: [1]\n", "it has no Resources"},
		{"YAML of something else", "apiVersion: v1\nkind: Pod\n", "YAML that is no template of CloudFormation"},
		{"bomb", "Resources: &a [x,x,x,x,x,x,x,x,x]\n" + strings.Join(doubles(12), ""), "too large"},
		{"circle of aliases", "Resources: &a\n  X: *a\n", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			if err := readError(t, "t.yaml", test.text); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
	t.Run("long texts", func(t *testing.T) {
		var b strings.Builder
		b.WriteString("Resources:\n  R0: {Type: \"AWS::S3::Bucket\", Properties: {BucketName: xxxxxxxxxxxxxxxx}}\n")
		for i := range 60 {
			was, is := string(rune('A'+i/26))+string(rune('a'+i%26)), string(rune('A'+(i+1)/26))+string(rune('a'+(i+1)%26))
			if i == 0 {
				was = "R0"
			}
			b.WriteString("  " + is + ": {Type: \"AWS::S3::Bucket\", Properties: {BucketName: !Sub \"${" + was + "}${" + was + "}\"}}\n")
		}
		s := load(t, "t.yaml", stack(b.String()))
		if !strings.Contains(diagnosticLines(s), "a text that is too long") {
			t.Error("nothing bounds what Sub makes")
		}
	})
}

// doubles are lines of YAML of which each has nine times the last.
func doubles(n int) []string {
	out := []string{}
	for i := range n {
		was, is := string(rune('a'+i)), string(rune('a'+i+1))
		out = append(out, "K"+is+": &"+is+" [*"+was+strings.Repeat(",*"+was, 8)+"]\n")
	}
	return out
}

// Templates and states are read in directories.
func TestDeclaredFileNames(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"a.yaml", "b.yml", "c.template", "d.tfstate", "e.tf"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("Resources: {}\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	sources, diags, err := Files([]string{dir}, nil)
	if err != nil || len(sources) != 4 || len(diags) != 1 {
		t.Errorf("%d sources, %v, %v", len(sources), diags, err)
	}
}
