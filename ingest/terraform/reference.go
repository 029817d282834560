package terraform

import (
	"slices"
	"strings"

	"accesspath/ingest/internal/scan"
)

// A follower goes from an expression along what it refers to, through outputs
// and variables of modules, until it is at an attribute of a resource. It goes
// only where there is a single way, and a circle is an error.
type follower struct {
	*decoder
	seen map[string]bool
	at   string // address that it began at
}

// follow finds the text of an attribute that takes one whole name or ARN and
// is known only after apply.
func (d *decoder) follow(r *resource, attr string) (string, bool) {
	if r.config == nil {
		return "", false
	}
	f := follower{decoder: d, seen: map[string]bool{}, at: r.address}
	return f.expression(r.module, r.config.expressions.Get(attr), r.index, attr)
}

// expression follows one expression of a module instance. Index is that of the
// resource or module that it stands in; want is the attribute that it is for.
func (f *follower) expression(module string, e scan.Value, index, want string) (string, bool) {
	if c := e.Get("constant_value"); c.Kind() == '"' {
		return c.Text(), true
	}
	ref, each, ok := single(references(e))
	if !ok || f.circle(module, ref) {
		return "", false
	}
	if !each {
		index = ""
	}
	head, rest := cutReference(ref)
	switch head {
	case "var":
		return f.variable(module, rest, want)
	case "module":
		return f.output(module, rest, index, want)
	case "local", "path", "terraform", "self", "each", "count":
		return "", false
	}
	return f.attribute(module, ref, index, want)
}

// circle reports references that come back to where they were.
func (f *follower) circle(module, ref string) bool {
	key := within(module, ref)
	if !f.seen[key] {
		f.seen[key] = true
		return false
	}
	f.fail(f.byAddress[f.at].origin(), "module-cycle", f.at, "what its configuration refers to goes round in a circle through "+scan.Clip(key)+"; the value stays unknown")
	return true
}

func references(e scan.Value) []string {
	var out []string
	for _, r := range e.Get("references").Elements() {
		out = append(out, r.Text())
	}
	return out
}

// single finds the one thing that an expression refers to: Terraform lists
// x.arn as "x.arn" and "x", and x[each.key].arn as "x" and "each.key".
func single(refs []string) (ref string, each, ok bool) {
	var rest []string
	for _, r := range refs {
		longer := func(o string) bool {
			return len(o) > len(r) && strings.HasPrefix(o, r) && (o[len(r)] == '.' || o[len(r)] == '[')
		}
		switch {
		case r == "each.key" || r == "count.index":
			each = true
		case r == "count" || r == "each":
		case !slices.ContainsFunc(refs, longer) && !slices.Contains(rest, r):
			rest = append(rest, r)
		}
	}
	if len(rest) != 1 {
		return "", false, false
	}
	return rest[0], each, true
}

func cutReference(ref string) (head, rest string) {
	head, rest, _ = strings.Cut(ref, ".")
	return head, rest
}

// variable goes to the call of the module that sets it.
func (f *follower) variable(module, name, want string) (string, bool) {
	if module == "" {
		v := f.variables.Get(name).Get("value")
		return v.Text(), v.Kind() == '"'
	}
	parent, call, index := splitModule(module)
	config := f.configOf(parent)
	if config == nil {
		return "", false
	}
	return f.expression(parent, config.calls[call].expressions.Get(name), index, want)
}

// output goes into a module: rest is `name.output` or `name["key"].output`.
func (f *follower) output(module, rest, index, want string) (string, bool) {
	i := strings.IndexAny(rest, ".[")
	if i < 0 {
		return "", false
	}
	name, rest := rest[:i], rest[i:]
	if n := indexLength(rest); n > 0 {
		index, rest = rest[:n], rest[n:]
	}
	out, ok := strings.CutPrefix(rest, ".")
	child := within(module, "module."+name+index)
	config := f.configOf(child)
	if !ok || config == nil {
		return "", false
	}
	return f.expression(child, config.outputs[out], "", want)
}

// attribute takes the value from a resource or data source.
func (f *follower) attribute(module, ref, index, want string) (string, bool) {
	local, rest := cutLocal(ref)
	if n := indexLength(rest); n > 0 {
		index, rest = rest[:n], rest[n:]
	}
	r := f.byAddress[within(module, local)]
	if r == nil {
		r = f.byAddress[within(module, local+index)]
	}
	attr := strings.TrimPrefix(rest, ".")
	if attr == "" {
		attr = meant(want) // Terraform does not say which, so the use tells
	}
	if r == nil || strings.ContainsAny(attr, ".[") {
		return "", false
	}
	return f.computed(r, attr)
}

// meant is the attribute of the other resource that an attribute takes.
func meant(want string) string {
	if want == "role" || want == "user" || want == "group" || want == "iam_instance_profile" {
		return "name"
	}
	return "arn"
}

// cutLocal splits `data.type.name` or `type.name` off a reference.
func cutLocal(ref string) (local, rest string) {
	dots := 1
	if strings.HasPrefix(ref, "data.") {
		dots = 2
	}
	for i := range len(ref) {
		if ref[i] == '[' {
			return ref[:i], ref[i:]
		}
		if ref[i] == '.' {
			if dots == 0 {
				return ref[:i], ref[i:]
			}
			dots--
		}
	}
	return ref, ""
}

// computed is an attribute that is known, or follows from what is.
func (d *decoder) computed(r *resource, attr string) (string, bool) {
	if v := r.values.Value.Get(attr); v.Kind() == '"' && !holdsTrue(r.unknown.Get(attr)) {
		return v.Text(), true
	}
	switch {
	case r.data:
	case attr == "arn", attr == "id" && idIsARN[r.typ]:
		arn := d.arn(r)
		return arn, arn != ""
	case attr == "id" && idIsName[r.typ] != "":
		return d.known(r, idIsName[r.typ])
	}
	return "", false
}

// What id is of resources where it is not a number that AWS gives.
var (
	idIsARN  = set("aws_iam_policy", "aws_sns_topic", "aws_iam_openid_connect_provider", "aws_iam_saml_provider")
	idIsName = map[string]string{
		"aws_iam_role": "name", "aws_iam_user": "name", "aws_iam_group": "name", "aws_iam_instance_profile": "name",
		"aws_s3_bucket": "bucket", "aws_lambda_function": "function_name",
	}
)

// holdsTrue reports whether a mirror of unknown values marks any.
func holdsTrue(v scan.Value) bool {
	switch v.Kind() {
	case 't':
		return true
	case '{':
		for _, m := range v.Members() {
			if holdsTrue(m) {
				return true
			}
		}
	case '[':
		for _, m := range v.Elements() {
			if holdsTrue(m) {
				return true
			}
		}
	}
	return false
}
