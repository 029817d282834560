package terraform

import (
	"cmp"
	"strconv"

	"accesspath/iam"
	"accesspath/ingest/internal/declared"
)

// bucketOf is the piece about the bucket that a resource belongs to, or nil.
func (d *decoder) bucketOf(r *resource) *iam.Resource {
	arn, unknown := policyCarrier{target: "bucket"}.arn(d, r)
	if arn == "" {
		d.Unknown(r.origin(), r.address, "which bucket it is for is not known (%s); it is not used", unknown)
		return nil
	}
	return d.resource(arn, r)
}

func (d *decoder) bucketBlock(r *resource) {
	if b := d.bucketOf(r); b != nil {
		b.PublicAccessBlock = blockOf(r)
	}
}

func blockOf(r *resource) *iam.PublicAccessBlock {
	v := r.values.Value
	return &iam.PublicAccessBlock{
		BlockPublicACLs: v.Get("block_public_acls").Bool(), IgnorePublicACLs: v.Get("ignore_public_acls").Bool(),
		BlockPublicPolicy: v.Get("block_public_policy").Bool(), RestrictPublicBuckets: v.Get("restrict_public_buckets").Bool(),
	}
}

func (d *decoder) bucketOwnership(r *resource) {
	b := d.bucketOf(r)
	if b == nil {
		return
	}
	b.OwnershipEnforced = iam.KnownEmpty
	for _, rule := range r.values.Value.Get("rule").Elements() {
		if rule.Get("object_ownership").Text() == "BucketOwnerEnforced" {
			b.OwnershipEnforced = iam.Present
		}
	}
}

func (d *decoder) accountBlock(r *resource) {
	id, ok := d.known(r, "account_id")
	if !ok {
		id = d.homeOf(r).Account
	}
	d.accountOf(id, d.place).PublicAccessBlock = blockOf(r)
}

// lambdaPermission adds a statement to the policy of a function.
func (d *decoder) lambdaPermission(r *resource) {
	name, unknown := d.text(r, "function_name")
	if name == "" {
		d.Unknown(r.origin(), r.address, "which function it is for is not known (%s); it is not used", unknown)
		return
	}
	h := d.homeOf(r)
	arn := name
	if len(name) < 4 || name[:4] != "arn:" {
		arn = h.ARN("lambda", h.Region, h.Account, "function:"+name)
	}
	if h.Region == "" && arn != name {
		d.Unknown(r.origin(), r.address, "the region of its function is not known; it is not used")
		return
	}
	res := d.resource(arn, r)
	g := declared.Grant{Place: r.origin()}
	g.Function, g.SID = arn, d.nameOr(r, "statement_id", "statement"+strconv.Itoa(len(d.lambdas[arn])))
	for _, f := range []struct {
		attr string
		to   *string
	}{
		{"action", &g.Action}, {"principal", &g.Principal}, {"source_arn", &g.SourceARN}, {"source_account", &g.SourceAccount},
		{"principal_org_id", &g.Org}, {"function_url_auth_type", &g.URLAuth}, {"event_source_token", &g.Token},
	} {
		text, open := d.text(r, f.attr)
		*f.to, g.Unknown = text, cmp.Or(g.Unknown, open)
	}
	res.PolicyState = iam.Present
	d.lambdas[arn] = append(d.lambdas[arn], g)
}

func (d *decoder) nameOr(r *resource, attr, other string) string {
	if s, ok := d.known(r, attr); ok {
		return s
	}
	return other
}

// permissions writes the policies of functions from their grants.
func (d *decoder) permissions() {
	for _, arn := range d.arns {
		if grants := d.lambdas[arn]; len(grants) > 0 {
			d.resources[arn].Policy = d.Permissions(arn, grants)
		}
	}
}
