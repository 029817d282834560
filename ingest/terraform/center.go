package terraform

import (
	"cmp"

	"accesspath/iam"
	"accesspath/ingest/internal/declared"
	"accesspath/ingest/internal/part"
)

// setKey is the ARN of a permission set, else its name, which merging takes too.
func (d *decoder) setKey(r *resource) string {
	arn, _ := d.known(r, "arn")
	name, _ := d.known(r, "name")
	return cmp.Or(arn, name)
}

// set is the piece of the file about a permission set.
func (d *decoder) set(key string, r *resource) *iam.PermissionSet {
	if d.sets[key] == nil {
		d.sets[key] = &iam.PermissionSet{Origin: r.origin()}
		d.setKeys = append(d.setKeys, key)
		if len(key) > 4 && key[:4] == "arn:" {
			d.sets[key].ARN = key
		} else {
			d.sets[key].Name = key
		}
	}
	return d.sets[key]
}

func (d *decoder) permissionSet(r *resource) {
	key := d.setKey(r)
	if key == "" {
		d.Unknown(r.origin(), r.address, "neither its ARN nor its name is known; it is not in the snapshot")
		return
	}
	d.set(key, r).Name, _ = d.known(r, "name")
}

// setOf is the permission set that a resource adds to; nil if it is not known.
func (d *decoder) setOf(r *resource) *iam.PermissionSet {
	key, ok := d.known(r, "permission_set_arn")
	if !ok {
		if o := d.ownerOf(r, "permission_set_arn"); o != nil {
			key = d.setKey(o)
		}
	}
	if key == "" {
		d.Unknown(r.origin(), r.address, "which permission set it is for is not known (%s); it is not used", d.unknownName(r, "permission_set_arn"))
		return nil
	}
	return d.set(key, r)
}

func (d *decoder) setInline(r *resource) {
	if s := d.setOf(r); s != nil {
		s.Inline = d.policy(r, "inline_policy", "inline policy", cmp.Or(s.ARN, s.Name))
	}
}

func (d *decoder) setManaged(r *resource) {
	s := d.setOf(r)
	if s == nil {
		return
	}
	arn, unknown := d.text(r, "managed_policy_arn")
	if arn == "" {
		d.Unknown(r.origin(), r.address, "the policy that it attaches is not known (%s)", unknown)
		arn = declared.UnknownPolicy(unknown).ARN
	}
	s.Managed = append(s.Managed, arn)
}

func (d *decoder) setCustomer(r *resource) {
	if s := d.setOf(r); s != nil {
		s.Customer = append(s.Customer, customer(last(r.values.sub("customer_managed_policy_reference"))))
	}
}

// customer is the name of a policy of each account, with its path.
func customer(ref Element) string {
	return declared.Path(ref.Value.Get("path").Text()) + ref.Value.Get("name").Text()
}

func (d *decoder) setBoundary(r *resource) {
	s := d.setOf(r)
	if s == nil {
		return
	}
	b := last(r.values.sub("permissions_boundary"))
	s.Boundary = b.Value.Get("managed_policy_arn").Text()
	if ref := last(b.sub("customer_managed_policy_reference")); s.Boundary == "" && !ref.Value.Absent() {
		s.Boundary = customer(ref)
	}
}

func (d *decoder) center(r *resource) *part.IdentityCenter {
	c := part.IdentityCenter{IdentityCenter: iam.IdentityCenter{Origin: r.origin()}}
	c.InstanceARN, _ = d.known(r, "instance_arn")
	c.IdentityStore, _ = d.known(r, "identity_store_id")
	d.Part.IdentityCenter = append(d.Part.IdentityCenter, c)
	return &d.Part.IdentityCenter[len(d.Part.IdentityCenter)-1]
}

func (d *decoder) assignment(r *resource) {
	s := d.setOf(r)
	if s == nil {
		return
	}
	account, _ := d.known(r, "target_id")
	principal := d.identity(r, "principal_id")
	if account == "" || principal == "" {
		d.Unknown(r.origin(), r.address, "its account or its principal is not known; it is not used")
		return
	}
	kind, _ := d.known(r, "principal_type")
	c := d.center(r)
	c.Assignments = append(c.Assignments, iam.Assignment{Account: account, PermissionSet: cmp.Or(s.ARN, s.Name), PrincipalType: kind, Principal: principal, Origin: r.origin()})
}

// identity is the id of a user or group of the identity store.
func (d *decoder) identity(r *resource, attr string) string {
	if s, ok := d.known(r, attr); ok {
		return s
	}
	if o := d.ownerOf(r, attr); o != nil && (o.typ == "aws_identitystore_user" || o.typ == "aws_identitystore_group") {
		return d.identityID(o)
	}
	return ""
}

func (d *decoder) identityID(r *resource) string {
	user, _ := d.known(r, "user_id")
	group, _ := d.known(r, "group_id")
	return cmp.Or(user, group, declared.Placeholder(r.address))
}

func (d *decoder) identityUser(r *resource) {
	name, _ := d.known(r, "user_name")
	display, _ := d.known(r, "display_name")
	c := d.center(r)
	c.Users = append(c.Users, iam.IdentityUser{ID: d.identityID(r), Name: name, DisplayName: display})
}

func (d *decoder) identityGroup(r *resource) {
	name, _ := d.known(r, "display_name")
	c := d.center(r)
	c.Groups = append(c.Groups, iam.IdentityGroup{ID: d.identityID(r), Name: name})
}

func (d *decoder) identityMember(r *resource) {
	group, user := d.identity(r, "group_id"), d.identity(r, "member_id")
	if group == "" || user == "" {
		d.Unknown(r.origin(), r.address, "its group or its member is not known; it is not used")
		return
	}
	c := d.center(r)
	c.Groups = append(c.Groups, iam.IdentityGroup{ID: group, Members: []string{user}})
}
