package graph

import (
	"slices"
	"strings"

	"accesspath/iam"
	"accesspath/policy"
)

// A user calls sts:GetFederationToken with a name of their choice and holds the
// session arn:aws:sts::ACCOUNT:federated-user/NAME (PRINC-08, STS-10). Names are
// without number, so only those that some resource's policy tells apart become
// nodes: for all others the user's own access says everything.

const federationToken = "sts:GetFederationToken"

// federatedUsers lists a node for each session name that resource policies
// read, in loaded accounts.
func (b *builder) federatedUsers() []Node {
	var out []Node
	seen := map[string]bool{}
	add := func(text string) {
		a, ok := policy.ParseARN(text)
		name, isName := strings.CutPrefix(a.Resource, "federated-user/")
		if !ok || a.Service != "sts" || !isName || name == "" || seen[text] || !b.g.Model.Snapshot.Account(a.Account).Loaded() {
			return
		}
		seen[text] = true
		out = append(out, Node{ID: text, Kind: KindFederatedUser, Account: a.Account, Name: name})
	}
	for _, r := range b.g.Model.Snapshot.Resources {
		if r.Policy == nil || r.Policy.Document == nil {
			continue
		}
		for i := range r.Policy.Document.Statements {
			eachFederatedUser(&r.Policy.Document.Statements[i], add)
		}
	}
	return out
}

// eachFederatedUser finds session names in principals and in conditions on who
// the caller is. A wildcard stands for one name that fits it.
func eachFederatedUser(s *policy.Statement, add func(arn string)) {
	for i := range s.Principal {
		if s.Principal[i].Type == "AWS" {
			add(s.Principal[i].Text)
		}
	}
	for _, c := range s.Conditions {
		if !strings.EqualFold(c.Key, "aws:PrincipalArn") {
			continue
		}
		for _, v := range c.Values {
			if strings.Contains(v, ":federated-user/") {
				add(strings.NewReplacer("*", "x", "?", "x").Replace(v))
			}
		}
	}
}

// federationTokens finds who may ask for the sessions.
func (b *builder) federationTokens() []built {
	var out []built
	for i := range b.g.nodes {
		head := &b.g.nodes[i]
		if head.Kind != KindFederatedUser {
			continue
		}
		account := b.g.Model.Snapshot.Account(head.Account)
		for _, id := range issuersIn(account) {
			tail, ok := b.g.ids[id]
			if !ok {
				continue
			}
			d := b.g.Model.Decide(TokenRequest(&b.g.nodes[tail], head))
			if !d.Requires.IsFalse() {
				out = append(out, built{tail: uint32(tail), head: NodeID(i), kind: GetsFederationToken, req: d.Requires})
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
		id := newIdentity(&Node{User: u})
		if slices.ContainsFunc(id.policies, func(p policy.Attached) bool {
			return p.Document == nil || p.Document.UsesAction(policy.Allow, federationToken)
		}) {
			out = append(out, u.ARN)
		}
	}
	return out
}

// TokenRequest is the request by which a user or root user gets a session.
func TokenRequest(issuer, session *Node) Ask {
	return Ask{Node: issuer, Action: federationToken, Resource: session.ID}
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
	case n.Issuer != "": // the root user
		l.Identity = []policy.Attached{{Document: anything, Name: "the root user's permissions"}}
		l.Session, l.HasSession = []policy.Attached{{Document: anything, Name: "the session policy passed"}}, true
	default:
		l.IdentityUnknown = n.Account
	}
	return nil
}
