package native

import (
	"cmp"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"accesspath/iam"
	"accesspath/ingest/gaad"
	"accesspath/ingest/internal/part"
	"accesspath/ingest/internal/scan"
	"accesspath/policy"
)

// members are the names at the top of a snapshot, in their exact spelling:
// outputs of the AWS CLI begin theirs with a capital.
var members = fieldTypes(reflect.TypeFor[Snapshot]())

// notYet are members that the format provides for and that do not count in any
// answer (NAT-01).
var notYet = []string{"endpointPolicies"}

// IsMember reports whether a name at the top of a document belongs to this
// format.
func IsMember(name string) bool { return members[name] != nil || slices.Contains(notYet, name) }

// IsList reports whether a member is a list that may be long: each element is
// given to Decode on its own.
func IsList(name string) bool {
	switch name {
	case "accounts", "managedPolicies", "resources", "sources", "trustedAccounts", "diagnostics":
		return true
	}
	return false
}

// Decoder turns members of a snapshot into the facts of one file.
type Decoder struct {
	File *scan.File
	Part *part.Part

	pools, anywhere bool // the member is there
}

var options = json.JoinOptions(jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))

// refused says of what form a document is that is not read.
func refused(id string, at iam.Origin) iam.Diagnostic {
	out := iam.Diagnostic{Severity: iam.Error, Code: "schema", Origin: at,
		Message: fmt.Sprintf("the schema is %q; this accesspath reads %q", scan.Clip(id), SchemaID), Hint: "use the accesspath that wrote it, or a newer one"}
	if form, _, _ := strings.Cut(SchemaID, "/"); !strings.HasPrefix(id, form+"/") {
		out.Message = fmt.Sprintf("the schema is %q: an answer of accesspath, and no snapshot of accounts", scan.Clip(id))
		out.Hint = "give what the answer was made from; accesspath render --from FILE prints it in other formats"
	}
	return out
}

// Decode reads a member, or one element of a member that IsList. What cannot
// be read is a diagnostic.
func (d *Decoder) Decode(member string, v scan.Value, pointer string) {
	d.Part.Took("native")
	switch member {
	case "schema":
		id := v.Text()
		d.Part.Native = id == SchemaID
		if !d.Part.Native {
			d.File.Report(refused(id, v.Origin(pointer)))
		}
	case "asOf":
		t, ok := v.Time()
		if !ok {
			d.File.Warn(v, pointer, "", "invalid-date", "%q is no date and counts as unknown", scan.Clip(v.Text()))
		}
		d.Part.AsOf = t
	case "accounts":
		d.account(v, pointer)
	case "managedPolicies":
		d.managed(v, pointer, "aws")
	case "organization":
		d.organization(v, pointer)
	case "resources":
		d.resource(v, pointer)
	case "sources":
		var s Source
		if d.into(&s, v, pointer, "") {
			d.Part.Recorded = append(d.Part.Recorded, iam.Source{Name: s.Name, Format: s.Format, SHA256: s.SHA256, Bytes: s.Bytes})
		}
	case "trustedAccounts":
		var t TrustedAccount
		if d.into(&t, v, pointer, "") {
			d.Part.Trusted = append(d.Part.Trusted, iam.TrustedAccount{ID: t.ID, Name: t.Name, ThirdParty: t.ThirdParty})
		}
	case "diagnostics":
		d.diagnostic(v, pointer)
	case "identityCenter":
		d.identityCenter(v, pointer)
	case "cognito":
		d.cognito(v, pointer)
	case "rolesAnywhere":
		d.rolesAnywhere(v, pointer)
	default:
		d.File.Report(iam.Diagnostic{Severity: iam.Warning, Code: "recognized-not-used", Origin: v.Origin(pointer),
			Message: member + " are not evaluated: what they deny to requests through an endpoint is not taken off any answer"})
	}
}

// into decodes one value, and reports where it does not fit.
func (d *Decoder) into(to any, v scan.Value, pointer, entity string) bool {
	if t := reflect.TypeOf(to).Elem(); !fits(t, v) {
		d.strange(t, v, pointer, entity)
	}
	err := json.Unmarshal(v.Raw(), to, options)
	if err == nil {
		return true
	}
	place := v.Origin(pointer)
	reason := err.Error()
	var semantic *json.SemanticError
	if errors.As(err, &semantic) {
		place.Pointer += string(semantic.JSONPointer)
		place.Line, place.Column = v.Sub(min(int(semantic.ByteOffset), len(v.Raw())), len(v.Raw())).Position()
		reason = fmt.Sprintf("found %s, want %s", kindName(semantic.JSONKind), wanted(semantic.GoType))
		if semantic.Err != nil {
			reason = semantic.Err.Error()
		}
	}
	d.File.Report(iam.Diagnostic{Severity: iam.Error, Code: "invalid-entity", Origin: place, Entity: entity,
		Message: "does not fit the format and is skipped: " + reason, Hint: "compare it with the schema of " + SchemaID})
	return false
}

func kindName(k jsontext.Kind) string { return cmp.Or(k.String(), "another kind of value") }

func wanted(t reflect.Type) string {
	if t == nil {
		return "something else"
	}
	switch t.Kind() {
	case reflect.Slice:
		return "an array"
	case reflect.Struct, reflect.Map, reflect.Pointer:
		return "an object"
	case reflect.Bool:
		return "a boolean"
	case reflect.Int, reflect.Int64:
		return "a whole number"
	}
	return "a string"
}

// origin prefers what was recorded when the fact was first read. What
// accesspath brought along was read nowhere.
func origin(o Origin, bundled bool, v scan.Value, pointer string) iam.Origin {
	if o == (Origin{}) && !bundled {
		return v.Origin(pointer)
	}
	return iam.Origin(o)
}

// document reads a policy document inside the entity v. One with a recorded
// origin, or a bundled one, was judged before: its problems are among the
// diagnostics.
func (d *Decoder) document(doc Document, name, defect string, recorded Origin, bundled bool, v scan.Value, pointer, entity string) *iam.Policy {
	if doc.Value == nil {
		return &iam.Policy{Name: name, Defect: defect, Origin: iam.Origin(recorded)}
	}
	at := v.Sub(doc.offset, doc.offset+len(doc.Value))
	if recorded == (Origin{}) && !bundled {
		return d.File.Policy(at, name, pointer+doc.pointer, entity)
	}
	p := &iam.Policy{Name: name, Defect: defect, Origin: iam.Origin(recorded), Bundled: bundled}
	if p.Document = d.File.Peek(at); p.Document == nil && defect == "" {
		return d.File.Policy(at, name, pointer+doc.pointer, entity)
	}
	return p
}

func stateOf(s State) iam.State {
	switch s {
	case "present":
		return iam.Present
	case "known-empty":
		return iam.KnownEmpty
	}
	return iam.Unknown
}

// listState is what the presence of a list says (NAT-04).
func listState[T any](list []T) iam.State {
	switch {
	case list == nil:
		return iam.Unknown
	case len(list) == 0:
		return iam.KnownEmpty
	}
	return iam.Present
}

func (d *Decoder) gaad(v scan.Value, pointer, account string) {
	if v.Kind() == '[' {
		for i, page := range v.Elements() {
			gaad.Page(d.File, d.Part, page, scan.Index(pointer, i), account)
		}
		return
	}
	gaad.Page(d.File, d.Part, v, pointer, account)
}

// member reads one element of a list of an account. Of an account with somebody who
// cannot be read not all is known.
func (d *Decoder) member(list string, v scan.Value, pointer string, of *part.Account) {
	account, before := of.ID, d.Part.Facts()
	defer func() {
		of.Incomplete = of.Incomplete || slices.Contains(gaadLists, list) && d.Part.Facts() == before
	}()
	switch list {
	case "users":
		var u User
		if e := d.entity(&u, &u.Entity, gaad.User, v, pointer); e != nil {
			d.Part.Users = append(d.Part.Users, &iam.User{Entity: *e, GroupNames: u.Groups, Emergency: u.Emergency})
			d.used(e, u.Used)
		}
	case "groups":
		var g Group
		if e := d.entity(&g, &g.Entity, gaad.Group, v, pointer); e != nil {
			d.Part.Groups = append(d.Part.Groups, &iam.Group{Entity: *e})
		}
	case "roles":
		d.role(v, pointer)
	case "policies":
		d.managed(v, pointer, account)
	case "credentials":
		d.credentials(v, pointer, account)
	case "compute":
		d.compute(v, pointer, of)
	case "instanceProfiles":
		var p InstanceProfile
		if d.into(&p, v, pointer, "") {
			d.Part.Profiles = append(d.Part.Profiles, &iam.InstanceProfile{ARN: p.ARN, Name: p.Name, UniqueID: p.ID, Account: accountOf(p.ARN, account), Role: p.Role})
		}
	}
}

// gaadLists are the lists of an account that hold what exports of it hold.
var gaadLists = []string{"users", "groups", "roles", "policies"}

func accountOf(arn, fallback string) string {
	if a, ok := policy.ParseARN(arn); ok && a.Account != "" {
		return a.Account
	}
	return fallback
}

func (d *Decoder) role(v scan.Value, pointer string) {
	var r Role
	e := d.entity(&r, &r.Entity, gaad.Role, v, pointer)
	if e == nil {
		return
	}
	d.Part.Roles = append(d.Part.Roles, &iam.Role{
		Entity:   *e,
		Trust:    d.document(r.Trust, "trust policy", r.TrustDefect, r.TrustOrigin, false, v, pointer, e.ARN),
		LastUsed: r.LastUsed.UTC(), LastUsedRegion: r.LastUsedRegion, LastUsedKnown: r.LastUsedKnown || !r.LastUsed.IsZero(),
		MaxSession: r.MaxSession, LegacySelfTrust: r.LegacyImplicitSelfTrust, Description: r.Description,
	})
	d.used(e, r.Used)
}

// entity decodes v into to, of which in is the common part; nil if it failed.
func (d *Decoder) entity(to any, in *Entity, kind string, v scan.Value, pointer string) *iam.Entity {
	if !d.into(to, v, pointer, v.Get("arn").Text()) {
		return nil
	}
	e := &iam.Entity{ARN: in.ARN, Name: in.Name, Path: in.Path, UniqueID: in.ID, Created: in.Created.UTC(), Partial: in.Partial, Origin: origin(in.Origin, false, v, pointer)}
	if !gaad.Identify(e, kind) {
		d.File.Report(iam.Diagnostic{Severity: iam.Error, Code: "no-arn", Origin: v.Origin(pointer), Entity: in.Name,
			Message: fmt.Sprintf("%q is no ARN of a %s; it is skipped", scan.Clip(in.ARN), kind), Hint: "give its arn"})
		return nil
	}
	for _, p := range in.Inline {
		e.Inline = append(e.Inline, d.document(p.Document, p.Name, p.Defect, p.Origin, p.Bundled, v, pointer, e.ARN))
	}
	for _, a := range in.Attached {
		e.Attached = append(e.Attached, &iam.Attachment{Name: a.Name, ARN: a.ARN})
	}
	if in.Boundary != nil {
		e.Boundary = &iam.Attachment{Name: in.Boundary.Name, ARN: in.Boundary.ARN}
	}
	for _, t := range in.Tags {
		e.Tags = append(e.Tags, iam.Tag(t))
	}
	return e
}

func (d *Decoder) managed(v scan.Value, pointer, account string) {
	var m ManagedPolicy
	if !d.into(&m, v, pointer, v.Get("arn").Text()) {
		return
	}
	p := &iam.ManagedPolicy{
		ARN: m.ARN, Name: m.Name, UniqueID: m.ID, Path: m.Path, Account: accountOf(m.ARN, account), DefaultVersionID: m.DefaultVersion,
		AttachmentCount: m.AttachmentCount, Created: m.Created.UTC(), Updated: m.Updated.UTC(), Bundled: m.Bundled, Origin: origin(m.Origin, m.Bundled, v, pointer),
	}
	p.Name = cmp.Or(p.Name, p.ARN[strings.LastIndexByte(p.ARN, '/')+1:])
	for _, x := range m.Versions {
		doc := d.document(x.Document, p.Name, x.Defect, x.Origin, x.Bundled || m.Bundled, v, pointer, p.ARN)
		doc.ARN, doc.Bundled = p.ARN, x.Bundled
		p.Versions = append(p.Versions, &iam.PolicyVersion{Policy: *doc, VersionID: x.ID, IsDefault: x.Default, Created: x.Created.UTC()})
	}
	d.Part.Policies = append(d.Part.Policies, p)
}

func (d *Decoder) diagnostic(v scan.Value, pointer string) {
	var x Diagnostic
	if !d.into(&x, v, pointer, "") {
		return
	}
	severity := iam.Note
	switch x.Severity {
	case "error":
		severity = iam.Error
	case "warning":
		severity = iam.Warning
	}
	d.Part.Diagnostics = append(d.Part.Diagnostics, iam.Diagnostic{Severity: severity, Code: x.Code, Message: x.Message, Entity: x.Entity, Hint: x.Hint, Origin: iam.Origin(x.Origin)})
}
