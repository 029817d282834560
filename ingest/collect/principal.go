package collect

import (
	"slices"
	"strings"

	"accesspath/iam"
	"accesspath/ingest/gaad"
	"accesspath/ingest/internal/scan"
	"accesspath/policy"
)

// allLists are the lists of GetAccountAuthorizationDetails: iam-collect asks for
// all of them at once, so whoever has one has all.
var allLists = []string{gaad.Users, gaad.Groups, gaad.Roles, gaad.Policies}

// iam reads a directory below iam/.
func (d *directory) iam(arn policy.ARN) {
	kind, _, _ := strings.Cut(arn.Resource, "/")
	switch kind {
	case gaad.User, gaad.Group, gaad.Role:
		d.principal(kind)
	case "policy":
		d.managedPolicy(arn)
	case "instance-profile":
		d.instanceProfile(arn)
	case "oidc-provider":
		d.account.OIDC = append(d.account.OIDC, d.oidc())
		d.covers(iam.SectionOIDC)
	case "saml-provider":
		d.account.SAML = append(d.account.SAML, &iam.SAMLProvider{ARN: d.arn(), Origin: d.origin()})
		d.covers(iam.SectionSAML)
	default:
		d.warn("unrecognized", "nothing reads entities of IAM of this kind")
	}
}

func (d *directory) covers(s iam.Section) {
	if d.account.Coverage == nil {
		d.account.Coverage = iam.Coverage{}
	}
	d.account.Coverage[s] = iam.Present
}

// principal reads a user, a group or a role.
func (d *directory) principal(kind string) {
	meta := d.values["metadata"]
	e := iam.Entity{
		ARN: d.arn(), Name: meta.Get("name").Text(), Path: meta.Get("path").Text(), UniqueID: meta.Get("id").Text(), Origin: d.origin(),
	}
	if !gaad.Identify(&e, kind) {
		d.warn("no-arn", "metadata.json has no usable arn; the "+kind+" is skipped")
		return
	}
	d.page = true
	e.Created = d.date(meta.Get("created"))
	e.Inline = d.inline()
	for _, text := range list(d.values["managed-policies"]) {
		e.Attached = append(e.Attached, attachment(text))
	}
	if b := meta.Get("permissionBoundary").Text(); b != "" {
		e.Boundary = attachment(b)
		d.part.Boundaries = true
	}
	for _, f := range []string{"inline-policies", "managed-policies", "groups"} {
		if d.needList(f); slices.Contains(d.broken, f) { // what it held may have granted something
			e.Inline = append(e.Inline, &iam.Policy{Name: f + ".json", Defect: f + ".json cannot be read", Origin: d.origin()})
		}
	}
	e.Tags = gaad.Tags(d.unit.file, d.values["tags"], "")
	switch kind {
	case gaad.User:
		u := &iam.User{Entity: e}
		for _, g := range list(d.values["groups"]) {
			u.GroupNames = append(u.GroupNames, lastPart(g))
		}
		d.part.Users = append(d.part.Users, u)
	case gaad.Group:
		e.Tags = nil
		d.part.Groups = append(d.part.Groups, &iam.Group{Entity: e})
	case gaad.Role:
		d.role(&iam.Role{Entity: e})
	}
}

// needList counts a file that is no list among those that cannot be read.
func (d *directory) needList(file string) {
	if v := d.values[file]; !v.Absent() && v.Kind() != '[' {
		d.broken = append(d.broken, file)
		d.unit.file.Report(iam.Diagnostic{Severity: iam.Error, Code: "invalid-list", Origin: v.Origin(""), Entity: d.arn(),
			Message: "found " + v.Describe() + ", want an array; what it says is unknown", Hint: "collect again"})
	}
}

func (d *directory) role(r *iam.Role) {
	r.Trust = d.document("trust-policy", "trust policy", "trust-policy.json is missing")
	for _, text := range list(d.values["instance-profiles"]) {
		p := &iam.InstanceProfile{ARN: text, Name: lastPart(text), Account: r.Account, Role: r.ARN}
		r.InstanceProfiles = append(r.InstanceProfiles, p)
		d.part.Profiles = append(d.part.Profiles, p)
	}
	d.part.Roles = append(d.part.Roles, r)
}

// inline reads inline-policies.json, a list as in GAAD.
func (d *directory) inline() []*iam.Policy {
	var out []*iam.Policy
	for i, m := range d.values["inline-policies"].Elements() {
		at := scan.Index("", i)
		name := m.Get("PolicyName").Text()
		doc := m.Get("PolicyDocument")
		p := d.unit.file.Policy(doc, name, at+"/PolicyDocument", d.arn())
		if doc.Absent() {
			p.Defect, p.Origin = "PolicyDocument is missing", m.Origin(at)
			d.warn("unreadable-policy", "an inline policy has no PolicyDocument and counts as unknown")
		}
		out = append(out, p)
	}
	return out
}

func attachment(arn string) *iam.Attachment { return &iam.Attachment{ARN: arn, Name: lastPart(arn)} }

func lastPart(text string) string { return text[strings.LastIndexAny(text, "/:")+1:] }

// list reads an array of texts, each once.
func list(v scan.Value) []string {
	var out []string
	seen := map[string]bool{"": true}
	for _, e := range v.Elements() {
		if t := strings.TrimSpace(e.Text()); !seen[t] {
			seen[t] = true
			out = append(out, t)
		}
	}
	return out
}

// managedPolicy reads a policy, of which only the default version was stored;
// older versions of that tool called the file policy.json.
func (d *directory) managedPolicy(arn policy.ARN) {
	meta := d.values["metadata"]
	m := &iam.ManagedPolicy{
		ARN: d.arn(), Name: lastPart(d.arn()), UniqueID: meta.Get("id").Text(), Path: meta.Get("path").Text(), Account: arn.Account,
		DefaultVersionID: meta.Get("defaultVersionId").Text(), Created: d.date(meta.Get("createDate")), Updated: d.date(meta.Get("updateDate")), Origin: d.origin(),
	}
	file := "current-policy"
	if _, ok := d.values[file]; !ok && !d.values["policy"].Absent() {
		file = "policy"
	}
	v := &iam.PolicyVersion{Policy: *d.document(file, m.Name, "current-policy.json is missing"), VersionID: m.DefaultVersionID, IsDefault: true}
	v.ARN = m.ARN
	m.Versions = []*iam.PolicyVersion{v}
	d.page = true
	d.part.Policies = append(d.part.Policies, m)
}

func (d *directory) instanceProfile(arn policy.ARN) {
	p := &iam.InstanceProfile{ARN: d.arn(), Name: lastPart(d.arn()), UniqueID: d.values["metadata"].Get("id").Text(), Account: arn.Account}
	if roles := list(d.values["metadata"].Get("roles")); len(roles) > 0 {
		p.Role = roles[0]
	}
	d.part.Profiles = append(d.part.Profiles, p)
}

func (d *directory) oidc() *iam.OIDCProvider {
	meta := d.values["metadata"]
	return &iam.OIDCProvider{
		ARN: d.arn(), URL: strings.TrimPrefix(meta.Get("url").Text(), "https://"), ClientIDs: list(meta.Get("audiences")), ClientsKnown: true, Origin: d.origin(),
	}
}
