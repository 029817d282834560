package iam

import "time"

// Credentials are the long-term credentials of a user or of an account's root
// user (IN-01 to IN-04, IN-12). Each part has its own State: only KnownEmpty
// says that there is none (NAT-04).
type Credentials struct {
	Password         State // of the console
	PasswordLastUsed time.Time
	PasswordChanged  time.Time
	MFA              State    // multi-factor authentication
	MFADevices       []string // serial numbers; may be empty though MFA is Present
	HardwareMFA      State    // of root users: a device that is not virtual
	Keys             State
	AccessKeys       []AccessKey // in the order listed
	Signing          State       // X.509 signing certificates
	Certificates     []Certificate
	SSH              State
	SSHKeys          []Certificate
	ServiceSpecific  State
	Passwords        []Certificate // service-specific credentials
	Created          time.Time     // of the user, as the credential report says; zero unknown
	Origin           Origin
}

// An AccessKey is a pair of key id and secret.
type AccessKey struct {
	ID              string // "" in credential reports
	Active          bool
	Created         time.Time // last rotated
	LastUsed        time.Time // zero: never, or unknown
	LastUsedKnown   bool
	LastUsedService string
	LastUsedRegion  string
}

// A Certificate is a further credential with an age: a signing certificate, an
// SSH key, a service-specific credential or a server certificate.
type Certificate struct {
	ID      string
	Name    string // of server certificates: their name; of service-specific credentials: the service
	Active  bool
	Created time.Time
	Expires time.Time // zero: never, or unknown
}

// PasswordPolicy is an account's rules for console passwords (IN-06). Numbers
// are 0 where there is no rule.
type PasswordPolicy struct {
	MinimumLength   int
	ReusePrevention int
	MaxAge          int // days
	RequireSymbols, RequireNumbers,
	RequireUppercase, RequireLowercase bool
	Origin Origin
}

// ServiceUse is when a principal last used a service (IN-11).
type ServiceUse struct {
	Service string // prefix, such as "s3"
	Last    time.Time
}
