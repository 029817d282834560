package review

import "testing"

func TestFIND63UnusedPolicy(t *testing.T) {
	versions := func(old, now string) string {
		return entity("policy/p", `"versions": [{"id": "v1", "document": `+doc(old)+`}, {"id": "v2", "default": true, "document": `+doc(now)+`}]`)
	}
	used := func(p string) scene {
		return scene{roles: []string{role("r", toEC2, attached("p"))}, policies: []string{p}}
	}
	const getOne = `"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/x"`
	testRule(t, "FIND-63", []ruleCase{
		{name: "not attached", scene: scene{policies: []string{customerPolicy("p", allowS3)}}, want: []string{"low policy/p"}},
		{name: "attached", scene: used(customerPolicy("p", allowS3))},
		{name: "a boundary", scene: scene{users: []string{entity("user/u", `"boundary": {"arn": "arn:aws:iam::A:policy/p"}`)}, policies: []string{customerPolicy("p", allowS3)}}},
		{name: "ESC-03 wider version", scene: used(versions(allowS3, getOne)), want: []string{"low policy/p (versions)"}},
		{name: "everything in store", scene: used(versions(allowAll, getOne)), want: []string{"medium policy/p (versions)"}},
		{name: "narrower version", scene: used(versions(getOne, allowS3))},
		{name: "pages missing", scene: scene{policies: []string{customerPolicy("p", allowS3)}, more: `, "incomplete": true`}, missing: []string{"the remaining pages of the export"}},
	})
}
