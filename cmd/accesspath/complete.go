package main

import (
	"slices"
	"strings"

	"accesspath/policy/catalog"
	"accesspath/query"
	"accesspath/query/review"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// choicesOf is the annotation of a flag that takes one of a few values.
const choicesOf = "choices"

// choices says which values a flag takes, for the completion of a shell.
func choices(fs *pflag.FlagSet, flag string, values ...string) {
	if err := fs.SetAnnotation(flag, choicesOf, values); err != nil {
		panic(err) // there is no such flag
	}
}

// A completer lists what may be meant by the beginning of a word, and whether
// the word goes on after it.
type completer func(begin string) (words []string, goesOn bool)

// completers complete the arguments that have names in the usage of a command.
var completers = map[string]completer{
	"ACTION": completeAction,
	"[NAME]": among(schemaNames),
	"ID":     among(ruleIDs),
}

// complete adds completion to a command and those in it.
func complete(cmd *cobra.Command) {
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		switch values := f.Annotations[choicesOf]; {
		case len(values) > 0:
			register(cmd, f.Name, among(func() []string { return values }))
		case f.Name == "action":
			register(cmd, f.Name, completeAction)
		}
	})
	names := strings.Fields(cmd.Use)[1:]
	if slices.ContainsFunc(names, func(name string) bool { return completers[name] != nil }) {
		cmd.ValidArgsFunction = func(_ *cobra.Command, args []string, begin string) ([]string, cobra.ShellCompDirective) {
			if len(args) >= len(names) || completers[names[len(args)]] == nil {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return answer(completers[names[len(args)]], begin)
		}
	}
	for _, c := range cmd.Commands() {
		complete(c)
	}
}

func register(cmd *cobra.Command, flag string, c completer) {
	err := cmd.RegisterFlagCompletionFunc(flag, func(_ *cobra.Command, _ []string, begin string) ([]string, cobra.ShellCompDirective) {
		return answer(c, begin)
	})
	if err != nil {
		panic(err) // it is registered twice
	}
}

func answer(c completer, begin string) ([]string, cobra.ShellCompDirective) {
	words, goesOn := c(begin)
	if goesOn {
		return words, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
	}
	return words, cobra.ShellCompDirectiveNoFileComp
}

// among completes to one of a list.
func among(list func() []string) completer {
	return func(begin string) ([]string, bool) { return withBeginning(begin, list()), false }
}

func withBeginning(begin string, list []string) []string {
	var out []string
	for _, word := range list {
		if strings.HasPrefix(word, begin) {
			out = append(out, word)
		}
	}
	return out
}

// completeAction completes the service first, or the name of a set of actions,
// and then the action.
func completeAction(begin string) (words []string, goesOn bool) {
	if service, name, ok := strings.Cut(begin, ":"); ok {
		if strings.ContainsAny(begin, "*?") {
			return nil, false
		}
		return catalog.Expand(service + ":" + name + "*"), false
	}
	sets := withBeginning(begin, append(query.AccessLevels(), "admin"))
	if len(sets) == 1 && sets[0] == begin {
		return sets, false
	}
	for _, service := range withBeginning(begin, catalog.Services()) {
		words = append(words, service+":")
	}
	return append(words, sets...), len(words) > 0
}

func severities() []string {
	var out []string
	for _, s := range review.Severities() {
		out = append(out, string(s))
	}
	return out
}

func ruleIDs() []string {
	var out []string
	for _, r := range review.Rules() {
		out = append(out, r.ID)
	}
	return out
}
