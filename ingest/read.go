package ingest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"sync"

	"accesspath/iam"
	"accesspath/ingest/internal/part"
	"accesspath/ingest/internal/scan"
)

// A Source is one input: a name for messages and a way to open it, which Read
// uses once.
type Source struct {
	Name string
	Open func() (io.ReadCloser, error)
}

// Options tune Read. The zero Options are usable.
type Options struct {
	// Managed returns the bundled copy of an AWS managed policy (GAAD-19).
	// Without it those that no input holds stay unresolved.
	Managed func(arn string) (*iam.ManagedPolicy, bool)
	// MaxBytes bounds the text of one file after decompression; 0 is 16 GiB.
	MaxBytes int64
	// MaxRatio bounds how many times its size a compressed file may unpack to,
	// once its text exceeds 64 MiB; 0 is 400.
	MaxRatio int64
	// MaxDiagnostics bounds what is kept of each code and file; 0 is 100.
	MaxDiagnostics int
	// Workers is how many files are read at once; 0 is GOMAXPROCS.
	Workers int
	// Earlier, if set, is a snapshot of which some sources are. The result is the
	// same without.
	Earlier *Earlier
	// Progress, if set, is kept up to date while files are read.
	Progress *Progress
}

// ErrNothing is wrapped by the error of Read if no input could be used.
var ErrNothing = errors.New("nothing to read")

// Read reads all sources. Problems inside them are in the Diagnostics of the
// snapshot. The error is that of ctx, or wraps ErrNothing if no source held
// anything of use; it then names every source and what was found there.
func Read(ctx context.Context, sources []Source, o Options) (*iam.Snapshot, error) {
	b, err := read(ctx, sources, o)
	if err != nil {
		return nil, err
	}
	return b.snap, nil
}

// ReadExports is Read, and tells which of the sources need not be read again as
// long as they do not change: see Earlier. They are sorted by name.
func ReadExports(ctx context.Context, sources []Source, o Options) (*iam.Snapshot, []*iam.Export, error) {
	b, err := read(ctx, sources, o)
	if err != nil {
		return nil, nil, err
	}
	return b.snap, b.exports(), nil
}

// read reads and merges all sources.
func read(ctx context.Context, sources []Source, o Options) (*builder, error) {
	if len(sources) == 0 {
		return nil, fmt.Errorf("%w: no files given; name the output of aws iam get-account-authorization-details, or a directory of such files", ErrNothing)
	}
	parts, err := readParts(ctx, sources, o)
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(parts, func(a, b *part.Part) int {
		if c := strings.Compare(a.Source.Name, b.Source.Name); c != 0 {
			return c
		}
		return strings.Compare(a.Source.SHA256, b.Source.SHA256)
	})
	if !slices.ContainsFunc(parts, (*part.Part).Used) {
		return nil, nothing(parts, nil)
	}
	return merge(ctx, parts, o)
}

// readParts reads each source, or unit of sources, into the slot of its index.
func readParts(ctx context.Context, sources []Source, o Options) ([]*part.Part, error) {
	units := unitsOf(sources)
	known := newRecall(o.Earlier)
	o.Progress.begin(len(units))
	parts := make([]*part.Part, len(units))
	docs := scan.NewDocuments()
	keep := sync.OnceFunc(func() { o.Earlier.keepDocuments(docs) }) // for what has to be read
	next := make(chan int)
	var group sync.WaitGroup
	for range o.workers(len(units)) {
		group.Go(func() {
			for i := range next {
				if parts[i] = known.unit(units[i]); parts[i] == nil {
					keep()
					parts[i] = units[i].read(ctx, docs, o)
				}
				o.Progress.done(parts[i])
			}
		})
	}
	for i := range units {
		if ctx.Err() != nil {
			break
		}
		next <- i
	}
	close(next)
	group.Wait()
	return parts, ctx.Err()
}

// workers is how many goroutines share that many tasks.
func (o *Options) workers(tasks int) int {
	workers := o.Workers
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	return min(workers, tasks)
}

// nothing explains why no source could be used. Merging may have said why of some.
func nothing(parts []*part.Part, merged []iam.Diagnostic) error {
	var b strings.Builder
	for i, p := range parts {
		if i == 20 {
			fmt.Fprintf(&b, "\n  and %d more", len(parts)-i)
			break
		}
		b.WriteString("\n  ")
		why := p.Diagnostics
		if k := slices.IndexFunc(merged, func(d iam.Diagnostic) bool { return d.Origin.File == p.Source.Name }); k >= 0 && len(why) == 0 {
			why = merged[k:]
		}
		switch {
		case len(why) > 0:
			d := why[0]
			b.WriteString(d.String())
			if d.Hint != "" && !strings.Contains(d.Hint, "get-account-authorization-details") { // which the last line says
				b.WriteString("; " + d.Hint)
			}
		case len(p.Pages) > 0:
			b.WriteString(emptyExport(p.Source.Name).String())
		case len(p.Callers) > 0:
			b.WriteString(p.Source.Name + ": whose credentials were used, and nothing of the account; give its export with it")
		case p.Source.Format != "":
			b.WriteString(p.Source.Name + ": read as " + p.Source.Format + ", which says nothing of who may do what by itself; give the export of its account with it")
		default:
			b.WriteString(p.Source.Name + ": nothing that accesspath reads")
		}
	}
	return fmt.Errorf("%w in %d of %d files:%s\nto get an export, run: aws iam get-account-authorization-details > account.json", ErrNothing, len(parts), len(parts), b.String())
}

func emptyExport(file string) iam.Diagnostic {
	return iam.Diagnostic{Severity: iam.Warning, Code: "account-unknown", Origin: iam.Origin{File: file},
		Message: "an export without any entity does not say which account it is of", Hint: `put the account beside it: jq '. + {AccountId: "111122223333"}'`}
}
