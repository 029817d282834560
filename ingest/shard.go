package ingest

import (
	"cmp"
	"context"
	"errors"
	"io"
	"slices"

	"accesspath/iam"
	"accesspath/ingest/native"
)

// Merge joins snapshots that were made by separate runs, such as one for each
// account of an organization, into the one that a single run over all of their
// inputs makes. What an account is found to be hangs on its own inputs and on the
// facts of the organization that its run was given, so runs need to know nothing
// of each other.
//
// References are resolved again, as a policy or a group may be in another
// snapshot, and facts that two snapshots state differently are decided between as
// between files (NAT-03). The order of the snapshots does not show, nor does it
// which of them were merged before.
func Merge(ctx context.Context, snapshots []*iam.Snapshot, o Options) (*iam.Snapshot, error) {
	if len(snapshots) == 0 {
		return nil, errors.New("no snapshots to merge")
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	sources := make([]Source, len(snapshots))
	for i, s := range snapshots {
		sources[i] = shard(ctx, s)
	}
	merged, err := Read(ctx, sources, o)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(merged.Sources, func(a, b iam.Source) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.SHA256, b.SHA256), cmp.Compare(a.Format, b.Format))
	})
	merged.Sources = slices.Compact(merged.Sources)
	return merged, nil
}

// shard is a snapshot as an input, in our own format, which is written while it
// is read. It stands in the order of inputs where the first of its own does.
func shard(ctx context.Context, s *iam.Snapshot) Source {
	bare := *s
	bare.Diagnostics = slices.DeleteFunc(slices.Clone(s.Diagnostics), found)
	name := "-"
	if len(s.Sources) > 0 {
		name = slices.MinFunc(s.Sources, func(a, b iam.Source) int { return cmp.Compare(a.Name, b.Name) }).Name
	}
	return Source{Name: name, Open: func() (io.ReadCloser, error) {
		r, w := io.Pipe()
		context.AfterFunc(ctx, func() { w.CloseWithError(context.Cause(ctx)) })
		go func() { w.CloseWithError(native.Encode(w, &bare)) }()
		return r, nil
	}}
}

// found reports whether a diagnostic is about references across inputs: whether
// it still holds is found again.
func found(d iam.Diagnostic) bool {
	return d.Code == "unresolved-policy" || d.Code == "bundled-policies"
}
