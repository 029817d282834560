package store

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"accesspath/graph"
	"accesspath/internal/fixture"
)

// TestCompiledResealed changes bits of a form and makes the checksum fit, to see
// that no number from the file is used unchecked as an index. What records say is
// not the point here: the checksum vouches for that.
func TestCompiledResealed(t *testing.T) {
	c := compiledOf(t, fixture.Org(fixture.OrgOptions{Seed: 1, Accounts: 2}))
	data, err := os.ReadFile(c.path + compiledSuffix)
	if err != nil {
		t.Fatal(err)
	}
	questions := questionsOf(c.plain)
	rounds := 3000
	if testing.Short() {
		rounds = 100
	}
	r, opened := rand.New(rand.NewPCG(5, 6)), 0
	for range rounds {
		bad := slices.Clone(data)
		for range 1 + r.IntN(3) {
			bad[compiledStart+r.IntN(len(bad)-compiledStart)] ^= byte(1 + r.IntN(255))
		}
		binary.LittleEndian.PutUint32(bad[24:], checksum(bad[compiledStart:]))
		form, err := openCompiled(t.Context(), bad, c.info, "engine", c.options)
		if err != nil {
			continue
		}
		opened++
		useForm(form.Graph, questions[r.IntN(len(questions))])
	}
	if opened == 0 {
		t.Error("no form could be opened")
	}
}

// useForm asks the graph of a form for what it has.
func useForm(g *graph.Graph, question [2]string) {
	for i := range g.Len() {
		n := g.Node(graph.NodeID(i))
		g.Resolve(n.ID)
		g.Resolve(n.Name)
		for range g.Out(graph.NodeID(i)) {
		}
		for range g.In(graph.NodeID(i)) {
		}
	}
	for _, pattern := range []bool{false, true} {
		g.Candidates(question[0], question[1], pattern)
	}
}

// TestTextsInOrder compares with a sort.
func TestTextsInOrder(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for n := range 60 {
		var texts compilingTexts
		list := make([]uint32, n)
		for i := range list {
			text := strings.Repeat("arn:aws:", r.IntN(3)) + fmt.Sprint(r.IntN(1000)) // some are the beginning of others
			if i < n/2 {
				text = fmt.Sprintf("arn:aws:%03d", 10*i)
			}
			texts.list, list[i] = append(texts.list, text), uint32(i)
		}
		got := []string{}
		for _, i := range texts.sort(list) {
			got = append(got, texts.list[i])
		}
		if want := slices.Sorted(slices.Values(texts.list)); !slices.Equal(got, want) && n > 0 {
			t.Fatalf("%q, want %q", got, want)
		}
	}
}
