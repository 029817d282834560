package policy

import "strings"

// A PrincipalElement is one entry of Principal or NotPrincipal (PRINC-01).
type PrincipalElement struct {
	Type    string // "*" (the bare star), "AWS", "Service", "Federated", "CanonicalUser"
	Text    string // as written
	arn     ARN    // of AWS elements that are ARNs
	isARN   bool
	account string // of elements that stand for an account (PRINC-03)
	unique  bool   // a unique id such as AROA… (PRINC-09)
}

func newPrincipalElement(kind, text string) PrincipalElement {
	p := PrincipalElement{Type: kind, Text: text}
	if kind != "AWS" {
		return p
	}
	if IsAccountID(text) {
		p.account = text
		return p
	}
	if p.arn, p.isARN = ParseARN(text); p.isARN {
		if p.arn.Service == "iam" && p.arn.Resource == "root" {
			p.account = p.arn.Account
		}
		return p
	}
	p.unique = IsUniqueID(text)
	return p
}

// IsUniqueID reports whether s looks like the unique id that IAM shows in place
// of a deleted principal: AIDA… for users, AROA… for roles.
func IsUniqueID(s string) bool {
	if len(s) < 8 || (!strings.HasPrefix(s, "AIDA") && !strings.HasPrefix(s, "AROA")) {
		return false
	}
	for i := range len(s) {
		if c := s[i]; (c < 'A' || c > 'Z') && (c < '0' || c > '9') {
			return false
		}
	}
	return true
}

// Any reports whether the element stands for everyone (PRINC-02).
func (p PrincipalElement) Any() bool { return p.Type == "*" || (p.Type == "AWS" && p.Text == "*") }

// AccountID returns the account that the element delegates to, or "" (PRINC-03).
func (p PrincipalElement) AccountID() string { return p.account }

// ARN returns the parts of an AWS element that is an ARN.
func (p PrincipalElement) ARN() (ARN, bool) { return p.arn, p.isARN }

// ServiceOwned reports whether the element is the ARN of a principal that a
// service owns, such as an origin access identity of CloudFront: no customer's
// account stands in it, so it has no identity side (PRINC-11).
func (p PrincipalElement) ServiceOwned() bool {
	return p.Type == "AWS" && p.isARN && p.arn.Service == "iam" && p.arn.Account != "" && !IsAccountID(p.arn.Account) && !strings.ContainsAny(p.arn.Account, "*?")
}

// SAMLAccount is the account of a SAML provider: it signs in to roles of its own account
// only (FED-02).
func (p PrincipalElement) SAMLAccount() (account string, ok bool) {
	if p.Type != "Federated" {
		return "", false
	}
	a, ok := ParseARN(p.Text)
	return a.Account, ok && strings.HasPrefix(a.Resource, "saml-provider/")
}

// UniqueID reports whether the element is a unique id.
func (p PrincipalElement) UniqueID() bool { return p.unique }

// namesRole reports whether the element is the ARN of a role of that name, whatever its
// path: names are unique in an account (GAAD-11).
func (p PrincipalElement) namesRole(name string) bool {
	path, ok := strings.CutPrefix(p.arn.Resource, "role/")
	return ok && path[strings.LastIndexByte(path, '/')+1:] == name
}

// RoleSession splits the ARN of an assumed-role session (PRINC-06). One with a wildcard
// is of no session (PRINC-13).
func (p PrincipalElement) RoleSession() (role, session string, ok bool) {
	rest, found := strings.CutPrefix(p.arn.Resource, "assumed-role/")
	if !found || p.arn.Service != "sts" || strings.ContainsAny(p.Text, "*?") {
		return "", "", false
	}
	return strings.Cut(rest, "/")
}

// defect says why the element can match nobody, or "".
func (p PrincipalElement) defect() string {
	switch {
	case p.Type != "AWS" || p.Any() || p.account != "" && !strings.Contains(p.account, "*") || p.unique:
		return ""
	case strings.ContainsAny(p.Text, "*?"):
		return "has a wildcard, which principals cannot have; it matches nobody (PRINC-13)"
	case p.isARN && p.arn.Service == "iam" && strings.HasPrefix(p.arn.Resource, "group/"):
		return "is a group, which cannot be a principal; it matches nobody (PRINC-14)"
	case p.isARN && p.arn.Service == "iam" && strings.HasPrefix(p.arn.Resource, "instance-profile/"):
		return "is an instance profile, which cannot be a principal; it matches nobody (TRUST-10)"
	case !p.isARN:
		return "is neither an ARN nor an account number nor a unique id; it matches nobody"
	}
	return ""
}

// CallerKind says what kind of credentials sign a request (VAR-04).
type CallerKind uint8

// The kinds of caller.
const (
	CallerUnknown       CallerKind = iota
	CallerUser                     // IAM user
	CallerRole                     // session of a role, name free unless SessionName is set
	CallerRoot                     // root user of an account
	CallerFederatedUser            // GetFederationToken session
	CallerService                  // service principal
	CallerAnonymous                // unsigned
	CallerWebIdentity              // unsigned AssumeRoleWithWebIdentity
	CallerSAML                     // unsigned AssumeRoleWithSAML
	CallerAccount                  // some principal of an account that is not loaded
)

// A Caller is the principal of a request.
type Caller struct {
	Kind        CallerKind
	ARN         string // of the user, role or root; provider ARN or service name for the federated and services
	Account     string // 12 digits; "" if unknown
	Partition   string
	Name        string // user or role name without path
	UniqueID    string
	SessionName string // of a role or federated-user session; "" if free
	Issuer      string // ARN of the user that asked for a federated-user session
	// ServiceLinked roles are beyond SCPs and RCPs (EVAL-33).
	ServiceLinked bool
	HasBoundary   bool // for PRINC-22
}

// pathless: the caller is a session of a role of which no more is known than what the
// session's ARN says, which has no path (PRINC-06).
func (c *Caller) pathless() bool {
	return c.Kind == CallerRole && strings.Contains(c.ARN, ":assumed-role/")
}

// matchKind says through which kind of entry a resource policy named the
// caller (section 3.4): it decides which other layers still count (EVAL-10).
type matchKind uint8

const (
	matchNone matchKind = iota
	matchAccount
	matchAny
	matchUserFed
	matchRole
	matchUser
	matchSession
	matchService
	matchFederated
)

var matchNames = [...]string{"", "account", "any", "user-fed", "role", "user", "session", "service", "federated"}

func (k matchKind) String() string { return matchNames[k] }

// principalMatch is a match with what it leaves open.
type principalMatch struct {
	kind matchKind
	open Requirement // True unless the match depends on something
	code string
}

// matchPrincipal compares one element with the caller.
func (e *evaluation) matchPrincipal(p *PrincipalElement) (principalMatch, bool) {
	c := &e.request.Caller
	if e.layer == resourceLayer && e.trust && !signsIn(c.Kind, e.name) {
		return principalMatch{kind: matchAny, open: codeAtom("U-20")}, p.Any() && !c.Kind.unsignedSignIn()
	}
	switch p.Type {
	case "*":
		return principalMatch{kind: matchAny, open: e.anyone()}, true
	case "Service":
		if c.Kind == CallerService && p.Text == c.ARN {
			return principalMatch{kind: matchService, open: True()}, true
		}
	case "Federated":
		return e.matchFederated(p)
	case "AWS":
		return e.matchAWS(p)
	case "CanonicalUser":
		if c.Kind != CallerService && c.Kind != CallerAnonymous {
			return principalMatch{kind: matchAccount, open: dataAtom("DATA:canonical-user", p.Text)}, true
		}
	}
	return principalMatch{}, false
}

// anyone is what a match of the bare star leaves open: whether it covers the
// unsigned federation calls in a trust policy is not documented (TRUST-06, U-20).
func (e *evaluation) anyone() Requirement {
	if e.layer == resourceLayer && e.request.Caller.Kind.unsignedSignIn() {
		return codeAtom("U-20")
	}
	return True()
}

// unsignedSignIn: the caller has no credentials but what an identity provider asserts.
func (k CallerKind) unsignedSignIn() bool { return k == CallerWebIdentity || k == CallerSAML }

// signsIn reports whether a caller gets into a role by a call of STS, name in lower case:
// in a trust policy the pairs of a principal and an action that do not fit are dead
// (TRUST-06).
func signsIn(k CallerKind, name string) bool {
	switch name {
	case "assumerole", "setcontext":
		return !k.unsignedSignIn()
	case "assumerolewithsaml":
		return k == CallerSAML
	case "assumerolewithwebidentity":
		return k == CallerWebIdentity
	}
	return true
}

func (e *evaluation) matchFederated(p *PrincipalElement) (principalMatch, bool) {
	c := &e.request.Caller
	switch c.Kind {
	case CallerWebIdentity, CallerSAML:
		if p.Text == c.ARN {
			return principalMatch{kind: matchFederated, open: True()}, true
		}
	case CallerRole:
		if account, ok := p.SAMLAccount(); ok && account == c.Account && !e.trust {
			return principalMatch{kind: matchAny, open: codeAtom("U-15")}, true // PRINC-17
		}
	}
	return principalMatch{}, false
}

// matchAWS compares an AWS element (PRINC-02 to PRINC-14).
func (e *evaluation) matchAWS(p *PrincipalElement) (principalMatch, bool) {
	c := &e.request.Caller
	if p.Any() {
		if c.Kind == CallerService {
			return principalMatch{kind: matchAny, open: codeAtom("U-05")}, true // PRINC-19
		}
		return principalMatch{kind: matchAny, open: e.anyone()}, true
	}
	switch c.Kind {
	case CallerService:
		return principalMatch{kind: matchService, open: True()}, p.ServiceOwned() && p.Text == c.ARN
	case CallerAnonymous, CallerWebIdentity, CallerSAML:
		return principalMatch{}, false
	}
	if p.account != "" {
		if p.account == c.Account && (!p.isARN || c.Partition == "" || p.arn.Partition == c.Partition) {
			return principalMatch{kind: matchAccount, open: True()}, true
		}
		return principalMatch{}, false
	}
	if p.unique {
		if c.UniqueID == p.Text {
			return principalMatch{kind: ownKind(c.Kind), open: True()}, true
		}
		return principalMatch{}, false
	}
	if p.isARN {
		return e.matchPrincipalARN(p)
	}
	return principalMatch{}, false
}

func ownKind(k CallerKind) matchKind {
	if k == CallerRole {
		return matchRole
	}
	return matchUser
}

// matchPrincipalARN compares an entity or session ARN. Comparison is exact: no
// wildcards, case and path included (PRINC-12, PRINC-13).
func (e *evaluation) matchPrincipalARN(p *PrincipalElement) (principalMatch, bool) {
	c := &e.request.Caller
	if p.Text == c.ARN && c.Kind != CallerFederatedUser {
		return principalMatch{kind: ownKind(c.Kind), open: True()}, true
	}
	if c.Kind == CallerFederatedUser {
		if p.Text == c.ARN {
			return principalMatch{kind: matchSession, open: True()}, true
		}
		if p.Text == c.Issuer {
			return principalMatch{kind: matchUserFed, open: True()}, true
		}
		return principalMatch{}, false
	}
	if c.pathless() && p.arn.Service == "iam" && p.arn.Account == c.Account && p.arn.Partition == c.Partition && p.namesRole(c.Name) {
		return principalMatch{kind: matchRole, open: True()}, true
	}
	role, session, ok := p.RoleSession()
	if !ok || c.Kind != CallerRole || p.arn.Account != c.Account || p.arn.Partition != c.Partition || role != c.Name {
		return principalMatch{}, false
	}
	switch {
	case c.SessionName == session:
		return principalMatch{kind: matchSession, open: True()}, true
	case c.SessionName != "":
		return principalMatch{}, false
	}
	// The name is chosen when the session is made (PRINC-07).
	open := newAtom(Atom{Key: SessionNameKey, Operator: "StringEquals", Values: []string{session}, Class: ClassSession})
	return principalMatch{kind: matchSession, open: open}, true
}
