package main

import (
	"context"
	"io"

	"accesspath/ingest/native"
	"accesspath/query/assert"

	"github.com/spf13/cobra"
)

func newSchema(e *env) *cobra.Command {
	var out string
	cmd := &cobra.Command{
		Use:   "schema [snapshot | check]",
		Short: "Print the JSON Schema of accesspath's own snapshot format, or of files of checks",
		Args:  cobra.MaximumNArgs(1),
		RunE: e.runner(func(_ context.Context, args []string) error {
			schemas := map[string][]byte{"": native.Schema(), "snapshot": native.Schema(), "check": assert.FileSchema()}
			text, ok := schemas[append(args, "")[0]]
			if !ok {
				return usagef("there is no schema %q\nhint: use snapshot or check", args[0])
			}
			return e.write(out, func(w io.Writer) error {
				_, err := w.Write(text)
				return err
			})
		}),
	}
	cmd.Flags().StringVarP(&out, "output", "o", "", "file to write instead of standard output; it is complete or not there")
	return cmd
}
