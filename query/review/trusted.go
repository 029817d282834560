package review

import (
	"slices"

	"accesspath/graph"
	"accesspath/iam"
	"accesspath/policy"
	"accesspath/query"
)

// trusted is one account that a role trusts, with all that the trust policy
// says about it. Rules FIND-21 to FIND-23 look at the same pairs.
type trusted struct {
	role      *iam.Role
	account   string
	relation  string
	names     []string // principals as written, in document order
	whole     []trust  // statements that name the account as a whole
	evidence  []query.Evidence
	requires  []policy.Requirement // of those principals that get in
	reachable bool
	guardrail string // what alone keeps it out
}

// finding begins a finding about the pair.
func (e *trusted) finding() Finding {
	return Finding{Subject: e.role.ARN, About: "account " + e.account, Account: e.role.Account, Evidence: e.evidence}
}

// eachTrusted calls check for every pair of a role and another account that it
// trusts, and for roles that trust their own account as a whole.
func (p *pass) eachTrusted(check func(*trusted) (Finding, bool)) []Finding {
	var out []Finding
	for a := range p.accounts() {
		for _, e := range p.trustedBy(a) {
			if f, ok := check(e); ok {
				out = append(out, f)
			}
		}
	}
	return out
}

func (p *pass) trustedBy(a *iam.Account) []*trusted {
	var list []*trusted
	at := map[[2]string]*trusted{}
	for t := range p.trusts(a) {
		if !t.statement.MatchesAction("sts:AssumeRole") {
			continue
		}
		for _, n := range p.meantBy(t) {
			k := [2]string{t.subject, n.Account}
			if at[k] == nil {
				at[k] = &trusted{role: t.role, account: n.Account, relation: p.relation(n.Account, t.account)}
				list = append(list, at[k])
			}
			p.addTrusted(at[k], t, n)
		}
	}
	return list
}

// meantBy lists whom a statement names of other accounts, and its own account: in its
// principals, or, where it is for everybody and a stranger gets nowhere, in its conditions.
func (p *pass) meantBy(t trust) []*graph.Node {
	var out []*graph.Node
	for i := range t.statement.Principal {
		if e := &t.statement.Principal[i]; trustedAccount(e, t.role) != "" || e.AccountID() == t.role.Account {
			out = append(out, nodeFor(e))
		}
	}
	if accounts, _ := t.statement.NarrowedTo(); len(accounts) > 0 && p.strangersKeptFrom(t) {
		for _, id := range accounts {
			if id != t.role.Account {
				out = append(out, &graph.Node{ID: id, Kind: graph.KindAccount, Account: id, Name: id})
			}
		}
	}
	return out
}

// strangersKeptFrom reports whether a statement is for everybody, and lets nobody in of
// whom it does not say who that is (FIND-20).
func (p *pass) strangersKeptFrom(t trust) bool {
	return t.everyone() && strangerOpenness(p.assume(strangerNode(), t.role).Requires) == closed
}

func (p *pass) addTrusted(e *trusted, t trust, n *graph.Node) {
	if !slices.Contains(e.names, n.ID) {
		e.names = append(e.names, n.ID)
	}
	if ev := t.evidence(t.statement); !slices.Contains(e.evidence, ev) {
		e.evidence = append(e.evidence, ev)
	}
	if n.Kind == graph.KindAccount {
		e.whole = append(e.whole, t)
	}
	d := p.assume(n, t.role)
	if r := ownNames(n, d.Requires); possible(r) {
		e.reachable = true
		e.requires = append(e.requires, r)
	} else if g := guardrail(d); g != "" {
		e.guardrail = g
	}
}
