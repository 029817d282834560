package graph

import (
	"cmp"
	"iter"
	"slices"
	"strings"
	"sync"
	"time"

	"accesspath/iam"
	"accesspath/policy"
)

// Options are the facts and choices that hold for a whole graph.
type Options struct {
	AsOf time.Time // never zero
	// Overrides are keys that the user declared known (SYM-11).
	Overrides policy.Context
	// KeyDefined asks a service catalogue (COND-21). May be nil.
	KeyDefined func(service, action, key string) (defined, certain bool)
	// StrictData leaves every unread resource policy open (EVAL-19). Otherwise a
	// resource that no input describes counts as having none, with a note.
	StrictData bool
	// ManagedPolicy finds AWS managed policies that no input has: those that
	// services pass as session policies. May be nil.
	ManagedPolicy func(arn string) (*iam.ManagedPolicy, bool)
	// Workers bounds the goroutines of Build; 0 means GOMAXPROCS. The result
	// does not depend on it.
	Workers int
}

// Model answers requests from a snapshot: it finds the layers that bear on a
// caller and a resource and hands them to policy.Evaluate. It is the only
// bridge between the inventory and the evaluator. Safe for concurrent use.
type Model struct {
	Snapshot *iam.Snapshot
	Options  Options

	mu     sync.Mutex
	scps   map[string][]policy.Level
	rcps   map[string][]policy.Level
	layers sync.Map // *identity by *iam.User or *iam.Role
	org    map[string]policy.OrgFacts
	guards sync.Map // *guard by account
	alike  []*guard // the same, each once
	left   sync.Map // policy.Attached by account, see leaves
	single single

	stored *stored // of restored graphs: who has the roles and users; else nil
	roles  map[string]*iam.Role
	users  map[string]*iam.User
	ids    func() map[string]bool // unique ids of users and roles, listed when some are asked for

	compute map[string][]*iam.Compute    // by ARN of a role
	agents  map[string][]*iam.Compute    // by ARN of a role that their service holds for itself (SVC-06)
	points  map[string]pointOf           // by ARN of an access point
	pools   map[string]*iam.IdentityPool // by ID
	center  *center

	inventory *Inventory // of restored graphs; else nil
	overruled bool       // what is known of callers and resources is overridden, and not only what requests decide
	// missesMembers reports whether accounts of the organization are not loaded. A
	// node whose account is the id of the organization stands for them.
	missesMembers func() bool
	rcpsTell      func() bool // see findTellingRCPs
	meant         sync.Map    // see rootUsersMeant
	witnesses     policy.WitnessMemo
}

// NewModel prepares a model.
func NewModel(s *iam.Snapshot, o Options) *Model {
	m := &Model{Snapshot: s, Options: o, scps: map[string][]policy.Level{}, rcps: map[string][]policy.Level{},
		org: map[string]policy.OrgFacts{}, overruled: o.Overrides != nil && !aboutRequests(o.Overrides),
		compute: map[string][]*iam.Compute{}, agents: map[string][]*iam.Compute{}, points: map[string]pointOf{}, pools: map[string]*iam.IdentityPool{}, center: newCenter(s.IdentityCenter)}
	m.missesMembers, m.ids, m.rcpsTell = sync.OnceValue(m.findMissingMembers), sync.OnceValue(m.listIDs), sync.OnceValue(m.findTellingRCPs)
	roles, users := 0, 0
	for _, a := range s.Accounts {
		roles, users = roles+len(a.Roles), users+len(a.Users)
	}
	m.roles, m.users = make(map[string]*iam.Role, roles), make(map[string]*iam.User, users)
	for _, a := range s.Accounts {
		for _, r := range a.Roles {
			m.roles[r.ARN] = r
		}
		for _, u := range a.Users {
			m.users[u.ARN] = u
		}
		m.indexCarriers(a)
	}
	for _, r := range s.Resources {
		for i := range r.AccessPoints {
			m.points[r.AccessPoints[i].ARN] = pointOf{r, &r.AccessPoints[i]}
		}
	}
	return m
}

// listIDs is ids, listed.
func (m *Model) listIDs() map[string]bool {
	out := make(map[string]bool, len(m.roles)+len(m.users))
	for _, a := range m.Snapshot.Accounts {
		for _, r := range a.Roles {
			out[r.UniqueID] = true
		}
		for _, u := range a.Users {
			out[u.UniqueID] = true
		}
	}
	return out
}

// role returns the role of that ARN, or nil.
func (m *Model) role(arn string) *iam.Role {
	if m.stored == nil {
		return m.roles[arn]
	}
	if n, ok := m.stored.Find(arn); ok {
		if n := m.stored.node(n); n.Kind == KindRole && n.Limit == nil {
			return n.Role
		}
	}
	return nil
}

// user returns the user of that ARN, or nil.
func (m *Model) user(arn string) *iam.User {
	if m.stored == nil {
		return m.users[arn]
	}
	if n, ok := m.stored.Find(arn); ok {
		if n := m.stored.node(n); n.Kind == KindUser {
			return n.User
		}
	}
	return nil
}

// Resource returns what the snapshot says of a resource, or nil.
func (m *Model) Resource(arn string) *iam.Resource {
	if m.stored == nil {
		return m.Snapshot.Resource(arn)
	}
	return m.stored.Resource(arn)
}

// Resources yields the resources of the snapshot, in order.
func (m *Model) Resources() iter.Seq[*iam.Resource] {
	if m.stored == nil {
		return slices.Values(m.Snapshot.Resources)
	}
	return m.stored.Resources()
}

// hasID reports whether a user or role has that unique id.
func (m *Model) hasID(id string) bool {
	if m.stored == nil {
		return m.ids()[id]
	}
	return m.stored.HasUniqueID(id)
}

// Caller describes a node as the signer of a request.
func (m *Model) Caller(n *Node) policy.Caller {
	c := policy.Caller{ARN: n.ID, Account: n.Account, Name: n.Name, Partition: partitionOf(n.ID)}
	switch n.Kind {
	case KindUser:
		c.Kind, c.UniqueID, c.HasBoundary = policy.CallerUser, n.User.UniqueID, n.User.Boundary != nil
	case KindRole:
		c.Kind, c.UniqueID, c.HasBoundary = policy.CallerRole, n.Role.UniqueID, n.Role.Boundary != nil
		c.ServiceLinked = n.Role.ServiceLinked()
		c.ARN = n.Role.ARN
	case KindRoot:
		c.Kind = policy.CallerRoot
	case KindRootSession:
		c.Kind, c.ARN = policy.CallerRoot, policy.AccountRoot(partitionOf(n.ID), n.Account)
	case KindFederatedUser:
		c.Kind, c.SessionName, c.Issuer = policy.CallerFederatedUser, n.Name, n.Issuer
		c.HasBoundary = n.User != nil && n.User.Boundary != nil
	case KindService, KindInstanceProfile, KindCompute, KindAnchor:
		c.Kind = policy.CallerService
	case KindFederated:
		c.Kind = policy.CallerWebIdentity
		if strings.Contains(n.ID, ":saml-provider/") {
			c.Kind = policy.CallerSAML
		}
	case KindAccount:
		c.Kind, c.ARN = policy.CallerAccount, ""
	case KindExternal:
		c.Kind = policy.CallerUser
		switch a, _ := policy.ParseARN(n.ID); {
		case strings.HasPrefix(a.Resource, "federated-user/"):
			c.Kind = policy.CallerFederatedUser
		case a.Resource != "" && !strings.HasPrefix(a.Resource, "user/"):
			c.Kind, c.ServiceLinked = policy.CallerRole, strings.HasPrefix(a.Resource, "role/aws-service-role/")
			if session, ok := strings.CutPrefix(a.Resource, "assumed-role/"); ok {
				c.Name, c.SessionName, _ = strings.Cut(session, "/")
			}
		}
	case KindPublic:
		c.Kind, c.ARN = policy.CallerAccount, ""
		if n.Name == AnonymousName {
			c.Kind = policy.CallerAnonymous
		}
	}
	return c
}

func partitionOf(id string) string {
	a, ok := policy.ParseARN(id)
	if !ok {
		return ""
	}
	return a.Partition
}

// anything is the policy that an outsider can write for themselves.
var anything = mustParse(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`)

func mustParse(text string) *policy.Document {
	d, err := policy.ParseDocument([]byte(text))
	if err != nil {
		panic(err) // the text is a constant
	}
	return d
}

// Ask is one request by a node.
type Ask struct {
	Node     *Node
	Action   string
	Resource string
	// Session is what the caller's session carries; nil leaves it open.
	Session policy.Context
	// SessionName is set for a request as one named session of a role.
	SessionName string
	// Service is the service principal that acts for an instance profile.
	Service string
	// ResourcePolicy takes the place of the resource's own, if it is not nil: what
	// if somebody rewrote it (ESC-15).
	ResourcePolicy *policy.Document
	// ResourceTags take the place of the resource's own, if they are not nil: what
	// if somebody tagged it (ESC-29).
	ResourceTags []policy.Tag
	// selfTrust adds the trust in itself that old roles have (STS-05).
	selfTrust bool
	bare      bool // only Requires of the decision is wanted
}

// Decide answers a request on any resource but a role's trust; see Assume for
// those.
func (m *Model) Decide(a Ask) policy.Decision {
	if strings.EqualFold(a.Action, assumeRoot) {
		return m.assumeRoot(a)
	}
	if bucket, ok := behindAccessPoint(a.Resource); ok {
		return m.throughAccessPoint(a, bucket)
	}
	return m.decide(a)
}

// Verdict is the Requires of what Decide returns.
func (m *Model) Verdict(a Ask) policy.Requirement {
	a.bare = true
	return m.Decide(a).Requires
}

func (m *Model) decide(a Ask) policy.Decision {
	r, l, notes := m.request(a)
	evaluate := policy.Evaluate
	if a.bare {
		evaluate = func(r policy.Request, l policy.Layers) policy.Decision {
			return policy.Decision{Requires: policy.Verdict(r, l)}
		}
	}
	d := evaluate(r, l)
	if slices.Contains(notes, NoteOwnerAssumed) && m.ownerless(a.Resource) {
		d = m.whosever(d, a, evaluate)
	}
	d = m.conclude(d, a.Node, a.Resource, notes)
	for _, n := range notes {
		if n != NoteACL { // of the answer, not of each row
			d.Codes = insertSorted(d.Codes, n)
		}
	}
	if d.Requires.IsFalse() && !a.bare {
		d.Causes = append(d.Causes, m.dangling(l.Resource.Policies)...)
	}
	return d
}

// conclude adds to what policies say of a request what hangs on who the caller is.
// notes are of the resource's side.
func (m *Model) conclude(d policy.Decision, n *Node, resource string, notes []string) policy.Decision {
	if d.Requires.IsFalse() {
		return d
	}
	if n.Limit != nil {
		d = n.Limit.open(d)
	}
	if !d.Requires.IsFalse() {
		d = m.outsiders(d, n)
	}
	if n.Kind == KindExternal && !d.Requires.IsFalse() && m.Perhaps(n.ID) {
		d.Requires = m.unlistedCaller(d.Requires, n)
		d.Codes = insertSorted(slices.DeleteFunc(slices.Clone(d.Codes), func(c string) bool { return c == "DATA:account" }), "DATA:principal")
	}
	if (n.Kind == KindRoot || n.RootToken()) && slices.Contains(notes, NoteOwnerAssumed) && !d.Requires.IsFalse() {
		// Nothing but owning it would give a root user, or its session, the resource (NAT-02).
		d.Requires = policy.And(d.Requires, policy.DataAtom(codeOwner, resource))
		d.Codes = insertSorted(d.Codes, codeOwner)
	}
	return d
}

func insertSorted(list []string, s string) []string {
	i, ok := slices.BinarySearch(list, s)
	if ok {
		return list
	}
	return slices.Insert(slices.Clone(list), i, s)
}

// request composes the request and its layers.
func (m *Model) request(a Ask) (policy.Request, policy.Layers, []string) {
	r, f, l, notes := m.compose(a)
	r.Context = policy.NewContext(&r, f)
	if p, ok := behindAccessPoint(a.Resource); ok {
		r.Context = p.known(r.Context)
	}
	return r, l, notes
}

// compose is request, with the facts of which the context is made.
func (m *Model) compose(a Ask) (policy.Request, *policy.Facts, policy.Layers, []string) {
	var l policy.Layers
	tags := m.identityLayers(a.Node, &l)
	t := m.target(a.Node, a.Action, a.Resource)
	l.Resource, l.RCPs = t.layer, m.RCPs(t.account)
	if a.selfTrust {
		l.Resource.Policies = append(slices.Clip(l.Resource.Policies), implicitSelfTrust(a.Node))
	}
	if d := a.rewritten(); d != nil {
		l.Resource = policy.ResourceLayer{State: policy.ResourcePresent,
			Policies: []policy.Attached{{Document: d, Name: "rewritten", Owner: a.Resource}}}
	}
	if a.ResourceTags != nil {
		t.tags, t.tagsKnown = a.ResourceTags, true
	}
	r := policy.Request{Caller: m.Caller(a.Node), Action: a.Action, Resource: a.Resource, ResourceAccount: t.account, Collection: t.collection, AWSManagedKey: t.awsManaged}
	r.Caller.SessionName = a.SessionName
	if a.Service = cmp.Or(a.Service, a.Node.Service); a.Service != "" {
		r.Caller.ARN = a.Service
	}
	f := &policy.Facts{
		Overrides: m.known(a.Node), Session: a.Session, CallerTags: tags, CallerTagsUnknown: a.Node.untold(),
		CallerOrg: m.orgFacts(a.Node.Account), ResourceOrg: m.orgFacts(t.account),
		ResourceTags: t.tags, ResourceTagsKnown: t.tagsKnown, Boundary: t.boundary, AsOf: m.Options.AsOf, KeyDefined: m.Options.KeyDefined,
	}
	return r, f, l, t.notes
}

func compareNodes(a, b *Node) int {
	return cmp.Or(cmp.Compare(a.ID, b.ID), cmp.Compare(a.Kind, b.Kind))
}
