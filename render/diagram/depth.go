package diagram

import (
	"github.com/dominikbraun/graph"
)

// levels estimates how the layout will rank the shapes: how many ranks there
// are, and how many shapes the fullest one holds. A shape's rank is one more
// than that of the last shape before it, on walks that enter each strongly
// connected part once.
func (d *Diagram) levels() (ranks, widest int) {
	g, err := d.Graph()
	if err != nil {
		return 0, 0 // cannot be: ids are unique and ends exist
	}
	parts, err := graph.StronglyConnectedComponents(g)
	if err != nil {
		return 0, 0 // of undirected graphs only
	}
	part := make(map[string]int, len(d.nodes))
	for i, p := range parts {
		for _, key := range p {
			part[key] = i
		}
	}
	before := make([]map[int]bool, len(parts))
	for _, e := range d.edges {
		from, to := part[Key(e.From)], part[Key(e.To)]
		if from != to {
			if before[to] == nil {
				before[to] = map[int]bool{}
			}
			before[to][from] = true
		}
	}
	end := make([]int, len(parts)) // the first rank behind a part
	var walk func(int) int
	walk = func(i int) int { // the parts form no cycle, so this ends
		if end[i] == 0 {
			start := 0
			for j := range before[i] {
				start = max(start, walk(j))
			}
			end[i] = start + len(parts[i])
		}
		return end[i]
	}
	count := map[int]int{}
	for i, p := range parts {
		last := walk(i)
		ranks = max(ranks, last)
		for k := range p { // the members of a cycle stand behind each other
			count[last-k]++
			widest = max(widest, count[last-k])
		}
	}
	return ranks, widest
}
