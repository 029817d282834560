package diagram

import (
	"strings"

	"accesspath/policy"
)

// light marks what the options ask to highlight: the principals, and every arrow
// on a chain that goes through one of them. Membership in a group is no chain.
func (d *Diagram) light() {
	for _, want := range d.o.Highlight {
		pattern := policy.CompilePattern(want)
		found := false
		for _, n := range d.Nodes() {
			if n.Members > 0 && (pattern.Match(n.ID) || pattern.Match(n.Label)) {
				found, n.fixed, n.Lit = true, true, true
				d.follow(n.ID, func(e *Edge) (string, string) { return e.From, e.To })
				d.follow(n.ID, func(e *Edge) (string, string) { return e.To, e.From })
			}
		}
		if !found {
			d.Notes = append(d.Notes, "nothing to highlight: no principal here is "+strings.TrimSpace(want))
		}
	}
}

// follow marks all arrows that can be walked from a shape, in the direction in
// which ends gives their ends, and the shapes that they lead to.
func (d *Diagram) follow(from string, ends func(*Edge) (string, string)) {
	out := map[string][]*Edge{}
	for _, e := range d.Edges() {
		if a, _ := ends(e); e.Verdict != Member {
			out[a] = append(out[a], e)
		}
	}
	seen := map[string]bool{from: true}
	for queue := []string{from}; len(queue) > 0; queue = queue[1:] {
		for _, e := range out[queue[0]] {
			e.Lit = true
			_, to := ends(e)
			if n := d.nodes[to]; n != nil {
				n.Lit = true
			}
			if !seen[to] {
				seen[to] = true
				queue = append(queue, to)
			}
		}
	}
}
