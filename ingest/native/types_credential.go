package native

import "time"

// Credentials are the long-term credentials of a user, or of the root user.
type Credentials struct {
	User                 string        `json:"user"`               // ARN of a user, or "arn:aws:iam::111122223333:root"
	Password             State         `json:"password,omitempty"` // of the console
	PasswordLastUsed     time.Time     `json:"passwordLastUsed,omitzero"`
	PasswordChanged      time.Time     `json:"passwordChanged,omitzero"`
	MFA                  State         `json:"mfa,omitempty"`                  // multi-factor authentication
	MFADevices           []string      `json:"mfaDevices,omitempty"`           // serial numbers
	HardwareMFA          State         `json:"hardwareMfa,omitempty"`          // of root users: a device that is not virtual
	AccessKeys           []AccessKey   `json:"accessKeys,omitzero"`            // missing: unknown; []: none
	AccessKeysState      State         `json:"accessKeysState,omitempty"`      // only where the list does not say it
	Signing              []Certificate `json:"signing,omitzero"`               // X.509 signing certificates; missing: unknown; []: none
	SigningState         State         `json:"signingState,omitempty"`         // only where the list does not say it
	SSHKeys              []Certificate `json:"sshKeys,omitzero"`               // missing: unknown; []: none
	SSHKeysState         State         `json:"sshKeysState,omitempty"`         // only where the list does not say it
	ServiceSpecific      []Certificate `json:"serviceSpecific,omitzero"`       // service-specific credentials; missing: unknown; []: none
	ServiceSpecificState State         `json:"serviceSpecificState,omitempty"` // only where the list does not say it
	Created              time.Time     `json:"created,omitzero"`               // of the user
	Origin               Origin        `json:"origin,omitzero"`
}

// AccessKey is a pair of key id and secret.
type AccessKey struct {
	ID              string    `json:"id,omitempty"` // missing in credential reports
	Active          bool      `json:"active"`
	Created         time.Time `json:"created,omitzero"` // last rotated
	LastUsed        time.Time `json:"lastUsed,omitzero"`
	LastUsedKnown   bool      `json:"lastUsedKnown,omitzero"` // no lastUsed means never
	LastUsedService string    `json:"lastUsedService,omitempty"`
	LastUsedRegion  string    `json:"lastUsedRegion,omitempty"`
}

// Certificate is a credential with an age: a signing or server certificate, an
// SSH key, a service-specific credential.
type Certificate struct {
	ID      string    `json:"id,omitempty"`
	Name    string    `json:"name,omitempty"` // of server certificates; the service of service-specific credentials
	Active  bool      `json:"active"`
	Created time.Time `json:"created,omitzero"`
	Expires time.Time `json:"expires,omitzero"` // missing: never, or unknown
}

// PasswordPolicy is an account's rules for console passwords. Numbers are
// missing where there is no rule.
type PasswordPolicy struct {
	MinimumLength    int    `json:"minimumLength,omitzero"`
	ReusePrevention  int    `json:"reusePrevention,omitzero"` // passwords
	MaxAge           int    `json:"maxAge,omitzero"`          // days
	RequireSymbols   bool   `json:"requireSymbols,omitzero"`
	RequireNumbers   bool   `json:"requireNumbers,omitzero"`
	RequireUppercase bool   `json:"requireUppercase,omitzero"`
	RequireLowercase bool   `json:"requireLowercase,omitzero"`
	Origin           Origin `json:"origin,omitzero"`
}

// ServiceUse is when a principal last used a service.
type ServiceUse struct {
	Service string    `json:"service"`       // prefix, such as "s3"
	Last    time.Time `json:"last,omitzero"` // missing: not within the tracking period
}
