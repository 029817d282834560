package main

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// flagError says of a flag what is wrong with it, in words of the command line.
func flagError(cmd *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	if errors.As(err, &unknown) {
		return unknownFlag(cmd, unknown)
	}
	var value *pflag.InvalidValueError
	var number *strconv.NumError
	switch {
	case !errors.As(err, &value) || !errors.As(err, &number):
		return err
	case errors.Is(number.Err, strconv.ErrRange):
		return fmt.Errorf("--%s %q is too large", value.GetFlag().Name, value.GetValue())
	case value.GetFlag().Value.Type() == "bool":
		return fmt.Errorf("--%s=%s is neither true nor false", value.GetFlag().Name, value.GetValue())
	}
	return fmt.Errorf("--%s %q is not a number", value.GetFlag().Name, value.GetValue())
}

// unknownFlag says which flag may have been meant, else which commands have it:
// the same question can be asked by several, and not every flag means something
// to each.
func unknownFlag(cmd *cobra.Command, err *pflag.NotExistError) error {
	name := err.GetSpecifiedName()
	help := fmt.Sprintf("run %q for the flags and an example", cmd.CommandPath()+" --help")
	if len(name) < 2 {
		return usagef("%v\nhint: %s", err, help)
	}
	if others := commandsWith(cmd.Root(), name); len(others) > 0 {
		return usagef("%s has no flag --%s\nhint: it is a flag of %s\nhint: %s", cmd.CommandPath(), name, strings.Join(others, ", "), help)
	}
	if near := nearFlags(cmd, name); len(near) > 0 && len(near) <= 3 {
		return usagef("%v\nhint: did you mean %s?\nhint: %s", err, strings.Join(near, " or "), help)
	}
	return usagef("%v\nhint: %s", err, help)
}

// commandsWith lists the commands that have a flag of their own of the name.
func commandsWith(root *cobra.Command, name string) []string {
	var out []string
	for _, c := range root.Commands() {
		if f := c.Flags().Lookup(name); f != nil && !f.Hidden && c.Runnable() {
			out = append(out, strings.TrimPrefix(c.CommandPath(), c.Root().Name()+" "))
		}
		out = append(out, commandsWith(c, name)...)
	}
	slices.Sort(out)
	return out
}

// nearFlags lists the flags of a command whose names are a slip or two away.
func nearFlags(cmd *cobra.Command, name string) []string {
	// Commands of cobra know how to compare names; flags do not.
	names := &cobra.Command{SuggestionsMinimumDistance: 2}
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if !f.Hidden {
			names.AddCommand(&cobra.Command{Use: f.Name, Run: func(*cobra.Command, []string) {}})
		}
	})
	var out []string
	for _, n := range names.SuggestionsFor(name) {
		out = append(out, "--"+n)
	}
	return out
}
