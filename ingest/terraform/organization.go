package terraform

import (
	"cmp"
	"slices"
	"strings"

	"accesspath/iam"
	"accesspath/ingest/internal/declared"
	"accesspath/ingest/internal/part"
	"accesspath/ingest/internal/scan"
)

// idOf is the id of a node or policy, or a placeholder for one that AWS gives.
func (d *decoder) idOf(r *resource) string {
	if id, ok := d.known(r, "id"); ok {
		return id
	}
	return declared.Placeholder(r.address)
}

// reference is an attribute that takes the id of another resource of the file.
func (d *decoder) reference(r *resource, attr string) string {
	if s, ok := d.known(r, attr); ok {
		return s
	}
	if o := d.ownerOf(r, attr); o != nil {
		return d.idOf(o)
	}
	if s, ok := d.follow(r, attr); ok {
		return s
	}
	d.Unknown(r.origin(), r.address, "what it is for is not known (%s); it is not used", d.unknownName(r, attr))
	return ""
}

func (d *decoder) organization(r *resource) {
	o := &d.Part.Org
	v := r.values.Value
	o.ID, _ = d.known(r, "id")
	o.Management = v.Get("master_account_id").Text()
	o.FeatureSet = v.Get("feature_set").Text()
	o.Origin = r.origin()
	if types := v.Get("enabled_policy_types"); types.Kind() == '[' && !holdsTrue(r.unknown.Get("enabled_policy_types")) {
		enabled := textsOf(types)
		for _, t := range []string{part.SCP, part.RCP} {
			state := iam.KnownEmpty
			if slices.Contains(enabled, t) {
				state = iam.Present
			}
			o.SetType(t, state)
		}
	}
	for _, root := range v.Get("roots").Elements() {
		d.orgNode(r, root.Get("id").Text(), "root", root.Get("name").Text(), "", "")
	}
	for _, a := range v.Get("accounts").Elements() {
		d.orgNode(r, a.Get("id").Text(), "account", a.Get("name").Text(), "", a.Get("status").Text())
	}
}

func (d *decoder) orgNode(r *resource, id, kind, name, parent, status string) {
	if id != "" {
		d.Part.Org.Nodes = append(d.Part.Org.Nodes, part.Node{ID: id, Kind: kind, Name: name, ParentID: parent, Status: status, Origin: r.origin()})
	}
}

// parent of a unit or an account; the root of an organization is an element of
// a list there, which a reference does not tell.
func (d *decoder) parent(r *resource) string {
	if s, ok := d.known(r, "parent_id"); ok {
		return s
	}
	if o := d.ownerOf(r, "parent_id"); o != nil && o.typ == "aws_organizations_organizational_unit" {
		return d.idOf(o)
	} else if o != nil && o.typ == "aws_organizations_organization" {
		for _, root := range o.values.Value.Get("roots").Elements() {
			return root.Get("id").Text()
		}
	}
	d.Unknown(r.origin(), r.address, "its place in the organization is not known: %s", d.unknownName(r, "parent_id"))
	return ""
}

// orgFeatures says how the root users of members are managed.
func (d *decoder) orgFeatures(r *resource) {
	if holdsTrue(r.unknown.Get("enabled_features")) {
		d.Unknown(r.origin(), r.address, "which features are on is not known: %s", d.unknownName(r, "enabled_features"))
		return
	}
	on := textsOf(r.values.Value.Get("enabled_features"))
	state := func(feature string) iam.State {
		if slices.Contains(on, feature) {
			return iam.Present
		}
		return iam.KnownEmpty
	}
	d.Part.Org.RootSessions, d.Part.Org.RootCredentials = state("RootSessions"), state("RootCredentialsManagement")
	if d.Part.Org.Origin.File == "" {
		d.Part.Org.Origin = r.origin()
	}
}

func (d *decoder) unit(r *resource) {
	name, _ := d.known(r, "name")
	d.orgNode(r, d.idOf(r), "unit", name, d.parent(r), "")
}

func (d *decoder) orgAccount(r *resource) {
	id, ok := d.known(r, "id")
	if !ok {
		d.Unknown(r.origin(), r.address, "the id of the account is known only after apply; it is not in the snapshot")
		return
	}
	name, _ := d.known(r, "name")
	status, _ := d.known(r, "status")
	parent := ""
	if _, known := d.known(r, "parent_id"); known || !d.plan {
		parent, _ = d.known(r, "parent_id")
	} else {
		parent = d.parent(r)
	}
	d.orgNode(r, id, "account", name, parent, status)
}

func (d *decoder) orgPolicy(r *resource) {
	id := d.idOf(r)
	p := part.OrgPolicy{ID: id, Type: cmp.Or(r.values.Value.Get("type").Text(), part.SCP), Origin: r.origin()}
	p.ARN, _ = d.known(r, "arn")
	p.Name, _ = d.known(r, "name")
	if p.Type != part.SCP && p.Type != part.RCP {
		return // tag, backup and other policies decide nothing here
	}
	p.Policy = d.policy(r, "content", cmp.Or(p.Name, id), cmp.Or(p.ARN, r.address))
	p.Policy.ARN = p.ARN
	d.Part.Org.Policies = append(d.Part.Org.Policies, p)
	if d.Part.Org.Origin.File == "" {
		d.Part.Org.Origin = r.origin()
	}
}

func (d *decoder) dropOrgPolicy(r *resource) {
	if id, ok := d.known(r, "id"); ok && r.does("delete") {
		d.remove(id, r.origin())
	}
}

func (d *decoder) orgAttachment(r *resource) {
	policy, target := d.reference(r, "policy_id"), d.orgTarget(r)
	if policy == "" || target == "" {
		return
	}
	d.Part.Org.Attachments = append(d.Part.Org.Attachments, part.Attachment{PolicyID: policy, Type: d.orgType(policy), Target: target})
}

func (d *decoder) orgTarget(r *resource) string {
	if o := d.ownerOf(r, "target_id"); o != nil && o.typ == "aws_organizations_organization" {
		if _, ok := d.known(r, "target_id"); !ok {
			for _, root := range o.values.Value.Get("roots").Elements() {
				return root.Get("id").Text()
			}
		}
	}
	return d.reference(r, "target_id")
}

// orgType is the type of a policy of this file; "" if it is another's.
func (d *decoder) orgType(id string) string {
	for _, r := range d.list {
		if r.typ == "aws_organizations_policy" && d.idOf(r) == id {
			return cmp.Or(r.values.Value.Get("type").Text(), part.SCP)
		}
	}
	return ""
}

func (d *decoder) dropOrgAttachment(r *resource) {
	policy, _ := d.known(r, "policy_id")
	target, _ := d.known(r, "target_id")
	d.Part.Change.Detached = append(d.Part.Change.Detached, part.Attachment{PolicyID: policy, Target: target})
}

func (d *decoder) delegated(r *resource) {
	account, _ := d.known(r, "account_id")
	service, ok := d.known(r, "service_principal")
	if account == "" || !ok {
		d.Unknown(r.origin(), r.address, "its account is not known; it is not used")
		return
	}
	d.Part.Org.Delegated = append(d.Part.Org.Delegated, iam.DelegatedAdmin{Account: account, Services: []string{service}})
}

func (d *decoder) oidc(r *resource) {
	arn := d.arn(r)
	issuer, _ := d.known(r, "url")
	if arn == "" {
		d.Unknown(r.origin(), r.address, "its ARN is not known; it is not in the snapshot")
		return
	}
	o := &iam.OIDCProvider{ARN: arn, URL: strings.TrimPrefix(issuer, "https://"), Origin: r.origin()}
	o.ClientIDs = textsOf(r.values.Value.Get("client_id_list"))
	o.ClientsKnown = r.values.Value.Get("client_id_list").Kind() == '[' && !holdsTrue(r.unknown.Get("client_id_list"))
	a := d.accountOf(accountIn(arn), d.place)
	a.OIDC = append(a.OIDC, o)
}

func (d *decoder) saml(r *resource) {
	arn := d.arn(r)
	if arn == "" {
		d.Unknown(r.origin(), r.address, "its ARN is not known; it is not in the snapshot")
		return
	}
	a := d.accountOf(accountIn(arn), d.place)
	a.SAML = append(a.SAML, &iam.SAMLProvider{ARN: arn, Origin: r.origin()})
}

func accountIn(arn string) string {
	fields := strings.SplitN(arn, ":", 6)
	if len(fields) < 6 {
		return ""
	}
	return fields[4]
}

// last is the only or last element of a block list.
func last(v Element) Element {
	var out Element
	for i, b := range v.Value.Elements() {
		out = Element{b, scan.Index(v.Pointer, i)}
	}
	return out
}
