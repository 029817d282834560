package iam

import (
	"cmp"
	"fmt"
	"slices"
)

// Severity grades a Diagnostic.
type Severity uint8

// Errors lose facts, warnings change how facts were read, notes inform.
const (
	Note Severity = iota + 1
	Warning
	Error
)

func (s Severity) String() string {
	switch s {
	case Error:
		return "error"
	case Warning:
		return "warning"
	}
	return "note"
}

// A Diagnostic is one problem of the input, with its place. Texts may hold an
// attacker's words: printers escape them.
type Diagnostic struct {
	Severity Severity
	Code     string // such as "conflict", "missing-group", "invalid-effect"
	Origin   Origin
	Entity   string // ARN or other name; may be empty
	Message  string // without file and entity; lower case, no full stop
	Hint     string // the next step; may be empty
}

// String is "file:line:col: pointer (entity): message".
func (d Diagnostic) String() string {
	place := d.Origin.File
	if d.Origin.Line > 0 {
		place += fmt.Sprintf(":%d:%d", d.Origin.Line, d.Origin.Column)
	}
	if place != "" {
		place += ": "
	}
	if d.Origin.Pointer != "" {
		place += d.Origin.Pointer
		if d.Entity == "" {
			place += ": "
		} else {
			place += " "
		}
	}
	if d.Entity != "" {
		place += "(" + d.Entity + "): "
	}
	return place + d.Severity.String() + ": " + d.Message
}

func (d Diagnostic) compare(e Diagnostic) int {
	return cmp.Or(
		cmp.Compare(d.Origin.File, e.Origin.File),
		cmp.Compare(d.Origin.Line, e.Origin.Line),
		cmp.Compare(d.Origin.Column, e.Origin.Column),
		cmp.Compare(d.Origin.Pointer, e.Origin.Pointer),
		cmp.Compare(d.Code, e.Code),
		cmp.Compare(d.Entity, e.Entity),
		cmp.Compare(d.Message, e.Message),
	)
}

// LostFiles lists the files of the input of which nobody knows what they would have
// told, or what their ends would have, in the order of the diagnostics.
func (s *Snapshot) LostFiles() []string {
	var out []string
	for i := range s.Diagnostics {
		if d := &s.Diagnostics[i]; d.Severity == Error && slices.Contains(lost, d.Code) && !slices.Contains(out, d.Origin.File) {
			out = append(out, d.Origin.File)
		}
	}
	return out
}

// lost are the codes of diagnostics about such files.
var lost = []string{"unreadable-file", "empty-file", "invalid-json", "invalid-xml"}
