package packed

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sort"
	"strings"
	"testing"
)

// listsOfNumbers are lists of all kinds.
func listsOfNumbers() map[string][]uint32 {
	r := rand.New(rand.NewPCG(1, 2))
	out := map[string][]uint32{"none": nil, "one": {7}, "largest": {1<<32 - 1, 0, 1<<32 - 1}, "falling": {5, 4, 3, 2, 1, 0}, "leap": {0, 1 << 31, 1<<32 - 1}}
	for _, n := range []int{2, 127, 128, 129, 1000} {
		for _, most := range []uint32{1, 2, 100, 1 << 17, 1<<32 - 1} {
			list, rising := make([]uint32, n), make([]uint32, n)
			for i := range list {
				list[i], rising[i] = r.Uint32N(most), r.Uint32N(most)
			}
			slices.Sort(rising)
			out[fmt.Sprint(n, " below ", most)], out[fmt.Sprint(n, " rising below ", most)] = list, rising
		}
	}
	return out
}

func TestNumbers(t *testing.T) {
	for name, list := range listsOfNumbers() {
		data := AppendNumbers([]byte("12345678"), list)[8:]
		l, err := OpenNumbers(data)
		if err != nil || l.Len() != len(list) || len(data)%8 != 0 {
			t.Fatalf("%s: %d numbers in %d bytes, %v", name, l.Len(), len(data), err)
		}
		for i, want := range list {
			if got := l.At(i); got != want {
				t.Fatalf("%s: number %d is %d, want %d", name, i, got, want)
			}
		}
		if got := l.All(); !slices.Equal(got, list) {
			t.Errorf("%s: all are %d", name, got)
		}
		if !slices.IsSorted(list) {
			continue
		}
		for i := 0; i < len(list); i += 1 + len(list)/9 {
			for _, v := range []uint32{list[i], list[i] + 1, list[i] - 1, 0, 1<<32 - 1} {
				got, found := l.Find(v)
				if want, ok := slices.BinarySearch(list, v); got != want || found != ok {
					t.Errorf("%s: %d is at %d %v, want %d %v", name, v, got, found, want, ok)
				}
			}
		}
	}
}

// TestNumbersAreSmall: what is as expected takes no bits.
func TestNumbersAreSmall(t *testing.T) {
	same, rising := make([]uint32, 1280), make([]uint32, 1280)
	for i := range same {
		same[i], rising[i] = 1<<30, uint32(3*i)
	}
	heads := 8 + 10*headSize + 8
	for name, list := range map[string][]uint32{"the same": same, "rising": rising} {
		if data := AppendNumbers(nil, list); len(data) > heads+7 {
			t.Errorf("%s: %d bytes", name, len(data))
		}
	}
}

func TestLists(t *testing.T) {
	lists := [][]uint32{{1, 2, 3}, {}, {9}, {}, {1 << 31, 0}}
	var ends, values []uint32
	for _, list := range lists {
		values = append(values, list...)
		ends = append(ends, uint32(len(values)))
	}
	l, err := OpenLists(AppendLists(nil, ends, values))
	if err != nil || l.Len() != len(lists) {
		t.Fatal(l.Len(), err)
	}
	for i, want := range lists {
		if got := l.Append(nil, i); !slices.Equal(got, want) {
			t.Errorf("list %d is %d, want %d", i, got, want)
		}
		if got := slices.Collect(l.Of(i)); !slices.Equal(got, want) {
			t.Errorf("list %d is %d, want %d", i, got, want)
		}
	}
	if a, b := l.All(); !slices.Equal(a, ends) || !slices.Equal(b, values) {
		t.Error(a, b)
	}
}

func TestListsAppendBetween(t *testing.T) {
	rising := []uint32{3, 3, 5, 8, 9, 1 << 31}
	l := PackLists([]uint32{1, 7, 7}, append([]uint32{4}, rising...))
	for _, low := range []uint32{0, 3, 4, 9, 10, 1<<31 + 1} {
		for _, high := range []uint32{0, 2, 3, 8, 100, 1<<32 - 1} {
			want := []uint32{7}
			for _, v := range rising {
				if low <= v && v <= high {
					want = append(want, v)
				}
			}
			if got := l.AppendBetween([]uint32{7}, 1, low, high); !slices.Equal(got, want) {
				t.Errorf("from %d to %d: %d, want %d", low, high, got, want)
			}
		}
	}
	if got := l.AppendBetween(nil, 2, 0, 1<<32-1); len(got) > 0 {
		t.Errorf("an empty list has %d", got)
	}
}

func TestRecords(t *testing.T) {
	r, err := OpenRecords(append(AppendRecordEnds(nil, []uint32{3, 3, 5}), "onexy"...))
	if err != nil || r.Len() != 3 || string(r.Of(0)) != "one" || len(r.Of(1)) > 0 || string(r.Of(2)) != "xy" {
		t.Error(r, err)
	}
}

// listOfTexts are texts of all kinds, not sorted.
func listOfTexts(n int) []string {
	r := rand.New(rand.NewPCG(3, uint64(n)))
	list := make([]string, n)
	for i := range list {
		switch r.IntN(5) {
		case 0:
			list[i] = fmt.Sprintf("arn:aws:iam::%012d:role/app-%d", r.IntN(5), r.IntN(n))
		case 1:
			var b strings.Builder
			b.WriteString("AROA")
			for range r.IntN(30) {
				b.WriteByte(base32[r.IntN(32)])
			}
			list[i] = b.String()
		case 2:
			list[i] = strings.Repeat("ä", r.IntN(200))
		case 3:
			list[i] = string(rune('0' + r.IntN(10)))
		}
	}
	return list
}

func TestTexts(t *testing.T) {
	for _, n := range []int{0, 1, 15, 16, 17, 500} {
		list := listOfTexts(n)
		for range 2 { // as they are, and sorted
			l := PackTexts(list)
			if l.Len() != n {
				t.Fatalf("%d texts, want %d", l.Len(), n)
			}
			for i, want := range list {
				if got := l.Of(i); got != want {
					t.Fatalf("text %d of %d is %q, want %q", i, n, got, want)
				}
			}
			for i, text := range l.All {
				if string(text) != list[i] {
					t.Fatalf("text %d of %d is %q, want %q", i, n, text, list[i])
				}
			}
			slices.Sort(list)
		}
		l := PackTexts(list)
		for _, text := range append(listOfTexts(n+1), list...) {
			got, found := l.Find(text)
			if want := sort.SearchStrings(list, text); got != want || found != (want < n && list[want] == text) {
				t.Errorf("%q of %d is at %d %v, want %d", text, n, got, found, want)
			}
		}
	}
}

// use reads everything of what was opened.
func use(data []byte) {
	if l, err := OpenNumbers(data); err == nil && l.Len() < 1<<20 {
		_ = l.All()
		for i := range l.Len() {
			l.At(i)
		}
		l.Find(3)
	}
	if l, err := OpenLists(data); err == nil && l.Len() < 1<<12 {
		for i := range l.Len() {
			if l.values.n < 1<<12 {
				l.Append(nil, i)
			}
		}
	}
	if r, err := OpenRecords(data); err == nil && r.Len() < 1<<20 {
		for i := range r.Len() {
			r.Of(i)
		}
	}
	if l, err := OpenTexts(data); err == nil && l.Len() < 1<<20 {
		for i := range l.Len() {
			l.Of(i)
		}
		for range l.All {
		}
		l.Find("arn:aws:iam")
	}
}

func seeds(add func(data []byte)) {
	for _, list := range [][]uint32{nil, {1}, {3, 4, 9, 1 << 31}, make([]uint32, 200)} {
		add(AppendNumbers(nil, list))
	}
	add(AppendLists(nil, []uint32{1, 3, 3, 4}, []uint32{1, 200, 3, 1 << 20}))
	add(append(AppendRecordEnds(nil, []uint32{3, 3, 5}), "onexy"...))
	list := listOfTexts(40)
	add(AppendTexts(nil, len(list), func(i int) string { return list[i] }))
}

// FuzzOpen opens arbitrary bytes as each kind of list, and reads all of it.
func FuzzOpen(f *testing.F) {
	seeds(func(data []byte) { f.Add(data) })
	f.Fuzz(func(_ *testing.T, data []byte) { use(data) })
}

// TestDamage flips every bit of some lists, and cuts them everywhere.
func TestDamage(t *testing.T) {
	seeds(func(data []byte) {
		for i := range data {
			use(data[:i])
			for bit := range 8 {
				data[i] ^= 1 << bit
				use(data)
				data[i] ^= 1 << bit
			}
		}
	})
}

// FuzzNumbers packs arbitrary numbers.
func FuzzNumbers(f *testing.F) {
	f.Add([]byte{1, 2, 3, 4, 255, 255, 255, 255})
	f.Fuzz(func(t *testing.T, data []byte) {
		var list []uint32
		for i := 0; i+4 <= len(data); i += 4 {
			list = append(list, uint32(data[i])|uint32(data[i+1])<<8|uint32(data[i+2])<<16|uint32(data[i+3])<<24)
		}
		if l := Pack(list); !slices.Equal(l.All(), list) {
			t.Fatalf("%d are %d", list, l.All())
		}
	})
}

// FuzzTexts packs arbitrary texts, which are the lines of one.
func FuzzTexts(f *testing.F) {
	f.Add("arn:aws:iam::1:role/a\narn:aws:iam::1:role/b\nAROAABCDEFGHIJKLMNOP\n")
	f.Fuzz(func(t *testing.T, text string) {
		list := strings.Split(text, "\n")
		l := PackTexts(list)
		for i, want := range list {
			if got := l.Of(i); got != want {
				t.Fatalf("text %d is %q, want %q", i, got, want)
			}
		}
	})
}

func BenchmarkNumbersAt(b *testing.B) {
	l := Pack(listsOfNumbers()["1000 below 131072"])
	sum := uint32(0)
	for i := 0; b.Loop(); i++ {
		sum += l.At(i % l.Len())
	}
	_ = sum
}

func BenchmarkNumbersAll(b *testing.B) {
	l := Pack(listsOfNumbers()["1000 below 131072"])
	for b.Loop() {
		l.All()
	}
}

func BenchmarkTextsOf(b *testing.B) {
	list := listOfTexts(10000)
	slices.Sort(list)
	l := PackTexts(list)
	for i := 0; b.Loop(); i++ {
		l.Of(i * 7 % l.Len())
	}
}
