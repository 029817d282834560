// Package render writes results in formats: text for terminals, JSON, Markdown,
// HTML, DOT and SVG.
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
// SVG needs a layout engine, which this package does not import: it costs every
// program that does some start-up time. Options.SVG takes it; package
// render/svg has one.
package render
