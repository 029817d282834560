package diagram

import (
	"fmt"
	"slices"
	"strings"

	"accesspath/query"
	"accesspath/render/words"
)

// A look is how one kind of node is drawn.
type look struct {
	shape, style string // of Graphviz
	fill, border string
}

// A palette holds the colours of a theme. Two entries of one palette are never
// the same colour in different roles, so that [DarkCSS] can translate colours.
type palette struct {
	ground, text, faint  string
	boxFill, boxBorder   string
	allow, maybe, denied string // arrows
	quiet                string // arrows that give no access
	added, gone, altered string // arrows of pictures of what changed
	lit                  string // borders and arrows of highlighted paths
	mfa, secret, badge   string // grounds of conditions: MFA, an external ID, others
	kinds                map[string]look
}

// shapes are Graphviz's, by kind.
func shapes() map[string]string {
	return map[string]string{
		words.User:      "ellipse",
		words.Role:      "box",
		words.Root:      "octagon",
		words.Group:     "tab",
		words.Service:   "component",
		words.Federated: "box",
		words.Account:   "box3d",
		words.Public:    "doubleoctagon",
		words.Other:     "box",
		Target:          "box",
		Permissions:     "note",
	}
}

// kindOrder is the order of the legend.
func kindOrder() []string {
	return []string{words.Public, words.Account, words.Federated, words.Service, words.Root, words.User, words.Group,
		words.Role, words.Other, Permissions, Target}
}

func kinds(colours map[string][2]string) map[string]look {
	out := map[string]look{}
	for k, s := range shapes() {
		style := "filled"
		switch k {
		case words.Role, words.Other:
			style = "filled,rounded"
		case words.Federated:
			style = "filled,diagonals"
		}
		out[k] = look{s, style, colours[k][0], colours[k][1]}
	}
	return out
}

func light() palette {
	return palette{
		ground: "#ffffff", text: "#1b1f24", faint: "#4b5563",
		boxFill: "#f8fafc", boxBorder: "#7c8a9e",
		allow: "#334155", maybe: "#b45309", denied: "#c81e1e", quiet: "#6b7280",
		added: "#047857", gone: "#d6204e", altered: "#6d28d9",
		lit: "#be185d", mfa: "#eff8ff", secret: "#f5f3ff", badge: "#fffbeb",
		kinds: kinds(map[string][2]string{
			words.User:      {"#dbeafe", "#1d4ed8"},
			words.Role:      {"#dcfce7", "#15803d"},
			words.Root:      {"#fee2e2", "#b91c1c"},
			words.Group:     {"#e5e7eb", "#52606d"},
			words.Service:   {"#f3e8ff", "#7e22ce"},
			words.Federated: {"#cffafe", "#0e7490"},
			words.Account:   {"#ffedd5", "#c2410c"},
			words.Public:    {"#fecdd3", "#9f1239"},
			words.Other:     {"#f3f4f6", "#64748b"},
			Target:          {"#fef08a", "#854d0e"},
			Permissions:     {"#fefce8", "#a16207"},
		}),
	}
}

func dark() palette {
	return palette{
		ground: "#0d1117", text: "#e6edf3", faint: "#a8b3bf",
		boxFill: "#151b23", boxBorder: "#66727f",
		allow: "#c3ccd6", maybe: "#f5a623", denied: "#ff7b72", quiet: "#8b949e",
		added: "#3fb950", gone: "#f85149", altered: "#a371f7",
		lit: "#f472b6", mfa: "#0c2f4a", secret: "#2e1f57", badge: "#33270a",
		kinds: kinds(map[string][2]string{
			words.User:      {"#122d5c", "#6ea8fe"},
			words.Role:      {"#0f3d24", "#4ade80"},
			words.Root:      {"#571616", "#fca5a5"},
			words.Group:     {"#2d333b", "#9aa4af"},
			words.Service:   {"#3b1a5e", "#c084fc"},
			words.Federated: {"#0b3b47", "#22d3ee"},
			words.Account:   {"#4d2308", "#fb923c"},
			words.Public:    {"#5f0f26", "#fb7185"},
			words.Other:     {"#22272e", "#94a3b8"},
			Target:          {"#4a3a05", "#facc15"},
			Permissions:     {"#2e2706", "#eab308"},
		}),
	}
}

func (o Options) palette() palette {
	if o.Theme == "dark" {
		return dark()
	}
	return light()
}

// arrow returns the colour and line style of an edge, and its legend.
func (p palette) arrow(verdict string) (colour, line, legend string) {
	switch verdict {
	case query.VerdictAllow:
		return p.allow, "solid", "allowed"
	case query.VerdictAllowIf:
		return p.maybe, "dashed", "under conditions"
	case Mixed:
		return p.maybe, "solid", "allowed, in part under conditions"
	case Blocked:
		return p.denied, "dashed", "denied"
	case Tried:
		return p.quiet, "dotted", "tried, fails elsewhere"
	case Escalated:
		return p.altered, "bold", "by escalation"
	case EscalatedIf:
		return p.altered, "dashed", "by escalation, under conditions"
	case Added:
		return p.added, "bold", "new"
	case Removed:
		return p.gone, "dotted", "gone"
	case Changed:
		return p.altered, "dashed", "asks for something else"
	}
	return p.quiet, "solid", "member of"
}

func arrowOrder() []string {
	return []string{query.VerdictAllow, query.VerdictAllowIf, Mixed, Blocked, Tried, Member, Escalated, EscalatedIf, Added, Removed, Changed}
}

// colours lists a palette in a fixed order.
func (p palette) colours() []string {
	out := []string{p.ground, p.text, p.faint, p.boxFill, p.boxBorder, p.allow, p.maybe, p.denied, p.quiet, p.added, p.gone, p.altered, p.lit, p.mfa, p.secret, p.badge}
	for _, k := range kindOrder() {
		out = append(out, p.kinds[k].fill, p.kinds[k].border)
	}
	return out
}

// DarkCSS returns rules that show a light picture, inlined in HTML under the
// given selector, in the colours of the dark theme. The caller puts them into a
// media query.
func DarkCSS(selector string) string {
	var b strings.Builder
	from, to := light().colours(), dark().colours()
	for i, c := range from {
		if slices.Index(from, c) < i {
			continue
		}
		fmt.Fprintf(&b, "%s [fill=%q]{fill:%s}%s [stroke=%q]{stroke:%s}\n", selector, c, to[i], selector, c, to[i])
	}
	return b.String()
}
