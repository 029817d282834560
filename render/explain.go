package render

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"accesspath/query"
	"accesspath/render/words"
)

// maxDecisive is how many statements are shown below a hop without verbose.
const maxDecisive = 3

// decisive are the statements that a reader looks for first: those that allowed
// a hop. That a guardrail allows what it does not deny is no news.
func decisive(es []query.Evidence) []string {
	var out []string
	for _, e := range es {
		if e.Effect == "Allow" && !strings.Contains(e.Layer, "@") {
			out = append(out, "by "+words.Evidence(e))
		}
	}
	if more := len(out) - maxDecisive; more > 0 {
		out = append(out[:maxDecisive:maxDecisive], "and "+words.Plural(more, "other statement")+"; --verbose lists them")
	}
	return out
}

// explainAnswer adds to an answer what an explanation has besides paths and
// causes.
func (v *answerView) explainAnswer(a *query.Answer) {
	for _, r := range a.WhyNot {
		var set []string
		for _, c := range r.Changes {
			text := c.Text
			if c.Hop > 1 || c.Hop == 1 && a.BrokenAt > 1 {
				text = "at hop " + strconv.Itoa(c.Hop) + ": " + text
			}
			set = append(set, text)
		}
		text := strings.Join(set, "; and ")
		if r.Verdict == query.VerdictAllowIf {
			text += " (then under conditions)"
		}
		v.remedies = append(v.remedies, text)
	}
	for _, l := range a.Layers {
		view := layerView{name: l.Name, result: l.Result, says: layerWords(l), evidence: evidence(l.Evidence)}
		if l.Principal != "" {
			view.principal = words.Principal(l.Principal).Label
		}
		if l.Action == "" && view.principal != "" { // of an earlier version
			view.says += " (for " + view.principal + ")"
		}
		if l.Action != "" {
			view.request = fmt.Sprintf("%s on %s, by %s", l.Action, l.Resource, words.Principal(l.Principal).InAccount())
			if l.Hop > 0 {
				view.request = fmt.Sprintf("hop %d: ", l.Hop) + view.request
			} else {
				view.request = "directly: " + view.request
			}
		}
		v.layers = append(v.layers, view)
	}
	for i := range a.Paths {
		v.addAlso(&a.Paths[i], i, len(a.Paths))
	}
	v.reachable = a.Reachable
}

// addAlso says what else a path takes (QRY-19).
func (v *answerView) addAlso(p *query.Path, i, of int) {
	for _, s := range p.AlsoRequired {
		text := s.Action + " on " + s.Resource + ": " + s.Verdict + " (" + s.Text + ")"
		if of > 1 {
			text = "path " + strconv.Itoa(i+1) + ": " + text
		}
		if !slices.Contains(v.also, text) {
			v.also = append(v.also, text)
		}
	}
}

// remedyTitle stands above the ways to allow what is denied.
func remedyTitle(n int) string {
	if n == 1 {
		return "what would allow it"
	}
	return "what would allow it, any one of these"
}

// layerWords says what a layer contributed.
func layerWords(l query.Layer) string {
	switch l.Result {
	case "allow":
		return "allows"
	case "allow-if":
		return "allows if conditions hold"
	case "deny":
		return "denies"
	case "deny-if":
		return "denies if conditions hold"
	case "no-allow":
		return "allows nothing"
	case "not-applicable":
		if l.Text != "" {
			return "does not apply: " + l.Text
		}
		return "does not apply"
	}
	return l.Result
}

// questionFacts are the choices of a question that change its answer.
func questionFacts(q query.Question) []string {
	var out []string
	add := func(yes bool, text string) {
		if yes {
			out = append(out, text)
		}
	}
	add(q.AccessLevel != "", "actions of the access level "+q.AccessLevel+" only")
	add(q.AllActions, "all actions that match, in one session")
	add(q.Existing, "resources of the snapshot only")
	for _, k := range sortedKeys(q.ResourceTags) {
		out = append(out, "resources tagged "+k+"="+q.ResourceTags[k])
	}
	add(len(q.ExternalIDs) > 0, "knowing the external id "+strings.Join(q.ExternalIDs, " or "))
	add(q.Strict, "what callers choose counts as a condition")
	add(q.OneNetwork, "from one network address")
	return out
}

// horizon lists what changes later (SYM-31); asked tells an empty list from none.
func horizon(r *query.Result) (lines []string, asked bool) {
	for _, c := range r.Horizon {
		lines = append(lines, fmt.Sprintf("%s UTC: %s, %s → %s", c.At.UTC().Format(time.DateOnly+" 15:04"), c.Principal, c.From, c.To))
	}
	if r.Horizon != nil && len(lines) == 0 {
		lines = []string{"nothing changes by time alone"}
	}
	return lines, r.Horizon != nil
}

// missing says in words which inputs would decide; only those that could add
// access if grants is set.
func missing(r *query.Result, grants bool) []string {
	var out []string
	for _, m := range r.Missing {
		if grants && !m.CouldGrant {
			continue
		}
		s := m.What
		if n := len(m.Accounts); n > 0 && r.Coverage.Accounts > 1 && !strings.Contains(s, m.Accounts[0]) {
			s += " (of " + words.Plural(n, "account") + ")"
		}
		out = append(out, s)
	}
	return out
}

// collapsed joins the rows of root users into one line, if there are several with
// one verdict: that they can says little (ROOT-01).
func collapsed(as []answerView, o Options) (rows []answerView, roots string) {
	var accounts []string
	for i := range as {
		if a := &as[i]; a.kind == words.Root && a.verdict == query.VerdictAllow && !o.Root {
			accounts = append(accounts, words.Principal(a.principal).Account)
		}
	}
	if len(accounts) < 2 {
		return as, ""
	}
	for i := range as {
		if a := &as[i]; a.kind != words.Root || a.verdict != query.VerdictAllow {
			rows = append(rows, *a)
		}
	}
	return rows, "the root users of " + words.Plural(len(accounts), "account") + " as well: " + some(accounts) + " (--root lists them)"
}

// duration says how long a session lasts at most.
func duration(seconds int) string {
	if seconds%3600 == 0 {
		return strconv.Itoa(seconds/3600) + " h"
	}
	return strconv.Itoa(seconds/60) + " min"
}
