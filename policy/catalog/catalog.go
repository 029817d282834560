// Package catalog knows which services, actions, resource types and condition
// keys AWS documents, from embedded data of the day DataDate.
//
// The catalogue only ever adds precision (ACTM-06): a service, action, type or
// key that it lacks is unknown, never an error and never a reason to deny,
// since AWS adds some every week. Functions therefore return ok or certain
// beside their answer. What is left out: descriptions, dependent actions, and
// actions and types that AWS does not document.
//
// Names compare without regard to case (ACTM-01) and are returned as AWS
// spells them. Results are shared: callers must not change the slices. The
// data costs nothing until the first call (a few milliseconds to unpack, then
// one service at a time), and all functions may be called concurrently.
package catalog

//go:generate go run accesspath/internal/gen/catalog -version 0.21.202609261 -sha256 b2fbd66780732f8cfa846c4b90b59e4ec66337111a21bd7de6abc83c65c05b6a

import (
	"cmp"
	"slices"
	"strings"
)

// ActionInfo describes one action.
type ActionInfo struct {
	Service       string // prefix, such as "s3"
	Name          string // such as "GetObject"
	Access        string // "List", "Read", "Write", "Tagging, Write" or "Permissions management, Write"
	ResourceTypes []ResourceUse
	ConditionKeys []string // of the action itself, whatever the resource
	WildcardOnly  bool     // no resource types: asked on "*" (ACTM-07)
}

// String is "service:Name".
func (a ActionInfo) String() string { return a.Service + ":" + a.Name }

// Takes reports whether the action takes part with a resource of one of some types.
func (a ActionInfo) Takes(types ...string) bool {
	return slices.ContainsFunc(a.ResourceTypes, func(use ResourceUse) bool { return slices.Contains(types, use.Type) })
}

// ResourceUse is a resource type that an action takes part with.
type ResourceUse struct {
	Type          string   // name within the service
	Required      bool     // authorized on every request (ACTM-08)
	ConditionKeys []string // that exist for the action with this type
}

// ResourceTypeInfo describes one resource type.
type ResourceTypeInfo struct {
	Service       string
	Name          string
	ARNs          []string // templates such as "arn:${Partition}:s3:::${BucketName}"
	ConditionKeys []string
}

// Services lists the service prefixes in order.
func Services() []string { return load().prefixes }

// ServiceName returns AWS's name of the service with that prefix, such as
// "Amazon S3".
func ServiceName(prefix string) (string, bool) {
	s := load().service(prefix)
	if s == nil {
		return "", false
	}
	return s.name, true
}

// Action returns what is known of an action, by service prefix and name.
func Action(service, name string) (ActionInfo, bool) {
	s := load().service(service)
	if s == nil {
		return ActionInfo{}, false
	}
	actions := s.parsed().actions
	i, ok := slices.BinarySearchFunc(actions, name, func(a ActionInfo, name string) int { return compareFold(a.Name, name) })
	if !ok {
		return ActionInfo{}, false
	}
	return actions[i], true
}

// RCPSupported reports whether resource control policies act on the service as
// of DataDate (ORG-11).
func RCPSupported(servicePrefix string) bool {
	_, ok := slices.BinarySearchFunc(load().rcp, servicePrefix, compareFold)
	return ok
}

// compareFold orders as strings.ToLower would, without its allocations. AWS
// names are ASCII; for others only equality with itself matters.
func compareFold(a, b string) int {
	for i := range min(len(a), len(b)) {
		if x, y := lower(a[i]), lower(b[i]); x != y {
			return cmp.Compare(x, y)
		}
	}
	return cmp.Compare(len(a), len(b))
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		c += 'a' - 'A'
	}
	return c
}

// ResourceType returns what is known of a resource type, by service prefix and
// name.
func ResourceType(service, name string) (ResourceTypeInfo, bool) {
	s := load().service(service)
	if s == nil {
		return ResourceTypeInfo{}, false
	}
	for _, t := range s.parsed().types {
		if strings.EqualFold(t.Name, name) {
			return t, true
		}
	}
	return ResourceTypeInfo{}, false
}
