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
	none := o.Members["Policy"].Value.Kind() == 'n' // said to have no policy
	if o.shaped || o.used["Policy"] || o.has("KeyMetadata", "PolicySummary") || !acl && !none && !o.has(singles...) {
		return false
	}
	if v := o.Members["Policy"].Value; v.Kind() == '{' && v.Get("Statement").Absent() && v.Get("Version").Absent() {
		return false // iam get-policy, or something else of that name
	}
	arn := o.subject()
	if arn == "" {
		if acl || o.has(singles...) {
			o.nameless(acl)
		}
		return acl || o.has(singles...)
	}
	r := o.add(NewResource(arn, o.owner(), o.Place))
	r.Origin.Pointer = o.Pointer
	if region := o.text("Region"); region != "" {
		r.Region = region
	}
	o.aspects(r, o.raw, o.Pointer)
	o.Part.Took("resource")
	return true
}

// subject finds out which resource the object is about.
func (o *Object) subject() string {
	for _, n := range []string{"Resource", "ResourceArn", "Arn", "KeyId", "RepositoryArn", "FunctionArn", "TopicArn", "QueueArn", "BackupVaultArn"} {
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
	if id, name, region := o.text("RegistryId"), o.text("RepositoryName"), o.text("Region"); id != "" && name != "" && region != "" {
		return "arn:" + partitionOf(region) + ":ecr:" + region + ":" + id + ":repository/" + name
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
	case o.has("PublicAccessBlockConfiguration"):
		o.report(iam.Warning, "incomplete-output", hintBeside("Bucket", "name")+`, or {AccountId: "111122223333"} if it is that of the account`, "get-public-access-block does not name the bucket, or the account; it is skipped")
	case o.has("RepositoryName"):
		o.report(iam.Warning, "incomplete-output", hintBeside("Region", "eu-west-1"), "ecr get-repository-policy does not say in which region the repository is; it is skipped")
	case acl, o.has("OwnershipControls", "TagSet"):
		o.report(iam.Warning, "incomplete-output", hintBeside("Bucket", "name"), "an output about a bucket does not name the bucket; it is skipped")
	default:
		o.report(iam.Warning, "incomplete-output", hintBeside("Resource", "arn:…"), "a resource policy does not tell whose it is; it is skipped")
	}
}

// infer reads the one resource that all statements of a resource policy are
// about; objects stand for their bucket.
func (o *Object) infer(v scan.Value) (string, bool) {
	var found []string
	for _, text := range o.resourcesOf(v) {
		if arn := resourceOf(text); arn != "" && !slices.Contains(found, arn) {
			found = append(found, arn)
		}
		if len(found) > 1 {
			break
		}
	}
	if len(found) != 1 || strings.ContainsAny(found[0], "*?$") {
		return "", false
	}
	return found[0], true
}

// resourcesOf returns what the statements of a policy name as resources.
func (o *Object) resourcesOf(v scan.Value) []string {
	doc := o.File.Peek(v)
	if doc == nil {
		return nil
	}
	var out []string
	visit := func(s scan.Value) {
		for _, name := range []string{"Resource", "NotResource"} {
			if r := s.Get(name); r.Kind() == '[' {
				out = append(out, texts(r)...)
			} else if text := r.Text(); text != "" {
				out = append(out, text)
			}
		}
	}
	statements := scan.Make("", []byte(doc.Text), 0, 0).Get("Statement")
	visit(statements)
	for _, s := range statements.Elements() {
		visit(s)
	}
	return out
}

// resourceOf drops what is inside the resource that has the policy: objects of
// buckets and access points, indexes of tables.
func resourceOf(text string) string {
	arn, ok := policy.ParseARN(text)
	if !ok {
		return ""
	}
	switch {
	case arn.Service == "s3" && arn.Account == "":
		arn.Resource, _, _ = strings.Cut(arn.Resource, "/")
	case arn.Service == "s3" && strings.HasPrefix(arn.Resource, "accesspoint/"), arn.Service == "dynamodb" && strings.HasPrefix(arn.Resource, "table/"):
		if parts := strings.SplitN(arn.Resource, "/", 3); len(parts) == 3 && (parts[2] == "*" || strings.HasPrefix(parts[2], "object/") || strings.HasPrefix(parts[2], "index/")) {
			arn.Resource = parts[0] + "/" + parts[1]
		}
	}
	return arn.String()
}
