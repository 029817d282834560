package part

import (
	"strings"
	"time"

	"accesspath/iam"
)

// An Account is what one output says about an account: of the account as such,
// and of the lists inside it that GAAD does not have. There may be many for one
// account and in one file; merging joins them. What is zero is not said, and
// Coverage says which lists are whole or empty.
type Account struct {
	ID, Alias, Name, Status, Partition string       // ID "": not said; merging finds it out, or reports the command
	Coverage                           iam.Coverage // states that the file declares or implies
	Incomplete                         bool
	Native                             bool // an account of a snapshot of ours

	Command string     // whose output it is, such as "iam list-saml-providers"; for messages
	Origin  iam.Origin // of the output

	PasswordPolicy    *iam.PasswordPolicy
	Certificates      []iam.Certificate // server certificates; whole if SectionServerCertificates is covered
	Summary           map[string]int
	OIDC              []*iam.OIDCProvider // one may be given in pieces, joined by ARN
	SAML              []*iam.SAMLProvider
	Anchors           []*iam.TrustAnchor
	Profiles          []*iam.AnywhereProfile
	Pools             []*iam.IdentityPool // pieces, joined by ID
	Compute           []*iam.Compute      // pieces, joined by ARN; Account may be empty
	PublicAccessBlock *iam.PublicAccessBlock
}

// Credentials are what one output says of the credentials of one user, or of
// the root user of an account. A part of Facts whose State is Unknown is not
// said. Either User is known, or Name; Account may come out when merging.
type Credentials struct {
	User    string // ARN; "" if only the name is known
	Name    string
	Account string
	Root    bool // of the root user; User and Name count for nothing
	Facts   iam.Credentials
	// Uses are uses of access keys that some other output lists
	// (get-access-key-last-used); by ID.
	Uses     []iam.AccessKey
	AsOf     time.Time // when it was so; zero unknown
	Command  string    // whose output it is; for messages
	Reported bool      // by a credential report, which knows no key ids and no devices
	Gone     bool      // of higher layers: what Facts has is taken away
}

// Said names the output for messages.
func (c *Credentials) Said() string {
	if strings.HasPrefix(c.Command, "terraform ") || strings.HasPrefix(c.Command, "the ") {
		return c.Command
	}
	return "aws " + c.Command
}

// A Use is when a principal last used services (IN-11).
type Use struct {
	Principal string // ARN
	Services  []iam.ServiceUse
	Origin    iam.Origin
}

// IdentityCenter is a piece of an instance of Identity Center: what it holds is
// joined with the other pieces, permission sets by ARN, users and groups by ID.
// UsersState and GroupsState say that the list of users or groups is whole;
// members of a group are so if its Known is set. AssignmentState says that all
// assignments are here; pieces that know of one pair only set Listed.
type IdentityCenter struct {
	iam.IdentityCenter
	Listed []AssignmentListing
}

// An AssignmentListing says that all assignments of a permission set in an
// account are known.
type AssignmentListing struct {
	Account       string
	PermissionSet string // ARN or name
}
