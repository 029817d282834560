package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"accesspath/internal/termsafe"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
)

func newMan(e *env) *cobra.Command {
	return &cobra.Command{
		Use:   "man DIR",
		Short: "Write the manual pages into a directory, one for each command",
		Long: `Write the manual pages into a directory, one for each command. The directory is
made if it is not there; pages of the same names are replaced.`,
		Example: `  accesspath man man1
  man -l man1/accesspath-who-can.1`,
		Args: takes("DIR"),
		RunE: func(cmd *cobra.Command, args []string) error {
			e.parsed = true
			return e.writeManual(cmd.Context(), cmd.Root(), args[0])
		},
	}
}

// manDate stands in the pages instead of the time at which they were made, so
// that the same program makes the same pages.
func manDate() *time.Time {
	t := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	return &t
}

func (e *env) writeManual(_ context.Context, root *cobra.Command, dir string) error {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		var path *fs.PathError
		if errors.As(err, &path) {
			return fmt.Errorf("cannot make the directory %s: %w", dir, path.Err)
		}
		return err
	}
	root.DisableAutoGenTag = true
	header := doc.GenManHeader{Section: "1", Source: "accesspath " + version(), Manual: "accesspath", Date: manDate()}
	if err := doc.GenManTree(root, &header, dir); err != nil {
		return cannotWrite(dir, err)
	}
	fmt.Fprintf(e.stdout, "manual pages in %s\n", termsafe.Text(dir))
	return nil
}
