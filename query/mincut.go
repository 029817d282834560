package query

// network is a flow network for minimum cuts (Dinic's algorithm): arcs come in
// pairs, an arc and its reverse, so that arc i^1 undoes arc i.
type network struct {
	out   [][]int // arcs of each node
	to    []int
	room  []int // capacity left
	level []int
	next  []int // arcs of a node that are still to be tried
}

// unlimited is the capacity of arcs that no cut may contain.
const unlimited = 1 << 40

func newNetwork(nodes int) *network {
	return &network{out: make([][]int, nodes), level: make([]int, nodes), next: make([]int, nodes)}
}

// arc adds an arc and returns its number.
func (f *network) arc(from, to, capacity int) int {
	i := len(f.to)
	f.to = append(f.to, to, from)
	f.room = append(f.room, capacity, 0)
	f.out[from] = append(f.out[from], i)
	f.out[to] = append(f.out[to], i+1)
	return i
}

// flow fills the network from source to sink and returns how much passes. At
// unlimited or more there is no finite cut.
func (f *network) flow(source, sink int) int {
	total := 0
	for total < unlimited && f.layers(source, sink) {
		clear(f.next)
		for {
			pushed := f.push(source, sink)
			if total += pushed; pushed == 0 || total >= unlimited {
				break
			}
		}
	}
	return total
}

// layers numbers the nodes by distance from the source over arcs with room; it
// reports whether the sink is among them.
func (f *network) layers(source, sink int) bool {
	for i := range f.level {
		f.level[i] = -1
	}
	f.level[source] = 0
	queue := []int{source}
	for at := 0; at < len(queue); at++ {
		for _, i := range f.out[queue[at]] {
			if to := f.to[i]; f.room[i] > 0 && f.level[to] < 0 {
				f.level[to] = f.level[queue[at]] + 1
				queue = append(queue, to)
			}
		}
	}
	return f.level[sink] >= 0
}

// push sends flow along one path of the layers. It keeps its own stack: chains
// of hostile input are long.
func (f *network) push(source, sink int) int {
	var path []int
	for at := source; at != sink; {
		i, ok := f.advance(at)
		switch {
		case ok:
			path = append(path, i)
			at = f.to[i]
		case len(path) == 0:
			return 0
		default: // a dead end: go back and try the next arc
			last := path[len(path)-1]
			path = path[:len(path)-1]
			at = f.to[last^1]
			f.next[at]++
		}
	}
	least := unlimited
	for _, i := range path {
		least = min(least, f.room[i])
	}
	for _, i := range path {
		f.room[i] -= least
		f.room[i^1] += least
	}
	return least
}

// advance finds an arc from a node into the next layer.
func (f *network) advance(at int) (arc int, ok bool) {
	for ; f.next[at] < len(f.out[at]); f.next[at]++ {
		if i := f.out[at][f.next[at]]; f.room[i] > 0 && f.level[f.to[i]] == f.level[at]+1 {
			return i, true
		}
	}
	return 0, false
}

// before marks, once the network is full, the nodes from which no more can reach
// the sink. The arcs that leave them for the others are a minimum cut: of all,
// the one closest to the sink.
func (f *network) before(sink int) []bool {
	behind := make([]bool, len(f.out))
	behind[sink] = true
	queue := []int{sink}
	for at := 0; at < len(queue); at++ {
		for _, i := range f.out[queue[at]] {
			if from := f.to[i]; f.room[i^1] > 0 && !behind[from] {
				behind[from] = true
				queue = append(queue, from)
			}
		}
	}
	for i := range behind {
		behind[i] = !behind[i]
	}
	return behind
}
