package graph

import (
	"slices"

	"accesspath/internal/packed"
)

// Lists are lists of numbers.
type Lists = ListsOf[uint32]

// ListsOf are lists of numbers of one kind, one behind the other: list i is what
// lies between Ends[i-1] and Ends[i].
type ListsOf[N ~uint32] struct {
	Ends   []uint32
	Values []N
}

// Of returns list i.
func (l *ListsOf[N]) Of(i int) []N { return l.Values[before(l.Ends, i):l.Ends[i]:l.Ends[i]] }

// Len returns the number of lists.
func (l *ListsOf[N]) Len() int { return len(l.Ends) }

// clone is a copy that can be added to.
func (l *ListsOf[N]) clone() ListsOf[N] {
	return ListsOf[N]{slices.Clone(l.Ends), slices.Clone(l.Values)}
}

// Add appends a list.
func (l *ListsOf[N]) Add(list []N) {
	l.Values = append(l.Values, list...)
	l.Ends = append(l.Ends, uint32(len(l.Values)))
}

// check reports whether all lists lie within the numbers and have some at least,
// which are all below an end.
func (l *ListsOf[N]) check(least, end int) bool {
	from := 0
	for _, to := range l.Ends {
		if int(to) < from+least || int(to) > len(l.Values) {
			return false
		}
		from = int(to)
	}
	return below(l.Values, end)
}

func pack(l *Lists) packed.Lists { return packed.PackLists(l.Ends, l.Values) }

func before(ends []uint32, i int) uint32 {
	if i == 0 {
		return 0
	}
	return ends[i-1]
}
