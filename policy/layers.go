package policy

import (
	"iter"
	"strings"
)

// Layers are the policies that bear on one request (EVAL-03).
type Layers struct {
	Identity []Attached
	// IdentityUnknown names what is missing if the caller's account is not
	// loaded (EVAL-25); the identity side is then an open requirement.
	IdentityUnknown string

	Boundary    []Attached
	HasBoundary bool

	Session    []Attached
	HasSession bool

	// Endpoint holds the policies of the VPC endpoint that the request comes
	// through. Without HasEndpoint none is applied (EVAL-03, SYM-11).
	Endpoint    []Attached
	HasEndpoint bool

	SCPs []Level // root first; nil: not applied (ORG-02, ORG-04, ORG-15)
	RCPs []Level

	Resource ResourceLayer
}

// Attached is a document with the place where it is attached. Documents are
// shared; Source is whatever the caller of Evaluate wants back in evidence.
type Attached struct {
	Document   *Document // nil: unresolved
	Unresolved string    // what is missing, for the requirement DATA:…; used if Document is nil
	Name       string
	Owner      string // ARN of what it is attached to
	Via        string // ARN of the group that it comes through
	Source     any
	// List marks an access control list of S3. Block Public Access treats it as
	// something else than a policy (RPOL-04, RPOL-06).
	List bool
}

// MissingGroup is what Unresolved says of a group that no input has (GAAD-14). Nothing
// else begins like it: names in IAM have no blank.
func MissingGroup(name string) string { return missingGroup + name }

const missingGroup = "group "

// unread is the requirement that what is missing allows.
func (a *Attached) unread() Requirement {
	if name, ok := strings.CutPrefix(a.Unresolved, missingGroup); ok {
		return dataAtom("DATA:group", name)
	}
	return dataAtom("DATA:policy", a.Unresolved)
}

// Statements yields the statements of policies that were read, each with its policy.
func Statements(list []Attached) iter.Seq2[*Attached, *Statement] {
	return func(yield func(*Attached, *Statement) bool) {
		for i := range list {
			if list[i].Document == nil {
				continue
			}
			for k := range list[i].Document.Statements {
				if !yield(&list[i], &list[i].Document.Statements[k]) {
					return
				}
			}
		}
	}
}

// A Level is one level of the organization: root, unit or account.
type Level struct {
	ID       string
	Policies []Attached
	Unknown  bool // attachments not known (ORG-03)
}

// ResourceState tells the three states of a resource policy apart (RPOL-01).
type ResourceState uint8

// The states of a resource policy.
const (
	ResourceUnknown ResourceState = iota
	ResourceNone
	ResourcePresent
)

// ResourceLayer is the resource's side.
type ResourceLayer struct {
	State    ResourceState
	Policies []Attached
	// Unknown is the requirement code where State is ResourceUnknown, such as
	// "DATA:trust"; what it is about is the request's resource.
	Unknown string
	// Strict leaves open what the unread policy may deny, too (EVAL-19).
	Strict bool
	// NotLoaded: the owner's account is not in the snapshot (EVAL-26).
	NotLoaded bool
	// RestrictPublic: S3 Block Public Access is in force (RPOL-04).
	RestrictPublic Tristate
	// IgnorePublicLists: S3 passes over what access control lists grant to everyone.
	IgnorePublicLists Tristate
	// MayBeShared: there is no policy, but the owner may let other accounts in some
	// other way, of which nothing is known (EVAL-22).
	MayBeShared bool
}

// Tristate is a fact that may be unknown.
type Tristate uint8

// The three values.
const (
	Undecided Tristate = iota
	No
	Yes
)

// Evidence is a statement that decided something (CONV-05).
type Evidence struct {
	Layer     string // "identity", "boundary", "session", "resource", "endpoint", "scp@r-1", "rcp@…"
	Policy    *Attached
	Statement *Statement
	Match     string      // how a resource policy named the caller
	Requires  Requirement // what the statement leaves open
	Codes     []string
	Rule      string
}

// A Cause is one reason for a denial (CONV-02).
type Cause struct {
	Layer    string
	Explicit bool
	Evidence *Evidence // of explicit causes
	Rule     string
	Text     string
}

// LayerResult is what one layer contributed.
type LayerResult struct {
	Name     string
	Applies  bool
	Allow    Requirement
	Deny     Requirement
	Evidence []Evidence
}

// A Decision answers one Request. Requires is the whole verdict: True is an
// outright allow, False a denial, anything else an allow under conditions
// (CONV-01). The zero Decision denies, so one that nobody filled in grants
// nothing.
type Decision struct {
	Requires Requirement
	Causes   []Cause    // why not, explicit denies first; empty unless Requires is False
	Because  []Evidence // statements that decided, in layer and document order; repetitions behind the first
	Layers   []LayerResult
	Codes    []string // uncertainty codes and notes, sorted
}
