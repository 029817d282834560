package gaad

import (
	"strings"

	"accesspath/iam"
	"accesspath/ingest/internal/scan"
	"accesspath/policy"
)

// IsPolicy reports whether an element of a list named Policies is a managed
// policy of IAM, and whether it is one of GetAccountAuthorizationDetails, with
// its versions. list-policies of IAM has entries without; list-policies and
// list-policies-for-target of AWS Organizations use the name too (IN-16).
func IsPolicy(v scan.Value) (ours, detail bool) {
	if !v.Get("PolicyVersionList").Absent() {
		return true, true
	}
	arn, ok := policy.ParseARN(v.Get("Arn").Text())
	return ok && arn.Service == "iam", false
}

var policyFields = scan.NewNames("PolicyName", "PolicyId", "Arn", "Path", "DefaultVersionId", "AttachmentCount", "CreateDate", "UpdateDate", "PolicyVersionList")

// policy decodes a ManagedPolicyDetail, or an entry of iam list-policies, which
// is the same without PolicyVersionList and so names policies without text.
func (d *Decoder) policy(v scan.Value, pointer string) {
	p := &iam.ManagedPolicy{Origin: v.Origin(pointer)}
	var versions list
	twice := false
	for name, m := range v.Members() {
		switch policyFields.Of(name) {
		case "PolicyName":
			p.Name = m.Text()
		case "PolicyId":
			p.UniqueID = m.Text()
		case "Arn":
			p.ARN = strings.TrimSpace(d.File.Intern(m))
		case "Path":
			p.Path = d.File.Intern(m)
		case "DefaultVersionId":
			p.DefaultVersionID = d.File.Intern(m)
		case "AttachmentCount":
			p.AttachmentCount = m.Int()
		case "CreateDate":
			p.Created = d.date(m, pointer, name, p.ARN)
		case "UpdateDate":
			p.Updated = d.date(m, pointer, name, p.ARN)
		case "PolicyVersionList":
			twice = twice || versions.other(m)
			versions = list{m, pointer, name}
		}
	}
	arn, ok := policy.ParseARN(p.ARN)
	if !ok || arn.Service != "iam" || arn.Account == "" {
		d.File.Report(iam.Diagnostic{Severity: iam.Error, Code: "no-arn", Origin: p.Origin, Entity: p.Name,
			Message: "a managed policy has no usable Arn" + quoted(p.ARN) + " and is skipped", Hint: "export it again with its Arn"})
		return
	}
	p.Account = arn.Account
	if p.Name == "" {
		p.Name = p.ARN[strings.LastIndexByte(p.ARN, '/')+1:]
	}
	if twice { // which of them has the default version nobody knows
		d.twice(versions, p.ARN)
		p.Versions = []*iam.PolicyVersion{{IsDefault: true, Policy: iam.Policy{Name: p.Name, ARN: p.ARN, Origin: p.Origin, Defect: "its versions stand in the export more than once"}}}
	} else {
		for i, m := range d.elements(versions, p.ARN) {
			p.Versions = append(p.Versions, d.version(m, p, versions.place(i)))
		}
	}
	d.Part.Policies = append(d.Part.Policies, p)
	if d.Page != nil && p.Account != "aws" {
		d.Page.AddAccount(p.Account)
	}
}

var versionFields = scan.NewNames("VersionId", "IsDefaultVersion", "Document", "CreateDate")

func (d *Decoder) version(v scan.Value, p *iam.ManagedPolicy, pointer string) *iam.PolicyVersion {
	out := &iam.PolicyVersion{}
	var doc scan.Value
	docAt := pointer
	for name, m := range v.Members() {
		switch versionFields.Of(name) {
		case "VersionId":
			out.VersionID = d.File.Intern(m)
		case "IsDefaultVersion":
			out.IsDefault = m.Bool()
		case "CreateDate":
			out.Created = d.date(m, pointer, name, p.ARN)
		case "Document":
			doc, docAt = m, scan.Join(pointer, name)
		}
	}
	if doc.Absent() {
		out.Policy = iam.Policy{Name: p.Name, Origin: v.Origin(pointer), Defect: "Document is missing"}
		if out.IsDefault || out.VersionID == p.DefaultVersionID { // others decide nothing, and some exporters leave their texts out
			d.File.Warn(v, pointer, p.ARN, "unreadable-policy", "its default version has no Document and counts as unknown")
		}
	} else {
		out.Policy = *d.File.Policy(doc, p.Name, docAt, p.ARN)
	}
	out.ARN = p.ARN
	return out
}
