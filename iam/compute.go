package iam

// Compute is a thing of a service that holds a role (SVC-09, IN-25): an
// instance, a function, a task definition, a pod identity association.
type Compute struct {
	ARN     string
	Kind    string // "ec2:instance", "lambda:function", "ecs:task-definition", …
	Name    string
	Account string
	Region  string
	Service string   // service principal that delivers the session, such as "lambda.amazonaws.com"
	Roles   []string // ARNs of the roles whose sessions the code inside holds
	// AgentRoles are held by the service's own agent and not by the code inside:
	// the execution role of ECS tasks (SVC-06).
	AgentRoles      []string
	InstanceProfile string // ARN; of EC2 instances and launch templates (SVC-03)
	Running         State  // KnownEmpty: stopped
	IMDSv1          State  // Present: tokens are optional (SVC-04)
	Pod             *Pod   // of EKS pod identity associations; else nil
	Origin          Origin
}

// Pod is which pods an EKS Pod Identity association is for (FED-15).
type Pod struct {
	Cluster        string // name
	Namespace      string
	ServiceAccount string
	TargetRole     string // ARN of a role that EKS assumes next; "" none
	ExternalID     string // that EKS gives to the target role
	NoSessionTags  bool   // the association disables them
}

// ComputeSection is the coverage of one service's compute: whether all that
// carries a role of that service is known.
func ComputeSection(service string) Section { return SectionCompute + ":" + Section(service) }
