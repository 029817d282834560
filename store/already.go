package store

import (
	"accesspath/graph"
	"accesspath/iam"
)

// commonOf says what two snapshots have in common, by the parts that they are kept
// in. Accounts point to policies of AWS that have a part of their own.
func commonOf(a, b []loaded) graph.Common {
	out := graph.Common{Accounts: map[string]bool{}}
	type place struct{ kind, name string }
	ids := map[place]int64{}
	for _, p := range a {
		ids[place{p.kind, p.name}] = p.ids[0]
	}
	same := map[string]bool{} // kinds
	for _, p := range b {
		if ids[place{p.kind, p.name}] == p.ids[0] {
			same[p.kind] = true
			out.Accounts[p.name] = p.kind == kindAccount
		}
	}
	out.Organization = same[kindOrganization]
	if !same[kindShared] || !same[kindSchema] {
		clear(out.Accounts)
	}
	delete(out.Accounts, "") // other parts have no name
	return out
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
