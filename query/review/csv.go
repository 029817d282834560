package review

import (
	"encoding/csv"
	"fmt"
	"io"
	"strings"

	"accesspath/internal/termsafe"
	"accesspath/query"
)

// csvHeader names the columns. New ones are added at the end.
func csvHeader() []string {
	return []string{"status", "severity", "rule", "title", "account", "subject", "about", "text", "path", "evidence", "positions",
		"remediation", "notes", "confidence", "fingerprint", "same_cause", "accepted_until", "accepted_why", "accepted_by"}
}

// renderCSV writes one row for each finding, accepted ones after the others,
// in the form of RFC 4180. A field that a spreadsheet would compute gets an
// apostrophe in front: names are an attacker's text.
func renderCSV(w io.Writer, r *Report) error {
	out := csv.NewWriter(w)
	out.UseCRLF = true
	rows := [][]string{csvHeader()}
	for i := range r.Findings {
		rows = append(rows, csvRow(&r.Findings[i], "open", "", "", ""))
	}
	for i := range r.Accepted {
		a := &r.Accepted[i]
		rows = append(rows, csvRow(&a.Finding, "accepted", date(a.Acceptance.Expires), a.Acceptance.Reason, a.Acceptance.Owner))
	}
	if err := out.WriteAll(rows); err != nil {
		return fmt.Errorf("write CSV: %w", err)
	}
	return nil
}

func csvRow(f *Finding, status, until, why, by string) []string {
	var hops, statements, positions []string
	for _, p := range f.Paths {
		hops = append(hops, hopsText(p)...)
	}
	for _, e := range f.Evidence {
		if e.Position != "" {
			positions = append(positions, e.Position)
		}
		e.Position = ""
		if e != (query.Evidence{}) {
			statements = append(statements, evidenceText(e))
		}
	}
	row := []string{status, string(f.Severity), f.Rule, f.Title, f.Account, f.Subject, f.About, f.Text, strings.Join(hops, "; "), strings.Join(statements, "; "),
		strings.Join(positions, "; "), f.Remediation, strings.Join(f.Notes, "; "), f.Confidence, f.Fingerprint, f.SameCause, until, why, by}
	for i := range row {
		row[i] = termsafe.CSV(row[i])
	}
	return row
}
