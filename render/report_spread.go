package render

import (
	"context"
	"fmt"
	"io"
	"strings"

	"accesspath/query"
	"accesspath/render/words"
)

// RenderSpread writes what is reached from somewhere in one of ReportFormats.
func RenderSpread(ctx context.Context, w io.Writer, format string, s *query.Spread, o Options) error {
	return writeReport(ctx, w, format, s, func() *report { return spreadReport(s, o) }, o)
}

func spreadReport(s *query.Spread, o Options) *report {
	r := &report{title: o.Title, facts: []string{asOf(s.AsOf)}, closing: closingOf(s.Notes, s.Limits, s.Coverage, s.Diagnostics)}
	title := "What the outside can reach"
	if s.Kind == "blast-radius" {
		title = "What can be reached from " + s.Asked
	}
	if r.title == "" {
		r.title = title
	}
	r.headline = spreadHeadline(s)
	for i := range s.Sources {
		r.sections = append(r.sections, sourceSection(&s.Sources[i], s.Kind == "exposure"))
	}
	return r
}

// spreadHeadline counts principals, and among them the sensitive ones.
func spreadHeadline(s *query.Spread) string {
	seen, admins, others, resources := map[string]bool{}, map[string]bool{}, map[string]bool{}, map[string]bool{}
	for i := range s.Sources {
		for k := range s.Sources[i].Reached {
			row := &s.Sources[i].Reached[k]
			seen[row.Principal] = true
			for _, mark := range row.Marks {
				switch mark {
				case query.MarkAdministrator, query.MarkAdministratorIf:
					admins[row.Principal] = true
				case query.MarkOtherAccount:
					others[row.Principal] = true
				}
			}
		}
		for _, x := range s.Sources[i].Resources {
			resources[x.Resource] = true
		}
	}
	sensitive := words.Plural(len(admins), "administrator") + ", " + words.Plural(len(others), "principal") + " of other accounts"
	if s.Kind == "blast-radius" {
		return words.Plural(len(seen), "principal") + " can be used from " + s.Asked + ": " + sensitive
	}
	if len(s.Sources) == 0 {
		return "nothing is known to be reachable from outside"
	}
	reach := " reach "
	if len(s.Sources) == 1 {
		reach = " reaches "
	}
	return words.Plural(len(s.Sources), "outsider") + reach + words.Plural(len(seen), "role") + " (" + words.Plural(len(admins), "administrator") + ") and " + words.Plural(len(resources), "resource")
}

func sourceSection(s *query.SpreadSource, outside bool) reportSection {
	out := reportSection{title: kindAndName(s.Kind, s.Principal)}
	if outside {
		out.title = relationWords(s.Relation) + ": " + out.title
	}
	if s.Name != "" {
		out.title += " “" + s.Name + "”"
	}
	out.facts = append(out.facts, sourceFacts(s)...)
	for i := range s.Reached {
		out.items = append(out.items, reachedItem(&s.Reached[i]))
	}
	for i := range s.Resources {
		out.items = append(out.items, exposedItem(&s.Resources[i]))
	}
	return out
}

func relationWords(relation string) string {
	switch relation {
	case query.RelationForeign:
		return "outside the organization"
	case query.RelationUnknown:
		return "not loaded"
	case query.RelationAWS:
		return "AWS's own"
	}
	return relation
}

func sourceFacts(s *query.SpreadSource) []string {
	var out []string
	switch s.Credential {
	case query.CredentialLongTerm:
		out = append(out, "long-term credential")
		if s.AccessKey != "" {
			out[0] = "access key " + s.AccessKey + ", a long-term credential"
		}
	case query.CredentialSession:
		f := "session of the role"
		if s.ObtainedBy != "" {
			f += ", obtained by " + words.Principal(s.ObtainedBy).InAccount()
		}
		if s.MaxSeconds > 0 {
			f += fmt.Sprintf(", for %d minutes at most", s.MaxSeconds/60)
		}
		out = append(out, f)
	case query.CredentialCarried:
		out = append(out, "holds the sessions of its roles")
	case query.CredentialAccount:
		out = append(out, "all principals of the account")
	}
	if len(s.Marks) > 0 {
		out = append(out, "marks: "+strings.Join(s.Marks, ", "))
	}
	return out
}

func reachedItem(r *query.Reached) reportItem {
	i := reportItem{label: r.Verdict, text: kindAndName(r.Kind, r.Principal) + ", " + hopsOf(r.Hops), id: r.Principal}
	if len(r.Marks) > 0 {
		i.text += " — " + strings.Join(r.Marks, ", ")
	}
	if r.Path.Population != "" {
		i.details = append(i.details, "admits "+r.Path.Population)
	}
	if r.Hops > 1 || r.Hops == 1 && len(r.Path.Steps[0].Requires) > 0 {
		i.details = append(i.details, pathWords(&r.Path)...)
	}
	return i
}

// pathWords draws a path, and below it what each hop needs.
func pathWords(p *query.Path) []string {
	names := make([]string, 0, len(p.Principals))
	for _, id := range p.Principals {
		names = append(names, words.Principal(id).InAccount())
	}
	out := []string{strings.Join(names, " → ")}
	for i, s := range p.Steps {
		for _, r := range s.Requires {
			out = append(out, fmt.Sprintf("hop %d needs %s", i+1, words.At(r, i+1)))
		}
	}
	return out
}

func exposedItem(x *query.ExposedResource) reportItem {
	i := reportItem{label: x.Verdict, text: x.Resource + ": " + words.Plural(len(x.Actions), "action") + " by its own policy"}
	i.details = append(i.details, some(x.Actions))
	for _, r := range x.Requires {
		i.details = append(i.details, "needs "+words.At(r, 1))
	}
	return i
}
