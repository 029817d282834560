package policy

import (
	"bytes"
	"slices"
	"strings"
)

// ByAction answers requests of one caller, who signs them, about one resource, for
// one action of a service after the other: a question about all actions of a service
// asks for hundreds, and the policies that bear on a caller tell few of them apart.
//
// Of an action, a verdict hangs on the statements that match it, on what the
// context says of the keys that these read, and on the rules of the service.
// Actions that agree in that have the same verdict, which is found once. A
// ByAction belongs to one goroutine.
type ByAction struct {
	request    Request // of the action at hand
	layers     Layers
	context    *requestContext
	e          *evaluation
	statements []*Statement // of all layers
	key        []byte

	verdicts  map[string][]remembered[Requirement]
	witnesses map[string][]remembered[witnesses]
}

// remembered is what was found, and all that the context said meanwhile.
type remembered[T any] struct {
	read  []answered
	found T
}

// answered is what a context said of a key.
type answered struct {
	key   string
	value Value
}

// witnesses is what Witnesses returns.
type witnesses struct {
	resources []string
	complete  bool
}

// NewByAction prepares to answer requests like r, but for the action and the
// context, which is made of the facts. The action says which service they are
// about; it is not sts, whose calls are decided in ways of their own.
func NewByAction(r Request, f *Facts, l Layers) *ByAction {
	b := &ByAction{request: r, layers: l, verdicts: map[string][]remembered[Requirement]{}, witnesses: map[string][]remembered[witnesses]{}}
	b.context = NewContext(&b.request, f).(*requestContext)
	b.request.Context = b.context
	b.e = newEvaluation(&b.request)
	for _, list := range [][]Attached{l.Identity, l.Boundary, l.Session, l.Endpoint, l.Resource.Policies} {
		b.add(list)
	}
	for _, levels := range [][]Level{l.SCPs, l.RCPs} {
		for i := range levels {
			b.add(levels[i].Policies)
		}
	}
	return b
}

func (b *ByAction) add(policies []Attached) {
	for _, p := range policies {
		if p.Document == nil {
			continue
		}
		for i := range p.Document.Statements {
			b.statements = append(b.statements, &p.Document.Statements[i])
		}
	}
}

// Verdict is the function Verdict for an action.
func (b *ByAction) Verdict(action string) Requirement {
	e := b.turnTo(action)
	if _, done := e.serviceRule(&b.layers); done {
		return Verdict(b.request, b.layers)
	}
	return recall(b, b.verdicts, func() Requirement { return Verdict(b.request, b.layers) })
}

// Witnesses is the function Witnesses for an action. The resources are shared: do
// not change them.
func (b *ByAction) Witnesses(action, question string, never []Pattern, all bool, known *WitnessMemo) (resources []string, complete bool) {
	b.turnTo(action)
	if b.key = append(b.key, question...); all {
		b.key = append(b.key, 0)
	}
	for _, p := range never {
		b.key = append(append(b.key, 1), p.String()...)
	}
	w := recall(b, b.witnesses, func() (w witnesses) {
		w.resources, w.complete = Witnesses(b.request, b.layers, question, never, all, known)
		return w
	})
	return w.resources, w.complete
}

// turnTo makes an action the one at hand, and says in key which statements match
// it.
func (b *ByAction) turnTo(action string) *evaluation {
	b.request.Action = action
	b.context.call = callOf(&b.request)
	e := b.e
	e.action, e.name = strings.ToLower(action), b.context.call.name
	b.key = b.key[:0]
	for _, s := range b.statements {
		m := s.matchAction(e.action)
		switch {
		case !m.ok:
			b.key = append(b.key, 'n')
		case m.code == "":
			b.key = append(b.key, 'y')
		default:
			b.key = append(append(b.key, '?'), m.code...)
		}
	}
	if e.rcpApplies() {
		b.key = append(b.key, 'r')
	}
	return e
}

// recall returns what was found under the key before, if the context still says
// what it said then; else it is found.
func recall[T any](b *ByAction, known map[string][]remembered[T], find func() T) T {
	for _, r := range known[string(b.key)] {
		if b.reads(r.read) {
			return r.found
		}
	}
	key := string(b.key)
	notes := &noting{Context: b.context}
	b.request.Context = notes
	found := find()
	b.request.Context = b.context
	known[key] = append(known[key], remembered[T]{notes.read, found})
	return found
}

// reads reports whether the context says the same now.
func (b *ByAction) reads(list []answered) bool {
	return !slices.ContainsFunc(list, func(a answered) bool { return !sameValue(b.context.Lookup(a.key), a.value) })
}

func sameValue(v, w Value) bool {
	return v.Knowledge == w.Knowledge && slices.Equal(v.Values, w.Values) &&
		(v.Knowledge != Partial || bytes.Equal(v.Pattern.appendKey(nil), w.Pattern.appendKey(nil)))
}

// noting is a context that notes what it is asked for.
type noting struct {
	Context
	read []answered
}

// Lookup implements Context.
func (n *noting) Lookup(key string) Value {
	v := n.Context.Lookup(key)
	if !slices.ContainsFunc(n.read, func(a answered) bool { return a.key == key }) {
		n.read = append(n.read, answered{key, v})
	}
	return v
}
