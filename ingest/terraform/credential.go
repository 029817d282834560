package terraform

import (
	"strings"

	"accesspath/iam"
	"accesspath/ingest/internal/part"
	"accesspath/policy"
)

// A keeping is one kind of credential of a user. Terraform states each by
// itself: the user may have others.
type keeping struct {
	user string // attribute that names the user
	add  func(d *decoder, r *resource, c *iam.Credentials)
}

var keepings = map[string]keeping{
	"aws_iam_access_key":         {"user", accessKey},
	"aws_iam_user_login_profile": {"user", func(_ *decoder, _ *resource, c *iam.Credentials) { c.Password = iam.Present }},
	"aws_iam_user_ssh_key": {"username", func(d *decoder, r *resource, c *iam.Credentials) {
		c.SSH, c.SSHKeys = iam.Present, d.certificate(r, "ssh_public_key_id", "")
	}},
	"aws_iam_signing_certificate": {"user_name", func(d *decoder, r *resource, c *iam.Credentials) {
		c.Signing, c.Certificates = iam.Present, d.certificate(r, "certificate_id", "")
	}},
	"aws_iam_service_specific_credential": {"user_name", func(d *decoder, r *resource, c *iam.Credentials) {
		c.ServiceSpecific, c.Passwords = iam.Present, d.certificate(r, "service_specific_credential_id", "service_name")
	}},
}

func (k keeping) handler() *handler {
	return &handler{add: k.piece(false), drop: k.piece(true), place: true}
}

// piece states a credential, or that a plan takes it away.
func (k keeping) piece(gone bool) func(*decoder, *resource) {
	return func(d *decoder, r *resource) {
		if gone && !r.does("delete") {
			return // what an update changes is stated again
		}
		name, unknown := d.text(r, k.user)
		if name == "" {
			if unknown == "" {
				unknown = r.address + "." + k.user
			}
			d.Unknown(r.origin(), r.address, "which user it is for is not known (%s); it is not used", unknown)
			return
		}
		c := part.Credentials{Account: d.homeOf(r).Account, Command: "terraform show", Gone: gone, Facts: iam.Credentials{Origin: r.origin()}}
		if arn, ok := policy.ParseARN(name); ok {
			c.User, c.Account = name, arn.Account
		} else {
			c.Name = name[strings.LastIndexByte(name, '/')+1:]
		}
		k.add(d, r, &c.Facts)
		d.Part.Credentials = append(d.Part.Credentials, c)
	}
}

// active reads status. One that is not known counts as active, so that no
// credential is overlooked.
func (d *decoder) active(r *resource) bool {
	status, _ := d.known(r, "status")
	return !strings.EqualFold(status, "Inactive")
}

func accessKey(d *decoder, r *resource, c *iam.Credentials) {
	id, _ := d.known(r, "id")
	c.Keys = iam.Present
	c.AccessKeys = []iam.AccessKey{{ID: id, Active: d.active(r), Created: timeOf(r.values.Value.Get("create_date"))}}
}

func (d *decoder) certificate(r *resource, id, name string) []iam.Certificate {
	c := iam.Certificate{Active: d.active(r), Created: timeOf(r.values.Value.Get("create_date"))}
	c.ID, _ = d.known(r, id)
	c.Name, _ = d.known(r, name)
	return []iam.Certificate{c}
}

// passwordPolicy is the account's. What the configuration does not set AWS takes
// as "no rule"; what it sets to something unknown leaves the whole unknown.
func (d *decoder) passwordPolicy(r *resource) {
	unknown := ""
	get := func(attr string) (v int, on bool) {
		switch {
		case !holdsTrue(r.unknown.Get(attr)):
			value := r.values.Value.Get(attr)
			return value.Int(), value.Bool()
		case r.config == nil || !r.config.expressions.Get(attr).Absent():
			unknown = attr
		}
		return 0, false
	}
	p := &iam.PasswordPolicy{Origin: r.origin()}
	p.MinimumLength, _ = get("minimum_password_length")
	p.ReusePrevention, _ = get("password_reuse_prevention")
	p.MaxAge, _ = get("max_password_age")
	_, p.RequireSymbols = get("require_symbols")
	_, p.RequireNumbers = get("require_numbers")
	_, p.RequireUppercase = get("require_uppercase_characters")
	_, p.RequireLowercase = get("require_lowercase_characters")
	if unknown != "" {
		d.Unknown(r.origin(), r.address, "the password policy is not known: %s", d.unknownName(r, unknown))
		return
	}
	a := d.accountOf(d.homeOf(r).Account, r.origin())
	a.PasswordPolicy = p
	a.Coverage = iam.Coverage{iam.SectionPasswordPolicy: iam.Present}
}
