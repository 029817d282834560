package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"

	"accesspath/store"

	"github.com/spf13/cobra"
)

func newSnapshots(e *env) *cobra.Command {
	var db string
	cmd := group(&cobra.Command{Use: "snapshots", Short: "List, show, remove and prune the snapshots in a database"})
	cmd.PersistentFlags().StringVar(&db, "db", defaultDB, "database of snapshots")
	cmd.AddCommand(newSnapshotsList(e, &db), newSnapshotsShow(e, &db), newSnapshotsRemove(e, &db), newSnapshotsPrune(e, &db))
	return cmd
}

func newSnapshotsList(e *env, db *string) *cobra.Command {
	var out outputFlags
	formats := []string{"text", "json"}
	cmd := &cobra.Command{
		Use: "list", Short: "List the snapshots, oldest first", Args: takes(),
		RunE: e.runner(func(ctx context.Context, _ []string) error {
			if err := out.resolve(formats); err != nil {
				return err
			}
			return e.withStore(ctx, *db, true, func(s *store.Store) error {
				list, err := s.List(ctx)
				if err != nil {
					return err
				}
				return e.write(out.file, func(w io.Writer) error { return writeList(w, out.format, list) })
			})
		}),
	}
	out.register(cmd.Flags(), formats)
	return cmd
}

func newSnapshotsShow(e *env, db *string) *cobra.Command {
	var out outputFlags
	formats := []string{"text", "json"}
	cmd := &cobra.Command{
		Use: "show [SNAPSHOT]", Short: "Show what a snapshot holds: id or label, default the newest", Args: takesAtMost("SNAPSHOT"),
		RunE: e.runner(func(ctx context.Context, args []string) error {
			if err := out.resolve(formats); err != nil {
				return err
			}
			return e.withStore(ctx, *db, true, func(s *store.Store) error {
				info, err := choose(ctx, s, append(args, "")[0])
				if err == nil {
					info, err = s.Show(ctx, info.ID) // its sources as well
				}
				if err != nil {
					return err
				}
				return e.write(out.file, func(w io.Writer) error {
					if out.format == "json" {
						return writeInfo(w, info)
					}
					return showInfo(w, info)
				})
			})
		}),
	}
	out.register(cmd.Flags(), formats)
	return cmd
}

func newSnapshotsRemove(e *env, db *string) *cobra.Command {
	return &cobra.Command{
		Use: "rm SNAPSHOT...", Short: "Remove snapshots: ids or labels", Args: takesSome("SNAPSHOT"),
		RunE: e.runner(func(ctx context.Context, args []string) error {
			return e.withStore(ctx, *db, false, func(s *store.Store) error {
				var ids []int64 // all are looked up before one is removed
				for _, which := range args {
					info, err := choose(ctx, s, which)
					if err != nil {
						return err
					}
					if !slices.Contains(ids, info.ID) {
						ids = append(ids, info.ID)
					}
				}
				for _, id := range ids {
					if err := s.Remove(ctx, id); err != nil {
						return err
					}
					fmt.Fprintf(e.stdout, "removed snapshot %d\n", id)
				}
				return nil
			})
		}),
	}
}

func (e *env) withStore(ctx context.Context, path string, readOnly bool, f func(*store.Store) error) error {
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		readOnly = true // nothing is removed from what is not there, and no database is made for that
	}
	s, err := store.Open(ctx, path, store.Options{ReadOnly: readOnly, Now: e.now, Version: version()})
	if err != nil {
		return err
	}
	defer s.Close()
	return f(s)
}
