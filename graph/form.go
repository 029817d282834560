package graph

import (
	"strings"

	"accesspath/policy"
	"accesspath/policy/catalog"
)

// questionForms spells out what "*" stands for as a resource: ARNs of the types
// that the action works on, in the principal's own account and in any, but for IAM,
// which nobody calls in another account (RPOL-22). Other patterns stand for
// themselves, and for the own account where they leave it open.
func questionForms(n *Node, action, pattern string) []string {
	if pattern != "*" {
		if head, ok := strings.CutSuffix(pattern, "*"); ok && worksOn(action) == "object" && ofBuckets(pattern) && !strings.Contains(pattern, "/") {
			return []string{head + "*/?*"} // no bucket is an object
		}
		if a, ok := policy.ParseARN(pattern); ok && strings.ContainsAny(a.Account, "*?") && policy.CompilePattern(a.Account).Match(n.Account) {
			a.Account = n.Account
			return []string{a.String(), pattern}
		}
		return []string{pattern}
	}
	service, name, _ := strings.Cut(action, ":")
	info, ok := catalog.Action(service, name)
	if !ok || len(info.ResourceTypes) == 0 {
		return []string{pattern}
	}
	var out []string
	for _, use := range info.ResourceTypes {
		t, ok := catalog.ResourceType(info.Service, use.Type)
		if !ok {
			continue
		}
		for _, template := range t.ARNs {
			if strings.Contains(template, ":accesspoint") && len(info.ResourceTypes) > 1 {
				continue // another way to the same objects, with a policy of its own (RPOL-07)
			}
			own := FillTemplate(template, n)
			out = append(out, own)
			if service != "iam" && strings.Contains(own, ":"+n.Account+":") {
				out = append(out, strings.Replace(own, ":"+n.Account+":", ":????????????:", 1))
			}
		}
	}
	if len(out) == 0 {
		return []string{pattern}
	}
	return out
}

// FillTemplate turns the placeholders of partition and account, whatever they are called,
// into the principal's own and every other one into "*".
func FillTemplate(template string, n *Node) string {
	return catalog.FillTemplate(template, func(name string, part int) string {
		switch {
		case part == catalog.PartPartition:
			return partitionOf(n.ID)
		case part == catalog.PartAccount, strings.EqualFold(name, "account"):
			return n.Account
		}
		return "?*" // at least one character: no name is empty
	})
}

// worksOn is the one of "bucket" and "object" that an action of S3 works on, "other" if
// it works on neither, and "" of actions of other services, and of those that work on
// nothing or are not known.
func worksOn(action string) string {
	service, name, _ := strings.Cut(action, ":")
	if !strings.EqualFold(service, "s3") {
		return ""
	}
	info, ok := catalog.Action(service, name)
	if !ok || len(info.ResourceTypes) == 0 {
		return ""
	}
	for _, use := range info.ResourceTypes {
		if use.Type == "bucket" || use.Type == "object" {
			return use.Type
		}
	}
	return "other"
}

// ofBuckets reports whether the ARN or pattern is one of buckets or their objects.
func ofBuckets(resource string) bool {
	a, ok := policy.ParseARN(resource)
	return ok && a.Service == "s3" && a.Account == ""
}

// FitsBuckets reports whether an action can work on what a pattern of buckets or
// objects matches; true of all other actions and patterns. Actions on buckets work on
// none of their objects (ARNM-15, QRY-18).
func FitsBuckets(action, pattern string) bool {
	if !ofBuckets(pattern) {
		return true
	}
	switch worksOn(action) {
	case "bucket":
		return !strings.Contains(pattern, "/")
	case "other":
		return false
	}
	return true
}

// objects match all objects of buckets.
var objects = []policy.Pattern{policy.CompilePattern("arn:*:s3:::*/*")}

// never are patterns of resources that an action does not work on, although some
// pattern of what it works on matches them.
func never(action string) []policy.Pattern {
	if worksOn(action) == "bucket" {
		return objects
	}
	return nil
}
