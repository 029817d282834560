package words

import (
	"strings"
)

// Families of principal kinds (PRINC-24): what a reader tells apart at a
// glance, and what a picture gives a shape of its own.
const (
	User      = "user"
	Role      = "role"
	Root      = "root"
	Group     = "group"
	Service   = "service"
	Federated = "federated"
	Account   = "account"
	Public    = "public"
	Other     = "other"
)

// Family returns the family of a kind as results name it.
func Family(kind string) string {
	switch kind {
	case "user", "role", "root", "group", "service", "account", "public":
		return kind
	case "service-role", "service-linked", "service-linked-role", "sso", "sso-role", "instance", "session":
		return Role
	case "federated-user", "federated-identity", "idc-user", "idc-group", "idc-permission-set", "federated":
		return Federated
	case "instance-profile", "compute", "trust-anchor":
		return Service // compute that carries a role, or certificates that do
	case "root-session":
		return Root
	case "external":
		return Account
	case "any", "anonymous", "*":
		return Public
	}
	return Other
}

// A Name is a principal's identifier taken apart for display.
type Name struct {
	ID      string // as given
	Kind    string // family; Other if the identifier does not tell
	Account string // 12 digits, or ""
	Label   string // what people call it
}

// Principal takes an identifier of a result apart: an ARN, "*", "account:ID", a
// service or a federated identity. It never fails; what it does not know keeps
// its identifier as label.
func Principal(id string) Name {
	n := Name{ID: id, Kind: Other, Label: id}
	switch {
	case id == "":
		n.Label = "(unnamed)"
	case id == "*":
		n.Kind, n.Label = Public, "anyone"
	case strings.HasPrefix(id, "account:"):
		n.Kind, n.Account, n.Label = Account, id[len("account:"):], id[len("account:"):]
	case strings.HasPrefix(id, "service:"):
		n.Kind, n.Label = Service, id[len("service:"):]
	case strings.HasPrefix(id, "idc:"), strings.HasPrefix(id, "idc-user:"), strings.HasPrefix(id, "idc-group:"):
		n.Kind, n.Label = Federated, id[strings.IndexByte(id, ':')+1:]
	case strings.HasPrefix(id, "compute:"):
		n = Principal(id[len("compute:"):])
		n.ID, n.Kind = id, Service
	case strings.HasPrefix(id, "cognito-identity.amazonaws.com:"):
		n.Kind, n.Label = Public, "guests of identity pools"
	case strings.HasPrefix(id, "arn:"):
		arn(&n)
	case strings.HasSuffix(id, ".amazonaws.com") || strings.HasSuffix(id, ".amazonaws.com.cn"):
		n.Kind = Service
	}
	return n
}

// arn fills in what arn:partition:service:region:account:resource says.
func arn(n *Name) {
	parts := strings.SplitN(n.ID, ":", 6)
	if len(parts) < 6 {
		return
	}
	n.Account = parts[4]
	kind, rest, _ := strings.Cut(parts[5], "/")
	last := rest[strings.LastIndexByte(rest, '/')+1:]
	switch parts[2] + ":" + kind {
	case "iam:user":
		n.Kind, n.Label = User, last
	case "iam:role":
		n.Kind, n.Label = Role, last
	case "iam:group":
		n.Kind, n.Label = Group, last
	case "iam:root":
		n.Kind, n.Label = Root, "root"
	case "iam:instance-profile":
		n.Kind, n.Label = Service, last
	case "sts:assumed-role":
		n.Kind, n.Label = Role, rest
	case "sts:assumed-root":
		n.Kind, n.Label = Root, "root ("+rest+")"
	case "sts:federated-user":
		n.Kind, n.Label = Federated, rest
	case "iam:oidc-provider", "iam:saml-provider":
		n.Kind, n.Label = Federated, rest
	}
	if n.Label == "" {
		n.Label = n.ID
	}
}

// InAccount returns the label with the account behind it, where there is one.
func (n Name) InAccount() string {
	if n.Account == "" || n.Kind == Account {
		return n.Label
	}
	return n.Label + " (" + n.Account + ")"
}

// KindWord is how people call a kind as results name it.
func KindWord(kind string) string {
	switch kind {
	case "service-linked", "service-linked-role":
		return "service-linked role"
	case "sso", "sso-role":
		return "SSO role"
	case "instance":
		return "instance role"
	case "federated-identity":
		return "federated"
	case "idc-permission-set":
		return "permission set"
	case "":
		return "principal"
	}
	if rest, ok := strings.CutPrefix(kind, "idc-"); ok {
		kind = "SSO " + rest
	}
	return strings.ReplaceAll(kind, "-", " ")
}

// Plural puts a count before a noun: "1 role", "2 roles", "3 identities".
func Plural(n int, noun string) string {
	return Count(n) + " " + Plurals(n, noun)
}

// Plurals returns the noun in the number that n asks for.
func Plurals(n int, noun string) string {
	switch {
	case n == 1:
		return noun
	case noun == "public":
		return noun
	case noun == "federated", noun == "external":
		return noun + " principals"
	case strings.HasSuffix(noun, "identity"), strings.HasSuffix(noun, "policy"):
		return noun[:len(noun)-1] + "ies"
	}
	return noun + "s"
}
