package store

import (
	"accesspath/iam"
)

// The lists of an account are written as tables, in the order in which they
// refer to each other; the rest of the account, whatever it has, comes first.

// lengths precede the tables. Extra entries are those that users and roles
// refer to and the account does not list.
type lengths struct {
	Groups, ExtraGroups, Profiles, ExtraProfiles, Policies, Users, Roles int
}

// withoutLists copies the account with its lists emptied; a list that is nil
// stays nil, and one that is empty stays empty.
func withoutLists(a *iam.Account) *iam.Account {
	head := *a
	head.Users = head.Users[:0:0]
	head.Groups = head.Groups[:0:0]
	head.Roles = head.Roles[:0:0]
	head.Policies = head.Policies[:0:0]
	head.InstanceProfiles = head.InstanceProfiles[:0:0]
	return &head
}

// numbers gives the entries of a list, and further ones as they are met, their
// places in the table.
type numbers[T any] struct {
	place map[*T]int
	next  int
	extra []*T
}

func number[T any](list []*T) *numbers[T] {
	n := &numbers[T]{place: make(map[*T]int, len(list)), next: len(list)}
	for i, p := range list {
		n.place[p] = i
	}
	return n
}

func (n *numbers[T]) meet(list []*T) {
	for _, p := range list {
		if _, ok := n.place[p]; ok || p == nil {
			continue
		}
		n.place[p] = n.next
		n.next++
		n.extra = append(n.extra, p)
	}
}

// encodeAccount writes one account. shared names the managed policies that do
// not belong to it.
func encodeAccount(e *encoder, a *iam.Account, shared map[*iam.ManagedPolicy]string) (*part, error) {
	e.again()
	groups, profiles := number(a.Groups), number(a.InstanceProfiles)
	for _, u := range a.Users {
		groups.meet(u.Groups)
	}
	for _, r := range a.Roles {
		profiles.meet(r.InstanceProfiles)
	}
	e.groups, e.profiles, e.policies, e.shared = groups.place, profiles.place, number(a.Policies).place, shared
	put(e, withoutLists(a))
	put(e, &lengths{len(a.Groups), len(groups.extra), len(a.InstanceProfiles), len(profiles.extra), len(a.Policies), len(a.Users), len(a.Roles)})
	putList(e, a.InstanceProfiles)
	putList(e, profiles.extra)
	putList(e, a.Policies)
	putList(e, a.Groups)
	putList(e, groups.extra)
	putList(e, a.Users)
	putList(e, a.Roles)
	return e.part(kindAccount, a.ID)
}

// decodeAccount reads what encodeAccount wrote.
func decodeAccount(d *decoder) (*iam.Account, error) {
	a := &iam.Account{}
	var n lengths
	get(d, a)
	get(d, &n)
	d.profiles = getList(d, n.Profiles+n.ExtraProfiles, a.InstanceProfiles)
	a.InstanceProfiles = listed(a.InstanceProfiles, d.profiles, n.Profiles)
	d.policies = getList(d, n.Policies, a.Policies)
	a.Policies = d.policies
	d.groups = getList(d, n.Groups+n.ExtraGroups, a.Groups)
	a.Groups = listed(a.Groups, d.groups, n.Groups)
	a.Users = getList(d, n.Users, a.Users)
	a.Roles = getList(d, n.Roles, a.Roles)
	return a, d.end()
}

// listed returns the entries of a table that the account lists itself. An
// empty list stays as it was, nil or not.
func listed[T any](empty, table []*T, n int) []*T {
	if n <= 0 || n > len(table) {
		return empty
	}
	return table[:n:n]
}
