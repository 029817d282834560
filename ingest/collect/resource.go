package collect

import (
	"slices"
	"strings"
	"time"

	"accesspath/iam"
	"accesspath/ingest/awscli"
	"accesspath/ingest/gaad"
	"accesspath/ingest/internal/scan"
	"accesspath/policy"
)

// resource reads a directory about something that may have a policy, and the
// role that it carries.
func (d *directory) resource(arn policy.ARN) {
	meta := d.values["metadata"]
	if strings.HasPrefix(arn.Resource, "accesspoint/") && arn.Service == "s3" {
		d.accessPoint(arn)
		return
	}
	r := awscli.NewResource(d.arn(), d.unit.id, d.origin())
	if region := meta.Get("region").Text(); r.Region == "" {
		r.Region = region
	}
	switch v, ok := d.values["policy"]; {
	case ok:
		r.Policy, r.PolicyState = d.unit.file.Policy(v, "resource policy", "", r.ARN), iam.Present
	case arn.Service != "kms" && len(d.broken) == 0:
		r.PolicyState = iam.KnownEmpty
		d.assumed++
	}
	if v := d.values["bpa"]; v.Kind() == '{' {
		r.PublicAccessBlock = awscli.PublicAccessBlock(v)
	} else if r.Type == "s3:bucket" && len(d.broken) == 0 {
		r.PublicAccessBlock = &iam.PublicAccessBlock{}
	}
	if v := d.values["tags"]; !v.Absent() {
		r.Tags, r.TagsState = gaad.Tags(d.unit.file, v, ""), iam.Present
	}
	d.part.Resources = append(d.part.Resources, r)
	d.carrier(arn)
}

// accessPoint adds a piece of the bucket that the access point leads to.
func (d *directory) accessPoint(arn policy.ARN) {
	meta := d.values["metadata"]
	bucket := meta.Get("bucket").Text()
	if bucket == "" {
		d.warn("incomplete-output", "metadata.json does not say the bucket of the access point, which is skipped")
		return
	}
	r := awscli.NewResource("arn:"+arn.Partition+":s3:::"+bucket, meta.Get("bucketAccount").Text(), d.origin())
	p := iam.AccessPoint{ARN: d.arn()}
	if len(d.broken) == 0 {
		p.State = iam.KnownEmpty
	}
	if v, ok := d.values["policy"]; ok {
		p.Policy, p.State = d.unit.file.Policy(v, "access point policy", "", p.ARN), iam.Present
	}
	r.AccessPoints, r.AccessPointsState = []iam.AccessPoint{p}, iam.Present
	d.part.Resources = append(d.part.Resources, r)
}

// carriers are the things of which metadata.json says the role (SVC-09).
var carriers = []struct{ prefix, field, kind, service string }{
	{"lambda:function", "role", "lambda:function", "lambda.amazonaws.com"},
	{"codebuild:project", "serviceRole", "codebuild:project", "codebuild.amazonaws.com"},
}

func (d *directory) carrier(arn policy.ARN) {
	for _, c := range carriers {
		role := d.values["metadata"].Get(c.field).Text()
		if !strings.HasPrefix(arn.Service+":"+arn.Resource, c.prefix) || !strings.HasPrefix(role, "arn:") {
			continue
		}
		d.account.Compute = append(d.account.Compute, &iam.Compute{
			ARN: d.arn(), Kind: c.kind, Name: d.values["metadata"].Get("name").Text(), Account: arn.Account, Region: arn.Region,
			Service: c.service, Roles: []string{role}, Origin: d.origin(),
		})
	}
}

// accountFiles reads what stands in the directory of the account itself.
func (d *directory) accountFiles() {
	if v := d.values["s3-bpa"]; v.Kind() == '{' {
		d.account.PublicAccessBlock = awscli.PublicAccessBlock(v)
	}
	if id := d.values["organization"].Get("organizationId").Text(); id != "" {
		o := &d.part.Org
		o.ID, o.Origin = id, d.values["organization"].Origin("/organizationId")
	}
}

func (d *directory) date(v scan.Value) time.Time {
	t, ok := v.Time()
	if !ok {
		d.warn("invalid-date", "a date cannot be read and counts as unknown")
	}
	return t
}

// sortedKeys are the members of an object in order, each once.
func sortedKeys(v scan.Value) []string {
	var out []string
	for name := range v.Members() {
		out = append(out, string(name))
	}
	slices.Sort(out)
	return slices.Compact(out)
}
