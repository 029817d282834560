package main

import (
	"context"
	"io"

	"accesspath/internal/heap"
	"accesspath/query"
	"accesspath/render"

	"github.com/spf13/cobra"
)

func newBlastRadius(e *env) *cobra.Command {
	f := &askFlags{}
	var via string
	cmd := &cobra.Command{
		Use:   "blast-radius PRINCIPAL | ACCESS-KEY | INSTANCE | ACCOUNT",
		Short: "List everything that can be reached from a credential, compute or an account",
		Long: `List everything that can be reached from a principal, an access key, something
that runs code, or an account, by the sessions that it leads to. Administrators
and principals of other accounts are marked.

A key of a user is a long-term credential. A role is asked about as a stolen
session of it, which has nothing of what its owner could do before; --via names
who obtained it, if that is known. An instance or a function holds the sessions
of its own roles only. Of an account, all principals count.`,
		Example: `  accesspath blast-radius AKIAIOSFODNN7EXAMPLE -i accounts/
  accesspath blast-radius arn:aws:iam::123456789012:role/app --via alice -i account.json
  accesspath blast-radius 123456789012 -i accounts/ --format json`,
		Args: takes("PRINCIPAL"),
		RunE: e.runner(func(ctx context.Context, args []string) error {
			f.storable = true
			return e.spread(ctx, f, func(q *query.Engine) (*query.Spread, error) { return q.BlastRadius(ctx, args[0], via) })
		}),
	}
	f.registerReport(cmd)
	f.registerMaxHops(cmd.Flags())
	cmd.Flags().StringVar(&via, "via", "", "of a role: who obtained its session, such as a user")
	return cmd
}

func newExposure(e *env) *cobra.Command {
	f := &askFlags{}
	var vendors string
	cmd := &cobra.Command{
		Use:   "exposure",
		Short: "List everything that the outside can reach: public, federation, vendors, other accounts",
		Long: `List everything that the outside can reach, by outsider: the public, whom
identity providers sign in, accounts declared or known as vendors', and accounts
outside the organization. Shown are the roles that each enters by, what is
reached from there, and the resources whose own policies let it in.

Accounts declared as one's own, members of the organization, users of IAM
Identity Center and AWS services are not outside. Some vendors' accounts are
known by their ids; --vendors names more.`,
		Example: `  accesspath exposure -i accounts/
  accesspath exposure -i accounts/ --format markdown -o exposure.md
  accesspath exposure -i accounts/ --vendors accounts.yaml`,
		Args: takes(),
		RunE: e.runner(func(ctx context.Context, _ []string) error {
			var err error
			if f.owners, err = e.readOwners(vendors); err != nil {
				return err
			}
			return e.spread(ctx, f, func(q *query.Engine) (*query.Spread, error) { return q.Exposure(ctx) })
		}),
	}
	f.registerReport(cmd)
	f.registerMaxHops(cmd.Flags())
	cmd.Flags().StringVar(&vendors, "vendors", "", "file that names owners of accounts, in YAML or JSON: a list of name and accounts")
	return cmd
}

// registerReport adds the flags of questions that are answered by a report.
func (f *askFlags) registerReport(cmd *cobra.Command) {
	fs := cmd.Flags()
	fs.SortFlags = false
	f.in.register(fs)
	f.out.register(fs, render.ReportFormats())
	registerKnown(fs, &f.context, &f.asOf, "requests")
	fs.BoolVar(&f.strict, "strict", false, "what callers choose for themselves counts as a condition too")
	f.registerStrictData(fs)
}

// prepare checks the flags and makes an engine for one question.
func (e *env) prepare(ctx context.Context, f *askFlags, formats []string) (*session, *query.Engine, error) {
	if err := f.check(formats); err != nil {
		return nil, nil, err
	}
	s, err := e.open(ctx, f)
	if err != nil {
		return nil, nil, err
	}
	engine, err := s.engine(ctx, s.known)
	return s, engine, err
}

func (e *env) spread(ctx context.Context, f *askFlags, question func(*query.Engine) (*query.Spread, error)) error {
	s, engine, err := e.prepare(ctx, f, render.ReportFormats())
	if err != nil {
		return err
	}
	defer heap.Percent(50)() // of an organization the answer takes gigabytes, and all of it stays
	ask := func() (*query.Spread, error) {
		defer e.progress("searching")()
		return question(engine)
	}
	spread, err := ask()
	if s.again(err) {
		if engine, err = s.wholeEngine(ctx); err != nil {
			return err
		}
		spread, err = ask()
	}
	if err != nil {
		return err
	}
	return e.write(f.out.file, func(w io.Writer) error {
		return render.RenderSpread(ctx, w, f.out.format, spread, e.renderOptions(&f.out, &f.picture))
	})
}
