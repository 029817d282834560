package store

import (
	"encoding/binary"
	"maps"
	"reflect"
	"slices"
	"sync"

	"accesspath/iam"
)

var coverageType = reflect.TypeFor[iam.Coverage]()

// coverageText writes a coverage: for each section, in order, the length of its
// name, the name and the state, behind a byte that keeps it from being empty.
func coverageText(c iam.Coverage) string {
	out := []byte{0}
	for _, section := range slices.Sorted(maps.Keys(c)) {
		out = append(binary.AppendUvarint(out, uint64(len(section))), section...)
		out = append(out, byte(c[section]))
	}
	return string(out)
}

// readCoverage reads what coverageText wrote.
func readCoverage(text string) (iam.Coverage, bool) {
	c := iam.Coverage{}
	if text == "" {
		return nil, false
	}
	for rest := []byte(text[1:]); len(rest) > 0; {
		length, n := binary.Uvarint(rest)
		if n <= 0 || length >= uint64(len(rest)-n) {
			return nil, false
		}
		rest = rest[n:]
		c[iam.Section(rest[:length])] = iam.State(rest[length])
		rest = rest[length+1:]
	}
	return c, true
}

// coverages are those that were read, by their texts. Accounts share them, as they
// share documents: nobody changes what was restored.
type coverages struct {
	mu sync.Mutex
	by map[string]iam.Coverage
}

func (l *coverages) of(text string) (iam.Coverage, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	c, ok := l.by[text]
	if !ok {
		if c, ok = readCoverage(text); !ok {
			return nil, false
		}
		if l.by == nil {
			l.by = map[string]iam.Coverage{}
		}
		l.by[text] = c
	}
	return c, true
}

func (t *compiledTables) coverage(text string) (iam.Coverage, bool) { return t.coverages.of(text) }

func (d *decoder) coverage() iam.Coverage {
	c, ok := d.numbered.coverage(d.string())
	if !ok {
		d.fail(errReference)
	}
	return c
}
