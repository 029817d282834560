// Package render writes answers in formats: text for terminals, JSON, Markdown and
// HTML, and pictures as Mermaid, GraphML, DOT, SVG and PNG.
//
// A renderer decides nothing. Order, wording of conditions, truncation and
// verdicts are settled in the [query.Result]; every format shows the same view
// of it (type view), in the same words (package render/words). JSON is the
// result itself, and [ReadResult] reads it back, so that a stored answer can be
// shown in any format later.
//
// Data in a result is an attacker's text. Each format escapes it with the one
// function for that format in package internal/termsafe.
//
// SVG and PNG need a layout engine, which this package does not import: it costs
// every program that does some start-up time. Options.SVG and Options.PNG take it;
// package render/svg has one.
//
// # Where to find what
//
// Results: render.go has the registry of formats; view.go, with headline.go,
// explain.go and escalation.go, puts a result into words; text.go (on printer.go),
// markdown.go, html.go (on page.go), json.go and picture.go write them. Trust graphs
// are written by graphtext.go, json.go and picture.go. Differences have a registry of
// their own in diff.go, with prose in diff_prose.go, and reports of checks in
// check.go, check_junit.go and check_sarif.go. Spreads, chokepoints and what-ifs
// become sections of lines (report.go) in report_spread.go, report_chokepoints.go and
// report_whatif.go. read.go reads JSON back.
package render
