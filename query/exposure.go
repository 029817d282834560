package query

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"accesspath/graph"
	"accesspath/iam"
	"accesspath/policy"
)

// How an outsider stands to the accounts that were loaded.
const (
	RelationPublic     = "public"               // anybody
	RelationFederation = "federation"           // whom an identity provider signs in
	RelationVendor     = "vendor"               // an account declared, or known by its id, as a third party's
	RelationAWS        = "aws"                  // an account known by its id as AWS's own, such as those that write logs
	RelationForeign    = "outside-organization" // an account that is not of the organization
	RelationUnknown    = "not-loaded"           // an account that nothing is known of
)

// Exposure lists what the outside can reach: the public, federated populations,
// vendors and accounts outside the organization, each with the roles that it
// enters by, what lies behind those, and the resources whose own policies let it
// in. Accounts declared as one's own, members of the organization, Identity
// Center and AWS services are not outside.
func (e *Engine) Exposure(ctx context.Context) (*Spread, error) {
	list := e.outsideSources()
	var all []graph.NodeID
	for i := range list {
		all = append(all, list[i].nodes...)
	}
	r := e.newSpread("exposure")
	s, err := e.newSpreader(ctx, all)
	if err != nil {
		return nil, err
	}
	s.skip = func(n *graph.Node) bool { return e.relation(n) != "" }
	if err := s.fromAll(ctx, list); err != nil {
		return nil, err
	}
	if list, err = e.exposedResources(ctx, list); err != nil {
		return nil, err
	}
	s.limits(&r.Limits)
	for i := range list {
		if src := list[i].SpreadSource; len(src.Reached)+len(src.Resources) > 0 {
			r.Sources = append(r.Sources, src)
		}
	}
	slices.SortStableFunc(r.Sources, func(a, b SpreadSource) int {
		return cmp.Or(cmp.Compare(relationRank(a.Relation), relationRank(b.Relation)), cmp.Compare(a.Principal, b.Principal))
	})
	r.Notes = append(r.Notes, e.exposureNotes()...)
	return r, nil
}

// fewOutsiders is up to how many outsiders are described by one goroutine.
const fewOutsiders = 2 * sharePiece

// fromAll finds what each of the outsiders reaches.
func (s *spreader) fromAll(ctx context.Context, list []outsideSource) error {
	var mu sync.Mutex
	return shareOut(len(list), fewOutsiders, func() func(from, to int) error {
		own := s
		if len(list) > fewOutsiders {
			own = s.another()
		}
		return func(from, to int) error {
			for i := from; i < to; i++ {
				if ctx.Err() != nil {
					return fmt.Errorf("walking from outside: %w", ctx.Err())
				}
				src := &list[i].SpreadSource
				src.Reached = own.reached(own.starts(list[i].nodes))
				own.w.e.widen(src)
			}
			if own != s {
				mu.Lock()
				s.cut += own.cut
				mu.Unlock()
				own.cut = 0
			}
			return nil
		}
	})
}

func relationRank(relation string) int {
	return slices.Index([]string{RelationPublic, RelationFederation, RelationVendor, RelationAWS, RelationForeign, RelationUnknown}, relation)
}

// outsideSource is an outsider with its nodes: of a vendor's account that was
// loaded, all of its principals.
type outsideSource struct {
	SpreadSource
	nodes []graph.NodeID
}

// outsideSources finds the outsiders of the graph. Principals of loaded accounts
// stand together as their account.
func (e *Engine) outsideSources() []outsideSource {
	var out []outsideSource
	index := map[string]int{}
	for i := range e.g.Len() {
		n := e.g.Node(graph.NodeID(i))
		relation := e.relation(n)
		if relation == "" || !e.isOrigin(n) || n.Limit != nil {
			continue
		}
		src := e.outsideSource(n, relation)
		k, ok := index[src.Principal]
		if !ok {
			k = len(out)
			index[src.Principal] = k
			out = append(out, outsideSource{SpreadSource: src})
		}
		out[k].nodes = append(out[k].nodes, graph.NodeID(i))
	}
	return out
}

func (e *Engine) outsideSource(n *graph.Node, relation string) SpreadSource {
	src := SpreadSource{Principal: n.ID, Kind: kindOf(n), Account: n.Account, Credential: CredentialOutside, Relation: relation, Reached: []Reached{}}
	switch n.Kind {
	case graph.KindFederated, graph.KindAnchor, graph.KindGuests:
		src.Credential = CredentialSignIn
	case graph.KindUser, graph.KindRole, graph.KindRoot, graph.KindCompute, graph.KindInstanceProfile:
		src.Principal, src.Kind, src.Credential = graph.AccountNodeID(n.Account), "account", CredentialAccount
	}
	if src.Credential != CredentialSignIn {
		src.Name = e.ownerOf(n.Account)
	}
	return src
}

// ownerOf names the owner of an account: as declared, as told in Options, or as
// known by its id; "" if it is not known.
func (e *Engine) ownerOf(account string) string {
	if t, ok := e.declared(account); ok {
		return t.Name
	}
	if name, ok := e.o.Owners[account]; ok {
		return name
	}
	return AccountOwner(account)
}

func (e *Engine) declared(account string) (iam.TrustedAccount, bool) {
	list := e.g.Model.Snapshot.Trusted
	i := slices.IndexFunc(list, func(t iam.TrustedAccount) bool { return t.ID == account })
	if i < 0 || account == "" {
		return iam.TrustedAccount{}, false
	}
	return list[i], true
}

// relation says how a node is outside, "" if it is not.
func (e *Engine) relation(n *graph.Node) string {
	switch n.Kind {
	case graph.KindPublic, graph.KindGuests:
		return RelationPublic
	case graph.KindFederated, graph.KindAnchor:
		return RelationFederation
	case graph.KindService, graph.KindIdentityCenter, graph.KindIDCUser, graph.KindIDCGroup, graph.KindGroup:
		return ""
	}
	return e.foreign(n.Account)
}

// foreign says how an account is outside. An account that was loaded is only
// where somebody declared it a vendor's, or where the organization is known, has
// some loaded account, and does not have this one.
func (e *Engine) foreign(account string) string {
	s := e.g.Model.Snapshot
	loaded := s.Account(account).Loaded()
	t, declared := e.declared(account)
	switch o := s.Organization; {
	case account == "", declared && !t.ThirdParty, o.Member(account):
		return ""
	case declared:
		return RelationVendor
	case !loaded && e.ownerOf(account) != "":
		if strings.HasPrefix(e.ownerOf(account), awsOwner) {
			return RelationAWS
		}
		return RelationVendor
	case o == nil || len(o.Nodes) == 0:
		if loaded {
			return ""
		}
		return RelationUnknown
	case loaded && !slices.ContainsFunc(s.Accounts, func(a *iam.Account) bool { return a.Loaded() && o.Member(a.ID) }):
		return ""
	}
	return RelationForeign
}

// widen turns a population that is everybody into the public (FED-07).
func (e *Engine) widen(src *SpreadSource) {
	n, ok := e.g.Find(src.Principal)
	if !ok {
		return
	}
	for i := range src.Reached {
		if _, public := populationOf(e.g.Node(n), &src.Reached[i].Path); public {
			src.Relation = RelationPublic
		}
	}
}

// exposedResources adds what resource policies let outsiders do.
func (e *Engine) exposedResources(ctx context.Context, list []outsideSource) ([]outsideSource, error) {
	index := map[string]int{}
	for i := range list {
		index[list[i].Principal] = i
	}
	foreign := e.foreignAccounts()
	for i, res := range e.g.Model.Snapshot.Resources {
		if i%16 == 0 && ctx.Err() != nil {
			return nil, fmt.Errorf("reading resource policies: %w", ctx.Err())
		}
		if e.foreign(res.Account) != "" || strings.ContainsAny(res.ARN, "*?") {
			continue
		}
		for _, x := range e.exposed(res, foreign) {
			k, ok := index[x.src.Principal]
			if !ok {
				k = len(list)
				index[x.src.Principal] = k
				list = append(list, outsideSource{SpreadSource: x.src})
			}
			list[k].Resources = append(list[k].Resources, x.res)
		}
	}
	return list, nil
}

type exposedTo struct {
	src SpreadSource
	res ExposedResource
}

// exposed lists who from outside can do what with a resource. foreign are the accounts
// outside the organization that were loaded.
func (e *Engine) exposed(res *iam.Resource, foreign []string) []exposedTo {
	if res.Policy == nil && len(res.ACL) == 0 && len(res.Grants) == 0 && len(res.AccessPoints) == 0 {
		return nil
	}
	arn, ok := policy.ParseARN(res.ARN)
	if !ok {
		return nil
	}
	var out []exposedTo
	for _, name := range withBelow(res) {
		q, err := e.parse(arn.Service+":*", name)
		if err != nil {
			continue // of a service that no action is known of
		}
		for _, t := range q.targets {
			for _, n := range append(e.named(t), e.foreigners(t, foreign)...) {
				out = e.addExposed(out, res, t, n)
			}
		}
	}
	return out
}

// addExposed adds what somebody can do with a resource, if that is somebody from outside.
func (e *Engine) addExposed(out []exposedTo, res *iam.Resource, t target, n *graph.Node) []exposedTo {
	relation := e.relation(n)
	if relation == "" {
		return out
	}
	a, ok := e.outsider(n, t, true)
	if !ok {
		return out
	}
	src := e.outsideSource(n, relation)
	i := slices.IndexFunc(out, func(x exposedTo) bool { return x.src.Principal == src.Principal })
	if i < 0 {
		i = len(out)
		p := a.Paths[0]
		out = append(out, exposedTo{src, ExposedResource{Resource: res.ARN, Account: res.Account, Verdict: a.Verdict, Actions: []string{}, Requires: p.Requires, Because: p.Because}})
	}
	out[i].res.add(t.action, &a)
	return out
}

// foreigners are principals of foreign accounts that the resource's policies mean: one
// of each that may do it is enough.
func (e *Engine) foreigners(t target, foreign []string) []*graph.Node {
	if len(foreign) == 0 {
		return nil
	}
	var accounts []string
	for _, p := range e.g.Model.ResourcePolicies(t.action, t.resource) {
		if p.Document == nil {
			continue
		}
		for i := range p.Document.Statements {
			if s := &p.Document.Statements[i]; s.Effect == policy.Allow && s.MatchesAction(t.action) {
				accounts = append(accounts, e.meant(s, foreign, t)...)
			}
		}
	}
	if len(accounts) == 0 {
		return nil
	}
	var out []*graph.Node
	for _, n := range e.g.Candidates(t.action, t.resource, t.pattern) {
		i := slices.Index(accounts, e.g.AccountOf(n))
		if i >= 0 && !e.accessTo(e.g.Node(n), t, nil).req.IsFalse() {
			out, accounts = append(out, e.g.Node(n)), slices.DeleteFunc(accounts, func(a string) bool { return a == e.g.AccountOf(n) })
		}
	}
	return out
}

// foreignAccounts are the accounts outside the organization that were loaded.
func (e *Engine) foreignAccounts() []string {
	var out []string
	for _, a := range e.g.Model.Snapshot.Accounts {
		if a.Loaded() && e.foreign(a.ID) != "" {
			out = append(out, a.ID)
		}
	}
	return out
}

// meant are those of some accounts that a statement may mean. Who stands for everybody
// means them, too, but where the public is let in that says enough.
func (e *Engine) meant(s *policy.Statement, accounts []string, t target) []string {
	if s.NotPrincipal != nil || slices.ContainsFunc(s.Principal, func(p policy.PrincipalElement) bool { return p.Any() || p.UniqueID() }) {
		if slices.ContainsFunc(public(t), func(n *graph.Node) bool { return !e.accessTo(n, t, nil).req.IsFalse() }) {
			return nil
		}
		return accounts
	}
	var out []string
	for k := range s.Principal {
		arn, _ := s.Principal[k].ARN()
		if account := cmp.Or(s.Principal[k].AccountID(), arn.Account); slices.Contains(accounts, account) {
			out = append(out, account)
		}
	}
	return out
}

// add joins one more action.
func (x *ExposedResource) add(action string, a *Answer) {
	if i, known := slices.BinarySearch(x.Actions, action); !known {
		x.Actions = slices.Insert(x.Actions, i, action)
	}
	if x.Verdict != VerdictAllow && a.Verdict == VerdictAllow {
		x.Verdict, x.Requires, x.Because = a.Verdict, a.Paths[0].Requires, a.Paths[0].Because
	}
}

func (e *Engine) exposureNotes() []Note {
	s := e.g.Model.Snapshot
	var out []Note
	if o := s.Organization; o == nil || len(o.Nodes) == 0 {
		out = append(out, Note{"organization-unknown", "the accounts of the organization are not known: every account that is not loaded counts as outside unless it is declared as one's own"})
	}
	if len(s.Resources) == 0 {
		out = append(out, Note{"no-resources", "no resource policy was loaded: what the outside can do with resources directly is not known"})
	}
	return out
}
