// Package awscli decodes the output of AWS CLI commands that say what
// GetAccountAuthorizationDetails does not: the organization, its guardrails
// (IN-13 to IN-17), the policies of resources (IN-18 to IN-23), who asked
// (IN-28). Commands are told apart by the names of their members (GAAD-23).
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

// members are the names that some recognizer looks at.
var members = scan.NewNames(
	"Organization", "Roots", "OrganizationalUnits", "Accounts", "Parents", "Children", "Targets", "Policies",
	"Policy", "PolicySummary", "Content", "DelegatedAdministrators", "DelegatedServices", "EnabledFeatures", "OrganizationId",
	"TargetId", "ParentId", "ChildId", "PolicyId", "Filter", "AccountId", "Account", "Id", "Type", "PolicyTypes", "Name", "Status",
	"Buckets", "Keys", "Bucket", "BucketName", "KeyId", "Arn", "Resource", "ResourceArn", "PolicyName", "Region",
	"Grants", "Owner", "PublicAccessBlockConfiguration", "OwnershipControls", "ResourcePolicy", "PolicyText", "RepositoryArn",
	"Attributes", "KeyMetadata", "TagSet", "UserId", "Roles", "Role", "InstanceProfiles", "AccountAliases",
	"Statement", "Version", "ReportFormat", "GeneratedTime", "UserName", "FunctionArn", "TopicArn", "QueueArn",
	"AccessKeyMetadata", "MFADevices", "VirtualMFADevices", "LoginProfile", "SummaryMap", "PasswordPolicy",
	"OpenIDConnectProviderList", "ClientIDList", "SAMLProviderList", "SAMLMetadataDocument", "ServicesLastAccessed",
	"SSHPublicKeys", "ServiceSpecificCredentials", "Certificates", "ServerCertificateMetadataList",
	"PermissionSets", "PermissionSet", "AccountAssignments", "Reservations", "TaskDefinition", "Functions", "Stacks",
	"TrustAnchors", "Profiles", "AllowUnauthenticatedIdentities",
)

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
	Names    []string           // of the members, as spelled, in order
	Members  map[string]Element // by AWS spelling
	Policies []Element          // of a member Policies, those that are not IAM's

	used map[string]bool
}

// recognizers try an object in turn. Each reports whether it understood some
// of it; several may.
var recognizers = []func(*Object) bool{
	(*Object).organization, (*Object).resources, (*Object).identity, (*Object).unused,
}

// Decode reads what it recognises and reports whether that was anything.
func (o *Object) Decode() bool {
	o.used = map[string]bool{}
	found := false
	for _, try := range recognizers {
		found = try(o) || found
	}
	return found
}

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
		o.Part.Caller = o.text("Account")
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
	if v, _ := o.get("AccountAliases"); v.Kind() == '[' {
		found = true
		for _, alias := range v.Elements() {
			if a := d.Account; a != "" {
				o.Part.Accounts = append(o.Part.Accounts, part.Account{ID: a, Alias: alias.Text()})
				o.Part.Took("iam-list-account-aliases")
			} else {
				o.report(iam.Warning, "incomplete-output", `add the account beside it: jq '. + {AccountId: "111122223333"}'`, "list-account-aliases does not say whose alias %q is", scan.Clip(alias.Text()))
			}
		}
	}
	return found
}

func (o *Object) supplement(d *gaad.Decoder, v scan.Value, at string) bool {
	o.Part.Took("iam-roles")
	return d.Role(v, at) != nil
}

// notUsed are outputs that are known and not used yet; the right column is the
// command.
var notUsed = [][2]string{
	{"AccessKeyMetadata", "iam list-access-keys"},
	{"MFADevices", "iam list-mfa-devices"},
	{"VirtualMFADevices", "iam list-virtual-mfa-devices"},
	{"LoginProfile", "iam get-login-profile"},
	{"SummaryMap", "iam get-account-summary"},
	{"PasswordPolicy", "iam get-account-password-policy"},
	{"OpenIDConnectProviderList", "iam list-open-id-connect-providers"},
	{"ClientIDList", "iam get-open-id-connect-provider"},
	{"SAMLProviderList", "iam list-saml-providers"},
	{"SAMLMetadataDocument", "iam get-saml-provider"},
	{"ServicesLastAccessed", "iam get-service-last-accessed-details"},
	{"SSHPublicKeys", "iam list-ssh-public-keys"},
	{"ServiceSpecificCredentials", "iam list-service-specific-credentials"},
	{"Certificates", "iam list-signing-certificates"},
	{"ServerCertificateMetadataList", "iam list-server-certificates"},
	{"ReportFormat", "iam get-credential-report"},
	{"PermissionSets", "sso-admin list-permission-sets"},
	{"PermissionSet", "sso-admin describe-permission-set"},
	{"AccountAssignments", "sso-admin list-account-assignments"},
	{"Reservations", "ec2 describe-instances"},
	{"TaskDefinition", "ecs describe-task-definition"},
	{"Functions", "lambda list-functions"},
	{"Stacks", "cloudformation describe-stacks"},
	{"TrustAnchors", "rolesanywhere list-trust-anchors"},
	{"Profiles", "rolesanywhere list-profiles"},
	{"AllowUnauthenticatedIdentities", "cognito-identity describe-identity-pool"},
}

// NotUsed is the code of inputs that are recognised but do not count yet.
const NotUsed = "recognized-not-used"

func (o *Object) unused() bool {
	found := false
	for _, n := range notUsed {
		if o.has(n[0]) {
			o.get(n[0])
			o.report(iam.Note, NotUsed, "", "output of aws %s: recognised, not used yet", n[1])
			found = true
		}
	}
	if v, _ := o.get("Statement"); v.Kind() != 0 && len(o.Members) <= 3 {
		o.report(iam.Warning, "unplaced-policy", `wrap it: {"Resource": "arn:…", "Policy": …}`, "a policy document on its own, without saying what it is attached to")
		found = true
	}
	return found
}

func hintBeside(parameter, example string) string {
	return fmt.Sprintf(`put the request parameter beside the output: jq '. + {%s: "%s"}'`, parameter, strings.ReplaceAll(example, `"`, ""))
}
