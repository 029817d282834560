package ingest

import (
	"fmt"
	"strings"
	"testing"

	"accesspath/iam"
)

// NAT-04: what an output does not say is unknown; a part of a list, or the list
// of one region, never makes the rest empty.
func TestNAT04PartsAreNotTheWhole(t *testing.T) {
	account := roles(role("r"))
	const key = "arn:aws:kms:eu-west-1:111111111111:key/"
	load := func(files ...string) *iam.Snapshot {
		t.Helper()
		return load(t, append([]string{"a.json", account}, files...)...)
	}
	for name, file := range map[string]string{
		"a page of buckets":          `{"AccountId":"111111111111","Owner":{},"Buckets":[],"ContinuationToken":"t"}`,
		"buckets of one prefix":      `{"AccountId":"111111111111","Owner":{},"Buckets":[],"Prefix":"log-"}`,
		"keys of one region":         `{"AccountId":"111111111111","Keys":[],"Truncated":false}`,
		"a page of OIDC providers":   `{"AccountId":"111111111111","OpenIDConnectProviderList":[],"NextToken":"t"}`,
		"a page of certificates":     `{"AccountId":"111111111111","ServerCertificateMetadataList":[],"IsTruncated":true,"Marker":"m"}`,
		"identity pools of a region": `{"AccountId":"111111111111","IdentityPools":[]}`,
		"functions of one region":    `{"AccountId":"111111111111","Functions":[]}`,
	} {
		for section, state := range only(t, load("b.json", file)).Coverage {
			if was := only(t, load()).Coverage[section]; state == iam.KnownEmpty && was != state {
				t.Errorf("%s make %s known to be empty", name, section)
			}
		}
	}

	queue := load("b.json", `{"Attributes":{"QueueArn":"arn:aws:sqs:eu-west-1:111111111111:q"}}`).Resources[0]
	if queue.PolicyState != iam.Unknown {
		t.Errorf("nobody asked for the policy of the queue: %v", queue.PolicyState)
	}
	queue = load("b.json", `{"Attributes":{"QueueArn":"arn:aws:sqs:eu-west-1:111111111111:q","VisibilityTimeout":"30"}}`).Resources[0]
	if queue.PolicyState != iam.KnownEmpty {
		t.Errorf("all attributes were asked for: %v", queue.PolicyState)
	}

	s0 := load("b.json", `{"AccountId":"111111111111","Buckets":[{"Name":"x"},{"Name":"y"}]}`)
	if got := s0.Resource("arn:aws:s3:::x").PolicyState; got != iam.Unknown {
		t.Errorf("names of buckets say nothing of their policies: %v", got)
	}

	grant := func(key, id string) string {
		return `{"KeyId":"` + key + `","GrantId":"` + id + `","GranteePrincipal":"arn:aws:iam::111111111111:role/r","Operations":["Decrypt"]}`
	}
	s := load("b.json", `{"Grants":[`+grant(key+"1", "g1")+`,`+grant(key+"2", "g2")+`],"Truncated":false}`)
	for _, r := range s.Resources {
		if r.GrantsState != iam.Unknown || len(r.Grants) != 1 {
			t.Errorf("RPOL-12 grants that one may retire are not all of %s: %+v", r.ARN, r)
		}
	}
	pages := []string{`{"Grants":[` + grant(key+"1", "g1") + `],"Truncated":true,"NextMarker":"m"}`, `{"Grants":[` + grant(key+"1", "g2") + `],"Truncated":false}`}
	for _, order := range [][]int{{0, 1}, {1, 0}} {
		s := load("b.json", pages[order[0]], "c.json", pages[order[1]])
		if r := s.Resource(key + "1"); len(r.Grants) != 2 || r.GrantsState != iam.Present {
			t.Errorf("RPOL-12 two pages %v: %+v", order, r)
		}
		wantNo(t, s, "conflict")
	}

	s = load("b.json", `{"AccountId":"111111111111","Bucket":"b","AccessPointList":[],"NextToken":"t"}`)
	if r := s.Resource("arn:aws:s3:::b"); r != nil && r.AccessPointsState != iam.Unknown {
		t.Errorf("RPOL-07 a page of access points: %+v", r)
	}
}

// IDC-04: assignments are known if the whole list of them was read.
func TestIDC04PageOfAssignments(t *testing.T) {
	const page = `{"AccountId":"111111111111","PermissionSetArn":"arn:aws:sso:::permissionSet/ssoins-1/ps-1","AccountAssignments":[]%s}`
	for more, want := range map[string]iam.State{`,"NextToken":"t"`: iam.Unknown, ``: iam.KnownEmpty} {
		s := load(t, "a.json", roles(role("r")), "b.json", fmt.Sprintf(page, more))
		if got := s.IdentityCenter.AssignmentState; got != want {
			t.Errorf("with %q: %v, want %v", more, got, want)
		}
	}
	s := load(t, "a.json", roles(role("r")),
		"b.json", `{"IdentityStoreId":"d-1","Users":[{"UserId":"u1","UserName":"ann"}],"NextToken":"t"}`, "c.json", `{"IdentityStoreId":"d-1","Users":[]}`)
	if c := s.IdentityCenter; c.UsersState != iam.Present || len(c.Users) != 1 {
		t.Errorf("an empty last page: %+v", c)
	}
}

// ORG-03: a page of a node's policies, or a list that lacks AWS's own, does not
// say that nothing else is attached.
func TestORG03PartsOfAttachments(t *testing.T) {
	s := load(t, "1.json", listRoots, "2.json", `{"TargetId":"r-abcd","Filter":"SERVICE_CONTROL_POLICY","Policies":[`+scpSummary+`],"NextToken":"t"}`)
	if n := s.Organization.Node("r-abcd"); n.SCPState != iam.Unknown || len(n.SCPs) != 1 {
		t.Errorf("%+v", n)
	}
	s = load(t, "1.json", listRoots, "2.json", `{"Policies":[{"PolicySummary":`+scpSummary+`,"Content":`+denyContent+`,"Targets":[{"TargetId":"r-abcd"}]}]}`)
	if n := s.Organization.Node("r-abcd"); n.SCPState != iam.Unknown || len(n.SCPs) != 1 {
		t.Errorf("AWS's own policy may be attached too: %+v", n)
	}
}

// NAT-02: who delivered a bucket is a guess, which what an input says overrules
// in any order, and which counts only if nobody else delivered it.
func TestNAT02OwnerStatedAndGuessed(t *testing.T) {
	caller := func(account string) string {
		return `{"UserId":"AIDAX","Account":"` + account + `","Arn":"arn:aws:iam::` + account + `:user/u"}`
	}
	const stated, guessed = `{"AccountId":"222222222222","Bucket":"b","Policy":null}`, `{"Bucket":"b","Owner":{},"Grants":[]}`
	for _, dirs := range [][2]string{{"1", "2"}, {"2", "1"}} {
		s := load(t, dirs[0]+"/caller.json", caller("111111111111"), dirs[0]+"/acl.json", guessed, dirs[1]+"/policy.json", stated)
		if r := s.Resource("arn:aws:s3:::b"); r.Account != "222222222222" {
			t.Errorf("%v: owner %s", dirs, r.Account)
		}
		wantNo(t, s, "conflict")
	}
	s := load(t, "1/caller.json", caller("111111111111"), "1/acl.json", guessed, "2/caller.json", caller("222222222222"), "2/acl.json", guessed)
	if d := find(s, "owner-unknown"); len(d) != 1 || s.Resource("arn:aws:s3:::b").Account != "" || d[0].Message != "accounts 111111111111 and 222222222222 both have outputs about it, and none says which owns it" {
		t.Errorf("%v", s.Diagnostics)
	}
	s = load(t, "a.json", caller("111111111111")+caller("222222222222")+guessed, "b.json", roles(role("r")))
	if r := s.Resource("arn:aws:s3:::b"); r.Account != "" {
		t.Errorf("IN-28 two callers in one file: owner %s", r.Account)
	}
}

// IN-01: a report that breaks off does not have everybody.
func TestIN01BrokenReport(t *testing.T) {
	s := load(t, "a.json", people, "b.csv", reportHeader+reportRoot+"bob,arn:aws:iam::111111111111:user/bob,\"2020")
	if a := only(t, s); a.Coverage[iam.SectionCredentials] == iam.Present {
		t.Errorf("%v, %v", a.Coverage, s.Diagnostics)
	}
}

// Many of everything take no time that grows with their square.
func TestManyOfEverything(t *testing.T) {
	const n = 50_000
	list := func(form string) string {
		var b strings.Builder
		for i := range n {
			if i > 0 {
				b.WriteByte(',')
			}
			fmt.Fprintf(&b, form, i*7919%n)
		}
		return b.String()
	}
	s := load(t, "a.json", people,
		"keys.json", `{"AccessKeyMetadata":[`+list(`{"UserName":"ann","AccessKeyId":"AKIA%d","Status":"Active","CreateDate":"2020-01-01T00:00:00Z"}`)+`]}`,
		"keys2.json", `{"AccessKeyMetadata":[`+list(`{"UserName":"ann","AccessKeyId":"AKIB%d","Status":"Active","CreateDate":"2020-01-01T00:00:00Z"}`)+`]}`,
		"mfa.json", `{"MFADevices":[`+list(`{"UserName":"ann","SerialNumber":"arn:aws:iam::111111111111:mfa/a%d"}`)+`]}`,
		"mfa2.json", `{"MFADevices":[`+list(`{"UserName":"ann","SerialNumber":"arn:aws:iam::111111111111:mfa/b%d"}`)+`]}`,
		"used.json", `{"JobStatus":"COMPLETED","Arn":"arn:aws:iam::111111111111:user/ann","ServicesLastAccessed":[`+list(`{"ServiceNamespace":"s%d"}`)+`]}`,
		"points.json", `{"AccessPointList":[`+list(`{"Bucket":"b","AccessPointArn":"arn:aws:s3:eu-west-1:111111111111:accesspoint/p%d","BucketAccountId":"111111111111"}`)+`]}`,
		"delegates.json", `{"DelegatedAdministrators":[`+list(`{"Id":"%d"}`)+`]}`,
		"policies.json", `{"TargetId":"r-abcd","Filter":"SERVICE_CONTROL_POLICY","Policies":[`+list(`{"Id":"p-FullAWSAccess","Name":"%d","Type":"SERVICE_CONTROL_POLICY"}`)+`]}`,
		"nodes.json", `{"ParentId":"r-abcd","Accounts":[`+list(`{"Id":"%012d"}`)+`]}`,
		"members.json", `{"GroupId":"g","GroupMemberships":[`+list(`{"GroupId":"g","MemberId":{"UserId":"u%d"}}`)+`]}`)
	ann := person(t, s, "ann")
	if len(ann.Credentials.AccessKeys) != n || len(ann.Credentials.MFADevices) != 2*n || len(ann.Used) != n {
		t.Errorf("%d keys, %d devices, %d uses", len(ann.Credentials.AccessKeys), len(ann.Credentials.MFADevices), len(ann.Used))
	}
	if o := s.Organization; len(o.DelegatedAdmins) != n || len(o.Nodes) != n+1 || len(s.IdentityCenter.Groups[0].Members) != n {
		t.Errorf("%d delegates, %d nodes", len(o.DelegatedAdmins), len(o.Nodes))
	}
	if r := s.Resource("arn:aws:s3:::b"); len(r.AccessPoints) != n || r.AccessPoints[0].ARN > r.AccessPoints[1].ARN {
		t.Errorf("%d access points", len(r.AccessPoints))
	}
}
