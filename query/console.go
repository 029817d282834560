package query

import (
	"strings"

	"accesspath/graph"
	"accesspath/policy"
)

// modes tells whether a path also works with the console's "Switch Role" (STS-14,
// CHAIN-49): only where the identity first signed in may go straight to the last role, and
// passes nothing that the console cannot pass. Where assuming a role is what the path is
// for, that is the switch. Who signs in through an identity provider is the session of the
// role that the sign-in is for: the User Guide says so of SAML and of web identities.
func (w *walker) modes(t trace, nodes []graph.NodeID, assumes bool) []string {
	signed, moves := w.e.g.Node(nodes[0]), t.moves
	mayGoOn := signed.Kind == graph.KindUser
	if (signed.Kind == graph.KindFederated || ofCenter(signed)) && len(moves) > 0 && moves[0].kind == graph.Federates {
		signed, moves, mayGoOn = w.e.g.Node(nodes[1]), moves[1:], true
	}
	console := false
	switch {
	case len(moves) == 0 && assumes:
		console = signed.Acts() && switches(signed, w.accept[t.last()])
	case len(moves) == 0:
		console = signed.Acts()
	case len(moves) == 1 && !assumes && mayGoOn && moves[0].kind != graph.GetsFederationToken:
		console = switches(signed, moves[0].req)
	}
	if console {
		return []string{"api", "console"}
	}
	return []string{"api"}
}

// switches reports whether a call of sts:AssumeRole may be the console's: that gives no
// external ID, sets no source identity and passes no tags (STS-14, TRUST-20), and names the
// session of a user after the user, as the User Guide says of switching roles.
func switches(n *graph.Node, req policy.Requirement) bool {
	return !req.Given(policy.ContextFunc(func(key string) policy.Value {
		switch {
		case key == "sts:rolesessionname" && n.User != nil:
			return policy.Is(n.User.Name)
		case key == "sts:externalid", key == "sts:sourceidentity", key == "aws:tagkeys", key == "sts:transitivetagkeys", strings.HasPrefix(key, "aws:requesttag/"):
			return policy.NotThere()
		}
		return policy.Value{}
	})).Simplify().IsFalse()
}
