package main

import (
	"context"
	"embed"
	"io"
	"slices"
	"strings"

	"accesspath/ingest/native"
	"accesspath/query/assert"

	"github.com/spf13/cobra"
)

// schemaFiles are the JSON Schemas of what the program prints: made from the
// types and their comments by the test of this file, with -update.
//
//go:embed schemas/*.json
var schemaFiles embed.FS

// schemaNames lists the schemas: of files that people write first, then of what
// is printed.
func schemaNames() []string {
	names := []string{"snapshot", "check"}
	for _, o := range outputs() {
		names = append(names, o.name)
	}
	return names
}

// schemaOf returns a schema by its name.
func schemaOf(name string) ([]byte, bool) {
	switch {
	case name == "snapshot":
		return native.Schema(), true
	case name == "check":
		return assert.FileSchema(), true
	case !slices.Contains(schemaNames(), name):
		return nil, false
	}
	text, err := schemaFiles.ReadFile("schemas/" + name + ".json")
	return text, err == nil
}

func newSchema(e *env) *cobra.Command {
	var out string
	cmd := &cobra.Command{
		Use:   "schema [NAME]",
		Short: "Print the JSON Schema of a file that accesspath reads, or of what it prints",
		Long: `Print the JSON Schema of a file that accesspath reads, or of what it prints with
--format json. NAME is "snapshot" (the default: accesspath's own snapshot format)
or "check" (files of invariants); of what is printed: ` + wrapped(schemaNames()[2:]) + `.

Within a version, members are added and never removed, renamed or given another
meaning: programs that read the JSON have to skip what they do not know.`,
		Example: `  accesspath schema > snapshot.schema.json
  accesspath schema result -o result.schema.json`,
		Args: takesAtMost("NAME"),
		RunE: e.runner(func(_ context.Context, args []string) error {
			name := append(args, "snapshot")[0]
			text, ok := schemaOf(name)
			if !ok {
				return usagef("there is no schema %q\nhint: use one of %s", name, strings.Join(schemaNames(), ", "))
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

// wrapped joins names, a few on a line.
func wrapped(names []string) string {
	var b strings.Builder
	width := 0
	for i, n := range names {
		switch {
		case i == 0 || width+len(n) > 70:
			b.WriteString("\n")
			width = 0
		default:
			b.WriteString(" ")
		}
		b.WriteString(n)
		if i < len(names)-1 {
			b.WriteString(",")
		}
		width += len(n) + 2
	}
	return b.String()
}
