package compare

import (
	"cmp"
	"slices"
	"strings"
)

// entry is something with the key that names it.
type entry[T any] struct {
	key   string
	value T
}

// merge walks two lists sorted by key. differ says in which properties two
// entries of one key differ; none means that they are equal.
func merge[T any](before, after []entry[T], differ func(a, b T) []Detail) Set[T] {
	var s Set[T]
	for len(before) > 0 || len(after) > 0 {
		switch c := compareHeads(before, after); {
		case c < 0:
			s.Removed, before = append(s.Removed, before[0].value), before[1:]
		case c > 0:
			s.Added, after = append(s.Added, after[0].value), after[1:]
		default:
			a, b := before[0].value, after[0].value
			if details := differ(a, b); len(details) > 0 {
				s.Changed = append(s.Changed, Pair[T]{a, b, details})
			}
			before, after = before[1:], after[1:]
		}
	}
	return s
}

// compareHeads says which list's next key comes first; an empty list is last.
func compareHeads[T any](a, b []entry[T]) int {
	switch {
	case len(a) == 0:
		return 1
	case len(b) == 0:
		return -1
	}
	return cmp.Compare(a[0].key, b[0].key)
}

// sorted orders entries by key and keeps the first of each.
func sorted[T any](list []entry[T]) []entry[T] {
	slices.SortStableFunc(list, func(a, b entry[T]) int { return cmp.Compare(a.key, b.key) })
	return slices.CompactFunc(list, func(a, b entry[T]) bool { return a.key == b.key })
}

// key joins what names a thing; the parts cannot run into each other.
func key(parts ...string) string { return strings.Join(parts, "\x00") }

// details compares properties, given as pairs that both sides list in the same
// order.
func details(properties ...Detail) []Detail {
	return slices.DeleteFunc(properties, func(d Detail) bool { return d.Old == d.New })
}
