package collect

import (
	"maps"
	"slices"
	"strings"

	"accesspath/iam"
	"accesspath/ingest/internal/part"
	"accesspath/ingest/internal/scan"
)

// organization reads a directory of an organization: its own files, a unit or
// a policy.
func (d *directory) organization() {
	o := &d.part.Org
	if o.Origin.File == "" {
		o.ID, o.Origin = d.unit.id, iam.Origin{File: d.part.Source.Name}
	}
	kind, _, _ := strings.Cut(d.dir, "/")
	switch kind {
	case "":
		d.ownFiles(o)
	case "ous":
		if id := lastPart(d.arn()); id != "" {
			o.Nodes = append(o.Nodes, part.Node{ID: id, Kind: part.NodeKind(id), Name: d.values["metadata"].Get("name").Text(), Origin: d.origin()})
		}
	case "scps":
		d.guardrail(part.SCP)
	case "rcps":
		d.guardrail(part.RCP)
	}
}

// ownFiles reads metadata.json, ous.json, accounts.json and
// delegated-admins.json. The tree in structure.json is that of ous.json.
func (d *directory) ownFiles(o *part.Organization) {
	meta := d.values["metadata"]
	if id := meta.Get("id").Text(); id != "" {
		o.ID = id
	}
	o.Management = meta.Get("rootAccountId").Text()
	if features := meta.Get("features"); features.Kind() == '{' {
		for _, name := range []string{part.SCP, part.RCP} {
			state := iam.KnownEmpty
			if features.Get(name).Bool() {
				state = iam.Present
			}
			o.SetType(name, state)
		}
	}
	d.nodes(o, "ous", "parent")
	d.nodes(o, "accounts", "ou")
	admins := map[string][]string{}
	for service, accounts := range d.values["delegated-admins"].Members() {
		for _, id := range list(accounts) {
			admins[id] = append(admins[id], string(service))
		}
	}
	for _, id := range slices.Sorted(maps.Keys(admins)) {
		slices.Sort(admins[id])
		o.Delegated = append(o.Delegated, iam.DelegatedAdmin{Account: id, Services: slices.Compact(admins[id])})
	}
}

// nodes reads ous.json or accounts.json: objects by id, each with its parent
// and the ARNs of what is attached.
func (d *directory) nodes(o *part.Organization, file, parent string) {
	v := d.values[file]
	for _, id := range sortedKeys(v) {
		n := v.Get(id)
		at := scan.Join("", []byte(id))
		o.Nodes = append(o.Nodes, part.Node{ID: id, Kind: part.NodeKind(id), ParentID: n.Get(parent).Text(), Origin: n.Origin(at)})
		for _, g := range []struct{ member, policyType string }{{"scps", part.SCP}, {"rcps", part.RCP}} {
			attached := n.Get(g.member)
			if attached.Kind() != '[' {
				continue
			}
			o.Listed = append(o.Listed, part.Listing{Target: id, Type: g.policyType})
			for _, arn := range list(attached) {
				o.Attachments = append(o.Attachments, part.Attachment{PolicyID: lastPart(arn), Type: g.policyType, Target: id})
			}
		}
	}
}

// guardrail reads the directory of an SCP or RCP.
func (d *directory) guardrail(policyType string) {
	arn := d.arn()
	if arn == "" {
		d.warn("no-arn", "metadata.json does not say the ARN of the policy, which is skipped")
		return
	}
	name := d.values["metadata"].Get("name").Text()
	p := d.document("policy", name, "policy.json is missing")
	p.ARN = arn
	d.part.Org.Policies = append(d.part.Org.Policies, part.OrgPolicy{ID: lastPart(arn), ARN: arn, Name: name, Type: policyType, Policy: p, Origin: d.origin()})
}
