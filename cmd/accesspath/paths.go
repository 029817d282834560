package main

import (
	"context"

	"accesspath/query"
	"accesspath/render"

	"github.com/spf13/cobra"
)

func newPaths(e *env) *cobra.Command {
	f, change := &askFlags{}, &whatIfFlags{}
	cmd := &cobra.Command{
		Use:   "paths FROM TO",
		Short: "List the chains of roles that lead from one principal to another",
		Long: `List the chains of roles that lead from one principal to another.

FROM and TO are ARNs, identifiers as "accesspath graph" lists them, or the names
of users and roles where a name stands for one only.`,
		Example: `  accesspath paths alice arn:aws:iam::123456789012:role/admin -i account.json`,
		Args:    takes("FROM", "TO"),
		RunE: e.runner(func(ctx context.Context, args []string) error {
			f.whyNot, f.storable = true, true
			return e.askOr(ctx, f, change, func(q *query.Engine) (*query.Result, error) { return q.Paths(ctx, args[0], args[1]) })
		}),
	}
	f.register(cmd, render.Formats())
	f.registerMaxPaths(cmd)
	f.registerWalk(cmd)
	f.registerFailOn(cmd)
	change.register(cmd)
	return cmd
}
