// Package terraform reads what `terraform show -json` prints of a plan or a
// state, and raw states of version 4, into the facts of one file.
//
// A resource of Terraform is one of three things here: something that exists by
// itself (a role, a bucket), which becomes an entity of the inventory; something
// that is given to a carrier (an inline policy, an attachment, a membership),
// which becomes a part.Edit; or a policy of a resource that another block
// declares. A part of a state is laid over exports, a part of a plan over both;
// what a plan deletes is removed from lower layers.
//
// Values that Terraform knows only after apply are unknown and listed, never
// guessed. Two things are no guess: the ARN of something whose account, path and
// name are known, and an attribute that takes one whole name or ARN
// (policy_arn, role, permissions_boundary …) whose expression refers to exactly
// one attribute of one resource. The configuration in a plan shows references
// and no functions, so a policy text is never put together from references.
//
// The account is that of the ARNs, the caller identity and the configuration of
// the same provider; else the one named beside (AccountId); else the only one
// of the other inputs (IN-28).
//
// Limits: locals are not in the JSON of a plan, so references through them stay
// unknown. States of version 3 and older, saved binary plans and the log of
// `terraform plan -json` are reported with the command to run instead.
package terraform

import (
	"fmt"
	"strings"

	"accesspath/iam"
	"accesspath/ingest/internal/declared"
	"accesspath/ingest/internal/part"
	"accesspath/ingest/internal/scan"
)

// An Element is a JSON value and its pointer.
type Element struct {
	Value   scan.Value
	Pointer string
}

// An Object is a JSON object that may be a plan or a state.
type Object struct {
	File    *scan.File
	Part    *part.Part
	Place   iam.Origin
	Account string // that stands beside or around it; "" if none

	members   map[string]Element
	resources []Element // of a raw state
}

// signs are members that only Terraform writes; company are those that are
// Terraform's only beside a sign.
var (
	signs = set("format_version", "terraform_version", "planned_values", "resource_changes", "resource_drift", "prior_state",
		"proposed_unknown", "output_changes", "relevant_attributes", "lineage", "@module")
	company = set("values", "outputs", "variables", "version", "serial", "check_results", "checks", "timestamp", "errored", "applyable",
		"complete", "configuration", "modules", "deferred_changes", "action_invocations", "deferred_action_invocations", "provider_functions",
		"@level", "@message", "@timestamp")
)

func set(names ...string) map[string]bool {
	out := map[string]bool{}
	for _, n := range names {
		out[n] = true
	}
	return out
}

// Takes reports whether a member is Terraform's.
func (o *Object) Takes(name string) bool {
	return signs[name] || company[name] && len(o.members) > 0
}

// IsConfiguration reports whether a value is the configuration of a plan, which
// may stand before every sign.
func IsConfiguration(v scan.Value) bool { return !v.Get("root_module").Absent() }

// IsResource reports whether an element of a list named "resources" is one of a
// raw state.
func IsResource(v scan.Value) bool {
	return v.Get("instances").Kind() == '[' && v.Get("type").Kind() == '"' && v.Get("mode").Kind() == '"'
}

// Keep holds a member that Takes or IsConfiguration said yes to.
func (o *Object) Keep(name string, v scan.Value, pointer string) {
	if o.members == nil {
		o.members = map[string]Element{}
	}
	o.members[name] = Element{v.Keep(), pointer}
}

// Resource holds an element of the resources of a raw state.
func (o *Object) Resource(v scan.Value, pointer string) {
	o.resources = append(o.resources, Element{v.Keep(), pointer})
}

const hintShow = "give the output of: terraform show -json"

// Decode reads the object once it is complete, and reports whether it was
// Terraform's.
func (o *Object) Decode() bool {
	if len(o.members) == 0 && len(o.resources) == 0 {
		return false
	}
	if m := o.members["@module"]; !m.Value.Absent() {
		return o.log(m)
	}
	if v := o.text("format_version"); v != "" && !strings.HasPrefix(v, "0.") && !strings.HasPrefix(v, "1.") {
		o.fail("terraform-version", fmt.Sprintf("its format_version is %q; 0.x and 1.x can be read", scan.Clip(v)), "use a version of accesspath that reads it")
		return true
	}
	d := &decoder{Sheet: declared.Sheet{File: o.File, Part: o.Part}, place: o.Place, account: o.Account, byAddress: map[string]*resource{}}
	switch {
	case o.has("planned_values") || o.has("resource_changes"):
		d.plan, d.Hint = true, "apply the plan and give the state, or write the value into the configuration"
		d.readPlan(o.members)
	case o.has("values"):
		d.readModule(o.members["values"].sub("root_module"), "", nil)
	case o.has("modules"):
		o.fail("terraform-version", "a state of version 3 or older, as Terraform before 0.12 wrote it", hintShow)
		return true
	case len(o.resources) > 0 || o.has("lineage"):
		d.readRaw(o.resources)
	case o.has("format_version") && o.has("terraform_version"):
		o.Part.Took("terraform")
		o.File.Report(iam.Diagnostic{Severity: iam.Warning, Code: "terraform-empty", Origin: o.Place, Message: "an empty state: it has no values", Hint: "run terraform show -json in the directory of the configuration"})
		return true
	default:
		return false
	}
	d.finish()
	return true
}

// log: terraform plan -json prints what happens, not what will be.
func (o *Object) log(m Element) bool {
	if !strings.HasPrefix(m.Value.Text(), "terraform.") && !strings.HasPrefix(m.Value.Text(), "tofu.") {
		return false
	}
	o.Part.Took("terraform")
	if !o.File.Reported() {
		o.fail("terraform-log", "the log of terraform plan -json, which does not hold the plan", "save the plan and show it: terraform plan -out plan && terraform show -json plan")
	}
	return true
}

func (o *Object) fail(code, message, hint string) {
	o.File.Report(iam.Diagnostic{Severity: iam.Error, Code: code, Origin: o.Place, Message: message, Hint: hint})
}

func (o *Object) has(name string) bool { return !o.members[name].Value.Absent() }

func (o *Object) text(name string) string { return o.members[name].Value.Text() }

func (e Element) sub(name string) Element {
	return Element{e.Value.Get(name), scan.Join(e.Pointer, []byte(name))}
}

func (e Element) origin() iam.Origin { return e.Value.Origin(e.Pointer) }
