// Package collecting holds the script that collects what accesspath reads, and
// the policy that running it takes. The commands of the script are those of the
// inputs IN-01 to IN-28; its file names are free, since files are recognised by
// what they hold.
package collecting

import _ "embed"

// Script is a POSIX shell script that needs the AWS CLI and jq.
//
//go:embed collect.sh
var Script string

// Policy is the least IAM policy that lets the script do all it does. Asking
// who called (sts:GetCallerIdentity) needs no permission (EVAL-36).
//
//go:embed policy.json
var Policy string
