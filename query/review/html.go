package review

import (
	"bufio"
	_ "embed"
	"fmt"
	"html/template"
	"io"

	"accesspath/internal/termsafe"
)

//go:embed report.gohtml
var reportTemplate string

//go:embed report.css
var reportStyle string

// renderHTML writes one self-contained page: no script and nothing from a
// network, which its content security policy forbids besides. html/template
// escapes for the place; termsafe makes what cannot be seen visible before.
func renderHTML(w io.Writer, p page) error {
	t, err := template.New("report").Funcs(template.FuncMap{
		"style":      func() template.CSS { return template.CSS(reportStyle) },
		"text":       termsafe.Text,
		"upper":      upperFirst,
		"thousands":  thousands,
		"count":      count,
		"severities": Severities,
		"conditions": conditionsOf,
		"relation":   relationText,
		"gets":       verdictText,
		"evidence":   evidenceTexts,
		"hops":       hopsText,
		"missing":    notEvaluatedText,
		"diagnostic": diagnosticText,
	}).Parse(reportTemplate)
	if err != nil {
		return fmt.Errorf("the report's template: %w", err)
	}
	b := bufio.NewWriter(w)
	if err := t.Execute(b, p); err != nil {
		return fmt.Errorf("write HTML: %w", err)
	}
	return b.Flush()
}
