package query

import (
	"context"
	"fmt"
	"sort"
	"strings"

	"accesspath/graph"
	"accesspath/policy"
	"accesspath/policy/catalog"
)

// manyActions is from where on actions are grouped before they are evaluated.
const manyActions = 200

// representatives keeps, of actions that no policy in reach tells apart, the
// first: the same patterns match them, and they work on the same types of
// resource, so what holds for one holds for all (QRY-16). A question about
// every action of every service so becomes one about a few thousand. The error is
// that of ctx.
func (e *Engine) representatives(ctx context.Context, targets []target) ([]target, error) {
	if len(targets) < manyActions {
		return targets, nil
	}
	patterns, err := e.actionPatterns(ctx)
	if err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	var out []target
	for i, t := range targets {
		if i%64 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		k := signature(t, patterns)
		if !seen[k] {
			seen[k] = true
			out = append(out, t)
		}
	}
	return out, nil
}

// signature tells apart what policies and resources tell apart.
func signature(t target, patterns map[string][]policy.ActionPattern) string {
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
		for i, p := range patterns[key] {
			if p.Match(lower) {
				fmt.Fprintf(&b, "%d,", i)
			}
		}
	}
	// Calls that services treat in a way of their own stay apart.
	switch strings.ToLower(service) {
	case "sts", "sqs", "iam", "s3", "kms":
		b.WriteString(lower)
	}
	return b.String()
}

// actionPatterns lists the distinct action patterns of all policies, by service
// prefix; "" holds those that may match any service.
func (e *Engine) actionPatterns(ctx context.Context) (map[string][]policy.ActionPattern, error) {
	texts := map[string]bool{}
	seen := map[*policy.Document]bool{}
	read := func(list []policy.Attached) {
		for _, a := range list {
			if a.Document == nil || seen[a.Document] {
				continue
			}
			seen[a.Document] = true
			for i := range a.Document.Statements {
				s := &a.Document.Statements[i]
				for _, p := range s.Action {
					texts[strings.ToLower(p.String())] = true
				}
				for _, p := range s.NotAction {
					texts[strings.ToLower(p.String())] = true
				}
			}
		}
	}
	if err := e.eachPolicy(ctx, read); err != nil {
		return nil, err
	}
	sorted := make([]string, 0, len(texts))
	for t := range texts {
		sorted = append(sorted, t)
	}
	sort.Strings(sorted)
	out := map[string][]policy.ActionPattern{}
	for _, t := range sorted {
		prefix, _, ok := strings.Cut(t, ":")
		if !ok || strings.ContainsAny(prefix, "*?") {
			prefix = ""
		}
		out[prefix] = append(out[prefix], policy.CompileAction(t))
	}
	return out, nil
}

// eachPolicy calls read with every policy that bears on some request, trust
// policies among them; shared documents come as often as they are attached. The
// error is that of ctx.
func (e *Engine) eachPolicy(ctx context.Context, read func(list []policy.Attached)) error {
	m := e.g.Model
	for i := range e.g.Len() {
		if i%64 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		n := e.g.Node(graph.NodeID(i))
		read(m.IdentityPolicies(n))
		if b, ok := m.Boundary(n); ok {
			read(b)
		}
		if n.Role != nil && n.Role.Trust != nil {
			read([]policy.Attached{{Document: n.Role.Trust.Document}})
		}
	}
	for _, a := range m.Snapshot.Accounts {
		for _, levels := range [][]policy.Level{m.SCPs(a.ID), m.RCPs(a.ID)} {
			for _, l := range levels {
				read(l.Policies)
			}
		}
	}
	for r := range m.Resources() {
		if r.Policy != nil {
			read([]policy.Attached{{Document: r.Policy.Document}})
		}
	}
	return ctx.Err()
}
