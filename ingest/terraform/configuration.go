package terraform

import (
	"strings"

	"accesspath/ingest/internal/scan"
)

// A configModule is a module of the configuration: one for all its instances.
type configModule struct {
	resources map[string]*configResource // by local address
	calls     map[string]configCall
	outputs   map[string]scan.Value // expressions
}

type configResource struct {
	key         string // of the provider's configuration
	expressions scan.Value
}

type configCall struct {
	expressions scan.Value
	module      *configModule
}

func (d *decoder) readConfiguration(e Element) {
	d.providers = e.Value.Get("provider_config")
	if root := e.Value.Get("root_module"); root.Kind() == '{' {
		d.config = configModuleOf(root, 0)
	}
}

func configModuleOf(v scan.Value, depth int) *configModule {
	m := &configModule{resources: map[string]*configResource{}, calls: map[string]configCall{}, outputs: map[string]scan.Value{}}
	for _, r := range v.Get("resources").Elements() {
		m.resources[r.Get("address").Text()] = &configResource{key: r.Get("provider_config_key").Text(), expressions: r.Get("expressions")}
	}
	for name, o := range v.Get("outputs").Members() {
		m.outputs[string(name)] = o.Get("expression")
	}
	if depth == maxModules {
		return m
	}
	for name, c := range v.Get("module_calls").Members() {
		m.calls[string(name)] = configCall{expressions: c.Get("expressions"), module: configModuleOf(c.Get("module"), depth+1)}
	}
	return m
}

// configOf finds the configuration of a module instance, or nil.
func (d *decoder) configOf(module string) *configModule {
	m := d.config
	for _, name := range moduleNames(module) {
		if m == nil {
			return nil
		}
		m = m.calls[name].module
	}
	return m
}

// moduleNames lists the names of an instance's address without their indexes:
// `module.a["x"].module.b` is a and b. An index may hold any character.
func moduleNames(address string) []string {
	var out []string
	for address != "" {
		rest, ok := strings.CutPrefix(address, "module.")
		if !ok {
			return out
		}
		i := strings.IndexAny(rest, ".[")
		if i < 0 {
			return append(out, rest)
		}
		out = append(out, rest[:i])
		rest = rest[i:]
		rest = rest[indexLength(rest):]
		address = strings.TrimPrefix(rest, ".")
	}
	return out
}

// indexLength is the length of an index at the beginning of text, brackets
// included; 0 if there is none.
func indexLength(text string) int {
	if !strings.HasPrefix(text, "[") {
		return 0
	}
	quoted := false
	for i := 1; i < len(text); i++ {
		switch {
		case text[i] == '\\' && quoted:
			i++
		case text[i] == '"':
			quoted = !quoted
		case text[i] == ']' && !quoted:
			return i + 1
		}
	}
	return len(text)
}

// splitModule splits the last module instance off: parent, name and index.
func splitModule(address string) (parent, name, index string) {
	rest, at := address, 0
	for {
		body := strings.TrimPrefix(rest[at:], "module.")
		start := len(rest) - len(body)
		i := strings.IndexAny(body, ".[")
		if i < 0 {
			return strings.TrimSuffix(rest[:at], "."), body, ""
		}
		n := i + indexLength(body[i:])
		if start+n >= len(rest) {
			return strings.TrimSuffix(rest[:at], "."), body[:i], body[i:n]
		}
		at = start + n + 1
	}
}
