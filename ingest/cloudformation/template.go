// Package cloudformation reads templates of AWS CloudFormation, JSON or YAML,
// into the facts of one file: what a stack made of the template would have. A
// part of a template is laid over exports like a plan of Terraform.
//
// Intrinsic functions are evaluated: Ref, GetAtt, Sub, Join, Split, Select,
// FindInMap, If with And, Or, Not and Equals, Base64, ToJsonString, Length, and
// the pseudo parameters. Parameters have the value that stands beside them, else
// their default. What stays open (ImportValue, dynamic references, parameters
// without a default, GetAtt of something that AWS makes up) is unknown and
// listed, never guessed; a policy that hangs on it is unknown as a whole.
//
// Beside the template, as further members at its top, may stand AccountId,
// Region, StackName, and ParameterValues, which is an object of names and values
// or the list of ParameterKey and ParameterValue that the AWS CLI takes. An
// account that does not stand there is that of the other inputs (IN-28).
//
// A resource whose name CloudFormation makes up stands under a placeholder, its
// logical id in parentheses: references to it inside the template hold, and no
// pattern in a policy can mean it by accident.
//
// Limits: transforms (also SAM) and nested stacks are not expanded; what they
// would add is listed.
package cloudformation

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"accesspath/iam"
	"accesspath/ingest/internal/declared"
	"accesspath/ingest/internal/part"
	"accesspath/ingest/internal/scan"
	"accesspath/policy"
)

// An Object is a JSON object that may be a template.
type Object struct {
	File    *scan.File
	Part    *part.Part
	Place   iam.Origin
	Account string // that stands beside or around it

	members []member
	sign    bool // it is a template
	err     error
	budget  *budget
}

var names = map[string]bool{"AWSTemplateFormatVersion": true, "Resources": true, "Parameters": true, "Mappings": true, "Conditions": true,
	"Outputs": true, "Rules": true, "Transform": true, "Metadata": true, "Description": true, "AccountId": true, "Region": true,
	"StackName": true, "ParameterValues": true}

// Takes reports whether a member may be one of a template.
func Takes(name string) bool { return names[name] }

// Keep holds a member.
func (o *Object) Keep(name string, v scan.Value, pointer string) {
	if o.budget == nil {
		o.budget = &budget{maxNodes}
	}
	if name == "AWSTemplateFormatVersion" || name == "Resources" && isResources(v) {
		o.sign = true
	}
	n, err := o.budget.fromValue(v.Keep(), pointer, 0)
	if err != nil {
		o.err = err
		return
	}
	o.members = append(o.members, member{name, n})
}

// Sign reports whether the object is known to be a template.
func (o *Object) Sign() bool { return o.sign }

// isResources: an object of objects with types of AWS.
func isResources(v scan.Value) bool {
	for _, r := range v.Members() {
		if t := r.Get("Type"); t.Kind() == '"' && (strings.HasPrefix(t.Text(), "AWS::") || strings.HasPrefix(t.Text(), "Custom::")) {
			return true
		}
	}
	return false
}

// Decode reads the object once it is complete, and reports whether it was a
// template.
func (o *Object) Decode() bool {
	if !o.sign {
		return false
	}
	o.decode(&node{kind: object, members: o.members, place: o.Place})
	return true
}

// LooksLikeYAML reports whether text that is no JSON begins like a template.
func LooksLikeYAML(head []byte) bool {
	for line := range bytes.Lines(head) {
		line = bytes.TrimLeft(line, `"'`)
		for _, sign := range []string{"AWSTemplateFormatVersion", "Resources", "Parameters", "Transform", "Description", "Metadata", "Mappings", "Conditions", "Outputs"} {
			if rest, ok := bytes.CutPrefix(line, []byte(sign)); ok && bytes.HasPrefix(bytes.TrimLeft(rest, `"' `), []byte(":")) {
				return true
			}
		}
	}
	return false
}

// DecodeYAML reads a template in YAML. The error is one of reading or of the
// language; nothing is known then.
func (o *Object) DecodeYAML(r io.Reader) error {
	raw, err := io.ReadAll(io.LimitReader(r, maxYAML+1))
	if err != nil {
		return err
	}
	if len(raw) > maxYAML {
		return fmt.Errorf("more than %d bytes of YAML", maxYAML)
	}
	var y yaml.Node
	if err := yaml.Unmarshal(raw, &y); err != nil {
		return fmt.Errorf("%s", strings.TrimPrefix(err.Error(), "yaml: "))
	}
	root, err := (&budget{maxNodes}).fromYAML(&y, o.File.Name, "", 0)
	if err != nil {
		return err
	}
	if !root.is(object) || !root.get("AWSTemplateFormatVersion").is(text) && !root.get("Resources").is(object) {
		return fmt.Errorf("YAML that is no template of CloudFormation: it has no Resources")
	}
	o.decode(root)
	return nil
}

// maxYAML is far above the 1 MB that AWS takes.
const maxYAML = 16 << 20

func (o *Object) decode(root *node) {
	o.Part.Took("cloudformation")
	o.Part.Layer = part.Planned
	d := &decoder{
		Sheet: declared.Sheet{File: o.File, Part: o.Part, Hint: "give the value beside the template, in ParameterValues, Region or StackName"},
		root:  root, resources: map[string]*resource{}, account: root.get("AccountId").string(),
		visiting: map[string]bool{}, cycles: map[string]bool{},
	}
	if !policy.IsAccountID(d.account) {
		d.account = o.Account
	}
	if o.err != nil {
		d.fail(o.Place, "template-size", "", o.err.Error())
	}
	d.read()
	if d.account != "" {
		d.emit()
		return
	}
	o.Part.Finish = func(account string) {
		before := len(o.File.Diagnostics())
		if d.account = account; account == "" {
			o.File.Report(iam.Diagnostic{Severity: iam.Error, Code: "account-unknown", Origin: root.place, Message: "nothing says in which account the stack is",
				Hint: `put the account beside the template: AccountId: "111122223333"`})
		} else {
			o.File.Report(iam.Diagnostic{Severity: iam.Note, Code: "account-assumed", Origin: root.place, Entity: account,
				Message: "the template does not say for which account it is; the account of the other inputs is taken"})
			d.emit()
		}
		o.Part.Diagnostics = append(o.Part.Diagnostics, o.File.Diagnostics()[before:]...)
	}
}

// A decoder is one template under way.
type decoder struct {
	declared.Sheet
	root    *node
	account string

	resources map[string]*resource
	ids       []string // logical, sorted
	values    map[string]*node
	region    string
	home      declared.Home
	visiting  map[string]bool
	cycles    map[string]bool
	settled   map[string]settled // conditions

	pieces map[string]*iam.Resource // by ARN
	arns   []string
	facts  part.Account
	grants map[string][]declared.Grant
}

// A resource is one of the template.
type resource struct {
	id, typ string
	n       *node // the whole
	props   *node
	named   *string // settled name; nil yet
}

func (d *decoder) fail(place iam.Origin, code, entity, message string) {
	d.File.Report(iam.Diagnostic{Severity: iam.Error, Code: code, Origin: place, Entity: entity, Message: message})
}

// read takes the sections apart.
func (d *decoder) read() {
	d.region = d.root.get("Region").string()
	d.values = map[string]*node{}
	given := d.root.get("ParameterValues")
	if given.is(object) {
		for _, m := range given.members {
			d.values[m.name] = m.value
		}
	} else if given.is(array) {
		for _, p := range given.items {
			d.values[p.get("ParameterKey").string()] = p.get("ParameterValue")
		}
	}
	if all := d.root.get("Resources"); all.is(object) {
		for _, m := range all.members {
			if d.resources[m.name] != nil {
				d.fail(m.value.place, "duplicate-address", m.name, "the logical id stands here twice; the first is used")
				continue
			}
			d.resources[m.name] = &resource{id: m.name, typ: m.value.get("Type").string(), n: m.value, props: m.value.get("Properties")}
		}
	}
	d.ids = slices.Sorted(maps.Keys(d.resources))
	if t := d.root.get("Transform"); t != nil {
		d.Note(t.place, "not-used", "", "the transform of the template is not run; what it would add is not in the snapshot")
	}
}
