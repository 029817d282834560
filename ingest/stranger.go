package ingest

import (
	"fmt"
	"slices"
	"strings"

	"accesspath/iam"
)

// What is most often given by mistake says more than which members it has.

// strangers are documents that nothing reads, told by names that they have in common.
var strangers = []struct {
	members []string // all of them
	what    string
}{
	{[]string{"configurationItems"}, "a snapshot of AWS Config, which is not read"},
	{[]string{"Records"}, "perhaps a log of CloudTrail, which says what was called and not who may call it"},
	{[]string{"EvaluationResults"}, "what the policy simulator of IAM answers, which is about single requests"},
	{[]string{"findings"}, "perhaps findings of IAM Access Analyzer, which is no input"},
	{[]string{"bindings"}, "perhaps an IAM policy of Google Cloud; only accounts of AWS are read"},
	{[]string{"dependencies"}, "perhaps the manifest of a package"},
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
	case members != "":
		d.Message = language + " that is no snapshot of AWS: " + w.seems() + "its members are " + members
	case w.known:
		d.Message = language + " without a user, a group, a role, a policy or a resource in it"
	default:
		d.Message = language + " that is no snapshot of AWS: it has no members"
	}
	w.file.Report(d)
}

// seems is what a file seems to be, with a semicolon; "" if nothing tells.
func (w *walker) seems() string {
	for _, f := range strangers {
		if !slices.ContainsFunc(f.members, func(name string) bool { return !slices.Contains(w.unknown, fmt.Sprintf("%q", name)) }) {
			return f.what + "; "
		}
	}
	return ""
}
