package query

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"accesspath/graph"
	"accesspath/internal/fixture"
)

// opened makes a world in which roles of three accounts let in everybody, their
// organization, an account, or whoever has MFA, with tags or without, and in which
// some may assume all roles, some a few.
func opened(seed uint64) string {
	r := rand.New(rand.NewPCG(seed, 0x6d6f7665))
	pick := func(list ...string) string { return list[r.IntN(len(list))] }
	account := func() string { return pick("A", "B", "M") }
	var b strings.Builder
	fmt.Fprintln(&b, "rp(bb): +s3:GetObject@bb/* P=B")
	var names []string
	for i := range 9 {
		names = append(names, fmt.Sprintf("%s:role/r%d", account(), i))
	}
	for i, name := range names {
		others := fmt.Sprintf("+[sts:AssumeRole,%s] P=%s%s", pick("sts:TagSession", "sts:GetCallerIdentity"), pick("*", "*", account(), names[r.IntN(len(names))]),
			pick(" ?{StringEquals aws:PrincipalOrgID=o-ex}", " ?{StringEquals aws:PrincipalOrgID=o-ex}", " ?{Bool aws:MultiFactorAuthPresent=true}", " ?{StringEquals sts:ExternalId=x}", " ?{StringEquals aws:PrincipalTag/team=a}"))
		if r.IntN(2) == 0 {
			others += fmt.Sprintf(" ; +sts:AssumeRole P=%s%s", names[r.IntN(len(names))], pick("", " ?{StringEquals sts:ExternalId=y}"))
		}
		if i%4 == 0 {
			others += fmt.Sprintf(" ; +[sts:AssumeRoleWithSAML,sts:TagSession] P=Federated:%s:saml-provider/idp", name[:1])
		}
		fmt.Fprintf(&b, "tp(%s): %s\n", name, others)
	}
	users := []string{"A:user/v", "B:user/v", "M:user/v", "A:user/w", "B:user/w"}
	fmt.Fprintf(&b, "mfa(%s): none\nmfa(%s): unknown\n", pick(users...), pick(users...))
	for _, name := range append(users, names...) {
		fmt.Fprintf(&b, "id(%s): %s ; %s\n", name,
			pick("+sts:AssumeRole@*", "+sts:AssumeRole@*", "+[sts:AssumeRole,sts:TagSession]@*", "+sts:AssumeRole@"+names[r.IntN(len(names))]),
			pick("+s3:GetObject@bb/*", "+ec2:DescribeInstances@*", "+ec2:DescribeInstances@*", "+s3:GetObject@* ?{StringEquals aws:PrincipalTag/team=b}"))
	}
	return b.String()
}

// walkOf walks such a world.
func walkOf(t *testing.T, seed uint64) *walker {
	t.Helper()
	s, err := fixture.Parse(opened(seed))
	if err != nil {
		t.Fatal(err)
	}
	g, err := graph.Build(t.Context(), s, graph.Options{KeyDefined: KeyDefined})
	if err != nil {
		t.Fatal(err)
	}
	e := New(g, Options{})
	q, err := e.parse("s3:GetObject", "arn:aws:s3:::bb/x")
	if err != nil {
		t.Fatal(err)
	}
	w, _, err := e.walkTo(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// alone finds the moves out of a state as if it had none in common with others.
func (w *walker) alone(id uint32) []move {
	had := w.moves[id]
	w.moves[id] = moves{}
	w.begin(nil, false)
	w.follow(expansion{id: id})
	if len(w.domains.tags) > 0 {
		w.begin(slices.Clone(w.out), true)
		w.follow(expansion{id: id, inherit: true})
	}
	w.moves[id] = had
	return w.out
}

func (w *walker) spell(list []move) []string {
	var out []string
	for _, m := range list {
		out = append(out, fmt.Sprint(m.to, m.kind, m.req.Key()))
	}
	return out
}

// What states have in common is what each would find by itself, in the same order:
// nothing is lost, and no role of a state's own account is added by its circle
// (CHAIN-20, EVAL-10).
func TestCommonMovesAreThoseOfEachState(t *testing.T) {
	var common, held, own, rest int
	for seed := range uint64(60) {
		w := walkOf(t, seed)
		states := len(w.states)
		for id := range uint32(states) {
			got, want := w.spell(slices.Collect(w.from(id))), w.spell(w.alone(id))
			if !slices.Equal(got, want) {
				t.Fatalf("seed %d: state %v of %s has the moves\n%q\nand would find\n%q", seed, w.states[id].facts, w.e.g.IDOf(w.states[id].node), got, want)
			}
			common += len(w.moves[id].common[0].moves())
			for _, m := range w.moves[id].common[1].moves() {
				if held++; m.account == w.moves[id].account {
					own++
				}
			}
		}
		if len(w.states) != states {
			t.Errorf("seed %d: states were missed: %d, then %d", seed, states, len(w.states))
		}
		for _, c := range w.common.of {
			rest += len(c.rest)
		}
	}
	if common == 0 || held == 0 || own == 0 || rest == 0 {
		t.Errorf("%d moves of classes, %d of circles, %d of them to the state's own account, %d edges left to each: the organizations show nothing", common, held, own, rest)
	}
	t.Log(common, held, own, rest)
}

// Distances by common moves are those by each state's moves.
func TestDistancesByCommonMoves(t *testing.T) {
	for seed := range uint64(60) {
		w := walkOf(t, seed)
		for _, outright := range []bool{false, true} {
			got := w.distances(outright)
			for id := range w.states {
				want := int32(-1)
				if a := w.accept[id]; !a.IsFalse() && (!outright || w.e.outright(a)) {
					want = 0
				}
				for m := range w.from(uint32(id)) {
					if d := got[m.to]; d >= 0 && (!outright || w.e.outright(m.req)) && (want < 0 || d+1 < want) {
						want = d + 1
					}
				}
				if got[id] != want {
					t.Errorf("seed %d: state %d is %d hops away, by its moves %d", seed, id, got[id], want)
				}
			}
		}
	}
}

// Whoever has a circle's move is met once: by the first, but for those of the account
// that it leads to, whom the first that leads to another one meets.
func TestHeldMovesMeetEachHolderOnce(t *testing.T) {
	holders := []holder{{10, 1}, {11, 2}, {12, 1}, {13, 3}}
	for _, c := range []struct {
		circle   bool
		accounts []int32 // of the nodes that moves lead to
		want     [][]uint32
	}{
		{false, []int32{1, 1, 2}, [][]uint32{{10, 11, 12, 13}, nil, nil}},
		{true, []int32{1, 1, 3, 2}, [][]uint32{{11, 13}, nil, {10, 12}, nil}},
		{true, []int32{9, 1, 8}, [][]uint32{{10, 11, 12, 13}, nil, nil}},
	} {
		h := &heldMoves{circle: c.circle, holders: holders}
		for i, account := range c.accounts {
			var got []uint32
			h.to(account, func(s uint32) bool { got = append(got, s); return true })
			if !slices.Equal(got, c.want[i]) {
				t.Errorf("circle %t: move %d, to account %d, meets %v, want %v", c.circle, i, account, got, c.want[i])
			}
		}
	}
}
