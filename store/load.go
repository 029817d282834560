package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"time"

	"accesspath/graph"
	"accesspath/iam"
	"accesspath/policy"

	"github.com/go-json-experiment/json"
)

// Info describes a stored snapshot without loading it.
type Info struct {
	ID         int64
	AsOf       time.Time // UTC; zero if no input said
	IngestedAt time.Time // UTC
	Label      string
	Engine     string            // version of the program that saved it
	Digest     [sha256.Size]byte // of the facts: equal if nothing but positions, sources and diagnostics changed
	Sources    []iam.Source      // nil where Latest says what there is
	Counts     Counts
	Coverage   map[iam.Section]SectionCount // of all accounts
}

// Counts says how much a snapshot holds.
type Counts struct {
	Accounts     int  `json:"accounts"`
	Users        int  `json:"users"`
	Groups       int  `json:"groups"`
	Roles        int  `json:"roles"`
	Resources    int  `json:"resources"`
	Diagnostics  int  `json:"diagnostics"`
	Incomplete   int  `json:"incomplete"` // accounts whose export was truncated (GAAD-08)
	Organization bool `json:"organization"`
}

// SectionCount is the number of accounts in each state of a section (NAT-04).
type SectionCount struct {
	Present    int `json:"present"`
	KnownEmpty int `json:"knownEmpty"`
	Unknown    int `json:"unknown"`
}

const (
	infoColumns = "SELECT id, as_of, ingested_at, label, engine, digest, sources, counts, coverage FROM snapshot "
	headColumns = "SELECT id, as_of, ingested_at, label, engine, digest, 'null', counts, coverage FROM snapshot " // in the same places
)

// List describes all snapshots, oldest first. There may be none.
func (s *Store) List(ctx context.Context) ([]Info, error) {
	infos, err := s.infos(ctx, infoColumns+"ORDER BY id")
	return infos, s.explain(err)
}

// Show describes one snapshot. The error wraps ErrNoSnapshot if it is missing.
func (s *Store) Show(ctx context.Context, id int64) (Info, error) {
	infos, err := s.infos(ctx, infoColumns+"WHERE id = ?", id)
	if err != nil {
		return Info{}, s.explain(err)
	}
	if len(infos) == 0 {
		return Info{}, s.missing(id)
	}
	return infos[0], nil
}

// Latest describes the snapshot that was saved last, but for its sources: every
// question begins here and asks for none of the thousands that there may be. The
// error wraps ErrNoSnapshot if there is none.
func (s *Store) Latest(ctx context.Context) (Info, error) {
	infos, err := s.infos(ctx, headColumns+"ORDER BY id DESC LIMIT 1")
	if err != nil {
		return Info{}, s.explain(err)
	}
	if len(infos) == 0 {
		return Info{}, fmt.Errorf("%s: %w: it holds none; save one first", s.path, ErrNoSnapshot)
	}
	return infos[0], nil
}

func (s *Store) missing(id int64) error {
	return fmt.Errorf("%s: %w: %d; list the snapshots to see which there are", s.path, ErrNoSnapshot, id)
}

func (s *Store) infos(ctx context.Context, query string, args ...any) ([]Info, error) {
	rows, err := s.db.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []Info
	for rows.Next() {
		info, err := scanInfo(rows)
		if err != nil {
			return nil, fmt.Errorf("%s: snapshot %d: %w", s.path, info.ID, err)
		}
		out = append(out, info)
	}
	return out, rows.Err()
}

func scanInfo(rows *sql.Rows) (Info, error) {
	var info Info
	var asOf, ingestedAt string
	var sum, sources, counts, coverage []byte
	if err := rows.Scan(&info.ID, &asOf, &ingestedAt, &info.Label, &info.Engine, &sum, &sources, &counts, &coverage); err != nil {
		return info, err
	}
	if len(sum) != len(info.Digest) {
		return info, fmt.Errorf("the digest has %d bytes", len(sum))
	}
	info.Digest = [sha256.Size]byte(sum)
	var err, err2 error
	info.AsOf, err = parseTime(asOf)
	info.IngestedAt, err2 = parseTime(ingestedAt)
	return info, errors.Join(err, err2,
		json.Unmarshal(sources, &info.Sources),
		json.Unmarshal(counts, &info.Counts),
		json.Unmarshal(coverage, &info.Coverage))
}

// Load reads a snapshot. The error wraps ErrNoSnapshot if it is missing. Equal
// documents are one *policy.Document.
func (s *Store) Load(ctx context.Context, id int64) (*iam.Snapshot, error) {
	list, _, _, err := s.loadAll(ctx, false, id)
	if err != nil {
		return nil, err
	}
	return list[0], nil
}

// LoadTwo reads two snapshots, and says what they have in common. What is the same
// in both down to its positions is there once: accounts, the organization and the
// list of resources are then equal as pointers, so that neither may be changed.
func (s *Store) LoadTwo(ctx context.Context, first, second int64) (a, b *iam.Snapshot, common graph.Common, err error) {
	list, parts, _, err := s.loadAll(ctx, false, first, second)
	if err != nil {
		return nil, nil, common, err
	}
	common, shared := commonOf(partIDs(parts[0]), partIDs(parts[1]))
	if !shared {
		leaveOutUsers(&common, list[1], changedPolicies(list[0], list[1]))
	}
	return list[0], list[1], common, nil
}

// loadAll reads snapshots; with exports, the parts and documents of these as well.
func (s *Store) loadAll(ctx context.Context, exports bool, ids ...int64) (out []*iam.Snapshot, all [][]loaded, documents map[[sha256.Size]byte]*policy.Document, err error) {
	all = make([][]loaded, len(ids))
	err = s.read(ctx, func(tx *sql.Tx) (err error) {
		var wanted map[[sha256.Size]byte]bool
		for i, id := range ids {
			if all[i], err = readParts(ctx, tx, id, exports); err != nil {
				return err
			}
			if wanted == nil { // snapshots of one database have most in common
				wanted = make(map[[sha256.Size]byte]bool, documentsOf(all[i]))
			}
			for _, p := range all[i] {
				p.addDigests(wanted)
			}
		}
		documents, err = loadDocuments(ctx, tx, wanted)
		return err
	})
	if err != nil {
		return nil, nil, nil, s.explain(err)
	}
	out = make([]*iam.Snapshot, len(ids))
	have := &readAlready{}
	for i, id := range ids {
		if len(all[i]) == 0 {
			return nil, nil, nil, s.missing(id)
		}
		if out[i], err = decodeSnapshot(ctx, all[i], documents, have); err != nil {
			return nil, nil, nil, fmt.Errorf("%s: snapshot %d cannot be read; restore a copy of the database, or ingest again: %w", s.path, id, err)
		}
		have.keep(all[i], out[i])
	}
	return out, all, documents, nil
}

// addDigests adds the digests of the documents that a part refers to. One that is cut off
// is reported when the part is decoded.
func (p loaded) addDigests(to map[[sha256.Size]byte]bool) {
	for chunk := range slices.Chunk(p.digests, sha256.Size) {
		if len(chunk) == sha256.Size {
			to[[sha256.Size]byte(chunk)] = true
		}
	}
}

// documentsOf is how many documents parts have, at most.
func documentsOf(parts []loaded) (n int) {
	for _, p := range parts {
		n += len(p.digests) / sha256.Size
	}
	return n
}

// readParts reads the parts of a snapshot and checks them against their
// digests: a damaged file must not turn into a wrong answer.
func readParts(ctx context.Context, tx *sql.Tx, id int64, exports bool) ([]loaded, error) {
	rows, err := tx.QueryContext(ctx, `SELECT sp.kind, sp.name, sp.part_id, coalesce(sp.positions_id, 0), p.sha256, p.data, p.documents, q.sha256, q.data
		FROM snapshot_part AS sp JOIN part AS p ON p.id = sp.part_id LEFT JOIN part AS q ON q.id = sp.positions_id
		WHERE sp.snapshot_id = ? AND (? OR sp.kind <> ?) ORDER BY sp.kind, sp.ordinal`, id, exports, kindExport)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var parts []loaded
	var sums [][2][]byte
	for rows.Next() {
		var p loaded
		var sum [2][]byte
		if err := rows.Scan(&p.kind, &p.name, &p.ids[0], &p.ids[1], &sum[0], &p.data, &p.digests, &sum[1], &p.positions); err != nil {
			return nil, err
		}
		parts = append(parts, p)
		sums = append(sums, sum)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	unpack := func(i int, schema string) (err error) {
		p := &parts[i]
		if p.data, err = unpackPart(schema, p.data, p.digests, sums[i][0]); err == nil && p.positions != nil {
			p.positions, err = unpackPart("", p.positions, nil, sums[i][1])
		}
		if err != nil {
			return fmt.Errorf("part %s %s: %w", p.kind, clip(p.name), err)
		}
		return nil
	}
	described := slices.IndexFunc(parts, func(p loaded) bool { return p.kind == kindSchema })
	schema := ""
	if described >= 0 {
		if err := unpack(described, ""); err != nil {
			return nil, err
		}
		schema = string(parts[described].data)
	}
	return parts, parallel(ctx, len(parts), func(i int) error {
		if i == described {
			return nil
		}
		return unpack(i, schema)
	})
}

func unpackPart(schema string, packed, digests, want []byte) ([]byte, error) {
	data, err := decompress(packed)
	if err != nil {
		return nil, err
	}
	if sum := digest(schema, data, digests); string(sum[:]) != string(want) {
		return nil, fmt.Errorf("the content does not have the digest %s; restore a copy of the database, or ingest again", hex.EncodeToString(want))
	}
	return data, nil
}
