package graph

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"accesspath/iam"
	"accesspath/policy"
)

// assumeRoot is the call by which the management account gets a session of a
// member's root user for one task (ROOT-05).
const assumeRoot = "sts:AssumeRoot"

// rootTasks are the names of the task policies (ROOT-05).
var rootTasks = []string{"IAMAuditRootUserCredentials", "IAMCreateRootUserPassword", "IAMDeleteRootUserCredentials", "S3UnlockBucketPolicy", "SQSUnlockQueuePolicy"}

// taskActions are what each task is about (as of 2026-11), for graphs that are
// built without the policies themselves; see Options.ManagedPolicy.
var taskActions = map[string]*policy.Document{
	"IAMAuditRootUserCredentials": nothingBut("iam:ListAccessKeys", "iam:ListSigningCertificates", "iam:GetLoginProfile", "iam:ListMFADevices",
		"iam:GetAccountSummary", "iam:GetUser", "iam:GetAccessKeyLastUsed"),
	"IAMCreateRootUserPassword": nothingBut("iam:CreateLoginProfile", "iam:GetLoginProfile"),
	"IAMDeleteRootUserCredentials": nothingBut("iam:DeleteAccessKey", "iam:DeleteSigningCertificate", "iam:DeleteLoginProfile", "iam:DeactivateMFADevice",
		"iam:DeleteVirtualMFADevice", "iam:ListAccessKeys", "iam:ListSigningCertificates", "iam:GetLoginProfile", "iam:ListMFADevices", "iam:GetUser", "iam:GetAccessKeyLastUsed"),
	"S3UnlockBucketPolicy": nothingBut("s3:DeleteBucketPolicy", "s3:PutBucketPolicy", "s3:GetBucketPolicy", "s3:ListAllMyBuckets"),
	"SQSUnlockQueuePolicy": nothingBut("sqs:SetQueueAttributes", "sqs:GetQueueAttributes", "sqs:ListQueues", "sqs:GetQueueUrl"),
}

func nothingBut(actions ...string) *policy.Document {
	return mustParse(`{"Version":"2012-10-17","Statement":[{"Effect":"Deny","NotAction":["` + strings.Join(actions, `","`) + `"],"Resource":"*"}]}`)
}

func taskARN(partition, name string) string {
	return "arn:" + partition + ":iam::aws:policy/root-task/" + name
}

func taskARNs(partition string) []string {
	var out []string
	for _, t := range rootTasks {
		out = append(out, taskARN(partition, t))
	}
	return out
}

func refuse(rule, text string) policy.Decision {
	return policy.Decision{Causes: []policy.Cause{{Layer: "service-rule", Rule: rule, Text: text}}}
}

// assumeRoot decides the call itself (ROOT-05, ROOT-06). The root user has no
// resource policy, and none is needed: the organization's feature stands for it.
func (m *Model) assumeRoot(a Ask) policy.Decision {
	arn, ok := policy.ParseARN(a.Resource)
	if !ok || arn.Service != "iam" || arn.Resource != "root" {
		return refuse("ROOT-05", "sts:AssumeRoot works on the root users of member accounts")
	}
	open, d, refused := m.rootSessionsOf(a.Node, arn.Account)
	if refused {
		return d
	}
	r, l, _ := m.request(a)
	l.Resource = policy.ResourceLayer{State: policy.ResourcePresent, Policies: []policy.Attached{{Document: everyRootSession, Name: "centralized root access", Owner: a.Resource}}}
	d = policy.Evaluate(r, l)
	tasks := policy.AtomRequirement(policy.Atom{Key: "sts:TaskPolicyArn", Operator: "StringEquals", Values: taskARNs(arn.Partition), Class: policy.ClassRequest, Present: true})
	if d.Requires.IsFalse() {
		return d
	}
	if d.Requires = policy.And(d.Requires, tasks, open).Simplify(); d.Requires.IsFalse() {
		d.Causes = []policy.Cause{{Layer: "contradiction", Rule: "ROOT-05", Text: "sts:TaskPolicyArn has to be one of AWS's five task policies"}}
	}
	d.Requires.Mentions(func(t *policy.Atom) bool {
		if t.Code != "" {
			d.Codes = insertSorted(d.Codes, t.Code)
		}
		return false
	})
	return d
}

var everyRootSession = mustParse(`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRoot"}}`)

// rootSessionsOf says who may get root sessions of which account, policies
// aside; open is what no input says.
func (m *Model) rootSessionsOf(n *Node, member string) (open policy.Requirement, d policy.Decision, refused bool) {
	o := m.Snapshot.Organization
	switch {
	case n.Kind == KindRoot || n.Kind == KindRootSession:
		return open, refuse("ROOT-05", "the root user cannot call sts:AssumeRoot"), true
	case o == nil:
		return policy.And(policy.DataAtom("DATA:organization", ""), policy.DataAtom("DATA:RootSessions", "")), d, false
	case n.Account != o.ManagementAccount && !m.adminOfIAM(n.Account):
		return open, refuse("ROOT-05", "only the management account and the delegated administrator of IAM can call sts:AssumeRoot"), true
	case member == o.ManagementAccount || !o.Member(member):
		return open, refuse("ROOT-05", "sts:AssumeRoot works on member accounts of the organization only"), true
	case o.RootSessions == iam.KnownEmpty:
		return open, refuse("ROOT-06", "the organization has not enabled root sessions"), true
	case o.RootSessions == iam.Unknown:
		return policy.DataAtom("DATA:RootSessions", ""), d, false
	}
	return policy.True(), d, false
}

// rootUsersMeant are the root users of members of the organization that a pattern matches,
// one for each verdict there is: no other name that could exist is one of whom
// sts:AssumeRoot gets a session. None for other actions, or if nobody knows the members.
func (m *Model) rootUsersMeant(n *Node, action, pattern string) []string {
	o := m.Snapshot.Organization
	if o == nil || !strings.EqualFold(action, assumeRoot) {
		return nil
	}
	class, may := "", n.Account == o.ManagementAccount || m.adminOfIAM(n.Account)
	if may && (n.User != nil || n.Role != nil) && n.Supposed == nil && n.Limit == nil {
		class, may = m.rootCaller(n)
	}
	known := meantFor{class, partitionOf(n.ID), pattern}
	if out, ok := m.meant.Load(known); ok && class != "" {
		return out.([]string)
	}
	var out []string
	met, matches := map[string]bool{}, policy.CompilePattern(pattern)
	for _, node := range o.Nodes {
		root := policy.AccountRoot(partitionOf(n.ID), node.ID)
		if !policy.IsAccountID(node.ID) || !matches.Match(root) {
			continue
		}
		if !may {
			return []string{root} // it may on none
		}
		if key := m.Verdict(Ask{Node: n, Action: action, Resource: root}).Key(); !met[key] {
			met[key] = true
			out = append(out, root)
		}
	}
	if class != "" {
		m.meant.Store(known, slices.Clip(out))
	}
	return out
}

// meantFor is what rootUsersMeant remembers by: the class of a caller (see rootCaller) and
// the pattern.
type meantFor struct{ class, partition, pattern string }

func (m *Model) adminOfIAM(account string) bool {
	return slices.ContainsFunc(m.Snapshot.Organization.DelegatedAdmins, func(d iam.DelegatedAdmin) bool {
		return d.Account == account && slices.Contains(d.Services, "iam.amazonaws.com")
	})
}

// rootWay is an account whose root sessions some principals can get.
type rootWay struct {
	tails []string // node IDs
	root  string   // ARN of the root user
	req   policy.Requirement
}

// rootWays finds who can call sts:AssumeRoot on whom. Callers whose policies say
// the same of it are asked for once. It ends early when ctx is done.
func (b *builder) rootWays(ctx context.Context) []rootWay {
	m := b.g.Model
	o := m.Snapshot.Organization
	if o == nil || o.RootSessions == iam.KnownEmpty {
		return nil
	}
	var out []rootWay
	for _, callers := range b.rootCallers(o) {
		for _, node := range o.Nodes {
			if ctx.Err() != nil {
				return nil
			}
			if node.Kind != "account" || node.ID == o.ManagementAccount || !policy.IsAccountID(node.ID) {
				continue
			}
			root := policy.AccountRoot(partitionOf(callers[0].ID), node.ID)
			d := m.Decide(Ask{Node: &callers[0], Action: assumeRoot, Resource: root})
			if d.Requires.IsFalse() {
				continue
			}
			w := rootWay{root: root, req: d.Requires}
			for i := range callers {
				w.tails = append(w.tails, callers[i].ID)
			}
			out = append(out, w)
		}
	}
	return out
}

// rootCallers groups the users and roles that may call sts:AssumeRoot.
func (b *builder) rootCallers(o *iam.Organization) [][]Node {
	m := b.g.Model
	var out [][]Node
	index := map[string]int{}
	for _, account := range m.Snapshot.Accounts {
		if account.ID != o.ManagementAccount && !m.adminOfIAM(account.ID) {
			continue
		}
		for _, n := range appendEntities(nil, account) {
			key, ok := m.rootCaller(&n)
			if !ok {
				continue
			}
			i, known := index[key]
			if !known {
				i = len(out)
				index[key] = i
				out = append(out, nil)
			}
			out[i] = append(out[i], n)
		}
	}
	return out
}

// rootCaller is the class of a caller: what its policies say of the call. ok is
// false for those that cannot make it.
func (m *Model) rootCaller(n *Node) (key string, ok bool) {
	if n.User == nil && n.Role == nil {
		return "", false
	}
	id := m.identityOf(n)
	var docs []string
	single := m.rcpsTell() || slices.ContainsFunc(m.SCPs(n.Account), tellsRootCallers)
	for k, list := range [][]policy.Attached{id.policies, id.boundary} {
		for _, p := range list {
			switch {
			case p.Document == nil:
				ok, single = true, true
				continue
			case !p.Document.UsesAction(policy.Allow, assumeRoot) && !p.Document.UsesAction(policy.Deny, assumeRoot):
				continue
			}
			ok = ok || k == 0 && p.Document.UsesAction(policy.Allow, assumeRoot)
			docs = append(docs, fmt.Sprint(k, string(p.Document.Digest[:])))
			single = single || slices.ContainsFunc(p.Document.Statements, func(s policy.Statement) bool { return s.DependsOnCaller() })
		}
	}
	if single {
		return n.ID, ok
	}
	slices.Sort(docs)
	return fmt.Sprintf("%s|%d|%t|%s", n.Account, n.Kind, id.boundary != nil, strings.Join(slices.Compact(docs), "")), ok
}

// tellsRootCallers reports whether a guardrail on sts:AssumeRoot tells callers of
// one account apart.
func tellsRootCallers(l policy.Level) bool {
	return slices.ContainsFunc(l.Policies, func(p policy.Attached) bool {
		return p.Document != nil && slices.ContainsFunc(p.Document.Statements, func(s policy.Statement) bool {
			return s.DependsOnCaller() && s.MatchesAction(assumeRoot)
		})
	})
}

// findTellingRCPs reports whether some RCP of the organization does.
func (m *Model) findTellingRCPs() bool {
	return m.Snapshot.Organization != nil && slices.ContainsFunc(m.Snapshot.Organization.Nodes, func(n *iam.OrgNode) bool {
		return slices.ContainsFunc(n.RCPs, func(p *iam.Policy) bool {
			return tellsRootCallers(policy.Level{Policies: []policy.Attached{{Document: p.Document}}})
		})
	})
}

// rootSessionNodes are the sessions of the root users that somebody gets, one
// for each task.
func (b *builder) rootSessionNodes(ways []rootWay) []Node {
	var out []Node
	seen := map[string]bool{}
	for _, w := range ways {
		if seen[w.root] {
			continue
		}
		seen[w.root] = true
		arn, _ := policy.ParseARN(w.root)
		for _, task := range rootTasks {
			out = append(out, b.g.Model.rootSession(arn, task))
		}
	}
	return out
}

// rootSession is limited by the task policy, which denies all that is not of the
// task.
func (m *Model) rootSession(root policy.ARN, task string) Node {
	arn := taskARN(root.Partition, task)
	limit := m.managed(arn, root.String())
	if limit.Document == nil {
		limit.Document = taskActions[task]
	}
	policies := []policy.Attached{limit, {Document: anything, Name: "the root user's permissions"}}
	return Node{ID: rootSessionID(root, task), Kind: KindRootSession, Account: root.Account, Name: "root session " + task, Task: arn, Limit: &Limit{Name: task, Policies: policies}}
}

// RootSession is some session of a root user, to ask who could get it.
func (m *Model) RootSession(root *Node) *Node {
	arn, _ := policy.ParseARN(root.ID)
	n := m.rootSession(arn, rootTasks[0])
	return &n
}

func rootSessionID(root policy.ARN, task string) string {
	return "arn:" + root.Partition + ":sts::" + root.Account + ":assumed-root/" + task
}

// rootEdges are the edges of the ways, task by task.
func (b *builder) rootEdges(ways []rootWay) []built {
	type call struct{ req, task string }
	known := map[call]policy.Requirement{} // most accounts ask the same
	var out []built
	for _, w := range ways {
		arn, _ := policy.ParseARN(w.root)
		text, _ := w.req.AppendBinary(nil) // never fails
		for _, task := range rootTasks {
			head := b.g.ids[rootSessionID(arn, task)]
			c := call{string(text), b.g.nodes[head].Task}
			req, ok := known[c]
			if !ok {
				req = forTask(w.req, c.task)
				known[c] = req
			}
			if req.IsFalse() {
				continue
			}
			for _, tail := range w.tails {
				out = append(out, built{tail: uint32(b.g.ids[tail]), head: head, kind: AssumesRoot, req: req})
			}
		}
	}
	return out
}

// forTask is the call's requirement with one task policy given.
func forTask(r policy.Requirement, task string) policy.Requirement {
	given := r.Given(policy.MapContext{"sts:taskpolicyarn": policy.Is(task)})
	pick := policy.AtomRequirement(policy.Atom{Key: "sts:TaskPolicyArn", Operator: "StringEquals", Values: []string{task}, Class: policy.ClassRequest, Present: true})
	return policy.And(given, pick).Simplify()
}

// obtainRoot is Obtain for root sessions.
func (m *Model) obtainRoot(from, to *Node) Assumption {
	a := Assumption{Action: assumeRoot}
	a.Decision = m.Decide(Ask{Node: from, Action: assumeRoot, Resource: policy.AccountRoot(partitionOf(to.ID), to.Account)})
	if a.Requires.IsFalse() {
		return a
	}
	if a.Requires = forTask(a.Requires, to.Task); a.Requires.IsFalse() {
		a.deny("contradiction", "ROOT-05", "the policies ask for another task policy")
	}
	return a
}

// RootRemoved reports whether an account's root user is known to have no
// credentials left to sign in with: then nobody is root but by sts:AssumeRoot
// (ROOT-04).
func (m *Model) RootRemoved(account string) bool {
	a := m.Snapshot.Account(account)
	if a == nil {
		return false
	}
	password, keys := iam.Unknown, iam.Unknown
	if a.Root != nil {
		password, keys = a.Root.Password, a.Root.Keys
	}
	for _, s := range []struct {
		state *iam.State
		key   string
	}{{&password, "AccountPasswordPresent"}, {&keys, "AccountAccessKeysPresent"}} {
		if n, ok := a.Summary[s.key]; ok && *s.state == iam.Unknown && n == 0 {
			*s.state = iam.KnownEmpty
		}
	}
	return password == iam.KnownEmpty && keys == iam.KnownEmpty
}
