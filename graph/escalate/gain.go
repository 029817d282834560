package escalate

import (
	"cmp"
	"slices"
	"strings"

	"accesspath/graph"
	"accesspath/iam"
	"accesspath/policy"
)

// gains say what an actor holds after an attempt that succeeds. "attached" is one
// more, which takes a choice; see attached.
var gains = map[string]func(a *attempt, v verdict){
	"keys":       func(a *attempt, v verdict) { a.become(v, a.t.node) },
	"call":       func(a *attempt, v verdict) { a.edge(v, graph.EscalatesByCall, a.t.node) },
	"service":    func(a *attempt, v verdict) { a.edge(v, graph.EscalatesByService, a.t.node) },
	"assertion":  func(a *attempt, v verdict) { a.edge(v, graph.EscalatesByService, a.t.node) },
	"sign-in":    func(a *attempt, v verdict) { a.edge(v, graph.EscalatesByService, a.t.node) },
	"everything": func(a *attempt, v verdict) { a.changed(v, change{label: "everything", apply: write(everything)}) },
	"version": func(a *attempt, v verdict) {
		a.changed(v, change{label: "version " + a.t.policy.ARN + " " + a.t.version.VersionID, apply: useVersion(a.t.policy, a.t.version)})
	},
	"member": func(a *attempt, v verdict) {
		a.changed(v, change{label: "group " + a.t.group.ARN, apply: joinGroup(a.t.group)})
	},
	"unbound": func(a *attempt, v verdict) { a.changed(v, change{label: "unbound", apply: unbind}) },
	"rid":     func(a *attempt, v verdict) { a.changed(v, change{label: "without " + a.t.drop, apply: drop(a.t.drop)}) },
	"rid-group": func(a *attempt, v verdict) {
		a.changed(v, change{label: "group " + a.t.group.ARN + " without " + a.t.drop, apply: dropOfGroup(a.t.group, a.t.drop)})
	},
	"unguarded": func(a *attempt, v verdict) {
		a.changed(v, change{label: "unguarded", node: func(s *graph.Supposition) { s.Unguarded = true }})
	},
	"tag": func(a *attempt, v verdict) {
		a.changed(v, change{label: "tag " + a.t.tag.Key + "=" + a.t.tag.Value, apply: tagWith(a.t.tag)})
	},
	"mfa": func(a *attempt, v verdict) {
		a.changed(v, change{label: "mfa", node: func(s *graph.Supposition) {
			s.Known = policy.MapContext{"aws:multifactorauthpresent": policy.Is("true"), "aws:multifactorauthage": policy.Is("0")}
		}})
	},
	"resource": func(a *attempt, v verdict) {
		d := statement(a.e.Grants, []string{a.by.node.ID}, "*")
		a.changed(v, change{label: "resource " + a.e.ID, node: func(s *graph.Supposition) { s.Resource, s.Policy = a.t.resource, d }})
	},
	"new": (*attempt).made,
}

// edge adds an edge from every member of the actor's class to a node.
func (a *attempt) edge(v verdict, kind graph.EdgeKind, to graph.NodeID) {
	requires, requests := a.s.interned.requirement(v.requires), a.s.interned.requests(v.requests)
	for _, from := range a.by.members {
		if from == to || a.s.base(from) == to || kind != graph.EscalatesInPlace && a.s.base(from) == a.s.base(to) {
			continue
		}
		if len(a.s.edges) >= maxEdges {
			a.s.cut = true
			return
		}
		a.s.edges = append(a.s.edges, graph.Escalation{From: from, To: to, Kind: kind, Requires: requires,
			Rule: a.e.Rule, Entry: a.e.ID, Title: a.e.Title, Requests: requests})
	}
}

// become is an edge to a principal as which the actor then signs.
func (a *attempt) become(v verdict, to graph.NodeID) {
	a.edge(v, a.kind(), to)
}

// kind is how the target is obtained: a role by a call of the actor, users and
// root users with credentials of their own.
func (a *attempt) kind() graph.EdgeKind {
	switch {
	case slices.Contains(own, a.e.Target):
		return graph.EscalatesInPlace
	case a.t.role != nil:
		return graph.EscalatesByCall
	}
	return graph.EscalatesToKeys
}

// changed is an edge to the target as it is after a change.
func (a *attempt) changed(v verdict, c change) {
	if to, ok := a.s.suppose(a.t.node, c); ok {
		a.edge(v, a.kind(), to)
	}
}

func (a *attempt) made(v verdict) {
	if to, ok := a.s.make(a.t); ok {
		a.edge(v, a.kind(), to)
	}
}

// attached tries which policies may be attached: one that allows everything is
// enough, else all of the account that allow something of the catalogue, since
// a condition on iam:PolicyARN may leave only those (CKEY-43).
func (a *attempt) attached() {
	for _, at := range a.s.powerful(a.by.account) {
		b := *a
		b.given = map[string]string{"iam:PolicyARN": at.ARN}
		v := b.decide()
		if v.requires.IsFalse() {
			continue
		}
		d := at.Document()
		if a.s.relevanceOf(d).full {
			b.changed(v, change{label: "everything", apply: attach(at)})
			return
		}
		b.changed(v, change{label: "policy " + at.ARN, apply: attach(at)})
	}
	a.attachedOwn()
}

// attachedOwn tries policies that say what the actor wants: new ones, and those
// that it may rewrite. It matters where a condition on iam:PolicyARN leaves
// nothing powerful.
func (a *attempt) attachedOwn() {
	try := func(action, arn string) bool {
		first := a.by.decide(a.s, action, arn)
		if first.IsFalse() {
			return false
		}
		b := *a
		b.given = map[string]string{"iam:PolicyARN": arn}
		v := verdict{first, []graph.Request{{Action: action, Resource: arn}}}.and(b.decide())
		if v.requires = v.requires.Simplify(); v.requires.IsFalse() {
			return false
		}
		b.changed(v, change{label: "everything", apply: write(everything)})
		return v.requires.IsTrue()
	}
	if a.s.offers(a.by, "iam:CreatePolicy") {
		for _, arn := range a.newPolicies() {
			if try("iam:CreatePolicy", arn) {
				return
			}
		}
	}
	if !a.s.offers(a.by, "iam:CreatePolicyVersion") {
		return
	}
	for _, m := range a.by.account.Policies {
		if len(m.Versions) < maxVersions && try("iam:CreatePolicyVersion", m.ARN) {
			return
		}
	}
}

// newPolicies are ARNs of policies that are not there, after what conditions on
// iam:PolicyARN leave.
func (a *attempt) newPolicies() []string {
	var out []string
	for _, p := range a.s.g.Model.IdentityPolicies(a.by.node) {
		if p.Document == nil {
			continue
		}
		for i := range p.Document.Statements {
			for _, c := range p.Document.Statements[i].Conditions {
				if !strings.EqualFold(c.Key, "iam:PolicyARN") {
					continue
				}
				for _, v := range c.Values {
					arn, ok := a.example(v)
					if ok && strings.Contains(arn, ":"+a.by.account.ID+":policy/") && a.s.policies[arn] == nil && !slices.Contains(out, arn) {
						out = append(out, arn)
					}
				}
			}
		}
	}
	return out
}

// maxAttachable bounds the policies that are tried.
const maxAttachable = 12

// powerful lists policies worth attaching, those that allow everything first.
func (s *search) powerful(a *account) []*iam.Attachment {
	if list, ok := s.attachable[a.ID]; ok {
		return list
	}
	var out []*iam.Attachment
	for _, arn := range []string{administrator, "arn:aws:iam::aws:policy/IAMFullAccess"} {
		if at := s.attachment(arn); at.Document() != nil {
			out = append(out, at)
		}
	}
	for _, m := range a.Policies {
		at := &iam.Attachment{Name: m.Name, ARN: m.ARN, Policy: m}
		if d := at.Document(); d != nil && (s.relevanceOf(d).full || s.relevanceOf(d).allows != actionSet{}) {
			out = append(out, at)
		}
	}
	slices.SortStableFunc(out, func(x, y *iam.Attachment) int {
		return cmp.Compare(s.rank(x), s.rank(y))
	})
	if len(out) > maxAttachable {
		out = out[:maxAttachable]
	}
	s.attachable[a.ID] = out
	return out
}

func (s *search) rank(at *iam.Attachment) int {
	if s.relevanceOf(at.Document()).full {
		return 0
	}
	return 1
}

// attachment refers to a managed policy: one of the snapshot, or the two of AWS
// that an attacker reaches for.
func (s *search) attachment(arn string) *iam.Attachment {
	at := &iam.Attachment{ARN: arn, Name: arn, Policy: s.policies[arn]}
	if at.Policy == nil && builtIn[arn] != nil {
		v := &iam.PolicyVersion{Policy: iam.Policy{Name: arn, ARN: arn, Document: builtIn[arn], Bundled: true}, VersionID: "v1", IsDefault: true}
		at.Policy = &iam.ManagedPolicy{ARN: arn, Name: arn, Account: "aws", DefaultVersionID: "v1", Versions: []*iam.PolicyVersion{v}, Bundled: true}
	}
	return at
}

var builtIn = map[string]*policy.Document{
	administrator:                           everything,
	"arn:aws:iam::aws:policy/IAMFullAccess": mustParse(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["iam:*","organizations:DescribeAccount","organizations:DescribeOrganization","organizations:DescribeOrganizationalUnit","organizations:DescribePolicy","organizations:ListChildren","organizations:ListParents","organizations:ListPoliciesForTarget","organizations:ListRoots","organizations:ListPolicies","organizations:ListTargetsForPolicy"],"Resource":"*"}]}`),
}
