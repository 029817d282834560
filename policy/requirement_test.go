package policy

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

// A domain is one key with every value that the truth tables give it, "absent"
// first, and the tests that formulas over it may use.
type domain struct {
	key    string
	values []Value
	atoms  []Atom
}

func domainOf(key string, values []string, tests map[string][][]string) domain {
	d := domain{key: key, values: []Value{NotThere()}}
	for _, v := range values {
		d.values = append(d.values, Is(v))
	}
	operators := make([]string, 0, len(tests))
	for o := range tests {
		operators = append(operators, o)
	}
	slices.Sort(operators)
	d.atoms = append(d.atoms, Atom{Key: key, Operator: "Null"})
	for _, o := range operators {
		for _, list := range tests[o] {
			d.atoms = append(d.atoms, Atom{Key: key, Operator: o, Values: list})
		}
	}
	return d
}

func setDomain(key string) domain {
	d := domain{key: key, values: []Value{NotThere(), Is(), Is("")}}
	for _, set := range [][]string{{"a"}, {"b"}, {"ab"}, {"c"}, {"a", "b"}, {"a", "c"}, {"b", "c"}, {"a", ""}, {"a", "b", "c"}, {"ab", "bb"}} {
		d.values = append(d.values, Is(set...))
	}
	d.atoms = append(d.atoms, Atom{Key: key, Operator: "Null"})
	for _, outside := range []bool{false, true} {
		for _, list := range [][]string{{"a"}, {"b"}, {"a", "b"}} {
			d.atoms = append(d.atoms, Atom{Key: key, Operator: "StringEquals", Values: list, Some: true, Outside: outside})
		}
		for _, list := range [][]string{{"a*"}, {"*b"}, {"?"}, {"*"}} {
			d.atoms = append(d.atoms, Atom{Key: key, Operator: "StringLike", Values: list, Some: true, Outside: outside})
		}
	}
	return d
}

// domains holds one domain per kind of operator. The values are chosen so that
// every pair of tests is told apart by some value: bounds, their neighbours,
// what lies between two bounds, garbage, and the empty string.
var domains = []domain{
	domainOf("t:text", []string{"", "a", "b", "A", "ab", "abb", "bb", "c"}, map[string][][]string{
		"StringEquals":           {{"a"}, {"b"}, {"a", "b"}, {""}},
		"StringEqualsIgnoreCase": {{"a"}, {"AB"}},
		"StringLike":             {{"a*"}, {"*b"}, {"?"}, {"a*", "b*"}, {"*"}, {"?*"}},
	}),
	domainOf("t:bool", []string{"true", "false"}, map[string][][]string{"Bool": {{"true"}, {"false"}, {"TRUE"}, {"true", "false"}}}),
	domainOf("t:number", []string{"-1", "0", "0.5", "1", "1.5", "2", "9007199254740994", "1e301", "nonsense"}, map[string][][]string{
		"NumericEquals": {{"0"}, {"1"}, {"1.0", "2"}}, "NumericLessThan": {{"1"}, {"0"}}, "NumericLessThanEquals": {{"1"}},
		"NumericGreaterThan": {{"1"}, {"9007199254740992"}, {"1e300"}}, "NumericGreaterThanEquals": {{"1"}, {"2"}},
	}),
	domainOf("t:date", []string{"2019-12-31T23:59:59Z", "2020-01-01", "1577836800", "2020-01-01T00:00:00.5Z", "2020-01-01T00:00:01Z", "2030-01-01T00:00:00Z", "253402300800", "nonsense"}, map[string][][]string{
		"DateEquals": {{"2020-01-01T00:00:00Z"}}, "DateLessThan": {{"2020-01-01"}, {"2020-01-01T00:00:01Z"}}, "DateLessThanEquals": {{"2020-01-01"}},
		"DateGreaterThan": {{"2020-01-01"}, {"9999-12-31T23:59:59Z"}}, "DateGreaterThanEquals": {{"2020-01-01"}},
	}),
	domainOf("t:address", []string{"203.0.113.0", "203.0.113.9", "203.0.113.128", "203.0.114.0", "203.0.112.255", "2001:db8::1", "255.255.255.255", "nonsense"}, map[string][][]string{
		"IpAddress": {{"203.0.113.0/24"}, {"203.0.113.9"}, {"203.0.112.0/22"}, {"0.0.0.0/0"}, {"2001:db8::/32", "203.0.113.0/25"}, {"::/0"}, {"203.0.113.128/25"}},
	}),
	domainOf("t:arn", []string{"arn:aws:iam::1:role/a", "arn:aws:iam::1:role/ab", "arn:aws:iam::2:role/a", "arn:aws:iam::1:x:role/a", "arn:aws:iam::1:xab:role/a", "nonsense"}, map[string][][]string{
		"ArnLike":      {{"arn:aws:iam::1:role/a*"}, {"arn:aws:iam::*:role/a"}, {"arn:*:*:*:*:role/a"}, {"arn:aws:iam::1:x*b:role/a"}, {"arn:aws:iam::1:xa*:role/a"}},
		"StringLike":   {{"arn:aws:iam::1:*"}, {"*role/a"}},
		"StringEquals": {{"arn:aws:iam::1:role/a"}},
	}),
	domainOf("t:binary", []string{"YQ==", "Yg==", "nonsense!"}, map[string][][]string{"BinaryEquals": {{"YQ=="}, {"YQ==", "Yg=="}}}),
	setDomain("aws:TagKeys"),
}

// build makes a formula over the domains from a stream of choices, so that
// random tests and the fuzzer share one generator.
func build(choose func(n int) int, over []domain, depth int) Requirement {
	kind := choose(4)
	if depth == 0 || kind == 0 {
		d := over[choose(len(over))]
		a := d.atoms[choose(len(d.atoms))]
		a.Negated = choose(2) == 1
		return AtomRequirement(a)
	}
	kids := make([]Requirement, 2+choose(2))
	for i := range kids {
		kids[i] = build(choose, over, depth-1)
	}
	switch kind {
	case 1:
		return And(kids...)
	case 2:
		return Or(kids...)
	}
	return And(kids...).Not()
}

// assignments lists every row of the truth table.
func assignments(over []domain) []MapContext {
	out := []MapContext{{}}
	for _, d := range over {
		var next []MapContext
		for _, row := range out {
			for _, v := range d.values {
				more := MapContext{strings.ToLower(d.key): v}
				for k, w := range row {
					more[k] = w
				}
				next = append(next, more)
			}
		}
		out = next
	}
	return out
}

// truth is the value of a formula in one row; every row decides every formula.
func truth(t *testing.T, r Requirement, row MapContext) bool {
	t.Helper()
	folded := r.Given(row)
	if folded.IsOpen() {
		t.Fatalf("%s stays open in %v: %s", r.Key(), row, folded.Key())
	}
	return folded.IsTrue()
}

// checkAlgebra checks every law of the algebra on one pair of formulas.
func checkAlgebra(t *testing.T, r, s Requirement, over []domain) {
	t.Helper()
	simple, not := r.Simplify(), r.Not()
	terms, exact := r.Terms()
	implies, satisfiable := r.Implies(s), r.Satisfiable()
	and, or := And(r, s), Or(r, s)
	for _, row := range assignments(over) {
		vr, vs := truth(t, r, row), truth(t, s, row)
		check := func(law string, got, want bool) {
			t.Helper()
			if got != want {
				t.Fatalf("%s: got %v, want %v in %v\nr = %s\ns = %s\nsimple = %s", law, got, want, row, r.Key(), s.Key(), simple.Key())
			}
		}
		check("SYM-08 Simplify keeps the meaning", truth(t, simple, row), vr)
		check("SYM-05 Not is exact", truth(t, not, row), !vr)
		check("And", truth(t, and, row), vr && vs)
		check("Or", truth(t, or, row), vr || vs)
		if vr {
			check("SYM-07 Satisfiable is sound", satisfiable, true)
		}
		if implies {
			check("Implies is sound", vr && !vs, false)
		}
		if exact {
			some := slices.ContainsFunc(terms, func(term Term) bool { return truth(t, term.requirement(), row) })
			check("Terms keep the meaning", some, vr)
		}
	}
	if simple.Simplify().Key() != simple.Key() && exact {
		again := simple.Simplify()
		for _, row := range assignments(over) {
			if truth(t, again, row) != truth(t, simple, row) {
				t.Fatalf("Simplify twice changes the meaning of %s", r.Key())
			}
		}
	}
}

func seeded(seed uint64) func(n int) int {
	r := rand.New(rand.NewPCG(seed, 1))
	return func(n int) int { return r.IntN(n) }
}

func TestAlgebraAgainstTruthTables_SYM_05_SYM_07_SYM_08(t *testing.T) {
	for i, d := range domains {
		t.Run(d.key, func(t *testing.T) {
			choose := seeded(uint64(i))
			over := []domain{d}
			for range 150 {
				checkAlgebra(t, build(choose, over, 2), build(choose, over, 1), over)
			}
		})
	}
	t.Run("two keys", func(t *testing.T) {
		choose := seeded(99)
		for range 150 {
			i := choose(len(domains))
			k := (i + 1 + choose(len(domains)-1)) % len(domains)
			over := []domain{domains[i], domains[k]}
			checkAlgebra(t, build(choose, over, 2), build(choose, over, 1), over)
		}
	})
}

// Every conjunction of up to three literals, not a sample: the solver's own
// ground.
func TestSatisfiableNeverMissesAnAssignment_SYM_07(t *testing.T) {
	for _, d := range domains {
		t.Run(d.key, func(t *testing.T) {
			var literals []Requirement
			for _, a := range d.atoms {
				literals = append(literals, AtomRequirement(a), AtomRequirement(a).Not())
			}
			rows := assignments([]domain{d})
			holds := make([][]bool, len(literals))
			for i, l := range literals {
				for _, row := range rows {
					holds[i] = append(holds[i], truth(t, l, row))
				}
			}
			failures := 0
			for i := range literals {
				for k := i; k < len(literals); k++ {
					for m := k; m < len(literals); m++ {
						at := 0
						for ; at < len(rows) && !(holds[i][at] && holds[k][at] && holds[m][at]); at++ {
						}
						if at == len(rows) {
							continue
						}
						if r := And(literals[i], literals[k], literals[m]); !r.Satisfiable() {
							if failures++; failures <= 3 {
								t.Errorf("%s is said never to hold, but does for %+v", r.Key(), rows[at][strings.ToLower(d.key)])
							}
						}
					}
				}
			}
			if failures > 3 {
				t.Errorf("%d conjunctions in all", failures)
			}
		})
	}
}

func TestFoldingInTwoStagesEqualsAtOnce_EVAL_40(t *testing.T) {
	choose := seeded(7)
	for range 250 {
		i := choose(len(domains))
		k := (i + 1 + choose(len(domains)-1)) % len(domains)
		over := []domain{domains[i], domains[k]}
		r := build(choose, over, 2)
		for _, row := range assignments(over) {
			want := r.Given(row)
			first := MapContext{}
			for n, d := range over {
				v := row[strings.ToLower(d.key)]
				switch {
				case n == 0 && choose(2) == 0:
					first[strings.ToLower(d.key)] = v
				case v.Knowledge == Known && len(v.Values) > 0 && v.Values[0] != "":
					first[strings.ToLower(d.key)] = Value{Knowledge: Present}
				}
			}
			if got := r.Given(first).Given(row); got.Key() != want.Key() {
				t.Fatalf("%s: %s in two stages, %s at once (%v, then %v)", r.Key(), got.Key(), want.Key(), first, row)
			}
			if got := r.Given(first).Simplify().Given(row); got.Key() != want.Key() {
				t.Fatalf("%s: %s if simplified between the stages, %s at once", r.Key(), got.Key(), want.Key())
			}
		}
	}
}

func TestPartialKnowledgeIsSound_CKEY_07(t *testing.T) {
	shape := Value{Knowledge: Partial, Pattern: CompilePattern("a*")}
	for _, a := range domains[0].atoms {
		for _, negated := range []bool{false, true} {
			a.Negated = negated
			r := AtomRequirement(a)
			folded := r.Given(MapContext{"t:text": shape})
			for _, v := range []string{"a", "ab", "abb", "a c"} {
				row := MapContext{"t:text": Is(v)}
				if got, want := folded.Given(row).IsTrue(), r.Given(row).IsTrue(); got != want {
					t.Errorf("%s with a value like a*, then %q: %v, want %v", r.Key(), v, got, want)
				}
			}
		}
	}
}

func atom(operator string, values ...string) Requirement {
	key := map[bool]string{true: "t:bool", false: "t:text"}[operator == "Bool"]
	return AtomRequirement(Atom{Key: key, Operator: operator, Values: values})
}

func boolNull() Requirement { return AtomRequirement(Atom{Key: "t:bool", Operator: "Null"}) }

func TestSimplifyByRule(t *testing.T) {
	a, b := atom("StringEquals", "a"), AtomRequirement(Atom{Key: "t:other", Operator: "StringEquals", Values: []string{"b"}})
	yes, no := atom("Bool", "true"), atom("Bool", "false")
	some := func(v string) Requirement {
		return AtomRequirement(Atom{Key: "aws:TagKeys", Operator: "StringEquals", Values: []string{v}, Some: true})
	}
	address := func(key, value string) Requirement {
		return AtomRequirement(Atom{Key: key, Operator: map[bool]string{true: "IpAddress", false: "StringEquals"}[key == "aws:SourceIp"], Values: []string{value}})
	}
	for _, c := range []struct {
		rule, name string
		r, want    Requirement
	}{
		{"SYM-08", "subsumption", Or(a, And(a, b)), a},
		{"SYM-08", "absorption in a conjunction", And(a, Or(a, b)), a},
		{"SYM-08", "an atom or its complement", Or(a, a.Not()), True()},
		{"SYM-08", "an atom and its complement", And(a, a.Not()), False()},
		{"SYM-08", "true, false or absent covers a bool", Or(yes, no, boolNull()), True()},
		{"SYM-08", "one free key drops out", Or(And(a, b), And(a, b.Not())), a},
		{"SYM-07", "two values of a single-valued key", And(a, atom("StringEquals", "c")), False()},
		{"SYM-07", "value lists intersect", And(atom("StringEquals", "a", "c"), atom("StringEquals", "c", "d"), atom("StringEquals", "x", "d")), False()},
		{"SYM-07", "disjoint globs", And(atom("StringLike", "a*"), atom("StringLike", "b*")), False()},
		{"SYM-07", "some value a and some value b", And(some("a"), some("b")), And(some("a"), some("b"))},
		{"SYM-09", "disjoint networks", And(address("aws:SourceIp", "203.0.113.0/24"), address("aws:SourceIp", "198.51.100.0/24")), False()},
		{"SYM-30", "address and VPC endpoint on one request", And(address("aws:SourceIp", "203.0.113.0/24"), address("aws:SourceVpce", "vpce-1")), False()},
		{"SYM-06", "absent and equal", And(AtomRequirement(Atom{Key: "t:text", Operator: "Null"}), a), False()},
		{"SYM-05", "not equal admits absent", And(AtomRequirement(Atom{Key: "t:text", Operator: "Null"}), a.Not()), AtomRequirement(Atom{Key: "t:text", Operator: "Null"})},
		{"COND-13", "no value left", AtomRequirement(Atom{Key: "t:text", Operator: "StringEquals"}), False()},
		{"COND-13", "no value left, negated", AtomRequirement(Atom{Key: "t:text", Operator: "StringEquals", Negated: true}), True()},
	} {
		t.Run(c.rule+" "+c.name, func(t *testing.T) {
			if got := c.r.Simplify(); got.Key() != c.want.Key() {
				t.Errorf("%s simplifies to %s, want %s", c.r.Key(), got.Key(), c.want.Key())
			}
		})
	}
}

func TestDifferentHopsAreDifferentRequests_CHAIN_32_CHAIN_44(t *testing.T) {
	at := func(hop int, network string) Requirement {
		return AtomRequirement(Atom{Key: "aws:SourceIp", Operator: "IpAddress", Values: []string{network}, Class: ClassNetwork}).At(hop)
	}
	r := And(at(1, "203.0.113.0/24"), at(2, "198.51.100.0/24"))
	if !r.Satisfiable() {
		t.Error("two requests may come from two addresses")
	}
	if And(at(1, "203.0.113.0/24"), at(1, "198.51.100.0/24")).Satisfiable() {
		t.Error("one request has one address")
	}
	if r.At(5).Key() != r.Key() {
		t.Error("labels that are set must stay")
	}
}

func TestZeroRequirementDenies(t *testing.T) {
	var zero Requirement
	var d Decision
	if !zero.IsFalse() || zero.Satisfiable() || !d.Requires.IsFalse() || !zero.Not().IsTrue() {
		t.Error("what nobody filled in must grant nothing")
	}
	if !And().IsTrue() || !Or().IsFalse() {
		t.Error("the empty conjunction holds, the empty disjunction does not")
	}
	if terms, exact := True().Terms(); !exact || len(terms) != 1 || len(terms[0]) != 0 {
		t.Errorf("True has one empty term, got %v", terms)
	}
}

func TestKeyIgnoresOrderAndRepetition_CONV_04(t *testing.T) {
	choose := seeded(3)
	for range 300 {
		kids := make([]Requirement, 4)
		for i := range kids {
			kids[i] = build(choose, domains[:3], 1)
		}
		shuffled := []Requirement{kids[2], kids[0], kids[3], kids[1], kids[0]}
		if And(kids...).Key() != And(shuffled...).Key() || Or(kids...).Key() != Or(shuffled...).Key() {
			t.Fatalf("order or repetition shows: %s", And(kids...).Key())
		}
		if And(kids...).Simplify().Key() != And(shuffled...).Simplify().Key() {
			t.Fatalf("order shows in the simplified form: %s", And(kids...).Key())
		}
	}
}

// A formula whose disjunctive form is astronomically large stays open.
func TestHugeFormulaStaysOpenAndFast_SYM_08(t *testing.T) {
	var groups []Requirement
	for i := range 40 {
		var or []Requirement
		for k := range 10 {
			or = append(or, AtomRequirement(Atom{Key: fmt.Sprintf("k:%d", i), Operator: "StringLike", Values: []string{fmt.Sprintf("%d*", k)}}))
		}
		groups = append(groups, Or(or...))
	}
	within(t, 5*time.Second, "a formula of 10^40 terms", func() {
		r := And(groups...)
		if !r.Satisfiable() || !r.Simplify().IsOpen() || r.Implies(False()) {
			t.Error("too large must count as open")
		}
		if !r.Not().Simplify().IsOpen() {
			t.Error("its negation is open too")
		}
	})
}

func FuzzSimplify(f *testing.F) {
	f.Add([]byte{1, 0, 0, 1, 0, 0, 2, 1, 3})
	f.Add([]byte{2, 1, 0, 3, 1, 1, 0, 4, 0, 2, 7, 7, 1})
	f.Add([]byte{3, 1, 2, 0, 5, 0, 9, 1, 1, 0, 2, 6, 0, 3, 5})
	f.Fuzz(func(t *testing.T, choices []byte) {
		if len(choices) > 64 {
			return
		}
		at := 0
		choose := func(n int) int {
			if at >= len(choices) {
				return 0
			}
			at++
			return int(choices[at-1]) % n
		}
		i := choose(len(domains))
		k := (i + 1 + choose(len(domains)-1)) % len(domains)
		over := []domain{domains[i], domains[k]}
		checkAlgebra(t, build(choose, over, 3), build(choose, over, 1), over)
	})
}
