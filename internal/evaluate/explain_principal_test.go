package evaluate

import (
	"slices"
	"strings"

	"accesspath/policy"
)

func principalReadings() []reading {
	return []reading{
		{rule: "EVAL-38", page: "Control access to VPC endpoints using endpoint policies", peer: "does not read Principal in endpoint policies", rewrite: endpointForAll},
		{rule: "PRINC-12", page: pagePrincipal, peer: "compares roles of sessions without path and case", rewrite: looseRoles},
		{rule: "CONV-06", page: "Cross account resource access in IAM", peer: "an account is the same in all partitions", rewrite: loosePartitions},
		{rule: "PRINC-20, PRINC-21, U-04", page: pageNot, peer: "whoever Principal would name is exempt from NotPrincipal, and from an Allow anonymous callers are", rewrite: exempt},
		{rule: "PRINC-22", page: pageNot, peer: "a permissions boundary counts against federated users, too", rewrite: boundedFederated},
		{rule: "PRINC-19, U-05", page: pagePrincipal, peer: `{"AWS": "*"} names services`, code: "U-05", holds: true},
		{rule: "FED-01, PRINC-03", page: "Permissions for AssumeRole, AssumeRoleWithSAML, AssumeRoleWithWebIdentity", peer: "an account in a Deny names the unsigned sign-ins through its providers", rewrite: accountNamesSignIn},
		{rule: "TRUST-06, U-20", page: pagePrincipal, peer: `"*" lets federated sign-ins in`, code: "U-20", holds: true},
		{rule: "PRINC-17, U-15", page: pagePrincipal, peer: "a SAML provider in a resource policy names no role session", code: "U-15"},
	}
}

// exempt decides NotPrincipal as Principal would. Denies to callers with a
// permissions boundary are left alone (PRINC-22).
func exempt(r object) bool {
	return everyStatement(r, func(s object) bool {
		not, ok := s["NotPrincipal"]
		if !ok || r["permissionBoundary"] != nil && s["Effect"] == "Deny" {
			return false
		}
		delete(s, "NotPrincipal")
		s["Principal"] = "*"
		if names(not, r) || s["Effect"] == "Allow" && r["principal"] == "*" {
			kill(s)
		}
		return true
	})
}

func boundedFederated(r object) bool {
	if r["permissionBoundary"] == nil || !strings.Contains(r["principal"].(string), ":federated-user/") {
		return false
	}
	return everyStatement(r, func(s object) bool {
		if s["NotPrincipal"] == nil || s["Effect"] != "Deny" {
			return false
		}
		delete(s, "NotPrincipal")
		s["Principal"] = "*"
		return true
	})
}

// names reports whether a Principal element names the caller.
func names(element any, r object) bool {
	if element == "*" {
		return true
	}
	who := r["principal"].(string)
	arn, _ := policy.ParseARN(who)
	signs := arn.Service == "sts" || strings.HasPrefix(arn.Resource, "user/") || arn.Resource == "root" || strings.Contains(arn.Resource, "-provider/")
	types, _ := element.(object)
	for _, p := range texts(types["AWS"]) {
		a, _ := policy.ParseARN(p)
		switch {
		case p == "*", p == who, signs && (p == arn.Account || a.Account == arn.Account && a.Resource == "root"), sameRole(p, who):
			return true
		}
	}
	return slices.Contains(texts(types["Service"]), who) || slices.Contains(texts(types["Federated"]), who)
}

// sameRole compares a role with a session's, without path and case.
func sameRole(role, session string) bool {
	a, _ := policy.ParseARN(role)
	b, _ := policy.ParseARN(session)
	path, isRole := strings.CutPrefix(a.Resource, "role/")
	name, isSession := strings.CutPrefix(b.Resource, "assumed-role/")
	name, _, _ = strings.Cut(name, "/")
	return isRole && isSession && a.Account == b.Account && strings.EqualFold(last(path), name)
}

// looseRoles names the caller's role as we know it where the peer sees it.
func looseRoles(r object) bool {
	who := r["principal"].(string)
	arn, _ := policy.ParseARN(who)
	name, ok := strings.CutPrefix(arn.Resource, "assumed-role/")
	if !ok {
		return false
	}
	name, _, _ = strings.Cut(name, "/")
	given, _ := r["context"].(object)["aws:PrincipalArn"].(string)
	role := roleARN(arn, name, given)
	return everyStatement(r, func(s object) bool {
		p, _ := s["Principal"].(object)
		return replace(p, "AWS", "arn:aws:iam::000000000000:role/none", func(t string) (string, bool) {
			if sameRole(t, who) {
				return role, true
			}
			return t, true
		})
	})
}

func accountNamesSignIn(r object) bool {
	who := r["principal"].(string)
	arn, _ := policy.ParseARN(who)
	if !strings.Contains(arn.Resource, "-provider/") {
		return false
	}
	return everyStatement(r, func(s object) bool {
		p, _ := s["Principal"].(object)
		account := slices.Contains(texts(p["AWS"]), arn.Account) || slices.Contains(texts(p["AWS"]), policy.AccountRoot(arn.Partition, arn.Account))
		if s["Effect"] != "Deny" || !account {
			return false
		}
		s["Principal"] = object{"Federated": who}
		return true
	})
}

func loosePartitions(r object) bool {
	return everyStatement(r, func(s object) bool {
		edit := func(t string) (string, bool) {
			if strings.HasSuffix(t, ":root") {
				t = strings.Replace(t, "arn:aws-cn:", "arn:aws:", 1)
			}
			return t, true
		}
		p, _ := s["Principal"].(object)
		not, _ := s["NotPrincipal"].(object)
		changed := replace(p, "AWS", "", edit)
		return replace(not, "AWS", "", edit) || changed
	})
}

func endpointForAll(r object) bool {
	return everyStatement(object{"policies": r["vpcEndpointPolicies"]}, func(s object) bool {
		if s["Principal"] == "*" {
			return false
		}
		delete(s, "NotPrincipal")
		s["Principal"] = "*"
		return true
	})
}
