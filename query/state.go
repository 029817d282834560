package query

import (
	"slices"
	"strings"
	"time"

	"accesspath/graph"
	"accesspath/policy"
)

// issuer says how the session at hand came about: it decides which keys its
// requests carry (CHAIN-05, CHAIN-10 to CHAIN-29).
type issuer uint8

const (
	longTerm  issuer = iota // an IAM user or root with keys or console; modes are tried per request
	subject                 // a role asked about by itself: whoever issued the session
	assumed                 // sts:AssumeRole
	webSignIn               // AssumeRoleWithWebIdentity
	samlSignIn
	idcSignIn // IAM Identity Center
	delivered // by a service or compute
	outsider  // account, external principal, public
	tokenOf   // sts:GetFederationToken; facts.by says whose
)

// mfaState is what a role session carries of multi-factor authentication.
type mfaState uint8

const (
	mfaNo   mfaState = iota
	mfaBase          // the chain began in a session with MFA (U-01)
)

// facts is what a session carries. Plain sessions of one issuer share a value,
// so states hardly outnumber principals.
type facts struct {
	issuer   issuer
	mfa      mfaState
	choice   uint32       // into walker.choices; 0: nothing was chosen that matters later
	tagged   bool         // the session has transitive tags that its issuer always sets (STS-07)
	asserted bool         // it may have transitive tags that the provider of the first session asserted
	claims   uint16       // whose claims calls of sessions beyond the next may carry (U-06), as an index into domains.claims from 1; 0: nobody reads any
	by       graph.NodeID // of tokenOf: the user or root that asked for the session; of sessions that a carrier, Identity Center or an identity pool's guests have: who got them, if some test reads that
}

// state is one session that a walk can hold (CHAIN-20).
type state struct {
	node  graph.NodeID
	facts facts
}

// resolver folds what a session carries into an open requirement.
type resolver struct {
	node   *graph.Node
	facts  facts
	choice *choice // what was chosen for the session; never nil
	asOf   time.Time
	tags   []policy.Tag
	trust  *issuers    // of subject roles
	signIn string      // whose claims those are; "" nobody's
	by     *graph.Node // of delivered and Identity Center sessions, and of guests: who or what they were given to; nil if that does not matter

	withoutMFA bool // see Options
	withKeys   bool // somebody from outside signs with long-term keys
}

// resolve rewrites every atom that the session decides. Somebody from outside may have
// one, or long-term keys, which is all one unless some test reads it (CHAIN-21).
func (r *resolver) resolve(req policy.Requirement) policy.Requirement {
	if !req.IsOpen() {
		return req
	}
	out := req.Map(r.atom)
	if out.IsTrue() || r.facts.issuer != outsider || !r.node.MayHoldKeys() || !req.Mentions(ofIssueTime) {
		return out
	}
	keys := *r
	keys.withKeys = true
	return policy.Or(out, policy.And(req.Map(keys.atom), policy.AtomRequirement(longTermKeys)))
}

func ofIssueTime(a *policy.Atom) bool {
	return !a.Opaque && a.Hop == 0 && strings.EqualFold(a.Key, "aws:TokenIssueTime")
}

// longTermKeys is the test that a call is signed with such.
var longTermKeys = policy.Atom{Key: "aws:TokenIssueTime", Operator: "Null", Class: policy.ClassSession}

func (r *resolver) atom(a *policy.Atom) policy.Requirement {
	if a.Opaque || a.Hop != 0 {
		return policy.Keep(a)
	}
	key := strings.ToLower(a.Key)
	switch key {
	case "aws:multifactorauthpresent", "aws:multifactorauthage":
		return r.mfa(a, key)
	case "aws:tokenissuetime":
		if r.withKeys {
			return a.Fold(policy.NotThere())
		}
		return a.Fold(policy.Is(r.asOf.UTC().Format(time.RFC3339)))
	case "aws:sourceidentity", "sts:sourceidentity":
		return r.sourceIdentity(a, key)
	case strings.ToLower(policy.SessionNameKey):
		return r.sessionName(a, a.Values)
	case "aws:userid":
		return r.userID(a)
	case "aws:federatedprovider":
		if r.facts.issuer == webSignIn && !a.Negated && !r.signsInBy(func(provider string) bool { return !a.Fold(policy.Is(provider)).IsFalse() }) {
			return policy.False()
		}
		return r.bySignIn(a, r.facts.issuer == webSignIn)
	case "aws:assumedroot":
		return a.Fold(policy.NotThere())
	case "identitystore:userid", "identitystore:identitystorearn":
		if r.by != nil && r.by.Kind == graph.KindIDCUser && key == "identitystore:userid" {
			return a.Fold(policy.Is(r.by.Key)) // IDC-06
		}
		return r.bySignIn(a, r.facts.issuer == idcSignIn)
	case "aws:signinsessionarn":
		return r.bySignIn(a, r.facts.issuer == delivered)
	}
	if isCarrierKey(key) {
		return r.carried(a, key)
	}
	if tag, ok := strings.CutPrefix(key, "aws:principaltag/"); ok {
		return r.principalTag(a, tag)
	}
	if a.Class == policy.ClassIDP {
		return r.claim(a, key)
	}
	return policy.Keep(a)
}

// bySignIn keeps an atom open if the session can carry its key at all.
func (r *resolver) bySignIn(a *policy.Atom, carries bool) policy.Requirement {
	if carries || r.facts.issuer == subject && r.trust.carries(a) || r.facts.issuer == outsider {
		return policy.Keep(a)
	}
	return a.Fold(policy.NotThere())
}

// carried decides what only certain carriers put into their sessions (SVC-05,
// CKEY-17).
func (r *resolver) carried(a *policy.Atom, key string) policy.Requirement {
	if r.by != nil {
		if v := r.by.Delivers(key); v.Knowledge != policy.Unknown {
			return a.Fold(v)
		}
	}
	return r.bySignIn(a, r.facts.issuer == delivered)
}

// name is the name of the session, and whether it is settled (VAR-06, CHAIN-15).
func (r *resolver) name() (string, bool) {
	switch {
	case r.facts.issuer == assumed:
		return r.choice.name, true
	case r.by != nil:
		return r.by.SessionName()
	}
	return "", false
}

// mfa is CHAIN-05 for role sessions; users try their modes in userModes.
func (r *resolver) mfa(a *policy.Atom, key string) policy.Requirement {
	switch r.facts.issuer {
	case webSignIn, samlSignIn, idcSignIn:
		return a.Fold(policy.NotThere()) // TRUST-22
	case tokenOf:
		break // the call takes no MFA code
	case delivered:
		return neverMFA(a, key)
	case outsider:
		return r.anyMFA(a, key)
	case subject:
		if r.trust.onlySignIn {
			return a.Fold(policy.NotThere())
		}
		if r.trust.onlyService {
			return neverMFA(a, key)
		}
		return r.baseMFA(a, key)
	}
	if r.facts.mfa == mfaBase {
		return r.carriedMFA(a, key)
	}
	if key == "aws:multifactorauthage" {
		return a.Fold(policy.NotThere())
	}
	return a.Fold(policy.Is("false"))
}

// neverMFA is for sessions that a service delivers: they never have MFA, and only
// whether their requests carry the key at all is not known (CHAIN-05, CKEY-11).
func neverMFA(a *policy.Atom, key string) policy.Requirement {
	absent := a.Fold(policy.NotThere())
	if key == "aws:multifactorauthage" {
		return absent
	}
	no := a.Fold(policy.Is("false"))
	if no.IsOpen() || absent.IsOpen() || no.IsTrue() != absent.IsTrue() {
		return policy.Keep(a)
	}
	return no
}

// anyMFA is for sessions of which nothing is known: the key may be anything, or,
// where nobody uses MFA, false or not there.
func (r *resolver) anyMFA(a *policy.Atom, key string) policy.Requirement {
	switch {
	case !r.withoutMFA:
		return policy.Keep(a)
	case key == "aws:multifactorauthage":
		return a.Fold(policy.NotThere())
	}
	return policy.Or(a.Fold(policy.NotThere()), a.Fold(policy.Is("false")))
}

// carriedMFA is for the states in which the first session's MFA does reach this
// one, which is an open question (U-01): each test that rests on it says so. The
// states in which it does not are walked beside them.
func (r *resolver) carriedMFA(a *policy.Atom, key string) policy.Requirement {
	if key == "aws:multifactorauthage" {
		b := *a
		b.Code = "U-01"
		return policy.AtomRequirement(b)
	}
	carried := a.Fold(policy.Is("true"))
	if carried.IsFalse() || a.Fold(policy.Is("false")).IsTrue() {
		return carried
	}
	return policy.AtomRequirement(policy.Atom{Key: "aws:MultiFactorAuthPresent", Operator: "Bool", Values: []string{"true"}, Class: policy.ClassMFA, Code: "U-01"})
}

// baseMFA is for a role asked about by itself, of which one state stands for
// both: whether the context of the first session's MFA reaches later hops is
// an open question (U-01): without it the key is false.
func (r *resolver) baseMFA(a *policy.Atom, key string) policy.Requirement {
	without := a.Fold(policy.Is("false"))
	if key == "aws:multifactorauthage" {
		without = a.Fold(policy.NotThere())
	}
	if !without.IsFalse() || r.withoutMFA {
		return without
	}
	b := *a
	b.Code = "U-01"
	if b.Operator == "Null" || b.Negated && b.Operator == "Bool" {
		b = policy.Atom{Key: "aws:MultiFactorAuthPresent", Operator: "Bool", Values: []string{"true"}, Class: policy.ClassMFA, Code: "U-01"}
	}
	return policy.AtomRequirement(b)
}

// sessionName decides a demand on the session's own name: a name that some later
// test reads was chosen, or it is another (PRINC-07, CHAIN-15).
func (r *resolver) sessionName(a *policy.Atom, values []string) policy.Requirement {
	name, ok := r.name()
	if !ok {
		return policy.Keep(a)
	}
	b := *a
	b.Values = values
	return b.Fold(policy.Is(name))
}

// userID: the part behind the colon is the session's name (VAR-04, CKEY-07).
func (r *resolver) userID(a *policy.Atom) policy.Requirement {
	name, ok := r.name()
	if r.node.Role == nil || !ok || r.node.Role.UniqueID == "" {
		return policy.Keep(a)
	}
	return a.Fold(policy.Is(r.node.Role.UniqueID + ":" + name))
}

// guestClaim tells guests of identity pools from their signed-in users (FED-11, FED-13).
const guestClaim = "cognito-identity.amazonaws.com:amr"

// claim: claims of the sign-in stay for the next calls only as far as FED-20 lists
// them; whether calls of sessions beyond carry those is not known (U-06).
func (r *resolver) claim(a *policy.Atom, key string) policy.Requirement {
	switch r.facts.issuer {
	case samlSignIn:
		if samlClaim(key) {
			return policy.Keep(a)
		}
	case webSignIn:
		if key == guestClaim && r.by != nil {
			return a.Fold(policy.Is("unauthenticated"))
		}
		if issuer, ok := webClaim(key); ok && r.signsInBy(func(provider string) bool { return strings.EqualFold(provider, issuer) }) {
			return policy.Keep(a)
		}
	case subject:
		if r.trust.carries(a) {
			return policy.Keep(a)
		}
	case outsider:
		return policy.Keep(a)
	case assumed:
		if r.signIn != "" && r.signIn == claimIssuer(key) {
			b := *a
			b.Code = codeClaimsBeyond
			return policy.AtomRequirement(b)
		}
	}
	return a.Fold(policy.NotThere())
}

// signsInBy reports whether the role's trust names a web identity provider that a test
// holds of, by its ARN or, without that, by its issuer; or lets in everyone's (FED-06).
func (r *resolver) signsInBy(is func(provider string) bool) bool {
	if r.node.Role == nil || r.node.Role.Trust.Document == nil {
		return true
	}
	return slices.ContainsFunc(r.node.Role.Trust.Document.Statements, func(s policy.Statement) bool {
		return s.Effect == policy.Allow && (s.NotPrincipal != nil || slices.ContainsFunc(s.Principal, func(p policy.PrincipalElement) bool {
			_, issuer, _ := strings.Cut(p.Text, ":oidc-provider/")
			return p.Any() || p.Type == "Federated" && (is(p.Text) || issuer != "" && is(issuer))
		}))
	})
}

// principalTag: a tag passed or inherited decides, else the role's own (SYM-20,
// SYM-21).
func (r *resolver) principalTag(a *policy.Atom, tag string) policy.Requirement {
	if r.node.Role == nil {
		return policy.Keep(a)
	}
	if t, ok := r.choice.tag(tag); ok {
		if t.value == anyValue && r.facts.tagged && graph.SetByEKS(tag) {
			return byIssuer(a) // of one pod, whichever: consistent sees to that
		}
		return a.Fold(r.tagValue(tag))
	}
	if r.facts.issuer == subject && r.trust.taggable {
		own := policy.TagValue(r.tags, tag)
		req := a.Fold(own)
		switch {
		case req.IsTrue():
			return req
		case own.Knowledge == policy.Known: // a tag that is passed takes its place, and leaves none without one
			return policy.Or(req, passedOver(a))
		}
		return policy.Or(req, policy.Keep(a)) // SYM-22
	}
	own := a.Fold(r.tagValue(tag))
	if r.asserts(tag) {
		return asserted(own, a)
	}
	return own
}

// passedOver is a test of a tag that a role has itself, where another may have been passed:
// to Null, an empty one is as good as none (COND-05, U-21).
func passedOver(a *policy.Atom) policy.Requirement {
	other := a.Fold(policy.Value{Knowledge: policy.Present})
	if a.Operator != "Null" || !a.Fold(policy.Is("")).IsTrue() {
		return other
	}
	return policy.Or(other, policy.AtomRequirement(policy.Atom{Key: a.Key, Operator: "StringEquals", Values: []string{""}, Class: a.Class, Code: "U-21"}))
}

// tagValue is the session's tag, ignoring case in keys (SYM-23).
func (r *resolver) tagValue(tag string) policy.Value {
	if t, ok := r.choice.tag(tag); ok {
		if t.value == anyValue {
			return policy.Value{Knowledge: policy.Present}
		}
		return policy.Is(t.value)
	}
	return policy.TagValue(r.tags, tag)
}

// principalTags is a context of the tags of who calls.
func principalTags(value func(tag string) policy.Value) policy.Context {
	return policy.ContextFunc(func(key string) policy.Value {
		if tag, ok := strings.CutPrefix(key, "aws:principaltag/"); ok {
			return value(tag)
		}
		return policy.Value{}
	})
}

// byIssuer is a test of something that the issuer of the first session asserted: it is
// there, and only its value is open.
func byIssuer(a *policy.Atom) policy.Requirement {
	b := *a
	b.Class = policy.ClassIDP
	return policy.AtomRequirement(b).Map(func(a *policy.Atom) policy.Requirement { // another formula than that of the caller's choice
		return a.Fold(policy.Value{Knowledge: policy.Present})
	})
}

// byPicker is a test of a source identity that the caller picks for a variable: it is there,
// and another one than those that tests name, which are picked by themselves.
func byPicker(a *policy.Atom) policy.Requirement {
	if a.Operator == "StringEquals" {
		return a.Fold(policy.Is(otherValue))
	}
	return a.Fold(policy.Value{Knowledge: policy.Present})
}

// sourceIdentity: set once, then fixed for the rest of the chain (CHAIN-13).
// sts:SourceIdentity is the value on this call, aws:SourceIdentity the one that
// the session already has.
func (r *resolver) sourceIdentity(a *policy.Atom, key string) policy.Requirement {
	if key == "sts:sourceidentity" || r.facts.issuer == subject || r.facts.issuer == outsider || r.node.Role == nil && r.facts.issuer != tokenOf {
		return policy.Keep(a) // of the call: walker.call decides
	}
	if r.choice.source == "" {
		return a.Fold(policy.NotThere()) // nor does sts:GetFederationToken take one
	}
	if r.choice.source == anyValue {
		return byIssuer(a)
	}
	if r.choice.source == anySource {
		return byPicker(a)
	}
	return a.Fold(policy.Is(r.choice.source))
}
