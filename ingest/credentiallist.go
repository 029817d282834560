package ingest

import (
	"time"

	"accesspath/iam"
)

// stateList is a list with what is known of it.
type stateList[T any] struct {
	state *iam.State
	list  *[]T
}

type (
	keyList         = stateList[iam.AccessKey]
	certificateList = stateList[iam.Certificate]
)

// traits are what joining needs to know of an element.
type traits[T any] struct {
	id      func(*T) string // "" in credential reports
	created func(*T) time.Time
	active  func(*T) *bool
	add     func(to, from *T) // what only one of two readings knows
}

var keyTraits = traits[iam.AccessKey]{
	id:      func(k *iam.AccessKey) string { return k.ID },
	created: func(k *iam.AccessKey) time.Time { return k.Created },
	active:  func(k *iam.AccessKey) *bool { return &k.Active },
	add: func(to, from *iam.AccessKey) {
		if to.ID == "" {
			to.ID = from.ID
		}
		useKey(to, from)
	},
}

var certificateTraits = traits[iam.Certificate]{
	id:      func(k *iam.Certificate) string { return k.ID },
	created: func(k *iam.Certificate) time.Time { return k.Created },
	active:  func(k *iam.Certificate) *bool { return &k.Active },
	add: func(to, from *iam.Certificate) {
		if to.ID == "" {
			to.ID = from.ID
		}
		if to.Name == "" {
			to.Name = from.Name
		}
		if to.Expires.IsZero() {
			to.Expires = from.Expires
		}
	},
}

// joinList joins two readings of a list. Their elements are matched by id or,
// since credential reports have no ids, by the time of creation; what is left
// over on either side is a conflict.
func joinList[T any](c *contest, what string, was, is stateList[T], t traits[T]) {
	switch {
	case *is.state == iam.Unknown:
		return
	case *was.state == iam.Unknown:
		*was.state, *was.list = *is.state, *is.list
		return
	case len(*is.list) == 0 && *is.state == *was.state: // it is only known that there are some
		return
	case len(*was.list) == 0 && *is.state == *was.state:
		*was.list = *is.list
		return
	}
	pairs := match(*was.list, *is.list, t)
	agree := *was.state == *is.state && len(pairs) == len(*was.list) && len(pairs) == len(*is.list)
	for _, p := range pairs {
		agree = agree && *t.active(p[0]) == *t.active(p[1])
		t.add(p[0], p[1])
		t.add(p[1], p[0])
	}
	if !agree && c.differ(what) {
		*was.state, *was.list = *is.state, *is.list
	}
}

// match pairs elements that are the same thing: of one id or, where one side
// has none, of one time of creation.
func match[T any](was, is []T, t traits[T]) [][2]*T {
	byID, nameless, anyTime := map[string][]int{}, map[time.Time][]int{}, map[time.Time][]int{}
	for k := range was {
		id, at := t.id(&was[k]), t.created(&was[k]).UTC()
		anyTime[at] = append(anyTime[at], k)
		if byID[id] = append(byID[id], k); id == "" {
			nameless[at] = append(nameless[at], k)
		}
	}
	var out [][2]*T
	taken := make([]bool, len(was))
	for i := range is {
		id, at := t.id(&is[i]), t.created(&is[i]).UTC()
		k := -1
		if id == "" {
			k = free(anyTime, at, taken)
		} else if k = free(byID, id, taken); k < 0 {
			k = free(nameless, at, taken)
		}
		if k >= 0 {
			taken[k] = true
			out = append(out, [2]*T{&was[k], &is[i]})
		}
	}
	return out
}

// free returns the first place under the key that is not taken, and forgets
// those before it; -1 if there is none.
func free[K comparable](places map[K][]int, key K, taken []bool) int {
	list := places[key]
	for len(list) > 0 && taken[list[0]] {
		list = list[1:]
	}
	places[key] = list
	if len(list) == 0 {
		return -1
	}
	return list[0]
}
