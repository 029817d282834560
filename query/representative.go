package query

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"accesspath/graph"
	"accesspath/iam"
	"accesspath/policy"
	"accesspath/policy/catalog"
)

// manyActions is from where on actions are grouped before they are evaluated.
const manyActions = 200

// representatives keeps, of actions that no policy in reach tells apart, the
// first: the same patterns match them, they work on the same types of resource, and
// what conditions read has the same value or is as unknown, so what holds for one
// holds for all (QRY-16). A question about every action of every service so becomes
// one about a few thousand. The error is that of ctx.
func (e *Engine) representatives(ctx context.Context, targets []target) ([]target, error) {
	if len(targets) < manyActions {
		return targets, nil
	}
	told, err := e.tellings(ctx)
	if err != nil || len(told.keys) > maxKeys {
		return targets, err
	}
	seen := map[string]bool{}
	var out []target
	for i, t := range targets {
		if i%64 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		k := told.signature(t)
		if !seen[k] {
			seen[k] = true
			out = append(out, t)
		}
	}
	return out, nil
}

// ownWays are services some of whose calls are decided by more than policies.
var ownWays = []string{"sts", "sqs", "iam", "s3", "kms"}

// maxKeys is how many condition keys are looked up for each action.
const maxKeys = 2000

// tellings are what the policies in reach tell actions apart by.
type tellings struct {
	patterns map[string][]policy.ActionPattern // by service prefix; "" those that may match any service
	keys     []string                          // that conditions and variables read, in lower case, sorted
	facts    policy.Facts
}

// signature tells apart what policies and resources tell apart.
func (l *tellings) signature(t target) string {
	lower := strings.ToLower(t.action)
	service, name, _ := strings.Cut(t.action, ":")
	var b strings.Builder
	b.WriteString(strings.ToLower(service) + "|" + t.resource + "|")
	if info, ok := catalog.Action(service, name); ok {
		for _, use := range info.ResourceTypes {
			b.WriteString(use.Type + ",")
		}
	}
	for _, key := range []string{strings.ToLower(service), ""} {
		b.WriteByte('|')
		for i, p := range l.patterns[key] {
			if p.Match(lower) {
				fmt.Fprintf(&b, "%d,", i)
			}
		}
	}
	b.WriteByte('|')
	l.values(&b, t)
	// Calls that services treat in a way of their own stay apart (EVAL-31 is why the
	// last does).
	if slices.Contains(ownWays, strings.ToLower(service)) || lower == "lambda:invokefunctionurl" {
		b.WriteString(lower)
	}
	return b.String()
}

// values adds what is known of the keys in a request for an action.
func (l *tellings) values(b *strings.Builder, t target) {
	c := policy.NewContext(&policy.Request{Caller: policy.Caller{Kind: policy.CallerRole}, Action: t.action, Resource: t.resource}, &l.facts)
	for _, key := range l.keys {
		v := c.Lookup(key)
		b.WriteByte('0' + byte(v.Knowledge))
		for _, text := range v.Values {
			fmt.Fprintf(b, "%q", text)
		}
	}
}

// tellings lists what the policies of all kinds tell actions apart by. The error is
// that of ctx.
func (e *Engine) tellings(ctx context.Context) (*tellings, error) {
	texts, keys := map[string]bool{}, map[string]bool{}
	seen := map[*policy.Document]bool{}
	read := func(list []policy.Attached) {
		for _, a := range list {
			if a.Document == nil || seen[a.Document] {
				continue
			}
			seen[a.Document] = true
			for i := range a.Document.Statements {
				s := &a.Document.Statements[i]
				for _, p := range slices.Concat(s.Action, s.NotAction) {
					texts[strings.ToLower(p.String())] = true
				}
				for key := range s.Keys() {
					if told, ok := toldKey(key); ok {
						keys[told] = true
					}
				}
			}
		}
	}
	if err := e.eachPolicy(ctx, read); err != nil {
		return nil, err
	}
	o := &e.g.Model.Options
	out := &tellings{patterns: map[string][]policy.ActionPattern{}, keys: slices.Sorted(maps.Keys(keys)),
		facts: policy.Facts{Overrides: o.Overrides, AsOf: o.AsOf, KeyDefined: o.KeyDefined}}
	for _, t := range slices.Sorted(maps.Keys(texts)) {
		prefix, _, ok := strings.Cut(t, ":")
		if !ok || strings.ContainsAny(prefix, "*?") {
			prefix = ""
		}
		out.patterns[prefix] = append(out.patterns[prefix], policy.CompileAction(t))
	}
	return out, nil
}

// toldKey is the key by which a condition key tells actions apart: of tags that are
// passed one stands for all, since actions take any, or none; those of principals and
// resources have nothing to do with the action.
func toldKey(key string) (told string, ok bool) {
	switch {
	case strings.HasPrefix(key, "aws:principaltag/"), strings.HasPrefix(key, "aws:resourcetag/"):
		return "", false
	case strings.HasPrefix(key, "aws:requesttag/"):
		return "aws:requesttag/tag", true
	}
	return key, true
}

// eachPolicy calls read with every policy that bears on some request, trust
// policies and those that limit sessions among them; shared documents come as often as they are attached. The
// error is that of ctx.
func (e *Engine) eachPolicy(ctx context.Context, read func(list []policy.Attached)) error {
	for i := range e.g.Len() {
		if i%64 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		e.policiesOf(e.g.Node(graph.NodeID(i)), read)
	}
	for _, a := range e.g.Model.Snapshot.Accounts {
		e.guardrailsOf(a.ID, read)
	}
	for _, r := range e.resources() {
		policiesOn(r, read)
	}
	return ctx.Err()
}

// policiesOf calls read with the policies of a principal.
func (e *Engine) policiesOf(n *graph.Node, read func(list []policy.Attached)) {
	m := e.g.Model
	read(m.IdentityPolicies(n))
	if b, ok := m.Boundary(n); ok {
		read(b)
	}
	if n.Limit != nil {
		read(n.Limit.Policies)
	}
	if n.Role != nil && n.Role.Trust != nil {
		read([]policy.Attached{{Document: n.Role.Trust.Document}})
	}
}

// guardrailsOf calls read with the service and resource control policies of an account.
func (e *Engine) guardrailsOf(account string, read func(list []policy.Attached)) {
	for _, levels := range [][]policy.Level{e.g.Model.SCPs(account), e.g.Model.RCPs(account)} {
		for _, l := range levels {
			read(l.Policies)
		}
	}
}

// policiesOn calls read with the policies of a resource.
func policiesOn(r *iam.Resource, read func(list []policy.Attached)) {
	if r.Policy != nil {
		read([]policy.Attached{{Document: r.Policy.Document}})
	}
	for _, p := range r.AccessPoints {
		if p.Policy != nil {
			read([]policy.Attached{{Document: p.Policy.Document}})
		}
	}
}
