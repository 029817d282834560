package ingest

import (
	"context"
	"encoding/base64"
	"strconv"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
)

// outputsOfIAM are the outputs about credentials, providers and accounts.
func outputsOfIAM() []string {
	report := reportHeader + reportRoot + reportAnn
	out := []string{
		report, `{"Content":` + strconv.Quote(report) + `,"ReportFormat":"text/csv","GeneratedTime":"2024-05-06T07:08:09+00:00"}`,
		`{"Content":"` + base64.StdEncoding.EncodeToString([]byte(report)) + `"}`, oidcList, samlList, samlGet,
		strings.Replace(oidcGet, "%s", `,"OpenIDConnectProviderArn":"`+oidcARN+`"`, 1), strings.Replace(oidcGet, "%s", "", 1),
		`{"SummaryMap":{"AccountMFAEnabled":1,"AccountAccessKeysPresent":0,"Providers":0}}`, `{"PasswordPolicy":{"MinimumPasswordLength":14,"RequireSymbols":true}}`,
		`{"AccessKeyId":"AKIAONE","UserName":"ann","AccessKeyLastUsed":{"LastUsedDate":"2020-02-02T00:00:00Z","ServiceName":"ec2","Region":"eu-west-1"}}`,
		`{"VirtualMFADevices":[{"SerialNumber":"arn:aws:iam::111111111111:mfa/root-account-mfa-device","User":{"Arn":"arn:aws:iam::111111111111:root"}}]}`,
		`{"JobStatus":"COMPLETED","Arn":"arn:aws:iam::111111111111:user/ann","ServicesLastAccessed":[{"ServiceNamespace":"s3","LastAuthenticated":"2023-12-01T00:00:00Z"}]}`,
		`{"ServerCertificateMetadataList":[{"ServerCertificateName":"web","ServerCertificateId":"ASCA1","Expiration":"2021-01-01T00:00:00Z"}]}`,
		`{"AccountAliases":["app"]}`, `{"OrganizationId":"o-example","EnabledFeatures":["RootSessions"]}`, complete,
	}
	for _, l := range listings {
		out = append(out, l.file)
	}
	return out
}

// mistyped are copies of a JSON text, each with another value replaced by one
// of another kind.
func mistyped(text string, others ...string) []string {
	var out []string
	for _, v := range values(text) {
		for _, other := range others {
			out = append(out, text[:v[0]]+other+text[v[1]:])
		}
	}
	return out
}

// values are the offsets at which the values of a JSON text begin and end,
// without names.
func values(text string) [][2]int {
	var out [][2]int
	var open []int
	d := jsontext.NewDecoder(strings.NewReader(text))
	for {
		kind := d.PeekKind()
		at := int(d.InputOffset())
		at += strings.IndexFunc(text[at:], func(r rune) bool { return !strings.ContainsRune(" \t\n,:", r) })
		if _, err := d.ReadToken(); err != nil {
			return out
		}
		end := int(d.InputOffset())
		in, n := d.StackIndex(d.StackDepth())
		switch {
		case kind == '{' || kind == '[':
			open = append(open, at)
		case kind == '}' || kind == ']':
			out = append(out, [2]int{open[len(open)-1], end})
			open = open[:len(open)-1]
		case in != '{' || n%2 == 0:
			out = append(out, [2]int{at, end})
		}
	}
}

// A value of another kind than AWS would write costs the smallest thing that
// it is about, and nothing panics (GAAD-20). The account stays, and what is left
// survives the native form.
func TestMistypedOutputs(t *testing.T) {
	for _, text := range outputsOfIAM() {
		if len(text) > 4000 || text[0] != '{' {
			continue
		}
		for _, v := range append(mistyped(text, `"x"`, `-1`, `null`, `[]`, `{}`, `true`, `[[null,"",0,{}]]`, `{"":{"Arn":[]}}`), variants(text)...) {
			s, err := Read(context.Background(), texts("a.json", people, "b.json", v), Options{})
			if err != nil || len(s.Accounts) == 0 {
				t.Fatalf("%s: %v", v, err)
			}
			first := encode(t, s)
			if again := encode(t, load(t, "n.json", string(first))); string(again) != string(first) {
				t.Fatalf("%s: the native form does not read back:\n%s\nand\n%s", v, first, again)
			}
		}
	}
}

// The same for our own format.
func TestNAT01Mistyped(t *testing.T) {
	for _, v := range mistyped(complete, `"x"`, `-1`, `[[null]]`, `{"":{}}`) {
		s, err := Read(context.Background(), texts("a.json", people, "n.json", v), Options{})
		if err != nil {
			t.Fatalf("%s: %v", v, err)
		}
		first := encode(t, s)
		if again := encode(t, load(t, "n.json", string(first))); string(again) != string(first) {
			t.Fatalf("%s: the native form does not read back:\n%s\nand\n%s", v, first, again)
		}
	}
}

// A file that ends early gives what came before.
func TestTruncatedReport(t *testing.T) {
	text := reportHeader + reportRoot + reportAnn + reportBob
	for n := range len(text) {
		s, err := Read(context.Background(), texts("a.json", people, "b.csv", text[:n]), Options{})
		if err != nil {
			t.Fatalf("after %d bytes: %v", n, err)
		}
		if a := only(t, s); n > len(reportHeader+reportRoot+reportAnn) && person(t, s, "ann").Credentials == nil {
			t.Fatalf("after %d bytes: ann has no credentials: %+v", n, a)
		}
	}
}
