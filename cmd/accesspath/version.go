package main

import (
	"context"
	"fmt"
	"runtime"
	"runtime/debug"

	"accesspath/ingest/managed"
	"accesspath/policy/catalog"

	"github.com/spf13/cobra"
)

// version is what the Go toolchain recorded of the build.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" {
		return "(devel)"
	}
	return info.Main.Version
}

func newVersion(e *env) *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version and the dates of the data that is built in",
		Args:  takes(),
		RunE: e.runner(func(context.Context, []string) error {
			_, err := fmt.Fprintf(e.stdout, "accesspath %s (%s %s/%s)\nservice catalogue of %s, AWS managed policies of %s\n",
				version(), runtime.Version(), runtime.GOOS, runtime.GOARCH, catalog.DataDate, managed.Date)
			return err
		}),
	}
}
