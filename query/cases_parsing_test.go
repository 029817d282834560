package query_test

import (
	"io"
	"maps"
	"slices"
	"strings"
	"testing"

	"accesspath/ingest"
	"accesspath/internal/fixture"
	"accesspath/policy"
	"accesspath/query"
)

// parsingCases is section 14.1: parsing and matching.
func parsingCases() []microCase {
	return []microCase{
		{id: "CASE-001", ask: `u s3:GetObject b/x -> DENY(implicit:identity)`},
		{id: "CASE-002", world: `
			bucket(file_bucket): A
			raw(u): {"Statement":{"Effect":"Allow","Action":"s3:ListBucket","Resource":"arn:aws:s3:::file_bucket"}}`,
			ask: `u s3:ListBucket file_bucket -> ALLOW`},
		{id: "CASE-003", world: `
			bucket(file_bucket): A
			raw(u): {"Statement":{"Effect":"Allow","Action":"s3:ListBucket","Resource":"arn:aws:s3:::file_bucket"}}`,
			ask: `u s3:GetObject file_bucket/x -> DENY(implicit:identity)`},
		{id: "CASE-004", world: `group(G u): +s3:GetObject@b/*`,
			ask: `
			u s3:GetObject b/x -> ALLOW #via=A:group/G
			can: u s3:GetObject b/x -> ALLOW #via=A:group/G`},
		{id: "CASE-005", world: `
			group(G u): -s3:*@*
			id(u): +s3:*@*`,
			ask: `u s3:GetObject b/x -> DENY(explicit:identity)`},
		{id: "CASE-006", world: `id(u): +S3:getobject@b/*`, ask: `u s3:GetObject b/x -> ALLOW`},
		{id: "CASE-007", world: `
			id(u): +s3:*@*
			raw(u): {"Statement":{"Effect":"deny","Action":"s3:*","Resource":"*"}}`,
			ask: `u s3:GetObject b/x -> ALLOW`, check: problem("u", "invalid-effect")},
		{id: "CASE-008", world: `
			raw(u): {"Statement":{"Effect":"Allow","Action":"s3:GetObject, s3:PutObject","Resource":"*"}}`,
			ask: `u s3:GetObject b/x -> DENY(implicit:identity)`},
		{id: "CASE-009", world: `id(u): +s3:*@arn:aws:s3:::*`,
			ask: `
			u s3:ListAllMyBuckets * -> ALLOW #U-23
			can: u s3:ListAllMyBuckets * -> ALLOW #U-23`},
		{id: "CASE-193/wildcard-only", world: `id(u): +ec2:*@arn:aws:ec2:*:*:instance/*`,
			ask: `u ec2:DescribeInstances * -> DENY(implicit:identity)`},
		{id: "CASE-010", world: `
			bucket(c): A
			id(u): +s3:*@* ; -s3:*@![b/*,c/*]`,
			ask: `u s3:GetObject b/x -> ALLOW`},
		{id: "CASE-011", world: `
			bucket(d): A
			id(u): +s3:*@* ; -s3:*@![b/*,c/*]`,
			ask: `u s3:GetObject d/x -> DENY(explicit:identity)`},
		{id: "CASE-012", world: `id(u): +s3:GetObject@b/*/t/*`,
			ask: `
			u s3:GetObject b/1/2/t/3/o -> ALLOW
			u s3:GetObject b/t/o -> DENY(implicit:identity)`},
		{id: "CASE-013", world: `id(u): +s3:GetObject@arn:aws:s3:::b`, ask: `u s3:GetObject b/x -> DENY(implicit:identity)`},
		{id: "CASE-014", world: `id(u): +s3:GetObject@b/${aws:username}/*`,
			ask: `
			u s3:GetObject b/u/x -> ALLOW
			u s3:GetObject b/v/x -> DENY(implicit:identity)`},
		{id: "CASE-015", world: `id2008(u): +s3:GetObject@b/${aws:username}/*`, ask: `u s3:GetObject b/u/x -> DENY(implicit:identity)`},
		{id: "CASE-016", world: `id(r): +s3:GetObject@b/${aws:username}/*`, ask: `r s3:GetObject b/n/x -> DENY(implicit:identity)`},
		{id: "CASE-017", world: `id(r): +s3:GetObject@b/${aws:username, 'anon'}/*`, ask: `r s3:GetObject b/anon/x -> ALLOW`},
		{id: "CASE-018", world: `id(u): +!iam:*@*`,
			ask: `
			u s3:GetObject b/x -> ALLOW
			u iam:GetUser u -> DENY(implicit:identity)`},
		{id: "CASE-019", check: percentEncoded},
		{id: "CASE-020", world: `attach(u): gone`,
			ask: `
			u s3:GetObject b/x -> ALLOW_IF(DATA DATA:policy Known arn:aws:iam::111111111111:policy/gone@1)
			who: s3:GetObject b/x -> u ALLOW_IF(DATA DATA:policy Known arn:aws:iam::111111111111:policy/gone@1) #DATA:policy`,
			check: func(t *testing.T, w *caseWorld) {
				if a := w.can(t, "u", "s3:GetObject", "b/x"); len(a.Paths) == 0 || a.Paths[0].Status != "undetermined" {
					t.Errorf("not in the bucket undetermined: %+v", a)
				}
			}},
		{id: "CASE-021", check: twoPages},
		{id: "CASE-022", world: `add: A:user/v`, check: defaultVersion},
	}
}

// problem expects a defect of a document of the principal.
func problem(name, code string) func(*testing.T, *caseWorld) {
	return func(t *testing.T, w *caseWorld) {
		for _, p := range w.graph.Model.IdentityPolicies(w.node(t, name)) {
			if slices.ContainsFunc(p.Document.Problems, func(d policy.Problem) bool { return d.Code == code }) {
				return
			}
		}
		t.Errorf("no problem %s", code)
	}
}

// percentEncoded: the plus sign of an encoded document is no blank (GAAD-05).
func percentEncoded(t *testing.T, _ *caseWorld) {
	w := ingested(t, map[string]string{"a.json": `{"UserDetailList":[{"UserName":"u","Arn":"arn:aws:iam::111111111111:user/u","UserId":"AIDAEXAMPLEU","Path":"/",
		"UserPolicyList":[{"PolicyName":"p","PolicyDocument":"%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%7B%22Effect%22%3A%22Allow%22%2C%22Action%22%3A%22s3%3AGetObject%22%2C%22Resource%22%3A%22arn%3Aaws%3As3%3A%3A%3Ab%2Fa+b%22%7D%7D"}]}]}`})
	w.ask(t, "u s3:GetObject b/a+b -> ALLOW")
	if a := w.can(t, "u", "s3:GetObject", "b/a b"); a.Verdict != query.VerdictDeny {
		t.Errorf("b/a b: %s", caseObserve(a))
	}
}

// twoPages: references are resolved over all pages (GAAD-07).
func twoPages(t *testing.T, _ *caseWorld) {
	w := ingested(t, map[string]string{
		"1.json": `{"UserDetailList":[{"UserName":"u","Arn":"arn:aws:iam::111111111111:user/u","UserId":"AIDAEXAMPLEU","Path":"/","GroupList":["G"]}],"IsTruncated":true,"Marker":"m"}`,
		"2.json": `{"GroupDetailList":[{"GroupName":"G","Arn":"arn:aws:iam::111111111111:group/G","GroupId":"AGPAEXAMPLEG","Path":"/",
			"GroupPolicyList":[{"PolicyName":"p","PolicyDocument":{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"}}}]}],"IsTruncated":false}`})
	w.ask(t, "u s3:GetObject b/x -> ALLOW #via=A:group/G")
	w.ask(t, "can: u s3:GetObject b/x -> ALLOW #via=A:group/G")
}

// ingested reads files given by name.
func ingested(t *testing.T, files map[string]string) *caseWorld {
	t.Helper()
	var sources []ingest.Source
	for _, name := range slices.Sorted(maps.Keys(files)) {
		sources = append(sources, ingest.Source{Name: name, Open: func() (io.ReadCloser, error) {
			return io.NopCloser(strings.NewReader(files[name])), nil
		}})
	}
	s, err := ingest.Read(t.Context(), sources, ingest.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return caseGraph(t, s)
}

// defaultVersion: of two versions only the default one counts (GAAD-03).
func defaultVersion(t *testing.T, _ *caseWorld) {
	w := fixture.NewWorld()
	w.Versions("u", "+*@*", "+s3:*@*")
	s, err := w.Snapshot()
	if err != nil {
		t.Fatal(err)
	}
	g := caseGraph(t, s)
	g.ask(t, "u iam:ListUsers * -> DENY(implicit:identity)")
	g.ask(t, "u s3:GetObject b/x -> ALLOW")
}
