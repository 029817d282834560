package query

import (
	"slices"
	"strings"
	"time"

	"accesspath/graph"
	"accesspath/policy"
	"accesspath/policy/catalog"
)

// View says which origins a who-can lists (QRY-03).
type View string

// The views.
const (
	ViewOrigins View = "origins" // users, root, federation, services, outsiders
	ViewHolders View = "holders" // whose own policies allow it
	ViewAll     View = "all"
)

// Options bound and shape an answer.
type Options struct {
	View     View
	All      bool // quantifier of patterns: every matching resource (QRY-11)
	MaxHops  int  // 0: no limit (CHAIN-06)
	MaxPaths int  // paths shown for an origin; at least 1
	Strict   bool // requirements that callers choose stay conditions (SYM-12)
	// OneNetwork: the actor has one address for the whole chain (CHAIN-32).
	OneNetwork bool
	// WithoutMFA asks what is left if nobody uses multi-factor authentication.
	WithoutMFA bool
	// Context repeats the overrides for the record (SYM-11).
	Context map[string]string

	AccessLevel  string            // keep the actions of this level only (QRY-10); see AccessLevels
	AllActions   bool              // quantifier of action patterns: every action that matches (QRY-16)
	Existing     bool              // a pattern is about resources of the snapshot only (QRY-14)
	ResourceTags map[string]string // the resource has these tags (QRY-10)
	ExternalIDs  []string          // that the actor knows (SYM-14)
	Owners       map[string]string // names of the owners of accounts by id, besides AccountOwners
	WhyNot       bool              // denials of Can and Paths come with what would have to change
}

// Engine answers questions over one graph. It keeps what questions share and is
// not safe for concurrent use; make one for each goroutine.
type Engine struct {
	g *graph.Graph
	o Options

	arrived *graph.Node // in Check: who issued the session at hand
	began   choice      // in Check: what the first session carries of itself

	outrightCache map[string]bool
	weights       map[string]policy.Class // see weightOf
	coverage      *CoverageSummary        // see covered
	taken         []string                // see assumed
	common        *common
	spare         graph.NodeSet // empty, see takeSet
	silent        bool          // a question asked to prove another answer: it is not explained
}

// New makes an engine.
func New(g *graph.Graph, o Options) *Engine {
	if o.View == "" {
		o.View = ViewOrigins
	}
	o.MaxPaths = max(o.MaxPaths, 1)
	return &Engine{g: g, o: o, outrightCache: map[string]bool{}, weights: map[string]policy.Class{}, common: newCommon()}
}

// Another makes an engine like e for another goroutine: both remember for each
// other what questions have in common.
func (e *Engine) Another() *Engine {
	other := New(e.g, e.o)
	other.common, other.silent = e.common, e.silent
	return other
}

func (e *Engine) asOf() time.Time { return e.g.Model.Options.AsOf }

// outright reports whether callers can always meet a requirement (SYM-12); in
// strict view only True counts.
func (e *Engine) outright(r policy.Requirement) bool {
	if !r.IsOpen() || e.o.Strict {
		return r.IsTrue()
	}
	k := r.Key()
	v, ok := e.outrightCache[k]
	if !ok {
		_, v = r.Outright()
		e.outrightCache[k] = v
	}
	return v
}

// weightOf is the heaviest class that a requirement asks for. Long ways share
// their requirements, and working it out takes the formula apart.
func (e *Engine) weightOf(r policy.Requirement) policy.Class {
	if !r.IsOpen() {
		return r.Weight()
	}
	k := r.Key()
	class, ok := e.weights[k]
	if !ok {
		class = r.Weight()
		e.weights[k] = class
	}
	return class
}

// KeyDefined is the catalogue's answer for graph.Options: whether an action can
// carry a condition key (COND-21).
func KeyDefined(service, action, key string) (defined, certain bool) {
	if key == "aws:tagkeys" || strings.HasPrefix(key, "aws:requesttag/") {
		return takesTags(service, action, key) // global keys by name, yet only tagging actions carry them (SYM-25)
	}
	return catalog.KnownKey(service, action, key)
}

func takesTags(service, action, key string) (defined, certain bool) {
	info, ok := catalog.Action(service, action)
	if !ok {
		return false, false
	}
	lists := func(keys []string) bool {
		return slices.ContainsFunc(keys, func(k string) bool { return strings.EqualFold(k, key) })
	}
	if lists(info.ConditionKeys) {
		return true, true
	}
	for _, use := range info.ResourceTypes {
		if lists(use.ConditionKeys) {
			return true, true
		}
	}
	return false, true
}
