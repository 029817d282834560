package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"accesspath/internal/evaluate"
	"accesspath/internal/termsafe"
	"accesspath/render/words"

	"github.com/spf13/cobra"
)

func newEvaluate(e *env) *cobra.Command {
	var (
		batch string
		out   outputFlags
		open  bool
		asOf  string
	)
	formats := []string{"json", "text"}
	cmd := &cobra.Command{
		Use:   "evaluate [FILE]",
		Short: "Decide a request that carries its own policies, without any account",
		Long: `Decide a request that carries its own policies, without any account.

FILE (default standard input) holds one request as JSON: "principal", "action",
"resource", and as far as there are any "resourceAccount", "context",
"identityPolicies", "resourcePolicy", "permissionBoundary", "sessionPolicy",
"vpcEndpointPolicies", "scps" and "rcps" (lists of levels, root first), and
"additionalSettings" (s3: blockPublicAccess). With --batch, there is one
request a line, and one decision a line follows, in the same order.

Condition keys that "context" does not give are absent. With --open-world they
are unknown, and what they leave open is in "requires".`,
		Example: `  accesspath evaluate request.json --format text
  accesspath evaluate --batch requests.jsonl > decisions.jsonl`,
		Args: takesAtMost("FILE"),
		RunE: e.runner(func(ctx context.Context, args []string) error {
			if err := out.resolve(formats); err != nil {
				return err
			}
			o := evaluate.Options{OpenWorld: open}
			if asOf != "" {
				var err error
				if o.AsOf, err = parseTime(asOf); err != nil {
					return err
				}
			}
			switch {
			case batch != "" && len(args) > 0:
				return usagef("both --batch and a file are named")
			case batch != "" && out.format != "json":
				return usagef("--batch prints JSON lines\nhint: leave --format out")
			case batch != "":
				return e.eachLine(ctx, batch, out.file, func(line []byte) (any, bool) {
					a := evaluate.Line(line, o)
					return a, a.Error == ""
				})
			case len(args) == 0:
				args = []string{"-"}
			}
			return e.evaluateOne(args[0], &out, o)
		}),
	}
	fs := cmd.Flags()
	fs.SortFlags = false
	fs.StringVar(&batch, "batch", "", "file of requests, one JSON object a line; - for standard input")
	fs.BoolVar(&open, "open-world", false, "condition keys that are not in the context are unknown, not absent")
	fs.StringVar(&asOf, "as-of", "", "time of the request in an open world (default unknown)")
	out.register(fs, formats)
	return cmd
}

func (e *env) evaluateOne(file string, out *outputFlags, o evaluate.Options) error {
	text, err := e.readAll(file, maxLine)
	if err != nil {
		return err
	}
	a := evaluate.Line(text, o)
	if a.Error != "" {
		return fmt.Errorf("%s: %s", file, a.Error)
	}
	for _, d := range a.Diagnostics {
		if !e.quiet {
			fmt.Fprintln(e.stderr, "warning: "+termsafe.Text(d))
		}
	}
	return e.write(out.file, func(w io.Writer) error {
		if out.format == "text" {
			return explainAnswer(w, &a, o.AsOf)
		}
		return writeLine(w, a)
	})
}

// explainAnswer writes a decision for people.
func explainAnswer(w io.Writer, a *evaluate.Answer, _ time.Time) error {
	line := func(format string, s string) {
		fmt.Fprintf(w, format+"\n", termsafe.Text(s))
	}
	fmt.Fprintf(w, "%s (%s)\n", a.Decision, a.Verdict)
	for _, r := range a.Requires {
		line("  needs %s", words.At(r, 1))
	}
	for _, b := range a.Because {
		line("  because %s", words.Evidence(b))
	}
	for _, c := range a.Causes {
		line("  why not: %s", words.Cause(c))
	}
	_, err := fmt.Fprint(w)
	return err
}
