package words

import (
	"slices"
	"strings"

	"accesspath/query"
)

const maxShort = 3 // conditions named on one arrow

// Short says requirements in a few words, for the label of an arrow: "MFA",
// "external ID", "IP range or VPC endpoint". All that stands between " + " is asked for;
// inside alternatives that is "and". It returns "" if there are none.
func Short(rs []query.Requirement) string { return joinShort(rs, " + ", 0) }

func joinShort(rs []query.Requirement, word string, depth int) string {
	var parts []string
	for _, r := range rs {
		if s := short(r, depth); s != "" && !slices.Contains(parts, s) {
			parts = append(parts, s)
		}
	}
	if n := len(parts); n > maxShort {
		parts = append(parts[:maxShort-1:maxShort-1], Count(n-maxShort+1)+" more")
	}
	return strings.Join(parts, word)
}

func short(r query.Requirement, depth int) string {
	switch {
	case depth >= maxDepth:
		return "…"
	case len(r.AnyOf) > 0:
		return joinShort(r.AnyOf, " or ", depth+1)
	case len(r.AllOf) > 0 && depth > 0:
		return joinShort(r.AllOf, " and ", depth+1)
	case len(r.AllOf) > 0:
		return joinShort(r.AllOf, " + ", depth+1)
	case r.Class == "DATA", r.Class == "" && strings.HasPrefix(r.Code, "DATA"):
		return missing(r)
	case r.Key != "":
		n, _ := name(r.Key)
		op := parseOperator(r.Operator)
		no := op.base == "bool" && strings.EqualFold(only(r.Values), "false") ||
			op.base == "null" && strings.EqualFold(only(r.Values), "true")
		if no != op.negated && (op.base == "bool" || op.base == "null") {
			return "no " + n.short
		}
		return n.short
	case r.Class == "MFA":
		return "MFA"
	case r.Class == "U", strings.HasPrefix(r.Code, "U-"):
		return "undocumented"
	}
	return classShort(r.Class)
}

// missing names input that would decide: "DATA:account" becomes "account not in
// the input". It is no condition that a caller could meet.
func missing(r query.Requirement) string {
	what, ok := strings.CutPrefix(r.Code, "DATA:")
	if !ok || what == "" {
		return "missing input"
	}
	what, _, _ = strings.Cut(what, " ")
	return what + " not in the input"
}

func classShort(class string) string {
	switch class {
	case "KNOWLEDGE":
		return "shared secret"
	case "NETWORK":
		return "network"
	case "TIME":
		return "time"
	case "IDP":
		return "identity provider"
	case "SERVICE":
		return "service"
	case "SESSION":
		return "session"
	case "REQUEST":
		return "request"
	case "RESOURCE":
		return "resource"
	case "PRINCIPAL":
		return "caller"
	}
	return "condition"
}
