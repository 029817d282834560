package ingest

import (
	"cmp"
	"slices"

	"accesspath/iam"
)

// uses adds to users and roles when they last used each service (IN-11). Later
// uses win over earlier ones.
func (b *builder) uses() {
	used := map[*[]iam.ServiceUse]bool{}
	for _, p := range b.parts {
		for _, u := range p.Uses {
			var into *[]iam.ServiceUse
			if user, ok := b.users[u.Principal]; ok {
				into = &user.entity.Used
			} else if role, ok := b.roles[u.Principal]; ok {
				into = &role.entity.Used
			} else {
				b.report(iam.Diagnostic{Severity: iam.Note, Code: "unknown-principal", Origin: readingOf(p, u.Origin).origin, Entity: u.Principal,
					Message: "no input lists this user or role; the services that it used are not used", Hint: "add the output of aws iam get-account-authorization-details of its account"})
				continue
			}
			*into = append(slices.Grow(*into, len(u.Services)+1), u.Services...) // not nil: it is known
			used[into] = true
		}
	}
	for list := range used {
		latestOfEach(list)
	}
}

// latestOfEach sorts a list by service and keeps the last use of each.
func latestOfEach(list *[]iam.ServiceUse) {
	slices.SortFunc(*list, func(x, y iam.ServiceUse) int {
		return cmp.Or(cmp.Compare(x.Service, y.Service), y.Last.Compare(x.Last))
	})
	*list = slices.CompactFunc(*list, func(x, y iam.ServiceUse) bool { return x.Service == y.Service })
}
