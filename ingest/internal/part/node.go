package part

import "strings"

// NodeKind tells the kind of a node of an organization by its ID: "root",
// "unit" or "account".
func NodeKind(id string) string {
	switch {
	case strings.HasPrefix(id, "r-"):
		return "root"
	case strings.HasPrefix(id, "ou-"):
		return "unit"
	}
	return "account"
}
