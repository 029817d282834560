package main

import (
	"context"
	"io"
	"slices"

	"accesspath/query/review"

	"github.com/spf13/cobra"
)

func newReview(e *env) *cobra.Command {
	f := &askFlags{}
	baseline := &baselineFlags{}
	formats := review.Formats()
	cmd := &cobra.Command{
		Use:   "review",
		Short: "Write a review: inventory, coverage, administrators, trusts and findings",
		Long: `Write a review: inventory, coverage, administrators, trusts and findings.

text, markdown    the first findings of each rule; markdown fits a comment of a
                  pull request (65,000 characters) and says what it leaves out
html              all of it as one page that loads nothing, to filter and print
json              all of it as data
sarif             findings for code scanning, SARIF 2.1.0
csv               one row for each finding, for spreadsheets`,
		Example: `  accesspath review -i accounts/ -o review.html
  accesspath review -i accounts/ -o review.sarif
  accesspath review -i account.json --format json --fail-on high
  accesspath review -i account.json --write-baseline accepted.yaml
  accesspath review -i account.json --baseline accepted.yaml --fail-on low`,
		Args: takes(),
		RunE: e.runner(func(ctx context.Context, _ []string) error {
			if err := f.out.resolve(formats); err != nil {
				return err
			}
			if f.failOn != "" && !slices.Contains(review.Severities(), review.Severity(f.failOn)) {
				return usagef("unknown --fail-on %q\nhint: use critical, high, medium, low or info", f.failOn)
			}
			accepted, err := baseline.load(e)
			if err != nil {
				return err
			}
			r, err := e.review(ctx, f, review.Options{Accepted: accepted})
			if err != nil {
				return err
			}
			if err := e.write(f.out.file, func(w io.Writer) error { return review.Render(w, f.out.format, r) }); err != nil {
				return err
			}
			if err := baseline.finish(e, r, accepted); err != nil {
				return err
			}
			return foundSevere(r, review.Severity(f.failOn))
		}),
	}
	fs := cmd.Flags()
	fs.SortFlags = false
	f.in.register(fs)
	f.out.register(fs, formats)
	registerKnown(fs, &f.context, &f.asOf, "review")
	f.registerStrictData(fs)
	fs.StringVar(&f.failOn, "fail-on", "", "exit with 3 if there is a finding of this severity or worse: critical, high, medium, low or info")
	choices(fs, "fail-on", severities()...)
	baseline.register(fs)
	return cmd
}

func (e *env) review(ctx context.Context, f *askFlags, o review.Options) (*review.Report, error) {
	s, err := e.open(ctx, f)
	if err != nil {
		return nil, err
	}
	g, err := s.graph(ctx, s.known)
	if err != nil {
		return nil, err
	}
	defer e.progress("reviewing")()
	return review.Run(ctx, g, o)
}

// foundSevere is the error behind exit code 3; Severities lists the worst first.
func foundSevere(r *review.Report, failOn review.Severity) error {
	if failOn == "" {
		return nil
	}
	limit := slices.Index(review.Severities(), failOn)
	for i := range r.Findings {
		if slices.Index(review.Severities(), r.Findings[i].Severity) <= limit {
			return errFound
		}
	}
	return nil
}
