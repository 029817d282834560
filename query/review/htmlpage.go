package review

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"accesspath/policy"
	"accesspath/query"
)

// htmlPage is what the HTML report shows besides what all prose does.
type htmlPage struct {
	page
	Overview    []ruleRow // of rules with findings, worst first
	Credentials []ruleRow // of all rules about credentials
	Missing     []missingRow
	Matrix      matrix
	Outsiders   []outsider
	ByAccount   []accountGroup
	Glossary    []term
}

// ruleRow is one rule with what it found.
type ruleRow struct {
	Rule     string
	Title    string
	Severity Severity // the worst
	Counts   FindingCounts
	Accounts int
	Missing  string // why it could not be evaluated everywhere
}

// missingRow is an input that is not there, with what that leaves undecided.
type missingRow struct {
	Missing string
	Rules   []ruleRow
}

// accountGroup holds an account's findings by principal.
type accountGroup struct {
	ID, Name string
	Counts   FindingCounts
	Subjects []subjectGroup
}

// subjectGroup is the page of one principal or resource.
type subjectGroup struct {
	Subject  string
	Anchor   string
	Findings []*shown
	Admin    *Admin   // how it reaches administrator rights; nil if it does not
	Becomes  []*Admin // who reaches them as this principal
	Trusts   []*Trust // of other accounts and of everyone, if it is a role
}

// worst ranks the group by its gravest finding; what has none comes last.
func (s *subjectGroup) worst() int {
	if len(s.Findings) == 0 {
		return len(Severities())
	}
	return s.Findings[0].Severity.rank()
}

func newHTMLPage(r *Report) htmlPage {
	p := htmlPage{page: newPage(r, 0), Matrix: newMatrix(r), Outsiders: outsiders(r), Glossary: glossary()}
	p.setAnchors()
	p.overview()
	p.groupByAccount()
	titles := map[string]string{}
	for _, rule := range Rules() {
		titles[rule.ID] = rule.Doc.Title
	}
	for _, g := range p.Gaps {
		row := missingRow{Missing: g.Missing}
		for _, id := range g.Rules {
			row.Rules = append(row.Rules, ruleRow{Rule: id, Title: titles[id]})
		}
		p.Missing = append(p.Missing, row)
	}
	return p
}

// each calls f for every primary finding, in order.
func (p *htmlPage) each(f func(*ruleGroup, *shown)) {
	for l := range p.Levels {
		for g := range p.Levels[l].Rules {
			group := &p.Levels[l].Rules[g]
			for i := range group.Findings {
				f(group, &group.Findings[i])
			}
		}
	}
}

func (p *htmlPage) setAnchors() {
	seen := map[string]int{}
	p.each(func(_ *ruleGroup, f *shown) {
		f.Anchor = anchorOf(f.Fingerprint, seen[f.Fingerprint])
		seen[f.Fingerprint]++
	})
}

// overview counts findings by rule.
func (p *htmlPage) overview() {
	rows := map[string]*ruleRow{}
	accounts := map[[2]string]bool{}
	p.each(func(g *ruleGroup, f *shown) {
		row := rows[g.Rule]
		if row == nil {
			row = &ruleRow{Rule: g.Rule, Title: g.Title, Severity: f.Severity}
			rows[g.Rule] = row
		}
		row.Counts.add(f.Severity)
		if k := [2]string{g.Rule, f.Account}; !accounts[k] {
			accounts[k] = true
			row.Accounts++
		}
	})
	for _, id := range slices.Sorted(maps.Keys(rows)) {
		p.Overview = append(p.Overview, *rows[id])
	}
	slices.SortStableFunc(p.Overview, func(a, b ruleRow) int {
		return cmp.Or(cmp.Compare(a.Severity.rank(), b.Severity.rank()), cmp.Compare(b.Counts.Of(a.Severity), a.Counts.Of(a.Severity)))
	})
	p.credentials(rows)
}

// credentials lists the rules about credentials, also those that found nothing
// or lack input: in hygiene what was checked counts as much as what was found.
func (p *htmlPage) credentials(found map[string]*ruleRow) {
	missing := map[string]string{}
	for _, n := range p.NotEvaluated {
		missing[n.Rule] = cmp.Or(missing[n.Rule], n.Missing)
	}
	rules := credentialRules()
	slices.SortFunc(rules, func(a, b Rule) int { return cmp.Compare(a.ID, b.ID) })
	for _, rule := range rules {
		row := ruleRow{Rule: rule.ID, Title: rule.Doc.Title, Severity: rule.Doc.Severity}
		if f := found[rule.ID]; f != nil {
			row = *f
		}
		row.Missing = missing[rule.ID]
		p.Credentials = append(p.Credentials, row)
	}
}

// byAccount collects what is known of principals and resources, by account.
type byAccount struct {
	list     []accountGroup
	accounts map[string]int
	subjects map[[2]string]int
}

func (b *byAccount) account(id, name string) *accountGroup {
	i, ok := b.accounts[id]
	if !ok {
		i = len(b.list)
		b.accounts[id] = i
		b.list = append(b.list, accountGroup{ID: id, Name: name})
	}
	return &b.list[i]
}

func (b *byAccount) subject(account, subject string) *subjectGroup {
	a, k := b.account(account, ""), [2]string{account, subject}
	i, ok := b.subjects[k]
	if !ok {
		i = len(a.Subjects)
		b.subjects[k] = i
		a.Subjects = append(a.Subjects, subjectGroup{Subject: subject})
	}
	return &a.Subjects[i]
}

// groupByAccount sorts findings, administrators and trusts by account, and then
// by principal, the worst first.
func (p *htmlPage) groupByAccount() {
	b := byAccount{accounts: map[string]int{}, subjects: map[[2]string]int{}}
	for _, a := range p.Accounts {
		b.account(a.Account, a.Name)
	}
	p.each(func(_ *ruleGroup, f *shown) {
		b.account(f.Account, "").Counts.add(f.Severity)
		s := b.subject(f.Account, f.Subject)
		s.Findings = append(s.Findings, f)
	})
	for i := range p.Admins {
		a := &p.Admins[i]
		b.subject(a.Account, a.Principal).Admin = a
		if t, ok := policy.ParseARN(a.Target); ok && a.Target != a.Principal {
			s := b.subject(t.Account, a.Target)
			s.Becomes = append(s.Becomes, a)
		}
	}
	for i := range p.Trusts {
		t := &p.Trusts[i]
		s := b.subject(t.Account, t.Role)
		s.Trusts = append(s.Trusts, t)
	}
	n := 0
	for i := range b.list {
		list := b.list[i].Subjects
		slices.SortStableFunc(list, func(a, b subjectGroup) int {
			return cmp.Or(cmp.Compare(a.worst(), b.worst()), cmp.Compare(len(b.Findings), len(a.Findings)), cmp.Compare(a.Subject, b.Subject))
		})
		for k := range list {
			n++
			list[k].Anchor = fmt.Sprintf("principal-%d", n)
		}
	}
	p.ByAccount = b.list
}

// Facts is the evidence that the finding's paths do not show already.
func (f *shown) Facts() []query.Evidence {
	var out []query.Evidence
	for _, e := range f.Evidence {
		if !slices.ContainsFunc(f.Paths, func(p query.Path) bool { return showsEvidence(p, e) }) {
			out = append(out, e)
		}
	}
	return out
}

func showsEvidence(p query.Path, e query.Evidence) bool {
	return slices.Contains(p.Because, e) || slices.ContainsFunc(p.Steps, func(s query.Step) bool { return slices.Contains(s.Because, e) })
}

// matrix shows which account trusts which: rows are accounts with the roles,
// columns are whom they trust.
type matrix struct {
	Columns []matrixAccount
	Rows    []matrixRow
	Cut     string // what does not fit
}

type matrixAccount struct {
	ID, Name, Relation string
}

type matrixRow struct {
	Account matrixAccount
	Cells   []matrixCell // one a column
}

// matrixCell counts roles by the best that the other side gets.
type matrixCell struct {
	Roles   int
	Verdict string // of the most open role; "" without roles
	Within  bool   // the trusted account is the owner's own, or in its organization
}

// A matrix beyond these is no picture any more; the list below it has all.
const (
	matrixColumns = 40
	matrixRows    = 100
)

func newMatrix(r *Report) matrix {
	names := accountNames(r)
	columns, rows := map[string]int{}, map[string]int{}
	var m matrix
	cells := map[[2]string]*matrixCell{}
	roles := map[[2]string]string{} // role and trusted account, so that a role counts once
	cutColumns, cutRows := map[string]bool{}, map[string]bool{}
	for _, t := range r.Trusts {
		if _, ok := columns[t.Trusted]; !ok && len(columns) < matrixColumns {
			columns[t.Trusted] = len(columns)
			m.Columns = append(m.Columns, matrixAccount{t.Trusted, names[t.Trusted], t.Relation})
		} else if !ok {
			cutColumns[t.Trusted] = true
		}
		if _, ok := rows[t.Account]; !ok && len(rows) < matrixRows {
			rows[t.Account] = len(rows)
			m.Rows = append(m.Rows, matrixRow{Account: matrixAccount{ID: t.Account, Name: names[t.Account]}})
		} else if !ok {
			cutRows[t.Account] = true
		}
		k := [2]string{t.Account, t.Trusted}
		if cells[k] == nil {
			cells[k] = &matrixCell{Verdict: t.Verdict, Within: t.Relation == Organization || t.Relation == Own}
		}
		if _, ok := roles[[2]string{t.Role, t.Trusted}]; !ok {
			roles[[2]string{t.Role, t.Trusted}] = t.Role
			cells[k].Roles++
		}
		cells[k].Verdict = opener(cells[k].Verdict, t.Verdict)
	}
	slices.SortFunc(m.Rows, func(a, b matrixRow) int { return cmp.Compare(a.Account.ID, b.Account.ID) })
	for i := range m.Rows {
		m.Rows[i].Cells = make([]matrixCell, len(m.Columns))
		for k, c := range m.Columns {
			if cell := cells[[2]string{m.Rows[i].Account.ID, c.ID}]; cell != nil {
				m.Rows[i].Cells[k] = *cell
			}
		}
	}
	if len(cutColumns)+len(cutRows) > 0 {
		m.Cut = count(len(cutRows), "account") + " and " + count(len(cutColumns), "trusted account") + " more do not fit; the list below has all."
	}
	return m
}

// opener is the verdict that lets more in.
func opener(a, b string) string {
	order := []string{query.VerdictAllow, query.VerdictAllowIf, query.VerdictDeny}
	if slices.Index(order, b) < slices.Index(order, a) {
		return b
	}
	return a
}

// accountNames names the accounts of the report, and those whose owners are
// public knowledge.
func accountNames(r *Report) map[string]string {
	names := query.AccountOwners()
	for _, a := range r.Accounts {
		if a.Name != "" {
			names[a.Account] = a.Name
		}
	}
	return names
}

// outsider is an account that is trusted and not known to be the user's own.
type outsider struct {
	ID, Name, Relation string
	Roles, Accounts    int
	Verdict            string
}

func outsiders(r *Report) []outsider {
	var out []outsider
	at := map[string]int{}
	seen := map[[2]string]bool{}
	once := func(a, b string) int {
		if seen[[2]string{a, b}] {
			return 0
		}
		seen[[2]string{a, b}] = true
		return 1
	}
	for _, t := range r.Trusts {
		if t.Relation != Outside && t.Relation != Unknown && t.Relation != ThirdParty {
			continue
		}
		i, ok := at[t.Trusted]
		if !ok {
			i = len(out)
			at[t.Trusted] = i
			out = append(out, outsider{ID: t.Trusted, Name: query.AccountOwner(t.Trusted), Relation: t.Relation, Verdict: t.Verdict})
		}
		out[i].Verdict = opener(out[i].Verdict, t.Verdict)
		out[i].Roles += once(t.Trusted, t.Role)
		out[i].Accounts += once(t.Trusted, "account "+t.Account)
	}
	return out
}

// Symbol shows a cell's verdict without colour.
func (c matrixCell) Symbol() string {
	switch c.Verdict {
	case query.VerdictAllow:
		return "●"
	case query.VerdictAllowIf:
		return "◐"
	case query.VerdictDeny:
		return "○"
	}
	return ""
}

// Class is the cell's colour.
func (c matrixCell) Class() string {
	if c.Within && c.Verdict == query.VerdictAllow {
		return "within"
	}
	return strings.ToLower(c.Verdict)
}

// Worst is the worst severity that occurs.
func (c FindingCounts) Worst() Severity {
	for _, s := range Severities() {
		if c.Of(s) > 0 {
			return s
		}
	}
	return Info
}

// term is an entry of the glossary.
type term struct{ Name, Meaning string }

func glossary() []term {
	return []term{
		{"Administrator", "A principal that may do every action on every resource of an account: by its own policies, over a chain of roles, or by an escalation."},
		{"Chain", "Roles assumed one after the other. Each hop needs the trust policy of the next role and, across accounts, a permission of the caller."},
		{"Condition", "A test in a policy on the request, such as MFA, an address or an external id. Access under conditions is possible for whoever can meet them."},
		{"Confidence", "How sure the finding is of the input at hand: high rests on statements read, medium and low on an assumption that the text names."},
		{"Confused deputy", "A service or third party that is made to use its access to one customer for another. External ids and source conditions prevent it."},
		{"Escalation", "Gaining rights by changing something: a policy, a trust, code that runs with a role."},
		{"Evidence", "The statement that decides, with file, line and column; statements of a policy are counted from 0."},
		{"External id", "A value that a third party sends with sts:AssumeRole and the trust policy asks for, so that nobody else can make the third party use the role."},
		{"Guardrail", "A service or resource control policy of the organization. It takes access away and never gives any."},
		{"Not evaluated", "An input is missing, so that no finding means nothing."},
		{"Permissions boundary", "A policy that bounds what the identity policies of a user or role can give."},
		{"Principal", "Who makes a request: a user, role, federated identity, service or account."},
		{"Severity", "The rule's grade, raised for administrators and lowered behind a guardrail; the finding says when and why."},
		{"Third party", "An account outside of the organization that was declared as known."},
		{"Trust policy", "The policy of a role that says who may assume it."},
	}
}
