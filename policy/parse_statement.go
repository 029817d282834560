package policy

import (
	"slices"
	"strings"
)

// The elements of a statement, and their places in statementElements.
const (
	elementSid = iota
	elementEffect
	elementPrincipal
	elementNotPrincipal
	elementAction
	elementNotAction
	elementResource
	elementNotResource
	elementCondition
	statementCount
)

var statementElements = []string{"Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"}

// parseStatement reports false for a statement that can have no effect.
func (p *docParser) parseStatement(n *node, index int) (Statement, bool) {
	s := Statement{Index: index}
	var found [statementCount]*node
	elements := &found
	for kid := n.first; kid != nil; kid = kid.next {
		if e := p.element(kid, statementElements); e >= 0 && (elements[e] == nil || statementElements[e] == kid.name) {
			elements[e] = kid
		}
	}
	p.leaveOut(elements)
	if sid := elements[elementSid]; sid != nil {
		s.Sid = sid.text
	}
	ok := p.effect(n, elements[elementEffect], &s)
	ok = p.actions(n, elements, &s) && ok
	ok = p.resources(n, elements, &s) && ok
	ok = p.principals(n, elements, &s) && ok
	if c := elements[elementCondition]; c != nil {
		p.conditions(c, &s)
	}
	return s, ok
}

// leaveOut takes an element that is null for one that is not there, where that leaves a
// statement: tools that keep policies as structures write those out that are not set.
func (p *docParser) leaveOut(elements *[statementCount]*node) {
	null := func(e int) bool { return elements[e] != nil && elements[e].kind == 'n' }
	drop := func(e int) {
		p.warn(elements[e], "invalid-value", "%s is null and counts as not there", statementElements[e])
		elements[e] = nil
	}
	for _, pair := range [][2]int{{elementAction, elementNotAction}, {elementResource, elementNotResource}, {elementPrincipal, elementNotPrincipal}} {
		for i, e := range pair {
			if other := elements[pair[1-i]]; null(e) && (other != nil && other.kind != 'n' || pair[0] == elementPrincipal) {
				drop(e)
			}
		}
	}
	if null(elementCondition) {
		drop(elementCondition)
	}
}

func (p *docParser) effect(parent, n *node, s *Statement) bool {
	if n == nil {
		p.problem(parent, "invalid-effect", "Effect is missing; the statement has no effect")
		return false
	}
	switch n.text {
	case "Allow":
		s.Effect = Allow
	case "Deny":
		s.Effect = Deny
	default:
		if strings.EqualFold(n.text, "deny") {
			p.warn(n, "invalid-effect", "Effect is %q, want \"Deny\": the statement blocks nothing although its author meant it to", clip(n.text))
		} else {
			p.problem(n, "invalid-effect", "Effect is %q, want \"Allow\" or \"Deny\"; the statement has no effect", clip(n.text))
		}
		return false
	}
	return true
}

// texts normalizes a scalar or an array of scalars to a list (GRAM-03, GRAM-04),
// which is good until the next call.
func (p *docParser) texts(n *node, element string) []string {
	out := p.list[:0]
	switch n.kind {
	case '[':
		for kid := n.first; kid != nil; kid = kid.next {
			if kid.kind == '{' || kid.kind == '[' || kid.kind == 'n' {
				p.problem(kid, "invalid-value", "%s holds %s, want text", element, kid.describe())
				continue
			}
			out = append(out, kid.text)
		}
	case '{', 'n':
		p.problem(n, "invalid-value", "%s is %s, want text or an array of texts", element, n.describe())
	default:
		out = append(out, n.text)
	}
	p.list = out
	return out
}

func (p *docParser) actionList(n *node, element string) []ActionPattern {
	texts := p.texts(n, element)
	out := make([]ActionPattern, len(texts))
	for i, t := range texts {
		out[i] = p.action(t)
	}
	return out
}

func (p *docParser) resourceList(n *node, element string) []ResourcePattern {
	texts := p.texts(n, element)
	out := make([]ResourcePattern, len(texts))
	for i, t := range texts {
		out[i] = p.resource(t, p.variables)
	}
	return out
}

func (p *docParser) actions(parent *node, elements *[statementCount]*node, s *Statement) bool {
	action, not := elements[elementAction], elements[elementNotAction]
	if (action == nil) == (not == nil) {
		p.problem(parent, "invalid-action", "a statement has exactly one of Action and NotAction; this one has no effect")
		return false
	}
	if action != nil {
		s.Action = p.actionList(action, "Action")
		return len(s.Action) > 0 || p.empty(action, "Action")
	}
	s.NotAction = p.actionList(not, "NotAction")
	return len(s.NotAction) > 0 || p.empty(not, "NotAction")
}

// empty reports an element that is there and holds nothing (GRAM-12).
func (p *docParser) empty(n *node, element string) bool {
	p.problem(n, "empty-element", "%s is empty; the statement has no effect", element)
	return false
}

func (p *docParser) resources(parent *node, elements *[statementCount]*node, s *Statement) bool {
	resource, not := elements[elementResource], elements[elementNotResource]
	if resource != nil && not != nil {
		p.problem(parent, "invalid-resource", "a statement has at most one of Resource and NotResource; this one has no effect")
		return false
	}
	s.HasResource = resource != nil || not != nil
	if resource != nil {
		s.Resource = p.resourceList(resource, "Resource")
		return len(s.Resource) > 0 || p.empty(resource, "Resource")
	}
	if not != nil {
		s.NotResource = p.resourceList(not, "NotResource")
		return len(s.NotResource) > 0 || p.empty(not, "NotResource")
	}
	return true
}

func (p *docParser) principals(parent *node, elements *[statementCount]*node, s *Statement) bool {
	principal, not := elements[elementPrincipal], elements[elementNotPrincipal]
	if principal != nil && not != nil {
		p.problem(parent, "invalid-principal", "a statement has at most one of Principal and NotPrincipal; this one has no effect")
		return false
	}
	s.HasPrincipal = principal != nil || not != nil
	if principal != nil {
		s.Principal = p.principalElements(principal, "Principal")
		return len(s.Principal) > 0 || p.empty(principal, "Principal")
	}
	if not != nil {
		s.NotPrincipal = p.principalElements(not, "NotPrincipal")
		return len(s.NotPrincipal) > 0 || p.empty(not, "NotPrincipal")
	}
	return true
}

var principalTypes = []string{"AWS", "Service", "Federated", "CanonicalUser"}

// principalPlaces names the lists of principalTypes for messages.
var principalPlaces = map[string][]string{
	"Principal":    {"Principal.AWS", "Principal.Service", "Principal.Federated", "Principal.CanonicalUser"},
	"NotPrincipal": {"NotPrincipal.AWS", "NotPrincipal.Service", "NotPrincipal.Federated", "NotPrincipal.CanonicalUser"},
}

func (p *docParser) principalElements(n *node, element string) []PrincipalElement {
	var out []PrincipalElement
	switch n.kind {
	case '"':
		if n.text == "*" {
			return []PrincipalElement{{Type: "*", Text: "*"}}
		}
		if e := newPrincipalElement("AWS", n.text); e.isARN || e.account != "" || e.unique {
			// AWS stores no such policy, but generators and other tools write
			// it; dropping it would hide access that the author meant.
			p.problem(n, "invalid-principal", "%s is the text %q, want {\"AWS\": …}; read as that", element, clip(n.text))
			return []PrincipalElement{e}
		}
		p.problem(n, "invalid-principal", "%s is %q, want \"*\" or an object", element, clip(n.text))
	case '{':
		for kid := n.first; kid != nil; kid = kid.next {
			i := p.element(kid, principalTypes)
			if i < 0 {
				continue
			}
			kind := principalTypes[i]
			texts := p.texts(kid, principalPlaces[element][i])
			out = slices.Grow(out, len(texts))
			for _, text := range texts {
				out = append(out, newPrincipalElement(kind, text))
				if why := out[len(out)-1].defect(); why != "" {
					p.problem(kid, "dead-principal", "%s %q %s", kind, clip(text), why)
				}
			}
		}
	default:
		p.problem(n, "invalid-principal", "%s is %s, want \"*\" or an object", element, n.describe())
	}
	return out
}

func (p *docParser) conditions(n *node, s *Statement) {
	if n.kind != '{' {
		p.problem(n, "invalid-condition", "Condition is %s, want an object; the statement matches nothing", n.describe())
		s.Conditions = append(s.Conditions, Condition{Operator: "(not an object)"})
		return
	}
	for block := n.first; block != nil; block = block.next {
		if block.kind != '{' {
			p.problem(block, "invalid-condition", "%s is %s, want an object of keys", clip(block.name), block.describe())
			s.Conditions = append(s.Conditions, Condition{Operator: block.name})
			continue
		}
		for key := block.first; key != nil; key = key.next {
			values := append([]string(nil), p.conditionValues(key, block.name)...)
			c := compileCondition(block.name, key.name, values, p.variables)
			for _, lint := range c.lint() {
				p.problem(key, "condition", "%s", lint)
			}
			s.Conditions = append(s.Conditions, c)
		}
	}
}

// conditionValues puts the name of the place together only if it is needed.
func (p *docParser) conditionValues(key *node, operator string) []string {
	if key.kind == '"' {
		return append(p.list[:0], key.text)
	}
	return p.texts(key, "Condition."+operator+"."+key.name)
}
