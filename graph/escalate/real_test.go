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

// TestLabAccount: an account laid out for practice. What is wanted of it was
// worked out by reading its documents, principal by principal; the reasons stand
// beside what is less than plain. What needs compute or a password is open, since
// the export has neither. Whoever is not named escalates nowhere.
func TestLabAccount(t *testing.T) {
	both := func(want string) [2]string { return [2]string{want, want} }
	// Of the user and of the role called NAME-user and NAME-role.
	key := map[string][2]string{
		"privesc1-CreateNewPolicyVersion": both("ALLOW ESC-11"),
		// privesc2-SetExistingDefaultPolicyVersion: its policy has one version.
		"privesc3-CreateEC2WithExistingInstanceProfile": both("ALLOW ESC-18"),
		"privesc4-CreateAccessKey":                      both("ALLOW ESC-13 ESC-11"), // of users who escalate in turn
		"privesc5-CreateLoginProfile":                   both("ALLOW_IF ESC-14 ESC-11"),
		"privesc6-UpdateLoginProfile":                   both("ALLOW_IF ESC-14 ESC-11"),
		"privesc7-AttachUserPolicy":                     {"ALLOW ESC-10", ""}, // a role has no policies of users
		"privesc8-AttachGroupPolicy":                    {"ALLOW ESC-10", ""}, // and is in no group
		"privesc9-AttachRolePolicy":                     {"", "ALLOW ESC-10"}, // a user may assume no role here
		"privesc10-PutUserPolicy":                       {"ALLOW ESC-10", ""},
		"privesc11-PutGroupPolicy":                      {"ALLOW ESC-10", ""},
		"privesc12-PutRolePolicy":                       {"", "ALLOW ESC-10"},
		"privesc13-AddUserToGroup":                      {"ALLOW ESC-12 ESC-10", ""}, // of those who may write all of IAM
		"privesc14-UpdatingAssumeRolePolicy":            both("ALLOW ESC-15"),

		"privesc15-PassExistingRoleToNewLambdaThenInvoke":       both("ALLOW ESC-17"),
		"privesc16-PassRoleToNewLambdaThenTriggerWithNewDynamo": both("ALLOW ESC-17"),
		"privesc17-EditExistingLambdaFunctionWithRole":          both("ALLOW_IF ESC-21"),
		"privesc18-PassExistingRoleToNewGlueDevEndpoint":        both("ALLOW ESC-20"),
		"privesc19-UpdateExistingGlueDevEndpoint":               both("ALLOW_IF ESC-21"),
		"privesc20-PassExistingRoleToCloudFormation":            both("ALLOW ESC-19"),
		"privesc21-PassExistingRoleToNewDataPipeline":           both("ALLOW ESC-20"),
		"privesc-CloudFormationUpdateStack":                     both("ALLOW_IF ESC-21"),
		"privesc-codeBuildCreateProjectPassRole":                both("ALLOW ESC-20"),
		"privesc-ec2InstanceConnect":                            both("ALLOW_IF ESC-21"),
		"privesc-sageMakerCreateNotebookPassRole":               both("ALLOW ESC-20"),
		"privesc-sageMakerCreatePresignedNotebookURL":           both("ALLOW_IF ESC-21"),
		"privesc-sageMakerCreateProcessingJobPassRole":          both("ALLOW ESC-20"),
		"privesc-sageMakerCreateTrainingJobPassRole":            both("ALLOW ESC-20"),
		"privesc-ssmSendCommand":                                both("ALLOW_IF ESC-21"),
		"privesc-ssmStartSession":                               both("ALLOW_IF ESC-21"),
		"privesc-sre":                                           both("ALLOW ESC-10"),

		// What a coarse look misses.
		"fn1-privesc3-partial":              both("ALLOW ESC-18"), // over two policies
		"fn2-exploitableResourceConstraint": both("ALLOW ESC-11"), // the policy itself is within the pattern
		// Keys have no time of issue. A role's session has one, a user needs a
		// session of the console, or one with MFA, to call IAM (STS-09).
		"fn3-exploitableConditionConstraint": {"ALLOW_IF ESC-11", "ALLOW ESC-11"},
		"fn4-exploitableNotAction":           both("ALLOW ESC-10"),
	}
	want := map[string]string{
		"OverprivilegedEC2": "ALLOW ESC-13", // role and instance profile: a key for an administrator
		"MyRole":            "ALLOW_IF ESC-27 ESC-13",
		"MyOtherRole":       "ALLOW_IF ESC-27 ESC-13",
		"ssm.amazonaws.com": "ALLOW_IF ESC-27 ESC-13", // runs with these two
	}
	for name, of := range key {
		for i, kind := range []string{"-user", "-role"} {
			if of[i] != "" {
				want[name+kind] = of[i]
			}
		}
	}
	got := realAdmins(t, "gaad/cloudsplaining/example.json")
	for who := range want {
		if got[who] != want[who] {
			t.Errorf("%s: %q, want %q", who, got[who], want[who])
		}
	}
	for who := range got {
		if want[who] == "" {
			t.Errorf("%s is a false alarm: %q", who, got[who])
		}
	}
}

// TestInventedAccount_GAAD_09: an account whose number is invented is looked at
// like any other. One user there may write all of IAM.
func TestInventedAccount_GAAD_09(t *testing.T) {
	got := realAdmins(t, "gaad/fixinventory/get-account-authorization-details.json")
	if len(got) != 1 || got["SaltCloud"] != "ALLOW ESC-10" {
		t.Errorf("%v", got)
	}
}

// TestQuietAccounts: nobody there escalates.
func TestQuietAccounts(t *testing.T) {
	for _, file := range []string{"gaad/cloudmapper/iam-get-account-authorization-details.json", "gaad/iamspy/basic-allow.json", "gaad/iamspy/role-boundary-allow.json"} {
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
