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
		{name: "source ARN of any account", scene: r("scheduler.amazonaws.com", `, "Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:scheduler:*:*:schedule/*"}}`), want: []string{"low role/r (scheduler.amazonaws.com)"}},
		{name: "any source ARN", scene: r("scheduler.amazonaws.com", `, "Condition": {"StringLike": {"aws:SourceArn": "*"}}`), want: []string{"low role/r (scheduler.amazonaws.com)"}},
		{name: "source ARN of any account, and the account", scene: r("scheduler.amazonaws.com", `, "Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:scheduler:*:*:schedule/*"}, "StringEquals": {"aws:SourceAccount": "A"}}`)},
		{name: "all accounts but one", scene: r("scheduler.amazonaws.com", `, "Condition": {"StringNotEquals": {"aws:SourceAccount": "C"}}`), want: []string{"low role/r (scheduler.amazonaws.com)"}},
		{name: "source organization", scene: r("scheduler.amazonaws.com", `, "Condition": {"StringEquals": {"aws:SourceOrgID": "o-ex"}}`)},
		{name: "SVC-08 EC2 passes within the account", scene: r("ec2.amazonaws.com", "")},
	})
}
