package scan

import (
	"fmt"
	"slices"
	"strings"

	"accesspath/iam"
)

// A File collects what is said about one file while it is read: it is used by
// one goroutine, and shares documents with the others.
type File struct {
	Name    string
	docs    *Documents
	cap     int
	diags   []iam.Diagnostic
	cut     map[string]excess // by code
	kept    map[string]int
	scratch []byte
	texts   map[string]string

	replaced bool // the last document that was read had bytes which are no character
}

// excess counts the diagnostics that are not kept.
type excess struct {
	count int
	worst iam.Severity
}

// NewFile returns a File that keeps at most most diagnostics of each code.
func NewFile(name string, docs *Documents, most int) *File {
	return &File{Name: name, docs: docs, cap: most, cut: map[string]excess{}, kept: map[string]int{}, texts: map[string]string{}}
}

// Forget lets go of texts and documents of entities that are dropped, at the
// price of holding twice what comes again.
func (f *File) Forget() {
	f.docs.forget()
	f.texts = map[string]string{}
}

// Report keeps a diagnostic, or counts it if there are too many of its code.
func (f *File) Report(d iam.Diagnostic) {
	if f.kept[d.Code] >= f.cap {
		e := f.cut[d.Code]
		f.cut[d.Code] = excess{e.count + 1, max(e.worst, d.Severity)}
		return
	}
	f.kept[d.Code]++
	d.Entity = cut(d.Entity)
	d.Origin.Pointer = cut(d.Origin.Pointer)
	if d.Origin.File == "" {
		d.Origin.File = f.Name
	}
	f.diags = append(f.diags, d)
}

// cut keeps hostile names from filling the report.
func cut(s string) string {
	const most = 512
	if len(s) > most {
		return strings.ToValidUTF8(s[:most], "") + "…"
	}
	return s
}

// Reported tells whether there was anything to report so far.
func (f *File) Reported() bool { return len(f.diags) > 0 }

// Warn reports a warning at a value.
func (f *File) Warn(v Value, pointer, entity, code, format string, args ...any) {
	f.Report(iam.Diagnostic{Severity: iam.Warning, Code: code, Origin: v.Origin(pointer), Entity: entity, Message: fmt.Sprintf(format, args...)})
}

// Diagnostics returns what was kept, and for each code of which some were not
// how many more there are: as severe as the worst of them.
func (f *File) Diagnostics() []iam.Diagnostic {
	out := f.diags
	codes := make([]string, 0, len(f.cut))
	for code := range f.cut {
		codes = append(codes, code)
	}
	slices.Sort(codes)
	for _, code := range codes {
		out = append(out, iam.Diagnostic{Severity: f.cut[code].worst, Code: "diagnostics-cut", Origin: iam.Origin{File: f.Name},
			Message: fmt.Sprintf("and %d more like the first %d of %q, which are listed", f.cut[code].count, f.kept[code], code)})
	}
	return out
}

// Intern returns v's text; equal texts of a file share memory.
func (f *File) Intern(v Value) string {
	if v.Kind() != '"' {
		return v.Text()
	}
	text := unquote(v.Raw())
	if s, ok := f.texts[string(text)]; ok {
		return s
	}
	s := string(text)
	f.texts[s] = s
	return s
}

// Clip shortens text from the input for a message.
func Clip(s string) string {
	const most = 80
	if len(s) > most {
		s = s[:most] + "…"
	}
	return strings.ToValidUTF8(s, "\uFFFD")
}
