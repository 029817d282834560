package part

import (
	"accesspath/iam"
)

// A Layer ranks parts that speak of the same thing: what lies higher counts.
type Layer uint8

// Exports say what is; the state of Terraform says what was when it last ran,
// of the things that it manages, and is laid over them by whoever gives both;
// plans and templates say what will be.
const (
	Exported Layer = iota
	Managed
	Planned
)

// The kinds of carriers of policies, and "policy" itself.
const (
	KindUser   = "user"
	KindGroup  = "group"
	KindRole   = "role"
	KindPolicy = "policy"
)

// A Carrier is a user, group or role, by name: unique in its account, unlike an
// ARN it is known without the path (GAAD-11).
type Carrier struct{ Kind, Account, Name string }

// An Edit gives a carrier one policy, attachment or membership, or takes it
// away: Terraform and CloudFormation state them one by one, often far from the
// carrier and sometimes in another file.
type Edit struct {
	Carrier
	Inline *iam.Policy     // by name
	Attach *iam.Attachment // by ARN
	Group  string          // of a user, by name
	Drop   bool            // takes away; Inline then has its name only
	// Weak: read in passing, where an own resource may know better: dropped by
	// a Drop of the same part.
	Weak   bool
	Origin iam.Origin
}

// The lists that an Only is about.
const (
	OnlyInline   = "inline"
	OnlyAttached = "attached"
	OnlyGroups   = "groups"
)

// An Only says that a carrier has what the same part gives it of a list and
// what Keep names, and nothing else. Of KindPolicy (Name is the ARN) it says so
// of the carriers that the policy is attached to, of KindGroup and OnlyGroups
// of the members of the group.
type Only struct {
	Carrier
	List string
	Keep []string // names of inline policies, ARNs of managed ones
}

// A Change is what a part of a higher layer does to lower ones.
type Change struct {
	Edits    []Edit
	Onlys    []Only
	Removed  []Removal
	Detached []Attachment // organization policies that nodes lose
}

// Gone are the things that will be gone; empty names are none.
func (c *Change) Gone() map[string]bool {
	out := make(map[string]bool, len(c.Removed))
	for _, r := range c.Removed {
		if r.ARN != "" {
			out[r.ARN] = true
		}
	}
	return out
}

// DetachedPairs are the policies and nodes that are detached, of any type.
func (c *Change) DetachedPairs() map[Attachment]bool {
	out := make(map[Attachment]bool, len(c.Detached))
	for _, d := range c.Detached {
		out[Attachment{PolicyID: d.PolicyID, Target: d.Target}] = true
	}
	return out
}

// A Removal is something that will be gone, by ARN; organization policies by ID.
type Removal struct {
	ARN    string
	Origin iam.Origin
}
