package cloudformation

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"accesspath/iam"
	"accesspath/ingest/internal/declared"
	"accesspath/ingest/internal/part"
	"accesspath/ingest/internal/scan"
)

// handlers are the types that are read.
var handlers = map[string]func(*decoder, *resource){
	"AWS::IAM::User":                (*decoder).user,
	"AWS::IAM::Group":               (*decoder).group,
	"AWS::IAM::Role":                (*decoder).role,
	"AWS::IAM::ManagedPolicy":       (*decoder).managedPolicy,
	"AWS::IAM::Policy":              (*decoder).policyOfMany,
	"AWS::IAM::RolePolicy":          single(part.KindRole, "RoleName"),
	"AWS::IAM::UserPolicy":          single(part.KindUser, "UserName"),
	"AWS::IAM::GroupPolicy":         single(part.KindGroup, "GroupName"),
	"AWS::IAM::UserToGroupAddition": (*decoder).members,
	"AWS::IAM::AccessKey":           (*decoder).accessKey,
	"AWS::IAM::InstanceProfile":     (*decoder).instanceProfile,
	"AWS::IAM::OIDCProvider":        (*decoder).oidc,
	"AWS::IAM::SAMLProvider":        (*decoder).saml,

	"AWS::S3::Bucket":                     (*decoder).bucket,
	"AWS::S3::BucketPolicy":               targets("Bucket", "PolicyDocument"),
	"AWS::SQS::Queue":                     (*decoder).plain,
	"AWS::SQS::QueuePolicy":               targets("Queues", "PolicyDocument"),
	"AWS::SQS::QueueInlinePolicy":         targets("Queue", "PolicyDocument"),
	"AWS::SNS::Topic":                     (*decoder).plain,
	"AWS::SNS::TopicPolicy":               targets("Topics", "PolicyDocument"),
	"AWS::SNS::TopicInlinePolicy":         targets("TopicArn", "PolicyDocument"),
	"AWS::KMS::Key":                       own("KeyPolicy"),
	"AWS::ECR::Repository":                own("RepositoryPolicyText"),
	"AWS::DynamoDB::Table":                own("ResourcePolicy"),
	"AWS::SecretsManager::Secret":         (*decoder).plain,
	"AWS::SecretsManager::ResourcePolicy": targets("SecretId", "ResourcePolicy"),
	"AWS::Lambda::Permission":             (*decoder).permission,

	"AWS::Organizations::Policy": (*decoder).orgPolicy,
	"AWS::SSO::PermissionSet":    (*decoder).permissionSet,
	"AWS::SSO::Assignment":       (*decoder).assignment,
}

// emit makes facts of all resources whose condition holds.
func (d *decoder) emit() {
	d.home = declared.Home{Partition: cmp.Or(declared.PartitionOf(d.region), "aws"), Account: d.account, Region: d.region}
	d.pieces, d.grants, d.settled = map[string]*iam.Resource{}, map[string][]declared.Grant{}, map[string]settled{}
	d.facts = part.Account{ID: d.account, Command: "cloudformation get-template", Origin: d.root.place}
	unread := map[string]int{}
	for _, id := range d.ids {
		r := d.resources[id]
		handle := handlers[r.typ]
		if c, ok := computeKinds[r.typ]; ok {
			handle = c.add
		}
		switch {
		case r.typ == "":
			d.fail(r.n.place, "invalid-entity", id, "a resource without Type; it is not used")
		case !d.exists(r):
		case handle == nil:
			unread[r.typ]++
		default:
			handle(d, r)
		}
	}
	d.permissions()
	for _, arn := range d.arns {
		d.Part.Resources = append(d.Part.Resources, d.pieces[arn])
	}
	d.Part.Accounts = append(d.Part.Accounts, d.facts)
	d.Unread(d.root.place, unread)
}

// exists evaluates the condition of a resource. Where it is unknown the
// resource counts as made, because it may be.
func (d *decoder) exists(r *resource) bool {
	c := r.n.get("Condition")
	if !c.is(text) {
		return true
	}
	value, why := d.condition(c.text)
	if why != "" {
		d.Unknown(c.place, r.id, "whether it is made is not known (its condition hangs on %s); it counts as made", scan.Clip(why))
		return true
	}
	return value
}

// document is the policy in a property.
func (d *decoder) document(r *resource, n *node, name, entity string) *iam.Policy {
	v := d.eval(n)
	t := declared.Text{Place: r.n.place}
	switch {
	case v == nil || v.kind == nothing:
		t.Unknown = "a document that is missing"
	default:
		t.Place, t.Pointer, t.Unknown = n.place, n.place.Pointer, v.hangs()
		t.Value = v.value(d.File.Name)
	}
	return d.Policy(t, name, entity)
}

func (d *decoder) entity(r *resource, kind string) iam.Entity {
	path, why := d.textOf(r.props.get("Path"))
	if why != "" {
		d.Unknown(r.n.place, r.id, "its path is not known (it hangs on %s) and taken as /", why)
	}
	e := d.home.Entity(kind, path, d.name(r), r.n.place)
	if kind == part.KindGroup {
		return e
	}
	e.Tags = d.tags(r.props.get("Tags"), r)
	boundary, why := d.textOf(r.props.get("PermissionsBoundary"))
	switch {
	case why != "":
		d.Unknown(r.n.place, r.id, "its permissions boundary is not known (it hangs on %s)", why)
		e.Boundary = declared.UnknownPolicy(why)
	case boundary != "":
		e.Boundary = declared.Attachment(boundary)
	}
	d.Part.Boundaries = true // a resource without one has none
	return e
}

func (d *decoder) tags(n *node, r *resource) []iam.Tag {
	v := d.eval(n)
	if v == nil {
		return nil
	}
	if why := v.hangs(); why != "" {
		d.Unknown(v.place, r.id, "tags are not known: they hang on %s", why)
	}
	var out []iam.Tag
	for _, t := range v.items {
		if t.get("Value").hangs() == "" {
			out = append(out, iam.Tag{Key: t.get("Key").string(), Value: t.get("Value").string()})
		}
	}
	return out
}

// carried reads what users, groups and roles have in themselves.
func (d *decoder) carried(r *resource, e *iam.Entity, kind string) part.Carrier {
	c := part.Carrier{Kind: kind, Account: d.account, Name: e.Name}
	policies := d.eval(r.props.get("Policies"))
	if policies.is(unknown) {
		d.edit(part.Edit{Carrier: c, Inline: d.document(r, policies, declared.Placeholder(r.id), e.ARN), Origin: r.n.place})
	} else if policies != nil {
		for i, p := range policies.items {
			// Each has a place of its own: of two of one name the later takes the other's.
			name := cmp.Or(p.get("PolicyName").string(), declared.Placeholder(fmt.Sprintf("%s.Policies[%d]", r.id, i)))
			d.edit(part.Edit{Carrier: c, Inline: d.document(r, cmp.Or(p.get("PolicyDocument"), p), name, e.ARN), Origin: p.place})
		}
	}
	arns, why := d.listOf(r.props.get("ManagedPolicyArns"))
	for _, arn := range arns {
		d.edit(part.Edit{Carrier: c, Attach: declared.Attachment(arn), Origin: r.n.place})
	}
	if why != "" {
		d.Unknown(r.n.place, r.id, "a policy that is attached is not known (it hangs on %s)", why)
		d.edit(part.Edit{Carrier: c, Attach: declared.UnknownPolicy(why), Origin: r.n.place})
	}
	return c
}

func (d *decoder) edit(e part.Edit) { d.Part.Change.Edits = append(d.Part.Change.Edits, e) }

func (d *decoder) user(r *resource) {
	u := &iam.User{Entity: d.entity(r, part.KindUser)}
	d.Part.Users = append(d.Part.Users, u)
	c := d.carried(r, &u.Entity, part.KindUser)
	if r.props.get("LoginProfile") != nil {
		d.credentials(u.Name, iam.Credentials{Password: iam.Present, Origin: r.n.place})
	}
	groups, why := d.listOf(r.props.get("Groups"))
	for _, g := range groups {
		d.edit(part.Edit{Carrier: c, Group: g, Origin: r.n.place})
	}
	if why != "" { // what it grants is as unknown as a policy
		d.Unknown(r.n.place, r.id, "a group of the user is not known (it hangs on %s)", why)
		d.edit(part.Edit{Carrier: c, Attach: declared.UnknownPolicy(why), Origin: r.n.place})
	}
}

// accessKey is one key of a user, who may have others. A status that is not known
// counts as active, so that no credential is overlooked.
func (d *decoder) accessKey(r *resource) {
	name, why := d.textOf(r.props.get("UserName"))
	if name == "" {
		d.Unknown(r.n.place, r.id, "which user it is for is not known (it hangs on %s); it is not used", cmp.Or(why, "UserName"))
		return
	}
	status, _ := d.textOf(r.props.get("Status"))
	key := iam.AccessKey{Active: !strings.EqualFold(status, "Inactive")}
	d.credentials(name, iam.Credentials{Keys: iam.Present, AccessKeys: []iam.AccessKey{key}, Origin: r.n.place})
}

func (d *decoder) credentials(user string, facts iam.Credentials) {
	d.Part.Credentials = append(d.Part.Credentials, part.Credentials{Name: user, Account: d.account, Command: "the template", Facts: facts})
}

func (d *decoder) group(r *resource) {
	g := &iam.Group{Entity: d.entity(r, part.KindGroup)}
	d.Part.Groups = append(d.Part.Groups, g)
	d.carried(r, &g.Entity, part.KindGroup)
}

func (d *decoder) role(r *resource) {
	role := &iam.Role{Entity: d.entity(r, part.KindRole)}
	role.Trust = d.document(r, r.props.get("AssumeRolePolicyDocument"), "trust policy", role.ARN)
	role.Description, _ = d.textOf(r.props.get("Description"))
	role.MaxSession = 3600
	if s, _ := d.textOf(r.props.get("MaxSessionDuration")); s != "" {
		role.MaxSession, _ = strconv.Atoi(s)
	}
	d.Part.Roles = append(d.Part.Roles, role)
	d.carried(r, &role.Entity, part.KindRole)
}

func (d *decoder) managedPolicy(r *resource) {
	path, _ := d.textOf(r.props.get("Path"))
	m := d.home.Managed(path, d.name(r), r.n.place)
	m.DefaultVersionID = ""
	declared.SetVersion(m, d.document(r, r.props.get("PolicyDocument"), m.Name, m.ARN))
	m.Versions[0].VersionID = ""
	d.Part.Policies = append(d.Part.Policies, m)
	d.carriers(r, func(c part.Carrier) {
		d.edit(part.Edit{Carrier: c, Attach: declared.Attachment(m.ARN), Origin: r.n.place})
	})
}

// carriers calls give for each user, group and role that a policy lists. One
// that is not known may be any of the template.
func (d *decoder) carriers(r *resource, give func(part.Carrier)) {
	for _, k := range []struct{ property, kind string }{{"Users", part.KindUser}, {"Groups", part.KindGroup}, {"Roles", part.KindRole}} {
		list, why := d.listOf(r.props.get(k.property))
		for _, name := range list {
			give(part.Carrier{Kind: k.kind, Account: d.account, Name: name})
		}
		if why != "" {
			d.anyOf(r, k.kind, why)
		}
	}
}

func (d *decoder) anyOf(r *resource, kind, why string) {
	n := 0
	for _, id := range d.ids {
		if o := d.resources[id]; kinds[o.typ].prefix == kind && kinds[o.typ].service == "iam" {
			n++
			d.edit(part.Edit{Carrier: part.Carrier{Kind: kind, Account: d.account, Name: d.name(o)}, Attach: declared.UnknownPolicy(why), Origin: r.n.place})
		}
	}
	d.Unknown(r.n.place, r.id, "which %s it is for is not known (it hangs on %s); each of the %d in this template may have more policies than are shown", kind, why, n)
}

func (d *decoder) policyOfMany(r *resource) {
	p := d.document(r, r.props.get("PolicyDocument"), d.policyName(r), r.id)
	d.carriers(r, func(c part.Carrier) {
		own := *p
		d.edit(part.Edit{Carrier: c, Inline: &own, Origin: r.n.place})
	})
}

func (d *decoder) policyName(r *resource) string {
	name, why := d.textOf(r.props.get("PolicyName"))
	if why != "" {
		d.Unknown(r.n.place, r.id, "its name is not known (it hangs on %s)", why)
	}
	return cmp.Or(name, declared.Placeholder(r.id))
}

// single is a policy of one carrier.
func single(kind, property string) func(*decoder, *resource) {
	return func(d *decoder, r *resource) {
		name, why := d.textOf(r.props.get(property))
		if why != "" {
			d.anyOf(r, kind, why)
			return
		}
		p := d.document(r, r.props.get("PolicyDocument"), d.policyName(r), r.id)
		d.edit(part.Edit{Carrier: part.Carrier{Kind: kind, Account: d.account, Name: name}, Inline: p, Origin: r.n.place})
	}
}

func (d *decoder) members(r *resource) {
	group, why := d.textOf(r.props.get("GroupName"))
	users, more := d.listOf(r.props.get("Users"))
	if why != "" || more != "" {
		d.anyOf(r, part.KindUser, cmp.Or(why, more))
	}
	for _, u := range users {
		if group != "" {
			d.edit(part.Edit{Carrier: part.Carrier{Kind: part.KindUser, Account: d.account, Name: u}, Group: group, Origin: r.n.place})
		}
	}
}

func (d *decoder) instanceProfile(r *resource) {
	arn, why := d.arnOf(r)
	if why != "" {
		d.Unknown(r.n.place, r.id, "its path is not known (it hangs on %s); it is not used", why)
		return
	}
	p := &iam.InstanceProfile{ARN: arn, Name: d.name(r), Account: d.account}
	roles, why := d.listOf(r.props.get("Roles"))
	if why != "" {
		d.Unknown(r.n.place, r.id, "its role is not known (it hangs on %s)", why)
	}
	if len(roles) > 0 {
		p.Role = d.roleARN(roles[0])
	}
	d.Part.Profiles = append(d.Part.Profiles, p)
}

// roleARN is the ARN of a role given by name or ARN: the path is that of the
// role in the template, else / until merging finds the role.
func (d *decoder) roleARN(name string) string {
	return d.arnByName("AWS::IAM::Role", "role/", name)
}

// arnByName is the ARN of something of IAM given by name or ARN: that of the resource of the
// type which has the name, else one with the path /.
func (d *decoder) arnByName(typ, kind, name string) string {
	if name == "" || strings.HasPrefix(name, "arn:") {
		return name
	}
	for _, id := range d.ids {
		if r := d.resources[id]; r.typ == typ && d.name(r) == name {
			if arn, why := d.arnOf(r); why == "" {
				return arn
			}
		}
	}
	return d.home.ARN("iam", "", d.account, kind+name)
}

func (d *decoder) oidc(r *resource) {
	arn, _ := d.arnOf(r)
	issuer, why := d.textOf(r.props.get("Url"))
	clients, more := d.listOf(r.props.get("ClientIdList"))
	if why = cmp.Or(why, more); why != "" {
		d.Unknown(r.n.place, r.id, "its issuer or its audiences are not known (they hang on %s)", why)
	}
	d.facts.OIDC = append(d.facts.OIDC, &iam.OIDCProvider{ARN: arn, URL: strings.TrimPrefix(issuer, "https://"), ClientIDs: clients, ClientsKnown: more == "", Origin: r.n.place})
}

func (d *decoder) saml(r *resource) {
	arn, _ := d.arnOf(r)
	d.facts.SAML = append(d.facts.SAML, &iam.SAMLProvider{ARN: arn, Origin: r.n.place})
}
