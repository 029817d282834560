package evaluate

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"accesspath/policy"
)

// reader reads the policies of one request and collects what is wrong with them.
type reader struct {
	problems []string
	err      error // the first policy that could not be read
}

func (p *reader) layers(r *Request) policy.Layers {
	l := policy.Layers{
		Identity: p.list("identityPolicies", r.IdentityPolicies, policy.UseIdentity),
		Boundary: p.list("permissionBoundary", r.PermissionBoundary, policy.UseIdentity),
		Session:  p.list("sessionPolicy", r.SessionPolicy, policy.UseIdentity),
		Endpoint: p.list("vpcEndpointPolicies", r.VPCEndpoint, policy.UseResource),
		SCPs:     p.levels("scps", r.SCPs, policy.UseIdentity),
		RCPs:     p.levels("rcps", r.RCPs, policy.UseRCP),
		Resource: policy.ResourceLayer{State: policy.ResourceNone, RestrictPublic: policy.No},
	}
	l.HasEndpoint = len(l.Endpoint) > 0
	l.HasBoundary, l.HasSession = len(l.Boundary) > 0, len(l.Session) > 0
	use := policy.UseResource
	if arn, ok := policy.ParseARN(r.Resource); ok && arn.Service == "iam" && strings.HasPrefix(arn.Resource, "role/") {
		use = policy.UseTrust
	}
	if rp := p.list("resourcePolicy", r.ResourcePolicy, use); len(rp) > 0 {
		l.Resource.State, l.Resource.Policies = policy.ResourcePresent, rp
	}
	if b := r.Settings.S3.BlockPublicAccess; b != nil && *b {
		l.Resource.RestrictPublic = policy.Yes
	}
	return l
}

func absent(raw json.RawMessage) bool {
	return len(raw) == 0 || bytes.Equal(raw, []byte("null"))
}

// list reads one policy or a list of them.
func (p *reader) list(member string, raw json.RawMessage, use policy.Use) []policy.Attached {
	if absent(raw) || p.err != nil {
		return nil
	}
	items := []json.RawMessage{raw}
	single := raw[0] != '['
	if !single {
		items = nil
		if err := json.Unmarshal(raw, &items); err != nil {
			p.err = fmt.Errorf("%s: %w", member, err)
			return nil
		}
	}
	var out []policy.Attached
	for i, item := range items {
		name := member + "[" + strconv.Itoa(i) + "]"
		if single {
			name = member
		}
		if a, ok := p.policy(name, item, use); ok {
			out = append(out, a)
		}
	}
	return out
}

// policy reads a document, or {"name", "policy"}.
func (p *reader) policy(name string, raw json.RawMessage, use policy.Use) (policy.Attached, bool) {
	var wrapper struct {
		Name      string
		Policy    json.RawMessage
		Statement json.RawMessage
	}
	where := name
	if raw[0] == '{' {
		if err := json.Unmarshal(raw, &wrapper); err == nil && wrapper.Statement == nil && wrapper.Policy != nil {
			raw = wrapper.Policy
			if wrapper.Name != "" {
				name = wrapper.Name
			}
		}
	}
	text, err := documentText(raw)
	if err == nil {
		var d *policy.Document
		if d, err = policy.ParseDocument(text); err == nil {
			p.note(where, d, use)
			return policy.Attached{Document: d, Name: name}, true
		}
	}
	if p.err == nil {
		p.err = fmt.Errorf("%s: %w", where, err)
	}
	return policy.Attached{}, false
}

// documentText undoes the ways to write a document as a string.
func documentText(raw json.RawMessage) ([]byte, error) {
	if len(raw) == 0 || raw[0] != '"' {
		return raw, nil
	}
	var s string
	if err := json.Unmarshal(raw, &s); err != nil {
		return nil, err
	}
	text := bytes.TrimSpace([]byte(s))
	if len(text) > 0 && text[0] == '{' {
		return text, nil
	}
	decoded, err := url.PathUnescape(string(text))
	if err != nil {
		return nil, fmt.Errorf("a string that is neither JSON nor URL-encoded JSON: %w", err)
	}
	return []byte(decoded), nil
}

func (p *reader) note(name string, d *policy.Document, use policy.Use) {
	for _, problem := range slices.Concat(d.Problems, d.Misplaced(use)) {
		where := name
		if problem.Statement >= 0 {
			where += " statement " + strconv.Itoa(problem.Statement)
		}
		p.problems = append(p.problems, where+": "+problem.Message)
	}
}

// levels reads guardrails: each level a list of policies, or
// {"orgIdentifier", "policies"}.
func (p *reader) levels(member string, raws []json.RawMessage, use policy.Use) []policy.Level {
	var out []policy.Level
	for i, raw := range raws {
		id := "level-" + strconv.Itoa(i)
		var named struct {
			OrgIdentifier string
			Policies      json.RawMessage
		}
		if len(raw) > 0 && raw[0] == '{' && json.Unmarshal(raw, &named) == nil && named.Policies != nil {
			raw = named.Policies
			if named.OrgIdentifier != "" {
				id = named.OrgIdentifier
			}
		}
		out = append(out, policy.Level{ID: id, Policies: p.list(member+"["+strconv.Itoa(i)+"]", raw, use)})
	}
	return out
}
