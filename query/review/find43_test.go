package review

import (
	"fmt"
	"strings"
	"testing"

	"accesspath/iam"
)

// withFunctions adds functions, or instances behind one profile, that hold
// role/r.
func withFunctions(n int, profile string) func(*iam.Snapshot) {
	return withAccount(func(a *iam.Account) {
		a.Coverage[iam.SectionCompute] = iam.Present
		for i := range n {
			a.Compute = append(a.Compute, &iam.Compute{ARN: fmt.Sprintf("arn:aws:lambda:eu-west-1:111111111111:function:f%d", i), Kind: "lambda:function", Account: a.ID,
				Service: "lambda.amazonaws.com", Roles: []string{"arn:aws:iam::111111111111:role/r"}, InstanceProfile: profile})
		}
	})
}

func TestFIND43SharedRole(t *testing.T) {
	services := func(list ...string) scene {
		return scene{roles: []string{role("r", assumable(`{"Service": ["`+strings.Join(list, `", "`)+`"]}`, ""))}}
	}
	named := func(n int) scene {
		var list []string
		for i := range n {
			list = append(list, fmt.Sprintf("arn:aws:iam::B:role/r%d", i))
		}
		return scene{roles: []string{role("r", assumable(`{"AWS": ["`+strings.Join(list, `", "`)+`"]}`, ""))}}
	}
	six := []string{"ec2.amazonaws.com", "lambda.amazonaws.com", "ecs-tasks.amazonaws.com", "glue.amazonaws.com", "codebuild.amazonaws.com", "states.amazonaws.com"}
	lambda := services("lambda.amazonaws.com")
	testRule(t, "FIND-43", []ruleCase{
		{name: "six services", scene: services(six...), edit: cover(iam.SectionCompute), want: []string{"medium role/r"}},
		{name: "five services", scene: services(six[:5]...), edit: cover(iam.SectionCompute)},
		{name: "six functions", scene: lambda, edit: withFunctions(6, ""), want: []string{"medium role/r"}},
		{name: "five functions", scene: lambda, edit: withFunctions(5, "")},
		{name: "instances of one profile", scene: services("ec2.amazonaws.com"), edit: withFunctions(6, "arn:aws:iam::111111111111:instance-profile/p")},
		{name: "eleven principals", scene: named(11), edit: cover(iam.SectionCompute), want: []string{"medium role/r"}},
		{name: "ten principals", scene: named(10), edit: cover(iam.SectionCompute)},
		{name: "compute unknown", scene: lambda, missing: []string{"the compute of the account"}},
	})
}
