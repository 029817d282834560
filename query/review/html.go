package review

import (
	"bufio"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"

	"accesspath/internal/termsafe"
	"accesspath/query"
)

//go:embed report.gohtml
var reportTemplate string

//go:embed report.css
var reportStyle string

//go:embed report.js
var reportScript string

// renderHTML writes one self-contained page. Its content security policy lets
// the one style sheet and the one script in, by their hashes, and nothing else:
// no network, no event handlers, nothing that a name could smuggle in.
// html/template escapes for the place; termsafe makes what cannot be seen
// visible before. Without the script the page shows all and filters nothing.
//
// What the page shows only on demand is within noscript elements, which browsers
// that run scripts keep as text: a page of thousands of findings is a few
// thousand elements, not hundreds of thousands. The script makes elements of
// that text. It stays safe because escaping leaves no "<" in any name.
func renderHTML(w io.Writer, r *Report) error {
	t, err := template.New("report").Funcs(template.FuncMap{
		"style":      func() template.CSS { return template.CSS(reportStyle) },
		"script":     func() template.JS { return template.JS(reportScript) },
		"csp":        contentPolicy,
		"text":       termsafe.Text,
		"upper":      upperFirst,
		"thousands":  thousands,
		"count":      count,
		"severities": Severities,
		"conditions": conditionsOf,
		"relation":   relationText,
		"gets":       verdictText,
		"evidence":   func(e query.Evidence) string { return evidenceText(e) },
		"accepted":   acceptedText,
		"calls":      escalationCalls,
		"hops":       hopsText,
		"picture":    pictureOf,
		"vendor":     query.AccountOwner,
		"diagnostic": diagnosticText,
	}).Parse(reportTemplate)
	if err != nil {
		return fmt.Errorf("the report's template: %w", err)
	}
	b := bufio.NewWriter(w)
	if err := t.Execute(b, newHTMLPage(r)); err != nil {
		return fmt.Errorf("write HTML: %w", err)
	}
	return b.Flush()
}

// contentPolicy is the page's content security policy.
func contentPolicy() string {
	return "default-src 'none'; style-src " + hashSource(reportStyle) + "; script-src " + hashSource(reportScript) + "; base-uri 'none'; form-action 'none'"
}

func hashSource(s string) string {
	sum := sha256.Sum256([]byte(s))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}
