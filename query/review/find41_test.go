package review

import "testing"

func TestFIND41HiddenAdmin(t *testing.T) {
	onlyA := assumable(`{"AWS": "arn:aws:iam::A:role/a"}`, "")
	testRule(t, "FIND-41", []ruleCase{
		{name: "two hops", scene: chain(onlyA), want: []string{"high user/u"}},
		{name: "one hop as well", scene: chain(assumable(`{"AWS": ["arn:aws:iam::A:role/a", "arn:aws:iam::A:user/u"]}`, ""))},
		{name: "cut", scene: chain(assumable(`{"AWS": "arn:aws:iam::A:role/other"}`, ""))},
		{name: "a workload's role", scene: func() scene {
			s := chain(onlyA)
			s.users = nil
			s.roles[0] = role("a", assumable(`{"AWS": "arn:aws:iam::A:role/job"}`, ""), inlinePolicy(`"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "arn:aws:iam::A:role/b"`))
			s.roles = append(s.roles, role("job", toEC2))
			return s
		}(), want: []string{"high role/job"}},
		{name: "no administrator at the end", scene: func() scene {
			s := chain(onlyA)
			s.roles[1] = role("b", onlyA, inlinePolicy(allowS3))
			return s
		}()},
	})
}
