package query

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"accesspath/graph"
	"accesspath/iam"
)

// HypotheticalMember is the name of the user that a question about a group makes
// up: nothing but what the group gives is attached to it (QRY-05).
const HypotheticalMember = "some-member-of-"

// forMembers answers a question that names a group for each of its members and
// for a hypothetical one, which comes first: a group is never a principal
// (QRY-05).
func (e *Engine) forMembers(ctx context.Context, group graph.NodeID, ask func(*Engine, string) (*Result, error)) (*Result, error) {
	g := e.g.Node(group)
	made, id, err := e.withMember(ctx, g.Group)
	if err != nil {
		return nil, err
	}
	r, err := ask(made, id)
	if err != nil {
		return nil, err
	}
	for i := range r.Answers {
		r.Answers[i].Marks = append([]string{"hypothetical-member"}, r.Answers[i].Marks...)
	}
	r.Coverage = e.covered()
	r.Question.Principal = g.ID
	var members []graph.NodeID
	for user, of := range e.g.Memberships() {
		if of == group {
			members = append(members, user)
		}
	}
	for _, m := range members {
		one, err := ask(e, e.g.Node(m).ID)
		if err != nil {
			return nil, err
		}
		r.Answers = append(r.Answers, one.Answers...)
		for _, x := range one.Missing {
			if !slices.ContainsFunc(r.Missing, func(y Missing) bool { return x.What == y.What }) {
				r.Missing = append(r.Missing, x)
			}
		}
		r.Limits.Truncated = r.Limits.Truncated || one.Limits.Truncated
		r.Limits.Reasons = append(r.Limits.Reasons, one.Limits.Reasons...)
	}
	r.note("group", fmt.Sprintf("%s is a group, and a group is no principal: the answer is for its %d members, and for a user who had nothing but the group (QRY-05)", g.Name, len(members)))
	return r, nil
}

// withMember is an engine over the snapshot with one more member of a group.
func (e *Engine) withMember(ctx context.Context, g *iam.Group) (*Engine, string, error) {
	s := *e.g.Model.Snapshot
	account := cloneAccount(&s, g.Account)
	if account == nil {
		return nil, "", fmt.Errorf("account %q is not in the snapshot", g.Account)
	}
	head, _, _ := strings.Cut(g.ARN, ":group/")
	u := &iam.User{Entity: iam.Entity{ARN: head + ":user/" + HypotheticalMember + g.Name, Name: HypotheticalMember + g.Name, Path: "/", Account: g.Account, Origin: g.Origin},
		GroupNames: []string{g.Name}, Groups: []*iam.Group{g}}
	account.Users = append(account.Users, u)
	s.Sort()
	built, err := graph.Build(ctx, &s, e.g.Model.Options)
	if err != nil {
		return nil, "", err
	}
	return New(built, e.o), u.ARN, nil
}
