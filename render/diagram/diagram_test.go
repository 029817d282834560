package diagram

import (
	"bytes"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"

	"accesspath/query"
	"accesspath/render/words"
)

const account = "111122223333"

func user(i int) string { return fmt.Sprintf("arn:aws:iam::%s:user/u%03d", account, i) }
func role(i int) string { return fmt.Sprintf("arn:aws:iam::%s:role/r%03d", account, i) }

// chain returns an answer whose path goes through the principals, each hop under
// the given conditions.
func chain(rs []query.Requirement, ids ...string) query.Answer {
	p := query.Path{Principals: ids}
	verdict := query.VerdictAllow
	if len(rs) > 0 {
		verdict = query.VerdictAllowIf
	}
	for i := 1; i < len(ids); i++ {
		p.Steps = append(p.Steps, query.Step{From: ids[i-1], To: ids[i], Kind: "can-assume", Verdict: verdict, Requires: rs})
	}
	return query.Answer{Principal: ids[0], Verdict: verdict, Paths: []query.Path{p}}
}

func result(as ...query.Answer) *query.Result {
	return &query.Result{Question: query.Question{Kind: "who-can", Action: "s3:GetObject", Resource: "arn:aws:s3:::b/*"}, Answers: as}
}

var mfa = []query.Requirement{{Key: "aws:MultiFactorAuthPresent", Operator: "Bool", Values: []string{"true"}}}

func TestSharedHops(t *testing.T) {
	d := FromResult(result(chain(nil, user(1), role(1), role(2)), chain(nil, user(2), role(1), role(2))), Options{})
	if n, e := len(d.Nodes()), len(d.Edges()); n != 5 || e != 4 {
		t.Fatalf("%d nodes and %d edges, want 5 and 4", n, e)
	}
	g, err := d.Graph()
	if err != nil {
		t.Fatal(err)
	}
	if n, _ := g.Order(); n != 5 {
		t.Errorf("library graph has %d vertices", n)
	}
	if n, _ := g.Size(); n != 4 {
		t.Errorf("library graph has %d edges", n)
	}
	if ranks, widest := d.levels(); ranks != 4 || widest != 2 {
		t.Errorf("levels() = %d, %d, want 4, 2", ranks, widest)
	}
}

// CONV-03: a condition is never lost where arrows are merged, nor open access.
func TestCONV03MergedVerdicts(t *testing.T) {
	d := FromResult(result(chain(mfa, user(1), role(1)), chain(nil, user(1), role(1))), Options{})
	if e := d.edges[[2]string{user(1), role(1)}]; e.Verdict != Mixed || e.label() != "some: MFA" {
		t.Errorf("edge is %s %q", e.Verdict, e.label())
	}
	for _, c := range [][3]string{
		{"ALLOW", "ALLOW", "ALLOW"}, {"ALLOW", "ALLOW_IF", Mixed}, {Mixed, "ALLOW", Mixed}, {Tried, Blocked, Blocked},
		{Blocked, "ALLOW", "ALLOW"}, {Member, "ALLOW_IF", "ALLOW_IF"}, {Tried, Member, Tried},
	} {
		if a, b := mergeVerdict(c[0], c[1]), mergeVerdict(c[1], c[0]); a != c[2] || b != c[2] {
			t.Errorf("merge of %s and %s is %s and %s, want %s", c[0], c[1], a, b, c[2])
		}
	}
	odd := chain(nil, user(1), role(1))
	odd.Paths[0].Steps[0].Verdict = "PERHAPS"
	if e := FromResult(result(odd), Options{}).edges[[2]string{user(1), role(1)}]; e.Verdict != query.VerdictAllowIf {
		t.Errorf("an unknown verdict is drawn as %s", e.Verdict)
	}
}

func TestTwinsCollapse(t *testing.T) {
	var as []query.Answer
	for i := range 300 {
		as = append(as, chain(nil, user(i), role(i%3)))
	}
	d := FromResult(result(as...), Options{})
	if n := len(d.Nodes()); n != 7 {
		t.Fatalf("%d nodes, want 3 groups of users, 3 roles and the target", n)
	}
	var labels []string
	for _, n := range d.Nodes() {
		labels = append(labels, n.Label)
	}
	if got := strings.Join(labels, ","); got != "r000,r001,r002,100 users,100 users,100 users,s3:GetObject" {
		t.Errorf("labels: %s", got)
	}
	if want := []string{"303 principals in 6 shapes: one shape stands for principals that have the same arrows"}; !slices.Equal(d.Notes, want) {
		t.Errorf("notes: %q", d.Notes)
	}
	if d := FromResult(result(as[:12]...), Options{}); len(d.Notes) != 0 || len(d.Nodes()) != 16 {
		t.Errorf("a small picture is collapsed: %d nodes, %q", len(d.Nodes()), d.Notes)
	}
}

// However large and tangled a result, the picture stays within its budget, and
// counts everybody.
func TestBudget(t *testing.T) {
	var as []query.Answer
	for i := range 900 {
		id := fmt.Sprintf("arn:aws:iam::%012d:user/u%d", i%40, i)
		r := fmt.Sprintf("arn:aws:iam::%012d:role/r%d", (i*7)%40, (i*i)%173)
		as = append(as, chain(mfa[:i%2], id, r, role((i*31)%57)))
	}
	as = append(as, chain(nil, "*"))
	want := 0
	for _, budget := range []int{0, 1, 5, 20, 60, 150, 400} {
		d := FromResult(result(as...), Options{Budget: budget})
		limit := max(d.o.budget(), 3) // anyone, everybody else, the target
		if n := len(d.Nodes()); n > limit {
			t.Errorf("budget %d: %d nodes", budget, n)
		}
		if want == 0 {
			want = d.members()
		}
		if d.members() != want {
			t.Errorf("budget %d: %d members, want %d", budget, d.members(), want)
		}
		if d.nodes["*"] == nil {
			t.Errorf("budget %d: anyone is not drawn", budget)
		}
		if len(d.Notes) == 0 {
			t.Errorf("budget %d: no note", budget)
		}
		for _, e := range d.Edges() {
			if d.nodes[e.From] == nil || d.nodes[e.To] == nil {
				t.Fatalf("budget %d: an arrow without an end", budget)
			}
		}
	}
}

// CONV-04: shuffled answers give the same bytes.
func TestCONV04Deterministic(t *testing.T) {
	var as []query.Answer
	for i := range 200 {
		as = append(as, chain(mfa[:i%2], user(i), role(i%23), role(30+i%5)))
	}
	for _, budget := range []int{20, 150, 1000} {
		first := FromResult(result(as...), Options{Budget: budget}).DOT()
		slices.Reverse(as)
		if !bytes.Equal(first, FromResult(result(as...), Options{Budget: budget}).DOT()) {
			t.Errorf("budget %d: order of answers shows", budget)
		}
	}
}

func TestDeniedPath(t *testing.T) {
	no := query.Answer{Principal: user(1), Verdict: query.VerdictDeny, NearPath: []string{user(1), role(1), role(2)},
		Causes: []query.Cause{{Layer: "boundary"}, {Layer: "identity"}}}
	for broken, want := range map[int][3]string{
		1: {Blocked, Tried, Tried}, 2: {Tried, Blocked, Tried}, 3: {Tried, Tried, Blocked}, 9: {Tried, Tried, Blocked}, 0: {Tried, Tried, Blocked},
	} {
		no.BrokenAt = broken
		d := FromResult(result(no), Options{})
		target := "target:s3:GetObject arn:aws:s3:::b/*"
		for i, key := range [][2]string{{user(1), role(1)}, {role(1), role(2)}, {role(2), target}} {
			e := d.edges[key]
			if e == nil || e.Verdict != want[i] {
				t.Errorf("broken at %d: hop %d is %+v, want %s", broken, i+1, e, want[i])
			} else if e.Verdict == Blocked && e.label() != "no allow: boundary +1" {
				t.Errorf("label %q", e.label())
			}
		}
	}
}

func TestDirection(t *testing.T) {
	var ids []string
	for i := range 12 {
		ids = append(ids, role(i))
	}
	deep := FromResult(result(chain(nil, ids...)), Options{})
	flat := FromResult(result(chain(nil, ids[:3]...)), Options{})
	forced := FromResult(result(chain(nil, ids...)), Options{Direction: "LR"})
	cycle := FromResult(result(chain(nil, role(1), role(2), role(1), role(3))), Options{})
	many := []query.Answer{chain(nil, ids...)}
	for i := range 40 {
		many = append(many, chain(nil, user(i), role(100+i), ids[0]))
	}
	broad := FromResult(result(many...), Options{Collapse: "off"})
	for _, c := range []struct {
		d    *Diagram
		want string
	}{{deep, "TB"}, {flat, "LR"}, {forced, "LR"}, {cycle, "LR"}, {broad, "LR"}} {
		if got := c.d.direction(); got != c.want {
			t.Errorf("direction %s, want %s", got, c.want)
		}
	}
}

// The library's component search fails on its zero key, so keys are never "".
func TestEmptyIdentifier(t *testing.T) {
	d := FromResult(result(chain(nil, "", role(1), "")), Options{})
	if ranks, _ := d.levels(); ranks != 3 {
		t.Errorf("%d ranks, want 3", ranks)
	}
}

func TestFold(t *testing.T) {
	for _, c := range []struct {
		s    string
		w, n int
		want string
	}{
		{"short", 10, 2, "short"},
		{"team-alpha-developers", 12, 2, "team-alpha-|developers"},
		{strings.Repeat("x", 40), 8, 2, "xxxxxxx…|xxxxxxxx"},
	} {
		got := fold(c.s, c.w, c.n)
		if len(got) > c.n || c.n == 2 && c.s[0] != 'x' && strings.Join(got, "|") != c.want {
			t.Errorf("fold(%q) = %q, want %q", c.s, got, c.want)
		}
	}
}

// contrast is the WCAG 2.1 ratio of two colours.
func contrast(t *testing.T, a, b string) float64 {
	t.Helper()
	lum := func(c string) float64 {
		var l float64
		for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
			n, err := strconv.ParseUint(c[1+2*i:3+2*i], 16, 8)
			if err != nil {
				t.Fatal(err)
			}
			v := float64(n) / 255
			if v <= 0.04045 {
				v /= 12.92
			} else {
				v = math.Pow((v+0.055)/1.055, 2.4)
			}
			l += weight * v
		}
		return l
	}
	x, y := lum(a), lum(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

func TestContrast(t *testing.T) {
	for name, p := range map[string]palette{"light": light(), "dark": dark()} {
		text := [][2]string{{p.text, p.ground}, {p.faint, p.ground}, {p.faint, p.boxFill}}
		for _, c := range []string{p.maybe, p.denied} { // labels of arrows, inside and outside of boxes
			text = append(text, [2]string{c, p.ground}, [2]string{c, p.boxFill})
		}
		text = append(text, [2]string{p.maybe, p.mfa}, [2]string{p.maybe, p.secret}, [2]string{p.maybe, p.badge}, [2]string{p.text, p.mfa}, [2]string{p.text, p.secret})
		lines := [][2]string{{p.lit, p.ground}, {p.lit, p.boxFill}, {p.boxBorder, p.ground}, {p.allow, p.ground}, {p.allow, p.boxFill}, {p.quiet, p.ground}, {p.quiet, p.boxFill}}
		for _, k := range kindOrder() {
			l := p.kinds[k]
			text = append(text, [2]string{p.text, l.fill}, [2]string{p.faint, l.fill})
			lines = append(lines, [2]string{l.border, p.ground}, [2]string{l.border, p.boxFill}, [2]string{l.border, l.fill})
		}
		for _, pair := range text {
			if c := contrast(t, pair[0], pair[1]); c < 4.5 {
				t.Errorf("%s: text %s on %s has contrast %.2f", name, pair[0], pair[1], c)
			}
		}
		for _, pair := range lines {
			if c := contrast(t, pair[0], pair[1]); c < 3 {
				t.Errorf("%s: line %s on %s has contrast %.2f", name, pair[0], pair[1], c)
			}
		}
	}
}

// DarkCSS translates colour by colour, so a colour may have one meaning only.
func TestDarkCSS(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range light().colours() {
		if seen[c] {
			t.Errorf("%s has two meanings in the light palette", c)
		}
		seen[c] = true
	}
	css := DarkCSS("figure svg")
	if !strings.Contains(css, `figure svg [fill="#ffffff"]{fill:#0d1117}`) || strings.Count(css, "\n") != len(seen) {
		t.Errorf("rules: %s", css)
	}
}

func TestEveryKindHasALook(t *testing.T) {
	for _, k := range kindOrder() {
		for _, p := range []palette{light(), dark()} {
			if l := p.kinds[k]; l.fill == "" || l.border == "" || l.shape == "" {
				t.Errorf("%s: %+v", k, l)
			}
		}
	}
	if len(kindOrder()) != len(shapes()) {
		t.Error("kindOrder and shapes differ")
	}
	for _, v := range arrowOrder() {
		if _, line, legend := light().arrow(v); line == "" || legend == "" {
			t.Errorf("%s has no look", v)
		}
	}
	if words.Family("never heard of") != words.Other {
		t.Error("unknown kinds have no family")
	}
}

// TestHopNumbers: the arrows of a single long path say their place; with a
// second path no number is right for both.
func TestHopNumbers(t *testing.T) {
	step := func(from, to string) query.Step { return query.Step{From: from, To: to, Verdict: query.VerdictAllow} }
	path := query.Path{Principals: []string{"a", "b", "c", "d"}, Steps: []query.Step{step("a", "b"), step("b", "c"), step("c", "d")}}
	r := &query.Result{Question: query.Question{Kind: "can", Action: "s3:GetObject", Resource: "*"}, Answers: []query.Answer{{Principal: "a", Verdict: query.VerdictAllow, Paths: []query.Path{path}}}}
	hops := func() (list []int) {
		for _, e := range FromResult(r, Options{}).edges {
			list = append(list, e.Hop)
		}
		slices.Sort(list)
		return list
	}
	if got := hops(); !slices.Equal(got, []int{1, 2, 3, 4}) {
		t.Errorf("hops %v", got)
	}
	r.Answers[0].Paths = append(r.Answers[0].Paths, query.Path{Principals: []string{"a"}})
	if got := hops(); slices.Max(got) != 0 {
		t.Errorf("hops of two paths %v", got)
	}
}

// byEscalation is an answer whose path takes steps of section 12 over the
// principals; the same one twice is one that changes itself.
func byEscalation(verdict string, calls []string, ids ...string) query.Answer {
	a := chain(nil, ids...)
	for i := range a.Paths[0].Steps {
		s := &a.Paths[0].Steps[i]
		s.Kind, s.Verdict, s.Escalation = "escalate", verdict, &query.EscalationStep{Rule: "ESC-17", Title: "do it"}
		for _, c := range calls {
			s.Escalation.Requests = append(s.Escalation.Requests, query.Call{Action: c, Resource: "*"})
		}
	}
	return a
}

// TestEscalationIsDrawnApart_QRY_07: what is reached by escalation has arrows of
// its own that name the calls; who changes itself has none to itself; and where
// there is access without, that is what is drawn.
func TestEscalationIsDrawnApart_QRY_07(t *testing.T) {
	r := result(chain(nil, user(1), role(1)))
	if d := FromResult(r, Options{}); len(d.Edges()) != 2 {
		t.Errorf("%d arrows without escalation", len(d.Edges()))
	}
	r.Escalation = &query.EscalationBlock{Answers: []query.Answer{
		byEscalation(query.VerdictAllow, []string{"iam:PassRole", "lambda:CreateFunction", "lambda:InvokeFunction"}, user(2), role(1)),
		byEscalation(query.VerdictAllowIf, []string{"lambda:UpdateFunctionCode"}, user(3), role(1)),
		byEscalation(query.VerdictAllow, []string{"iam:PutUserPolicy"}, user(4), user(4)),
		byEscalation(query.VerdictAllow, []string{"iam:UpdateAssumeRolePolicy"}, user(1), role(1)),
	}}
	d := FromResult(r, Options{})
	target := d.target(r.Question).ID
	for key, want := range map[[2]string]string{
		{user(2), role(1)}: Escalated + " iam:PassRole, lambda:CreateFunction, 1 more",
		{user(3), role(1)}: EscalatedIf + " lambda:UpdateFunctionCode",
		{user(4), target}:  Escalated + " iam:PutUserPolicy",
		{user(1), role(1)}: query.VerdictAllow + " ",
		{role(1), target}:  query.VerdictAllow + " ",
	} {
		if e := d.edges[key]; e == nil || e.Verdict+" "+e.label() != want {
			t.Errorf("%v: %+v, want %q", key, e, want)
		}
	}
	if d.edges[[2]string{user(4), user(4)}] != nil {
		t.Error("an arrow from a principal to itself")
	}
	dot := string(d.DOT())
	for _, want := range []string{"by escalation", "by escalation, under conditions", "do it (ESC-17)", "lambda:CreateFunction<BR/>1 more"} {
		if !strings.Contains(dot, want) {
			t.Errorf("no %q in the picture", want)
		}
	}
}

// TestWholeAccounts: a shape for a whole account is called after it and stands in
// no box, and one line with two heads is drawn for arrows that differ in nothing
// but their direction.
func TestWholeAccounts(t *testing.T) {
	g := &query.TrustGraph{}
	id := func(account, i int) string { return fmt.Sprintf("arn:aws:iam::%012d:role/r%d", account, i) }
	for a := 1; a <= 3; a++ {
		for i := range 4 {
			kind := "role"
			if i == 3 {
				kind = "user"
			}
			g.Nodes = append(g.Nodes, query.GraphNode{ID: id(a, i), Kind: kind, Account: fmt.Sprintf("%012d", a), Name: fmt.Sprint("r", i)})
		}
	}
	link := func(a, b, i, j int) {
		g.Edges = append(g.Edges, query.GraphEdge{From: id(a, i), To: id(b, j), Kind: "can-assume", Verdict: query.VerdictAllow})
	}
	link(1, 1, 0, 1)
	link(1, 2, 0, 0)
	link(2, 1, 1, 1)
	link(2, 3, 1, 1)
	dot := string(FromGraph(g, Options{Collapse: CollapseAccounts}).DOT())
	for want, n := range map[string]int{"cluster": 0, "<B>account 000000000001</B>": 1, "some become others": 1, "4 principals": 3, " -> ": 2, "dir=both": 1} {
		if got := strings.Count(dot, want); got != n && want != "4 principals" || got < n {
			t.Errorf("%q occurs %d times, want %d\n%s", want, got, n, dot)
		}
	}
}
