package escalate

import (
	"slices"

	"accesspath/iam"
)

// What denies the actor something may go: policies of its own, policies of its groups, which
// it stays in, and groups as a whole.

// groupOf is the group that a target is about.
func (t *target) groupOf() *iam.Entity { return &t.group.Entity }

// attachedDenies are the targets once for each attached policy that denies something, of
// their principals or groups.
func (s *search) attachedDenies(list []*target, of func(*target) *iam.Entity) []*target {
	var out []*target
	for _, t := range list {
		for _, a := range of(t).Attached {
			if s.attachmentDenies(a) {
				out = append(out, t.with(func(t *target) { t.drop, t.given = a.ARN, map[string]string{"iam:PolicyARN": a.ARN} }))
			}
		}
	}
	return out
}

// inlineDenies are the same of inline policies.
func (s *search) inlineDenies(list []*target, of func(*target) *iam.Entity) []*target {
	var out []*target
	for _, t := range list {
		for _, i := range of(t).Inline {
			if inlineDenies(i) {
				out = append(out, t.with(func(t *target) { t.drop = i.Name }))
			}
		}
	}
	return out
}

// groupDenies are the user's groups of which some policy denies something.
func (s *search) groupDenies(p *actor, e *Entry) []*target {
	return slices.DeleteFunc(s.ownGroups(p, e), func(t *target) bool {
		t.drop = t.group.ARN
		return !slices.ContainsFunc(t.group.Inline, inlineDenies) && !slices.ContainsFunc(t.group.Attached, s.attachmentDenies)
	})
}

func (s *search) attachmentDenies(a *iam.Attachment) bool {
	d := a.Document()
	return d != nil && s.relevanceOf(d).denies
}
