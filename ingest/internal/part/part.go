// Package part holds what a single file says, before it is merged with what
// the others say: entities whose references are not resolved yet, pieces of
// the organization, and which lists were there at all.
package part

import (
	"slices"
	"strings"
	"time"

	"accesspath/iam"
)

// A Part is the content of one file.
type Part struct {
	Source iam.Source
	AsOf   time.Time // zero if the file does not say

	Users    []*iam.User
	Groups   []*iam.Group
	Roles    []*iam.Role // Partial ones are references or lack their policies
	Policies []*iam.ManagedPolicy
	Profiles []*iam.InstanceProfile

	Pages      []Page
	Boundaries bool // some user or role shows a permissions boundary (GAAD-13)
	Accounts   []Account
	Callers    []string // accounts of get-caller-identity, each once (IN-28)

	Credentials []Credentials // pieces, of users and root users
	Uses        []Use         // of services, by users and roles (IN-11)

	Org            Organization
	IdentityCenter []IdentityCenter // pieces (IN-24)
	Resources      []*iam.Resource
	Trusted        []iam.TrustedAccount

	Layer  Layer
	Change Change
	// Finish, if set, completes the part once merging knows the account that the
	// file does not name; "" if nothing names it.
	Finish func(account string)

	Native      bool         // a snapshot of ours, perhaps an empty one
	Recorded    []iam.Source // of a native snapshot: what it was made from
	Diagnostics []iam.Diagnostic
	Broken      bool // reading stopped early
}

// Used reports whether the file contributed a fact.
func (p *Part) Used() bool {
	placed := slices.ContainsFunc(p.Pages, func(g Page) bool { return len(g.Accounts) > 0 })
	return placed || p.Native || p.Finish != nil || p.Facts() > 0 || len(p.Callers) > 0 || p.Org.Used()
}

// Facts counts what the file contributed besides pages and an organization.
func (p *Part) Facts() int {
	return len(p.Users) + len(p.Groups) + len(p.Roles) + len(p.Policies) + len(p.Profiles) + len(p.Accounts) +
		len(p.Credentials) + len(p.Uses) + len(p.IdentityCenter) + len(p.Resources) + len(p.Trusted) +
		len(p.Change.Edits) + len(p.Change.Removed) + len(p.Change.Detached)
}

// Taken notes when the facts of the file were so, if it was later than known.
func (p *Part) Taken(at time.Time) {
	if at.After(p.AsOf) {
		p.AsOf = at
	}
}

// Took records which recognizer read something of the file.
func (p *Part) Took(format string) {
	all := strings.Split(p.Source.Format, "+")
	if p.Source.Format == "" {
		all = nil
	}
	if !slices.Contains(all, format) {
		all = append(all, format)
		slices.Sort(all)
		p.Source.Format = strings.Join(all, "+")
	}
}

// A Page is one page of GetAccountAuthorizationDetails.
type Page struct {
	Accounts  []string // of its entities, and of the key it stood under
	Lists     []string // names of the lists it has, in AWS's spelling
	Truncated bool     // more pages follow (GAAD-07)

	seen map[string]bool // Accounts
}

// AddAccount notes that the page is about an account.
func (p *Page) AddAccount(id string) {
	if id == "" || p.seen[id] {
		return
	}
	if p.seen == nil {
		p.seen = map[string]bool{}
	}
	p.seen[id] = true
	p.Accounts = append(p.Accounts, id)
}

// Policy types of AWS Organizations.
const (
	SCP = "SERVICE_CONTROL_POLICY"
	RCP = "RESOURCE_CONTROL_POLICY"
)

// Organization holds pieces of an organization.
type Organization struct {
	ID, Management, FeatureSet string
	Types                      map[string]iam.State // by policy type
	Nodes                      []Node
	Policies                   []OrgPolicy
	Attachments                []Attachment
	Listed                     []Listing
	Delegated                  []iam.DelegatedAdmin
	RootSessions               iam.State
	RootCredentials            iam.State
	Origin                     iam.Origin
}

// Used reports whether anything is known.
func (o *Organization) Used() bool {
	return o.ID != "" || o.Management != "" || len(o.Types)+len(o.Nodes)+len(o.Policies)+len(o.Attachments)+len(o.Listed)+len(o.Delegated) > 0 || o.RootSessions != iam.Unknown || o.RootCredentials != iam.Unknown
}

// SetType records whether a policy type is enabled.
func (o *Organization) SetType(name string, s iam.State) {
	if o.Types == nil {
		o.Types = map[string]iam.State{}
	}
	o.Types[name] = s
}

// A Node is a root, unit or account; empty fields are unknown.
type Node struct {
	ID, Kind, Name, ParentID, Status string
	Origin                           iam.Origin
}

// An OrgPolicy is a policy of the organization.
type OrgPolicy struct {
	ID, ARN, Name, Type string
	Policy              *iam.Policy // nil if only the summary is known
	TargetsKnown        bool        // all its attachments are in the same file
	Origin              iam.Origin
}

// An Attachment says that a policy is attached to a node.
type Attachment struct{ PolicyID, Type, Target string }

// A Listing says that all attachments of one type to a node are known.
type Listing struct{ Target, Type string }
