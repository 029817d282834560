package ingest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"accesspath/iam"
	"accesspath/ingest/awscli"
	"accesspath/ingest/cloudformation"
	"accesspath/ingest/gaad"
	"accesspath/ingest/internal/part"
	"accesspath/ingest/internal/scan"
	"accesspath/ingest/native"
	"accesspath/ingest/terraform"
	"accesspath/policy"
)

// walker goes through one file. It knows envelopes; what is inside is the
// business of the format packages.
type walker struct {
	ctx    context.Context
	file   *scan.File
	part   *part.Part
	reader *scan.Reader
	stream *scan.Stream

	unknown []string // names of members that nobody took; a few, each once
	known   bool     // an object is of a kind that is read, though nothing may be in it
	quoted  bool     // JSON stands in a text
	crowded int      // entities at which repeated ones are looked for; 0: not yet

	stranger   *stranger // what the file seems to be; nil if nothing tells
	strangerAt int       // the depth of the object that told
}

// maxEnvelopes is how deep what we look for may be wrapped; what is deeper is
// passed over.
const maxEnvelopes = 8

// json reads JSON values until the file ends: one, or several one after
// another (GAAD-07).
func (w *walker) json() {
	w.stream = scan.NewStream(w.file, w.reader)
	var err error
	for n := 0; err == nil; n++ {
		kind := w.stream.Kind()
		if kind == 0 && n > 0 && w.stream.AtEnd() {
			break
		}
		err = w.value("", "", 0)
	}
	if err != nil {
		w.broken(err)
		return
	}
	w.unrecognized("JSON")
}

// broken reports why reading stopped.
func (w *walker) broken(err error) {
	w.part.Broken = true
	line, column, short := w.stream.ErrorPlace(err)
	d := iam.Diagnostic{Severity: iam.Error, Code: "invalid-json", Origin: iam.Origin{File: w.file.Name, Line: line, Column: column}, Hint: "export the file again"}
	var pointer = w.stream.Pointer()
	d.Origin.Pointer = pointer
	switch {
	case w.ctx.Err() != nil:
		return
	case errors.Is(err, scan.ErrLimit):
		d.Code, d.Message, d.Hint = "limit", scan.Reason(err)+"; "+w.before(), ""
	case short:
		d.Code, d.Message = "truncated-json", "the JSON ends in the middle; "+w.before()
	default:
		d.Message = "invalid JSON: " + scan.Reason(err)
	}
	w.file.Report(d)
}

// before says what becomes of the part of a file in front of its defect.
func (w *walker) before() string {
	if w.part.Used() {
		return "what comes before is used"
	}
	return "nothing that comes before is complete"
}

const hintExport = "give the output of aws iam get-account-authorization-details"

// addUnknown remembers names for that message.
func (w *walker) addUnknown(names []string) {
	for _, n := range names {
		n = fmt.Sprintf("%q", scan.Clip(n))
		switch {
		case slices.Contains(w.unknown, n) || len(w.unknown) > 12:
		case len(w.unknown) == 12:
			w.unknown = append(w.unknown, "…")
		default:
			w.unknown = append(w.unknown, n)
		}
	}
}

// value reads something that may be an envelope: an object, or an array of
// them. Account is what the surroundings say the account is.
func (w *walker) value(pointer, account string, depth int) error {
	switch w.stream.Kind() {
	case '{':
		return w.object(pointer, account, depth)
	case '[':
		if depth > maxEnvelopes {
			return w.stream.SkipValue()
		}
		if err := w.stream.Skip(); err != nil {
			return err
		}
		for i := 0; w.stream.Kind() != ']'; i++ {
			if err := w.value(scan.Index(pointer, i), account, depth+1); err != nil {
				return err
			}
		}
		return w.stream.Skip()
	}
	v, err := w.stream.Value()
	if text := strings.TrimSpace(v.Text()); depth == 0 && strings.HasPrefix(text, "{") {
		w.quoted = true
	}
	return err
}

// noise is what surrounds answers and says nothing.
var noise = scan.NewNames("ResponseMetadata", "HTTPHeaders", "RequestId", "$metadata")

// paging says that more follows. KMS has Truncated, S3 ContinuationToken.
var paging = scan.NewNames("IsTruncated", "Truncated", "Marker", "NextToken", "NextMarker", "ContinuationToken")

// object reads one object: a page of GAAD, an output of another command, our
// own format, or an envelope around them.
func (w *walker) object(pointer, account string, depth int) error {
	if depth > maxEnvelopes {
		return w.stream.SkipValue()
	}
	if err := w.ctx.Err(); err != nil {
		return err
	}
	o := w.newObject(pointer, account, depth, w.stream.Place(pointer))
	if err := w.stream.Skip(); err != nil {
		return err
	}
	var err error
	for w.stream.Kind() != '}' && err == nil {
		var raw []byte
		if raw, err = w.stream.Name(); err == nil {
			err = o.member(string(raw))
		}
	}
	o.finish(err != nil)
	if err != nil {
		return err
	}
	return w.stream.Skip()
}

// objectReader is one object under way.
type objectReader struct {
	*walker
	pointer, account string
	depth            int
	page             part.Page
	isPage           bool
	iamPolicies      bool // there are policies of IAM
	gaad             gaad.Decoder
	cli              awscli.Object
	strange          []string // names of members that only an envelope could explain
	own              ownFormat
	terraform        terraform.Object
	template         cloudformation.Object
	inner            bool // something was recognised inside
}

func (w *walker) newObject(pointer, account string, depth int, place iam.Origin) *objectReader {
	o := &objectReader{walker: w, pointer: pointer, account: account, depth: depth}
	o.cli = awscli.Object{File: w.file, Part: w.part, Pointer: pointer, Place: place, Account: account, Members: map[string]awscli.Element{}}
	o.gaad = gaad.Decoder{File: w.file, Part: w.part, Page: &o.page, Account: account}
	o.terraform = terraform.Object{File: w.file, Part: w.part, Place: place}
	o.template = cloudformation.Object{File: w.file, Part: w.part, Place: place}
	o.own.decoder = native.Decoder{File: w.file, Part: w.part}
	o.page.AddAccount(account)
	return o
}

func (o *objectReader) member(name string) error {
	at := scan.Join(o.pointer, []byte(name))
	raw := []byte(name)
	if list := gaad.ListOf(raw); list != "" {
		return o.list(list, at)
	}
	if took, err := o.declaration(name, at); took || err != nil {
		return err
	}
	kind := o.stream.Kind()
	switch {
	case native.IsMember(name) && o.depth <= 1:
		return o.native(name, at)
	case gaad.Policies == awscli.MemberOf(raw):
		return o.policies(name, at)
	case paging.Of(raw) != "":
		v, err := o.stream.Value()
		o.paging(paging.Of(raw), v)
		return err
	case noise.Of(raw) != "":
		_, err := o.stream.Value()
		return err
	case awscli.MemberOf(raw) != "" || kind != '{' && kind != '[':
		v, err := o.stream.Value()
		if err != nil {
			return err
		}
		o.keep(name, v, at)
		return nil
	}
	return o.envelope(name, at)
}

// keep holds a member until the object is complete.
func (o *objectReader) keep(name string, v scan.Value, at string) {
	o.cli.Names = append(o.cli.Names, name)
	if known := awscli.MemberOf([]byte(name)); known != "" {
		o.cli.Members[known] = awscli.Element{Value: v.Keep(), Pointer: at}
	}
}

// list streams the entities of a page. A list may be null.
func (o *objectReader) list(list, at string) error {
	o.startList(list)
	return o.elements(at, func(v scan.Value, at string) { o.gaad.Entity(list, v, at) })
}

func (o *objectReader) startList(list string) {
	o.isPage = true
	o.page.Lists = append(o.page.Lists, list)
}

// policies streams a list that belongs to IAM or to AWS Organizations.
// One of IAM in place of the list is its only element.
func (o *objectReader) policies(name, at string) error {
	if o.stream.Kind() != '[' {
		v, err := o.stream.Value()
		if err != nil {
			return err
		}
		if ours, _ := gaad.IsPolicy(v); !ours {
			o.keep(name, v, at)
			return nil
		}
		use, done := o.policyList(at)
		o.onlyElement(v, at, use)
		done()
		return nil
	}
	use, done := o.policyList(at)
	err := o.elements(at, use)
	done()
	return err
}

// policyList returns what to do with each entry, which tells whose it is, and
// what to do at the end of the list.
func (o *objectReader) policyList(at string) (use func(v scan.Value, at string), done func()) {
	empty := true
	use = func(v scan.Value, at string) {
		empty = false
		if ours, detail := gaad.IsPolicy(v); ours {
			o.isPage = o.isPage || detail
			o.iamPolicies = true
			o.gaad.Entity(gaad.Policies, v, at)
			return
		}
		o.cli.Policies = append(o.cli.Policies, awscli.Element{Value: v.Keep(), Pointer: at})
	}
	done = func() {
		o.page.Lists = append(o.page.Lists, gaad.Policies)
		if empty || len(o.cli.Policies) > 0 {
			o.cli.Members["Policies"] = awscli.Element{Value: scan.Make(o.file.Name, []byte("[]"), 0, 0), Pointer: at}
		}
	}
	return use, done
}

func (o *objectReader) onlyElement(v scan.Value, at string, use func(v scan.Value, at string)) {
	o.file.Warn(v, at, "", "invalid-list", "found %s, want an array; it counts as the only element", v.Describe())
	use(v, at)
}

// elements reads a list. A value in its place is its only element, as within
// entities, unless it is empty.
func (o *objectReader) elements(at string, use func(v scan.Value, at string)) error {
	if o.stream.Kind() != '[' {
		v, err := o.stream.Value()
		if err == nil && !v.Blank() {
			o.onlyElement(v, at, use)
		}
		return err
	}
	if err := o.stream.Skip(); err != nil {
		return err
	}
	for i := 0; o.stream.Kind() != ']'; i++ {
		if i%256 == 0 {
			if o.ctx.Err() != nil {
				return o.ctx.Err()
			}
			o.thin()
		}
		v, err := o.stream.Value()
		if err != nil {
			return err
		}
		use(v, scan.Index(at, i))
	}
	return o.stream.Skip()
}

// paging: a marker without IsTruncated also means that more follows (GAAD-08).
func (o *objectReader) paging(name string, v scan.Value) {
	switch name {
	case "IsTruncated", "Truncated":
		o.page.Truncated = o.page.Truncated || v.Bool()
	default:
		o.page.Truncated = o.page.Truncated || v.Text() != ""
	}
}

// envelope looks inside a member that nobody knows: {"Page": …}, or accounts
// keyed by their id (GAAD-07, GAAD-12).
func (o *objectReader) envelope(name, at string) error {
	account := o.account
	if policy.IsAccountID(name) {
		account = name
	}
	return o.inside(name, func() error { return o.value(at, account, o.depth+1) })
}

// inside reads a member that may hold what we look for, and remembers its name
// if it did not.
func (o *objectReader) inside(name string, read func() error) error {
	before, unknown := o.size(), len(o.unknown)
	err := read()
	if o.size() == before {
		o.unknown = o.unknown[:unknown]
		o.strange = append(o.strange, name)
	} else {
		o.inner = true
	}
	return err
}

func (w *walker) size() int {
	p := w.part
	return len(p.Pages) + p.Facts() + len(p.Org.Nodes) + len(p.Org.Policies) + len(p.Source.Format)
}

// finish decides what the object was.
func (o *objectReader) finish(broken bool) {
	for _, beside := range []string{"AccountId", "Account"} {
		o.page.AddAccount(o.cli.Members[beside].Value.Text())
	}
	switch lists := len(o.page.Lists); {
	case o.isPage, lists > 0 && !o.iamPolicies && len(o.cli.Policies) == 0 && len(o.cli.Members) <= 1: // the latter is a page of no entities
		o.page.Truncated = o.page.Truncated || broken
		o.part.Pages = append(o.part.Pages, o.page)
		o.part.Took("gaad")
	case o.iamPolicies:
		o.part.Took("iam-list-policies")
	}
	o.cli.Cut = o.page.Truncated || broken
	took := o.cli.Decode()
	took = o.declarations() || took
	switch {
	case o.finishNative() || took || o.isPage || o.iamPolicies || o.inner:
		o.known = true
		if o.depth == 0 && !o.cli.Whole {
			o.addUnknown(o.strange)
		}
	default:
		names := append(o.cli.Names, o.strange...)
		o.meets(names, o.depth)
		o.addUnknown(names)
	}
}
