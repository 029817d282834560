package query

import (
	"strings"

	"accesspath/graph"
	"accesspath/iam"
	"accesspath/policy"
)

// favours lists, by account, what policies and grants of resources allow without saying
// who: principals of the account whom they name need no identity policy (QRY-02, EVAL-10).
type favours map[string][]favour

type favour struct {
	resource  *iam.Resource
	policy    *policy.Attached
	statement *policy.Statement
}

func (e *Engine) favours() favours {
	out := favours{}
	for _, r := range e.resources() {
		if r.Account == "" || r.Policy == nil && len(r.Grants) == 0 {
			continue
		}
		list := e.g.Model.ResourcePolicies("", r.ARN)
		for i := range list {
			p := &list[i]
			if p.Document == nil || p.List { // lists are about other accounts (RPOL-06)
				continue
			}
			for k := range p.Document.Statements {
				if s := &p.Document.Statements[k]; s.Effect == policy.Allow {
					out[r.Account] = append(out[r.Account], favour{r, p, s})
				}
			}
		}
	}
	return out
}

// of are the permissions that resources of its own account give a principal.
func (f favours) of(m *graph.Model, n *graph.Node) []Permission {
	var out []Permission
	caller := m.Caller(n)
	for _, x := range f[n.Account] {
		if !x.statement.Favours(caller) {
			continue
		}
		p := permission(x.statement, EvidenceOf(policy.Evidence{Layer: "resource", Policy: x.policy, Statement: x.statement}))
		p.Resources = x.resources()
		out = append(out, p)
	}
	return out
}

// resources are what the statement is about, where its policy is that of one resource:
// that, and what is in it, if the statement does not say (GRAM-09).
func (x *favour) resources() []string {
	var out []string
	for _, text := range texts(x.statement.Resource) {
		if strings.Trim(text, "*") != "" {
			out = append(out, text)
			continue
		}
		out = append(out, x.whole()...)
	}
	if len(out) == 0 && len(x.statement.NotResource) == 0 {
		return x.whole()
	}
	return out
}

func (x *favour) whole() []string {
	if isBucket(x.resource.ARN) {
		return []string{x.resource.ARN, x.resource.ARN + "/*"}
	}
	return []string{x.resource.ARN}
}
