package review

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"accesspath/iam"
)

// activeKeys lists the access keys that can be used. Credential reports do not
// tell their ids, only which of the two they are.
func activeKeys(c *iam.Credentials) []iam.AccessKey {
	if c == nil {
		return nil
	}
	var out []iam.AccessKey
	for i, k := range c.AccessKeys {
		if k.ID == "" {
			k.ID = fmt.Sprintf("number %d", i+1)
		}
		if k.Active {
			out = append(out, k)
		}
	}
	return out
}

func keyNames(keys []iam.AccessKey) string {
	var out []string
	for _, k := range keys {
		out = append(out, k.ID)
	}
	return some(out)
}

// keysThat lists those active keys that a test accepts.
func keysThat(c *iam.Credentials, test func(iam.AccessKey) bool) []iam.AccessKey {
	return slices.DeleteFunc(activeKeys(c), func(k iam.AccessKey) bool { return !test(k) })
}

// accessKeyCause is what findings on a user's keys have in common (FIND-91).
const accessKeyCause = "access key"

// passwordCause is a password without a second factor.
const passwordCause = "password without MFA"

// reported says whether a credential report was read, which alone tells that a
// password was never used.
func reported(c *iam.Credentials) bool { return !c.Created.IsZero() || !c.PasswordLastUsed.IsZero() }

// words splits a name at punctuation and at changes to upper case, in lower
// case: "svc-billingApp" is svc, billing, app.
func words(name string) []string {
	var b strings.Builder
	lower := false
	for _, c := range name {
		if unicode.IsUpper(c) && lower {
			b.WriteByte(' ')
		}
		lower = unicode.IsLower(c) || unicode.IsDigit(c)
		if !unicode.IsLetter(c) && !unicode.IsDigit(c) {
			c = ' '
		}
		b.WriteRune(unicode.ToLower(c))
	}
	return strings.Fields(b.String())
}

// workloadWords in a user's name say that it is no person's. Names are a hint,
// never more: findings that rest on them have low confidence.
func workloadWords() []string {
	return []string{"svc", "service", "app", "application", "bot", "ci", "cd", "cicd", "jenkins", "gitlab", "github", "circleci", "travis", "terraform", "ansible",
		"deploy", "deployer", "deployment", "backup", "batch", "job", "cron", "worker", "server", "machine", "automation", "lambda", "ec2", "instance", "api", "smtp", "mailer", "pipeline", "build"}
}

// workloadName reports whether a user is called like a workload.
func workloadName(name string) bool {
	return slices.ContainsFunc(words(name), func(w string) bool { return slices.Contains(workloadWords(), w) })
}

// emergencyName reports whether a user is called as one for emergencies.
func emergencyName(name string) bool {
	joined := strings.Join(words(name), "")
	return strings.Contains(joined, "breakglass") || strings.Contains(joined, "emergency")
}

// rootARN is the root user of an account.
func rootARN(a *iam.Account) string {
	part := a.Partition
	if part == "" {
		part = "aws"
	}
	return "arn:" + part + ":iam::" + a.ID + ":root"
}

// rootFinding begins a finding about a root user.
func rootFinding(a *iam.Account, format string, args ...any) Finding {
	f := says(format, args...)
	f.Subject, f.Account, f.Evidence = rootARN(a), a.ID, accountFact(rootARN(a), iam.Origin{})
	if a.Root != nil {
		f.Evidence = credentialFacts(rootARN(a), a.Root)
	}
	return f
}

// eachRoot makes findings about the root users of accounts.
func (p *pass) eachRoot(check func(*iam.Account) (Finding, bool)) []Finding {
	var out []Finding
	for a := range p.accounts() {
		if !a.Loaded() && a.Root == nil && a.Summary == nil {
			continue
		}
		if f, ok := check(a); ok {
			out = append(out, f)
		}
	}
	return out
}

// rootHas combines what a credential report and what the account summary say:
// the report's word counts, the summary's where it is silent (IN-01, IN-05).
func rootHas(a *iam.Account, state func(*iam.Credentials) iam.State, member string) iam.State {
	if a.Root != nil && state(a.Root) != iam.Unknown {
		return state(a.Root)
	}
	switch n, ok := a.Summary[member]; {
	case !ok:
		return iam.Unknown
	case n > 0:
		return iam.Present
	}
	return iam.KnownEmpty
}

func rootPassword(a *iam.Account) iam.State {
	return rootHas(a, func(c *iam.Credentials) iam.State { return c.Password }, "AccountPasswordPresent")
}

func rootMFA(a *iam.Account) iam.State {
	return rootHas(a, func(c *iam.Credentials) iam.State { return c.MFA }, "AccountMFAEnabled")
}

// rootKeysState is whether the root user has active access keys.
func rootKeysState(a *iam.Account) iam.State {
	return rootHas(a, func(c *iam.Credentials) iam.State {
		if c.Keys == iam.Present && len(activeKeys(c)) == 0 {
			return iam.KnownEmpty
		}
		return c.Keys
	}, "AccountAccessKeysPresent")
}
