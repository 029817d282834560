package policy

import (
	"strings"
)

var statementElements = []string{"Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"}

// parseStatement reports false for a statement that can have no effect.
func (p *docParser) parseStatement(n *node, index int) (Statement, bool) {
	s := Statement{Index: index}
	elements := map[string]*node{}
	for i, name := range n.names {
		if e := p.element(n, n.kids[i], name, statementElements); e != "" {
			if _, exact := elements[e]; !exact || e == name {
				elements[e] = n.kids[i]
			}
		}
	}
	if sid := elements["Sid"]; sid != nil {
		s.Sid = sid.text
	}
	ok := p.effect(n, elements["Effect"], &s)
	ok = p.actions(n, elements, &s) && ok
	ok = p.resources(n, elements, &s) && ok
	ok = p.principals(n, elements, &s) && ok
	if c := elements["Condition"]; c != nil {
		p.conditions(c, &s)
	}
	return s, ok
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

// texts normalizes a scalar or an array of scalars to a list (GRAM-03, GRAM-04).
func (p *docParser) texts(n *node, element string) []string {
	switch n.kind {
	case '[':
		var out []string
		for _, kid := range n.kids {
			if kid.kind == '{' || kid.kind == '[' || kid.kind == 'n' {
				p.problem(kid, "invalid-value", "%s holds %s, want text", element, kid.describe())
				continue
			}
			out = append(out, kid.text)
		}
		return out
	case '{', 'n':
		p.problem(n, "invalid-value", "%s is %s, want text or an array of texts", element, n.describe())
		return nil
	}
	return []string{n.text}
}

func (p *docParser) actions(parent *node, elements map[string]*node, s *Statement) bool {
	action, not := elements["Action"], elements["NotAction"]
	if (action == nil) == (not == nil) {
		p.problem(parent, "invalid-action", "a statement has exactly one of Action and NotAction; this one has no effect")
		return false
	}
	if action != nil {
		s.Action = compileActions(p.texts(action, "Action"))
		return len(s.Action) > 0 || p.empty(action, "Action")
	}
	s.NotAction = compileActions(p.texts(not, "NotAction"))
	return len(s.NotAction) > 0 || p.empty(not, "NotAction")
}

// empty reports an element that is there and holds nothing (GRAM-12).
func (p *docParser) empty(n *node, element string) bool {
	p.problem(n, "empty-element", "%s is empty; the statement has no effect", element)
	return false
}

func (p *docParser) resources(parent *node, elements map[string]*node, s *Statement) bool {
	resource, not := elements["Resource"], elements["NotResource"]
	if resource != nil && not != nil {
		p.problem(parent, "invalid-resource", "a statement has at most one of Resource and NotResource; this one has no effect")
		return false
	}
	s.HasResource = resource != nil || not != nil
	if resource != nil {
		s.Resource = compileResources(p.texts(resource, "Resource"), p.variables)
		return len(s.Resource) > 0 || p.empty(resource, "Resource")
	}
	if not != nil {
		s.NotResource = compileResources(p.texts(not, "NotResource"), p.variables)
		return len(s.NotResource) > 0 || p.empty(not, "NotResource")
	}
	return true
}

func (p *docParser) principals(parent *node, elements map[string]*node, s *Statement) bool {
	principal, not := elements["Principal"], elements["NotPrincipal"]
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
		for i, name := range n.names {
			kind := p.element(n, n.kids[i], name, principalTypes)
			if kind == "" {
				continue
			}
			for _, text := range p.texts(n.kids[i], element+"."+kind) {
				out = append(out, newPrincipalElement(kind, text))
				if why := out[len(out)-1].defect(); why != "" {
					p.problem(n.kids[i], "dead-principal", "%s %q %s", kind, clip(text), why)
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
	for i, operator := range n.names {
		block := n.kids[i]
		if block.kind != '{' {
			p.problem(block, "invalid-condition", "%s is %s, want an object of keys", clip(operator), block.describe())
			s.Conditions = append(s.Conditions, Condition{Operator: operator})
			continue
		}
		for k, key := range block.names {
			values := p.texts(block.kids[k], "Condition."+operator+"."+key)
			c := compileCondition(operator, key, values, p.variables)
			for _, lint := range c.lint() {
				p.problem(block.kids[k], "condition", "%s", lint)
			}
			s.Conditions = append(s.Conditions, c)
		}
	}
}
