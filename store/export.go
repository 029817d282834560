package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"fmt"
	"slices"

	"accesspath/iam"
	"accesspath/policy"
)

// encodeExport writes an Export. Each has a part of its own, which nobody reads but
// who reads the inputs again.
func encodeExport(e *encoder, x *iam.Export) (*part, error) {
	e.again()
	head := *x
	head.Shared = nil
	put(e, &head)
	put(e, &lengths{Policies: len(x.Shared)})
	putList(e, x.Shared)
	return e.part(kindExport, x.Source)
}

// decodeExport reads what encodeExport wrote.
func decodeExport(d *decoder) (*iam.Export, error) {
	x := &iam.Export{}
	var n lengths
	get(d, x)
	get(d, &n)
	x.Shared = getList[iam.ManagedPolicy](d, n.Policies, nil)
	return x, d.end()
}

// LoadExports is Load, with the Exports that were saved with the snapshot.
func (s *Store) LoadExports(ctx context.Context, id int64) (*iam.Snapshot, []*iam.Export, error) {
	list, parts, documents, err := s.loadAll(ctx, true, id)
	if err != nil {
		return nil, nil, err
	}
	exports, err := decodeExports(ctx, parts[0], documents)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: snapshot %d: %w", s.path, id, err)
	}
	return list[0], exports, nil
}

func decodeExports(ctx context.Context, parts []loaded, documents map[[sha256.Size]byte]*policy.Document) ([]*iam.Export, error) {
	of := func(kind string) []loaded {
		return slices.DeleteFunc(slices.Clone(parts), func(p loaded) bool { return p.kind != kind })
	}
	described, err := storedSchema(of(kindSchema))
	if err != nil {
		return nil, err
	}
	parts = of(kindExport)
	out := make([]*iam.Export, len(parts))
	return out, parallel(ctx, len(parts), func(i int) error {
		d, err := parts[i].decoder(described, documents)
		if err == nil {
			out[i], err = decodeExport(d)
		}
		if err != nil {
			return fmt.Errorf("export %s: %w", clip(parts[i].name), err)
		}
		return nil
	})
}

// ExportNames are the names of the Exports that were saved with a snapshot.
func (s *Store) ExportNames(ctx context.Context, id int64) (map[string]bool, error) {
	names := map[string]bool{}
	err := s.read(ctx, func(tx *sql.Tx) error {
		rows, err := tx.QueryContext(ctx, "SELECT name FROM snapshot_part WHERE snapshot_id = ? AND kind = ?", id, kindExport)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var name string
			if err := rows.Scan(&name); err != nil {
				return err
			}
			names[name] = true
		}
		return rows.Err()
	})
	return names, s.explain(err)
}
