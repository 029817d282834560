package ingest

import (
	"cmp"

	"accesspath/iam"
	"accesspath/ingest/awscli"
	"accesspath/ingest/cloudformation"
	"accesspath/ingest/terraform"
	"accesspath/policy"
)

// declaration takes a member of a plan or state of Terraform, or of a template
// of CloudFormation.
func (o *objectReader) declaration(name, at string) (took bool, err error) {
	kind := o.stream.Kind()
	plan := o.terraform.Takes(name) || name == "configuration" && kind == '{'
	template := !plan && cloudformation.Takes(name) && (kind == '{' || kind == '"' || o.template.Sign()) && o.depth <= maxTemplateDepth
	if !plan && !template {
		return false, nil
	}
	v, err := o.stream.Value()
	if err != nil {
		return true, err
	}
	switch {
	case template:
		o.template.Keep(name, v, at)
		if name != "AWSTemplateFormatVersion" {
			o.keep(name, v, at)
		}
	case o.terraform.Takes(name) || terraform.IsConfiguration(v):
		o.terraform.Keep(name, v, at)
	default:
		o.keep(name, v, at)
	}
	return true, nil
}

// maxTemplateDepth is how deep a template may stand: get-template of
// CloudFormation wraps it once.
const maxTemplateDepth = 2

// declarations reads what was taken once the object is complete, and reports
// whether there was something.
func (o *objectReader) declarations() bool {
	account := cmp.Or(o.cli.Members["AccountId"].Value.Text(), o.account)
	if !policy.IsAccountID(account) {
		account = ""
	}
	o.terraform.Account, o.template.Account = account, account
	took := o.terraform.Decode()
	return o.template.Decode() || took
}

// yaml reads a template in YAML.
func (w *walker) yaml() {
	line, _ := w.reader.Position(w.reader.Given())
	place := iam.Origin{File: w.file.Name, Line: line, Column: 1}
	t := cloudformation.Object{File: w.file, Part: w.part, Place: place}
	if err := t.DecodeYAML(w.reader); err != nil && w.ctx.Err() == nil {
		w.part.Broken = true
		w.file.Report(iam.Diagnostic{Severity: iam.Error, Code: "invalid-yaml", Origin: place, Message: err.Error(), Hint: "validate the template: aws cloudformation validate-template"})
	}
}

// likeDeclaration looks at how a file of a directory begins.
func likeDeclaration(head []byte) bool {
	return cloudformation.LooksLikeYAML(head) || awscli.IsReport(head)
}
