package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"accesspath/iam"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Meta is what a snapshot does not say of itself.
type Meta struct {
	Label string // the user's name for it; may be empty
}

// An Encoded snapshot can be saved, in any database.
type Encoded struct {
	parts []*part
	info  Info
}

// Encode encodes a snapshot, and those exports among its inputs that need not be
// read again if they are the same the next time. There may be none.
func Encode(ctx context.Context, s *iam.Snapshot, exports []*iam.Export) (*Encoded, error) {
	parts, err := encodeSnapshot(ctx, s, exports)
	if err != nil {
		return nil, fmt.Errorf("cannot encode the snapshot: %w", err)
	}
	return &Encoded{parts, describe(s, parts)}, nil
}

// Save stores a snapshot in one transaction: after an error, or if the process
// dies, the file is as before. Ids grow and are never used twice. Saving a
// snapshot that is already there adds another entry of the history and nearly
// no data. While another process writes, it waits (ErrBusy after that).
func (s *Store) Save(ctx context.Context, snapshot *iam.Snapshot, meta Meta) (id int64, err error) {
	e, err := Encode(ctx, snapshot, nil)
	if err != nil {
		return 0, err
	}
	return s.SaveEncoded(ctx, e, meta)
}

// SaveEncoded is Save of what Encode made.
func (s *Store) SaveEncoded(ctx context.Context, e *Encoded, meta Meta) (id int64, err error) {
	if s.options.Now == nil {
		return 0, errors.New("saving needs a clock: Options.Now is nil")
	}
	info := e.info
	info.Label, info.Engine, info.IngestedAt = meta.Label, s.options.Version, s.options.Now().UTC()
	err = s.write(ctx, func(tx *sql.Tx) error {
		w := writer{ctx: ctx, tx: tx}
		id, err = w.snapshot(e.parts, info)
		return err
	})
	if err != nil {
		return 0, s.explain(err)
	}
	return id, nil
}

// describe computes what listings show.
func describe(s *iam.Snapshot, parts []*part) Info {
	info := Info{AsOf: s.AsOf.UTC(), Sources: s.Sources, Coverage: map[iam.Section]SectionCount{}}
	info.Counts = Counts{Accounts: len(s.Accounts), Resources: len(s.Resources), Organization: s.Organization != nil, Diagnostics: len(s.Diagnostics)}
	for _, a := range s.Accounts {
		info.Counts.Users += len(a.Users)
		info.Counts.Groups += len(a.Groups)
		info.Counts.Roles += len(a.Roles)
		if a.Incomplete {
			info.Counts.Incomplete++
		}
		for _, section := range iam.Sections {
			c := info.Coverage[section]
			switch a.Coverage[section] {
			case iam.Present:
				c.Present++
			case iam.KnownEmpty:
				c.KnownEmpty++
			default:
				c.Unknown++
			}
			info.Coverage[section] = c
		}
	}
	h := sha256.New()
	for _, p := range parts {
		if p.kind == kindHead || p.kind == kindDiagnostics || p.kind == kindSchema || p.kind == kindExport {
			continue
		}
		fmt.Fprintf(h, "%s %q %x\n", p.kind, p.name, p.sums.facts)
	}
	info.Digest = [sha256.Size]byte(h.Sum(nil))
	return info
}

// writer saves one snapshot inside a transaction.
type writer struct {
	ctx context.Context
	tx  *sql.Tx
}

func (w *writer) snapshot(parts []*part, info Info) (int64, error) {
	if err := w.documents(parts); err != nil {
		return 0, err
	}
	sources, err := json.Marshal(info.Sources, json.Deterministic(true), jsontext.AllowInvalidUTF8(true))
	if err != nil {
		return 0, err
	}
	counts, err := json.Marshal(info.Counts)
	if err != nil {
		return 0, err
	}
	coverage, err := json.Marshal(info.Coverage, json.Deterministic(true))
	if err != nil {
		return 0, err
	}
	res, err := w.tx.ExecContext(w.ctx, `INSERT INTO snapshot (as_of, ingested_at, label, engine, digest, sources, counts, coverage)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?)`, formatTime(info.AsOf), formatTime(info.IngestedAt), info.Label, info.Engine,
		info.Digest[:], string(sources), string(counts), string(coverage))
	if err != nil {
		return 0, err
	}
	id, err := res.LastInsertId()
	if err != nil {
		return 0, err
	}
	return id, w.parts(id, parts)
}

func (w *writer) parts(id int64, parts []*part) error {
	place, err := w.tx.PrepareContext(w.ctx, `INSERT INTO snapshot_part (snapshot_id, kind, ordinal, name, part_id, positions_id)
			VALUES (?, ?, ?, ?, ?, ?)`)
	if err != nil {
		return err
	}
	defer place.Close()
	find, err := w.tx.PrepareContext(w.ctx, "SELECT id FROM part WHERE sha256 = ?")
	if err != nil {
		return err
	}
	defer find.Close()
	ordinal := 0
	for i, p := range parts {
		if i > 0 && parts[i-1].kind != p.kind {
			ordinal = 0
		}
		partID, err := w.part(find, &p.sums.stored, p.data, p.sums.digests)
		if err != nil {
			return err
		}
		var positions sql.NullInt64
		if p.positions != nil {
			if positions.Int64, err = w.part(find, &p.sums.positions, p.positions, []byte{}); err != nil {
				return err
			}
			positions.Valid = true
		}
		_, err = place.ExecContext(w.ctx, id, p.kind, ordinal, p.name, partID, positions)
		if err != nil {
			return err
		}
		ordinal++
	}
	return nil
}

// part stores a part unless it is found.
func (w *writer) part(find *sql.Stmt, sum *[sha256.Size]byte, data, digests []byte) (id int64, err error) {
	err = find.QueryRowContext(w.ctx, sum[:]).Scan(&id)
	if !errors.Is(err, sql.ErrNoRows) {
		return id, err
	}
	packed, err := compress(data)
	if err != nil {
		return 0, err
	}
	res, err := w.tx.ExecContext(w.ctx, "INSERT INTO part (sha256, data, documents) VALUES (?, ?, ?)", sum[:], packed, digests)
	if err != nil {
		return 0, err
	}
	return res.LastInsertId()
}

// documents stores those that are new, in order of first use.
func (w *writer) documents(parts []*part) error {
	known, err := w.knownDocuments()
	if err != nil {
		return err
	}
	p := packer{w: w}
	for _, part := range parts {
		for _, d := range part.documents {
			if !known[d.Digest] {
				known[d.Digest] = true
				p.add(d.Digest, d.Text)
			}
		}
		if p.err != nil {
			return p.err
		}
	}
	return p.close()
}

func (w *writer) knownDocuments() (map[[sha256.Size]byte]bool, error) {
	known := map[[sha256.Size]byte]bool{}
	err := eachPack(w.ctx, w.tx, func(_ int64, _ int, items []located) {
		for _, item := range items {
			known[item.digest] = true
		}
	})
	return known, err
}

// formatTime writes what orders as text; "" stands for the zero time.
func formatTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02T15:04:05.000000000Z")
}

func parseTime(s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	return time.Parse(time.RFC3339Nano, s)
}
