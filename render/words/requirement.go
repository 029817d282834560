package words

import (
	"slices"
	"strconv"
	"strings"

	"accesspath/query"
)

const (
	maxAlternatives = 8 // printed of one anyOf (SYM-10)
	maxValues       = 6 // printed of one test
	maxDepth        = 6 // of nested formulas; deeper ones are hostile or useless
)

// Sentence says a requirement in plain words that fit behind "needs": `MFA`,
// `external ID "x"`, `either … or …`. The engine's own Text wins; of alternatives it
// says how many more there are. The hop is named where the requirement has one.
func Sentence(r query.Requirement) string { return At(r, 0) }

// At is [Sentence] for a reader who already knows that the requirement belongs
// to this hop (from 1): only other hops are named.
func At(r query.Requirement, hop int) string {
	if r.Hop == 0 && (len(r.AnyOf) > 0 || len(r.AllOf) > 0) {
		if h, ok := commonHop(r, 0); ok && h != 0 && h != hop {
			return say(r, h, 0) + " (at hop " + strconv.Itoa(h) + ")"
		}
	}
	return say(r, hop, 0)
}

// commonHop returns the hop that all atoms of a formula name.
func commonHop(r query.Requirement, depth int) (int, bool) {
	subs := slices.Concat(r.AnyOf, r.AllOf)
	if len(subs) == 0 || depth > maxDepth {
		return r.Hop, true
	}
	first, ok := commonHop(subs[0], depth+1)
	for _, s := range subs[1:] {
		h, same := commonHop(s, depth+1)
		ok = ok && same && h == first
	}
	return first, ok
}

func say(r query.Requirement, hop, depth int) string {
	var s string
	switch {
	case r.Text != "" && len(r.AnyOf) == 0:
		s = r.Text
	case depth >= maxDepth:
		return "…"
	case len(r.AnyOf) > 0:
		s = list(r.AnyOf, " or ", hop, depth)
		if len(r.AnyOf) > 1 {
			s = "either " + s
		}
		if r.Text != "" { // how many alternatives are not listed
			s += ", " + r.Text
		}
	case len(r.AllOf) > 0:
		s = list(r.AllOf, " and ", hop, depth)
	case r.Key != "":
		s = test(r)
	case r.Code != "":
		s = codeWords(r)
	default:
		s = classWords(r.Class)
	}
	if r.Code != "" && !strings.Contains(s, r.Code) && (r.Text == "" || strings.HasPrefix(r.Code, "U-")) {
		s += " [" + r.Code + "]"
	}
	if r.Hop != 0 && r.Hop != hop {
		s += " (at hop " + strconv.Itoa(r.Hop) + ")"
	}
	return s
}

// list joins the parts of a formula; a part that is a formula of the other sort
// goes into parentheses.
func list(rs []query.Requirement, word string, hop, depth int) string {
	n := min(len(rs), maxAlternatives)
	parts := make([]string, 0, n+1)
	for _, r := range rs[:n] {
		s := say(r, hop, depth+1)
		if len(r.AnyOf)+len(r.AllOf) > 1 {
			s = "(" + s + ")"
		}
		parts = append(parts, s)
	}
	if more := len(rs) - n; more > 0 {
		kind := "condition"
		if word == " or " {
			kind = "alternative"
		}
		parts = append(parts, Plural(more, "more "+kind))
	}
	return strings.Join(parts, word)
}

func codeWords(r query.Requirement) string {
	switch {
	case strings.HasPrefix(r.Code, "U-"):
		return "AWS behaviour that is not documented [" + r.Code + "]"
	case r.Class == "DATA", strings.HasPrefix(r.Code, "DATA"):
		return "input that is missing [" + r.Code + "]"
	}
	return r.Code
}

func classWords(class string) string {
	switch class {
	case "MFA":
		return "MFA"
	case "DATA":
		return "input that is missing"
	case "U":
		return "AWS behaviour that is not documented"
	case "":
		return "an unnamed condition"
	}
	return "a condition of class " + class
}

// A keyName is how people call a condition key.
type keyName struct {
	long  string // in sentences
	short string // on arrows
}

// keyNames is keyed by the lower-case condition key; a name that ends in "/"
// stands for the keys of one tag each, one that begins with ":" for that key of
// any identity provider.
var keyNames = map[string]keyName{
	"aws:multifactorauthpresent": {"MFA", "MFA"},
	"aws:multifactorauthage":     {"seconds since MFA", "MFA age"},
	"sts:externalid":             {"external ID", "external ID"},
	"sts:rolesessionname":        {"session name", "session name"},
	"sts:sourceidentity":         {"source identity", "source identity"},
	"aws:sourceidentity":         {"source identity", "source identity"},
	"sts:transitivetagkeys":      {"transitive tag keys", "session tags"},
	"sts:durationseconds":        {"session seconds", "duration"},
	"aws:sourceip":               {"source address", "IP range"},
	"aws:vpcsourceip":            {"address in the VPC", "IP range"},
	"aws:sourcevpc":              {"call from VPC", "VPC"},
	"aws:sourcevpce":             {"call through VPC endpoint", "VPC endpoint"},
	"aws:principalorgid":         {"caller in organization", "organization"},
	"aws:principalorgpaths":      {"caller in organizational unit", "organization"},
	"aws:principalarn":           {"caller", "caller"},
	"aws:principalaccount":       {"caller in account", "account"},
	"aws:principaltag/":          {"principal tag", "principal tag"},
	"aws:principaltype":          {"type of caller", "caller type"},
	"aws:userid":                 {"caller's unique ID", "caller"},
	"aws:username":               {"user name", "user name"},
	"aws:requesttag/":            {"tag passed in the request", "tags passed"},
	"aws:tagkeys":                {"keys of the tags passed", "tags passed"},
	"aws:resourcetag/":           {"resource tag", "resource tag"},
	"iam:resourcetag/":           {"resource tag", "resource tag"},
	"ec2:resourcetag/":           {"resource tag", "resource tag"},
	"s3:existingobjecttag/":      {"object tag", "object tag"},
	"aws:resourceaccount":        {"resource in account", "account"},
	"aws:resourceorgid":          {"resource in organization", "organization"},
	"aws:requestedregion":        {"Region", "Region"},
	"aws:currenttime":            {"time of the call", "time"},
	"aws:epochtime":              {"time of the call", "time"},
	"aws:tokenissuetime":         {"time of sign-in", "time"},
	"aws:securetransport":        {"TLS", "TLS"},
	"aws:useragent":              {"user agent", "user agent"},
	"aws:referer":                {"referer", "referer"},
	"aws:viaawsservice":          {"call by a service for the caller", "via service"},
	"aws:calledvia":              {"call through service", "via service"},
	"aws:calledviafirst":         {"call first through service", "via service"},
	"aws:calledvialast":          {"call last through service", "via service"},
	"kms:viaservice":             {"call through service", "via service"},
	"aws:sourcearn":              {"service acting for resource", "source resource"},
	"aws:sourceaccount":          {"service acting for account", "source account"},
	"aws:federatedprovider":      {"identity provider", "provider"},
	"iam:passedtoservice":        {"role passed to service", "passed to"},
	"resource":                   {"resource", "resource"},
	"session-name":               {"session name", "session name"},
	"accesspath:sessionname":     {"session name", "session name"},
	"saml:aud":                   {"SAML audience", "audience"},
	"saml:sub":                   {"SAML subject", "subject"},
	"saml:iss":                   {"SAML issuer", "issuer"},
	":sub":                       {"token subject", "subject"},
	":aud":                       {"token audience", "audience"},
	":amr":                       {"token authentication", "token"},
	":azp":                       {"token client", "token"},
}

// name looks a key up; known is false for keys that keep their own name.
func name(key string) (n keyName, known bool) {
	lower := strings.ToLower(key)
	if n, known = keyNames[lower]; known {
		return n, true
	}
	if i := strings.IndexByte(lower, '/'); i > 0 {
		if n, known = keyNames[lower[:i+1]]; known {
			return keyName{n.long + " " + key[i+1:], n.short}, true
		}
	}
	if i := strings.LastIndexByte(lower, ':'); i > 0 && strings.ContainsAny(lower[:i], "./") {
		if n, known = keyNames[lower[i:]]; known {
			return n, true
		}
	}
	return keyName{key, key[strings.LastIndexByte(key, ':')+1:]}, false
}
