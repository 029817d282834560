package store

import (
	"errors"
	"math"
	"reflect"
	"time"

	"accesspath/iam"
	"accesspath/policy"
)

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
	coverage(text string) (iam.Coverage, bool)
}

// maxDepth bounds structs inside structs, which a hostile schema could nest
// without end; ours go six deep.
const maxDepth = 32

// newDecoder reads data, which nobody changes after that.
func newDecoder(s *schema, data []byte, docs []*policy.Document, positions []byte) *decoder {
	return &decoder{schema: s, text: textOf(data), docs: docs, origins: newOriginReader(positions)}
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
	if d.numbered != nil && v.IsValid() && v.Type() == coverageType {
		v.Set(reflect.ValueOf(d.coverage()))
		return
	}
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
