package render

import (
	"context"
	"io"

	"accesspath/query"
	"accesspath/render/words"
)

// RenderWhatIf writes how an answer differs in one of ReportFormats.
func RenderWhatIf(ctx context.Context, w io.Writer, format string, d *query.WhatIf, o Options) error {
	return writeReport(ctx, w, format, d, func() *report { return whatIfReport(d, o) }, o)
}

func whatIfReport(d *query.WhatIf, o Options) *report {
	r := &report{title: o.Title, closing: closingOf(d.Notes, d.Limits, d.Coverage, d.Diagnostics)}
	about := "who can " + target(d.Question)
	switch who := words.Principal(d.Question.Principal).InAccount(); d.Question.Kind {
	case "can":
		about = "whether " + who + " can " + target(d.Question)
	case "paths":
		about = "the paths from " + who + " to " + words.Principal(d.Question.Target).InAccount()
	}
	if r.title == "" {
		r.title = "What would change about " + about
	}
	r.headline = "nothing would change about " + about
	if len(d.Rows) > 0 {
		r.headline = words.Plural(len(d.Rows), "row") + " would change about " + about
	}
	r.facts = append(r.facts, asOf(d.AsOf)+", "+words.Plural(d.Before, "row")+" with access before, "+words.Count(d.After)+" after")
	r.facts = append(r.facts, d.Changes...)
	s := reportSection{title: "rows that differ"}
	for i := range d.Rows {
		s.items = append(s.items, whatIfItem(&d.Rows[i]))
	}
	if len(s.items) > 0 {
		r.sections = append(r.sections, s)
	}
	return r
}

func whatIfItem(w *query.WhatIfRow) reportItem {
	i := reportItem{label: w.Change, text: kindAndName(w.Kind, w.Principal) + " (" + sideWords(w.Before) + " → " + sideWords(w.After) + ")", id: w.Principal}
	if w.Before != nil {
		i.details = append(i.details, prefixed("before: ", wholePath(&w.Before.Path))...)
	}
	if w.After != nil {
		i.details = append(i.details, prefixed("after: ", wholePath(&w.After.Path))...)
	}
	for _, c := range w.Causes {
		i.details = append(i.details, words.Cause(c))
	}
	return i
}

// wholePath is pathWords with what the action itself needs.
func wholePath(p *query.Path) []string {
	out := pathWords(p)
	for _, r := range p.Requires {
		out = append(out, "the action needs "+words.At(r, len(p.Steps)+1))
	}
	return out
}

func sideWords(s *query.WhatIfSide) string {
	if s == nil {
		return "no access"
	}
	return s.Verdict + ", " + hopsOf(s.Hops)
}
