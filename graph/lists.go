package graph

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

// Texts are texts, one behind the other, as in Lists.
type Texts struct {
	Ends  []uint32
	Bytes []byte
}

// Of returns text i, newly made.
func (t *Texts) Of(i int) string { return string(t.bytes(i)) }

func (t *Texts) bytes(i int) []byte { return t.Bytes[before(t.Ends, i):t.Ends[i]] }

// Len returns the number of texts.
func (t *Texts) Len() int { return len(t.Ends) }

// Add appends a text.
func (t *Texts) Add(text string) {
	t.Bytes = append(t.Bytes, text...)
	t.Ends = append(t.Ends, uint32(len(t.Bytes)))
}

func before(ends []uint32, i int) uint32 {
	if i == 0 {
		return 0
	}
	return ends[i-1]
}

// Compare compares text i with another, as strings.Compare does.
func (t *Texts) Compare(i int, with string) int {
	text := t.bytes(i)
	switch {
	case string(text) < with:
		return -1
	case string(text) > with:
		return 1
	}
	return 0
}
