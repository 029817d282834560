package terraform

import (
	"accesspath/iam"
	"accesspath/ingest/internal/part"
	"accesspath/policy"
)

// A handler turns resources of one type into facts.
type handler struct {
	add   func(d *decoder, r *resource)
	drop  func(d *decoder, r *resource) // of what a plan deletes or changes; r has the old values
	place bool                          // it needs an account
}

// handlers are all types that are read.
var handlers = allHandlers()

// silent are types that bear on nothing here, so that passing over them is no
// news.
var silent = set("aws_iam_policy_document", "aws_iam_account_alias", "random_id", "random_pet", "random_string", "random_password", "null_resource", "terraform_data",
	"time_sleep", "time_static", "local_file")

func allHandlers() map[string]*handler {
	all := map[string]*handler{
		"aws_iam_user":                {(*decoder).user, removeARN, true},
		"aws_iam_group":               {(*decoder).group, removeARN, true},
		"aws_iam_role":                {(*decoder).role, removeARN, true},
		"aws_iam_service_linked_role": {(*decoder).serviceLinked, removeARN, true},
		"aws_iam_policy":              {(*decoder).managedPolicy, removeARN, true},
		"aws_iam_instance_profile":    {(*decoder).instanceProfile, removeARN, true},

		"aws_iam_user_policy":  {inline(part.KindUser), dropInline(part.KindUser), true},
		"aws_iam_group_policy": {inline(part.KindGroup), dropInline(part.KindGroup), true},
		"aws_iam_role_policy":  {inline(part.KindRole), dropInline(part.KindRole), true},

		"aws_iam_user_policy_attachment":  {attach(part.KindUser), dropAttach(part.KindUser), true},
		"aws_iam_group_policy_attachment": {attach(part.KindGroup), dropAttach(part.KindGroup), true},
		"aws_iam_role_policy_attachment":  {attach(part.KindRole), dropAttach(part.KindRole), true},
		"aws_iam_policy_attachment":       {(*decoder).attachEverywhere, (*decoder).detachEverywhere, true},

		"aws_iam_user_policies_exclusive":            {exclusive(part.KindUser, part.OnlyInline), nil, true},
		"aws_iam_group_policies_exclusive":           {exclusive(part.KindGroup, part.OnlyInline), nil, true},
		"aws_iam_role_policies_exclusive":            {exclusive(part.KindRole, part.OnlyInline), nil, true},
		"aws_iam_user_policy_attachments_exclusive":  {exclusive(part.KindUser, part.OnlyAttached), nil, true},
		"aws_iam_group_policy_attachments_exclusive": {exclusive(part.KindGroup, part.OnlyAttached), nil, true},
		"aws_iam_role_policy_attachments_exclusive":  {exclusive(part.KindRole, part.OnlyAttached), nil, true},

		"aws_iam_user_group_membership": {(*decoder).userGroups, (*decoder).dropUserGroups, true},
		"aws_iam_group_membership":      {(*decoder).groupMembers, (*decoder).dropGroupMembers, true},

		"aws_iam_account_password_policy": {(*decoder).passwordPolicy, nil, true},
		"aws_iam_organizations_features":  {(*decoder).orgFeatures, nil, false},

		"aws_iam_openid_connect_provider": {(*decoder).oidc, removeARN, true},
		"aws_iam_saml_provider":           {(*decoder).saml, removeARN, true},

		"aws_organizations_organization":            {(*decoder).organization, nil, false},
		"aws_organizations_organizational_unit":     {(*decoder).unit, nil, false},
		"aws_organizations_account":                 {(*decoder).orgAccount, nil, false},
		"aws_organizations_policy":                  {(*decoder).orgPolicy, (*decoder).dropOrgPolicy, false},
		"aws_organizations_policy_attachment":       {(*decoder).orgAttachment, (*decoder).dropOrgAttachment, false},
		"aws_organizations_delegated_administrator": {(*decoder).delegated, nil, false},

		"aws_ssoadmin_permission_set":                     {(*decoder).permissionSet, removeARN, false},
		"aws_ssoadmin_permission_set_inline_policy":       {(*decoder).setInline, nil, false},
		"aws_ssoadmin_managed_policy_attachment":          {(*decoder).setManaged, nil, false},
		"aws_ssoadmin_customer_managed_policy_attachment": {(*decoder).setCustomer, nil, false},
		"aws_ssoadmin_permissions_boundary_attachment":    {(*decoder).setBoundary, nil, false},
		"aws_ssoadmin_account_assignment":                 {(*decoder).assignment, nil, false},
		"aws_identitystore_user":                          {(*decoder).identityUser, nil, false},
		"aws_identitystore_group":                         {(*decoder).identityGroup, nil, false},
		"aws_identitystore_group_membership":              {(*decoder).identityMember, nil, false},

		"aws_s3_bucket_public_access_block":  {(*decoder).bucketBlock, nil, true},
		"aws_s3_bucket_ownership_controls":   {(*decoder).bucketOwnership, nil, true},
		"aws_s3_account_public_access_block": {(*decoder).accountBlock, nil, true},
		"aws_lambda_permission":              {(*decoder).lambdaPermission, nil, true},
	}
	for typ, c := range policyCarriers {
		all[typ] = c.handler()
	}
	for typ, k := range keepings {
		all[typ] = k.handler()
	}
	for typ, c := range computeCarriers {
		all[typ] = c.handler()
	}
	return all
}

// removeARN removes something that has an ARN of its own, if the plan deletes or
// replaces it.
func removeARN(d *decoder, r *resource) {
	arn, ok := d.known(r, "arn")
	if ok && r.does("delete") {
		d.remove(arn, r.origin())
	}
}

func (d *decoder) remove(arn string, place iam.Origin) {
	d.Part.Change.Removed = append(d.Part.Change.Removed, part.Removal{ARN: arn, Origin: place})
}

// arn is the ARN of a resource: known, or built where account, path and name
// are known. It is "" if it stays unknown.
func (d *decoder) arn(r *resource) string {
	if s, ok := d.known(r, "arn"); ok {
		if _, isARN := policy.ParseARN(s); isARN {
			return s
		}
	}
	form := arnForms[r.typ]
	if form == nil {
		return ""
	}
	return form(d, r)
}
