package main

import (
	"strings"

	"accesspath/query"

	"github.com/spf13/cobra"
)

// registerForm adds the flags that say what a question about an action and a
// resource means.
func (f *askFlags) registerForm(cmd *cobra.Command) {
	fs := cmd.Flags()
	fs.StringVar(&f.accessLevel, "access-level", "", "of a pattern of actions, ask for those of one level only: "+strings.Join(query.AccessLevels(), ", "))
	choices(fs, "access-level", query.AccessLevels()...)
	fs.BoolVar(&f.allActions, "all-actions", false, "of a pattern of actions, all that match are asked for, in one session (default one of them)")
	fs.BoolVar(&f.some, "some", false, "of a pattern of resources, one that matches is enough (default)")
	fs.BoolVar(&f.all, "all", false, "of a pattern of resources, all that match are asked for")
	fs.BoolVar(&f.existing, "existing", false, "of a pattern of resources, ask for those that the snapshot has (default also for names that could be)")
	fs.StringArrayVar(&f.resourceTags, "resource-tag", nil, "of a pattern of resources, ask for those known to have this tag: key=value; may be repeated")
	fs.StringVar(&f.horizon, "horizon", "", "also say what changes by time alone until then, such as 2027-01-31")
}

// pairs reads key=value flags.
func pairs(flag string, list []string) (map[string]string, error) {
	if len(list) == 0 {
		return nil, nil
	}
	out := map[string]string{}
	for _, item := range list {
		key, value, ok := strings.Cut(item, "=")
		if !ok || key == "" {
			return nil, usagef("%s %q is not of the form key=value", flag, item)
		}
		out[key] = value
	}
	return out, nil
}

// known reads what the actor knows (SYM-14).
func known(list []string) ([]string, error) {
	var out []string
	for _, item := range list {
		what, value, ok := strings.Cut(item, "=")
		if !ok || what != "external-id" || value == "" {
			return nil, usagef("--knows %q is not of the form external-id=VALUE", item)
		}
		out = append(out, value)
	}
	return out, nil
}

// options are the flags as the engine takes them.
func (f *askFlags) options(overrides map[string]string) (query.Options, error) {
	tags, err := pairs("--resource-tag", f.resourceTags)
	if err != nil {
		return query.Options{}, err
	}
	ids, err := known(f.knows)
	return query.Options{
		View: query.View(f.view), All: f.all, MaxHops: f.maxHops, MaxPaths: f.maxPaths, Strict: f.strict || f.assume == "strict",
		OneNetwork: f.oneNetwork, Context: overrides, AccessLevel: f.accessLevel, AllActions: f.allActions, Existing: f.existing,
		ResourceTags: tags, ExternalIDs: ids, WhyNot: f.whyNot, Owners: f.owners,
	}, err
}
