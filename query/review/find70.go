package review

import (
	"fmt"
	"slices"
	"strings"

	"accesspath/iam"
	"accesspath/policy"
)

// guessableID is FIND-70.
func guessableID() Rule {
	return Rule{ID: "FIND-70", Doc: Doc{
		Title:       "External id is shared or can be guessed",
		Why:         "The external id is what tells the customers of a third party apart. One that another party knows, or that follows from the account's number or name, tells nothing.",
		Severity:    Medium,
		Reach:       true,
		Remediation: "Let each third party choose a long random value for this customer alone, and put it into the trust policy.",
		References:  []string{"AWS IAM User Guide: Access to AWS accounts owned by third parties"},
		Since:       "0.2",
		Needs:       []Need{NeedRoles},
	}, check: checkGuessableID}
}

func checkGuessableID(p *pass) []Finding {
	parties := p.externalIDs()
	return p.eachTrust(func(t trust) []Finding {
		var out []Finding
		for _, id := range p.statementIDs(t) {
			if why := p.guessable(t, id, parties[id]); why != "" {
				f := says("the external id %s %s", quote(id), why)
				f.About = "external id " + id
				out = append(out, f)
			}
		}
		return out
	})
}

// externalIDs lists the parties that are trusted with each external id.
func (p *pass) externalIDs() map[string][]string {
	out := map[string][]string{}
	for a := range p.accounts() {
		for t := range p.trusts(a) {
			for _, id := range p.statementIDs(t) {
				out[id] = append(out[id], p.parties(t)...)
			}
		}
	}
	for id := range out {
		out[id] = sortedUnique(out[id])
	}
	return out
}

// statementIDs lists the external ids that a statement takes of third parties;
// patterns are not values (FIND-23).
func (p *pass) statementIDs(t trust) []string {
	var out []string
	if len(p.parties(t)) == 0 {
		return nil
	}
	for _, c := range t.statement.Conditions {
		if strings.EqualFold(c.Key, "sts:ExternalId") && !strings.Contains(strings.ToLower(c.Operator), "not") && !strings.EqualFold(c.Operator, "Null") {
			out = append(out, c.Values...)
		}
	}
	return sortedUnique(slices.DeleteFunc(out, hasWildcard))
}

// parties lists the accounts that a statement names and that are not the
// user's own: between own accounts an external id is no secret.
func (p *pass) parties(t trust) []string {
	var out []string
	for i := range t.statement.Principal {
		id := trustedAccount(&t.statement.Principal[i], t.role)
		if id != "" && slices.Contains([]string{ThirdParty, Outside, Unknown}, p.relation(id, t.account)) {
			out = append(out, id)
		}
	}
	return out
}

// knownAccount reports whether an account is loaded, declared or of the organization.
func (p *pass) knownAccount(id string) bool {
	return p.s.Account(id) != nil || p.s.Organization.Member(id) || slices.ContainsFunc(p.s.Trusted, func(x iam.TrustedAccount) bool { return x.ID == id })
}

// shortID is the length below which all values can be tried.
const shortID = 6

// guessable says why an external id is none, or "".
func (p *pass) guessable(t trust, id string, parties []string) string {
	a := p.s.Account(t.account)
	names := []string{a.Alias, a.Name}
	for _, other := range p.parties(t) {
		i := slices.IndexFunc(p.s.Trusted, func(x iam.TrustedAccount) bool { return x.ID == other })
		if i >= 0 {
			names = append(names, p.s.Trusted[i].Name)
		}
	}
	switch {
	case id == t.account || slices.Contains(parties, id) || policy.IsAccountID(id) && p.knownAccount(id):
		return "is the number of an account"
	case slices.ContainsFunc(names, func(n string) bool { return n != "" && strings.EqualFold(n, id) }):
		return "is a name that everybody knows"
	case strings.EqualFold(id, t.role.Name):
		return "is the role's name"
	case len(id) < shortID:
		return fmt.Sprintf("has %s, which can be tried", count(len(id), "character"))
	case len(parties) > 1:
		return "is known to several parties, accounts " + some(parties)
	}
	return ""
}
