package review

// anyPool is FIND-29.
func anyPool() Rule {
	return Rule{ID: "FIND-29", Doc: Doc{
		Title:       "Role trusts every identity pool of Cognito",
		Why:         "Anybody can make an identity pool in an account of their own, and its tokens name it in aud only. Without a condition on that claim they get the role.",
		Severity:    Critical,
		Reach:       true,
		Remediation: "Add the condition StringEquals cognito-identity.amazonaws.com:aud with the id of the pool.",
		References:  []string{"Amazon Cognito Developer Guide: Role trust and permissions"},
		Since:       "0.2",
		Needs:       []Need{NeedRoles},
	}, check: checkAnyPool}
}

const cognito = "cognito-identity.amazonaws.com"

func checkAnyPool(p *pass) []Finding {
	return p.eachTrust(func(t trust) []Finding {
		if !t.names("Federated", cognito) || !t.statement.MatchesAction("sts:AssumeRoleWithWebIdentity") {
			return nil
		}
		if !possible(unnamed(p.federated(cognito, t.role), cognito+":aud")) {
			return nil
		}
		return []Finding{says("tokens of anybody's identity pool are accepted; no condition on %s:aud names the pool", cognito)}
	})
}
