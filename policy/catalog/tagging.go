package catalog

import (
	"slices"
	"strings"
)

// Tagging lists the actions of a service that give tags to a resource that is there, of
// one of some types, in order of their names: those that AWS describes as tagging, without
// what takes tags away and what replicates them, which no caller can ask for. Without types
// it lists those for any.
func Tagging(service string, types ...string) []string {
	s := load().service(service)
	if s == nil {
		return nil
	}
	var out []string
	for _, a := range s.parsed().actions {
		if strings.HasPrefix(a.Access, "Tagging") && givesTags(a.Name) && (len(types) == 0 || a.Takes(types...)) {
			out = append(out, a.String())
		}
	}
	return out
}

// givesTags tells by its name what an action that is about tags does with them.
func givesTags(name string) bool {
	name = strings.ToLower(name)
	return strings.Contains(name, "tag") && !slices.ContainsFunc([]string{"untag", "delete", "remove", "list", "replicate"}, func(verb string) bool { return strings.HasPrefix(name, verb) })
}
