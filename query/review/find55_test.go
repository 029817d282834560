package review

import (
	"fmt"
	"testing"
)

func TestFIND55SessionName(t *testing.T) {
	const byName = `, "Condition": {"StringEquals": {"sts:RoleSessionName": "${aws:username}"}}`
	pinned := `"Effect": "Allow", "Action": "sqs:SendMessage", "Principal": {"AWS": "arn:aws:sts::A:assumed-role/r/job"}`
	withQueue := func(condition string) scene {
		s := resources("", queue(pinned))
		s.roles = []string{role("r", assumable(`{"AWS": "arn:aws:iam::A:root"}`, condition))}
		return s
	}
	shared := func(n int, condition string) scene {
		var s scene
		list := ""
		for i := range n {
			s.users = append(s.users, entity(fmt.Sprintf("user/u%d", i)))
			list += fmt.Sprintf(`, "arn:aws:iam::A:user/u%d"`, i)
		}
		s.roles = []string{role("r", assumable(`{"AWS": [`+list[2:]+`]}`, condition))}
		return s
	}
	trusting := func(statements ...string) scene {
		s := resources("", queue(pinned))
		s.roles = []string{entity("role/r", `"trust": `+doc(statements...))}
		return s
	}
	const root = `{"AWS": "arn:aws:iam::A:root"}`
	free := assumable(root, "")
	testRule(t, "FIND-55", []ruleCase{
		{name: "VAR-06 the service chooses the name", scene: trusting(assumable(`{"Service": "lambda.amazonaws.com"}`, ""))},
		{name: "one of two statements asks for the name", scene: trusting(assumable(`{"AWS": "arn:aws:iam::A:user/x"}`, byName), free), want: []string{"low role/r"}},
		{name: "any name that is one", scene: trusting(assumable(root, `, "Condition": {"StringLike": {"sts:RoleSessionName": "*"}}`)), want: []string{"low role/r"}},
		{name: "a source identity is asked for", scene: trusting(assumable(root, `, "Condition": {"StringLike": {"sts:SourceIdentity": "*"}}`))},
		{name: "COND-03 a source identity if there is one", scene: trusting(assumable(root, `, "Condition": {"StringLikeIfExists": {"sts:SourceIdentity": "dev-*"}}`)), want: []string{"low role/r"}},
		{name: "denied without a source identity", scene: trusting(free, `"Effect": "Deny", "Action": "sts:AssumeRole", "Principal": "*", "Condition": {"Null": {"sts:SourceIdentity": "true"}}`)},
		{name: "session named elsewhere", scene: withQueue(""), want: []string{"low role/r"}},
		{name: "session name required", scene: withQueue(byName)},
		{name: "six users", scene: shared(6, ""), want: []string{"low role/r"}},
		{name: "five users", scene: shared(5, "")},
		{name: "six users by their names", scene: shared(6, byName)},
	})
}
