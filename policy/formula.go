package policy

import (
	"encoding/binary"
	"errors"
)

// Requirements are written as they stand: a byte for the kind, then the fields
// of the test, or the number of parts and the parts. Who reads them back gets
// formulas of the same Key.

var errFormula = errors.New("the formula is damaged")

// maxFormulaDepth bounds what a damaged text could nest without end.
const maxFormulaDepth = 1000

// The bits of an atom's flags.
const (
	flagSome = 1 << iota
	flagOutside
	flagMissing
	flagNegated
	flagPresent
	flagOpaque
)

// AppendBinary appends the requirement to buf in a form that ReadRequirement
// reads. It never fails.
func (r Requirement) AppendBinary(buf []byte) ([]byte, error) {
	if r.f == nil {
		return append(buf, 0), nil
	}
	return r.f.append(buf), nil
}

func (f *formula) append(buf []byte) []byte {
	buf = append(buf, byte(f.kind)+1)
	switch f.kind {
	case formulaAtom:
		return f.atom.append(buf)
	case formulaAnd, formulaOr:
		buf = binary.AppendUvarint(buf, uint64(len(f.kids)))
		for _, k := range f.kids {
			buf = k.append(buf)
		}
	}
	return buf
}

func (a *Atom) append(buf []byte) []byte {
	flags := byte(0)
	for i, set := range [...]bool{a.Some, a.Outside, a.Missing, a.Negated, a.Present, a.Opaque} {
		if set {
			flags |= 1 << i
		}
	}
	buf = append(buf, flags, byte(a.Class))
	buf = binary.AppendUvarint(buf, uint64(a.Hop))
	for _, text := range [...]string{a.Key, a.Operator, a.Code} {
		buf = appendText(buf, text)
	}
	buf = binary.AppendUvarint(buf, uint64(len(a.Values)))
	for _, v := range a.Values {
		buf = appendText(buf, v)
	}
	return buf
}

func appendText(buf []byte, text string) []byte {
	return append(binary.AppendUvarint(buf, uint64(len(text))), text...)
}

// ReadRequirement reads a requirement and returns what follows it.
func ReadRequirement(data []byte) (Requirement, []byte, error) {
	d := formulaReader{rest: data}
	r := d.formula(0)
	return r, d.rest, d.err
}

type formulaReader struct {
	rest []byte
	err  error
}

func (d *formulaReader) fail() { d.rest, d.err = nil, errFormula }

func (d *formulaReader) byte() byte {
	if len(d.rest) == 0 {
		d.fail()
		return 0
	}
	b := d.rest[0]
	d.rest = d.rest[1:]
	return b
}

// size reads a number of things of a byte or more.
func (d *formulaReader) size() int {
	n, size := binary.Uvarint(d.rest)
	if size <= 0 || n > uint64(len(d.rest)) {
		d.fail()
		return 0
	}
	d.rest = d.rest[size:]
	return int(n)
}

func (d *formulaReader) text() string {
	n := d.size()
	if n > len(d.rest) {
		d.fail()
		return ""
	}
	s := string(d.rest[:n])
	d.rest = d.rest[n:]
	return s
}

func (d *formulaReader) formula(depth int) Requirement {
	kind := d.byte()
	if depth > maxFormulaDepth {
		d.fail()
	}
	if d.err != nil || kind == 0 {
		return False()
	}
	switch k := formulaKind(kind - 1); k {
	case formulaTrue:
		return True()
	case formulaAtom:
		return newAtom(d.atom())
	case formulaAnd, formulaOr:
		var kids []Requirement
		for range d.size() {
			kids = append(kids, d.formula(depth+1))
			if d.err != nil {
				return False()
			}
		}
		return combine(k, kids)
	}
	d.fail()
	return False()
}

func (d *formulaReader) atom() Atom {
	flags := d.byte()
	a := Atom{Class: Class(d.byte()), Some: flags&flagSome != 0, Outside: flags&flagOutside != 0, Missing: flags&flagMissing != 0,
		Negated: flags&flagNegated != 0, Present: flags&flagPresent != 0, Opaque: flags&flagOpaque != 0}
	hop, size := binary.Uvarint(d.rest)
	if size <= 0 || hop > 1<<30 {
		d.fail()
		return a
	}
	d.rest, a.Hop = d.rest[size:], int(hop)
	a.Key, a.Operator, a.Code = d.text(), d.text(), d.text()
	for range d.size() {
		a.Values = append(a.Values, d.text())
		if d.err != nil {
			break
		}
	}
	return a
}
