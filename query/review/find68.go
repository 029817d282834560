package review

import (
	"slices"
	"strings"

	"accesspath/policy"
)

// openAnchor is FIND-68.
func openAnchor() Rule {
	return Rule{ID: "FIND-68", Doc: Doc{
		Title:       "Roles Anywhere trust does not say which certificates",
		Why:         "Every trust anchor of the account, or every certificate under an anchor, opens the role. A certificate issued for something else is as good.",
		Severity:    Medium,
		Reach:       true,
		Remediation: "Add conditions on aws:SourceArn with the trust anchor, and on aws:PrincipalTag/x509Subject/CN or another field of the certificate.",
		References:  []string{"IAM Roles Anywhere User Guide: Trust model"},
		Since:       "0.2",
		Needs:       []Need{NeedRoles},
	}, check: checkOpenAnchor}
}

const anywhere = "rolesanywhere.amazonaws.com"

func checkOpenAnchor(p *pass) []Finding {
	return p.eachTrust(func(t trust) []Finding {
		if !t.names("Service", anywhere) || !t.statement.MatchesAction("sts:AssumeRole") {
			return nil
		}
		r := p.assume(serviceNode(anywhere), t.role).Requires
		anchor := anyAnchor(t, r)
		subject := possible(r.Given(policy.ContextFunc(strangerCertificate)))
		switch {
		case anchor && subject:
			return []Finding{says("every certificate of every trust anchor of the account opens the role")}
		case anchor:
			return []Finding{says("certificates of every trust anchor of the account open the role, if they have the right subject")}
		case subject:
			f := says("every certificate of the trust anchor opens the role; no condition is on its subject, issuer or names")
			f.Severity = Low // an authority for this purpose alone is a way to do it
			return []Finding{f}
		}
		return nil
	})
}

// anyAnchor reports whether a trust anchor of the account that no condition means
// opens the role.
func anyAnchor(t trust, r policy.Requirement) bool {
	const other = ":trust-anchor/00000000-0000-0000-0000-000000000000"
	if possible(withKey(r, "aws:sourcearn", policy.Is("arn:aws:rolesanywhere:us-east-1:"+t.account+other))) {
		return true
	}
	return slices.ContainsFunc(valuesOn(t.statement, "aws:SourceArn"), func(v string) bool {
		return fitting(r, "aws:sourcearn", v, "arn:*:rolesanywhere:*:"+t.account+other)
	})
}

func strangerCertificate(key string) policy.Value {
	if strings.HasPrefix(key, principalTag+"x509") || strings.HasPrefix(key, "aws:requesttag/x509") {
		return policy.Is("zz-stranger")
	}
	return policy.Value{}
}
