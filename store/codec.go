package store

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"

	"accesspath/iam"
	"accesspath/policy"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Parts are JSON of the iam types themselves, so that a field that is added
// there is stored without a change here. Pointers that must stay shared are
// written as references: documents, groups and instance profiles by their
// number, managed policies by number or ARN; positions are taken out.

// part is one piece of a snapshot before it is compressed.
type part struct {
	kind, name string
	data       []byte
	documents  []*policy.Document
	positions  []byte // nil if there are none
}

// digest covers the documents, because data names them by number only.
func digest(data []byte, documents []byte) [sha256.Size]byte {
	h := sha256.New()
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
	buf      bytes.Buffer
	enc      *jsontext.Encoder
	options  json.Options
	docs     []*policy.Document
	docIndex map[[sha256.Size]byte]int
	origins  []iam.Origin
	groups   map[*iam.Group]int
	profiles map[*iam.InstanceProfile]int
	policies map[*iam.ManagedPolicy]int
	shared   map[*iam.ManagedPolicy]string
}

func newEncoder() *encoder {
	e := &encoder{docIndex: map[[sha256.Size]byte]int{}}
	e.options = json.JoinOptions(
		json.OmitZeroStructFields(true),
		json.FormatNilSliceAsNull(true),
		json.Deterministic(true),
		json.WithMarshalers(json.JoinMarshalers(
			json.MarshalToFunc(e.document),
			json.MarshalToFunc(e.origin),
			json.MarshalToFunc(e.group),
			json.MarshalToFunc(e.profile),
			json.MarshalToFunc(e.managed),
		)),
	)
	e.enc = jsontext.NewEncoder(&e.buf, jsontext.AllowInvalidUTF8(true))
	return e
}

func (e *encoder) value(v any) error { return json.MarshalEncode(e.enc, v, e.options) }

func (e *encoder) document(enc *jsontext.Encoder, d *policy.Document) error {
	i, ok := e.docIndex[d.Digest]
	if !ok {
		i = len(e.docs)
		e.docIndex[d.Digest] = i
		e.docs = append(e.docs, d)
	}
	return enc.WriteToken(jsontext.Int(int64(i)))
}

// origin leaves a mark where the next position belongs. Positions that are
// zero are left out with their field.
func (e *encoder) origin(enc *jsontext.Encoder, o iam.Origin) error {
	e.origins = append(e.origins, o)
	return enc.WriteToken(jsontext.Int(1))
}

// The pointers to pointers of these three match fields and elements of that
// pointer type and not the values themselves, which are written in full.
func (e *encoder) group(enc *jsontext.Encoder, g **iam.Group) error {
	return writeIndex(enc, e.groups, *g, "a group")
}

func (e *encoder) profile(enc *jsontext.Encoder, p **iam.InstanceProfile) error {
	return writeIndex(enc, e.profiles, *p, "an instance profile")
}

func (e *encoder) managed(enc *jsontext.Encoder, m **iam.ManagedPolicy) error {
	if ref, ok := e.shared[*m]; ok {
		return enc.WriteToken(jsontext.String(ref))
	}
	return writeIndex(enc, e.policies, *m, "a managed policy")
}

func writeIndex[T any](enc *jsontext.Encoder, index map[*T]int, p *T, what string) error {
	if p == nil {
		return enc.WriteToken(jsontext.Null)
	}
	i, ok := index[p]
	if !ok {
		return fmt.Errorf("%s is referred to and not listed", what)
	}
	return enc.WriteToken(jsontext.Int(int64(i)))
}

// part ends the encoding.
func (e *encoder) part(kind, name string) *part {
	return &part{kind: kind, name: name, data: e.buf.Bytes(), documents: e.docs, positions: packOrigins(e.origins)}
}

// decoder reads what an encoder wrote.
type decoder struct {
	dec      *jsontext.Decoder
	options  json.Options
	docs     []*policy.Document
	origins  *originReader
	groups   []*iam.Group
	profiles []*iam.InstanceProfile
	policies []*iam.ManagedPolicy
	shared   map[string]*iam.ManagedPolicy
}

func newDecoder(data []byte, docs []*policy.Document, positions []byte) *decoder {
	d := &decoder{docs: docs, origins: newOriginReader(positions)}
	d.dec = jsontext.NewDecoder(bytes.NewReader(data))
	d.options = json.WithUnmarshalers(json.JoinUnmarshalers(
		json.UnmarshalFromFunc(d.document),
		json.UnmarshalFromFunc(d.origin),
		json.UnmarshalFromFunc(d.group),
		json.UnmarshalFromFunc(d.profile),
		json.UnmarshalFromFunc(d.managed),
	))
	return d
}

func (d *decoder) value(into any) error { return json.UnmarshalDecode(d.dec, into, d.options) }

func (d *decoder) document(dec *jsontext.Decoder, p **policy.Document) error {
	return readIndex(dec, d.docs, p)
}

func (d *decoder) group(dec *jsontext.Decoder, p **iam.Group) error {
	return readIndex(dec, d.groups, p)
}

func (d *decoder) profile(dec *jsontext.Decoder, p **iam.InstanceProfile) error {
	return readIndex(dec, d.profiles, p)
}

func (d *decoder) managed(dec *jsontext.Decoder, p **iam.ManagedPolicy) error {
	if dec.PeekKind() != '"' {
		return readIndex(dec, d.policies, p)
	}
	tok, err := dec.ReadToken()
	if err != nil {
		return err
	}
	m, ok := d.shared[tok.String()]
	if !ok {
		return errReference
	}
	*p = m
	return nil
}

func (d *decoder) origin(dec *jsontext.Decoder, p *iam.Origin) error {
	if err := dec.SkipValue(); err != nil {
		return err
	}
	o, err := d.origins.next()
	*p = o
	return err
}

var errReference = errors.New("a part refers to something that is not there")

func readIndex[T any](dec *jsontext.Decoder, list []*T, into **T) error {
	tok, err := dec.ReadToken()
	if err != nil {
		return err
	}
	switch tok.Kind() {
	case 'n':
		*into = nil
		return nil
	case '0':
		n, err := tok.Int()
		if err == nil && n >= 0 && n < int64(len(list)) {
			*into = list[n]
			return nil
		}
	}
	return errReference
}

// readList appends n values, each read into a new T.
func readList[T any](d *decoder, n int, into []*T) ([]*T, error) {
	for range n {
		v := new(T)
		if err := d.value(v); err != nil {
			return nil, err
		}
		into = append(into, v)
	}
	return into, nil
}
