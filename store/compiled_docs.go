package store

import (
	"sort"

	"accesspath/graph"
)

// packedDocuments are the texts of documents in packs of some thirty kilobytes:
// whoever asks for one gets its neighbours, which are of the same account.
type packedDocuments struct {
	packs graph.Texts
	until []uint32 // the first document behind each pack
	ends  []uint32 // of each document, in all the text
	cache map[int][]byte
}

// maxUnpackedPacks bounds the packs that are kept, some two megabytes.
const maxUnpackedPacks = 64

func readPacked(in *fileReader) packedDocuments {
	d := packedDocuments{packs: in.texts(), until: in.numbers(), ends: in.numbers(), cache: map[int][]byte{}}
	in.bytes() // the texts are in the packs
	if len(d.until) != d.packs.Len() {
		in.err = errDamaged
	}
	return d
}

// text returns a document. It is not safe for concurrent use.
func (d *packedDocuments) text(n int) ([]byte, error) {
	k := sort.Search(len(d.until), func(i int) bool { return d.until[i] > uint32(n) })
	if k == len(d.until) {
		return nil, errReference
	}
	pack, ok := d.cache[k]
	if !ok {
		var err error
		if pack, err = decompress([]byte(d.packs.Of(k))); err != nil {
			return nil, err
		}
		if len(d.cache) >= maxUnpackedPacks {
			clear(d.cache)
		}
		d.cache[k] = pack
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
