package collect

import (
	"slices"
	"strings"

	"accesspath/policy"
)

// decode reads a directory by where it stands.
func (d *directory) decode() {
	switch {
	case len(d.values) == 0:
	case d.place.kind == "organizations":
		d.organization()
	case d.dir == "":
		d.accountFiles()
	case d.service == "sso", d.service == "identitystore":
		d.identityCenter()
	default:
		d.thing()
	}
}

// thing reads a directory of an account that is about one ARN.
func (d *directory) thing() {
	text := d.arn()
	arn, ok := policy.ParseARN(text)
	if !ok {
		d.part.Broken = d.part.Broken || d.service == "iam" // there is somebody of whom nothing is known
		d.warn("no-arn", "metadata.json does not say the ARN; the directory is skipped")
		return
	}
	if arn.Service != "iam" {
		d.resource(arn)
		return
	}
	d.iam(arn)
}

// known files, by service; the rest of a service's files is passed over.
var (
	iamFiles = []string{
		"metadata", "trust-policy", "inline-policies", "managed-policies", "instance-profiles", "groups", "tags", "current-policy", "policy",
	}
	resourceFiles = []string{"metadata", "policy", "bpa", "tags"}
	accountFiles  = []string{"s3-bpa", "organization"}
	centerFiles   = []string{
		"metadata", "awsmanagedpolicies", "customermanagedpolicies", "inlinepolicy", "permissionboundary", "members", "groups", "accounts", "tags",
	}
	organizationFiles = []string{"metadata", "accounts", "ous", "structure", "delegated-admins"}
)

// withPolicies are the services of which policy.json holds a resource policy.
var withPolicies = []string{
	"s3", "kms", "sqs", "sns", "lambda", "secretsmanager", "ecr", "dynamodb", "glue", "backup", "codeartifact", "codebuild",
	"elasticfilesystem", "events", "kafka", "kinesis", "es", "s3express", "s3tables", "s3-outposts", "s3-object-lambda", "ses", "acm-pca", "glacier",
}

// Reasons for passing a file over.
const (
	whyIndex   = "an index of that tool, made of what else is here"
	whyShare   = "shares of Resource Access Manager do not count yet"
	whyNothing = "nothing in it bears on access as accesspath sees it"
	whyUnknown = "what it holds is not known"
	whyService = "resources of this service do not count"
)

// skips says why a file of the directory is passed over, "" if it is read.
func (d *directory) skips(file string) string {
	among := func(files []string) string {
		if slices.Contains(files, file) {
			return ""
		}
		return whyUnknown
	}
	switch {
	case d.place.kind == "indexes":
		return whyIndex
	case d.place.kind == "organizations":
		return d.skipsOrganization(file, among)
	case d.dir == "":
		if strings.HasPrefix(file, "ecr-registry-policy.") {
			return whyNothing
		}
		return among(accountFiles)
	case d.service == "ram":
		return whyShare
	case d.service == "iam":
		return among(iamFiles)
	case d.service == "sso" || d.service == "identitystore":
		if strings.Contains(d.dir, "/membership/") {
			return whyNothing // members.json of the groups says the same
		}
		return among(centerFiles)
	case !slices.Contains(withPolicies, d.service):
		return whyService
	case file == "encryption":
		return whyNothing
	}
	return among(resourceFiles)
}

func (d *directory) skipsOrganization(file string, among func([]string) string) string {
	kind, _, _ := strings.Cut(d.dir, "/")
	switch {
	case kind == "s3-policies", file == "tags":
		return whyNothing
	case d.dir == "" && file == "policy":
		return "the organization's own resource policy does not count"
	case d.dir == "":
		return among(organizationFiles)
	case kind == "scps" || kind == "rcps":
		return among([]string{"metadata", "policy"})
	case kind == "ous":
		return among([]string{"metadata"})
	}
	return whyUnknown
}
