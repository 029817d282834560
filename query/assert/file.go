package assert

import "errors"

// Version is the version of the file's form.
const Version = 1

// A File is a list of checks.
type File struct {
	Name   string // for messages
	Checks []Check
}

// A Check is one question with conditions on its answer. Either Action and
// Resource are set, or To.
type Check struct {
	Name, Why    string
	Line, Column int // in the file; 0 of checks that were not read

	Action, Resource string
	To               string // ARN of a role

	From []string // the check is about these alone; nil: everyone

	Only    []string // nobody else; nil: no such condition, empty: nobody at all
	Never   []string // none of these
	Must    []string // each of these, if need be under conditions
	MFA     bool     // nobody without multi-factor authentication
	MaxHops int      // nobody over more hops; -1: no such condition
	Inside  bool     // nobody from outside of the organization
}

// conditions lists the names of a check's conditions.
func (c *Check) conditions() []string {
	var out []string
	for _, k := range []struct {
		set  bool
		name string
	}{{c.Only != nil, keyOnly}, {len(c.Never) > 0, keyNever}, {len(c.Must) > 0, keyMust}, {c.MFA, keyMFA}, {c.MaxHops >= 0, keyMaxHops}, {c.Inside, keyInside}} {
		if k.set {
			out = append(out, k.name)
		}
	}
	return out
}

// The keys of a check.
const (
	keyName     = "name"
	keyWhy      = "why"
	keyAction   = "action"
	keyResource = "resource"
	keyTo       = "to"
	keyFrom     = "from"
	keyOnly     = "only"
	keyNever    = "never"
	keyMust     = "must"
	keyMFA      = "mfa"
	keyMaxHops  = "max-hops"
	keyInside   = "inside-organization"
)

func checkKeys() []string {
	return []string{keyName, keyWhy, keyAction, keyResource, keyTo, keyFrom, keyOnly, keyNever, keyMust, keyMFA, keyMaxHops, keyInside}
}

// Question says in words what a check asks.
func (c *Check) Question() string {
	if c.To != "" {
		return "who becomes " + c.To
	}
	return "who can " + c.Action + " on " + c.Resource
}

// validate says what a check lacks or has too much of.
func (c *Check) validate() error {
	switch {
	case c.Name == "":
		return errors.New(`"name" is missing`)
	case c.To != "" && (c.Action != "" || c.Resource != ""):
		return errors.New(`a check has either "to", or "action" and "resource"`)
	case c.To == "" && c.Action == "" && c.Resource == "":
		return errors.New(`the question is missing: "action" and "resource", or "to"`)
	case c.To == "" && c.Resource == "":
		return errors.New(`"resource" is missing; write "*" for every resource`)
	case c.To == "" && c.Action == "":
		return errors.New(`"action" is missing`)
	case len(c.conditions()) == 0:
		return errors.New(`the condition is missing: one of "only", "never", "must", "mfa", "max-hops" and "inside-organization"`)
	}
	return nil
}
