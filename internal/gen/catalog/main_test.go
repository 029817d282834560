package main

import (
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"accesspath/internal/gen/npm"
)

// small is a package of one service.
func small() npm.Files {
	var keys strings.Builder
	for i := range 40 {
		keys.WriteString("{ key: 'aws:K" + strings.Repeat("x", i) + "', category: 'request', type: 'String' },\n")
	}
	keys.WriteString("{ key: 'aws:PrincipalTag/tag-key',\n category: 'principal',\n type: 'String' }")
	return npm.Files{
		"package.json":                    []byte(`{"updatedAt":"2026-01-02T03:04:05Z"}`),
		"data/services.json":              []byte(`["s3"]`),
		"data/serviceNames.json":          []byte(`{"s3":"Amazon S3"}`),
		"data/rcpSupportedServices.json":  []byte(`["sqs","s3"]`),
		"dist/esm/globalConditionKeys.js": []byte(keys.String()),
		"LICENSE.txt":                     []byte("licence"),
		"data/resourceTypes/s3.json":      []byte(`{"bucket":{"key":"Bucket","arn":"arn:${Partition}:s3:::${BucketName}, arn:x","conditionKeys":["aws:principaltag/${TagKey}"]}}`),
		"data/conditionKeys/s3.json":      []byte(`{"s3:tag/<key>":{"key":"s3:Tag/<key>","type":"String"}}`),
		"data/actions/s3.json":            []byte(`{"b":{"name":"b","accessLevel":"List","resourceTypes":[],"conditionKeys":[]},"a":{"name":"A","accessLevel":"Read","resourceTypes":[{"name":"bucket","required":true,"conditionKeys":["s3:Tag/<key>"]}],"conditionKeys":["aws:K"]}}`),
	}
}

func TestEncode(t *testing.T) {
	c, err := collect(small())
	if err != nil {
		t.Fatal(err)
	}
	text := string(c.encode())
	for _, want := range []string{
		"accesspath-catalog 1\ns3 sqs\n42\n",
		"aws:PrincipalTag/${TagKey}\tString\tg\n",
		"s3:Tag/${TagKey}\tString\n1\ns3\tAmazon S3\t",
		"Bucket\tarn:${Partition}:s3:::${BucketName} arn:x\t1\n",
		"A\tRead\t3\t0!:2\nb\tList\t0\t\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the text lacks %q:\n%s", want, text)
		}
	}
	if c.date != "2026-01-02" {
		t.Errorf("date %s", c.date)
	}
}

func TestWrite(t *testing.T) {
	dir := t.TempDir()
	c, err := collect(small())
	if err != nil {
		t.Fatal(err)
	}
	if err := write(dir, npm.Source{Package: "p", Version: "1"}, small(), c); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"LICENSE.iam-data.txt": "licence", "data_version.go": `DataDate = "2026-01-02"`, "data.zst": "\x28\xb5\x2f\xfd"} {
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil || !strings.Contains(string(text), want) {
			t.Errorf("%s: %q, %v", name, text, err)
		}
	}
}

// A package of another form stops the generator; it writes nothing doubtful.
func TestCollectRefuses(t *testing.T) {
	for name, change := range map[string]struct{ file, old, new, want string }{
		"missing file":   {"data/services.json", `"s3"`, `"s3","sqs"`, "data/actions/sqs.json is missing"},
		"no JSON":        {"data/actions/s3.json", "{", "[", "data/actions/s3.json"},
		"unknown type":   {"data/actions/s3.json", `"name":"bucket"`, `"name":"object"`, `uses the resource type "object"`},
		"unknown key":    {"data/actions/s3.json", `"aws:K"`, `"aws:Q"`, "condition key aws:Q has no type"},
		"few keys":       {"dist/esm/globalConditionKeys.js", "key:", "name:", "has its form changed"},
		"type of a type": {"data/resourceTypes/s3.json", "aws:principaltag", "aws:other", "resource type Bucket"},
	} {
		t.Run(name, func(t *testing.T) {
			files := maps.Clone(small())
			files[change.file] = []byte(strings.ReplaceAll(string(files[change.file]), change.old, change.new))
			if _, err := collect(files); err == nil || !strings.Contains(err.Error(), change.want) {
				t.Errorf("error %v, want %q", err, change.want)
			}
		})
	}
}

func TestAddKey(t *testing.T) {
	found := map[string]key{"a:x": {name: "a:x", kind: "String"}, "aws:g": {name: "aws:g", kind: "Bool", global: true}}
	for _, k := range []jsonKey{{"a:X", "ArrayOfString"}, {"a:x", "String"}, {"aws:G", "String"}} {
		if err := addKey(found, k); err != nil {
			t.Error(err)
		}
	}
	if found["a:x"].kind != "ArrayOfString" || found["aws:g"].kind != "Bool" {
		t.Errorf("got %+v", found)
	}
	if err := addKey(found, jsonKey{"a:x", "Bool"}); err == nil {
		t.Error("two types of one key went unnoticed")
	}
}
