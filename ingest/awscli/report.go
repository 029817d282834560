package awscli

import (
	"bytes"
	"cmp"
	"context"
	"encoding/base64"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"accesspath/iam"
	"accesspath/ingest/internal/part"
	"accesspath/ingest/internal/scan"
	"accesspath/policy"
)

const reportCommand = "iam get-credential-report"

// IsReport tells a credential report by its header (IN-01).
func IsReport(head []byte) bool {
	plain := bytes.ReplaceAll(head[:min(len(head), 64)], []byte{'"'}, nil)
	return bytes.HasPrefix(plain, []byte("user,arn,user_creation_time"))
}

// credentialReport reads get-credential-report, whose Content is the report in
// base64 or, from other tools, as it is.
func (o *Object) credentialReport() bool {
	v, at := o.peek("Content")
	text, ok := reportText(v.Text())
	if !ok {
		if !o.has("ReportFormat") {
			return false
		}
		o.get("ReportFormat")
		o.took(reportCommand)
		o.report(iam.Warning, "invalid-report", "export the report again", "get-credential-report has no Content that is a credential report; it is not used")
		return true
	}
	for _, n := range []string{"Content", "ReportFormat"} {
		o.get(n)
	}
	if t, ok := o.value("GeneratedTime").Time(); ok {
		o.Part.Taken(t)
	}
	place := v.Origin(at)
	err := Report(context.Background(), o.File, o.Part, strings.NewReader(text), ReportPlace{At: func(int, int) iam.Origin { return place }, Used: func() {}})
	if err != nil {
		o.report(iam.Error, "invalid-report", "export the report again", "credential report: %s", err)
	}
	return true
}

// reportText undoes base64.
func reportText(s string) (string, bool) {
	if IsReport([]byte(s)) {
		return s, true
	}
	if !strings.HasPrefix(s, "dXNlcixhcm4s") && !strings.HasPrefix(s, "InVzZXIi") { // user,arn, and "user"
		return "", false
	}
	s = strings.TrimRight(strings.Map(func(r rune) rune {
		if r == '\n' || r == '\r' || r == ' ' {
			return -1
		}
		return r
	}, s), "=")
	text, err := base64.RawStdEncoding.DecodeString(s)
	return string(text), err == nil && IsReport(text)
}

// ReportPlace says where a report stands.
type ReportPlace struct {
	At   func(row, column int) iam.Origin // of a place in the report, from 1
	Used func()                           // called now and then: what was read is not needed any more
}

// row is one line of a credential report.
type row struct {
	file   *scan.File
	column map[string]int
	fields []string
	place  iam.Origin
	who    string
}

// Report reads a credential report (IN-01, IN-29). The error is one of reading;
// rows before it count.
func Report(ctx context.Context, f *scan.File, p *part.Part, in io.Reader, place ReportPlace) error {
	p.Took(strings.ReplaceAll(reportCommand, " ", "-"))
	r := csv.NewReader(in)
	r.FieldsPerRecord, r.LazyQuotes, r.ReuseRecord = -1, true, true
	header, err := r.Read()
	if err != nil {
		return err
	}
	columns, width := map[string]int{}, len(header)
	for i, name := range header {
		columns[strings.ToLower(strings.TrimSpace(name))] = i
	}
	accounts, whole := map[string]bool{}, true
	for n := 1; err == nil; n++ {
		if err = ctx.Err(); err != nil {
			break
		}
		var fields []string
		if fields, err = r.Read(); err == nil {
			line, column := r.FieldPos(0)
			w := row{file: f, column: columns, fields: fields, place: place.At(line, column)}
			if c := w.credentials(); c != nil {
				p.Credentials = append(p.Credentials, *c)
				accounts[c.Account] = true
			}
			if len(fields) < width {
				whole = false
				w.warn("invalid-report", "the row has %d of %d fields; perhaps the report breaks off here, and what it lacks is unknown", len(fields), width)
			}
		}
		if n%256 == 0 {
			place.Used()
		}
	}
	coverReport(p, accounts, whole && errors.Is(err, io.EOF), place.At(1, 1))
	var bad *csv.ParseError
	switch {
	case errors.Is(err, io.EOF):
		return nil
	case errors.As(err, &bad):
		return fmt.Errorf("row %d: %w; the rows before it are used", bad.Line, bad.Err)
	}
	return err
}

// coverReport notes which accounts the report is of; one that breaks off does not
// have everybody.
func coverReport(p *part.Part, accounts map[string]bool, whole bool, at iam.Origin) {
	for _, id := range slices.Sorted(maps.Keys(accounts)) {
		a := part.Account{ID: id, Command: reportCommand, Origin: at}
		if whole {
			a.Coverage = iam.Coverage{iam.SectionCredentials: iam.Present, iam.SectionMFA: iam.Present}
		}
		p.Accounts = append(p.Accounts, a)
	}
}

// text is a field, without the words for "nothing" (IN-29).
func (w *row) text(name string) string { return known(w.given(name)) }

// given is a field as it is; "" if there is no such column.
func (w *row) given(name string) string {
	i, ok := w.column[name]
	if !ok || i >= len(w.fields) {
		return ""
	}
	return strings.TrimSpace(w.fields[i])
}

func (w *row) warn(code, format string, args ...any) {
	w.file.Report(iam.Diagnostic{Severity: iam.Warning, Code: code, Origin: w.place, Entity: w.who, Message: fmt.Sprintf(format, args...)})
}

// state reads a boolean.
func (w *row) state(name string) iam.State {
	switch s := w.text(name); strings.ToLower(s) {
	case "true":
		return iam.Present
	case "false":
		return iam.KnownEmpty
	case "":
	default:
		w.warn("invalid-value", "%s is %q, want true or false; it counts as unknown", name, scan.Clip(s))
	}
	return iam.Unknown
}

func (w *row) date(name string) time.Time {
	s := w.text(name)
	if s == "" {
		return time.Time{}
	}
	t, ok := scan.ParseTime(s)
	if !ok {
		w.warn("invalid-date", "%s is %q, which is no date and counts as unknown", name, scan.Clip(s))
	}
	return t
}

// credentials reads the row of a user or of the root user; nil if there is no
// telling whose it is.
func (w *row) credentials() *part.Credentials {
	name, text := w.given("user"), w.given("arn")
	w.who = cmp.Or(text, name)
	arn, ok := policy.ParseARN(text)
	if !ok || arn.Service != "iam" || arn.Account == "" {
		w.warn("no-arn", "a row of the credential report has no usable arn and is skipped")
		return nil
	}
	c := &part.Credentials{Name: name, Account: arn.Account, Command: reportCommand, Reported: true}
	switch {
	case arn.Resource == "root":
		c.Root = true
	case strings.HasPrefix(arn.Resource, "user/"):
		c.User = text
		if own := text[strings.LastIndexByte(text, '/')+1:]; own != name {
			w.warn("conflict", "the row is of user %q and has the arn of %q; the arn counts", scan.Clip(name), scan.Clip(own))
		}
	default:
		w.warn("no-arn", "a row of the credential report has the arn of no user and is skipped")
		return nil
	}
	c.Facts = w.facts()
	return c
}

func (w *row) facts() iam.Credentials {
	f := iam.Credentials{
		Password: w.state("password_enabled"), PasswordLastUsed: w.date("password_last_used"), PasswordChanged: w.date("password_last_changed"),
		MFA: w.state("mfa_active"), Created: w.date("user_creation_time"), Origin: w.place,
	}
	if f.Password == iam.Unknown && !f.PasswordLastUsed.IsZero() { // "not_supported" for root users
		f.Password = iam.Present
	}
	var keys, certificates [2]iam.State
	for i, n := range []string{"1", "2"} {
		if key, state := w.key("access_key_" + n + "_"); state == iam.Present {
			keys[i], f.AccessKeys = state, append(f.AccessKeys, key)
		} else {
			keys[i] = state
		}
		if cert, state := w.certificate("cert_" + n + "_"); state == iam.Present {
			certificates[i], f.Certificates = state, append(f.Certificates, cert)
		} else {
			certificates[i] = state
		}
	}
	f.Keys, f.Signing = either(keys), either(certificates)
	return f
}

func (w *row) key(prefix string) (iam.AccessKey, iam.State) {
	active := w.state(prefix + "active")
	k := iam.AccessKey{
		Active: active == iam.Present, Created: w.date(prefix + "last_rotated"), LastUsed: w.date(prefix + "last_used_date"),
		LastUsedService: w.text(prefix + "last_used_service"), LastUsedRegion: w.text(prefix + "last_used_region"),
	}
	k.LastUsedKnown = !k.LastUsed.IsZero() || strings.EqualFold(w.given(prefix+"last_used_date"), "N/A")
	return k, place(active, k.Created)
}

func (w *row) certificate(prefix string) (iam.Certificate, iam.State) {
	active := w.state(prefix + "active")
	c := iam.Certificate{Active: active == iam.Present, Created: w.date(prefix + "last_rotated")}
	return c, place(active, c.Created)
}

// place says whether something is in one of the two places that the report
// has for keys: one that is not active is there if it was made once.
func place(active iam.State, made time.Time) iam.State {
	if !made.IsZero() {
		return iam.Present
	}
	return active
}

func either(places [2]iam.State) iam.State {
	switch {
	case places[0] == iam.Present || places[1] == iam.Present:
		return iam.Present
	case places[0] == places[1]:
		return places[0]
	}
	return iam.Unknown
}
