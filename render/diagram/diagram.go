package diagram

import (
	"cmp"
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/dominikbraun/graph"

	"accesspath/query"
	"accesspath/render/words"
)

// DefaultBudget is how many nodes are drawn one by one.
const DefaultBudget = 150

// spareArrows: the part of the budget by which arrows may outnumber shapes.
const spareArrows = 3

// minAbreast is how many shapes may stand side by side in any case; above a
// budget of four times that, it is a quarter of the budget.
const minAbreast = 15

// Options say how to draw.
type Options struct {
	Title     string // "" means the question
	Direction string // "LR", "TB", or "" for whichever suits the depth
	Theme     string // "light" (also "") or "dark"
	Budget    int    // nodes; 0 means DefaultBudget
	// Highlight are principals, by identifier or by a pattern of it or of the name
	// that is drawn. Every arrow on a chain through one of them stands out.
	Highlight []string
	// Collapse says which principals are drawn together; see [Collapses].
	Collapse string
}

// Collapses lists the ways to draw principals together. The first is also "".
func Collapses() []string {
	return []string{CollapseAuto, CollapseOff, CollapsePeers, CollapseKinds, CollapseAccounts}
}

const (
	CollapseAuto     = "auto"     // as far as the budget asks for
	CollapseOff      = "off"      // not at all, however many there are
	CollapsePeers    = "peers"    // those with the same arrows, and more if the budget asks for it
	CollapseKinds    = "kinds"    // those of one kind in an account
	CollapseAccounts = "accounts" // those of an account
)

func (o Options) budget() int {
	if o.Budget <= 0 {
		return DefaultBudget
	}
	return o.Budget
}

// Kinds of nodes beside the families of package words.
const (
	// Target is the action and resource asked about.
	Target = "target"
	// Permissions stands for what a session may do.
	Permissions = "permissions"
)

// Verdicts of edges beside those of query.
const (
	Mixed   = "MIXED"   // outright in some cases, under conditions in others
	Blocked = "BLOCKED" // what a denied request fails at
	Tried   = "TRIED"   // part of a path that fails at another hop
	Member  = "MEMBER"  // of a group: no access by itself

	Escalated   = "ESCALATED"    // by escalation: something is changed first
	EscalatedIf = "ESCALATED_IF" // the same, under conditions
)

// A Node is a shape.
type Node struct {
	ID      string   // unique; of a principal its identifier
	Kind    string   // family of package words, Target or Permissions
	Account string   // whose box it is drawn in, or ""
	Label   string   // first, bold line
	Sub     []string // smaller lines below
	Tooltip []string // lines
	Origin  bool     // access begins here
	Aim     bool     // access ends here: drawn with a double border
	Members int      // how many principals it stands for; 0 means that it is no principal

	Lit bool // on a highlighted path

	noun  string // what one of its members is called
	fixed bool   // never drawn together with others: it was asked about
	whole bool   // stands for all of its account that is drawn
}

// box is the account in whose box the shape stands, or "": an account is not in
// one, and neither is what stands for one.
func (n *Node) box() string {
	if n.whole || n.Kind == words.Account || n.Kind == words.Public {
		return ""
	}
	return n.Account
}

// An Edge is an arrow.
type Edge struct {
	From, To string
	Verdict  string
	Labels   []string // conditions in a few words; sorted, distinct
	Tooltip  []string
	Lit      bool // on a highlighted path
	Hop      int  // its place in the only path that is drawn, from 1; else 0
}

// A Diagram is a picture before layout.
type Diagram struct {
	Title string
	Notes []string // what the picture leaves out
	nodes map[string]*Node
	edges map[[2]string]*Edge
	o     Options
}

func newDiagram(o Options) *Diagram {
	return &Diagram{nodes: map[string]*Node{}, edges: map[[2]string]*Edge{}, o: o, Title: o.Title}
}

// Empty reports whether there is nothing to draw.
func (d *Diagram) Empty() bool { return len(d.nodes) == 0 }

// Nodes returns the shapes, sorted by id.
func (d *Diagram) Nodes() []*Node {
	return slices.SortedFunc(maps.Values(d.nodes), func(a, b *Node) int { return cmp.Compare(a.ID, b.ID) })
}

// Edges returns the arrows, sorted by their ends.
func (d *Diagram) Edges() []*Edge {
	return slices.SortedFunc(maps.Values(d.edges), func(a, b *Edge) int {
		return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To))
	})
}

// Graph returns the diagram as a graph of the library, with the shapes as
// vertices and the arrows as data of its edges. Vertices are keyed by [Key].
func (d *Diagram) Graph() (graph.Graph[string, *Node], error) {
	g := graph.New(func(n *Node) string { return Key(n.ID) }, graph.Directed())
	for _, n := range d.Nodes() {
		if err := g.AddVertex(n, graph.VertexAttribute("kind", n.Kind)); err != nil {
			return nil, err
		}
	}
	for _, e := range d.Edges() {
		err := g.AddEdge(Key(e.From), Key(e.To), graph.EdgeData(e), graph.EdgeAttribute("verdict", e.Verdict))
		if err != nil && !errors.Is(err, graph.ErrEdgeAlreadyExists) {
			return nil, err
		}
	}
	return g, nil
}

// Key is the hash of a shape in [Diagram.Graph]. It is never "": the library's
// search for components takes the zero value of its keys for "none yet", and
// splits the component that holds it.
func Key(id string) string { return "#" + id }

// principal adds the shape of a principal, or returns the one there is.
func (d *Diagram) principal(id string) *Node {
	if n, ok := d.nodes[id]; ok {
		return n
	}
	name := words.Principal(id)
	n := &Node{ID: id, Kind: name.Kind, Account: name.Account, Label: name.Label, Tooltip: []string{id}, Members: 1}
	n.call(words.KindWord(name.Kind))
	d.nodes[id] = n
	return n
}

// call writes the sort of principal below its name. "other" tells nothing.
func (n *Node) call(noun string) {
	n.noun, n.Sub = noun, []string{noun}
	if noun == words.Other {
		n.noun, n.Sub = "principal", nil
	}
}

// describe corrects a shape with what the result knows of the principal.
func (n *Node) describe(kind, account string) {
	if kind != "" {
		n.call(words.KindWord(kind))
		if f := words.Family(kind); f != words.Other {
			n.Kind = f
		}
	}
	if account != "" {
		n.Account = account
	}
	if n.Kind == words.Account && n.Account != "" && n.Account != n.Label {
		n.Sub = append(n.Sub, "of account "+n.Account) // it stands outside of the boxes
	}
}

// connect adds an arrow, or merges it with the one there is.
func (d *Diagram) connect(e Edge) *Edge {
	if !slices.Contains(arrowOrder(), e.Verdict) {
		e.Verdict = known(e.Verdict)
	}
	key := [2]string{e.From, e.To}
	old, ok := d.edges[key]
	if !ok {
		e.Labels = distinct(e.Labels)
		d.edges[key] = &e
		return &e
	}
	old.merge(e)
	return old
}

// known maps what a result may say to what can be drawn; a word of a later
// version is no promise of open access.
func known(verdict string) string {
	if verdict == query.VerdictDeny {
		return Blocked
	}
	return query.VerdictAllowIf
}

// merge joins parallel arrows. Neither verdict may hide the other: shown as
// plain ALLOW a condition would be lost, shown as ALLOW_IF open access would.
func (e *Edge) merge(other Edge) {
	// Calls are labels of escalation alone.
	switch by := escalates(e.Verdict); {
	case by && !escalates(other.Verdict) && other.Verdict != Member:
		e.Labels = nil
	case !by && escalates(other.Verdict) && e.Verdict != Member:
		other.Labels = nil
	}
	e.Verdict = mergeVerdict(e.Verdict, other.Verdict)
	e.Lit = e.Lit || other.Lit
	e.Labels = distinct(append(e.Labels, other.Labels...))
	for _, t := range other.Tooltip {
		if len(e.Tooltip) < maxTooltip && !slices.Contains(e.Tooltip, t) {
			e.Tooltip = append(e.Tooltip, t)
		}
	}
}

func mergeVerdict(a, b string) string {
	if a == b {
		return a
	}
	switch { // that something changed must not be lost
	case changes(a) && changes(b):
		return Changed
	case changes(a):
		return a
	case changes(b):
		return b
	}
	for _, weak := range []string{Member, Tried, Blocked, EscalatedIf, Escalated} {
		if a == weak {
			return b
		}
		if b == weak {
			return a
		}
	}
	return Mixed
}

func escalates(verdict string) bool { return verdict == Escalated || verdict == EscalatedIf }

func changes(verdict string) bool {
	return verdict == Added || verdict == Removed || verdict == Changed
}

func distinct(ss []string) []string {
	out := slices.DeleteFunc(slices.Clone(ss), func(s string) bool { return s == "" })
	slices.Sort(out)
	return slices.Compact(out)
}

// label is what an arrow says.
func (e *Edge) label() string {
	number := ""
	if e.Hop > 0 {
		number = strconv.Itoa(e.Hop)
	}
	if len(e.Labels) == 0 || len(e.Labels) == 1 && e.Labels[0] == "" {
		return number
	}
	if number != "" {
		number += ": "
	}
	s := strings.Join(e.Labels, " / ")
	switch {
	case len(e.Labels) > 1 && escalates(e.Verdict):
		s = "various ways"
	case len(e.Labels) > 2:
		s = "various conditions"
	}
	if e.Verdict == Mixed {
		s = "some: " + s
	}
	return number + s
}
