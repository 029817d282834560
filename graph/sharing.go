package graph

import (
	"slices"
	"strings"

	"accesspath/policy"
)

// closed are the services whose resources are for their own account, whatever anybody
// wants: they have no policies, and cannot be shared. Of a service with a list only the
// types in it are so. What is missing here counts as open to others (EVAL-22, RPOL-20).
var closed = map[string][]string{
	"autoscaling":      nil,
	"cloudformation":   nil,
	"ecs":              nil,
	"elasticmapreduce": nil,
	"states":           nil,
	"ec2": {"elastic-ip", "instance", "internet-gateway", "key-pair", "launch-template", "natgateway", "network-acl",
		"network-interface", "route-table", "volume"},
}

// byPolicyAlone are services of which a resource is open to other accounts by its policy
// only, or by lists and grants that are read and reported apart (RPOL-06, RPOL-12).
var byPolicyAlone = []string{"dynamodb", "ecr", "kinesis", "kms", "lambda", "s3", "secretsmanager", "sns", "sqs"}

// closedToOthers reports whether nothing can open a resource to other accounts.
func closedToOthers(arn policy.ARN) bool {
	types, ok := closed[arn.Service]
	end := strings.IndexAny(arn.Resource, "/:")
	if end < 0 {
		end = len(arn.Resource)
	}
	return ok && (types == nil || slices.Contains(types, arn.Resource[:end]))
}

// mayBeShared reports whether a resource that has no policy could be open to other
// accounts in some other way, of which no input tells: a share, a permission that is an
// attribute of it (EVAL-22).
func mayBeShared(arn policy.ARN) bool {
	return !closedToOthers(arn) && !slices.Contains(byPolicyAlone, arn.Service)
}
