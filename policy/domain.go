package policy

import (
	"math"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"
)

// satisfiable reports whether all atoms of a term can hold at once. Atoms are
// grouped by variable, and each group is tried against candidate values: every
// interesting point of its domain, "absent" among them (SYM-06, SYM-07). A
// group that cannot be decided counts as satisfiable.
func satisfiable(t Term) bool {
	done := make([]bool, len(t))
	for i, a := range t {
		if done[i] || a.Opaque {
			continue
		}
		v := a.Variable()
		var group Term
		for k := i; k < len(t); k++ {
			if !done[k] && !t[k].Opaque && t[k].Variable() == v {
				done[k] = true
				group = append(group, t[k])
			}
		}
		if !groupSatisfiable(group) {
			return false
		}
	}
	return !exclusiveNetwork(t) && !exclusiveTags(t)
}

// exclusiveNetwork: through a VPC endpoint aws:SourceIp is absent, so a request
// cannot need both (SYM-30).
func exclusiveNetwork(t Term) bool {
	for _, a := range t {
		if !a.needsPresence() || !strings.EqualFold(a.Key, "aws:SourceIp") {
			continue
		}
		for _, b := range t {
			if b.Hop == a.Hop && b.needsPresence() && (strings.EqualFold(b.Key, "aws:SourceVpce") || strings.EqualFold(b.Key, "aws:SourceVpc") || strings.EqualFold(b.Key, "aws:VpcSourceIp")) {
				return true
			}
		}
	}
	return false
}

// needsPresence reports whether the atom can only hold if the key is there.
func (a *Atom) needsPresence() bool {
	return !a.Opaque && (a.Operator == "Null") == a.Negated
}

func groupSatisfiable(group Term) bool {
	if len(group) == 1 {
		return singleSatisfiable(group[0])
	}
	if slices.ContainsFunc(group, func(a *Atom) bool { return a.Some }) {
		return setSatisfiable(group)
	}
	if !slices.ContainsFunc(group, func(a *Atom) bool { return a.Present }) && group.holds(NotThere()) {
		return true
	}
	candidates, complete := group.candidates()
	for _, c := range candidates {
		if group.holds(Is(c)) {
			return true
		}
	}
	return !complete
}

// singleSatisfiable: a lone atom fails only if its value list is empty.
func singleSatisfiable(a *Atom) bool {
	if a.Operator == "Null" || a.Negated || a.Outside {
		return true
	}
	return len(a.Values) > 0
}

// holds evaluates every atom on a concrete value.
func (t Term) holds(v Value) bool {
	for _, a := range t {
		if !a.given(v).IsTrue() {
			return false
		}
	}
	return true
}

// setSatisfiable handles set keys: each "some value" needs a witness within
// what the negated ones allow; they never exclude one another (SYM-07).
func setSatisfiable(group Term) bool {
	var bounds, plain Term
	for _, a := range group {
		switch {
		case a.Operator == "Null" || !a.Some:
			plain = append(plain, a)
		case a.Negated:
			bounds = append(bounds, a)
		}
	}
	needsValue := false
	for _, a := range group {
		if !a.Some || a.Negated {
			continue
		}
		needsValue = true
		one := append(Term{a}, bounds...)
		candidates, complete := one.candidates()
		if complete && !slices.ContainsFunc(candidates, func(c string) bool { return one.holds(Is(c)) }) {
			return false
		}
	}
	for _, a := range plain {
		if a.Operator == "Null" && !a.Negated && needsValue {
			return false
		}
	}
	return true
}

// Candidates lists values that an open test tells apart: some that meet it as
// far as there are any, and some next to its bounds.
func (a *Atom) Candidates() []string {
	b := *a
	b.Negated, b.Some = false, false
	values, _ := Term{&b}.candidates()
	return slices.DeleteFunc(values, func(v string) bool { return v == anyOther || v == "" })
}

// anyOther is a value that no policy names.
const anyOther = "accesspath-any-other-value"

// candidates lists values that decide whether the group can hold: if none of
// them fits and the list is complete, no value does.
func (t Term) candidates() (values []string, complete bool) {
	complete = !t.mixed()
	if !t.boolean() {
		values = []string{anyOther}
	}
	var positive, negative [][]Pattern
	var numbers, dates []string
	for _, a := range t {
		switch {
		case a.Operator == "Null":
			if a.Missing {
				values = append(values, "") // tells it from the others
			}
		case a.Operator == "Bool":
			values = append(values, "true", "false")
		case a.Operator == "IpAddress":
			values = append(values, ipCandidates(a.Values)...)
		case strings.HasPrefix(a.Operator, "Numeric"):
			numbers = append(numbers, a.Values...)
		case strings.HasPrefix(a.Operator, "Date"):
			dates = append(dates, a.Values...)
		default:
			values = append(values, a.Values...)
			patterns, ok := textPatterns(a)
			complete = complete && ok
			if a.Negated != a.Outside {
				// ArnLike compares part by part: as one glob it excludes more.
				complete = complete && a.Operator != "ArnLike"
				negative = append(negative, patterns)
			} else {
				positive = append(positive, patterns)
			}
		}
	}
	values = append(values, numberCandidates(numbers)...)
	values = append(values, dateCandidates(dates)...)
	if t.finite() {
		return values, true // a positive list of exact values is exhaustive
	}
	if len(positive)+len(negative) == 0 {
		return values, complete
	}
	more, ok := textWitnesses(append(positive, []Pattern{CompilePattern("?*")}), negative)
	return append(append(values, ""), more...), complete && ok
}

// finite reports whether some test allows listed values only.
func (t Term) finite() bool {
	return slices.ContainsFunc(t, func(a *Atom) bool {
		return a.Operator == "StringEquals" && a.Negated == a.Outside && (!a.Some || !a.Negated)
	})
}

// boolean reports whether all tests are of Bool: then true and false are all
// there is.
func (t Term) boolean() bool {
	return !slices.ContainsFunc(t, func(a *Atom) bool { return a.Operator != "Bool" && a.Operator != "Null" }) &&
		slices.ContainsFunc(t, func(a *Atom) bool { return a.Operator == "Bool" })
}

// mixed reports whether tests of different types meet on one key; then the
// candidates of one type say little about the other.
func (t Term) mixed() bool {
	kind := ""
	for _, a := range t {
		k := operatorFamily(a.Operator)
		if k == "" {
			continue
		}
		if kind != "" && k != kind {
			return true
		}
		kind = k
	}
	return false
}

func operatorFamily(test string) string {
	for _, f := range []string{"Numeric", "Date", "Bool", "IpAddress", "BinaryEquals"} {
		if strings.HasPrefix(test, f) {
			return f
		}
	}
	if test == "Null" {
		return ""
	}
	return "text"
}

// textPatterns are the values as globs. Case-insensitive values are tried as
// written, which may miss a mixed spelling: not complete beside other tests.
func textPatterns(a *Atom) ([]Pattern, bool) {
	var out []Pattern
	complete := true
	for _, v := range a.Values {
		p, ok := valuePattern(a.Operator, v)
		if !ok {
			p, complete = LiteralPattern(v), a.Operator == "BinaryEquals"
		}
		out = append(out, p)
	}
	return out, complete
}

// maxCombinations bounds the choices of one glob per positive test.
const maxCombinations = 64

// textWitnesses looks for texts that fit one glob of every positive test and
// none of any negative one.
func textWitnesses(positive, negative [][]Pattern) (values []string, complete bool) {
	choices := [][]Pattern{{}}
	for _, list := range positive {
		var next [][]Pattern
		for _, c := range choices {
			for _, p := range list {
				next = append(next, append(slices.Clone(c), p))
			}
		}
		if choices = next; len(choices) > maxCombinations {
			return nil, false
		}
	}
	none := slices.Concat(negative...)
	complete = true
	for _, c := range choices {
		w, ok, decided := FindWitness(c, none)
		if ok {
			values = append(values, w)
		}
		complete = complete && decided
	}
	return values, complete
}

// ipCandidates are the first address of each range, the one before it and the
// one behind it.
func ipCandidates(ranges []string) []string {
	var out []string
	for _, r := range ranges {
		p, ok := parsePrefix(r)
		if !ok {
			continue
		}
		first := p.Addr()
		out = append(out, first.String())
		if prev := first.Prev(); prev.IsValid() {
			out = append(out, prev.String())
		}
		if next := lastAddress(p).Next(); next.IsValid() {
			out = append(out, next.String())
		}
	}
	return append(out, "198.18.0.1", "2001:db8::1")
}

func lastAddress(p netip.Prefix) netip.Addr {
	b := p.Addr().AsSlice()
	for bit := p.Bits(); bit < len(b)*8; bit++ {
		b[bit/8] |= 1 << (7 - bit%8)
	}
	a, _ := netip.AddrFromSlice(b)
	return a
}

// numberCandidates are each bound and its neighbours; between two bounds there
// is always one of them, as far as whole numbers and halves go.
func numberCandidates(bounds []string) []string {
	var numbers []float64
	for _, b := range bounds {
		if f, ok := parseNumber(b); ok {
			numbers = append(numbers, f)
		}
	}
	slices.Sort(numbers)
	var out []string
	for i, f := range numbers {
		out = append(out, formatNumber(f-1), formatNumber(f), formatNumber(f+1),
			formatNumber(math.Nextafter(f, math.Inf(-1))), formatNumber(math.Nextafter(f, math.Inf(1))))
		if i > 0 {
			out = append(out, formatNumber((numbers[i-1]+f)/2))
		}
	}
	return out
}

func formatNumber(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }

func dateCandidates(bounds []string) []string {
	var dates []time.Time
	for _, b := range bounds {
		if t, ok := parseDate(b); ok {
			dates = append(dates, t)
		}
	}
	slices.SortFunc(dates, time.Time.Compare)
	var out []string
	for i, t := range dates {
		out = append(out, formatDate(t.Add(-time.Second)), formatDate(t), formatDate(t.Add(time.Second)))
		if i > 0 {
			out = append(out, formatDate(dates[i-1].Add(t.Sub(dates[i-1])/2)))
		}
	}
	return out
}

// formatDate writes a date so that parseDate reads it; years beyond four digits
// have no text form and are written in seconds.
func formatDate(t time.Time) string {
	if y := t.Year(); y < 0 || y > 9999 {
		return strconv.FormatInt(t.Unix(), 10)
	}
	return t.Format(time.RFC3339Nano)
}

// conflict names the atoms of a formula that exclude each other, for the cause
// "contradiction" (SYM-09): the first group, in key order, that cannot hold.
func (r Requirement) conflict() []string {
	var atoms Term
	r.Mentions(func(a *Atom) bool {
		atoms = append(atoms, a)
		return len(atoms) > 64
	})
	for i, a := range atoms {
		if !satisfiable(Term{a}) {
			return []string{a.Sentence(), "any request"}
		}
		for _, b := range atoms[i+1:] {
			if !satisfiable(Term{a, b}) {
				return []string{a.Sentence(), b.Sentence()}
			}
		}
	}
	return []string{"the conditions of the statements", "each other"}
}
