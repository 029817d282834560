package review

import (
	"slices"
	"strings"
	"time"
)

// An Acceptance takes a finding on purpose, for a time (FIND-90). It names the
// finding by rule and subject; About narrows it to one of several findings of
// the subject, and is needed for none.
type Acceptance struct {
	Rule    string    `json:"rule"`    // "FIND-20"
	Subject string    `json:"subject"` // as in the finding
	About   string    `json:"about,omitempty"`
	Expires time.Time `json:"expires"` // RFC 3339; from then on the finding is back
	Reason  string    `json:"reason"`
	Owner   string    `json:"owner,omitempty"` // who answers for it
}

// Accepted is a finding that somebody accepted.
type Accepted struct {
	Finding    Finding    `json:"finding"`
	Acceptance Acceptance `json:"acceptance"`
}

// covers reports whether the acceptance is about a finding.
func (a Acceptance) covers(f *Finding) bool {
	return strings.EqualFold(a.Rule, f.Rule) && a.Subject == f.Subject && (a.About == "" || a.About == f.About)
}

// accept moves accepted findings out of the report's findings. One whose
// acceptance is over stays, with a note.
func (r *Report) accept(list []Acceptance, asOf time.Time) {
	r.Findings = slices.DeleteFunc(r.Findings, func(f Finding) bool {
		i := slices.IndexFunc(list, func(a Acceptance) bool { return a.covers(&f) && asOf.Before(a.Expires) })
		if i >= 0 {
			r.Accepted = append(r.Accepted, Accepted{f, list[i]})
		}
		return i >= 0
	})
	for i := range r.Findings {
		f := &r.Findings[i]
		if k := slices.IndexFunc(list, func(a Acceptance) bool { return a.covers(f) }); k >= 0 {
			f.Notes = append(f.Notes, "was accepted until "+date(list[k].Expires)+": "+list[k].Reason)
		}
	}
}

// acceptedText is one accepted finding on one line.
func acceptedText(a Accepted) string {
	s := a.Finding.Rule + " " + a.Finding.Title + ": " + a.Finding.Subject
	if a.Finding.About != "" {
		s += " (" + a.Finding.About + ")"
	}
	s += ", until " + date(a.Acceptance.Expires) + ": " + a.Acceptance.Reason
	if a.Acceptance.Owner != "" {
		s += " (" + a.Acceptance.Owner + ")"
	}
	return s
}
