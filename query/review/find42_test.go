package review

import "testing"

// line is roles r0 to rN of which each may assume the next; the last is an
// administrator's.
func line(hops int) scene {
	names := []string{"r0", "r1", "r2", "r3", "r4"}
	var s scene
	trusts := toEC2
	for i := range hops + 1 {
		permissions := allowAll
		if i < hops {
			permissions = `"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "arn:aws:iam::A:role/` + names[i+1] + `"`
		}
		s.roles = append(s.roles, role(names[i], trusts, inlinePolicy(permissions)))
		trusts = assumable(`{"AWS": "arn:aws:iam::A:role/`+names[i]+`"}`, "")
	}
	return s
}

func TestFIND42LongChain(t *testing.T) {
	trusting := func(name, other string) string {
		return role(name, assumable(`{"AWS": "arn:aws:iam::A:role/`+other+`"}`, ""))
	}
	testRule(t, "FIND-42", []ruleCase{
		{name: "four hops", scene: line(4), want: []string{"low role/r0"}},
		{name: "three hops", scene: line(3)},
		{name: "circle of two", scene: scene{roles: []string{trusting("a", "b"), trusting("b", "a")}}, want: []string{"low role/a (circle)"}},
		{name: "circle of three", scene: scene{roles: []string{trusting("a", "b"), trusting("b", "c"), trusting("c", "a")}}, want: []string{"low role/a (circle)"}},
		{name: "no circle", scene: scene{roles: []string{trusting("a", "b"), role("b", toEC2)}}},
		{name: "circle that is denied", scene: scene{roles: []string{trusting("a", "b"),
			role("b", assumable(`{"AWS": "arn:aws:iam::A:role/a"}`, "")+`}, {"Effect": "Deny", "Action": "sts:AssumeRole", "Principal": {"AWS": "arn:aws:iam::A:role/a"}`)}}},
		{name: "itself is FIND-60", scene: scene{roles: []string{trusting("a", "a")}}},
	})
}
