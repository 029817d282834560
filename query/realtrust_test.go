package query_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"accesspath/graph"
	"accesspath/internal/shared"
	"accesspath/policy"
	"accesspath/query"
)

// recordedTrust is a role as it was recorded from the API.
type recordedTrust struct {
	ARN   string          `json:"arn"`
	Trust json.RawMessage `json:"trust"`
}

func recordedTrusts(t *testing.T) []recordedTrust {
	t.Helper()
	data, ok := shared.Data()
	if !ok {
		t.Skip("the recorded trust policies are not beside the checkout")
	}
	text, err := os.ReadFile(filepath.Join(data, "trust-policies", "cloud-custodian-roles.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	var out []recordedTrust
	seen := map[string]int{}
	for lines := bufio.NewScanner(bytes.NewReader(text)); lines.Scan(); {
		var r recordedTrust
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			t.Fatal(err)
		}
		if seen[r.ARN]++; seen[r.ARN] > 1 {
			r.ARN += fmt.Sprintf("-%d", seen[r.ARN]) // recorded again with another policy
		}
		out = append(out, r)
	}
	return out
}

// TestRealTrustPolicies puts recorded trust policies on roles of loaded
// accounts, each with an administrator and somebody without permissions: who may
// assume a role is the same asked either way, nobody without a permission gets
// in unless named (TRUST-03, TRUST-04), and services get in exactly where they
// are named (TRUST-02, SVC-11).
func TestRealTrustPolicies(t *testing.T) {
	roles := recordedTrusts(t)
	files := map[string]string{}
	accounts := map[string][]string{}
	for i, r := range roles {
		arn, ok := policy.ParseARN(r.ARN)
		if !ok {
			t.Fatalf("role %q", r.ARN)
		}
		path, name := "/", strings.TrimPrefix(arn.Resource, "role/")
		if k := strings.LastIndexByte(name, '/'); k >= 0 {
			path, name = "/"+name[:k+1], name[k+1:]
		}
		accounts[arn.Account] = append(accounts[arn.Account], fmt.Sprintf(`{"RoleName":%q,"Path":%q,"Arn":%q,"RoleId":"AROAEXAMPLE%04d","AssumeRolePolicyDocument":%s}`, name, path, r.ARN, i, r.Trust))
	}
	for id, list := range accounts {
		files[id+".json"] = fmt.Sprintf(`{"UserDetailList":[
			{"UserName":"administrator","Path":"/","Arn":"arn:aws:iam::%[1]s:user/administrator","UserId":"AIDA%[1]sADMIN","UserPolicyList":[{"PolicyName":"all","PolicyDocument":{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}}]},
			{"UserName":"nobody","Path":"/","Arn":"arn:aws:iam::%[1]s:user/nobody","UserId":"AIDA%[1]sNOBODY"}],"RoleDetailList":[%[2]s]}`, id, strings.Join(list, ","))
	}
	w := ingested(t, files)
	services, admitted := 0, 0
	for _, r := range roles {
		q := [2]string{"sts:AssumeRole", r.ARN}
		rows := w.rows(t, q)
		for i := range w.graph.Len() {
			n := w.graph.Node(graph.NodeID(i))
			named := strings.Contains(string(r.Trust), `"`+n.ID+`"`)
			_, listed := rows[n.ID]
			switch {
			case n.Kind == graph.KindService && named:
				services++
				if d := w.graph.Model.Assume(n, w.node(t, r.ARN).Role, nil, ""); d.Requires.IsFalse() && !strings.Contains(string(r.Trust), `"Deny"`) {
					t.Errorf("%s is named by %s and does not get in: %+v", n.ID, r.ARN, d.Causes)
				}
			case n.User != nil && n.User.Name == "nobody" && listed && rows[n.ID].Hops == 0 && !named:
				t.Errorf("%s has no permission, and is let into %s", n.ID, r.ARN)
			case n.User != nil && n.User.Name == "administrator" && listed:
				admitted++
			}
			if n.Kind != graph.KindGroup && n.Kind != graph.KindService {
				agree(t, q, n, w.can(t, n.ID, q[0], q[1]), rows)
			}
		}
	}
	t.Logf("%d roles, %d services named, administrators admitted %d times", len(roles), services, admitted)
	if len(roles) < 30 || services < 30 || admitted < 5 {
		t.Error("too little to have tested anything")
	}
}

// rows are the answers of who-can by principal.
func (w *caseWorld) rows(t *testing.T, q [2]string) map[string]query.Answer {
	t.Helper()
	r := ask(t, w.graph, query.Options{View: query.ViewAll}, q)
	checkPaths(t, w.graph, r)
	out := map[string]query.Answer{}
	for _, a := range r.Answers {
		out[a.Principal] = a
	}
	return out
}
