package scan

import (
	"bytes"
	"fmt"
	"strconv"
	"sync"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"accesspath/iam"
	"accesspath/policy"
)

// Documents holds every distinct policy document of a load once. It is safe
// for concurrent use. The key is the whole compact text, not a digest of it:
// no collision can swap two policies.
type Documents struct {
	mu      sync.RWMutex
	docs    map[string]*policy.Document
	parsers sync.Pool // of *policy.Parser
}

// NewDocuments returns an empty set.
func NewDocuments() *Documents { return &Documents{docs: map[string]*policy.Document{}} }

// Keep makes a document that is known already the one of its text; nil is none.
func (d *Documents) Keep(doc *policy.Document) {
	if doc == nil {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.docs[doc.Text] == nil {
		d.docs[doc.Text] = doc
	}
}

// forget lets go of documents that nobody else holds. Those that come again are
// parsed again, and held twice.
func (d *Documents) forget() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.docs = map[string]*policy.Document{}
}

// parse takes valid JSON without white space; it does not keep compact.
func (d *Documents) parse(compact []byte) (*policy.Document, error) {
	d.mu.RLock()
	doc := d.docs[string(compact)]
	d.mu.RUnlock()
	if doc != nil {
		return doc, nil
	}
	parser, ok := d.parsers.Get().(*policy.Parser)
	if !ok {
		parser = policy.NewParser()
	}
	doc, err := parser.Parse(compact)
	d.parsers.Put(parser)
	if err != nil {
		return nil, err
	}
	key := doc.Text
	if key != string(compact) {
		key = string(compact)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if other := d.docs[key]; other != nil {
		return other, nil
	}
	d.docs[key] = doc
	return doc, nil
}

// Policy reads a policy document in any of its wrappings: an object, text, or
// percent-encoded text (GAAD-04, GAAD-05, IN-30). Name is what the policy is
// called, pointer where v is, entity whose it is. A document that cannot be
// read is a diagnostic and a Defect (GAAD-20); an absent one is neither.
func (f *File) Policy(v Value, name, pointer, entity string) *iam.Policy {
	p := &iam.Policy{Name: name, Origin: v.Origin(pointer)}
	if v.Absent() {
		return p
	}
	f.replaced = false
	compact, err := f.documentText(v)
	if err == nil && compact != nil {
		p.Document, err = f.docs.parse(compact)
	}
	if f.replaced {
		f.Report(iam.Diagnostic{Severity: iam.Warning, Code: "invalid-utf8", Origin: p.Origin, Entity: entity,
			Message: name + ": not UTF-8 once it is decoded: bytes that are no character are read as U+FFFD", Hint: "export it again"})
	}
	if err != nil {
		p.Defect = err.Error()
		f.Report(iam.Diagnostic{Severity: iam.Error, Code: "unreadable-policy", Origin: p.Origin, Entity: entity,
			Message: fmt.Sprintf("%s: %s", name, p.Defect), Hint: "the policy counts as unknown; export it again"})
		return p
	}
	if p.Document != nil && len(p.Document.Problems) > 0 {
		f.documentProblems(v, p, entity)
	}
	return p
}

// documentText returns the compact JSON text of a document in f.scratch, or
// nil if v is empty text.
func (f *File) documentText(v Value) ([]byte, error) {
	if len(v.Raw()) > MaxText {
		return nil, fmt.Errorf("more than %d bytes, which is longer than any policy of AWS", MaxText)
	}
	switch v.Kind() {
	case '{':
		f.scratch = compactInto(f.scratch[:0], v.Raw())
		if !utf8.Valid(f.scratch) {
			return bytes.ToValidUTF8(f.scratch, []byte("\uFFFD")), nil
		}
		return f.scratch, nil
	case '"':
	default:
		return nil, fmt.Errorf("found %s, want an object or its text", v.Describe())
	}
	text := bytes.TrimSpace(unquote(v.Raw()))
	for range 2 { // GAAD-04: decode once more if it is still encoded
		if len(text) == 0 || text[0] != '%' && text[0] != '"' {
			break
		}
		if text[0] == '"' {
			inner, err := jsontext.AppendUnquote(nil, text)
			if err != nil {
				break
			}
			text = bytes.TrimSpace(inner)
			continue
		}
		text = bytes.TrimSpace(PercentDecode(text))
	}
	if len(text) == 0 {
		return nil, nil
	}
	if !utf8.Valid(text) { // only percent-decoding can bring that about
		f.replaced = true
		text = bytes.ToValidUTF8(text, []byte("\uFFFD"))
	}
	value := jsontext.Value(append(f.scratch[:0], text...))
	if err := value.Compact(jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true)); err != nil {
		return nil, fmt.Errorf("the text is not JSON: %s", Reason(err))
	}
	f.scratch = value
	return value, nil
}

// PercentDecode undoes RFC 3986 encoding. It leaves "+" alone, which is no
// blank in a path (GAAD-05), and so it leaves a "%" that starts no escape.
func PercentDecode(b []byte) []byte {
	out := make([]byte, 0, len(b))
	for i := 0; i < len(b); i++ {
		if b[i] == '%' && i+2 < len(b) {
			if hi, lo := unhex(b[i+1]), unhex(b[i+2]); hi >= 0 && lo >= 0 {
				out = append(out, byte(hi<<4|lo))
				i += 2
				continue
			}
		}
		out = append(out, b[i])
	}
	return out
}

func unhex(c byte) int {
	switch {
	case '0' <= c && c <= '9':
		return int(c - '0')
	case 'a' <= c && c <= 'f':
		return int(c-'a') + 10
	case 'A' <= c && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}

// compactInto appends valid JSON without the white space outside of strings.
func compactInto(dst, raw []byte) []byte {
	for i := 0; i < len(raw); {
		switch raw[i] {
		case ' ', '\n', '\t', '\r':
			i = afterSpaces(raw, i+1)
		case '"':
			end := skipString(raw, i)
			dst = append(dst, raw[i:end]...)
			i = end
		default:
			dst = append(dst, raw[i])
			i++
		}
	}
	return dst
}

// documentProblems reports the defects of a document that could be read. In
// one that arrived as an object each has its own place, in one that arrived as
// text they share the place of the text.
func (f *File) documentProblems(v Value, p *iam.Policy, entity string) {
	for _, problem := range p.Document.Problems {
		d := iam.Diagnostic{Severity: iam.Warning, Code: problem.Code, Origin: p.Origin, Entity: entity, Message: p.Name + ": " + problem.Message}
		inside := statementPointer(p.Document.Text, problem.Statement)
		if v.Kind() == '{' {
			d.Origin.Line, d.Origin.Column = v.positionOf(v.lo + spread(v.Raw(), problem.Offset))
			d.Origin.Pointer += inside
		} else if inside != "" {
			d.Message = fmt.Sprintf("%s, %s in its text: %s", p.Name, inside, problem.Message)
		}
		f.Report(d)
	}
}

// statementPointer is the pointer of a statement inside its document: a single
// one may stand without an array (GRAM-02).
func statementPointer(compact string, statement int) string {
	if statement < 0 {
		return ""
	}
	doc := Make("", []byte(compact), 0, 0)
	for name, m := range doc.Members() {
		if Fold(name) != "statement" {
			continue
		}
		if m.Kind() == '[' {
			return "/" + escapePointer(name) + "/" + strconv.Itoa(statement)
		}
		return "/" + escapePointer(name)
	}
	return ""
}

// spread returns the offset in raw of what stands at an offset of its compact text.
func spread(raw []byte, compact int) int {
	n := 0
	for i := 0; i < len(raw); {
		end := i + 1
		switch raw[i] {
		case ' ', '\n', '\t', '\r':
			i++
			continue
		case '"':
			end = skipString(raw, i)
		}
		if n += end - i; n > compact {
			return end - (n - compact)
		}
		i = end
	}
	return len(raw)
}

// escapePointer writes a name as a reference token of RFC 6901.
func escapePointer(name []byte) string {
	if bytes.IndexByte(name, '~') < 0 && bytes.IndexByte(name, '/') < 0 && utf8.Valid(name) {
		return string(name)
	}
	name = bytes.ToValidUTF8(name, []byte("\uFFFD"))
	name = bytes.ReplaceAll(name, []byte("~"), []byte("~0"))
	return string(bytes.ReplaceAll(name, []byte("/"), []byte("~1")))
}

// Join appends a member name to a pointer.
func Join(pointer string, name []byte) string { return pointer + "/" + escapePointer(name) }

// Index appends an array index to a pointer.
func Index(pointer string, i int) string { return pointer + "/" + strconv.Itoa(i) }

// Peek reads a policy document like Policy, but without a word about defects;
// nil if it cannot be read.
func (f *File) Peek(v Value) *policy.Document {
	if v.Absent() {
		return nil
	}
	compact, err := f.documentText(v)
	if err != nil || compact == nil {
		return nil
	}
	doc, err := f.docs.parse(compact)
	if err != nil {
		return nil
	}
	return doc
}
