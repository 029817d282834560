package review

import "accesspath/iam"

// oldKey is FIND-02.
func oldKey() Rule {
	return Rule{ID: "FIND-02", Doc: Doc{
		Title:       "Access key is not rotated",
		Why:         "The longer a key is in use, the more copies of it exist, and the longer one that leaked is of use.",
		Severity:    High,
		Remediation: "Replace the key by a role where possible; otherwise make a second key, move everything over and delete the old one.",
		References:  []string{"CIS AWS Foundations Benchmark: Ensure access keys are rotated every 90 days or less"},
		Since:       "0.2",
		Wants:       []Need{NeedAccessKeys},
	}, check: checkOldKey}
}

func checkOldKey(p *pass) []Finding {
	return p.eachHolder(func(a *iam.Account, _ *iam.User, c *iam.Credentials) (Finding, bool) {
		if len(keysThat(c, func(k iam.AccessKey) bool { return k.Created.IsZero() })) > 0 {
			p.lack("the age of access keys", a.ID)
		}
		keys := keysThat(c, func(k iam.AccessKey) bool { return p.before(k.Created, p.o.KeyAge) })
		if len(keys) == 0 {
			return Finding{}, false
		}
		oldest := keys[0].Created
		for _, k := range keys {
			if k.Created.Before(oldest) {
				oldest = k.Created
			}
		}
		f := says("%s: %s; made or rotated %s, the limit is %s", count(len(keys), "old access key"), keyNames(keys), p.ago(oldest), count(days(p.o.KeyAge), "day"))
		f.cause = accessKeyCause
		return f, true
	})
}
