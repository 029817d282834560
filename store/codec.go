package store

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
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

// digests lists the digests of the part's documents, one after the other.
func (p *part) digests() []byte {
	out := make([]byte, 0, len(p.documents)*sha256.Size)
	for _, d := range p.documents {
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
	return &part{kind: kind, name: name, schema: e.schema.text, data: e.buf, documents: e.docs, positions: packOrigins(e.origins)}, e.err
}

// decoder reads what an encoder wrote, by the schema it was written by.
type decoder struct {
	schema   *schema
	text     string // all of it: texts are parts of it
	at       int
	texts    []string
	docs     []*policy.Document
	origins  *originReader
	groups   []*iam.Group
	profiles []*iam.InstanceProfile
	policies []*iam.ManagedPolicy
	shared   map[string]*iam.ManagedPolicy
	numbered numbered // where what has a number is found; nil in parts
	positions
	depth int   // of structs
	err   error // the first
}

// numbered finds what an encoder wrote the numbers of.
type numbered interface {
	text(uint64) (string, bool)
	document(uint64) (*policy.Document, bool)
	group(uint64) (*iam.Group, bool)
	profile(uint64) (*iam.InstanceProfile, bool)
	managed(uint64) (*iam.ManagedPolicy, bool)
}

// maxDepth bounds structs inside structs, which a hostile schema could nest
// without end; ours go six deep.
const maxDepth = 32

func newDecoder(s *schema, data []byte, docs []*policy.Document, positions []byte) *decoder {
	return &decoder{schema: s, text: string(data), docs: docs, origins: newOriginReader(positions)}
}

var (
	errReference = errors.New("a part refers to something that is not there")
	errShort     = errors.New("a part ends too early")
	errLong      = errors.New("a part is longer than what it holds")
)

// get reads a value. It does nothing after an earlier error.
func get[T any](d *decoder, into *T) {
	s, err := d.schema.of(reflect.TypeFor[T]())
	d.fail(err)
	if d.err == nil {
		d.value(s, reflect.ValueOf(into).Elem())
	}
}

// getList appends n values, each read into a new T.
func getList[T any](d *decoder, n int, into []*T) []*T {
	for range n {
		if d.err != nil {
			return nil
		}
		v := new(T)
		get(d, v)
		into = append(into, v)
	}
	return into
}

// end returns the first error, or that there is more than was read.
func (d *decoder) end() error {
	if d.err == nil && d.at != len(d.text) {
		return errLong
	}
	return d.err
}

func (d *decoder) fail(err error) {
	if d.err == nil {
		d.err = err
	}
}

func (d *decoder) byte() byte {
	if d.err != nil || d.at >= len(d.text) {
		d.fail(errShort)
		return 0
	}
	d.at++
	return d.text[d.at-1]
}

func (d *decoder) uint() uint64 {
	var n uint64
	for shift := 0; shift < 64; shift += 7 {
		b := d.byte()
		n |= uint64(b&0x7f) << shift
		if b < 0x80 {
			return n
		}
	}
	d.fail(errShort)
	return 0
}

func (d *decoder) int() int64 {
	n := d.uint()
	return int64(n>>1) ^ -int64(n&1)
}

// take returns the next n bytes.
func (d *decoder) take(n uint64) string {
	if d.err != nil || n > uint64(len(d.text)-d.at) {
		d.fail(errShort)
		return ""
	}
	s := d.text[d.at : d.at+int(n)]
	d.at += int(n)
	return s
}

func (d *decoder) string() string {
	if d.numbered != nil {
		text, ok := d.numbered.text(d.uint())
		if !ok {
			d.fail(errReference)
		}
		return text
	}
	switch n := d.uint(); {
	case n == 0:
		return ""
	case n%2 == 0:
		s := d.take(n / 2)
		d.texts = append(d.texts, s)
		return s
	case n/2 < uint64(len(d.texts)):
		return d.texts[n/2]
	}
	d.fail(errReference)
	return ""
}

// size reads a number of elements, each of which takes a byte at least.
func (d *decoder) size() (n int, there bool) {
	size := d.uint()
	if size > uint64(len(d.text)-d.at)+1 {
		d.fail(errShort)
	}
	if d.err != nil || size == 0 {
		return 0, false
	}
	return int(size - 1), true
}

// value reads into v; if v is the zero Value, what is read is dropped.
func (d *decoder) value(s *shape, v reflect.Value) {
	wanted := v.IsValid()
	switch s.kind {
	case shapeText:
		if text := d.string(); wanted {
			v.SetString(text)
		}
	case shapeInt:
		if n := d.int(); wanted {
			v.SetInt(n)
		}
	case shapeByte:
		if b := d.byte(); wanted {
			v.SetUint(uint64(b))
		}
	case shapeBool:
		if b := d.byte(); wanted {
			v.SetBool(b != 0)
		}
	case shapeList:
		d.list(s, v)
	case shapeMap:
		d.table(s, v)
	case shapePointer:
		d.pointer(s, v)
	case shapeRecord:
		d.record(s, v)
	default:
		d.special(s, v)
	}
}

func (d *decoder) pointer(s *shape, v reflect.Value) {
	if d.numbered != nil && v.IsValid() && v.Type() == attachmentType {
		v.Set(reflect.ValueOf(d.attachment(s)))
		return
	}
	if d.byte() == 0 || d.err != nil {
		return
	}
	if !v.IsValid() {
		d.value(s.elem, v)
		return
	}
	p := reflect.New(v.Type().Elem())
	d.value(s.elem, p.Elem())
	v.Set(p)
}

func (d *decoder) list(s *shape, v reflect.Value) {
	n, there := d.size()
	if !there {
		return
	}
	if v.IsValid() {
		v.Set(reflect.MakeSlice(v.Type(), n, n))
	}
	for i := 0; i < n && d.err == nil; i++ {
		if v.IsValid() {
			d.value(s.elem, v.Index(i))
		} else {
			d.value(s.elem, v)
		}
	}
}

func (d *decoder) table(s *shape, v reflect.Value) {
	n, there := d.size()
	if !there {
		return
	}
	if v.IsValid() {
		v.Set(reflect.MakeMapWithSize(v.Type(), n))
	}
	var key, value reflect.Value // the same for all: the map takes copies
	if v.IsValid() {
		key, value = reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
	}
	for i := 0; i < n && d.err == nil; i++ {
		name := d.string()
		if !v.IsValid() {
			d.value(s.elem, v)
			continue
		}
		key.SetString(name)
		value.SetZero()
		d.value(s.elem, value)
		v.SetMapIndex(key, value)
	}
}

func (d *decoder) record(s *shape, v reflect.Value) {
	if d.depth++; d.depth > maxDepth {
		d.fail(errSchema)
	}
	defer func() { d.depth-- }()
	bits := d.take(uint64(len(s.fields)+7) / 8)
	for i, f := range s.fields {
		if d.err != nil {
			return
		}
		if bits[i/8]>>(i%8)&1 == 0 {
			continue
		}
		if f.index < 0 || !v.IsValid() {
			d.value(f.shape, reflect.Value{})
		} else {
			d.value(f.shape, v.Field(f.index))
		}
	}
	if d.numbered != nil && v.IsValid() && len(s.fields)%8 != 0 && bits[len(bits)-1] >= 0x80 {
		d.spell(v)
	}
}

func (d *decoder) special(s *shape, v reflect.Value) {
	var into any
	if v.IsValid() {
		into = v.Addr().Interface()
	}
	switch s.kind {
	case shapeTime:
		if d.numbered != nil {
			assign(into, d.moment())
			return
		}
		assign(into, d.time())
	case shapeOrigin:
		assign(into, d.origin())
	case shapeDocument:
		if d.numbered != nil {
			assign(into, found(d, d.numbered.document, d.uint()))
			return
		}
		assign(into, entry(d, d.docs, d.uint()))
	case shapeGroup:
		if d.numbered != nil {
			assign(into, found(d, d.numbered.group, d.half()))
			return
		}
		assign(into, entry(d, d.groups, d.half()))
	case shapeProfile:
		if d.numbered != nil {
			assign(into, found(d, d.numbered.profile, d.half()))
			return
		}
		assign(into, entry(d, d.profiles, d.half()))
	case shapeManaged:
		if d.numbered != nil {
			assign(into, found(d, d.numbered.managed, d.half()))
			return
		}
		assign(into, d.managed())
	}
}

func (d *decoder) origin() iam.Origin {
	if d.numbered != nil {
		return d.placed()
	}
	o, err := d.origins.next()
	d.fail(err)
	return o
}

// found returns what has a number, given plus one; nil for 0.
func found[T any](d *decoder, find func(uint64) (*T, bool), n uint64) *T {
	if n == 0 || d.err != nil {
		return nil
	}
	v, ok := find(n - 1)
	if !ok {
		d.fail(errReference)
	}
	return v
}

func assign[T any](into any, v T) {
	if p, ok := into.(*T); ok {
		*p = v
	}
}

func (d *decoder) time() time.Time {
	seconds, nanoseconds := d.int(), d.uint()
	if nanoseconds > math.MaxInt32 {
		d.fail(errReference)
	}
	return time.Unix(seconds, int64(nanoseconds)).UTC()
}

// half reads an even number.
func (d *decoder) half() uint64 {
	n := d.uint()
	if n%2 != 0 {
		d.fail(errReference)
	}
	return n / 2
}

func (d *decoder) managed() *iam.ManagedPolicy {
	n := d.uint()
	if n%2 == 0 {
		return entry(d, d.policies, n/2)
	}
	m, ok := d.shared[d.string()]
	if !ok {
		d.fail(errReference)
	}
	return m
}

// entry returns the entry of a list by its number plus one; nil for 0.
func entry[T any](d *decoder, list []*T, n uint64) *T {
	if n == 0 {
		return nil
	}
	if n > uint64(len(list)) {
		d.fail(errReference)
		return nil
	}
	return list[n-1]
}
