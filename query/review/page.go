package review

import (
	"slices"
	"strings"
)

// Text and Markdown are read from top to bottom: of findings that repeat they
// show the first few, and of lists the first screens, and say how many more
// there are. JSON and HTML have all.
const (
	shownSubjects = 10
	shownRows     = 50
)

// more says how many entries were left out; "" if none was.
func more(n int) string {
	if n <= 0 {
		return ""
	}
	return "and " + thousands(n) + " more; all are in --format json"
}

// first cuts a list to the rows that prose shows and says what is left.
func first[T any](list []T) ([]T, string) {
	n := min(len(list), shownRows)
	return list[:n], more(len(list) - n)
}

// page is what every prose format shows, in its order.
type page struct {
	*Report
	Total  FindingCounts
	Levels []level
	Gaps   []gap
}

// gap is an input that is missing, with the rules that wanted it.
type gap struct {
	Missing string // with the accounts
	Rules   []string
}

// gaps groups what was not evaluated by what is missing, in order of the rules.
func gaps(r *Report) []gap {
	var out []gap
	for _, n := range r.NotEvaluated {
		missing := notEvaluatedText(n, r.Coverage.Accounts)
		i := slices.IndexFunc(out, func(g gap) bool { return g.Missing == missing })
		if i < 0 {
			i = len(out)
			out = append(out, gap{Missing: missing})
		}
		out[i].Rules = append(out[i].Rules, n.Rule)
	}
	return out
}

// level holds the findings of one severity by rule.
type level struct {
	Severity Severity
	Count    int // primary ones
	Rules    []ruleGroup
}

// ruleGroup holds the findings of one rule within a severity.
type ruleGroup struct {
	Rule        string
	Title       string
	Why         string
	Remediation string
	References  []string
	Count       int // of findings, those that are not shown included
	Findings    []shown
}

// Rest says how many findings are not shown.
func (g ruleGroup) Rest() string { return more(g.Count - len(g.Findings)) }

// shown is a finding with those that have the same cause.
type shown struct {
	Finding
	Also   []Finding
	Anchor string // place within an HTML page; "" elsewhere
}

// newPage groups a report's findings. most bounds how many of one rule and
// severity are shown; 0 shows all.
func newPage(r *Report, most int) page {
	p := page{Report: r, Gaps: gaps(r)}
	also := map[string][]Finding{}
	for _, f := range r.Findings {
		if f.SameCause != "" {
			also[f.SameCause] = append(also[f.SameCause], f)
		}
	}
	for _, s := range Severities() {
		l := level{Severity: s}
		for _, f := range r.Findings {
			if f.Severity == s && f.SameCause == "" {
				p.Total.add(s)
				l.Count++
				l.add(shown{Finding: f, Also: also[f.Fingerprint]}, most)
			}
		}
		if l.Count > 0 {
			p.Levels = append(p.Levels, l)
		}
	}
	return p
}

// add puts a finding into its rule's group; findings come sorted by rule.
func (l *level) add(f shown, most int) {
	if n := len(l.Rules); n == 0 || l.Rules[n-1].Rule != f.Rule {
		g := ruleGroup{Rule: f.Rule, Title: f.Title, Remediation: f.Remediation}
		if r, ok := RuleByID(f.Rule); ok {
			g.Title, g.Why, g.References = r.Doc.Title, r.Doc.Why, r.Doc.References
		}
		l.Rules = append(l.Rules, g)
	}
	g := &l.Rules[len(l.Rules)-1]
	g.Count++
	if most == 0 || len(g.Findings) < most {
		g.Findings = append(g.Findings, f)
	}
}

// Summary is the report's first sentence.
func (p page) Summary() string {
	if p.Total.Total() == 0 {
		return "no findings" + p.caveat()
	}
	var parts []string
	for _, s := range Severities() {
		if n := p.Total.Of(s); n > 0 {
			parts = append(parts, thousands(n)+" "+string(s))
		}
	}
	return count(p.Total.Total(), "finding") + ": " + strings.Join(parts, ", ") + p.caveat()
}

func (p page) caveat() string {
	s := ""
	if n := len(p.Accepted); n > 0 {
		s = "; " + count(n, "further finding") + " accepted"
	}
	if n := len(p.NotEvaluated); n > 0 {
		s += "; " + count(p.rulesNotEvaluated(), "rule") + " could not be evaluated everywhere"
	}
	return s
}

func (p page) rulesNotEvaluated() int {
	var ids []string
	for _, n := range p.NotEvaluated {
		ids = append(ids, n.Rule)
	}
	return len(sortedUnique(ids))
}
