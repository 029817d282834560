package policy

import (
	"crypto/sha256"
	"strings"
)

// A Document is one parsed policy. It is immutable, may be shared by any
// number of principals, and says nothing of where it is attached: whether a
// statement without Resource counts depends on that and is settled by Evaluate.
type Document struct {
	Digest     [sha256.Size]byte // of Text
	Text       string            // the JSON without white space
	Version    string
	ID         string
	Statements []Statement // in document order; never those that can have no effect
	Problems   []Problem   // in document order
}

// Effect says what a statement does.
type Effect uint8

// The two effects (GRAM-06).
const (
	Allow Effect = iota + 1
	Deny
)

func (e Effect) String() string {
	switch e {
	case Allow:
		return "Allow"
	case Deny:
		return "Deny"
	}
	return "none"
}

// A Statement is one normalized statement: scalars are lists (GRAM-03), values
// are text (GRAM-04), patterns are compiled.
type Statement struct {
	Index        int   // position in the document, from 0; of the first, if repeated (GRAM-19)
	Repeats      []int // positions of statements that say the same, which evaluation leaves out (GRAM-19)
	Sid          string
	Effect       Effect
	Action       []ActionPattern
	NotAction    []ActionPattern
	Resource     []ResourcePattern
	NotResource  []ResourcePattern
	HasResource  bool // Resource or NotResource is present
	Principal    []PrincipalElement
	NotPrincipal []PrincipalElement
	HasPrincipal bool // Principal or NotPrincipal is present
	Conditions   []Condition
	Codes        []string // uncertainty codes of the reading, such as U-12
}

// A Problem is a defect of a document that does not stop it from being read.
// Severity is settled by the reader: Code names the rule.
type Problem struct {
	Code      string // such as "invalid-effect"
	Message   string
	Statement int // from 0; -1 if it concerns the whole document
	Offset    int // bytes into the text that was parsed, to where the value begins
	Warning   bool
}

// maxDocument bounds what ParseDocument reads. AWS allows 20,480 characters at
// most (bucket policies); exports in the wild stay far below a megabyte.
const maxDocument = 4 << 20

// UsesAction reports whether some statement of the given effect could match an
// action by name alone.
func (d *Document) UsesAction(effect Effect, action string) bool {
	return d.UsesLower(effect, strings.ToLower(action))
}

// UsesLower is UsesAction of an action in lower case, for those who ask of many
// documents.
func (d *Document) UsesLower(effect Effect, lower string) bool {
	for i := range d.Statements {
		s := &d.Statements[i]
		if s.Effect == effect && s.matchAction(lower).ok {
			return true
		}
	}
	return false
}
