package review

import (
	"slices"

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
		for i := range t.statement.Principal {
			e := &t.statement.Principal[i]
			account := trustedAccount(e, t.role)
			if account == "" && e.AccountID() == t.role.Account {
				account = t.role.Account
			}
			if account == "" {
				continue
			}
			k := [2]string{t.subject, account}
			if at[k] == nil {
				at[k] = &trusted{role: t.role, account: account, relation: p.relation(account, t.account)}
				list = append(list, at[k])
			}
			p.addTrusted(at[k], t, e)
		}
	}
	return list
}

func (p *pass) addTrusted(e *trusted, t trust, principal *policy.PrincipalElement) {
	if !slices.Contains(e.names, principal.Text) {
		e.names = append(e.names, principal.Text)
	}
	if ev := t.evidence(t.statement); !slices.Contains(e.evidence, ev) {
		e.evidence = append(e.evidence, ev)
	}
	if principal.AccountID() != "" {
		e.whole = append(e.whole, t)
	}
	d := p.assume(nodeFor(principal), t.role)
	if possible(d.Requires) {
		e.reachable = true
		e.requires = append(e.requires, d.Requires)
	} else if g := guardrail(d); g != "" {
		e.guardrail = g
	}
}
