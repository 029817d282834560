package graph

import (
	"slices"
	"strings"

	"accesspath/iam"
	"accesspath/policy"
)

// A user calls sts:GetFederationToken with a name of their choice and holds the
// session arn:aws:sts::ACCOUNT:federated-user/NAME (PRINC-08, STS-10). Names are
// without number, so only those that some policy tells apart become nodes, and one that
// none does where a policy tells such sessions from their users: for all others the
// user's own access says everything.

const federationToken = "sts:GetFederationToken"

// IsFederationToken reports whether an action is the call for such sessions.
func IsFederationToken(action string) bool { return strings.EqualFold(action, federationToken) }

// anyName is the name of sessions of sts:GetFederationToken that stands for those which
// no policy names.
const anyName = "accesspath"

// AnyToken reports whether the node stands for the sessions of sts:GetFederationToken of
// an account that no policy names.
func (n *Node) AnyToken() bool { return n.Kind == KindFederatedUser && n.Name == anyName }

// RootToken reports whether the node is such a session of a root user.
func (n *Node) RootToken() bool {
	return n.Kind == KindFederatedUser && n.Issuer != "" && n.User == nil
}

// tokens collects the sessions of sts:GetFederationToken that matter.
type tokens struct {
	b       *builder
	issuers map[string]bool // accounts with users who may ask for such sessions
	seen    map[string]bool
	apart   bool            // some policy tells the sessions from their users
	tagged  bool            // some policy reads the tags of who calls
	taggers map[string]bool // accounts with users who may pass tags
	roots   map[string]bool // accounts whose root users do more by passing tags: see readRoots
	like    []string        // ARNs and patterns that conditions hold callers against
	nodes   []Node
	allowed map[string][]string // by account: see allow
}

// federatedUsers lists a node for each session that policies read, in loaded accounts.
func (b *builder) federatedUsers() []Node {
	t := &tokens{b: b, issuers: map[string]bool{}, taggers: map[string]bool{}, seen: map[string]bool{}, allowed: map[string][]string{}}
	for _, a := range b.g.Model.Snapshot.Accounts {
		if a.Loaded() && len(issuersIn(a)) > 1 { // more than the root user
			t.issuers[a.ID] = true
		}
	}
	for _, r := range b.g.Model.Snapshot.Resources {
		for d := range resourceDocuments(r) {
			t.read(d)
		}
	}
	if len(t.issuers) > 0 {
		t.readIssuers()
	}
	t.roots = b.rootsWithTags()
	b.taggedRoots = t.roots
	t.expand()
	return t.nodes
}

// readIssuers reads the policies and guardrails of users who may ask for sessions: they
// bear on the sessions, too.
func (t *tokens) readIssuers() {
	m := t.b.g.Model
	done := map[*policy.Document]bool{}
	read := func(list []policy.Attached) {
		for _, p := range list {
			if p.Document != nil && !done[p.Document] {
				done[p.Document] = true
				t.read(p.Document)
			}
		}
	}
	for _, a := range m.Snapshot.Accounts {
		if !t.issuers[a.ID] {
			continue
		}
		for _, l := range slices.Concat(m.SCPs(a.ID), m.RCPs(a.ID)) {
			read(l.Policies)
		}
		for _, u := range a.Users {
			id := newIdentity(&Node{User: u})
			if mayIssue(id) {
				read(id.policies)
				read(id.boundary)
				t.allow(a.ID, u, id.policies)
				t.taggers[a.ID] = t.taggers[a.ID] || mayAllow(id, tagSession)
			}
		}
	}
}

// read finds session names in principals and in conditions on who the caller is. A
// wildcard stands for one name that fits it, or for each account.
func (t *tokens) read(d *policy.Document) {
	if d == nil {
		return
	}
	for i := range d.Statements {
		s := &d.Statements[i]
		for k := range s.Principal {
			if s.Principal[k].Type == "AWS" {
				t.name(s.Principal[k].Text)
			}
		}
		for k := range s.Conditions {
			t.condition(s.Effect, &s.Conditions[k])
		}
		for key := range s.Keys() {
			t.tagged = t.tagged || strings.HasPrefix(key, "aws:principaltag/")
		}
	}
}

func (t *tokens) condition(effect policy.Effect, c *policy.Condition) {
	key := strings.ToLower(c.Key)
	switch key {
	case "aws:principalarn":
		t.like = append(t.like, c.Values...)
		if !slices.ContainsFunc(c.Values, mayBeUser) {
			return
		}
	case "aws:userid":
		for _, v := range c.Values {
			if account, name, ok := strings.Cut(v, ":"); ok {
				t.like = append(t.like, "arn:*:sts::"+account+":federated-user/"+name)
			}
		}
	case "aws:username", "aws:principaltype":
	default:
		return
	}
	t.apart = t.apart || key == "aws:principaltype" || favoursSessions(effect, c.Operator)
}

// mayBeUser reports whether the pattern of an ARN may match that of an IAM user.
func mayBeUser(pattern string) bool {
	a, ok := policy.ParseARN(pattern)
	start, _, _ := strings.Cut(strings.ReplaceAll(a.Resource, "?", "*"), "*")
	if ok && a.Service == "sts" {
		return false
	}
	return !ok || strings.Contains(pattern, "$") || strings.HasPrefix(start, "user/") || strings.HasPrefix("user/", start) && start != a.Resource
}

// favoursSessions reports whether a test of who the user is may come out better for a
// session, which has another name and ARN, or none (VAR-04).
func favoursSessions(effect policy.Effect, operator string) bool {
	negated := strings.Contains(operator, "Not")
	if effect == policy.Deny {
		return !negated
	}
	return negated || operator == "Null" || strings.HasSuffix(operator, "IfExists")
}

// name notes a session that is spelled out.
func (t *tokens) name(arn string) {
	a, ok := policy.ParseARN(arn)
	name, isName := strings.CutPrefix(a.Resource, "federated-user/")
	if ok && a.Service == "sts" && isName && name != "" && !strings.ContainsAny(arn, "*?") {
		t.add(a.Account, name)
	}
}

func (t *tokens) partition(account string) string {
	if a := t.b.g.Model.Snapshot.Account(account); a != nil && a.Partition != "" {
		return a.Partition
	}
	return "aws"
}

func (t *tokens) arn(account, name string) string {
	return tokenARN(t.partition(account), account, name)
}

func tokenARN(partition, account, name string) string {
	return "arn:" + partition + ":sts::" + account + ":federated-user/" + name
}

// add adds the session of a name in an account.
func (t *tokens) add(account, name string) {
	id := t.arn(account, name)
	if t.seen[id] || !t.b.g.Model.Snapshot.Account(account).Loaded() {
		return
	}
	t.seen[id] = true
	t.nodes = append(t.nodes, Node{ID: id, Kind: KindFederatedUser, Account: account, Name: name})
}

// federationTokens finds who may ask for the sessions.
func (b *builder) federationTokens() []built {
	var out []built
	issuers := map[string][]issuer{} // by account
	for i := range b.g.nodes {
		head := &b.g.nodes[i]
		if head.Kind != KindFederatedUser {
			continue
		}
		list, ok := issuers[head.Account]
		if !ok {
			list = b.issuers(head.Account)
			issuers[head.Account] = list
		}
		for _, by := range list {
			if !by.names(head.ID) || head.AnyToken() && b.g.nodes[by.node].Kind == KindRoot && !b.taggedRoots[head.Account] {
				continue // what denies root users something denies them the call
			}
			d := b.g.Model.Federate(TokenRequest(&b.g.nodes[by.node], head))
			if !d.Requires.IsFalse() {
				out = append(out, built{tail: uint32(by.node), head: NodeID(i), kind: GetsFederationToken, req: d.Requires})
			}
		}
	}
	return out
}

// issuersIn are the ARNs of the users of an account whose policies mention the
// call, and of its root user.
func issuersIn(a *iam.Account) []string {
	partition := a.Partition
	if partition == "" {
		partition = "aws"
	}
	out := []string{policy.AccountRoot(partition, a.ID)}
	for _, u := range a.Users {
		if mayIssue(newIdentity(&Node{User: u})) {
			out = append(out, u.ARN)
		}
	}
	return out
}

// mayIssue reports whether some policy of a user allows the call.
func mayIssue(id *identity) bool { return mayAllow(id, federationToken) }

// mayAllow reports whether some policy of a user allows an action, or was not read.
func mayAllow(id *identity, action string) bool {
	return slices.ContainsFunc(id.policies, func(p policy.Attached) bool {
		return p.Document == nil || p.Document.UsesAction(policy.Allow, action)
	})
}

// TokenRequest is the request by which a user or root user gets a session.
func TokenRequest(issuer, session *Node) Ask {
	return Ask{Node: issuer, Action: federationToken, Resource: session.ID}
}

// Federate decides sts:GetFederationToken with all permissions that the call needs: tags
// that it passes take sts:TagSession as well (STS-06).
func (m *Model) Federate(ask Ask) policy.Decision {
	a := Assumption{Action: federationToken, Decision: m.Decide(ask)}
	if !a.Requires.IsFalse() {
		m.withCompanion(&a, ask, tagSession, IsSessionTagKey)
	}
	return a.Decision
}

// FederatedUser is the session that an issuer, a user or root node, gets under
// the name of a node: the issuer passes a session policy that allows all that
// the issuer may do, which is the most that such a session can have (STS-10).
func FederatedUser(session, issuer *Node) *Node {
	n := *session
	n.User, n.Issuer = issuer.User, issuer.ID
	return &n
}

// federatedUserLayers fills in the caller's side of such a session. Of a session
// whose issuer is not given, its permissions are unknown.
func (m *Model) federatedUserLayers(n *Node, l *policy.Layers) []policy.Tag {
	l.SCPs = m.SCPs(n.Account)
	switch {
	case n.User != nil:
		id := m.identityOf(n)
		l.Identity, l.Boundary, l.HasBoundary = id.policies, id.boundary, id.boundary != nil
		l.Session, l.HasSession = []policy.Attached{{Document: anything, Name: "the session policy passed"}}, true
		return id.tags
	case n.RootToken():
		l.Identity = []policy.Attached{{Document: anything, Name: "the root user's permissions"}}
		l.Session, l.HasSession = []policy.Attached{{Document: anything, Name: "the session policy passed"}}, true
	default:
		l.IdentityUnknown = n.Account
	}
	return nil
}
