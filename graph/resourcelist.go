package graph

import (
	"encoding/binary"
	"slices"

	"accesspath/policy"
)

// Statements of many policies name the same resources. They are numbered by what
// they name, and each number is read once for a role, however many callers have
// such a statement.

// resourceLists numbers statements by what they say of resources.
type resourceLists struct {
	keys numbered
	of   []*policy.Statement // one for each number
}

// numbers returns the numbers of statements, in order, each once.
func (r *resourceLists) numbers(statements []*policy.Statement) []uint32 {
	var out []uint32
	for _, s := range statements {
		out = append(out, r.numberOf(s))
	}
	return inOrder(out)
}

func (r *resourceLists) numberOf(s *policy.Statement) uint32 {
	n := r.keys.of(string(s.AppendResources(nil)))
	if int(n) == len(r.of) {
		r.of = append(r.of, s)
	}
	return n
}

// A listReader tells how numbered statements read for one role at a time. It belongs
// to one goroutine.
type listReader struct {
	lists  *resourceLists
	role   string
	arn    policy.ARN
	parsed bool
	turn   uint32
	read   []listReading // by number; of this turn if it says so
	key    []byte
	caller policy.CallerReader
	tried  map[any]bool // classes and circles, in this turn
}

type listReading struct {
	turn uint32
	ok   bool // text says all that matters
	may  bool // the statement may be about the role
	text []byte
}

// turnTo makes it tell about another role.
func (r *listReader) turnTo(role string) {
	if len(r.read) < len(r.lists.of) {
		r.read = make([]listReading, len(r.lists.of))
	}
	r.turn++
	if r.tried == nil {
		r.tried = map[any]bool{}
	}
	r.role = role
	r.arn, r.parsed = policy.ParseARN(role)
}

func (r *listReader) reading(n uint32) *listReading {
	is := &r.read[n]
	if is.turn == r.turn {
		return is
	}
	s := r.lists.of[n]
	is.turn, is.may, is.ok, is.text = r.turn, s.MayMatchResource(r.role), false, is.text[:0]
	if r.parsed {
		is.text, is.ok = s.AppendReading(is.text, r.role, r.arn)
	}
	return is
}

// may reports whether one of the statements may be about the role.
func (r *listReader) may(numbers []uint32) bool {
	return slices.ContainsFunc(numbers, func(n uint32) bool { return r.reading(n).may })
}

// appendKey appends how statements read for the role; false if that cannot be
// told.
func (r *listReader) appendKey(out []byte, numbers []uint32) ([]byte, bool) {
	for _, n := range numbers {
		is := r.reading(n)
		if !is.ok {
			return out, false
		}
		out = binary.AppendUvarint(out, uint64(len(is.text)))
		out = append(out, is.text...)
	}
	return out, true
}
