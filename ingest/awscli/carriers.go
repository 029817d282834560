package awscli

// A carrier says where the output of one command names what holds a role of a
// service (SVC-09, IN-25). Paths are member names joined by dots; arrays on
// the way are gone through.
type carrier struct {
	command string
	kind    string // of iam.Compute
	service string // whose principal delivers the session

	list string   // path of the candidates; "" is the object itself
	arn  []string // paths of the candidate's ARN, the first that is there
	form string   // makes an ARN where none is given: service:kind/FIELD, or service: and the name
	part string   // path of what tells apart the candidates of one ARN, such as versions
	name []string

	roles   []string // of roles that the code inside holds
	agents  []string // of roles that only the service's agent holds (SVC-06)
	profile []string // of instance profiles, by ARN or by name

	state            string   // path of the state
	running, stopped []string // its values; any other is unknown
	metadata         string   // path of EC2's MetadataOptions (SVC-04)
	pod              bool     // EKS Pod Identity: see podOf
}

// carriers is the table of SVC-09. Several rows may share a list: Cluster is
// what EMR and EKS both answer.
var carriers = []carrier{
	{
		command: "ec2 describe-instances", kind: "ec2:instance", service: "ec2.amazonaws.com", list: "Reservations.Instances",
		form: "ec2:instance/InstanceId", name: []string{"InstanceId"}, profile: []string{"IamInstanceProfile.Arn"},
		state: "State.Name", running: []string{"running", "pending"}, stopped: []string{"stopped", "stopping", "shutting-down", "terminated"},
		metadata: "MetadataOptions",
	},
	{
		command: "ec2 describe-iam-instance-profile-associations", kind: "ec2:instance", service: "ec2.amazonaws.com", list: "IamInstanceProfileAssociations",
		form: "ec2:instance/InstanceId", name: []string{"InstanceId"}, profile: []string{"IamInstanceProfile.Arn"},
	},
	{
		command: "ec2 describe-launch-template-versions", kind: "ec2:launch-template", service: "ec2.amazonaws.com", list: "LaunchTemplateVersions",
		form: "ec2:launch-template/LaunchTemplateId", part: "VersionNumber", name: []string{"LaunchTemplateName"},
		profile:  []string{"LaunchTemplateData.IamInstanceProfile.Arn", "LaunchTemplateData.IamInstanceProfile.Name"},
		metadata: "LaunchTemplateData.MetadataOptions",
	},
	{
		command: "autoscaling describe-launch-configurations", kind: "autoscaling:launch-configuration", service: "ec2.amazonaws.com", list: "LaunchConfigurations",
		arn: []string{"LaunchConfigurationARN"}, name: []string{"LaunchConfigurationName"}, profile: []string{"IamInstanceProfile"}, metadata: "MetadataOptions",
	},
	{
		command: "lambda list-functions", kind: "lambda:function", service: "lambda.amazonaws.com", list: "Functions",
		arn: []string{"FunctionArn"}, name: []string{"FunctionName"}, roles: []string{"Role"},
	},
	{
		command: "lambda get-function", kind: "lambda:function", service: "lambda.amazonaws.com", list: "Configuration",
		arn: []string{"FunctionArn"}, name: []string{"FunctionName"}, roles: []string{"Role"},
	},
	{
		command: "lambda get-function-configuration", kind: "lambda:function", service: "lambda.amazonaws.com",
		arn: []string{"FunctionArn"}, name: []string{"FunctionName"}, roles: []string{"Role"},
	},
	{
		command: "ecs describe-task-definition", kind: "ecs:task-definition", service: "ecs-tasks.amazonaws.com", list: "TaskDefinition",
		arn: []string{"taskDefinitionArn"}, name: []string{"family"}, roles: []string{"taskRoleArn"}, agents: []string{"executionRoleArn"},
	},
	{
		command: "eks describe-pod-identity-association", kind: "eks:pod-identity-association", service: "pods.eks.amazonaws.com", list: "Association",
		arn: []string{"associationArn"}, name: []string{"associationId"}, roles: []string{"roleArn"}, pod: true,
	},
	{
		command: "eks list-pod-identity-associations", kind: "eks:pod-identity-association", service: "pods.eks.amazonaws.com", list: "Associations",
		arn: []string{"associationArn"}, name: []string{"associationId"}, roles: []string{"roleArn"}, pod: true,
	},
	{
		command: "eks describe-nodegroup", kind: "eks:nodegroup", service: "ec2.amazonaws.com", list: "Nodegroup",
		arn: []string{"nodegroupArn"}, name: []string{"nodegroupName"}, roles: []string{"nodeRole"},
	},
	{
		command: "eks describe-fargate-profile", kind: "eks:fargate-profile", service: "eks-fargate-pods.amazonaws.com", list: "FargateProfile",
		arn: []string{"fargateProfileArn"}, name: []string{"fargateProfileName"}, agents: []string{"podExecutionRoleArn"},
	},
	{
		command: "eks describe-cluster", kind: "eks:cluster", service: "eks.amazonaws.com", list: "Cluster",
		arn: []string{"arn"}, name: []string{"name"}, agents: []string{"roleArn"},
	},
	{
		command: "emr describe-cluster", kind: "elasticmapreduce:cluster", service: "ec2.amazonaws.com", list: "Cluster",
		arn: []string{"ClusterArn"}, name: []string{"Name"}, profile: []string{"Ec2InstanceAttributes.IamInstanceProfile"}, agents: []string{"ServiceRole", "AutoScalingRole"},
		state: "Status.State", running: []string{"STARTING", "BOOTSTRAPPING", "RUNNING", "WAITING"}, stopped: []string{"TERMINATING", "TERMINATED", "TERMINATED_WITH_ERRORS"},
	},
	{
		command: "codebuild batch-get-projects", kind: "codebuild:project", service: "codebuild.amazonaws.com", list: "Projects",
		arn: []string{"arn"}, name: []string{"name"}, roles: []string{"serviceRole"},
	},
	{
		command: "codepipeline get-pipeline", kind: "codepipeline:pipeline", service: "codepipeline.amazonaws.com", list: "Pipeline",
		arn: []string{"Metadata.pipelineArn"}, form: "codepipeline:name", name: []string{"name"}, roles: []string{"roleArn"},
	},
	{
		command: "glue get-jobs", kind: "glue:job", service: "glue.amazonaws.com", list: "Jobs",
		form: "glue:job/Name", name: []string{"Name"}, roles: []string{"Role"},
	},
	{
		command: "glue get-dev-endpoints", kind: "glue:dev-endpoint", service: "glue.amazonaws.com", list: "DevEndpoints",
		form: "glue:devEndpoint/EndpointName", name: []string{"EndpointName"}, roles: []string{"RoleArn"},
	},
	{
		command: "sagemaker describe-notebook-instance", kind: "sagemaker:notebook-instance", service: "sagemaker.amazonaws.com",
		arn: []string{"NotebookInstanceArn"}, name: []string{"NotebookInstanceName"}, roles: []string{"RoleArn"},
		state: "NotebookInstanceStatus", running: []string{"InService", "Pending", "Updating"}, stopped: []string{"Stopped", "Stopping", "Deleting", "Failed"},
	},
	{
		command: "sagemaker describe-training-job", kind: "sagemaker:training-job", service: "sagemaker.amazonaws.com",
		arn: []string{"TrainingJobArn"}, name: []string{"TrainingJobName"}, roles: []string{"RoleArn"},
		state: "TrainingJobStatus", running: []string{"InProgress"}, stopped: []string{"Completed", "Failed", "Stopping", "Stopped", "Deleting"},
	},
	{
		command: "sagemaker describe-processing-job", kind: "sagemaker:processing-job", service: "sagemaker.amazonaws.com",
		arn: []string{"ProcessingJobArn"}, name: []string{"ProcessingJobName"}, roles: []string{"RoleArn"},
		state: "ProcessingJobStatus", running: []string{"InProgress"}, stopped: []string{"Completed", "Failed", "Stopping", "Stopped"},
	},
	{
		command: "sagemaker describe-model", kind: "sagemaker:model", service: "sagemaker.amazonaws.com",
		arn: []string{"ModelArn"}, name: []string{"ModelName"}, roles: []string{"ExecutionRoleArn"},
	},
	{
		command: "sagemaker describe-domain", kind: "sagemaker:domain", service: "sagemaker.amazonaws.com",
		arn: []string{"DomainArn"}, name: []string{"DomainName"}, roles: []string{"DefaultUserSettings.ExecutionRole", "DefaultSpaceSettings.ExecutionRole"},
	},
	{
		command: "sagemaker describe-user-profile", kind: "sagemaker:user-profile", service: "sagemaker.amazonaws.com",
		arn: []string{"UserProfileArn"}, name: []string{"UserProfileName"}, roles: []string{"UserSettings.ExecutionRole"},
	},
	{
		command: "sagemaker describe-pipeline", kind: "sagemaker:pipeline", service: "sagemaker.amazonaws.com",
		arn: []string{"PipelineArn"}, name: []string{"PipelineName"}, roles: []string{"RoleArn"},
	},
	{
		command: "stepfunctions describe-state-machine", kind: "states:state-machine", service: "states.amazonaws.com",
		arn: []string{"StateMachineArn"}, name: []string{"Name"}, roles: []string{"RoleArn"},
	},
	{
		command: "cloudformation describe-stacks", kind: "cloudformation:stack", service: "cloudformation.amazonaws.com", list: "Stacks",
		arn: []string{"StackId"}, name: []string{"StackName"}, roles: []string{"RoleARN"},
		state: "StackStatus", stopped: []string{"DELETE_COMPLETE"},
	},
	{
		command: "apprunner describe-service", kind: "apprunner:service", service: "tasks.apprunner.amazonaws.com", list: "Service",
		arn: []string{"ServiceArn"}, name: []string{"ServiceName"}, roles: []string{"InstanceConfiguration.InstanceRoleArn"},
		agents: []string{"SourceConfiguration.AuthenticationConfiguration.AccessRoleArn"},
		state:  "Status", running: []string{"RUNNING", "OPERATION_IN_PROGRESS"}, stopped: []string{"PAUSED", "DELETED", "CREATE_FAILED", "DELETE_FAILED"},
	},
	{
		command: "batch describe-job-definitions", kind: "batch:job-definition", service: "ecs-tasks.amazonaws.com", list: "JobDefinitions",
		arn: []string{"jobDefinitionArn"}, name: []string{"jobDefinitionName"},
		roles:  []string{"containerProperties.jobRoleArn", "nodeProperties.nodeRangeProperties.container.jobRoleArn", "ecsProperties.taskProperties.taskRoleArn"},
		agents: []string{"containerProperties.executionRoleArn", "nodeProperties.nodeRangeProperties.container.executionRoleArn", "ecsProperties.taskProperties.executionRoleArn"},
		state:  "status", stopped: []string{"INACTIVE"},
	},
	{
		command: "bedrock-agent get-agent", kind: "bedrock:agent", service: "bedrock.amazonaws.com", list: "Agent",
		arn: []string{"agentArn"}, name: []string{"agentName"}, roles: []string{"agentResourceRoleArn"},
	},
	{
		command: "bedrock-agentcore-control get-agent-runtime", kind: "bedrock-agentcore:runtime", service: "bedrock-agentcore.amazonaws.com",
		arn: []string{"AgentRuntimeArn"}, name: []string{"AgentRuntimeName"}, roles: []string{"RoleArn"},
	},
	{
		command: "bedrock-agentcore-control get-code-interpreter", kind: "bedrock-agentcore:code-interpreter", service: "bedrock-agentcore.amazonaws.com",
		arn: []string{"CodeInterpreterArn"}, name: []string{"Name"}, roles: []string{"ExecutionRoleArn"},
	},
	{
		command: "bedrock-agentcore-control get-browser", kind: "bedrock-agentcore:browser", service: "bedrock-agentcore.amazonaws.com",
		arn: []string{"BrowserArn"}, name: []string{"Name"}, roles: []string{"ExecutionRoleArn"},
	},
	{
		command: "ssm describe-activations", kind: "ssm:activation", service: "ssm.amazonaws.com", list: "ActivationList",
		form: "ssm:activation/ActivationId", name: []string{"ActivationId"}, roles: []string{"IamRole"},
		state: "Expired", running: []string{"false"}, stopped: []string{"true"},
	},
	{
		command: "iot describe-role-alias", kind: "iot:rolealias", service: "credentials.iot.amazonaws.com", list: "RoleAliasDescription",
		arn: []string{"roleAliasArn"}, name: []string{"roleAlias"}, roles: []string{"roleArn"},
	},
	{
		command: "transfer describe-user", kind: "transfer:user", service: "transfer.amazonaws.com", list: "User",
		arn: []string{"Arn"}, name: []string{"UserName"}, roles: []string{"Role"},
	},
	{
		command: "datapipeline get-pipeline-definition", kind: "datapipeline:pipeline", service: "ec2.amazonaws.com", list: "Objects",
		form: "datapipeline:pipeline/PipelineId", part: "id", name: []string{"id"}, profile: []string{"resourceRole"}, agents: []string{"role"},
	},
	{
		command: "mwaa get-environment", kind: "airflow:environment", service: "airflow-env.amazonaws.com", list: "Environment",
		arn: []string{"Arn"}, name: []string{"Name"}, roles: []string{"ExecutionRoleArn"},
	},
}
