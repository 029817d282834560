package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"

	"accesspath/graph"
	"accesspath/query"
	"accesspath/query/review"
	"accesspath/store"

	"github.com/spf13/cobra"
)

func newHistory(e *env) *cobra.Command {
	var (
		db  string
		out outputFlags
	)
	formats := []string{"text", "json"}
	cmd := &cobra.Command{
		Use:   "history FINDING | history PRINCIPAL | history FROM TO",
		Short: "Say when a finding, a principal or a path came and went, over the stored snapshots",
		Long: `Say when a finding, a principal or a path came and went, over the stored snapshots.

FINDING is the fingerprint that reviews in JSON show, RULE:SUBJECT, or a RULE. PRINCIPAL
is an ARN or another identifier. FROM and TO are the ends of a path.`,
		Example: `  accesspath history FIND-21:arn:aws:iam::444455556666:role/vendor-monitor --db org.db
  accesspath history arn:aws:iam::111122223333:user/bob --db org.db
  accesspath history arn:aws:iam::111122223333:user/bob arn:aws:iam::111122223333:role/admin`,
		Args: func(cmd *cobra.Command, args []string) error {
			switch len(args) {
			case 0:
				return missing([]string{"FINDING or PRINCIPAL"})
			case 1, 2:
				return nil
			}
			return takes("FROM", "TO")(cmd, args)
		},
		RunE: e.runner(func(ctx context.Context, args []string) error {
			if err := out.resolve(formats); err != nil {
				return err
			}
			what, err := subjectOf(args)
			if err != nil {
				return err
			}
			return e.withStore(ctx, db, true, func(s *store.Store) error {
				h, err := e.history(ctx, s, what)
				if err != nil {
					return err
				}
				return e.write(out.file, func(w io.Writer) error { return writeHistory(w, out.format, h) })
			})
		}),
	}
	cmd.Flags().StringVar(&db, "db", defaultDB, "database of snapshots")
	out.register(cmd.Flags(), formats)
	return cmd
}

// subject is what a history is about: it looks for itself in a snapshot.
type subject struct {
	kind, name string
	look       func(ctx context.Context, g *graph.Graph) (sighting, error)
}

// A sighting is what a snapshot has of a subject.
type sighting struct {
	text     string   // "" if it is not there
	accounts []string // that it hangs on, with repeats
}

var fingerprintForm = regexp.MustCompile(`^[0-9a-f]{32}$`)

func subjectOf(args []string) (subject, error) {
	name := args[0]
	rule, about, _ := strings.Cut(name, ":")
	rule = strings.ToUpper(rule)
	switch {
	case len(args) == 2:
		return subject{"path", args[0] + " → " + args[1], func(ctx context.Context, g *graph.Graph) (sighting, error) {
			return lookForPath(ctx, g, args[0], args[1])
		}}, nil
	case fingerprintForm.MatchString(name):
		return subject{"finding", name, func(ctx context.Context, g *graph.Graph) (sighting, error) {
			return lookForFinding(ctx, g, review.Options{}, func(f *review.Finding) bool { return f.Fingerprint == name })
		}}, nil
	case strings.HasPrefix(rule, "FIND-"):
		if _, ok := review.RuleByID(rule); !ok {
			return subject{}, usagef("there is no rule %q\nhint: run accesspath rules list", rule)
		}
		if about != "" {
			name = rule + ":" + about
		} else {
			name = "of rule " + rule
		}
		return subject{"finding", name, func(ctx context.Context, g *graph.Graph) (sighting, error) {
			return lookForFinding(ctx, g, review.Options{Only: []string{rule}}, func(f *review.Finding) bool { return about == "" || f.Subject == about })
		}}, nil
	}
	return subject{"principal", name, func(_ context.Context, g *graph.Graph) (sighting, error) { return lookForPrincipal(g, name) }}, nil
}

// lookForPrincipal refuses a name that several have: which of them was meant before
// another came, nobody knows.
func lookForPrincipal(g *graph.Graph, name string) (sighting, error) {
	n, ok, candidates := g.Resolve(name)
	if len(candidates) > 1 {
		return sighting{}, query.NotFound(g, name, candidates)
	}
	if !ok {
		return sighting{}, nil
	}
	node := g.Node(n)
	return sighting{node.Kind.String() + " " + node.ID, []string{node.Account}}, nil
}

// lookForFinding counts too: several findings may be about one subject.
func lookForFinding(ctx context.Context, g *graph.Graph, o review.Options, match func(*review.Finding) bool) (sighting, error) {
	r, err := review.Run(ctx, g, o)
	if err != nil {
		return sighting{}, err
	}
	var out sighting
	for i := range r.Findings {
		f := &r.Findings[i]
		if !match(f) {
			continue
		}
		if out.accounts = append(out.accounts, f.Account); out.text == "" {
			out.text = string(f.Severity) + ": " + f.Text
		}
	}
	if n := len(out.accounts); n > 1 {
		out.text = fmt.Sprintf("%d findings, the first %s", n, out.text)
	}
	return out, nil
}

func lookForPath(ctx context.Context, g *graph.Graph, from, to string) (sighting, error) {
	r, err := query.New(g, query.Options{}).Paths(ctx, from, to)
	var missing *query.NotFoundError
	if errors.As(err, &missing) && !missing.Ambiguous {
		return sighting{}, nil
	}
	if err != nil {
		return sighting{}, err
	}
	for _, a := range r.Answers {
		if len(a.Paths) == 0 {
			continue
		}
		p := &a.Paths[0]
		out := sighting{text: p.Verdict + ": " + strings.Join(p.Principals, " → ")}
		for _, id := range p.Principals {
			if n, ok := g.Find(id); ok {
				out.accounts = append(out.accounts, g.Node(n).Account)
			}
		}
		return out, nil
	}
	return sighting{}, nil
}
