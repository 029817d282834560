package review

import (
	"cmp"
	"slices"
	"strings"

	"accesspath/graph"
	"accesspath/iam"
)

// sharedRole is FIND-43.
func sharedRole() Rule {
	return Rule{ID: "FIND-43", Doc: Doc{
		Title:       "Role that many share",
		Why:         "What a role did cannot be told apart by who used it, and its permissions are the sum of what all of them need.",
		Severity:    Medium,
		Remediation: "Give each workload a role of its own.",
		References:  []string{"AWS IAM User Guide: Security best practices in IAM: Require workloads to use temporary credentials with IAM roles"},
		Since:       "0.2",
		Needs:       []Need{NeedRoles},
		Wants:       []Need{NeedCompute},
	}, check: checkSharedRole}
}

func checkSharedRole(p *pass) []Finding {
	return p.eachRole(func(a *iam.Account, r *iam.Role) (Finding, bool) {
		services, principals := p.trustedNames(r)
		carriers := p.carriers(r)
		var parts []string
		if len(services) > p.o.Workloads {
			parts = append(parts, count(len(services), "service")+": "+some(services))
		}
		if len(carriers) > p.o.Workloads {
			parts = append(parts, count(len(carriers), "workload")+": "+some(carriers))
		}
		if len(principals) > 2*p.o.Workloads {
			parts = append(parts, count(len(principals), "named principal")+": "+some(principals))
		}
		return says("the role is shared by %s", strings.Join(parts, "; ")), len(parts) > 0
	})
}

// trustedNames lists the services and the other principals that a trust policy
// names and that get in.
func (p *pass) trustedNames(r *iam.Role) (services, principals []string) {
	if r.Trust.Document == nil {
		return nil, nil
	}
	for i := range r.Trust.Document.Statements {
		s := &r.Trust.Document.Statements[i]
		if s.Effect.String() != "Allow" || !opensSession(s) {
			continue
		}
		for k := range s.Principal {
			switch e := &s.Principal[k]; {
			case e.Type == "Service" && possible(p.assume(serviceNode(e.Text), r).Requires):
				services = append(services, e.Text)
			case e.Type == "AWS" && !e.Any():
				principals = append(principals, e.Text)
			}
		}
	}
	return sortedUnique(services), sortedUnique(principals)
}

// carriers lists the workloads that hold a role. The instances behind one
// instance profile are one workload: that is how they scale.
func (p *pass) carriers(r *iam.Role) []string {
	var out []string
	for _, c := range p.compute[r.ARN] {
		out = append(out, cmp.Or(c.InstanceProfile, c.ARN))
	}
	return sortedUnique(out)
}

// computeServicePrincipals hand a role's session to code that a customer runs
// (SVC-09).
func computeServicePrincipals() []string {
	return []string{
		"ec2.amazonaws.com", "lambda.amazonaws.com", "edgelambda.amazonaws.com", "ecs-tasks.amazonaws.com", "codebuild.amazonaws.com", "glue.amazonaws.com",
		"sagemaker.amazonaws.com", "tasks.apprunner.amazonaws.com", "batch.amazonaws.com", "elasticmapreduce.amazonaws.com", "pods.eks.amazonaws.com",
		"datapipeline.amazonaws.com", "bedrock-agentcore.amazonaws.com", "ssm.amazonaws.com", "emr-serverless.amazonaws.com",
	}
}

// workloads lists what holds the role: carriers that were read, else the compute
// services that the trust lets in.
func (p *pass) workloads(r *iam.Role) []string {
	if c := p.carriers(r); len(c) > 0 {
		return c
	}
	services, _ := p.trustedNames(r)
	return slices.DeleteFunc(services, func(s string) bool { return !slices.Contains(computeServicePrincipals(), s) })
}

// people lists who of those that assume a role directly is, or stands for,
// people: users, sign-in by SAML, and roles of Identity Center.
func (p *pass) people(r *iam.Role) []string {
	n, ok := p.g.RoleNode(r)
	if !ok {
		return nil
	}
	var out []string
	for e := range p.g.In(n) {
		from := p.g.Node(e.From)
		if from.ID != r.ARN && representsPeople(from) && possible(e.Requires) {
			out = append(out, from.ID)
		}
	}
	return sortedUnique(out)
}

func representsPeople(n *graph.Node) bool {
	switch n.Kind {
	case graph.KindUser:
		return isPerson(n)
	case graph.KindFederated:
		return strings.Contains(n.ID, ":saml-provider/")
	case graph.KindRole:
		_, ok := n.Role.PermissionSet()
		return ok
	}
	return isPerson(n)
}
