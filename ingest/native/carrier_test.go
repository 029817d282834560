package native

import "testing"

// A carrier is of use only if the trust policies of its roles can be held against the
// service that delivers the sessions (SVC-06, SVC-09).
func TestCarrierService(t *testing.T) {
	for _, c := range []struct {
		name, want string
		in         Compute
	}{
		{"SVC-09 said", "x.amazonaws.com", Compute{ARN: "arn:aws:lambda:eu-west-1:111111111111:function:f", Service: "x.amazonaws.com"}},
		{"SVC-06 by the kind", "lambda.amazonaws.com", Compute{ARN: "arn:aws:lambda:eu-west-1:111111111111:function:f", Kind: "lambda:function"}},
		{"SVC-06 under another name", "ecs-tasks.amazonaws.com", Compute{ARN: "arn:aws:ecs:eu-west-1:111111111111:task-definition/t:1", Kind: "ecs:task-definition"}},
		{"SVC-06 by the ARN", "ecs-tasks.amazonaws.com", Compute{ARN: "arn:aws:ecs:eu-west-1:111111111111:task-definition/t:1"}},
		{"SVC-03 an instance", "ec2.amazonaws.com", Compute{ARN: "arn:aws:ec2:eu-west-1:111111111111:instance/i-1"}},
		{"FED-15 pods", "pods.eks.amazonaws.com", Compute{ARN: "arn:aws:eks:eu-west-1:111111111111:podidentityassociation/c/a-1"}},
	} {
		if got := carrierService(&c.in); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}
