package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"fmt"
	"slices"
)

// Remove deletes a snapshot and whatever no other snapshot refers to, and gives
// the space back to the file system as far as it lies free. The error wraps
// ErrNoSnapshot if the snapshot is missing.
func (s *Store) Remove(ctx context.Context, id int64) error {
	err := s.write(ctx, func(tx *sql.Tx) error {
		res, err := tx.ExecContext(ctx, "DELETE FROM snapshot WHERE id = ?", id)
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			if err == nil {
				err = s.missing(id)
			}
			return err
		}
		w := writer{ctx: ctx, tx: tx}
		return w.collect()
	})
	if err == nil {
		_, err = s.db.ExecContext(ctx, "PRAGMA incremental_vacuum")
	}
	return s.explain(err)
}

// collect deletes parts, documents and packs that nothing refers to.
func (w *writer) collect() error {
	_, err := w.tx.ExecContext(w.ctx, `DELETE FROM part
		WHERE NOT EXISTS (SELECT 1 FROM snapshot_part WHERE part_id = part.id)
		AND NOT EXISTS (SELECT 1 FROM snapshot_part WHERE positions_id = part.id)`)
	if err != nil {
		return err
	}
	live, err := w.liveDocuments()
	if err != nil {
		return err
	}
	known, err := w.knownDocuments()
	if err != nil {
		return err
	}
	drop, err := w.tx.PrepareContext(w.ctx, "DELETE FROM document WHERE sha256 = ?")
	if err != nil {
		return err
	}
	defer drop.Close()
	for sum := range known {
		if !live[sum] {
			if _, err := drop.ExecContext(w.ctx, sum[:]); err != nil {
				return err
			}
		}
	}
	return w.repack(live)
}

func (w *writer) liveDocuments() (map[[sha256.Size]byte]bool, error) {
	rows, err := w.tx.QueryContext(w.ctx, "SELECT documents FROM part WHERE documents <> x''")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	live := map[[sha256.Size]byte]bool{}
	var digests sql.RawBytes
	for rows.Next() {
		if err := rows.Scan(&digests); err != nil {
			return nil, err
		}
		for chunk := range slices.Chunk([]byte(digests), sha256.Size) {
			if len(chunk) == sha256.Size {
				live[[sha256.Size]byte(chunk)] = true
			}
		}
	}
	return live, rows.Err()
}

// repack writes the documents of packs that are more than half dead into new
// packs, and deletes packs that no document is in.
func (w *writer) repack(live map[[sha256.Size]byte]bool) error {
	sparse, err := w.sparsePacks()
	if err != nil {
		return err
	}
	if len(sparse) > 0 {
		packs, err := locate(w.ctx, w.tx, live)
		if err != nil {
			return err
		}
		p := packer{w: w}
		for _, pack := range packs {
			if !sparse[pack.id] {
				continue
			}
			text, err := readPack(w.ctx, w.tx, pack.id)
			if err != nil {
				return err
			}
			for _, item := range pack.items {
				raw, err := item.within(text)
				if err != nil {
					return err
				}
				p.add(item.digest, string(raw))
			}
		}
		if err := p.close(); err != nil {
			return fmt.Errorf("cannot rewrite packs: %w", err)
		}
	}
	_, err = w.tx.ExecContext(w.ctx, "DELETE FROM pack WHERE NOT EXISTS (SELECT 1 FROM document WHERE pack_id = pack.id)")
	return err
}

func (w *writer) sparsePacks() (map[int64]bool, error) {
	rows, err := w.tx.QueryContext(w.ctx, `SELECT pack.id FROM pack JOIN document ON document.pack_id = pack.id
		GROUP BY pack.id HAVING 2 * sum(document.size) < pack.size`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	sparse := map[int64]bool{}
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		sparse[id] = true
	}
	return sparse, rows.Err()
}
