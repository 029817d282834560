package render

import (
	"bufio"
	_ "embed"
	"fmt"
	"io"

	"accesspath/internal/termsafe"
	"accesspath/render/diagram"
)

// pageCSS is the style of every page: light and dark, screen and paper.
//
//go:embed page.css
var pageCSS string

// writePage writes a self-contained HTML document in the program's style: no
// script, and nothing from a network, which its content security policy forbids
// besides. Data in the body has been through termsafe.HTML. Classes that bodies
// use: headline and facts (paragraphs), badge with allow, allow_if or deny
// (verdicts), path (lists of hops), needs, faint, warn, and figure for pictures.
func writePage(w io.Writer, title, body string) error {
	b := bufio.NewWriter(w)
	b.WriteString("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
	b.WriteString(`<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">` + "\n")
	b.WriteString(`<meta name="viewport" content="width=device-width, initial-scale=1">` + "\n")
	b.WriteString(`<meta name="generator" content="accesspath">` + "\n")
	b.WriteString("<title>" + termsafe.HTML(title) + "</title>\n<style>\n" + pageCSS)
	b.WriteString("@media screen and (prefers-color-scheme: dark) {\n" + diagram.DarkCSS("figure svg") + "}\n")
	b.WriteString("</style>\n</head>\n<body>\n<main>\n" + body + "</main>\n</body>\n</html>\n")
	if err := b.Flush(); err != nil {
		return fmt.Errorf("write HTML: %w", err)
	}
	return nil
}
