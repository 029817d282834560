package review

import (
	"bytes"
	"encoding/csv"
	"strings"
	"testing"
)

// TestCSVFormulas: no cell of a report with hostile names begins like a formula,
// and each row has all columns.
func TestCSVFormulas(t *testing.T) {
	r := sampleReport(3)
	for i, name := range []string{`=HYPERLINK("https://evil.example")`, "+1", "-1", "@SUM(A1)", "\tx", "\rx", " =1", `"quoted", with comma`, "two\nlines", "|cmd"} {
		f := r.Findings[0]
		f.Subject, f.Account, f.Text, f.About = name, name, name, name
		f.Fingerprint = fingerprint(f.Rule, name, string(rune('a'+i)))
		r.Findings = append(r.Findings, f)
	}
	var b bytes.Buffer
	if err := Render(&b, "csv", r); err != nil {
		t.Fatal(err)
	}
	in := csv.NewReader(bytes.NewReader(b.Bytes()))
	rows, err := in.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != len(r.Findings)+1 || len(rows[0]) != len(csvHeader()) {
		t.Errorf("%d rows of %d columns", len(rows), len(rows[0]))
	}
	for _, row := range rows {
		for _, cell := range row {
			if cell != "" && strings.ContainsAny(cell[:1], "=+-@\t\r|") {
				t.Errorf("the cell %q is a formula", cell)
			}
		}
	}
	if n := strings.Count(b.String(), "\n"); n != strings.Count(b.String(), "\r\n") || n != len(rows) {
		t.Errorf("%d line ends for %d rows, or not all CRLF", n, len(rows))
	}
}
