package escalate

import "slices"

func (s *search) attachedDenies(list []*target, p *actor) []*target {
	var out []*target
	for _, t := range list {
		for _, a := range entityOf(p.node).Attached {
			if d := a.Document(); d != nil && s.relevanceOf(d).denies {
				out = append(out, t.with(func(t *target) { t.drop, t.given = a.ARN, map[string]string{"iam:PolicyARN": a.ARN} }))
			}
		}
	}
	return out
}

func (s *search) inlineDenies(list []*target, p *actor) []*target {
	var out []*target
	for _, t := range list {
		for _, i := range entityOf(p.node).Inline {
			if inlineDenies(i) {
				out = append(out, t.with(func(t *target) { t.drop = i.Name }))
			}
		}
	}
	return out
}

func (s *search) groupDenies(p *actor, e *Entry) []*target {
	return slices.DeleteFunc(s.ownGroups(p, e), func(t *target) bool {
		denies := false
		for _, i := range t.group.Inline {
			denies = denies || inlineDenies(i)
		}
		for _, a := range t.group.Attached {
			denies = denies || a.Document() != nil && s.relevanceOf(a.Document()).denies
		}
		t.drop = t.group.ARN
		return !denies
	})
}

// attachedGroupDenies and inlineGroupDenies are policies of the user's groups
// that deny something; without them the user stays in the group.
func (s *search) attachedGroupDenies(p *actor, e *Entry) []*target {
	var out []*target
	for _, t := range s.ownGroups(p, e) {
		for _, a := range t.group.Attached {
			if d := a.Document(); d != nil && s.relevanceOf(d).denies {
				out = append(out, t.with(func(t *target) { t.drop, t.given = a.ARN, map[string]string{"iam:PolicyARN": a.ARN} }))
			}
		}
	}
	return out
}

func (s *search) inlineGroupDenies(p *actor, e *Entry) []*target {
	var out []*target
	for _, t := range s.ownGroups(p, e) {
		for _, i := range t.group.Inline {
			if inlineDenies(i) {
				out = append(out, t.with(func(t *target) { t.drop = i.Name }))
			}
		}
	}
	return out
}
