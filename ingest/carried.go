package ingest

import (
	"strings"

	"accesspath/iam"
	"accesspath/policy"
)

// carried puts right the ARNs of roles and instance profiles that services hold
// by name only (Glue jobs, launch templates): such a name lacks its path, and
// is unique in its account (GAAD-11).
func (b *builder) carried() {
	for _, a := range b.accounts {
		if len(a.Compute) == 0 {
			continue
		}
		known, byName := map[string]bool{}, map[string]string{}
		note := func(kind, name, arn string) {
			known[arn] = true
			byName[kind+"/"+strings.ToLower(name)] = arn
		}
		for _, r := range a.Roles {
			note("role", r.Name, r.ARN)
		}
		for _, p := range a.InstanceProfiles {
			note("instance-profile", p.Name, p.ARN)
		}
		for _, c := range a.Compute {
			settleARNs(c, func(text *string) {
				arn, ok := policy.ParseARN(*text)
				if !ok || known[*text] || arn.Account != a.ID {
					return
				}
				kind, _, _ := strings.Cut(arn.Resource, "/")
				name := arn.Resource[strings.LastIndexByte(arn.Resource, '/')+1:]
				if found := byName[kind+"/"+strings.ToLower(name)]; found != "" {
					*text = found
				}
			})
		}
	}
}

func settleARNs(c *iam.Compute, settle func(*string)) {
	for i := range c.Roles {
		settle(&c.Roles[i])
	}
	for i := range c.AgentRoles {
		settle(&c.AgentRoles[i])
	}
	settle(&c.InstanceProfile)
}
