package store

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"reflect"
	"slices"
	"time"

	"accesspath/iam"
	"accesspath/policy"
)

// Parts hold the iam types themselves, written by their shapes: a struct is a
// bit for each field that is not zero, and then those fields; a text is its
// length and its bytes, or the number of an equal one before it in the part.
// Pointers that must stay shared are references: documents, groups and instance
// profiles by their number, managed policies by number or ARN; positions are
// taken out. Loading an organization of 100 accounts takes a third of the time
// that it took while parts were JSON.

// part is one piece of a snapshot before it is compressed.
type part struct {
	kind, name string
	schema     string // by which data is written; "" if by none
	data       []byte
	documents  []*policy.Document
	positions  []byte // nil if there are none
	sums       sums   // of all that
}

// sums are what a part is known by, worked out once: they are wanted for the
// digest of the snapshot, for what it has in common with others, and to save it.
type sums struct {
	digests   []byte            // of the documents, one after the other
	stored    [sha256.Size]byte // by which the part is found
	facts     [sha256.Size]byte // whatever it was written by
	positions [sha256.Size]byte
}

// sum works out the sums of a part that is complete.
func (p *part) sum() *part {
	p.sums.digests = digestsOf(p.documents)
	p.sums.stored = digest(p.schema, p.data, p.sums.digests)
	p.sums.facts = p.sums.stored
	if p.schema != "" {
		p.sums.facts = digest("", p.data, p.sums.digests)
	}
	p.sums.positions = digest("", p.positions, nil)
	return p
}

// digest covers the documents, because data names them by number only, and the
// schema, without which data says nothing.
func digest(schema string, data []byte, documents []byte) [sha256.Size]byte {
	h := sha256.New()
	if schema != "" {
		sum := sha256.Sum256([]byte(schema))
		h.Write(sum[:])
	}
	h.Write(binary.AppendUvarint(nil, uint64(len(documents))))
	h.Write(documents)
	h.Write(data)
	return [sha256.Size]byte(h.Sum(nil))
}

// digestsOf lists the digests of documents, one after the other.
func digestsOf(documents []*policy.Document) []byte {
	out := make([]byte, 0, len(documents)*sha256.Size)
	for _, d := range documents {
		out = append(out, d.Digest[:]...)
	}
	return out
}

// encoder writes the values of one part.
type encoder struct {
	schema   *schema
	buf      []byte
	texts    map[string]uint64
	docs     []*policy.Document
	docIndex map[*policy.Document]uint64
	byDigest map[[sha256.Size]byte]uint64
	origins  []iam.Origin
	groups   map[*iam.Group]int
	profiles map[*iam.InstanceProfile]int
	policies map[*iam.ManagedPolicy]int
	shared   map[*iam.ManagedPolicy]string
	numbers  numbering // of texts and documents, in records of a compiled form; nil in parts
	positions
	err error // the first
}

// numbering gives texts and documents numbers that hold in more than one piece of
// data; positions are then written where they stand. The numbers of texts are known
// when all have been met: where they belong is left open.
type numbering interface {
	text(at int, text string) // not ""; at is where its number belongs
	document(*policy.Document) uint64
}

func newEncoder() (*encoder, error) {
	s, err := currentSchema()
	return &encoder{schema: s, texts: map[string]uint64{}, docIndex: map[*policy.Document]uint64{}, byDigest: map[[sha256.Size]byte]uint64{}}, err
}

// again makes e ready for another part, and keeps its tables, which would
// otherwise be made anew for each account.
func (e *encoder) again() {
	clear(e.texts)
	clear(e.docIndex)
	clear(e.byDigest)
	*e = encoder{schema: e.schema, texts: e.texts, docIndex: e.docIndex, byDigest: e.byDigest, buf: make([]byte, 0, len(e.buf)), origins: e.origins[:0]}
}

// put writes a value. It does nothing after an earlier error.
func put[T any](e *encoder, v *T) {
	s, err := e.schema.of(reflect.TypeFor[T]())
	if e.err == nil {
		e.err = err
	}
	if e.err == nil {
		e.value(s, reflect.ValueOf(v).Elem())
	}
}

func putList[T any](e *encoder, list []*T) {
	for _, v := range list {
		put(e, v)
	}
}

func (e *encoder) uint(n uint64) { e.buf = binary.AppendUvarint(e.buf, n) }

func (e *encoder) value(s *shape, v reflect.Value) {
	switch s.kind {
	case shapeText:
		e.text(v.String())
	case shapeInt:
		e.buf = binary.AppendVarint(e.buf, v.Int())
	case shapeByte:
		e.buf = append(e.buf, byte(v.Uint()))
	case shapeBool:
		b := byte(0)
		if v.Bool() {
			b = 1
		}
		e.buf = append(e.buf, b)
	case shapeList:
		e.list(s, v)
	case shapeMap:
		e.table(s, v)
	case shapePointer:
		if at, ok := v.Interface().(*iam.Attachment); ok && e.numbers != nil {
			e.attachment(s, v, at)
			return
		}
		if v.IsNil() {
			e.buf = append(e.buf, 0)
			return
		}
		e.buf = append(e.buf, 1)
		e.value(s.elem, v.Elem())
	case shapeRecord:
		e.record(s, v)
	default:
		e.special(s, v.Addr().Interface())
	}
}

// special writes by address: that spares an allocation for each value.
func (e *encoder) special(s *shape, p any) {
	switch p := p.(type) {
	case *time.Time:
		if e.numbers != nil {
			e.moment(*p)
			return
		}
		e.time(*p)
	case *iam.Origin:
		if e.numbers != nil {
			e.placed(*p)
			return
		}
		e.origins = append(e.origins, *p)
	case **policy.Document:
		e.document(*p)
	case **iam.Group:
		reference(e, e.groups, *p, "a group")
	case **iam.InstanceProfile:
		reference(e, e.profiles, *p, "an instance profile")
	case **iam.ManagedPolicy:
		if ref, ok := e.shared[*p]; ok {
			e.uint(1)
			e.text(ref)
			return
		}
		reference(e, e.policies, *p, "a managed policy")
	default:
		e.err = fmt.Errorf("no way to store a %T as %d", p, s.kind)
	}
}

func (e *encoder) time(t time.Time) {
	e.buf = binary.AppendVarint(e.buf, t.Unix())
	e.uint(uint64(t.Nanosecond()))
}

// text writes 2n and n bytes, or 2i+1 for the i-th text of the part.
func (e *encoder) text(s string) {
	if s == "" {
		e.uint(0)
		return
	}
	if e.numbers != nil {
		e.numbers.text(len(e.buf), s)
		return
	}
	if i, ok := e.texts[s]; ok {
		e.uint(2*i + 1)
		return
	}
	e.texts[s] = uint64(len(e.texts))
	e.uint(2 * uint64(len(s)))
	e.buf = append(e.buf, s...)
}

// list writes 0 for nil, else the length plus one.
func (e *encoder) list(s *shape, v reflect.Value) {
	if v.IsNil() {
		e.uint(0)
		return
	}
	e.uint(uint64(v.Len()) + 1)
	for i := range v.Len() {
		e.value(s.elem, v.Index(i))
	}
}

func (e *encoder) table(s *shape, v reflect.Value) {
	if e.numbers != nil && v.Type() == coverageType {
		e.text(coverageText(v.Interface().(iam.Coverage)))
		return
	}
	if v.IsNil() {
		e.uint(0)
		return
	}
	keys := v.MapKeys()
	slices.SortFunc(keys, func(a, b reflect.Value) int {
		switch x, y := a.String(), b.String(); {
		case x < y:
			return -1
		case x > y:
			return 1
		}
		return 0
	})
	e.uint(uint64(len(keys)) + 1)
	value := reflect.New(v.Type().Elem()).Elem()
	for _, key := range keys {
		e.text(key.String())
		value.Set(v.MapIndex(key))
		e.value(s.elem, value)
	}
}

func (e *encoder) record(s *shape, v reflect.Value) {
	at := len(e.buf)
	for range (len(s.fields) + 7) / 8 {
		e.buf = append(e.buf, 0)
	}
	spelled, left := e.spells(s, v)
	if left {
		e.buf[len(e.buf)-1] |= 0x80
	}
	for i, f := range s.fields {
		if left && spelled.has(f.index) {
			continue
		}
		if field := v.Field(f.index); !field.IsZero() {
			e.buf[at+i/8] |= 1 << (i % 8)
			e.value(f.shape, field)
		}
	}
}

// document writes the number of a document plus one.
func (e *encoder) document(d *policy.Document) {
	if d == nil {
		e.uint(0)
		return
	}
	if e.numbers != nil {
		e.uint(e.numbers.document(d) + 1)
		return
	}
	i, ok := e.docIndex[d]
	if !ok {
		if i, ok = e.byDigest[d.Digest]; !ok {
			i = uint64(len(e.docs))
			e.byDigest[d.Digest] = i
			e.docs = append(e.docs, d)
		}
		e.docIndex[d] = i
	}
	e.uint(i + 1)
}

// reference writes 0 for nil, 2(i+1) for the i-th of a list; 1 is left for ARNs.
func reference[T any](e *encoder, index map[*T]int, p *T, what string) {
	if p == nil {
		e.uint(0)
		return
	}
	i, ok := index[p]
	if !ok && e.err == nil {
		e.err = fmt.Errorf("%s is referred to and not listed", what)
	}
	e.uint(2 * uint64(i+1))
}

// part ends the encoding.
func (e *encoder) part(kind, name string) (*part, error) {
	p := &part{kind: kind, name: name, schema: e.schema.text, data: e.buf, documents: e.docs, positions: packOrigins(e.origins)}
	return p.sum(), e.err
}
