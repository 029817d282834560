package diagram

import (
	"strings"
	"testing"

	"accesspath/query"
)

// TestHighlight: every arrow of a chain through the principal stands out, and no
// other.
func TestHighlight(t *testing.T) {
	r := result(chain(nil, user(1), role(1), role(2)), chain(nil, user(2), role(3)))
	for _, want := range []string{role(1), "r001", "*:role/r001"} {
		d := FromResult(r, Options{Highlight: []string{want}})
		var lit []string
		for _, e := range d.Edges() {
			if e.Lit {
				lit = append(lit, d.nodes[e.From].Label+">"+d.nodes[e.To].Label)
			}
		}
		if got := strings.Join(lit, " "); got != "r001>r002 r002>s3:GetObject u001>r001" {
			t.Errorf("%s: %s", want, got)
		}
		if dot := string(d.DOT()); strings.Count(dot, "penwidth=3") != 3+4 || !strings.Contains(dot, "highlighted") {
			t.Errorf("%s: not drawn so", want)
		}
	}
	if d := FromResult(r, Options{Highlight: []string{"nobody"}}); len(d.Notes) != 1 || !strings.Contains(d.Notes[0], "nobody") {
		t.Errorf("notes %v", d.Notes)
	}
}

// TestHighlightSurvivesCollapse: who is highlighted keeps a shape of its own.
func TestHighlightSurvivesCollapse(t *testing.T) {
	var as []query.Answer
	for i := range 40 {
		as = append(as, chain(nil, user(i), role(1)))
	}
	d := FromResult(result(as...), Options{Highlight: []string{user(7)}, Collapse: CollapseAccounts})
	if n := d.nodes[user(7)]; n == nil || !n.Lit || len(d.nodes) != 3 {
		t.Errorf("%d shapes, user 7 is %+v", len(d.nodes), n)
	}
}

func TestCollapse(t *testing.T) {
	var as []query.Answer
	for i := range 40 {
		as = append(as, chain(nil, user(i), role(i%4)))
	}
	for collapse, shapes := range map[string]int{CollapseOff: 45, CollapsePeers: 9, CollapseKinds: 3, CollapseAccounts: 2} {
		d := FromResult(result(as...), Options{Collapse: collapse})
		if len(d.nodes) != shapes {
			t.Errorf("%s: %d shapes, want %d", collapse, len(d.nodes), shapes)
		}
		if said := len(d.Notes) > 0; said != (collapse != CollapseOff) {
			t.Errorf("%s: notes %v", collapse, d.Notes)
		}
	}
}

// TestBadges: conditions have a border each; MFA and external IDs, and only
// those, have grounds of their own and are in the legend.
func TestBadges(t *testing.T) {
	secret := query.Requirement{Key: "sts:ExternalId", Operator: "StringEquals", Values: []string{"x"}}
	network := query.Requirement{Key: "aws:SourceIp", Operator: "IpAddress", Values: []string{"203.0.113.0/24"}}
	p := light()
	for _, c := range []struct {
		requires []query.Requirement
		badges   int
		grounds  []string
	}{
		{nil, 0, nil},
		{mfa, 1 + 1, []string{p.mfa}},
		{append(mfa[:1:1], secret), 2 + 2, []string{p.mfa, p.secret}},
		{[]query.Requirement{network}, 1, []string{p.badge}},
	} {
		dot := string(FromResult(result(chain(c.requires, user(1), role(1))), Options{}).DOT())
		if n := strings.Count(dot, `STYLE="ROUNDED"`); n != c.badges {
			t.Errorf("%d badges, want %d", n, c.badges)
		}
		for _, g := range c.grounds {
			if !strings.Contains(dot, g) {
				t.Errorf("no ground %s", g)
			}
		}
	}
}
