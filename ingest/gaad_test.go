package ingest

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"net/url"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/klauspost/compress/zstd"

	"accesspath/iam"
)

const (
	trustDoc = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}`
	readDoc  = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}`
	adminDoc = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`
)

// role is a RoleDetail with more members given as JSON.
func role(name string, more ...string) string {
	return `{"RoleName":"` + name + `","Arn":"arn:aws:iam::111111111111:role/` + name + `","RoleId":"AROA` + strings.ToUpper(name) + `"` + join(more) + `}`
}

func user(name string, more ...string) string {
	return `{"UserName":"` + name + `","Arn":"arn:aws:iam::111111111111:user/` + name + `","UserId":"AIDA` + strings.ToUpper(name) + `"` + join(more) + `}`
}

func group(name string, more ...string) string {
	return `{"GroupName":"` + name + `","Arn":"arn:aws:iam::111111111111:group/` + name + `"` + join(more) + `}`
}

func managedPolicy(arn string, more ...string) string {
	return `{"PolicyName":"` + arn[strings.LastIndexByte(arn, '/')+1:] + `","Arn":"` + arn + `"` + join(more) + `}`
}

func join(more []string) string {
	if len(more) == 0 {
		return ""
	}
	return "," + strings.Join(more, ",")
}

func inline(doc string) string {
	return `"RolePolicyList":[{"PolicyName":"p","PolicyDocument":` + doc + `}]`
}

func roles(all ...string) string { return `{"RoleDetailList":[` + strings.Join(all, ",") + `]}` }

func attached(arns ...string) string {
	var all []string
	for _, a := range arns {
		all = append(all, `{"PolicyName":"x","PolicyArn":"`+a+`"}`)
	}
	return `"AttachedManagedPolicies":[` + strings.Join(all, ",") + `]`
}

const (
	edgeARN = "arn:aws:iam::111111111111:policy/edge"
	awsARN  = "arn:aws:iam::aws:policy/ReadOnlyAccess"
)

func quote(s string) string {
	return `"` + strings.ReplaceAll(strings.ReplaceAll(s, `\`, `\\`), `"`, `\"`) + `"`
}

func TestGAAD01ListsMayBeMissing(t *testing.T) {
	for name, page := range map[string]string{
		"GAAD-01/absent": `{"UserDetailList":[` + user("u") + `]}`,
		"GAAD-01/null":   `{"UserDetailList":[` + user("u") + `],"GroupDetailList":null,"RoleDetailList":null,"Policies":null}`,
		"GAAD-01/empty":  `{"UserDetailList":[` + user("u") + `],"GroupDetailList":[],"RoleDetailList":[],"Policies":[],"IsTruncated":false,"Marker":null}`,
	} {
		t.Run(name, func(t *testing.T) {
			a := only(t, load(t, "a.json", page))
			for _, s := range []iam.Section{iam.SectionGroups, iam.SectionRoles, iam.SectionPolicies} {
				if a.Coverage[s] != iam.KnownEmpty {
					t.Errorf("%s: %s is %v, want known-empty", page, s, a.Coverage[s])
				}
			}
			if a.Coverage[iam.SectionUsers] != iam.Present || a.Coverage[iam.SectionCredentials] != iam.Unknown {
				t.Errorf("%s: coverage %v", page, a.Coverage)
			}
		})
	}
}

func TestGAAD02Fields(t *testing.T) {
	s := example(t, Options{})
	a := s.Account("111111111111")
	u, r := a.Users[0], a.Roles[0]
	if u.Name != "ann" || u.Path != "/team/" || u.UniqueID != "AIDAEXAMPLEANN000000" || !u.Created.Equal(time.Date(2020, 1, 2, 3, 4, 5, 0, time.UTC)) {
		t.Errorf("user %+v", u)
	}
	if u.Boundary == nil || u.Boundary.Policy == nil || u.Boundary.ARN != edgeARN {
		t.Errorf("boundary %+v", u.Boundary)
	}
	if len(u.Groups) != 1 || u.Groups[0] != a.Groups[0] || a.Groups[0].Tags != nil {
		t.Errorf("groups %v", u.Groups)
	}
	allows(t, u.Inline[0], "sts:AssumeRole")
	allows(t, r.Trust, "sts:AssumeRole")
	if o := u.Inline[0].Origin; o.Line != 12 || o.Column != 39 || o.Pointer != "/UserDetailList/0/UserPolicyList/0/PolicyDocument" {
		t.Errorf("origin %+v", o)
	}
	if r.LastUsedRegion != "eu-west-1" || len(r.InstanceProfiles) != 1 || r.InstanceProfiles[0] != a.InstanceProfiles[0] || r.InstanceProfiles[0].Role != r.ARN {
		t.Errorf("role %+v", r)
	}
	wantDiagnostics(t, s, `testdata/account.json:63:35: /RoleDetailList/0/AssumeRolePolicyDocument/Statement/1 (arn:aws:iam::111111111111:role/deploy): warning: trust policy: Effect is "allow", want "Allow" or "Deny"; the statement has no effect`)
}

func TestGAAD03DefaultVersion(t *testing.T) {
	version := func(id, def, doc string) string {
		return `{"VersionId":"` + id + `","IsDefaultVersion":` + def + `,"Document":` + doc + `}`
	}
	tests := []struct{ name, policy, want string }{
		{"flag", `"DefaultVersionId":"v1","PolicyVersionList":[` + version("v1", "false", adminDoc) + `,` + version("v2", "true", readDoc) + `]`, "v2"},
		{"id", `"DefaultVersionId":"v1","PolicyVersionList":[` + version("v1", "false", adminDoc) + `,` + version("v2", "false", readDoc) + `]`, "v1"},
		{"single", `"PolicyVersionList":[` + version("v7", "false", adminDoc) + `]`, "v7"},
		{"none", `"PolicyVersionList":[` + version("v1", "false", adminDoc) + `,` + version("v2", "false", readDoc) + `]`, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := load(t, "a.json", `{"RoleDetailList":[`+role("r", attached(edgeARN))+`],"Policies":[`+managedPolicy(edgeARN, test.policy)+`]}`)
			at := only(t, s).Roles[0].Attached[0]
			if test.want == "" {
				if at.Policy != nil || len(find(s, "unresolved-policy")) != 1 {
					t.Errorf("%+v, %v; want unresolved (GAAD-19)", at.Policy, s.Diagnostics)
				}
				return
			}
			if at.Policy == nil || at.Policy.Default().VersionID != test.want {
				t.Errorf("%+v, want default %s", at.Policy, test.want)
			}
		})
	}
}

func TestGAAD04Documents(t *testing.T) {
	encoded := url.PathEscape(readDoc)
	for name, doc := range map[string]string{
		"object":           readDoc,
		"text":             quote(readDoc),
		"text with blanks": quote("  " + readDoc + "  "),
		"percent":          quote(encoded),
		"percent twice":    quote(url.PathEscape(encoded)),
		"lower-case hex":   quote(strings.ReplaceAll(encoded, "%7B", "%7b")),
		"text in text":     quote(quote(readDoc)),
	} {
		t.Run(name, func(t *testing.T) {
			s := load(t, "a.json", roles(role("r", inline(doc), `"AssumeRolePolicyDocument":`+quote(url.PathEscape(trustDoc)))))
			r := only(t, s).Roles[0]
			allows(t, r.Inline[0], "s3:GetObject")
			allows(t, r.Trust, "sts:AssumeRole")
			wantNo(t, s, "unreadable-policy")
		})
	}
}

func wantNo(t testing.TB, s *iam.Snapshot, codes ...string) {
	t.Helper()
	for _, code := range codes {
		if found := find(s, code); len(found) > 0 {
			t.Errorf("unexpected %v", found)
		}
	}
}

func TestGAAD05PlusStays(t *testing.T) {
	doc := quote("%7B%22Statement%22%3A%7B%22Sid%22%3A%22a+b%22%2C%22Effect%22%3A%22Allow%22%2C%22Action%22%3A%22s3%3AGetObject%22%2C%22Resource%22%3A%22%2A%22%7D%7D")
	r := only(t, load(t, "a.json", roles(role("r", inline(doc))))).Roles[0]
	if got := r.Inline[0].Document.Statements[0].Sid; got != "a+b" {
		t.Errorf("Sid %q, want a+b", got)
	}
}

const xmlPage = `<GetAccountAuthorizationDetailsResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/">
  <GetAccountAuthorizationDetailsResult>
    <IsTruncated>false</IsTruncated>
    <UserDetailList>
      <member>
        <UserName>ann</UserName><Arn>arn:aws:iam::111111111111:user/ann</Arn><UserId>AIDAANN</UserId><Path>/</Path>
        <GroupList><member>g</member></GroupList>
        <UserPolicyList><member><PolicyName>p</PolicyName><PolicyDocument>` + `%7B%22Statement%22%3A%7B%22Effect%22%3A%22Allow%22%2C%22Action%22%3A%22s3%3AGetObject%22%2C%22Resource%22%3A%22%2A%22%7D%7D` + `</PolicyDocument></member></UserPolicyList>
        <Tags><member><Key>a</Key><Value>&lt;b&gt;</Value></member></Tags>
      </member>
    </UserDetailList>
    <GroupDetailList><member><GroupName>g</GroupName><Arn>arn:aws:iam::111111111111:group/g</Arn><AttachedManagedPolicies/></member></GroupDetailList>
    <RoleDetailList/>
    <Policies>
      <member>
        <PolicyName>edge</PolicyName><Arn>arn:aws:iam::111111111111:policy/edge</Arn><DefaultVersionId>v1</DefaultVersionId>
        <PolicyVersionList><member><VersionId>v1</VersionId><IsDefaultVersion>true</IsDefaultVersion><Document>%7B%22Statement%22%3A%5B%5D%7D</Document></member></PolicyVersionList>
      </member>
    </Policies>
  </GetAccountAuthorizationDetailsResult>
  <ResponseMetadata><RequestId>r-1</RequestId></ResponseMetadata>
</GetAccountAuthorizationDetailsResponse>`

func TestGAAD06XML(t *testing.T) {
	t.Run("GAAD-06/one page", func(t *testing.T) {
		s := load(t, "a.xml", `<?xml version="1.0" encoding="UTF-8"?>`+"\n"+xmlPage)
		a := only(t, s)
		if len(a.Users) != 1 || len(a.Groups) != 1 || len(a.Policies) != 1 || len(a.Users[0].Groups) != 1 || !a.Policies[0].Versions[0].IsDefault {
			t.Fatalf("%+v %v", a, s.Diagnostics)
		}
		allows(t, a.Users[0].Inline[0], "s3:GetObject")
		if a.Users[0].Tags[0].Value != "<b>" || a.Coverage[iam.SectionRoles] != iam.KnownEmpty {
			t.Errorf("tags %v, coverage %v", a.Users[0].Tags, a.Coverage)
		}
		if o := a.Users[0].Origin; o.Line != 6 || !strings.HasSuffix(o.Pointer, "/UserDetailList/0") {
			t.Errorf("origin %+v", o)
		}
		wantDiagnostics(t, s)
	})
}

// Several answers in one XML file are pages too.
func TestGAAD06XMLPages(t *testing.T) {
	t.Run("GAAD-06/several pages", func(t *testing.T) {
		first := strings.Replace(xmlPage, "<IsTruncated>false", "<Marker>m</Marker><IsTruncated>true", 1)
		s := load(t, "a.xml", first+"\n"+xmlPage)
		if a := only(t, s); a.Incomplete || len(a.Users) != 1 {
			t.Errorf("%+v %v", a, s.Diagnostics)
		}
		if a := only(t, load(t, "a.xml", first)); !a.Incomplete {
			t.Error("a truncated page alone is complete")
		}
	})
}

func TestGAAD07Pages(t *testing.T) {
	one := `{"RoleDetailList":[` + role("a", attached(edgeARN)) + `],"IsTruncated":true,"Marker":"m1"}`
	two := `{"RoleDetailList":[` + role("b") + `],"IsTruncated":true,"Marker":"m2"}`
	three := `{"Policies":[` + managedPolicy(edgeARN, `"PolicyVersionList":[{"VersionId":"v1","Document":`+readDoc+`}]`) + `],"IsTruncated":false}`
	tests := map[string][]string{
		"merged":       {"a.json", `{"RoleDetailList":[` + role("a", attached(edgeARN)) + `,` + role("b") + `],` + three[1:]},
		"files":        {"3.json", three, "1.json", one, "2.json", two},
		"array":        {"a.json", `[` + one + `,` + two + `,` + three + `]`},
		"concatenated": {"a.json", one + two + "\n\n" + three},
		"lines":        {"a.jsonl", one + "\n" + two + "\n" + three + "\n"},
		"envelopes":    {"a.json", `[{"Page":` + one + `},{"Page":` + two + `},{"Page":` + three + `}]`},
		"paginator":    {"a.json", `{"Pages":[` + one + `,` + two + `,` + three + `],"ResponseMetadata":{"HTTPStatusCode":200}}`},
		"wire":         {"a.json", `{"GetAccountAuthorizationDetailsResponse":{"GetAccountAuthorizationDetailsResult":` + one + `}}` + two + three},
	}
	for name, files := range tests {
		t.Run(name, func(t *testing.T) {
			s := load(t, files...)
			a := only(t, s)
			if len(a.Roles) != 2 || a.Incomplete || a.Roles[0].Attached[0].Policy == nil {
				t.Errorf("%d roles, incomplete %v, %v", len(a.Roles), a.Incomplete, s.Diagnostics)
			}
		})
	}
}

func TestGAAD08Incomplete(t *testing.T) {
	for name, more := range map[string]string{
		"truncated":  `"IsTruncated":true,"Marker":"m"`,
		"next token": `"NextToken":"eyJ"`,
		"text":       `"IsTruncated":"true"`,
	} {
		t.Run(name, func(t *testing.T) {
			s := load(t, "a.json", `{"RoleDetailList":[`+role("r")+`],`+more+`}`)
			a := only(t, s)
			if !a.Incomplete || a.Coverage[iam.SectionUsers] != iam.Unknown || a.Coverage[iam.SectionRoles] != iam.Present {
				t.Errorf("incomplete %v, coverage %v", a.Incomplete, a.Coverage)
			}
			if len(find(s, "incomplete-snapshot")) != 1 {
				t.Errorf("diagnostics %v", s.Diagnostics)
			}
		})
	}
}

// A last page that holds nothing but AWS's policies belongs to the account of
// the pages before it.
func TestGAAD08LastPageWithoutAccount(t *testing.T) {
	last := `{"Policies":[` + managedPolicy(awsARN, `"PolicyVersionList":[]`) + `],"IsTruncated":false}`
	first := `{"RoleDetailList":[` + role("r") + `],"IsTruncated":true,"Marker":"m"}`
	for _, files := range [][]string{{"a.json", first + last}, {"1.json", first, "2.json", last}} {
		if a := only(t, load(t, files...)); a.Incomplete {
			t.Errorf("%v: incomplete", files)
		}
	}
}

func TestGAAD09ManyAccounts(t *testing.T) {
	t.Run("GAAD-09/two accounts share a policy of AWS", func(t *testing.T) {
		other := strings.ReplaceAll(role("r", attached(awsARN)), "111111111111", "222222222222")
		aws := managedPolicy(awsARN, `"PolicyVersionList":[{"VersionId":"v1","Document":`+readDoc+`}]`)
		s := load(t, "a.json", `{"RoleDetailList":[`+role("r", attached(awsARN))+`,`+other+`],"Policies":[`+aws+`]}`)
		if len(s.Accounts) != 2 || s.Accounts[0].Roles[0].Attached[0].Policy != s.Accounts[1].Roles[0].Attached[0].Policy {
			t.Fatalf("accounts %v, want two that share a policy", s.Accounts)
		}
		if len(s.Accounts[0].Policies) != 0 {
			t.Error("a policy of AWS is listed as the account's own")
		}
	})
}

func TestGAAD10Conflicts(t *testing.T) {
	at := func(date, doc string) string {
		return `{"Policies":[` + managedPolicy(edgeARN, `"UpdateDate":"`+date+`"`, `"PolicyVersionList":[{"VersionId":"v1","Document":`+doc+`}]`) + `]}`
	}
	tests := []struct {
		name, a, b, want, diagnostic string
	}{
		{"same", at("2020-01-01T00:00:00Z", readDoc), at("2020-01-01T00:00:00Z", readDoc), "s3:GetObject", ""},
		{"newer first", at("2022-01-01T00:00:00Z", readDoc), at("2021-01-01T00:00:00Z", adminDoc), "s3:GetObject",
			"b.json:1:14: /Policies/0 (arn:aws:iam::111111111111:policy/edge): warning: a.json:1 has other content for it and is used: its date is newer"},
		{"newer last", at("2020-01-01T00:00:00Z", adminDoc), at("2021-01-01T00:00:00Z", readDoc), "s3:GetObject",
			"a.json:1:14: /Policies/0 (arn:aws:iam::111111111111:policy/edge): warning: b.json:1 has other content for it and is used: its date is newer"},
		{"no telling", at("", adminDoc), at("", readDoc), "s3:GetObject",
			"a.json:1:14: /Policies/0 (arn:aws:iam::111111111111:policy/edge): warning: b.json:1 has other content for it and is used: neither has a newer date, and it was read last"},
	}
	for _, test := range tests {
		t.Run("GAAD-10/"+test.name, func(t *testing.T) {
			for _, files := range [][]string{{"a.json", test.a, "b.json", test.b}, {"b.json", test.b, "a.json", test.a}} {
				s := load(t, files...)
				p := only(t, s).Policies[0].Default().Policy
				allows(t, &p, test.want)
				if p.Document.Text != readDoc {
					t.Errorf("document %s", p.Document.Text)
				}
				var got string
				if c := find(s, "conflict"); len(c) > 0 {
					got = c[0].String()
				}
				if got != test.diagnostic {
					t.Errorf("diagnostic %q\nwant %q", got, test.diagnostic)
				}
			}
		})
	}
}

// The last use of a role moves on its own: it makes no conflict, and tells
// which of two exports is the newer.
func TestGAAD10LastUse(t *testing.T) {
	r := func(used, doc string) string {
		return roles(role("r", inline(doc), `"RoleLastUsed":{"LastUsedDate":"`+used+`"}`))
	}
	s := load(t, "a.json", r("2024-02-02T00:00:00Z", readDoc), "b.json", r("2024-01-01T00:00:00Z", readDoc))
	wantNo(t, s, "conflict")
	if got := only(t, s).Roles[0].LastUsed.Month(); got != time.February {
		t.Errorf("last used in %v", got)
	}
	s = load(t, "a.json", r("2024-02-02T00:00:00Z", readDoc), "b.json", r("2024-01-01T00:00:00Z", adminDoc))
	if got := only(t, s).Roles[0].Inline[0].Document.Text; got != readDoc || len(find(s, "conflict")) != 1 {
		t.Errorf("document %s, %v", got, s.Diagnostics)
	}
}

func TestGAAD11NamesDifferByCase(t *testing.T) {
	s := load(t, "a.json", roles(role("App"), role("app")))
	if len(only(t, s).Roles) != 2 || len(find(s, "name-case")) != 1 {
		t.Errorf("%v", s.Diagnostics)
	}
}

func TestGAAD12Encodings(t *testing.T) {
	page := roles(role("rôle", inline(readDoc)))
	wide := func(order binary.AppendByteOrder, bom bool) string {
		var b []byte
		if bom {
			b = order.AppendUint16(b, 0xFEFF)
		}
		for _, u := range utf16.Encode([]rune(page)) {
			b = order.AppendUint16(b, u)
		}
		return string(b)
	}
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	_, _ = z.Write([]byte(page))
	_ = z.Close()
	zw, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{
		"plain": page, "BOM": "\xef\xbb\xbf" + page,
		"UTF-16LE": wide(binary.LittleEndian, true), "UTF-16BE": wide(binary.BigEndian, true),
		"UTF-16LE without BOM": wide(binary.LittleEndian, false), "UTF-16BE without BOM": wide(binary.BigEndian, false),
		"gzip": zipped.String(), "zstd": string(zw.EncodeAll([]byte(page), nil)),
		"zstd of gzip": string(zw.EncodeAll(zipped.Bytes(), nil)),
		"CRLF":         strings.ReplaceAll(page, ",", ",\r\n"),
	} {
		t.Run("GAAD-12/"+name, func(t *testing.T) {
			r := only(t, load(t, "whatever", content)).Roles[0]
			if r.Name != "rôle" {
				t.Errorf("name %q", r.Name)
			}
			allows(t, r.Inline[0], "s3:GetObject")
		})
	}
}

func TestGAAD12Spellings(t *testing.T) {
	camel := `{"userDetailList":[{"userName":"u","arn":"arn:aws:iam::111111111111:user/u","userPolicyList":[{"policyName":"p","policyDocument":` + readDoc + `}],
		"permissionsBoundary":{"permissionsBoundaryType":"Policy","permissionsBoundaryArn":"` + edgeARN + `"},"groupList":["g"]}]}`
	snake := `{"user_detail_list":[{"user_name":"u","arn":"arn:aws:iam::111111111111:user/u","user_policy_list":[{"policy_name":"p","policy_document":` + readDoc + `}],
		"permissions_boundary":{"permissions_boundary_type":"PermissionsBoundaryPolicy","permissions_boundary_arn":"` + edgeARN + `"},"group_list":["g"]}],"is_truncated":false}`
	for _, page := range []string{camel, snake} {
		u := only(t, load(t, "a.json", page)).Users[0]
		if u.Name != "u" || u.Boundary == nil || u.Boundary.ARN != edgeARN || len(u.GroupNames) != 1 {
			t.Fatalf("%+v", u)
		}
		allows(t, u.Inline[0], "s3:GetObject")
	}
	keyed := `{"111111111111":` + roles(role("r")) + `,"222222222222":{"UserDetailList":[],"GroupDetailList":[],"RoleDetailList":[],"Policies":[]}}`
	s := load(t, "a.json", keyed)
	if len(s.Accounts) != 2 || s.Accounts[1].Coverage[iam.SectionUsers] != iam.KnownEmpty {
		t.Errorf("accounts %+v", s.Accounts)
	}
}

func TestGAAD12Dates(t *testing.T) {
	want := time.Date(2019, 12, 12, 12, 55, 41, 0, time.UTC)
	for _, date := range []string{
		`"2019-12-12T12:55:41Z"`, `"2019-12-12T13:55:41+01:00"`, `"2019-12-12 12:55:41+00:00"`, `"2019-12-12T12:55:41.000Z"`,
		`"2019-12-12T12:55:41+0000"`, `1576155341`, `1576155341.0`, `"1576155341"`, `1576155341000`, `"2019-12-12 12:55:41"`,
	} {
		r := only(t, load(t, "a.json", roles(role("r", `"CreateDate":`+date)))).Roles[0]
		if !r.Created.Equal(want) || r.Created.Location() != time.UTC {
			t.Errorf("%s is read as %v", date, r.Created)
		}
	}
	s := load(t, "a.json", roles(role("r", `"CreateDate":"yesterday"`)))
	wantDiagnostics(t, s,
		`(111111111111): note: the export has no GroupDetailList, which is read as an empty one`,
		`(111111111111): note: the export has no Policies, which is read as an empty one`,
		`(111111111111): note: the export has no UserDetailList, which is read as an empty one`,
		`a.json:1:107: /RoleDetailList/0/CreateDate (arn:aws:iam::111111111111:role/r): warning: "yesterday" is no date and counts as unknown`)
}

func TestGAAD13BoundariesUnverified(t *testing.T) {
	t.Run("GAAD-13/known once one is shown", func(t *testing.T) {
		a := only(t, load(t, "a.json", roles(role("r"))))
		if a.Coverage[iam.SectionBoundaries] != iam.Unknown {
			t.Errorf("coverage %v, want unknown boundaries", a.Coverage)
		}
		a = only(t, load(t, "a.json", roles(role("r"), role("q", `"PermissionsBoundary":{"PermissionsBoundaryArn":"`+edgeARN+`"}`))))
		if a.Coverage[iam.SectionBoundaries] != iam.Present {
			t.Errorf("coverage %v, want boundaries present", a.Coverage)
		}
		a = only(t, load(t, "a.json", roles(role("r")), "b.json", `{"Role":`+role("r", `"MaxSessionDuration":7200`)+`}`))
		if a.Coverage[iam.SectionBoundaries] != iam.Present {
			t.Errorf("coverage %v, want boundaries present thanks to get-role", a.Coverage)
		}
	})
}

func TestGAAD14MissingGroup(t *testing.T) {
	s := load(t, "a.json", `{"UserDetailList":[`+user("u", `"GroupList":["g","gone"]`)+`],"GroupDetailList":[`+group("g")+`]}`)
	u := only(t, s).Users[0]
	if len(u.GroupNames) != 2 || len(u.Groups) != 1 || len(find(s, "missing-group")) != 1 {
		t.Errorf("groups %v, %v", u.GroupNames, s.Diagnostics)
	}
}

func TestGAAD15Unknowns(t *testing.T) {
	r := only(t, load(t, "a.json", roles(role("r")))).Roles[0]
	if r.MaxSession != 0 {
		t.Errorf("max session %d", r.MaxSession)
	}
	r = only(t, load(t, "a.json", roles(role("r", inline(readDoc))), "b.json", `{"Roles":[`+role("r", `"MaxSessionDuration":7200`)+`]}`)).Roles[0]
	if r.MaxSession != 7200 || r.Partial || len(r.Inline) != 1 {
		t.Errorf("IN-07: %+v", r)
	}
}

func TestGAAD16LastUsed(t *testing.T) {
	for more, known := range map[string]bool{`"Path":"/"`: false, `"RoleLastUsed":{}`: true} {
		r := only(t, load(t, "a.json", roles(role("r", more)))).Roles[0]
		if r.LastUsedKnown != known || !r.LastUsed.IsZero() {
			t.Errorf("%s: %+v", more, r)
		}
	}
}

func TestGAAD17InstanceProfiles(t *testing.T) {
	profile := func(r string) string {
		return `"InstanceProfileList":[{"InstanceProfileName":"p","Arn":"arn:aws:iam::111111111111:instance-profile/p","Roles":[` + r + `]}]`
	}
	nested := role("r", `"AssumeRolePolicyDocument":`+trustDoc)
	s := load(t, "a.json", roles(role("r", profile(nested), inline(readDoc))))
	a := only(t, s)
	if len(a.Roles) != 1 || a.Roles[0].Partial || len(a.Roles[0].InstanceProfiles) != 1 {
		t.Errorf("%+v", a.Roles)
	}
	s = load(t, "a.json", roles(role("q", profile(role("lost", `"AssumeRolePolicyDocument":`+trustDoc)))))
	a = only(t, s)
	if len(a.Roles) != 2 || !a.Roles[0].Partial || a.Roles[0].Name != "lost" || len(a.Roles[0].InstanceProfiles) != 1 {
		t.Fatalf("%+v", a.Roles)
	}
	allows(t, a.Roles[0].Trust, "sts:AssumeRole")
}

func TestGAAD18NoRootPrincipalIsRead(t *testing.T) {
	if a := only(t, load(t, "a.json", roles(role("r")))); len(a.Users) != 0 || a.Partition != "aws" {
		t.Errorf("the account root is made by the graph, not here: %+v", a)
	}
}

func TestGAAD19Unresolved(t *testing.T) {
	export := `{"RoleDetailList":[` + role("a", attached(awsARN, edgeARN)) + `,` + role("b", attached(edgeARN), `"PermissionsBoundary":{"PermissionsBoundaryArn":"`+edgeARN+`"}`) + `]}`
	s := load(t, "a.json", export)
	a := only(t, s)
	if a.Roles[0].Attached[0].Policy != nil || a.Roles[0].Attached[1].Policy != nil || a.Coverage[iam.SectionPolicies] != iam.Unknown {
		t.Errorf("%+v", a)
	}
	got := find(s, "unresolved-policy")
	if len(got) != 2 || got[0].String() != `a.json:1:20: /RoleDetailList/0 (arn:aws:iam::111111111111:policy/edge): warning: attached to arn:aws:iam::111111111111:role/a and 2 more, and in no input; its effect is unknown` {
		t.Errorf("%v", got)
	}
	// (1) other snapshots
	other := `{"Policies":[` + managedPolicy(edgeARN, `"PolicyVersionList":[{"VersionId":"v1","Document":`+readDoc+`}]`) + `]}`
	if s := load(t, "a.json", export, "b.json", other); s.Accounts[0].Roles[0].Attached[1].Policy == nil {
		t.Error("not found in the other file")
	}
	// (2) the bundled set
	bundle := func(arn string) (*iam.ManagedPolicy, bool) {
		return &iam.ManagedPolicy{ARN: arn, Account: "aws", Versions: []*iam.PolicyVersion{{VersionID: "v1"}}}, arn == awsARN
	}
	s, err := Read(t.Context(), texts("a.json", export), Options{Managed: bundle})
	if err != nil {
		t.Fatal(err)
	}
	if p := s.Accounts[0].Roles[0].Attached[0].Policy; p == nil || !p.Bundled {
		t.Errorf("bundled policy %+v", p)
	}
	if n := find(s, "bundled-policies"); len(n) != 1 || !strings.HasPrefix(n[0].Message, "1 AWS managed policies are in no input") {
		t.Errorf("%v", n)
	}
}

func TestGAAD20BadDocuments(t *testing.T) {
	s := load(t, "a.json", `{"RoleDetailList": [
`+role("a", inline(`"{\"Version\":"`))+`,
`+role("b", inline(`42`))+`,
`+role("c", inline(`null`))+`,
`+role("d", inline(`{"Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"},{"Effect":"Alow","Action":"s3:*","Resource":"*"}]}`))+`,
`+role("e", inline(quote(`{"Statement":[{"Effect":"Alow","Action":"s3:*","Resource":"*"}]}`)))+`,
`+role("f", inline(`""`))+`
], "UserDetailList": [], "GroupDetailList": [], "Policies": []}`)
	a := only(t, s)
	if len(a.Roles) != 6 {
		t.Fatalf("%d roles", len(a.Roles))
	}
	for i, hasDocument := range []bool{false, false, false, true, true, false} {
		if got := a.Roles[i].Inline[0].Document != nil; got != hasDocument {
			t.Errorf("role %s: document %v", a.Roles[i].Name, got)
		}
	}
	allows(t, a.Roles[3].Inline[0], "s3:GetObject")
	wantDiagnostics(t, s,
		`a.json:2:128: /RoleDetailList/0/RolePolicyList/0/PolicyDocument (arn:aws:iam::111111111111:role/a): error: p: the text is not JSON: unexpected EOF`,
		`a.json:3:128: /RoleDetailList/1/RolePolicyList/0/PolicyDocument (arn:aws:iam::111111111111:role/b): error: p: found a number, want an object or its text`,
		`a.json:4:93: /RoleDetailList/2/RolePolicyList/0 (arn:aws:iam::111111111111:role/c): warning: inline policy "p" has no PolicyDocument and counts as unknown`,
		`a.json:5:202: /RoleDetailList/3/RolePolicyList/0/PolicyDocument/Statement/1 (arn:aws:iam::111111111111:role/d): warning: p: Effect is "Alow", want "Allow" or "Deny"; the statement has no effect`,
		`a.json:6:128: /RoleDetailList/4/RolePolicyList/0/PolicyDocument (arn:aws:iam::111111111111:role/e): warning: p, /Statement/0 in its text: Effect is "Alow", want "Allow" or "Deny"; the statement has no effect`,
	)
}

func TestGAAD21Tags(t *testing.T) {
	t.Run("GAAD-21/list and map", func(t *testing.T) {
		for _, tags := range []string{`[{"Key":"Team","Value":"a"},{"Key":"team","Value":"b"}]`, `{"Team":"a","team":"b"}`} {
			r := only(t, load(t, "a.json", roles(role("r", `"Tags":`+tags)))).Roles[0]
			if len(r.Tags) != 2 || r.Tags[0] != (iam.Tag{Key: "Team", Value: "a"}) || r.Tags[1] != (iam.Tag{Key: "team", Value: "b"}) {
				t.Errorf("%s: %v", tags, r.Tags)
			}
		}
	})
}

func TestGAAD22FilteredKinds(t *testing.T) {
	trust := `"AssumeRolePolicyDocument":{"Statement":{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111111111111:user/u"},"Action":"sts:AssumeRole"}}`
	tests := []struct {
		name, page string
		section    iam.Section
	}{
		{"groups", `{"UserDetailList":[` + user("u", `"GroupList":["g"]`) + `],"GroupDetailList":[]}`, iam.SectionGroups},
		{"policies", roles(role("r", attached(edgeARN))), iam.SectionPolicies},
		{"users", roles(role("r", trust)), iam.SectionUsers},
		{"holders", `{"RoleDetailList":[` + role("r", attached(edgeARN)) + `],"GroupDetailList":[` + group("g") + `],"Policies":[` + managedPolicy(edgeARN, `"AttachmentCount":2`, `"PolicyVersionList":[{"VersionId":"v1","Document":`+readDoc+`}]`) + `]}`, iam.SectionUsers},
	}
	for _, test := range tests {
		t.Run("GAAD-22/"+test.name, func(t *testing.T) {
			s := load(t, "a.json", test.page)
			if got := only(t, s).Coverage[test.section]; got != iam.Unknown {
				t.Errorf("%s are %v, want unknown", test.section, got)
			}
			if len(find(s, "filtered-out")) != 1 {
				t.Errorf("%v", s.Diagnostics)
			}
		})
	}
}

// Two exports of one account, each filtered to other kinds, make a whole.
func TestGAAD22FilteredExportsTogether(t *testing.T) {
	s := load(t, "users.json", `{"UserDetailList":[`+user("u", `"GroupList":["g"]`)+`]}`, "groups.json", `{"GroupDetailList":[`+group("g")+`]}`)
	if a := only(t, s); a.Coverage[iam.SectionGroups] != iam.Present || len(a.Users[0].Groups) != 1 {
		t.Errorf("%+v", a)
	}
	wantNo(t, s, "filtered-out", "missing-group")
}

// iam list-policies names policies and is no export: it does not say that
// there are no users.
func TestGAAD23ListPolicies(t *testing.T) {
	t.Run("GAAD-23/list-policies is no export", func(t *testing.T) {
		a := only(t, load(t, "a.json", `{"Policies":[`+managedPolicy(edgeARN, `"DefaultVersionId":"v1"`)+`],"IsTruncated":false}`))
		if len(a.Policies) != 1 || a.Coverage[iam.SectionUsers] != iam.Unknown || a.Coverage[iam.SectionPolicies] != iam.Present {
			t.Errorf("%+v", a)
		}
	})
}

// An empty account is known if the account is given beside the lists.
func TestGAAD01EmptyAccount(t *testing.T) {
	t.Run("GAAD-01/account beside empty lists", func(t *testing.T) {
		a := only(t, load(t, "a.json", `{"AccountId":"111111111111","UserDetailList":[],"GroupDetailList":[],"RoleDetailList":[],"Policies":[]}`))
		if a.ID != "111111111111" || a.Coverage[iam.SectionUsers] != iam.KnownEmpty || a.Coverage[iam.SectionBoundaries] != iam.KnownEmpty {
			t.Errorf("%+v", a)
		}
	})
}

func TestGAAD23RecognisedByContent(t *testing.T) {
	t.Run("GAAD-23/whatever the name", func(t *testing.T) {
		s := load(t, "image.png", roles(role("r")))
		if s.Sources[0].Format != "gaad" {
			t.Errorf("format %q", s.Sources[0].Format)
		}
	})
}

// An entity without ARN is known by its account and name, or skipped.
func TestEntityWithoutARN(t *testing.T) {
	s := load(t, "a.json", `{"111111111111":{"RoleDetailList":[{"RoleName":"r","Path":"/x/"},{"RoleId":"AROAX"},"text"]}}`)
	a := only(t, s)
	if len(a.Roles) != 1 || a.Roles[0].ARN != "arn:aws:iam::111111111111:role/x/r" {
		t.Errorf("%+v", a.Roles)
	}
	if len(find(s, "no-arn")) != 2 || len(find(s, "invalid-entity")) != 1 {
		t.Errorf("%v", s.Diagnostics)
	}
}
