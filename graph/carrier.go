package graph

import (
	"slices"
	"strings"

	"accesspath/iam"
	"accesspath/policy"
)

// ComputeID is the ID of the node of something that carries roles (SVC-09).
func ComputeID(arn string) string { return "compute:" + arn }

// indexCarriers collects what carries a role: only within its own account
// (SVC-02).
func (m *Model) indexCarriers(a *iam.Account) {
	for _, c := range a.Compute {
		roles := c.Roles
		if c.Pod != nil && c.Pod.TargetRole != "" {
			roles = append(slices.Clip(roles), c.Pod.TargetRole)
		}
		for _, r := range slices.Compact(slices.Sorted(slices.Values(roles))) {
			m.compute[r] = append(m.compute[r], c)
		}
		for _, r := range c.AgentRoles {
			m.agents[r] = append(m.agents[r], c)
		}
	}
	for _, p := range a.Pools {
		m.pools[p.ID] = p
	}
}

// computeNodes are the nodes of what carries roles in an account.
func computeNodes(a *iam.Account) []Node {
	var out []Node
	for _, c := range a.Compute {
		if c.ARN == "" || len(c.Roles) == 0 {
			continue
		}
		out = append(out, Node{ID: ComputeID(c.ARN), Kind: KindCompute, Account: a.ID, Name: c.Name, Service: c.Service, Compute: c})
	}
	return out
}

// computeKnown reports whether all that carries a role of a service was read.
func (m *Model) computeKnown(account, service string) bool {
	a := m.Snapshot.Account(account)
	return a != nil && (a.Coverage[iam.SectionCompute] != iam.Unknown || a.Coverage[iam.ComputeSection(service)] != iam.Unknown)
}

// carried decides whether a service, an instance profile or something that runs
// holds sessions of a role (SVC-01, SVC-03, SVC-09). Where all carriers of a
// service are known, the service by itself is no origin: but for roles that its
// own agents hold (SVC-06).
func (m *Model) carried(from, to *Node, ask Ask) Assumption {
	if from.Kind == KindCompute {
		return m.carriedBy(from, to.Role)
	}
	ask.Session = nil
	a := m.assume(from, to.Role, ask)
	service := from.ID
	if from.Service != "" {
		service = from.Service
	}
	agent := slices.ContainsFunc(m.agents[to.Role.ARN], func(c *iam.Compute) bool { return c.Service == service })
	if !a.Requires.IsFalse() && m.computeKnown(to.Account, service) && !agent {
		a.deny("no-principal", "SVC-09", "all that "+service+" runs in account "+to.Account+" is known, and nothing of it carries the role")
	}
	return a
}

func (m *Model) carriedBy(from *Node, role *iam.Role) Assumption {
	c := from.Compute
	target := c.Pod != nil && c.Pod.TargetRole != ""
	switch {
	case target && role.ARN == c.Pod.TargetRole:
		return m.targetRole(from, role)
	case !slices.Contains(c.Roles, role.ARN):
		a := Assumption{Action: "sts:AssumeRole"}
		a.deny("no-principal", "SVC-09", c.ARN+" does not carry the role")
		return a
	}
	a := m.Assume(from, role, nil, "")
	if target && !a.Requires.IsFalse() {
		a.deny("service-rule", "FED-15", "EKS uses the role only to assume "+c.Pod.TargetRole+", whose sessions the pods get")
	}
	return a
}

// targetRole: EKS assumes the association's role, and with its session the
// target role, giving the external id of the association (FED-15). The session
// tags of the first session are transitive (STS-07).
func (m *Model) targetRole(from *Node, role *iam.Role) Assumption {
	out := Assumption{Action: "sts:AssumeRole"}
	out.deny("no-principal", "FED-15", "the association's role is not in the input")
	for _, arn := range from.Compute.Roles {
		r := m.role(arn)
		if r == nil {
			continue
		}
		first := m.Assume(from, r, nil, "")
		second := m.Assume(roleNode(r), role, tagsOfPod(from), "")
		both := policy.And(first.Requires, m.giveExternalID(passedOn(from, second.Requires), from.Compute.Pod))
		if !from.Compute.Pod.NoSessionTags {
			tag := m.Decide(Ask{Node: roleNode(r), Action: tagSession, Resource: role.ARN})
			both = policy.And(both, policy.Or(m.giveExternalID(tag.Requires, from.Compute.Pod), policy.CodeAtom("U-18")))
		}
		a := Assumption{Action: "sts:AssumeRole", Decision: policy.Decision{Requires: both.Simplify(), Because: slices.Concat(first.Because, second.Because), Layers: second.Layers}}
		for _, code := range slices.Concat(first.Codes, second.Codes) {
			a.Codes = insertSorted(a.Codes, code)
		}
		if a.Requires.IsFalse() {
			if a.Causes = slices.Concat(first.Causes, second.Causes); len(a.Causes) == 0 {
				a.deny("contradiction", "FED-15", "the external ID of the association is not the one that the target role asks for")
			}
		}
		if !a.Requires.IsFalse() || out.Causes[0].Layer == "no-principal" {
			out = a
		}
	}
	return out
}

// tagsOfPod are the tags of the session with which EKS assumes a target role.
func tagsOfPod(n *Node) policy.Context {
	tags := n.SessionTags()
	return policy.ContextFunc(func(key string) policy.Value {
		tag, _ := strings.CutPrefix(key, "aws:principaltag/")
		return tags[tag] // keys of others do not look like that
	})
}

// passedOn is what the call for a target role asks for: of tags, which the session before
// hands on, it may or may not pass those again that EKS sets, and no others.
func passedOn(n *Node, r policy.Requirement) policy.Requirement {
	return r.Map(func(a *policy.Atom) policy.Requirement {
		tag, ok := strings.CutPrefix(strings.ToLower(a.Key), "aws:requesttag/")
		switch {
		case !ok || a.Opaque:
			return policy.Keep(a)
		case !slices.Contains(podTagKeys, tag):
			return a.Fold(policy.NotThere())
		}
		if v := n.SessionTags()[tag]; v.Knowledge == policy.Known {
			return policy.Or(a.Fold(v), a.Fold(policy.NotThere()))
		}
		return policy.Keep(a)
	})
}

func (m *Model) giveExternalID(r policy.Requirement, p *iam.Pod) policy.Requirement {
	v := policy.NotThere()
	if p.ExternalID != "" {
		v = policy.Is(p.ExternalID)
	}
	return r.Given(policy.MapContext{"sts:externalid": v}).Simplify()
}

func roleNode(r *iam.Role) *Node {
	return &Node{ID: r.ARN, Kind: KindRole, Account: r.Account, Name: r.Name, Role: r}
}

// SetsTags reports whether sessions that the node delivers have transitive
// session tags: those of EKS Pod Identity do (FED-15).
func (n *Node) SetsTags() bool {
	switch {
	case n.ID == podIdentity:
		return true
	case n.Compute == nil || n.Service != podIdentity:
		return false
	}
	return n.Compute.Pod == nil || !n.Compute.Pod.NoSessionTags
}

// podTagKeys are the keys of the session tags that EKS sets.
var podTagKeys = []string{"eks-cluster-arn", "eks-cluster-name", "kubernetes-namespace", "kubernetes-pod-name", "kubernetes-pod-uid", "kubernetes-service-account"}

// SetByEKS reports whether a session tag is one of those, by its key in any case.
func SetByEKS(tag string) bool { return slices.Contains(podTagKeys, strings.ToLower(tag)) }

// SessionTags are the transitive session tags that the sessions which the node delivers
// always have (FED-15), by key as AWS spells it; of some only that they are there is
// known. nil if there are none.
func (n *Node) SessionTags() map[string]policy.Value {
	if !n.SetsTags() {
		return nil
	}
	known := policy.MapContext{}
	if n.Compute != nil && n.Compute.Pod != nil {
		known = podTags(n.Compute)
	}
	out := map[string]policy.Value{}
	for _, key := range podTagKeys {
		if out[key] = known["aws:requesttag/"+key]; out[key].Knowledge == policy.Unknown {
			out[key] = policy.Value{Knowledge: policy.Present}
		}
	}
	return out
}

// podTags are the session tags that EKS sets for the pods of an association.
func podTags(c *iam.Compute) policy.MapContext {
	tags := policy.MapContext{}
	set := func(key, value string) { tags["aws:requesttag/"+key] = policy.Is(value) }
	if c.Pod.NoSessionTags {
		for _, key := range podTagKeys {
			tags["aws:requesttag/"+key] = policy.NotThere()
		}
		return tags
	}
	set("eks-cluster-name", c.Pod.Cluster)
	set("kubernetes-namespace", c.Pod.Namespace)
	set("kubernetes-service-account", c.Pod.ServiceAccount)
	if c.Region != "" && c.Account != "" {
		set("eks-cluster-arn", "arn:"+partitionOf(c.ARN)+":eks:"+c.Region+":"+c.Account+":cluster/"+c.Pod.Cluster)
	}
	return tags
}

// Passes says of a parameter of sts:AssumeRole, by its key in lower case, what the service
// that the node stands for gives on the call: absent, known, or open (FED-15, VAR-06).
func (n *Node) Passes(key string) policy.Value {
	if key == "sts:rolesessionname" {
		if name, ok := n.SessionName(); ok {
			return policy.Is(name)
		}
		return policy.Value{}
	}
	tag, ok := strings.CutPrefix(key, "aws:requesttag/")
	switch {
	case n.ID != podIdentity && (n.Kind != KindCompute || n.Service != podIdentity):
	case ok && !slices.Contains(podTagKeys, tag), key == "sts:sourceidentity":
		return policy.NotThere()
	case n.Kind == KindCompute && n.SetsTags() && (key == "aws:tagkeys" || key == "sts:transitivetagkeys"):
		return policy.Value{Knowledge: policy.Known, Values: podTagKeys}
	}
	return policy.Value{}
}

// SessionName is the name of the sessions that a carrier or Identity Center
// delivers, where it follows from who it is (VAR-06).
func (n *Node) SessionName() (string, bool) {
	switch {
	case n.Kind == KindIDCUser && n.Name != n.Key: // else no input has the name
		return n.Name, true
	case n.Compute == nil:
		return "", false
	}
	a, ok := policy.ParseARN(n.Compute.ARN)
	switch {
	case !ok:
	case strings.HasPrefix(a.Resource, "instance/"):
		return strings.TrimPrefix(a.Resource, "instance/"), true
	case a.Service == "lambda" && strings.HasPrefix(a.Resource, "function:"):
		name, _, _ := strings.Cut(strings.TrimPrefix(a.Resource, "function:"), ":")
		return name, true
	}
	return "", false
}

// Delivers says of a condition key that only certain carriers put into the
// sessions that they deliver (SVC-05, CKEY-17) what sessions of this one carry:
// absent, known, or open.
func (n *Node) Delivers(key string) policy.Value {
	service := n.Service
	if n.Kind == KindService {
		service = n.ID
	}
	prefix, _, _ := strings.Cut(service, ".")
	owner := ""
	switch key {
	case "aws:ec2instancesourcevpc", "aws:ec2instancesourceprivateipv4", "ec2:sourceinstancearn", "ec2:roledelivery":
		owner = "ec2"
	case "lambda:sourcefunctionarn":
		owner = "lambda"
	case "ssm:sourceinstancearn":
		owner = "ssm"
	case "aws:chatbotsourcearn":
		owner = "chatbot"
	case "glue:roleassumedby", "glue:credentialissuingservice":
		owner = "glue"
	}
	switch {
	case prefix != owner:
		return policy.NotThere()
	case n.Compute != nil && (key == "ec2:sourceinstancearn" && strings.Contains(n.Compute.ARN, ":instance/") || key == "lambda:sourcefunctionarn"):
		return policy.Is(n.Compute.ARN)
	}
	return policy.Value{}
}
