package awscli

import (
	"strings"

	"accesspath/iam"
	"accesspath/ingest/internal/part"
	"accesspath/ingest/internal/scan"
)

var centerMembers = []string{
	"Instances", "InstanceArn", "IdentityStoreId", "PermissionSets", "PermissionSet", "PermissionSetArn", "InlinePolicy",
	"AttachedManagedPolicies", "CustomerManagedPolicyReferences", "PermissionsBoundary", "AccountAssignments",
	"Users", "Groups", "GroupMemberships", "GroupId",
}

// identityCenter reads the outputs of sso-admin and identitystore (IN-24). Those
// about one permission set do not name it: PermissionSetArn stands beside.
func (o *Object) identityCenter() bool {
	readers := []func(*Object, *part.IdentityCenter) bool{
		(*Object).centerInstances, (*Object).permissionSets, (*Object).permissionSet, (*Object).assignments,
		(*Object).storeUsers, (*Object).storeGroups, (*Object).memberships,
	}
	piece := part.IdentityCenter{}
	piece.InstanceARN, piece.IdentityStore, piece.Origin = o.text("InstanceArn"), o.text("IdentityStoreId"), o.Place
	found := false
	for _, read := range readers {
		found = read(o, &piece) || found
	}
	if found {
		o.Part.IdentityCenter = append(o.Part.IdentityCenter, piece)
		o.Part.Took("identity-center")
	}
	return found
}

// centerInstances reads sso-admin list-instances. An account has one instance
// at most besides that of the organization; the first active one counts.
func (o *Object) centerInstances(piece *part.IdentityCenter) bool {
	v, _ := o.peek("Instances")
	found := false
	for _, i := range v.Elements() {
		arn := i.Get("InstanceArn").Text()
		if !strings.HasPrefix(arn, "arn:") {
			continue
		}
		found = true
		if piece.InstanceARN == "" {
			piece.InstanceARN, piece.IdentityStore = arn, i.Get("IdentityStoreId").Text()
		}
	}
	if found {
		o.get("Instances")
	}
	return found
}

// permissionSets reads list-permission-sets, which lists ARNs.
func (o *Object) permissionSets(piece *part.IdentityCenter) bool {
	v, at := o.get("PermissionSets")
	if v.Kind() != '[' {
		return false
	}
	for i, e := range v.Elements() {
		if arn := e.Text(); arn != "" {
			piece.PermissionSets = append(piece.PermissionSets, &iam.PermissionSet{ARN: arn, Origin: e.Origin(scan.Index(at, i))})
		}
	}
	return true
}

// permissionSet reads describe-permission-set and the outputs about one set.
func (o *Object) permissionSet(piece *part.IdentityCenter) bool {
	v, at := o.get("PermissionSet")
	managed, _ := o.peek("AttachedManagedPolicies")
	arn := o.text("PermissionSetArn")
	found := v.Kind() == '{'
	set := &iam.PermissionSet{ARN: arn, Origin: o.Place}
	set.Origin.Pointer = o.Pointer
	if found {
		set.Origin = v.Origin(at)
		set.Name = v.Get("Name").Text()
		if a := v.Get("PermissionSetArn").Text(); a != "" {
			set.ARN = a
		}
	}
	if arn != "" && managed.Kind() == '[' { // iam list-attached-role-policies has such a list too
		o.get("AttachedManagedPolicies")
		set.Managed, found = listed(managed, "Arn"), true
	}
	if refs, _ := o.get("CustomerManagedPolicyReferences"); refs.Kind() == '[' {
		found = true
		for _, r := range refs.Elements() {
			set.Customer = append(set.Customer, CustomerPolicy(r))
		}
	}
	if text, at := o.get("InlinePolicy"); text.Kind() != 0 {
		found = true
		if strings.TrimSpace(text.Text()) != "" || text.Kind() == '{' {
			set.Inline = o.File.Policy(text, "inline policy", at, set.ARN)
		}
	}
	if b, _ := o.peek("PermissionsBoundary"); arn != "" && b.Kind() == '{' {
		o.get("PermissionsBoundary")
		found = true
		if set.Boundary = b.Get("ManagedPolicyArn").Text(); set.Boundary == "" {
			set.Boundary = CustomerPolicy(b.Get("CustomerManagedPolicyReference"))
		}
	}
	switch {
	case !found:
		return false
	case set.ARN == "":
		o.report(iam.Warning, "incomplete-output", hintBeside("PermissionSetArn", "arn:aws:sso:::permissionSet/ssoins-…/ps-…"), "an output about a permission set does not name the set; it is skipped")
	default:
		piece.PermissionSets = append(piece.PermissionSets, set)
	}
	return true
}

// CustomerPolicy reads a CustomerManagedPolicyReference: the name of a policy that each account has one of, with its
// path.
func CustomerPolicy(ref scan.Value) string {
	name := ref.Get("Name").Text()
	if path := ref.Get("Path").Text(); name != "" && path != "" && path != "/" {
		return path + name
	}
	return name
}

func listed(list scan.Value, name string) []string {
	var out []string
	for _, e := range list.Elements() {
		if t := e.Get(name).Text(); t != "" {
			out = append(out, t)
		}
	}
	return out
}

// assignments reads list-account-assignments, which is about one permission set
// in one account, and list-account-assignments-for-principal. Only of the first
// the parameters, or the entries, say which pair is known as a whole.
func (o *Object) assignments(piece *part.IdentityCenter) bool {
	v, at := o.get("AccountAssignments")
	if v.Kind() != '[' {
		return false
	}
	account, set := o.text("AccountId"), o.text("PermissionSetArn")
	empty := true
	for i, e := range v.Elements() {
		at := scan.Index(at, i)
		a := iam.Assignment{
			Account: firstText(e, "AccountId"), PermissionSet: firstText(e, "PermissionSetArn", "PermissionSetName"),
			PrincipalType: strings.ToUpper(e.Get("PrincipalType").Text()), Principal: e.Get("PrincipalId").Text(), Origin: e.Origin(at),
		}
		if a.Account == "" {
			a.Account = account
		}
		if a.PermissionSet == "" {
			a.PermissionSet = set
		}
		if a.Account == "" || a.PermissionSet == "" || a.Principal == "" {
			o.File.Warn(e, at, "", "invalid-entity", "an assignment lacks AccountId, PermissionSetArn or PrincipalId and is skipped")
			continue
		}
		empty = false
		piece.Assignments = append(piece.Assignments, a)
	}
	switch {
	case o.Cut: // what follows may hold more
	case account != "" && set != "":
		piece.Listed = append(piece.Listed, part.AssignmentListing{Account: account, PermissionSet: set})
	case empty:
		o.report(iam.Warning, "incomplete-output", `put the request parameters beside the output: jq '. + {AccountId: "111122223333", PermissionSetArn: "arn:…"}'`,
			"an empty list of assignments does not say of which account and permission set")
	}
	return true
}
