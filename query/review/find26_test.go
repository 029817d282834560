package review

import "testing"

func TestFIND26WildcardSubject(t *testing.T) {
	provider := " role/r (oidc-provider/" + github + ")"
	testRule(t, "FIND-26", []ruleCase{
		{name: "FED-08 owner", scene: oidcRole(github, sub("StringLike", "repo:acme*")), want: []string{"high" + provider}},
		{name: "owner before slash", scene: oidcRole(github, sub("StringLike", "repo:acme*/app:*")), want: []string{"high" + provider}},
		{name: "all repositories", scene: oidcRole(github, sub("StringLike", "repo:acme/*")), want: []string{"medium" + provider}},
		{name: "all branches", scene: oidcRole(github, sub("StringLike", "repo:acme/app:*")), want: []string{"medium" + provider}},
		{name: "pull requests", scene: oidcRole(github, sub("StringEquals", "repo:acme/app:pull_request")), want: []string{"medium" + provider}},
		{name: "may do nothing, and an owner fits a pattern", scene: idle(oidcRole(github, sub("StringLike", "repo:acme*"))), want: []string{"medium" + provider}},
		{name: "may do nothing, and a repository fits a pattern", scene: idle(oidcRole(github, sub("StringLike", "repo:acme/*"))), want: []string{"low" + provider}},
		{name: "release branches", scene: oidcRole(github, sub("StringLike", "repo:acme/app:ref:refs/heads/release-*"))},
		{name: "all references", scene: oidcRole(github, sub("StringLike", "repo:acme/app:ref:refs/*")), want: []string{"medium" + provider}},
		{name: "pull requests by pattern", scene: oidcRole(github, sub("StringLike", "repo:acme/app:pull*")), want: []string{"medium" + provider}},
		{name: "tags", scene: oidcRole(github, sub("StringLike", "repo:acme/app:ref:refs/tags/*"))},
		{name: "FED-09 another claim names the owner", scene: oidcRole(github, claim("repository_owner", "acme")+`, "StringLike": {"`+github+`:sub": "repo:*"}`), want: []string{"medium" + provider}},
		{name: "FED-09 another claim names the repository", scene: oidcRole(github, claim("repository", "acme/app")+`, "StringLike": {"`+github+`:sub": "repo:acme/*"}`), want: []string{"medium" + provider}},
		{name: "FED-09 other claims name repository and branch", scene: oidcRole(github, `"StringEquals": {"`+github+`:repository": "acme/app", "`+github+`:ref": "refs/heads/main"}, "StringLike": {"`+github+`:sub": "repo:acme/*"}`)},
		{name: "FED-09 a branch of whatever owner", scene: oidcRole(github, claim("ref", "refs/heads/main")+`, "StringLike": {"`+github+`:sub": "repo:acme*"}`), want: []string{"high" + provider}},
		{name: "FED-09 both claims by pattern", scene: oidcRole(github, `"StringLike": {"`+github+`:sub": "repo:acme*", "`+github+`:repository_owner": "acme*"}`), want: []string{"high" + provider}},
		{name: "FED-09 owner by pattern", scene: oidcRole(github, `"StringLike": {"`+github+`:repository_owner": "acme*"}`), want: []string{"high" + provider}},
		{name: "FED-09 repositories by pattern", scene: oidcRole(github, `"StringLike": {"`+github+`:repository": "acme/*"}`), want: []string{"medium" + provider}},
		{name: "FED-08 customised, an owner", scene: oidcRole(github, sub("StringLike", "repository_owner:acme:*")), want: []string{"medium" + provider}},
		{name: "FED-08 customised, a repository", scene: oidcRole(github, sub("StringLike", "repository:acme/app:ref:*")), want: []string{"medium" + provider}},
		{name: "FED-08 customised, a branch", scene: oidcRole(github, sub("StringLike", "repository:acme/app:ref:refs/heads/main:*"))},
		{name: "FED-08 customised, an owner by pattern", scene: oidcRole(github, sub("StringLike", "repository_owner:acme*:ref:*")), want: []string{"high" + provider}},
		{name: "FED-08 customised, no owner", scene: oidcRole(github, sub("StringLike", "environment:prod:*")), want: []string{"high" + provider}},
		{name: "GitLab branches", scene: oidcRole("gitlab.com", `"StringLike": {"gitlab.com:sub": "project_path:acme/app:ref_type:branch:ref:*"}`), want: []string{"medium role/r (oidc-provider/gitlab.com)"}},
		{name: "one branch", scene: oidcRole(github, sub("StringEquals", "repo:acme/app:ref:refs/heads/main"))},
		{name: "star is literal", scene: oidcRole(github, sub("StringEquals", "repo:acme/*"))},
		{name: "FIND-91 everybody is FIND-25", scene: oidcRole(github, sub("StringLike", "repo:*"))},
		{name: "run phase", scene: oidcRole("app.terraform.io", `"StringLike": {"app.terraform.io:sub": "organization:acme:project:p:workspace:w:run_phase:*"}`)},
		{name: "all workspaces", scene: oidcRole("app.terraform.io", `"StringLike": {"app.terraform.io:sub": "organization:acme:project:*:workspace:*:run_phase:apply"}`), want: []string{"medium role/r (oidc-provider/app.terraform.io)"}},
	})
}
