package main

import (
	"context"

	"accesspath/query"
	"accesspath/render"

	"github.com/spf13/cobra"
)

func newCan(e *env) *cobra.Command {
	f := &askFlags{}
	var batch string
	cmd := &cobra.Command{
		Use:   "can PRINCIPAL ACTION RESOURCE",
		Short: "Explain whether a principal can do ACTION on RESOURCE, and why or why not",
		Long: `Explain whether a principal can do ACTION on RESOURCE, by itself or through roles,
and why or why not: statement by statement with --verbose.

With --batch, questions are read as JSON, one object a line with "id",
"principal", "action", "resource" and, if wanted, "context" (an object of
condition keys). One answer a line follows, in the same order.`,
		Example: `  accesspath can alice s3:GetObject arn:aws:s3:::my-bucket/key -i account.json --verbose
  accesspath can --batch questions.jsonl -i account.json`,
		Args: func(cmd *cobra.Command, args []string) error {
			if batch != "" {
				return takes()(cmd, args)
			}
			return takes("PRINCIPAL", "ACTION", "RESOURCE")(cmd, args)
		},
		RunE: e.runner(func(ctx context.Context, args []string) error {
			if batch != "" {
				return e.canBatch(ctx, f, batch)
			}
			return e.ask(ctx, f, func(q *query.Engine) (*query.Result, error) { return q.Can(ctx, args[0], args[1], args[2]) })
		}),
	}
	f.register(cmd, render.Formats())
	f.registerWalk(cmd)
	f.registerFailOn(cmd)
	cmd.Flags().StringVar(&batch, "batch", "", "file of questions, one JSON object a line; - for standard input")
	return cmd
}
