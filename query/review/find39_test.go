package review

import (
	"slices"
	"testing"
)

func TestFIND39Administrators(t *testing.T) {
	admin := func(members ...string) scene {
		return scene{users: []string{entity("user/u", append([]string{inlinePolicy(allowAll)}, members...)...)}, policies: []string{
			customerPolicy("all", allowAll), customerPolicy("s3", allowS3), customerPolicy("noiam", allowAll, `"Effect": "Deny", "Action": "iam:*", "Resource": "*"`)}}
	}
	bounded := func(name string) string { return `"boundary": {"arn": "arn:aws:iam::A:policy/` + name + `"}` }
	testRule(t, "FIND-39", []ruleCase{
		{name: "ESC-02 direct", scene: admin(), want: []string{"info A"}},
		{name: "boundary that allows everything", scene: admin(bounded("all")), want: []string{"info A"}},
		{name: "boundary without IAM", scene: admin(bounded("noiam"))},
		{name: "boundary for one service", scene: admin(bounded("s3"))},
		{name: "ESC-02 escalation", scene: scene{users: []string{entity("user/u", inlinePolicy(`"Effect": "Allow", "Action": ["iam:*", "s3:*", "ec2:*"], "Resource": "*"`))}}, want: []string{"info A"}},
		{name: "denied", scene: scene{users: []string{entity("user/u", inlinePolicy(allowAll, `"Effect": "Deny", "Action": "iam:*", "Resource": "*"`))}}},
		{name: "one service denied", scene: scene{users: []string{entity("user/u", inlinePolicy(allowAll, `"Effect": "Deny", "Action": "s3:*", "Resource": "*"`))}}, want: []string{"info A"}},
	})
}

// chain is u, who may assume a, which may assume b, an administrator's role.
func chain(trustOfB string) scene {
	toRole := func(name string) string {
		return inlinePolicy(`"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "arn:aws:iam::A:role/` + name + `"`)
	}
	return scene{
		users: []string{entity("user/u", toRole("a"))},
		roles: []string{
			role("a", assumable(`{"AWS": "arn:aws:iam::A:root"}`, ""), toRole("b")),
			role("b", trustOfB, inlinePolicy(allowAll)),
		},
	}
}

// TestFIND39OnlyTagged: everything on some resources is not everything.
func TestFIND39OnlyTagged(t *testing.T) {
	s := user("u", inlinePolicy(allowAll+`, "Condition": {"StringEquals": {"aws:ResourceTag/team": "x"}}`))
	for _, a := range run(t, read(t, source("s.json", s.snapshot())), Options{}).Admins {
		if a.Level == AdminDirect {
			t.Errorf("%+v", a)
		}
	}
}

func TestAdminChain(t *testing.T) {
	s := chain(assumable(`{"AWS": "arn:aws:iam::A:role/a"}`, ""))
	r := run(t, read(t, source("s.json", s.snapshot())), Options{})
	var got []string
	for _, a := range r.Admins {
		got = append(got, a.Level+" "+short(a.Principal)+" "+short(a.Target)+" "+a.Verdict)
		if len(a.Path.Because) == 0 || len(a.Path.Steps) != a.Hops {
			t.Errorf("%+v", a)
		}
	}
	want := []string{"admin-direct role/b role/b ALLOW", "admin-chain role/a role/b ALLOW", "admin-chain user/u role/b ALLOW"}
	if !slices.Equal(got, want) {
		t.Errorf("administrators %q, want %q", got, want)
	}
}
