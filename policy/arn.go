package policy

import "strings"

// An ARN is an Amazon Resource Name split on its first five colons (ARNM-01).
// Resource keeps every further colon. Parts may be empty, as the region and
// account of an S3 bucket are.
type ARN struct {
	Partition, Service, Region, Account, Resource string
}

// ParseARN splits s. It reports false if s does not begin with "arn:" or has
// fewer than six parts; it does not judge what the parts say.
func ParseARN(s string) (ARN, bool) {
	rest, ok := strings.CutPrefix(s, "arn:")
	if !ok {
		return ARN{}, false
	}
	var a ARN
	for _, part := range []*string{&a.Partition, &a.Service, &a.Region, &a.Account} {
		if *part, rest, ok = strings.Cut(rest, ":"); !ok {
			return ARN{}, false
		}
	}
	a.Resource = rest
	return a, true
}

// String joins the parts again.
func (a ARN) String() string {
	return "arn:" + a.Partition + ":" + a.Service + ":" + a.Region + ":" + a.Account + ":" + a.Resource
}

// parts lists the six parts in order, "arn" first.
func (a ARN) parts() [6]string {
	return [6]string{"arn", a.Partition, a.Service, a.Region, a.Account, a.Resource}
}

// ResourceType returns what stands before the first "/" or ":" of the resource
// part ("role" in role/team/app), and what follows it.
func (a ARN) ResourceType() (kind, rest string) {
	if i := strings.IndexAny(a.Resource, "/:"); i >= 0 {
		return a.Resource[:i], a.Resource[i+1:]
	}
	return "", a.Resource
}

// IsAccountID reports whether s is a twelve-digit account number.
func IsAccountID(s string) bool {
	if len(s) != 12 {
		return false
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// AccountRoot returns the ARN that stands for an account as a principal.
func AccountRoot(partition, account string) string {
	return "arn:" + partition + ":iam::" + account + ":root"
}
