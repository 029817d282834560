package escalate

import (
	"slices"

	"accesspath/graph"
	"accesspath/iam"
	"accesspath/policy"
)

// gained is what an actor holds after an attempt that succeeds: what it can become then.
type gained struct {
	kind   graph.EdgeKind
	node   graph.NodeID
	change *change // to the node; nil if it stays as it is
	made   *target // instead of the node, if the actor makes a principal
}

// gains say what an actor holds after an attempt that succeeds. "attached" is one
// more, which takes a choice; see attached.
var gains = map[string]func(a *attempt) gained{
	"keys":      func(a *attempt) gained { return gained{kind: a.kind(), node: a.t.node} },
	"call":      func(a *attempt) gained { return gained{kind: graph.EscalatesByCall, node: a.t.node} },
	"service":   func(a *attempt) gained { return gained{kind: graph.EscalatesByService, node: a.t.node} },
	"assertion": func(a *attempt) gained { return gained{kind: graph.EscalatesByService, node: a.t.node} },
	"sign-in":   func(a *attempt) gained { return gained{kind: graph.EscalatesByService, node: a.t.node} },
	"everything": func(a *attempt) gained {
		if c := a.overwrites(); c != nil {
			return a.changed(*c)
		}
		return a.changed(change{label: everythingLabel, apply: write(everything)})
	},
	"version": func(a *attempt) gained {
		return a.changed(change{label: "version " + a.t.policy.ARN + " " + a.t.version.VersionID, apply: useVersion(a.t.policy, a.t.version)})
	},
	"member": func(a *attempt) gained {
		return a.changed(change{label: "group " + a.t.group.ARN, apply: joinGroup(a.t.group)})
	},
	"unbound": func(a *attempt) gained { return a.changed(change{label: "unbound", apply: unbind}) },
	"rid":     func(a *attempt) gained { return a.changed(change{label: "without " + a.t.drop, apply: drop(a.t.drop)}) },
	"rid-group": func(a *attempt) gained {
		return a.changed(change{label: "group " + a.t.group.ARN + " without " + a.t.drop, apply: dropOfGroup(a.t.group, a.t.drop)})
	},
	"unguarded": func(a *attempt) gained {
		return a.changed(change{label: "unguarded", node: func(s *graph.Supposition) { s.Unguarded = true }})
	},
	"boundary-version": func(a *attempt) gained {
		return a.changed(change{label: "boundary version " + a.t.version.VersionID, apply: boundByVersion(a.t.policy, a.t.version)})
	},
	"tag":             (*attempt).withTag,
	"no-tag":          (*attempt).withoutTag,
	"resource-tag":    (*attempt).withResourceTag,
	"no-resource-tag": (*attempt).withoutResourceTag,
	"mfa": func(a *attempt) gained {
		return a.changed(change{label: "mfa", node: func(s *graph.Supposition) {
			s.Known = settled(s.Known, policy.MapContext{"aws:multifactorauthpresent": policy.Is("true"), "aws:multifactorauthage": policy.Is("0")})
		}})
	},
	"resource": func(a *attempt) gained {
		d, resource := statement(a.e.Grants, []string{a.by.node.ID}, "*"), a.t.resource
		return a.changed(change{label: "resource " + a.e.ID, node: func(s *graph.Supposition) { s.Resource, s.Policy = resource, d }})
	},
	"new": func(a *attempt) gained { return gained{kind: a.kind(), made: a.t} },
}

// overwrites is the change where what is written takes the place of something that denies
// the principal something; nil if nothing goes (ESC-23).
func (a *attempt) overwrites() *change {
	of := a.t.entity()
	for _, t := range a.e.terms() {
		switch {
		case t.Action == "iam:CreatePolicyVersion":
			if v := a.t.policy.Default(); v != nil && v.Document != nil && denies(v.Document) {
				anew := &iam.PolicyVersion{Policy: v.Policy, VersionID: "written by escalation"}
				anew.Document = everything
				return &change{label: "everything in " + a.t.policy.ARN, apply: useVersion(a.t.policy, anew)}
			}
		case t.Action == "iam:PutGroupPolicy" && t.On == "group" && slices.Contains(a.t.user.Groups, a.t.group):
			if slices.ContainsFunc(a.t.group.Inline, inlineDenies) {
				return &change{label: "everything in " + a.t.group.ARN, apply: overwriteOfGroup(a.t.group)}
			}
		case t.On == "target" && (t.Action == "iam:PutUserPolicy" || t.Action == "iam:PutRolePolicy"):
			if of != nil && slices.ContainsFunc(of.Inline, inlineDenies) {
				return &change{label: "everything in place of what denies", apply: overwrite}
			}
		}
	}
	return nil
}

// frees reports whether the attempt takes away something that denies.
func (a *attempt) frees() bool {
	switch a.e.Gain {
	case "everything":
		return a.overwrites() != nil
	case "version":
		current := a.t.policy.Default()
		return current != nil && current.Document != nil && deniesLess(a.t.version.Document, current.Document)
	}
	return true
}

// changed is the target as it is after a change.
func (a *attempt) changed(c change) gained {
	return gained{kind: a.kind(), node: a.t.node, change: &c}
}

// An outcome is an attempt that may succeed.
type outcome struct {
	by *actor
	e  *Entry
	v  verdict
	gained
}

// outcome is what comes of the attempt.
func (a *attempt) outcome(v verdict, g gained) outcome { return outcome{a.by, a.e, v, g} }

// record puts what an attempt gains into the graph.
func (s *search) record(o *outcome) {
	to, ok := o.node, true
	switch {
	case o.made != nil:
		to, ok = s.make(o.made)
	case o.change != nil:
		to, ok = s.suppose(o.node, *o.change)
	}
	if ok {
		s.addEdge(o, to)
	}
}

// addEdge adds an edge from the actor to a node, for all of its class at once.
func (s *search) addEdge(o *outcome, to graph.NodeID) {
	if s.kept() >= maxEdges {
		s.cut.Store(true)
		return
	}
	e := graph.Escalation{From: o.by.id, To: to, Kind: o.kind, Order: uint32(s.kept()),
		Requires: s.interned.requirement(o.v.requires), Way: s.interned.way(o.e, o.v.requests)}
	switch from := e.From; {
	case len(o.by.members) > 1:
		e.From = s.peersOf(o.by)
		s.alike = append(s.alike, e)
		if !o.by.idle {
			s.noted.alike(&e, len(s.alike)-1, s.first())
		}
	case from != to && s.base(from) != to && (o.kind == graph.EscalatesInPlace || s.base(from) != s.base(to)):
		s.edges = append(s.edges, e)
		if !o.by.idle {
			s.noted.own(&e, len(s.edges)-1, s.first())
		}
	}
}

// kept is how many edges there are, those of a class counted once.
func (s *search) kept() int { return len(s.edges) + len(s.alike) }

// kind is how the target is obtained: a role by a call of the actor, users and
// root users with credentials of their own.
func (a *attempt) kind() graph.EdgeKind {
	switch {
	case a.e.aboutSelf():
		return graph.EscalatesInPlace
	case a.t.role != nil:
		return graph.EscalatesByCall
	}
	return graph.EscalatesToKeys
}
