package render

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"accesspath/query"
	"accesspath/query/compare"
	"accesspath/render/diagram"
	"accesspath/render/words"
)

// diffFormat is one entry of the registry of differences.
type diffFormat struct {
	name   string
	render func(context.Context, io.Writer, *compare.Diff, Options) error
}

func diffFormats() []diffFormat {
	out := []diffFormat{
		{"text", diffText},
		{"json", func(_ context.Context, w io.Writer, d *compare.Diff, _ Options) error { return WriteJSON(w, d) }},
		{"markdown", diffMarkdown},
	}
	for _, f := range pictureFormats() {
		out = append(out, diffFormat{f.name, func(ctx context.Context, w io.Writer, d *compare.Diff, o Options) error {
			return f.write(ctx, w, diagram.FromDiff(d, o.diagram()), o)
		}})
	}
	return out
}

// DiffFormats lists the formats of differences; the first one is the default.
func DiffFormats() []string {
	var out []string
	for _, f := range diffFormats() {
		out = append(out, f.name)
	}
	return out
}

// RenderDiff writes a difference between snapshots; "" is text.
func RenderDiff(ctx context.Context, w io.Writer, name string, d *compare.Diff, o Options) error {
	if err := o.check(); err != nil {
		return err
	}
	for _, f := range diffFormats() {
		if f.name == name || name == "" {
			return f.render(ctx, w, d, o)
		}
	}
	return unknownFormat(name, DiffFormats())
}

// Marks of the lines of a difference.
const (
	markAdded   = "+"
	markRemoved = "-"
	markChanged = "~"
)

// A diffSection lists the differences of one sort in words. Nothing in it is
// escaped.
type diffSection struct {
	title string // "Trusts: 2 added, 1 removed"
	lines []diffLine
}

type diffLine struct {
	mark    string
	text    string
	id      string // what the text is about, in full; "" if the text says it
	details []diffDetail
}

// A diffDetail is a sentence, and perhaps a piece of input behind it.
type diffDetail struct{ text, code string }

func (d diffDetail) String() string { return strings.TrimSpace(d.text + " " + d.code) }

// diffHeadline says in one sentence whether anything differs.
func diffHeadline(d *compare.Diff) string {
	if d.Empty() {
		return "no difference"
	}
	var parts []string
	for _, c := range d.Counts() {
		if n := c.Added + c.Removed + c.Changed; n > 0 {
			parts = append(parts, words.Count(n)+" in "+c.Sort)
		}
	}
	return "differences: " + strings.Join(parts, ", ")
}

// diffSides describes the two snapshots.
func diffSides(d *compare.Diff) []string {
	side := func(name string, s compare.Side) string {
		c := s.Coverage
		return name + ": " + s.Name + ", " + asOf(s.AsOf) + ", " + words.Plural(c.Accounts, "account") + ", " +
			words.Plural(c.Users, "user") + ", " + words.Plural(c.Roles, "role")
	}
	return []string{side("old", d.Old), side("new", d.New)}
}

func diffTitle(d *compare.Diff, o Options) string {
	switch {
	case o.Title != "":
		return o.Title
	case d.Question != nil:
		return "What changed about who can " + target(*d.Question)
	}
	return "What changed"
}

// diffSections words every sort that differs. Who gets in comes first.
func diffSections(d *compare.Diff) []diffSection {
	counts := d.Counts()
	sections := []diffSection{
		section(counts[5], &d.Access, rowLine, nil),
		section(counts[4], &d.Paths, pathLine, pathNeeds),
		section(counts[2], &d.Trusts, trustLine, trustNeeds),
		section(counts[6], &d.Findings, findingLine, nil),
		section(counts[1], &d.Principals, principalLine, nil),
		section(counts[3], &d.Policies, policyLine, nil),
		section(counts[0], &d.Accounts, accountLine, nil),
	}
	return slices.DeleteFunc(sections, func(s diffSection) bool { return len(s.lines) == 0 })
}

// section words the differences of one sort; needs words what a thing requires,
// where it requires something.
func section[T any](c compare.Count, set *compare.Set[T], line func(*T) diffLine, needs func(*T) []string) diffSection {
	var parts []string
	for _, p := range []struct {
		n    int
		word string
	}{{c.Added, "added"}, {c.Removed, "removed"}, {c.Changed, "changed"}} {
		if p.n > 0 {
			parts = append(parts, words.Count(p.n)+" "+p.word)
		}
	}
	s := diffSection{title: sentenceCase(c.Sort) + ": " + strings.Join(parts, ", ")}
	add := func(mark string, v *T) *diffLine {
		l := line(v)
		l.mark = mark
		s.lines = append(s.lines, l)
		return &s.lines[len(s.lines)-1]
	}
	for i := range set.Added {
		add(markAdded, &set.Added[i])
	}
	for i := range set.Removed {
		add(markRemoved, &set.Removed[i])
	}
	for i := range set.Changed {
		l := add(markChanged, &set.Changed[i].New)
		l.details = nil
		for _, c := range set.Changed[i].Details {
			if c.What == "requires" && needs != nil {
				c.Old, c.New = strings.Join(needs(&set.Changed[i].Old), "; "), strings.Join(needs(&set.Changed[i].New), "; ")
			}
			l.details = append(l.details, detailWords(c))
		}
	}
	return s
}

// detailWords says one change of a property.
func detailWords(d compare.Detail) diffDetail {
	switch {
	case d.What == "statement" && d.Old == "":
		return diffDetail{"statement added:", d.New}
	case d.What == "statement":
		return diffDetail{"statement removed:", d.Old}
	case d.Old == "":
		return diffDetail{text: d.What + ": now " + d.New}
	case d.New == "":
		return diffDetail{text: d.What + ": no longer " + d.Old}
	}
	return diffDetail{text: d.What + ": " + d.Old + " → " + d.New}
}

func plainDetails(texts ...string) []diffDetail {
	var out []diffDetail
	for _, t := range texts {
		if t != "" {
			out = append(out, diffDetail{text: t})
		}
	}
	return out
}

func accountLine(a *compare.Account) diffLine {
	return diffLine{text: strings.TrimSpace("account " + a.ID + " " + a.Name)}
}

func principalLine(p *compare.Principal) diffLine {
	return diffLine{text: kindAndName(p.Kind, p.ID), id: p.ID, details: plainDetails(atPosition(p.Position))}
}

func atPosition(position string) string {
	if position == "" {
		return ""
	}
	return "at " + position
}

func trustLine(t *compare.Trust) diffLine {
	return diffLine{text: words.Principal(t.From).InAccount() + " → " + words.Principal(t.To).InAccount() + " (" + t.Kind + ", " + t.Verdict + ")", id: t.From + " → " + t.To,
		details: plainDetails(prefixed("needs ", trustNeeds(t))...)}
}

func trustNeeds(t *compare.Trust) []string {
	var out []string
	for _, r := range t.Requires {
		out = append(out, words.At(r, 1))
	}
	return out
}

func prefixed(prefix string, list []string) []string {
	out := make([]string, 0, len(list))
	for _, s := range list {
		out = append(out, prefix+s)
	}
	return out
}

func policyLine(p *compare.Policy) diffLine {
	l := diffLine{text: p.Layer + " policy", id: p.ARN, details: plainDetails(atPosition(p.Position))}
	if p.Name != "" && p.Name != l.text {
		l.text += " " + p.Name
	}
	if p.Owner != "" {
		l.text += " of " + words.Principal(p.Owner).InAccount()
		l.id = p.Owner
	}
	return l
}

func pathLine(p *compare.Path) diffLine {
	names := make([]string, 0, len(p.Path.Principals))
	for _, id := range p.Path.Principals {
		names = append(names, words.Principal(id).InAccount())
	}
	l := diffLine{text: strings.Join(names, " → ") + " (" + p.Path.Verdict + ")", details: plainDetails(prefixed("needs ", pathNeeds(p))...)}
	for i, s := range p.Path.Steps {
		l.details = append(l.details, plainDetails(grants(fmt.Sprintf("hop %d: ", i+1), s.Because)...)...)
	}
	l.details = append(l.details, plainDetails(grants("the action: ", p.Path.Because)...)...)
	return l
}

// grants names the statements that give access; guardrails that let it pass are
// left out.
func grants(prefix string, list []query.Evidence) []string {
	var out []string
	for _, e := range list {
		if e.Grants() {
			out = append(out, prefix+words.Evidence(e))
		}
	}
	return out
}

// pathNeeds words what a path requires, hop by hop.
func pathNeeds(p *compare.Path) []string {
	var out []string
	for i, s := range p.Path.Steps {
		for _, r := range s.Requires {
			out = append(out, words.At(r, i+1)+fmt.Sprintf(" in hop %d", i+1))
		}
	}
	for _, r := range p.Path.Requires {
		out = append(out, words.At(r, len(p.Path.Steps)+1)+" for the action")
	}
	return out
}

func rowLine(r *compare.Row) diffLine {
	hops := words.Plural(r.Hops, "hop")
	if r.Hops == 0 {
		hops = "direct"
	}
	return diffLine{text: kindAndName(r.Kind, r.Principal) + " (" + r.Verdict + ", " + hops + ")", id: r.Principal}
}

func findingLine(f *compare.Finding) diffLine {
	l := diffLine{text: f.Severity + " " + f.Rule + ": " + f.Title, id: f.Subject, details: plainDetails(f.Text)}
	if f.About != "" {
		l.id += " (" + f.About + ")"
	}
	return l
}

// notesOf gathers what a reader has to know to trust a difference.
func notesOf(notes []query.Note, l query.Limits) []string {
	var out []string
	for _, n := range notes {
		out = append(out, "note: "+n.Text)
	}
	for _, r := range l.Reasons {
		out = append(out, "limit: "+r)
	}
	return out
}
