package iam

import (
	"cmp"
	"iter"
	"slices"
	"sort"
	"time"

	"accesspath/policy"
)

// A Snapshot is everything that was read, merged and resolved.
type Snapshot struct {
	AsOf         time.Time     // UTC; zero if no input said when it was taken
	Sources      []Source      // in the order read
	Accounts     []*Account    // sorted by ID
	Organization *Organization // nil if unknown (ORG-02)
	Resources    []*Resource   // sorted by ARN
	Trusted      []TrustedAccount
	// IdentityCenter is nil if unknown (IDC-04).
	IdentityCenter *IdentityCenter
	Diagnostics    []Diagnostic // sorted by file and position
}

// A Source is one input that contributed.
type Source struct {
	Name   string // file name as given; "-" for standard input
	Format string // recognizer that took it, such as "gaad"
	SHA256 string // of the bytes read, hexadecimal; after decompression
	Bytes  int64
}

// A TrustedAccount is an account that the user declared as own or as a known
// third party (NAT-01).
type TrustedAccount struct {
	ID         string
	Name       string
	ThirdParty bool // false: the user's own
}

// An Account is the inside of one AWS account.
type Account struct {
	ID        string
	Partition string // "aws", "aws-cn", "aws-us-gov", …
	Alias     string
	Name      string
	Status    string // of the organization's listing: "ACTIVE", "SUSPENDED", "" unknown

	Users            []*User          // sorted by ARN
	Groups           []*Group         // sorted by ARN
	Roles            []*Role          // sorted by ARN
	Policies         []*ManagedPolicy // customer managed, sorted by ARN
	InstanceProfiles []*InstanceProfile

	Root              *Credentials       // of the root user; nil unknown
	PasswordPolicy    *PasswordPolicy    // nil: none, or unknown; see SectionPasswordPolicy
	Certificates      []Certificate      // server certificates (IN-12)
	Summary           map[string]int     // of get-account-summary (IN-05); nil unknown
	OIDC              []*OIDCProvider    // sorted by ARN
	SAML              []*SAMLProvider    // sorted by ARN
	Anchors           []*TrustAnchor     // sorted by ARN
	Profiles          []*AnywhereProfile // of Roles Anywhere, sorted by ARN
	Pools             []*IdentityPool    // sorted by ID
	Compute           []*Compute         // sorted by ARN
	PublicAccessBlock *PublicAccessBlock // of the account (RPOL-04); nil unknown

	Coverage   Coverage
	Incomplete bool // the last page was truncated (GAAD-08)

	// Outline is set if the lists of users, groups, roles, policies and instance
	// profiles were left out, and who needs them has them from elsewhere.
	Outline *Outline
}

// An Outline says of an account what its lists would say.
type Outline struct{ Loaded bool }

// Loaded reports whether the inside of the account was read. Accounts that only
// own a resource, appear in the organization or are known by references to
// their users and roles only are listed, and not loaded: their principals are
// unknown (EVAL-25).
func (a *Account) Loaded() bool {
	if a == nil {
		return false
	}
	if a.Outline != nil {
		return a.Outline.Loaded
	}
	return len(a.Groups) > 0 || a.Coverage[SectionUsers] != Unknown || a.Coverage[SectionRoles] != Unknown ||
		slices.ContainsFunc(a.Users, func(u *User) bool { return !u.Partial }) ||
		slices.ContainsFunc(a.Roles, func(r *Role) bool { return !r.Partial })
}

// Entities yields the users, groups and roles of the account in that order.
func (a *Account) Entities() iter.Seq[*Entity] {
	return func(yield func(*Entity) bool) {
		for _, u := range a.Users {
			if !yield(&u.Entity) {
				return
			}
		}
		for _, g := range a.Groups {
			if !yield(&g.Entity) {
				return
			}
		}
		for _, r := range a.Roles {
			if !yield(&r.Entity) {
				return
			}
		}
	}
}

// Origin says where a fact was read.
type Origin struct {
	File    string
	Line    int    // from 1; 0 unknown
	Column  int    // from 1, in bytes
	Pointer string // RFC 6901 pointer into the file
}

// A Tag is one tag, spelled as stored (GAAD-21).
type Tag struct{ Key, Value string }

// PolicyTags are the tags of a principal or resource, as conditions read them; nil if
// there are none.
func PolicyTags(tags []Tag) []policy.Tag {
	var out []policy.Tag
	for _, t := range tags {
		out = append(out, policy.Tag(t))
	}
	return out
}

// Account returns the account with that ID, or nil. It takes logarithmic time.
func (s *Snapshot) Account(id string) *Account {
	i := sort.Search(len(s.Accounts), func(i int) bool { return s.Accounts[i].ID >= id })
	if i < len(s.Accounts) && s.Accounts[i].ID == id {
		return s.Accounts[i]
	}
	return nil
}

// Outlined reports whether the lists of some account were left out; see Outline.
func (s *Snapshot) Outlined() bool {
	return slices.ContainsFunc(s.Accounts, func(a *Account) bool { return a.Outline != nil })
}

// Resource returns the resource with that ARN, or nil.
func (s *Snapshot) Resource(arn string) *Resource {
	i, ok := slices.BinarySearchFunc(s.Resources, arn, func(r *Resource, a string) int { return cmp.Compare(r.ARN, a) })
	if !ok {
		return nil
	}
	return s.Resources[i]
}

// Sort puts every list in its order. Whoever fills a Snapshot calls it last.
func (s *Snapshot) Sort() {
	slices.SortFunc(s.Accounts, func(a, b *Account) int { return cmp.Compare(a.ID, b.ID) })
	for _, a := range s.Accounts {
		slices.SortFunc(a.Users, func(x, y *User) int { return cmp.Compare(x.ARN, y.ARN) })
		slices.SortFunc(a.Groups, func(x, y *Group) int { return cmp.Compare(x.ARN, y.ARN) })
		slices.SortFunc(a.Roles, func(x, y *Role) int { return cmp.Compare(x.ARN, y.ARN) })
		slices.SortFunc(a.Policies, func(x, y *ManagedPolicy) int { return cmp.Compare(x.ARN, y.ARN) })
		slices.SortFunc(a.InstanceProfiles, func(x, y *InstanceProfile) int { return cmp.Compare(x.ARN, y.ARN) })
		a.sortFacts()
	}
	if c := s.IdentityCenter; c != nil {
		c.sort()
	}
	slices.SortFunc(s.Resources, func(x, y *Resource) int { return cmp.Compare(x.ARN, y.ARN) })
	slices.SortFunc(s.Trusted, func(x, y TrustedAccount) int { return cmp.Compare(x.ID, y.ID) })
	slices.SortStableFunc(s.Diagnostics, Diagnostic.compare)
}
