package graph

import (
	"testing"
	"time"

	"accesspath/iam"
	"accesspath/policy"
)

func verdictRole(account, name, trust string, inline ...string) *iam.Role {
	r := &iam.Role{Entity: iam.Entity{ARN: "arn:aws:iam::" + account + ":role/" + name, Name: name, Path: "/", Account: account}, Trust: &iam.Policy{Document: mustParse(trust)}}
	for _, text := range inline {
		r.Inline = append(r.Inline, &iam.Policy{Name: "p", Document: mustParse(text)})
	}
	return r
}

func edgesOf(t *testing.T, s *iam.Snapshot) map[[2]string]bool {
	t.Helper()
	g, err := Build(t.Context(), s, Options{AsOf: time.Unix(1e9, 0)})
	if err != nil {
		t.Fatal(err)
	}
	out := map[[2]string]bool{}
	for n := range g.Len() {
		for e := range g.Out(NodeID(n)) {
			out[[2]string{g.Node(NodeID(n)).ID, g.Node(e.To).ID}] = true
		}
	}
	return out
}

const mayAssumeAll = `{"Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"*"}]}`

// A role that still trusts itself stands in a class with others, who do not get
// what it gets.
func TestSelfTrustIsOfTheRoleAlone_STS_05(t *testing.T) {
	const a, trust = "111111111111", `{"Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111111111111:role/other"},"Action":"sts:AssumeRole"}]}`
	old, young := verdictRole(a, "a-old", trust, mayAssumeAll), verdictRole(a, "b-young", trust, mayAssumeAll)
	old.LegacySelfTrust = true
	s := &iam.Snapshot{Accounts: []*iam.Account{{ID: a, Partition: "aws", Coverage: iam.Coverage{}, Roles: []*iam.Role{old, young}}}}
	got := edgesOf(t, s)
	for _, c := range []struct {
		from, to *iam.Role
		want     bool
	}{{old, old, true}, {young, old, false}, {young, young, false}, {old, young, false}} {
		if got[[2]string{c.from.ARN, c.to.ARN}] != c.want {
			t.Errorf("%s to %s: %t, want %t", c.from.Name, c.to.Name, !c.want, c.want)
		}
	}
	// The same with a trust in the whole account that asks for what only itself has.
	old.Trust, young.Trust = &iam.Policy{Document: mustParse(`{"Statement":[{"Effect":"Allow","Principal":{"AWS":"111111111111"},"Action":"sts:AssumeRole","Condition":{"ArnEquals":{"aws:PrincipalArn":"arn:aws:iam::111111111111:role/other"}}}]}`)}, old.Trust
	if got := edgesOf(t, s); !got[[2]string{old.ARN, old.ARN}] || got[[2]string{young.ARN, old.ARN}] {
		t.Errorf("with a condition: %v", got)
	}
}

// Trusts that differ in nothing but the one account that they name are decided
// once. Callers and roles of the other accounts do not get mixed up.
func TestTrustsInOneAccountAreAlike_EVAL_20(t *testing.T) {
	s := &iam.Snapshot{}
	trustIn := func(account string) string {
		return `{"Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::` + account + `:root"},"Action":"sts:AssumeRole"}]}`
	}
	only := func(target string) string {
		return `{"Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"` + target + `"}]}`
	}
	ids := []string{"111111111111", "222222222222", "333333333333"}
	for i, id := range ids {
		next := ids[(i+1)%len(ids)]
		s.Accounts = append(s.Accounts, &iam.Account{ID: id, Partition: "aws", Coverage: iam.Coverage{}, Roles: []*iam.Role{
			verdictRole(id, "all", trustIn(id), mayAssumeAll),
			verdictRole(id, "all2", trustIn(next), mayAssumeAll),
			verdictRole(id, "some", trustIn(id), only("arn:aws:iam::*:role/all2")),
			verdictRole(id, "none", trustIn(id)),
		}})
	}
	m := NewModel(s, Options{AsOf: time.Unix(1e9, 0)})
	got := edgesOf(t, s)
	count := 0
	for _, from := range s.Accounts {
		for _, caller := range from.Roles {
			for _, to := range s.Accounts {
				for _, role := range to.Roles {
					want := !m.Assume(roleNode(caller), role, nil, "").Requires.IsFalse()
					if got[[2]string{caller.ARN, role.ARN}] != want {
						t.Errorf("%s to %s: %t, want %t", caller.ARN, role.ARN, !want, want)
					}
					if want {
						count++
					}
				}
			}
		}
	}
	if count == 0 {
		t.Error("nobody may assume anything")
	}
}

// A guardrail that lets one user alone call sts:AssumeRoot keeps others of the
// same policies from it.
func TestGuardrailTellsRootCallersApart_ROOT_05(t *testing.T) {
	const admin, member = "222222222222", "333333333333"
	user := func(name string) *iam.User {
		return &iam.User{Entity: iam.Entity{ARN: "arn:aws:iam::" + admin + ":user/" + name, Name: name, Path: "/", Account: admin, Inline: []*iam.Policy{{Name: "p", Document: mustParse(`{"Statement":[{"Effect":"Allow","Action":"sts:AssumeRoot","Resource":"*"}]}`)}}}}
	}
	one, two := user("one"), user("two")
	guard := &iam.Policy{Name: "guard", Document: mustParse(`{"Statement":[{"Effect":"Deny","Action":"sts:AssumeRoot","Resource":"*","Condition":{"ArnNotEquals":{"aws:PrincipalArn":"` + two.ARN + `"}}}]}`)}
	full := &iam.Policy{Name: "full", Document: mustParse(`{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`)}
	s := &iam.Snapshot{
		Accounts: []*iam.Account{{ID: admin, Partition: "aws", Coverage: iam.Coverage{}, Users: []*iam.User{one, two}}, {ID: member, Partition: "aws", Coverage: iam.Coverage{}}},
		Organization: &iam.Organization{ID: "o-x", ManagementAccount: "111111111111", FeatureSet: "ALL", SCP: iam.Present, RCP: iam.KnownEmpty, RootSessions: iam.Present,
			DelegatedAdmins: []iam.DelegatedAdmin{{Account: admin, Services: []string{"iam.amazonaws.com"}}},
			Nodes: []*iam.OrgNode{{ID: "r-1", Kind: "root", SCPs: []*iam.Policy{full, guard}, SCPState: iam.Present},
				{ID: admin, Kind: "account", ParentID: "r-1", SCPs: []*iam.Policy{full}, SCPState: iam.Present}, {ID: member, Kind: "account", ParentID: "r-1", SCPs: []*iam.Policy{full}, SCPState: iam.Present}}},
	}
	reached := map[string]bool{}
	for pair := range edgesOf(t, s) {
		if arn, ok := policy.ParseARN(pair[1]); ok && arn.Account == member {
			reached[pair[0]] = true
		}
	}
	if !reached[two.ARN] || reached[one.ARN] {
		t.Errorf("root sessions of %s are reached from %v, want from %s alone", member, reached, two.ARN)
	}
}

// Users who have the same policies in different order are of one class only if each
// policy says the same of both.
func TestOrderOfPoliciesTellsNothing_EVAL_06(t *testing.T) {
	const a, trust = "111111111111", `{"Statement":[{"Effect":"Allow","Principal":{"AWS":"111111111111"},"Action":"sts:AssumeRole"}]}`
	mine := func(user, role string) *iam.Policy {
		return &iam.Policy{Name: role, Document: mustParse(`{"Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"arn:aws:iam::` + a + `:role/` + role + `","Condition":{"StringEquals":{"aws:username":"` + user + `"}}}]}`)}
	}
	user := func(name string, policies ...*iam.Policy) *iam.User {
		return &iam.User{Entity: iam.Entity{ARN: "arn:aws:iam::" + a + ":user/" + name, Name: name, Path: "/", Account: a, Inline: policies}}
	}
	first, second := mine("one", "r1"), mine("two", "r2")
	one, two := user("one", first, second), user("two", second, first)
	r1, r2 := verdictRole(a, "r1", trust), verdictRole(a, "r2", trust)
	got := edgesOf(t, &iam.Snapshot{Accounts: []*iam.Account{{ID: a, Partition: "aws", Coverage: iam.Coverage{}, Users: []*iam.User{one, two}, Roles: []*iam.Role{r1, r2}}}})
	for pair, want := range map[[2]string]bool{{one.ARN, r1.ARN}: true, {one.ARN, r2.ARN}: false, {two.ARN, r1.ARN}: false, {two.ARN, r2.ARN}: true} {
		if got[pair] != want {
			t.Errorf("%s to %s: %t, want %t", pair[0], pair[1], got[pair], want)
		}
	}
}
