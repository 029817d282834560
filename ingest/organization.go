package ingest

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"accesspath/iam"
	"accesspath/ingest/internal/part"
	"accesspath/ingest/internal/scan"
	"accesspath/policy"
)

// The policies that AWS attaches to every node (ORG-09) and whose text is
// documented: a summary is enough to know them.
const (
	fullAccess    = "p-FullAWSAccess"
	rcpFullAccess = "p-RCPFullAWSAccess"
)

// orgBuilder joins the pieces of an organization.
type orgBuilder struct {
	*builder
	org      *iam.Organization
	nodes    map[string]*iam.OrgNode
	policies map[string]*part.OrgPolicy // by id
	targets  map[string]int             // by id: the last part with all targets of the policy
	attached map[part.Attachment]attachment
	listed   map[part.Listing]listing
	parts    []*part.Part // those with pieces, from the oldest
	types    map[string]iam.State
	admins   map[string][]string // services by account
}

// attachment says who knows of one.
type attachment struct {
	last int  // of the parts
	of   int  // how many whole lists of the target have it
	page bool // some part has it on a page of a list, which is not all of it
}

// listing says who has all policies of a target.
type listing struct{ last, of int } // the last of the parts, and how many

func (b *builder) organization() {
	ob := &orgBuilder{
		builder: b, org: &iam.Organization{}, nodes: map[string]*iam.OrgNode{}, policies: map[string]*part.OrgPolicy{},
		targets: map[string]int{}, attached: map[part.Attachment]attachment{}, listed: map[part.Listing]listing{}, types: map[string]iam.State{}, admins: map[string][]string{},
	}
	ob.parts = organizationParts(b.parts)
	if len(ob.parts) == 0 {
		return
	}
	for i, p := range ob.parts {
		ob.add(&p.Org, i)
	}
	ob.delegates()
	ob.attach()
	ob.states()
	for _, id := range slices.Sorted(maps.Keys(ob.nodes)) {
		ob.org.Nodes = append(ob.org.Nodes, ob.nodes[id])
	}
	ob.names()
	b.snap.Organization = ob.org
}

// organizationParts are the parts that know of an organization. Within a layer those
// that say of which time they are stand in its order, so that the newer is read
// later and counts (NAT-03); the others stay where they are.
func organizationParts(all []*part.Part) []*part.Part {
	var out []*part.Part
	dated := map[part.Layer][]int{} // places in out
	for _, p := range all {
		if !p.Org.Used() {
			continue
		}
		if !p.AsOf.IsZero() {
			dated[p.Layer] = append(dated[p.Layer], len(out))
		}
		out = append(out, p)
	}
	for _, places := range dated {
		sorted := make([]*part.Part, len(places))
		for i, at := range places {
			sorted[i] = out[at]
		}
		slices.SortStableFunc(sorted, func(x, y *part.Part) int { return x.AsOf.Compare(y.AsOf) })
		for i, at := range places {
			out[at] = sorted[i]
		}
	}
	return out
}

// add joins the pieces of a part, given its place among the parts.
func (b *orgBuilder) add(o *part.Organization, from int) {
	if b.org.ID != "" && o.ID != "" && b.org.ID != o.ID {
		b.report(iam.Diagnostic{Severity: iam.Error, Code: "conflict", Origin: o.Origin, Entity: o.ID,
			Message: fmt.Sprintf("a second organization; only %s is used, which %s has: the units, accounts and policies of %s that stand here are left out, and its accounts count as outside",
				b.org.ID, b.org.Origin.File, scan.Clip(o.ID)),
			Hint: "ask about each organization by itself: give its files alone, or keep them in a database of their own"})
		return
	}
	set(&b.org.ID, o.ID)
	renew(b, o, "management account", &b.org.ManagementAccount, o.Management)
	renew(b, o, "feature set", &b.org.FeatureSet, o.FeatureSet)
	renew(b, o, "root sessions", &b.org.RootSessions, o.RootSessions)
	renew(b, o, "central management of root credentials", &b.org.RootCredentials, o.RootCredentials)
	if b.org.Origin.File == "" || before(o.Origin, b.org.Origin) {
		b.org.Origin = o.Origin // the first, also of a snapshot that was merged from several
	}
	for _, name := range slices.Sorted(maps.Keys(o.Types)) {
		was := b.types[name]
		renew(b, o, "state of "+name, &was, o.Types[name])
		b.types[name] = was
	}
	for _, n := range o.Nodes {
		b.node(n)
	}
	for i := range o.Policies {
		b.policy(&o.Policies[i])
		if p := &o.Policies[i]; p.TargetsKnown {
			b.targets[p.ID] = from
		}
	}
	b.addTargets(o, from)
	for _, d := range o.Delegated {
		b.admins[d.Account] = append(b.admins[d.Account], d.Services...)
	}
}

// addTargets notes to which targets policies are attached, and of which targets the part
// lists all policies of a type.
func (b *orgBuilder) addTargets(o *part.Organization, from int) {
	for _, l := range o.Listed {
		if x, again := b.listed[l]; !again || x.last != from {
			b.listed[l] = listing{from, x.of + 1}
		}
		b.node(part.Node{ID: l.Target, Kind: part.NodeKind(l.Target)})
	}
	for _, a := range o.Attachments {
		whole, ok := b.listed[part.Listing{Target: a.Target, Type: a.Type}]
		ok = ok && whole.last == from
		targets, known := b.targets[a.PolicyID]
		x, again := b.attached[a]
		if again && x.last == from {
			continue
		}
		if x.last, x.page = from, x.page || !ok && !(known && targets == from); ok {
			x.of++
		}
		b.attached[a] = x
	}
}

// renew takes what is known now in place of what was, and reports a difference
// (NAT-03).
func renew[T comparable](b *orgBuilder, o *part.Organization, what string, was *T, is T) {
	var unknown T
	if is == unknown || is == *was {
		return
	}
	if *was != unknown {
		b.report(iam.Diagnostic{Severity: iam.Warning, Code: "conflict", Origin: o.Origin, Entity: cmp.Or(b.org.ID, "organization"),
			Message: fmt.Sprintf("its %s is %v here and %v elsewhere; the one read last is used", what, is, *was), Hint: "give only the newest listing"})
	}
	*was = is
}

func (b *orgBuilder) node(n part.Node) {
	have := b.nodes[n.ID]
	if have == nil {
		b.nodes[n.ID] = &iam.OrgNode{ID: n.ID, Kind: n.Kind, Name: n.Name, ParentID: n.ParentID, Status: n.Status}
		return
	}
	if have.ParentID != "" && n.ParentID != "" && have.ParentID != n.ParentID {
		b.report(iam.Diagnostic{Severity: iam.Warning, Code: "conflict", Origin: n.Origin, Entity: n.ID,
			Message: fmt.Sprintf("its parent is %s here and %s elsewhere; the one read last is used", scan.Clip(n.ParentID), scan.Clip(have.ParentID)), Hint: "give only the newest listing"})
	}
	set(&have.Name, n.Name)
	set(&have.ParentID, n.ParentID)
	set(&have.Status, n.Status)
}

func (b *orgBuilder) policy(p *part.OrgPolicy) {
	have := b.policies[p.ID]
	if have == nil {
		c := *p
		b.policies[p.ID] = &c
		return
	}
	if have.Policy != nil && p.Policy != nil && have.Policy.Document != nil && p.Policy.Document != nil && have.Policy.Document.Digest != p.Policy.Document.Digest {
		b.report(iam.Diagnostic{Severity: iam.Warning, Code: "conflict", Origin: p.Origin, Entity: p.ID,
			Message: fmt.Sprintf("its text differs from that at %s; the one read last is used", lineOf(have.Origin)), Hint: "give only the newest listing"})
	}
	if p.Policy != nil && (p.Policy.Document != nil || have.Policy == nil) {
		have.Policy = p.Policy
	}
	set(&have.ARN, p.ARN)
	set(&have.Name, p.Name)
	set(&have.Type, p.Type)
	have.TargetsKnown = have.TargetsKnown || p.TargetsKnown
}

// delegates lists the delegated administrators, whom several outputs name.
func (b *orgBuilder) delegates() {
	for _, id := range slices.Sorted(maps.Keys(b.admins)) {
		services := slices.Clone(b.admins[id])
		slices.Sort(services)
		b.org.DelegatedAdmins = append(b.org.DelegatedAdmins, iam.DelegatedAdmin{Account: id, Services: slices.Compact(services)})
	}
}

// attach hangs policies on nodes, in the order of their ARNs.
func (b *orgBuilder) attach() {
	all := slices.SortedFunc(maps.Keys(b.attached), func(x, y part.Attachment) int {
		return cmp.Or(cmp.Compare(x.Target, y.Target), cmp.Compare(x.PolicyID, y.PolicyID), cmp.Compare(x.Type, y.Type))
	})
	texts := map[string]*iam.Policy{}
	for _, a := range all {
		p := b.policies[a.PolicyID]
		if p == nil {
			p = &part.OrgPolicy{ID: a.PolicyID, Type: a.Type}
			b.policies[a.PolicyID] = p
		}
		n := b.nodes[a.Target]
		if n == nil {
			n = &iam.OrgNode{ID: a.Target, Kind: part.NodeKind(a.Target)}
			b.nodes[a.Target] = n
		}
		if texts[p.ID] == nil {
			texts[p.ID] = b.text(p)
		}
		kind := cmp.Or(p.Type, a.Type)
		if b.outdated(a, kind) {
			continue
		}
		switch kind {
		case part.SCP:
			n.SCPs = appendOnce(n.SCPs, texts[p.ID])
		case part.RCP:
			n.RCPs = appendOnce(n.RCPs, texts[p.ID])
		}
	}
	for _, n := range b.nodes {
		slices.SortStableFunc(n.SCPs, comparePolicies)
		slices.SortStableFunc(n.RCPs, comparePolicies)
	}
}

// outdated reports whether an attachment is one of earlier whole lists only, and a
// later list of all policies of the target, or all targets of the policy, is without
// it: it was detached in between (NAT-03). The last page of a list looks like a
// whole one; what stands on its other pages is kept.
func (b *orgBuilder) outdated(a part.Attachment, kind string) bool {
	said, lists := -1, 0
	for _, as := range []string{"", kind} { // some listings do not name the type
		if x, ok := b.attached[part.Attachment{PolicyID: a.PolicyID, Type: as, Target: a.Target}]; ok {
			if x.page {
				return false
			}
			said, lists = max(said, x.last), lists+x.of
		}
	}
	list, ok := b.listed[part.Listing{Target: a.Target, Type: kind}]
	whole := list.last
	if i, known := b.targets[a.PolicyID]; known && (!ok || i > whole) {
		whole, ok = i, true
	}
	message, late := "", ok && whole > said
	switch {
	case late:
		message = fmt.Sprintf("it is attached to %s here and not in %s, which is read later and used", scan.Clip(a.Target), b.parts[whole].Source.Name)
	case lists < list.of:
		message = fmt.Sprintf("it is attached to %s here and not in every list of its policies; this one is read later and used", scan.Clip(a.Target))
	default:
		return false
	}
	b.report(iam.Diagnostic{Severity: iam.Warning, Code: "conflict", Origin: iam.Origin{File: b.parts[said].Source.Name}, Entity: a.PolicyID, Message: message, Hint: "give only the newest listing"})
	return late
}

func comparePolicies(x, y *iam.Policy) int {
	return cmp.Or(cmp.Compare(x.ARN, y.ARN), cmp.Compare(x.Name, y.Name))
}

// appendOnce relies on what is the same coming one after another.
func appendOnce(list []*iam.Policy, p *iam.Policy) []*iam.Policy {
	if n := len(list); n > 0 && list[n-1] == p {
		return list
	}
	return append(list, p)
}

// text returns the policy with its document. The two that AWS attaches
// everywhere are known from their ids.
func (b *orgBuilder) text(p *part.OrgPolicy) *iam.Policy {
	if p.Policy != nil {
		set(&p.Policy.ARN, p.ARN)
		if p.Policy.Name == "" {
			p.Policy.Name = cmp.Or(p.Name, p.ID)
		}
		return p.Policy
	}
	out := &iam.Policy{Name: cmp.Or(p.Name, p.ID), ARN: p.ARN, Origin: p.Origin}
	known := ""
	switch p.ID {
	case fullAccess:
		p.Type = cmp.Or(p.Type, part.SCP)
		known = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`
	case rcpFullAccess:
		p.Type = cmp.Or(p.Type, part.RCP)
		known = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}`
	}
	if known != "" {
		if doc, err := policy.ParseDocument([]byte(known)); err == nil {
			out.Document, out.Bundled = doc, true
			return out
		}
	}
	out.Defect = "its text is in no input"
	b.report(iam.Diagnostic{Severity: iam.Warning, Code: "unresolved-policy", Origin: p.Origin, Entity: cmp.Or(p.ARN, p.ID),
		Message: "the text of this organization policy is in no input; what it denies is unknown", Hint: "add the output of aws organizations describe-policy --policy-id " + scan.Clip(p.ID)})
	return out
}

// states settles which types are enabled, and of which nodes all attachments
// are known (ORG-03, ORG-15).
func (b *orgBuilder) states() {
	b.org.SCP, b.org.RCP = b.types[part.SCP], b.types[part.RCP]
	if b.org.FeatureSet != "" && b.org.FeatureSet != "ALL" {
		b.org.SCP, b.org.RCP = iam.KnownEmpty, iam.KnownEmpty
	}
	allSCPs, allRCPs := b.allTargets(part.SCP, fullAccess), b.allTargets(part.RCP, rcpFullAccess)
	for _, id := range slices.Sorted(maps.Keys(b.nodes)) {
		n := b.nodes[id]
		n.SCPState = b.nodeState(n, part.SCP, b.org.SCP, len(n.SCPs), allSCPs)
		n.RCPState = b.nodeState(n, part.RCP, b.org.RCP, len(n.RCPs), allRCPs)
	}
}

// allTargets reports whether every policy of the type came with all its
// targets. That is believed only if AWS's own policy is among them, which every
// organization has: a list of customer policies alone would else look like
// "nothing is allowed here".
func (b *orgBuilder) allTargets(kind, standard string) bool {
	for _, p := range b.policies {
		if (p.Type == kind || p.Type == "") && !p.TargetsKnown {
			return false
		}
	}
	return b.policies[standard] != nil
}

func (b *orgBuilder) isListed(target, kind string) bool {
	_, ok := b.listed[part.Listing{Target: target, Type: kind}]
	return ok
}

// nodeState: the attachments of a node are known if they were listed for it, or
// if all targets of all policies are known.
func (b *orgBuilder) nodeState(n *iam.OrgNode, kind string, enabled iam.State, have int, all bool) iam.State {
	switch {
	case enabled == iam.KnownEmpty:
		return iam.KnownEmpty
	case !all && !b.isListed(n.ID, kind):
		return iam.Unknown
	case have > 0:
		return iam.Present
	}
	if kind == part.SCP {
		b.report(iam.Diagnostic{Severity: iam.Warning, Code: "no-scp", Origin: b.org.Origin, Entity: n.ID,
			Message: "no service control policy is attached here, so nothing is allowed at or below it; AWS does not let that happen, so the listing may be incomplete"})
	}
	return iam.KnownEmpty
}

// names carries what the listing says of accounts over to those that were
// exported.
func (b *orgBuilder) names() {
	for id, a := range b.accounts {
		if n := b.nodes[id]; n != nil {
			set(&a.Name, n.Name)
			set(&a.Status, n.Status)
		}
	}
}
