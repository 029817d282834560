package native

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"strings"

	"accesspath/iam"
	"accesspath/ingest/internal/part"
	"accesspath/ingest/internal/scan"
)

// maxTree is how deep units may stand inside each other; AWS allows five.
const maxTree = 32

// orgDecoder is an organization under way.
type orgDecoder struct {
	*Decoder
	v       scan.Value
	pointer string
	ids     map[string]string // ARN or name of a policy to its id
	texts   map[named]string  // ids of policies without ARN
	taken   map[string]bool   // ids
	counts  map[string]int    // of numbers given, by name
}

func (d *Decoder) organization(v scan.Value, pointer string) {
	var o Organization
	if v.Absent() || !d.into(&o, v, pointer, "") {
		return
	}
	org := &d.Part.Org
	org.ID, org.Management, org.FeatureSet = o.ID, o.ManagementAccountID, o.FeatureSet
	org.RootSessions, org.RootCredentials = stateOf(o.RootSessions), stateOf(o.RootCredentials)
	org.SetType(part.SCP, stateOf(o.ServiceControlPolicies))
	org.SetType(part.RCP, stateOf(o.ResourceControlPolicies))
	org.Origin = origin(o.Origin, false, v, pointer)
	for _, a := range o.DelegatedAdmins {
		org.Delegated = append(org.Delegated, iam.DelegatedAdmin{Account: a.Account, Services: a.Services})
	}
	od := orgDecoder{Decoder: d, v: v, pointer: pointer, ids: map[string]string{}, texts: map[named]string{}, taken: map[string]bool{}, counts: map[string]int{}}
	for i := range org.Policies {
		od.taken[org.Policies[i].ID] = true
	}
	for _, p := range o.Policies {
		od.policy(p, pointer+"/policies")
	}
	if o.Root != nil {
		od.node(o.Root, "root", "", pointer+"/root", 0)
	}
	for i := range o.Detached {
		od.node(&o.Detached[i], "", o.Detached[i].ParentID, scan.Index(pointer+"/detached", i), 0)
	}
}

// policy adds one and returns its id: the last part of its ARN, else its name,
// numbered where others have the same name and another text.
func (d *orgDecoder) policy(p Policy, pointer string) string {
	id := cmp.Or(p.ARN[strings.LastIndexByte(p.ARN, '/')+1:], p.Name)
	if id == "" {
		d.File.Warn(d.v, pointer, "", "invalid-entity", "a policy of the organization has neither arn nor name and is skipped")
		return ""
	}
	out := d.document(p.Document, p.Name, p.Defect, p.Origin, p.Bundled, d.v, d.pointer, cmp.Or(p.ARN, p.Name))
	out.ARN, out.Bundled = p.ARN, p.Bundled
	if p.ARN == "" {
		id = d.apart(id, out)
	}
	d.taken[id] = true
	d.Part.Org.Policies = append(d.Part.Org.Policies, part.OrgPolicy{ID: id, ARN: p.ARN, Name: p.Name, Policy: out, Origin: out.Origin})
	d.ids[cmp.Or(p.ARN, p.Name)] = id
	if p.Name != "" && d.ids[p.Name] == "" {
		d.ids[p.Name] = id
	}
	return id
}

// apart numbers a name until it is free, or that of a policy with the same text.
func (d *orgDecoder) apart(name string, p *iam.Policy) string {
	same := named{name, [sha256.Size]byte{}}
	if p.Document != nil {
		same.digest = p.Document.Digest
		if id, ok := d.texts[same]; ok {
			return id
		}
	}
	id := name
	for d.taken[id] {
		d.counts[name]++
		id = fmt.Sprintf("%s#%d", name, d.counts[name]+1)
	}
	d.texts[same] = id
	return id
}

// named is a policy by its name and text.
type named struct {
	name   string
	digest [sha256.Size]byte
}

func (d *orgDecoder) node(n *OrgNode, kind, parent, pointer string, depth int) {
	if n.ID == "" || depth > maxTree {
		d.File.Warn(d.v, pointer, n.Name, "invalid-entity", "a node of the organization without id, or nested too deep, is skipped")
		return
	}
	kind = cmp.Or(n.Kind, kind, part.NodeKind(n.ID))
	d.Part.Org.Nodes = append(d.Part.Org.Nodes, part.Node{ID: n.ID, Kind: kind, Name: n.Name, ParentID: parent, Status: n.Status, Origin: d.Part.Org.Origin})
	d.attach(n, part.SCP, n.SCPs, n.SCPState, pointer+"/scps")
	d.attach(n, part.RCP, n.RCPs, n.RCPState, pointer+"/rcps")
	for i := range n.Units {
		d.node(&n.Units[i], "unit", n.ID, scan.Index(pointer+"/units", i), depth+1)
	}
	for i := range n.Accounts {
		d.node(&n.Accounts[i], "account", n.ID, scan.Index(pointer+"/accounts", i), depth+1)
	}
}

// attach reads the policies of a node: names of those given before, or
// policies in place. A list is the whole truth unless its state says not.
func (d *orgDecoder) attach(n *OrgNode, kind string, list []OrgPolicyRef, state State, pointer string) {
	if list != nil && state != "unknown" || state == "known-empty" {
		d.Part.Org.Listed = append(d.Part.Org.Listed, part.Listing{Target: n.ID, Type: kind})
	}
	for i, ref := range list {
		id := ""
		if ref.Policy != nil {
			id = d.policy(*ref.Policy, scan.Index(pointer, i))
		} else if id = d.ids[ref.Name]; id == "" {
			id = ref.Name[strings.LastIndexByte(ref.Name, '/')+1:] // AWS's own need no text
			d.missing(ref.Name, id, scan.Index(pointer, i))
		}
		if id == "" {
			continue
		}
		d.Part.Org.Attachments = append(d.Part.Org.Attachments, part.Attachment{PolicyID: id, Type: kind, Target: n.ID})
	}
}

func (d *orgDecoder) missing(name, id, pointer string) {
	if id == "p-FullAWSAccess" || id == "p-RCPFullAWSAccess" {
		return
	}
	d.File.Report(iam.Diagnostic{Severity: iam.Warning, Code: "unresolved-policy", Origin: d.v.Origin(pointer), Entity: name,
		Message: fmt.Sprintf("policy %q is not among the policies of the organization", scan.Clip(name)), Hint: "add it to organization.policies"})
}
