package assert

import (
	"cmp"
	"slices"
	"strings"

	"accesspath/policy"
	"accesspath/query"
)

// A set is a list of entries: identifiers, patterns of them, and accounts.
type set struct {
	exact    map[string]bool
	accounts map[string]bool
	patterns []policy.Pattern
}

const accountPrefix = "account:"

// compile reads entries; nil gives nil. "*" alone is everyone, the public
// included, as the pattern that it is.
func compile(entries []string) *set {
	if entries == nil {
		return nil
	}
	s := &set{exact: map[string]bool{}, accounts: map[string]bool{}}
	for _, e := range entries {
		if id, ok := strings.CutPrefix(e, accountPrefix); ok && !strings.ContainsAny(id, "*?") {
			s.accounts[id] = true
		}
		if strings.ContainsAny(e, "*?") {
			s.patterns = append(s.patterns, policy.CompilePattern(e))
			continue
		}
		s.exact[e] = true
	}
	return s
}

func (s *set) has(id, account string) bool {
	return s.exact[id] || account != "" && s.accounts[account] || slices.ContainsFunc(s.patterns, func(p policy.Pattern) bool { return p.Match(id) })
}

// mayName reports whether an entry may be about a principal of an account that is in one
// of some partitions.
func (s *set) mayName(account string, partitions []string) bool {
	for e := range s.exact {
		if a, ok := policy.ParseARN(e); ok && a.Account == account {
			return true
		}
	}
	for _, partition := range partitions {
		for _, service := range []string{"iam", "sts"} {
			of := policy.CompilePattern("arn:" + partition + ":" + service + "::" + account + ":*")
			if slices.ContainsFunc(s.patterns, func(p policy.Pattern) bool {
				_, ok, _ := policy.FindWitness([]policy.Pattern{p, of}, nil)
				return ok
			}) {
				return true
			}
		}
	}
	return false
}

// statements lists what violations rest on, those of most violations first.
func statements(list []Violation) []Statement {
	var out []Statement
	at := map[query.Evidence]int{}
	for i := range list {
		mine := map[query.Evidence]bool{}
		for _, e := range list[i].Statements() {
			if mine[e] {
				continue
			}
			mine[e] = true
			k, ok := at[e]
			if !ok {
				k = len(out)
				at[e] = k
				out = append(out, Statement{Evidence: e})
			}
			out[k].Violations++
		}
	}
	slices.SortStableFunc(out, func(a, b Statement) int { return cmp.Compare(b.Violations, a.Violations) })
	return out
}

// Statements lists what lets a violation happen: the statements that allow a hop
// or the action, or those that deny what must be.
func (v *Violation) Statements() []query.Evidence {
	var out []query.Evidence
	for _, c := range v.Causes {
		if c.Statement != nil {
			out = append(out, *c.Statement)
		}
	}
	if v.Path == nil {
		return out
	}
	for _, s := range v.Path.Steps {
		out = append(out, grants(s.Because)...)
	}
	return append(out, grants(v.Path.Because)...)
}

func grants(list []query.Evidence) []query.Evidence {
	return slices.DeleteFunc(slices.Clone(list), func(e query.Evidence) bool { return !e.Grants() })
}
