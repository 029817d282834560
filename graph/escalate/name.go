package escalate

import (
	"slices"
	"strings"

	"accesspath/graph"
	"accesspath/policy"
	"accesspath/policy/catalog"
)

// newTypes remembers typesOf.
func (s *search) newTypes(action, typ string) []string {
	k := [2]string{action, typ}
	if known, ok := s.types.Load(k); ok {
		return known.([]string)
	}
	found := typesOf(action, typ)
	s.types.Store(k, found)
	return found
}

// typesOf are the types, as "service:type", of which an action needs a thing:
// those that it always needs, else the first; "*" if it knows none.
func typesOf(action, typ string) []string {
	service, name, _ := strings.Cut(action, ":")
	if typ != "" {
		return []string{service + ":" + carrierType(service, typ)}
	}
	info, ok := catalog.Action(service, name)
	if !ok || len(info.ResourceTypes) == 0 {
		return []string{"*"}
	}
	var out []string
	for _, use := range info.ResourceTypes {
		if use.Required {
			out = append(out, service+":"+use.Type)
		}
	}
	if len(out) == 0 {
		out = []string{service + ":" + info.ResourceTypes[0].Type}
	}
	return out
}

// carrierType is the service catalogue's spelling of a kind of compute: it has
// "devendpoint" for "dev-endpoint".
func carrierType(service, kind string) string {
	for _, name := range []string{kind, strings.ReplaceAll(kind, "-", ""), kind + "-custom"} {
		if t, ok := catalog.ResourceType(service, name); ok {
			return t.Name
		}
	}
	return kind
}

// maxChoices bounds the combinations of names that are tried.
const maxChoices = 32

// choices lists names for the new things of an entry: one for each type, the
// same for all requests.
func (a *attempt) choices() []map[string]string {
	k := choosing{a.e, a.carrier()}
	list, ok := a.by.chosen[k]
	if !ok {
		list = a.choiceOf(a.kinds())
		a.by.chosen[k] = list
	}
	return list
}

// choosing is what an actor chooses names for.
type choosing struct {
	e       *Entry
	carrier string // kind of compute that has no name yet
}

// carrier is the kind of the compute that the target stands for; "" if it is there.
func (a *attempt) carrier() string {
	if a.t == nil || a.t.compute != nil {
		return ""
	}
	return a.t.kind
}

func (a *attempt) choiceOf(kinds []*kind) []map[string]string {
	out := []map[string]string{{}}
	for _, k := range kinds {
		var next []map[string]string
		for _, names := range out {
			for _, candidate := range a.namesFor(k) {
				with := map[string]string{k.key: candidate}
				for k, v := range names {
					with[k] = v
				}
				if len(next) < maxChoices {
					next = append(next, with)
				}
			}
		}
		out = next
	}
	return out
}

// kind is a type of new thing, as "service:type", with the requests on it: those
// that are needed, and those that are one of several ways.
type kind struct {
	key           string
	needed, other []string
}

func (a *attempt) kinds() []*kind {
	var out []*kind
	for _, n := range a.e.Needs {
		for _, t := range slices.Concat(n...) {
			on, typ, _ := strings.Cut(t.On, ":")
			switch {
			case on == "carrier" && a.t.compute == nil:
				_, typ, _ = strings.Cut(a.t.kind, ":")
			case on != "new":
				continue
			}
			for _, key := range a.s.newTypes(t.Action, typ) {
				i := slices.IndexFunc(out, func(k *kind) bool { return k.key == key })
				if i < 0 {
					i = len(out)
					out = append(out, &kind{key: key})
				}
				if len(n) == 1 {
					out[i].needed = append(out[i].needed, t.Action)
				} else {
					out[i].other = append(out[i].other, t.Action)
				}
			}
		}
	}
	return out
}

// namesFor lists names that decide: for all that is needed; where nothing is,
// for each way by itself.
func (a *attempt) namesFor(k *kind) []string {
	fresh := slices.ContainsFunc(slices.Concat(k.needed, k.other), func(action string) bool { return makes(action, k.key) })
	if len(k.needed) > 0 {
		return a.candidates(k.key, k.needed, fresh)
	}
	var out []string
	for _, action := range k.other {
		for _, name := range a.candidates(k.key, []string{action}, fresh) {
			if !slices.Contains(out, name) {
				out = append(out, name)
			}
		}
	}
	return out
}

// makes reports whether an action makes a thing of a type: it is refused where there is
// one of that name.
func makes(action, key string) bool {
	service, typ, _ := strings.Cut(key, ":")
	return strings.EqualFold(action, service+":Create"+strings.ReplaceAll(typ, "-", ""))
}

// plainName is what new things are called, where any name will do.
const plainName = "accesspath"

// candidates are names of things of a type that decide for all actions: one that
// is allowed for all outright if there is one, else all that differ; "" alone if
// no name is allowed. Fresh names are those that nothing has yet.
func (a *attempt) candidates(key string, actions []string, fresh bool) []string {
	if key == "*" {
		return []string{"*"}
	}
	k := request{strings.Join(actions, " "), key}
	if fresh {
		k.resource += " fresh"
	}
	list, ok := a.by.tried[k]
	if !ok {
		list = a.choose(key, actions, func(name string) bool { return fresh && a.by.account.has(name) })
		a.by.tried[k] = list
	}
	return list
}

// choose looks for a name where it is cheapest first: any name, those that the
// policies write, and at last, if none of them is allowed, the corners of what
// the policies leave. Taken names are out of the question.
func (a *attempt) choose(key string, actions []string, taken func(string) bool) []string {
	patterns := a.patterns(key)
	var list []string
	for _, pattern := range patterns {
		list = append(list, anyRegion(strings.ReplaceAll(pattern, "?*", plainName)))
	}
	list = others(list, taken)
	alike := !slices.ContainsFunc(actions, func(action string) bool { return !a.by.alike(a.s, action) })
	for _, more := range []func(pattern, action string) []string{a.written, a.corners} {
		if name, ok := a.outright(list, actions); ok {
			return []string{name}
		}
		if alike {
			break // no other name does better
		}
		for _, pattern := range patterns {
			for _, action := range actions {
				list = append(list, others(more(pattern, action), taken)...)
			}
		}
		if name, ok := a.outright(list, actions); ok {
			return []string{name}
		}
		slices.Sort(list)
		if list = a.possible(slices.Compact(list), actions); len(list) > 0 {
			return list
		}
	}
	if list = a.possible(list, actions); len(list) > 0 {
		return list
	}
	return []string{""}
}

// others puts other names in place of those that are taken, where the last part was made
// up.
func others(list []string, taken func(string) bool) (out []string) {
	for _, name := range list {
		i := strings.LastIndex(name, plainName)
		for ; taken(name) && i > strings.LastIndexByte(name, '/'); i = strings.LastIndex(name, plainName) {
			name = name[:i] + plainName + "-x" + name[i+len(plainName):]
		}
		if !taken(name) {
			out = append(out, name)
		}
	}
	return out
}

// outright finds a name that is allowed for all actions as it is.
func (a *attempt) outright(names, actions []string) (string, bool) {
	i := slices.IndexFunc(names, func(name string) bool {
		return !slices.ContainsFunc(actions, func(action string) bool { return !a.by.outright(a.s, action, name) })
	})
	if i < 0 {
		return "", false
	}
	return names[i], true
}

// possible keeps the names that are denied for no action.
func (a *attempt) possible(names, actions []string) []string {
	return slices.DeleteFunc(names, func(name string) bool {
		return slices.ContainsFunc(actions, func(action string) bool { return a.by.decide(a.s, action, name).IsFalse() })
	})
}

// written are names after the patterns of what the actor's policies allow.
func (a *attempt) written(pattern, action string) []string {
	var out []string
	ofType := policy.CompilePattern(pattern)
	for _, st := range policy.Statements(a.s.g.Model.IdentityPolicies(a.by.node)) {
		if st.Effect != policy.Allow || !st.MatchesAction(action) {
			continue
		}
		for _, r := range st.Resource {
			if name, ok := a.example(r.String()); ok && ofType.Match(name) {
				out = append(out, name)
			}
		}
	}
	return out
}

// example fills a pattern in: any region, the actor's account, plain names.
func (a *attempt) example(pattern string) (string, bool) {
	arn, ok := policy.ParseARN(pattern)
	if !ok || strings.Contains(pattern, "${") || strings.Trim(arn.Resource, "*") == "" {
		return "", false
	}
	if strings.ContainsAny(arn.Region, "*?") {
		arn.Region = "*"
	}
	if strings.ContainsAny(arn.Account, "*?") {
		arn.Account = a.by.account.ID
	}
	arn.Resource = fillIn(arn.Resource)
	return arn.String(), true
}

// fillIn is a text that a pattern matches.
func fillIn(pattern string) string {
	return strings.NewReplacer("*", plainName, "?", "x").Replace(pattern)
}

// corners are names that decide the question for one action.
func (a *attempt) corners(pattern, action string) []string {
	var out []string
	witnesses, _ := a.s.g.Model.Witnesses(a.by.node, action, pattern, false)
	for _, w := range witnesses {
		if strings.Count(w, ":") > strings.Count(pattern, ":") {
			continue // such a pattern matches on paper only: no name has a colon
		}
		if strings.HasSuffix(w, "/") {
			w += plainName // a path needs a name
		}
		out = append(out, anyRegion(w), w)
	}
	return out
}

// patterns match all things of a type in the actor's account.
func (a *attempt) patterns(key string) []string {
	service, typ, _ := strings.Cut(key, ":")
	t, ok := catalog.ResourceType(service, typ)
	if !ok {
		return []string{"*"}
	}
	var out []string
	for _, template := range t.ARNs {
		out = append(out, graph.FillTemplate(template, a.by.node))
	}
	return out
}

// anyRegion leaves the region of an ARN to the caller, who may pick one that
// conditions on aws:RequestedRegion allow.
func anyRegion(arn string) string {
	a, ok := policy.ParseARN(arn)
	if !ok || a.Region == "" {
		return arn
	}
	a.Region = "*"
	return a.String()
}
