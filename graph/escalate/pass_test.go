package escalate_test

import (
	"accesspath/iam"
	"accesspath/internal/fixture"
)

const function, instance = "arn:aws:lambda:us-east-1:111111111111:function:f", "arn:aws:ec2:us-east-1:111111111111:instance/i-1"

// emr is a role r for instances and a service role s of EMR.
const emr = "add: A:role/s\ntp(A:role/s): P=Service:elasticmapreduce\ntp(r): P=Service:ec2\nprofile(r): p"

// stackSet is an administration role r and an execution role x.
const stackSet = "add: A:role/x\ntp(r): P=Service:cloudformation\nid(r): +sts:AssumeRole@A:role/x\ntp(A:role/x): P=r"

var passCases = []wayCase{
	{"ESC-06", "the role trusts another service", "tp(r): P=Service:ec2\nid(u): +iam:PassRole@r ; +lambda:*@*", nil, "", "u lambda-invoke none"},
	{"ESC-06", "to another service only", "tp(r): P=Service:lambda\nid(u): +iam:PassRole@r ?{StringEquals iam:PassedToService=ec2.amazonaws.com} ; +lambda:*@*", nil, "", "u lambda-invoke none"},
	{"ESC-06", "to this service", "tp(r): P=Service:lambda\nid(u): +iam:PassRole@r ?{StringEquals iam:PassedToService=lambda.amazonaws.com} ; +lambda:*@*", nil, "", "u lambda-invoke r ALLOW"},
	{"CKEY-41", "for things of another service", "tp(r): P=Service:lambda\nid(u): +iam:PassRole@r ?{ArnLike iam:AssociatedResourceArn=arn:aws:ec2:*:A:instance/*} ; +lambda:*@*", nil, "", "u lambda-invoke none"},
	{"CKEY-41", "for things of this service", "tp(r): P=Service:lambda\nid(u): +iam:PassRole@r ?{ArnLike iam:AssociatedResourceArn=arn:aws:lambda:*:A:function:*} ; +lambda:*@*", nil, "", "u lambda-invoke r ALLOW"},
	{"CKEY-41", "for things of any service", "tp(r): P=Service:lambda\nid(u): +iam:PassRole@r ?{ArnLike iam:AssociatedResourceArn=arn:aws:*:*:A:*} ; +lambda:*@*", nil, "", "u lambda-invoke r ALLOW"},
	{"CKEY-41", "denied for things of another service", "tp(r): P=Service:lambda\nid(u): +iam:PassRole@r ; -iam:PassRole@* ?{ArnLike iam:AssociatedResourceArn=arn:aws:ec2:*:A:instance/*} ; +lambda:*@*", nil, "", "u lambda-invoke r ALLOW"},
	{"CKEY-41", "denied for all but things of another service", "tp(r): P=Service:lambda\nid(u): +iam:PassRole@r ; -iam:PassRole@* ?{ArnNotLike iam:AssociatedResourceArn=arn:aws:ec2:*:A:instance/*} ; +lambda:*@*", nil, "", "u lambda-invoke none"},
	{"CKEY-41", "a task whose service is named otherwise", "tp(r): P=Service:ecs-tasks\nid(u): +iam:PassRole@r ?{ArnLike iam:AssociatedResourceArn=arn:aws:ecs:*:A:*} ; +ecs:*@*", nil, "", "u ecs-cluster-task r ALLOW"},
	{"ESC-06", "a role of another account", "tp(q): P=Service:lambda\nid(u): +iam:PassRole@* ; +lambda:*@*", nil, "", "u lambda-invoke none"},
	{"ESC-06", "a dead condition on the trust", "tp(r): P=Service:lambda ?{StringEquals aws:SourceAccount=222222222222}\nid(u): +iam:PassRole@* ; +lambda:*@*", nil, "", "u lambda-invoke none"},
	{"ESC-06", "a condition that the account meets", "tp(r): P=Service:lambda ?{StringEquals aws:SourceAccount=111111111111}\nid(u): +iam:PassRole@* ; +lambda:*@*", nil, "", "u lambda-invoke r ALLOW"},
	{"ESC-08", "what the requests ask for adds up", "tp(r): P=Service:lambda\nid(u): +iam:PassRole@r ; +[lambda:CreateFunction,lambda:InvokeFunction]@* ?{IpAddress aws:SourceIp=203.0.113.0/24}", nil, "", "u lambda-invoke r ALLOW_IF"},

	{"ESC-17", "invoke", "tp(r): P=Service:lambda\nid(u): +iam:PassRole@r ; +[lambda:CreateFunction,lambda:InvokeFunction]@*", nil, "", "u lambda-invoke r ALLOW\nu lambda-add-permission none"},
	{"ESC-17", "one function name for both", "tp(r): P=Service:lambda\nid(u): +iam:PassRole@r ; +lambda:CreateFunction@A:function/a* ; +lambda:InvokeFunction@A:function/b*", nil, "", "u lambda-invoke none"},
	{"ESC-17", "a function that is there cannot be made", "tp(r): P=Service:lambda\nadd: A:role/x\nid(u): +iam:PassRole@r ; +[lambda:CreateFunction,lambda:InvokeFunction]@" + function, carries("lambda:function", function, "A:role/x"), "", "u lambda-invoke none"},
	{"ESC-17", "another function can be made", "tp(r): P=Service:lambda\nadd: A:role/x\nid(u): +iam:PassRole@r ; +[lambda:CreateFunction,lambda:InvokeFunction]@[" + function + "," + function + "2]", carries("lambda:function", function, "A:role/x"), "", "u lambda-invoke r ALLOW"},
	{"ESC-18", "a profile that is there cannot be made", "tp(r): P=Service:ec2\nadd: A:role/meek\nprofile(A:role/meek): p\nid(u): +iam:PassRole@r ; +ec2:RunInstances@* ; +[iam:CreateInstanceProfile,iam:AddRoleToInstanceProfile]@arn:aws:iam::111111111111:instance-profile/p", nil, "", "u run-instances none"},
	{"ESC-17", "a pattern of names", "tp(r): P=Service:lambda\nid(u): +iam:PassRole@r ; +[lambda:CreateFunction,lambda:InvokeFunction]@A:function/dev-*", nil, "", "u lambda-invoke r ALLOW"},
	{"ESC-17", "nothing runs it", "tp(r): P=Service:lambda\nid(u): +iam:PassRole@r ; +lambda:CreateFunction@*", nil, "", "u lambda-invoke none\nu lambda-event-source none"},
	{"ESC-17", "an event source, a permission, a URL", "tp(r): P=Service:lambda\nid(u): +iam:PassRole@r ; +[lambda:CreateFunction,lambda:CreateEventSourceMapping,lambda:AddPermission,lambda:CreateFunctionUrlConfig]@*", nil, "",
		"u lambda-event-source r ALLOW\nu lambda-add-permission r ALLOW\nu lambda-url r ALLOW"},
	{"ESC-17", "in one region only", "tp(r): P=Service:lambda\nid(u): +iam:PassRole@r ; +[lambda:CreateFunction,lambda:InvokeFunction]@* ?{StringEquals aws:RequestedRegion=eu-central-1}", nil, "", "u lambda-invoke r ALLOW"},

	{"ESC-18", "a role with a profile", "tp(r): P=Service:ec2\nprofile(r): p\nid(u): +iam:PassRole@r ; +ec2:RunInstances@*", nil, "", "u run-instances r ALLOW"},
	{"ESC-18", "a role without a profile", "tp(r): P=Service:ec2\nid(u): +iam:PassRole@r ; +ec2:RunInstances@*", nil, "", "u run-instances none"},
	{"ESC-18", "a profile can be made", "tp(r): P=Service:ec2\nid(u): +iam:PassRole@r ; +[ec2:RunInstances,ec2:RequestSpotInstances,iam:CreateInstanceProfile,iam:AddRoleToInstanceProfile]@*", nil, "", "u run-instances r ALLOW\nu request-spot-instances r ALLOW"},
	{"ESC-18", "the profile of another role can be refilled", "tp(r): P=Service:ec2\nadd: A:role/meek\ntp(A:role/meek): P=Service:ec2\nprofile(A:role/meek): p\nid(u): +iam:PassRole@r ; +[ec2:RunInstances,iam:RemoveRoleFromInstanceProfile,iam:AddRoleToInstanceProfile]@*", nil, "", "u run-instances r ALLOW"},
	{"ESC-18", "the profile of another role is full", "tp(r): P=Service:ec2\nadd: A:role/meek\ntp(A:role/meek): P=Service:ec2\nprofile(A:role/meek): p\nid(u): +iam:PassRole@r ; +[ec2:RunInstances,iam:AddRoleToInstanceProfile]@*", nil, "", "u run-instances none"},
	{"ESC-18", "there is no profile to refill", "tp(r): P=Service:ec2\nid(u): +iam:PassRole@r ; +[ec2:RunInstances,iam:RemoveRoleFromInstanceProfile,iam:AddRoleToInstanceProfile]@*", nil, "", "u run-instances none"},
	{"ESC-18", "fleets", "tp(r): P=Service:ec2\nprofile(r): p\nadd: A:role/f\ntp(A:role/f): P=Service:spotfleet\nid(u): +iam:PassRole@* ; +[ec2:CreateLaunchTemplate,ec2:CreateFleet,ec2:RunInstances,ec2:RequestSpotFleet]@*", nil, "", "u ec2-fleet r ALLOW\nu spot-fleet r ALLOW"},
	{"ESC-18", "a spot fleet without a fleet role", "tp(r): P=Service:ec2\nprofile(r): p\nid(u): +iam:PassRole@* ; +ec2:RequestSpotFleet@*", nil, "", "u spot-fleet none"},
	{"ESC-18", "instances without images", "tp(r): P=Service:ec2\nprofile(r): p\nid(u): +iam:PassRole@r ; +ec2:RunInstances@arn:aws:ec2:*:*:instance/*", nil, "", "u run-instances none"},

	{"ESC-19", "a stack", "tp(r): P=Service:cloudformation\nid(u): +iam:PassRole@r ; +cloudformation:CreateStack@*", nil, "", "u create-stack r ALLOW\nu create-stack-set none"},
	{"ESC-19", "no role to pass", "tp(r): P=Service:cloudformation\nid(u): +iam:PassRole@A:role/other ; +cloudformation:CreateStack@*", nil, "", "u create-stack none"},
	{"ESC-19", "a change set", "tp(r): P=Service:cloudformation\nid(u): +iam:PassRole@r ; +[cloudformation:CreateChangeSet,cloudformation:ExecuteChangeSet]@*", nil, "", "u new-change-set r ALLOW"},
	{"ESC-19", "a stack set acts through the execution role", stackSet + "\nid(u): +iam:PassRole@r ; +[cloudformation:CreateStackSet,cloudformation:CreateStackInstances,cloudformation:UpdateStackSet]@*", nil, "",
		"u create-stack-set A:role/x ALLOW\nu create-stack-set r none\nu update-stack-set A:role/x ALLOW_IF"},
	{"ESC-19", "no execution role trusts the administration role", "tp(r): P=Service:cloudformation\nid(r): +*@*\nid(u): +iam:PassRole@r ; +[cloudformation:CreateStackSet,cloudformation:CreateStackInstances,cloudformation:UpdateStackSet]@*", nil, "",
		"u create-stack-set none\nu update-stack-set none"},
	{"ESC-19", "the administration role may not be passed", stackSet + "\nid(u): +iam:PassRole@A:role/x ; +[cloudformation:CreateStackSet,cloudformation:CreateStackInstances]@*", nil, "", "u create-stack-set none"},
	{"ESC-19", "a stack that is there", "tp(r): P=Service:cloudformation\nadd: A:role/x\nid(u): +iam:PassRole@r ; +cloudformation:UpdateStack@*",
		carries("cloudformation:stack", "arn:aws:cloudformation:us-east-1:111111111111:stack/s/1", "A:role/x"), "", "u update-stack-role r ALLOW"},
	{"ESC-19", "no stack is there", "tp(r): P=Service:cloudformation\nid(u): +iam:PassRole@r ; +cloudformation:UpdateStack@*", nil, "", "u update-stack-role none"},

	{"ESC-20", "containers", "tp(r): P=Service:ecs-tasks\nid(u): +iam:PassRole@r ; +ecs:*@*", nil, "",
		"u ecs-cluster-task r ALLOW\nu ecs-cluster-service r ALLOW\nu ecs-run-task r ALLOW_IF\nu ecs-service r ALLOW_IF\nu ecs-start-task r ALLOW_IF"},
	{"ESC-20", "builds", "tp(r): P=Service:codebuild\nid(u): +iam:PassRole@r ; +codebuild:*@*", nil, "", "u codebuild-build r ALLOW\nu codebuild-batch r ALLOW"},
	{"ESC-20", "jobs", "tp(r): P=Service:glue\nid(u): +iam:PassRole@r ; +glue:*@*", nil, "", "u glue-dev-endpoint r ALLOW\nu glue-job r ALLOW\nu glue-job-trigger r ALLOW\nu glue-update-job none"},
	{"ESC-20", "a job that is there", "tp(r): P=Service:glue\nid(u): +iam:PassRole@r ; +[glue:UpdateJob,glue:StartJobRun,glue:CreateTrigger]@*",
		carries("glue:job", "arn:aws:glue:us-east-1:111111111111:job/j", "r"), "", "u glue-update-job r ALLOW\nu glue-update-job-trigger r ALLOW"},
	{"ESC-20", "notebooks, training and processing", "tp(r): P=Service:sagemaker\nid(u): +iam:PassRole@r ; +sagemaker:*@*", nil, "", "u sagemaker-notebook r ALLOW\nu sagemaker-training r ALLOW\nu sagemaker-processing r ALLOW"},
	{"ESC-20", "App Runner, pipelines, interpreters", `
		tp(r): P=Service:tasks.apprunner
		add: A:role/d A:role/i
		tp(A:role/d): P=Service:datapipeline
		tp(A:role/i): P=Service:bedrock-agentcore
		id(u): +iam:PassRole@* ; +[apprunner:*,datapipeline:*,bedrock-agentcore:*]@*`, nil, "",
		"u apprunner-service r ALLOW\nu data-pipeline A:role/d ALLOW\nu agentcore-interpreter A:role/i ALLOW"},
	{"ESC-20", "a service that nobody trusts", "tp(r): P=Service:s3\nid(u): +iam:PassRole@* ; +[glue:*,ecs:*,codebuild:*,sagemaker:*]@*", nil, "", "u glue-job none\nu ecs-cluster-task none\nu codebuild-build none\nu sagemaker-notebook none"},
	{"ESC-20", "clusters of instances, agents, batches", `
		tp(r): P=Service:ec2
		profile(r): p
		add: A:role/a A:role/t
		tp(A:role/a): P=Service:bedrock
		tp(A:role/t): P=Service:ecs-tasks
		id(u): +iam:PassRole@* ; +[elasticmapreduce:*,bedrock:*,batch:*]@*`, nil, "", "u emr-cluster none\nu bedrock-agent A:role/a ALLOW\nu batch-job A:role/t ALLOW_IF"},
	{"ESC-20", "a cluster takes a service role, too", emr + "\nid(u): +iam:PassRole@* ; +elasticmapreduce:RunJobFlow@*", nil, "", "u emr-cluster r ALLOW"},
	{"ESC-20", "the service role may not be passed", emr + "\nid(u): +iam:PassRole@r ; +elasticmapreduce:RunJobFlow@*", nil, "", "u emr-cluster none"},
	{"ESC-20", "a service that is there", "tp(r): P=Service:ecs-tasks\nid(u): +iam:PassRole@r ; +[ecs:RegisterTaskDefinition,ecs:UpdateService]@*", nil, "", "u ecs-update-service r ALLOW_IF\nu ecs-run-task none"},
	{"ESC-20", "a project that is there", "tp(r): P=Service:codebuild\nadd: A:role/x\nid(u): +iam:PassRole@r ; +[codebuild:UpdateProject,codebuild:StartBuild]@*",
		carries("codebuild:project", "arn:aws:codebuild:us-east-1:111111111111:project/p", "A:role/x"), "", "u codebuild-update-project r ALLOW"},
	{"ESC-20", "a project that is not built", "tp(r): P=Service:codebuild\nadd: A:role/x\nid(u): +iam:PassRole@r ; +codebuild:UpdateProject@*",
		carries("codebuild:project", "arn:aws:codebuild:us-east-1:111111111111:project/p", "A:role/x"), "", "u codebuild-update-project none"},
	{"ESC-20", "sessions, tuning, models", `
		tp(r): P=Service:glue
		add: A:role/s A:role/e A:role/p A:role/k
		tp(A:role/s): P=Service:sagemaker
		tp(A:role/e): P=Service:emr-serverless
		tp(A:role/p): P=Service:codepipeline
		tp(A:role/k): P=Service:kinesisanalytics
		id(u): +iam:PassRole@* ; +[glue:CreateSession,glue:RunStatement,sagemaker:CreateHyperParameterTuningJob,sagemaker:CreateModel,sagemaker:CreateTransformJob,emr-serverless:*,codepipeline:CreatePipeline,kinesisanalytics:*]@*`, nil, "", `
		u glue-session r ALLOW
		u sagemaker-tuning A:role/s ALLOW
		u sagemaker-model A:role/s ALLOW
		u emr-serverless A:role/e ALLOW
		u codepipeline A:role/p ALLOW
		u kinesis-analytics A:role/k ALLOW
		u glue-job none
		u glue-session A:role/s none
		u codepipeline r none`},
	{"ESC-20", "a session that runs nothing, a model that nothing runs, an application that never starts", `
		tp(r): P=Service:[glue,sagemaker,kinesisanalytics,emr-serverless]
		id(u): +iam:PassRole@* ; +[glue:CreateSession,sagemaker:CreateModel,kinesisanalytics:CreateApplication,emr-serverless:CreateApplication]@*`, nil, "",
		"u glue-session none\nu sagemaker-model none\nu kinesis-analytics none\nu emr-serverless none"},

	{"ESC-27", "pods", "tp(r): +[sts:AssumeRole,sts:TagSession] P=Service:pods.eks\nid(u): +iam:PassRole@r ; +eks:CreatePodIdentityAssociation@*",
		carries("eks:cluster", "arn:aws:eks:us-east-1:111111111111:cluster/c", "u"), "", "u pod-identity r ALLOW"},
	{"ESC-27", "no cluster", "tp(r): +[sts:AssumeRole,sts:TagSession] P=Service:pods.eks\nid(u): +iam:PassRole@r ; +eks:CreatePodIdentityAssociation@*", nil, "", "u pod-identity none"},
	{"ESC-27", "Roles Anywhere", "tp(r): P=Service:rolesanywhere\nid(u): +iam:PassRole@r ; +[rolesanywhere:CreateTrustAnchor,rolesanywhere:CreateProfile]@*", nil, "", "u roles-anywhere r ALLOW"},
	{"ESC-27", "Roles Anywhere without an anchor", "tp(r): P=Service:rolesanywhere\nid(u): +iam:PassRole@r ; +rolesanywhere:CreateProfile@*", nil, "", "u roles-anywhere none"},
	{"ESC-27", "a profile for an instance", "tp(r): P=Service:ec2\nprofile(r): p\nid(u): +iam:PassRole@r ; +ec2:AssociateIamInstanceProfile@*", carries("ec2:instance", instance, "u"), "", "u associate-instance-profile r ALLOW"},
	{"ESC-27", "no instance", "tp(r): P=Service:ec2\nprofile(r): p\nid(u): +iam:PassRole@r ; +ec2:AssociateIamInstanceProfile@*", nil, "", "u associate-instance-profile none"},
	{"ESC-27", "an identity pool", "tp(r): sts:AssumeRoleWithWebIdentity P=Federated:cognito-identity.amazonaws.com\nid(u): +iam:PassRole@r ; +cognito-identity:SetIdentityPoolRoles@*", nil, "", "u identity-pool-roles r ALLOW"},
	{"ESC-27", "things", "tp(r): P=Service:credentials.iot\nid(u): +iam:PassRole@r ; +iot:CreateRoleAlias@*", nil, "", "u iot-role-alias r ALLOW"},

	{"ESC-32", "a function that is there", "tp(r): P=Service:lambda\nadd: A:role/f\nid(u): +iam:PassRole@r ; +[lambda:UpdateFunctionConfiguration,lambda:InvokeFunction]@*", carries("lambda:function", function, "A:role/f"), "", "u lambda-swap-role r ALLOW"},
	{"ESC-32", "no function", "tp(r): P=Service:lambda\nid(u): +iam:PassRole@r ; +[lambda:UpdateFunctionConfiguration,lambda:InvokeFunction]@*", nil, "", "u lambda-swap-role none"},
	{"ESC-32", "a schedule", "tp(r): P=Service:scheduler\nid(u): +iam:PassRole@r ; +scheduler:CreateSchedule@*", nil, "", "u scheduler r ALLOW"},
	{"ESC-32", "an interface", "tp(r): P=Service:apigateway\nid(u): +iam:PassRole@r ; +[apigateway:POST,apigateway:PUT]@*", nil, "", "u api-gateway r ALLOW"},
	{"ESC-32", "an interface without an integration", "tp(r): P=Service:apigateway\nid(u): +iam:PassRole@r ; +apigateway:POST@*", nil, "", "u api-gateway none"},
	{"ESC-32", "a rule with a target", "tp(r): P=Service:events\nid(u): +iam:PassRole@r ; +[events:PutRule,events:PutTargets]@*", nil, "", "u events-target r ALLOW"},
	{"ESC-32", "a rule without a target", "tp(r): P=Service:events\nid(u): +iam:PassRole@r ; +events:PutRule@*", nil, "", "u events-target none"},
	{"ESC-32", "an automation", "tp(r): P=Service:ssm\nid(u): +iam:PassRole@r ; +ssm:StartAutomationExecution@*", nil, "", "u ssm-automation r ALLOW"},
	{"ESC-32", "a state machine", "tp(r): P=Service:states\nid(u): +iam:PassRole@r ; +[states:CreateStateMachine,states:StartExecution]@*", nil, "", "u step-functions r ALLOW\nu state-machine none"},
	{"ESC-32", "a state machine that is there", "tp(r): P=Service:states\nadd: A:role/x\nid(u): +iam:PassRole@r ; +[states:UpdateStateMachine,states:StartExecution]@*",
		carries("states:state-machine", "arn:aws:states:us-east-1:111111111111:stateMachine:m", "A:role/x"), "", "u state-machine r ALLOW"},
	{"ESC-21", "a role that does not trust the service of what has it", "tp(r): P=Service:ec2\nid(u): +lambda:UpdateFunctionCode@*", carries("lambda:function", function, "r"), "", "u lambda-update-code none"},
	{"ESC-32", "an auto scaling group", "tp(r): P=Service:ec2\nprofile(r): p\nid(u): +iam:PassRole@r ; +[ec2:CreateLaunchTemplate,ec2:RunInstances,autoscaling:CreateAutoScalingGroup]@*", nil, "", "u auto-scaling-group r ALLOW"},
}

var carriedCases = []wayCase{
	{"ESC-21", "a function's code", "tp(r): P=Service:lambda\nid(u): +lambda:UpdateFunctionCode@A:function/f", carries("lambda:function", function, "r"), "", "u lambda-update-code r ALLOW"},
	{"ESC-21", "another function's code", "tp(r): P=Service:lambda\nid(u): +lambda:UpdateFunctionCode@A:function/g", carries("lambda:function", function, "r"), "", "u lambda-update-code none"},
	{"ESC-21", "no function", "tp(r): P=Service:lambda\nid(u): +lambda:UpdateFunctionCode@*", nil, "", "u lambda-update-code none"},
	{"ESC-21", "functions were not read", "tp(r): P=Service:lambda\nid(u): +lambda:UpdateFunctionCode@*", computeUnread, "", "u lambda-update-code r ALLOW_IF"},
	{"ESC-21", "functions were not read, and no role is for one", "tp(r): P=Service:ec2\nid(u): +lambda:UpdateFunctionCode@*", computeUnread, "", "u lambda-update-code none"},
	{"ESC-21", "a layer", "tp(r): P=Service:lambda\nid(u): +lambda:UpdateFunctionConfiguration@*", carries("lambda:function", function, "r"), "", "u lambda-update-configuration r ALLOW"},
	{"ESC-21", "a command", "tp(r): P=Service:ec2\nid(r): +ssm:UpdateInstanceInformation@*\nid(u): +ssm:SendCommand@*", carries("ec2:instance", instance, "r"), "", "u ssm-send-command r ALLOW\nu ssm-start-session none"},
	{"ESC-21", "a command where the role lets no agent call home", "tp(r): P=Service:ec2\nid(u): +ssm:SendCommand@*", carries("ec2:instance", instance, "r"), "", "u ssm-send-command r ALLOW_IF"},
	{"ESC-21", "an association", "tp(r): P=Service:ec2\nid(r): +ssm:UpdateInstanceInformation@*\nid(u): +ssm:CreateAssociation@*", carries("ec2:instance", instance, "r"), "", "u ssm-association r ALLOW"},
	{"ESC-21", "an association for no instance", "tp(r): P=Service:ec2\nid(r): +ssm:UpdateInstanceInformation@*\nid(u): +ssm:CreateAssociation@arn:aws:ssm:*:*:document/*", carries("ec2:instance", instance, "r"), "", "u ssm-association none"},
	{"ESC-21", "only instances with a tag that it has not", "tp(r): P=Service:ec2\nid(r): +ssm:UpdateInstanceInformation@*\nid(u): +ssm:StartSession@arn:aws:ec2:us-east-1:111111111111:instance/i-2", carries("ec2:instance", instance, "r"), "", "u ssm-start-session none"},
	{"ESC-21", "a document without an instance", "tp(r): P=Service:ec2\nid(u): +ssm:SendCommand@arn:aws:ssm:*:*:document/*", carries("ec2:instance", instance, "r"), "", "u ssm-send-command none"},
	{"ESC-21", "an instance that is stopped", "tp(r): P=Service:ec2\nid(u): +[ssm:SendCommand,ec2:ModifyInstanceAttribute,ec2:StopInstances,ec2:StartInstances]@*",
		carries("ec2:instance", instance, "r", func(c *iam.Compute) { c.Running = iam.KnownEmpty }), "", "u ssm-send-command none\nu ec2-user-data r ALLOW"},
	{"ESC-21", "by instance profile", "tp(r): P=Service:ec2\nid(r): +ssm:UpdateInstanceInformation@*\nprofile(r): p\nid(u): +ssm:StartSession@*", func(w *world) {
		w.account(func(a *iam.Account) {
			a.Compute = append(a.Compute, &iam.Compute{ARN: instance, Kind: "ec2:instance", InstanceProfile: "arn:aws:iam::111111111111:instance-profile/p"})
		})
	}, "", "u ssm-start-session r ALLOW"},
	{"ESC-21", "an SSH key", "tp(r): P=Service:ec2\nid(u): +ec2-instance-connect:SendSSHPublicKey@*", carries("ec2:instance", instance, "r"), "", "u ec2-send-ssh-key r ALLOW"},
	{"ESC-21", "instances were not read", "tp(r): P=Service:ec2\nadd: A:role/n\ntp(A:role/n): P=Service:ec2\nprofile(r): p\nid(u): +ssm:StartSession@*", computeUnread, "", "u ssm-start-session r ALLOW_IF\nu ssm-start-session A:role/n none"},
	{"ESC-21", "a launch template", "tp(r): P=Service:ec2\nid(u): +[ec2:CreateLaunchTemplateVersion,ec2:ModifyLaunchTemplate]@*",
		carries("ec2:launch-template", "arn:aws:ec2:us-east-1:111111111111:launch-template/lt-1", "r"), "", "u ec2-launch-template r ALLOW"},
	{"ESC-21", "stacks", "tp(r): P=Service:cloudformation\nid(u): +[cloudformation:UpdateStack,cloudformation:CreateChangeSet,cloudformation:ExecuteChangeSet]@*",
		carries("cloudformation:stack", "arn:aws:cloudformation:us-east-1:111111111111:stack/s/1", "r"), "", "u cloudformation-update-stack r ALLOW\nu cloudformation-change-set r ALLOW"},
	{"ESC-21", "builds", "tp(r): P=Service:codebuild\nid(u): +[codebuild:StartBuild,codebuild:StartBuildBatch]@*",
		carries("codebuild:project", "arn:aws:codebuild:us-east-1:111111111111:project/p", "r"), "", "u codebuild-start-build r ALLOW\nu codebuild-start-batch r ALLOW"},
	{"ESC-21", "development endpoints", "tp(r): P=Service:glue\nid(u): +glue:UpdateDevEndpoint@*",
		carries("glue:dev-endpoint", "arn:aws:glue:us-east-1:111111111111:devEndpoint/e", "r"), "", "u glue-update-dev-endpoint r ALLOW"},
	{"ESC-21", "notebooks", "tp(r): P=Service:sagemaker\nid(u): +[sagemaker:CreatePresignedNotebookInstanceUrl,sagemaker:CreateNotebookInstanceLifecycleConfig,sagemaker:StopNotebookInstance,sagemaker:UpdateNotebookInstance,sagemaker:StartNotebookInstance]@*",
		carries("sagemaker:notebook-instance", "arn:aws:sagemaker:us-east-1:111111111111:notebook-instance/n", "r"), "", "u sagemaker-presigned-url r ALLOW\nu sagemaker-lifecycle r ALLOW"},
	{"ESC-21", "App Runner", "tp(r): P=Service:tasks.apprunner\nid(u): +apprunner:UpdateService@*",
		carries("apprunner:service", "arn:aws:apprunner:us-east-1:111111111111:service/s/1", "r"), "", "u apprunner-update-service r ALLOW"},
	{"ESC-21", "containers", "tp(r): P=Service:ecs-tasks\nid(u): +[ecs:ExecuteCommand,ecs:DescribeTasks]@*",
		carries("ecs:task-definition", "arn:aws:ecs:us-east-1:111111111111:task-definition/t:1", "r"), "", "u ecs-execute-command r ALLOW"},
	{"ESC-21", "a task with another command", "tp(r): P=Service:ecs-tasks\nid(u): +iam:PassRole@r ?{StringEquals iam:PassedToService=ecs-tasks.amazonaws.com} ; +ecs:RunTask@*",
		carries("ecs:task-definition", "arn:aws:ecs:us-east-1:111111111111:task-definition/t:1", "r"), "", "u ecs-run-task-override r ALLOW_IF"},
	{"ESC-21", "a task without passing its role", "tp(r): P=Service:ecs-tasks\nid(u): +ecs:RunTask@*",
		carries("ecs:task-definition", "arn:aws:ecs:us-east-1:111111111111:task-definition/t:1", "r"), "", "u ecs-run-task-override none"},
	{"ESC-21", "a job with another command", "tp(r): P=Service:ecs-tasks\nid(u): +batch:SubmitJob@*", carries("batch:job-definition", "arn:aws:batch:us-east-1:111111111111:job-definition/j:1", "r"), "", "u batch-job-override r ALLOW_IF"},
	{"ESC-21", "another job definition", "tp(r): P=Service:ecs-tasks\nid(u): +batch:SubmitJob@arn:aws:batch:*:*:job-queue/* ; +batch:SubmitJob@arn:aws:batch:*:*:job-definition/k", carries("batch:job-definition", "arn:aws:batch:us-east-1:111111111111:job-definition/j:1", "r"), "", "u batch-job-override none"},
	{"ESC-21", "a Studio", "tp(r): P=Service:sagemaker\nid(u): +sagemaker:CreatePresignedDomainUrl@*", carries("sagemaker:user-profile", "arn:aws:sagemaker:us-east-1:111111111111:user-profile/d/p", "r"), "", "u sagemaker-presigned-domain r ALLOW"},
	{"ESC-21", "another user's Studio", "tp(r): P=Service:sagemaker\nid(u): +sagemaker:CreatePresignedDomainUrl@arn:aws:sagemaker:us-east-1:111111111111:user-profile/d/q", carries("sagemaker:user-profile", "arn:aws:sagemaker:us-east-1:111111111111:user-profile/d/p", "r"), "", "u sagemaker-presigned-domain none"},
	{"ESC-21", "steps of a state machine", "tp(r): P=Service:states\nid(u): +[states:UpdateStateMachine,states:StartExecution]@*",
		carries("states:state-machine", "arn:aws:states:us-east-1:111111111111:stateMachine:m", "r"), "", "u state-machine-steps r ALLOW"},
	{"ESC-21", "steps that nothing starts", "tp(r): P=Service:states\nid(u): +states:UpdateStateMachine@*",
		carries("states:state-machine", "arn:aws:states:us-east-1:111111111111:stateMachine:m", "r"), "", "u state-machine-steps none"},
	{"ESC-21", "code interpreters", "tp(r): P=Service:bedrock-agentcore\nid(u): +[bedrock-agentcore:StartCodeInterpreterSession,bedrock-agentcore:InvokeCodeInterpreter]@*",
		carries("bedrock-agentcore:code-interpreter", "arn:aws:bedrock-agentcore:us-east-1:111111111111:code-interpreter-custom/c", "r"), "", "u agentcore-session r ALLOW"},
}

var saml = "arn:aws:iam::111111111111:saml-provider/idp"

var beyondCases = []wayCase{
	{"ESC-25", "the bucket's policy", "id(u): +s3:PutBucketPolicy@b", nil, "b/x", "u put-bucket-policy u+ ALLOW"},
	{"ESC-25", "another bucket's policy", "id(u): +s3:PutBucketPolicy@c", nil, "b/x", "u put-bucket-policy none"},
	{"ESC-25", "a bucket of another account", "id(u): +s3:PutBucketPolicy@bb", nil, "bb/x", "u put-bucket-policy none"},
	{"ESC-25", "a key", "rp(key): +kms:*@* P=A:root\nid(u): +kms:PutKeyPolicy@*\nid(r): +kms:CreateGrant@*", nil, "key", "u put-key-policy u+ ALLOW\nr create-grant r+ ALLOW"},
	{"ESC-25", "queues, functions", "rp(A:queue/x): none\nid(u): +sqs:AddPermission@* ; +lambda:AddPermission@*", nil, "A:queue/x", "u set-queue-attributes u+ ALLOW\nu function-add-permission none"},
	{"ESC-25", "a function", "id(u): +lambda:AddPermission@*", nil, "A:function/f", "u function-add-permission u+ ALLOW"},
	{"ESC-25", "access control lists that count for nothing", "id(u): +s3:PutBucketAcl@b", nil, "b/x", "u put-bucket-acl none"},
	{"ESC-25", "access control lists", "id(u): +s3:PutBucketAcl@b ; +s3:PutObjectAcl@b/*", func(w *world) {
		w.then(func(s *iam.Snapshot) { s.Resource(fixture.ARN("b")).OwnershipEnforced = iam.KnownEmpty })
	}, "b/x", "u put-bucket-acl u+ ALLOW\nu put-object-acl u+ ALLOW"},
	{"ESC-25", "topics", "id(u): +sns:AddPermission@*", nil, "arn:aws:sns:us-east-1:111111111111:t", "u set-topic-attributes u+ ALLOW"},
	{"ESC-25", "secrets", "id(u): +secretsmanager:PutResourcePolicy@*", nil, "arn:aws:secretsmanager:us-east-1:111111111111:secret:s-abcdef", "u put-secret-policy u+ ALLOW"},
	{"ESC-25", "repositories", "id(u): +ecr:SetRepositoryPolicy@*", nil, "arn:aws:ecr:us-east-1:111111111111:repository/x", "u set-repository-policy u+ ALLOW"},
	{"ESC-25", "tables", "id(u): +dynamodb:PutResourcePolicy@*", nil, "arn:aws:dynamodb:us-east-1:111111111111:table/x", "u put-table-policy u+ ALLOW"},
	{"ESC-25", "event buses", "id(u): +events:PutPermission@*", nil, "arn:aws:events:us-east-1:111111111111:event-bus/x", "u put-event-permission u+ ALLOW"},
	{"ESC-25", "layers", "id(u): +lambda:AddLayerVersionPermission@*", nil, "arn:aws:lambda:us-east-1:111111111111:layer:x:1", "u layer-add-permission u+ ALLOW"},

	{"ESC-26", "a SAML provider", "tp(r): sts:AssumeRoleWithSAML P=Federated:" + saml + "\nid(u): +iam:UpdateSAMLProvider@" + saml, provided, "", "u update-saml-provider r ALLOW"},
	{"ESC-26", "another SAML provider", "tp(r): sts:AssumeRoleWithSAML P=Federated:" + saml + "\nid(u): +iam:UpdateSAMLProvider@arn:aws:iam::111111111111:saml-provider/other", provided, "", "u update-saml-provider none"},
	{"ESC-26", "one that is missing", "tp(r): sts:AssumeRoleWithSAML P=Federated:" + saml + "\nid(u): +[iam:CreateSAMLProvider,iam:UpdateSAMLProvider]@*", nil, "", "u create-saml-provider r ALLOW\nu update-saml-provider none"},
	{"ESC-26", "one that is there", "tp(r): sts:AssumeRoleWithSAML P=Federated:" + saml + "\nid(u): +iam:CreateSAMLProvider@*", provided, "", "u create-saml-provider none"},
	{"ESC-26", "an issuer that is missing", "tp(r): sts:AssumeRoleWithWebIdentity P=Federated:arn:aws:iam::111111111111:oidc-provider/idp.example.com\nid(u): +iam:CreateOpenIDConnectProvider@*", nil, "", "u create-oidc-provider r ALLOW"},
	{"ESC-26", "an issuer", "tp(r): sts:AssumeRoleWithWebIdentity P=Federated:arn:aws:iam::111111111111:oidc-provider/idp.example.com\nid(u): +[iam:CreateOpenIDConnectProvider,iam:AddClientIDToOpenIDConnectProvider,iam:UpdateOpenIDConnectProviderThumbprint]@*",
		func(w *world) {
			w.account(func(a *iam.Account) {
				a.OIDC = []*iam.OIDCProvider{{ARN: "arn:aws:iam::111111111111:oidc-provider/idp.example.com"}}
			})
		}, "", "u add-client-id r ALLOW\nu update-thumbprint r ALLOW\nu create-oidc-provider none"},

	{"ESC-28", "a secret with a credential", "add: A:user/x\nid(u): +secretsmanager:GetSecretValue@*", holds("arn:aws:secretsmanager:us-east-1:111111111111:secret:s-abcdef", "A:user/x"), "", "u read-secret A:user/x ALLOW"},
	{"ESC-28", "a secret without one", "add: A:user/x\nid(u): +secretsmanager:GetSecretValue@*", nil, "", "u read-secret none"},
	{"ESC-28", "a parameter, variables, a start script", "add: A:user/x A:user/y A:user/z\nid(u): +[ssm:GetParameter,lambda:GetFunctionConfiguration,ec2:DescribeInstanceAttribute]@*", func(w *world) {
		holds("arn:aws:ssm:us-east-1:111111111111:parameter/p", "A:user/x")(w)
		holds(function, "A:user/y")(w)
		holds(instance, "A:user/z")(w)
	}, "", "u read-parameter A:user/x ALLOW\nu read-function-variables A:user/y ALLOW\nu read-user-data A:user/z ALLOW"},

	{"ESC-30", "a root session", "add: M:user/a\nid(M:user/a): +sts:AssumeRoot@*", nil, "", "M:user/a assume-root A:root ALLOW"},
	{"ESC-30", "not from a member", "id(u): +sts:AssumeRoot@*", nil, "", "u assume-root none"},
	{"ESC-30", "the feature is off", "add: M:user/a\nid(M:user/a): +sts:AssumeRoot@*", func(w *world) {
		w.then(func(s *iam.Snapshot) { s.Organization.RootSessions = iam.KnownEmpty })
	}, "", "M:user/a assume-root none"},
	{"ESC-30", "stack sets", "add: M:user/a\nid(M:user/a): +[cloudformation:CreateStackSet,cloudformation:CreateStackInstances]@*\nid(u): +[cloudformation:CreateStackSet,cloudformation:CreateStackInstances]@*", nil, "",
		"M:user/a stack-set-everywhere new:A:role/accesspath-new ALLOW\nu stack-set-everywhere none"},
	{"ESC-30", "a delegated administrator", "id(u): +sts:AssumeRoot@*", func(w *world) {
		w.then(func(s *iam.Snapshot) {
			s.Organization.DelegatedAdmins = []iam.DelegatedAdmin{{Account: fixture.AccountID("A"), Services: []string{"iam.amazonaws.com"}}}
		})
	}, "", "u assume-root B:root ALLOW"},
	{"ESC-30", "Identity Center", "add: M:user/a A:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_0123456789abcdef\nid(M:user/a): +[sso:CreateAccountAssignment,identitystore:CreateUser]@*", nil, "",
		"M:user/a assign-permission-set A:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_0123456789abcdef ALLOW"},
	{"ESC-30", "a group of Identity Center", "add: M:user/a A:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_0123456789abcdef\nid(M:user/a): +[identitystore:CreateGroupMembership,identitystore:CreateUser]@*", nil, "",
		"M:user/a join-identity-group A:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_0123456789abcdef ALLOW"},
	{"ESC-30", "a permission set", "add: M:user/a A:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_0123456789abcdef\nid(M:user/a): +[sso:PutInlinePolicyToPermissionSet,sso:ProvisionPermissionSet]@*", nil, "",
		"M:user/a permission-set-policy A:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_0123456789abcdef+ ALLOW_IF"},
	{"ESC-30", "guardrails", "add: M:user/a\nscp(A): -s3:*@*\ntp(r): P=M:user/a\nid(M:user/a): +sts:AssumeRole@r ; +organizations:DetachPolicy@*", nil, "", "M:user/a lift-guardrail r+ ALLOW"},
	{"ESC-30", "leaving", "scp(A): -s3:*@*\nid(u): +organizations:LeaveOrganization@*", nil, "", "u leave-organization u+ ALLOW"},
	{"ESC-30", "leaving is denied", "scp(A): -organizations:LeaveOrganization@*\nid(u): +organizations:LeaveOrganization@*", nil, "", "u leave-organization none"},
}

func provided(w *world) {
	w.account(func(a *iam.Account) { a.SAML = []*iam.SAMLProvider{{ARN: saml}} })
}

// holds marks a resource as one that stores a credential.
func holds(arn, who string) func(*world) {
	return func(w *world) {
		w.then(func(s *iam.Snapshot) {
			s.Resources = append(s.Resources, &iam.Resource{ARN: arn, Account: fixture.AccountID("A"), PolicyState: iam.KnownEmpty, Holds: []string{fixture.ARN(who)}})
			s.Sort()
		})
	}
}
