package cloudformation

import (
	"cmp"
	"net/url"
	"strings"

	"accesspath/iam"
	"accesspath/ingest/awscli"
	"accesspath/ingest/internal/declared"
	"accesspath/ingest/internal/part"
)

// piece is the one piece of the template about an ARN.
func (d *decoder) piece(arn string, r *resource) *iam.Resource {
	if d.pieces[arn] == nil {
		d.pieces[arn] = awscli.NewResource(arn, d.account, r.n.place)
		d.arns = append(d.arns, arn)
	}
	return d.pieces[arn]
}

// itself is the piece about a resource of the template; nil if its ARN is not
// known.
func (d *decoder) itself(r *resource) *iam.Resource {
	arn, why := d.arnOf(r)
	if why != "" {
		d.Unknown(r.n.place, r.id, "its ARN is not known (it hangs on %s), so the resource is not in the snapshot", why)
		return nil
	}
	return d.piece(arn, r)
}

// plain resources have no policy in themselves.
func (d *decoder) plain(r *resource) {
	if p := d.itself(r); p != nil {
		d.tagged(p, r)
	}
}

func (d *decoder) tagged(p *iam.Resource, r *resource) {
	n := r.props.get("Tags")
	if n == nil {
		return
	}
	switch tags := d.tags(n, r); {
	case d.eval(n).hangs() != "": // one that is not known may be any
	case len(tags) > 0:
		p.Tags, p.TagsState = tags, iam.Present
	default:
		p.TagsState = iam.KnownEmpty
	}
}

// own resources have their policy in a property.
func own(property string) func(*decoder, *resource) {
	return func(d *decoder, r *resource) {
		p := d.itself(r)
		if p == nil {
			return
		}
		d.tagged(p, r)
		n := r.props.get(property)
		if inner := n.get("PolicyDocument"); inner != nil {
			n = inner
		}
		if n != nil {
			p.Policy, p.PolicyState = d.document(r, n, "resource policy", p.ARN), iam.Present
		}
	}
}

// targets give one policy to the resources that a property names.
func targets(property, document string) func(*decoder, *resource) {
	return func(d *decoder, r *resource) {
		list, why := d.listOf(r.props.get(property))
		if why != "" {
			d.Unknown(r.n.place, r.id, "which resource it is for is not known (it hangs on %s); its policy is not used there", why)
		}
		for _, name := range list {
			arn := d.targetARN(property, name)
			if arn == "" {
				d.Unknown(r.n.place, r.id, "which resource it is for is not known; its policy is not used there")
				continue
			}
			p := d.piece(arn, r)
			p.Policy, p.PolicyState = d.document(r, r.props.get(document), "resource policy", arn), iam.Present
		}
	}
}

func (d *decoder) targetARN(property, name string) string {
	switch {
	case strings.HasPrefix(name, "arn:"):
		return name
	case property == "Bucket":
		return d.home.ARN("s3", "", "", name)
	case property == "Queues" || property == "Queue":
		u, err := url.Parse(name)
		if err != nil {
			return ""
		}
		host := strings.Split(u.Host, ".")
		account, queue, ok := strings.Cut(strings.TrimPrefix(u.Path, "/"), "/")
		if !ok || len(host) < 3 || host[0] != "sqs" {
			return ""
		}
		return d.home.ARN("sqs", host[1], account, queue)
	}
	return ""
}

func (d *decoder) bucket(r *resource) {
	p := d.itself(r)
	if p == nil {
		return
	}
	p.Region = d.region
	d.tagged(p, r)
	if block := d.eval(r.props.get("PublicAccessBlockConfiguration")); block.is(object) && block.hangs() == "" {
		on := func(name string) bool { return block.get(name).string() == "true" }
		p.PublicAccessBlock = &iam.PublicAccessBlock{BlockPublicACLs: on("BlockPublicAcls"), IgnorePublicACLs: on("IgnorePublicAcls"),
			BlockPublicPolicy: on("BlockPublicPolicy"), RestrictPublicBuckets: on("RestrictPublicBuckets")}
	}
	if rules := d.eval(r.props.path("OwnershipControls", "Rules")); rules.is(array) && rules.hangs() == "" {
		p.OwnershipEnforced = iam.KnownEmpty
		for _, rule := range rules.items {
			if rule.get("ObjectOwnership").string() == "BucketOwnerEnforced" {
				p.OwnershipEnforced = iam.Present
			}
		}
	}
}

func (d *decoder) permission(r *resource) {
	name, why := d.textOf(r.props.get("FunctionName"))
	if why != "" || name == "" || d.region == "" && !strings.HasPrefix(name, "arn:") {
		d.Unknown(r.n.place, r.id, "which function it is for is not known (it hangs on %s); it is not used", cmp.Or(why, "AWS::Region"))
		return
	}
	arn := name
	if !strings.HasPrefix(name, "arn:") {
		arn = d.home.ARN("lambda", d.region, d.account, "function:"+name)
	}
	g := declared.Grant{Place: r.n.place}
	g.SID, g.Function = r.id, arn
	for _, f := range []struct {
		property string
		to       *string
	}{
		{"Action", &g.Action}, {"Principal", &g.Principal}, {"SourceArn", &g.SourceARN}, {"SourceAccount", &g.SourceAccount},
		{"PrincipalOrgID", &g.Org}, {"FunctionUrlAuthType", &g.URLAuth}, {"EventSourceToken", &g.Token},
	} {
		s, open := d.textOf(r.props.get(f.property))
		*f.to, g.Unknown = s, cmp.Or(g.Unknown, open)
	}
	d.piece(arn, r).PolicyState = iam.Present
	d.grants[arn] = append(d.grants[arn], g)
}

// permissions writes the policies of functions from their grants.
func (d *decoder) permissions() {
	for _, arn := range d.arns {
		if grants := d.grants[arn]; len(grants) > 0 {
			d.pieces[arn].Policy = d.Permissions(arn, grants)
		}
	}
}

// A computeKind is a type of resource that holds a role (SVC-09, IN-25).
type computeKind struct {
	kind, service string
	roles, agents []string // properties
	profile       bool     // IamInstanceProfile
}

var computeKinds = map[string]computeKind{
	"AWS::EC2::Instance":               {kind: "ec2:instance", service: "ec2.amazonaws.com", profile: true},
	"AWS::EC2::LaunchTemplate":         {kind: "ec2:launch-template", service: "ec2.amazonaws.com", profile: true},
	"AWS::Lambda::Function":            {kind: "lambda:function", service: "lambda.amazonaws.com", roles: []string{"Role"}},
	"AWS::ECS::TaskDefinition":         {kind: "ecs:task-definition", service: "ecs-tasks.amazonaws.com", roles: []string{"TaskRoleArn"}, agents: []string{"ExecutionRoleArn"}},
	"AWS::CodeBuild::Project":          {kind: "codebuild:project", service: "codebuild.amazonaws.com", roles: []string{"ServiceRole"}},
	"AWS::Glue::Job":                   {kind: "glue:job", service: "glue.amazonaws.com", roles: []string{"Role"}},
	"AWS::StepFunctions::StateMachine": {kind: "states:state-machine", service: "states.amazonaws.com", roles: []string{"RoleArn"}},
	"AWS::SageMaker::NotebookInstance": {kind: "sagemaker:notebook-instance", service: "sagemaker.amazonaws.com", roles: []string{"RoleArn"}},
}

func (c computeKind) add(d *decoder, r *resource) {
	arn, why := d.arnOf(r)
	if why != "" { // it holds a role wherever it will be
		d.Unknown(r.n.place, r.id, "its ARN is not known (it hangs on %s); it stands without a region", why)
		k := kinds[r.typ]
		arn = d.home.ARN(k.service, "", d.account, k.prefix+d.name(r))
	}
	x := &iam.Compute{ARN: arn, Kind: c.kind, Service: c.service, Account: d.account, Region: d.region, Name: d.name(r), Origin: r.n.place}
	x.Roles, x.AgentRoles = d.rolesOf(r, c.roles), d.rolesOf(r, c.agents)
	props := r.props
	if data := props.get("LaunchTemplateData"); data != nil {
		props = data
	}
	if c.profile {
		x.InstanceProfile = d.profileARN(r, props.get("IamInstanceProfile"))
		tokens, _ := d.textOf(props.path("MetadataOptions", "HttpTokens"))
		endpoint, _ := d.textOf(props.path("MetadataOptions", "HttpEndpoint"))
		switch {
		case tokens == "required" || endpoint == "disabled":
			x.IMDSv1 = iam.KnownEmpty
		case tokens == "optional":
			x.IMDSv1 = iam.Present
		}
	}
	d.facts.Compute = append(d.facts.Compute, x)
	if c.kind == "lambda:function" && why == "" {
		d.piece(arn, r)
	}
}

func (d *decoder) rolesOf(r *resource, properties []string) []string {
	var out []string
	for _, p := range properties {
		role, why := d.textOf(r.props.get(p))
		if why != "" {
			d.Unknown(r.n.place, r.id, "its role is not known (it hangs on %s)", why)
		}
		if role = d.roleARN(role); role != "" {
			out = append(out, role)
		}
	}
	return out
}

// profileARN reads a name, or an object with Arn or Name.
func (d *decoder) profileARN(r *resource, n *node) string {
	v := d.eval(n)
	if v == nil {
		return ""
	}
	if why := v.hangs(); why != "" {
		d.Unknown(r.n.place, r.id, "its instance profile is not known (it hangs on %s)", why)
		return ""
	}
	name := cmp.Or(v.string(), v.get("Arn").string(), v.get("Name").string())
	return d.arnByName("AWS::IAM::InstanceProfile", "instance-profile/", name)
}

func (d *decoder) orgPolicy(r *resource) {
	kind, _ := d.textOf(r.props.get("Type"))
	if kind != part.SCP && kind != part.RCP {
		return // other types decide nothing here
	}
	name, _ := d.textOf(r.props.get("Name"))
	id := d.name(r)
	p := part.OrgPolicy{ID: id, Name: name, Type: kind, Origin: r.n.place}
	p.Policy = d.document(r, r.props.get("Content"), cmp.Or(name, id), r.id)
	o := &d.Part.Org
	o.Policies = append(o.Policies, p)
	o.Origin = r.n.place
	nodes, why := d.listOf(r.props.get("TargetIds"))
	if why != "" {
		d.Unknown(r.n.place, r.id, "what it is attached to is not known (it hangs on %s)", why)
	}
	for _, target := range nodes {
		o.Attachments = append(o.Attachments, part.Attachment{PolicyID: id, Type: kind, Target: target})
	}
}

func (d *decoder) permissionSet(r *resource) {
	s := &iam.PermissionSet{Name: d.name(r), Origin: r.n.place}
	if n := r.props.get("InlinePolicy"); n != nil {
		s.Inline = d.document(r, n, "inline policy", s.Name)
	}
	var why string
	if s.Managed, why = d.listOf(r.props.get("ManagedPolicies")); why != "" {
		d.Unknown(r.n.place, r.id, "a policy that is attached is not known (it hangs on %s)", why)
		s.Managed = append(s.Managed, declared.UnknownPolicy(why).ARN)
	}
	customer := func(n *node) string {
		path, _ := d.textOf(n.get("Path"))
		name, _ := d.textOf(n.get("Name"))
		return declared.Path(path) + name
	}
	if refs := r.props.get("CustomerManagedPolicyReferences"); refs.is(array) {
		for _, n := range refs.items {
			s.Customer = append(s.Customer, customer(n))
		}
	}
	if b := r.props.get("PermissionsBoundary"); b != nil {
		s.Boundary, _ = d.textOf(b.get("ManagedPolicyArn"))
		if ref := b.get("CustomerManagedPolicyReference"); s.Boundary == "" && ref != nil {
			s.Boundary = customer(ref)
		}
	}
	d.Part.IdentityCenter = append(d.Part.IdentityCenter, part.IdentityCenter{IdentityCenter: iam.IdentityCenter{PermissionSets: []*iam.PermissionSet{s}, Origin: r.n.place}})
}

func (d *decoder) assignment(r *resource) {
	a := iam.Assignment{Origin: r.n.place}
	var open string
	for _, f := range []struct {
		property string
		to       *string
	}{{"TargetId", &a.Account}, {"PrincipalType", &a.PrincipalType}, {"PrincipalId", &a.Principal}} {
		s, why := d.textOf(r.props.get(f.property))
		*f.to, open = s, cmp.Or(open, why)
	}
	a.PermissionSet, open = d.setOf(r), cmp.Or(open, "")
	if open != "" || a.PermissionSet == "" {
		d.Unknown(r.n.place, r.id, "its account, principal or permission set is not known (%s); it is not used", open)
		return
	}
	d.Part.IdentityCenter = append(d.Part.IdentityCenter, part.IdentityCenter{IdentityCenter: iam.IdentityCenter{Assignments: []iam.Assignment{a}, Origin: r.n.place}})
}

// setOf names the permission set of an assignment: an ARN, or the name of one of
// the template.
func (d *decoder) setOf(r *resource) string {
	n := r.props.get("PermissionSetArn")
	for _, m := range []string{"Fn::GetAtt", "Ref"} {
		arg := n.get(m)
		id, _, _ := strings.Cut(arg.string(), ".")
		if arg.is(array) && len(arg.items) > 0 {
			id = arg.items[0].string()
		}
		if o := d.resources[id]; o != nil && o.typ == "AWS::SSO::PermissionSet" {
			return d.name(o)
		}
	}
	s, _ := d.textOf(n)
	return s
}
