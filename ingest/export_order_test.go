package ingest

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
)

// refreshed checks that files which were read before others give the same.
func refreshed(t *testing.T, before, after map[string]string) {
	t.Helper()
	c := &changing{nil, before}
	first := c.read(t, nil)
	c.files = after
	e := &Earlier{Snapshot: first.s, Exports: first.exports, Unchanged: Unchanged(t.Context(), c.sources(), first.s.Sources, Options{})}
	taken := len(newRecall(e).exports)
	if taken == 0 {
		t.Error("nothing is taken over")
	}
	untouched := encode(t, first.s)
	again, whole := c.read(t, e), c.read(t, nil)
	sameSnapshot(t, again.s, whole.s)
	if !reflect.DeepEqual(again.exports, whole.exports) {
		t.Error("the exports differ")
	}
	if string(encode(t, first.s)) != string(untouched) {
		t.Error("the earlier snapshot was changed")
	}
}

func with(m map[string]string, more ...string) map[string]string {
	out := map[string]string{}
	for k, v := range m {
		out[k] = v
	}
	for i := 0; i < len(more); i += 2 {
		out[more[i]] = more[i+1]
	}
	return out
}

// The first entity of a file gives its account the partition, and not the first by
// name.
func TestEarlierKeepsOrder(t *testing.T) {
	f := map[string]string{"a.json": `{"UserDetailList":[
 {"UserName":"z","Arn":"arn:aws:iam::111111111111:user/z"},{"UserName":"a","Arn":"arn:aws-cn:iam::111111111111:user/a"}],"GroupDetailList":[],"RoleDetailList":[],"Policies":[]}`,
		"b.json": `{"UserDetailList":[{"UserName":"z","Arn":"arn:aws:iam::211111111111:user/z"}]}`}
	refreshed(t, f, with(f, "b.json", `{"UserDetailList":[{"UserName":"y","Arn":"arn:aws:iam::211111111111:user/y"}]}`))
}

// Of many conflicts those are reported that come first in the file.
func TestEarlierKeepsOrderOfConflicts(t *testing.T) {
	users := func(path string) string {
		var list []string
		for i := range 150 {
			list = append(list, fmt.Sprintf(`{"UserName":"u%03d","Path":"/","Arn":"arn:aws:iam::111111111111:user/u%03d","Tags":[{"Key":"k","Value":%q}]}`, 149-i, 149-i, path))
		}
		return `{"UserDetailList":[` + strings.Join(list, ",\n") + `],"GroupDetailList":[],"RoleDetailList":[],"Policies":[]}`
	}
	f := map[string]string{"b.json": users("x")}
	refreshed(t, f, with(f, "a.json", users("y")))
}

// What a plan takes from an export is not taken from the earlier snapshot.
func TestEarlierIsNotLaidOver(t *testing.T) {
	f := map[string]string{"a.json": `{"UserDetailList":[{"UserName":"u","Arn":"arn:aws:iam::111111111111:user/u","GroupList":["g","h"]}],"GroupDetailList":[{"GroupName":"g","Arn":"arn:aws:iam::111111111111:group/g"}],"RoleDetailList":[
 {"RoleName":"r","Arn":"arn:aws:iam::111111111111:role/r","RolePolicyList":[{"PolicyName":"p","PolicyDocument":{"Statement":[]}},{"PolicyName":"q","PolicyDocument":{"Statement":[]}}],
  "InstanceProfileList":[{"InstanceProfileName":"i","Arn":"arn:aws:iam::111111111111:instance-profile/i","Roles":[{"Arn":"arn:aws:iam::111111111111:role/r"}]},{"InstanceProfileName":"j","Arn":"arn:aws:iam::111111111111:instance-profile/j","Roles":[{"Arn":"arn:aws:iam::111111111111:role/r"}]}],
  "AssumeRolePolicyDocument":{"Statement":[]}}],"Policies":[]}`}
	for name, change := range map[string]string{
		"inline":  `{"address":"aws_iam_role_policy.p","type":"aws_iam_role_policy","name":"p","mode":"managed","change":{"actions":["delete"],"before":{"name":"p","role":"r","policy":"{}"},"after":null}}`,
		"changed": `{"address":"aws_iam_role_policy.p","type":"aws_iam_role_policy","name":"p","mode":"managed","change":{"actions":["update"],"before":{"name":"p","role":"r","policy":"{}"},"after":{"name":"p","role":"r","policy":"{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"}]}"}}}`,
		"groups":  `{"address":"aws_iam_user_group_membership.p","type":"aws_iam_user_group_membership","name":"p","mode":"managed","change":{"actions":["delete"],"before":{"user":"u","groups":["g"]},"after":null}}`,
		"profile": `{"address":"aws_iam_instance_profile.i","type":"aws_iam_instance_profile","name":"i","mode":"managed","change":{"actions":["delete"],"before":{"name":"i","arn":"arn:aws:iam::111111111111:instance-profile/i","role":"r"},"after":null}}`,
		"role":    `{"address":"aws_iam_role.r","type":"aws_iam_role","name":"r","mode":"managed","change":{"actions":["delete"],"before":{"name":"r","arn":"arn:aws:iam::111111111111:role/r"},"after":null}}`,
	} {
		t.Run(name, func(t *testing.T) {
			refreshed(t, f, with(f, "plan.json", `{"format_version":"1.2","terraform_version":"1.5.0","planned_values":{"root_module":{}},"resource_changes":[`+change+`]}`))
		})
	}
}

// A snapshot among the inputs may have been made of another file of the same name:
// nothing tells which of the two the bytes of an export were.
func TestUnchangedOfTwoFiles(t *testing.T) {
	export := func(name string) string {
		return `{"UserDetailList":[{"UserName":"` + name + `","Arn":"arn:aws:iam::111111111111:user/` + name + `"}]}`
	}
	once := load(t, "1.json", export("ann"))
	once.Accounts = nil
	f := map[string]string{"1.json": export("bob"), "2.json": strings.ReplaceAll(export("eve"), "111111111111", "222222222222"), "rest.json": string(encode(t, once))}
	refreshed(t, f, with(f, "1.json", export("ann")))
}
