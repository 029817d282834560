package cloudformation

import (
	"strings"

	"accesspath/ingest/internal/declared"
	"accesspath/ingest/internal/scan"
)

// A kind says how a type of resource is named.
type kind struct {
	name    string // property; "" if AWS always makes the name up
	service string
	prefix  string // of the resource part of the ARN
	path    bool   // property Path stands between
	global  bool   // the ARN has no region
	bare    bool   // nor an account
	ref     string // what Ref gives: "name", "arn", "url"; "" is "name"
	arn     string // the attribute that gives the ARN; "" is Arn
	value   string // a further attribute that gives the name
}

var kinds = map[string]kind{
	"AWS::IAM::User":                         {name: "UserName", service: "iam", prefix: "user", path: true, global: true},
	"AWS::IAM::Group":                        {name: "GroupName", service: "iam", prefix: "group", path: true, global: true},
	"AWS::IAM::Role":                         {name: "RoleName", service: "iam", prefix: "role", path: true, global: true},
	"AWS::IAM::ManagedPolicy":                {name: "ManagedPolicyName", service: "iam", prefix: "policy", path: true, global: true, ref: "arn", arn: "PolicyArn"},
	"AWS::IAM::InstanceProfile":              {name: "InstanceProfileName", service: "iam", prefix: "instance-profile", path: true, global: true},
	"AWS::IAM::OIDCProvider":                 {name: "Url", service: "iam", prefix: "oidc-provider/", global: true, ref: "arn"},
	"AWS::IAM::SAMLProvider":                 {name: "Name", service: "iam", prefix: "saml-provider/", global: true, ref: "arn"},
	"AWS::S3::Bucket":                        {name: "BucketName", service: "s3", global: true, bare: true},
	"AWS::SQS::Queue":                        {name: "QueueName", service: "sqs", ref: "url", value: "QueueName"},
	"AWS::SNS::Topic":                        {name: "TopicName", service: "sns", ref: "arn", arn: "TopicArn", value: "TopicName"},
	"AWS::KMS::Key":                          {service: "kms", prefix: "key/", value: "KeyId"},
	"AWS::SecretsManager::Secret":            {service: "secretsmanager", prefix: "secret:", ref: "arn", arn: "Id"},
	"AWS::ECR::Repository":                   {name: "RepositoryName", service: "ecr", prefix: "repository/"},
	"AWS::DynamoDB::Table":                   {name: "TableName", service: "dynamodb", prefix: "table/"},
	"AWS::Lambda::Function":                  {name: "FunctionName", service: "lambda", prefix: "function:"},
	"AWS::EC2::Instance":                     {service: "ec2", prefix: "instance/", value: "InstanceId"},
	"AWS::EC2::LaunchTemplate":               {service: "ec2", prefix: "launch-template/", value: "LaunchTemplateId"},
	"AWS::ECS::TaskDefinition":               {service: "ecs", prefix: "task-definition/", ref: "arn", arn: "TaskDefinitionArn"},
	"AWS::CodeBuild::Project":                {name: "Name", service: "codebuild", prefix: "project/"},
	"AWS::StepFunctions::StateMachine":       {name: "StateMachineName", service: "states", prefix: "stateMachine:", ref: "arn", value: "Name"},
	"AWS::Glue::Job":                         {name: "Name", service: "glue", prefix: "job/"},
	"AWS::SageMaker::NotebookInstance":       {name: "NotebookInstanceName", service: "sagemaker", prefix: "notebook-instance/", ref: "arn"},
	"AWS::SSO::PermissionSet":                {name: "Name", service: "sso", ref: "arn", arn: "PermissionSetArn"},
	"AWS::Organizations::Policy":             {service: "organizations", prefix: "policy/", value: "Id"},
	"AWS::Organizations::OrganizationalUnit": {service: "organizations", prefix: "ou/", value: "Id"},
}

// name is the name of a resource, or a placeholder for one that is made up.
func (d *decoder) name(r *resource) string {
	if r.named != nil {
		return *r.named
	}
	set := func(s string) string { r.named = &s; return s }
	k := kinds[r.typ]
	if k.name == "" {
		d.Unknown(r.n.place, r.id, "AWS makes its id up; it stands under %s, which no policy can mean", declared.Placeholder(r.id))
		return set(declared.Placeholder(r.id))
	}
	key := "resource " + r.id
	if !d.enter(key, r.n) {
		return declared.Placeholder(r.id)
	}
	defer d.leave(key)
	v := d.eval(r.props.get(k.name))
	if v == nil || v.kind == nothing {
		d.Unknown(r.n.place, r.id, "CloudFormation makes its name up; it stands under %s, which no policy can mean", declared.Placeholder(r.id))
		return set(declared.Placeholder(r.id))
	}
	if why := v.hangs(); why != "" || v.string() == "" {
		d.Unknown(v.place, r.id, "its name is not known (it hangs on %s); it stands under %s, which no policy can mean", scan.Clip(why), declared.Placeholder(r.id))
		return set(declared.Placeholder(r.id))
	}
	return set(v.string())
}

// arnOf is the ARN of a resource; why names the unknown value that it hangs on.
func (d *decoder) arnOf(r *resource) (arn, why string) {
	k, ok := kinds[r.typ]
	if !ok {
		return "", "the ARN of " + r.id + " (" + scan.Clip(r.typ) + ")"
	}
	name := d.name(r)
	if r.typ == "AWS::IAM::OIDCProvider" {
		name = strings.TrimPrefix(name, "https://")
	}
	if k.path {
		path, why := d.textOf(r.props.get("Path"))
		if why != "" {
			return "", why
		}
		name = declared.Path(path) + name
	}
	region, account := d.region, d.account
	if k.bare {
		account = ""
	}
	if k.global {
		region = ""
	} else if region == "" {
		return "", "AWS::Region"
	}
	return d.home.ARN(k.service, region, account, k.prefix+name), ""
}

// physical is what Ref gives of a resource.
func (d *decoder) physical(n *node, r *resource) *node {
	k, ok := kinds[r.typ]
	switch {
	case !ok:
		return unknownAt(n, "%s (%s), which AWS names", scan.Clip(r.id), scan.Clip(r.typ))
	case k.ref == "arn":
		return d.arnNode(n, r)
	case k.ref == "url":
		if d.region == "" {
			return unknownAt(n, "AWS::Region")
		}
		return textAt(n, "https://sqs."+d.region+"."+urlSuffix(d.home.Partition)+"/"+d.account+"/"+d.name(r))
	}
	return textAt(n, d.name(r))
}

func (d *decoder) arnNode(n *node, r *resource) *node {
	arn, why := d.arnOf(r)
	if why != "" {
		return unknownAt(n, "%s", why)
	}
	return textAt(n, arn)
}

// attribute is what GetAtt gives.
func (d *decoder) attribute(n *node, id, attr string) *node {
	r := d.resources[id]
	if r == nil {
		return unknownAt(n, "%s, which the template does not have", scan.Clip(id))
	}
	k, ok := kinds[r.typ]
	switch {
	case ok && (attr == k.arn || attr == "Arn" && k.arn == ""):
		return d.arnNode(n, r)
	case ok && attr == "Arn" && r.typ == "AWS::KMS::Key":
		return d.arnNode(n, r)
	case ok && k.value != "" && attr == k.value:
		return textAt(n, d.name(r))
	}
	return unknownAt(n, "%s, which is known once the stack is made", scan.Clip(id+"."+attr))
}

// textOf evaluates a property to text; both are "" if there is none.
func (d *decoder) textOf(n *node) (s, why string) {
	v := d.eval(n)
	if v == nil || v.kind == nothing || v.kind == null {
		return "", ""
	}
	return v.string(), v.hangs()
}

// listOf evaluates a property to texts; why names the first unknown of them. A
// single text counts as a list of one.
func (d *decoder) listOf(n *node) (list []string, why string) {
	v := d.eval(n)
	if v == nil || v.kind == nothing {
		return nil, ""
	}
	items := v.items
	if v.is(text) {
		items = []*node{v}
	}
	for _, i := range items {
		if s := i.string(); s != "" {
			list = append(list, s)
		}
		for _, inner := range i.items { // If inside a list may give a list
			if s := inner.string(); s != "" {
				list = append(list, s)
			}
		}
	}
	return list, v.hangs()
}
