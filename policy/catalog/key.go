package catalog

import (
	"slices"
	"sort"
	"strings"
)

// ConditionKeyType returns the type of a condition key: "String", "ARN",
// "Bool", "Numeric", "Date", "IPAddress", or "ArrayOf" one of them for
// multivalued keys. A key such as aws:ResourceTag/team is found by its
// template aws:ResourceTag/${TagKey}.
func ConditionKeyType(key string) (typ string, ok bool) {
	k := load().key(key)
	if k == nil {
		return "", false
	}
	return k.kind, true
}

// KnownKey reports whether requests for an action can carry a condition key
// (COND-21). defined is true if the action, or a resource type that it works
// on, lists the key, or if the key is global. certain tells whether defined
// can be relied on. It is false for an action that the catalogue lacks, and
// for a key that it lacks and whose prefix is neither that of a service nor
// of a known key: a new aws: key (CKEY-61) or any OIDC provider's (CKEY-63).
func KnownKey(service, action, key string) (defined, certain bool) {
	c := load()
	k := c.key(key)
	if k != nil && k.global {
		return true, true
	}
	a, ok := Action(service, action)
	if !ok {
		return false, false
	}
	if k == nil {
		prefix, _, _ := strings.Cut(key, ":")
		return false, c.service(prefix) != nil && strings.Contains(key, ":")
	}
	return a.lists(k.name), true
}

// lists reports whether the action, alone or with one of its resource types,
// names the key.
func (a ActionInfo) lists(key string) bool {
	if containsFold(a.ConditionKeys, key) {
		return true
	}
	for _, u := range a.ResourceTypes {
		if containsFold(u.ConditionKeys, key) {
			return true
		}
		if t, ok := ResourceType(a.Service, u.Type); ok && containsFold(t.ConditionKeys, key) {
			return true
		}
	}
	return false
}

func containsFold(keys []string, key string) bool {
	return slices.ContainsFunc(keys, func(k string) bool { return strings.EqualFold(k, key) })
}

// key finds a condition key by name, or by the template that it fits. Literal
// names come first.
func (c *catalogue) key(name string) *conditionKey {
	i, ok := sort.Find(len(c.keys), func(i int) int { return compareFold(name, c.keys[i].name) })
	if ok {
		return &c.keys[i]
	}
	for _, t := range c.templates {
		if matchFold(t.pattern, name) {
			return &c.keys[t.key]
		}
	}
	return nil
}
