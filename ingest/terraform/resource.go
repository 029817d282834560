package terraform

import (
	"slices"
	"strings"

	"accesspath/iam"
	"accesspath/ingest/internal/scan"
)

// A resource is one instance of a resource or data source.
type resource struct {
	address string // with module and index, as Terraform writes it
	module  string // address of the module instance; "" for the root
	typ     string
	name    string
	index   string // `[0]`, `["key"]` or ""
	data    bool
	key     string // of the provider: as the configuration names it, else its name

	values  Element
	unknown scan.Value // after_unknown of a plan; absent if all is known
	before  Element    // of a plan: what it was, if it was
	actions []string   // of a plan; empty: nothing changes
	gone    bool       // deleted and not made again
	config  *configResource
	home    homeState
}

func (r *resource) origin() iam.Origin { return r.values.origin() }

func (r *resource) does(action string) bool { return slices.Contains(r.actions, action) }

// changed reports whether the plan takes the old values away.
func (r *resource) changed() bool { return r.does("update") || r.does("delete") }

// readModule reads a module of values, and the modules inside it. A tree of
// JSON is finite even where its addresses go round in circles.
func (d *decoder) readModule(m Element, parent string, above []string) {
	address := m.Value.Get("address").Text()
	switch {
	case len(above) > maxModules:
		d.fail(m.origin(), "module-depth", address, "more than 64 modules inside each other; what is deeper is not read")
		return
	case len(above) > 0 && (slices.Contains(above, address) || !strings.HasPrefix(address, within(parent, "module."))):
		d.fail(m.origin(), "module-cycle", address, "a module that is not below the one it stands in: the modules go round in a circle; its resources are read once")
	}
	list := m.sub("resources")
	for i, v := range list.Value.Elements() {
		d.addResource(Element{v, scan.Index(list.Pointer, i)}, address)
	}
	kids := m.sub("child_modules")
	for i, v := range kids.Value.Elements() {
		d.readModule(Element{v, scan.Index(kids.Pointer, i)}, address, append(above, address))
	}
}

const maxModules = 64

// within joins a module and what is inside it.
func within(module, rest string) string {
	if module == "" {
		return rest
	}
	return module + "." + rest
}

// addResource reads one resource of a list of values.
func (d *decoder) addResource(e Element, module string) {
	v := e.Value
	r := &resource{
		address: v.Get("address").Text(), module: module, typ: v.Get("type").Text(), name: v.Get("name").Text(), index: indexText(v.Get("index")),
		data: v.Get("mode").Text() == "data", key: providerName(v.Get("provider_name").Text()), values: e.sub("values"),
	}
	if r.address == "" {
		r.address = within(module, r.local()+r.index)
	}
	if deposed := v.Get("deposed_key").Text(); deposed != "" {
		d.Note(e.origin(), "terraform-deposed", r.address, "a deposed object that Terraform has yet to delete; it is not used")
		return
	}
	d.keep(r)
}

// keep adds a resource unless its address is taken.
func (d *decoder) keep(r *resource) {
	if r.values.Value.Kind() != '{' {
		d.fail(r.origin(), "invalid-entity", r.address, "a resource without values; it is not used")
		return
	}
	if d.byAddress[r.address] != nil {
		d.fail(r.origin(), "duplicate-address", r.address, "the address stands here twice; the first is used")
		return
	}
	d.byAddress[r.address] = r
	d.list = append(d.list, r)
}

// local is the address inside the module, without index.
func (r *resource) local() string {
	if r.data {
		return "data." + r.typ + "." + r.name
	}
	return r.typ + "." + r.name
}

func indexText(v scan.Value) string {
	switch v.Kind() {
	case '"':
		return "[" + string(v.Raw()) + "]"
	case '0':
		return "[" + v.Text() + "]"
	}
	return ""
}

// providerName shortens the spellings of providers: `provider["…/aws"].alias`
// of raw states, "provider.aws" of old ones, "…/aws" of outputs.
func providerName(text string) string {
	return strings.NewReplacer(`provider["`, "", `"]`, "").Replace(text)
}

// readRaw reads the resources of a raw state of version 4.
func (d *decoder) readRaw(list []Element) {
	for _, e := range list {
		v := e.Value
		instances := e.sub("instances")
		for i, inst := range instances.Value.Elements() {
			at := Element{inst, scan.Index(instances.Pointer, i)}
			r := &resource{
				module: v.Get("module").Text(), typ: v.Get("type").Text(), name: v.Get("name").Text(), index: indexText(inst.Get("index_key")),
				data: v.Get("mode").Text() == "data", key: providerName(v.Get("provider").Text()), values: at.sub("attributes"),
			}
			r.address = within(r.module, r.local()+r.index)
			if inst.Get("deposed").Text() != "" {
				d.Note(at.origin(), "terraform-deposed", r.address, "a deposed object that Terraform has yet to delete; it is not used")
				continue
			}
			d.keep(r)
		}
	}
}

// readPlan reads planned values, what changes, data sources that were read
// before, and the configuration.
func (d *decoder) readPlan(members map[string]Element) {
	d.readConfiguration(members["configuration"])
	d.variables = members["variables"].Value
	d.Part.Taken(timeOf(members["timestamp"].Value))
	d.readModule(members["planned_values"].sub("root_module"), "", nil)
	d.readChanges(members["resource_changes"])
	if prior := members["prior_state"]; !prior.Value.Absent() {
		d.readPrior(prior.sub("values").sub("root_module"), 0)
	}
}

// readPrior takes from the state before the plan what data sources said, and
// nothing else: everything else is in the planned values.
func (d *decoder) readPrior(m Element, depth int) {
	if depth > maxModules {
		return
	}
	list := m.sub("resources")
	for i, v := range list.Value.Elements() {
		if v.Get("mode").Text() == "data" && d.byAddress[v.Get("address").Text()] == nil {
			d.addResource(Element{v, scan.Index(list.Pointer, i)}, m.Value.Get("address").Text())
		}
	}
	kids := m.sub("child_modules")
	for i, v := range kids.Value.Elements() {
		d.readPrior(Element{v, scan.Index(kids.Pointer, i)}, depth+1)
	}
}

// readChanges ties changes to planned values. What is deleted has none, and a
// shortened plan may lack them.
func (d *decoder) readChanges(list Element) {
	for i, v := range list.Value.Elements() {
		at := Element{v, scan.Index(list.Pointer, i)}
		change := at.sub("change")
		r := d.byAddress[v.Get("address").Text()]
		if v.Get("deposed").Text() != "" {
			continue // an old object of a resource that is listed on its own
		}
		var actions []string
		for _, a := range change.Value.Get("actions").Elements() {
			actions = append(actions, a.Text())
		}
		if r == nil {
			r = d.onlyChanged(at, change, actions)
		}
		if r == nil {
			continue
		}
		r.actions, r.before, r.unknown = actions, change.sub("before"), change.Value.Get("after_unknown")
		if r.does("delete") && !r.does("create") {
			r.gone, r.unknown = true, scan.Value{}
		}
	}
}

// onlyChanged makes a resource of a change without planned values. What is
// forgotten stays as it is.
func (d *decoder) onlyChanged(at, change Element, actions []string) *resource {
	v := at.Value
	r := &resource{
		address: v.Get("address").Text(), module: v.Get("module_address").Text(), typ: v.Get("type").Text(), name: v.Get("name").Text(),
		index: indexText(v.Get("index")), data: v.Get("mode").Text() == "data", key: providerName(v.Get("provider_name").Text()), values: change.sub("after"),
	}
	if r.values.Value.Kind() != '{' {
		r.values = change.sub("before")
	}
	if r.values.Value.Kind() != '{' {
		return nil
	}
	if slices.Contains(actions, "delete") && !slices.Contains(actions, "create") {
		d.list = append(d.list, r) // no reference can lead to it
		return r
	}
	d.keep(r)
	return r
}
