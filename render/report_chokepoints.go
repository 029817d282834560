package render

import (
	"context"
	"io"
	"strings"

	"accesspath/query"
	"accesspath/render/words"
)

// RenderChokepoints writes a smallest cut in one of ReportFormats.
func RenderChokepoints(ctx context.Context, w io.Writer, format string, c *query.Chokepoints, o Options) error {
	return writeReport(ctx, w, format, c, func() *report { return chokepointsReport(c, o) }, o)
}

func chokepointsReport(c *query.Chokepoints, o Options) *report {
	between := "from " + strings.Join(c.From, ", ") + " to " + c.To
	r := &report{title: o.Title, facts: []string{asOf(c.AsOf)}, closing: closingOf(c.Notes, c.Limits, c.Coverage, c.Diagnostics)}
	if r.title == "" {
		r.title = "Where to cut the paths " + between
	}
	r.headline = cutHeadline(c, between)
	if len(c.Cut) > 0 {
		reach := " reach "
		if c.Origins == 1 {
			reach = " reaches "
		}
		r.facts = append(r.facts, words.Plural(c.Origins, "origin")+reach+words.Plural(c.Targets, "target")+" over "+words.Plural(c.Hops, "hop")+"; a smallest set is shown")
	}
	cut := reportSection{title: "hops to cut"}
	for i := range c.Cut {
		cut.items = append(cut.items, chokepointItem(&c.Cut[i]))
	}
	if len(cut.items) > 0 {
		r.sections = append(r.sections, cut)
	}
	if len(c.Already) > 0 {
		s := reportSection{title: "there already, without a hop to cut"}
		for _, id := range c.Already {
			s.items = append(s.items, reportItem{label: "is", text: words.Principal(id).InAccount(), id: id})
		}
		r.sections = append(r.sections, s)
	}
	return r
}

// cutHeadline says what the cut comes to. Origins that are at a target stay there,
// whichever hops are cut.
func cutHeadline(c *query.Chokepoints, between string) string {
	there := words.Plural(len(c.Already), "origin") + " that is there already"
	if len(c.Already) > 1 {
		there = words.Plural(len(c.Already), "origin") + " that are there already"
	}
	switch cut, already := len(c.Cut) > 0, len(c.Already) > 0; {
	case cut && already:
		return words.Plural(len(c.Cut), "hop") + " to cut " + between + ": no path is left then, but for " + there
	case cut:
		return words.Plural(len(c.Cut), "hop") + " to cut " + between + ": no path is left then"
	case already:
		return "no hop to cut " + between + ": no path is known, but for " + there
	}
	return "no path is known " + between
}

func chokepointItem(p *query.Chokepoint) reportItem {
	i := reportItem{label: "cut", text: kindAndName(p.FromKind, p.From) + " → " + kindAndName(p.ToKind, p.To) + " (" + p.Kind + ", " + p.Verdict + ", serves " + words.Plural(p.Origins, "origin") + ")", id: p.From + " → " + p.To}
	for _, r := range p.Requires {
		i.details = append(i.details, "needs "+words.At(r, 1))
	}
	for k := range p.Change {
		i.details = append(i.details, "change "+words.Evidence(p.Change[k].Evidence)+restsOn(&p.Change[k]))
	}
	if p.Breaks == 0 {
		return i
	}
	names := make([]string, 0, len(p.Examples))
	for _, id := range p.Examples {
		names = append(names, words.Principal(id).InAccount())
	}
	more := ""
	if p.Breaks > len(names) {
		more = " and " + words.Count(p.Breaks-len(names)) + " more"
	}
	i.details = append(i.details, "also takes it from "+words.Plural(p.Breaks, "other principal")+": "+strings.Join(names, ", ")+more)
	return i
}

// restsOn says what else goes with a statement that is taken away as a whole.
func restsOn(s *query.CutStatement) string {
	var parts []string
	if s.OtherHops > 0 {
		names := make([]string, 0, len(s.Examples))
		for _, e := range s.Examples {
			names = append(names, words.Principal(e.From).InAccount()+" → "+words.Principal(e.To).InAccount())
		}
		more := ""
		if s.OtherHops > len(names) {
			more = " and " + words.Count(s.OtherHops-len(names)) + " more"
		}
		parts = append(parts, words.Plural(s.OtherHops, "other hop")+" ("+strings.Join(names, ", ")+more+")")
	}
	if s.OtherHolders > 0 {
		parts = append(parts, "what "+words.Plural(s.OtherHolders, "other holder")+" of the policy may do")
	}
	if len(parts) == 0 {
		return ""
	}
	return "; on it also rest " + strings.Join(parts, ", and ")
}
