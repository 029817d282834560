package review

import (
	"context"
	"flag"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"accesspath/graph"
	"accesspath/iam"
	"accesspath/ingest"
	"accesspath/internal/shared"
	"accesspath/query"
)

var update = flag.Bool("update", false, "rewrite golden files")

var testTime = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// source is an input that holds a string.
func source(name, s string) ingest.Source {
	return ingest.Source{Name: name, Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(s)), nil }}
}

func read(t testing.TB, sources ...ingest.Source) *iam.Snapshot {
	t.Helper()
	s, err := ingest.Read(context.Background(), sources, ingest.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// run reviews a snapshot as of testTime.
func run(t testing.TB, s *iam.Snapshot, o Options) *Report {
	t.Helper()
	g, err := graph.Build(context.Background(), s, graph.Options{AsOf: testTime, KeyDefined: query.KeyDefined})
	if err != nil {
		t.Fatal(err)
	}
	r, err := Run(context.Background(), g, o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// sharedData finds real files beside the repository.
func sharedData(t testing.TB, path string) string {
	t.Helper()
	data, ok := shared.Data()
	if !ok {
		t.Skip("no directory shared/data beside the repository")
	}
	return filepath.Join(data, path)
}

// A scene is a native snapshot in short: entities of account A, given as
// members of a JSON object without its braces.
type scene struct {
	users, groups, roles, policies []string
	more                           string // further members of the account
	top                            string // further members of the snapshot
	extra                          string // further accounts
}

// snapshot spells the scene out. A, B, M and C stand for accounts: A is the one
// at hand, C belongs to strangers.
func (c scene) snapshot() string {
	list := func(name string, entries []string) string {
		var out []string
		for _, e := range entries {
			out = append(out, "{"+e+"}")
		}
		return `"` + name + `": [` + strings.Join(out, ",\n  ") + "],\n "
	}
	s := `{"schema": "accesspath.snapshot/1", "asOf": "2026-03-01T12:00:00Z", "accounts": [{"id": "A", ` + list("users", c.users) + list("groups", c.groups) + list("roles", c.roles) + list("policies", c.policies) +
		`"coverage": {"boundaries": "known-empty"}` + c.more + "}" + c.extra + "]" + c.top + "}"
	return accounts(s)
}

// accounts replaces ":A:", "A" and so on by account numbers.
func accounts(s string) string {
	for letter, id := range map[string]string{"A": "111111111111", "B": "222222222222", "M": "333333333333", "C": "999999999999"} {
		s = strings.NewReplacer(":"+letter+":", ":"+id+":", `"`+letter+`"`, `"`+id+`"`).Replace(s)
	}
	return s
}

// organization has A and B as members, and M manages it.
const organization = `, "organization": {"id": "o-ex", "managementAccountId": "M", "serviceControlPolicies": "present", "resourceControlPolicies": "present",
 "root": {"id": "r-1", "scps": ["p-FullAWSAccess"], "rcps": ["p-RCPFullAWSAccess"], "accounts": [
  {"id": "M", "scps": ["p-FullAWSAccess"], "rcps": ["p-RCPFullAWSAccess"]},
  {"id": "A", "scps": ["p-FullAWSAccess"], "rcps": ["p-RCPFullAWSAccess"]},
  {"id": "B", "scps": ["p-FullAWSAccess"], "rcps": ["p-RCPFullAWSAccess"]}]}}`

// vendor declares C as a known third party.
const vendor = `, "trustedAccounts": [{"id": "C", "name": "vendor", "thirdParty": true}]`

// entity is an entity with its ARN, such as entity("role/r", …).
func entity(name string, members ...string) string {
	return strings.Join(append([]string{`"arn": "arn:aws:iam::A:` + name + `"`}, members...), ", ")
}

// role is a role whose trust policy has one statement, given without braces.
func role(name, statement string, members ...string) string {
	return entity("role/"+name, append([]string{`"trust": ` + doc(statement)}, members...)...)
}

// assumable is the usual statement for a principal, with more members.
func assumable(principal, more string) string {
	return `"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": ` + principal + more
}

func doc(statements ...string) string {
	return `{"Version": "2012-10-17", "Statement": [{` + strings.Join(statements, "}, {") + `}]}`
}

func inlinePolicy(statements ...string) string {
	return `"inline": [{"name": "i", "document": ` + doc(statements...) + `}]`
}

// harmless gives a role something to do that is no reason for a finding.
const harmless = `"inline": [{"name": "i", "document": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:us-east-1:A:q"}]}}]`

// idle takes that away again.
func idle(s scene) scene {
	s.roles = slices.Clone(s.roles)
	for i := range s.roles {
		s.roles[i] = strings.Replace(s.roles[i], ", "+harmless, "", 1)
	}
	return s
}

func attached(name string) string {
	return `"attached": [{"arn": "arn:aws:iam::A:policy/` + name + `"}]`
}

// customerPolicy is a customer managed policy.
func customerPolicy(name string, statements ...string) string {
	return entity("policy/"+name, `"versions": [{"id": "v1", "default": true, "document": `+doc(statements...)+`}]`)
}

const (
	allowAll = `"Effect": "Allow", "Action": "*", "Resource": "*"`
	allowS3  = `"Effect": "Allow", "Action": "s3:*", "Resource": "*"`
	toEC2    = `"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "ec2.amazonaws.com"}`
)

// A ruleCase is a scene with what one rule finds in it: "severity subject
// (about)", ARNs without the part that they have in common, in order; and what
// it could not evaluate.
type ruleCase struct {
	name    string
	scene   scene
	want    []string
	missing []string
	edit    func(*iam.Snapshot) // what native snapshots in short do not say
}

// testRule runs the cases of one rule.
func testRule(t *testing.T, id string, cases []ruleCase) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			snapshot := read(t, source("scene.json", c.scene.snapshot()))
			if c.edit != nil {
				c.edit(snapshot)
			}
			r := run(t, snapshot, Options{Only: []string{id}})
			var got, missing []string
			for _, f := range r.Findings {
				line := string(f.Severity) + " " + short(f.Subject)
				if f.About != "" {
					line += " (" + short(f.About) + ")"
				}
				got = append(got, line)
				if f.Text == "" || f.Title == "" || len(f.Fingerprint) != 32 {
					t.Errorf("unfinished finding %+v", f)
				}
			}
			for _, n := range r.NotEvaluated {
				missing = append(missing, n.Missing)
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("found\n %s\nwant\n %s", strings.Join(got, "\n "), strings.Join(c.want, "\n "))
			}
			if !slices.Equal(missing, c.missing) {
				t.Errorf("not evaluated for want of %q, want %q", missing, c.missing)
			}
			if t.Failed() {
				for _, d := range r.Diagnostics {
					t.Log(d)
				}
				for _, f := range r.Findings {
					t.Log(f.Text)
				}
			}
		})
	}
}

func short(s string) string {
	return strings.NewReplacer("arn:aws:iam::111111111111:", "", "111111111111", "A", "222222222222", "B", "333333333333", "M", "999999999999", "C").Replace(s)
}
