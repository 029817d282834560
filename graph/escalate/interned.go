package escalate

import (
	"encoding/binary"

	"accesspath/graph"
	"accesspath/policy"
)

// interned keeps one of each formula and each way: a million edges of a hundred accounts
// ask for some twenty thousand different things by twice as many lists of requests.
type interned struct {
	formulas map[string]policy.Requirement
	ways     map[string]*graph.Way
	key      []byte
}

func newInterned() interned {
	return interned{formulas: map[string]policy.Requirement{}, ways: map[string]*graph.Way{}}
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

func (s *interned) way(e *Entry, requests []graph.Request) *graph.Way {
	add := func(text string) { s.key = append(binary.AppendUvarint(s.key, uint64(len(text))), text...) }
	s.key = s.key[:0]
	add(e.ID)
	for _, r := range requests {
		add(r.Action)
		add(r.Resource)
	}
	w, ok := s.ways[string(s.key)]
	if !ok {
		w = &graph.Way{Rule: e.Rule, Entry: e.ID, Title: e.Title, Requests: requests}
		s.ways[string(s.key)] = w
	}
	return w
}
