package review

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"accesspath/iam"
	"accesspath/policy"
	"accesspath/query"
)

// eachUser makes at most one finding about each user of the accounts that have
// what the rule needs.
func (p *pass) eachUser(check func(*iam.Account, *iam.User) (Finding, bool)) []Finding {
	var out []Finding
	for a := range p.accounts() {
		for _, u := range a.Users {
			if f, ok := check(a, u); ok {
				out = append(out, about(f, &u.Entity))
			}
		}
	}
	return out
}

// eachHolder is eachUser for users whose credentials are known in part.
func (p *pass) eachHolder(check func(*iam.Account, *iam.User, *iam.Credentials) (Finding, bool)) []Finding {
	return p.eachUser(func(a *iam.Account, u *iam.User) (Finding, bool) {
		if u.Credentials == nil {
			return Finding{}, false
		}
		f, ok := check(a, u, u.Credentials)
		if ok && f.Evidence == nil {
			f.Evidence = credentialFacts(u.ARN, u.Credentials)
		}
		return f, ok
	})
}

// eachRole makes at most one finding about each role that its owner can change.
func (p *pass) eachRole(check func(*iam.Account, *iam.Role) (Finding, bool)) []Finding {
	var out []Finding
	for a := range p.accounts() {
		for _, r := range rolesOf(a) {
			if f, ok := check(a, r); ok {
				out = append(out, about(f, &r.Entity))
			}
		}
	}
	return out
}

// eachTrust makes one finding about each role and About that some trust
// statement gives rise to; further statements add evidence.
func (p *pass) eachTrust(check func(trust) []Finding) []Finding {
	var out []Finding
	at := map[[2]string]int{}
	for a := range p.accounts() {
		for t := range p.trusts(a) {
			for _, f := range check(t) {
				f.Subject, f.Account = t.subject, t.account
				f.About = cmp.Or(f.About, t.about)
				f.Evidence = append(f.Evidence, t.evidence(t.statement))
				k := [2]string{f.Subject, f.About}
				if i, ok := at[k]; ok {
					out[i].Evidence = append(out[i].Evidence, f.Evidence...)
					continue
				}
				at[k] = len(out)
				out = append(out, f)
			}
		}
	}
	return out
}

// about fills in what a finding on an entity has not said.
func about(f Finding, e *iam.Entity) Finding {
	f.Subject, f.Account = cmp.Or(f.Subject, e.ARN), cmp.Or(f.Account, e.Account)
	if f.Evidence == nil {
		f.Evidence = facts(e)
	}
	return f
}

// isReal reports whether an account is one, and its inside was read: exports
// with invented account numbers are kept under those (GAAD-09).
func isReal(a *iam.Account) bool { return a.Loaded() && policy.IsAccountID(a.ID) }

// says begins a finding with its text.
func says(format string, args ...any) Finding { return Finding{Text: fmt.Sprintf(format, args...)} }

// credentialFacts is evidence on credentials: where they were read.
func credentialFacts(arn string, c *iam.Credentials) []query.Evidence {
	return []query.Evidence{{Policy: arn, Layer: "inventory", Position: query.Position(c.Origin)}}
}

// facts is evidence that is no statement: where an entity was read.
func facts(e *iam.Entity) []query.Evidence {
	return []query.Evidence{{Policy: e.ARN, Layer: "inventory", Position: query.Position(e.Origin)}}
}

// accountFact is evidence on something of an account without a name of its own.
func accountFact(name string, o iam.Origin) []query.Evidence {
	return []query.Evidence{{Policy: name, Layer: "inventory", Position: query.Position(o)}}
}

// Times.

// before reports whether a time is known and longer ago than d.
func (p *pass) before(t time.Time, d time.Duration) bool {
	return !t.IsZero() && t.Before(p.asOf.Add(-d))
}

// ago words a time: "on 2026-01-31, 29 days before the review".
func (p *pass) ago(t time.Time) string {
	return fmt.Sprintf("on %s, %s before the review", date(t), count(days(p.asOf.Sub(t)), "day"))
}

func date(t time.Time) string { return t.UTC().Format(time.DateOnly) }

func days(d time.Duration) int { return int(d / day) }

// latest is the last of some times; zero times do not count.
func latest(times ...time.Time) time.Time {
	return slices.MaxFunc(times, time.Time.Compare)
}
