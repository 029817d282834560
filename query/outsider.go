package query

import (
	"context"
	"slices"
	"strings"

	"accesspath/graph"
	"accesspath/policy"
)

// outsiders are the rows for those that a resource policy lets in from outside
// the graph: services, accounts and principals that are not loaded, and the
// public (QRY-08, QRY-09, EVAL-25, EVAL-30, EVAL-31). Their access is direct. Rows are
// missing if ctx is done.
func (e *Engine) outsiders(ctx context.Context, q *question) []Answer {
	var out []Answer
	at := map[string]int{}
	add := func(t target, some bool) {
		for _, n := range e.namedOrOwning(t) {
			if ctx.Err() != nil {
				return
			}
			i, met := at[n.ID]
			if met && out[i].Verdict == VerdictAllow {
				continue
			}
			a, ok := e.outsider(n, t, len(q.targets) > 1)
			if !ok {
				continue
			}
			if some && a.Paths[0].Witness == "" {
				a.Paths[0].Witness = t.resource
			}
			switch {
			case !met:
				at[n.ID] = len(out)
				out = append(out, a)
			case a.Verdict == VerdictAllow:
				out[i] = a
			}
		}
	}
	for _, t := range q.targets {
		add(t, false)
	}
	if !q.all && !q.allActions {
		for _, t := range e.letIn(ctx, q) {
			add(t, true)
		}
	}
	return out
}

// letIn are the resources of the snapshot that patterns of the question match and
// whose own policies mean somebody outside of the graph: no one of them is what the
// pattern is about, and so its policy is not that of the pattern.
func (e *Engine) letIn(ctx context.Context, q *question) []target {
	var out []target
	var pattern string
	var matching []string
	for _, t := range q.targets {
		if !t.pattern || isAssume(t.action) || graph.InOneBucket(t.resource) || ctx.Err() != nil {
			continue
		}
		service, _, _ := strings.Cut(t.action, ":")
		if key := service + " " + t.resource; matching == nil || key != pattern {
			pattern, matching = key, e.openTo(t)
		}
		for _, name := range matching {
			if list, err := about(t.action, name, t.resource); err == nil {
				out = append(out, list...)
			}
		}
	}
	return append(out, e.rolesOpen(ctx, q)...)
}

// letInAs is the access of a service, the public, or somebody of an account that is not
// loaded, by itself: what is asked about names it, or it has none (EVAL-30, EVAL-31).
func (e *Engine) letInAs(ctx context.Context, n *graph.Node, q *question) access {
	means := func(t target) bool {
		return slices.ContainsFunc(e.namedOrOwning(t), func(m *graph.Node) bool { return m.ID == n.ID })
	}
	a, err := e.accessOver(ctx, n, q, func(i int) bool { return means(q.targets[i]) }, nil)
	if err == nil && !q.all && !q.allActions {
		a, err = a.joined(ctx, func(yield func(access) bool) {
			for _, t := range e.letIn(ctx, q) {
				if b := e.accessTo(n, t, nil); means(t) && !yield(b) {
					return
				}
			}
		})
	}
	if err != nil {
		return access{} // the walk ends with the same error
	}
	return a
}

// openTo are the resources, and what lies under them, that a pattern matches and whose
// policies, access control lists or grants allow somebody outside of the graph
// something, or whose owner is outside of it; not nil.
func (e *Engine) openTo(t target) []string {
	out := []string{}
	matches := matcher(t.resource)
	service, _, _ := strings.Cut(t.action, ":")
	for _, r := range e.resources() {
		names := slices.DeleteFunc(withBelow(r), func(name string) bool { return !matches(name) })
		if len(names) > 0 && sameService(service, r.ARN) && (e.g.Model.NotLoaded(r.Account) || slices.ContainsFunc(e.g.Model.ResourcePolicies(t.action, r.ARN), func(p policy.Attached) bool {
			return p.Document != nil && slices.ContainsFunc(p.Document.Statements, e.meansOutsiders)
		})) {
			out = append(out, names...)
		}
	}
	return out
}

// rolesOpen are openTo for sts:AssumeRole and the trust policies of roles. Who is a node
// of the graph, as most outsiders of trusts are, has its edges.
func (e *Engine) rolesOpen(ctx context.Context, q *question) []target {
	list, err := e.rolesOf(ctx, q)
	if err != nil {
		return nil
	}
	var out []target
	for _, roles := range list {
		for id := range roles.set.All() {
			n := e.g.Node(id)
			if n.Role.Trust != nil && n.Role.Trust.Document != nil && slices.ContainsFunc(n.Role.Trust.Document.Statements, e.meansOutsiders) {
				out = append(out, target{action: roles.action, resource: n.ID})
			}
		}
	}
	return out
}

func (e *Engine) meansOutsiders(s policy.Statement) bool {
	return s.Effect == policy.Allow && (s.NotPrincipal != nil || slices.ContainsFunc(s.Principal, func(p policy.PrincipalElement) bool { return p.Any() || len(e.outsideNode(&p)) > 0 }))
}

// namedOrOwning lists those beyond the graph's principals who may have access to the target:
// whom its policy names, and the account that owns it where that is not loaded, whose
// principals need no more than policies of their own, which nobody read (EVAL-25).
func (e *Engine) namedOrOwning(t target) []*graph.Node {
	out := append(e.named(t), e.issuers(t)...)
	if id := e.g.Model.OwnerNotLoaded(t.action, t.resource); id != "" {
		out = append(out, accountNode(id))
	}
	return out
}

func accountNode(id string) *graph.Node {
	return &graph.Node{ID: graph.AccountNodeID(id), Kind: graph.KindAccount, Account: id, Name: id}
}

// named lists whom the target's own policy names beyond the graph's principals, and, if it
// lets everyone in, whom statements spare that then deny access.
func (e *Engine) named(t target) []*graph.Node {
	var out []*graph.Node
	var denials []*policy.Statement
	everyone := false
	for _, p := range e.g.Model.ResourcePolicies(t.action, t.resource) {
		if p.Document == nil {
			continue
		}
		for i := range p.Document.Statements {
			s := &p.Document.Statements[i]
			switch {
			case !s.MatchesAction(t.action):
				continue
			case s.Effect == policy.Deny:
				denials = append(denials, s)
				continue
			case s.NotPrincipal != nil || slices.ContainsFunc(s.Principal, policy.PrincipalElement.Any):
				everyone = true
				out = append(append(out, public(t)...), e.meantBy(s)...)
			}
			for k := range s.Principal {
				out = append(out, e.outsideNode(&s.Principal[k])...)
				out = append(out, e.provider(&s.Principal[k], t)...)
			}
		}
	}
	if !everyone {
		return out
	}
	if !slices.ContainsFunc(out, func(n *graph.Node) bool { return n.Kind == graph.KindPublic && !e.accessTo(n, t, nil).req.IsFalse() }) {
		out = append(out, &graph.Node{ID: anyService, Kind: graph.KindService, Name: anyService}) // everyone else is kept out
	}
	for _, s := range slices.AppendSeq(denials, e.g.Model.ResourceDenials(t.action, t.resource)) {
		if s.MatchesAction(t.action) {
			out = append(out, e.meantBy(s)...)
			for k := range s.NotPrincipal {
				out = append(out, e.outsideNode(&s.NotPrincipal[k])...)
			}
		}
	}
	return out
}

// meantBy are those whom the conditions of a statement on everyone mean, or spare.
func (e *Engine) meantBy(s *policy.Statement) []*graph.Node {
	var out []*graph.Node
	for _, n := range e.g.Model.NarrowedTo(s) {
		out = append(out, &n)
	}
	return append(out, serviceCallers(s)...)
}

// provider: those whom an identity provider knows get a role by the call that is asked
// about (FED-01), or what is asked about goes along with it. Into roles of permission sets
// nobody gets by a call of his own (IDC-02).
func (e *Engine) provider(p *policy.PrincipalElement, t target) []*graph.Node {
	role, ok := e.g.Find(t.resource)
	if p.Type != "Federated" || !ok || e.g.Node(role).Role == nil {
		return nil
	}
	if _, set := e.g.Node(role).Role.PermissionSet(); set {
		return nil
	}
	if id, ok := e.g.Find(p.Text); ok && (signsIn(e.g.Node(id), t.action) || goesAlong(t.action)) {
		return []*graph.Node{e.g.Node(id)}
	}
	return nil
}

// issuers are those beyond the ones that a trust policy names to whom their service gives
// sessions of the role: guests of identity pools, holders of certificates, users of
// Identity Center (FED-13, FED-17, IDC-04).
func (e *Engine) issuers(t target) []*graph.Node {
	role, ok := e.g.Find(t.resource)
	if !ok || e.g.Node(role).Role == nil {
		return nil
	}
	var out []*graph.Node
	if _, set := e.g.Node(role).Role.PermissionSet(); set {
		for edge := range e.g.In(role) {
			if n := e.g.Node(edge.From); ofCenter(n) && signsIn(n, t.action) {
				out = append(out, n)
			}
		}
	}
	if id, ok := e.g.Find(graph.GuestsID); ok && signsIn(e.g.Node(id), t.action) {
		out = append(out, e.g.Node(id))
	}
	if a := e.g.Model.Snapshot.Account(e.g.AccountOf(role)); a != nil && isAssume(t.action) {
		for i := range a.Anchors {
			if id, ok := e.g.Find(a.Anchors[i].ARN); ok {
				out = append(out, e.g.Node(id))
			}
		}
	}
	return out
}

// public: whoever signs nothing, where the service takes such calls, and
// whoever has an AWS account.
func public(t target) []*graph.Node {
	out := []*graph.Node{{ID: graph.PublicID, Kind: graph.KindPublic, Name: "anyone"}}
	service, _, _ := strings.Cut(strings.ToLower(t.action), ":")
	if slices.Contains([]string{"s3", "sqs", "sns", "lambda"}, service) {
		anonymous := &graph.Node{ID: graph.PublicID, Kind: graph.KindPublic, Name: graph.AnonymousName}
		out = append([]*graph.Node{anonymous}, out...)
	}
	return out
}

func (e *Engine) outsideNode(p *policy.PrincipalElement) []*graph.Node {
	loaded := func(account string) bool { return e.g.Model.Snapshot.Account(account).Loaded() }
	switch {
	case p.Any():
		return nil
	case p.Type == "CanonicalUser":
		return []*graph.Node{{ID: "canonical-user:" + p.Text, Kind: graph.KindExternal, Account: p.Text, Name: p.Text}} // PRINC-18
	case p.Type == "Service":
		return []*graph.Node{{ID: p.Text, Kind: graph.KindService, Name: p.Text}}
	case p.AccountID() != "" && policy.IsAccountID(p.AccountID()) && !loaded(p.AccountID()):
		return []*graph.Node{accountNode(p.AccountID())}
	}
	a, ok := p.ARN()
	switch {
	case !ok || strings.ContainsAny(p.Text, "*?"):
	case p.ServiceOwned():
		return []*graph.Node{{ID: p.Text, Kind: graph.KindService, Name: p.Text[strings.LastIndexByte(p.Text, '/')+1:]}}
	case policy.IsAccountID(a.Account) && a.Resource != "root" && (!loaded(a.Account) || e.g.Model.Perhaps(p.Text)):
		return []*graph.Node{{ID: p.Text, Kind: graph.KindExternal, Account: a.Account, Name: p.Text[strings.LastIndexByte(p.Text, '/')+1:]}}
	}
	return nil
}

func (e *Engine) outsider(n *graph.Node, t target, many bool) (Answer, bool) {
	a := e.accessTo(n, t, nil)
	r := &resolver{node: n, facts: facts{issuer: outsider}, asOf: e.asOf(), choice: &choice{}, withoutMFA: e.o.WithoutMFA}
	a.req = r.resolve(a.req).Simplify()
	if a.req.IsFalse() {
		return Answer{}, false
	}
	resource := t.resource
	if a.witness != "" {
		resource = a.witness
	}
	d := e.decide(n, t.action, resource, nil)
	p := Path{Verdict: VerdictAllow, Principals: []string{n.ID}, Steps: []Step{}, Because: evidence(&d), Modes: []string{"api"}, Witness: a.witness}
	if many {
		p.Action = t.action
	}
	if e.outright(a.req) {
		p.Requires = outrightRequirements(a.req, 1)
	} else {
		p.Verdict, p.Requires = VerdictAllowIf, Requirements(a.req, 1)
	}
	codes := codesIn(p.Requires, d.Codes)
	if e.tagsOutside(n, target{action: t.action, resource: resource}, a.req) {
		codes = append(slices.Clip(codes), codeCanTag)
	}
	p.Codes = sortedUnique(codes)
	p.Status, p.Confidence = status(&p), confidence(p.Codes)
	out := Answer{Principal: n.ID, Kind: n.Kind.String(), Account: n.Account, Verdict: p.Verdict, Direct: true,
		Confidence: p.Confidence, Codes: p.Codes, Paths: []Path{p}}
	if signsIn(n, t.action) || n.Kind == graph.KindAnchor && isAssume(t.action) {
		out.admits(n, 0, p.Requires)
	}
	return out, true
}

// mergeAnswers joins rows about one principal: a service may be let in by the
// resource's policy and carry a role besides.
func mergeAnswers(list, more []Answer, most int) []Answer {
	for _, a := range more {
		i := slices.IndexFunc(list, func(b Answer) bool { return b.Principal == a.Principal })
		if i < 0 {
			list = append(list, a)
			continue
		}
		b := list[i]
		a.Paths, a.MorePaths, a.Marks = append(a.Paths, b.Paths...), b.MorePaths, b.Marks
		if cut := len(a.Paths) - most; cut > 0 {
			a.Paths, a.MorePaths = a.Paths[:most], a.MorePaths+cut
		}
		if a.Verdict != VerdictAllow && b.Verdict == VerdictAllow {
			a.Verdict, a.Direct, a.Hops, a.Codes, a.Confidence = b.Verdict, b.Direct, b.Hops, b.Codes, b.Confidence
		}
		list[i] = a
	}
	return list
}

// serviceCallers are the services that a statement on everybody means, or, if it denies,
// spares, by conditions on what only services say of their calls (TRUST-31, EVAL-30).
func serviceCallers(s *policy.Statement) []*graph.Node {
	var names []string
	for i := range s.Conditions {
		c := &s.Conditions[i]
		key := strings.ToLower(c.Key)
		switch {
		case key == "aws:sourcearn" && lists(s, c):
			for _, v := range c.Values {
				a, _ := policy.ParseARN(v)
				names = append(names, serviceName(a.Service))
			}
		case key == "aws:principalservicename" && lists(s, c):
			for _, v := range c.Values {
				if strings.ContainsAny(v, "*?$") {
					v = anyService
				}
				names = append(names, v)
			}
		case key == "aws:principalisawsservice" || policy.ServiceKey(key):
			names = append(names, anyService)
		}
	}
	slices.Sort(names)
	var out []*graph.Node
	for _, name := range slices.Compact(names) {
		out = append(out, &graph.Node{ID: name, Kind: graph.KindService, Name: name})
	}
	return out
}

// lists reports whether a condition lists those whom a statement means, or spares, and
// not those whom it does not.
func lists(s *policy.Statement, c *policy.Condition) bool {
	return !strings.HasPrefix(strings.ToLower(c.Operator), "null") && c.Negated() == (s.Effect == policy.Deny)
}

// anyService stands for the services of AWS where nothing says which.
const anyService = "*.amazonaws.com"

// serviceName is the principal of the service whose ARNs have a prefix.
func serviceName(prefix string) string {
	switch {
	case prefix == "" || strings.ContainsAny(prefix, "*?$"):
		return anyService
	case prefix == "execute-api":
		prefix = "apigateway"
	}
	return prefix + ".amazonaws.com"
}
