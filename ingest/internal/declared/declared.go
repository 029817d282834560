// Package declared holds what readers of declarations (Terraform,
// CloudFormation) share: how a declared user, role or policy becomes a fact of a
// part, and how a value that is not known before things are made stays unknown.
//
// A policy whose text hangs on an unknown value is unknown as a whole: its
// Document is nil and its Defect names the value, so that verdicts show it as a
// gap in the data (GAAD-20). An attachment of an unknown policy refers to a name
// that nothing resolves (GAAD-19).
package declared

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"accesspath/iam"
	"accesspath/ingest/internal/part"
	"accesspath/ingest/internal/scan"
	"accesspath/policy"
)

// Code is the code of diagnostics about unknown values.
const Code = "unknown-value"

// A Sheet takes down the facts of one file.
type Sheet struct {
	File *scan.File
	Part *part.Part
	Hint string // the next step where a value is unknown
}

// Unknown lists a value that is not known, and what that costs.
func (s *Sheet) Unknown(place iam.Origin, entity, format string, args ...any) {
	s.File.Report(iam.Diagnostic{Severity: iam.Warning, Code: Code, Origin: place, Entity: entity, Message: fmt.Sprintf(format, args...), Hint: s.Hint})
}

// Note reports something that is no loss.
func (s *Sheet) Note(place iam.Origin, code, entity, message string) {
	s.File.Report(iam.Diagnostic{Severity: iam.Note, Code: code, Origin: place, Entity: entity, Message: message})
}

// Unread lists types of resources that nothing reads, with how many there are.
func (s *Sheet) Unread(place iam.Origin, types map[string]int) {
	if len(types) == 0 {
		return
	}
	var names []string
	n := 0
	for _, t := range slices.Sorted(maps.Keys(types)) {
		n += types[t]
		names = append(names, scan.Clip(t))
	}
	if more := len(names) - 12; more > 0 {
		names = append(names[:12], fmt.Sprintf("%d more", more))
	}
	s.Note(place, "not-used", "", fmt.Sprintf("%d resources of types that are not read: %s", n, strings.Join(names, ", ")))
}

// A Text is a policy document as declared.
type Text struct {
	Value   scan.Value // text or object
	Pointer string
	Place   iam.Origin
	Unknown string // the unknown value that it hangs on; "" if it is known
}

// Policy reads a document. Entity is whose it is.
func (s *Sheet) Policy(t Text, name, entity string) *iam.Policy {
	if t.Unknown != "" {
		s.Unknown(t.Place, entity, "%s hangs on %s and counts as unknown", name, t.Unknown)
		return &iam.Policy{Name: name, Defect: "hangs on " + t.Unknown, Origin: t.Place}
	}
	return s.File.Policy(t.Value, name, t.Pointer, entity)
}

// A Home is where things are made; fields may be empty.
type Home struct{ Partition, Account, Region string }

// ARN joins the parts of a name.
func (h Home) ARN(service, region, account, resource string) string {
	return "arn:" + cmp.Or(h.Partition, "aws") + ":" + service + ":" + region + ":" + account + ":" + resource
}

// Entity makes the common part of a user, group or role.
func (h Home) Entity(kind, path, name string, place iam.Origin) iam.Entity {
	path, name = Path(path), Name(name)
	return iam.Entity{ARN: h.ARN("iam", "", h.Account, kind+path+name), Name: name, Path: path, Account: h.Account, Origin: place}
}

// Name keeps a name that IAM would not take from breaking its ARN.
func Name(name string) string {
	if name == "" || strings.ContainsAny(name, "/:") {
		return Placeholder(name)
	}
	return name
}

// KnownARN is text if it is the ARN of a kind of IAM's things, with its path and
// name.
func KnownARN(text, kind string) (account, path, name string, ok bool) {
	arn, isARN := policy.ParseARN(text)
	rest, isKind := strings.CutPrefix(arn.Resource, kind+"/")
	if !isARN || !isKind || arn.Service != "iam" || arn.Account == "" || strings.HasSuffix(rest, "/") || rest == "" {
		return "", "", "", false
	}
	i := strings.LastIndexByte(rest, '/')
	return arn.Account, "/" + rest[:i+1], rest[i+1:], true
}

// Path gives a path its slashes.
func Path(path string) string {
	if path = "/" + strings.Trim(path, "/") + "/"; path == "//" {
		return "/"
	}
	return path
}

// Managed makes a customer managed policy of one version.
func (h Home) Managed(path, name string, place iam.Origin) *iam.ManagedPolicy {
	path, name = Path(path), Name(name)
	return &iam.ManagedPolicy{ARN: h.ARN("iam", "", h.Account, "policy"+path+name), Name: name, Path: path, Account: h.Account, DefaultVersionID: "v1", Origin: place}
}

// SetVersion gives a managed policy its only version.
func SetVersion(m *iam.ManagedPolicy, p *iam.Policy) {
	v := &iam.PolicyVersion{Policy: *p, VersionID: cmp.Or(m.DefaultVersionID, "v1"), IsDefault: true}
	v.ARN = m.ARN
	m.Versions = []*iam.PolicyVersion{v}
}

// Attachment refers to a managed policy by ARN.
func Attachment(arn string) *iam.Attachment {
	return &iam.Attachment{ARN: arn, Name: arn[strings.LastIndexByte(arn, '/')+1:]}
}

// UnknownPolicy is an attachment of a policy whose ARN is not known.
func UnknownPolicy(value string) *iam.Attachment {
	return &iam.Attachment{ARN: "unknown:" + value, Name: value}
}

// Placeholder is a name for something whose name is not known: no name that AWS
// would give.
func Placeholder(address string) string {
	return "(" + strings.NewReplacer("/", "_", ":", "_", " ", "_").Replace(address) + ")"
}

// PartitionOf tells the partition of a region; "" if there is no region.
func PartitionOf(region string) string {
	switch {
	case region == "":
		return ""
	case strings.HasPrefix(region, "cn-"):
		return "aws-cn"
	case strings.HasPrefix(region, "us-gov-"):
		return "aws-us-gov"
	case strings.HasPrefix(region, "us-iso-"):
		return "aws-iso"
	case strings.HasPrefix(region, "us-isob-"):
		return "aws-iso-b"
	}
	return "aws"
}
