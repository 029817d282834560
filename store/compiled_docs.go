package store

import (
	"sort"
	"sync"

	"accesspath/graph"
)

// packedDocuments are the texts of documents in packs of some thirty kilobytes:
// whoever asks for one gets its neighbours, which are of the same account.
type packedDocuments struct {
	packs graph.Texts
	until []uint32 // the first document behind each pack
	ends  []uint32 // of each document, in all the text
	cache *unpacked
}

// unpacked are the packs that were asked for.
type unpacked struct {
	sync.Mutex
	packs map[int][]byte
}

// maxUnpackedPacks bounds the packs that are kept, some sixty megabytes: thousands
// of questions about principals all over an organization come back to each.
const maxUnpackedPacks = 2048

func readPacked(in *fileReader) packedDocuments {
	d := packedDocuments{packs: in.texts(), until: in.numbers(), ends: in.numbers(), cache: &unpacked{packs: map[int][]byte{}}}
	in.bytes() // the texts are in the packs
	if len(d.until) != d.packs.Len() {
		in.err = errDamaged
	}
	return d
}

// text returns a document.
func (d *packedDocuments) text(n int) ([]byte, error) {
	k := sort.Search(len(d.until), func(i int) bool { return d.until[i] > uint32(n) })
	if k == len(d.until) {
		return nil, errReference
	}
	pack, err := d.pack(k)
	if err != nil {
		return nil, err
	}
	base := uint32(0)
	if k > 0 && d.until[k-1] > 0 {
		base = d.ends[d.until[k-1]-1]
	}
	from, to := base, d.ends[n]
	if n > 0 {
		from = d.ends[n-1]
	}
	if from < base || to < from || to-base > uint32(len(pack)) {
		return nil, errReference
	}
	return pack[from-base : to-base], nil
}

func (d *packedDocuments) pack(k int) ([]byte, error) {
	d.cache.Lock()
	defer d.cache.Unlock()
	if pack, ok := d.cache.packs[k]; ok {
		return pack, nil
	}
	pack, err := decompress([]byte(textIn(&d.packs, k)))
	if err != nil {
		return nil, err
	}
	if len(d.cache.packs) >= maxUnpackedPacks {
		clear(d.cache.packs)
	}
	d.cache.packs[k] = pack
	return pack, nil
}
