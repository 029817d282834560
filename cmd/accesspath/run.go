package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"accesspath/internal/termsafe"
	"accesspath/query"

	"github.com/spf13/cobra"
)

// The exit codes.
const (
	exitDone   = 0
	exitFailed = 1
	exitUsage  = 2
	exitFound  = 3
)

// env is what commands get from the process, and what the flags of all commands
// say.
type env struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	now            func() time.Time

	verbose, quiet, noColor bool

	parsed bool // the arguments were understood: later errors are not about them
}

// errFound ends a command that did its job and found what --fail-on names.
var errFound = errors.New("found")

// A usageError is a call that cannot work as it stands. The text may have lines
// that begin with "hint: ".
type usageError struct{ text string }

func (e *usageError) Error() string { return e.text }

func usagef(format string, args ...any) error { return &usageError{fmt.Sprintf(format, args...)} }

// run is the program.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	e := &env{stdin: &cancelReader{ctx: ctx, r: stdin}, stdout: stdout, stderr: stderr, now: time.Now}
	root := newRoot(e)
	root.SetArgs(args)
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	cmd, err := root.ExecuteContextC(ctx)
	return e.exit(ctx, cmd, err)
}

// exit reports an error and returns the exit code.
func (e *env) exit(ctx context.Context, cmd *cobra.Command, err error) int {
	var (
		usage    *usageError
		question *query.QuestionError
		missing  *query.NotFoundError
	)
	switch {
	case err == nil:
		return exitDone
	case errors.Is(err, errFound):
		return exitFound
	case ctx.Err() != nil:
		fmt.Fprintln(e.stderr, "error: interrupted")
		return exitFailed
	}
	e.report(err)
	if !e.parsed && !errors.As(err, &usage) {
		fmt.Fprintf(e.stderr, "hint: run %q for the flags and an example\n", cmd.CommandPath()+" --help")
		return exitUsage
	}
	if errors.As(err, &usage) || errors.As(err, &question) || errors.As(err, &missing) {
		return exitUsage
	}
	return exitFailed
}

// report writes an error, line by line: data in it must not reach a terminal as
// it is.
func (e *env) report(err error) {
	for i, line := range strings.Split(strings.TrimRight(err.Error(), "\n"), "\n") {
		if i == 0 {
			line = "error: " + line
		}
		indent := line[:len(line)-len(strings.TrimLeft(line, " "))]
		fmt.Fprintln(e.stderr, indent+termsafe.Text(line[len(indent):]))
	}
}

// runner marks the arguments as understood once cobra is through with them.
func (e *env) runner(f func(ctx context.Context, args []string) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		e.parsed = true
		return f(cmd.Context(), args)
	}
}

// takes is the check for a command's arguments, by name.
func takes(names ...string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		switch {
		case len(args) == len(names):
			return nil
		case len(names) == 0:
			return fmt.Errorf("%s takes no arguments, and got %q", cmd.CommandPath(), args[0])
		case len(args) < len(names):
			return missing(names[len(args):])
		}
		return fmt.Errorf("%s takes %s only, and got %q as well", cmd.CommandPath(), strings.Join(names, " and "), args[len(names)])
	}
}

// takesAtMost is the check for a command with one argument that may be left out.
func takesAtMost(name string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) > 1 {
			return takes(name)(cmd, args)
		}
		return nil
	}
}

// takesSome is the check for a command with one argument or more.
func takesSome(name string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) == 0 {
			return missing([]string{name})
		}
		return nil
	}
}

func missing(names []string) error {
	if n := len(names); n > 1 {
		return fmt.Errorf("%s and %s are missing", strings.Join(names[:n-1], ", "), names[n-1])
	}
	return fmt.Errorf("%s is missing", names[0])
}

// group is what a command is that does nothing but hold others.
func group(cmd *cobra.Command) *cobra.Command {
	cmd.Args = cobra.ArbitraryArgs
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if len(args) > 0 {
			return unknownCommand(cmd, args[0])
		}
		var names []string
		for _, c := range cmd.Commands() {
			names = append(names, c.Name())
		}
		return usagef("%s needs a command\nhint: %s %s", cmd.CommandPath(), cmd.CommandPath(), strings.Join(names, ", "))
	}
	return cmd
}

func unknownCommand(cmd *cobra.Command, name string) error {
	hint := fmt.Sprintf("run %q for the commands", cmd.CommandPath()+" --help")
	cmd.SuggestionsMinimumDistance = 2
	if near := cmd.SuggestionsFor(name); len(near) > 0 {
		hint = "did you mean " + strings.Join(near, ", ") + "?"
	}
	return usagef("%s has no command %q\nhint: %s", cmd.CommandPath(), name, hint)
}

func newRoot(e *env) *cobra.Command {
	root := &cobra.Command{
		Use:   "accesspath",
		Short: "Who can reach an action on a resource in AWS, through chained role assumptions",
		Long: `accesspath reads what "aws iam get-account-authorization-details" prints, for one
account or many, and answers who can reach an action on a resource through
chains of sts:AssumeRole, under which conditions, and why not. It works offline.`,
		Example: `  aws iam get-account-authorization-details > account.json
  accesspath who-can s3:GetObject 'arn:aws:s3:::my-bucket/*' -i account.json`,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.ArbitraryArgs,
	}
	root.RunE = helpOrUnknown
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		if words := cmd.Flags().Args(); cmd == root && len(words) > 0 {
			return unknownCommand(root, words[0]) // whose flags these are
		}
		return flagError(cmd, err)
	})
	f := root.PersistentFlags()
	f.BoolVar(&e.verbose, "verbose", false, "evidence, all paths and all diagnostics")
	f.BoolVar(&e.quiet, "quiet", false, "no diagnostics and no progress on standard error")
	f.BoolVar(&e.noColor, "no-color", false, "no colours on a terminal (as does the variable NO_COLOR)")
	root.AddGroup(&cobra.Group{ID: "ask", Title: "Questions:"}, &cobra.Group{ID: "data", Title: "Data:"})
	for _, c := range []*cobra.Command{newWhoCan(e), newCan(e), newPaths(e), newWhatCan(e), newAdmins(e), newBlastRadius(e), newExposure(e), newChokepoints(e), newGraph(e), newReview(e), newEvaluate(e), newDiff(e), newCheck(e), newHistory(e)} {
		c.GroupID = "ask"
		root.AddCommand(c)
	}
	for _, c := range []*cobra.Command{newIngest(e), newMerge(e), newSnapshots(e), newConvert(e), newSchema(e), newRender(e), newCollectScript(e), newMan(e)} {
		c.GroupID = "data"
		root.AddCommand(c)
	}
	root.AddCommand(newRules(e), newVersion(e))
	complete(root)
	root.SetHelpCommand(newHelp(root))
	root.SetOut(e.stdout) // where completions go; they ask now
	root.InitDefaultCompletionCmd()
	for _, c := range root.Commands() {
		if c.Name() == "completion" {
			e.ownCompletion(c)
		}
	}
	return root
}

// ownCompletion makes the completion command of cobra speak and fail as the others do.
func (e *env) ownCompletion(c *cobra.Command) {
	c.Args, c.RunE = cobra.ArbitraryArgs, helpOrUnknown
	for _, shell := range c.Commands() {
		shell.Args = takes()
		if write := shell.RunE; write != nil {
			shell.RunE = func(cmd *cobra.Command, args []string) error {
				e.parsed = true
				return write(cmd, args)
			}
		}
	}
}

// newHelp is the help command of cobra, which takes an unknown command for a
// mistake.
func newHelp(root *cobra.Command) *cobra.Command {
	return &cobra.Command{
		Use: "help [COMMAND]", Short: "Help about any command",
		RunE: func(_ *cobra.Command, args []string) error {
			cmd, rest, err := root.Find(args)
			if err != nil || len(rest) > 0 {
				return unknownCommand(root, strings.Join(args, " "))
			}
			return cmd.Help()
		},
	}
}

// helpOrUnknown is what a command does that is no command by itself.
func helpOrUnknown(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return cmd.Help()
	}
	return unknownCommand(cmd, args[0])
}
