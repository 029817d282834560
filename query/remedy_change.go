package query

import (
	"fmt"
	"slices"
	"strings"

	"accesspath/policy"
)

// calls are the requests along a way: the hops, and the action at its end.
func (r *remedying) calls(e *Engine, way []string) []call {
	var out []call
	for i, id := range way {
		n := e.g.Node(e.find(id))
		if n.ID != id {
			return nil
		}
		switch {
		case i+1 < len(way):
			out = append(out, call{n, "sts:AssumeRole", way[i+1], i + 1})
		case r.final.action != "":
			out = append(out, call{n, r.final.action, r.final.resource, i + 1})
		}
	}
	return out
}

// against is the change that takes away one cause of a denial.
func (r *remedying) against(e *Engine, c call, cause policy.Cause) (PolicyChange, bool) {
	out := PolicyChange{Kind: ChangeAllow, Layer: cause.Layer, Where: c.from.ID, Hop: c.hop, Action: c.action, Resource: c.resource}
	what := c.action + " on " + c.resource
	switch {
	case cause.Explicit && cause.Evidence != nil:
		return r.removal(c, ChangeDeny, *cause.Evidence), true
	case cause.Layer == "identity":
		out.Text = "allow " + what + " in an identity policy of " + c.from.ID
	case cause.Layer == "boundary":
		b, ok := e.g.Model.Boundary(c.from)
		if !ok || len(b) == 0 {
			return out, false
		}
		out.Policy = b[0].Name
		out.Text = "allow " + what + " in the permissions boundary " + out.Policy + " of " + c.from.ID
	case cause.Layer == "resource":
		return r.grant(e, c)
	case strings.HasPrefix(cause.Layer, "scp@"):
		_, out.Where, _ = strings.Cut(cause.Layer, "@")
		out.Text = "allow " + what + " in a service control policy at " + out.Where
	default:
		return out, false
	}
	return out, true
}

// removal is about one statement: to remove it, or to meet its condition.
func (r *remedying) removal(c call, kind string, ev policy.Evidence) PolicyChange {
	s := EvidenceOf(ev)
	out := PolicyChange{Kind: kind, Layer: ev.Layer, Where: c.from.ID, Hop: c.hop, Policy: s.Policy, Statement: &s}
	switch layer, level, _ := strings.Cut(ev.Layer, "@"); layer {
	case "scp", "rcp":
		out.Where = level
	case "resource":
		out.Where = s.Owner
	}
	name := fmt.Sprintf("statement %d", s.Statement)
	if s.Sid != "" {
		name += fmt.Sprintf(" (%s)", s.Sid)
	}
	name += " of " + s.Policy
	if s.Policy == "trust policy" || s.Policy == "resource policy" {
		name += " of " + s.Owner
	}
	if s.Position != "" {
		name += " at " + s.Position
	}
	out.Text = "remove or narrow the Deny in " + name
	if kind == ChangeMeet {
		out.Text = "meet, or drop, the condition of the Allow in " + name + ": " + conditionsOf(ev.Statement)
	}
	return out
}

func conditionsOf(s *policy.Statement) string {
	var out []string
	for _, c := range s.Conditions {
		out = append(out, c.Key+" "+c.Operator+" "+strings.Join(c.Values, " or "))
	}
	return strings.Join(out, " and ")
}

// grant names the caller in the resource's own policy; ok is false where there is
// no such policy.
func (r *remedying) grant(e *Engine, c call) (PolicyChange, bool) {
	holder, ok := e.policyHolder(c.action, c.resource)
	if !ok {
		return PolicyChange{}, false
	}
	out := PolicyChange{Kind: ChangeAllow, Layer: "resource", Where: holder, Hop: c.hop, Action: c.action, Resource: c.resource, Principal: c.from.ID}
	if strings.EqualFold(c.action, "sts:AssumeRole") {
		out.Text = "name " + c.from.ID + " in the trust policy of " + holder
	} else {
		out.Text = "allow " + c.from.ID + " " + c.action + " in the policy of " + holder
	}
	return out, true
}

// policyHolders are services whose resources commonly have policies: where no
// input shows one, it may be proposed to make one.
var policyHolders = []string{"s3", "kms", "sqs", "sns", "secretsmanager", "lambda", "ecr", "dynamodb", "events", "logs", "es", "backup", "glacier", "kinesis", "elasticfilesystem"}

// policyHolder is the ARN of what has the policy that a request is judged by.
func (e *Engine) policyHolder(action, resource string) (string, bool) {
	a, ok := policy.ParseARN(resource)
	if !ok || strings.ContainsAny(resource, "*?") && a.Service != "s3" {
		return "", false
	}
	switch {
	case a.Service == "iam":
		n, found := e.g.Find(resource)
		return resource, found && e.g.Node(n).Role != nil && strings.HasPrefix(strings.ToLower(action), "sts:")
	case a.Service == "s3" && a.Account == "":
		bucket, _, _ := strings.Cut(resource, "/")
		return bucket, !strings.ContainsAny(bucket, "*?")
	}
	if r := e.g.Model.Holder(resource); r != nil {
		return r.ARN, true
	}
	return resource, slices.Contains(policyHolders, a.Service)
}

// alternatives adds further candidates for a request that is denied: the
// caller's name in the resource's policy, and conditions of statements that
// would allow it.
func (r *remedying) alternatives(e *Engine, c call) {
	m := e.g.Model
	for _, p := range m.IdentityPolicies(c.from) {
		r.conditions(c, "identity", p, func(s *policy.Statement) bool { return true })
	}
	if b, ok := m.Boundary(c.from); ok {
		for _, p := range b {
			r.conditions(c, "boundary", p, func(s *policy.Statement) bool { return true })
		}
	}
	for _, p := range m.ResourcePolicies(c.action, c.resource) {
		r.conditions(c, "resource", p, func(s *policy.Statement) bool { return trustStrength(s, c.from) > 0 })
	}
	if change, ok := r.grant(e, c); ok {
		r.candidate(change)
	}
	if change, ok := r.against(e, c, policy.Cause{Layer: "identity"}); ok {
		r.candidate(change)
	}
}

func (r *remedying) conditions(c call, layer string, p policy.Attached, about func(*policy.Statement) bool) {
	if p.Document == nil {
		return
	}
	for i := range p.Document.Statements {
		s := &p.Document.Statements[i]
		if s.Effect == policy.Allow && len(s.Conditions) > 0 && s.MatchesAction(c.action) && s.MayMatchResource(c.resource) && about(s) {
			r.candidate(r.removal(c, ChangeMeet, policy.Evidence{Layer: layer, Policy: &p, Statement: s}))
		}
	}
}
