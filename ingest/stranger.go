package ingest

import (
	"slices"
	"strings"

	"accesspath/iam"
)

// What is most often given by mistake says more than which members it has.

// A stranger is a document that nothing reads.
type stranger struct {
	members []string // all of them tell it
	what    string
	hint    string // what to give instead; "" an export
}

const (
	hintSecret = "keep the file where nobody else reads it, and give an export of the account"
	hintRaw    = "give the export that it was made from"
)

// strangers are told by names that they have in common; those first that need more.
var strangers = []stranger{
	{[]string{"configurationItems"}, "a snapshot of AWS Config, which is not read", ""},
	{[]string{"configurationItemCaptureTime"}, "an item of AWS Config, which is not read", ""},
	{[]string{"baseConfigurationItems"}, "items of AWS Config, which are not read", ""},
	{[]string{"Results", "QueryInfo"}, "what a query of AWS Config answers, which is not read", ""},
	{[]string{"Records"}, "perhaps a log of CloudTrail, which says what was called and not who may call it", ""},
	{[]string{"eventName", "eventSource"}, "perhaps events of CloudTrail, which say what was called and not who may call it", ""},
	{[]string{"Events"}, "perhaps events of CloudTrail, which say what was called and not who may call it", ""},
	{[]string{"EvaluationResults"}, "what the policy simulator of IAM answers, which is about single requests", ""},
	{[]string{"findings"}, "perhaps findings of IAM Access Analyzer, which is no input", ""},
	{[]string{"Findings"}, "perhaps findings of Security Hub or GuardDuty, which are no input", ""},
	{[]string{"finding_info"}, "perhaps findings of Prowler, which are no input", ""},
	{[]string{"runs", "version"}, "perhaps findings in the form SARIF, which are no input", ""},
	{[]string{"provider_code", "services"}, "perhaps a report of Scout Suite, which is not read", ""},
	{[]string{"customer_managed_policies", "inline_policies"}, "perhaps a report of Cloudsplaining, which is not read", hintRaw},
	{[]string{"Credentials"}, "perhaps credentials of a session, which are a secret and no export", hintSecret},
	{[]string{"AccessKeyId", "SecretAccessKey"}, "perhaps credentials, which are a secret and no export", hintSecret},
	{[]string{"AccessKey"}, "perhaps a new access key, which is a secret and no export", hintSecret},
	{[]string{"__type"}, "perhaps an error that AWS answered", "see that the call succeeds, and export again"},
	{[]string{"Code", "Message"}, "perhaps an error that AWS answered", "see that the call succeeds, and export again"},
	{[]string{"Error"}, "perhaps an error that AWS answered", "see that the call succeeds, and export again"},
	{[]string{"bindings"}, "perhaps an IAM policy of Google Cloud; only accounts of AWS are read", ""},
	{[]string{"roleDefinitionId"}, "perhaps role assignments of Azure; only accounts of AWS are read", ""},
	{[]string{"apiVersion", "kind"}, "perhaps a manifest of Kubernetes; only accounts of AWS are read", ""},
	{[]string{"$schema", "properties"}, "perhaps a JSON Schema, which describes files", ""},
	{[]string{"dependencies"}, "perhaps the manifest of a package", ""},
}

// meets looks whether an object that nothing reads is one of the strangers. What stands
// further out counts for more.
func (w *walker) meets(names []string, depth int) {
	if depth > 1 || w.stranger != nil && w.strangerAt <= depth {
		return
	}
	for i := range strangers {
		if !slices.ContainsFunc(strangers[i].members, func(name string) bool { return !slices.Contains(names, name) }) {
			w.stranger, w.strangerAt = &strangers[i], depth
			return
		}
	}
}

// unrecognized says what a file holds that nothing reads. Notes by recognizers
// (known and not used yet) have said all there is to say.
func (w *walker) unrecognized(language string) {
	members := strings.Join(w.unknown, ", ")
	d := iam.Diagnostic{Severity: iam.Warning, Code: "unrecognized", Hint: hintExport}
	switch used := w.part.Used() || w.part.Source.Format != ""; {
	case used && members != "":
		d.Severity, d.Hint, d.Message = iam.Note, "", "nothing reads the members "+members
	case used || w.file.Reported():
		return
	case members != "" && w.stranger != nil:
		d.Message = language + " that is no snapshot of AWS: " + w.stranger.what + "; its members are " + members
		if w.stranger.hint != "" {
			d.Hint = w.stranger.hint
		}
	case members != "":
		d.Message = language + " that is no snapshot of AWS: its members are " + members
	case w.known:
		d.Message = language + " without a user, a group, a role, a policy or a resource in it"
	case w.quoted:
		d.Message, d.Hint = language+" in a text of JSON: it was turned into text once too often", "take it out of the text: jq -r ."
	default:
		d.Message = language + " that is no snapshot of AWS: it has no members"
	}
	w.file.Report(d)
}
