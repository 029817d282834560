package query

import (
	"slices"
	"strings"

	"accesspath/graph"
	"accesspath/policy"
)

// A caller may pick a session name, session tags and a source identity on each
// call, and later tests may read them (CHAIN-43). The walk tries values, not
// formulas: those that some test in reach reads, one other, and none. So states
// stay few, what was chosen is known at every later hop, and two demands on one
// choice that clash are simply a move that does not exist.

// choice is what was chosen for a session, as far as later tests read it. Its
// zero value is a plain session.
type choice struct {
	name   string       // session name; "" is one that no test asks for
	source string       // source identity; "" is none
	tags   []sessionTag // passed or inherited, sorted by key
}

type sessionTag struct {
	key, value string // key in lower case
	transitive bool
}

// anyValue stands for a tag value that a policy variable reads: it may be
// whatever fits.
const anyValue = "\x00any"

// anySource stands for a source identity that a policy variable reads, and that the caller
// picks; those of the issuer are anyValue.
const anySource = "\x00picked"

// otherValue stands for a value that no test names.
const otherValue = "accesspath-other"

func (c *choice) tag(key string) (sessionTag, bool) {
	for _, t := range c.tags {
		if strings.EqualFold(t.key, key) {
			return t, true
		}
	}
	return sessionTag{}, false
}

// plain reports that nothing was chosen.
func (c *choice) plain() bool { return c.name == "" && c.source == "" && len(c.tags) == 0 }

// inherited is what sessions have that are got from this one: its source identity and
// its transitive tags (CHAIN-11, CHAIN-13).
func (c *choice) inherited() choice {
	out := choice{source: c.source}
	for _, t := range c.tags {
		if t.transitive {
			out.tags = append(out.tags, t)
		}
	}
	return out
}

// inheritable is how many tags the session hands on.
func (c *choice) inheritable() int { return len(c.inherited().tags) }

func (c *choice) id() string {
	var b strings.Builder
	b.WriteString(c.name + "\x01" + c.source)
	for _, t := range c.tags {
		b.WriteString("\x01" + t.key + "\x02" + t.value)
		if t.transitive {
			b.WriteByte('+')
		}
	}
	return b.String()
}

// pick is one way to make a call: what is chosen on it.
type pick struct {
	session choice       // of the new session
	passed  []sessionTag // on this call
	set     bool         // a source identity is set on this call
	had     choice       // what the caller's session is supposed to carry, of those whose issuer is not known
}

// picks lists the ways to make a call from a state into a role.
func (w *walker) picks(s state, c *parameters, tags, source, hands bool) []pick {
	old := w.choices[s.facts.choice]
	out := []pick{{session: old.inherited()}}
	switch {
	case w.inherit && (!tags && !hands || w.bound.spent()):
		return nil
	case w.bound.chosen >= w.bound.maxChosen:
		w.bound.choices = w.bound.choices || tags || source || len(c.names) > 0
		return out
	}
	if source && old.source == "" {
		out = w.vary(out, c.sources, func(p *pick, v string) bool {
			p.session.source, p.set = v, true
			return true
		})
	}
	if s.facts.issuer == subject && (hands || !w.inherit) {
		out = w.withHad(s, out, source)
	}
	out = w.vary(out, c.names, func(p *pick, v string) bool {
		p.session.name = v
		return true
	})
	if tags {
		for _, k := range c.keys {
			if len(out) >= maxPicks {
				w.bound.picks = true
				break
			}
			if _, inherited := out[0].session.tag(k.key); !inherited {
				out = w.withTag(out, &k)
			}
		}
	}
	if w.inherit {
		out = slices.DeleteFunc(out, func(p pick) bool {
			return len(p.had.tags) == 0 && !slices.ContainsFunc(p.passed, func(t sessionTag) bool { return t.transitive })
		})
	}
	return out
}

// addTag adds a tag that the choice does not have.
func (c *choice) addTag(t sessionTag) {
	c.tags = append(slices.Clone(c.tags), t)
	slices.SortFunc(c.tags, func(a, b sessionTag) int { return strings.Compare(a.key, b.key) })
}

func (w *walker) withTag(list []pick, k *tagParameter) []pick {
	for _, transitive := range []bool{false, true} {
		if transitive && !w.inherit || !transitive && !k.near {
			continue // another expansion's, or nobody would read it
		}
		list = w.vary(list, k.values, func(p *pick, v string) bool {
			if _, ok := p.session.tag(k.key); ok {
				return false
			}
			t := sessionTag{k.key, v, transitive}
			p.passed = append(slices.Clone(p.passed), t)
			p.session.addTag(t)
			return true
		})
	}
	return list
}

// vary adds, for each pick, one more for each value.
func (w *walker) vary(list []pick, values []string, set func(*pick, string) bool) []pick {
	for _, p := range list {
		for _, v := range values {
			if len(list) >= maxPicks {
				w.bound.picks = true
				return list
			}
			if q := p; set(&q, v) {
				list = append(list, q)
			}
		}
	}
	return list
}

// assume makes the moves along a role-assumption edge, one for each pick that
// matters later.
func (w *walker) assume(s state, e graph.Edge, next facts, fold folding) {
	tag, source := w.companions(s, e)
	hands := w.inherit && handsOn(s, tag, e)
	if tag.IsFalse() && source.IsFalse() && s.facts.choice == 0 && !s.facts.tagged && !s.facts.asserted && len(w.domains.names[e.To]) == 0 && !hands {
		if !w.inherit { // nothing to choose
			w.move(e, w.plain.fold(e.Requires, fold, func(r policy.Requirement) policy.Requirement {
				return fold.of(w.given(r, e, &pick{}))
			}), next)
		}
		return
	}
	parameters := w.parametersOf(e, tag, source)
	picks := w.picks(s, parameters, !tag.IsFalse(), !source.IsFalse(), hands)
	tag, source = w.withSessionTags(s, e, "sts:TagSession", tag), w.withSessionTags(s, e, "sts:SetSourceIdentity", source)
	for _, p := range picks {
		if !p.session.plain() {
			if w.bound.interrupted() || w.bound.spent() {
				continue
			}
			w.bound.chosen++
		}
		req := e.Requires
		if len(p.passed) > 0 || p.set {
			req = w.withSessionTags(s, e, "sts:AssumeRole", w.bare(e)) // with the parameters given, their conditions count
		}
		if len(p.passed) > 0 {
			req = policy.And(req, tag)
		}
		if p.session.source != "" {
			req = policy.And(req, source) // STS-08, on every later hop too
		}
		of := fold.of
		if !p.had.plain() {
			of = w.having(s, &p.had)
		}
		req = of(w.given(req, e, &p))
		if !req.IsFalse() {
			req = policy.And(req, w.inheritance(s, &p, tag, of), p.atoms(w, e.To)).Simplify()
		}
		if req.IsFalse() || len(picks) > 1 && p.session.name == "" && !leavesName(req, parameters.names, w.domains.nameTests[e.To].globs) {
			continue
		}
		next.choice = w.intern(p.session)
		w.move(e, req, next)
	}
}

// leavesName reports whether a call can give the session another name than those that
// tests of its requests read, by themselves or as patterns: without a name that was picked
// it has such a one (CHAIN-43).
func leavesName(req policy.Requirement, names, patterns []string) bool {
	if len(names) == 0 || !req.Mentions(func(a *policy.Atom) bool { return strings.EqualFold(a.Key, "sts:RoleSessionName") }) {
		return true
	}
	other := policy.AtomRequirement(policy.Atom{Key: "sts:RoleSessionName", Operator: "StringEquals", Values: names, Negated: true, Class: policy.ClassRequest})
	if patterns = slices.DeleteFunc(slices.Clone(patterns), func(p string) bool { return strings.Trim(p, "*") == "" }); len(patterns) > 0 {
		other = policy.And(other, policy.AtomRequirement(policy.Atom{Key: "sts:RoleSessionName", Operator: "StringLike", Values: patterns, Negated: true, Class: policy.ClassRequest}))
	}
	return policy.And(req, other).Satisfiable()
}

// inheritance: transitive tags that go along need sts:TagSession here as well;
// practice shows the call failing without (STS-07, U-18).
func (w *walker) inheritance(s state, p *pick, tag policy.Requirement, fold func(policy.Requirement) policy.Requirement) policy.Requirement {
	old := w.choices[s.facts.choice]
	inherits := s.facts.tagged || s.facts.asserted || len(p.had.tags) > 0 || slices.ContainsFunc(old.tags, func(t sessionTag) bool { return t.transitive })
	switch {
	case !inherits:
		return policy.True()
	case tag.IsFalse():
		return policy.CodeAtom("U-18")
	}
	return policy.Or(fold(tag), policy.CodeAtom("U-18"))
}

// companions are the second permissions of a call, open: for passing tags and
// for a source identity. They are asked for only if something reads them.
func (w *walker) companions(s state, e graph.Edge) (tag, source policy.Requirement) {
	role, n := w.e.g.Node(e.To).Role, w.e.g.Node(e.From)
	if role == nil || !picksParameters(n) {
		return policy.False(), policy.False()
	}
	ask := func(action string) policy.Requirement { return w.ask(e, action) }
	if w.readsTags(s) && w.taggable.is(e.To, role) {
		tag = ask("sts:TagSession")
	}
	if len(w.domains.sources) > 0 || w.choices[s.facts.choice].source != "" {
		source = ask("sts:SetSourceIdentity")
	}
	return tag, source
}

// readsTags reports whether it matters on a call from a state which tags are passed.
func (w *walker) readsTags(s state) bool { return len(w.domains.tags) > 0 || s.facts.tagged }

// picksParameters reports whether a node calls sts:AssumeRole by itself, with
// parameters of its choice: whoever that is in accounts that are not loaded does as
// those do that are (CHAIN-43).
func picksParameters(n *graph.Node) bool {
	switch n.Kind {
	case graph.KindUser, graph.KindRole, graph.KindExternal, graph.KindAccount, graph.KindPublic:
		return true
	}
	return false
}

// bare is the requirement of sts:AssumeRole alone.
func (w *walker) bare(e graph.Edge) policy.Requirement {
	return w.ask(e, "sts:AssumeRole")
}

// asked is one request of STS on the way; the same is asked from many states.
type asked struct {
	from, to graph.NodeID
	action   string
	session  facts // whose tags decide; see withSessionTags
	known    bool  // they do
}

func (w *walker) ask(e graph.Edge, action string) policy.Requirement {
	k := asked{from: e.From, to: e.To, action: action}
	r, ok := w.answers[k]
	if !ok {
		r = w.e.g.Model.Decide(graph.Ask{Node: w.e.g.Node(e.From), Action: action, Resource: w.e.g.Node(e.To).ID}).Requires
		w.answers[k] = r
	}
	return r
}

// withSessionTags is what a request of STS asks for in a state whose session's tags
// are known, given what it asks for if they are not: a policy variable that stands
// for a tag has its value, or none (VAR-03, SYM-21).
func (w *walker) withSessionTags(s state, e graph.Edge, action string, open policy.Requirement) policy.Requirement {
	if !open.IsOpen() || !variable(open) {
		return open
	}
	tags, ok := w.fixedTags(s)
	if !ok {
		return open
	}
	k := asked{e.From, e.To, action, s.facts, true}
	r, ok := w.answers[k]
	if !ok {
		r = w.e.g.Model.Decide(graph.Ask{Node: w.e.g.Node(e.From), Action: action, Resource: w.e.g.Node(e.To).ID, Session: tags}).Requires
		w.answers[k] = r
	}
	return r
}

// atoms say what the pick asks the caller to do on a call into a role: as class SESSION,
// unless no request of the session reads it, which then is a parameter of this call.
func (p *pick) atoms(w *walker, to graph.NodeID) policy.Requirement {
	all := policy.True()
	class := policy.ClassSession
	add := func(key, value string, others []string) {
		a := policy.Atom{Key: key, Operator: "StringEquals", Values: []string{value}, Class: class}
		switch value {
		case anyValue, anySource:
			a = policy.Atom{Key: key, Operator: "Null", Negated: true, Class: class}
		case otherValue:
			a.Values, a.Negated, a.Present = slices.DeleteFunc(slices.Clone(others), func(v string) bool { return v == otherValue || v == anyValue || v == anySource }), true, true
			if len(a.Values) == 0 {
				a = policy.Atom{Key: key, Operator: "Null", Negated: true, Class: class}
			}
		case "":
			a.Code = "U-21"
		}
		all = policy.And(all, policy.AtomRequirement(a))
	}
	for _, t := range p.passed {
		if class = policy.ClassRequest; w.domains.readBy[to][t.key] || t.transitive && w.domains.later[t.key] {
			class = policy.ClassSession
		}
		add("aws:RequestTag/"+t.key, t.value, w.domains.tags[t.key])
		if t.transitive {
			all = policy.And(all, policy.AtomRequirement(policy.Atom{Key: "sts:TransitiveTagKeys", Operator: "StringEquals", Some: true, Values: []string{t.key}, Class: class}))
		}
	}
	class = policy.ClassSession
	for _, t := range p.had.tags {
		add("aws:PrincipalTag/"+t.key, t.value, w.domains.tags[t.key])
	}
	if p.had.source != "" {
		add("aws:SourceIdentity", p.had.source, w.domains.sources)
	}
	if p.set {
		if !w.domains.carried {
			class = policy.ClassRequest // no later test reads it: a parameter of this call
		}
		add("sts:SourceIdentity", p.session.source, w.domains.sources)
	}
	if class = policy.ClassSession; p.session.name != "" {
		add("sts:RoleSessionName", p.session.name, nil)
	}
	return all
}

func (w *walker) intern(c choice) uint32 {
	if c.plain() {
		return 0 // most are
	}
	k := c.id()
	id, ok := w.chosen[k]
	if !ok {
		id = uint32(len(w.choices))
		w.chosen[k] = id
		w.choices = append(w.choices, c)
	}
	return id
}
