package awscli

import (
	"slices"
	"strings"

	"accesspath/iam"
	"accesspath/ingest/internal/scan"
	"accesspath/policy"
)

// singles are the members of an output about one resource.
var singles = []string{"Policy", "ResourcePolicy", "PolicyText", "PublicAccessBlockConfiguration", "OwnershipControls", "TagSet"}

// single reads an object about one resource: {Resource, Policy, Account}, and
// outputs of the CLI with the request parameter beside them.
func (o *Object) single() bool {
	acl := o.has("Grants") && o.has("Owner", "Bucket", "BucketName")
	if o.used["Policy"] || o.has("KeyMetadata", "PolicySummary") || !acl && !o.has(singles...) {
		return false
	}
	if v := o.Members["Policy"].Value; v.Kind() == '{' && v.Get("Statement").Absent() && v.Get("Version").Absent() {
		return false // iam get-policy, or something else of that name
	}
	arn := o.subject()
	if arn == "" {
		o.nameless(acl)
		return true
	}
	r := o.add(fromARN(arn, o.owner(), o.Place))
	r.Origin.Pointer = o.Pointer
	if region := o.text("Region"); region != "" {
		r.Region = region
	}
	o.aspects(r, o.value, o.Pointer)
	o.Part.Took("resource")
	return true
}

// subject finds out which resource the object is about.
func (o *Object) subject() string {
	for _, n := range []string{"Resource", "ResourceArn", "Arn", "KeyId", "RepositoryArn", "FunctionArn", "TopicArn", "QueueArn"} {
		if s := o.Members[n].Value.Text(); strings.HasPrefix(s, "arn:") {
			o.get(n)
			return s
		}
	}
	if b := o.text("Bucket", "BucketName"); b != "" {
		if strings.HasPrefix(b, "arn:") {
			return b
		}
		return "arn:" + partitionOf(o.text("Region")) + ":s3:::" + b
	}
	if id, region := o.text("KeyId"), o.text("Region"); id != "" && region != "" && o.owner() != "" {
		return "arn:" + partitionOf(region) + ":kms:" + region + ":" + o.owner() + ":key/" + id
	}
	if v := o.value("Policy"); v.Kind() != 0 && !o.has("PolicyName") {
		if arn, ok := o.infer(v); ok {
			return arn
		}
	}
	return ""
}

func (o *Object) nameless(acl bool) {
	switch {
	case o.has("PolicyName"):
		o.report(iam.Warning, "incomplete-output", hintBeside("KeyId", "arn:aws:kms:…"), "get-key-policy does not name the key; it is skipped")
	case acl, o.has("PublicAccessBlockConfiguration", "OwnershipControls", "TagSet"):
		o.report(iam.Warning, "incomplete-output", hintBeside("Bucket", "name"), "an output about a bucket does not name the bucket; it is skipped")
	default:
		o.report(iam.Warning, "incomplete-output", hintBeside("Resource", "arn:…"), "a resource policy does not tell whose it is; it is skipped")
	}
}

// infer reads the one resource that all statements of a resource policy are
// about; objects stand for their bucket.
func (o *Object) infer(v scan.Value) (string, bool) {
	doc := o.File.Peek(v)
	if doc == nil {
		return "", false
	}
	var found []string
	root := scan.Make("", []byte(doc.Text), 0, 0)
	visit := func(s scan.Value) {
		for _, name := range []string{"Resource", "NotResource"} {
			r := s.Get(name)
			all := []string{r.Text()}
			if r.Kind() == '[' {
				all = texts(r)
			}
			for _, text := range all {
				if arn := resourceOf(text); arn != "" && !slices.Contains(found, arn) {
					found = append(found, arn)
				}
			}
		}
	}
	statements := root.Get("Statement")
	visit(statements)
	for _, s := range statements.Elements() {
		visit(s)
	}
	if len(found) != 1 || strings.ContainsAny(found[0], "*?$") {
		return "", false
	}
	return found[0], true
}

func resourceOf(text string) string {
	arn, ok := policy.ParseARN(text)
	if !ok {
		return ""
	}
	if arn.Service == "s3" && arn.Account == "" {
		bucket, _, _ := strings.Cut(arn.Resource, "/")
		arn.Resource = bucket
	}
	return arn.String()
}
