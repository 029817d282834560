package cloudformation

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"accesspath/ingest/internal/scan"
)

// unknownAt is an unknown value that stands in place of n.
func unknownAt(n *node, format string, args ...any) *node {
	return &node{kind: unknown, text: fmt.Sprintf(format, args...), place: n.place}
}

func textAt(n *node, s string) *node { return &node{kind: text, text: s, place: n.place} }

// eval evaluates the functions in a node. Unknown values stay where they are,
// so that what does not hang on them is known.
func (d *decoder) eval(n *node) *node {
	if n == nil {
		return nil
	}
	if n.kind == text && strings.Contains(n.text, "{{resolve:") {
		return unknownAt(n, "the dynamic reference %s", scan.Clip(n.text))
	}
	if n.kind == array {
		out := &node{kind: array, place: n.place}
		for _, i := range n.items {
			if v := d.eval(i); v.kind != nothing {
				out.items = append(out.items, v)
			}
		}
		return out
	}
	if n.kind != object {
		return n
	}
	if len(n.members) == 1 {
		if m := n.members[0]; m.name == "Ref" || m.name == "Condition" && n.members[0].value.is(text) || strings.HasPrefix(m.name, "Fn::") {
			return d.function(n, m.name, m.value)
		}
	}
	out := &node{kind: object, place: n.place}
	for _, m := range n.members {
		if v := d.eval(m.value); v.kind != nothing {
			out.members = append(out.members, member{m.name, v})
		}
	}
	return out
}

// function evaluates one intrinsic function.
func (d *decoder) function(n *node, name string, arg *node) *node {
	switch name {
	case "Ref":
		return d.ref(n, arg.string())
	case "Fn::GetAtt":
		return d.getAtt(n, arg)
	case "Fn::Sub":
		return d.sub(n, arg)
	case "Fn::If":
		return d.conditional(n, arg)
	case "Fn::ImportValue":
		return unknownAt(n, "the export %s of another stack", scan.Clip(d.eval(arg).string()))
	case "Condition", "Fn::Equals", "Fn::And", "Fn::Or", "Fn::Not":
		return d.truthNode(n)
	}
	v := d.eval(arg)
	if s := v.hangs(); s != "" && name != "Fn::Select" {
		return unknownAt(n, "%s", s)
	}
	switch name {
	case "Fn::Join":
		return join(n, v)
	case "Fn::Split":
		return split(n, v)
	case "Fn::Select":
		return choose(n, v)
	case "Fn::FindInMap":
		return d.findInMap(n, v)
	case "Fn::Base64":
		return textAt(n, base64.StdEncoding.EncodeToString([]byte(v.string())))
	case "Fn::ToJsonString":
		var b strings.Builder
		v.json(&b)
		return textAt(n, b.String())
	case "Fn::Length":
		return &node{kind: bare, text: strconv.Itoa(len(v.items)), place: n.place}
	}
	return unknownAt(n, "the result of %s", scan.Clip(name))
}

func join(n, v *node) *node {
	if !v.is(array) || len(v.items) != 2 || !v.items[1].is(array) {
		return unknownAt(n, "a Join without a list")
	}
	var parts []string
	for _, i := range v.items[1].items {
		parts = append(parts, i.string())
	}
	s := strings.Join(parts, v.items[0].string())
	if len(s) > maxText {
		return unknownAt(n, "a text that is too long")
	}
	return textAt(n, s)
}

func split(n, v *node) *node {
	if !v.is(array) || len(v.items) != 2 || v.items[0].string() == "" {
		return unknownAt(n, "a Split without a text")
	}
	out := &node{kind: array, place: n.place}
	for _, s := range strings.Split(v.items[1].string(), v.items[0].string()) {
		out.items = append(out.items, textAt(n, s))
	}
	return out
}

func choose(n, v *node) *node {
	if !v.is(array) || len(v.items) != 2 {
		return unknownAt(n, "a Select without a list")
	}
	if v.items[1].is(unknown) {
		return v.items[1]
	}
	i, err := strconv.Atoi(v.items[0].string())
	if err != nil || i < 0 || i >= len(v.items[1].items) {
		return unknownAt(n, "a Select beyond its list")
	}
	return v.items[1].items[i]
}

func (d *decoder) findInMap(n, v *node) *node {
	if !v.is(array) || len(v.items) < 3 {
		return unknownAt(n, "a FindInMap without keys")
	}
	found := d.root.path("Mappings", v.items[0].string(), v.items[1].string(), v.items[2].string())
	if found == nil && len(v.items) > 3 {
		found = v.items[3].get("DefaultValue")
	}
	if found == nil {
		return unknownAt(n, "the mapping %s", scan.Clip(v.items[0].string()+"."+v.items[1].string()+"."+v.items[2].string()))
	}
	return found
}

// ref evaluates a reference to a pseudo parameter, a parameter or a resource.
func (d *decoder) ref(n *node, name string) *node {
	if v := d.pseudo(n, name); v != nil {
		return v
	}
	if p := d.root.path("Parameters", name); p != nil {
		return d.parameter(n, name, p)
	}
	if r := d.resources[name]; r != nil {
		return d.physical(n, r)
	}
	return unknownAt(n, "%s, which the template does not have", scan.Clip(name))
}

func (d *decoder) pseudo(n *node, name string) *node {
	rest, ok := strings.CutPrefix(name, "AWS::")
	if !ok {
		return nil
	}
	given := map[string]string{
		"AccountId": d.account, "Region": d.region, "Partition": d.home.Partition, "URLSuffix": urlSuffix(d.home.Partition),
		"StackName": d.root.get("StackName").string(),
	}
	switch {
	case rest == "NoValue":
		return &node{kind: nothing, place: n.place}
	case given[rest] != "":
		return textAt(n, given[rest])
	}
	return unknownAt(n, "%s", scan.Clip(name))
}

func urlSuffix(partition string) string {
	switch partition {
	case "aws", "aws-us-gov":
		return "amazonaws.com"
	case "aws-cn":
		return "amazonaws.com.cn"
	}
	return ""
}

// parameter has the value given beside the template, else its default.
// Parameters of SSM types hold the name of what is meant.
func (d *decoder) parameter(n *node, name string, p *node) *node {
	kind := p.get("Type").string()
	v := d.values[name]
	if v == nil {
		v = p.get("Default")
	}
	switch {
	case v == nil:
		return unknownAt(n, "the parameter %s, which has no default", scan.Clip(name))
	case strings.HasPrefix(kind, "AWS::SSM::Parameter::Value"):
		return unknownAt(n, "the parameter %s of Systems Manager", scan.Clip(v.string()))
	case (strings.HasPrefix(kind, "List<") || kind == "CommaDelimitedList") && !v.is(array):
		out := &node{kind: array, place: n.place}
		for _, s := range strings.Split(v.string(), ",") {
			out.items = append(out.items, textAt(n, strings.TrimSpace(s)))
		}
		return out
	}
	return v
}

// sub replaces ${Name}, ${Name.Attribute} and names of its own map; ${!Name}
// stands for ${Name}.
func (d *decoder) sub(n, arg *node) *node {
	own := (*node)(nil)
	if arg.is(array) && len(arg.items) > 0 {
		if len(arg.items) > 1 {
			own = arg.items[1]
		}
		arg = arg.items[0]
	}
	var b strings.Builder
	rest := arg.string()
	for {
		i := strings.Index(rest, "${")
		if i < 0 {
			b.WriteString(rest)
			break
		}
		b.WriteString(rest[:i])
		end := strings.IndexByte(rest[i:], '}')
		if end < 0 {
			b.WriteString(rest[i:])
			break
		}
		name := rest[i+2 : i+end]
		rest = rest[i+end+1:]
		if literal, ok := strings.CutPrefix(name, "!"); ok {
			b.WriteString("${" + literal + "}")
			continue
		}
		v := d.named(n, strings.TrimSpace(name), own)
		if s := v.hangs(); s != "" {
			return unknownAt(n, "%s", s)
		}
		if b.WriteString(v.string()); b.Len() > maxText {
			return unknownAt(n, "a text that is too long")
		}
	}
	return d.eval(textAt(n, b.String()))
}

func (d *decoder) named(n *node, name string, own *node) *node {
	if v := own.get(name); v != nil {
		return d.eval(v)
	}
	if id, attr, ok := strings.Cut(name, "."); ok {
		return d.attribute(n, id, attr)
	}
	return d.ref(n, name)
}

// getAtt takes ["Id", "Attribute"] or "Id.Attribute".
func (d *decoder) getAtt(n, arg *node) *node {
	id, attr, _ := strings.Cut(arg.string(), ".")
	if arg.is(array) && len(arg.items) == 2 {
		id, attr = arg.items[0].string(), d.eval(arg.items[1]).string()
	}
	return d.attribute(n, id, attr)
}

// conditional is Fn::If. With an unknown condition the value is known only if
// both branches are the same.
func (d *decoder) conditional(n, arg *node) *node {
	if !arg.is(array) || len(arg.items) != 3 {
		return unknownAt(n, "an If without two values")
	}
	switch value, why := d.condition(arg.items[0].string()); {
	case why != "":
		return unknownAt(n, "%s", why)
	case value:
		return d.eval(arg.items[1])
	default:
		return d.eval(arg.items[2])
	}
}

// condition evaluates a condition by name; why names the unknown value that it
// hangs on. A circle of conditions is an error, and its value unknown.
func (d *decoder) condition(name string) (value bool, why string) {
	c := d.root.path("Conditions", name)
	if c == nil {
		return false, "the condition " + scan.Clip(name) + ", which the template does not have"
	}
	if known, ok := d.settled[name]; ok { // each once: conditions may double from line to line
		return known.value, known.why
	}
	key := "condition " + name
	if d.enter(key, c) {
		defer d.leave(key)
		value, why = d.truth(c)
		d.settled[name] = settled{value, why}
		return value, why
	}
	return false, "the condition " + scan.Clip(name) + ", which hangs on itself"
}

// settled is the value of a condition.
type settled struct {
	value bool
	why   string
}

// maxText bounds what Sub and Join make: names that refer to names may double
// from line to line. Policies are far smaller.
const maxText = 1 << 20

// enter reports false, with an error, if what is being evaluated comes back to
// where it was.
func (d *decoder) enter(key string, n *node) bool {
	if d.visiting[key] {
		if !d.cycles[key] {
			d.cycles[key] = true
			d.fail(n.place, "template-cycle", key, "it hangs on itself; its value is unknown")
		}
		return false
	}
	d.visiting[key] = true
	return true
}

func (d *decoder) leave(key string) { delete(d.visiting, key) }

func (d *decoder) truthNode(n *node) *node {
	value, why := d.truth(n)
	if why != "" {
		return unknownAt(n, "%s", why)
	}
	return &node{kind: bare, text: strconv.FormatBool(value), place: n.place}
}

// truth evaluates the functions of conditions. And and Or may be known though
// one of their parts is not.
func (d *decoder) truth(n *node) (value bool, why string) {
	if !n.is(object) || len(n.members) != 1 {
		if v := d.eval(n); v.is(bare) || v.is(text) {
			return v.text == "true", ""
		}
		return false, "a condition that is none"
	}
	name, arg := n.members[0].name, n.members[0].value
	switch name {
	case "Condition":
		return d.condition(arg.string())
	case "Fn::Equals":
		if !arg.is(array) || len(arg.items) != 2 {
			return false, "an Equals without two values"
		}
		a, b := d.eval(arg.items[0]), d.eval(arg.items[1])
		if why := a.hangs() + b.hangs(); why != "" {
			return false, why
		}
		return a.string() == b.string(), ""
	case "Fn::Not":
		if !arg.is(array) || len(arg.items) != 1 {
			return false, "a Not without a condition"
		}
		value, why = d.truth(arg.items[0])
		return !value, why
	case "Fn::And", "Fn::Or":
		return d.several(arg, name == "Fn::Or")
	}
	return false, "the condition function " + scan.Clip(name)
}

// several is And, or with any set Or.
func (d *decoder) several(arg *node, any bool) (bool, string) {
	var open []string
	for _, i := range arg.items {
		value, why := d.truth(i)
		if why == "" && value == any {
			return any, ""
		}
		if why != "" && !slices.Contains(open, why) {
			open = append(open, why)
		}
	}
	return !any, strings.Join(open, ", ")
}
