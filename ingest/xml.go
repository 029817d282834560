package ingest

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"accesspath/iam"
	"accesspath/ingest/awscli"
	"accesspath/ingest/gaad"
	"accesspath/ingest/internal/scan"
)

// xmlReader reads the answers of the Query API as they come over the wire
// (GAAD-06): namespaced, lists as repeated member elements. Each entity is
// turned into the JSON that other exporters write for it, so that there is one
// decoder; all its parts then share the place of the entity.
type xmlReader struct {
	*walker
	dec  *xml.Decoder
	base int64 // offset at which dec began
}

const (
	maxElements = 64       // inside each other
	maxEntity   = 32 << 20 // bytes
)

var errXMLDepth = errors.New("more than 64 elements inside each other")

func (w *walker) xml(head []byte) {
	head = bytes.ToLower(head[:min(len(head), 64)])
	if bytes.HasPrefix(head, []byte("<!doctype html")) || bytes.HasPrefix(head, []byte("<html")) {
		w.fail("not-json", "an HTML page, perhaps an error of a proxy or a login form", "export the account again")
		return
	}
	w.reader.Lower(maxEntity)
	x := &xmlReader{walker: w, base: w.reader.Given()}
	x.dec = xml.NewDecoder(w.reader)
	x.dec.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil } // it is UTF-8 by now
	err := x.roots()
	switch {
	case w.ctx.Err() != nil:
	case err != nil:
		x.broken(err)
	default:
		w.unrecognized("XML")
	}
}

func (x *xmlReader) roots() error {
	for {
		t, err := x.dec.Token()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if start, ok := t.(xml.StartElement); ok {
			if err := x.object("/"+start.Name.Local, 0); err != nil {
				return err
			}
		}
	}
}

func (x *xmlReader) broken(err error) {
	x.part.Broken = true
	line, column := x.reader.Position(x.base + x.dec.InputOffset())
	d := iam.Diagnostic{Severity: iam.Error, Code: "invalid-xml", Origin: iam.Origin{File: x.file.Name, Line: line, Column: column}, Hint: "export the file again"}
	var syntax *xml.SyntaxError
	switch {
	case errors.Is(err, scan.ErrLimit), errors.Is(err, errXMLDepth):
		d.Code, d.Message, d.Hint = "limit", scan.Reason(err)+"; "+x.before(), ""
	case errors.As(err, &syntax) && strings.Contains(syntax.Msg, "unexpected EOF"):
		d.Code, d.Message = "truncated-xml", "the XML ends in the middle; "+x.before()
	case errors.As(err, &syntax):
		d.Message = "invalid XML: " + syntax.Msg
	default:
		d.Message = "invalid XML: " + err.Error()
	}
	x.file.Report(d)
}

// object reads the content of an element whose start was read.
func (x *xmlReader) object(pointer string, depth int) error {
	if depth > maxEnvelopes {
		return x.dec.Skip()
	}
	o := x.newObject(pointer, "", depth, x.place(pointer))
	err := x.members(o)
	o.finish(err != nil)
	return err
}

func (x *xmlReader) place(pointer string) iam.Origin {
	line, column := x.reader.Position(x.base + x.dec.InputOffset())
	return iam.Origin{File: x.file.Name, Line: line, Column: column, Pointer: pointer}
}

func (x *xmlReader) members(o *objectReader) error {
	for {
		t, err := x.dec.Token()
		if err != nil {
			return unexpected(err)
		}
		switch t := t.(type) {
		case xml.EndElement:
			return nil
		case xml.StartElement:
			if err := x.member(o, t.Name.Local); err != nil {
				return err
			}
		}
	}
}

// unexpected: inside an element the end of the file is always too early.
func unexpected(err error) error {
	if err == io.EOF {
		return &xml.SyntaxError{Msg: "unexpected EOF"}
	}
	return err
}

func (x *xmlReader) member(o *objectReader, name string) error {
	at := scan.Join(o.pointer, []byte(name))
	raw := []byte(name)
	switch list := gaad.ListOf(raw); {
	case list != "":
		o.startList(list)
		return x.elements(at, func(v scan.Value, at string) { o.gaad.Entity(list, v, at) })
	case name == gaad.Policies:
		use, done := o.policyList(at)
		err := x.elements(at, use)
		done()
		return err
	case noise.Of(raw) != "":
		return x.dec.Skip()
	case paging.Of(raw) != "", awscli.MemberOf(raw) != "":
		v, err := x.value()
		if err != nil {
			return err
		}
		if known := paging.Of(raw); known != "" {
			o.paging(known, v)
		} else {
			o.keep(name, v, at)
		}
		return nil
	}
	return o.inside(name, func() error { return x.object(at, o.depth+1) })
}

// elements streams the member elements of a list.
func (x *xmlReader) elements(at string, use func(v scan.Value, at string)) error {
	for i := 0; ; {
		t, err := x.dec.Token()
		if err != nil {
			return unexpected(err)
		}
		switch t.(type) {
		case xml.EndElement:
			return nil
		case xml.StartElement:
			if i%256 == 0 {
				if x.ctx.Err() != nil {
					return x.ctx.Err()
				}
				x.thin()
			}
			v, err := x.value()
			if err != nil {
				return err
			}
			use(v, scan.Index(at, i))
			i++
		}
	}
}

// value reads the content of an element whose start was read, as JSON.
func (x *xmlReader) value() (scan.Value, error) {
	line, column := x.reader.Position(x.base + x.dec.InputOffset())
	raw, err := x.content(nil, 0)
	if err != nil {
		return scan.Value{}, err
	}
	return scan.Make(x.file.Name, raw, line, column), nil
}

// content appends the JSON of an element's content: an array if its children
// are called member, an object if it has others, else text.
func (x *xmlReader) content(dst []byte, depth int) ([]byte, error) {
	if depth > maxElements {
		return nil, errXMLDepth
	}
	var text []byte
	var names []string
	begin := len(dst)
	for {
		t, err := x.dec.Token()
		if err != nil {
			return nil, unexpected(err)
		}
		switch t := t.(type) {
		case xml.CharData:
			if len(names) == 0 {
				text = append(text, t...)
			}
		case xml.StartElement:
			list := t.Name.Local == "member" || t.Name.Local == "item"
			switch {
			case len(names) > 0 && (dst[begin] == '[') != list:
				return nil, fmt.Errorf("%s stands among other elements", t.Name.Local)
			case len(names) > 0:
				dst = append(dst, ',')
			case list:
				dst = append(dst, '[')
			default:
				dst = append(dst, '{')
			}
			if !list {
				if dst, err = jsontext.AppendQuote(dst, t.Name.Local); err != nil {
					return nil, err
				}
				dst = append(dst, ':')
			}
			names = append(names, t.Name.Local)
			if dst, err = x.content(dst, depth+1); err != nil {
				return nil, err
			}
		case xml.EndElement:
			switch {
			case len(names) == 0:
				return jsontext.AppendQuote(dst, bytes.ToValidUTF8(text, []byte("\uFFFD")))
			case dst[begin] == '[':
				return append(dst, ']'), nil
			}
			return append(dst, '}'), nil
		}
	}
}
