package awscli

import (
	"strings"

	"accesspath/iam"
	"accesspath/ingest/internal/part"
	"accesspath/ingest/internal/scan"
)

// organization reads the outputs of AWS Organizations (IN-13 to IN-17), alone
// or several in one object.
func (o *Object) organization() bool {
	readers := []func(*Object) bool{
		(*Object).describeOrganization, (*Object).roots, (*Object).units, (*Object).orgAccounts,
		(*Object).parents, (*Object).children, (*Object).orgPolicies, (*Object).describePolicy,
		(*Object).targets, (*Object).delegated, (*Object).features,
	}
	found := false
	for _, read := range readers {
		found = read(o) || found
	}
	if found {
		o.Part.Took("organizations")
		if o.Part.Org.Origin.File == "" {
			o.Part.Org.Origin = o.Place
		}
	}
	return found
}

func (o *Object) describeOrganization() bool {
	v, at := o.get("Organization")
	if v.Kind() != '{' || v.Get("Id").Absent() {
		return false
	}
	org := &o.Part.Org
	org.ID = v.Get("Id").Text()
	org.FeatureSet = v.Get("FeatureSet").Text()
	if org.Management = v.Get("MasterAccountId").Text(); org.Management == "" {
		org.Management = v.Get("ManagementAccountId").Text()
	}
	org.Origin = v.Origin(at)
	return true
}

func (o *Object) node(v scan.Value, at, kind, parent string) {
	n := part.Node{
		ID: v.Get("Id").Text(), Kind: kind, Name: v.Get("Name").Text(),
		ParentID: v.Get("ParentId").Text(), Status: v.Get("Status").Text(), Origin: v.Origin(at),
	}
	if n.ID == "" {
		o.File.Warn(v, at, "", "invalid-entity", "a %s of the organization has no Id and is skipped", kind)
		return
	}
	if n.ParentID == "" {
		n.ParentID = parent
	}
	o.Part.Org.Nodes = append(o.Part.Org.Nodes, n)
}

// roots reads list-roots (IN-14). PolicyTypes names what is enabled, so that a
// type which is not there is disabled.
func (o *Object) roots() bool {
	v, at := o.get("Roots")
	if v.Kind() != '[' {
		return false
	}
	for i, r := range v.Elements() {
		o.node(r, scan.Index(at, i), "root", "")
		o.policyTypes(r.Get("PolicyTypes"))
	}
	return true
}

func (o *Object) policyTypes(v scan.Value) {
	if v.Kind() != '[' {
		return
	}
	states := map[string]iam.State{part.SCP: iam.KnownEmpty, part.RCP: iam.KnownEmpty}
	for _, t := range v.Elements() {
		switch t.Get("Status").Text() {
		case "ENABLED":
			states[t.Get("Type").Text()] = iam.Present
		case "PENDING_ENABLE", "PENDING_DISABLE":
			states[t.Get("Type").Text()] = iam.Unknown
		}
	}
	for name, s := range states {
		o.Part.Org.SetType(name, s)
	}
}

func (o *Object) units() bool {
	v, at := o.get("OrganizationalUnits")
	if v.Kind() != '[' {
		return false
	}
	parent := o.text("ParentId")
	missing := false
	for i, u := range v.Elements() {
		o.node(u, scan.Index(at, i), "unit", parent)
		missing = missing || parent == "" && u.Get("ParentId").Absent()
	}
	if missing {
		o.report(iam.Warning, "incomplete-output", hintBeside("ParentId", "r-abcd"), "list-organizational-units-for-parent does not name the parent; the units have no place in the tree")
	}
	return true
}

// orgAccounts reads list-accounts, which has no tree, and
// list-accounts-for-parent, which needs ParentId beside it.
func (o *Object) orgAccounts() bool {
	v, at := o.get("Accounts")
	if v.Kind() != '[' {
		return false
	}
	parent := o.text("ParentId")
	for i, a := range v.Elements() {
		o.node(a, scan.Index(at, i), "account", parent)
	}
	return true
}

func (o *Object) parents() bool {
	v, at := o.get("Parents")
	if v.Kind() != '[' {
		return false
	}
	child := o.text("ChildId")
	if child == "" {
		o.report(iam.Warning, "incomplete-output", hintBeside("ChildId", "111122223333"), "list-parents does not name the child")
		return true
	}
	for i, p := range v.Elements() {
		at := scan.Index(at, i)
		o.Part.Org.Nodes = append(o.Part.Org.Nodes,
			part.Node{ID: child, Kind: kindOf(child, ""), ParentID: p.Get("Id").Text(), Origin: p.Origin(at)},
			part.Node{ID: p.Get("Id").Text(), Kind: kindOf(p.Get("Id").Text(), p.Get("Type").Text()), Origin: p.Origin(at)})
	}
	return true
}

// children reads list-children, and the tree that some tools write: nodes with
// Policies and Children inside each other, a root outermost.
func (o *Object) children() bool {
	v, at := o.get("Children")
	if v.Kind() != '[' {
		return false
	}
	if id := o.text("Id"); id != "" {
		o.tree(id, v, at)
		return true
	}
	parent := o.text("ParentId")
	if parent == "" {
		o.report(iam.Warning, "incomplete-output", hintBeside("ParentId", "ou-abcd-11111111"), "list-children does not name the parent")
		return true
	}
	for i, c := range v.Elements() {
		o.node(c, scan.Index(at, i), kindOf(c.Get("Id").Text(), c.Get("Type").Text()), parent)
	}
	return true
}

// kindOf tells nodes apart by the form of their ids, and else by a type.
func kindOf(id, kind string) string {
	if k := part.NodeKind(id); k != "account" {
		return k
	}
	switch {
	case kind == "ROOT", strings.EqualFold(kind, "Root"):
		return "root"
	case kind == "ORGANIZATIONAL_UNIT", strings.EqualFold(kind, "OrganizationalUnit"):
		return "unit"
	}
	return "account"
}

const maxTree = 16 // levels; AWS has seven

func (o *Object) tree(id string, kids scan.Value, at string) {
	org := &o.Part.Org
	types, _ := o.get("PolicyTypes")
	o.policyTypes(types)
	org.Nodes = append(org.Nodes, part.Node{ID: id, Kind: kindOf(id, o.text("Type")), Name: o.text("Name"), Origin: o.Place})
	for _, p := range o.Policies {
		o.attach(p.Value, p.Pointer, id)
	}
	o.used["Policies"] = true
	if o.has("Policies") {
		org.Listed = append(org.Listed, part.Listing{Target: id, Type: part.SCP})
	}
	if arn := strings.Split(o.text("Arn"), "/"); len(arn) > 1 && strings.HasPrefix(arn[1], "o-") {
		org.ID = arn[1]
		if f := strings.Split(arn[0], ":"); len(f) == 6 {
			org.Management = f[4]
		}
	}
	o.branches(id, kids, at, 0)
}

func (o *Object) branches(parent string, kids scan.Value, at string, depth int) {
	for i, c := range kids.Elements() {
		at := scan.Index(at, i)
		id := c.Get("Id").Text()
		o.node(c, at, kindOf(id, c.Get("Type").Text()), parent)
		if policies := c.Get("Policies"); policies.Kind() == '[' {
			for k, p := range policies.Elements() {
				o.attach(p, scan.Index(at+"/Policies", k), id)
			}
			o.Part.Org.Listed = append(o.Part.Org.Listed, part.Listing{Target: id, Type: part.SCP})
		}
		if depth < maxTree {
			o.branches(id, c.Get("Children"), at+"/Children", depth+1)
		}
	}
}

func (o *Object) delegated() bool {
	found := false
	if v, _ := o.get("DelegatedAdministrators"); v.Kind() == '[' {
		for _, a := range v.Elements() {
			o.Part.Org.Delegated = append(o.Part.Org.Delegated, iam.DelegatedAdmin{Account: a.Get("Id").Text(), Services: texts(a.Get("Services"))})
		}
		found = true
	}
	if v, _ := o.get("DelegatedServices"); v.Kind() == '[' {
		admin := iam.DelegatedAdmin{Account: o.text("AccountId")}
		for _, s := range v.Elements() {
			admin.Services = append(admin.Services, s.Get("ServicePrincipal").Text())
		}
		if admin.Account == "" {
			o.report(iam.Warning, "incomplete-output", hintBeside("AccountId", "111122223333"), "list-delegated-services-for-account does not name the account")
			return true
		}
		o.Part.Org.Delegated = append(o.Part.Org.Delegated, admin)
		found = true
	}
	return found
}

func texts(v scan.Value) []string {
	var out []string
	for _, e := range v.Elements() {
		out = append(out, e.Text())
	}
	return out
}

// features reads iam list-organizations-features (ROOT-04, ROOT-06).
func (o *Object) features() bool {
	v, _ := o.get("EnabledFeatures")
	if v.Kind() != '[' {
		return false
	}
	org := &o.Part.Org
	org.RootSessions, org.RootCredentials = iam.KnownEmpty, iam.KnownEmpty
	for _, f := range v.Elements() {
		switch f.Text() {
		case "RootSessions":
			org.RootSessions = iam.Present
		case "RootCredentialsManagement":
			org.RootCredentials = iam.Present
		}
	}
	if id := o.text("OrganizationId"); id != "" && org.ID == "" {
		org.ID = id
	}
	return true
}
