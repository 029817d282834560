package iam

import (
	"strings"
	"time"

	"accesspath/policy"
)

// Entity is what users, groups and roles have in common.
type Entity struct {
	ARN      string
	Name     string
	Path     string // begins and ends with "/"
	UniqueID string // AIDA…, AGPA…, AROA…; may be empty in odd exports
	Account  string
	Created  time.Time // zero if unknown
	Inline   []*Policy
	Attached []*Attachment
	Boundary *Attachment // nil if there is none, or if the export never shows any (GAAD-13)
	Tags     []Tag       // nil for groups
	Origin   Origin
	Partial  bool // known only by a reference (GAAD-17)
}

// A User is an IAM user.
type User struct {
	Entity
	GroupNames  []string     // as listed
	Groups      []*Group     // those that were found, in the order of GroupNames
	Credentials *Credentials // nil unknown
	Emergency   bool         // declared as emergency access (FIND-61); native snapshots only
	Used        []ServiceUse // nil unknown (IN-11)
}

// A Group carries policies for its members and is never a principal (PRINC-14).
type Group struct {
	Entity
}

// A Role is an IAM role.
type Role struct {
	Entity
	Trust            *Policy // never nil; its Document is nil if absent or unreadable (TRUST-14)
	InstanceProfiles []*InstanceProfile
	LastUsed         time.Time // zero: not within the tracking period, or unknown (GAAD-16)
	LastUsedRegion   string
	LastUsedKnown    bool // the export has RoleLastUsed
	MaxSession       int  // seconds; 0 unknown (GAAD-15)
	LegacySelfTrust  bool // native snapshots only (STS-05)
	Description      string
	Used             []ServiceUse // nil unknown (IN-11)
}

// ServiceLinked reports whether the role belongs to an AWS service (EVAL-33).
func (r *Role) ServiceLinked() bool { return strings.HasPrefix(r.Path, "/aws-service-role/") }

// Reserved reports whether AWS alone may change the role (EVAL-34).
func (r *Role) Reserved() bool { return strings.HasPrefix(r.Path, "/aws-reserved/") }

// PermissionSet returns the name of the Identity Center permission set that the
// role was made from, and whether it was made from one (IDC-01, IDC-03).
func (r *Role) PermissionSet() (string, bool) {
	rest, ok := strings.CutPrefix(r.Name, "AWSReservedSSO_")
	if !ok || !strings.HasPrefix(r.Path, "/aws-reserved/sso.amazonaws.com/") {
		return "", false
	}
	i := strings.LastIndexByte(rest, '_')
	if i <= 0 {
		return "", false
	}
	return rest[:i], true
}

// An InstanceProfile hands its role to EC2 instances (SVC-03).
type InstanceProfile struct {
	ARN      string
	Name     string
	UniqueID string
	Account  string
	Role     string // ARN; "" if it has none
}

// A Policy is a document in its place.
type Policy struct {
	Name     string           // PolicyName, or "trust policy", …
	ARN      string           // of managed and organization policies
	Document *policy.Document // nil if absent or unreadable (GAAD-20)
	Defect   string           // why Document is nil; "" if there is nothing to read
	Origin   Origin
	Bundled  bool // from the AWS managed policies that accesspath brings along
}

// An Attachment is a reference to a managed policy.
type Attachment struct {
	Name   string
	ARN    string
	Policy *ManagedPolicy // nil if unresolved (GAAD-19)
}

// Document returns the default version, or nil if it could not be had.
func (a *Attachment) Document() *policy.Document {
	if a == nil || a.Policy == nil {
		return nil
	}
	if v := a.Policy.Default(); v != nil {
		return v.Document
	}
	return nil
}

// A ManagedPolicy is a customer or AWS managed policy with its versions.
type ManagedPolicy struct {
	ARN              string
	Name             string
	UniqueID         string
	Path             string
	Account          string // "aws" for AWS managed policies
	DefaultVersionID string
	Versions         []*PolicyVersion // as listed
	AttachmentCount  int
	Created, Updated time.Time
	Bundled          bool // not in any input, taken from the data that accesspath brings along
	Origin           Origin
}

// A PolicyVersion is one stored version.
type PolicyVersion struct {
	Policy
	VersionID string
	IsDefault bool
	Created   time.Time
}

// Default returns the version that takes part in evaluation (GAAD-03), or nil.
func (m *ManagedPolicy) Default() *PolicyVersion {
	for _, v := range m.Versions {
		if v.IsDefault {
			return v
		}
	}
	for _, v := range m.Versions {
		if v.VersionID == m.DefaultVersionID {
			return v
		}
	}
	if len(m.Versions) == 1 {
		return m.Versions[0]
	}
	return nil
}
