package diagram

import (
	"maps"
	"slices"
	"strings"

	"accesspath/render/words"
)

// fit draws principals together until the diagram is within its budget.
func (d *Diagram) fit() {
	d.collapse()
	d.nameWhole()
}

// nameWhole calls shapes that stand for a whole account by its number: a box
// around one shape, and a few names out of hundreds, say less. That some of an
// account become others of it is a line of the shape, not an arrow to itself.
func (d *Diagram) nameWhole() {
	inBox := map[string]int{}
	for _, n := range d.nodes {
		inBox[n.box()]++
	}
	for _, n := range d.Nodes() {
		if box := n.box(); box == "" || inBox[box] > 1 || n.Kind != words.Other || n.Members < 2 {
			continue
		}
		n.whole = true
		n.Sub = []string{n.Label}
		n.Label = "account " + n.Account
		if loop := [2]string{n.ID, n.ID}; d.edges[loop] != nil {
			delete(d.edges, loop)
			n.Sub = append(n.Sub, "some become others")
		}
	}
}

func (d *Diagram) collapse() {
	d.light()
	before := d.members()
	note := d.collapseAsTold()
	if d.o.Collapse == CollapseOff || d.fits() {
		d.noteCollapse(before, note)
		return
	}
	if note == "" {
		d.collapseTwins(false)
		note = "have the same arrows"
	}
	for i, coarse := range []struct {
		key  func(*Node) string
		note string
	}{
		{func(n *Node) string { return n.Account + "\x00" + n.Kind }, "are of one kind"},
		{func(n *Node) string { return n.Account + "\x00" }, "are in one account"},
		{func(n *Node) string { return "\x00" }, "are not the target"},
	} {
		if d.fits() || i == 2 && d.fitsLoosely() {
			break
		}
		d.collapseBy(coarse.key, true)
		note = coarse.note + oneOfThem
	}
	d.noteCollapse(before, note)
}

const oneOfThem = "; an arrow then holds for at least one of them"

// collapseAsTold draws together what the options ask for, and says how in words.
func (d *Diagram) collapseAsTold() string {
	switch d.o.Collapse {
	case CollapsePeers:
		d.collapseTwins(true)
		return "have the same arrows"
	case CollapseKinds:
		d.collapseBy(func(n *Node) string { return n.Account + "\x00" + n.Kind }, false)
		return "are of one kind" + oneOfThem
	case CollapseAccounts:
		d.collapseBy(func(n *Node) string { return n.Account + "\x00" }, false)
		return "are in one account" + oneOfThem
	}
	return ""
}

func (d *Diagram) noteCollapse(before int, note string) {
	if d.shapes() == before {
		return
	}
	d.Notes = append(d.Notes, words.Count(before)+" principals in "+words.Plural(d.shapes(), "shape")+
		": one shape stands for principals that "+note)
}

// fits reports whether the picture is within its budget of shapes, and readable
// besides: few enough arrows that they can be followed (a forest has fewer than
// shapes), and few enough shapes side by side that it is not all height.
func (d *Diagram) fits() bool {
	if len(d.nodes) > d.o.budget() || len(d.edges) > len(d.nodes)+d.o.budget()/spareArrows {
		return false
	}
	_, widest := d.levels()
	return widest <= max(d.o.budget()/4, minAbreast)
}

// fitsLoosely is for pictures of whole accounts: many arrows between few shapes
// still tell which account leads to which, and one shape for all tells nothing.
func (d *Diagram) fitsLoosely() bool {
	return len(d.nodes) <= d.o.budget()/2 && len(d.edges) <= 2*d.o.budget()
}

// members counts the principals, shapes the shapes that stand for them.
func (d *Diagram) members() int {
	n := 0
	for _, node := range d.nodes {
		n += node.Members
	}
	return n
}

func (d *Diagram) shapes() int {
	n := 0
	for _, node := range d.nodes {
		n += min(node.Members, 1)
	}
	return n
}

// free reports whether a shape may lose its identity.
func (n *Node) free() bool { return n.Members > 0 && !n.Aim && !n.fixed && n.Kind != words.Public }

// collapseTwins joins principals of one kind and account that have the same
// arrows. Joining some can make others alike, so it goes on while that helps.
// Nothing is lost but the names.
func (d *Diagram) collapseTwins(all bool) {
	for range 8 {
		before := len(d.nodes)
		in, out := map[string][]string{}, map[string][]string{}
		for _, e := range d.Edges() {
			kind := "\x00" + e.Verdict + "\x00" + strings.Join(e.Labels, "\x00")
			out[e.From] = append(out[e.From], e.To+kind)
			in[e.To] = append(in[e.To], e.From+kind)
		}
		d.collapseBy(func(n *Node) string {
			return strings.Join([]string{n.Account, n.Kind, n.noun, strings.Join(in[n.ID], "\x01"),
				strings.Join(out[n.ID], "\x01")}, "\x02")
		}, false)
		if !all && d.fits() || len(d.nodes) == before {
			return
		}
	}
}

// collapseBy joins the free shapes that have the same key: all of them, or, the
// largest class first, as many as it takes to fit.
func (d *Diagram) collapseBy(key func(*Node) string, frugal bool) {
	classes := map[string][]*Node{}
	for _, n := range d.Nodes() {
		if n.free() {
			k := key(n)
			classes[k] = append(classes[k], n)
		}
	}
	keys := slices.Sorted(maps.Keys(classes))
	slices.SortStableFunc(keys, func(a, b string) int { return len(classes[b]) - len(classes[a]) })
	to := map[string]string{}
	for _, k := range keys {
		c := classes[k]
		if len(c) < 2 {
			break
		}
		joined := join(c)
		for _, n := range c {
			to[n.ID] = joined.ID
			delete(d.nodes, n.ID)
		}
		d.nodes[joined.ID] = joined
		if !frugal || len(d.nodes) > d.o.budget() {
			continue // moving the arrows costs more than counting shapes
		}
		d.redirect(to)
		clear(to)
		if d.fits() {
			return
		}
	}
	d.redirect(to)
}

// redirect moves the arrows of joined shapes.
func (d *Diagram) redirect(to map[string]string) {
	edges := d.Edges()
	clear(d.edges)
	for _, e := range edges {
		moved := *e
		if id, ok := to[e.From]; ok {
			moved.From = id
		}
		if id, ok := to[e.To]; ok {
			moved.To = id
		}
		if moved.From != e.From || moved.To != e.To {
			moved.Tooltip = dropFirst(moved.Tooltip)
		}
		d.connect(moved)
	}
}

// dropFirst leaves out the line that names both ends.
func dropFirst(tip []string) []string {
	if len(tip) > 0 && strings.Contains(tip[0], " → ") {
		return slices.Clone(tip[1:])
	}
	return tip
}

// join makes one shape of several, which are sorted by id.
func join(ns []*Node) *Node {
	out := &Node{ID: "joined:" + ns[0].ID, Kind: ns[0].Kind, Account: ns[0].Account, noun: ns[0].noun}
	var names []string
	for _, n := range ns {
		out.Members += n.Members
		out.Origin = out.Origin || n.Origin
		out.Lit = out.Lit || n.Lit
		if n.noun != out.noun {
			out.noun = words.KindWord(out.Kind)
		}
		if n.Kind != out.Kind {
			out.Kind = words.Other
		}
		if n.Account != out.Account {
			out.Account = ""
		}
		if n.Members == 1 {
			names = append(names, n.Label)
		} else {
			names = append(names, n.Tooltip...)
		}
	}
	if out.Kind == words.Other {
		out.noun = "principal"
	}
	slices.Sort(names)
	if len(names) > maxTooltip {
		names = append(names[:maxTooltip-1:maxTooltip-1], "…")
	}
	out.Label = words.Plural(out.Members, out.noun)
	out.Tooltip = names
	out.Sub = []string{sample(names)}
	return out
}

// sample names the first few of a joined shape.
func sample(names []string) string {
	const most = 2
	if len(names) <= most {
		return strings.Join(names, ", ")
	}
	return strings.Join(names[:most], ", ") + ", …"
}
