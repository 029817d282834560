package review

import (
	"testing"

	"accesspath/iam"
)

func TestFIND06WorkloadKey(t *testing.T) {
	usedWith := func(service string) func(*iam.Snapshot) {
		k := key(10, 1)
		k.LastUsedService, k.LastUsedRegion = service, "eu-west-1"
		return withKeys(k)
	}
	testRule(t, "FIND-06", []ruleCase{
		{name: "agent", scene: user("ann"), edit: usedWith("ec2messages"), want: []string{"high user/ann"}},
		{name: "name and service", scene: user("svc-billing"), edit: usedWith("ecs"), want: []string{"high user/svc-billing"}},
		{name: "service alone", scene: user("ann"), edit: usedWith("ecs")},
		{name: "name alone", scene: user("svc-billing"), edit: usedWith("iam")},
		{name: "word inside a word", scene: user("cicero"), edit: usedWith("ec2")},
	})
}
