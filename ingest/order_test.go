package ingest

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"testing"

	"accesspath/iam"
)

// CONV-04: the order in which outputs of all kinds are given does not show.
func TestShuffledOutputs(t *testing.T) {
	sources := texts("a.json", people, "z.json", roles(role("r")))
	for i, content := range append(outputs(), outputsOfIAM()...) {
		sources = append(sources, text(fmt.Sprintf("out/%03d", i), content))
	}
	var want []byte
	var first *iam.Snapshot
	r := rand.New(rand.NewPCG(1, 2))
	for round := range 8 {
		s, err := Read(context.Background(), sources, Options{Workers: 1 + round%4})
		if err != nil {
			t.Fatal(err)
		}
		got := encode(t, s)
		if round == 0 {
			want, first = got, s
		} else if !bytes.Equal(got, want) {
			sameSnapshot(t, s, first)
		}
		r.Shuffle(len(sources), func(i, j int) { sources[i], sources[j] = sources[j], sources[i] })
	}
}
