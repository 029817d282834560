package review

import "strings"

// ownerClaims name the customer of a shared issuer, or something that only the
// customer has. At GitHub neither the actor nor job_workflow_ref does: whoever's workflow
// somebody sets off has that actor, and a reusable workflow is called from anywhere (FED-09).
func ownerClaims() []string {
	return []string{
		"repository_owner", "repository_owner_id", "enterprise", "enterprise_id", "workflow_ref",
		"namespace_path", "namespace_id", "user_id", "user_login", "user_email", "ci_config_ref_uri",
		"organization_id", "organization_slug", "terraform_organization_id", "terraform_organization_name",
	}
}

// projectClaims name a part of what the customer has: a repository, a pipeline.
func projectClaims() []string {
	return []string{
		"repository", "repository_id", "project_path", "project_id", "pipeline_id", "pipeline_slug",
		"terraform_project_id", "terraform_project_name", "terraform_workspace_id", "terraform_workspace_name", "terraform_full_workspace",
	}
}

// token holds the claims that say whose a token is, of an owner's project: names
// as given, and numbers that nobody else has.
func (s issuer) token(owner, project string) map[string]string {
	token := s.ofProject(owner, project)
	for _, claim := range ownerClaims() {
		token[claim] = "zz-stranger"
	}
	token["repository_owner"], token["namespace_path"] = owner, owner
	return token
}

// ofProject is token for another project of an owner whom the trust names.
func (s issuer) ofProject(owner, project string) map[string]string {
	token := map[string]string{}
	for _, claim := range projectClaims() {
		token[claim] = "zz-stranger"
	}
	token["repository"], token["project_path"] = owner+"/"+project, owner+"/"+project
	return token
}

// filled replaces the wildcards of a pattern, so that the text is one that a
// stranger may register.
func filled(pattern string) string {
	return strings.NewReplacer("*", "zz", "?", "z").Replace(pattern)
}
