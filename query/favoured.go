package query

import (
	"slices"
	"strings"

	"accesspath/graph"
	"accesspath/iam"
	"accesspath/policy"
)

// favours lists, by account, what policies and grants of resources allow without saying
// who: principals of the account whom they name need no identity policy (QRY-02, EVAL-10).
type favours map[string]*favoursOf

// favoursOf are those of one account. Most statements name few principals of many, and
// are not asked about the rest: in named they are by names, in open stand the others,
// both as places in list.
type favoursOf struct {
	list  []favour
	named map[string][]int
	open  []int
}

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
					out.add(favour{r, p, s})
				}
			}
		}
	}
	return out
}

func (f favours) add(x favour) {
	of := f[x.resource.Account]
	if of == nil {
		of = &favoursOf{named: map[string][]int{}}
		f[x.resource.Account] = of
	}
	at := len(of.list)
	of.list = append(of.list, x)
	open := x.statement.NotPrincipal != nil
	for i := range x.statement.Principal {
		names, everybody := favoured(&x.statement.Principal[i])
		open = open || everybody
		for _, name := range names {
			of.named[name] = append(of.named[name], at)
		}
	}
	if open {
		of.open = append(of.open, at)
	}
}

// favoured lists the names under which an element may favour a caller, or says that it
// may favour one of any name. A whole account is not favoured (EVAL-10).
func favoured(e *policy.PrincipalElement) (names []string, everybody bool) {
	if _, saml := e.SAMLAccount(); saml || e.Any() {
		return nil, true
	}
	if e.AccountID() != "" || e.Type == "CanonicalUser" {
		return nil, false
	}
	if role, _, ok := e.RoleSession(); ok {
		names = append(names, ofRole(role))
	}
	return append(names, e.Text), false
}

// ofRole is the name in an index of sessions of a role.
func ofRole(name string) string { return "session of " + name }

// about are the places of the statements that may favour a caller, in their order.
func (of *favoursOf) about(c policy.Caller) []int {
	out := slices.Clone(of.open)
	for _, name := range []string{c.ARN, c.UniqueID, c.Issuer, ofRole(c.Name)} {
		out = append(out, of.named[name]...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// of are the permissions that resources of its own account give a principal.
func (f favours) of(m *graph.Model, n *graph.Node) []Permission {
	of := f[n.Account]
	if of == nil {
		return nil
	}
	var out []Permission
	caller := m.Caller(n)
	for _, at := range of.about(caller) {
		x := &of.list[at]
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
