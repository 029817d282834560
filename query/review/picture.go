package review

import (
	"fmt"
	"strings"

	"accesspath/internal/termsafe"
	"accesspath/policy"
	"accesspath/query"
)

// A picture is a path drawn from left to right. Positions are computed here,
// so that a report of thousands needs no layout engine; lengths are pixels.
type picture struct {
	Width int
	Label string // the path in words, for those who do not see it
	Boxes []box
	Hops  []hop
}

// box is a principal on a path.
type box struct {
	X          int
	Name, Kind string // short enough for the box
	Full       string
	Last       bool
}

// hop is the arrow between two boxes.
type hop struct {
	X, Middle, End int
	Label          string
	Full           string
	Conditional    bool
}

const (
	boxWidth  = 190
	hopWidth  = 180
	boxChars  = 25
	hopChars  = 27
	kindChars = 28
)

// pictureOf draws a path; nil if it has one principal only.
func pictureOf(p query.Path) *picture {
	if len(p.Steps) == 0 {
		return nil
	}
	names := append([]string{p.Steps[0].From}, make([]string, len(p.Steps))...)
	for i, s := range p.Steps {
		names[i+1] = s.To
	}
	pic := &picture{Width: len(names)*boxWidth + len(p.Steps)*hopWidth + 2, Label: "Path: " + strings.Join(names, " to ")}
	for i, n := range names {
		kind, name := shortName(n)
		if i > 0 && n == names[i-1] {
			kind = "itself, with more rights"
		}
		pic.Boxes = append(pic.Boxes, box{X: 1 + i*(boxWidth+hopWidth), Name: termsafe.TruncateMiddle(name, boxChars),
			Kind: termsafe.TruncateMiddle(kind, kindChars), Full: n, Last: i == len(p.Steps)})
	}
	for i, s := range p.Steps {
		x := 1 + i*(boxWidth+hopWidth) + boxWidth
		full := stepText(s)
		pic.Hops = append(pic.Hops, hop{X: x + 4, Middle: x + hopWidth/2, End: x + hopWidth - 4,
			Label: termsafe.Truncate(full, hopChars), Full: full, Conditional: s.Verdict == query.VerdictAllowIf})
	}
	return pic
}

// shortName splits what a principal is from what it is called.
func shortName(id string) (kind, name string) {
	a, ok := policy.ParseARN(id)
	if !ok {
		return "", id
	}
	kind, name, ok = strings.Cut(a.Resource, "/")
	if !ok {
		kind, name = a.Service, a.Resource
	}
	if i := strings.LastIndexByte(name, '/'); i >= 0 {
		name = name[i+1:]
	}
	return strings.TrimSpace(kind + " " + a.Account), name
}

// stepText names what happens in a step.
func stepText(s query.Step) string {
	if s.Escalation != nil {
		return callsText(s.Escalation)
	}
	switch s.Kind {
	case "can-assume":
		return "assumes"
	case "federates":
		return "signs in to"
	case "service-carries":
		return "runs with"
	}
	return strings.ReplaceAll(s.Kind, "-", " ")
}

// anchorOf is the place of a finding within a page; n tells apart findings with
// one fingerprint.
func anchorOf(fingerprint string, n int) string {
	a := "f-" + fingerprint[:min(16, len(fingerprint))]
	if n > 0 {
		a += fmt.Sprintf("-%d", n+1)
	}
	return a
}
