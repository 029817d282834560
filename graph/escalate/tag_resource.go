package escalate

import (
	"slices"
	"strings"

	"accesspath/graph"
	"accesspath/policy"
)

// ESC-29 for resources: a tag that the actor's policies ask of what the question is about,
// and that the actor may give it. Each is tried by itself, and one of each key together.

// taggedResources are what the question asks about, with each tag that it has not.
func (s *search) taggedResources(p *actor, e *Entry) []*target {
	if strings.ContainsAny(s.o.Resource, "*?") {
		return nil // some of many: which of them gets the tag is not told
	}
	var out []*target
	for _, t := range s.resourcesOf(p, e) {
		for _, tag := range s.askedOfResources(p) {
			given := map[string]string{"aws:TagKeys": tag.Key, "aws:RequestTag/" + tag.Key: tag.Value,
				"s3:RequestObjectTagKeys": tag.Key, "s3:RequestObjectTag/" + tag.Key: tag.Value}
			out = append(out, t.with(func(t *target) { t.tag, t.given = tag, given }))
		}
		if all := s.tagsTogether(p); len(all) > 1 {
			given := map[string]string{}
			for _, tag := range all {
				given["aws:RequestTag/"+tag.Key], given["s3:RequestObjectTag/"+tag.Key] = tag.Value, tag.Value
			}
			out = append(out, t.with(func(t *target) { t.tag, t.more, t.given = all[0], all[1:], given }))
		}
	}
	return out
}

// tagsTogether are the tags that the actor's policies ask of what they allow something on,
// one of each key.
func (s *search) tagsTogether(p *actor) []policy.Tag {
	var out []policy.Tag
	for _, tag := range s.askedOfResources(p) {
		if !slices.ContainsFunc(out, func(t policy.Tag) bool { return strings.EqualFold(t.Key, tag.Key) }) {
			out = append(out, tag)
		}
	}
	return out
}

// untaggedResources are what the question asks about, with each tag that it may be better
// without.
func (s *search) untaggedResources(p *actor, e *Entry) []*target {
	if strings.ContainsAny(s.o.Resource, "*?") {
		return nil // see taggedResources
	}
	var out []*target
	for _, t := range s.resourcesOf(p, e) {
		for _, key := range unwanted(s.wantedOfResources(p)) {
			out = append(out, t.with(func(t *target) { t.tag, t.given = policy.Tag{Key: key}, map[string]string{"aws:TagKeys": key} }))
		}
	}
	return out
}

// untaggedObjects are objects in a bucket, of which one call takes all tags.
func (s *search) untaggedObjects(p *actor, e *Entry) []*target {
	if len(unwanted(s.wantedOfResources(p))) == 0 {
		return nil
	}
	return slices.DeleteFunc(s.resourcesOf(p, e), func(t *target) bool { return t.inside == t.resource || strings.ContainsAny(s.o.Resource, "*?") })
}

// taggedObjects are the same of objects in a bucket.
func (s *search) taggedObjects(p *actor, e *Entry) []*target {
	return slices.DeleteFunc(s.taggedResources(p, e), func(t *target) bool { return t.inside == t.resource })
}

// withResourceTag is the change where the resource has the tag, by whatever key it is asked.
func (a *attempt) withResourceTag() gained {
	resource, label, known := a.t.resource, "resource tag", policy.MapContext(nil)
	for _, tag := range append([]policy.Tag{a.t.tag}, a.t.more...) {
		label += " " + tag.Key + "=" + tag.Value
		known = settled(known, tagOn(resource, tag))
	}
	return a.changed(change{label: label, node: func(s *graph.Supposition) {
		s.Resource, s.Known = resource, settled(s.Known, known)
	}})
}

// withoutResourceTag is the change where the resource lacks the tag.
func (a *attempt) withoutResourceTag() gained {
	resource, label, known := a.t.resource, "no resource tag "+a.t.tag.Key, tagKeysOn(a.t.resource, a.t.tag.Key, policy.NotThere())
	if a.t.tag.Key == "" {
		for _, t := range a.s.wantedOfResources(a.by) {
			known = settled(known, tagKeysOn(resource, t.Key, policy.NotThere()))
		}
	}
	return a.changed(change{label: label, node: func(s *graph.Supposition) {
		s.Resource, s.Known = resource, settled(s.Known, known)
	}})
}

// tagOn is a tag of a resource, by the keys that ask for it.
func tagOn(resource string, tag policy.Tag) policy.MapContext {
	return tagKeysOn(resource, tag.Key, policy.Is(tag.Value))
}

// tagKeysOn is what the keys hold that ask for a tag of a resource.
func tagKeysOn(resource, tag string, value policy.Value) policy.MapContext {
	arn, _ := policy.ParseARN(resource)
	key := strings.ToLower(tag)
	return policy.MapContext{"aws:resourcetag/" + key: value, arn.Service + ":resourcetag/" + key: value, "ssm:resourcetag/" + key: value, "s3:existingobjecttag/" + key: value}
}

// carrierTags are the actions that give tags to compute, by its kind.
var carrierTags = map[string]string{"ec2:instance": "ec2:CreateTags", "lambda:function": "lambda:TagResource", "sagemaker:notebook-instance": "sagemaker:AddTags", "states:state-machine": "states:TagResource"}

// taggedCarrier are the attempt where the compute that has the role gets a tag first that
// the actor's policies ask of what they allow something on (ESC-29).
func (a *attempt) taggedCarrier() []*attempt {
	if a.t.compute == nil {
		return nil
	}
	action := carrierTags[a.t.compute.Kind]
	if action == "" || !a.s.offers(a.by, action) {
		return nil
	}
	var out []*attempt
	for _, tag := range a.s.askedOfResources(a.by) {
		if b, ok := a.tagging(tag, action, a.t.compute.ARN); ok {
			out = append(out, b)
		}
	}
	return out
}
