package escalate

import (
	"cmp"
	"slices"
	"strings"

	"accesspath/graph"
	"accesspath/iam"
	"accesspath/policy"
)

// attempt is one entry, tried by one actor on one target.
type attempt struct {
	s     *search
	e     *Entry
	by    *actor
	t     *target
	given map[string]string // condition keys that this attempt settles, besides the entry's
	names map[string]string // what was chosen for each type of new thing
	tag   *policy.Tag       // that the actor gives the target first
	first *verdict          // what is done before; nil nothing
}

// after is the attempt once something else was done.
func (a *attempt) after(v verdict) *attempt {
	b := *a
	if a.first != nil {
		v = a.first.and(v)
	}
	b.first = &v
	return &b
}

// verdict is the conjunction of what all needs require (ESC-08), and the
// requests behind it.
type verdict struct {
	requires policy.Requirement
	requests []graph.Request
}

// answered is the verdict on one request.
func answered(requires policy.Requirement, action, resource string) verdict {
	return verdict{requires, []graph.Request{{Action: action, Resource: resource}}}
}

func (v verdict) and(o verdict) verdict {
	return verdict{policy.And(v.requires, o.requires), slices.Concat(v.requests, o.requests)}
}

// or is met by either; the requests are those of the first that is not denied.
func (v verdict) or(o verdict) verdict {
	if v.requires.IsFalse() {
		v.requests = o.requests
	}
	v.requires = policy.Or(v.requires, o.requires)
	return v
}

// decide evaluates the entry. New things may have any name: the best choice
// counts.
func (a *attempt) decide() verdict {
	v := a.choiceByMeans()
	if v.requires.IsFalse() {
		return v
	}
	if v.requires = policy.And(v.requires, a.t.requires); a.first != nil {
		v = a.first.and(v)
	}
	v.requires = v.requires.Simplify()
	return v
}

// choiceByMeans is bestChoice, found once for all targets of the same means.
func (a *attempt) choiceByMeans() verdict {
	if a.t.means == nil || a.first != nil || a.tag != nil || a.t.requires.IsFalse() {
		return a.bestChoice()
	}
	k := meansOf{a.e, a.t.means}
	v, ok := a.by.byMeans[k]
	if !ok {
		v = a.bestChoice()
		a.by.byMeans[k] = v
	}
	return v
}

func (a *attempt) bestChoice() verdict {
	out := verdict{requires: policy.False()}
	if a.t.requires.IsFalse() || a.first != nil && a.first.requires.IsFalse() {
		return out
	}
	v := a.needs(fixed)
	if v.requires.IsFalse() || !slices.ContainsFunc(a.e.Needs, func(n Need) bool { return !fixed(n) }) {
		return v
	}
	for _, names := range a.choices() {
		a.names = names
		v := a.needs(func(Need) bool { return true })
		if v.requires.IsFalse() {
			continue
		}
		if out.requires.IsFalse() || v.requires.Weight() < out.requires.Weight() {
			out.requests = v.requests
		}
		if out.requires = policy.Or(out.requires, v.requires); v.requires.IsTrue() {
			break
		}
	}
	return out
}

// fixed reports whether a need is about things that are there: it is cheaper to
// look at first.
func fixed(n Need) bool {
	return !slices.ContainsFunc(n, func(a Alternative) bool {
		return slices.ContainsFunc(a, func(t Term) bool { return strings.HasPrefix(t.On, "new") || t.On == "carrier" })
	})
}

func (a *attempt) needs(which func(Need) bool) verdict {
	out := verdict{requires: policy.True()}
	for _, n := range a.e.Needs {
		if !which(n) {
			continue
		}
		if out = out.and(a.need(n)); out.requires.IsFalse() {
			break
		}
	}
	return out
}

// need takes the alternatives together; the requests are those of the lightest.
func (a *attempt) need(n Need) verdict {
	best := verdict{requires: policy.False()}
	all := policy.False()
	for _, alternative := range n {
		v := verdict{requires: policy.True()}
		for _, t := range alternative {
			if v = v.and(a.term(t)); v.requires.IsFalse() {
				break
			}
		}
		if v.requires.IsTrue() {
			return v
		}
		if all = policy.Or(all, v.requires); best.requires.IsFalse() || !v.requires.IsFalse() && v.requires.Weight() < best.requires.Weight() {
			best = v
		}
	}
	best.requires = all
	return best
}

func (a *attempt) term(t Term) verdict {
	if t.Fact != "" {
		return a.fact(t.Fact)
	}
	out := verdict{requires: policy.True()}
	for _, resource := range a.resources(t) {
		if resource == "" {
			return verdict{requires: policy.False()}
		}
		r := a.settle(t.Action, a.request(t.Action, resource))
		out = out.and(answered(r, t.Action, resource))
	}
	return out
}

// request is a request on the target as it is, or with the tag that the actor
// gives it first (ESC-29).
func (a *attempt) request(action, resource string) policy.Requirement {
	switch {
	case a.tag != nil && a.t.compute != nil && resource == a.t.compute.ARN:
		return a.by.decide(a.s, action, resource).Given(tagOn(resource, *a.tag))
	case a.tag == nil || resource != a.t.arn:
		return a.by.decide(a.s, action, resource)
	}
	tags := slices.DeleteFunc(iam.PolicyTags(a.t.entity().Tags), func(t policy.Tag) bool { return strings.EqualFold(t.Key, a.tag.Key) })
	return a.s.g.Model.Verdict(graph.Ask{Node: a.by.node, Action: action, Resource: resource, ResourceTags: append(tags, *a.tag)})
}

// tagged are the attempt where the target gets a tag first that the actor's own
// policies ask of what they allow something on (ESC-29), those that need least first.
func (a *attempt) tagged() []*attempt {
	entity, action := a.t.entity(), "iam:TagRole"
	if a.t.user != nil {
		action = "iam:TagUser"
	}
	if entity == nil || !a.s.offers(a.by, action) || !slices.ContainsFunc(a.e.terms(), func(t Term) bool { return t.On == "target" }) {
		return nil
	}
	var out []*attempt
	for _, tag := range a.s.askedOfResources(a.by) {
		if slices.Contains(policy.TagValue(iam.PolicyTags(entity.Tags), tag.Key).Values, tag.Value) {
			continue
		}
		if b, ok := a.tagging(tag, action, a.t.arn); ok {
			out = append(out, b)
		}
	}
	slices.SortStableFunc(out, func(x, y *attempt) int { return cmp.Compare(x.first.requires.Weight(), y.first.requires.Weight()) })
	return out
}

// tagging is the attempt once the actor gave a tag to something; false if it may not.
func (a *attempt) tagging(tag policy.Tag, action, arn string) (*attempt, bool) {
	given := map[string]string{"aws:RequestTag/" + tag.Key: tag.Value, "aws:TagKeys": tag.Key}
	first := (&attempt{s: a.s, e: a.e, by: a.by, t: a.t, given: given}).settle(action, a.by.decide(a.s, action, arn))
	if first.IsFalse() {
		return nil, false
	}
	b := a.after(answered(first, action, arn))
	b.tag = &tag
	return b, true
}

// decide is a request of the actor, open in what its session carries.
func (p *actor) decide(s *search, action, resource string) policy.Requirement {
	return p.ask(s, graph.Ask{Node: p.node, Action: action, Resource: resource})
}

// ask keeps what it was answered.
func (p *actor) ask(s *search, ask graph.Ask) policy.Requirement {
	k := request{ask.Action, p.about(s, &ask)}
	r, ok := p.known[k]
	if !ok {
		if ask.Action == "sts:AssumeRoot" { // the management account needs nobody's consent (ROOT-05)
			ask.ResourcePolicy = statement([]string{ask.Action}, []string{p.node.ID}, "*")
		}
		r = s.g.Model.Verdict(ask)
		p.known[k] = r
	}
	return r
}

// about is what the answer to a request hangs on, of its resource. One answer holds for
// all users, or roles, of the actor's account that the statements in question read alike.
func (p *actor) about(s *search, ask *graph.Ask) string {
	arn, ok := policy.ParseARN(ask.Resource)
	if !ok || arn.Account != p.account.ID || !strings.HasPrefix(ask.Action, "iam:") && ask.ResourcePolicy == nil {
		return ask.Resource
	}
	kind, _, _ := strings.Cut(ask.Resource, "/")
	key := append(append(p.key[:0], kind...), '/')
	for _, st := range p.pickyFor(s, ask.Action) {
		if key, ok = st.AppendReading(key, ask.Resource, arn); !ok {
			return ask.Resource
		}
	}
	p.key = key
	return string(key)
}

// outright reports whether the actor can always make a request.
func (p *actor) outright(s *search, action, resource string) bool {
	r := p.decide(s, action, resource)
	if !r.IsOpen() {
		return r.IsTrue()
	}
	_, ok := r.Outright()
	return ok
}

// alike reports whether the policies that bear on the actor treat everything
// alike in requests of an action: by no name and no tag.
func (p *actor) alike(s *search, action string) bool { return len(p.pickyFor(s, action)) == 0 }

// pickyFor are the statements that bear on the actor's requests of an action and are
// about some resources only.
func (p *actor) pickyFor(s *search, action string) []*policy.Statement {
	list, ok := p.picky[action]
	if !ok {
		list = s.findPicky(p, action)
		p.picky[action] = list
	}
	return list
}

// policiesOn are the policies of the actor's side, and the RCPs of its account.
func (s *search) policiesOn(p *actor) []policy.Attached {
	out := s.g.Model.CallerPolicies(p.node)
	for _, l := range s.g.Model.RCPs(p.account.ID) {
		out = append(out, l.Policies...)
	}
	return out
}

func (s *search) findPicky(p *actor, action string) []*policy.Statement {
	lower := strings.ToLower(action)
	var out []*policy.Statement
	for _, st := range policy.Statements(s.policiesOn(p)) {
		all := slices.ContainsFunc(st.Resource, policy.ResourcePattern.IsAll)
		if st.MatchesLower(lower) && (!all || st.ReadsResource()) {
			out = append(out, st)
		}
	}
	return out
}

// settle folds the condition keys that the entry and its target decide
// (CKEY-40 to CKEY-43).
func (a *attempt) settle(action string, r policy.Requirement) policy.Requirement {
	if !r.IsOpen() {
		return r
	}
	if a.t.anyTag {
		r = a.t.tagOfChoice(r)
	}
	pass := strings.EqualFold(action, "iam:PassRole")
	if pass {
		r = r.Map(a.associates)
	}
	if pass && a.t.service != "" {
		services := a.e.PassedTo
		if len(services) == 0 {
			services = []string{a.t.service}
		}
		out := policy.False()
		for _, service := range services {
			out = policy.Or(out, r.Given(a.context("iam:passedtoservice", service)))
		}
		return out
	}
	return r.Given(a.context("", ""))
}

// associates decides a test of what the role is passed for by the service in its values:
// that is a thing of one that the entry is about, whatever its name (CKEY-41).
func (a *attempt) associates(atom *policy.Atom) policy.Requirement {
	if !strings.EqualFold(atom.Key, "iam:AssociatedResourceArn") || atom.Opaque || atom.Some || atom.Operator == "Null" || slices.ContainsFunc(atom.Values, a.ofEntry) {
		return policy.Keep(atom)
	}
	return policy.Bool(atom.Negated)
}

// ofEntry reports whether an ARN or a pattern may be of a service that the entry is about.
func (a *attempt) ofEntry(arn string) bool {
	parts := strings.SplitN(arn, ":", 4)
	if len(parts) < 4 || strings.ContainsAny(parts[0]+parts[1], "*?") {
		return true
	}
	pattern := policy.CompilePattern(parts[2])
	return slices.ContainsFunc(strings.Split(a.t.service, "."), pattern.Match) || slices.ContainsFunc(a.e.terms(), func(t Term) bool {
		service, _, _ := strings.Cut(t.Action, ":")
		return service != "iam" && pattern.Match(service)
	})
}

// context holds what is settled, and one key more.
func (a *attempt) context(key, value string) policy.Context {
	return policy.ContextFunc(func(k string) policy.Value {
		if key != "" && k == key {
			return policy.Is(value)
		}
		for _, given := range []map[string]string{a.given, a.e.Given} {
			for name, v := range given {
				if strings.EqualFold(name, k) {
					return policy.Is(v)
				}
			}
		}
		if k == "iam:permissionsboundary" && a.t.boundary != nil {
			if *a.t.boundary == "" {
				return policy.NotThere()
			}
			return policy.Is(*a.t.boundary)
		}
		return policy.Value{}
	})
}

// resources are what a request works on; all of them have to be allowed. An
// empty one does not exist.
func (a *attempt) resources(t Term) []string {
	on, typ, _ := strings.Cut(t.On, ":")
	switch on {
	case "target":
		return []string{a.t.arn}
	case "via":
		return []string{a.t.via}
	case "policy":
		return []string{a.t.policy.ARN}
	case "group":
		return []string{a.t.group.ARN}
	case "provider":
		return []string{a.t.provider}
	case "resource":
		return []string{a.t.resource}
	case "inside":
		return []string{a.t.inside}
	case "carrier":
		if a.t.compute != nil {
			return []string{a.t.compute.ARN}
		}
		_, typ, _ = strings.Cut(a.t.kind, ":")
	case "*":
		return []string{"*"}
	}
	var out []string
	for _, key := range a.s.newTypes(t.Action, typ) {
		out = append(out, a.names[key])
	}
	return out
}
