package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"accesspath/query/review"
	"accesspath/render"

	"github.com/spf13/cobra"
)

func newRules(e *env) *cobra.Command {
	cmd := group(&cobra.Command{Use: "rules", Short: "List and explain the rules of the review"})
	cmd.AddCommand(newRulesList(e), newRulesShow(e))
	return cmd
}

func newRulesList(e *env) *cobra.Command {
	var out outputFlags
	formats := []string{"text", "json"}
	cmd := &cobra.Command{
		Use: "list", Short: "List the rules", Args: takes(),
		RunE: e.runner(func(context.Context, []string) error {
			if err := out.resolve(formats); err != nil {
				return err
			}
			return e.write(out.file, func(w io.Writer) error { return listRules(w, out.format) })
		}),
	}
	out.register(cmd.Flags(), formats)
	return cmd
}

// rulesSchema is the version of rulesJSON.
const rulesSchema = "accesspath.rules/1"

// rulesJSON is the JSON form of the list of rules.
type rulesJSON struct {
	Schema string     `json:"schema"`
	Rules  []ruleJSON `json:"rules"` // by id
}

// ruleJSON is one rule of the review.
type ruleJSON struct {
	ID       string          `json:"id"`
	Severity review.Severity `json:"severity"`
	Title    string          `json:"title"`
}

func listRules(w io.Writer, format string) error {
	if format == "json" {
		out := rulesJSON{Schema: rulesSchema}
		for _, r := range review.Rules() {
			out.Rules = append(out.Rules, ruleJSON{r.ID, r.Doc.Severity, r.Doc.Title})
		}
		return render.WriteJSON(w, out)
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, r := range review.Rules() {
		fmt.Fprintf(t, "%s\t%s\t%s\n", r.ID, r.Doc.Severity, r.Doc.Title)
	}
	return t.Flush()
}

func newRulesShow(e *env) *cobra.Command {
	return &cobra.Command{
		Use: "show ID", Short: "Explain a rule", Args: takes("ID"),
		RunE: e.runner(func(_ context.Context, args []string) error {
			r, ok := review.RuleByID(strings.ToUpper(args[0]))
			if !ok {
				return usagef("there is no rule %q\nhint: run accesspath rules list", args[0])
			}
			return showRule(e.stdout, r)
		}),
	}
}

func showRule(w io.Writer, r review.Rule) error {
	d := r.Doc
	needs := make([]string, 0, len(d.Needs))
	for _, n := range d.Needs {
		needs = append(needs, string(n))
	}
	fmt.Fprintf(w, "%s: %s\n\nseverity: %s\nneeds: %s\nsince: %s\n\n%s\n\nwhat to do: %s\n",
		r.ID, d.Title, d.Severity, dash(strings.Join(needs, ", ")), dash(d.Since), d.Why, d.Remediation)
	for _, ref := range d.References {
		fmt.Fprintf(w, "see: %s\n", ref)
	}
	return nil
}
