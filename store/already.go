package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"maps"

	"accesspath/graph"
	"accesspath/iam"
)

// A partPlace is where a part stands in a snapshot.
type partPlace struct{ kind, name string }

// commonOf says what two snapshots have in common, by the parts that they are kept
// in: what tells one part from others, for each snapshot. Accounts point to policies
// of AWS that have a part of their own: shared says whether that is the same, too.
func commonOf[T comparable](a, b map[partPlace]T) (out graph.Common, shared bool) {
	out.Accounts = map[string]bool{}
	same := map[string]bool{} // kinds
	for p, is := range b {
		if was, ok := a[p]; ok && was == is {
			same[p.kind] = true
			if p.kind == kindAccount {
				out.Accounts[p.name] = true
			}
		}
	}
	out.Organization = same[kindOrganization]
	if !same[kindSchema] {
		clear(out.Accounts)
	}
	return out, same[kindShared]
}

func partIDs(parts []loaded) map[partPlace]int64 {
	out := make(map[partPlace]int64, len(parts))
	for _, p := range parts {
		out[partPlace{p.kind, p.name}] = p.ids[0]
	}
	return out
}

// Common says what a snapshot that is encoded and not saved yet has in common with
// one of the database, which was loaded; same is true if that is all, down to
// positions. The error wraps ErrNoSnapshot if that is not there any more.
func (s *Store) Common(ctx context.Context, e *Encoded, is *iam.Snapshot, id int64, was *iam.Snapshot) (common graph.Common, same bool, err error) {
	stored, placed := map[partPlace][sha256.Size]byte{}, map[partPlace][sha256.Size]byte{}
	err = s.read(ctx, func(tx *sql.Tx) error {
		rows, err := tx.QueryContext(ctx, `SELECT sp.kind, sp.name, p.sha256, q.sha256 FROM snapshot_part AS sp
			JOIN part AS p ON p.id = sp.part_id LEFT JOIN part AS q ON q.id = sp.positions_id WHERE sp.snapshot_id = ?`, id)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var p partPlace
			var sum, positions []byte
			if err := rows.Scan(&p.kind, &p.name, &sum, &positions); err != nil {
				return err
			}
			if len(sum) == sha256.Size {
				stored[p] = [sha256.Size]byte(sum)
			}
			if len(positions) == sha256.Size {
				placed[p] = [sha256.Size]byte(positions)
			}
		}
		return rows.Err()
	})
	switch {
	case err != nil:
		return graph.Common{}, false, s.explain(err)
	case len(stored) == 0:
		return graph.Common{}, false, s.missing(id)
	}
	now, nowPlaced := make(map[partPlace][sha256.Size]byte, len(e.parts)), make(map[partPlace][sha256.Size]byte, len(e.parts))
	for _, p := range e.parts {
		now[partPlace{p.kind, p.name}] = p.sums.stored
		if p.positions != nil {
			nowPlaced[partPlace{p.kind, p.name}] = p.sums.positions
		}
	}
	same = maps.Equal(stored, now) && maps.Equal(placed, nowPlaced)
	common, shared := commonOf(stored, now)
	if !shared {
		leaveOutUsers(&common, is, changedPolicies(was, is))
	}
	return common, same, nil
}

// changedPolicies are the policies of AWS that do not say the same in both
// snapshots, by ARN. Where there are several of one, which account has which of
// them is not told.
func changedPolicies(was, is *iam.Snapshot) map[string]bool {
	type text struct {
		arn    string
		digest [sha256.Size]byte // of the version that counts; zero if there is none
	}
	texts := func(s *iam.Snapshot) map[text]bool {
		seen, out := map[*iam.ManagedPolicy]bool{}, map[text]bool{}
		for _, a := range s.Accounts {
			eachAttachment(a, func(at *iam.Attachment) {
				if at == nil || at.Policy == nil || seen[at.Policy] {
					return
				}
				seen[at.Policy] = true
				t := text{arn: at.Policy.ARN}
				if v := at.Policy.Default(); v != nil && v.Document != nil {
					t.digest = v.Document.Digest
				}
				out[t] = true
			})
		}
		return out
	}
	x, y, out := texts(was), texts(is), map[string]bool{}
	for _, lists := range [][2]map[text]bool{{x, y}, {y, x}} {
		met := map[string]bool{}
		for t := range lists[0] {
			if met[t.arn] || !lists[1][t] {
				out[t.arn] = true
			}
			met[t.arn] = true
		}
	}
	return out
}

// leaveOutUsers takes accounts out in which one of some policies is attached.
func leaveOutUsers(c *graph.Common, s *iam.Snapshot, changed map[string]bool) {
	if len(changed) == 0 {
		return
	}
	for _, a := range s.Accounts {
		if c.Accounts[a.ID] {
			eachAttachment(a, func(at *iam.Attachment) {
				if at != nil && changed[at.ARN] {
					delete(c.Accounts, a.ID)
				}
			})
		}
	}
}

// readAlready is what of a snapshot that was read another one may have as it is:
// parts are kept once, however many snapshots have them.
type readAlready struct {
	accounts map[[2]int64]*iam.Account
	byKind   map[string][2]int64 // the other parts
	from     *iam.Snapshot
	same     bool // AWS's own policies are those of the snapshot at hand, and so are what accounts point to
}

func (r *readAlready) keep(parts []loaded, s *iam.Snapshot) {
	r.accounts, r.byKind, r.from = map[[2]int64]*iam.Account{}, map[string][2]int64{}, s
	at := 0
	for _, p := range parts {
		if p.kind == kindAccount {
			r.accounts[p.ids] = s.Accounts[at]
			at++
			continue
		}
		r.byKind[p.kind] = p.ids
	}
}

// match settles whether another snapshot can have accounts of this one: those
// point to policies that stand in a part of their own.
func (r *readAlready) match(parts map[string][]loaded) {
	equal := func(kind string) bool {
		return len(parts[kind]) == 1 && r.from != nil && r.byKind[kind] == parts[kind][0].ids
	}
	r.same = equal(kindSchema) && equal(kindShared)
}

// account is the one that a part was read as; nil if it was not.
func (r *readAlready) account(p loaded) *iam.Account {
	if !r.same {
		return nil
	}
	return r.accounts[p.ids]
}

// take gives a snapshot what the other one has of a part.
func (r *readAlready) take(p loaded, to *iam.Snapshot) bool {
	if !r.same || r.byKind[p.kind] != p.ids {
		return false
	}
	switch p.kind {
	case kindOrganization:
		to.Organization = r.from.Organization
	case kindResources:
		to.Resources = r.from.Resources
	case kindShared: // only accounts that are read anew would want them
		return false
	default:
		return false
	}
	return true
}
