package review

import "testing"

// oidcRole trusts a provider of its account under conditions.
func oidcRole(issuer, conditions string) scene {
	return scene{roles: []string{role("r", `"Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity", "Principal": {"Federated": "arn:aws:iam::A:oidc-provider/`+issuer+`"}, "Condition": {`+conditions+`}`, harmless)}}
}

const (
	github = "token.actions.githubusercontent.com"
	audOK  = `"StringEquals": {"` + github + `:aud": "sts.amazonaws.com"}`
)

// claim asks for a value of one claim besides the audience.
func claim(name, value string) string {
	return `"StringEquals": {"` + github + `:aud": "sts.amazonaws.com", "` + github + `:` + name + `": "` + value + `"}`
}

func sub(operator, value string) string {
	aud := `"` + github + `:aud": "sts.amazonaws.com"`
	claim := `"` + github + `:sub": "` + value + `"`
	if operator == "StringEquals" {
		return `"StringEquals": {` + aud + `, ` + claim + `}`
	}
	return `"StringEquals": {` + aud + `}, "` + operator + `": {` + claim + `}`
}

func TestFIND25UnpinnedSubject(t *testing.T) {
	provider := "(oidc-provider/" + github + ")"
	testRule(t, "FIND-25", []ruleCase{
		{name: "FED-07 no sub", scene: oidcRole(github, audOK), want: []string{"critical role/r " + provider}},
		{name: "star", scene: oidcRole(github, sub("StringLike", "*")), want: []string{"critical role/r " + provider}},
		{name: "any repository of GitHub", scene: oidcRole(github, sub("StringLike", "repo:*")), want: []string{"critical role/r " + provider}},
		{name: "FED-10 ForAllValues", scene: oidcRole(github, sub("ForAllValues:StringLike", "repo:acme/app:*")), want: nil},
		{name: "pinned", scene: oidcRole(github, sub("StringEquals", "repo:acme/app:ref:refs/heads/main"))},
		{name: "FED-10 star is literal", scene: oidcRole(github, sub("StringEquals", "repo:*"))},
		{name: "FED-09 pinned by repository", scene: oidcRole(github, audOK+`, "StringLike": {"`+github+`:repository_owner": "acme"}`)},
		{name: "FED-09 a branch", scene: oidcRole(github, claim("ref", "refs/heads/main")), want: []string{"critical role/r " + provider}},
		{name: "FED-09 an environment", scene: oidcRole(github, claim("environment", "prod")), want: []string{"critical role/r " + provider}},
		{name: "FED-09 an event", scene: oidcRole(github, claim("event_name", "push")), want: []string{"critical role/r " + provider}},
		{name: "FED-09 a reusable workflow", scene: oidcRole(github, claim("job_workflow_ref", "acme/app/.github/workflows/x.yml@refs/heads/main")), want: []string{"critical role/r " + provider}},
		{name: "FED-09 who sets it off", scene: oidcRole(github, claim("actor", "alice")), want: []string{"critical role/r " + provider}},
		{name: "FED-09 the workflow itself", scene: oidcRole(github, claim("workflow_ref", "acme/app/.github/workflows/x.yml@refs/heads/main"))},
		{name: "FED-09 a kind of runner", scene: oidcRole(github, claim("runner_environment", "github-hosted")), want: []string{"critical role/r " + provider}},
		{name: "FED-09 how visible the repository is", scene: oidcRole(github, claim("repository_visibility", "private")), want: []string{"critical role/r " + provider}},
		{name: "FED-09 number of the repository", scene: oidcRole(github, claim("repository_id", "1234"))},
		{name: "FED-09 number of the enterprise", scene: oidcRole(github, claim("enterprise_id", "1234"))},
		{name: "FED-09 a branch of a repository", scene: oidcRole(github, claim("ref", "refs/heads/main")+`, "StringLike": {"`+github+`:repository": "acme/*"}`)},
		{name: "other issuer's prefix", scene: oidcRole(github, `"StringEquals": {"gitlab.com:sub": "x"}`)},
		{name: "GitLab", scene: oidcRole("gitlab.com", `"StringEquals": {"gitlab.com:aud": "https://gitlab.com"}`), want: []string{"critical role/r (oidc-provider/gitlab.com)"}},
		{name: "an issuer of one's own", scene: oidcRole("idp.example.com", `"StringEquals": {"idp.example.com:aud": "x"}`)},
		{name: "may do nothing", scene: scene{roles: []string{role("r", `"Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity", "Principal": {"Federated": "accounts.google.com"}`)}},
			want: []string{"medium role/r (accounts.google.com)"}},
		{name: "FED-18 built-in without app", scene: scene{roles: []string{role("r", `"Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity", "Principal": {"Federated": "accounts.google.com"}`, harmless)}},
			want: []string{"critical role/r (accounts.google.com)"}},
		{name: "built-in with app", scene: scene{roles: []string{role("r", `"Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity", "Principal": {"Federated": "accounts.google.com"}, "Condition": {"StringEquals": {"accounts.google.com:aud": "app"}}`)}}},
	})
}
