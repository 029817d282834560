package awscli

import (
	"accesspath/iam"
	"accesspath/ingest/internal/part"
	"accesspath/ingest/internal/scan"
)

// sshKeys reads list-ssh-public-keys (IN-12).
func (o *Object) sshKeys() bool {
	return o.perUser("SSHPublicKeys", "iam list-ssh-public-keys", func(c *part.Credentials, v scan.Value, at string) {
		if c.Facts.SSH = stateOf(v); v.Kind() != 0 {
			c.Facts.SSHKeys = append(c.Facts.SSHKeys, iam.Certificate{
				ID: v.Get("SSHPublicKeyId").Text(), Active: o.active(v, at), Created: o.date(v, "UploadDate", at),
			})
		}
	})
}

// serviceSpecific reads list-service-specific-credentials (IN-12).
func (o *Object) serviceSpecific() bool {
	return o.perUser("ServiceSpecificCredentials", "iam list-service-specific-credentials", func(c *part.Credentials, v scan.Value, at string) {
		if c.Facts.ServiceSpecific = stateOf(v); v.Kind() != 0 {
			c.Facts.Passwords = append(c.Facts.Passwords, iam.Certificate{
				ID: v.Get("ServiceSpecificCredentialId").Text(), Name: v.Get("ServiceName").Text(), Active: o.active(v, at),
				Created: o.date(v, "CreateDate", at), Expires: o.date(v, "ExpirationDate", at),
			})
		}
	})
}

// signing reads list-signing-certificates (IN-12). Other services list their
// certificates under the same name: those of IAM have a CertificateId and a
// CertificateBody, or the user's name beside an empty list.
func (o *Object) signing() bool {
	v := o.Members["Certificates"].Value
	ours := o.has("UserName", "UserArn")
	for _, c := range v.Elements() {
		ours = ours || !c.Get("CertificateId").Absent() && c.Get("CertificateArn").Absent()
	}
	if !ours {
		return false
	}
	return o.perUser("Certificates", "iam list-signing-certificates", func(c *part.Credentials, v scan.Value, at string) {
		if c.Facts.Signing = stateOf(v); v.Kind() != 0 {
			c.Facts.Certificates = append(c.Facts.Certificates, iam.Certificate{
				ID: v.Get("CertificateId").Text(), Active: o.active(v, at), Created: o.date(v, "UploadDate", at),
			})
		}
	})
}

// lastAccessed reads get-service-last-accessed-details (IN-11), which does not
// repeat the ARN that the job was made for. A service without a date is one
// that the principal may use and did not use within the tracking period.
func (o *Object) lastAccessed() bool {
	const command = "iam get-service-last-accessed-details"
	list, ok := o.list("ServicesLastAccessed", command)
	if !ok {
		return false
	}
	o.took(command)
	if s := o.text("JobStatus"); s != "" && s != "COMPLETED" {
		o.report(iam.Warning, "incomplete-output", "ask again when the job is done", "the job of get-service-last-accessed-details is %q", scan.Clip(s))
		return true
	}
	arn := o.text("Arn")
	if arn == "" {
		o.report(iam.Warning, "incomplete-output", hintBeside("Arn", "arn:aws:iam::111122223333:role/app"), "get-service-last-accessed-details does not say for whom it is")
		return true
	}
	use := part.Use{Principal: arn, Services: []iam.ServiceUse{}, Origin: list.Value.Origin(list.Pointer)}
	for i, v := range list.Value.Elements() {
		at := scan.Index(list.Pointer, i)
		name := v.Get("ServiceNamespace").Text()
		if name == "" {
			o.File.Warn(v, at, arn, "invalid-entity", "a service without a ServiceNamespace is skipped")
			continue
		}
		use.Services = append(use.Services, iam.ServiceUse{Service: name, Last: o.date(v, "LastAuthenticated", at)})
	}
	o.Part.Uses = append(o.Part.Uses, use)
	if done, ok := o.value("JobCompletionDate").Time(); ok {
		o.Part.Taken(done)
	}
	return true
}

// serverCertificates reads list-server-certificates (IN-12).
func (o *Object) serverCertificates() bool {
	const command = "iam list-server-certificates"
	list, ok := o.list("ServerCertificateMetadataList", command)
	if !ok {
		return false
	}
	o.took(command)
	a := part.Account{ID: o.owner(), Command: command, Origin: list.Value.Origin(list.Pointer)}
	o.declare(&a, iam.SectionCertificates, list.Value)
	for i, v := range list.Value.Elements() {
		at := scan.Index(list.Pointer, i)
		if v.Kind() != '{' {
			o.File.Warn(v, at, "", "invalid-entity", "found %s, want a server certificate; it is skipped", v.Describe())
			continue
		}
		setAccount(&a.ID, v.Get("Arn").Text())
		a.Certificates = append(a.Certificates, iam.Certificate{
			ID: v.Get("ServerCertificateId").Text(), Name: v.Get("ServerCertificateName").Text(), Active: true,
			Created: o.date(v, "UploadDate", at), Expires: o.date(v, "Expiration", at),
		})
	}
	o.Part.Accounts = append(o.Part.Accounts, a)
	return true
}
