package graph

import (
	"strconv"
	"strings"

	"accesspath/iam"
	"accesspath/policy"
)

// A session lasts at least 15 minutes and at most as long as the role allows,
// which is at most 12 hours; at most one hour if its caller holds a role session
// (STS-15, TRUST-33). In seconds.
const (
	shortestSession = 900
	longestSession  = 12 * 3600
	longestChained  = 3600
)

// limitDuration drops the ways to meet a requirement that no session's length
// allows.
func (m *Model) limitDuration(a *Assumption, caller *Node, role *iam.Role) {
	if !a.Requires.IsOpen() {
		return
	}
	if a.Requires = withinDuration(a.Requires, caller, role); a.Requires.IsFalse() {
		a.Causes = []policy.Cause{{Layer: "contradiction", Rule: "STS-15", Text: "no session is as long or as short as the conditions on sts:DurationSeconds ask for"}}
	}
}

// withinDuration drops tests on sts:DurationSeconds that no call can meet.
func withinDuration(r policy.Requirement, caller *Node, role *iam.Role) policy.Requirement {
	most := longestSession
	switch {
	case caller.Kind == KindRole:
		most = longestChained
	case role.MaxSession > 0:
		most = role.MaxSession
	}
	return r.Map(func(a *policy.Atom) policy.Requirement {
		if a.Opaque || !strings.EqualFold(a.Key, "sts:DurationSeconds") {
			return policy.Keep(a)
		}
		if policy.And(policy.Keep(a), seconds(a, "NumericGreaterThanEquals", shortestSession), seconds(a, "NumericLessThanEquals", most)).Satisfiable() {
			return policy.Keep(a)
		}
		return a.Fold(policy.NotThere()) // not asking for a length may still do
	})
}

func seconds(a *policy.Atom, operator string, n int) policy.Requirement {
	return policy.AtomRequirement(policy.Atom{Hop: a.Hop, Key: a.Key, Operator: operator, Values: []string{strconv.Itoa(n)}, Class: a.Class})
}
