package ingest

import (
	"bytes"
	"regexp"
	"strings"
	"unicode/utf8"

	"accesspath/iam"
	"accesspath/ingest/awscli"
	"accesspath/ingest/cloudformation"
	"accesspath/ingest/gaad"
)

const (
	hintJSON  = "export it again with --output json"
	hintPlain = "unpack it; of a plan, give the output of: terraform show -json PLAN"
)

// foreign reads text that is neither JSON nor XML: a template in YAML, or
// something that says by how it begins what to give instead.
func (w *walker) foreign(head []byte) {
	begin := opening(head)
	if cloudformation.LooksLikeYAML(head) {
		w.yaml()
		return
	}
	for _, is := range []func([]byte, string) (what, hint string){archive, refusal, otherOutput, source} {
		if what, hint := is(head, begin); what != "" {
			w.fail("not-json", what, hint)
			return
		}
	}
	switch {
	case yamlName(w.file.Name): // directories hold YAML of all kinds
		what, hint := yamlOf(head)
		w.file.Report(iam.Diagnostic{Severity: iam.Warning, Code: "unrecognized", Message: what, Hint: hint})
	case csvName(w.file.Name):
		w.fail("not-json", `a table that is no credential report: the file begins with "`+begin+`"`, "give what aws iam get-credential-report prints; any other table is not read")
	default:
		w.notJSON(begin)
	}
}

// archive tells files that hold no text.
func archive(head []byte, _ string) (what, hint string) {
	switch {
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		return "a zip archive, perhaps a saved plan of Terraform", hintPlain
	case bytes.HasPrefix(head, []byte("SQLite format 3\x00")):
		return "an SQLite database", "if accesspath made it, name it with --db"
	case bytes.HasPrefix(head, []byte("\x1f\x8b")), bytes.HasPrefix(head, []byte("\x28\xb5\x2f\xfd")):
		return "compressed more than twice", "unpack it first"
	case bytes.HasPrefix(head, []byte("%PDF-")):
		return "a PDF document, and no text", hintExport
	case bytes.IndexByte(head[:min(len(head), 512)], 0) >= 0:
		return "binary data, and no text", hintExport
	}
	return "", ""
}

// refused is how the AWS CLI reports what AWS answered with an error.
var refused = regexp.MustCompile(`An error occurred \(([A-Za-z0-9.]+)\) when calling the ([A-Za-z0-9]+) operation`)

// failures are how the AWS CLI begins to say that it did not get as far as that.
var failures = []string{"Unable to locate credentials", "Partial credentials found", "Error when retrieving", "Error loading SSO Token", "The SSO session", "The config profile",
	"Could not connect to the endpoint", "You must specify a region", "Unable to parse config", "aws: error", "aws: [ERROR]", "usage: aws"}

// refusal tells the errors of the AWS CLI, where standard error was kept for the export.
func refusal(head []byte, begin string) (what, hint string) {
	if m := refused.FindSubmatch(head); m != nil {
		hint = "see to it that the call succeeds, and export again"
		if code := string(m[1]); strings.Contains(code, "AccessDenied") || strings.Contains(code, "Unauthorized") {
			hint = "whoever exports must be allowed that call, as the AWS managed policy SecurityAudit does; then export again"
		} else if strings.Contains(code, "Token") || strings.Contains(code, "Expired") {
			hint = "sign in again, and export again"
		}
		return "an error of the AWS CLI and no export: " + string(m[1]) + " at " + string(m[2]), hint
	}
	for _, f := range failures {
		if strings.HasPrefix(begin, f) {
			return `an error of the AWS CLI and no export: "` + begin + `"`, "see that aws sts get-caller-identity answers, and export again"
		}
	}
	return "", ""
}

// rowOfText begins a line of the AWS CLI's format text: the name of a list, and a tab.
var rowOfText = regexp.MustCompile(`^[A-Z][A-Z0-9]{3,}\t`)

// otherOutput tells what the AWS CLI prints in formats other than JSON, and JSON behind
// other text.
func otherOutput(head []byte, begin string) (what, hint string) {
	name, _, yaml := strings.Cut(begin, ":")
	name = strings.TrimPrefix(name, "- ") // of yaml-stream
	switch {
	case bytes.HasPrefix(head, []byte("---")) && bytes.Contains(head, []byte("\n|")), strings.HasPrefix(begin, "+--"):
		return "a table as the AWS CLI draws it, which is not read", hintJSON
	case rowOfText.MatchString(begin):
		return "what the AWS CLI prints as text, which is not read", hintJSON
	case yaml && name != "" && name[0] >= 'A' && name[0] <= 'Z' && (gaad.ListOf([]byte(name)) != "" || awscli.MemberOf([]byte(name)) != ""):
		return "what the AWS CLI prints as YAML, which is not read", hintJSON
	case strings.TrimSpace(begin) == "null", strings.TrimSpace(begin) == "None":
		return "nothing but " + strings.TrimSpace(begin) + ", which the AWS CLI prints if --query selects nothing", "export it again without --query"
	case bytes.Contains(head, []byte("\n{")):
		return `JSON behind other text: the file begins with "` + begin + `"`, "take out what stands before the JSON, and keep standard error apart from the export"
	}
	return "", ""
}

// source tells what has to be made into something else first.
func source(_ []byte, begin string) (what, hint string) {
	for _, block := range []string{`resource "`, `provider "`, "terraform {", `data "`, `module "`, `variable "`, "locals {", `output "`} {
		if strings.HasPrefix(begin, block) {
			return "the configuration of Terraform, which does not say what its values are", "plan it and give the plan: terraform plan -out plan && terraform show -json plan"
		}
	}
	return "", ""
}

// yamlOf says what YAML is that is no template.
func yamlOf(head []byte) (what, hint string) {
	for line := range bytes.Lines(head) {
		switch name, value, _ := strings.Cut(string(bytes.TrimSpace(line)), ":"); {
		case name == "checks" && value == "":
			return "YAML that is no template of CloudFormation: perhaps invariants, which accesspath check reads", "name the file to accesspath check, and exports with --input"
		case name == "apiVersion":
			return "YAML that is no template of CloudFormation: perhaps a manifest of Kubernetes", hintExport
		}
	}
	return "YAML that is no template of CloudFormation", hintExport
}

func yamlName(name string) bool {
	name = strings.ToLower(name)
	return strings.HasSuffix(name, ".yaml") || strings.HasSuffix(name, ".yml")
}

func csvName(name string) bool { return strings.Contains(strings.ToLower(name), ".csv") }

// opening shortens the first line of a file for a message.
func opening(head []byte) string {
	line, _, _ := strings.Cut(string(head[:min(len(head), 200)]), "\n")
	if line = strings.TrimSuffix(line, "\r"); len(line) > 40 {
		end := 40
		for !utf8.RuneStart(line[end]) {
			end--
		}
		line = line[:end] + "…"
	}
	return strings.ToValidUTF8(line, "\uFFFD")
}
