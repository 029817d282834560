package catalog

import (
	"slices"
	"strings"
	"testing"
)

// TestData guards the counts of the pinned version: a new version changes them
// knowingly.
func TestData(t *testing.T) {
	text, err := unpack(packed)
	if err != nil {
		t.Fatal(err)
	}
	c, err := parse(text)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.IsSortedFunc(c.keys, func(a, b conditionKey) int { return compareFold(a.name, b.name) }) {
		t.Error("condition keys are not in order")
	}
	var actions, types, typed int
	for i := range c.services {
		s := &c.services[i]
		parsed, err := c.parseBlock(s)
		if err != nil {
			t.Fatalf("%s: %v", s.prefix, err)
		}
		if !slices.IsSortedFunc(parsed.actions, func(a, b ActionInfo) int { return compareFold(a.Name, b.Name) }) {
			t.Errorf("%s: actions are not in order", s.prefix)
		}
		actions += len(parsed.actions)
		types += len(parsed.types)
		for _, a := range parsed.actions {
			if !a.WildcardOnly {
				typed++
			}
		}
	}
	got := []int{len(c.services), actions, types, typed, len(c.rcp)}
	if want := []int{456, 22091, 2334, 15367, 62}; !slices.Equal(got, want) {
		t.Errorf("services, actions, types, actions with a type, services with RCPs = %v, want %v", got, want)
	}
}

func TestAction(t *testing.T) {
	a, ok := Action("S3", "getobject")
	if !ok || a.String() != "s3:GetObject" || a.Access != "Read" || a.WildcardOnly {
		t.Fatalf("Action(S3, getobject) = %+v, %v", a, ok)
	}
	var types []string
	for _, u := range a.ResourceTypes {
		types = append(types, u.Type)
	}
	if !slices.Contains(types, "object") || slices.Contains(types, "bucket") {
		t.Errorf("s3:GetObject works on %v", types)
	}
	for _, name := range []string{"s3:ListAllMyBuckets", "iam:GetAccountAuthorizationDetails", "sts:GetCallerIdentity", "ec2:DescribeInstances"} {
		prefix, name, _ := strings.Cut(name, ":")
		if a, ok := Action(prefix, name); !ok || !a.WildcardOnly {
			t.Errorf("ACTM-07: %s:%s: WildcardOnly = %v, %v", prefix, name, a.WildcardOnly, ok)
		}
	}
	run, _ := Action("ec2", "RunInstances")
	required := 0
	for _, u := range run.ResourceTypes {
		if u.Required {
			required++
		}
	}
	if required < 3 {
		t.Errorf("ACTM-08: ec2:RunInstances has %d required types", required)
	}
}

// ACTM-06: what is absent is unknown, whatever the question.
func TestUnknown(t *testing.T) {
	for _, name := range []string{"", "*", "Nope", "GetObject\x00", "Get Object", strings.Repeat("A", 1<<16), "\xff"} {
		for _, prefix := range []string{"", "nope", "s3", "s3:", "\xff"} {
			if _, ok := Action(prefix, name); ok {
				t.Errorf("Action(%q, %.20q) is known", prefix, name)
			}
			if _, ok := ResourceType(prefix, name); ok {
				t.Errorf("ResourceType(%q, %.20q) is known", prefix, name)
			}
			if got := TypesOfARN(prefix, name); got != nil {
				t.Errorf("TypesOfARN(%q, %.20q) = %v", prefix, name, got)
			}
			if defined, certain := KnownKey(prefix, name, "s3:prefix"); defined || certain {
				t.Errorf("KnownKey(%q, %.20q) = %v, %v", prefix, name, defined, certain)
			}
		}
	}
	if _, ok := ConditionKeyType(""); ok {
		t.Error("the empty key has a type")
	}
	if _, ok := ServiceName("nope"); ok {
		t.Error("nope has a name")
	}
}

func TestServices(t *testing.T) {
	if s := Services(); !slices.IsSorted(s) || !slices.Contains(s, "iam") {
		t.Errorf("Services() is not sorted or lacks iam")
	}
	if name, _ := ServiceName("STS"); name != "AWS Security Token Service" {
		t.Errorf("ServiceName(STS) = %q", name)
	}
}

// ORG-11.
func TestRCPSupported(t *testing.T) {
	for _, prefix := range []string{"s3", "sts", "KMS", "sqs", "secretsmanager", "dynamodb"} {
		if !RCPSupported(prefix) {
			t.Errorf("RCPSupported(%s) = false", prefix)
		}
	}
	for _, prefix := range []string{"ec2", "iam", "lambda", "", "s"} {
		if RCPSupported(prefix) {
			t.Errorf("RCPSupported(%s) = true", prefix)
		}
	}
}

func TestTypesOfARN(t *testing.T) {
	cases := []struct {
		service, arn string
		want         []string
	}{
		{"s3", "arn:aws:s3:::b", []string{"bucket"}},
		{"s3", "arn:aws:s3:::b/x", []string{"object"}},
		{"s3", "arn:aws:s3:::b/x/y:z", []string{"object"}},
		{"s3", "arn:aws-cn:s3:::b", []string{"bucket"}},
		{"s3", "arn:aws:sqs:us-east-1:111122223333:q", nil},
		{"sqs", "arn:aws:sqs:us-east-1:111122223333:q", []string{"queue"}},
		{"iam", "arn:aws:iam::111122223333:role/a/b", []string{"role"}},
		{"iam", "arn:aws:iam::111122223333:user/u", []string{"user"}},
		{"kms", "arn:aws:kms:eu-west-1:111122223333:key/k", []string{"key"}},
		{"kms", "arn:aws:kms:eu-west-1:111122223333:alias/k", []string{"alias"}},
		{"dynamodb", "arn:aws:dynamodb:eu-west-1:111122223333:table/t/index/i", []string{"index", "table"}},
		{"sns", "arn:aws:sns:eu-west-1:111122223333:t", []string{"topic"}},
		{"sns", "arn:aws:sns:eu-west-1:111122223333:t:sub", nil},
		{"apigateway", "arn:aws:apigateway:eu-west-1::/restapis/a/models/m", []string{"Model"}},
		{"iam", "arn:aws:iam", nil},
	}
	for _, c := range cases {
		got := TypesOfARN(c.service, c.arn)
		// Templates of further types may fit too, except where a rule turns on it.
		for _, w := range c.want {
			if !slices.Contains(got, w) {
				t.Errorf("TypesOfARN(%s, %s) = %v, want %v", c.service, c.arn, got, c.want)
			}
		}
		if c.want == nil && got != nil || c.service == "s3" && !slices.Equal(got, c.want) {
			t.Errorf("TypesOfARN(%s, %s) = %v, want %v", c.service, c.arn, got, c.want)
		}
	}
}

func TestConditionKeyType(t *testing.T) {
	cases := map[string]string{
		"aws:PrincipalOrgPaths":                        "ArrayOfString",
		"AWS:principalarn":                             "ARN",
		"aws:SourceIp":                                 "IPAddress",
		"aws:ResourceTag/team":                         "String",
		"aws:PrincipalTag/a/b":                         "String",
		"s3:prefix":                                    "String",
		"s3:ExistingObjectTag/k":                       "String",
		"iam:ResourceTag/x":                            "String",
		"iam:PassedToService":                          "String",
		"saml:aud":                                     "String",
		"kms:EncryptionContext:a":                      "String",
		"aws:principalOrgId2":                          "", // CKEY-61
		"aws:ResourceTag/":                             "",
		"issuer.example:sub":                           "",
		"nocolon":                                      "",
		"token.actions.githubusercontent.com:actor":    "String",
		"token.actions.githubusercontent.com/acme:ref": "String",
	}
	for key, want := range cases {
		if got, ok := ConditionKeyType(key); got != want || ok != (want != "") {
			t.Errorf("ConditionKeyType(%s) = %q, %v; want %q", key, got, ok, want)
		}
	}
}

func TestKnownKey(t *testing.T) {
	cases := []struct {
		name             string
		service, action  string
		key              string
		defined, certain bool
	}{
		{"COND-21 of the action", "s3", "ListBucket", "s3:prefix", true, true},
		{"COND-21 of another action", "s3", "GetBucketAcl", "s3:prefix", false, true},
		{"COND-21 of another service", "sqs", "SendMessage", "s3:prefix", false, true},
		{"COND-21 of the resource type", "iam", "DeleteRole", "iam:ResourceTag/team", true, true},
		{"global", "sqs", "SendMessage", "aws:PrincipalArn", true, true},
		{"tag key", "ec2", "RunInstances", "aws:RequestTag/x", true, true},
		{"CKEY-61 unknown global key", "s3", "GetObject", "aws:principalOrgId2", false, false},
		{"CKEY-63 provider", "sts", "AssumeRoleWithWebIdentity", "issuer.example:sub", false, false},
		{"CKEY-63 misspelt service key", "s3", "GetObject", "s3:prefixx", false, true},
		{"ACTM-06 unknown action", "s3", "NoSuchThing", "s3:prefix", false, false},
		{"no colon", "s3", "GetObject", "s3", false, false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			defined, certain := KnownKey(c.service, c.action, c.key)
			if defined != c.defined || certain != c.certain {
				t.Errorf("KnownKey(%s, %s, %s) = %v, %v; want %v, %v", c.service, c.action, c.key, defined, certain, c.defined, c.certain)
			}
		})
	}
}

// The zero cost of an unused catalogue and the price of the first use.
func BenchmarkFirstUse(b *testing.B) {
	for b.Loop() {
		text, err := unpack(packed)
		if err != nil {
			b.Fatal(err)
		}
		c, err := parse(text)
		if err != nil {
			b.Fatal(err)
		}
		c.service("s3").parsed()
	}
}

func BenchmarkEverything(b *testing.B) {
	for b.Loop() {
		text, _ := unpack(packed)
		c, _ := parse(text)
		for i := range c.services {
			c.services[i].parsed()
		}
	}
}

// SYM-24, ESC-29: what gives tags to resources of a type.
func TestTagging(t *testing.T) {
	for _, c := range []struct {
		service string
		types   []string
		want    []string
	}{
		{"s3", []string{"object"}, []string{"s3:PutObjectTagging", "s3:PutObjectVersionTagging"}},
		{"s3", []string{"bucket"}, []string{"s3:PutBucketTagging", "s3:TagResource"}},
		{"iam", []string{"role"}, []string{"iam:TagRole"}},
		{"EC2", []string{"instance"}, []string{"ec2:CreateTags"}},
		{"sqs", []string{"queue"}, []string{"sqs:TagQueue"}},
		{"kms", nil, []string{"kms:TagResource"}},
		{"nope", nil, nil},
	} {
		if got := Tagging(c.service, c.types...); !slices.Equal(got, c.want) {
			t.Errorf("Tagging(%s, %v) = %v, want %v", c.service, c.types, got, c.want)
		}
	}
}
