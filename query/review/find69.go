package review

import (
	"strings"

	"accesspath/iam"
	"accesspath/policy"
)

// openPods is FIND-69.
func openPods() Rule {
	return Rule{ID: "FIND-69", Doc: Doc{
		Title:       "Every pod of a cluster or namespace can take the role",
		Why:         "Whoever may start a pod in the cluster, or in the namespace, has the role's permissions: more people than those whose workload it is.",
		Severity:    Medium,
		Reach:       true,
		Remediation: "Write out namespace and service account in the sub claim, or in aws:RequestTag/kubernetes-namespace and kubernetes-service-account for Pod Identity.",
		References:  []string{"Amazon EKS User Guide: IAM roles for service accounts", "Amazon EKS User Guide: EKS Pod Identity"},
		Since:       "0.2",
		Needs:       []Need{NeedRoles},
	}, check: checkOpenPods}
}

func checkOpenPods(p *pass) []Finding {
	return p.eachTrust(func(t trust) []Finding {
		var out []Finding
		for _, e := range t.web() {
			issuer := policy.IssuerOf(e.Text)
			if !strings.HasPrefix(issuer, "oidc.eks.") {
				continue
			}
			if text := p.openServiceAccounts(t, e.Text, issuer); text != "" {
				f := says("%s", text)
				f.About = e.Text
				out = append(out, f)
			}
		}
		if t.names("Service", pods) {
			if f, ok := p.openAssociation(t); ok {
				out = append(out, f)
			}
		}
		return out
	})
}

const (
	pods          = "pods.eks.amazonaws.com"
	strangerPod   = "system:serviceaccount:zz-stranger:zz-stranger"
	servicePrefix = "system:serviceaccount:"
)

// openServiceAccounts lets pods of other namespaces, and other service accounts
// of the namespaces that the patterns name, try (FED-14).
func (p *pass) openServiceAccounts(t trust, provider, issuer string) string {
	r := p.federated(provider, t.role)
	sub := strings.ToLower(issuer) + ":sub"
	if possible(withKey(r, sub, policy.Is(strangerPod))) {
		return "every pod of the cluster can take the role"
	}
	for _, v := range valuesOn(t.statement, issuer+":sub") {
		namespace, account, _ := strings.Cut(strings.TrimPrefix(v, servicePrefix), ":")
		if fitting(r, sub, v, servicePrefix+"?*:zz-stranger", servicePrefix+"*:*:*") {
			if hasWildcard(namespace) {
				return "every service account of the namespaces that fit " + quote(namespace) + " can take the role"
			}
			return "every service account of the namespace " + namespace + " can take the role"
		}
		if fitting(r, sub, v, servicePrefix+"zz-stranger:?*", servicePrefix+"*:*:*") {
			return "the service account " + account[strings.LastIndexByte(account, ':')+1:] + " of every namespace can take the role"
		}
	}
	return ""
}

// openAssociation judges Pod Identity. Which pods get the role is then up to
// the associations: a trust policy that leaves it open is weak only where they
// are not known, or many.
func (p *pass) openAssociation(t trust) (Finding, bool) {
	if !possible(p.assume(serviceNode(pods), t.role).Requires.Given(policy.ContextFunc(strangerTags))) {
		return Finding{}, false
	}
	accounts := p.associations(t.role)
	f := says("the trust policy leaves it to the associations which pods get the role")
	f.About, f.Severity = pods, Low
	switch {
	case len(accounts) > 1:
		f.Severity = Medium
		f.Text += "; there are " + thousands(len(accounts)) + ": " + some(accounts)
	case len(accounts) == 1:
		return Finding{}, false
	default:
		f.Confidence = Probable
		f.Text += "; no association was read"
	}
	return f, true
}

// strangerTags are those of a pod that no trust policy means.
func strangerTags(key string) policy.Value {
	switch key {
	case "aws:requesttag/kubernetes-namespace", "aws:requesttag/kubernetes-service-account":
		return policy.Is("zz-stranger")
	}
	return policy.Value{}
}

// associations lists the service accounts that a role is associated with.
func (p *pass) associations(r *iam.Role) []string {
	var out []string
	for _, c := range p.compute[r.ARN] {
		if c.Pod != nil {
			out = append(out, c.Pod.Cluster+"/"+c.Pod.Namespace+"/"+c.Pod.ServiceAccount)
		}
	}
	return sortedUnique(out)
}
