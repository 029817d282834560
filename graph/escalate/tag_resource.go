package escalate

import (
	"slices"
	"strings"

	"accesspath/graph"
	"accesspath/policy"
)

// ESC-29 for resources: a tag that the actor's policies ask of what the question is about,
// and that the actor may give it. Of several that are asked for together, each is tried by
// itself.

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
	}
	return out
}

// taggedObjects are the same of objects in a bucket.
func (s *search) taggedObjects(p *actor, e *Entry) []*target {
	return slices.DeleteFunc(s.taggedResources(p, e), func(t *target) bool { return t.inside == t.resource })
}

// withResourceTag is the change where the resource has the tag, by whatever key it is asked.
func (a *attempt) withResourceTag() gained {
	tag, resource := a.t.tag, a.t.resource
	return a.changed(change{label: "resource tag " + tag.Key + "=" + tag.Value, node: func(s *graph.Supposition) {
		s.Resource, s.Known = resource, settled(s.Known, tagOn(resource, tag))
	}})
}

// tagOn is a tag of a resource, by the keys that ask for it.
func tagOn(resource string, tag policy.Tag) policy.MapContext {
	arn, _ := policy.ParseARN(resource)
	key, value := strings.ToLower(tag.Key), policy.Is(tag.Value)
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
