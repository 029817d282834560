package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"accesspath/store"

	"github.com/spf13/cobra"
)

func newSnapshotsPrune(e *env, db *string) *cobra.Command {
	var (
		keep   int
		older  string
		dryRun bool
	)
	var cmd *cobra.Command
	cmd = &cobra.Command{
		Use:   "prune",
		Short: "Remove old snapshots; the newest one always stays",
		Example: `  accesspath snapshots prune --keep 30
  accesspath snapshots prune --older-than 90d --dry-run`,
		Args: takes(),
		RunE: e.runner(func(ctx context.Context, _ []string) error {
			if cmd.Flags().Changed("keep") && keep < 1 {
				return usagef("--keep %d is less than one\nhint: the newest snapshot always stays; accesspath snapshots rm removes single ones", keep)
			}
			if (keep == 0) == (older == "") {
				return usagef("prune takes either --keep or --older-than\nhint: such as --keep 30, or --older-than 90d")
			}
			age, err := parseAge(older)
			if err != nil {
				return err
			}
			return e.withStore(ctx, *db, dryRun, func(s *store.Store) error {
				list, err := s.List(ctx)
				if err != nil {
					return err
				}
				return e.removeAll(ctx, s, outdated(list, keep, age, e.now()), dryRun)
			})
		}),
	}
	fs := cmd.Flags()
	fs.SortFlags = false
	fs.IntVar(&keep, "keep", 0, "how many snapshots stay, newest first")
	fs.StringVar(&older, "older-than", "", "remove what was ingested longer ago: such as 90d, 12w or 36h")
	fs.BoolVar(&dryRun, "dry-run", false, "only say what would be removed")
	return cmd
}

// outdated lists the snapshots that go, of a list with the oldest first.
func outdated(list []store.Info, keep int, age time.Duration, now time.Time) []store.Info {
	if len(list) == 0 {
		return nil
	}
	if keep > 0 {
		return list[:max(len(list)-keep, 0)]
	}
	var out []store.Info
	for _, info := range list[:len(list)-1] {
		if now.Sub(info.IngestedAt) > age {
			out = append(out, info)
		}
	}
	return out
}

func (e *env) removeAll(ctx context.Context, s *store.Store, list []store.Info, dryRun bool) error {
	for _, info := range list {
		word := "would remove"
		if !dryRun {
			if err := s.Remove(ctx, info.ID); err != nil {
				return err
			}
			word = "removed"
		}
		fmt.Fprintf(e.stdout, "%s snapshot %d (ingested %s)\n", word, info.ID, timeText(info.IngestedAt))
	}
	if len(list) == 0 {
		fmt.Fprintln(e.stdout, "nothing to remove")
	}
	return nil
}

// parseAge reads a number of days or weeks, or what Go calls a duration.
func parseAge(text string) (time.Duration, error) {
	if text == "" {
		return 0, nil
	}
	const day = 24 * time.Hour
	for suffix, unit := range map[string]time.Duration{"d": day, "w": 7 * day} {
		if number, ok := strings.CutSuffix(text, suffix); ok {
			if n, err := strconv.Atoi(number); err == nil && n >= 0 && n < 100_000 {
				return time.Duration(n) * unit, nil
			}
		}
	}
	if d, err := time.ParseDuration(text); err == nil && d >= 0 {
		return d, nil
	}
	return 0, usagef("%q is not an age\nhint: write 90d, 12w or 36h", text)
}
