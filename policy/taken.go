package policy

import (
	"slices"
	"strings"
	"unicode"
)

// What callers give of their sessions may not be any text: AWS STS refuses a call whose
// session tags, role session name or source identity have a character that it does not take,
// such as a star, and IAM takes no other tags of users and roles. A test that asks for such
// a value literally is met by nobody (SYM-06), as where StringEquals was written for
// StringLike (FED-10).

// TakenInTags reports whether AWS takes a text as the value of a tag of a principal or a
// session, but for its length.
func TakenInTags(text string) bool {
	return !strings.ContainsFunc(text, func(c rune) bool {
		return !unicode.IsLetter(c) && !unicode.IsNumber(c) && !unicode.Is(unicode.Z, c) && !strings.ContainsRune("_.:/=+-@,", c)
	})
}

// takenInNames is TakenInTags for the name of a role's session and its source identity.
func takenInNames(text string) bool {
	return !strings.ContainsFunc(text, func(c rune) bool {
		return (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && !strings.ContainsRune("_+=,.@-", c)
	})
}

// taken are the values of a test that the key, in lower case, may have in a request of the
// service: patterns are left, the other values only if AWS takes them.
func (a *Atom) taken(key, service string) []string {
	if a.Operator != "StringEquals" && a.Operator != "StringEqualsIgnoreCase" && a.Operator != "StringLike" || a.Outside {
		return a.Values
	}
	takes := TakenInTags
	switch {
	case strings.HasPrefix(key, "aws:principaltag/"):
	case strings.HasPrefix(key, "aws:requesttag/") && service == "sts": // other services take other tags
	case key == "sts:rolesessionname", key == "sts:sourceidentity", key == "aws:sourceidentity":
		takes = takenInNames
	default:
		return a.Values
	}
	refused := func(v string) bool {
		return !takes(v) && (a.Operator != "StringLike" || !strings.ContainsAny(v, "*?"))
	}
	if !slices.ContainsFunc(a.Values, refused) {
		return a.Values // as most are, and shared with the condition
	}
	return slices.DeleteFunc(slices.Clone(a.Values), refused)
}
