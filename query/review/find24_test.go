package review

import "testing"

func TestFIND24ConfusedDeputy(t *testing.T) {
	r := func(service, condition string) scene {
		return scene{roles: []string{role("r", assumable(`{"Service": "`+service+`"}`, condition))}}
	}
	testRule(t, "FIND-24", []ruleCase{
		{name: "open", scene: r("scheduler.amazonaws.com", ""), want: []string{"low role/r (scheduler.amazonaws.com)"}},
		{name: "across accounts", scene: r("config.amazonaws.com", ""), want: []string{"medium role/r (config.amazonaws.com)"}},
		{name: "source account", scene: r("scheduler.amazonaws.com", `, "Condition": {"StringEquals": {"aws:SourceAccount": "A"}}`)},
		{name: "source ARN", scene: r("scheduler.amazonaws.com", `, "Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:scheduler:*:A:*"}}`)},
		{name: "SVC-08 EC2 passes within the account", scene: r("ec2.amazonaws.com", "")},
	})
}
