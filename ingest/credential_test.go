package ingest

import (
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"accesspath/iam"
	"accesspath/internal/shared"
)

const (
	reportHeader = "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,password_next_rotation,mfa_active,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,access_key_1_last_used_region,access_key_1_last_used_service,access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date,access_key_2_last_used_region,access_key_2_last_used_service,cert_1_active,cert_1_last_rotated,cert_2_active,cert_2_last_rotated\n"
	reportRoot   = "<root_account>,arn:aws:iam::111111111111:root,2016-05-16T18:13:11+00:00,not_supported,2016-10-06T15:47:11+00:00,not_supported,not_supported,true,false,N/A,N/A,N/A,N/A,false,N/A,N/A,N/A,N/A,false,N/A,false,N/A\n"
	reportAnn    = "ann,arn:aws:iam::111111111111:user/ann,2020-01-01T00:00:00+00:00,TRUE,no_information,2020-01-02T00:00:00+00:00,N/A,FALSE,true,2020-01-03T00:00:00+00:00,2020-02-01T00:00:00+00:00,us-east-1,s3,false,2019-01-01T00:00:00+00:00,N/A,N/A,N/A,true,2020-01-04T00:00:00+00:00,false,N/A\n"
	reportBob    = "bob,arn:aws:iam::111111111111:user/bob,2020-01-01T00:00:00+00:00,false,N/A,N/A,N/A,true,false,N/A,N/A,N/A,N/A,false,N/A,N/A,N/A,N/A,false,N/A,false,N/A\n"
)

// people is an account with two users, of whom nothing but their names is
// known.
var people = `{"UserDetailList":[` + user("ann") + "," + user("bob") + `]}`

func day(text string) time.Time {
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		panic(err)
	}
	return t
}

// person returns a user of people.
func person(t testing.TB, s *iam.Snapshot, name string) *iam.User {
	t.Helper()
	for _, a := range s.Accounts {
		for _, u := range a.Users {
			if u.Name == name {
				return u
			}
		}
	}
	t.Fatalf("no user %s; diagnostics: %v", name, s.Diagnostics)
	return nil
}

// credentialsOf fails the test if there are none.
func credentialsOf(t testing.TB, s *iam.Snapshot, name string) *iam.Credentials {
	t.Helper()
	c := person(t, s, name).Credentials
	if c == nil {
		t.Fatalf("%s has no credentials; diagnostics: %v", name, s.Diagnostics)
	}
	return c
}

func TestIN01CredentialReport(t *testing.T) {
	csv := reportHeader + reportRoot + reportAnn + reportBob
	inBase64 := base64.StdEncoding.EncodeToString([]byte(csv))
	for name, file := range map[string]string{
		"CSV":                csv,
		"CSV with CRLF":      strings.ReplaceAll(csv, "\n", "\r\n"),
		"CSV with BOM":       "\xef\xbb\xbf" + csv,
		"CSV, all quoted":    `"` + strings.ReplaceAll(strings.ReplaceAll(strings.TrimSpace(csv), ",", `","`), "\n", "\"\n\"") + `"`,
		"JSON with base64":   `{"Content":"` + inBase64 + `","ReportFormat":"text/csv","GeneratedTime":"2024-05-06T07:08:09+00:00"}`,
		"JSON with text":     `{"Content":` + strconv.Quote(csv) + `,"ReportFormat":"text/csv","GeneratedTime":"2024-05-06T07:08:09+00:00"}`,
		"JSON, Content only": `{"Content":"` + inBase64 + `"}`,
		"base64 in lines":    `{"Content":"` + inBase64[:76] + `\n` + inBase64[76:] + `"}`,
	} {
		t.Run(name, func(t *testing.T) {
			s := load(t, "a.json", people, "b.csv", file)
			wantDiagnostics(t, s, notes(s)...)
			a := only(t, s)
			if a.Coverage[iam.SectionCredentials] != iam.Present || a.Coverage[iam.SectionMFA] != iam.Present {
				t.Errorf("coverage %v", a.Coverage)
			}
			if strings.Contains(file, "GeneratedTime") != (s.AsOf == time.Date(2024, 5, 6, 7, 8, 9, 0, time.UTC)) {
				t.Errorf("as of %v", s.AsOf)
			}
			ann := credentialsOf(t, s, "ann")
			if len(ann.AccessKeys) != 2 || len(ann.Certificates) != 1 {
				t.Fatalf("%+v", ann)
			}
			if k := ann.AccessKeys[0]; !k.Active || !k.Created.Equal(day("2020-01-03")) || !k.LastUsed.Equal(day("2020-02-01")) || k.LastUsedService != "s3" || k.LastUsedRegion != "us-east-1" || k.ID != "" {
				t.Errorf("key 1: %+v", k)
			}
			if k := ann.AccessKeys[1]; k.Active || !k.LastUsedKnown || !k.LastUsed.IsZero() || k.LastUsedService != "" {
				t.Errorf("key 2 was made, is not active and was never used: %+v", k)
			}
			if ann.Password != iam.Present || !ann.PasswordLastUsed.IsZero() || !ann.PasswordChanged.Equal(day("2020-01-02")) || !ann.Created.Equal(day("2020-01-01")) || ann.MFA != iam.KnownEmpty || ann.Signing != iam.Present {
				t.Errorf("ann: %+v", ann)
			}
			if ann.SSH != iam.Unknown || ann.ServiceSpecific != iam.Unknown || ann.HardwareMFA != iam.Unknown {
				t.Errorf("what the report does not have is unknown: %+v", ann)
			}
			bob := credentialsOf(t, s, "bob")
			if bob.Password != iam.KnownEmpty || bob.MFA != iam.Present || bob.Keys != iam.KnownEmpty || bob.Signing != iam.KnownEmpty {
				t.Errorf("bob: %+v", bob)
			}
			if a.Root == nil || a.Root.MFA != iam.Present || a.Root.Keys != iam.KnownEmpty || a.Root.Password != iam.Present || a.Root.PasswordLastUsed.Year() != 2016 {
				t.Errorf("root: %+v", a.Root)
			}
			if !strings.Contains(s.Sources[1].Format, "iam-get-credential-report") {
				t.Errorf("format %q", s.Sources[1].Format)
			}
		})
	}
}

// notes are the diagnostics of a snapshot that are mere notes.
func notes(s *iam.Snapshot) []string {
	var out []string
	for _, d := range s.Diagnostics {
		if d.Severity == iam.Note {
			out = append(out, d.String())
		}
	}
	return out
}

// Facts keep the place of their row (NAT-03).
func TestIN01Place(t *testing.T) {
	s := load(t, "a.json", people, "b.csv", "\n"+reportHeader+reportRoot+reportAnn+reportBob)
	if o := credentialsOf(t, s, "bob").Origin; o.File != "b.csv" || o.Line != 5 || o.Column != 1 {
		t.Errorf("origin %+v, want line 5", o)
	}
	s = load(t, "a.json", people, "b.json", "{\n \"Content\": "+strconv.Quote(reportHeader+reportBob)+"}")
	if o := credentialsOf(t, s, "bob").Origin; o.Line != 2 || o.Pointer != "/Content" {
		t.Errorf("origin %+v, want /Content", o)
	}
}

// A report alone makes an account whose users are known by name only: their
// policies are unknown, and the account does not count as read (EVAL-25).
func TestIN01ReportAlone(t *testing.T) {
	s := load(t, "b.csv", reportHeader+reportRoot+reportAnn)
	a := only(t, s)
	if len(a.Users) != 1 || !a.Users[0].Partial || a.Users[0].Credentials == nil || a.Coverage[iam.SectionUsers] != iam.Unknown || a.Loaded() {
		t.Errorf("%+v", a)
	}
	s = load(t, "a.json", people, "b.csv", reportHeader+strings.ReplaceAll(reportAnn, "ann", "eve"))
	if d := find(s, "unlisted-user"); len(d) != 1 || d[0].Entity != "arn:aws:iam::111111111111:user/eve" || !person(t, s, "eve").Partial {
		t.Errorf("%v", s.Diagnostics)
	}
}

func TestIN29ReportValues(t *testing.T) {
	// password_enabled, password_last_used, mfa_active, key: active, rotated, used
	row := func(pw, used, mfa, active, rotated, keyUsed string) string {
		return "user,arn,user_creation_time,password_enabled,password_last_used,mfa_active,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,access_key_1_last_used_service,access_key_2_active\n" +
			"ann,arn:aws:iam::111111111111:user/ann,2020-01-01T00:00:00+00:00," + strings.Join([]string{pw, used, mfa, active, rotated, keyUsed}, ",") + ",N/A,false\n"
	}
	const made = "2020-01-01T00:00:00+00:00"
	for _, c := range []struct {
		name, file                      string
		password, mfa, keys             iam.State
		active, usedKnown, complainsNot bool
	}{
		{"any case", row("tRuE", "N/A", "FALSE", "True", made, made), iam.Present, iam.KnownEmpty, iam.Present, true, true, true},
		{"never used", row("false", "N/A", "false", "true", made, "N/A"), iam.KnownEmpty, iam.KnownEmpty, iam.Present, true, true, true},
		{"no information", row("no_information", "no_information", "no_information", "true", made, "no_information"), iam.Unknown, iam.Unknown, iam.Present, true, false, true},
		{"not supported", row("not_supported", "not_supported", "not_supported", "not_supported", "not_supported", "N/A"), iam.Unknown, iam.Unknown, iam.Unknown, false, false, true},
		{"used though the report does not say enabled", row("not_supported", made, "true", "false", "N/A", "N/A"), iam.Present, iam.Present, iam.KnownEmpty, false, false, true},
		{"neither true nor false", row("perhaps", "N/A", "false", "false", "N/A", "N/A"), iam.Unknown, iam.KnownEmpty, iam.KnownEmpty, false, false, false},
		{"no date", row("true", "yesterday", "false", "false", "N/A", "N/A"), iam.Present, iam.KnownEmpty, iam.KnownEmpty, false, false, false},
	} {
		t.Run("IN-29/"+c.name, func(t *testing.T) {
			s := load(t, "a.json", people, "b.csv", c.file)
			got := credentialsOf(t, s, "ann")
			if got.Password != c.password || got.MFA != c.mfa || got.Keys != c.keys {
				t.Errorf("password %v, MFA %v, keys %v; want %v, %v, %v", got.Password, got.MFA, got.Keys, c.password, c.mfa, c.keys)
			}
			if len(got.AccessKeys) > 0 && (got.AccessKeys[0].Active != c.active || got.AccessKeys[0].LastUsedKnown != c.usedKnown) {
				t.Errorf("%+v", got.AccessKeys[0])
			}
			if quiet := len(find(s, "invalid-value"))+len(find(s, "invalid-date")) == 0; quiet != c.complainsNot {
				t.Errorf("%v", s.Diagnostics)
			}
		})
	}
}

// Rows that cannot be placed cost themselves only.
func TestIN29BadRows(t *testing.T) {
	s := load(t, "a.json", people, "b.csv", reportHeader+"x,nonsense,1\n\n"+
		"y,arn:aws:iam::111111111111:role/y,1\n"+strings.Replace(reportAnn, "ann,", "anna,", 1)+"bob,arn:aws:iam::111111111111:user/bob\n")
	if len(find(s, "no-arn")) != 2 || len(find(s, "conflict")) != 1 {
		t.Errorf("%v", s.Diagnostics)
	}
	if c := credentialsOf(t, s, "bob"); c.Keys != iam.Unknown || c.MFA != iam.Unknown {
		t.Errorf("a row that ends early leaves the rest unknown: %+v", c)
	}
	if c := credentialsOf(t, s, "ann"); c.Keys != iam.Present {
		t.Errorf("the arn of the row counts: %+v", c)
	}
}

func TestRealCredentialReports(t *testing.T) {
	data, ok := shared.Data()
	if !ok {
		t.Skip("no directory shared/data beside the repository")
	}
	for name, want := range map[string]struct{ users, keys, active, root int }{
		// one ARN stands twice
		"cloud-custodian-test_account_credential_report.csv": {19, 16, 16, 0},
		"cloud-custodian-test_iam_user_unused_keys.csv":      {7, 7, 7, 2},
		// three of its rows have one ARN
		"fixinventory.csv": {2, 3, 3, 0},
	} {
		t.Run(name, func(t *testing.T) {
			b, err := os.ReadFile(filepath.Join(data, "credential-reports", name))
			if err != nil {
				t.Skip(err)
			}
			s := load(t, name, string(b))
			a := only(t, s)
			keys, active := 0, 0
			for _, u := range a.Users {
				for _, k := range u.Credentials.AccessKeys {
					keys++
					if k.Active {
						active++
					}
					if k.Created.IsZero() {
						t.Errorf("%s: a key without a date", u.Name)
					}
				}
			}
			if len(a.Users) != want.users || keys != want.keys || active != want.active || len(a.Root.AccessKeys) != want.root {
				t.Errorf("%d users, %d keys, %d active, %d of root; want %+v", len(a.Users), keys, active, len(a.Root.AccessKeys), want)
			}
			sameSnapshot(t, load(t, "n.json", string(encode(t, s))), s)
		})
	}
}

// listings are the outputs about one kind of credential: how the CLI prints
// them, and what they make of ann.
var listings = []struct {
	name  string
	file  string
	check func(c *iam.Credentials) bool
}{
	{"IN-02 keys", `{"AccessKeyMetadata":[{"UserName":"ann","AccessKeyId":"AKIAONE","Status":"Active","CreateDate":"2020-01-03T00:00:00+00:00"},{"UserName":"ann","AccessKeyId":"AKIATWO","Status":"Inactive","CreateDate":"2019-01-01T00:00:00+00:00"}]}`,
		func(c *iam.Credentials) bool {
			return c.Keys == iam.Present && len(c.AccessKeys) == 2 && c.AccessKeys[0].ID == "AKIAONE" && c.AccessKeys[0].Active && !c.AccessKeys[1].Active && c.AccessKeys[0].Created.Equal(day("2020-01-03")) && !c.AccessKeys[0].LastUsedKnown
		}},
	{"IN-02 none", `{"AccessKeyMetadata":[],"UserName":"ann"}`, func(c *iam.Credentials) bool { return c.Keys == iam.KnownEmpty && c.AccessKeys == nil }},
	{"IN-02 snake case", `{"access_key_metadata":[{"user_name":"ann","access_key_id":"AKIAONE","status":"Active"}]}`,
		func(c *iam.Credentials) bool { return len(c.AccessKeys) == 1 && c.AccessKeys[0].ID == "AKIAONE" }},
	{"IN-03 devices", `{"MFADevices":[{"UserName":"ann","SerialNumber":"arn:aws:iam::111111111111:mfa/ann","EnableDate":"2020-01-01T00:00:00Z"},{"UserName":"ann","SerialNumber":"GAHT12345678","EnableDate":"2020-01-01T00:00:00Z"}]}`,
		func(c *iam.Credentials) bool { return c.MFA == iam.Present && len(c.MFADevices) == 2 }},
	{"IN-03 none", `{"MFADevices":[],"UserName":"ann"}`, func(c *iam.Credentials) bool { return c.MFA == iam.KnownEmpty }},
	{"IN-03 virtual", `{"VirtualMFADevices":[{"SerialNumber":"arn:aws:iam::111111111111:mfa/ann","EnableDate":"2020-01-01T00:00:00Z","User":{"UserName":"ann","Arn":"arn:aws:iam::111111111111:user/ann"}},{"SerialNumber":"arn:aws:iam::111111111111:mfa/spare"}]}`,
		func(c *iam.Credentials) bool { return c.MFA == iam.Present && len(c.MFADevices) == 1 }},
	{"IN-04 password", `{"LoginProfile":{"UserName":"ann","CreateDate":"2020-01-01T00:00:00Z","PasswordResetRequired":false}}`,
		func(c *iam.Credentials) bool { return c.Password == iam.Present }},
	{"IN-12 SSH keys", `{"SSHPublicKeys":[{"UserName":"ann","SSHPublicKeyId":"APKA1","Status":"Active","UploadDate":"2020-01-01T00:00:00Z"}]}`,
		func(c *iam.Credentials) bool {
			return c.SSH == iam.Present && c.SSHKeys[0].ID == "APKA1" && c.SSHKeys[0].Active && c.SSHKeys[0].Created.Equal(day("2020-01-01"))
		}},
	{"IN-12 no SSH keys", `{"SSHPublicKeys":[],"UserName":"ann"}`, func(c *iam.Credentials) bool { return c.SSH == iam.KnownEmpty }},
	{"IN-12 service-specific", `{"ServiceSpecificCredentials":[{"UserName":"ann","Status":"Inactive","ServiceUserName":"ann-at-111111111111","CreateDate":"2020-01-01T00:00:00Z","ServiceSpecificCredentialId":"ACCA1","ServiceName":"codecommit.amazonaws.com","ExpirationDate":"2021-01-01T00:00:00Z"}]}`,
		func(c *iam.Credentials) bool {
			return c.ServiceSpecific == iam.Present && c.Passwords[0].Name == "codecommit.amazonaws.com" && !c.Passwords[0].Active && c.Passwords[0].Expires.Equal(day("2021-01-01"))
		}},
	{"IN-12 signing certificates", `{"Certificates":[{"UserName":"ann","CertificateId":"CERT1","CertificateBody":"-----BEGIN","Status":"Active","UploadDate":"2020-01-01T00:00:00Z"}]}`,
		func(c *iam.Credentials) bool { return c.Signing == iam.Present && c.Certificates[0].ID == "CERT1" }},
	{"IN-12 no signing certificates", `{"Certificates":[],"UserName":"ann"}`, func(c *iam.Credentials) bool { return c.Signing == iam.KnownEmpty }},
	{"GAAD-15 list-users", `{"Users":[{"Path":"/","UserName":"ann","UserId":"AIDAANN","Arn":"arn:aws:iam::111111111111:user/ann","CreateDate":"2020-01-01T00:00:00Z","PasswordLastUsed":"2020-03-01T00:00:00Z"}]}`,
		func(c *iam.Credentials) bool {
			return c.PasswordLastUsed.Equal(day("2020-03-01")) && c.Password == iam.Unknown
		}},
	{"GAAD-15 get-user", `{"User":{"Path":"/","UserName":"ann","UserId":"AIDAANN","Arn":"arn:aws:iam::111111111111:user/ann","CreateDate":"2020-01-01T00:00:00Z","PasswordLastUsed":"2020-03-01T00:00:00Z"}}`,
		func(c *iam.Credentials) bool { return c.PasswordLastUsed.Equal(day("2020-03-01")) }},
}

func TestCredentialListings(t *testing.T) {
	for _, c := range listings {
		t.Run(c.name, func(t *testing.T) {
			s := load(t, "a.json", people, "b.json", c.file)
			wantDiagnostics(t, s, notes(s)...)
			if len(only(t, s).Users) != 2 || person(t, s, "ann").Partial {
				t.Errorf("%+v", s.Accounts[0].Users)
			}
			if got := credentialsOf(t, s, "ann"); !c.check(got) {
				t.Errorf("%+v", got)
			}
			if got := person(t, s, "bob").Credentials; got != nil {
				t.Errorf("bob has %+v", got)
			}
			sameSnapshot(t, load(t, "n.json", string(encode(t, s))), s)
		})
	}
}

// An output that does not say whose it is says what to put beside it.
func TestListingsOfNobody(t *testing.T) {
	for name, c := range map[string]struct{ file, code, hint string }{
		"IN-02 empty":        {`{"AccessKeyMetadata":[]}`, "incomplete-output", "UserName"},
		"IN-02 last use":     {`{"UserName":"ann","AccessKeyLastUsed":{"Region":"N/A","ServiceName":"N/A"}}`, "incomplete-output", "AccessKeyId"},
		"IN-02 unknown key":  {`{"AccessKeyId":"AKIAX","UserName":"ann","AccessKeyLastUsed":{"Region":"N/A","ServiceName":"N/A"}}`, "unknown-key", "list-access-keys"},
		"IN-02 unknown user": {`{"AccessKeyMetadata":[{"UserName":"eve","AccessKeyId":"AKIAX"}]}`, "unknown-user", "list-users"},
		"IN-03 empty":        {`{"MFADevices":[]}`, "incomplete-output", "UserName"},
		"IN-04 no name":      {`{"LoginProfile":{}}`, "incomplete-output", "UserName"},
		"IN-11 nobody":       {`{"JobStatus":"COMPLETED","ServicesLastAccessed":[]}`, "incomplete-output", "Arn"},
		"IN-11 not done":     {`{"JobStatus":"IN_PROGRESS","ServicesLastAccessed":[]}`, "incomplete-output", "done"},
		"IN-11 stranger":     {`{"Arn":"arn:aws:iam::111111111111:role/gone","ServicesLastAccessed":[]}`, "unknown-principal", "get-account-authorization-details"},
		"IN-12 empty":        {`{"SSHPublicKeys":[]}`, "incomplete-output", "UserName"},
		"IN-10 no name":      {`{"SAMLMetadataDocument":"<x/>"}`, "incomplete-output", "SAMLProviderArn"},
	} {
		t.Run(name, func(t *testing.T) {
			s := load(t, "a.json", people, "b.json", c.file)
			got := find(s, c.code)
			if len(got) != 1 || !strings.Contains(got[0].Hint, c.hint) || got[0].Origin.File != "b.json" {
				t.Errorf("%v", s.Diagnostics)
			}
			for _, u := range only(t, s).Users {
				if u.Credentials != nil && name != "IN-02 unknown key" {
					t.Errorf("%s has %+v", u.Name, u.Credentials)
				}
			}
		})
	}
}

// Keys of listings and of reports are the same if they were made at the same
// time; uses are added by id.
func TestIN02KeysOfSeveralInputs(t *testing.T) {
	s := load(t, "a.json", people, "b.csv", reportHeader+reportAnn,
		"c.json", `{"AccessKeyMetadata":[{"UserName":"ann","AccessKeyId":"AKIAONE","Status":"Active","CreateDate":"2020-01-03T00:00:00Z"},{"UserName":"ann","AccessKeyId":"AKIATWO","Status":"Inactive","CreateDate":"2019-01-01T00:00:00Z"}]}`,
		"d.json", `{"AccessKeyId":"AKIATWO","UserName":"ann","AccessKeyLastUsed":{"LastUsedDate":"2020-02-02T00:00:00Z","ServiceName":"ec2","Region":"eu-west-1"}}`)
	wantDiagnostics(t, s, notes(s)...)
	keys := credentialsOf(t, s, "ann").AccessKeys
	if len(keys) != 2 || keys[0].ID != "AKIAONE" || keys[0].LastUsedService != "s3" || keys[1].ID != "AKIATWO" || keys[1].LastUsedService != "ec2" {
		t.Errorf("%+v", keys)
	}
}

// NAT-03: of what two inputs say differently the newer counts, and else the one
// read last; the difference is reported once.
func TestNAT03CredentialConflicts(t *testing.T) {
	report := func(file, at string) string {
		return `{"GeneratedTime":"` + at + `","ReportFormat":"text/csv","Content":` + strconv.Quote(reportHeader+file) + `}`
	}
	off := strings.Replace(strings.Replace(reportAnn, "TRUE", "false", 1), "FALSE", "true", 1)
	for name, c := range map[string]struct {
		first, second string
		want          iam.State // of the password
	}{
		"the second is newer":    {report(reportAnn, "2024-01-01T00:00:00Z"), report(off, "2024-01-02T00:00:00Z"), iam.KnownEmpty},
		"the first is newer":     {report(off, "2024-01-02T00:00:00Z"), report(reportAnn, "2024-01-01T00:00:00Z"), iam.KnownEmpty},
		"no dates, second wins":  {reportHeader + reportAnn, reportHeader + off, iam.KnownEmpty},
		"no dates, second wins2": {reportHeader + off, reportHeader + reportAnn, iam.Present},
	} {
		t.Run(name, func(t *testing.T) {
			s := load(t, "a.json", people, "b", c.first, "c", c.second)
			got := credentialsOf(t, s, "ann")
			if got.Password != c.want || (got.MFA == iam.Present) != (c.want == iam.KnownEmpty) || len(find(s, "conflict")) != 1 {
				t.Errorf("%+v\n%v", got, s.Diagnostics)
			}
		})
	}
	s := load(t, "a.json", people, "b.json", `{"AccessKeyMetadata":[{"UserName":"ann","AccessKeyId":"AKIAONE","Status":"Active"}]}`, "c.json", `{"AccessKeyMetadata":[],"UserName":"ann"}`)
	if got := credentialsOf(t, s, "ann"); got.Keys != iam.KnownEmpty || got.AccessKeys != nil || len(find(s, "conflict")) != 1 {
		t.Errorf("%+v\n%v", got, s.Diagnostics)
	}
	s = load(t, "a.json", people, "b.csv", reportHeader+reportAnn, "c.csv", reportHeader+reportAnn)
	wantNo(t, s, "conflict")
}

func TestIN05Summary(t *testing.T) {
	const summary = `{"SummaryMap":{"AccountMFAEnabled":%d,"AccountAccessKeysPresent":%d,"Users":2,"Providers":0,"ServerCertificates":1,"UsersQuota":5000}}`
	a := only(t, load(t, "a.json", people, "b.json", fmt.Sprintf(summary, 1, 0)))
	if a.Root.MFA != iam.Present || a.Root.Keys != iam.KnownEmpty || a.Root.Password != iam.Unknown || a.Summary["Users"] != 2 {
		t.Errorf("%+v %v", a.Root, a.Summary)
	}
	if a.Coverage[iam.SectionOIDC] != iam.KnownEmpty || a.Coverage[iam.SectionSAML] != iam.KnownEmpty || a.Coverage[iam.SectionCertificates] != iam.Unknown {
		t.Errorf("%v", a.Coverage)
	}
	a = only(t, load(t, "a.json", people, "b.json", fmt.Sprintf(summary, 0, 1)))
	if a.Root.MFA != iam.KnownEmpty || a.Root.Keys != iam.Present || a.Root.AccessKeys != nil {
		t.Errorf("%+v", a.Root)
	}
	if a := only(t, load(t, "a.json", people)); a.Root != nil || a.Summary != nil {
		t.Errorf("root facts out of nothing: %+v", a.Root)
	}
}

// Whether the root user's device is hardware follows from two outputs.
func TestIN03RootDevice(t *testing.T) {
	mfa := func(n int) string { return fmt.Sprintf(`{"SummaryMap":{"AccountMFAEnabled":%d}}`, n) }
	const (
		virtual = `{"VirtualMFADevices":[{"SerialNumber":"arn:aws:iam::111111111111:mfa/root-account-mfa-device","EnableDate":"2020-01-01T00:00:00Z","User":{"Arn":"arn:aws:iam::111111111111:root"}}]}`
		named   = `{"VirtualMFADevices":[{"SerialNumber":"arn:aws:iam::111111111111:mfa/mine","EnableDate":"2020-01-01T00:00:00Z","User":{"Arn":"arn:aws:iam::111111111111:root"}}]}`
		none    = `{"VirtualMFADevices":[]}`
	)
	for name, c := range map[string]struct {
		files         []string
		mfa, hardware iam.State
	}{
		"virtual":                  {[]string{"b.json", virtual}, iam.Present, iam.KnownEmpty},
		"virtual of another name":  {[]string{"b.json", named, "c.json", mfa(1)}, iam.Present, iam.KnownEmpty},
		"some, and no virtual one": {[]string{"b.json", none, "c.json", mfa(1)}, iam.Present, iam.Present},
		"the other way round":      {[]string{"b.json", mfa(1), "c.json", none}, iam.Present, iam.Present},
		"none at all":              {[]string{"b.json", none, "c.json", mfa(0)}, iam.KnownEmpty, iam.KnownEmpty},
		"no virtual one":           {[]string{"b.json", none}, iam.Unknown, iam.Unknown},
		"only that there is one":   {[]string{"b.json", mfa(1)}, iam.Present, iam.Unknown},
		"first page of several":    {[]string{"b.json", `{"VirtualMFADevices":[],"IsTruncated":true,"Marker":"x"}`, "c.json", mfa(1)}, iam.Present, iam.Unknown},
	} {
		t.Run(name, func(t *testing.T) {
			root := only(t, load(t, append([]string{"a.json", people}, c.files...)...)).Root
			var got iam.Credentials
			if root != nil {
				got = *root
			}
			if got.MFA != c.mfa || got.HardwareMFA != c.hardware {
				t.Errorf("MFA %v, hardware %v; want %v, %v", got.MFA, got.HardwareMFA, c.mfa, c.hardware)
			}
		})
	}
}

func TestIN06PasswordPolicy(t *testing.T) {
	s := load(t, "a.json", people, "b.json", `{"PasswordPolicy":{"MinimumPasswordLength":14,"RequireSymbols":true,"RequireNumbers":true,"RequireUppercaseCharacters":true,"RequireLowercaseCharacters":true,"AllowUsersToChangePassword":true,"ExpirePasswords":true,"MaxPasswordAge":90,"PasswordReusePrevention":24}}`)
	a := only(t, s)
	p := a.PasswordPolicy
	if p == nil || p.MinimumLength != 14 || p.ReusePrevention != 24 || p.MaxAge != 90 || !p.RequireSymbols || !p.RequireLowercase || a.Coverage[iam.SectionPasswordPolicy] != iam.Present {
		t.Errorf("%+v", p)
	}
	if a := only(t, load(t, "a.json", people)); a.Coverage[iam.SectionPasswordPolicy] != iam.Unknown {
		t.Errorf("%v", a.Coverage)
	}
	a = only(t, load(t, "n.json", `{"schema":"accesspath.snapshot/1","accounts":[{"id":"111111111111","passwordPolicy":null}]}`))
	if a.PasswordPolicy != nil || a.Coverage[iam.SectionPasswordPolicy] != iam.KnownEmpty {
		t.Errorf("%+v %v", a.PasswordPolicy, a.Coverage)
	}
}

func TestIN07Roles(t *testing.T) {
	s := load(t, "a.json", roles(role("r", inline(readDoc))), "b.json", `{"Roles":[`+role("r", `"MaxSessionDuration":7200,"Description":"deploys"`)+`]}`,
		"c.json", `{"Role":`+role("r", `"PermissionsBoundary":{"PermissionsBoundaryType":"Policy","PermissionsBoundaryArn":"arn:aws:iam::111111111111:policy/edge"}`)+`}`)
	r := only(t, s).Roles[0]
	if r.MaxSession != 7200 || r.Description != "deploys" || r.Boundary == nil || r.Partial || len(r.Inline) != 1 {
		t.Errorf("%+v", r)
	}
}

func TestIN08InstanceProfiles(t *testing.T) {
	s := load(t, "a.json", roles(role("r")), "b.json", `{"InstanceProfiles":[{"InstanceProfileName":"p","InstanceProfileId":"AIPA1","Arn":"arn:aws:iam::111111111111:instance-profile/p","Roles":[`+role("r")+`]}]}`)
	a := only(t, s)
	if len(a.InstanceProfiles) != 1 || a.InstanceProfiles[0].Role != a.Roles[0].ARN || len(a.Roles) != 1 || len(a.Roles[0].InstanceProfiles) != 1 {
		t.Errorf("%+v", a.InstanceProfiles)
	}
}

func TestIN11ServiceUse(t *testing.T) {
	file := `{"JobStatus":"COMPLETED","JobType":"SERVICE_LEVEL","JobCreationDate":"2024-01-01T00:00:00Z","JobCompletionDate":"2024-01-01T00:00:01Z","IsTruncated":false,
		"Arn":"arn:aws:iam::111111111111:%s","ServicesLastAccessed":[{"ServiceName":"Amazon S3","LastAuthenticated":"2023-12-01T00:00:00Z","ServiceNamespace":"s3","LastAuthenticatedEntity":"arn:aws:iam::111111111111:role/r","TotalAuthenticatedEntities":1},{"ServiceName":"AWS IAM","ServiceNamespace":"iam","TotalAuthenticatedEntities":0}]}`
	s := load(t, "a.json", `{"UserDetailList":[`+user("ann")+`],"RoleDetailList":[`+role("r")+`]}`, "b.json", fmt.Sprintf(file, "role/r"), "c.json", fmt.Sprintf(file, "user/ann"))
	a := only(t, s)
	for _, got := range [][]iam.ServiceUse{a.Roles[0].Used, a.Users[0].Used} {
		if len(got) != 2 || got[0].Service != "iam" || !got[0].Last.IsZero() || got[1].Service != "s3" || !got[1].Last.Equal(day("2023-12-01")) {
			t.Errorf("%+v", got)
		}
	}
	s = load(t, "a.json", roles(role("r"), role("q")), "b.json", `{"Arn":"arn:aws:iam::111111111111:role/r","ServicesLastAccessed":[]}`)
	if a := only(t, s); a.Roles[1].Used == nil || len(a.Roles[1].Used) != 0 || a.Roles[0].Used != nil {
		t.Errorf("an empty list is not an unknown one: %v, %v", a.Roles[1].Used, a.Roles[0].Used)
	}
}

func TestIN12ServerCertificatesAndAliases(t *testing.T) {
	s := load(t, "a.json", people,
		"b.json", `{"ServerCertificateMetadataList":[{"Path":"/","ServerCertificateName":"web","ServerCertificateId":"ASCA1","Arn":"arn:aws:iam::111111111111:server-certificate/web","UploadDate":"2020-01-01T00:00:00Z","Expiration":"2021-01-01T00:00:00Z"}]}`,
		"c.json", `{"AccountAliases":["app"]}`)
	a := only(t, s)
	if len(a.Certificates) != 1 || a.Certificates[0].Name != "web" || !a.Certificates[0].Expires.Equal(day("2021-01-01")) || a.Coverage[iam.SectionCertificates] != iam.Present {
		t.Errorf("%+v", a.Certificates)
	}
	if a.Alias != "app" {
		t.Errorf("alias %q", a.Alias)
	}
	a = only(t, load(t, "a.json", people, "b.json", `{"ServerCertificateMetadataList":[]}`))
	if a.Coverage[iam.SectionCertificates] != iam.KnownEmpty {
		t.Errorf("%v", a.Coverage)
	}
	a = only(t, load(t, "a.json", people, "b.json", `{"ServerCertificateMetadataList":[],"IsTruncated":true,"Marker":"x"}`))
	if a.Coverage[iam.SectionCertificates] != iam.Unknown {
		t.Errorf("more pages follow: %v", a.Coverage)
	}
}
