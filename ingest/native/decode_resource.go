package native

import (
	"accesspath/iam"
	"accesspath/ingest/internal/scan"
)

func (d *Decoder) resource(v scan.Value, pointer string) {
	var x Resource
	if !d.into(&x, v, pointer, v.Get("arn").Text()) {
		return
	}
	if x.ARN == "" {
		d.File.Report(iam.Diagnostic{Severity: iam.Error, Code: "no-arn", Origin: v.Origin(pointer), Message: "a resource has no arn and is skipped", Hint: "give its arn"})
		return
	}
	r := &iam.Resource{
		ARN: x.ARN, Account: accountOf(x.ARN, x.Account), Type: x.Type, Region: x.Region,
		TagsState: listState(x.Tags), ACLState: listState(x.ACL), GrantsState: stateOr(x.KMSGrants, x.KMSGrantsState),
		OwnershipEnforced: stateOf(x.OwnershipEnforced), AWSManaged: x.AWSManaged, EncryptionKey: x.EncryptionKey, Holds: x.Holds, Origin: origin(x.Origin, false, v, pointer),
	}
	if x.Account != "" {
		r.Account = x.Account
	}
	switch {
	case string(x.Policy.Value) == "null":
		r.PolicyState = iam.KnownEmpty
	case x.Policy.Value != nil || x.PolicyDefect != "":
		r.PolicyState = iam.Present
		r.Policy = d.document(x.Policy, "resource policy", x.PolicyDefect, x.PolicyOrigin, false, v, pointer, x.ARN)
	}
	if b := x.PublicAccessBlock; b != nil {
		block := iam.PublicAccessBlock(*b)
		r.PublicAccessBlock = &block
	}
	for _, t := range x.Tags {
		r.Tags = append(r.Tags, iam.Tag(t))
	}
	for _, g := range x.ACL {
		r.ACL = append(r.ACL, iam.ACLGrant(g))
	}
	for _, g := range x.KMSGrants {
		r.Grants = append(r.Grants, iam.KMSGrant(g))
	}
	r.AccessPointsState = stateOr(x.AccessPoints, x.AccessPointsState)
	for _, p := range x.AccessPoints {
		r.AccessPoints = append(r.AccessPoints, d.accessPoint(p, v, pointer))
	}
	d.Part.Resources = append(d.Part.Resources, r)
}

func (d *Decoder) accessPoint(p AccessPoint, v scan.Value, pointer string) iam.AccessPoint {
	out := iam.AccessPoint{ARN: p.ARN}
	switch {
	case string(p.Policy.Value) == "null":
		out.State = iam.KnownEmpty
	case p.Policy.Value != nil || p.PolicyDefect != "":
		out.State = iam.Present
		out.Policy = d.document(p.Policy, "resource policy", p.PolicyDefect, p.PolicyOrigin, false, v, pointer, p.ARN)
	}
	return out
}
