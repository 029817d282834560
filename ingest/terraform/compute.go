package terraform

import (
	"cmp"
	"strings"

	"accesspath/iam"
	"accesspath/ingest/internal/declared"
	"accesspath/policy"
)

// A computeCarrier is a type of resource that holds a role (SVC-09, IN-25).
type computeCarrier struct {
	kind, service string   // as in iam.Compute
	form          string   // of the ARN where it is not known: service:prefix
	name          string   // attribute
	roles, agents []string // attributes with ARNs, or names, of roles
	profile       string   // attribute with the name or ARN of an instance profile
}

var computeCarriers = map[string]computeCarrier{
	"aws_instance":             {kind: "ec2:instance", service: "ec2.amazonaws.com", form: "ec2:instance/", profile: "iam_instance_profile"},
	"aws_launch_template":      {kind: "ec2:launch-template", service: "ec2.amazonaws.com", form: "ec2:launch-template/", name: "name", profile: "iam_instance_profile"},
	"aws_launch_configuration": {kind: "autoscaling:launch-configuration", service: "ec2.amazonaws.com", form: "autoscaling:launchConfiguration:", name: "name", profile: "iam_instance_profile"},
	"aws_lambda_function":      {kind: "lambda:function", service: "lambda.amazonaws.com", form: "lambda:function:", name: "function_name", roles: []string{"role"}},
	"aws_ecs_task_definition":  {kind: "ecs:task-definition", service: "ecs-tasks.amazonaws.com", form: "ecs:task-definition/", name: "family", roles: []string{"task_role_arn"}, agents: []string{"execution_role_arn"}},
	"aws_eks_node_group":       {kind: "eks:nodegroup", service: "ec2.amazonaws.com", form: "eks:nodegroup/", name: "node_group_name", roles: []string{"node_role_arn"}},
	"aws_eks_fargate_profile":  {kind: "eks:fargate-profile", service: "eks-fargate-pods.amazonaws.com", form: "eks:fargateprofile/", name: "fargate_profile_name", agents: []string{"pod_execution_role_arn"}},
	"aws_codebuild_project":    {kind: "codebuild:project", service: "codebuild.amazonaws.com", form: "codebuild:project/", name: "name", roles: []string{"service_role"}},
	"aws_glue_job":             {kind: "glue:job", service: "glue.amazonaws.com", form: "glue:job/", name: "name", roles: []string{"role_arn"}},
	"aws_glue_dev_endpoint":    {kind: "glue:dev-endpoint", service: "glue.amazonaws.com", form: "glue:devEndpoint/", name: "name", roles: []string{"role_arn"}},
	"aws_sfn_state_machine":    {kind: "states:state-machine", service: "states.amazonaws.com", form: "states:stateMachine:", name: "name", roles: []string{"role_arn"}},
	"aws_sagemaker_notebook_instance": {kind: "sagemaker:notebook-instance", service: "sagemaker.amazonaws.com", form: "sagemaker:notebook-instance/", name: "name",
		roles: []string{"role_arn"}},
}

func (c computeCarrier) handler() *handler {
	return &handler{place: true, drop: removeARN, add: func(d *decoder, r *resource) { c.add(d, r) }}
}

func (c computeCarrier) add(d *decoder, r *resource) {
	h := d.homeOf(r)
	x := &iam.Compute{ARN: d.arn(r), Kind: c.kind, Service: c.service, Account: h.Account, Region: h.Region, Origin: r.origin()}
	if x.ARN == "" { // it holds a role whatever it will be called
		service, prefix, _ := strings.Cut(c.form, ":")
		x.ARN = h.ARN(service, h.Region, h.Account, prefix+declared.Placeholder(r.address))
		d.Unknown(r.origin(), r.address, "its ARN is not known before apply; it stands as %s", x.ARN)
	}
	if arn, ok := policy.ParseARN(x.ARN); ok {
		x.Account, x.Region = arn.Account, arn.Region
	}
	x.Name, _ = d.known(r, cmp.Or(c.name, "id"))
	for _, attr := range c.roles {
		x.Roles = append(x.Roles, c.role(d, r, attr)...)
	}
	for _, attr := range c.agents {
		x.AgentRoles = append(x.AgentRoles, c.role(d, r, attr)...)
	}
	if c.profile != "" {
		x.InstanceProfile = c.profileARN(d, r)
		c.instance(r, x)
	}
	a := d.accountOf(x.Account, d.place)
	a.Compute = append(a.Compute, x)
	if c.kind == "lambda:function" {
		d.resource(x.ARN, r)
	}
}

func (c computeCarrier) role(d *decoder, r *resource, attr string) []string {
	role, unknown := d.text(r, attr)
	if unknown != "" {
		d.Unknown(r.origin(), r.address, "its role is not known (%s)", unknown)
	}
	if role = d.arnByName(r, "aws_iam_role", "role", role); role == "" {
		return nil
	}
	return []string{role}
}

// profileARN reads a name, an ARN, or a block with one of them.
func (c computeCarrier) profileARN(d *decoder, r *resource) string {
	text, unknown := "", ""
	for _, block := range r.values.Value.Get(c.profile).Elements() {
		text = cmp.Or(block.Get("arn").Text(), block.Get("name").Text(), text)
	}
	if text == "" {
		text, unknown = d.text(r, c.profile)
	}
	if unknown != "" {
		d.Unknown(r.origin(), r.address, "its instance profile is not known (%s)", unknown)
	}
	return d.arnByName(r, "aws_iam_instance_profile", "instance-profile", text)
}

// instance reads whether it runs, and whether IMDSv1 answers (SVC-04).
func (c computeCarrier) instance(r *resource, x *iam.Compute) {
	switch r.values.Value.Get("instance_state").Text() {
	case "running", "pending":
		x.Running = iam.Present
	case "stopped", "stopping", "shutting-down", "terminated":
		x.Running = iam.KnownEmpty
	}
	for _, m := range r.values.Value.Get("metadata_options").Elements() {
		switch {
		case m.Get("http_endpoint").Text() == "disabled" || m.Get("http_tokens").Text() == "required":
			x.IMDSv1 = iam.KnownEmpty
		case m.Get("http_tokens").Text() == "optional":
			x.IMDSv1 = iam.Present
		}
	}
}
