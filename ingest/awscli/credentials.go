package awscli

import (
	"strings"
	"time"

	"accesspath/iam"
	"accesspath/ingest/gaad"
	"accesspath/ingest/internal/part"
	"accesspath/ingest/internal/scan"
	"accesspath/policy"
)

var credentialMembers = []string{
	"AccessKeyMetadata", "AccessKeyId", "AccessKeyLastUsed", "MFADevices", "VirtualMFADevices", "LoginProfile",
	"SSHPublicKeys", "ServiceSpecificCredentials", "Certificates", "ServicesLastAccessed", "JobStatus", "JobCompletionDate", "ReportFormat", "GeneratedTime", "Users", "User", "AssignmentStatus",
}

// credentials reads what outputs of IAM say of users' credentials (IN-01 to
// IN-04, IN-11, IN-12), and what list-users and get-user add to GAAD.
func (o *Object) credentials() bool {
	readers := []func(*Object) bool{
		(*Object).users, (*Object).accessKeys, (*Object).keyLastUsed, (*Object).mfaDevices, (*Object).virtualDevices,
		(*Object).loginProfile, (*Object).sshKeys, (*Object).serviceSpecific, (*Object).signing, (*Object).lastAccessed, (*Object).credentialReport,
	}
	found := false
	for _, read := range readers {
		found = read(o) || found
	}
	return found
}

// about is a piece of credentials of one user. The name may stand in the
// output, or beside it; the account beside it, or in what surrounds it.
func (o *Object) about(command, name string, at iam.Origin) *part.Credentials {
	c := &part.Credentials{Name: name, Account: o.owner(), Command: command, Facts: iam.Credentials{Origin: at}}
	if arn := o.text("UserArn"); name == "" && arn != "" {
		c.User = arn
	}
	return c
}

// perUser reads a list whose elements name their user. Elements are grouped by
// user; an empty list needs the name beside it.
func (o *Object) perUser(member, command string, add func(c *part.Credentials, v scan.Value, at string)) bool {
	list, ok := o.list(member, command)
	if !ok {
		return false
	}
	o.took(command)
	beside := o.text("UserName")
	groups := map[string]*part.Credentials{}
	var order []*part.Credentials
	group := func(name string, v scan.Value, at string) *part.Credentials {
		if groups[name] == nil {
			groups[name] = o.about(command, name, v.Origin(at))
			order = append(order, groups[name])
		}
		return groups[name]
	}
	empty := true
	for i, v := range list.Value.Elements() {
		empty = false
		at := scan.Index(list.Pointer, i)
		name := v.Get("UserName").Text()
		if name == "" {
			name = beside
		}
		if v.Kind() != '{' || name == "" && !o.has("UserArn") {
			o.File.Warn(v, at, "", "invalid-entity", "an element of %s is no object with a UserName; it is skipped", member)
			continue
		}
		add(group(name, v, at), v, at)
	}
	if empty && !o.Cut {
		if beside == "" && !o.has("UserArn") {
			o.report(iam.Warning, "incomplete-output", hintBeside("UserName", "alice"), "an empty output of aws %s does not say whose it is", command)
			return true
		}
		add(group(beside, list.Value, list.Pointer), scan.Value{}, "")
	}
	for _, c := range order {
		o.Part.Credentials = append(o.Part.Credentials, *c)
	}
	return true
}

func (o *Object) took(command string) { o.Part.Took(strings.ReplaceAll(command, " ", "-")) }

// list returns a member that should be an array, and reports it if it is not.
func (o *Object) list(member, command string) (Element, bool) {
	v, at := o.get(member)
	switch v.Kind() {
	case 0:
		return Element{}, false
	case '[':
		return Element{v, at}, true
	}
	o.File.Warn(v, at, "", "invalid-list", "found %s in the output of aws %s, want an array; it is not used", v.Describe(), command)
	o.took(command)
	return Element{}, false
}

// stateOf is Present, or KnownEmpty for the zero Value, which stands for an
// empty list.
func stateOf(v scan.Value) iam.State {
	if v.Kind() == 0 {
		return iam.KnownEmpty
	}
	return iam.Present
}

// accessKeys reads list-access-keys (IN-02).
func (o *Object) accessKeys() bool {
	return o.perUser("AccessKeyMetadata", "iam list-access-keys", func(c *part.Credentials, v scan.Value, at string) {
		if c.Facts.Keys = stateOf(v); v.Kind() != 0 {
			c.Facts.AccessKeys = append(c.Facts.AccessKeys, iam.AccessKey{
				ID: v.Get("AccessKeyId").Text(), Active: o.active(v, at), Created: o.date(v, "CreateDate", at),
			})
		}
	})
}

// active reads Status, which is "Active" or "Inactive"; what is neither counts
// as active, so that no credential is overlooked.
func (o *Object) active(v scan.Value, at string) bool {
	s := v.Get("Status")
	switch {
	case s.Absent(), strings.EqualFold(s.Text(), "Active"), strings.EqualFold(s.Text(), "Enabled"):
		return true
	case strings.EqualFold(s.Text(), "Inactive"), strings.EqualFold(s.Text(), "Disabled"), strings.EqualFold(s.Text(), "Expired"):
		return false
	}
	o.File.Warn(s, at+"/Status", "", "invalid-value", "%q is no status; it counts as active", scan.Clip(s.Text()))
	return true
}

// keyLastUsed reads get-access-key-last-used, which names the user but not the
// key. Without a date the key was never used since such records are kept.
func (o *Object) keyLastUsed() bool {
	v, at := o.get("AccessKeyLastUsed")
	if v.Kind() == 0 {
		return false
	}
	o.took("iam get-access-key-last-used")
	id := o.text("AccessKeyId")
	if v.Kind() != '{' || id == "" {
		o.report(iam.Warning, "incomplete-output", hintBeside("AccessKeyId", "AKIAIOSFODNN7EXAMPLE"), "get-access-key-last-used does not name the key")
		return true
	}
	use := iam.AccessKey{ID: id, LastUsed: o.date(v, "LastUsedDate", at), LastUsedKnown: true}
	if !use.LastUsed.IsZero() {
		use.LastUsedService, use.LastUsedRegion = known(v.Get("ServiceName").Text()), known(v.Get("Region").Text())
	}
	c := part.Credentials{Command: "iam get-access-key-last-used", Uses: []iam.AccessKey{use}, Facts: iam.Credentials{Origin: v.Origin(at)}}
	o.Part.Credentials = append(o.Part.Credentials, c)
	return true
}

// known drops the words for "nothing" (IN-29).
func known(s string) string {
	switch strings.ToLower(s) {
	case "n/a", "no_information", "not_supported":
		return ""
	}
	return s
}

// mfaDevices reads list-mfa-devices (IN-03).
func (o *Object) mfaDevices() bool {
	return o.perUser("MFADevices", "iam list-mfa-devices", func(c *part.Credentials, v scan.Value, at string) {
		if c.Facts.MFA = stateOf(v); v.Kind() == 0 {
			return
		}
		serial := v.Get("SerialNumber").Text()
		c.Facts.MFADevices = append(c.Facts.MFADevices, serial)
		if arn, ok := policy.ParseARN(serial); ok && c.Account == "" {
			c.Account = arn.Account
		}
	})
}

// virtualDevices reads list-virtual-mfa-devices (IN-03). It does not know other
// devices, so that a user who is not here may have one all the same.
func (o *Object) virtualDevices() bool {
	const command = "iam list-virtual-mfa-devices"
	list, ok := o.list("VirtualMFADevices", command)
	if !ok {
		return false
	}
	o.took(command)
	account, root, assigned := o.owner(), false, list.Value.Len() == 0
	for i, v := range list.Value.Elements() {
		at := scan.Index(list.Pointer, i)
		serial := v.Get("SerialNumber").Text()
		arn, ok := policy.ParseARN(serial)
		if !ok {
			o.File.Warn(v, at, "", "invalid-entity", "a virtual device has no usable SerialNumber and is skipped")
			continue
		}
		if account == "" {
			account = arn.Account
		}
		user := v.Get("User").Get("Arn").Text()
		c := part.Credentials{Command: command, User: user, Account: arn.Account, Facts: iam.Credentials{MFA: iam.Present, MFADevices: []string{serial}, Origin: v.Origin(at)}}
		switch {
		case strings.HasSuffix(user, ":root"), arn.Resource == "mfa/root-account-mfa-device":
			root, c.User, c.Root, c.Facts.HardwareMFA = true, "", true, iam.KnownEmpty
		case user == "": // not assigned to anybody
			continue
		}
		assigned = true
		o.Part.Credentials = append(o.Part.Credentials, c)
	}
	if !root && assigned && !o.Cut && o.text("AssignmentStatus") != "Unassigned" {
		// If the root user has a device at all, it is none of these.
		o.Part.Credentials = append(o.Part.Credentials, part.Credentials{Command: command, Root: true, Account: account,
			Facts: iam.Credentials{HardwareMFA: iam.Present, Origin: list.Value.Origin(list.Pointer)}})
	}
	return true
}

// loginProfile reads get-login-profile (IN-04). Where there is no password the
// command fails and has no output.
func (o *Object) loginProfile() bool {
	v, at := o.get("LoginProfile")
	if v.Kind() == 0 {
		return false
	}
	const command = "iam get-login-profile"
	o.took(command)
	name := v.Get("UserName").Text()
	if name == "" {
		name = o.text("UserName")
	}
	c := o.about(command, name, v.Origin(at))
	if v.Kind() != '{' || c.Name == "" && c.User == "" {
		o.report(iam.Warning, "incomplete-output", hintBeside("UserName", "alice"), "get-login-profile does not name the user")
		return true
	}
	c.Facts.Password = iam.Present
	o.Part.Credentials = append(o.Part.Credentials, *c)
	return true
}

// users reads list-users and get-user: what they add to GAAD is
// PasswordLastUsed (GAAD-15), and get-user shows a boundary if there is one
// (GAAD-13). The users of an identity store, which have no Arn, are not meant.
func (o *Object) users() bool {
	found := false
	if v, at := o.Members["Users"].Value, o.Members["Users"].Pointer; v.Kind() == '[' {
		for i, u := range v.Elements() {
			found = o.user(u, scan.Index(at, i), "iam list-users") || found
		}
	}
	if v, at := o.Members["User"].Value, o.Members["User"].Pointer; v.Kind() == '{' && o.user(v, at, "iam get-user") {
		o.Part.Boundaries = true
		found = true
	}
	if found {
		o.used["Users"], o.used["User"] = true, true
	}
	return found
}

func (o *Object) user(v scan.Value, at, command string) bool {
	arn := v.Get("Arn").Text()
	if !strings.Contains(arn, ":iam:") {
		return false
	}
	o.took(command)
	c := part.Credentials{Command: command, User: arn, Facts: iam.Credentials{PasswordLastUsed: o.date(v, "PasswordLastUsed", at), Origin: v.Origin(at)}}
	if !c.Facts.PasswordLastUsed.IsZero() {
		o.Part.Credentials = append(o.Part.Credentials, c)
	}
	if a, ok := policy.ParseARN(arn); ok && a.Resource == "root" {
		return true
	}
	d := gaad.Decoder{File: o.File, Part: o.Part, Account: o.owner()}
	d.User(v, at)
	return true
}

func (o *Object) date(v scan.Value, name, at string) time.Time {
	m := v.Get(name)
	t, ok := m.Time()
	if !ok && known(m.Text()) != "" {
		o.File.Warn(m, at+"/"+name, "", "invalid-date", "%q is no date and counts as unknown", scan.Clip(m.Text()))
	}
	return t
}
