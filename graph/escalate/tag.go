package escalate

import (
	"maps"
	"slices"
	"strings"

	"accesspath/graph"
	"accesspath/iam"
	"accesspath/policy"
)

// ESC-29: tags that somebody may give itself, or what it works on, count where
// conditions ask for them. Which tags are worth trying follows from the conditions:
// of a caller's tags only those matter that its own policies read, the guardrails on
// it, and the policies of what it may reach.

// wanted is a tag that a condition asks for. A policy variable takes whatever value the
// tag has: then there is none. Where several would do, the value stands for those.
type wanted struct {
	policy.Tag
	any   bool
	like  bool // any that a pattern matches
	other bool // any but some: of use to who has the tag, perhaps with one of those
	none  bool // that there is none
}

// wantedTags lists tags, each once, in the order in which they are met.
type wantedTags struct {
	list []wanted
	met  map[wanted]bool
	cut  bool // there are more
}

// maxWanted bounds the tags of one list.
const maxWanted = 64

// maxTaggings bounds how often one principal is supposed with other tags: with each by
// itself first, then with several.
const maxTaggings = 96

func (w *wantedTags) add(t wanted) {
	switch {
	case w.met[t]:
		return
	case len(w.list) == maxWanted:
		w.cut = true
		return
	case w.met == nil:
		w.met = map[wanted]bool{}
	}
	w.met[t] = true
	w.list = append(w.list, t)
}

// values adds a tag for each value that is spelled out.
func (w *wantedTags) values(key string, values []string) {
	for _, v := range values {
		if !strings.Contains(v, "$") {
			w.add(wanted{Tag: policy.Tag{Key: key, Value: fillIn(v)}, like: strings.ContainsAny(v, "*?")})
		}
	}
}

// read adds the caller's tags that a document asks for.
func (w *wantedTags) read(d *policy.Document) {
	for i := range d.Statements {
		w.statement(&d.Statements[i])
	}
}

func (w *wantedTags) statement(s *policy.Statement) {
	for k := range s.Conditions {
		c := &s.Conditions[k]
		key, ok := cutPrefixFold(c.Key, "aws:PrincipalTag/")
		if !ok {
			continue
		}
		if isNull(c) {
			w.values(key, []string{"*"})
		}
		w.test(s, c, key)
	}
	for variable := range s.Variables() {
		if key, ok := cutPrefixFold(variable, "aws:PrincipalTag/"); ok {
			w.add(wanted{Tag: policy.Tag{Key: key}, any: true})
		}
	}
}

// test adds what a condition on a tag asks for, if it is that the tag has some value, another
// than it has, or that there is none.
func (w *wantedTags) test(s *policy.Statement, c *policy.Condition, key string) {
	switch {
	case isNull(c):
		if slices.ContainsFunc(c.Values, func(v string) bool { return strings.EqualFold(v, "true") }) == (s.Effect == policy.Allow) {
			w.add(wanted{Tag: policy.Tag{Key: key}, none: true})
		}
	case asksFor(s, c):
		w.values(key, c.Values)
	default:
		w.add(wanted{Tag: policy.Tag{Key: key, Value: plainName}, other: true})
	}
}

// askedOf are the caller's tags that conditions on requests of the actor ask for.
func (s *search) askedOf(p *actor) []wanted {
	var out wantedTags
	documents := s.documentsOn(p)
	for _, d := range documents {
		out.read(d)
	}
	for _, of := range [...]string{entityOf(p.node).ARN, p.account.ID, everybody} {
		out.join(s.asked()[of])
	}
	out.choices(documents)
	if out.cut {
		s.cut.Store(true)
	}
	return out.list
}

// documentsOn are the documents of the actor's side and of the RCPs of its account.
func (s *search) documentsOn(p *actor) []*policy.Document {
	var out []*policy.Document
	for _, a := range s.policiesOn(p) {
		if a.Document != nil {
			out = append(out, a.Document)
		}
	}
	return out
}

// choices adds, of tags of which several values would do, those that conditions on giving
// tags name.
func (w *wantedTags) choices(documents []*policy.Document) {
	free := map[string]string{} // keys as they are wanted, by themselves in lower case
	for _, t := range w.list {
		if t.any || t.like || t.other {
			free[strings.ToLower(t.Key)] = t.Key
		}
	}
	if len(free) == 0 {
		return
	}
	for _, d := range documents {
		for i := range d.Statements {
			st := &d.Statements[i]
			for k := range st.Conditions {
				c := &st.Conditions[k]
				given, _ := cutPrefixFold(c.Key, "aws:RequestTag/")
				if key, ok := free[strings.ToLower(given)]; ok && asksFor(st, c) && !isNull(c) {
					w.values(key, c.Values)
				}
			}
		}
	}
}

// asksFor reports whether the values that a condition lists are those that its statement
// lets through.
func asksFor(s *policy.Statement, c *policy.Condition) bool {
	return c.Negated() == (s.Effect == policy.Deny)
}

func isNull(c *policy.Condition) bool { return strings.EqualFold(c.Operator, "Null") }

func (w *wantedTags) join(more *wantedTags) {
	if more == nil {
		return
	}
	for _, t := range more.list {
		w.add(t)
	}
	w.cut = w.cut || more.cut
}

// asking are the caller's tags that policies of resources and roles ask for, by whom
// they ask: an ARN, an account or everybody.
type asking map[string]*wantedTags

const everybody = "*"

func (s *search) readAsking() asking {
	out := asking{}
	for _, a := range s.g.Model.Snapshot.Accounts {
		for _, r := range a.Roles {
			out.read(r.Trust)
		}
	}
	for _, r := range s.g.Model.Snapshot.Resources {
		out.read(r.Policy)
		for i := range r.AccessPoints {
			out.read(r.AccessPoints[i].Policy)
		}
	}
	return out
}

func (a asking) read(p *iam.Policy) {
	if p == nil || p.Document == nil {
		return
	}
	for i := range p.Document.Statements {
		var found wantedTags
		if found.statement(&p.Document.Statements[i]); len(found.list) == 0 {
			continue
		}
		for _, who := range meant(&p.Document.Statements[i]) {
			if a[who] == nil {
				a[who] = &wantedTags{}
			}
			a[who].join(&found)
		}
	}
}

// meant lists the users and roles that a statement is about, by ARN or account, perhaps
// more than once; everybody where it does not say.
func meant(s *policy.Statement) []string {
	if s.NotPrincipal != nil {
		return []string{everybody}
	}
	var out []string
	for _, p := range s.Principal {
		arn, ok := policy.ParseARN(p.Text)
		who := everybody
		switch {
		case p.Type == "Service" || p.Type == "Federated":
			continue
		case policy.IsAccountID(p.Text):
			who = p.Text
		case ok && (strings.HasPrefix(arn.Resource, "user/") || strings.HasPrefix(arn.Resource, "role/")):
			who = p.Text
		case ok:
			who = arn.Account
		}
		out = append(out, who)
	}
	return out
}

// tagged are targets with a tag to give each.
func (s *search) tagged(list []*target, p *actor) []*target {
	if len(list) == 0 {
		return nil
	}
	var out []*target
	have, asked := iam.PolicyTags(entityOf(p.node).Tags), s.askedOf(p)
	for _, t := range list {
		for _, tag := range asked {
			if tag.none {
				continue
			}
			given := map[string]string{"aws:TagKeys": tag.Key}
			if !tag.any {
				had := policy.TagValue(have, tag.Key).Values
				if slices.Contains(had, tag.Value) || tag.other && len(had) == 0 {
					continue
				}
				given["aws:RequestTag/"+tag.Key] = tag.Value
			}
			out = append(out, t.with(func(t *target) { t.tag, t.anyTag, t.given = tag.Tag, tag.any, given }))
		}
	}
	return out
}

// untagged are targets with a tag that each has, to take away (ESC-29).
func (s *search) untagged(list []*target, p *actor) []*target {
	if len(list) == 0 {
		return nil
	}
	var out []*target
	have, asked := iam.PolicyTags(entityOf(p.node).Tags), s.askedOf(p)
	for _, t := range list {
		for _, key := range unwanted(asked) {
			if policy.TagValue(have, key).Knowledge == policy.Known {
				out = append(out, t.with(func(t *target) { t.tag, t.given = policy.Tag{Key: key}, map[string]string{"aws:TagKeys": key} }))
			}
		}
	}
	return out
}

// unwanted are the keys of tags that it may be better not to have, each once.
func unwanted(asked []wanted) []string {
	var out []string
	for _, t := range asked {
		if (t.other || t.none) && !slices.ContainsFunc(out, func(key string) bool { return strings.EqualFold(key, t.Key) }) {
			out = append(out, t.Key)
		}
	}
	return out
}

// withoutTag is the change where the actor lacks the tag.
func (a *attempt) withoutTag() gained {
	return a.changed(change{label: "no tag " + a.t.tag.Key, tag: true, apply: tagWithout(a.t.tag.Key)})
}

// withTag is the change where the actor has the tag. Of a tag of its choice it is known
// that it is there: what reads the value says which it has to be.
func (a *attempt) withTag() gained {
	if !a.t.anyTag {
		return a.changed(change{label: "tag " + a.t.tag.Key + "=" + a.t.tag.Value, tag: true, apply: tagWith(a.t.tag)})
	}
	return a.changed(change{label: "tag " + a.t.tag.Key, tag: true, node: func(s *graph.Supposition) {
		s.Known = settled(s.Known, policy.MapContext{"aws:principaltag/" + strings.ToLower(a.t.tag.Key): {Knowledge: policy.Present}})
	}})
}

// tagOfChoice leaves of what a call requires what does not hang on the value of the tag,
// or on which it is not: where only some values may be given, those are tried one by one.
func (t *target) tagOfChoice(r policy.Requirement) policy.Requirement {
	key := "aws:requesttag/" + strings.ToLower(t.tag.Key)
	return r.Given(policy.MapContext{key: {Knowledge: policy.Present}}).Map(func(a *policy.Atom) policy.Requirement {
		if strings.EqualFold(a.Key, key) && !a.Negated {
			return policy.False()
		}
		return policy.Keep(a)
	})
}

// maySupposeTag counts principals that are supposed with a tag: those that were the same
// before all changes count together.
func (s *search) maySupposeTag(n graph.NodeID) bool {
	of := s.beforeChanges(n)
	if s.taggings[of] == maxTaggings {
		s.cut.Store(true)
		return false
	}
	s.taggings[of]++
	return true
}

// beforeChanges is the principal, of the snapshot or made, that a node was before all
// changes.
func (s *search) beforeChanges(n graph.NodeID) graph.NodeID {
	if of, ok := s.unchanged[n]; ok {
		return of
	}
	return n
}

// settled is what is known once more is.
func settled(before, more policy.MapContext) policy.MapContext {
	out := maps.Clone(before)
	if out == nil {
		return more
	}
	maps.Copy(out, more)
	return out
}

// askedOfResources are the tags that the actor's policies ask of what they allow
// something on, with their values.
func (s *search) askedOfResources(p *actor) []policy.Tag {
	var out []policy.Tag
	for _, t := range s.wantedOfResources(p) {
		if !t.none {
			out = append(out, t.Tag)
		}
	}
	return out
}

// wantedOfResources is askedOfResources, and whether there should be none.
func (s *search) wantedOfResources(p *actor) []wanted {
	var found wantedTags
	s.eachDocument(p.node, func(d *policy.Document) {
		if d == nil { // it was not read
			return
		}
		for i := range d.Statements {
			st := &d.Statements[i]
			for k := range st.Conditions {
				if key, ok := resourceTag(st.Conditions[k].Key); ok {
					found.test(st, &st.Conditions[k], key)
				}
			}
		}
	})
	if found.cut {
		s.cut.Store(true)
	}
	return found.list
}

// resourceTag is the key of the tag that a condition key asks of a resource: of any, of
// those of a service, or of an object.
func resourceTag(key string) (string, bool) {
	_, name, _ := strings.Cut(key, ":")
	if tag, ok := cutPrefixFold(name, "ResourceTag/"); ok {
		return tag, true
	}
	return cutPrefixFold(key, "s3:ExistingObjectTag/")
}
