package render

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"accesspath/query"
	"accesspath/render/words"
)

// headline answers the question in one sentence, and gives the verdict where
// the question has one.
func headline(r *query.Result) (sentence, verdict string) {
	q := r.Question
	reach, outright := count(r.Answers)
	switch q.Kind {
	case "can":
		return canHeadline(r)
	case "what-can":
		return whatHeadline(r), ""
	case "paths":
		if n := paths(r.Answers); n > 0 {
			return words.Plural(n, "path") + " from " + q.Principal + " to " + q.Target + shownOf(r.Answers, n), ""
		}
		return absence(r, "no path leads from "+q.Principal+" to "+q.Target,
			"no path known from "+q.Principal+" to "+q.Target), ""
	}
	if q.Kind == "admins" {
		return adminHeadline(r, reach, outright), ""
	}
	if reach == 0 {
		return absence(r, "nobody can "+target(q), "nobody known can "+target(q)), ""
	}
	noun, verb := "origin", "reach"
	switch q.View {
	case "holders":
		noun, verb = "principal", "hold"
	case "all":
		noun = "principal"
	}
	if reach == 1 {
		verb += map[string]string{"reach": "es", "hold": "s"}[verb]
	}
	return words.Plural(reach, noun) + " " + verb + " " + target(q) + ": " + split(reach, outright), ""
}

func adminHeadline(r *query.Result, reach, outright int) string {
	if reach == 0 {
		return absence(r, "nobody is an administrator", "nobody is known to be an administrator")
	}
	return words.Plural(reach, "principal") + " can act as an administrator: " + split(reach, outright)
}

// split says how many of the answers hold outright.
func split(reach, outright int) string {
	switch outright {
	case reach:
		return "outright"
	case 0:
		return "under conditions"
	}
	return words.Count(outright) + " outright, " + words.Count(reach-outright) + " under conditions"
}

func count(as []query.Answer) (reach, outright int) {
	for i := range as {
		if as[i].Verdict != query.VerdictDeny {
			reach++
		}
		if as[i].Verdict == query.VerdictAllow {
			outright++
		}
	}
	return reach, outright
}

func paths(as []query.Answer) int {
	n := 0
	for i := range as {
		n += len(as[i].Paths) + as[i].MorePaths
	}
	return n
}

func shownOf(as []query.Answer, all int) string {
	for i := range as {
		all -= as[i].MorePaths
	}
	if n := paths(as); n != all {
		return ", " + words.Count(all) + " shown"
	}
	return ""
}

func canHeadline(r *query.Result) (sentence, verdict string) {
	q := r.Question
	what := q.Principal + " can " + target(q)
	if len(r.Answers) == 0 {
		return absence(r, q.Principal+" cannot "+target(q), "no known way in which "+what), query.VerdictDeny
	}
	if len(r.Answers) > 1 {
		return groupHeadline(r), ""
	}
	a := &r.Answers[0]
	switch a.Verdict {
	case query.VerdictAllow:
		sentence = "yes: " + what
	case query.VerdictAllowIf:
		sentence = "yes, under conditions: " + what
	default:
		return absence(r, "no: "+q.Principal+" cannot "+target(q), "no known way in which "+what), a.Verdict
	}
	if a.Direct || a.Hops == 0 {
		return sentence + " directly", a.Verdict
	}
	return sentence + " in " + words.Plural(a.Hops, "hop"), a.Verdict
}

// groupHeadline answers a question about a group: for a member that has nothing
// else, who comes first, and for how many of the members there are (QRY-05).
func groupHeadline(r *query.Result) string {
	reach, _ := count(r.Answers[1:])
	member := "does not give"
	if r.Answers[0].Verdict != query.VerdictDeny {
		member = "gives"
	}
	return r.Question.Principal + " " + member + " " + target(r.Question) + " by itself; " +
		words.Count(reach) + " of its " + words.Plural(len(r.Answers)-1, "member") + " can"
}

func whatHeadline(r *query.Result) string {
	sessions, statements, unread := 0, 0, 0
	for i := range r.Answers {
		sessions += len(r.Answers[i].Sessions)
		for j := range r.Answers[i].Sessions {
			statements += len(r.Answers[i].Sessions[j].Permissions)
			unread += len(r.Answers[i].Sessions[j].Unread)
		}
	}
	if sessions == 0 {
		return absence(r, r.Question.Principal+" can do nothing", "nothing known that "+r.Question.Principal+" can do")
	}
	sentence := r.Question.Principal + " can act in " + words.Plural(sessions, "session") + ", with " + words.Plural(statements, "statement")
	if unread > 0 {
		sentence += " and " + words.Plural(unread, "policy") + " that the input does not have"
	}
	return sentence
}

// absence claims that there is nothing only if nothing is left open (QRY-24).
func absence(r *query.Result, claim, doubt string) string {
	if len(undetermined(r)) == 0 {
		return claim
	}
	return doubt + "; undetermined, for the reasons below"
}

// undetermined lists why this result cannot prove that something is absent. What
// an answer does not depend on is no reason.
func undetermined(r *query.Result) []string {
	var out []string
	if r.Missing == nil { // of a result that an earlier version wrote
		for _, u := range unknownSections(r.Coverage) {
			out = append(out, "not in the input: "+u)
		}
		if n := r.Coverage.UnresolvedPolicies; n > 0 {
			out = append(out, words.Plural(n, "attached policy")+" without a document in the input")
		}
		if n := len(r.Coverage.Incomplete); n > 0 {
			out = append(out, words.Plural(n, "account")+" incomplete in the input: "+some(r.Coverage.Incomplete))
		}
	}
	for _, m := range missing(r, true) {
		out = append(out, "not in the input: "+m)
	}
	if r.Limits.Truncated {
		out = append(out, "the search was cut short")
	}
	return out
}

// A gapsView is a section about what the answer does not know.
type gapsView struct {
	title string
	items []string
}

// gaps says what would decide if it were supplied (QRY-23); where nothing was
// found, it says why that proves nothing (QRY-24).
func gaps(r *query.Result) gapsView {
	if empty(r) {
		return gapsView{"undetermined because", undetermined(r)}
	}
	if r.Missing == nil {
		return gapsView{"unknown, and would decide if supplied", unknownSections(r.Coverage)}
	}
	return gapsView{"would be decided by supplying", missing(r, false)}
}

// empty reports whether nothing was found. A denial of can is an answer.
func empty(r *query.Result) bool {
	reach, _ := count(r.Answers)
	return reach == 0
}

// unknownSections names the sections that are missing, in the order of the
// result; those that as many accounts lack stand together.
func unknownSections(c query.CoverageSummary) []string {
	var out []string
	for i := 0; i < len(c.Unknown); {
		lacking := c.Unknown[i].Accounts
		var names []string
		for ; i < len(c.Unknown) && c.Unknown[i].Accounts == lacking; i++ {
			names = append(names, c.Unknown[i].Section)
		}
		s := strings.Join(names, ", ")
		if lacking > 0 && c.Accounts > 1 {
			s += " (of " + words.Plural(lacking, "account") + ")"
		}
		out = append(out, s)
	}
	return out
}

// some names up to five of a list.
func some(list []string) string {
	const most = 5
	if len(list) <= most {
		return strings.Join(list, ", ")
	}
	return strings.Join(list[:most], ", ") + " and " + words.Count(len(list)-most) + " more"
}

// coverage says what the answer rests on (QRY-23).
func coverage(c query.CoverageSummary) []string {
	out := []string{
		words.Plural(c.Accounts, "account") + " with " + words.Plural(c.Users, "user") + ", " +
			words.Plural(c.Groups, "group") + ", " + words.Plural(c.Roles, "role") + ", " +
			words.Plural(c.Resources, "resource"),
		"organization " + cmp.Or(c.Organization, "unknown") + ", guardrails " + cmp.Or(c.Guardrails, "unread"),
	}
	if c.BundledPolicies > 0 {
		out = append(out, words.Plural(c.BundledPolicies, "AWS managed policy")+" from the bundled copy")
	}
	if c.UnresolvedPolicies > 0 {
		out = append(out, words.Plural(c.UnresolvedPolicies, "policy")+" attached but not in the input")
	}
	if len(c.Incomplete) > 0 {
		out = append(out, "incomplete: "+some(c.Incomplete))
	}
	return out
}

func sortedKeys(m map[string]string) []string { return slices.Sorted(maps.Keys(m)) }
