package graph

import "accesspath/internal/packed"

// Lists are lists of numbers, one behind the other: list i is what lies between
// Ends[i-1] and Ends[i].
type Lists struct{ Ends, Values []uint32 }

// Of returns list i.
func (l *Lists) Of(i int) []uint32 { return l.Values[before(l.Ends, i):l.Ends[i]] }

// Len returns the number of lists.
func (l *Lists) Len() int { return len(l.Ends) }

// Add appends a list.
func (l *Lists) Add(list []uint32) {
	l.Values = append(l.Values, list...)
	l.Ends = append(l.Ends, uint32(len(l.Values)))
}

func (l *Lists) pack() packed.Lists { return packed.PackLists(l.Ends, l.Values) }

// check reports whether all lists lie within the numbers and have some at least,
// which are all below an end.
func (l *Lists) check(least, end int) bool {
	from := 0
	for _, to := range l.Ends {
		if int(to) < from+least || int(to) > len(l.Values) {
			return false
		}
		from = int(to)
	}
	return below(l.Values, end)
}

func before(ends []uint32, i int) uint32 {
	if i == 0 {
		return 0
	}
	return ends[i-1]
}
