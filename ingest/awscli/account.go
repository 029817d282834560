package awscli

import (
	"accesspath/iam"
	"accesspath/ingest/internal/part"
	"accesspath/ingest/internal/scan"
	"accesspath/policy"
)

var accountMembers = []string{"SummaryMap", "PasswordPolicy", "ServerCertificateMetadataList"}

// accountFacts reads what outputs of IAM say of an account as such (IN-05,
// IN-06, IN-12).
func (o *Object) accountFacts() bool {
	found := o.summary()
	found = o.passwordPolicy() || found
	return o.serverCertificates() || found
}

// declare says that a list is all there is of a section, unless more pages
// follow.
func (o *Object) declare(a *part.Account, s iam.Section, list scan.Value) {
	if known := o.whole(list); known != iam.Unknown {
		a.Coverage = iam.Coverage{s: known}
	}
}

// setAccount takes the account from an ARN where it is not known.
func setAccount(id *string, arn string) {
	if a, ok := policy.ParseARN(arn); ok && *id == "" {
		*id = a.Account
	}
}

// summary reads get-account-summary (IN-05): counts, and what the root user
// has.
func (o *Object) summary() bool {
	const command = "iam get-account-summary"
	v, at := o.get("SummaryMap")
	if v.Kind() == 0 {
		return false
	}
	o.took(command)
	if v.Kind() != '{' {
		o.File.Warn(v, at, "", "invalid-entity", "found %s in the output of aws %s, want an object; it is not used", v.Describe(), command)
		return true
	}
	a := part.Account{ID: o.owner(), Command: command, Origin: v.Origin(at), Summary: map[string]int{}, Coverage: iam.Coverage{}}
	for name, n := range v.Members() {
		if n.Kind() != '0' {
			o.File.Warn(n, scan.Join(at, name), "", "invalid-value", "found %s, want a number; it is not used", n.Describe())
			continue
		}
		a.Summary[string(name)] = n.Int()
	}
	for name, sections := range map[string][]iam.Section{"Providers": {iam.SectionOIDC, iam.SectionSAML}, "ServerCertificates": {iam.SectionCertificates}} {
		if n, ok := a.Summary[name]; ok && n == 0 {
			for _, s := range sections {
				a.Coverage[s] = iam.KnownEmpty
			}
		}
	}
	o.Part.Accounts = append(o.Part.Accounts, a)
	root := part.Credentials{Root: true, Account: a.ID, Command: command, Facts: iam.Credentials{Origin: a.Origin}}
	root.Facts.MFA = counted(a.Summary, "AccountMFAEnabled")
	root.Facts.Keys = counted(a.Summary, "AccountAccessKeysPresent")
	root.Facts.Password = counted(a.Summary, "AccountPasswordPresent")
	root.Facts.Signing = counted(a.Summary, "AccountSigningCertificatesPresent")
	o.Part.Credentials = append(o.Part.Credentials, root)
	return true
}

// counted is what a count says of whether there are some.
func counted(summary map[string]int, name string) iam.State {
	n, ok := summary[name]
	switch {
	case !ok:
		return iam.Unknown
	case n == 0:
		return iam.KnownEmpty
	}
	return iam.Present
}

// passwordPolicy reads get-account-password-policy (IN-06). Where there is no
// policy the command fails and has no output.
func (o *Object) passwordPolicy() bool {
	const command = "iam get-account-password-policy"
	v, at := o.get("PasswordPolicy")
	if v.Kind() == 0 {
		return false
	}
	if v.Kind() != '{' {
		o.took(command)
		o.File.Warn(v, at, "", "invalid-entity", "found %s in the output of aws %s, want an object; it is not used", v.Describe(), command)
		return true
	}
	o.took(command)
	o.Part.Accounts = append(o.Part.Accounts, part.Account{
		ID: o.owner(), Command: command, Origin: v.Origin(at), Coverage: iam.Coverage{iam.SectionPasswordPolicy: iam.Present},
		PasswordPolicy: &iam.PasswordPolicy{
			MinimumLength: v.Get("MinimumPasswordLength").Int(), ReusePrevention: v.Get("PasswordReusePrevention").Int(), MaxAge: v.Get("MaxPasswordAge").Int(),
			RequireSymbols: v.Get("RequireSymbols").Bool(), RequireNumbers: v.Get("RequireNumbers").Bool(),
			RequireUppercase: v.Get("RequireUppercaseCharacters").Bool(), RequireLowercase: v.Get("RequireLowercaseCharacters").Bool(),
			Origin: v.Origin(at),
		},
	})
	return true
}
