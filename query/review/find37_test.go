package review

import (
	"bytes"
	"slices"
	"strings"
	"testing"
)

// passing may start functions with any role.
const passing = `"Effect": "Allow", "Action": ["iam:PassRole", "lambda:CreateFunction", "lambda:InvokeFunction"], "Resource": "*"`

const toLambda = `"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}`

func TestFIND37EscalatesToAdmin(t *testing.T) {
	adminFunction := []string{role("r", toLambda, inlinePolicy(allowAll))}
	testRule(t, "FIND-37", []ruleCase{
		{name: "ESC-10 own policy", scene: user("u", inlinePolicy(`"Effect": "Allow", "Action": "iam:PutUserPolicy", "Resource": "*"`)), want: []string{"high user/u"}},
		{name: "ESC-17 new function", scene: scene{users: []string{entity("user/u", inlinePolicy(passing))}, roles: adminFunction}, want: []string{"high user/u"}},
		{name: "the role trusts another service", scene: scene{users: []string{entity("user/u", inlinePolicy(passing))}, roles: []string{role("r", toEC2, inlinePolicy(allowAll))}}},
		{name: "another user's policy", scene: user("u", inlinePolicy(`"Effect": "Allow", "Action": "iam:PutUserPolicy", "Resource": "arn:aws:iam::A:user/other"`))},
		{name: "ESC-05 bounded", scene: scene{users: []string{entity("user/u", inlinePolicy(`"Effect": "Allow", "Action": "iam:PutUserPolicy", "Resource": "*"`), `"boundary": {"arn": "arn:aws:iam::A:policy/b"}`)},
			policies: []string{customerPolicy("b", `"Effect": "Allow", "Action": ["iam:PutUserPolicy", "s3:*"], "Resource": "*"`)}}},
		{name: "administrator already", scene: user("u", inlinePolicy(allowAll))},
		{name: "assumes who escalates", scene: scene{users: []string{entity("user/u")}, roles: []string{
			role("q", assumable(`{"AWS": "arn:aws:iam::A:user/u"}`, ""), inlinePolicy(`"Effect": "Allow", "Action": "iam:PutRolePolicy", "Resource": "*"`))}}, want: []string{"high role/q"}},
		{name: "FIND-00 depends on what was not read", scene: scene{users: []string{entity("user/u", inlinePolicy(`"Effect": "Allow", "Action": "lambda:UpdateFunctionCode", "Resource": "*"`))}, roles: adminFunction},
			missing: []string{"what runs with which role, on which escalation depends"}},
	})
}

// TestUndecided_FIND_00: who may be an administrator, which depends on what was
// not read, is named, and is in no finding.
func TestUndecided_FIND_00(t *testing.T) {
	s := scene{users: []string{entity("user/u", inlinePolicy(`"Effect": "Allow", "Action": "lambda:UpdateFunctionCode", "Resource": "*"`))},
		roles: []string{role("r", toLambda, inlinePolicy(allowAll))}}
	r := run(t, read(t, source("s.json", s.snapshot())), Options{})
	if len(r.Undecided) != 1 || short(r.Undecided[0].Principal) != "user/u" || short(r.Undecided[0].Target) != "role/r" || !strings.Contains(r.Undecided[0].Missing, "what runs with which role") {
		t.Errorf("undecided: %+v", r.Undecided)
	}
	for _, format := range []string{"text", "markdown", "html", "json"} {
		var b bytes.Buffer
		if err := Render(&b, format, r); err != nil {
			t.Fatal(err)
		}
		if text := strings.ToLower(b.String()); !strings.Contains(text, "perhaps administrators") && !strings.Contains(text, `"undecided": [`+"\n    {") {
			t.Errorf("%s does not say who may be an administrator", format)
		}
	}
	// Whom it gets to is said in each prose format, and in the finding.
	s = scene{users: []string{entity("user/u", inlinePolicy(passing))}, roles: s.roles}
	found := run(t, read(t, source("s.json", s.snapshot())), Options{Only: []string{"FIND-37"}})
	if len(found.Findings) != 1 || !strings.HasSuffix(found.Findings[0].Text, ", and so gets to arn:aws:iam::111111111111:role/r") {
		t.Errorf("%+v", found.Findings)
	}
	for format, want := range map[string]string{"markdown": "lambda:InvokeFunction to `arn:aws:iam::111111111111:role/r`", "html": "lambda:InvokeFunction to <code><bdi>arn:aws:iam::111111111111:role/r"} {
		var b bytes.Buffer
		if err := Render(&b, format, found); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(b.String(), want) {
			t.Errorf("%s has no %q", format, want)
		}
	}
	s = scene{users: []string{entity("user/u", inlinePolicy(`"Effect": "Allow", "Action": "lambda:UpdateFunctionCode", "Resource": "*"`))}, roles: []string{role("r", toEC2, inlinePolicy(allowAll))}}
	if r := run(t, read(t, source("s.json", s.snapshot())), Options{}); len(r.Undecided) > 0 {
		t.Errorf("no role is for functions: %+v", r.Undecided)
	}
}

// TestFIND00Escalators: who can make itself an administrator weighs more.
func TestFIND00Escalators(t *testing.T) {
	testRule(t, "FIND-01", []ruleCase{
		{name: "FIND-00 escalates", scene: user("u", inlinePolicy(`"Effect": "Allow", "Action": "iam:PutUserPolicy", "Resource": "*"`)), edit: withKeys(key(1, 1)), want: []string{"high user/u"}},
	})
}

// TestEscalationLimit: what is not looked for is said.
func TestEscalationLimit(t *testing.T) {
	s := user("u", inlinePolicy(`"Effect": "Allow", "Action": "iam:PutUserPolicy", "Resource": "*"`))
	for limit, want := range map[int]string{-1: "escalation, which was not asked for", 1: "escalation, which is looked for among up to 1 principals"} {
		r := run(t, read(t, source("s.json", s.snapshot())), Options{Escalation: limit})
		if slices.ContainsFunc(r.Findings, func(f Finding) bool { return f.Rule == "FIND-37" }) {
			t.Errorf("limit %d: escalation was looked for", limit)
		}
		if !slices.ContainsFunc(r.NotEvaluated, func(n NotEvaluated) bool { return n.Rule == "FIND-37" && n.Missing == want }) {
			t.Errorf("limit %d: %+v", limit, r.NotEvaluated)
		}
	}
}

// TestAdminEscalation: administrators by escalation are listed after the others.
func TestAdminEscalation(t *testing.T) {
	s := user("u", inlinePolicy(`"Effect": "Allow", "Action": "iam:PutUserPolicy", "Resource": "*"`))
	s.users = append(s.users, entity("user/x", inlinePolicy(allowAll)))
	r := run(t, read(t, source("s.json", s.snapshot())), Options{})
	var got []string
	for _, a := range r.Admins {
		got = append(got, a.Level+" "+short(a.Principal))
	}
	if want := []string{"admin-direct user/x", "admin-escalation user/u"}; !slices.Equal(got, want) {
		t.Errorf("administrators %q, want %q", got, want)
	}
	for _, format := range []string{"text", "markdown", "html"} {
		var b strings.Builder
		if err := Render(&b, format, r); err != nil || !strings.Contains(b.String(), "iam:PutUserPolicy") {
			t.Errorf("%s does not say how: %v", format, err)
		}
	}
}
