package review

import (
	"io"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"accesspath/internal/strictyaml"
)

// baselineVersion is the version of the form of baselines.
const baselineVersion = 1

// Placeholder stands in baselines that were written by the program, where
// somebody has to say who answers for a finding and why it is accepted.
const Placeholder = "FILL IN"

// baselineTerm is how long what a written baseline accepts stays accepted.
const baselineTerm = 90 * day

// ReadBaseline reads a baseline: accepted findings in YAML, of which JSON is a
// part, as a list or as the member "accepted" of a mapping with a version. The
// error is a *strictyaml.Error with lines and columns, or one of r.
func ReadBaseline(name string, r io.Reader) ([]Acceptance, error) {
	list := []Acceptance{}
	err := strictyaml.Read(name, r, func(in *strictyaml.Reader, root *yaml.Node) {
		if root.Kind == yaml.SequenceNode {
			list = readAcceptances(in, root)
			return
		}
		version := false
		ok := in.Members(root, []string{"version", "accepted"}, func(key string, value *yaml.Node) {
			if key == "version" {
				version = true
				in.Version(value, baselineVersion)
				return
			}
			list = readAcceptances(in, value)
		})
		if ok && !version {
			in.At(root, `"version: %d" is missing`, baselineVersion)
		}
	})
	if err != nil {
		return nil, err
	}
	return list, nil
}

func readAcceptances(in *strictyaml.Reader, n *yaml.Node) []Acceptance {
	out := []Acceptance{}
	for _, item := range in.List(n) {
		var a Acceptance
		before := in.Problems()
		ok := in.Members(item, []string{"rule", "subject", "about", "owner", "reason", "expires"}, func(key string, value *yaml.Node) {
			readMember(in, &a, key, value)
		})
		if !ok || in.Problems() > before {
			continue
		}
		if lacks := a.lacks(); len(lacks) > 0 {
			in.At(item, "%s missing: each entry has rule, subject, owner, reason and expires", strings.Join(lacks, ", "))
			continue
		}
		out = append(out, a)
	}
	return out
}

func readMember(in *strictyaml.Reader, a *Acceptance, key string, n *yaml.Node) {
	text := in.Text(n)
	switch key {
	case "rule":
		a.Rule = strings.ToUpper(text)
		if _, ok := RuleByID(a.Rule); !ok && text != "" {
			in.At(n, "there is no rule %q; run accesspath rules list", text)
		}
	case "subject":
		a.Subject = text
	case "about":
		a.About = text
	case "owner":
		a.Owner = text
	case "reason":
		a.Reason = text
	case "expires":
		for _, layout := range []string{time.RFC3339, time.DateOnly} {
			if t, err := time.Parse(layout, text); err == nil {
				a.Expires = t.UTC()
				return
			}
		}
		if text != "" {
			in.At(n, "%q is not a date; write 2026-12-31", text)
		}
	}
}

// lacks names what an entry of a baseline has to have and does not.
func (a *Acceptance) lacks() []string {
	var out []string
	for _, m := range []struct {
		name  string
		there bool
	}{{"rule", a.Rule != ""}, {"subject", a.Subject != ""}, {"owner", strings.TrimSpace(a.Owner) != ""}, {"reason", strings.TrimSpace(a.Reason) != ""}, {"expires", !a.Expires.IsZero()}} {
		if !m.there {
			out = append(out, m.name)
		}
	}
	return out
}

// Baseline accepts every finding of a report for a while. What was accepted
// already keeps its owner, reason and date; findings that came back or are new
// get placeholders for people to fill in.
func (r *Report) Baseline() []Acceptance {
	var out []Acceptance
	for _, a := range r.Accepted {
		kept := a.Acceptance
		kept.Rule, kept.About = a.Finding.Rule, a.Finding.About
		out = append(out, kept)
	}
	expires := r.AsOf.Add(baselineTerm).Truncate(day)
	for i := range r.Findings {
		f := &r.Findings[i]
		out = append(out, Acceptance{Rule: f.Rule, Subject: f.Subject, About: f.About, Owner: Placeholder, Reason: Placeholder, Expires: expires})
	}
	same := func(a, b Acceptance) bool { return a.Rule == b.Rule && a.Subject == b.Subject && a.About == b.About }
	slices.SortStableFunc(out, func(a, b Acceptance) int {
		return strings.Compare(a.Rule+"\x00"+a.Subject+"\x00"+a.About, b.Rule+"\x00"+b.Subject+"\x00"+b.About)
	})
	return slices.CompactFunc(out, same)
}

// WriteBaseline writes a baseline as YAML.
func WriteBaseline(w io.Writer, list []Acceptance) error {
	entries := strictyaml.List()
	for _, a := range list {
		m := strictyaml.NewMapping()
		m.Add("rule", strictyaml.Text(a.Rule))
		m.Add("subject", strictyaml.Text(a.Subject))
		if a.About != "" {
			m.Add("about", strictyaml.Text(a.About))
		}
		m.Add("owner", strictyaml.Text(a.Owner))
		m.Add("reason", strictyaml.Text(a.Reason))
		m.Add("expires", strictyaml.Text(dateOrTime(a.Expires)))
		entries.Content = append(entries.Content, m.Node)
	}
	if len(list) > 0 {
		entries.Style = 0
	}
	root := strictyaml.NewMapping()
	root.Add("version", strictyaml.Int(baselineVersion))
	root.Add("accepted", entries)
	return strictyaml.Write(w, root.Node)
}

func dateOrTime(t time.Time) string {
	if t.UTC().Truncate(day).Equal(t) {
		return t.UTC().Format(time.DateOnly)
	}
	return t.UTC().Format(time.RFC3339)
}

// BaselineState is what is to be done about a baseline.
type BaselineState struct {
	Expired   int // entries whose time is over and whose findings are back
	Unused    int // entries that fit no finding: they can go
	Unwritten int // entries that still have placeholders
}

// StateOf compares a baseline with the report that it was applied to.
func (r *Report) StateOf(list []Acceptance) BaselineState {
	used := map[string]bool{}
	for _, a := range r.Accepted {
		used[a.Acceptance.place()] = true
	}
	open := map[string]bool{}
	for i := range r.Findings {
		f := &r.Findings[i]
		open[Acceptance{Rule: f.Rule, Subject: f.Subject, About: f.About}.place()] = true
		open[Acceptance{Rule: f.Rule, Subject: f.Subject}.place()] = true
	}
	var s BaselineState
	for _, a := range list {
		switch place := a.place(); {
		case used[place]:
		case open[place]:
			s.Expired++
		default:
			s.Unused++
		}
		if a.Owner == Placeholder || a.Reason == Placeholder {
			s.Unwritten++
		}
	}
	return s
}

// place is what an acceptance is about.
func (a Acceptance) place() string {
	return strings.ToUpper(a.Rule) + "\x00" + a.Subject + "\x00" + a.About
}
