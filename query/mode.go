package query

import (
	"strings"
	"time"

	"accesspath/graph"
	"accesspath/iam"
	"accesspath/policy"
)

// A user can sign a request with long-term keys, with a session without MFA, or
// with a session (or, for AssumeRole, a call) with MFA (CHAIN-05). The request
// is allowed if one of these ways is; the way with MFA asks for it.
type mode struct {
	mfa     policy.Value
	issued  policy.Value
	needMFA bool
}

func userModes(asOf time.Time) []mode {
	now := policy.Is(asOf.UTC().Format(time.RFC3339))
	return []mode{
		{policy.NotThere(), policy.NotThere(), false},
		{policy.Is("false"), now, false},
		{policy.Is("true"), now, true},
		{policy.Is("true"), policy.NotThere(), true}, // code given on the call itself
	}
}

// A callKind is what a way to sign a request may be limited to.
type callKind uint8

const (
	anyCall callKind = iota
	// assumeCall is sts:AssumeRole, which takes the code of a device itself.
	assumeCall
	// iamCall is a call of IAM: a session that sts:GetSessionToken issues without
	// MFA cannot make it (STS-09), one of the console can.
	iamCall
)

// byModes folds a user's open requirement with each way to sign. plain is what
// remains without MFA, base what a session with MFA adds.
func (e *Engine) byModes(n *graph.Node, req policy.Requirement, call callKind) (plain, base policy.Requirement) {
	if !mentionsMode(req) {
		return req, req
	}
	asOf, mfa := e.asOf(), e.mfaOf(n)
	for i, m := range userModes(asOf) {
		if i == 3 && call != assumeCall {
			continue
		}
		r := req.Given(policy.ContextFunc(func(key string) policy.Value {
			switch key {
			case "aws:multifactorauthpresent":
				return m.mfa
			case "aws:multifactorauthage":
				if m.needMFA {
					return policy.Value{}
				}
				return policy.NotThere()
			case "aws:tokenissuetime":
				return m.issued
			}
			return policy.Value{}
		}))
		switch {
		case i == 1 && call == iamCall && !r.IsFalse() && !plain.IsTrue():
			plain = policy.Or(plain, policy.And(r, e.console(n)))
		case !m.needMFA:
			plain = policy.Or(plain, r)
		case i == 2:
			base = policy.And(r, mfa)
		default:
			plain = policy.Or(plain, policy.And(r, mfa))
		}
	}
	if plain.IsTrue() {
		return plain, base
	}
	return policy.Or(plain, base).Simplify(), base.Simplify()
}

// signed is what a call asks of a user or root user by itself. Those of IAM are
// not to be made with every session (STS-09); other calls are left as they are,
// for the walk to settle.
func (e *Engine) signed(n *graph.Node, action string, req policy.Requirement) policy.Requirement {
	if originIssuer(n) != longTerm || !strings.HasPrefix(strings.ToLower(action), "iam:") || !mentionsMode(req) {
		return req
	}
	plain, _ := e.byModes(n, req, iamCall)
	return plain
}

// mfaOf is what it takes a user or root user to sign with multi-factor
// authentication (CHAIN-05): the code of a device; nothing will do for a user
// who is known to have none and may not enable one. Where no input says whether
// there is a device, the requirement says that.
func (e *Engine) mfaOf(n *graph.Node) policy.Requirement {
	a := policy.Atom{Key: "aws:MultiFactorAuthPresent", Operator: "Bool", Values: []string{"true"}, Class: policy.ClassMFA}
	known := iam.Unknown
	switch {
	case e.o.WithoutMFA:
		return policy.False()
	case n.User != nil && n.User.Credentials != nil:
		known = n.User.Credentials.MFA
	case n.Kind == graph.KindRoot:
		known = iam.Present // root users can always add one
	}
	switch {
	case known == iam.Unknown:
		a.Code = codeMFADevice
	case known == iam.KnownEmpty && e.g.Model.Decide(graph.Ask{Node: n, Action: "iam:EnableMFADevice", Resource: n.ID}).Requires.IsFalse():
		return policy.False()
	}
	return policy.AtomRequirement(a)
}

// console is what it takes a user to sign in to the console: a password. Root
// users have one.
func (e *Engine) console(n *graph.Node) policy.Requirement {
	if n.User == nil {
		return policy.True()
	}
	known := iam.Unknown
	if c := n.User.Credentials; c != nil {
		known = c.Password
	}
	switch known {
	case iam.Present:
		return policy.True()
	case iam.KnownEmpty:
		return policy.False()
	}
	return policy.DataAtom(codePassword, n.ID)
}

// codePassword marks that no input says whether a user has a password.
const codePassword = "DATA:console-password"

// codeMFADevice marks a demand for MFA on a user of whom no input says whether
// there is a device.
const codeMFADevice = "DATA:mfa-device"

func mentionsMode(r policy.Requirement) bool {
	return r.Mentions(func(a *policy.Atom) bool {
		switch strings.ToLower(a.Key) {
		case "aws:multifactorauthpresent", "aws:multifactorauthage", "aws:tokenissuetime":
			return true
		}
		return false
	})
}

// issuers says who can have issued a session of a role that is asked about by
// itself: it decides which keys may be there.
type issuers struct {
	taggable    bool
	onlySignIn  bool // SAML, OIDC or Identity Center alone
	onlyService bool
	saml, web   bool
	service     bool
}

func issuersOf(role *iam.Role) *issuers {
	out := &issuers{taggable: graph.Taggable(role)}
	aws := false
	if d := role.Trust.Document; d != nil {
		for i := range d.Statements {
			s := &d.Statements[i]
			if s.Effect != policy.Allow {
				continue
			}
			aws = aws || s.NotPrincipal != nil
			for k := range s.Principal {
				switch p := &s.Principal[k]; {
				case p.Type == "Service":
					out.service = true
				case p.Type == "Federated" && strings.Contains(p.Text, ":saml-provider/"):
					out.saml = true
				case p.Type == "Federated":
					out.web = true
				default:
					aws = true
				}
			}
		}
	} else {
		aws = true
	}
	if _, ok := role.PermissionSet(); ok {
		out.onlySignIn, out.taggable = true, true // IDC-05
		return out
	}
	// Where nobody known may issue a session, whoever does is unknown (QRY-04).
	aws = aws || !out.service && !out.saml && !out.web
	out.onlySignIn = !aws && !out.service
	out.onlyService = !aws && !out.saml && !out.web
	return out
}

// carries reports whether some issuer gives sessions the atom's key.
func (i *issuers) carries(a *policy.Atom) bool {
	key := strings.ToLower(a.Key)
	switch {
	case strings.HasPrefix(key, "saml:"):
		return i.saml
	case strings.HasPrefix(key, "identitystore:"):
		return i.saml && i.onlySignIn
	case key == "aws:federatedprovider" || a.Class == policy.ClassIDP:
		return i.web
	}
	return i.service
}

// stepWithKeys adds the moves of a user who signs with long-term keys: as it is, and with
// MFA where some test reads that (CHAIN-05).
func (w *walker) stepWithKeys(s state, e graph.Edge, next facts) {
	n := w.e.g.Node(s.node)
	w.assume(s, e, next, folding{0, func(r policy.Requirement) policy.Requirement {
		plain, _ := w.e.byModes(n, r, assumeCall)
		return plain.Simplify()
	}})
	if !w.domains.mfa {
		return
	}
	next.mfa = mfaBase
	w.assume(s, e, next, folding{1, func(r policy.Requirement) policy.Requirement {
		_, base := w.e.byModes(n, r, assumeCall)
		return policy.And(base, w.e.mfaOf(n)).Simplify()
	}})
}
