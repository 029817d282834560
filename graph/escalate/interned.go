package escalate

import (
	"strconv"
	"strings"

	"accesspath/graph"
	"accesspath/policy"
)

// interned keeps one of each formula and each list of requests: a million edges of a
// hundred accounts ask for some twenty thousand different things by twice as many lists.
type interned struct {
	formulas map[string]policy.Requirement
	lists    map[string][]graph.Request
}

func newInterned() interned {
	return interned{map[string]policy.Requirement{}, map[string][]graph.Request{}}
}

func (s *interned) requirement(r policy.Requirement) policy.Requirement {
	if !r.IsOpen() {
		return r
	}
	first, ok := s.formulas[r.Key()]
	if !ok {
		s.formulas[r.Key()], first = r, r
	}
	return first
}

func (s *interned) requests(list []graph.Request) []graph.Request {
	var key strings.Builder
	for _, r := range list {
		key.WriteString(strconv.Quote(r.Action) + strconv.Quote(r.Resource))
	}
	first, ok := s.lists[key.String()]
	if !ok {
		s.lists[key.String()], first = list, list
	}
	return first
}
