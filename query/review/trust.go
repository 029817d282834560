package review

import (
	"cmp"
	"iter"
	"slices"
	"strings"

	"accesspath/graph"
	"accesspath/iam"
	"accesspath/policy"
	"accesspath/query"
)

// trust is one Allow statement of a role's trust policy that opens a session.
type trust struct {
	document
	statement *policy.Statement
}

// trusts yields the trust statements of an account's roles, as far as their
// owner can edit them.
func (p *pass) trusts(a *iam.Account) iter.Seq[trust] {
	return func(yield func(trust) bool) {
		for d := range p.documents(a) {
			if d.role == nil {
				continue
			}
			doc := d.policy.Document
			for i := range doc.Statements {
				s := &doc.Statements[i]
				if s.Effect == policy.Allow && s.HasPrincipal && opensSession(s) && !yield(trust{d, s}) {
					return
				}
			}
		}
	}
}

func opensSession(s *policy.Statement) bool {
	return slices.ContainsFunc(sessionActions, s.MatchesAction)
}

var sessionActions = []string{"sts:AssumeRole", "sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity"}

// everyone reports whether the statement names everybody (PRINC-02); "everyone
// except" counts.
func (t trust) everyone() bool { return namesEveryone(t.statement) }

// stranger nodes: what the graph would have for somebody outside.

func strangerNode() *graph.Node {
	return &graph.Node{ID: graph.PublicID, Kind: graph.KindPublic, Name: "anyone"}
}

// nodeFor makes the node of an AWS principal element of an account that is not
// at hand; of an account, somebody in it. Its ID is the element as written, which
// tells the partition.
func nodeFor(e *policy.PrincipalElement) *graph.Node {
	if id := e.AccountID(); id != "" {
		return &graph.Node{ID: e.Text, Kind: graph.KindAccount, Account: id, Name: id}
	}
	arn, _ := e.ARN()
	return &graph.Node{ID: e.Text, Kind: graph.KindExternal, Account: arn.Account, Name: e.Text[strings.LastIndexByte(e.Text, '/')+1:]}
}

// assume decides whether a node obtains a role, once for each pair.
func (p *pass) assume(n *graph.Node, role *iam.Role) graph.Assumption {
	k := assumeKey{n.ID, role.ARN}
	a, ok := p.assumed[k]
	if !ok {
		a = p.m.Assume(n, role, nil, "")
		p.assumed[k] = a
	}
	return a
}

// guardrail names the organization's policy that alone keeps a caller out, or
// "". A Deny in the role's own trust is no guardrail but the answer, so the
// trust is looked at by itself first.
func guardrail(a graph.Assumption) string {
	if strangerOpenness(a.Requires) != closed {
		return ""
	}
	trust, rail := closed, ""
	for _, l := range a.Layers {
		switch {
		case !l.Applies:
		case l.Name == "resource":
			trust = strangerOpenness(policy.And(l.Allow, l.Deny.Not()).Simplify())
		case rail == "" && isGuardrail(l.Name) && (!l.Deny.IsFalse() || l.Allow.IsFalse()):
			rail = l.Name
		}
	}
	if trust == closed {
		return ""
	}
	return rail
}

// grounds is the evidence behind a decision, without the organization's policies
// that allow everything: they say nothing.
func grounds(because []policy.Evidence) []query.Evidence {
	var out []query.Evidence
	for _, b := range because {
		e := query.EvidenceOf(b)
		if b.Statement != nil && b.Statement.Effect == policy.Allow && isGuardrail(b.Layer) || slices.Contains(out, e) {
			continue
		}
		out = append(out, e)
	}
	return out
}

func isGuardrail(layer string) bool {
	return strings.HasPrefix(layer, "rcp@") || strings.HasPrefix(layer, "scp@")
}

// trustedAccount returns the other account that an element of an Allow names,
// "" for the role's own and for what names no account.
func trustedAccount(e *policy.PrincipalElement, role *iam.Role) string {
	return otherAccount(e, role.Account)
}

// otherAccount is accountOf, or "" for the owner's own account.
func otherAccount(e *policy.PrincipalElement, owner string) string {
	if id := accountOf(e); id != owner {
		return id
	}
	return ""
}

// accountOf returns the account that an AWS element names, "" if it names none.
func accountOf(e *policy.PrincipalElement) string {
	if e.Type != "AWS" || e.Any() || e.UniqueID() || hasWildcard(e.Text) {
		return ""
	}
	id := e.AccountID()
	if arn, ok := e.ARN(); id == "" && ok {
		id = arn.Account
	}
	if !policy.IsAccountID(id) {
		return ""
	}
	return id
}

// relation says how an account stands to the one that trusts it.
func (p *pass) relation(account, role string) string {
	i := slices.IndexFunc(p.s.Trusted, func(t iam.TrustedAccount) bool { return t.ID == account })
	switch {
	case account == role:
		return Same
	case i >= 0 && p.s.Trusted[i].ThirdParty:
		return ThirdParty
	case i >= 0:
		return Own
	case p.orgKnown() && p.s.Organization.Member(account):
		return Organization
	case p.orgKnown() && p.s.Organization.Member(role):
		return Outside
	case p.s.Account(account) != nil:
		return Own
	}
	return Unknown
}

// accountName adds the name that the user gave an account, or that it has.
func (p *pass) accountName(id string) string {
	out, ok := p.names[id]
	if !ok {
		out = id
		if name := p.nameOf(id); name != "" {
			out += " (" + name + ")"
		}
		p.names[id] = out
	}
	return out
}

func (p *pass) nameOf(id string) string {
	name := ""
	for _, t := range p.s.Trusted {
		if t.ID == id {
			name = t.Name
		}
	}
	if n := p.s.Organization.Node(id); n != nil && name == "" {
		name = n.Name
	}
	if a := p.s.Account(id); a != nil && name == "" {
		name = cmp.Or(a.Name, a.Alias)
	}
	return name
}

// trustRows lists trusts across accounts and public ones.
func (p *pass) trustRows() []Trust {
	var rows []Trust
	index := map[[2]string]int{}
	add := func(t trust, principal, account, relation, getsIn string) {
		k := [2]string{t.subject, principal}
		if i, ok := index[k]; ok {
			rows[i].Evidence = append(rows[i].Evidence, t.evidence(t.statement))
			return
		}
		index[k] = len(rows)
		rows = append(rows, Trust{Role: t.subject, Account: t.account, Principal: principal, Trusted: account, Relation: relation,
			Verdict: getsIn, Evidence: []query.Evidence{t.evidence(t.statement)}})
	}
	for _, a := range p.s.Accounts {
		for t := range p.trusts(a) {
			if t.everyone() {
				add(t, graph.PublicID, "", Everyone, verdict(p.assume(strangerNode(), t.role).Requires))
			}
			for i := range t.statement.Principal {
				e := &t.statement.Principal[i]
				if id := trustedAccount(e, t.role); id != "" {
					add(t, e.Text, id, p.relation(id, t.account), p.getsIn(e, id, t.role))
				}
			}
		}
	}
	order := []string{Everyone, Outside, Unknown, ThirdParty, Own, Organization}
	slices.SortStableFunc(rows, func(a, b Trust) int {
		return cmp.Or(cmp.Compare(slices.Index(order, a.Relation), slices.Index(order, b.Relation)),
			cmp.Compare(a.Trusted, b.Trusted), cmp.Compare(a.Role, b.Role), cmp.Compare(a.Principal, b.Principal))
	})
	return rows
}

// getsIn is the verdict on a trust in another account: of the principal it
// names, if that is loaded, else of somebody in the account.
func (p *pass) getsIn(e *policy.PrincipalElement, account string, role *iam.Role) string {
	head, ok := p.g.Find(role.ARN)
	if !ok || !p.s.Account(account).Loaded() {
		return verdict(p.assume(nodeFor(e), role).Requires)
	}
	best := policy.False()
	for edge := range p.g.In(head) {
		if n := p.g.Node(edge.From); n.Account == account && (e.AccountID() != "" || n.ID == e.Text) {
			best = policy.Or(best, edge.Requires)
		}
	}
	return verdict(best.Simplify())
}

func verdict(r policy.Requirement) string {
	switch {
	case r.IsFalse():
		return query.VerdictDeny
	case r.IsTrue():
		return query.VerdictAllow
	}
	return query.VerdictAllowIf
}
