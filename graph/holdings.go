package graph

import (
	"sync"

	"accesspath/policy"
)

// Most questions are about a resource whose owner is known, and whose policy lets
// few other accounts in: then only callers of these accounts count. Their documents
// are found by account, so that the time that a question takes does not grow with
// the organization.

// A holding is a document, its grants, from and behind the last, and some who have
// it in one account.
type holding struct {
	from, end uint32
	holders   []uint32
}

// holdings are the documents that somebody of an account has, and those of its
// nodes of whose policies some could not be read.
type holdings struct {
	once      sync.Once
	documents []holding
	unread    []uint32
}

// maxNarrow bounds the accounts that are looked at one by one.
const maxNarrow = 64

// holdingsOf returns the holdings of an account of which somebody acts; nil of
// others. They are found when they are asked for first.
func (x *index) holdingsOf(g *Graph, account string) *holdings {
	i, ok := x.account[account]
	if !ok {
		return nil
	}
	h := &x.held[i]
	h.once.Do(func() {
		stretches := stretchesOf(x.acting(account))
		h.unread = ofAccount(g, account, x.unread)
		var holders []uint32
		for d := range x.Held.Of(i) {
			from, end := x.grantsOf(d)
			if from == end || int(d) >= x.Holders.Len() {
				continue
			}
			holders = holders[:0]
			for _, s := range stretches {
				holders = x.Holders.AppendBetween(holders, int(d), s.first, s.last)
			}
			h.documents = append(h.documents, holding{from, end, ofAccount(g, account, x.known(holders))})
		}
	})
	return h
}

// A stretch is some nodes that stand together, and others between them.
type stretch struct{ first, last uint32 }

// stretchesOf are those that some nodes lie in. Nodes are in the order of their IDs:
// those of an account stand together, but for a few kinds.
func stretchesOf(nodes []uint32) []stretch {
	const apart = 256 // as many others would be looked at for nothing
	var out []stretch
	for _, n := range nodes {
		if k := len(out) - 1; k >= 0 && n-out[k].last <= apart {
			out[k].last = n
			continue
		}
		out = append(out, stretch{n, n})
	}
	return out
}

// ofAccount lists those nodes of a list that are of an account.
func ofAccount(g *Graph, account string, nodes []uint32) []uint32 {
	var out []uint32
	for _, n := range nodes {
		if g.AccountOf(NodeID(n)) == account {
			out = append(out, n)
		}
	}
	return out
}

// addHoldersIn is addHolders for callers of one account; sets says of each set of
// actions whether the action is in it, about of a grant's pattern whether it could be
// about the resource.
func (x *index) addHoldersIn(g *Graph, account string, sets []bool, about func(policy.ResourcePattern) bool, add func([]uint32)) {
	h := x.holdingsOf(g, account)
	if h == nil {
		return
	}
	add(h.unread)
	for _, d := range h.documents {
		for at := d.from; at < d.end; at++ {
			if set := x.Set.At(int(at)); int(set) < len(sets) && sets[set] && x.about(at, about) {
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
