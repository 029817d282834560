package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"slices"
	"sync"

	"accesspath/policy"

	"github.com/klauspost/compress/zstd"
)

// packSize is the number of bytes of documents from which a pack is written:
// documents of an organization are alike, and 256 KiB compress to a tenth
// where one alone loses a third.
const packSize = 256 << 10

// maxUnpacked bounds what one part or pack of a damaged or hostile file may
// unpack to.
const maxUnpacked = 2 << 30

var encoderOnce = sync.OnceValues(func() (*zstd.Encoder, error) {
	return zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(zstd.SpeedFastest))
})

var decoderOnce = sync.OnceValues(func() (*zstd.Decoder, error) {
	return zstd.NewReader(nil, zstd.WithDecoderConcurrency(0), zstd.WithDecoderMaxMemory(maxUnpacked))
})

func compress(data []byte) ([]byte, error) {
	enc, err := encoderOnce()
	if err != nil {
		return nil, err
	}
	return enc.EncodeAll(data, nil), nil
}

func decompress(data []byte) ([]byte, error) {
	dec, err := decoderOnce()
	if err != nil {
		return nil, err
	}
	out, err := dec.DecodeAll(data, nil)
	if err != nil {
		return nil, fmt.Errorf("cannot decompress: %w", err)
	}
	return out, nil
}

// packer gathers new documents into packs.
type packer struct {
	w     *writer
	text  []byte
	index []byte // an entry for each document in text
	err   error
}

// entrySize is that of a document in the index of its pack: digest and size.
const entrySize = sha256.Size + 4

// located is where a document lies in its pack.
type located struct {
	digest       [sha256.Size]byte
	offset, size int
}

func (p *packer) add(digest [sha256.Size]byte, text string) {
	p.text = append(p.text, text...)
	p.index = append(p.index, digest[:]...)
	p.index = binary.BigEndian.AppendUint32(p.index, uint32(len(text)))
	if len(p.text) >= packSize {
		p.flush()
	}
}

func (p *packer) flush() {
	if p.err != nil || len(p.index) == 0 {
		return
	}
	packed, err := compress(p.text)
	if err != nil {
		p.err = err
		return
	}
	_, p.err = p.w.tx.ExecContext(p.w.ctx, "INSERT INTO pack (size, data, documents) VALUES (?, ?, ?)", len(p.text), packed, p.index)
	p.text, p.index = p.text[:0], p.index[:0]
}

// close writes the last pack.
func (p *packer) close() error {
	p.flush()
	return p.err
}

// indexed lists the documents of a pack from its index.
func indexed(index []byte) []located {
	out := make([]located, 0, len(index)/entrySize)
	offset := 0
	for entry := range slices.Chunk(index, entrySize) {
		if len(entry) != entrySize {
			break // damaged: what is missing is reported where it is needed
		}
		size := int(binary.BigEndian.Uint32(entry[sha256.Size:]))
		out = append(out, located{[sha256.Size]byte(entry[:sha256.Size]), offset, size})
		offset += size
	}
	return out
}

// readPack reads the data of a pack.
func readPack(ctx context.Context, tx *sql.Tx, id int64) ([]byte, error) {
	var packed []byte
	if err := tx.QueryRowContext(ctx, "SELECT data FROM pack WHERE id = ?", id).Scan(&packed); err != nil {
		return nil, fmt.Errorf("pack %d: %w", id, err)
	}
	return packed, nil
}

// unpackPack returns the texts of a pack one after the other.
func unpackPack(id int64, packed []byte) ([]byte, error) {
	text, err := decompress(packed)
	if err != nil {
		return nil, fmt.Errorf("pack %d: %w", id, err)
	}
	return text, nil
}

// within returns the text of one document of a pack.
func (l located) within(pack []byte) ([]byte, error) {
	if l.offset < 0 || l.size < 0 || l.offset > len(pack) || l.size > len(pack)-l.offset {
		return nil, fmt.Errorf("the document %s lies outside of its pack", hex.EncodeToString(l.digest[:]))
	}
	return pack[l.offset : l.offset+l.size], nil
}

// loadDocuments reads and parses the documents with the given digests. Parsing
// takes most of the time, so that packs are unpacked and parsed in parallel.
func loadDocuments(ctx context.Context, tx *sql.Tx, wanted map[[sha256.Size]byte]bool) (map[[sha256.Size]byte]*policy.Document, error) {
	packs, err := locate(ctx, tx, wanted)
	if err != nil {
		return nil, err
	}
	data := make([][]byte, len(packs))
	for i := range packs {
		if data[i], err = readPack(ctx, tx, packs[i].id); err != nil {
			return nil, err
		}
	}
	parsed := make([][]*policy.Document, len(packs))
	parsers := sync.Pool{New: func() any { return policy.NewParser() }}
	err = parallel(ctx, len(packs), func(i int) (err error) {
		parser := parsers.Get().(*policy.Parser)
		defer parsers.Put(parser)
		text, err := unpackPack(packs[i].id, data[i])
		if err != nil {
			return err
		}
		parsed[i], err = packs[i].parse(parser, text)
		return err
	})
	if err != nil {
		return nil, err
	}
	out := make(map[[sha256.Size]byte]*policy.Document, len(wanted))
	for _, docs := range parsed {
		for _, d := range docs {
			out[d.Digest] = d
		}
	}
	return out, nil
}

type packItems struct {
	id    int64
	items []located
}

func (p *packItems) parse(parser *policy.Parser, text []byte) ([]*policy.Document, error) {
	docs := make([]*policy.Document, len(p.items))
	size := 0
	for _, item := range p.items {
		size += item.size
	}
	whole := size >= len(text)/2 // or else a few documents would keep the text of a pack
	for i, item := range p.items {
		raw, err := item.within(text)
		if err != nil {
			return nil, err
		}
		parse := func() (*policy.Document, error) { return parser.Parse(raw) }
		if whole {
			parse = func() (*policy.Document, error) { return parser.ParseText(textOf(raw)) }
		}
		d, err := parse()
		if err != nil {
			return nil, fmt.Errorf("the document %s: %w", hex.EncodeToString(item.digest[:]), err)
		}
		if d.Digest != item.digest {
			return nil, fmt.Errorf("the document %s is damaged; restore a copy of the database, or ingest into a new one", hex.EncodeToString(item.digest[:]))
		}
		docs[i] = d
	}
	return docs, nil
}

// locate finds the packs of the wanted documents, and marks these as not wanted any
// more.
func locate(ctx context.Context, tx *sql.Tx, wanted map[[sha256.Size]byte]bool) ([]packItems, error) {
	var packs []packItems
	err := eachPack(ctx, tx, func(id int64, _ int, items []located) {
		p := packItems{id: id}
		for _, item := range items {
			if wanted[item.digest] {
				wanted[item.digest] = false
				if p.items == nil {
					p.items = make([]located, 0, len(items))
				}
				p.items = append(p.items, item)
			}
		}
		if len(p.items) > 0 {
			packs = append(packs, p)
		}
	})
	return packs, err
}

// eachPack calls f for every pack, in order of their ids.
func eachPack(ctx context.Context, tx *sql.Tx, f func(id int64, size int, items []located)) error {
	rows, err := tx.QueryContext(ctx, "SELECT id, size, documents FROM pack ORDER BY id")
	if err != nil {
		return err
	}
	defer rows.Close()
	var id int64
	var size int
	var index sql.RawBytes
	for rows.Next() {
		if err := rows.Scan(&id, &size, &index); err != nil {
			return err
		}
		f(id, size, indexed(index))
	}
	return rows.Err()
}
