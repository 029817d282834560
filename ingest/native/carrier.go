package native

import (
	"cmp"
	"strings"

	"accesspath/policy"
)

// carrierService is the service principal that delivers the sessions of what runs code,
// where the document does not say it: a carrier without one would lead nowhere, and
// silently so (SVC-09, CONV-03). Most services use their own name.
func carrierService(c *Compute) string {
	if c.Service != "" {
		return c.Service
	}
	arn, _ := policy.ParseARN(c.ARN)
	of := strings.FieldsFunc(arn.Resource, func(r rune) bool { return r == ':' || r == '/' })
	kind := c.Kind
	if kind == "" && len(of) > 0 {
		kind = arn.Service + ":" + of[0]
	}
	name, _, _ := strings.Cut(cmp.Or(kind, arn.Service), ":")
	return cmp.Or(otherServices[kind], name) + ".amazonaws.com"
}

// otherServices are by kind the services that deliver sessions under another name than
// that in the kind (SVC-06, SVC-09).
var otherServices = map[string]string{
	"airflow:environment":              "airflow-env",
	"apprunner:service":                "tasks.apprunner",
	"autoscaling:launch-configuration": "ec2",
	"batch:job-definition":             "ecs-tasks",
	"datapipeline:pipeline":            "ec2",
	"ecs:task-definition":              "ecs-tasks",
	"eks:fargate-profile":              "eks-fargate-pods",
	"eks:nodegroup":                    "ec2",
	"eks:pod-identity-association":     "pods.eks",
	"eks:podidentityassociation":       "pods.eks",
	"elasticmapreduce:cluster":         "ec2",
	"iot:rolealias":                    "credentials.iot",
}
