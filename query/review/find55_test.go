package review

import (
	"fmt"
	"testing"
)

func TestFIND55SessionName(t *testing.T) {
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
	const byName = `, "Condition": {"StringEquals": {"sts:RoleSessionName": "${aws:username}"}}`
	testRule(t, "FIND-55", []ruleCase{
		{name: "session named elsewhere", scene: withQueue(""), want: []string{"low role/r"}},
		{name: "session name required", scene: withQueue(byName)},
		{name: "six users", scene: shared(6, ""), want: []string{"low role/r"}},
		{name: "five users", scene: shared(5, "")},
		{name: "six users by their names", scene: shared(6, byName)},
	})
}
