package collect

import (
	"strings"

	"accesspath/iam"
	"accesspath/ingest/awscli"
	"accesspath/ingest/internal/part"
)

// centerFacts are what the directories below sso/ and identitystore/ say: all
// but the assignments, which iam-collect does not ask for (IDC-04).
type centerFacts struct {
	piece part.IdentityCenter
	seen  bool
}

func (c *centerFacts) add(p *part.Part) {
	if c.seen {
		p.IdentityCenter = append(p.IdentityCenter, c.piece)
	}
}

// identityCenter reads an instance, a permission set, a user or a group.
func (d *directory) identityCenter() {
	meta := d.values["metadata"]
	c := &d.center
	parts := strings.Split(d.dir, "/")
	if len(parts) < 3 {
		d.warn("unrecognized", "nothing reads this directory")
		return
	}
	if c.piece.Origin.File == "" {
		c.piece.Origin = d.origin()
	}
	c.seen = true
	switch id := meta.Get("id").Text(); parts[1] {
	case "instance":
		c.piece.InstanceARN, c.piece.IdentityStore = d.arn(), meta.Get("identityStoreId").Text()
	case "permissionset":
		c.piece.PermissionSets = append(c.piece.PermissionSets, d.permissionSet())
	case "user":
		c.piece.Users = append(c.piece.Users, iam.IdentityUser{ID: id, Name: meta.Get("userName").Text(), DisplayName: meta.Get("displayName").Text()})
		c.piece.UsersState = iam.Present
	case "group":
		g := iam.IdentityGroup{ID: id, Name: meta.Get("displayName").Text(), Known: len(d.broken) == 0}
		for _, m := range list(d.values["members"]) {
			g.Members = append(g.Members, lastPart(m))
		}
		c.piece.Groups = append(c.piece.Groups, g)
		c.piece.GroupsState = iam.Present
	default:
		d.warn("unrecognized", "nothing reads this directory")
	}
}

func (d *directory) permissionSet() *iam.PermissionSet {
	s := &iam.PermissionSet{ARN: d.arn(), Name: d.values["metadata"].Get("name").Text(), Origin: d.origin()}
	for _, e := range d.values["awsmanagedpolicies"].Elements() {
		s.Managed = append(s.Managed, e.Get("Arn").Text())
	}
	for _, e := range d.values["customermanagedpolicies"].Elements() {
		s.Customer = append(s.Customer, awscli.CustomerPolicy(e))
	}
	if v := d.values["inlinepolicy"]; !v.Absent() {
		s.Inline = d.unit.file.Policy(v, "inline policy", "", s.ARN)
	}
	b := d.values["permissionboundary"]
	if s.Boundary = b.Get("ManagedPolicyArn").Text(); s.Boundary == "" {
		s.Boundary = awscli.CustomerPolicy(b.Get("CustomerManagedPolicyReference"))
	}
	return s
}
