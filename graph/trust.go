package graph

import (
	"iter"
	"slices"
	"strings"

	"accesspath/iam"
	"accesspath/policy"
)

// sources is what a trust policy names: where edges into its role can start.
type sources struct {
	arns      []string // users, roles, sessions' roles
	unique    []string
	accounts  []string
	any       bool // everybody
	unread    bool // there is no telling whom: everybody whose policies are known
	services  []string
	federated []string
	tells     []*policy.Statement // that tell callers of one account apart
}

// scan lists the sources of a role's trust policy. It is generous: whatever an
// Allow statement names is a candidate, Assume decides.
func (m *Model) scan(role *iam.Role) sources {
	var s sources
	d := role.Trust.Document
	if d == nil {
		s.any, s.unread = true, true // nobody is ruled out (TRUST-14)
		return s
	}
	var spared []string // by a Deny
	for i := range d.Statements {
		st := &d.Statements[i]
		if !opensSession(st) {
			continue
		}
		if st.DependsOnCaller() {
			s.tells = append(s.tells, st)
		}
		if st.Effect != policy.Allow {
			spared = append(spared, m.narrowed(st)...)
			continue
		}
		before := s.any
		s.any = st.NotPrincipal != nil
		for k := range st.Principal {
			s.add(&st.Principal[k], role)
		}
		if s.any {
			s.accounts = append(s.accounts, m.narrowed(st)...)
		}
		s.any = s.any || before
	}
	if s.any {
		s.accounts = append(s.accounts, spared...)
		for st := range denials(m.RCPs(role.Account)) {
			if opensSession(st) {
				s.accounts = append(s.accounts, m.narrowed(st)...)
			}
		}
	}
	for _, list := range []*[]string{&s.arns, &s.unique, &s.accounts, &s.services, &s.federated} {
		slices.Sort(*list)
		*list = slices.Compact(*list)
	}
	return s
}

// denials are the Deny statements of guardrails.
func denials(levels []policy.Level) iter.Seq[*policy.Statement] {
	return func(yield func(*policy.Statement) bool) {
		for _, l := range levels {
			for _, s := range policy.Statements(l.Policies) {
				if s.Effect == policy.Deny && !yield(s) {
					return
				}
			}
		}
	}
}

// narrowed lists whom an Allow for everyone is meant for, or a Deny spares, besides the
// principals of loaded accounts: the accounts in its conditions, and in place of its
// members that are not loaded the organization's own id (EVAL-25).
func (m *Model) narrowed(s *policy.Statement) []string {
	accounts, organizations := s.NarrowedTo()
	if o := m.Snapshot.Organization; m.missesMembers() && slices.ContainsFunc(organizations, func(p string) bool { return policy.CompilePattern(p).Match(o.ID) }) {
		accounts = append(accounts, o.ID)
	}
	return accounts
}

// findMissingMembers is missesMembers, looked for.
func (m *Model) findMissingMembers() bool {
	o := m.Snapshot.Organization
	if o == nil || o.ID == "" {
		return false
	}
	return o.ManagementAccount != "" && m.notLoaded(o.ManagementAccount) ||
		slices.ContainsFunc(o.Nodes, func(n *iam.OrgNode) bool { return n.Kind == "account" && m.notLoaded(n.ID) })
}

// NarrowedTo are the nodes of those that an Allow for everyone is meant for, or a Deny
// spares, and that are not loaded.
func (m *Model) NarrowedTo(s *policy.Statement) []Node {
	var out []Node
	for _, account := range m.narrowed(s) {
		if m.notLoaded(account) {
			out = append(out, Node{ID: AccountNodeID(account), Kind: KindAccount, Account: account, Name: account})
		}
	}
	return out
}

// opensSession reports whether a statement is about a call that yields a
// session (TRUST-07).
func opensSession(s *policy.Statement) bool {
	return s.MatchesLower("sts:assumerole") || s.MatchesLower("sts:assumerolewithsaml") || s.MatchesLower("sts:assumerolewithwebidentity")
}

func (s *sources) add(p *policy.PrincipalElement, role *iam.Role) {
	switch {
	case p.Any():
		s.any = true
	case p.Type == "Service":
		s.services = append(s.services, p.Text)
	case p.Type == "Federated":
		s.addFederated(p.Text, role)
	case p.Type != "AWS":
	case p.AccountID() != "":
		s.accounts = append(s.accounts, p.AccountID())
	case p.UniqueID():
		s.unique = append(s.unique, p.Text)
	default:
		s.addARN(p)
	}
}

// addFederated keeps providers of the role's own account (FED-02, FED-04) and
// built-in ones.
func (s *sources) addFederated(text string, role *iam.Role) {
	if a, ok := policy.ParseARN(text); ok && a.Account != role.Account {
		return
	}
	s.federated = append(s.federated, text)
}

// addARN keeps an entity; a session stands for its role, whose path the ARN
// does not tell.
func (s *sources) addARN(p *policy.PrincipalElement) {
	a, ok := p.ARN()
	if !ok || strings.ContainsAny(p.Text, "*?") {
		return
	}
	if name, _, ok := p.RoleSession(); ok {
		s.arns = append(s.arns, sessionRolePrefix+a.Account+"/"+name)
	}
	s.arns = append(s.arns, p.Text)
}

// sessionRolePrefix marks a role that is known by account and name only.
const sessionRolePrefix = "role-by-name:"
