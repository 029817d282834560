package ingest

import (
	"slices"
	"strings"

	"accesspath/iam"
	"accesspath/policy"
)

// carried puts right the ARNs of roles and instance profiles that services hold
// by name only (Glue jobs, launch templates): such a name lacks its path, and
// is unique in its account (GAAD-11). Then it gives instances the role of their
// profile, which no output about them names (SVC-03).
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
			b.profiled(c)
		}
	}
}

// profiled adds the role of an instance profile to the roles that something holds.
// Instances hold no others: what an earlier snapshot says of them may be of another
// time.
func (b *builder) profiled(c *iam.Compute) {
	role := ""
	if p := b.profiles[c.InstanceProfile].entity; p != nil {
		role = p.Role
	}
	switch {
	case role == "":
	case c.Service == "ec2.amazonaws.com":
		c.Roles = []string{role}
	case !slices.Contains(c.Roles, role):
		c.Roles = append(slices.Clip(c.Roles), role)
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
