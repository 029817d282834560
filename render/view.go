package render

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"accesspath/query"
	"accesspath/render/words"
)

// A view is a Result in words, the same for text, Markdown and HTML. Nothing in
// it is escaped.
type view struct {
	title       string // the question, or Options.Title
	headline    string // the answer in one sentence
	verdict     string // of can, else ""
	facts       []string
	answers     []answerView
	common      []string // marks that every answer has, said once
	notes       []query.Note
	coverage    []string
	gaps        gapsView
	horizon     []string // what changes later, if that was asked
	roots       string   // root users, in one line
	limits      []string
	diagnostics []query.DiagnosticJSON
	target      string // "s3:GetObject on arn:…", or the target of paths
	kind        string // of the question
	heading     string // of a table of answers
	escalation  *view  // answers that escalation adds; nil if not asked for
}

type answerView struct {
	verdict, kind, principal string
	hops                     string // "direct", "2 hops"
	confidence               string
	marks                    []string // with the codes
	paths                    []pathView
	more                     int // paths that the result does not hold
	causes                   []string
	near                     string // the path that nearly was
	layers                   []layerView
	remedies                 []string // what would allow what is denied
	also                     []string // what else it takes
	reachable                string   // the verdict with that
	sessions                 []sessionView
}

type pathView struct {
	title   string // "path 2: ALLOW_IF, 3 hops, api only"
	origin  string
	hops    []hopView // the action is the last if it has something to say
	verdict string
}

type hopView struct {
	arrow   string // "→", or "⇒" for the action
	what    string // "role deploy (111122223333)"
	id      string // ARN, "" for the action
	how     string // "" for AssumeRole
	needs   []string
	because []string
	by      []string // the decisive statements among them
	plain   bool     // the action as it was asked, without conditions: worth no line
}

type layerView struct {
	name, result, principal string
	says                    string // the result in words
	request                 string // what the layer was asked
	evidence                []string
}

type sessionView struct {
	title       string
	path        pathView
	permissions []permissionView
	unread      []string // policies that are in no input
}

// none is what to say of a session without a statement; "" if that would claim
// too much.
func (v *sessionView) none() string {
	if len(v.permissions)+len(v.unread) > 0 {
		return ""
	}
	return "no permissions"
}

// gap says what else counts in the session and is not known; "" if nothing.
func (v *sessionView) gap() string {
	if len(v.unread) == 0 {
		return ""
	}
	return "not in the input, so that what it allows or denies is not known: " + strings.Join(v.unread, "; ")
}

type permissionView struct {
	effect, actions, resources string
	needs                      []string
	because                    string
}

func newView(r *query.Result, o Options) *view {
	v := &view{
		kind: r.Question.Kind, target: target(r.Question),
		notes: r.Notes, limits: r.Limits.Reasons, diagnostics: r.Diagnostics,
	}
	v.title = o.Title
	if v.title == "" {
		v.title = questionTitle(r.Question)
	}
	if r.Limits.Truncated && len(v.limits) == 0 {
		v.limits = []string{"the answer was cut short"}
	}
	v.headline, v.verdict = headline(r)
	v.facts = facts(r)
	v.coverage = coverage(r.Coverage)
	v.gaps = gaps(r)
	for i := range r.Answers {
		v.answers = append(v.answers, viewAnswer(&r.Answers[i], r.Question, o))
	}
	v.heading = "Answers"
	v.liftMarks()
	v.horizon, _ = horizon(r)
	if v.kind == "who-can" {
		v.answers, v.roots = collapsed(v.answers, o)
	}
	v.addEscalation(r, o)
	return v
}

// liftMarks takes the marks that all of several answers have out of the rows:
// what is said in each row tells rows apart no longer.
func (v *view) liftMarks() {
	const several = 3
	if len(v.answers) < several {
		return
	}
	for _, m := range v.answers[0].marks {
		shared := true
		for i := range v.answers {
			shared = shared && slices.Contains(v.answers[i].marks, m)
		}
		if shared && !slices.Contains(v.common, m) {
			v.common = append(v.common, m)
		}
	}
	for i := range v.answers {
		v.answers[i].marks = slices.DeleteFunc(v.answers[i].marks, func(m string) bool { return slices.Contains(v.common, m) })
	}
}

// target says what the question aims at.
func target(q query.Question) string {
	switch {
	case q.Target != "":
		return q.Target
	case q.Action != "" && q.Resource != "":
		return q.Action + " on " + q.Resource
	case q.Action != "":
		return q.Action
	}
	return q.Resource
}

func questionTitle(q query.Question) string {
	switch q.Kind {
	case "who-can":
		return "Who can " + target(q)
	case "can":
		return "Can " + words.Principal(q.Principal).Label + " " + target(q)
	case "paths":
		return "Paths from " + words.Principal(q.Principal).Label + " to " + words.Principal(q.Target).Label
	case "admins":
		return "Administrators"
	case "what-can":
		return "What can " + words.Principal(q.Principal).Label + " do"
	}
	return strings.TrimSpace(q.Kind + " " + target(q))
}

func facts(r *query.Result) []string {
	var out []string
	if !r.AsOf.IsZero() {
		out = append(out, asOf(r.AsOf))
	}
	switch q := r.Question; {
	case q.Kind == "who-can" && q.View == "holders":
		out = append(out, "shows the principals that hold the permission")
	case q.Kind == "who-can" && q.View == "all":
		out = append(out, "shows all principals")
	case q.Kind == "who-can":
		out = append(out, "shows where access begins")
	}
	switch r.Question.Quantify {
	case "some":
		if strings.ContainsAny(r.Question.Resource+r.Question.Action, "*?") {
			out = append(out, "for at least one match")
		}
	case "all":
		out = append(out, "for every match")
	}
	out = append(out, questionFacts(r.Question)...)
	for _, k := range sortedKeys(r.Question.Context) {
		switch v := r.Question.Context[k]; v {
		case "absent":
			out = append(out, "assuming "+k+" absent")
		case "":
			out = append(out, "assuming "+k+" empty")
		default:
			out = append(out, "assuming "+k+" = "+v)
		}
	}
	return out
}

func viewAnswer(a *query.Answer, q query.Question, o Options) answerView {
	v := answerView{
		verdict: a.Verdict, kind: words.KindWord(a.Kind), principal: a.Principal, hops: hopCount(a),
		confidence: a.Confidence, more: a.MorePaths, near: near(a),
	}
	if a.Level != "" {
		v.marks = append(v.marks, a.Level)
	}
	for _, m := range slices.Concat(a.Marks, a.Codes) {
		if !slices.Contains(v.marks, m) {
			v.marks = append(v.marks, m)
		}
	}
	if a.Reachable != "" && a.Reachable != a.Verdict {
		v.marks = append(v.marks, "with all that it takes: "+a.Reachable)
	}
	for i := range a.Paths {
		v.paths = append(v.paths, viewPath(&a.Paths[i], i, q))
	}
	for _, c := range a.Causes {
		s := words.Cause(c)
		switch {
		case len(a.NearPath) <= 1:
		case c.Hop == 0:
			s = "directly, " + s
		default:
			s = "hop " + strconv.Itoa(c.Hop) + ", " + s
		}
		if o.Verbose && c.Rule != "" {
			s += " [" + c.Rule + "]"
		}
		v.causes = append(v.causes, s)
	}
	v.explainAnswer(a)
	for i := range a.Sessions {
		v.sessions = append(v.sessions, viewSession(&a.Sessions[i], q))
	}
	return v
}

func hopCount(a *query.Answer) string {
	switch {
	case a.Verdict == query.VerdictDeny:
		return "–"
	case a.Direct || a.Hops == 0:
		return "direct"
	}
	return words.Plural(a.Hops, "hop")
}

// near draws the path that nearly was, with a cross where it breaks.
func near(a *query.Answer) string {
	if len(a.NearPath) == 0 {
		return ""
	}
	var b strings.Builder
	for i, id := range a.NearPath {
		if i > 0 {
			b.WriteString(map[bool]string{true: " ✗→ ", false: " → "}[i == a.BrokenAt])
		}
		b.WriteString(words.Principal(id).InAccount())
	}
	if a.BrokenAt >= len(a.NearPath) {
		b.WriteString(" ✗⇒ the action")
	}
	return b.String()
}

func viewPath(p *query.Path, index int, q query.Question) pathView {
	title := fmt.Sprintf("path %d: %s, %s", index+1, p.Verdict, steps(len(p.Steps)))
	if len(p.Modes) == 1 && len(p.Steps) > 0 {
		title += ", " + p.Modes[0] + " only"
	}
	if p.DurationCap > 0 {
		title += ", sessions of at most " + duration(p.DurationCap)
	}
	if p.Confidence != "" {
		title += ", confidence " + p.Confidence
	}
	v := pathView{title: title, verdict: p.Verdict}
	if len(p.Principals) > 0 {
		v.origin = p.Principals[0]
	}
	for i, s := range p.Steps {
		v.hops = append(v.hops, viewHop(s, i+1))
	}
	act := hopView{arrow: "⇒", what: actionWords(p, q), because: evidence(p.Because), by: decisive(p.Because)}
	for _, r := range p.Requires {
		act.needs = append(act.needs, words.At(r, len(p.Steps)+1))
	}
	if act.what != "" || len(act.needs) > 0 || len(act.because) > 0 {
		act.what = cmp.Or(act.what, "the action")
		act.plain = len(act.needs) == 0 && p.Witness == "" && p.Action == ""
		v.hops = append(v.hops, act)
	}
	return v
}

func steps(n int) string {
	if n == 0 {
		return "direct"
	}
	return words.Plural(n, "hop")
}

// actionWords says what is done at the end of a path. A witness or an action
// that a pattern stood for takes the place of the question's.
func actionWords(p *query.Path, q query.Question) string {
	if q.Kind == "paths" || q.Kind == "what-can" || q.Kind == "admins" {
		return ""
	}
	q.Action, q.Resource = cmp.Or(p.Action, q.Action), cmp.Or(p.Witness, q.Resource)
	return target(q)
}

func viewHop(s query.Step, hop int) hopView {
	n := words.Principal(s.To)
	v := hopView{arrow: "→", id: s.To, what: n.InAccount(), because: evidence(s.Because), by: decisive(s.Because)}
	if n.Kind != words.Other && n.Kind != n.Label {
		v.what = n.Kind + " " + v.what
	}
	switch s.Kind {
	case "federates":
		v.how = "signs in as"
	case "service-carries":
		v.how = "uses"
	}
	if s.Escalation != nil {
		escalationHop(&v, s.Escalation)
	}
	for _, r := range s.Requires {
		v.needs = append(v.needs, words.At(r, hop))
	}
	return v
}

func evidence(es []query.Evidence) []string {
	var out []string
	for _, e := range es {
		s := words.Evidence(e)
		if e.Rule != "" {
			s += " [" + e.Rule + "]"
		}
		out = append(out, s)
	}
	return out
}

func viewSession(s *query.Session, q query.Question) sessionView {
	n := words.Principal(s.Principal)
	how := "directly"
	if hops := len(s.Path.Steps); hops > 0 {
		how = "after " + words.Plural(hops, "hop")
	}
	title := n.InAccount() + ", " + how
	if n.Kind != words.Other && n.Kind != n.Label {
		title = n.Kind + " " + title
	}
	v := sessionView{title: "as " + title, path: viewPath(&s.Path, 0, q), unread: s.Unread}
	for _, p := range s.Permissions {
		v.permissions = append(v.permissions, viewPermission(p, len(s.Path.Steps)+1))
	}
	return v
}

func viewPermission(p query.Permission, hop int) permissionView {
	v := permissionView{effect: p.Effect, actions: strings.Join(p.Actions, ", "), because: words.Evidence(p.Evidence)}
	v.resources = strings.Join(p.Resources, ", ")
	if len(p.NotActions) > 0 {
		v.actions = "everything but " + strings.Join(p.NotActions, ", ")
	}
	if len(p.NotResource) > 0 {
		v.resources = "everything but " + strings.Join(p.NotResource, ", ")
	}
	for _, r := range p.Requires {
		v.needs = append(v.needs, words.At(r, hop))
	}
	return v
}

// sentenceCase makes the first letter of our own words a capital.
func sentenceCase(s string) string {
	if s == "" {
		return ""
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
