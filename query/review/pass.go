package review

import (
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
	"time"

	"accesspath/graph"
	"accesspath/iam"
	"accesspath/policy"
	"accesspath/query"
)

// pass is what rules work with: one run over one graph.
type pass struct {
	g    *graph.Graph
	m    *graph.Model
	s    *iam.Snapshot
	o    Options
	asOf time.Time

	rule    *Rule
	lacking map[string]map[string]bool // what is missing -> accounts, of the rule at hand

	admins  adminSet
	powers  map[string][]ability       // of principals, by id
	reaches map[string][]ability       // of principals, by id; see reached
	compute map[string][]*iam.Compute  // by the ARN of a role that it holds
	owned   map[string][]*iam.Resource // by account
	names   map[string]string          // of accounts, as far as somebody asked; see accountName

	escalated escalations
	uniques   map[string]bool // unique ids of users and roles
	assumed   map[assumeKey]graph.Assumption
	witnesses policy.WitnessMemo // of documents by themselves; see alone
}

type assumeKey struct{ node, role string }

func newPass(g *graph.Graph, o Options) *pass {
	p := &pass{g: g, m: g.Model, s: g.Model.Snapshot, o: o, asOf: g.Model.Options.AsOf, uniques: map[string]bool{}, assumed: map[assumeKey]graph.Assumption{}, powers: map[string][]ability{}, reaches: map[string][]ability{}, compute: map[string][]*iam.Compute{},
		owned: map[string][]*iam.Resource{}, names: map[string]string{}}
	for _, r := range p.s.Resources {
		p.owned[r.Account] = append(p.owned[r.Account], r)
	}
	for _, a := range p.s.Accounts {
		for e := range a.Entities() {
			if e.UniqueID != "" {
				p.uniques[e.UniqueID] = true
			}
		}
		for _, c := range a.Compute {
			for _, role := range c.Roles {
				p.compute[role] = append(p.compute[role], c)
			}
		}
	}
	return p
}

// begin sets the rule at hand and notes what it has to do without.
func (p *pass) begin(r *Rule) {
	p.rule, p.lacking = r, map[string]map[string]bool{}
	for _, a := range p.s.Accounts {
		for _, n := range slices.Concat(r.Doc.Needs, r.Doc.Wants) {
			if why := p.missing(n, a); why != "" {
				p.lack(why, a.ID)
			}
		}
	}
}

// accounts yields those that have what the rule needs.
func (p *pass) accounts() iter.Seq[*iam.Account] {
	return func(yield func(*iam.Account) bool) {
		for _, a := range p.s.Accounts {
			if p.has(a) && !yield(a) {
				return
			}
		}
	}
}

func (p *pass) has(a *iam.Account) bool {
	return !slices.ContainsFunc(p.rule.Doc.Needs, func(n Need) bool { return p.missing(n, a) != "" })
}

// lack notes that something is missing, of one account, or of the whole if that is "".
func (p *pass) lack(what, account string) {
	if account == "" || p.lacking[what] == nil {
		p.lacking[what] = map[string]bool{}
	}
	if account != "" {
		p.lacking[what][account] = true
	}
}

func (p *pass) notEvaluated() []NotEvaluated {
	var out []NotEvaluated
	for what, accounts := range p.lacking {
		list := slices.AppendSeq([]string{}, maps.Keys(accounts))
		slices.Sort(list)
		out = append(out, NotEvaluated{Rule: p.rule.ID, Title: p.rule.Doc.Title, Missing: what, Accounts: list})
	}
	slices.SortFunc(out, func(a, b NotEvaluated) int { return strings.Compare(a.Missing, b.Missing) })
	return out
}

// orgKnown reports whether it can be said who is outside the organization.
func (p *pass) orgKnown() bool {
	o := p.s.Organization
	return o != nil && slices.ContainsFunc(o.Nodes, func(n *iam.OrgNode) bool { return n.Kind == "account" })
}

// document is a policy that the account's owner can edit, in its place.
type document struct {
	subject string // ARN of the managed policy, else of the owner
	about   string // name of an inline policy, "trust policy", …
	account string
	layer   string // "identity", "trust", "resource"
	policy  *iam.Policy
	role    *iam.Role // of trust policies
}

// documents yields what an account's owner wrote: customer managed policies
// (default versions), inline policies, trusts and resource policies. What AWS
// alone can change is left out. Documents that cannot be read are too.
func (p *pass) documents(a *iam.Account) iter.Seq[document] {
	return func(yield func(document) bool) {
		for _, d := range p.allDocuments(a) {
			if d.policy != nil && d.policy.Document != nil && !yield(d) {
				return
			}
		}
	}
}

func (p *pass) allDocuments(a *iam.Account) []document {
	var out []document
	for _, m := range a.Policies {
		if v := m.Default(); v != nil && isCustomer(m) {
			out = append(out, document{subject: m.ARN, account: a.ID, layer: "identity", policy: &v.Policy})
		}
	}
	inlines := func(e *iam.Entity) {
		for _, i := range e.Inline {
			out = append(out, document{subject: e.ARN, about: i.Name, account: a.ID, layer: "identity", policy: i})
		}
	}
	for _, u := range a.Users {
		inlines(&u.Entity)
	}
	for _, g := range a.Groups {
		inlines(&g.Entity)
	}
	for _, r := range a.Roles {
		if r.ServiceLinked() || r.Reserved() {
			continue
		}
		inlines(&r.Entity)
		out = append(out, document{subject: r.ARN, about: "trust policy", account: a.ID, layer: "trust", policy: r.Trust, role: r})
	}
	for _, res := range p.owned[a.ID] {
		if res.Policy != nil {
			out = append(out, resourceDocument(res))
		}
	}
	return out
}

func resourceDocument(r *iam.Resource) document {
	return document{subject: r.ARN, about: "resource policy", account: r.Account, layer: "resource", policy: r.Policy}
}

// finding begins a finding about a document.
func (d document) finding(format string, args ...any) Finding {
	return Finding{Subject: d.subject, About: d.about, Account: d.account, Text: fmt.Sprintf(format, args...)}
}

// evidence names a statement of the document.
func (d document) evidence(s *policy.Statement) query.Evidence {
	e := query.Evidence{Policy: d.policy.Name, Layer: d.layer, Position: query.Position(d.policy.Origin)}
	if d.policy.ARN != "" {
		e.Policy = d.policy.ARN
	} else if d.about == "" {
		e.Policy = d.subject
	}
	if e.Policy != d.subject {
		e.Owner = d.subject
	}
	if s != nil {
		e.Statement, e.Sid, e.Effect = s.Index, s.Sid, s.Effect.String()
	}
	return e
}
