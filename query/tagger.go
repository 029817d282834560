package query

import (
	"strings"

	"accesspath/graph"
	"accesspath/policy"
	"accesspath/policy/catalog"
)

// codeCanTag marks what is open in a tag of the resource where the caller may give it that
// tag: then the condition keeps nobody out (SYM-24, ESC-29).
const codeCanTag = "caller-can-tag"

// maxTagged bounds of how many ways to meet a requirement the tags are tried.
const maxTagged = 32

// tagger makes a request that is open in tags of its resource, and may give it those.
type tagger struct {
	e       *Engine
	n       *graph.Node
	session policy.Context                              // of its requests; may be nil
	carried func(policy.Requirement) policy.Requirement // folds in what its session carries
}

// tagging is a state that may give the resource of a request the tags that the request is
// open in.
type tagging struct {
	state uint32
	asked target
	open  policy.Requirement
}

// canTag reports whether somebody on the way may give the resource of a request the tags
// that it is open in: who holds the last session may have done so with those before.
// Rows share sessions, and most the last one.
func (d *describer) canTag(t trace, asked target, open policy.Requirement) bool {
	if !opensByTag(asked, open) {
		return false
	}
	for i := len(t.moves); i >= 0; i-- {
		k := tagging{t.origin, asked, open}
		if i > 0 {
			k.state = t.moves[i-1].to
		}
		may, known := d.tags[k]
		if !known {
			may = d.w.tagger(k.state).tags(asked, open)
			if d.tags == nil {
				d.tags = map[tagging]bool{}
			}
			d.tags[k] = may
		}
		if may {
			return true
		}
	}
	return false
}

// tagger is who makes requests in a state.
func (w *walker) tagger(state uint32) *tagger {
	s := w.states[state]
	return &tagger{w.e, w.actor(s), w.tokenTags(s), func(r policy.Requirement) policy.Requirement { return w.inState(s, r) }}
}

// tagsOutside is that for who is let in from outside.
func (e *Engine) tagsOutside(n *graph.Node, asked target, open policy.Requirement) bool {
	by := tagger{e, n, nil, policy.Requirement.Simplify}
	return opensByTag(asked, open) && by.tags(asked, open)
}

// opensByTag reports whether a request is open since tags of its resource are not known.
// Those of a role that is passed are, only not reliable (CKEY-44).
func opensByTag(asked target, open policy.Requirement) bool {
	return !strings.EqualFold(asked.action, "iam:PassRole") && open.Mentions(func(a *policy.Atom) bool { return tagOf(a) != "" })
}

// tagOf is the key of the tag of a resource that a test is about; "" if it is about none.
func tagOf(a *policy.Atom) string {
	_, name, _ := strings.Cut(strings.ToLower(a.Key), ":")
	for _, family := range [...]string{"resourcetag/", "existingobjecttag/"} {
		if strings.HasPrefix(name, family) {
			return a.Key[strings.IndexByte(a.Key, '/')+1:]
		}
	}
	return ""
}

// tags reports whether the tagger may give the resource tags with which a way to meet the
// requirement is open no longer.
func (t *tagger) tags(asked target, open policy.Requirement) bool {
	terms, _ := open.Terms()
	for _, term := range terms[:min(len(terms), maxTagged)] {
		var ask policy.Term
		object := false
		for _, a := range term {
			if tagOf(a) != "" && (a.Operator != "Null" || a.Negated) { // no tag is given that has to be absent
				ask = append(ask, a)
				object = object || strings.HasPrefix(strings.ToLower(a.Key), "s3:existingobjecttag/")
			}
		}
		if len(ask) > 0 && t.gives(ask, tagged(asked.resource, object)) {
			return true
		}
	}
	return false
}

// tagged is what has the tags that a request on a resource is asked for: those of an
// object are those of its bucket, if they are not the object's own.
func tagged(resource string, object bool) string {
	if bucket, key, inside := strings.Cut(resource, "/"); inside && key != "" && !object && strings.Contains(bucket, ":s3:::") {
		return bucket
	}
	return resource
}

// gives reports whether the tagger may give a resource tags as some tests ask for them,
// while they are not so: where policies let only those tag whose tag is there already,
// nobody gets in by tagging.
func (t *tagger) gives(ask policy.Term, resource string) bool {
	arn, ok := policy.ParseARN(resource)
	if !ok {
		return false
	}
	before := unified(ask.Requirement()).Not()
	for _, action := range catalog.Tagging(arn.Service, catalog.TypesOfARN(arn.Service, resource)...) {
		with := policy.And(before, givenTags(ask, strings.HasPrefix(action, "s3:PutObject")))
		for _, on := range t.e.likely(t.n, action, resource) {
			may := unified(t.e.decide(t.n, action, on, t.session).Requires.Given(existing))
			if !t.carried(policy.And(may, with)).IsFalse() {
				return true
			}
		}
	}
	return false
}

// existing is what calls carry that tag what is there: policies that let tags be given
// while something is made ask for the key CreateAction of its service.
var existing = policy.ContextFunc(func(key string) policy.Value {
	if strings.HasSuffix(key, ":createaction") {
		return policy.NotThere()
	}
	return policy.Value{}
})

// unified are tests where a tag of a resource goes by one key, whichever was asked for.
func unified(r policy.Requirement) policy.Requirement {
	return r.Map(func(a *policy.Atom) policy.Requirement {
		if tag := tagOf(a); tag != "" && !strings.HasPrefix(strings.ToLower(a.Key), "s3:") {
			b := *a
			b.Key = "aws:ResourceTag/" + tag
			return policy.AtomRequirement(b)
		}
		return policy.Keep(a)
	})
}

// givenTags is what tests of tags ask of the call that gives them: that they are passed,
// and have such values. Which keys may be passed follows from that (CKEY-25).
func givenTags(ask policy.Term, object bool) policy.Requirement {
	family := "aws:RequestTag/"
	if object {
		family = "s3:RequestObjectTag/"
	}
	out := make([]policy.Requirement, 0, 2*len(ask))
	for _, a := range ask {
		b := *a
		b.Key, b.Class = family+tagOf(a), policy.ClassRequest
		out = append(out, policy.AtomRequirement(b), policy.AtomRequirement(policy.Atom{Key: b.Key, Operator: "Null", Negated: true, Class: b.Class}))
	}
	return policy.And(out...)
}
