package query_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"accesspath/graph"
	"accesspath/internal/fixture"
	"accesspath/query"
)

// Mixed worlds put statements of the cases together at random: what each rule
// does alone is in the cases, here they meet.
const (
	mixedWorlds = 400
	mixedLines  = 9
)

var mixedPrincipals = []string{"u", "A:user/v", "r", "r1", "r2", "q", "q2", "C:user/x"}

// mixedWorld writes a world with trusts, identity policies, boundaries, tags
// and a bucket policy drawn at random.
func mixedWorld(r *rand.Rand) string {
	pick := func(list []string) string { return list[r.IntN(len(list))] }
	roles := []string{"r", "r1", "r2", "q", "q2"}
	trusted := []string{"A", "B", "u", "r", "r1", "r2", "q", "AWS:*", "C", "A:sess/r1/n", "Service:ec2", "id(r)"}
	conditions := []string{"", "", "",
		" ?{StringEquals sts:ExternalId=x}", " ?{Bool aws:MultiFactorAuthPresent=true}", " ?{BoolIfExists aws:MultiFactorAuthPresent=true}",
		" ?{StringEquals aws:PrincipalTag/team=a}", " ?{StringNotEquals aws:PrincipalTag/team=a}", " ?{StringEquals aws:RequestTag/team=a}",
		" ?{StringEquals aws:PrincipalOrgID=o-ex}", " ?{StringEquals sts:RoleSessionName=${aws:username}}", " ?{Null aws:TokenIssueTime=true}",
		" ?{ArnLike aws:PrincipalArn=arn:aws:iam::A:role/r*}", " ?{IpAddress aws:SourceIp=203.0.113.0/24}", " ?{StringEquals aws:SourceIdentity=x}",
		" ?{StringLike aws:userid=*:n}", " ?{StringEquals aws:PrincipalTag/team=${aws:PrincipalTag/team}}"}
	lines := []string{"add: A:user/v r1 r2 q2 C:user/x"}
	for range mixedLines {
		role, who := pick(roles), pick(mixedPrincipals)
		switch r.IntN(12) {
		case 0, 1, 2:
			lines = append(lines, fmt.Sprintf("tp(%s): P=%s%s ; P=%s%s", role, pick(trusted), pick(conditions), pick(trusted), pick(conditions)))
		case 3:
			lines = append(lines, fmt.Sprintf("tp(%s): +[sts:AssumeRole,sts:TagSession,sts:SetSourceIdentity] P=%s%s", role, pick(trusted), pick(conditions)))
		case 4:
			lines = append(lines, fmt.Sprintf("tp(%s): P=%s ; -sts:AssumeRole P=%s%s", role, pick(trusted), pick(trusted), pick(conditions)))
		case 5, 6:
			lines = append(lines, fmt.Sprintf("id(%s): +sts:*@%s%s", who, pick(append(roles, "*", "*")), pick(conditions)))
		case 7, 8:
			lines = append(lines, fmt.Sprintf("id(%s): +s3:*@[b/*,bb/*]%s", who, pick(conditions)))
		case 9:
			lines = append(lines, fmt.Sprintf("id(%s): -%s@*%s", who, pick([]string{"s3:*", "sts:*"}), pick(conditions)))
		case 10:
			lines = append(lines, fmt.Sprintf("%s(%s): %s", pick([]string{"pb", "id"}), who, pick([]string{"+s3:*@*", "+sts:*@*", "+*@*"})), "tags("+who+"): team="+pick([]string{"a", "b"}))
		default:
			lines = append(lines, fmt.Sprintf("rp(%s): +s3:GetObject@[b/*,bb/*] P=%s%s", pick([]string{"b", "bb"}), pick(trusted[:10]), pick(conditions)))
		}
	}
	return strings.Join(lines, "\n")
}

func TestCasesMixed(t *testing.T) {
	for seed := range uint64(mixedWorlds) {
		text := mixedWorld(rand.New(rand.NewPCG(seed, 7)))
		if !t.Run(fmt.Sprint(seed), func(t *testing.T) {
			w := newCaseWorld(t, text)
			for _, resource := range []string{"b/x", "bb/x"} {
				q := actionAsked{"s3:GetObject", fixture.ARN(resource)}
				r, err := w.engine().WhoCan(t.Context(), q.action, q.resource)
				if err != nil {
					t.Fatal(err)
				}
				w.checked(t, r)
				w.compareRows(t, q, r)
				w.bruteForce(t, q)
			}
		}) {
			t.Logf("world:\n%s", text)
		}
	}
}

// bruteForce walks with plain sessions only, evaluating every hop afresh: what
// it finds must not be denied. It knows nothing of the walker.
func (w *caseWorld) bruteForce(t *testing.T, q actionAsked) {
	t.Helper()
	for _, from := range mixedPrincipals {
		n := w.node(t, from)
		way := w.plainWay(n, q, []string{n.ID})
		if way == nil {
			continue
		}
		if a := w.single(t, askCan(w.engine(), n.ID, q)); a.Verdict == query.VerdictDeny {
			t.Errorf("%s %s by %s: %s, but the plain way %v works", q.action, q.resource, from, caseObserve(a), way)
		}
	}
}

// plainWay finds a chain in which no call passes anything and nothing is open.
func (w *caseWorld) plainWay(n *graph.Node, q actionAsked, way []string) []string {
	name := ""
	if n.Kind == graph.KindRole {
		name = "n"
	}
	if w.graph.Model.Decide(graph.Ask{Node: n, Action: q.action, Resource: q.resource, Session: sessionOf(n), SessionName: name}).Requires.IsTrue() {
		return way
	}
	for i := range w.graph.Len() {
		to := w.graph.Node(graph.NodeID(i))
		if to.Role == nil || slices.Contains(way, to.ID) {
			continue
		}
		if w.graph.Model.Decide(graph.Ask{Node: n, Action: "sts:AssumeRole", Resource: to.ID, Session: sessionOf(n), SessionName: name}).Requires.IsTrue() {
			if found := w.plainWay(to, q, append(slices.Clone(way), to.ID)); found != nil {
				return found
			}
		}
	}
	return nil
}
