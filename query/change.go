package query

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"accesspath/iam"
	"accesspath/policy"
)

// The kinds of change that a Remedy is made of.
const (
	ChangeAllow   = "add-allow"         // a statement that allows is added
	ChangeDeny    = "remove-deny"       // a statement that denies is removed, or altered so that it does not apply
	ChangeMeet    = "satisfy-condition" // the condition of a statement that allows is met, or dropped
	ChangeContext = "known-key"         // a condition key has another value than the question says
)

// A Remedy is a set of changes that, made together, allow what is denied. None
// of them can be left out.
type Remedy struct {
	Changes []PolicyChange `json:"changes"`
	Verdict string         `json:"verdict"` // after them
}

// A PolicyChange is one change to one policy.
type PolicyChange struct {
	Kind      string    `json:"kind"`
	Layer     string    `json:"layer"`               // identity, boundary, resource, scp@…, rcp@…
	Where     string    `json:"where"`               // ARN of the principal, role or resource, id of the organization's level, or a condition key
	Hop       int       `json:"hop,omitempty"`       // of the request that it is about
	Action    string    `json:"action,omitempty"`    // to allow
	Resource  string    `json:"resource,omitempty"`  // to allow it on
	Principal string    `json:"principal,omitempty"` // to name, in policies of resources
	Policy    string    `json:"policy,omitempty"`    // name or ARN, where a certain policy is to be changed
	Statement *Evidence `json:"statement,omitempty"` // to remove or alter
	Text      string    `json:"text"`                // the change in plain words
}

// ApplyChange makes a change in a copy of the snapshot, which shares what the
// change leaves alone. Changes of kind "known-key" are about the question and
// change nothing here.
func ApplyChange(s *iam.Snapshot, c PolicyChange) (*iam.Snapshot, error) {
	out := *s
	switch layer, level, _ := strings.Cut(c.Layer, "@"); {
	case c.Kind == ChangeContext:
		return &out, nil
	case layer == "scp" || layer == "rcp":
		return &out, changeGuardrail(&out, level, layer, c)
	case layer == "resource":
		return &out, changeResource(&out, c)
	}
	return &out, changeEntity(&out, c)
}

// changeEntity changes an identity policy or a boundary of a user or role.
func changeEntity(s *iam.Snapshot, c PolicyChange) error {
	a, _ := policy.ParseARN(c.Where)
	account := cloneAccount(s, a.Account)
	if account == nil {
		return fmt.Errorf("account %q is not in the snapshot", a.Account)
	}
	for i, u := range account.Users {
		if u.ARN == c.Where {
			v := *u
			account.Users[i] = &v
			return changeLayers(&v.Entity, &v, c)
		}
	}
	for i, r := range account.Roles {
		if r.ARN == c.Where {
			v := *r
			account.Roles[i] = &v
			return changeLayers(&v.Entity, nil, c)
		}
	}
	return fmt.Errorf("no user or role %q in the snapshot", c.Where)
}

func changeLayers(e *iam.Entity, u *iam.User, c PolicyChange) error {
	switch {
	case c.Layer == "boundary":
		if e.Boundary == nil {
			return fmt.Errorf("%s has no permissions boundary", e.ARN)
		}
		var err error
		e.Boundary, err = editAttachment(e.Boundary, c)
		return err
	case c.Kind == ChangeAllow:
		d, err := policy.ParseDocument(mustJSON(map[string]any{"Version": "2012-10-17", "Statement": statementOf(c)}))
		e.Inline = append(slices.Clone(e.Inline), &iam.Policy{Name: "proposed", Document: d})
		return err
	}
	if u != nil && c.Statement.Via != "" {
		return changeGroup(u, c)
	}
	return editEntity(e, c)
}

// changeGroup changes a policy of a group, for one member: what the others get
// is not asked.
func changeGroup(u *iam.User, c PolicyChange) error {
	u.Groups = slices.Clone(u.Groups)
	for i, g := range u.Groups {
		if g.ARN == c.Statement.Via {
			v := *g
			u.Groups[i] = &v
			return editEntity(&v.Entity, c)
		}
	}
	return fmt.Errorf("%s is in no group %q", u.ARN, c.Statement.Via)
}

// editEntity changes the statement in whichever policy of the entity has it.
func editEntity(e *iam.Entity, c PolicyChange) error {
	e.Inline, e.Attached = slices.Clone(e.Inline), slices.Clone(e.Attached)
	for i, p := range e.Inline {
		if p.Name == c.Policy {
			v := *p
			e.Inline[i] = &v
			return editPolicy(&v, c)
		}
	}
	for i, at := range e.Attached {
		if at.ARN == c.Policy {
			var err error
			e.Attached[i], err = editAttachment(at, c)
			return err
		}
	}
	return fmt.Errorf("%s has no policy %q", e.ARN, c.Policy)
}

func editAttachment(at *iam.Attachment, c PolicyChange) (*iam.Attachment, error) {
	if at.Document() == nil {
		return at, fmt.Errorf("the document of %s is not in the snapshot", at.ARN)
	}
	v := *at.Policy.Default()
	v.IsDefault = true
	if err := editPolicy(&v.Policy, c); err != nil {
		return at, err
	}
	managed := *at.Policy
	managed.Versions = []*iam.PolicyVersion{&v}
	out := *at
	out.Policy = &managed
	return &out, nil
}

// changeResource changes the policy of a resource, or the trust policy of a role.
func changeResource(s *iam.Snapshot, c PolicyChange) error {
	a, _ := policy.ParseARN(c.Where)
	if a.Service == "iam" {
		account := cloneAccount(s, a.Account)
		if account == nil {
			return fmt.Errorf("account %q is not in the snapshot", a.Account)
		}
		for i, r := range account.Roles {
			if r.ARN == c.Where {
				v, trust := *r, *r.Trust
				v.Trust, account.Roles[i] = &trust, &v
				return editPolicy(&trust, c)
			}
		}
		return fmt.Errorf("no role %q in the snapshot", c.Where)
	}
	s.Resources = slices.Clone(s.Resources)
	for i, r := range s.Resources {
		if r.ARN == c.Where {
			v := *r
			s.Resources[i] = &v
			return editResource(&v, c)
		}
	}
	caller, _ := policy.ParseARN(c.Principal)
	r := &iam.Resource{ARN: c.Where, Account: cmp.Or(a.Account, caller.Account)} // a bucket nobody describes is taken for the caller's (NAT-02)
	s.Resources = append(s.Resources, r)
	slices.SortFunc(s.Resources, func(x, y *iam.Resource) int { return strings.Compare(x.ARN, y.ARN) })
	return editResource(r, c)
}

func editResource(r *iam.Resource, c PolicyChange) error {
	p := iam.Policy{Name: "resource policy"}
	if r.Policy != nil {
		p = *r.Policy
	}
	r.Policy, r.PolicyState = &p, iam.Present
	return editPolicy(&p, c)
}

// changeGuardrail changes the policies at one level of the organization.
func changeGuardrail(s *iam.Snapshot, level, kind string, c PolicyChange) error {
	if s.Organization == nil {
		return fmt.Errorf("there is no organization in the snapshot")
	}
	o := *s.Organization
	o.Nodes = slices.Clone(o.Nodes)
	s.Organization = &o
	for i, n := range o.Nodes {
		if n.ID != level {
			continue
		}
		v := *n
		o.Nodes[i] = &v
		list := &v.SCPs
		if kind == "rcp" {
			list = &v.RCPs
		}
		return editGuardrail(list, c)
	}
	return fmt.Errorf("no level %q in the organization", level)
}

func editGuardrail(list *[]*iam.Policy, c PolicyChange) error {
	*list = slices.Clone(*list)
	if c.Kind == ChangeAllow {
		d, err := policy.ParseDocument(mustJSON(map[string]any{"Version": "2012-10-17", "Statement": statementOf(c)}))
		*list = append(*list, &iam.Policy{Name: "proposed", Document: d})
		return err
	}
	for i, p := range *list {
		if p.Name == c.Policy || p.ARN == c.Policy {
			v := *p
			(*list)[i] = &v
			return editPolicy(&v, c)
		}
	}
	return fmt.Errorf("no policy %q at %s", c.Policy, c.Layer)
}

// editPolicy changes a document: it adds, removes or opens a statement.
func editPolicy(p *iam.Policy, c PolicyChange) error {
	doc := map[string]json.RawMessage{"Version": json.RawMessage(`"2012-10-17"`)}
	var list []json.RawMessage
	if p.Document != nil {
		if err := json.Unmarshal([]byte(p.Document.Text), &doc); err != nil {
			return fmt.Errorf("policy %s: %w", p.Name, err)
		}
		if err := json.Unmarshal(doc["Statement"], &list); err != nil {
			list = []json.RawMessage{doc["Statement"]}
		}
	}
	switch i := indexOf(c); {
	case c.Kind == ChangeAllow:
		list = append(list, mustJSON(statementOf(c)))
	case i < 0 || i >= len(list):
		return fmt.Errorf("policy %s has no statement %d", p.Name, i)
	case c.Kind == ChangeDeny:
		gone := string(list[i])
		list = slices.DeleteFunc(list, func(m json.RawMessage) bool { return string(m) == gone })
	default:
		var statement map[string]json.RawMessage
		if err := json.Unmarshal(list[i], &statement); err != nil {
			return fmt.Errorf("policy %s, statement %d: %w", p.Name, i, err)
		}
		delete(statement, "Condition")
		list[i] = mustJSON(statement)
	}
	doc["Statement"] = mustJSON(list)
	var err error
	p.Document, err = policy.ParseDocument(mustJSON(doc))
	return err
}

func indexOf(c PolicyChange) int {
	if c.Statement == nil {
		return -1
	}
	return c.Statement.Statement
}

// statementOf is the statement that a change of kind "add-allow" adds.
func statementOf(c PolicyChange) map[string]any {
	out := map[string]any{"Effect": "Allow", "Action": c.Action}
	trust := strings.EqualFold(c.Action, "sts:AssumeRole") && c.Layer == "resource"
	if !trust {
		out["Resource"] = c.Resource
	}
	if c.Principal != "" {
		out["Principal"] = map[string]string{"AWS": c.Principal}
	}
	return out
}

// mustJSON encodes what is known to be encodable.
func mustJSON(v any) json.RawMessage {
	out, err := json.Marshal(v)
	if err != nil {
		return json.RawMessage("null")
	}
	return out
}

// cloneAccount puts a copy of an account into the snapshot, with lists of its
// own; nil if there is none.
func cloneAccount(s *iam.Snapshot, id string) *iam.Account {
	s.Accounts = slices.Clone(s.Accounts)
	for i, a := range s.Accounts {
		if a.ID == id {
			v := *a
			v.Users, v.Roles = slices.Clone(a.Users), slices.Clone(a.Roles)
			s.Accounts[i] = &v
			return &v
		}
	}
	return nil
}
