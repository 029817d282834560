package main

import (
	"context"
	"io"

	"accesspath/render"

	"github.com/spf13/cobra"
)

func newChokepoints(e *env) *cobra.Command {
	f := &askFlags{}
	var from []string
	var to string
	cmd := &cobra.Command{
		Use:   "chokepoints --from ORIGINS --to TARGET",
		Short: "Find the fewest hops to cut so that no path is left",
		Long: `Find the fewest hops to cut so that no path is left from the origins to the
target, with the statements that allow each hop, and who else would lose it.

ORIGINS are a principal, an access key, a group, an account, "outside" (see
exposure) or "all"; --from may be repeated. TARGET is a principal, an account, or
"admins": whoever is an administrator by own policies.`,
		Example: `  accesspath chokepoints --from outside --to admins -i accounts/
  accesspath chokepoints --from alice --from 123456789012 --to arn:aws:iam::210987654321:role/deploy -i accounts/`,
		Args: takes(),
		RunE: e.runner(func(ctx context.Context, _ []string) error {
			if len(from) == 0 || to == "" {
				return usagef("--from or --to is missing\nhint: such as --from outside --to admins")
			}
			return e.chokepoints(ctx, f, from, to)
		}),
	}
	f.registerReport(cmd)
	cmd.Flags().StringArrayVar(&from, "from", nil, "where paths begin: a principal, an account, outside or all; may be repeated")
	cmd.Flags().StringVar(&to, "to", "", "where paths end: a principal, an account, or admins")
	return cmd
}

func (e *env) chokepoints(ctx context.Context, f *askFlags, from []string, to string) error {
	_, engine, err := e.prepare(ctx, f, render.ReportFormats())
	if err != nil {
		return err
	}
	done := e.progress("searching")
	cut, err := engine.Chokepoints(ctx, from, to)
	done()
	if err != nil {
		return err
	}
	return e.write(f.out.file, func(w io.Writer) error {
		return render.RenderChokepoints(ctx, w, f.out.format, cut, e.renderOptions(&f.out, &f.picture))
	})
}
