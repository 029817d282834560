package awscli

import (
	"cmp"

	"accesspath/iam"
	"accesspath/ingest/internal/part"
	"accesspath/ingest/internal/scan"
)

// inStore reports whether a list is one of the identity store and not one of
// IAM, which has users and groups too: those have an Arn.
func (o *Object) inStore(list scan.Value, id string) bool {
	if list.Kind() != '[' {
		return false
	}
	for _, e := range list.Elements() {
		return !e.Get(id).Absent() && e.Get("Arn").Absent()
	}
	return o.has("IdentityStoreId") // an empty list
}

// storeList goes through a list of the identity store, and returns its state;
// ok is false if it is none.
func (o *Object) storeList(member, id string, piece *part.IdentityCenter, use func(id string, v scan.Value)) (s iam.State, ok bool) {
	v, _ := o.peek(member)
	if !o.inStore(v, id) {
		return iam.Unknown, false
	}
	o.get(member)
	for _, e := range v.Elements() {
		if text := e.Get(id).Text(); text != "" {
			use(text, e)
			piece.IdentityStore = cmp.Or(piece.IdentityStore, e.Get("IdentityStoreId").Text())
		}
	}
	return o.whole(v), true
}

// whole is the state of a list, if no more pages of it follow.
func (o *Object) whole(list scan.Value) iam.State {
	if o.Cut {
		return iam.Unknown
	}
	return state(list)
}

// storeUsers reads identitystore list-users.
func (o *Object) storeUsers(piece *part.IdentityCenter) bool {
	s, ok := o.storeList("Users", "UserId", piece, func(id string, v scan.Value) {
		piece.Users = append(piece.Users, iam.IdentityUser{ID: id, Name: v.Get("UserName").Text(), DisplayName: v.Get("DisplayName").Text()})
	})
	piece.UsersState = s
	return ok
}

// storeGroups reads identitystore list-groups, which has no members.
func (o *Object) storeGroups(piece *part.IdentityCenter) bool {
	s, ok := o.storeList("Groups", "GroupId", piece, func(id string, v scan.Value) {
		piece.Groups = append(piece.Groups, iam.IdentityGroup{ID: id, Name: v.Get("DisplayName").Text()})
	})
	piece.GroupsState = s
	return ok
}

// memberships reads list-group-memberships, which is about one group and names
// it in each entry; an empty list needs GroupId beside it. So is
// list-group-memberships-for-member, which does not hold all members of any.
func (o *Object) memberships(piece *part.IdentityCenter) bool {
	v, at := o.get("GroupMemberships")
	if v.Kind() != '[' {
		return false
	}
	asked := o.text("GroupId")
	groups := map[string]*iam.IdentityGroup{}
	var order []string
	group := func(id string) *iam.IdentityGroup {
		if groups[id] == nil {
			groups[id] = &iam.IdentityGroup{ID: id}
			order = append(order, id)
		}
		return groups[id]
	}
	if asked != "" {
		group(asked)
	}
	for i, e := range v.Elements() {
		id, member := cmp.Or(e.Get("GroupId").Text(), asked), e.Get("MemberId").Get("UserId").Text()
		if id == "" || member == "" {
			o.File.Warn(e, scan.Index(at, i), "", "invalid-entity", "a membership lacks GroupId or MemberId.UserId and is skipped")
			continue
		}
		g := group(id)
		g.Members = append(g.Members, member) // merging drops repetitions
	}
	if len(order) == 0 {
		o.report(iam.Warning, "incomplete-output", hintBeside("GroupId", "…"), "an empty list of memberships does not say of which group")
	}
	for _, id := range order {
		g := *groups[id]
		g.Known = id == asked && !o.Cut
		piece.Groups = append(piece.Groups, g)
	}
	return true
}
