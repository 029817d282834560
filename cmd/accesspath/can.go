package main

import (
	"context"

	"accesspath/query"
	"accesspath/render"

	"github.com/spf13/cobra"
)

func newCan(e *env) *cobra.Command {
	f, change := &askFlags{}, &whatIfFlags{}
	var batch string
	cmd := &cobra.Command{
		Use:   "can PRINCIPAL ACTION RESOURCE",
		Short: "Explain whether a principal can do ACTION on RESOURCE, and why or why not",
		Long: `Explain whether a principal can do ACTION on RESOURCE, by itself or through roles:
the statements that decide it, or what stands against it and the smallest change
that would allow it. With --verbose, every layer of every request is shown.

PRINCIPAL is an ARN, a name, or role/NAME, user/NAME, group/NAME. For a group the
answer is for its members, and for one who has nothing but the group.

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
				if change.any() || f.escalation || f.horizon != "" {
					return usagef("--batch does not go with --without, --with-scp, --with-policy, --escalation and --horizon\nhint: ask these questions one by one")
				}
				f.storable = true
				return e.canBatch(ctx, f, batch)
			}
			f.resource, f.whyNot, f.storable = args[2], true, true
			return e.askOr(ctx, f, change, func(q *query.Engine) (*query.Result, error) { return q.Can(ctx, args[0], args[1], args[2]) })
		}),
	}
	f.register(cmd, render.Formats())
	f.registerForm(cmd)
	f.registerMaxPaths(cmd)
	f.registerWalk(cmd)
	f.registerFailOn(cmd)
	change.register(cmd)
	cmd.Flags().StringVar(&batch, "batch", "", "file of questions, one JSON object a line; - for standard input")
	return cmd
}
