package graph

import (
	"encoding/binary"
	"fmt"
	"strings"
	"sync"

	"accesspath/policy"
)

// Whether a caller may assume a role follows from what the policies on both sides
// say, and many callers and many roles have the same. A verdict is found once for
// each such pair and kept by what it depends on.

// verdicts are those found so far. Safe for concurrent use once callers have
// their numbers.
type verdicts struct {
	callers numbered // what policies say of them, and where they stand
	shards  [64]verdictShard

	mu    sync.Mutex
	heads map[string]*head // by what a verdict reads of a role
}

type verdictShard struct {
	sync.RWMutex
	known map[string]policy.Requirement
}

func newVerdicts() *verdicts {
	return &verdicts{callers: newNumbered(0), heads: map[string]*head{}}
}

// caller numbers what a class goes by, from 1.
func (v *verdicts) caller(key string) uint32 { return v.callers.of(key) + 1 }

// of returns the verdict kept under a key, and finds it if there is none. What
// find returns has to follow from the key.
func (v *verdicts) of(caller uint32, key []byte, find func() policy.Requirement) policy.Requirement {
	s := &v.shards[caller%uint32(len(v.shards))]
	s.RLock()
	r, ok := s.known[string(key)]
	s.RUnlock()
	if ok {
		return r
	}
	r = find()
	s.Lock()
	defer s.Unlock()
	if s.known == nil {
		s.known = map[string]policy.Requirement{}
	}
	s.known[string(key)] = r
	return r
}

// verdict decides whether a member of a class that the trust does not name gets
// the role. signature says how the trust reads for it, where it tells callers
// apart.
func (e *roleEdges) verdict(c *class, n NodeID, signature string, s *sources) policy.Requirement {
	node := &e.b.g.nodes[n]
	find := func() policy.Requirement { return e.b.g.Model.assumeVerdict(node, e.role) }
	if c.alike == 0 || node.Role != nil && node.Role.ARN == e.role.ARN {
		return find()
	}
	key, ok := e.verdictKey(c, signature, s)
	if !ok {
		return find()
	}
	return e.b.verdicts.of(c.alike, key, find)
}

// verdictKey says what a verdict depends on; false if a policy reads more than
// can be said here.
func (e *roleEdges) verdictKey(c *class, signature string, s *sources) (key []byte, ok bool) {
	head, ok := e.headKey(s)
	if !ok {
		return nil, false
	}
	key = binary.LittleEndian.AppendUint32(e.listReader.key[:0], c.alike)
	key = binary.LittleEndian.AppendUint32(key, head.number)
	key = append(key, flag(c.account == e.role.Account), flag(c.account == e.trusted))
	if head.accounts {
		key = binary.AppendUvarint(key, uint64(len(c.account)))
		key = append(key, c.account...)
	}
	key = binary.AppendUvarint(key, uint64(len(signature)))
	key = append(key, signature...)
	if key, ok = e.listReader.appendKey(key, c.reads); ok {
		key, ok = e.listReader.appendKey(key, e.b.guards[c.account].reads)
	}
	e.listReader.key = key
	return key, ok
}

func flag(yes bool) byte {
	if yes {
		return 1
	}
	return 0
}

// A head is what a verdict reads of a role besides its ARN. Many roles have the
// same trust.
type head struct {
	number   uint32
	accounts bool // it tells accounts apart
}

// headKey returns the role's head; false if a policy reads more of the role than
// can be said.
func (e *roleEdges) headKey(s *sources) (*head, bool) {
	if !e.headKnown {
		e.headKnown, e.headFound = true, e.findHead(s)
	}
	return e.headFound, e.headFound != nil
}

func (e *roleEdges) findHead(s *sources) *head {
	r, d := e.role, e.role.Trust.Document
	if d == nil {
		return nil
	}
	for i := range d.Statements {
		if d.Statements[i].ReadsResource() {
			return nil
		}
	}
	shield := e.b.shields[r.Account]
	trust, accounts := string(d.Digest[:]), e.tellsAccounts(s)
	if text, ok := e.onlyAccount(s); ok && !shield.apart {
		trust, accounts, e.trusted = text, false, s.accounts[0]
	}
	key := fmt.Appendf(nil, "%t %t %d %s %q %q ", r.ServiceLinked(), r.Reserved(), r.MaxSession, partitionOf(r.ARN), shield.policy, trust)
	key, ok := e.listReader.appendKey(key, shield.reads)
	if !ok {
		return nil
	}
	return e.b.verdicts.head(string(key), accounts)
}

// onlyAccount returns the text of a trust that does nothing but allow, without
// conditions, one account and some of its principals, with a blank in place of
// that account: the most frequent trust is in the role's own account. For callers
// of the account whom it does not name, such trusts are the same if the texts are.
func (e *roleEdges) onlyAccount(s *sources) (text string, ok bool) {
	d := e.role.Trust.Document
	if s.any || len(s.accounts) != 1 || strings.Contains(d.Text, blankAccount) || !policy.IsAccountID(s.accounts[0]) {
		return "", false
	}
	for i := range d.Statements {
		if st := &d.Statements[i]; st.Effect != policy.Allow || len(st.Conditions) > 0 || st.NotPrincipal != nil {
			return "", false
		}
	}
	return strings.ReplaceAll(d.Text, s.accounts[0], blankAccount), true
}

// blankAccount stands for an account in the text of a trust.
const blankAccount = "<account>"

// head returns the head of a key. What it says of accounts follows from the key.
func (v *verdicts) head(key string, accounts bool) *head {
	v.mu.Lock()
	defer v.mu.Unlock()
	h, ok := v.heads[key]
	if !ok {
		h = &head{number: uint32(len(v.heads)), accounts: accounts}
		v.heads[key] = h
	}
	return h
}
