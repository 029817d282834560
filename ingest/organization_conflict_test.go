package ingest

import (
	"slices"
	"strings"
	"testing"
)

// A policy that an earlier listing attaches and a later one, of the whole target
// or of all targets of the policy, does not was detached in between: it neither
// denies nor allows, and the difference is reported (NAT-03).
func TestNAT03DetachedInBetween(t *testing.T) {
	const deny = `{"Id":"p-1","Arn":"arn:aws:organizations::999999999999:policy/o-1/service_control_policy/p-1","Name":"deny","Type":"SERVICE_CONTROL_POLICY"}`
	const full = `{"Id":"p-FullAWSAccess","Arn":"arn:aws:organizations::aws:policy/service_control_policy/p-FullAWSAccess","Name":"FullAWSAccess","Type":"SERVICE_CONTROL_POLICY"}`
	const text = `{"Policy":{"PolicySummary":` + deny + `,"Content":"` + denyText + `"}}`
	listing := func(policies string) string { return `{"TargetId":"ou-1-a","Policies":[` + policies + `]}` }
	native := func(asOf, scps string) string {
		return `{"schema":"accesspath.snapshot/1","asOf":"` + asOf + `","organization":{"id":"o-1","policies":[{"arn":"arn:aws:organizations::999999999999:policy/o-1/service_control_policy/p-1","name":"deny","document":{"Statement":[]}}],"root":{"id":"r-1","units":[{"id":"ou-1-a","scps":` + scps + `}]}}}`
	}
	const both, one = `["p-FullAWSAccess","deny"]`, `["p-FullAWSAccess"]`
	for _, test := range []struct {
		name      string
		files     []string
		attached  bool
		conflicts int
	}{
		{"listed, then not", []string{"a", listing(full + "," + deny), "b", listing(full), "p", text}, false, 1},
		{"not listed, then listed", []string{"a", listing(full), "b", listing(full + "," + deny), "p", text}, true, 1},
		{"listed in both", []string{"a", listing(full + "," + deny), "b", listing(full + "," + deny), "p", text}, true, 0},
		{"a page that has it, then the last", []string{"a", `{"TargetId":"ou-1-a","Policies":[` + deny + `],"NextToken":"x"}`, "b", listing(full), "p", text}, true, 0},
		{"listed, then on a page, then the last", []string{"a", listing(full + "," + deny), "b", `{"TargetId":"ou-1-a","Policies":[` + deny + `],"NextToken":"x"}`, "c", listing(full), "p", text}, true, 0},
		{"its targets, then not listed", []string{"a", `{"PolicyId":"p-1","Targets":[{"TargetId":"ou-1-a"}]}`, "b", listing(full), "p", text}, true, 0},
		{"not listed, then its targets", []string{"a", listing(full), "b", `{"PolicyId":"p-1","Targets":[{"TargetId":"ou-1-a"}]}`, "p", text}, true, 0},
		{"listed, then among its targets no more", []string{"a", listing(full + "," + deny), "b", `{"Policies":[{"PolicySummary":` + deny + `,"Targets":[{"TargetId":"ou-1-b"}]}]}`, "p", text}, false, 1},
		{"listed, then some of its targets", []string{"a", listing(full + "," + deny), "b", `{"Policies":[{"PolicySummary":` + deny + `,"Targets":[{"TargetId":"ou-1-b"}]}],"NextToken":"x"}`, "p", text}, true, 0},
		{"listed, then a part of the list", []string{"a", listing(full + "," + deny), "b", `{"TargetId":"ou-1-a","Policies":[` + full + `],"NextToken":"x"}`, "p", text}, true, 0},
		{"the newer is read first", []string{"a", native("2026-02-01T00:00:00Z", one), "b", native("2026-01-01T00:00:00Z", both)}, false, 1},
		{"the newer is read last", []string{"a", native("2026-01-01T00:00:00Z", one), "b", native("2026-02-01T00:00:00Z", both)}, true, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := load(t, test.files...)
			got := slices.ContainsFunc(organizationFacts(s), func(line string) bool {
				return strings.HasPrefix(line, "unit ou-1-a") && strings.Contains(line, "scp=deny")
			})
			if got != test.attached || len(find(s, "conflict")) != test.conflicts {
				t.Errorf("attached: %v, want %v\n%s", got, test.attached, diagnosticLines(s))
			}
		})
	}
}

// Two inputs that know the same setting of the organization otherwise are reported
// (NAT-03), whichever names the type of policies.
func TestNAT03SettingsOfTheOrganization(t *testing.T) {
	root := func(status string) string {
		return `{"Roots":[{"Id":"r-1","PolicyTypes":[{"Type":"SERVICE_CONTROL_POLICY","Status":"` + status + `"}]}]}`
	}
	const off = `{"Roots":[{"Id":"r-1","PolicyTypes":[]}]}`
	for _, test := range []struct {
		name      string
		files     []string
		state     string
		conflicts int
	}{
		{"enabled later", []string{"a", off, "b", root("ENABLED")}, "present", 1},
		{"disabled later", []string{"a", root("ENABLED"), "b", off}, "known-empty", 1},
		{"the same", []string{"a", root("ENABLED"), "b", root("ENABLED")}, "present", 0},
		{"under way", []string{"a", root("ENABLED"), "b", root("PENDING_ENABLE")}, "present", 0},
	} {
		s := load(t, test.files...)
		if got := s.Organization.SCP.String(); got != test.state || len(find(s, "conflict")) != test.conflicts {
			t.Errorf("%s: %s, want %s\n%s", test.name, got, test.state, diagnosticLines(s))
		}
	}
}

// To what a policy is attached is not known in full if a target does not say what
// it is (ORG-03).
func TestORG03TargetWithoutID(t *testing.T) {
	s := load(t, "a", `{"Roots":[{"Id":"r-1","PolicyTypes":[{"Type":"SERVICE_CONTROL_POLICY","Status":"ENABLED"}]}],"Policies":[{"PolicySummary":{"Id":"p-FullAWSAccess","Type":"SERVICE_CONTROL_POLICY"},"Targets":[{"TargetId":"r-1"}]},`+
		`{"PolicySummary":{"Id":"p-1","Type":"SERVICE_CONTROL_POLICY"},"Content":"`+denyText+`","Targets":[{}]}]}`)
	if n := s.Organization.Nodes[0]; n.SCPState.String() != "unknown" || len(find(s, "invalid-entity")) != 1 {
		t.Errorf("%v\n%s", n.SCPState, diagnosticLines(s))
	}
}
