// Package awscli decodes the output of AWS CLI commands that say what
// GetAccountAuthorizationDetails does not: credentials (IN-01 to IN-05, IN-12),
// account settings and identity providers (IN-05 to IN-11), the organization
// and its guardrails (IN-13 to IN-17), the policies of resources (IN-18 to
// IN-23), Identity Center (IN-24), what carries roles (IN-25), other ways in
// (IN-26, IN-27), who asked (IN-28). Commands are told apart by the names of their members (GAAD-23).
//
// Many outputs do not repeat what was asked for: get-bucket-policy does not
// name the bucket. Such an output is understood if the name stands beside it
// under the name of the request parameter:
//
//	aws s3api get-bucket-policy --bucket b | jq '. + {Bucket: "b"}'
package awscli

import (
	"fmt"
	"slices"
	"strings"

	"accesspath/iam"
	"accesspath/ingest/gaad"
	"accesspath/ingest/internal/part"
	"accesspath/ingest/internal/scan"
)

// A family is a group of outputs that one reader understands.
type family struct {
	members []string           // names that the reader looks at, in AWS's spelling
	read    func(*Object) bool // reports whether it understood some of the object
}

// families are asked in turn; several may understand one object. Names that
// stand beside outputs come first, outputs that are only known last.
var families = []family{
	{members: []string{
		"AccountId", "Account", "Arn", "Filter", "Id", "Name", "Region", "Resource", "ResourceArn", "RoleName", "Status", "Type",
		"UserArn", "UserId", "UserName", "Version",
	}, read: (*Object).nothing},
	{members: []string{
		"Organization", "Roots", "OrganizationalUnits", "Accounts", "Parents", "Children", "Targets", "Policies",
		"Policy", "PolicySummary", "Content", "DelegatedAdministrators", "DelegatedServices", "EnabledFeatures", "OrganizationId",
		"TargetId", "ParentId", "ChildId", "PolicyId", "PolicyTypes",
	}, read: (*Object).organization},
	{members: shapeMembers, read: (*Object).shapes},
	{members: []string{
		"Buckets", "Keys", "Bucket", "BucketName", "KeyId", "PolicyName", "Grants", "Owner", "PublicAccessBlockConfiguration",
		"OwnershipControls", "ResourcePolicy", "PolicyText", "RepositoryArn", "Attributes", "KeyMetadata", "TagSet",
		"FunctionArn", "TopicArn", "QueueArn", "Prefix",
	}, read: (*Object).resources},
	{members: []string{"Roles", "Role", "InstanceProfiles", "AccountAliases"}, read: (*Object).identity},
	{members: credentialMembers, read: (*Object).credentials},
	{members: accountMembers, read: (*Object).accountFacts},
	{members: providerMembers, read: (*Object).providers},
	{members: centerMembers, read: (*Object).identityCenter},
	{members: computeMembers, read: (*Object).compute},
	{members: federatedMembers, read: (*Object).federated},
	{members: notUsedMembers(), read: (*Object).unused},
}

var members = func() scan.Names {
	var all []string
	for _, f := range families {
		all = append(all, f.members...)
	}
	return scan.NewNames(all...)
}()

// MemberOf returns the AWS spelling of a member that Decode may want to see,
// or "".
func MemberOf(name []byte) string { return members.Of(name) }

// An Element is a value and its pointer.
type Element struct {
	Value   scan.Value
	Pointer string
}

// An Object is a JSON object that is no page of GAAD.
type Object struct {
	File     *scan.File
	Part     *part.Part
	Pointer  string
	Place    iam.Origin         // where the object begins
	Account  string             // that the surroundings name
	Cut      bool               // the object says that more pages follow: its lists are not whole
	Names    []string           // of the members, as spelled, in order
	Members  map[string]Element // by AWS spelling
	Policies []Element          // of a member Policies, those that are not IAM's

	// Whole is set by Decode if the object is one output of which all that counts
	// was read, so that no other member of it is worth a word.
	Whole bool

	used   map[string]bool
	shaped bool // its policy was read as one of the shapes
}

// Decode reads what it recognises and reports whether that was anything.
func (o *Object) Decode() bool {
	o.used = map[string]bool{}
	found := false
	for _, f := range families {
		found = f.read(o) || found
	}
	return found
}

// nothing understands names that only say whose the others are.
func (o *Object) nothing() bool { return false }

// get returns a member and marks it as looked at.
func (o *Object) get(name string) (scan.Value, string) {
	m, ok := o.Members[name]
	if !ok || m.Value.Absent() {
		return scan.Value{}, ""
	}
	o.used[name] = true
	return m.Value, m.Pointer
}

func (o *Object) has(names ...string) bool {
	return slices.ContainsFunc(names, func(n string) bool { return !o.Members[n].Value.Absent() })
}

func (o *Object) text(names ...string) string {
	for _, n := range names {
		if v, _ := o.get(n); v.Kind() != 0 {
			if s := v.Text(); s != "" {
				return s
			}
		}
	}
	return ""
}

// owner is the account that the object or its surroundings name.
func (o *Object) owner() string {
	if a := o.text("AccountId", "Account"); a != "" {
		return a
	}
	return o.Account
}

func (o *Object) report(s iam.Severity, code, hint, format string, args ...any) {
	place := o.Place
	place.Pointer = o.Pointer
	o.File.Report(iam.Diagnostic{Severity: s, Code: code, Origin: place, Message: fmt.Sprintf(format, args...), Hint: hint})
}

// identity reads get-caller-identity (IN-28), roles with what GAAD lacks of
// them (IN-07), instance profiles (IN-08) and aliases (IN-12).
func (o *Object) identity() bool {
	found := false
	d := gaad.Decoder{File: o.File, Part: o.Part, Account: o.owner()}
	if o.has("UserId") && o.has("Account") && o.has("Arn") {
		if account := o.text("Account"); !slices.Contains(o.Part.Callers, account) && len(o.Part.Callers) < 2 { // two are as many as more
			o.Part.Callers = append(o.Part.Callers, account)
		}
		o.Part.Took("sts-caller-identity")
		found = true
	}
	if v, at := o.get("Roles"); v.Kind() == '[' {
		for i, r := range v.Elements() {
			o.supplement(&d, r, scan.Index(at, i))
		}
		found = true
	}
	if v, at := o.get("Role"); v.Kind() == '{' {
		if o.supplement(&d, v, at) {
			o.Part.Boundaries = true // get-role shows a boundary if there is one (GAAD-13)
		}
		found = true
	}
	if v, at := o.get("InstanceProfiles"); v.Kind() == '[' {
		for i, p := range v.Elements() {
			d.Profile(p, scan.Index(at, i))
		}
		o.Part.Took("iam-list-instance-profiles")
		found = true
	}
	if v, at := o.get("AccountAliases"); v.Kind() == '[' {
		const command = "iam list-account-aliases"
		found = true
		o.took(command)
		for i, alias := range v.Elements() {
			o.Part.Accounts = append(o.Part.Accounts, part.Account{ID: o.owner(), Alias: alias.Text(), Command: command, Origin: alias.Origin(scan.Index(at, i))})
		}
	}
	return found
}

func (o *Object) supplement(d *gaad.Decoder, v scan.Value, at string) bool {
	o.Part.Took("iam-roles")
	return d.Role(v, at) != nil
}

// notUsed are outputs that are known and say nothing that counts, mostly names
// of things to ask about one by one; the right column is the command.
var notUsed = [][2]string{
	{"TaskDefinitionArns", "ecs list-task-definitions"},
	{"StateMachines", "stepfunctions list-state-machines"},
	{"NotebookInstances", "sagemaker list-notebook-instances"},
	{"ServiceSummaryList", "apprunner list-services"},
	{"QueueUrls", "sqs list-queues"},
	{"Topics", "sns list-topics"},
	{"SecretList", "secretsmanager list-secrets"},
	{"Repositories", "ecr describe-repositories"},
	{"Aliases", "kms list-aliases"},
	{"AccountIds", "sso-admin list-accounts-for-provisioned-permission-set"},
}

func notUsedMembers() []string {
	names := []string{"Statement"}
	for _, n := range notUsed {
		names = append(names, n[0])
	}
	return names
}

// NotUsed is the code of inputs that are recognised but do not count.
const NotUsed = "recognized-not-used"

func (o *Object) unused() bool {
	found := false
	for _, n := range notUsed {
		if o.has(n[0]) {
			o.get(n[0])
			o.report(iam.Note, NotUsed, "", "output of aws %s: recognised, it says nothing that counts", n[1])
			found = true
		}
	}
	if v, _ := o.get("Statement"); v.Kind() != 0 && len(o.Members) <= 3 {
		o.unplaced(v)
		found = true
	}
	return found
}

func hintBeside(parameter, example string) string {
	return fmt.Sprintf(`put the request parameter beside the output: jq '. + {%s: "%s"}'`, parameter, strings.ReplaceAll(example, `"`, ""))
}
