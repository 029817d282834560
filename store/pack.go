package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
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
	return zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(zstd.SpeedDefault))
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
	buf   bytes.Buffer
	items []located // in buf
	rows  []documentRow
	err   error
}

type documentRow struct {
	pack int64
	located
}

// located is where a document lies.
type located struct {
	digest       [sha256.Size]byte
	offset, size int
}

func (p *packer) add(digest [sha256.Size]byte, text string) {
	p.items = append(p.items, located{digest, p.buf.Len(), len(text)})
	p.buf.WriteString(text)
	if p.buf.Len() >= packSize {
		p.flush()
	}
}

func (p *packer) flush() {
	if p.err != nil || len(p.items) == 0 {
		return
	}
	packed, err := compress(p.buf.Bytes())
	if err != nil {
		p.err = err
		return
	}
	res, err := p.w.tx.ExecContext(p.w.ctx, "INSERT INTO pack (size, data) VALUES (?, ?)", p.buf.Len(), packed)
	if err != nil {
		p.err = err
		return
	}
	id, err := res.LastInsertId()
	if err != nil {
		p.err = err
		return
	}
	for _, item := range p.items {
		p.rows = append(p.rows, documentRow{id, item})
	}
	p.items, p.buf = p.items[:0], bytes.Buffer{}
}

// close writes the last pack, and then the rows in order of their key, which
// spares the tree of 100,000 random digests most of its page splits.
func (p *packer) close() error {
	p.flush()
	if p.err != nil {
		return p.err
	}
	slices.SortFunc(p.rows, func(a, b documentRow) int { return bytes.Compare(a.digest[:], b.digest[:]) })
	out := newRows(p.w, "INSERT OR REPLACE INTO document (sha256, pack_id, offset, size) VALUES ", 4)
	for _, r := range p.rows {
		out.add(r.digest[:], r.pack, r.offset, r.size)
	}
	return out.flush()
}

// readPack returns the texts of a pack one after the other.
func readPack(ctx context.Context, tx *sql.Tx, id int64) ([]byte, error) {
	var packed []byte
	if err := tx.QueryRowContext(ctx, "SELECT data FROM pack WHERE id = ?", id).Scan(&packed); err != nil {
		return nil, fmt.Errorf("pack %d: %w", id, err)
	}
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
// takes most of the time, so that packs are parsed in parallel.
func loadDocuments(ctx context.Context, tx *sql.Tx, wanted map[[sha256.Size]byte]bool) (map[[sha256.Size]byte]*policy.Document, error) {
	packs, err := locate(ctx, tx, wanted)
	if err != nil {
		return nil, err
	}
	texts := make([][]byte, len(packs))
	for i := range packs {
		if texts[i], err = readPack(ctx, tx, packs[i].id); err != nil {
			return nil, err
		}
	}
	parsed := make([][]*policy.Document, len(packs))
	parsers := sync.Pool{New: func() any { return policy.NewParser() }}
	err = parallel(ctx, len(packs), func(i int) (err error) {
		parser := parsers.Get().(*policy.Parser)
		defer parsers.Put(parser)
		parsed[i], err = packs[i].parse(parser, texts[i])
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
	for i, item := range p.items {
		raw, err := item.within(text)
		if err != nil {
			return nil, err
		}
		d, err := parser.Parse(raw)
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

// locate finds the packs of the wanted documents by one pass over the table,
// which is faster than asking for each.
func locate(ctx context.Context, tx *sql.Tx, wanted map[[sha256.Size]byte]bool) ([]packItems, error) {
	found, err := tx.QueryContext(ctx, "SELECT sha256, pack_id, offset, size FROM document")
	if err != nil {
		return nil, err
	}
	defer found.Close()
	index := map[int64]int{}
	var packs []packItems
	var sum sql.RawBytes
	for found.Next() {
		var id int64
		var item located
		if err := found.Scan(&sum, &id, &item.offset, &item.size); err != nil {
			return nil, err
		}
		if len(sum) != sha256.Size {
			continue
		}
		if item.digest = [sha256.Size]byte(sum); !wanted[item.digest] {
			continue
		}
		i, ok := index[id]
		if !ok {
			i = len(packs)
			index[id] = i
			packs = append(packs, packItems{id: id})
		}
		packs[i].items = append(packs[i].items, item)
	}
	return packs, found.Err()
}
