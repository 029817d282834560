package graph

import (
	"slices"
	"strings"

	"accesspath/iam"
	"accesspath/policy"
)

// target is the resource's side of a request.
type target struct {
	account    string // owner
	layer      policy.ResourceLayer
	tags       []policy.Tag
	tagsKnown  bool
	collection string
	awsManaged bool         // a key that AWS manages (ORG-10)
	boundary   policy.Value // of a user or role, that it has now (CKEY-42)
	notes      []string
}

// Notes on what an answer rests on.
const (
	// NoteUnread: the resource's policy was not read; it might grant or deny.
	NoteUnread = "resource-policy-unread"
	// NoteOwnerAssumed: nobody said whose resource it is; taken for the caller's.
	NoteOwnerAssumed = "owner-assumed"
	// NoteACL: nobody said what the bucket's access control list grants, nor
	// whether such lists count (RPOL-06).
	NoteACL = "acl-unread"
	// NoteNotListed: the role or user is not in its loaded account.
	NoteNotListed = "not-in-snapshot"
)

// target finds owner, policy and tags of a resource.
func (m *Model) target(caller *Node, action, resource string) target {
	arn, ok := policy.ParseARN(resource)
	if !ok {
		return target{account: caller.Account, layer: policy.ResourceLayer{State: policy.ResourceNone}, collection: policy.Collection(action, caller.Account)}
	}
	service, _, _ := strings.Cut(strings.ToLower(action), ":")
	if arn.Account == "aws" { // what AWS keeps for all accounts is everybody's, as their own policies say
		arn.Account = caller.Account
	}
	switch arn.Service {
	case "iam":
		return m.iamTarget(service, arn, resource)
	case "s3":
		if arn.Account == "" {
			return m.bucketTarget(caller, arn)
		}
	}
	return m.plainTarget(caller, arn, resource)
}

// iamTarget: a role's trust policy is its resource policy; nothing else of IAM
// has one (RPOL-22).
func (m *Model) iamTarget(service string, arn policy.ARN, resource string) target {
	t := target{account: arn.Account, layer: policy.ResourceLayer{State: policy.ResourceNone}}
	loaded := m.Snapshot.Account(arn.Account).Loaded()
	if u := m.user(resource); u != nil {
		t.setTags(u.Tags)
		t.boundary = m.boundaryNow(&u.Entity)
	}
	role := m.role(resource)
	if role != nil {
		t.setTags(role.Tags)
		t.boundary = m.boundaryNow(&role.Entity)
	}
	if service != "sts" || !strings.HasPrefix(arn.Resource, "role/") {
		return t
	}
	switch {
	case role != nil && role.Trust != nil && role.Trust.Document != nil:
		t.layer = policy.ResourceLayer{State: policy.ResourcePresent, Policies: []policy.Attached{inline(role.Trust, role.ARN, "")}}
	case role != nil && role.ServiceLinked(): // its trust is in one service, whatever was read (EVAL-33)
	case role != nil:
		t.layer = policy.ResourceLayer{State: policy.ResourceUnknown, Unknown: "DATA:trust"}
	case !loaded:
		t.layer = policy.ResourceLayer{State: policy.ResourceUnknown, NotLoaded: true}
	default:
		t.notes = []string{NoteNotListed}
	}
	return t
}

// boundaryNow is the boundary that an entity has; open where the export may have
// left boundaries out (GAAD-13).
func (m *Model) boundaryNow(e *iam.Entity) policy.Value {
	switch a := m.Snapshot.Account(e.Account); {
	case e.Boundary != nil:
		return policy.Is(e.Boundary.ARN)
	case a == nil || a.Coverage[iam.SectionBoundaries] == iam.Unknown:
		return policy.Value{}
	}
	return policy.NotThere()
}

func (t *target) setTags(tags []iam.Tag) {
	t.tags, t.tagsKnown = append(t.tags, iam.PolicyTags(tags)...), true
}

// bucketTarget: the owner of a bucket is not in its ARN (RPOL-03).
func (m *Model) bucketTarget(caller *Node, arn policy.ARN) target {
	bucket, _, _ := strings.Cut(arn.Resource, "/")
	r := m.Resource("arn:" + arn.Partition + ":s3:::" + bucket)
	if r == nil {
		t := target{account: caller.Account, notes: []string{NoteOwnerAssumed}}
		m.unread(&t, caller.Account, iam.SectionBuckets)
		return t
	}
	t := target{account: r.Account}
	if r.Account == "" {
		t.account, t.notes = caller.Account, []string{NoteOwnerAssumed}
	}
	m.described(&t, r)
	m.accessList(caller, &t, r)
	t.layer.RestrictPublic = m.blocksPublic(r, func(b *iam.PublicAccessBlock) bool { return b.RestrictPublicBuckets })
	t.layer.IgnorePublicLists = m.blocksPublic(r, func(b *iam.PublicAccessBlock) bool { return b.IgnorePublicACLs })
	return t
}

// blocksPublic: the bucket's block of public access and its account's both count
// (RPOL-04). on is the switch that is asked for.
func (m *Model) blocksPublic(r *iam.Resource, on func(*iam.PublicAccessBlock) bool) policy.Tristate {
	own, account := r.PublicAccessBlock, (*iam.PublicAccessBlock)(nil)
	if a := m.Snapshot.Account(r.Account); a != nil {
		account = a.PublicAccessBlock
	}
	switch {
	case own != nil && on(own), account != nil && on(account):
		return policy.Yes
	case own == nil, account == nil:
		return policy.Undecided
	}
	return policy.No
}

// accessList adds what a bucket's access control list grants to callers of other
// accounts, unless lists count for nothing there (RPOL-06).
func (m *Model) accessList(caller *Node, t *target, r *iam.Resource) {
	if caller.Account == r.Account && caller.Account != "" || r.OwnershipEnforced == iam.Present {
		return
	}
	if r.ACLState == iam.Unknown {
		if r.OwnershipEnforced == iam.Unknown {
			t.notes = append(t.notes, NoteACL)
		}
		return
	}
	if p := aclPolicy(r); p != nil {
		t.add(p)
	}
}

// Beside lists what counts like a policy of a resource, and is none: the access control
// list of a bucket, the grants of a key (RPOL-06, RPOL-12).
func (m *Model) Beside(r *iam.Resource) []policy.Attached {
	var out []policy.Attached
	if r.OwnershipEnforced != iam.Present && r.ACLState != iam.Unknown {
		if p := aclPolicy(r); p != nil {
			out = append(out, *p)
		}
	}
	if p := grantsPolicy(r); p != nil {
		out = append(out, *p)
	}
	return out
}

// add adds to a resource's policies what counts like one.
func (t *target) add(p *policy.Attached) {
	if t.layer.State == policy.ResourceNone {
		t.layer.State = policy.ResourcePresent
	}
	t.layer.Policies = append(slices.Clip(t.layer.Policies), *p)
}

func (m *Model) plainTarget(caller *Node, arn policy.ARN, resource string) target {
	r := m.Holder(resource)
	owner := arn.Account
	if r != nil && r.Account != "" {
		owner = r.Account
	}
	t := target{account: owner}
	if owner == "" {
		t.account, t.notes = caller.Account, []string{NoteOwnerAssumed}
	}
	point, isPoint := behindAccessPoint(resource)
	switch {
	case isPoint:
		m.pointLayer(&t, point)
	case r != nil:
		m.described(&t, r)
		if g := grantsPolicy(r); g != nil {
			t.add(g)
		}
	case arn.Service == "kms" && strings.HasPrefix(arn.Resource, "key/"):
		t.layer = policy.ResourceLayer{State: policy.ResourceUnknown, Unknown: "DATA:key-policy", NotLoaded: m.notLoaded(t.account)}
	default:
		m.unread(&t, t.account, iam.SectionResources)
		if closedToOthers(arn) && !m.notLoaded(t.account) {
			t.layer = policy.ResourceLayer{State: policy.ResourceNone}
		}
	}
	return t
}

// Holder is what the snapshot has of a resource, or else of what it belongs to; nil if
// neither is there. Access points and what lies behind them are of their own.
func (m *Model) Holder(resource string) *iam.Resource {
	if r := m.Resource(resource); r != nil {
		return r
	}
	arn, ok := policy.ParseARN(resource)
	if !ok {
		return nil
	}
	return m.parentResource(arn)
}

// parentResource finds what a sub-resource belongs to: a log stream to its
// group, a table index to its table, a function's version to the function, a table of
// Glue to the catalog.
func (m *Model) parentResource(arn policy.ARN) *iam.Resource {
	if below, ok := ownPolicy[arn.Service]; ok && strings.Contains(arn.Resource, below) {
		return nil
	}
	for i := len(arn.Resource) - 1; i > 0; i-- {
		if c := arn.Resource[i]; c != ':' && (c != '/' || slices.Contains(slashNames, arn.Service)) {
			continue
		}
		up := arn
		up.Resource = arn.Resource[:i]
		if r := m.Resource(up.String()); r != nil {
			return r
		}
	}
	kind, _, _ := strings.Cut(arn.Resource, "/")
	if arn.Service == "glue" && slices.Contains(inCatalog, kind) {
		arn.Resource = "catalog"
		return m.Resource(arn.String())
	}
	return nil
}

// ownPolicy says, by service, what lies below a resource in its name and has a policy of
// its own: the streams of a table, and consumers of a stream (RPOL-02).
var ownPolicy = map[string]string{"dynamodb": "/stream/", "kinesis": "/consumer/"}

// slashNames are services whose names may have slashes: what begins like the name of a
// repository, secret, parameter, log group or event bus is another one, and not below it
// (RPOL-02).
var slashNames = []string{"ecr", "ecr-public", "events", "logs", "secretsmanager", "ssm"}

// inCatalog are the types of Glue that the policy of the account's data catalog is about.
var inCatalog = []string{"database", "table", "tableVersion", "userDefinedFunction", "connection"}

func (m *Model) notLoaded(account string) bool {
	return account != "" && !m.Snapshot.Account(account).Loaded()
}

// described fills in what the snapshot says of a resource (RPOL-01).
func (m *Model) described(t *target, r *iam.Resource) {
	t.awsManaged = r.AWSManaged
	if r.TagsState != iam.Unknown {
		t.setTags(r.Tags)
	}
	key := r.Type == "kms:key" || strings.Contains(r.ARN, ":kms:")
	switch {
	case r.PolicyState == iam.Present && r.Policy != nil:
		t.layer = policy.ResourceLayer{State: policy.ResourcePresent, Policies: []policy.Attached{inline(r.Policy, r.ARN, "")}}
		if r.Policy.Document == nil {
			t.layer = policy.ResourceLayer{State: policy.ResourceUnknown, Unknown: unreadCode(key), Strict: m.Options.StrictData}
		}
	case r.PolicyState == iam.KnownEmpty:
		arn, _ := policy.ParseARN(r.ARN)
		t.layer = policy.ResourceLayer{State: policy.ResourceNone, MayBeShared: mayBeShared(arn)}
	default:
		t.layer = policy.ResourceLayer{State: policy.ResourceUnknown, Unknown: unreadCode(key), Strict: m.Options.StrictData}
	}
}

func unreadCode(key bool) string {
	if key {
		return "DATA:key-policy"
	}
	return "DATA:resource-policy"
}

// unread is a resource that no input describes.
func (m *Model) unread(t *target, account string, section iam.Section) {
	t.layer = policy.ResourceLayer{State: policy.ResourceNone}
	switch a := m.Snapshot.Account(account); {
	case m.notLoaded(account):
		t.layer = policy.ResourceLayer{State: policy.ResourceUnknown, NotLoaded: true}
	case m.Options.StrictData:
		t.layer = policy.ResourceLayer{State: policy.ResourceUnknown, Unknown: "DATA:resource-policy", Strict: true}
	case a == nil || a.Coverage[section] == iam.Unknown:
		t.notes = append(t.notes, NoteUnread)
	}
}
