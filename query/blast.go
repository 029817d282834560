package query

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"accesspath/graph"
	"accesspath/iam"
	"accesspath/policy"
)

// BlastRadius lists everything that can be reached from a principal, an access
// key, compute or an account (QRY-26). A key of a user is a long-term
// credential. A role is asked about as a stolen session of it: it can go on from
// there, and has nothing of what its owner could do before. via names who
// obtained the session, where that is known; "" otherwise. Compute holds the
// sessions of its roles and nothing else.
func (e *Engine) BlastRadius(ctx context.Context, what, via string) (*Spread, error) {
	src, nodes, err := e.blastSource(what)
	if err != nil {
		return nil, err
	}
	r := e.newSpread("blast-radius")
	r.Asked = what
	walked := nodes
	var hop graph.NodeID
	if via != "" {
		if src.Credential != CredentialSession {
			return nil, &QuestionError{Message: fmt.Sprintf("%q is no role: only sessions of roles are obtained by somebody", what)}
		}
		if hop, err = e.resolve(via); err != nil {
			return nil, err
		}
		walked = []graph.NodeID{hop}
	}
	s, err := e.newSpreader(ctx, walked)
	if err != nil {
		return nil, err
	}
	starts := s.starts(nodes)
	if via != "" {
		if starts, err = s.obtained(hop, nodes[0]); err != nil {
			return nil, err
		}
		src.ObtainedBy = e.g.Node(hop).ID
	}
	src.MaxSeconds = e.sessionLife(nodes[0], &src, hop)
	src.Reached = s.reached(starts)
	e.noteCredential(r, &src)
	s.limits(&r.Limits)
	r.Sources = []SpreadSource{src}
	return r, nil
}

// blastSource finds what is meant: an access key, an account, a role session,
// compute, or a principal.
func (e *Engine) blastSource(what string) (SpreadSource, []graph.NodeID, error) {
	switch {
	case strings.HasPrefix(what, "AKIA"):
		return e.keySource(what)
	case strings.HasPrefix(what, "ASIA"):
		return SpreadSource{}, nil, &QuestionError{Message: fmt.Sprintf("%q is the key of a temporary session, and no input lists those", what), Hint: "ask about the role that the session is of; aws sts get-access-key-info names the account"}
	case policy.IsAccountID(strings.TrimPrefix(what, "account:")):
		return e.accountSource(strings.TrimPrefix(what, "account:"))
	}
	n, err := e.resolve(e.sessionRole(what))
	if err != nil {
		n, err = e.computeNamed(what, err)
	}
	if err != nil {
		return SpreadSource{}, nil, err
	}
	node := e.g.Node(n)
	if node.Kind == graph.KindGroup {
		return SpreadSource{}, nil, &QuestionError{Message: fmt.Sprintf("%q is a group, and has no credentials", what), Hint: "ask about one of its members"}
	}
	src := SpreadSource{Principal: node.ID, Kind: kindOf(node), Account: node.Account, Credential: credentialOf(node), Marks: e.marks(node)}
	return src, []graph.NodeID{n}, nil
}

func credentialOf(n *graph.Node) string {
	switch n.Kind {
	case graph.KindUser, graph.KindRoot:
		return CredentialLongTerm
	case graph.KindRole, graph.KindRootSession, graph.KindFederatedUser:
		return CredentialSession
	case graph.KindCompute, graph.KindInstanceProfile, graph.KindService:
		return CredentialCarried
	case graph.KindFederated, graph.KindIdentityCenter, graph.KindIDCUser, graph.KindIDCGroup, graph.KindAnchor:
		return CredentialSignIn
	}
	return CredentialOutside
}

// sessionRole turns the ARN of a role session into that of its role.
func (e *Engine) sessionRole(what string) string {
	a, ok := policy.ParseARN(what)
	rest, session := strings.CutPrefix(a.Resource, "assumed-role/")
	if !ok || a.Service != "sts" || !session {
		return what
	}
	name, _, _ := strings.Cut(rest, "/")
	n, only, called := e.g.Resolve(name)
	if only {
		called = []graph.NodeID{n}
	}
	for _, n := range called {
		if r := e.g.Node(n).Role; r != nil && r.Account == a.Account && r.Name == name {
			return r.ARN
		}
	}
	return what
}

// computeNamed finds compute by its ARN, or by the end of it: an instance's id,
// a function's name. err is what to say if nothing has that name.
func (e *Engine) computeNamed(what string, err error) (graph.NodeID, error) {
	var found []graph.NodeID
	for n := range e.g.Compute() {
		if arn := e.g.Node(n).Compute.ARN; arn == what || strings.HasSuffix(arn, "/"+what) || strings.HasSuffix(arn, ":"+what) {
			found = append(found, n)
		}
	}
	switch {
	case len(found) == 1:
		return found[0], nil
	case len(found) > 1:
		several := &NotFoundError{Name: what, Ambiguous: true}
		for _, n := range found {
			several.Candidates = append(several.Candidates, e.g.Node(n).Compute.ARN)
		}
		return 0, several
	case meansCompute(what):
		return 0, &QuestionError{Message: fmt.Sprintf("no compute %q in the snapshot", what), Hint: "load what lists it, such as aws ec2 describe-instances or aws lambda list-functions; without it, ask about its role"}
	}
	return 0, err
}

// meansCompute reports whether something that runs code is meant by the form of a
// name.
func meansCompute(what string) bool {
	if a, ok := policy.ParseARN(what); ok {
		return a.Service != "iam" && a.Service != "sts" && a.Account != ""
	}
	return strings.HasPrefix(what, "i-")
}

// keySource finds whose access key that is. It looks through all users: the error is
// graph.ErrOutline where they are not listed.
func (e *Engine) keySource(id string) (SpreadSource, []graph.NodeID, error) {
	if e.g.Model.Snapshot.Outlined() {
		return SpreadSource{}, nil, graph.ErrOutline
	}
	for _, a := range e.g.Model.Snapshot.Accounts {
		for _, u := range a.Users {
			if k, ok := accessKey(u.Credentials, id); ok {
				return e.keyOf(u.ARN, k)
			}
		}
		if k, ok := accessKey(a.Root, id); ok {
			return e.keyOf(policy.AccountRoot(a.Partition, a.ID), k)
		}
	}
	return SpreadSource{}, nil, &QuestionError{Message: fmt.Sprintf("no user of the snapshot is known to have the access key %q", id), Hint: "load what aws iam list-access-keys prints for each user (the credential report has no key ids), or ask about the user"}
}

func accessKey(c *iam.Credentials, id string) (iam.AccessKey, bool) {
	if c == nil {
		return iam.AccessKey{}, false
	}
	i := slices.IndexFunc(c.AccessKeys, func(k iam.AccessKey) bool { return k.ID == id })
	if i < 0 {
		return iam.AccessKey{}, false
	}
	return c.AccessKeys[i], true
}

func (e *Engine) keyOf(owner string, k iam.AccessKey) (SpreadSource, []graph.NodeID, error) {
	n, err := e.resolve(owner)
	if err != nil {
		return SpreadSource{}, nil, err
	}
	node := e.g.Node(n)
	src := SpreadSource{Principal: node.ID, Kind: kindOf(node), Account: node.Account, Credential: CredentialLongTerm, AccessKey: k.ID, Marks: e.marks(node)}
	if !k.Active {
		src.Marks = append(src.Marks, "inactive-key")
	}
	return src, []graph.NodeID{n}, nil
}

// accountSource is an account: all its principals and all that runs in it.
func (e *Engine) accountSource(id string) (SpreadSource, []graph.NodeID, error) {
	var nodes []graph.NodeID
	for i := range e.g.Len() {
		if e.g.AccountOf(graph.NodeID(i)) != id {
			continue
		}
		n := e.g.Node(graph.NodeID(i))
		if !e.isOrigin(n) || n.Limit != nil {
			continue
		}
		switch n.Kind {
		case graph.KindUser, graph.KindRole, graph.KindRoot, graph.KindCompute, graph.KindInstanceProfile, graph.KindAccount, graph.KindExternal:
			nodes = append(nodes, graph.NodeID(i))
		}
	}
	if len(nodes) == 0 {
		return SpreadSource{}, nil, &NotFoundError{Name: id}
	}
	src := SpreadSource{Principal: graph.AccountNodeID(id), Kind: "account", Account: id, Credential: CredentialAccount}
	if a := e.g.Model.Snapshot.Account(id); a != nil {
		src.Name = a.Name
	}
	return src, nodes, nil
}

// obtained are the states of a role's session that somebody got in one hop. Which of
// them a session at hand is in is not known: what was chosen for it, and need not have
// been, is asked for where the session goes on by it (CONV-03).
func (s *spreader) obtained(by, role graph.NodeID) ([]uint32, error) {
	var out []uint32
	for _, start := range s.starts([]graph.NodeID{by}) {
		for m := range s.w.from(start) {
			if s.w.states[m.to].node == role && !slices.Contains(out, m.to) {
				out = append(out, m.to)
			}
		}
	}
	if len(out) == 0 {
		g := s.w.e.g
		return nil, &QuestionError{Message: fmt.Sprintf("%s cannot obtain a session of %s", g.Node(by).ID, g.Node(role).ID), Hint: "accesspath paths says why; leave --via out if the hop is not known"}
	}
	for _, id := range out {
		given := s.w.unsettled(id, out)
		list := slices.Collect(s.w.from(id))
		for i := range list {
			list[i].req = policy.And(list[i].req, given)
		}
		s.w.setMoves(id, list)
	}
	return out, nil
}

// unsettled says what was chosen for the session of a state and not for those of all
// the states that it may be in.
func (w *walker) unsettled(id uint32, among []uint32) policy.Requirement {
	chosen := func(id uint32) *choice { return &w.choices[w.states[id].facts.choice] }
	open := func(same func(*choice) bool) bool {
		return slices.ContainsFunc(among, func(other uint32) bool { return !same(chosen(other)) })
	}
	c, p, name := chosen(id), pick{}, policy.True()
	if c.source != "" && open(func(o *choice) bool { return o.source == c.source }) {
		p.had.source = c.source
	}
	for _, t := range c.tags {
		if open(func(o *choice) bool { had, ok := o.tag(t.key); return ok && had.value == t.value }) {
			p.had.tags = append(p.had.tags, t)
		}
	}
	if c.name != "" && open(func(o *choice) bool { return o.name == c.name }) {
		name = policy.AtomRequirement(policy.Atom{Key: policy.SessionNameKey, Operator: "StringEquals", Values: []string{c.name}, Class: policy.ClassSession})
	}
	return policy.And(p.atoms(w, w.states[id].node), name)
}

// sessionLife is how long a stolen role session lasts at most, in seconds
// (STS-15).
func (e *Engine) sessionLife(n graph.NodeID, src *SpreadSource, hop graph.NodeID) int {
	role := e.g.Node(n).Role
	switch {
	case role == nil || src.Credential != CredentialSession:
		return 0
	case src.ObtainedBy != "" && e.g.Node(hop).Role != nil:
		return longestChained
	case role.MaxSession > 0:
		return role.MaxSession
	}
	return longestSession
}

// noteCredential says what the kind of credential means for the answer.
func (e *Engine) noteCredential(r *Spread, src *SpreadSource) {
	note := func(code, text string) { r.Notes = append(r.Notes, Note{code, text}) }
	switch src.Credential {
	case CredentialSession:
		note("stolen-session", "a session of the role has the role's permissions, and none that its owner had before (QRY-26); it ends after "+strconv.Itoa(src.MaxSeconds/60)+" minutes at most, sessions obtained with it after an hour at most")
		if src.ObtainedBy == "" {
			note("unknown-hop", "who obtained the session is not known: what hangs on that, such as MFA or session tags, is left to the requirements; --via names the hop")
		}
	case CredentialAccount:
		if !e.g.Model.Snapshot.Account(src.Account).Loaded() {
			note("account-not-loaded", "the users and roles of account "+src.Account+" are in no input: there may be more that they reach (EVAL-25)")
		}
	case CredentialCarried:
		note("carried-only", "compute holds the sessions of its own roles only (QRY-26)")
	}
	if slices.Contains(src.Marks, "inactive-key") {
		note("inactive-key", "the access key is inactive: nothing of this can be reached with it until somebody activates it")
	}
}
