package ingest

import (
	"slices"
	"strings"
	"testing"

	"accesspath/iam"
)

const roleARN = "arn:aws:iam::111111111111:role/r"

type outputOfCompute struct {
	id, output string
	want       iam.Compute
}

// outputsOfCompute are what the AWS CLI prints, cut to the members that matter,
// and what it is about: ARN, kind, service, then roles and whatever else.
var outputsOfCompute = []outputOfCompute{
	{"IN-25 ec2 describe-instances", `{"Reservations":[{"OwnerId":"111111111111","Groups":[],"ReservationId":"r-1","Instances":[{"InstanceId":"i-0a","State":{"Code":16,"Name":"running"},
		"Placement":{"AvailabilityZone":"eu-west-1a"},"IamInstanceProfile":{"Arn":"arn:aws:iam::111111111111:instance-profile/p","Id":"AIPA1"},"MetadataOptions":{"State":"applied","HttpTokens":"optional","HttpEndpoint":"enabled"}}]}]}`,
		iam.Compute{ARN: "arn:aws:ec2:eu-west-1:111111111111:instance/i-0a", Kind: "ec2:instance", Name: "i-0a", Account: "111111111111", Region: "eu-west-1", Service: "ec2.amazonaws.com",
			InstanceProfile: "arn:aws:iam::111111111111:instance-profile/p", Running: iam.Present, IMDSv1: iam.Present}},
	{"IN-25 ec2 describe-launch-template-versions", `{"LaunchTemplateVersions":[{"LaunchTemplateId":"lt-1","LaunchTemplateName":"web","VersionNumber":1,"CreatedBy":"arn:aws:iam::111111111111:user/u",
		"LaunchTemplateData":{"IamInstanceProfile":{"Name":"p"},"MetadataOptions":{"HttpTokens":"required"}}}],"Region":"eu-west-1"}`,
		iam.Compute{ARN: "arn:aws:ec2:eu-west-1:111111111111:launch-template/lt-1:1", Kind: "ec2:launch-template", Name: "web", Account: "111111111111", Region: "eu-west-1", Service: "ec2.amazonaws.com",
			InstanceProfile: "arn:aws:iam::111111111111:instance-profile/p", IMDSv1: iam.KnownEmpty}},
	{"IN-25 autoscaling describe-launch-configurations", `{"LaunchConfigurations":[{"LaunchConfigurationName":"lc","LaunchConfigurationARN":"arn:aws:autoscaling:eu-west-1:111111111111:launchConfiguration:1:launchConfigurationName/lc","IamInstanceProfile":"p"}]}`,
		iam.Compute{ARN: "arn:aws:autoscaling:eu-west-1:111111111111:launchConfiguration:1:launchConfigurationName/lc", Kind: "autoscaling:launch-configuration", Name: "lc", Account: "111111111111", Region: "eu-west-1",
			Service: "ec2.amazonaws.com", InstanceProfile: "arn:aws:iam::111111111111:instance-profile/p"}},
	{"IN-22 lambda list-functions", `{"Functions":[{"FunctionName":"f","FunctionArn":"arn:aws:lambda:eu-west-1:111111111111:function:f","Runtime":"python3.12","Role":"` + roleARN + `","Environment":{"Variables":{"A":"b"}}}]}`,
		lambdaFunction},
	{"IN-22 lambda get-function", `{"Configuration":{"FunctionName":"f","FunctionArn":"arn:aws:lambda:eu-west-1:111111111111:function:f","Role":"` + roleARN + `"},"Code":{"RepositoryType":"S3","Location":"https://x"},"Tags":{"a":"b"},"Concurrency":{"ReservedConcurrentExecutions":1}}`,
		lambdaFunction},
	{"IN-22 lambda get-function-configuration", `{"FunctionName":"f","FunctionArn":"arn:aws:lambda:eu-west-1:111111111111:function:f","Role":"` + roleARN + `","Handler":"a.b","Version":"$LATEST"}`,
		lambdaFunction},
	{"IN-25 ecs describe-task-definition", `{"taskDefinition":{"taskDefinitionArn":"arn:aws:ecs:eu-west-1:111111111111:task-definition/web:3","containerDefinitions":[{"name":"c"}],"family":"web","taskRoleArn":"` + roleARN + `","executionRoleArn":"arn:aws:iam::111111111111:role/x","status":"ACTIVE"},"tags":[]}`,
		iam.Compute{ARN: "arn:aws:ecs:eu-west-1:111111111111:task-definition/web:3", Kind: "ecs:task-definition", Name: "web", Account: "111111111111", Region: "eu-west-1", Service: "ecs-tasks.amazonaws.com",
			Roles: []string{roleARN}, AgentRoles: []string{"arn:aws:iam::111111111111:role/x"}}},
	{"IN-25 eks describe-pod-identity-association", `{"association":{"clusterName":"c","namespace":"n","serviceAccount":"s","roleArn":"` + roleARN + `","associationArn":"arn:aws:eks:eu-west-1:111111111111:podidentityassociation/c/a-1","associationId":"a-1","tags":{},"disableSessionTags":true,"targetRoleArn":"arn:aws:iam::222222222222:role/t","externalId":"x"}}`,
		iam.Compute{ARN: "arn:aws:eks:eu-west-1:111111111111:podidentityassociation/c/a-1", Kind: "eks:pod-identity-association", Name: "a-1", Account: "111111111111", Region: "eu-west-1", Service: "pods.eks.amazonaws.com",
			Roles: []string{roleARN}, Pod: &iam.Pod{Cluster: "c", Namespace: "n", ServiceAccount: "s", TargetRole: "arn:aws:iam::222222222222:role/t", ExternalID: "x", NoSessionTags: true}}},
	{"IN-25 eks describe-nodegroup", `{"nodegroup":{"nodegroupName":"g","nodegroupArn":"arn:aws:eks:eu-west-1:111111111111:nodegroup/c/g/1","nodeRole":"` + roleARN + `"}}`,
		carrying("arn:aws:eks:eu-west-1:111111111111:nodegroup/c/g/1", "eks:nodegroup", "g", "ec2.amazonaws.com")},
	{"IN-25 emr describe-cluster", `{"Cluster":{"Id":"j-1","Name":"e","ClusterArn":"arn:aws:elasticmapreduce:eu-west-1:111111111111:cluster/j-1","Status":{"State":"TERMINATED"},"Ec2InstanceAttributes":{"IamInstanceProfile":"p"},"ServiceRole":"x"}}`,
		iam.Compute{ARN: "arn:aws:elasticmapreduce:eu-west-1:111111111111:cluster/j-1", Kind: "elasticmapreduce:cluster", Name: "e", Account: "111111111111", Region: "eu-west-1", Service: "ec2.amazonaws.com",
			InstanceProfile: "arn:aws:iam::111111111111:instance-profile/p", AgentRoles: []string{"arn:aws:iam::111111111111:role/x"}, Running: iam.KnownEmpty}},
	{"IN-25 codebuild batch-get-projects", `{"projects":[{"name":"b","arn":"arn:aws:codebuild:eu-west-1:111111111111:project/b","serviceRole":"` + roleARN + `","environment":{"type":"LINUX_CONTAINER"}}],"projectsNotFound":[]}`,
		carrying("arn:aws:codebuild:eu-west-1:111111111111:project/b", "codebuild:project", "b", "codebuild.amazonaws.com")},
	{"IN-25 codepipeline get-pipeline", `{"pipeline":{"name":"p","roleArn":"` + roleARN + `","stages":[]},"metadata":{"pipelineArn":"arn:aws:codepipeline:eu-west-1:111111111111:p","created":"2024-01-01T00:00:00Z"}}`,
		carrying("arn:aws:codepipeline:eu-west-1:111111111111:p", "codepipeline:pipeline", "p", "codepipeline.amazonaws.com")},
	{"IN-25 glue get-jobs", `{"Jobs":[{"Name":"j","Role":"` + roleARN + `","Command":{"Name":"glueetl"}}],"Region":"eu-west-1"}`,
		carrying("arn:aws:glue:eu-west-1:111111111111:job/j", "glue:job", "j", "glue.amazonaws.com")},
	{"IN-25 glue get-dev-endpoints", `{"DevEndpoints":[{"EndpointName":"d","RoleArn":"` + roleARN + `","AvailabilityZone":"eu-west-1b"}]}`,
		carrying("arn:aws:glue:eu-west-1:111111111111:devEndpoint/d", "glue:dev-endpoint", "d", "glue.amazonaws.com")},
	{"IN-25 cloudformation describe-stacks", `{"Stacks":[{"StackId":"arn:aws:cloudformation:eu-west-1:111111111111:stack/s/1","StackName":"s","StackStatus":"CREATE_COMPLETE","RoleARN":"` + roleARN + `"},{"StackId":"arn:aws:cloudformation:eu-west-1:111111111111:stack/none/1","StackName":"none"}]}`,
		carrying("arn:aws:cloudformation:eu-west-1:111111111111:stack/s/1", "cloudformation:stack", "s", "cloudformation.amazonaws.com")},
	{"IN-25 sagemaker describe-notebook-instance", `{"NotebookInstanceArn":"arn:aws:sagemaker:eu-west-1:111111111111:notebook-instance/n","NotebookInstanceName":"n","NotebookInstanceStatus":"Stopped","RoleArn":"` + roleARN + `","InstanceMetadataServiceConfiguration":{"MinimumInstanceMetadataServiceVersion":"2"}}`,
		stopped(carrying("arn:aws:sagemaker:eu-west-1:111111111111:notebook-instance/n", "sagemaker:notebook-instance", "n", "sagemaker.amazonaws.com"))},
	{"IN-25 sagemaker describe-user-profile", `{"DomainId":"d-1","UserProfileArn":"arn:aws:sagemaker:eu-west-1:111111111111:user-profile/d-1/me","UserProfileName":"me","UserSettings":{"ExecutionRole":"` + roleARN + `"}}`,
		carrying("arn:aws:sagemaker:eu-west-1:111111111111:user-profile/d-1/me", "sagemaker:user-profile", "me", "sagemaker.amazonaws.com")},
	{"IN-25 stepfunctions describe-state-machine", `{"stateMachineArn":"arn:aws:states:eu-west-1:111111111111:stateMachine:m","name":"m","status":"ACTIVE","definition":"{}","roleArn":"` + roleARN + `","type":"STANDARD"}`,
		carrying("arn:aws:states:eu-west-1:111111111111:stateMachine:m", "states:state-machine", "m", "states.amazonaws.com")},
	{"IN-25 apprunner describe-service", `{"Service":{"ServiceName":"a","ServiceArn":"arn:aws:apprunner:eu-west-1:111111111111:service/a/1","Status":"RUNNING","InstanceConfiguration":{"Cpu":"1024","InstanceRoleArn":"` + roleARN + `"},"SourceConfiguration":{"AuthenticationConfiguration":{"AccessRoleArn":"arn:aws:iam::111111111111:role/x"}}}}`,
		iam.Compute{ARN: "arn:aws:apprunner:eu-west-1:111111111111:service/a/1", Kind: "apprunner:service", Name: "a", Account: "111111111111", Region: "eu-west-1", Service: "tasks.apprunner.amazonaws.com",
			Roles: []string{roleARN}, AgentRoles: []string{"arn:aws:iam::111111111111:role/x"}, Running: iam.Present}},
	{"IN-25 batch describe-job-definitions", `{"jobDefinitions":[{"jobDefinitionName":"b","jobDefinitionArn":"arn:aws:batch:eu-west-1:111111111111:job-definition/b:1","status":"ACTIVE","ecsProperties":{"taskProperties":[{"taskRoleArn":"` + roleARN + `"}]},"containerProperties":{"jobRoleArn":"` + roleARN + `"}}]}`,
		carrying("arn:aws:batch:eu-west-1:111111111111:job-definition/b:1", "batch:job-definition", "b", "ecs-tasks.amazonaws.com")},
	{"IN-25 bedrock-agent get-agent", `{"agent":{"agentId":"A","agentName":"g","agentArn":"arn:aws:bedrock:eu-west-1:111111111111:agent/A","agentResourceRoleArn":"` + roleARN + `"}}`,
		carrying("arn:aws:bedrock:eu-west-1:111111111111:agent/A", "bedrock:agent", "g", "bedrock.amazonaws.com")},
	{"IN-25 bedrock-agentcore-control get-agent-runtime", `{"agentRuntimeArn":"arn:aws:bedrock-agentcore:eu-west-1:111111111111:runtime/x","agentRuntimeName":"x","roleArn":"` + roleARN + `","status":"READY"}`,
		carrying("arn:aws:bedrock-agentcore:eu-west-1:111111111111:runtime/x", "bedrock-agentcore:runtime", "x", "bedrock-agentcore.amazonaws.com")},
	{"IN-25 ssm describe-activations", `{"ActivationList":[{"ActivationId":"a-1","IamRole":"service-role/h","Expired":true}],"Region":"eu-west-1","AccountId":"111111111111"}`,
		iam.Compute{ARN: "arn:aws:ssm:eu-west-1:111111111111:activation/a-1", Kind: "ssm:activation", Name: "a-1", Account: "111111111111", Region: "eu-west-1", Service: "ssm.amazonaws.com",
			Roles: []string{"arn:aws:iam::111111111111:role/service-role/h"}, Running: iam.KnownEmpty}},
	{"IN-25 iot describe-role-alias", `{"roleAliasDescription":{"roleAlias":"t","roleAliasArn":"arn:aws:iot:eu-west-1:111111111111:rolealias/t","roleArn":"` + roleARN + `"}}`,
		carrying("arn:aws:iot:eu-west-1:111111111111:rolealias/t", "iot:rolealias", "t", "credentials.iot.amazonaws.com")},
	{"IN-25 transfer describe-user", `{"ServerId":"s-1","User":{"Arn":"arn:aws:transfer:eu-west-1:111111111111:user/s-1/bob","Role":"` + roleARN + `","UserName":"bob"}}`,
		carrying("arn:aws:transfer:eu-west-1:111111111111:user/s-1/bob", "transfer:user", "bob", "transfer.amazonaws.com")},
	{"IN-25 datapipeline get-pipeline-definition", `{"objects":[{"id":"Default","role":"DataPipelineDefaultRole","resourceRole":"DataPipelineDefaultResourceRole"}],"PipelineId":"df-1","Region":"eu-west-1","AccountId":"111111111111"}`,
		iam.Compute{ARN: "arn:aws:datapipeline:eu-west-1:111111111111:pipeline/df-1:Default", Kind: "datapipeline:pipeline", Name: "Default", Account: "111111111111", Region: "eu-west-1", Service: "ec2.amazonaws.com",
			InstanceProfile: "arn:aws:iam::111111111111:instance-profile/DataPipelineDefaultResourceRole", AgentRoles: []string{"arn:aws:iam::111111111111:role/DataPipelineDefaultRole"}}},
}

var lambdaFunction = carrying("arn:aws:lambda:eu-west-1:111111111111:function:f", "lambda:function", "f", "lambda.amazonaws.com")

func carrying(arn, kind, name, service string) iam.Compute {
	return iam.Compute{ARN: arn, Kind: kind, Name: name, Account: "111111111111", Region: "eu-west-1", Service: service, Roles: []string{roleARN}}
}

func stopped(c iam.Compute) iam.Compute {
	c.Running, c.IMDSv1 = iam.KnownEmpty, iam.KnownEmpty
	return c
}

func TestIN25Compute(t *testing.T) {
	for _, c := range outputsOfCompute {
		t.Run(c.id, func(t *testing.T) {
			s := load(t, "a.json", c.output)
			wantNo(t, s, "unrecognized")
			wantNo(t, s, "incomplete-output")
			a := only(t, s)
			if len(a.Compute) != 1 {
				t.Fatalf("%d things, want 1; %v", len(a.Compute), s.Diagnostics)
			}
			sameCompute(t, a.Compute[0], &c.want)
		})
	}
}

func sameCompute(t *testing.T, got, want *iam.Compute) {
	t.Helper()
	g, w := *got, *want
	if (g.Pod == nil) != (w.Pod == nil) || g.Pod != nil && *g.Pod != *w.Pod {
		t.Errorf("pod %+v, want %+v", g.Pod, w.Pod)
	}
	if !slices.Equal(g.Roles, w.Roles) || !slices.Equal(g.AgentRoles, w.AgentRoles) {
		t.Errorf("roles %v and %v, want %v and %v", g.Roles, g.AgentRoles, w.Roles, w.AgentRoles)
	}
	fields := func(c iam.Compute) []string {
		return []string{c.ARN, c.Kind, c.Name, c.Account, c.Region, c.Service, c.InstanceProfile, c.Running.String(), c.IMDSv1.String()}
	}
	if a, b := fields(g), fields(w); !slices.Equal(a, b) {
		t.Errorf("got  %q\nwant %q", a, b)
	}
}

// What names neither the account nor a role by ARN needs the account beside it,
// or in the surroundings; lists of other services under the same names are not
// ours.
func TestIN25Surroundings(t *testing.T) {
	const activation = `{"ActivationList":[{"ActivationId":"a-1","IamRole":"h"}]}`
	s := load(t, "a.json", roles(role("r")), "b.json", activation)
	if d := find(s, "incomplete-output"); len(d) != 1 || d[0].Message != `ssm describe-activations does not say in which account "a-1" is; it is skipped` {
		t.Errorf("%v", s.Diagnostics)
	}
	s = load(t, "a.json", roles(role("r")), "b.json", `{"Jobs":[{"Name":"j","Role":"`+roleARN+`"}]}`)
	if d := find(s, "incomplete-output"); len(d) != 1 || d[0].Message != `glue get-jobs does not say in which region "j" is; one of that name elsewhere would count as the same` || len(only(t, s).Compute) != 1 {
		t.Errorf("%v", s.Diagnostics)
	}
	s = load(t, "b.json", `{"111111111111":`+activation+`}`)
	if c := only(t, s).Compute; len(c) != 1 || c[0].Roles[0] != "arn:aws:iam::111111111111:role/h" {
		t.Errorf("%v %v", c, s.Diagnostics)
	}
	for _, foreign := range []string{`{"Cluster":{"ClusterIdentifier":"redshift"}}`, `{"Service":{"Id":"sd"}}`, `{"Jobs":[{"Id":"other"}]}`, `{"Functions":"x"}`, `{"Reservations":{}}`, `{"Stacks":[1,null,"x",[[]]]}`} {
		s := load(t, "a.json", roles(role("r")), "b.json", foreign)
		if c := only(t, s).Compute; len(c) != 0 {
			t.Errorf("%s: %+v", foreign, c[0])
		}
	}
	s = load(t, "a.json", roles(role("r")), "b.json", `{"Reservations":[{"OwnerId":"111111111111","Instances":[{"InstanceId":"i-1"}]}]}`)
	if c := only(t, s).Compute; len(c) != 0 {
		t.Errorf("an instance without a profile carries nothing: %+v", c[0])
	}
	wantNo(t, s, "unrecognized")
}

// The same thing told by two commands is one, and so are versions that carry the
// same.
func TestIN25Pieces(t *testing.T) {
	const list = `{"associations":[{"clusterName":"c","namespace":"n","serviceAccount":"s","associationArn":"arn:aws:eks:eu-west-1:111111111111:podidentityassociation/c/a-1","associationId":"a-1"}]}`
	i := slices.IndexFunc(outputsOfCompute, func(c outputOfCompute) bool { return strings.Contains(c.id, "describe-pod-identity") })
	one := outputsOfCompute[i].output
	for _, files := range [][]string{{"a.json", list, "b.json", one}, {"a.json", one, "b.json", list}} {
		s := load(t, files...)
		a := only(t, s)
		if len(a.Compute) != 1 || len(a.Compute[0].Roles) != 1 || a.Compute[0].Pod.TargetRole == "" {
			t.Errorf("%+v", a.Compute)
		}
	}
	s := load(t, "a.json", `{"AccountId":"111111111111","LaunchTemplateVersions":[`+
		`{"LaunchTemplateId":"lt-1","LaunchTemplateName":"web","VersionNumber":1,"LaunchTemplateData":{"IamInstanceProfile":{"Name":"p"}}},`+
		`{"LaunchTemplateId":"lt-1","LaunchTemplateName":"web","VersionNumber":2,"LaunchTemplateData":{"IamInstanceProfile":{"Name":"p"}}},`+
		`{"LaunchTemplateId":"lt-1","LaunchTemplateName":"web","VersionNumber":3,"LaunchTemplateData":{"IamInstanceProfile":{"Name":"q"}}}]}`)
	if c := only(t, s).Compute; len(c) != 2 || !strings.HasSuffix(c[1].InstanceProfile, "/q") {
		t.Errorf("%+v %v", c, s.Diagnostics)
	}
}

// Where a service holds a role by its name, the role of that name is meant,
// whatever its path (GAAD-11).
func TestIN25Names(t *testing.T) {
	s := load(t, "a.json", `{"RoleDetailList":[{"RoleName":"Glue","Path":"/service-role/","RoleId":"AROA1","Arn":"arn:aws:iam::111111111111:role/service-role/Glue","AssumeRolePolicyDocument":`+trustDoc+`,
		"InstanceProfileList":[{"InstanceProfileName":"web","InstanceProfileId":"AIPA1","Arn":"arn:aws:iam::111111111111:instance-profile/app/web","Roles":[]}]}]}`,
		"b.json", `{"AccountId":"111111111111","Region":"eu-west-1","Jobs":[{"Name":"j","Role":"glue"},{"Name":"k","Role":"other"}]}`,
		"c.json", `{"AccountId":"111111111111","Region":"eu-west-1","LaunchTemplateVersions":[{"LaunchTemplateId":"lt-1","VersionNumber":1,"LaunchTemplateData":{"IamInstanceProfile":{"Name":"web"}}}]}`)
	a := only(t, s)
	if len(a.Compute) != 3 {
		t.Fatalf("%+v %v", a.Compute, s.Diagnostics)
	}
	if got := a.Compute[0].InstanceProfile; got != "arn:aws:iam::111111111111:instance-profile/app/web" {
		t.Errorf("profile %s", got)
	}
	if got := a.Compute[1].Roles[0]; got != "arn:aws:iam::111111111111:role/service-role/Glue" {
		t.Errorf("role %s", got)
	}
	if got := a.Compute[2].Roles[0]; got != "arn:aws:iam::111111111111:role/other" {
		t.Errorf("role %s", got)
	}
}
