package main

import (
	"context"

	"accesspath/graph/escalate"
	"accesspath/internal/heap"
	"accesspath/query"
	"accesspath/render"

	"github.com/spf13/cobra"
)

func newAdmins(e *env) *cobra.Command {
	f := &askFlags{}
	cmd := &cobra.Command{
		Use:   "admins",
		Short: "List who is an administrator: by own policies, through roles, by escalation",
		Long: `List who is an administrator of an account, by level, with the path: admin-direct
by own policies, admin-chain by assuming roles, and with --escalation
admin-escalation by making more of oneself than the policies say, such as
writing a policy or passing a role to a service that runs own code.`,
		Example: `  accesspath admins -i account.json
  accesspath admins -i account.json --escalation --format markdown -o admins.md`,
		Args: takes(),
		RunE: e.runner(func(ctx context.Context, _ []string) error {
			return e.ask(ctx, f, func(q *query.Engine) (*query.Result, error) { return q.Admins(ctx) })
		}),
	}
	f.view = string(query.ViewAll)
	f.register(cmd, render.Formats())
	f.registerMaxPaths(cmd)
	f.registerWalk(cmd)
	f.registerFailOn(cmd)
	return cmd
}

// registerEscalation adds the flag of questions that may follow escalation.
func (f *askFlags) registerEscalation(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&f.escalation, "escalation", false, "also follow privilege escalation, in a section of its own")
}

// escalated asks a question with escalation edges as well, if that is wanted.
func (s *session) escalated(ctx context.Context, engine *query.Engine, question func(*query.Engine) (*query.Result, error)) (*query.Result, error) {
	if !s.flags.escalation {
		return s.answer(engine, question)
	}
	defer s.env.progress("searching")()
	defer heap.Percent(100)() // of an organization what is found takes gigabytes, and all of it stays
	found, err := escalate.Find(ctx, engine.Graph(), escalate.Options{Resource: s.flags.resource})
	if err != nil {
		return nil, err
	}
	return engine.WithEscalation(query.Escalations{Graph: found.Graph, Unread: found.Unread, Cut: found.Cut, Untried: found.Untried}, question)
}
