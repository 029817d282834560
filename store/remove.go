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

// collect deletes parts and packs that nothing refers to.
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
// packs, and deletes packs that no live document is in. In the others the dead
// ones stay.
func (w *writer) repack(live map[[sha256.Size]byte]bool) error {
	packs, err := locate(w.ctx, w.tx, live)
	if err != nil {
		return err
	}
	used := make(map[int64]packItems, len(packs))
	for _, pack := range packs {
		used[pack.id] = pack
	}
	var drop []int64
	err = eachPack(w.ctx, w.tx, func(id int64, size int, _ []located) {
		sum := 0
		for _, item := range used[id].items {
			sum += item.size
		}
		if 2*sum < size || sum == 0 {
			drop = append(drop, id)
		}
	})
	if err != nil {
		return err
	}
	p := packer{w: w}
	for _, id := range drop {
		if err := w.move(used[id], &p); err != nil {
			return fmt.Errorf("cannot rewrite packs: %w", err)
		}
		if _, err := w.tx.ExecContext(w.ctx, "DELETE FROM pack WHERE id = ?", id); err != nil {
			return err
		}
	}
	return p.close()
}

// move adds the documents of a pack to new ones.
func (w *writer) move(from packItems, to *packer) error {
	if len(from.items) == 0 {
		return nil
	}
	data, err := readPack(w.ctx, w.tx, from.id)
	if err != nil {
		return err
	}
	text, err := unpackPack(from.id, data)
	if err != nil {
		return err
	}
	for _, item := range from.items {
		raw, err := item.within(text)
		if err != nil {
			return err
		}
		to.add(item.digest, string(raw))
	}
	return to.err
}
