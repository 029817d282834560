package ingest

import (
	"strings"
	"testing"

	"accesspath/iam"
)

const (
	describeOrganization = `{"Organization":{"Id":"o-example","FeatureSet":"ALL","MasterAccountId":"999999999999"}}`
	listRoots            = `{"Roots":[{"Id":"r-abcd","Name":"Root","PolicyTypes":[{"Type":"SERVICE_CONTROL_POLICY","Status":"ENABLED"},{"Type":"RESOURCE_CONTROL_POLICY","Status":"ENABLED"}]}]}`
	scpSummary           = `{"Id":"p-deny0001","Arn":"arn:aws:organizations::999999999999:policy/o-example/service_control_policy/p-deny0001","Name":"deny","Type":"SERVICE_CONTROL_POLICY"}`
	fullSummary          = `{"Id":"p-FullAWSAccess","Arn":"arn:aws:organizations::aws:policy/service_control_policy/p-FullAWSAccess","Name":"FullAWSAccess","Type":"SERVICE_CONTROL_POLICY","AwsManaged":true}`
	rcpSummary           = `{"Id":"p-RCPFullAWSAccess","Arn":"arn:aws:organizations::aws:policy/resource_control_policy/p-RCPFullAWSAccess","Name":"RCPFullAWSAccess","Type":"RESOURCE_CONTROL_POLICY","AwsManaged":true}`
	denyContent          = `"{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Deny\",\"Action\":\"iam:*\",\"Resource\":\"*\"}]}"`
)

func TestIN13Organization(t *testing.T) {
	o := load(t, "o.json", describeOrganization).Organization
	if o.ID != "o-example" || o.ManagementAccount != "999999999999" || o.FeatureSet != "ALL" || o.SCP != iam.Unknown {
		t.Errorf("%+v", o)
	}
	o = load(t, "o.json", strings.Replace(describeOrganization, "ALL", "CONSOLIDATED_BILLING", 1)).Organization
	if o.SCP != iam.KnownEmpty || o.RCP != iam.KnownEmpty {
		t.Errorf("ORG-15: %+v", o)
	}
	if s := load(t, "a.json", roles(role("r"))); s.Organization != nil {
		t.Error("an organization out of nothing")
	}
}

func TestIN14Roots(t *testing.T) {
	o := load(t, "r.json", listRoots).Organization
	if o.SCP != iam.Present || o.RCP != iam.Present || o.Node("r-abcd").Kind != "root" || o.Node("r-abcd").SCPState != iam.Unknown {
		t.Errorf("%+v", o)
	}
	o = load(t, "r.json", `{"Roots":[{"Id":"r-abcd","PolicyTypes":[]}]}`).Organization
	if o.SCP != iam.KnownEmpty || o.Node("r-abcd").SCPState != iam.KnownEmpty {
		t.Errorf("no type is enabled: %+v", o)
	}
}

// Each command in a file of its own, with the request parameter beside it
// where the output does not repeat it.
func TestIN15Tree(t *testing.T) {
	files := []string{
		"1.json", describeOrganization, "2.json", listRoots,
		"3.json", `{"ParentId":"r-abcd","OrganizationalUnits":[{"Id":"ou-abcd-11111111","Name":"Work"}]}`,
		"4.json", `{"Accounts":[{"Id":"111111111111","Name":"app","Status":"ACTIVE"},{"Id":"222222222222","Status":"SUSPENDED"},{"Id":"333333333333"}]}`,
		"5.json", `{"ParentId":"ou-abcd-11111111","Accounts":[{"Id":"111111111111","Name":"app"}]}`,
		"6.json", `{"ChildId":"222222222222","Parents":[{"Id":"r-abcd","Type":"ROOT"}]}`,
		"7.json", `{"ParentId":"ou-abcd-11111111","Children":[{"Id":"333333333333","Type":"ACCOUNT"}]}`,
		"8.json", roles(role("r")),
	}
	s := load(t, files...)
	o := s.Organization
	for id, want := range map[string]string{
		"111111111111": "o-example/r-abcd/ou-abcd-11111111/", "222222222222": "o-example/r-abcd/", "333333333333": "o-example/r-abcd/ou-abcd-11111111/",
	} {
		if got := o.OrgPath(id); got != want {
			t.Errorf("path of %s is %q, want %q", id, got, want)
		}
	}
	if a := s.Account("111111111111"); a.Name != "app" || a.Status != "ACTIVE" {
		t.Errorf("account %+v", a)
	}
	for name, file := range map[string]string{
		"OrganizationalUnits": `{"OrganizationalUnits":[{"Id":"ou-abcd-11111111"}]}`,
		"Parents":             `{"Parents":[{"Id":"r-abcd","Type":"ROOT"}]}`,
		"Children":            `{"Children":[{"Id":"333333333333","Type":"ACCOUNT"}]}`,
	} {
		s := load(t, "a.json", roles(role("r")), "x.json", file)
		if len(find(s, "incomplete-output")) != 1 {
			t.Errorf("%s: %v", name, s.Diagnostics)
		}
	}
}

func TestIN16Policies(t *testing.T) {
	files := []string{
		"1.json", describeOrganization, "2.json", listRoots,
		"3.json", `{"TargetId":"r-abcd","Policies":[` + fullSummary + `,` + scpSummary + `]}`,
		"4.json", `{"TargetId":"r-abcd","Policies":[` + rcpSummary + `]}`,
		"5.json", `{"Policy":{"PolicySummary":` + scpSummary + `,"Content":` + denyContent + `}}`,
		"6.json", `{"TargetId":"111111111111","Filter":"SERVICE_CONTROL_POLICY","Policies":[]}`,
	}
	o := load(t, files...).Organization
	root := o.Node("r-abcd")
	if root.SCPState != iam.Present || root.RCPState != iam.Present || len(root.SCPs) != 2 || len(root.RCPs) != 1 {
		t.Fatalf("%+v", root)
	}
	allows(t, root.SCPs[1], "s3:GetObject")
	if root.SCPs[0].Document == nil || !strings.Contains(root.SCPs[0].Document.Text, "iam:*") || root.SCPs[0].Origin.Pointer != "/Policy/Content" {
		t.Errorf("%+v", root.SCPs[0])
	}
	if n := o.Node("111111111111"); n.SCPState != iam.KnownEmpty || n.RCPState != iam.Unknown {
		t.Errorf("%+v", n)
	}
}

// Targets without the other targets of the other policies leave a node open
// (ORG-03), and what is known to be attached is still there.
func TestIN16TargetsAlone(t *testing.T) {
	s := load(t,
		"1.json", listRoots,
		"2.json", `{"PolicyId":"p-deny0001","Targets":[{"TargetId":"r-abcd","Type":"ROOT"}]}`,
		"3.json", `{"Policy":{"PolicySummary":`+scpSummary+`,"Content":`+denyContent+`}}`)
	if n := s.Organization.Node("r-abcd"); n.SCPState != iam.Unknown || len(n.SCPs) != 1 {
		t.Errorf("%+v", n)
	}
	s = load(t, "1.json", listRoots, "2.json", `{"TargetId":"r-abcd","Policies":[`+scpSummary+`]}`)
	if n := s.Organization.Node("r-abcd"); n.SCPState != iam.Present || n.SCPs[0].Document != nil || len(find(s, "unresolved-policy")) != 1 {
		t.Errorf("%+v, %v", n, s.Diagnostics)
	}
	for _, file := range []string{`{"Targets":[{"TargetId":"r-abcd"}]}`, `{"Policies":[` + scpSummary + `]}`} {
		s := load(t, "1.json", listRoots, "2.json", file)
		if len(find(s, "incomplete-output")) != 1 {
			t.Errorf("%s: %v", file, s.Diagnostics)
		}
	}
}

// All policies with all their targets, as one object: every node is known. A
// list without AWS's own policy cannot be the whole one.
func TestIN16Combined(t *testing.T) {
	s := example(t, Options{})
	n := s.Organization.Node("ou-abcd-11111111")
	if n.SCPState != iam.Present || len(n.SCPs) != 2 || n.RCPState != iam.KnownEmpty || s.Organization.RCP != iam.KnownEmpty {
		t.Errorf("%+v", n)
	}
	if p := s.Organization.PathTo("111111111111"); len(p) != 3 || p[0].Kind != "root" {
		t.Errorf("path %v", p)
	}
	s = load(t, "o.json", `{"Roots":[{"Id":"r-abcd","PolicyTypes":[{"Type":"SERVICE_CONTROL_POLICY","Status":"ENABLED"}]}],"Accounts":[{"Id":"111111111111","ParentId":"r-abcd"}],
		"Policies":[{"PolicySummary":`+scpSummary+`,"Content":`+denyContent+`,"Targets":[{"TargetId":"r-abcd"}]}]}`)
	if got := s.Organization.Node("111111111111").SCPState; got != iam.Unknown {
		t.Errorf("a node without policies in an incomplete list is %v", got)
	}
}

func TestIN17Delegates(t *testing.T) {
	s := load(t, "1.json", describeOrganization,
		"2.json", `{"DelegatedAdministrators":[{"Id":"111111111111"}]}`,
		"3.json", `{"AccountId":"111111111111","DelegatedServices":[{"ServicePrincipal":"sso.amazonaws.com"}]}`,
		"4.json", `{"OrganizationId":"o-example","EnabledFeatures":["RootSessions"]}`)
	o := s.Organization
	if len(o.DelegatedAdmins) != 1 || o.DelegatedAdmins[0].Services[0] != "sso.amazonaws.com" || o.RootSessions != iam.Present {
		t.Errorf("%+v", o)
	}
	if got := load(t, "1.json", `{"EnabledFeatures":[]}`).Organization.RootSessions; got != iam.KnownEmpty {
		t.Errorf("root sessions are %v, want known-empty", got)
	}
}

const (
	bucketPolicy = `"{\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":\"s3:GetObject\",\"Resource\":[\"arn:aws:s3:::shared\",\"arn:aws:s3:::shared/*\"]}]}"`
	keyPolicy    = `"{\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"arn:aws:iam::111111111111:root\"},\"Action\":\"kms:*\",\"Resource\":\"*\"}]}"`
	keyARN       = "arn:aws:kms:eu-west-1:111111111111:key/k1"
)

func TestIN18Buckets(t *testing.T) {
	s := example(t, Options{})
	plain, shared := s.Resource("arn:aws:s3:::plain"), s.Resource("arn:aws:s3:::shared")
	if plain.PolicyState != iam.KnownEmpty || shared.PolicyState != iam.Present || shared.Account != "111111111111" || shared.Region != "eu-west-1" {
		t.Errorf("%+v %+v", plain, shared)
	}
	allows(t, shared.Policy, "s3:GetObject")

	account := roles(role("r"))
	s = load(t, "a.json", account,
		"1.json", `{"Policy":`+bucketPolicy+`}`,
		"2.json", `{"Bucket":"shared","PublicAccessBlockConfiguration":{"BlockPublicAcls":true,"IgnorePublicAcls":true,"BlockPublicPolicy":false,"RestrictPublicBuckets":true}}`,
		"3.json", `{"Bucket":"shared","Owner":{"ID":"c1"},"Grants":[{"Grantee":{"Type":"Group","URI":"http://acs.amazonaws.com/groups/global/AllUsers"},"Permission":"READ"}]}`,
		"4.json", `{"Bucket":"shared","OwnershipControls":{"Rules":[{"ObjectOwnership":"ObjectWriter"}]}}`,
		"5.json", `{"Owner":{},"Buckets":[{"Name":"other","CreationDate":"2020-01-01T00:00:00Z"}]}`)
	r := s.Resource("arn:aws:s3:::shared")
	if r.Account != "111111111111" || r.PolicyState != iam.Present || r.PublicAccessBlock == nil || r.PublicAccessBlock.BlockPublicPolicy || !r.PublicAccessBlock.RestrictPublicBuckets {
		t.Errorf("%+v", r)
	}
	if r.ACLState != iam.Present || r.ACL[0].Permission != "READ" || r.OwnershipEnforced != iam.KnownEmpty {
		t.Errorf("%+v", r)
	}
	if got := s.Resource("arn:aws:s3:::other").PolicyState; got != iam.Unknown {
		t.Errorf("list-buckets says nothing of policies, state %v", got)
	}
	s = load(t, "a.json", account, "1.json", `{"Policy":"{\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":\"s3:*\",\"Resource\":\"*\"}]}"}`,
		"2.json", `{"PublicAccessBlockConfiguration":{}}`)
	if len(s.Resources) != 0 || len(find(s, "incomplete-output")) != 2 {
		t.Errorf("%v", s.Diagnostics)
	}
}

func TestIN19Keys(t *testing.T) {
	r := example(t, Options{}).Resource(keyARN)
	if r.Type != "kms:key" || r.PolicyState != iam.Present || r.Account != "111111111111" {
		t.Errorf("%+v", r)
	}
	s := load(t, "1.json", `{"KeyId":"`+keyARN+`","PolicyName":"default","Policy":`+keyPolicy+`}`,
		"2.json", `{"Grants":[{"KeyId":"`+keyARN+`","GrantId":"g1","GranteePrincipal":"arn:aws:iam::222222222222:role/r","Operations":["Decrypt"],"Constraints":{"EncryptionContextSubset":{"a":"b"}}}]}`,
		"3.json", `{"KeyMetadata":{"AWSAccountId":"111111111111","Arn":"`+keyARN+`","KeyManager":"CUSTOMER"}}`)
	r = s.Resource(keyARN)
	allows(t, r.Policy, "kms:Decrypt")
	if r.GrantsState != iam.Present || r.Grants[0].Context["a"] != "b" || r.Grants[0].Operations[0] != "Decrypt" || r.AWSManaged {
		t.Errorf("%+v", r)
	}
	r = load(t, "1.json", `{"KeyMetadata":{"AWSAccountId":"111111111111","Arn":"`+keyARN+`","KeyManager":"AWS"}}`).Resource(keyARN)
	if !r.AWSManaged {
		t.Errorf("ORG-10: AWS manages %+v", r)
	}
	r = load(t, "1.json", `{"KeyId":"`+keyARN+`","Grants":[]}`).Resource(keyARN)
	if r.GrantsState != iam.KnownEmpty || r.PolicyState != iam.Unknown {
		t.Errorf("%+v", r)
	}
	r = load(t, "1.json", `{"KeyId":"k1","Region":"eu-west-1","AccountId":"111111111111","PolicyName":"default","Policy":`+keyPolicy+`}`).Resource(keyARN)
	if r == nil {
		t.Error("a key is known by its id, region and account too")
	}
	s = load(t, "a.json", roles(role("r")), "1.json", `{"PolicyName":"default","Policy":`+keyPolicy+`}`)
	if d := find(s, "incomplete-output"); len(d) != 1 || d[0].Message != "get-key-policy does not name the key; it is skipped" {
		t.Errorf("%v", s.Diagnostics)
	}
}

func TestIN20To23OtherPolicies(t *testing.T) {
	policy := func(resource string) string {
		return quote(`{"Statement":[{"Effect":"Allow","Principal":"*","Action":"x:Do","Resource":"` + resource + `"}]}`)
	}
	queue, function, secret := "arn:aws:sqs:eu-west-1:111111111111:q", "arn:aws:lambda:eu-west-1:111111111111:function:f", "arn:aws:secretsmanager:eu-west-1:111111111111:secret:s-AbCdEf"
	s := load(t,
		"1.json", `{"Attributes":{"QueueArn":"`+queue+`","Policy":`+policy(queue)+`}}`,
		"2.json", `{"Policy":`+policy(function)+`,"RevisionId":"r"}`,
		"3.json", `{"ARN":"`+secret+`","Name":"s","ResourcePolicy":`+policy("*")+`}`,
		"4.json", `{"registryId":"111111111111","repositoryName":"app","repositoryArn":"arn:aws:ecr:eu-west-1:111111111111:repository/app","policyText":`+policy("*")+`}`,
		"5.json", `{"Attributes":{"TopicArn":"arn:aws:sns:eu-west-1:111111111111:t"}}`)
	for _, arn := range []string{queue, function, secret, "arn:aws:ecr:eu-west-1:111111111111:repository/app"} {
		if r := s.Resource(arn); r == nil || r.PolicyState != iam.Present || r.Account != "111111111111" {
			t.Errorf("%s: %+v", arn, r)
		}
	}
	if r := s.Resource("arn:aws:sns:eu-west-1:111111111111:t"); r.PolicyState != iam.KnownEmpty || r.Type != "sns:topic" {
		t.Errorf("%+v", r)
	}
}

func TestIN28Caller(t *testing.T) {
	s := load(t, "1.json", `{"UserId":"AIDAX","Account":"111111111111","Arn":"arn:aws:iam::111111111111:user/u"}`,
		"2.json", `{"Policy":`+bucketPolicy+`}`)
	if r := s.Resource("arn:aws:s3:::shared"); r.Account != "111111111111" {
		t.Errorf("%+v", r)
	}
}

func TestIN30NestedText(t *testing.T) {
	t.Run("IN-30/object, text and encoded text", func(t *testing.T) {
		for _, file := range []string{
			`{"Bucket":"b","Policy":` + bucketPolicy + `}`,
			`{"Bucket":"b","Policy":{"Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"*"}]}}`,
			`[{"Resource":"arn:aws:s3:::b","Account":"111111111111","Policy":"%7B%22Statement%22%3A%7B%22Effect%22%3A%22Allow%22%2C%22Principal%22%3A%22%2A%22%2C%22Action%22%3A%22s3%3AGetObject%22%7D%7D"}]`,
		} {
			allows(t, load(t, "1.json", file).Resource("arn:aws:s3:::b").Policy, "s3:GetObject")
		}
	})
}

// Inputs that are known and not used say so, and do not fail a load.
func TestRecognisedNotUsed(t *testing.T) {
	s := load(t, "a.json", roles(role("r")), "c.json", `{"QueueUrls":["https://sqs.eu-west-1.amazonaws.com/111111111111/q"]}`)
	if got := find(s, "recognized-not-used"); len(got) != 1 || !strings.HasPrefix(got[0].String(), "c.json:1:1: note: output of aws sqs list-queues") {
		t.Errorf("%v", s.Diagnostics)
	}
	wantNo(t, s, "unrecognized")
}

// The tree of accounts with policies in place, as IAMSpy writes it.
func TestPolicyTree(t *testing.T) {
	full := strings.Replace(fullSummary, `"AwsManaged"`, `"Content":`+adminDoc+`,"AwsManaged"`, 1)
	s := load(t, "o.json", `{"Id":"r-abcd","Arn":"arn:aws:organizations::999999999999:root/o-example/r-abcd","Name":"Root","PolicyTypes":[{"Type":"SERVICE_CONTROL_POLICY","Status":"ENABLED"}],
		"Policies":[`+full+`],"Children":[{"Id":"ou-abcd-11111111","Type":"OrganizationalUnit","Policies":[`+full+`],"Children":[{"Id":"111111111111","Type":"Account","Policies":[]}]}]}`)
	o := s.Organization
	if o.ID != "o-example" || o.ManagementAccount != "999999999999" || o.OrgPath("111111111111") != "o-example/r-abcd/ou-abcd-11111111/" {
		t.Errorf("%+v", o)
	}
	if o.Node("r-abcd").SCPState != iam.Present || o.Node("111111111111").SCPState != iam.KnownEmpty {
		t.Errorf("%+v", o.Nodes)
	}
}
