package awscli

import (
	"accesspath/iam"
	"accesspath/ingest/internal/scan"
)

// unplaced reports a policy document that does not say whose it is, and what to give
// depends on what sort it is: only that of a resource can be told where it belongs.
func (o *Object) unplaced(statement scan.Value) {
	principal, resource := false, false
	look := func(s scan.Value) {
		principal = principal || !s.Get("Principal").Absent() || !s.Get("NotPrincipal").Absent()
		resource = resource || !s.Get("Resource").Absent() || !s.Get("NotResource").Absent()
	}
	look(statement) // one may stand without a list
	for _, s := range statement.Elements() {
		look(s)
	}
	const what = "a policy document on its own, without saying "
	switch {
	case principal && !resource:
		o.report(iam.Warning, "unplaced-policy", "give an export of the account, which has the role as well", what+"which role it is the trust policy of")
	case principal:
		o.report(iam.Warning, "unplaced-policy", `wrap it: {"Resource": "arn:…", "Policy": …}`, what+"what it is attached to")
	default:
		o.report(iam.Warning, "unplaced-policy", "give an export of the account; what the policy would change there, who-can, can and paths tell with --with-policy PRINCIPAL=FILE or --with-scp FILE", what+"who has it")
	}
}
