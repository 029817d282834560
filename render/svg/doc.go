// Package svg lays out DOT graphs and returns SVG documents. It alone imports
// github.com/goccy/go-graphviz, whose initialization costs every program that
// links it some 30 ms and 15 MB, and most of a second on its first start: keep
// it out of libraries. Programs that import this package call
// privatetmp.Restore at the start of main.
//
// The layout cannot be interrupted and takes time that grows faster than the
// graph, so [Render] refuses what would take minutes, ahead of the work. What
// comes back is rebuilt from an allowlist of elements and attributes: shapes,
// texts and titles; no scripts, links, styles or references.
package svg
