package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"accesspath/internal/gen/npm"
)

// catalogue is what is kept of the package: everything but descriptions.
type catalogue struct {
	date     string
	rcp      []string
	keys     []key // sorted by lower-case name
	services []service
}

type key struct {
	name, kind string
	global     bool // exists for every action
}

type service struct {
	prefix, name string
	types        []resourceType // sorted by name
	actions      []action       // sorted by lower-case name
}

type resourceType struct {
	name string
	arns []string
	keys []string
}

type action struct {
	name, access string
	uses         []use
	keys         []string
}

type use struct {
	name     string
	required bool
	keys     []string
}

// The package's own JSON.
type (
	jsonAction struct {
		Name          string    `json:"name"`
		AccessLevel   string    `json:"accessLevel"`
		ResourceTypes []jsonUse `json:"resourceTypes"`
		ConditionKeys []string  `json:"conditionKeys"`
	}
	jsonUse struct {
		Name          string   `json:"name"`
		Required      bool     `json:"required"`
		ConditionKeys []string `json:"conditionKeys"`
	}
	jsonType struct {
		Key           string   `json:"key"`
		ARN           string   `json:"arn"`
		ConditionKeys []string `json:"conditionKeys"`
	}
	jsonKey struct {
		Key  string `json:"key"`
		Type string `json:"type"`
	}
)

func read(files npm.Files, name string, into any) error {
	raw, ok := files[name]
	if !ok {
		return fmt.Errorf("%s is missing", name)
	}
	// Two services write the placeholder of a tag key in angle brackets.
	raw = bytes.ReplaceAll(raw, []byte("/<key>"), []byte("/${TagKey}"))
	if err := json.Unmarshal(raw, into); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

func collect(files npm.Files) (*catalogue, error) {
	var about struct {
		UpdatedAt string `json:"updatedAt"`
	}
	var prefixes []string
	names := map[string]string{}
	c := &catalogue{}
	err := errors.Join(
		read(files, "package.json", &about),
		read(files, "data/services.json", &prefixes),
		read(files, "data/serviceNames.json", &names),
		read(files, "data/rcpSupportedServices.json", &c.rcp),
	)
	if err != nil {
		return nil, err
	}
	c.date, _, _ = strings.Cut(about.UpdatedAt, "T")
	slices.Sort(c.rcp)
	slices.Sort(prefixes)
	found := map[string]key{}
	if err := globalKeys(files, found); err != nil {
		return nil, err
	}
	for _, prefix := range prefixes {
		s, err := collectService(files, prefix, found)
		if err != nil {
			return nil, err
		}
		s.name = names[prefix]
		c.services = append(c.services, s)
	}
	for _, k := range found {
		c.keys = append(c.keys, k)
	}
	slices.SortFunc(c.keys, func(a, b key) int { return cmp.Compare(strings.ToLower(a.name), strings.ToLower(b.name)) })
	return c, nil
}

var globalKey = regexp.MustCompile(`key: '([^']+)',\s*category: '[a-z]+',\s*type: '([A-Za-z]+)'`)

// globalKeys reads the keys that exist for every action from the JavaScript
// literal that lists them; there is no JSON of it.
func globalKeys(files npm.Files, found map[string]key) error {
	const name = "dist/esm/globalConditionKeys.js"
	matches := globalKey.FindAllSubmatch(files[name], -1)
	if len(matches) < 40 {
		return fmt.Errorf("%s: found %d keys, want at least 40: has its form changed?", name, len(matches))
	}
	for _, m := range matches {
		k := key{name: strings.Replace(string(m[1]), "/tag-key", "/${TagKey}", 1), kind: string(m[2]), global: true}
		found[strings.ToLower(k.name)] = k
	}
	return nil
}

func collectService(files npm.Files, prefix string, found map[string]key) (service, error) {
	var actions map[string]jsonAction
	var types map[string]jsonType
	var keys map[string]jsonKey
	err := errors.Join(
		read(files, "data/actions/"+prefix+".json", &actions),
		read(files, "data/resourceTypes/"+prefix+".json", &types),
		read(files, "data/conditionKeys/"+prefix+".json", &keys),
	)
	if err != nil {
		return service{}, err
	}
	for _, k := range keys {
		if err := addKey(found, k); err != nil {
			return service{}, fmt.Errorf("service %s: %w", prefix, err)
		}
	}
	s := service{prefix: prefix}
	spelling := map[string]string{}
	for _, t := range types {
		if err := listed(found, t.ConditionKeys); err != nil {
			return service{}, fmt.Errorf("service %s: resource type %s: %w", prefix, t.Key, err)
		}
		spelling[strings.ToLower(t.Key)] = t.Key
		s.types = append(s.types, resourceType{name: t.Key, arns: splitARNs(t.ARN), keys: t.ConditionKeys})
	}
	for _, a := range actions {
		out := action{name: a.Name, access: a.AccessLevel, keys: a.ConditionKeys}
		if err := listed(found, a.ConditionKeys); err != nil {
			return service{}, fmt.Errorf("service %s: action %s: %w", prefix, a.Name, err)
		}
		for _, u := range a.ResourceTypes {
			if err := listed(found, u.ConditionKeys); err != nil {
				return service{}, fmt.Errorf("service %s: action %s: %w", prefix, a.Name, err)
			}
			name, ok := spelling[strings.ToLower(u.Name)]
			if !ok {
				return service{}, fmt.Errorf("service %s: action %s uses the resource type %q, which is not listed", prefix, a.Name, u.Name)
			}
			out.uses = append(out.uses, use{name: name, required: u.Required, keys: u.ConditionKeys})
		}
		s.actions = append(s.actions, out)
	}
	slices.SortFunc(s.types, func(a, b resourceType) int { return cmp.Compare(a.name, b.name) })
	slices.SortFunc(s.actions, func(a, b action) int {
		return cmp.Compare(strings.ToLower(a.name), strings.ToLower(b.name))
	})
	return s, nil
}

// listed makes sure that every key that is referred to has a type.
func listed(found map[string]key, keys []string) error {
	for _, k := range keys {
		if _, ok := found[strings.ToLower(k)]; !ok {
			return fmt.Errorf("condition key %s has no type", k)
		}
	}
	return nil
}

// addKey merges what several services say of one key. The list of global keys
// wins; otherwise two types for one key would make its operators depend on the
// order of reading, so a multivalued one wins and the scalar is its element.
func addKey(found map[string]key, k jsonKey) error {
	id := strings.ToLower(k.Key)
	old, ok := found[id]
	switch {
	case !ok:
		found[id] = key{name: k.Key, kind: k.Type}
	case old.global || old.kind == k.Type:
	case old.kind == "ArrayOf"+k.Type:
	case k.Type == "ArrayOf"+old.kind:
		found[id] = key{name: old.name, kind: k.Type}
	default:
		return fmt.Errorf("condition key %s is %s here and %s elsewhere", k.Key, k.Type, old.kind)
	}
	return nil
}

// splitARNs separates the forms of a type that has several.
func splitARNs(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ' ' })
}
