package main

import (
	"bufio"
	"context"
	"io"

	"accesspath/ingest/native"

	"github.com/spf13/cobra"
)

func newConvert(e *env) *cobra.Command {
	var (
		in   inputFlags
		out  string
		asOf string
	)
	cmd := &cobra.Command{
		Use:   "convert [FILE...]",
		Short: "Write what was read as one snapshot in accesspath's own JSON format",
		Long: `Write what was read as one snapshot in accesspath's own JSON format, which
"accesspath schema" describes. Reading it gives the same answers as the inputs.`,
		Example: `  accesspath convert accounts/ -o snapshot.json
  accesspath convert --db org.db --snapshot 3`,
		RunE: e.runner(func(ctx context.Context, args []string) error {
			in.files = append(args, in.files...)
			s, err := e.load(ctx, &in)
			if err != nil {
				return err
			}
			if asOf != "" {
				if s.AsOf, err = parseTime(asOf); err != nil {
					return err
				}
			}
			return e.write(out, func(w io.Writer) error {
				buffered := bufio.NewWriter(w)
				if err := native.Encode(buffered, s); err != nil {
					return err
				}
				return buffered.Flush()
			})
		}),
	}
	fs := cmd.Flags()
	fs.SortFlags = false
	in.register(fs)
	fs.StringVarP(&out, "output", "o", "", "file to write instead of standard output; it is complete or not there")
	fs.StringVar(&asOf, "as-of", "", "when the exports were taken, such as 2026-01-31")
	return cmd
}
