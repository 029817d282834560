package review

import (
	"slices"
	"strconv"
	"strings"

	"accesspath/iam"
	"accesspath/policy"
	"accesspath/query"
)

// count puts a number before a noun: "1 role", "2 policies".
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	if stem, ok := strings.CutSuffix(noun, "y"); ok && !strings.HasSuffix(stem, "a") && !strings.HasSuffix(stem, "e") {
		noun = stem + "ie"
	}
	return thousands(n) + " " + noun + "s"
}

// thousands writes a number with separators.
func thousands(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// maxNamed bounds how many names a sentence lists.
const maxNamed = 5

// some joins names, the first few of many.
func some(names []string) string {
	if n := len(names) - maxNamed; n > 0 {
		return strings.Join(names[:maxNamed], ", ") + " and " + thousands(n) + " more"
	}
	return strings.Join(names, ", ")
}

func policyNames(e *iam.Entity) []string {
	var out []string
	for _, a := range e.Attached {
		out = append(out, a.ARN)
	}
	for _, i := range e.Inline {
		out = append(out, i.Name+" (inline)")
	}
	return out
}

// requirementText says in words what is still to be met, alternatives included.
func requirementText(r policy.Requirement) string {
	return requirementsText(query.Requirements(r, 1))
}

func requirementsText(list []query.Requirement) string {
	return joinRequirements(list, " and ")
}

func joinRequirements(list []query.Requirement, word string) string {
	var parts []string
	for _, r := range list {
		switch {
		case len(r.AnyOf) > 0:
			more := ""
			if r.Text != "" { // how many are not listed (SYM-10)
				more = "; " + r.Text
			}
			parts = append(parts, "one of ("+joinRequirements(r.AnyOf, "; ")+more+")")
		case len(r.AllOf) > 0:
			parts = append(parts, joinRequirements(r.AllOf, " and "))
		default:
			parts = append(parts, r.Text)
		}
	}
	return strings.Join(parts, word)
}

func sortedUnique(list []string) []string {
	slices.Sort(list)
	return slices.Compact(list)
}
