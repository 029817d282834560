// Package diagram turns a result or a trust graph into a picture that a person
// can read, and writes it as DOT, Mermaid or GraphML.
//
// A diagram is small by construction. Principals and the thing asked about are
// nodes, hops are edges; two paths that share a hop share its edge, in accounts
// drawn as boxes. Beyond a budget of nodes, principals are drawn together, from
// the harmless way to the coarse one: first those of one kind and account that
// have the same arrows, then all of one kind in an account, then whole accounts.
// The picture says so. [Diagram.Graph] gives the graph to the algorithms of
// github.com/dominikbraun/graph, which suit this size (package graph has the
// arrays that suit whole organizations).
//
// Colour never speaks alone: kinds differ in shape and are written out, and
// conditional arrows are dashed. Every text colour has a contrast of at least
// 4.5:1 on its ground, every line and border of 3:1 (WCAG 2.1, AA).
//
// Everything that comes from data passes the function of package termsafe for the
// format, node ids are numbers, and no URL is ever set.
//
// build.go and diff.go make a diagram (diagram.go) of an answer, collapse.go draws
// principals together, depth.go picks the direction, highlight.go lights paths up;
// dot.go, mermaid.go and graphml.go write it, in the colours of theme.go.
package diagram
