package ingest

import (
	"cmp"
	"context"

	"accesspath/ingest/collect"
	"accesspath/ingest/internal/part"
	"accesspath/ingest/internal/scan"
)

// A unitOf is what one part is made of: a file, or all files of an account or
// an organization as iam-collect lays them out.
type unitOf struct {
	dir     string // "" for a file of its own
	sources []Source
}

// unitsOf gathers the files of that layout, which say little one by one.
func unitsOf(sources []Source) []unitOf {
	var out []unitOf
	names := make([]string, len(sources))
	for i, s := range sources {
		names[i] = s.Name
	}
	dirs := collect.Units(names)
	at := map[string]int{}
	for i, s := range sources {
		dir := dirs[i]
		if dir == "" {
			out = append(out, unitOf{sources: []Source{s}})
			continue
		}
		i, ok := at[dir]
		if !ok {
			i = len(out)
			at[dir] = i
			out = append(out, unitOf{dir: dir})
		}
		out[i].sources = append(out[i].sources, s)
	}
	return out
}

func (u unitOf) read(ctx context.Context, docs *scan.Documents, o Options) *part.Part {
	if u.dir == "" {
		return readSource(ctx, u.sources[0], docs, o)
	}
	var files []collect.File
	for _, s := range u.sources {
		files = append(files, collect.File(s))
	}
	return collect.Read(ctx, u.dir, files, docs, collect.Options{
		Limits: scan.Limits{MaxBytes: o.MaxBytes, MaxRatio: o.MaxRatio}, MaxDiagnostics: cmp.Or(max(o.MaxDiagnostics, 0), 100),
	})
}
