package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"accesspath/internal/termsafe"
	"accesspath/query/compare"
	"accesspath/render"

	"github.com/spf13/cobra"
)

// diffFlags are the flags of diff.
type diffFlags struct {
	db               string
	out              outputFlags
	picture          pictureFlags
	action, resource string
	view             string
	maxHops          int
	maxPaths         int
	asOf             string
	findings         bool
	noFindings       bool
	left             string // why findings were left out
	unrelated        bool
	failOn           string
}

func newDiff(e *env) *cobra.Command {
	f := &diffFlags{}
	cmd := &cobra.Command{
		Use:   "diff OLD NEW",
		Short: "Compare two snapshots: principals, trusts, policies, paths and findings",
		Long: `Compare two snapshots: principals, trusts, policies, paths and findings.

OLD and NEW are files or directories, databases (their newest snapshot),
FILE.db#SNAPSHOT with an id, a label, "latest" or "previous", or such a name
alone, in the database of --db. With --action and --resource it also says whose
access changed.`,
		Example: `  accesspath diff previous latest --db org.db
  accesspath diff main.json branch.json --action s3:GetObject --resource 'arn:aws:s3:::payroll/*' --fail-on new-access
  accesspath diff org.db#monday export/ --format markdown -o comment.md --fail-on new-trust,new-finding:high`,
		Args: takes("OLD", "NEW"),
		RunE: e.runner(func(ctx context.Context, args []string) error { return e.diff(ctx, f, args[0], args[1]) }),
	}
	fs := cmd.Flags()
	fs.SortFlags = false
	fs.StringVar(&f.db, "db", defaultDB, "database of snapshots that are named alone")
	fs.StringVar(&f.action, "action", "", "compare who can do this; needs --resource")
	fs.StringVar(&f.resource, "resource", "", "resource of --action")
	fs.StringVar(&f.view, "view", "", "whose access is compared: origins, holders or all (default origins)")
	choices(fs, "view", views...)
	fs.IntVar(&f.maxHops, "max-hops", 0, "longest chain (default no limit)")
	fs.IntVar(&f.maxPaths, "max-paths", 3, "paths kept for each origin, best first")
	fs.StringVar(&f.asOf, "as-of", "", "time of the requests in both snapshots (default each one's own)")
	fs.BoolVar(&f.findings, "findings", false, fmt.Sprintf("compare the findings of organizations of more than %d principals, too", findingsLimit))
	fs.BoolVar(&f.noFindings, "no-findings", false, "leave out the findings, which take a review of both snapshots")
	fs.BoolVar(&f.unrelated, "unrelated", false, "compare snapshots of different organizations, too")
	fs.StringVar(&f.failOn, "fail-on", "", "exit with 3 if one of these was found: new-path, removed-path, new-trust, new-principal, changed-policy, new-access, new-finding:high and so on, or any")
	f.out.register(fs, render.DiffFormats())
	f.picture.register(fs)
	return cmd
}

func (e *env) diff(ctx context.Context, f *diffFlags, before, after string) error {
	gate, err := f.check()
	if err != nil {
		return err
	}
	if before == "-" && after == "-" {
		return usagef("both snapshots are to come from standard input\nhint: put one of them into a file")
	}
	x, y, err := e.sides(ctx, f, before, after)
	if err != nil {
		return err
	}
	d, err := e.compare(ctx, f, x, y)
	if err != nil {
		return err
	}
	o := e.renderOptions(&f.out, &f.picture)
	if err := e.write(f.out.file, func(w io.Writer) error { return render.RenderDiff(ctx, w, f.out.format, d, o) }); err != nil {
		return err
	}
	trips := d.Trips(gate)
	if len(trips) == 0 {
		return nil
	}
	fmt.Fprintln(e.stderr, "found: "+termsafe.Text(strings.Join(trips, ", ")))
	return errFound
}

// check settles what can be wrong with the flags before anything is read.
func (f *diffFlags) check() (compare.Gate, error) {
	gate, err := compare.ParseGate(f.failOn)
	if err != nil {
		return nil, usagef("--fail-on: %v", err)
	}
	a := askFlags{view: f.view, maxHops: f.maxHops, maxPaths: f.maxPaths, out: f.out, picture: f.picture}
	if err := a.check(render.DiffFormats()); err != nil {
		return nil, err
	}
	f.out = a.out
	switch {
	case (f.action == "") != (f.resource == ""):
		return nil, usagef("--action and --resource go together")
	case f.noFindings && f.findings:
		return nil, usagef("--findings and --no-findings exclude each other")
	case f.noFindings && strings.Contains(f.failOn, "finding"):
		return nil, usagef("--fail-on names findings, and --no-findings leaves them out")
	case f.action == "" && strings.Contains(f.failOn, "access"):
		return nil, usagef("--fail-on names access, which takes a question\nhint: add --action and --resource")
	}
	if f.asOf != "" {
		_, err = parseTime(f.asOf)
	}
	return gate, err
}
