package review

import (
	"cmp"
	"iter"
	"slices"
	"strings"

	"accesspath/graph"
	"accesspath/iam"
	"accesspath/policy"
	"accesspath/policy/catalog"
)

// resourceGrant is an Allow statement of a resource's own policy.
type resourceGrant struct {
	document
	statement *policy.Statement
}

// resourceGrants yields the Allow statements of resource policies of accounts
// that have what the rule needs. Keys are apart: they have a rule of their own
// (FIND-59).
func (p *pass) resourceGrants(keys bool) iter.Seq[resourceGrant] {
	return func(yield func(resourceGrant) bool) {
		for a := range p.accounts() {
			for d := range p.resourceDocuments(a) {
				if isKey(d.subject) != keys {
					continue
				}
				for i := range d.policy.Document.Statements {
					if s := &d.policy.Document.Statements[i]; s.Effect == policy.Allow && s.HasPrincipal && !yield(resourceGrant{d, s}) {
						return
					}
				}
			}
		}
	}
}

// resourceDocuments yields the policies of an account's resources, and what counts like
// one beside them.
func (p *pass) resourceDocuments(a *iam.Account) iter.Seq[document] {
	return func(yield func(document) bool) {
		for _, r := range p.owned[a.ID] {
			if d := resourceDocument(r); d.policy != nil && d.policy.Document != nil && !yield(d) {
				return
			}
			for _, x := range p.m.Beside(r) {
				d := document{subject: r.ARN, about: x.Name, account: a.ID, layer: "resource", policy: &iam.Policy{Name: x.Name, Document: x.Document}}
				if x.Document != nil && !yield(d) {
					return
				}
			}
		}
	}
}

// eachGrant makes one finding about each resource and About; of several
// statements the worst counts.
func (p *pass) eachGrant(keys bool, check func(resourceGrant) []Finding) []Finding {
	var out []Finding
	at := map[[2]string]int{}
	for g := range p.resourceGrants(keys) {
		for _, f := range check(g) {
			f.Subject, f.Account = g.subject, g.account
			f.Evidence = append(f.Evidence, g.evidence(g.statement))
			k := [2]string{f.Subject, f.About}
			i, ok := at[k]
			if !ok {
				at[k] = len(out)
				out = append(out, f)
				continue
			}
			evidence := out[i].Evidence
			for _, e := range f.Evidence {
				if !slices.Contains(evidence, e) { // a statement names several of one account
					evidence = append(evidence, e)
				}
			}
			if p.rank(f) < p.rank(out[i]) {
				out[i] = f
			}
			out[i].Evidence = evidence
		}
	}
	return out
}

// rank says how grave a finding is, from zero on: what a guardrail takes away is a
// level less so, and gives way where both weigh the same.
func (p *pass) rank(f Finding) int {
	s := cmp.Or(f.Severity, p.rule.Doc.Severity)
	if f.blocked != "" {
		return 2*s.shift(1).rank() + 1
	}
	return 2 * s.rank()
}

func isKey(arn string) bool { return strings.Contains(arn, ":kms:") }

// everyone reports whether the statement names everybody.
func (g resourceGrant) everyone() bool { return namesEveryone(g.statement) }

// namesEveryone: "everyone except" counts (PRINC-02, PRINC-21).
func namesEveryone(s *policy.Statement) bool {
	return s.NotPrincipal != nil || slices.ContainsFunc(s.Principal, policy.PrincipalElement.Any)
}

// opened says how open a grant is to a node, with what is left to meet; a
// grant that a guardrail takes away names it.
type opened struct {
	openness
	requires policy.Requirement
	blocked  string
}

// tries lets a node try what the statement allows: some of its actions on some
// of its resources, and the most open outcome counts.
func (p *pass) tries(n *graph.Node, g resourceGrant) opened {
	best := opened{}
	for _, q := range g.probes() {
		d := p.m.Decide(graph.Ask{Node: n, Action: q.action, Resource: q.resource})
		o := opened{strangerOpenness(ownNames(n, d.Requires)), d.Requires, guardrailOf(d)}
		if o.openness > best.openness || best.openness == closed && best.blocked == "" && o.blocked != "" {
			best = o
		}
		if best.openness == open {
			break
		}
	}
	return best
}

// ownNames takes it that an account has the principal whose name or id is asked for:
// whoever runs it can make one. What is of other accounts the decision ruled out.
func ownNames(n *graph.Node, r policy.Requirement) policy.Requirement {
	if n.Kind != graph.KindAccount {
		return r
	}
	return r.Map(func(a *policy.Atom) policy.Requirement {
		if key := strings.ToLower(a.Key); key == "aws:principalarn" || key == "aws:userid" {
			return policy.True()
		}
		return policy.Keep(a)
	})
}

// maxProbes bounds how many requests stand for a statement.
const maxProbes = 6

// probes lists requests that the statement is about.
func (g resourceGrant) probes() []probe {
	var out []probe
	for _, pattern := range g.statement.Action {
		actions := []string{pattern.String()}
		if !pattern.IsLiteral() {
			arn, _ := policy.ParseARN(g.subject)
			actions = representative(pattern, arn.Service)
		}
		for _, a := range actions {
			for _, r := range g.resources() {
				if len(out) < maxProbes && worksOn(a, r) {
					out = append(out, probe{a, r})
				}
			}
		}
	}
	return out
}

// worksOn reports whether an action may work on a resource, or on one that a pattern
// matches: reading an object does not work on its bucket (ARNM-15).
func worksOn(action, resource string) bool {
	service, name, _ := strings.Cut(action, ":")
	info, ok := catalog.Action(service, name)
	types := catalog.TypesOfARN(service, resource)
	return !ok || len(types) == 0 || info.WildcardOnly || hasWildcard(resource) || info.Takes(types...)
}

// resources lists what the statement's resources stand for; "*" and none mean
// the resource itself, and for buckets an object as well.
func (g resourceGrant) resources() []string {
	var out []string
	for _, r := range g.statement.Resource {
		if !r.IsAll() {
			out = append(out, r.String())
		}
	}
	if len(out) == 0 {
		out = []string{g.subject}
		if strings.Contains(g.subject, ":s3:::") {
			out = append(out, g.subject+"/accesspath-probe")
		}
	}
	return out
}

// representative picks a few actions of the resource's service that a pattern
// covers.
func representative(pattern policy.ActionPattern, service string) []string {
	list := catalog.Expand(service + ":*")
	if len(list) == 0 || pattern.String() != "*" && !strings.HasPrefix(strings.ToLower(pattern.String()), service+":") {
		list = catalog.Expand(pattern.String()) // a service of two prefixes
	}
	var out []string
	for _, a := range list {
		prefix, name, _ := strings.Cut(a, ":")
		if info, ok := catalog.Action(prefix, name); ok && !info.WildcardOnly && pattern.Match(strings.ToLower(a)) {
			out = append(out, a)
		}
		if len(out) == maxProbes/2 {
			break
		}
	}
	return out
}

// guardrailOf names the organization's policy that alone keeps a caller out.
func guardrailOf(d policy.Decision) string { return guardrail(graph.Assumption{Decision: d}) }
