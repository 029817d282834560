package query

import (
	"slices"
	"strings"

	"accesspath/graph"
	"accesspath/iam"
	"accesspath/policy"
)

// below lists what lies under a resource, as its policy names it: an alias of a
// function, the indexes of a table, what a domain serves. Such a policy is often about
// nothing else. Entries may be patterns. Objects of buckets are no part of it: questions
// about buckets ask about them anyway.
func below(r *iam.Resource) []string {
	if r.Policy == nil || r.Policy.Document == nil || isBucket(r.ARN) {
		return nil
	}
	var out []string
	for i := range r.Policy.Document.Statements {
		s := &r.Policy.Document.Statements[i]
		if s.Effect != policy.Allow {
			continue
		}
		for _, p := range s.Resource {
			rest, ok := strings.CutPrefix(p.String(), r.ARN)
			if ok && len(rest) > 1 && strings.ContainsAny(rest[:1], ":/") && !p.Variable() && !slices.Contains(out, p.String()) {
				out = append(out, p.String())
			}
		}
	}
	return out
}

// serviceCallers are the services that a statement means that lets everybody in under
// conditions on what only services say of their calls (TRUST-31, EVAL-30).
func serviceCallers(s *policy.Statement) []*graph.Node {
	var names []string
	for i := range s.Conditions {
		c := &s.Conditions[i]
		switch strings.ToLower(c.Key) {
		case "aws:sourcearn":
			for _, v := range c.Values {
				a, _ := policy.ParseARN(v)
				names = append(names, serviceName(a.Service))
			}
		case "aws:principalservicename":
			for _, v := range c.Values {
				if strings.ContainsAny(v, "*?$") {
					v = anyService
				}
				names = append(names, v)
			}
		case "aws:sourceaccount", "aws:sourceorgid", "aws:sourceorgpaths", "aws:principalisawsservice", "aws:principalservicenameslist":
			names = append(names, anyService)
		}
	}
	slices.Sort(names)
	var out []*graph.Node
	for _, name := range slices.Compact(names) {
		out = append(out, &graph.Node{ID: name, Kind: graph.KindService, Name: name})
	}
	return out
}

// anyService stands for the services of AWS where nothing says which.
const anyService = "*.amazonaws.com"

// serviceName is the principal of the service whose ARNs have a prefix.
func serviceName(prefix string) string {
	switch {
	case prefix == "" || strings.ContainsAny(prefix, "*?$"):
		return anyService
	case prefix == "execute-api":
		prefix = "apigateway"
	}
	return prefix + ".amazonaws.com"
}
