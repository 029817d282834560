package graph

import "slices"

// Most questions are about a resource whose owner is known, and whose policy lets
// few other accounts in: then only callers of these accounts count. Who asks again
// and again has the documents of each account at hand, so that the time that a
// question takes does not grow with the organization.

// A holding is a document, and some who have it in one account.
type holding struct {
	document uint32
	holders  []uint32
}

// holdings are the documents, and those nodes of whose policies some could not be
// read, by account.
type holdings struct {
	documents map[string][]holding
	unread    map[string][]uint32
}

// maxNarrow bounds the accounts that are looked at one by one.
const maxNarrow = 64

// holdingsFor returns the holdings from the second question on: to make them takes
// longer than to answer one.
func (x *index) holdingsFor(g *Graph) *holdings {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.asked++; x.asked > 1 && x.held == nil {
		x.held = newHoldings(g, x)
	}
	return x.held
}

func newHoldings(g *Graph, x *index) *holdings {
	h := &holdings{documents: map[string][]holding{}, unread: map[string][]uint32{}}
	eachAccount(g, x.unread, func(account string, nodes []uint32) {
		h.unread[account] = append(h.unread[account], nodes...)
	})
	for d := range x.Holders.Len() {
		eachAccount(g, x.holders(uint32(d), nil), func(account string, holders []uint32) {
			h.documents[account] = append(h.documents[account], holding{uint32(d), holders})
		})
	}
	return h
}

// eachAccount takes a list of nodes apart into runs of one account, which are parts
// of the list. Nodes are in the order of their IDs, and those of an account stand
// together, but for a few kinds.
func eachAccount(g *Graph, nodes []uint32, f func(account string, run []uint32)) {
	for len(nodes) > 0 {
		account, n := g.AccountOf(NodeID(nodes[0])), 1
		for n < len(nodes) && g.AccountOf(NodeID(nodes[n])) == account {
			n++
		}
		f(account, nodes[:n:n])
		nodes = nodes[n:]
	}
}

// addHoldersIn is addHolders for callers of one account.
func (h *holdings) addHoldersIn(x *index, account, action, resource string, add func([]uint32)) {
	add(h.unread[account])
	allowing := x.allowing(action)
	for _, d := range h.documents[account] {
		from, end := x.grantsOf(d.document)
		for at, _ := slices.BinarySearch(allowing, from); at < len(allowing) && allowing[at] < end; at++ {
			if x.about(allowing[at], resource) {
				add(d.holders)
				break
			}
		}
	}
}

// grantsOf are the numbers of a document's grants: from, and behind the last.
func (x *index) grantsOf(document uint32) (from, end uint32) {
	return uint32(x.Documents.Search(document)), uint32(x.Documents.Search(document + 1))
}
