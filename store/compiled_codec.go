package store

import (
	"encoding/binary"
	"reflect"
	"strings"
	"time"

	"accesspath/iam"
)

// Records of a compiled form are written as parts are, but for what takes most of
// their room:
//
//   - Where an entity, a managed policy or an instance profile has the name, path
//     and account that its ARN says, these are left out, and the last bit of its
//     fields, which belongs to none, is set.
//   - An attachment that says of its policy what that says is the policy's number
//     plus two; 1 is any other, written in full, and 0 none.
//   - A moment is the seconds since 2000, in four bytes; 0 is one that they cannot
//     hold, written in full.
//   - A position is told by those before it in the record.
//   - What is known of an account is a text like others: nearly all accounts have the
//     same, which is then read once.

// spelledFields are the fields of a type that the one of its ARN may spell out;
// -1 if it has no such field.
type spelledFields struct{ arn, name, path, account int }

func spelledIn[T any]() (reflect.Type, spelledFields) {
	t := reflect.TypeFor[T]()
	index := func(name string) int {
		if f, ok := t.FieldByName(name); ok {
			return f.Index[0]
		}
		return -1
	}
	return t, spelledFields{index("ARN"), index("Name"), index("Path"), index("Account")}
}

// spelled has the types whose ARN spells out other fields.
var spelled = func() map[reflect.Type]spelledFields {
	out := map[reflect.Type]spelledFields{}
	for _, of := range []func() (reflect.Type, spelledFields){spelledIn[iam.Entity], spelledIn[iam.ManagedPolicy], spelledIn[iam.InstanceProfile]} {
		t, f := of()
		out[t] = f
	}
	return out
}()

// has reports whether a field is one of those that are spelled out.
func (f *spelledFields) has(index int) bool {
	return index == f.name || index == f.path || index == f.account
}

// each calls do for the fields that there are, with what an ARN such as
// arn:aws:iam::111122223333:role/some/path/name says of them. It is false if the
// ARN says nothing, or do is.
func (f *spelledFields) each(v reflect.Value, do func(field reflect.Value, says string) bool) bool {
	arn := v.Field(f.arn).String()
	resource, account := arn, ""
	for range 5 {
		var ok bool
		if account, resource, ok = strings.Cut(resource, ":"); !ok {
			return false
		}
	}
	first, last := strings.IndexByte(resource, '/'), strings.LastIndexByte(resource, '/')
	if first < 0 {
		return false
	}
	return (f.name < 0 || do(v.Field(f.name), resource[last+1:])) && (f.path < 0 || do(v.Field(f.path), resource[first:last+1])) &&
		(f.account < 0 || do(v.Field(f.account), account))
}

// spells reports whether what the ARN of a record spells out can be left out.
func (e *encoder) spells(s *shape, v reflect.Value) (fields spelledFields, ok bool) {
	if e.numbers == nil || len(s.fields)%8 == 0 {
		return fields, false
	}
	if fields, ok = spelled[v.Type()]; ok {
		ok = fields.each(v, func(field reflect.Value, says string) bool { return field.String() == says })
	}
	return fields, ok
}

// spell fills in what the ARN of a record spells out.
func (d *decoder) spell(v reflect.Value) {
	fields, ok := spelled[v.Type()]
	ok = ok && fields.each(v, func(field reflect.Value, says string) bool { field.SetString(says); return true })
	if !ok {
		d.fail(errReference)
	}
}

var attachmentType = reflect.TypeFor[*iam.Attachment]()

// attachment writes an attachment, v, of which s is the shape.
func (e *encoder) attachment(s *shape, v reflect.Value, at *iam.Attachment) {
	if at == nil {
		e.uint(0)
		return
	}
	if p := at.Policy; p != nil && p.Name == at.Name && p.ARN == at.ARN {
		if i, ok := e.policies[p]; ok {
			e.uint(uint64(i) + 2)
			return
		}
	}
	e.uint(1)
	e.value(s.elem, v.Elem())
}

func (d *decoder) attachment(s *shape) *iam.Attachment {
	at := &iam.Attachment{}
	switch n := d.uint(); {
	case d.err != nil || n == 0:
		return nil
	case n == 1:
		d.value(s.elem, reflect.ValueOf(at).Elem())
	default:
		if p := found(d, d.numbered.managed, n-1); p != nil {
			*at = iam.Attachment{Name: p.Name, ARN: p.ARN, Policy: p}
		}
	}
	return at
}

// firstSecond is what moments are told from: the year 2000.
const firstSecond = 946684800

func (e *encoder) moment(t time.Time) {
	since := t.Unix() - firstSecond
	if t.Nanosecond() == 0 && 0 < since && since < 1<<32 {
		e.buf = binary.LittleEndian.AppendUint32(e.buf, uint32(since))
		return
	}
	e.buf = binary.LittleEndian.AppendUint32(e.buf, 0)
	e.time(t)
}

func (d *decoder) moment() time.Time {
	bytes := d.take(4)
	if len(bytes) < 4 {
		return time.Time{}
	}
	since := uint32(bytes[0]) | uint32(bytes[1])<<8 | uint32(bytes[2])<<16 | uint32(bytes[3])<<24
	if since == 0 {
		return d.time()
	}
	return time.Unix(int64(since)+firstSecond, 0).UTC()
}

// positions are what a position in a record is told by.
type positions struct {
	first string // the first pointer that is not empty
	last  iam.Origin
}

// The flags of a position.
const (
	sameFile = 1 << iota // as the one before
	within               // its pointer goes on where the first one ends
)

// placed writes a position: flags, the file if it is another, the pointer or how
// it goes on, lines since the one before, and the column.
func (e *encoder) placed(o iam.Origin) {
	p, flags, pointer := &e.positions, byte(0), o.Pointer
	if o.File == p.last.File {
		flags |= sameFile
	}
	if rest, ok := strings.CutPrefix(o.Pointer, p.first); ok && p.first != "" {
		flags |= within
		pointer = rest
	}
	e.buf = append(e.buf, flags)
	if flags&sameFile == 0 {
		e.text(o.File)
	}
	e.text(pointer)
	e.buf = binary.AppendVarint(e.buf, int64(o.Line)-int64(p.last.Line))
	e.uint(uint64(o.Column))
	p.note(o)
}

func (d *decoder) placed() iam.Origin {
	p, flags := &d.positions, d.byte()
	o := iam.Origin{File: p.last.File}
	if flags&sameFile == 0 {
		o.File = d.string()
	}
	o.Pointer = d.string()
	if flags&within != 0 {
		o.Pointer = p.first + o.Pointer
	}
	o.Line, o.Column = p.last.Line+int(d.int()), int(d.uint())
	p.note(o)
	return o
}

func (p *positions) note(o iam.Origin) {
	if p.last = o; p.first == "" {
		p.first = o.Pointer
	}
}
