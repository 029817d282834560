package policy_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"accesspath/policy"
)

// A case is one entry of testdata/*.json; testdata/README.md explains the
// fields. It asks for exactly one verdict.
type testCase struct {
	Name    string          `json:"name"`
	Rule    string          `json:"rule"`
	Caller  string          `json:"caller"`  // an ARN, "anonymous", "service:…", "oidc:ARN", "saml:ARN"
	ID      string          `json:"id"`      // the caller's unique id
	Account string          `json:"account"` // of callers whose ARN has none
	Linked  bool            `json:"serviceLinked"`
	Action  string          `json:"action"`
	On      string          `json:"resource"`
	Owner   string          `json:"owner"`
	Listing string          `json:"collection"`
	Context map[string]any  `json:"context"` // null: absent; text, list: known; {"like": p}, {"present": true}
	Org     string          `json:"org"`     // of the caller: an id, "none", or "" for unknown
	Tags    json.RawMessage `json:"tags"`    // of a calling user

	Identity []json.RawMessage `json:"identity"`
	Unread   string            `json:"unreadIdentity"` // a managed policy that is missing
	Boundary []json.RawMessage `json:"boundary"`
	Session  []json.RawMessage `json:"session"`
	Policy   []json.RawMessage `json:"resourcePolicy"`
	Unknown  string            `json:"unknownResourcePolicy"` // the DATA code
	Version  string            `json:"version"`
	SCPs     []testLevel       `json:"scps"`
	RCPs     []testLevel       `json:"rcps"`

	Want  string   `json:"want"`
	Codes []string `json:"codes"` // must be among the decision's
}

type testLevel struct {
	ID       string            `json:"level"`
	Unknown  bool              `json:"unknown"`
	Policies []json.RawMessage `json:"policy"`
}

func TestCases(t *testing.T) {
	files, err := filepath.Glob("testdata/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		dec := json.NewDecoder(bytes.NewReader(raw))
		dec.DisallowUnknownFields()
		var cases []testCase
		if err := dec.Decode(&cases); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		for _, c := range cases {
			t.Run(c.Rule+" "+c.Name, c.run)
		}
	}
}

func (c testCase) run(t *testing.T) {
	r, l := c.request(t), c.layers(t)
	d := policy.Evaluate(r, l)
	if bare := policy.Verdict(r, l); bare.Key() != d.Requires.Key() {
		t.Errorf("the verdict by itself is %s, want %s", bare.Key(), d.Requires.Key())
	}
	if got := verdict(d); got != c.Want {
		t.Errorf("%s, want %s", got, c.Want)
	}
	for _, code := range c.Codes {
		if !slices.Contains(d.Codes, code) {
			t.Errorf("codes %v, want %s among them", d.Codes, code)
		}
	}
	c.shuffled(t, r, l, d)
}

// shuffled: the order of policies and statements does not decide (EVAL-06).
func (c testCase) shuffled(t *testing.T, r policy.Request, l policy.Layers, want policy.Decision) {
	for _, list := range [][]policy.Attached{l.Identity, l.Boundary, l.Session, l.Resource.Policies} {
		for i := range list {
			if list[i].Document != nil {
				d := *list[i].Document
				d.Statements = slices.Clone(d.Statements)
				slices.Reverse(d.Statements)
				list[i].Document = &d
			}
		}
		slices.Reverse(list)
	}
	if got := policy.Evaluate(r, l); got.Requires.Key() != want.Requires.Key() || verdict(got) != verdict(want) {
		t.Errorf("EVAL-06: in reverse order %s, else %s", verdict(got), verdict(want))
	}
}

// verdict writes a decision as the cases do: ALLOW, DENY(cause; …) or
// ALLOW_IF(alternative or …), each alternative a conjunction.
func verdict(d policy.Decision) string {
	if d.Requires.IsTrue() {
		return "ALLOW"
	}
	if d.Requires.IsFalse() {
		var causes []string
		for _, c := range d.Causes {
			kind := "implicit:"
			if c.Explicit {
				kind = "explicit:"
			}
			if c.Layer == "service-rule" || c.Layer == "contradiction" {
				kind = ""
			}
			causes = append(causes, kind+c.Layer)
		}
		slices.Sort(causes)
		return "DENY(" + strings.Join(slices.Compact(causes), "; ") + ")"
	}
	terms, _ := d.Requires.Terms()
	var ways []string
	for _, term := range terms {
		var atoms []string
		for _, a := range term {
			atoms = append(atoms, atomText(a))
		}
		slices.Sort(atoms)
		ways = append(ways, strings.Join(atoms, " and "))
	}
	return "ALLOW_IF(" + strings.Join(ways, " or ") + ")"
}

func atomText(a *policy.Atom) string {
	if a.Code != "" {
		if a.Negated {
			return "not " + a.Code
		}
		return a.Code
	}
	return a.Key + " " + a.Name() + " " + strings.Join(a.Shown(), "|")
}

const (
	accountA = "111111111111"
	asOf     = "2026-01-01T00:00:00Z"
)

func (c testCase) caller() policy.Caller {
	kind, rest, _ := strings.Cut(c.Caller, ":")
	p := policy.Caller{ARN: rest, Account: c.Account, UniqueID: c.ID, ServiceLinked: c.Linked, HasBoundary: c.Boundary != nil}
	switch kind {
	case "anonymous":
		return policy.Caller{Kind: policy.CallerAnonymous}
	case "service":
		p.Kind = policy.CallerService
		return p
	case "oidc":
		p.Kind = policy.CallerWebIdentity
		return p
	case "saml":
		p.Kind = policy.CallerSAML
		return p
	}
	arn, _ := policy.ParseARN(c.Caller)
	p.ARN, p.Account, p.Partition = c.Caller, arn.Account, arn.Partition
	what, name := arn.ResourceType()
	p.Name = name[strings.LastIndexByte(name, '/')+1:]
	switch what {
	case "user":
		p.Kind = policy.CallerUser
	case "role":
		p.Kind = policy.CallerRole
	case "federated-user":
		p.Kind = policy.CallerFederatedUser
		p.Issuer = "arn:aws:iam::" + p.Account + ":user/u"
	case "assumed-role":
		p.Kind = policy.CallerRole
		p.Name, p.SessionName, _ = strings.Cut(name, "/")
		p.ARN = "arn:" + p.Partition + ":iam::" + p.Account + ":role/" + p.Name
	default:
		p.Kind = policy.CallerRoot
	}
	return p
}

func (c testCase) request(t *testing.T) policy.Request {
	t.Helper()
	r := policy.Request{Caller: c.caller(), Action: c.Action, Resource: c.On, ResourceAccount: c.Owner, Collection: c.Listing}
	if arn, ok := policy.ParseARN(c.On); r.ResourceAccount == "" {
		if r.ResourceAccount = accountA; ok && policy.IsAccountID(arn.Account) {
			r.ResourceAccount = arn.Account
		}
	}
	given := policy.MapContext{}
	for k, v := range c.Context {
		given[strings.ToLower(k)] = contextValue(t, v)
	}
	at, _ := time.Parse(time.RFC3339, asOf)
	facts := &policy.Facts{Overrides: given, AsOf: at}
	if c.Org != "" {
		facts.CallerOrg = policy.OrgFacts{Known: true}
		if c.Org != "none" {
			facts.CallerOrg.ID, facts.CallerOrg.Path = c.Org, c.Org+"/r-1/ou-1/"
		}
	}
	if len(c.Tags) > 0 {
		var tags map[string]string
		if err := json.Unmarshal(c.Tags, &tags); err != nil {
			t.Fatal(err)
		}
		for k, v := range tags {
			facts.CallerTags = append(facts.CallerTags, policy.Tag{Key: k, Value: v})
		}
		slices.SortFunc(facts.CallerTags, func(a, b policy.Tag) int { return strings.Compare(a.Key, b.Key) })
	}
	r.Context = policy.NewContext(&r, facts)
	return r
}

func contextValue(t *testing.T, v any) policy.Value {
	t.Helper()
	switch v := v.(type) {
	case nil:
		return policy.NotThere()
	case string:
		return policy.Is(v)
	case []any:
		var out []string
		for _, e := range v {
			out = append(out, fmt.Sprint(e))
		}
		return policy.Is(out...)
	case map[string]any:
		if like, ok := v["like"].(string); ok {
			return policy.Value{Knowledge: policy.Partial, Pattern: policy.CompilePattern(like)}
		}
		return policy.Value{Knowledge: policy.Present}
	}
	t.Fatalf("context value %v", v)
	return policy.Value{}
}

func (c testCase) layers(t *testing.T) policy.Layers {
	t.Helper()
	l := policy.Layers{
		Identity: c.attached(t, c.Identity), Boundary: c.attached(t, c.Boundary), HasBoundary: c.Boundary != nil,
		Session: c.attached(t, c.Session), HasSession: c.Session != nil,
		SCPs: c.levels(t, c.SCPs), RCPs: c.levels(t, c.RCPs),
		Resource: policy.ResourceLayer{State: policy.ResourceNone},
	}
	if c.Unread != "" {
		l.Identity = append(l.Identity, policy.Attached{Unresolved: c.Unread})
	}
	switch {
	case c.Unknown != "":
		l.Resource = policy.ResourceLayer{State: policy.ResourceUnknown, Unknown: c.Unknown}
	case c.Policy != nil:
		l.Resource = policy.ResourceLayer{State: policy.ResourcePresent, RestrictPublic: policy.No, Policies: c.attached(t, c.Policy)}
	}
	return l
}

func (c testCase) levels(t *testing.T, levels []testLevel) []policy.Level {
	var out []policy.Level
	for _, l := range levels {
		out = append(out, policy.Level{ID: l.ID, Unknown: l.Unknown, Policies: c.attached(t, l.Policies)})
	}
	return out
}

// attached makes one document of the statements; each is JSON, or shorthand
// such as "+s3:GetObject@arn:aws:s3:::b/*".
func (c testCase) attached(t *testing.T, statements []json.RawMessage) []policy.Attached {
	t.Helper()
	if len(statements) == 0 {
		return nil
	}
	version := c.Version
	if version == "" {
		version = "2012-10-17"
	}
	var list []json.RawMessage
	for _, s := range statements {
		list = append(list, statement(t, s))
	}
	raw, err := json.Marshal(map[string]any{"Version": version, "Statement": list})
	if err != nil {
		t.Fatal(err)
	}
	d, err := policy.ParseDocument(raw)
	if err != nil {
		t.Fatal(err)
	}
	return []policy.Attached{{Document: d, Name: "p"}}
}

// statement expands the shorthand ±ACTION@RESOURCE P=PRINCIPAL ?CONDITION, in
// which the parts behind the action may be left out; "!" before the action,
// resource or principal stands for the Not… element.
func statement(t *testing.T, raw json.RawMessage) json.RawMessage {
	t.Helper()
	var text string
	if json.Unmarshal(raw, &text) != nil {
		return raw
	}
	out := map[string]any{"Effect": map[byte]string{'+': "Allow", '-': "Deny"}[text[0]]}
	set := func(element, value string) {
		if rest, ok := strings.CutPrefix(value, "!"); ok {
			element, value = "Not"+element, rest
		}
		var list any = value
		if element != "Principal" && element != "NotPrincipal" {
			if list = strings.Split(value, ","); strings.Contains(value, "'") {
				list = value // a default value of a variable may hold a comma
			}
		} else if value != "*" {
			principals := map[string][]string{}
			for _, p := range strings.Split(value, ",") {
				kind, rest, ok := strings.Cut(p, "=")
				if !ok {
					kind, rest = "AWS", p
				}
				principals[kind] = append(principals[kind], rest)
			}
			list = principals
		}
		out[element] = list
	}
	rest, condition, ok := strings.Cut(text[1:], " ?")
	if ok {
		out["Condition"] = json.RawMessage(condition)
	}
	rest, principal, ok := strings.Cut(rest, " P=")
	if ok {
		set("Principal", principal)
	}
	action, resource, ok := strings.Cut(rest, "@")
	set("Action", action)
	if ok {
		set("Resource", resource)
	}
	b, err := json.Marshal(out)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return b
}
