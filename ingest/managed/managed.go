// Package managed brings along the AWS managed policies of the aws partition,
// as their default versions stood on Date, for exports that attach a policy
// and do not contain it (GAAD-19, second resort). Every policy that it returns
// is marked Bundled, so that an answer can say that it rests on this copy.
//
// AWS publishes no complete list and changes policies at any time: a policy
// that is missing here may exist, and older versions are not kept.
package managed

//go:generate go run accesspath/internal/gen/managed -version 0.0.656 -sha256 4b636bc4c3f5c158be906cd396e5e8def772c40b715ed2807b53c9706e09df88

import (
	"slices"
	"strings"
	"sync"

	"accesspath/iam"
	"accesspath/policy"
)

// partitions that have AWS managed policies of the same names. The list is
// closed, because the partition of an ARN is an attacker's text.
var partitions = []string{"aws", "aws-cn", "aws-us-gov", "aws-eusc", "aws-iso", "aws-iso-b", "aws-iso-e", "aws-iso-f"}

// cache keeps what was parsed, so that one policy is one *iam.ManagedPolicy
// for the whole process. It grows to one entry for each policy and partition at
// most.
var cache sync.Map // ARN -> *iam.ManagedPolicy

// Lookup returns the policy with that ARN, with its default version parsed.
// Calls with the same ARN return the same pointer; the policy is shared and
// must not be changed. It may be called concurrently. The first call takes a
// few milliseconds; each unpacks only the 64 KiB that the document is in.
//
// For another partition it returns the policy of the same name of the aws
// partition, under the ARN asked for and with the document's "arn:aws:"
// rewritten to that partition: the copies differ in little else, and unchanged
// they would grant nothing there (CONV-06).
func Lookup(arn string) (*iam.ManagedPolicy, bool) {
	if m, ok := cache.Load(arn); ok {
		return m.(*iam.ManagedPolicy), true
	}
	partition, suffix, ok := cut(arn)
	if !ok {
		return nil, false
	}
	e, ok := load().find(suffix)
	if !ok {
		return nil, false
	}
	text, ok := load().document(e)
	if !ok {
		return nil, false
	}
	m, err := build(partition, e, text)
	if err != nil {
		return nil, false
	}
	first, _ := cache.LoadOrStore(m.ARN, m)
	return first.(*iam.ManagedPolicy), true
}

// cut returns the partition and what follows "policy/", or false if arn does
// not name an AWS managed policy.
func cut(arn string) (partition, suffix string, ok bool) {
	a, ok := policy.ParseARN(arn)
	if !ok || a.Service != "iam" || a.Region != "" || a.Account != "aws" || !slices.Contains(partitions, a.Partition) {
		return "", "", false
	}
	suffix, ok = strings.CutPrefix(a.Resource, "policy/")
	return a.Partition, suffix, ok
}

func build(partition string, e entry, text string) (*iam.ManagedPolicy, error) {
	if partition != "aws" {
		text = strings.ReplaceAll(text, "arn:aws:", "arn:"+partition+":")
	}
	doc, err := policy.ParseDocument([]byte(text))
	if err != nil {
		return nil, err
	}
	slash := strings.LastIndexByte(e.suffix, '/')
	name := e.suffix[slash+1:]
	arn := "arn:" + partition + ":iam::aws:policy/" + e.suffix
	return &iam.ManagedPolicy{
		ARN:              arn,
		Name:             name,
		Path:             "/" + e.suffix[:slash+1],
		Account:          "aws",
		DefaultVersionID: e.version,
		Versions: []*iam.PolicyVersion{{
			Policy:    iam.Policy{Name: name, ARN: arn, Document: doc, Bundled: true},
			VersionID: e.version,
			IsDefault: true,
			Created:   e.versionCreated,
		}},
		Created: e.created,
		Updated: e.updated,
		Bundled: true,
	}, nil
}
