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
	taggers map[string]bool // accounts with users who may pass tags
	nodes   []Node
	allowed map[string][]string               // by account: see allow
	reads   map[*policy.Document]tokenReading // of each document, once
	done    map[readFor]bool
	of      map[string]*tokenReading // by account, "" for all: what bears on the sessions of its callers
	users   map[string]*tokenReading // and on those of its users only
}

// federatedUsers lists a node for each session that policies read, in loaded accounts.
func (b *builder) federatedUsers() []Node {
	t := &tokens{b: b, issuers: map[string]bool{}, taggers: map[string]bool{}, seen: map[string]bool{}, allowed: map[string][]string{},
		reads: map[*policy.Document]tokenReading{}, done: map[readFor]bool{}, of: map[string]*tokenReading{}, users: map[string]*tokenReading{}}
	t.readResources()
	t.readGuardrails()
	for _, a := range b.g.Model.Snapshot.Accounts {
		if a.Loaded() && len(issuersIn(a)) > 1 { // more than the root user
			t.issuers[a.ID] = true
			t.readUsers(a)
		}
	}
	b.tokenRoots = t.rootsApart()
	t.expand()
	return t.nodes
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
			if !by.names(head.ID) || head.AnyToken() && b.g.nodes[by.node].Kind == KindRoot && !b.tokenRoots[head.Account] {
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
