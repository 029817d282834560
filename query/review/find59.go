package review

import (
	"slices"

	"accesspath/graph"
	"accesspath/policy"
)

// keyPolicy is FIND-59.
func keyPolicy() Rule {
	return Rule{ID: "FIND-59", Doc: Doc{
		Title:       "Key policy is too open, or locks its owner out",
		Why:         "Who may use the key may read what it encrypts. A key whose policy names no account and loses the principals that it does name cannot be managed by anybody any more, the root user included.",
		Severity:    Medium,
		Remediation: "Name the principals that need the key, with kms:CallerAccount or kms:ViaService where everyone is named; let the account's own root principal manage the key.",
		References:  []string{"AWS KMS Developer Guide: Key policies in AWS KMS", "AWS KMS Developer Guide: Allowing users in other accounts to use a KMS key"},
		Since:       "0.2",
		Wants:       []Need{NeedKeys},
	}, check: checkKeyPolicy}
}

func checkKeyPolicy(p *pass) []Finding {
	out := p.eachGrant(true, func(g resourceGrant) []Finding {
		var found []Finding
		if g.everyone() {
			if f, ok := p.openGrant(g); ok {
				f.About, f.Severity, f.cause = graph.PublicID, Medium, everyoneCause
				found = append(found, f)
			}
		}
		for _, f := range p.outsideGrant(g) {
			f.Severity = Medium
			found = append(found, f)
		}
		return found
	})
	for a := range p.accounts() {
		for d := range p.documents(a) {
			if d.layer == "resource" && isKey(d.subject) && !ownerKeeps(d) {
				f := d.finding("no statement lets the account itself manage the key: if the named principals are deleted, nobody can")
				f.Severity, f.Title, f.About = Low, "Key policy can lock its owner out", "lock-out"
				f.Evidence = append(f.Evidence, d.evidence(nil))
				out = append(out, f)
			}
		}
	}
	return out
}

// ownerKeeps reports whether the account as such may change the key's policy.
func ownerKeeps(d document) bool {
	return slices.ContainsFunc(d.policy.Document.Statements, func(s policy.Statement) bool {
		return s.Effect == policy.Allow && s.MatchesAction("kms:PutKeyPolicy") &&
			(namesEveryone(&s) || slices.ContainsFunc(s.Principal, func(e policy.PrincipalElement) bool { return e.AccountID() == d.account }))
	})
}
