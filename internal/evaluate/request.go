package evaluate

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"reflect"
	"slices"
	"strings"

	"accesspath/policy"
)

// A Request is one call with the policies that bear on it. Policies are objects,
// JSON in a string, or URL-encoded JSON in a string; where a list is expected,
// one policy will do, and each is a document or {"name", "policy"}.
type Request struct {
	ID json.RawMessage `json:"id"` // returned as it is
	// Principal is the ARN of a user, role, role session, federated user, root
	// user or identity provider, or a service name; null and "*" are anonymous.
	Principal *string `json:"principal"`
	Action    string  `json:"action"`
	Resource  string  `json:"resource"` // "" is "*"
	// ResourceAccount owns the resource; if missing, the account in the
	// resource's ARN, else the principal's.
	ResourceAccount string `json:"resourceAccount"`
	// Context holds condition keys with a value or a list of values.
	Context            map[string]json.RawMessage `json:"context"`
	IdentityPolicies   json.RawMessage            `json:"identityPolicies"`
	ResourcePolicy     json.RawMessage            `json:"resourcePolicy"` // the trust policy for sts:AssumeRole
	PermissionBoundary json.RawMessage            `json:"permissionBoundary"`
	SCPs               []json.RawMessage          `json:"scps"` // levels, root first; each a list of policies
	RCPs               []json.RawMessage          `json:"rcps"`
	SessionPolicy      json.RawMessage            `json:"sessionPolicy"`
	VPCEndpoint        json.RawMessage            `json:"vpcEndpointPolicies"`
	Settings           struct {
		S3 struct {
			BlockPublicAccess *bool `json:"blockPublicAccess"`
		} `json:"s3"`
	} `json:"additionalSettings"`

	unknown []string // what is wrong with names of members
}

// Parse reads one request. What is wrong with a policy shows when it is decided.
func Parse(line []byte) (*Request, error) {
	var r Request
	if err := Decode(line, &r, "request"); err != nil {
		return &r, err
	}
	r.unknown = Unknown(line, r)
	return &r, nil
}

// Decode reads the one JSON object of a line; what says what it should be.
func Decode(line []byte, into any, what string) error {
	dec := json.NewDecoder(bytes.NewReader(line))
	if err := dec.Decode(into); err != nil {
		return describe(err, what)
	}
	if _, err := dec.Token(); err == nil {
		return fmt.Errorf("more than one JSON value on the line; give each %s a line of its own", what)
	} else if !errors.Is(err, io.EOF) {
		return fmt.Errorf("not a %s in JSON: something else follows: %w", what, err)
	}
	return nil
}

func describe(err error, what string) error {
	var typ *json.UnmarshalTypeError
	switch {
	case errors.Is(err, io.EOF):
		return fmt.Errorf("there is no %s: the input is empty", what)
	case !errors.As(err, &typ):
		return fmt.Errorf("not a %s in JSON: %w", what, err)
	case typ.Field == "":
		return fmt.Errorf("a JSON %s, want an object", typ.Value)
	}
	return fmt.Errorf("%q is a JSON %s, want %s", typ.Field, typ.Value, wanted(typ.Type.String()))
}

// Unknown says which members of the object of a line are none of a struct: what is
// misspelt would be missing without a word. They are sorted.
func Unknown(line []byte, of any) []string {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(line, &members); err != nil {
		return nil // refused before
	}
	var names []string
	for t, i := reflect.TypeOf(of), 0; i < t.NumField(); i++ {
		if name := t.Field(i).Tag.Get("json"); name != "" {
			names = append(names, name)
		}
	}
	var out []string
	for _, m := range slices.Sorted(maps.Keys(members)) {
		// Case is no difference: decoding takes it for none.
		if !slices.ContainsFunc(names, func(name string) bool { return strings.EqualFold(name, m) }) {
			out = append(out, fmt.Sprintf("unknown member %q; there are %s", m, strings.Join(names, ", ")))
		}
	}
	return out
}

func wanted(goType string) string {
	switch {
	case strings.HasPrefix(goType, "map["), strings.HasPrefix(goType, "struct"), strings.HasPrefix(goType, "evaluate."):
		return "an object"
	case strings.HasPrefix(goType, "[]"):
		return "a list"
	case goType == "bool":
		return "true or false"
	}
	return "a string"
}

// caller turns the principal into the signer of the request. The path of a role
// is not in the ARN of its session: the role's own ARN is taken from the context
// key aws:PrincipalArn if that names a role which can have such a session.
func (r *Request) caller(context map[string]policy.Value) (policy.Caller, error) {
	if r.Principal == nil || *r.Principal == "*" {
		return policy.Caller{Kind: policy.CallerAnonymous}, nil
	}
	text := *r.Principal
	arn, ok := policy.ParseARN(text)
	if !ok {
		if strings.Contains(text, ".") && !strings.ContainsAny(text, ":/ *?") {
			return policy.Caller{Kind: policy.CallerService, ARN: text}, nil
		}
		return policy.Caller{}, fmt.Errorf(`principal %q is neither an ARN nor a service such as ec2.amazonaws.com; null or "*" is anonymous`, text)
	}
	if !policy.IsAccountID(arn.Account) {
		return policy.Caller{}, fmt.Errorf("principal %q has no account id of twelve digits", text)
	}
	c := policy.Caller{ARN: text, Account: arn.Account, Partition: arn.Partition}
	kind, rest, _ := strings.Cut(arn.Resource, "/")
	switch id := first(context["aws:userid"]); arn.Service + " " + kind {
	case "iam user":
		c.Kind, c.Name, c.UniqueID = policy.CallerUser, last(rest), id
	case "iam role":
		c.Kind, c.Name = policy.CallerRole, last(rest)
		c.UniqueID, _, _ = strings.Cut(id, ":")
		c.ServiceLinked = strings.HasPrefix(rest, "aws-service-role/")
	case "iam root":
		c.Kind = policy.CallerRoot
	case "iam oidc-provider":
		c.Kind = policy.CallerWebIdentity
	case "iam saml-provider":
		c.Kind = policy.CallerSAML
	case "sts assumed-role":
		name, session, ok := strings.Cut(rest, "/")
		if !ok || session == "" {
			return c, fmt.Errorf("principal %q lacks its session name", text)
		}
		c.Kind, c.Name, c.SessionName = policy.CallerRole, name, session
		c.ARN = roleARN(arn, name, first(context["aws:principalarn"]))
		c.ServiceLinked = strings.Contains(c.ARN, ":role/aws-service-role/")
		c.UniqueID, _, _ = strings.Cut(id, ":")
	case "sts federated-user":
		c.Kind, c.Name, c.SessionName = policy.CallerFederatedUser, rest, rest
	default:
		return c, fmt.Errorf("principal %q is of no kind that signs requests: user, role, root, assumed-role, federated-user, oidc-provider or saml-provider", text)
	}
	return c, nil
}

func roleARN(session policy.ARN, name, given string) string {
	role := policy.ARN{Partition: session.Partition, Service: "iam", Account: session.Account, Resource: "role/" + name}
	if a, ok := policy.ParseARN(given); ok && a.Service == "iam" && a.Account == session.Account &&
		strings.HasPrefix(a.Resource, "role/") && last(a.Resource) == name {
		return given
	}
	return role.String()
}

func first(v policy.Value) string {
	if v.Knowledge == policy.Known && len(v.Values) == 1 {
		return v.Values[0]
	}
	return ""
}

func last(path string) string { return path[strings.LastIndexByte(path, '/')+1:] }

// owner is the account of the resource.
func (r *Request) owner(c *policy.Caller) string {
	if r.ResourceAccount != "" {
		return r.ResourceAccount
	}
	if a, ok := policy.ParseARN(r.Resource); ok && policy.IsAccountID(a.Account) {
		return a.Account
	}
	return c.Account
}

// values reads the context. Numbers and booleans count as their text (GRAM-04).
func (r *Request) values() (map[string]policy.Value, error) {
	out := make(map[string]policy.Value, len(r.Context))
	for key, raw := range r.Context {
		v, err := contextValue(raw)
		if err != nil {
			return nil, fmt.Errorf("context key %q: %w", key, err)
		}
		out[strings.ToLower(key)] = v
	}
	return out, nil
}

func contextValue(raw json.RawMessage) (policy.Value, error) {
	if bytes.Equal(raw, []byte("null")) {
		return policy.NotThere(), nil
	}
	if len(raw) > 0 && raw[0] == '[' {
		var list []json.RawMessage
		if err := json.Unmarshal(raw, &list); err != nil {
			return policy.Value{}, err
		}
		v := policy.Value{Knowledge: policy.Known, Values: []string{}}
		for _, item := range list {
			s, err := scalar(item)
			if err != nil {
				return v, err
			}
			v.Values = append(v.Values, s)
		}
		return v, nil
	}
	s, err := scalar(raw)
	return policy.Is(s), err
}

func scalar(raw json.RawMessage) (string, error) {
	if len(raw) > 0 && raw[0] == '"' {
		var s string
		err := json.Unmarshal(raw, &s)
		return s, err
	}
	if len(raw) == 0 || raw[0] == '{' || raw[0] == '[' || raw[0] == 'n' {
		return "", errors.New("want a string, a number, true or false, or a list of these")
	}
	return string(raw), nil
}
