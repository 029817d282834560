package store

import (
	"context"
	"encoding/binary"
	"sync"

	"accesspath/internal/packed"
	"accesspath/policy"

	"github.com/klauspost/compress/zstd"
)

// The texts of documents are in packs of some eight kilobytes: whoever asks for one
// gets its neighbours, which are of the same account. A pack has the lengths of its
// documents first (varints), then their texts, all of it compressed with a sample
// of all documents as a dictionary. At 1,000 accounts x 100 roles this is smaller
// than packs of 32 kB without one, and a document is had in a third of the time.

const (
	// compiledPack is how much text of documents, in bytes, is compressed at a
	// time: more is smaller, and less is read faster when one document is asked for.
	compiledPack = 8 << 10
	// maxSample bounds the dictionary.
	maxSample = 64 << 10
	// maxUnpackedPacks bounds the packs that are kept, some sixty megabytes:
	// thousands of questions about principals all over an organization come back to
	// each.
	maxUnpackedPacks = 8192
)

// sampleID is the number by which packs name their dictionary.
const sampleID = 1

// sampleOf takes documents from everywhere, a sixteenth of all at most.
func sampleOf(docs []*policy.Document) []byte {
	total := 0
	for _, d := range docs {
		total += len(d.Text)
	}
	size := min(maxSample, total/16)
	if size == 0 {
		return nil
	}
	var sample []byte
	for i := 0; i < len(docs) && len(sample) < size; i += max(total/size, 1) {
		sample = append(sample, docs[i].Text...)
	}
	return sample[:min(size, len(sample))]
}

func newSampleEncoder(sample []byte) (*zstd.Encoder, error) {
	o := []zstd.EOption{zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(zstd.SpeedFastest)}
	if len(sample) > 0 {
		o = append(o, zstd.WithEncoderDictRaw(sampleID, sample))
	}
	return zstd.NewWriter(nil, o...)
}

func newSampleDecoder(sample []byte) (*zstd.Decoder, error) {
	o := []zstd.DOption{zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(maxUnpacked)}
	if len(sample) > 0 {
		o = append(o, zstd.WithDecoderDictRaw(sampleID, sample))
	}
	return zstd.NewReader(nil, o...)
}

// documentPacks are the documents of a compiled form while it is made.
type documentPacks struct {
	sample []byte // compressed
	packs  recordList
	until  []uint32 // the first document behind each pack
	err    error
}

func packDocuments(ctx context.Context, docs []*policy.Document) *documentPacks {
	p := &documentPacks{}
	sample := sampleOf(docs)
	encoder, err := newSampleEncoder(sample)
	if err == nil {
		p.sample, err = compress(sample)
	}
	if err != nil {
		p.err = err
		return p
	}
	var text []byte
	for from := 0; from < len(docs); {
		if p.err = ctx.Err(); p.err != nil {
			return p
		}
		to, size := from, 0
		for ; to < len(docs) && size < compiledPack && to-from < compiledPack; to++ {
			size += len(docs[to].Text)
		}
		text = text[:0]
		for _, d := range docs[from:to] {
			text = binary.AppendUvarint(text, uint64(len(d.Text)))
		}
		for _, d := range docs[from:to] {
			text = append(text, d.Text...)
		}
		p.packs.buf = encoder.EncodeAll(text, p.packs.buf)
		p.packs.end()
		p.until = append(p.until, uint32(to))
		from = to
	}
	return p
}

// write writes the documents in the order in which readPacked reads them.
func (p *documentPacks) write(out *fileWriter) error {
	out.bytes(p.sample)
	out.records(&p.packs)
	out.numbers(p.until)
	return p.err
}

// packedDocuments are the documents of a compiled form.
type packedDocuments struct {
	packs   packed.Records
	until   packed.Numbers
	mu      *sync.Mutex // of cache
	cache   map[int]unpacked
	decoder func() (*zstd.Decoder, error)
}

// unpacked are the documents of a pack.
type unpacked struct {
	text []byte
	ends []int
}

func readPacked(in *fileReader) packedDocuments {
	sample := in.bytes()
	d := packedDocuments{packs: in.records(), until: in.numbers(), mu: &sync.Mutex{}, cache: map[int]unpacked{}}
	d.decoder = sync.OnceValues(func() (*zstd.Decoder, error) {
		text, err := decompress(sample)
		if err != nil {
			return nil, err
		}
		return newSampleDecoder(text)
	})
	if d.until.Len() != d.packs.Len() || !packsOf(d.until.All()) {
		in.err = errDamaged
	}
	return d
}

// packsOf reports whether numbers can be the first documents behind packs: none has
// more than compiledPack.
func packsOf(until []uint32) bool {
	from := uint32(0)
	for _, to := range until {
		if to < from || to-from > compiledPack {
			return false
		}
		from = to
	}
	return true
}

// count is the number of documents.
func (d *packedDocuments) count() int {
	if n := d.until.Len(); n > 0 {
		return int(d.until.At(n - 1))
	}
	return 0
}

// text returns a document. It is safe for concurrent use.
func (d *packedDocuments) text(n int) ([]byte, error) {
	k := d.until.Search(uint32(n) + 1)
	if k == d.until.Len() {
		return nil, errReference
	}
	first := 0
	if k > 0 {
		first = int(d.until.At(k - 1))
	}
	pack, err := d.pack(k, int(d.until.At(k))-first)
	if err != nil {
		return nil, err
	}
	from := 0
	if n > first {
		from = pack.ends[n-first-1]
	}
	return pack.text[from:pack.ends[n-first]], nil
}

// pack returns pack k, of n documents.
func (d *packedDocuments) pack(k, n int) (unpacked, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	pack, ok := d.cache[k]
	if ok {
		return pack, nil
	}
	pack, err := d.unpack(d.packs.Of(k), n)
	if err != nil {
		return unpacked{}, err
	}
	if len(d.cache) >= maxUnpackedPacks {
		clear(d.cache)
	}
	d.cache[k] = pack
	return pack, nil
}

// unpack unpacks a pack of n documents.
func (d *packedDocuments) unpack(data []byte, n int) (unpacked, error) {
	decoder, err := d.decoder()
	if err != nil {
		return unpacked{}, err
	}
	text, err := decoder.DecodeAll(data, nil)
	if err != nil {
		return unpacked{}, err
	}
	p := unpacked{ends: make([]int, 0, min(n, len(text)))}
	end := uint64(0)
	for range n {
		size, bytes := binary.Uvarint(text)
		if bytes <= 0 || size > maxUnpacked {
			return unpacked{}, errDamaged
		}
		text, end = text[bytes:], end+size
		p.ends = append(p.ends, int(end))
	}
	if end > uint64(len(text)) {
		return unpacked{}, errDamaged
	}
	p.text = text
	return p, nil
}
