package ingest

import (
	"strings"
	"testing"

	"accesspath/iam"
)

const (
	oidcARN  = "arn:aws:iam::111111111111:oidc-provider/token.actions.githubusercontent.com"
	samlARN  = "arn:aws:iam::111111111111:saml-provider/corp"
	oidcList = `{"OpenIDConnectProviderList":[{"Arn":"` + oidcARN + `"}]}`
	oidcGet  = `{"Url":"token.actions.githubusercontent.com","ClientIDList":["sts.amazonaws.com"],"ThumbprintList":["00"],"CreateDate":"2020-01-01T00:00:00Z","Tags":[]%s}`
	samlList = `{"SAMLProviderList":[{"Arn":"` + samlARN + `","ValidUntil":"2120-01-01T00:00:00Z","CreateDate":"2020-01-01T00:00:00Z"}]}`
	samlGet  = `{"SAMLProviderArn":"` + samlARN + `","SAMLMetadataDocument":"<EntityDescriptor/>","CreateDate":"2020-01-01T00:00:00Z","ValidUntil":"2120-01-01T00:00:00Z"}`
)

func TestIN09OIDCProviders(t *testing.T) {
	get := strings.Replace(oidcGet, "%s", "", 1)
	for _, c := range []struct {
		name  string
		files []string
		state iam.State
		want  []iam.OIDCProvider // without Origin
	}{
		{"list", []string{"b.json", oidcList}, iam.Present, []iam.OIDCProvider{{ARN: oidcARN, URL: "token.actions.githubusercontent.com"}}},
		{"empty list", []string{"b.json", `{"OpenIDConnectProviderList":[]}`}, iam.KnownEmpty, nil},
		{"one alone leaves the list open", []string{"b.json", get}, iam.Unknown, []iam.OIDCProvider{{ARN: oidcARN, URL: "token.actions.githubusercontent.com", ClientIDs: []string{"sts.amazonaws.com"}, ClientsKnown: true}}},
		{"list and one", []string{"b.json", oidcList, "c.json", get}, iam.Present, []iam.OIDCProvider{{ARN: oidcARN, URL: "token.actions.githubusercontent.com", ClientIDs: []string{"sts.amazonaws.com"}, ClientsKnown: true}}},
		{"its ARN beside it", []string{"b.json", strings.Replace(oidcGet, "%s", `,"OpenIDConnectProviderArn":"`+oidcARN+`"`, 1)}, iam.Unknown, []iam.OIDCProvider{{ARN: oidcARN, URL: "token.actions.githubusercontent.com", ClientIDs: []string{"sts.amazonaws.com"}, ClientsKnown: true}}},
		{"with https, no clients", []string{"b.json", `{"Url":"https://example.com/x","ClientIDList":[]}`}, iam.Unknown, []iam.OIDCProvider{{ARN: "arn:aws:iam::111111111111:oidc-provider/example.com/x", URL: "example.com/x", ClientsKnown: true}}},
		{"neither", nil, iam.Unknown, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := load(t, append([]string{"a.json", people}, c.files...)...)
			wantDiagnostics(t, s, notes(s)...)
			a := only(t, s)
			if a.Coverage[iam.SectionOIDC] != c.state || len(a.OIDC) != len(c.want) {
				t.Fatalf("%v, %d providers; want %v, %d", a.Coverage[iam.SectionOIDC], len(a.OIDC), c.state, len(c.want))
			}
			for i, want := range c.want {
				got := *a.OIDC[i]
				if got.Origin.File == "" {
					t.Error("no origin")
				}
				if got.ARN != want.ARN || got.URL != want.URL || got.ClientsKnown != want.ClientsKnown || strings.Join(got.ClientIDs, " ") != strings.Join(want.ClientIDs, " ") {
					t.Errorf("%+v, want %+v", got, want)
				}
			}
			sameSnapshot(t, load(t, "n.json", string(encode(t, s))), s)
		})
	}
}

func TestIN10SAMLProviders(t *testing.T) {
	for _, c := range []struct {
		name, file string
		state      iam.State
		n          int
	}{
		{"list", samlList, iam.Present, 1},
		{"empty list", `{"SAMLProviderList":[]}`, iam.KnownEmpty, 0},
		{"one alone leaves the list open", samlGet, iam.Unknown, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := load(t, "a.json", people, "b.json", c.file)
			a := only(t, s)
			if a.Coverage[iam.SectionSAML] != c.state || len(a.SAML) != c.n || c.n > 0 && a.SAML[0].ARN != samlARN {
				t.Errorf("%v, %+v", a.Coverage, a.SAML)
			}
			sameSnapshot(t, load(t, "n.json", string(encode(t, s))), s)
		})
	}
}

// IN-28: an output that does not name its account belongs to the caller of the
// same file or directory, else to the account that the directory is about. If
// neither tells it is not used, which is reported with the next step.
func TestIN28AccountOfAnOutput(t *testing.T) {
	caller := func(id string) string {
		return `{"UserId":"AIDAX","Account":"` + id + `","Arn":"arn:aws:iam::` + id + `:user/u"}`
	}
	other := strings.ReplaceAll(people, "111111111111", "222222222222")
	const empty = `{"SAMLProviderList":[]}`
	for _, c := range []struct {
		name  string
		files []string
		want  string // account whose list is known to be empty; "" none
	}{
		{"beside it", []string{"a.json", people, "o.json", other, "x.json", `{"AccountId":"222222222222","SAMLProviderList":[]}`}, "222222222222"},
		{"under its account", []string{"a.json", people, "o.json", other, "x.json", `{"222222222222":{"SAMLProviderList":[]}}`}, "222222222222"},
		{"caller in the same file", []string{"a.json", people, "o.json", other, "x.json", empty + caller("222222222222")}, "222222222222"},
		{"caller in the same directory", []string{"1/a.json", people, "2/who.json", caller("222222222222"), "2/x.json", empty, "3/who.json", caller("333333333333")}, "222222222222"},
		{"export in the same directory", []string{"1/a.json", people, "2/a.json", other, "2/x.json", empty}, "222222222222"},
		{"the only account", []string{"1/a.json", people, "2/x.json", empty}, "111111111111"},
		{"two exports in the directory", []string{"a.json", people, "o.json", other, "x.json", empty}, ""},
		{"two callers in the directory", []string{"1/a.json", people, "2/a.json", other, "a.json", caller("111111111111"), "o.json", caller("222222222222"), "x.json", empty}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := load(t, c.files...)
			got := ""
			for _, a := range s.Accounts {
				if a.Coverage[iam.SectionSAML] == iam.KnownEmpty {
					got += a.ID
				}
			}
			d := find(s, "account-unknown")
			if got != c.want || (len(d) == 1) != (c.want == "") {
				t.Errorf("account %q, want %q; %v", got, c.want, s.Diagnostics)
			}
			if c.want == "" && (d[0].Origin.File != "x.json" || !strings.Contains(d[0].Message, "iam list-saml-providers") || !strings.Contains(d[0].Hint, "get-caller-identity")) {
				t.Errorf("%v, hint %q", d[0], d[0].Hint)
			}
		})
	}
}

// NAT-03 for what an account has besides its entities.
func TestNAT03AccountConflicts(t *testing.T) {
	policy := func(length string) string { return `{"PasswordPolicy":{"MinimumPasswordLength":` + length + `}}` }
	s := load(t, "a.json", people, "b.json", policy("8"), "c.json", policy("14"), "d.json", policy("14"))
	if got := only(t, s).PasswordPolicy.MinimumLength; got != 14 || len(find(s, "conflict")) != 1 {
		t.Errorf("%d, %v", got, s.Diagnostics)
	}
	snapshot := func(at, length string) string {
		return `{"schema":"accesspath.snapshot/1","asOf":"` + at + `","accounts":[{"id":"111111111111","passwordPolicy":{"minimumLength":` + length + `}}]}`
	}
	s = load(t, "b.json", snapshot("2024-01-02T00:00:00Z", "8"), "c.json", snapshot("2024-01-01T00:00:00Z", "14"))
	if got := only(t, s).PasswordPolicy.MinimumLength; got != 8 {
		t.Errorf("%d, the newer says 8", got)
	}
	d := find(s, "conflict")
	if len(d) != 1 || d[0].Origin.File != "c.json" || !strings.Contains(d[0].Message, "b.json:1 says something else of its password policy and is used: it is newer") {
		t.Errorf("%v", d)
	}
	get := func(client string) string { return `{"Url":"example.com","ClientIDList":["` + client + `"]}` }
	s = load(t, "a.json", people, "b.json", get("one"), "c.json", get("two"))
	if got := only(t, s).OIDC[0].ClientIDs; len(got) != 1 || got[0] != "two" || len(find(s, "conflict")) != 1 {
		t.Errorf("%v, %v", got, s.Diagnostics)
	}
}

// NAT-04: an empty list says that there is none; one that is not there, or of
// which pages are missing, says nothing.
func TestNAT04KnowledgeStates(t *testing.T) {
	for section, c := range map[iam.Section]struct{ empty, some string }{
		iam.SectionOIDC:         {`{"OpenIDConnectProviderList":[]}`, oidcList},
		iam.SectionSAML:         {`{"SAMLProviderList":[]}`, samlList},
		iam.SectionCertificates: {`{"ServerCertificateMetadataList":[]}`, `{"ServerCertificateMetadataList":[{"ServerCertificateId":"ASCA1"}]}`},
	} {
		cut := func(s string) string { return strings.TrimSuffix(s, "}") + `,"NextToken":"x"}` }
		for name, want := range map[string]iam.State{c.empty: iam.KnownEmpty, c.some: iam.Present, cut(c.empty): iam.Unknown, cut(c.some): iam.Unknown, `{}`: iam.Unknown} {
			s := load(t, "a.json", people, "b.json", name)
			if got := only(t, s).Coverage[section]; got != want {
				t.Errorf("%s after %s is %v, want %v", section, name, got, want)
			}
		}
	}
	for member, section := range map[string]iam.Section{"compute": iam.SectionCompute, "serverCertificates": iam.SectionCertificates, `providers":{"oidc`: iam.SectionOIDC, `providers":{"saml`: iam.SectionSAML} {
		end := strings.Repeat("}", strings.Count(member, "{"))
		s := load(t, "n.json", `{"schema":"accesspath.snapshot/1","accounts":[{"id":"111111111111","`+member+`":[]`+end+`},{"id":"222222222222"},{"id":"333333333333","`+member+`":[]`+end+`,"coverage":{"`+string(section)+`":"unknown"}}]}`)
		for i, want := range []iam.State{iam.KnownEmpty, iam.Unknown, iam.Unknown} {
			if got := s.Accounts[i].Coverage[section]; got != want {
				t.Errorf("%s: account %d is %v, want %v", member, i, got, want)
			}
		}
	}
	for member, section := range map[string]iam.Section{`"cognito":{"identityPools":[{"id":"eu-west-1:1","account":"111111111111"}]}`: iam.SectionPools, `"rolesAnywhere":{"trustAnchors":[{"arn":"arn:aws:rolesanywhere:eu-west-1:111111111111:trust-anchor/1","enabled":true}]}`: iam.SectionAnchors} {
		s := load(t, "n.json", `{"schema":"accesspath.snapshot/1",`+member+`,"accounts":[{"id":"111111111111"},{"id":"222222222222"},{"id":"333333333333","coverage":{"`+string(section)+`":"unknown"}}]}`)
		for i, want := range []iam.State{iam.Present, iam.KnownEmpty, iam.Unknown} {
			if got := s.Accounts[i].Coverage[section]; got != want {
				t.Errorf("%s: account %d is %v, want %v", section, i, got, want)
			}
		}
	}
}
