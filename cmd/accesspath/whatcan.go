package main

import (
	"context"

	"accesspath/query"
	"accesspath/render"

	"github.com/spf13/cobra"
)

func newWhatCan(e *env) *cobra.Command {
	f := &askFlags{}
	cmd := &cobra.Command{
		Use:   "what-can PRINCIPAL",
		Short: "List what a principal may do, by itself and in every role it can reach",
		Example: `  accesspath what-can alice -i account.json
  accesspath what-can arn:aws:iam::123456789012:role/app -i account.json --format json`,
		Args: takes("PRINCIPAL"),
		RunE: e.runner(func(ctx context.Context, args []string) error {
			f.storable = true
			return e.ask(ctx, f, func(q *query.Engine) (*query.Result, error) { return q.WhatCan(ctx, args[0]) })
		}),
	}
	f.register(cmd, render.Formats())
	f.registerWalk(cmd)
	return cmd
}
