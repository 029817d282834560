package collecting

import (
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"

	"accesspath/policy"
	"accesspath/policy/catalog"
)

func TestScriptParses(t *testing.T) {
	sh, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("no sh")
	}
	cmd := exec.Command(sh, "-n")
	cmd.Stdin = strings.NewReader(Script)
	if text, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, text)
	}
}

// actions are those of the policy.
func actions(t *testing.T) []string {
	t.Helper()
	doc, err := policy.ParseDocument([]byte(Policy))
	if err != nil || len(doc.Problems) > 0 {
		t.Fatalf("%v %v", err, doc.Problems)
	}
	all := regexp.MustCompile(`"([a-z0-9-]+:[A-Za-z0-9]+)"`).FindAllStringSubmatch(Policy, -1)
	var out []string
	for _, m := range all {
		out = append(out, m[1])
	}
	return out
}

// Every action exists, reads only, and is named once, in order.
func TestPolicyActions(t *testing.T) {
	all := actions(t)
	if !slices.IsSorted(all) || len(slices.Compact(slices.Clone(all))) != len(all) {
		t.Error("the actions are not sorted, or one is named twice")
	}
	for _, a := range all {
		service, name, _ := strings.Cut(a, ":")
		info, ok := catalog.Action(service, name)
		if !ok {
			t.Errorf("%s: there is no such action; like it are %v", a, catalog.Suggest(a))
			continue
		}
		if level := strings.ToLower(info.Access); level != "read" && level != "list" && !strings.HasPrefix(a, "iam:Generate") {
			t.Errorf("%s is of access level %q", a, info.Access)
		}
	}
}

// prefixes are the services whose command in the AWS CLI has another name.
var prefixes = map[string]string{
	"s3api": "s3", "s3control": "s3", "stepfunctions": "states", "sso-admin": "sso", "emr": "elasticmapreduce",
	"bedrock-agent": "bedrock", "bedrock-agentcore-control": "bedrock-agentcore", "mwaa": "airflow",
}

// others are the commands whose action has another name.
var others = map[string]string{
	"s3api list-buckets": "s3:ListAllMyBuckets", "s3api get-public-access-block": "s3:GetBucketPublicAccessBlock",
	"s3control get-public-access-block": "s3:GetAccountPublicAccessBlock",
}

// The policy grants what the commands of the script need, and nothing else.
func TestPolicyIsLeast(t *testing.T) {
	command := regexp.MustCompile(`(?m)(?:-- (?:\\\n +)?|call |lines "[^"]*" '[^']*' |')([a-z0-9-]+ (?:get|list|describe|generate|batch)-[a-z-]+)`)
	var want []string
	for _, m := range command.FindAllStringSubmatch(Script, -1) {
		service, name, _ := strings.Cut(m[1], " ")
		action := others[m[1]]
		if action == "" {
			if p := prefixes[service]; p != "" {
				service = p
			}
			info, ok := catalog.Action(service, strings.ReplaceAll(name, "-", ""))
			if !ok {
				t.Errorf("aws %s: no such action", m[1])
				continue
			}
			action = info.String()
		}
		if action != "sts:GetCallerIdentity" && !slices.Contains(want, action) {
			want = append(want, action)
		}
	}
	want = append(want, "iam:ListUsers", "iam:ListRoles") // of the loop over both
	slices.Sort(want)
	want = slices.Compact(want)
	got := actions(t)
	for _, a := range want {
		if !slices.Contains(got, a) {
			t.Errorf("the script needs %s, which the policy does not grant", a)
		}
	}
	for _, a := range got {
		if !slices.Contains(want, a) {
			t.Errorf("the policy grants %s, which the script does not need", a)
		}
	}
	t.Logf("%d actions", len(got))
}
