package ingest

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"accesspath/ingest/managed"
	"accesspath/store"
)

// wide are files of all kinds that change from run to run.
type wide struct{ changing }

func (c *wide) account() string { return fmt.Sprintf("%012d", 111111111111+c.r.IntN(4)) }

func (c *wide) arn(id, rest string) string {
	return c.one("arn:aws", "arn:aws", "arn:aws", "arn:aws", "arn:aws", "arn:aws-cn") + ":iam::" + id + ":" + rest
}

func (c *wide) wideDocument() string {
	return c.one(c.document(), c.document(), `"%7B%22Statement%22%3A%5B%5D%7D"`, `"%7B%22Statement%22%3A%22%ff%22%7D"`, `"{\"Statement\": [ {\"Effect\":\"Allow\",\"Action\":\"a:b\",\"Resource\":\"*\", \"Sid\":1e3}]}"`,
		`"no json"`, `[]`, `null`, `{"Statement":[{"Effect":"Deny","Action":"\u00e9:\ud800","Resource":"*"}],"Statement":[]}`, "{\"Statement\":[{\"Sid\":\"\xff\xfe\",\"Effect\":\"Allow\",\"Action\":\"s3:*\",\"Resource\":\"*\"}]}")
}

func (c *wide) inline(n int) string {
	var list []string
	for range c.r.IntN(n + 1) {
		list = append(list, fmt.Sprintf(`{"PolicyName": "in%d", "PolicyDocument": %s}`, c.r.IntN(2), c.wideDocument()))
	}
	return "[" + strings.Join(list, ",") + "]"
}

func (c *wide) date() string {
	return c.one(`"2020-01-01T00:00:00Z"`, `"2020-01-01T02:00:00+02:00"`, `1577836800.5`, `"yesterday"`, `null`, `"2021-06-01T00:00:00.123456789+00:00"`)
}

func (c *wide) tags() string {
	return c.one(`[]`, `[{"Key":"a","Value":"b"}]`, `{"a":"b","A":"c"}`, `[{"Key":"x","Value":"`+c.one("1", "2")+`"},{"Key":"x","Value":"3"}]`, `null`)
}

func (c *wide) wideExport(id string) string {
	names := []string{"zed", "ann", "bob", "Ann", "mid\\u00e9"}
	c.r.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
	var users, groups, roles, policies []string
	for _, n := range names[:c.r.IntN(len(names)+1)] {
		users = append(users, fmt.Sprintf(`{"UserName": "%[1]s", "UserId": "AIDA%[1]s", "Arn": "%[2]s", "CreateDate": %[3]s, "GroupList": %[4]s, "UserPolicyList": %[5]s, "AttachedManagedPolicies": %[6]s, "Tags": %[7]s%[8]s}`, n, c.arn(id, "user/"+n), c.date(),
			c.some(`"g"`, `"h"`, `"none"`, `"g"`), c.inline(3), c.attachments(id), c.tags(), c.one("", "", `, "PermissionsBoundary": {"PermissionsBoundaryArn": "arn:aws:iam::`+c.account()+`:policy/own"}`)))
	}
	for _, n := range []string{"h", "g"}[c.r.IntN(3)%2:] {
		groups = append(groups, fmt.Sprintf(`{"GroupName": %q, "GroupId": "AGPA", "Arn": %q, "GroupPolicyList": %s, "AttachedManagedPolicies": %s}`, n, c.arn(id, "group/"+n), c.inline(2), c.attachments(id)))
	}
	for _, n := range []string{"r2", "r1", "R1", "AWSReservedSSO_set_0123456789abcdef"}[c.r.IntN(4):] {
		var profiles []string
		for i := range c.r.IntN(3) {
			profiles = append(profiles, fmt.Sprintf(`{"InstanceProfileName": "p%[3]d%[2]s", "Arn": "arn:aws:iam::%[1]s:instance-profile/p%[3]d%[2]s", "Roles": [%[4]s]}`, c.one(id, id, id, id, id, id, id, id, id, id, id, id, c.account()), n, 2-i,
				c.one("", fmt.Sprintf(`{"RoleName": %q, "Arn": "arn:aws:iam::%s:role/%s"}`, n, id, n), fmt.Sprintf(`{"RoleName": "r2", "Arn": "arn:aws:iam::%s:role/r2"}`, id))))
		}
		roles = append(roles, fmt.Sprintf(`{"RoleName": %[1]q, "RoleId": "AROA%[1]s", "Arn": %[2]q, "CreateDate": %[3]s, "RoleLastUsed": %[4]s, "MaxSessionDuration": 3600, "InstanceProfileList": [%[5]s], "RolePolicyList": %[6]s, "AttachedManagedPolicies": %[7]s, "Tags": %[8]s, "AssumeRolePolicyDocument": %[9]s}`,
			n, c.arn(id, "role/"+n), c.date(), c.one("{}", `{"LastUsedDate": "2024-01-0`+c.one("1", "2")+`T00:00:00Z", "Region": "eu-west-1"}`), strings.Join(profiles, ","), c.inline(2), c.attachments(id), c.tags(),
			c.one(c.wideDocument(), `{"Statement": [{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::`+c.account()+`:`+c.one("root", "user/ann", "role/r1")+`"}, "Action": "sts:AssumeRole"}]}`, `{"Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]}`)))
	}
	for _, a := range []string{"arn:aws:iam::aws:policy/Shared", "arn:aws:iam::" + id + ":policy/own", "arn:aws:iam::aws:policy/Other", "arn:aws:iam::" + id + ":policy/Also", "arn:aws:iam::aws:policy/ReadOnlyAccess", "arn:aws:iam::" + id + ":policy/own"}[c.r.IntN(3) : 3+c.r.IntN(3)+c.r.IntN(20)/19] {
		policies = append(policies, strings.Replace(c.managed(a), c.document(), c.wideDocument(), 1))
	}
	list := func(name string, l []string) string {
		if len(l) == 0 && c.r.IntN(3) == 0 {
			return ""
		}
		return fmt.Sprintf("%q: [%s],\n", name, strings.Join(l, c.one(",", ",\n")))
	}
	parts := []string{list("UserDetailList", users), list("GroupDetailList", groups), list("RoleDetailList", roles), list("Policies", policies)}
	c.r.Shuffle(len(parts), func(i, j int) { parts[i], parts[j] = parts[j], parts[i] })
	return "{" + strings.Join(parts, "") + c.one("", "", "", `"AccountId": "`+id+`", `, `"Odd": 1, `, `"Marker": "x", `) + `"IsTruncated": ` + c.one("false", "false", "true") + "}"
}

func (c *wide) wrapped(id string) string {
	text := c.wideExport(id)
	switch c.r.IntN(44) {
	case 0:
		return c.one("", "\xef\xbb\xbf") + text + "\n" + c.wideExport(id)
	case 1:
		return "[" + text + "," + c.wideExport(c.account()) + "]"
	case 2:
		return `{"` + id + `": ` + text + `}`
	case 3:
		return `{"Page": ` + text + `, "x": [` + c.wideExport(id) + `]}`
	case 4:
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		_, _ = z.Write([]byte(text))
		_ = z.Close()
		return b.String()
	case 5:
		var b strings.Builder
		b.WriteString("\xff\xfe")
		for _, u := range utf16.Encode([]rune(text)) {
			b.WriteByte(byte(u))
			b.WriteByte(byte(u >> 8))
		}
		return b.String()
	case 6:
		return text[:len(text)-c.r.IntN(40)]
	case 7, 8:
		x := strings.ReplaceAll(xmlPage, "111111111111", id)
		return strings.ReplaceAll(x, "<GroupName>g</GroupName>", c.one("<GroupName>g</GroupName>", "<GroupName>g</GroupName> "))
	case 9:
		return text + "\n" + c.small(id)
	case 10:
		return `{"accounts": {"` + id + `": ` + text + `}}`
	case 11:
		return `{"Policies": [` + c.managed("arn:aws:iam::aws:policy/Shared") + `], "IsTruncated": false}`
	}
	return text
}

// small is an output about users, roles or lists of an account.
func (c *wide) small(id string) string {
	user, role := c.one("ann", "bob", "eve"), c.one("r1", "r2", "gone")
	uarn, rarn := "arn:aws:iam::"+id+":user/"+user, "arn:aws:iam::"+id+":role/"+role
	report := fmt.Sprintf("user,arn,user_creation_time,password_enabled,password_last_used,mfa_active,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,access_key_1_last_used_service,access_key_2_active\n"+
		"<root_account>,arn:aws:iam::%[1]s:root,2019-01-01T00:00:00Z,not_supported,N/A,false,false,N/A,N/A,N/A,false\n%[2]s,%[3]s,2020-01-01T00:00:00Z,%[4]s,N/A,false,true,2020-01-03T00:00:00Z,N/A,N/A,false\n", id, user, uarn, c.one("true", "false"))
	beside := c.one("", `, "AccountId": "`+id+`"`)
	return c.one(report, report, `{"Content": `+strconv.Quote(report)+`, "ReportFormat": "text/csv", "GeneratedTime": "2024-05-06T07:08:09+00:00"}`,
		`{"MFADevices":[{"UserName":"`+user+`","SerialNumber":"arn:aws:iam::`+id+`:mfa/x","EnableDate":"2020-01-01T00:00:00Z"}]`+beside+`}`,
		`{"VirtualMFADevices":[{"SerialNumber":"arn:aws:iam::`+id+`:mfa/x","EnableDate":"2020-01-01T00:00:00Z","User":{"UserName":"`+user+`","Arn":"`+uarn+`"}}]`+beside+`}`,
		`{"AccessKeyMetadata":[{"UserName":"`+user+`","AccessKeyId":"AKIA`+user+`","Status":"Active","CreateDate":"2020-01-03T00:00:00+00:00"}]`+beside+`}`,
		`{"AccessKeyId":"AKIA`+user+`","UserName":"`+user+`","AccessKeyLastUsed":{"Region":"eu-west-1","ServiceName":"s3","LastUsedDate":"2023-01-01T00:00:00Z"}}`,
		`{"LoginProfile":{"UserName":"`+user+`","CreateDate":"2020-01-01T00:00:00Z","PasswordResetRequired":false}`+beside+`}`,
		`{"Arn":"`+c.one(uarn, rarn)+`","JobStatus":"COMPLETED","ServicesLastAccessed":[{"ServiceName":"S3","ServiceNamespace":"s3","LastAuthenticated":"2024-0`+c.one("1", "2")+`-01T00:00:00Z","TotalAuthenticatedEntities":1},{"ServiceName":"EC2","ServiceNamespace":"ec2","TotalAuthenticatedEntities":0}]}`,
		`{"Users":[{"UserName":"`+user+`","UserId":"AIDA`+user+`","Arn":"`+uarn+`","PasswordLastUsed":"2024-01-01T00:00:00Z"}]}`,
		`{"User":{"UserName":"`+user+`","UserId":"AIDA`+user+`","Arn":"`+uarn+`","PermissionsBoundary":{"PermissionsBoundaryArn":"arn:aws:iam::aws:policy/Shared"}}}`,
		`{"Roles":[{"RoleName":"`+role+`","RoleId":"AROA`+role+`","Arn":"`+rarn+`","Description":"d","MaxSessionDuration":7200,"AssumeRolePolicyDocument":{"Statement":[]}}]}`,
		`{"Role":{"RoleName":"`+role+`","RoleId":"AROA`+role+`","Arn":"`+rarn+`","RoleLastUsed":{"LastUsedDate":"2025-01-01T00:00:00Z","Region":"x"},"Tags":[{"Key":"k","Value":"v"}],"AssumeRolePolicyDocument":{"Statement":[]}}}`,
		`{"InstanceProfiles":[{"InstanceProfileName":"p2r1","Arn":"arn:aws:iam::`+id+`:instance-profile/p2r1","Roles":[{"RoleName":"`+role+`","Arn":"`+rarn+`"}]}]}`,
		`{"Policies":[{"PolicyName":"own","Arn":"arn:aws:iam::`+id+`:policy/own","DefaultVersionId":"v2","AttachmentCount":3}]}`,
		`{"PolicyVersion":{"VersionId":"v1","IsDefaultVersion":true,"Document":{"Statement":[]}},"PolicyArn":"arn:aws:iam::`+id+`:policy/own"}`,
		`{"Groups":[{"GroupName":"g","GroupId":"AGPA","Arn":"arn:aws:iam::`+id+`:group/g"}],"UserName":"`+user+`"`+beside+`}`,
		`{"PolicyGroups":[],"PolicyUsers":[{"UserName":"`+user+`","UserId":"AIDA"}],"PolicyRoles":[]}`,
		`{"UserId":"AIDAX","Account":"`+id+`","Arn":"`+uarn+`"}`,
		`{"AccountAliases":["alias`+c.one("1", "2")+`"]`+beside+`}`,
		`{"SummaryMap":{"Users":`+c.one("1", "2")+`,"AccountMFAEnabled":1}`+beside+`}`,
		`{"PasswordPolicy":{"MinimumPasswordLength":`+c.one("8", "14")+`}`+beside+`}`,
		`{"SAMLProviderList":[{"Arn":"arn:aws:iam::`+id+`:saml-provider/x","CreateDate":"2020-01-01T00:00:00Z"}]}`,
		`{"OpenIDConnectProviderList":[]`+beside+`}`,
		`{"Functions":[{"FunctionName":"f","FunctionArn":"arn:aws:lambda:eu-west-1:`+id+`:function:f","Role":"`+rarn+`"}]}`,
		`{"Reservations":[{"OwnerId":"`+id+`","Instances":[{"InstanceId":"i-1","IamInstanceProfile":{"Arn":"arn:aws:iam::`+id+`:instance-profile/p2r1","Id":"AIPA"}}]}]}`,
		`{"Jobs":[{"Name":"j","Role":"`+role+`"}]`+beside+`}`,
		`{"Bucket":"b","Policy":"{\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":\"s3:*\",\"Resource\":\"*\"}]}"}`,
		`{"DelegatedAdministrators":[{"Id":"`+id+`"}]}`,
		`{"PermissionSet":{"Name":"set","PermissionSetArn":"arn:aws:sso:::permissionSet/ssoins-1/ps-1"}}`,
		`{"AccountAssignments":[{"AccountId":"`+id+`","PermissionSetArn":"arn:aws:sso:::permissionSet/ssoins-1/ps-1","PrincipalType":"USER","PrincipalId":"u-1"}]}`,
		`{"schema": "accesspath.snapshot/1", "accounts": [{"id": "`+id+`", "users": [{"arn": "`+uarn+`", "emergency": true}]}]}`,
		`{"schema": "accesspath.snapshot/1", "sources": [{"name": "in/0.json", "format": "gaad", "sha256": "00", "bytes": 1}], "trusted": [{"id": "`+id+`", "name": "x"}]}`,
		`{"schema": "accesspath.snapshot/1", "asOf": "2024-01-01T00:00:00Z", "accounts": [{"id": "`+id+`", "alias": "n", "roles": [{"arn": "`+rarn+`", "legacyImplicitSelfTrust": true, "description": "n", "trust": {"Statement": []}}]}]}`,
		`{"format_version": "1.0", "terraform_version": "1.5.0", "values": {"root_module": {"resources": [{"address": "aws_iam_role.x", "mode": "managed", "type": "aws_iam_role", "name": "x", "provider_name": "registry.terraform.io/hashicorp/aws", "values": {"name": "`+role+`", "arn": "`+rarn+`", "assume_role_policy": "{\"Statement\":[]}"}}]}}}`,
		`{"format_version":"1.2","terraform_version":"1.5.0","planned_values":{"root_module":{}},"resource_changes":[{"address":"aws_iam_role_policy.p","type":"aws_iam_role_policy","name":"p","mode":"managed","change":{"actions":["`+c.one("delete", "update")+`"],"before":{"name":"in0","role":"`+role+`","policy":"{}"},"after":`+c.one("null", `{"name":"in0","role":"`+role+`","policy":"{\"Statement\":[]}"}`)+`}},
  {"address":"aws_iam_instance_profile.i","type":"aws_iam_instance_profile","name":"i","mode":"managed","change":{"actions":["delete"],"before":{"name":"i","arn":"arn:aws:iam::`+id+`:instance-profile/p2r1","role":"r1"},"after":null}},
  {"address":"aws_iam_user_group_membership.p","type":"aws_iam_user_group_membership","name":"p","mode":"managed","change":{"actions":["delete"],"before":{"user":"`+user+`","groups":["g"]},"after":null}}]}`,
		`{"Resources":{"R":{"Type":"AWS::IAM::Role","Properties":{"RoleName":"`+role+`","AssumeRolePolicyDocument":{"Statement":[]}}}},"AWSTemplateFormatVersion":"2010-09-09"`+beside+`}`,
	)
}

func (c *wide) change() {
	for i := range 8 {
		name := fmt.Sprintf("in/%d.json", i)
		_, ok := c.files[name]
		switch {
		case !ok || c.r.IntN(4) == 0:
			c.files[name] = c.wrapped(fmt.Sprintf("%012d", 111111111111+i%6))
			if c.r.IntN(30) == 0 {
				c.files[name] = c.wrapped(c.one("odd", "aws", "1", "111111111111"))
			}
		case c.r.IntN(20) == 0:
			delete(c.files, name)
		case c.r.IntN(30) == 0:
			o := fmt.Sprintf("in/%d.json", c.r.IntN(8))
			c.files[name], c.files[o] = c.files[o], c.files[name]
			if c.files[name] == "" {
				delete(c.files, name)
			}
		case c.r.IntN(20) == 0: // the same text, packed or moved
			c.files[name] = c.one("\n", " ", "") + c.files[name]
		}
	}
	for i := range 4 {
		name := fmt.Sprintf("%s/s%d.json", []string{"in", "zz", "aa", "in"}[i], i)
		switch c.r.IntN(8) {
		case 0, 1:
			c.files[name] = c.small(c.account())
		case 2, 3, 4, 5:
			delete(c.files, name)
		}
	}
}

func (c *wide) look(t *testing.T, earlier *Earlier) (wasRead, error) {
	t.Helper()
	s, exports, err := ReadExports(t.Context(), c.sources(), Options{Managed: managed.Lookup, Earlier: earlier, MaxDiagnostics: 2})
	return wasRead{s, exports}, err
}

func stored(t *testing.T, w wasRead) wasRead {
	t.Helper()
	dir := t.TempDir()
	db, err := store.Open(t.Context(), dir+"/x.db", store.Options{Now: time.Now, Version: "x"})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	e, err := store.Encode(t.Context(), w.s, w.exports)
	if err != nil {
		t.Skip(err)
	}
	id, err := db.SaveEncoded(t.Context(), e, store.Meta{})
	if err != nil {
		t.Fatal(err)
	}
	s, x, err := db.LoadExports(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	_ = os.RemoveAll(dir)
	return wasRead{s, x}
}

// The same as TestEarlierIsReadingAgain for files of all kinds, in strange
// wrappings, of which few diagnostics are kept.
func TestEarlierIsReadingAgainWide(t *testing.T) {
	seeds, from := uint64(30), uint64(0)
	if n, err := strconv.ParseUint(os.Getenv("WIDE"), 10, 64); err == nil {
		seeds = n
	}
	if n, err := strconv.ParseUint(os.Getenv("FROM"), 10, 64); err == nil {
		from = n
	}
	taken, read := 0, 0
	for seed := from; seed < from+seeds; seed++ {
		ok := t.Run(fmt.Sprint(seed), func(t *testing.T) {
			c := &wide{changing{rand.New(rand.NewPCG(seed, 3)), map[string]string{}}}
			c.change()
			before, err := c.look(t, nil)
			if err != nil {
				t.Skip()
			}
			for range 4 {
				c.change()
				if seed%4 == 0 {
					before = stored(t, before)
				}
				e := &Earlier{Snapshot: before.s, Exports: before.exports, Unchanged: Unchanged(t.Context(), c.sources(), before.s.Sources, Options{})}
				taken, read = taken+len(newRecall(e).exports), read+len(c.files)
				untouched := encode(t, before.s)
				again, err := c.look(t, e)
				whole, err2 := c.look(t, nil)
				if fmt.Sprint(err) != fmt.Sprint(err2) {
					t.Fatal(err, err2)
				}
				if err != nil {
					continue
				}
				if seed%4 == 0 {
					again, whole = stored(t, again), stored(t, whole)
				}
				again.is(t, whole)
				if string(encode(t, before.s)) != string(untouched) {
					t.Fatalf("seed %d: the earlier snapshot was changed", seed)
				}
				before = again
			}
		})
		if !ok {
			t.Fatalf("seed %d", seed)
		}
	}
	t.Logf("of %d files %d were not read", read, taken)
	if taken*15 < read {
		t.Errorf("of %d files %d were not read: the test shows less than it should", read, taken)
	}
}
