package escalate_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"accesspath/graph"
	"accesspath/graph/escalate"
	"accesspath/ingest"
	"accesspath/ingest/managed"
	"accesspath/internal/shared"
	"accesspath/query"
)

// realAdmins asks a real export who becomes an administrator by escalation.
func realAdmins(t *testing.T, file string) map[string]string {
	t.Helper()
	dir, ok := shared.Data()
	if !ok {
		t.Skip("no shared data beside the checkout")
	}
	sources, _, err := ingest.Files([]string{filepath.Join(dir, file)}, nil)
	if err != nil {
		t.Skip(err)
	}
	s, err := ingest.Read(t.Context(), sources, ingest.Options{Managed: managed.Lookup})
	if err != nil {
		t.Fatal(err)
	}
	g, err := graph.Build(t.Context(), s, graph.Options{AsOf: time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC), KeyDefined: query.KeyDefined})
	if err != nil {
		t.Fatal(err)
	}
	f, err := escalate.Find(t.Context(), g, escalate.Options{})
	if err != nil {
		t.Fatal(err)
	}
	r, err := query.New(g, query.Options{View: query.ViewAll}).WithEscalation(query.Escalations{Graph: f.Graph},
		func(e *query.Engine) (*query.Result, error) { return e.Admins(t.Context()) })
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, a := range r.Escalation.Answers {
		var rules []string
		for _, step := range a.Paths[0].Steps {
			if step.Escalation != nil {
				rules = append(rules, step.Escalation.Rule)
			}
		}
		out[a.Principal[strings.LastIndexByte(a.Principal, '/')+1:]] = a.Verdict + " " + strings.Join(rules, " ")
	}
	return out
}

// TestLabAccount: an account laid out for practice, whose principals are named
// after what they can do. What needs compute is open, for the export has none.
func TestLabAccount(t *testing.T) {
	got := realAdmins(t, "gaad/cloudsplaining/example.json")
	for who, want := range map[string]string{
		"privesc1-CreateNewPolicyVersion-user":                       "ALLOW ESC-11",
		"privesc3-CreateEC2WithExistingInstanceProfile-user":         "ALLOW ESC-18",
		"privesc5-CreateLoginProfile-user":                           "ALLOW_IF ESC-14 ESC-18",
		"privesc7-AttachUserPolicy-user":                             "ALLOW ESC-10",
		"privesc8-AttachGroupPolicy-user":                            "ALLOW ESC-10",
		"privesc10-PutUserPolicy-user":                               "ALLOW ESC-10",
		"privesc12-PutRolePolicy-role":                               "ALLOW ESC-10",
		"privesc13-AddUserToGroup-user":                              "ALLOW ESC-12 ESC-16",
		"privesc14-UpdatingAssumeRolePolicy-user":                    "ALLOW ESC-15",
		"privesc15-PassExistingRoleToNewLambdaThenInvoke-user":       "ALLOW ESC-17",
		"privesc16-PassRoleToNewLambdaThenTriggerWithNewDynamo-user": "ALLOW ESC-17",
		"privesc17-EditExistingLambdaFunctionWithRole-user":          "ALLOW_IF ESC-21",
		"privesc18-PassExistingRoleToNewGlueDevEndpoint-user":        "ALLOW ESC-20",
		"privesc19-UpdateExistingGlueDevEndpoint-user":               "ALLOW_IF ESC-21",
		"privesc20-PassExistingRoleToCloudFormation-user":            "ALLOW ESC-19",
		"privesc21-PassExistingRoleToNewDataPipeline-user":           "ALLOW ESC-20",
		"privesc-codeBuildCreateProjectPassRole-user":                "ALLOW ESC-20",
		"privesc-ssmSendCommand-user":                                "ALLOW_IF ESC-21",
		"privesc-sageMakerCreateNotebookPassRole-user":               "ALLOW ESC-20",
	} {
		if got[who] != want {
			t.Errorf("%s: %q, want %q", who, got[who], want)
		}
	}
	for _, who := range []string{"fp1-allow-and-deny-user", "fp2-allow-and-deny-multiple-policies-user", "fp3-deny-iam-user", "fp4-nonExploitableResourceConstraint-user", "fp5-nonExploitableConditionConstraint-user"} {
		if got[who] != "" {
			t.Errorf("%s is made to be a false alarm: %q", who, got[who])
		}
	}
}

// TestQuietAccounts: nobody there escalates.
func TestQuietAccounts(t *testing.T) {
	for _, file := range []string{"gaad/fixinventory/get-account-authorization-details.json", "gaad/iamspy/basic-allow.json", "gaad/iamspy/role-boundary-allow.json"} {
		t.Run(file, func(t *testing.T) {
			if got := realAdmins(t, file); len(got) > 0 {
				t.Errorf("%v", slices.Collect(func(yield func(string) bool) {
					for who := range got {
						yield(who)
					}
				}))
			}
		})
	}
}
