package render

import (
	"bufio"
	_ "embed"
	"fmt"
	"html/template"
	"io"

	"accesspath/internal/termsafe"
	"accesspath/render/diagram"
)

// pageCSS is the style of every page: light and dark, screen and paper.
//
//go:embed page.css
var pageCSS string

// A Page is a self-contained HTML document: no script, and nothing from a
// network, which its content security policy forbids besides.
type Page struct {
	Title string        // as text
	Body  template.HTML // finished: data in it has been through EscapeHTML
}

// WritePage writes a page with the program's style. Classes that bodies use:
// headline and facts (paragraphs), badge with allow, allow_if or deny (verdicts),
// path (lists of hops), needs, faint, warn, and figure for pictures.
func WritePage(w io.Writer, p Page) error {
	b := bufio.NewWriter(w)
	b.WriteString("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
	b.WriteString(`<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">` + "\n")
	b.WriteString(`<meta name="viewport" content="width=device-width, initial-scale=1">` + "\n")
	b.WriteString(`<meta name="generator" content="accesspath">` + "\n")
	b.WriteString("<title>" + EscapeHTML(p.Title) + "</title>\n<style>\n" + pageCSS)
	b.WriteString("@media screen and (prefers-color-scheme: dark) {\n" + diagram.DarkCSS("figure svg") + "}\n")
	b.WriteString("</style>\n</head>\n<body>\n<main>\n" + string(p.Body) + "</main>\n</body>\n</html>\n")
	if err := b.Flush(); err != nil {
		return fmt.Errorf("write HTML: %w", err)
	}
	return nil
}

// EscapeText makes data safe for terminals and log lines.
func EscapeText(s string) string { return termsafe.Text(s) }

// EscapeMarkdown makes data safe for running Markdown text and table cells.
func EscapeMarkdown(s string) string { return termsafe.Markdown(s) }

// CodeMarkdown makes data a code span that is safe in a table cell.
func CodeMarkdown(s string) string { return termsafe.MarkdownCode(s) }

// EscapeHTML makes data safe for element content and quoted attributes.
func EscapeHTML(s string) string { return termsafe.HTML(s) }
