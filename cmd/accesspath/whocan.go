package main

import (
	"context"

	"accesspath/query"
	"accesspath/render"

	"github.com/spf13/cobra"
)

func newWhoCan(e *env) *cobra.Command {
	f, change := &askFlags{}, &whatIfFlags{}
	cmd := &cobra.Command{
		Use:   "who-can ACTION RESOURCE",
		Short: "List who can do ACTION on RESOURCE, directly or through chains of roles",
		Long: `List who can do ACTION on RESOURCE, directly or through chains of roles.

ACTION is a name such as s3:GetObject, a pattern, or a set: list, read, write,
tagging, permissions-management, or admin for all there is. RESOURCE is an ARN, a
pattern of one, or "*". The view "origins" lists where access begins: users,
root, federation, services, outsiders; "holders" lists the principals whose own
policies allow it; "all" lists everyone on a path.`,
		Example: `  accesspath who-can s3:GetObject 'arn:aws:s3:::my-bucket/*' -i account.json
  accesspath who-can 's3:*' '*' --access-level permissions-management --existing -i accounts/
  accesspath who-can iam:PassRole '*' -i accounts/ --format svg -o pass-role.svg`,
		Args: takes("ACTION", "RESOURCE"),
		RunE: e.runner(func(ctx context.Context, args []string) error {
			f.resource, f.storable = args[1], true
			return e.askOr(ctx, f, change, func(q *query.Engine) (*query.Result, error) { return q.WhoCan(ctx, args[0], args[1]) })
		}),
	}
	f.register(cmd, render.Formats())
	cmd.Flags().StringVar(&f.view, "view", "", "who is listed: origins, holders or all (default origins)")
	choices(cmd.Flags(), "view", views...)
	f.registerForm(cmd)
	cmd.Flags().BoolVar(&f.picture.root, "root", false, "list the root users of accounts one by one")
	f.registerMaxPaths(cmd)
	f.registerWalk(cmd)
	f.registerFailOn(cmd)
	change.register(cmd)
	return cmd
}
