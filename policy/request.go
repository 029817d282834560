package policy

import "strings"

// A Request is one call: who does what to which resource.
type Request struct {
	Caller   Caller
	Action   string // "s3:GetObject"; case is ignored
	Resource string // a concrete ARN, or "*" for actions without resource types
	// ResourceAccount owns the resource; "" if unknown (NAT-02).
	ResourceAccount string
	// Collection is the ARN that a wildcard-only action may be granted on
	// besides "*" (ACTM-07); "" for all other actions.
	Collection string
	Context    Context
	// AWSManagedKey marks an AWS-managed KMS key (ORG-10, RPOL-13).
	AWSManagedKey bool
}

// evaluation is the state of one call of Evaluate.
type evaluation struct {
	request    *Request
	action     string // lower case
	service    string
	name       string // lower case, behind the colon
	resource   string
	arn        ARN
	isARN      bool
	collection string
	context    Context
	trust      bool        // the resource policy is a role trust policy
	same       bool        // caller and resource are of one account
	blocked    bool        // S3 Block Public Access took an Allow away (RPOL-04)
	lists      Requirement // of what access control lists grant to everyone
	layer      layerKind   // whose statements are being read
	bare       bool        // nothing but the verdict is wanted: see Verdict
	explicit   bool        // a Deny holds; kept if bare
	codes      []string
	noted      []string // codes of the statement at hand
}

func newEvaluation(r *Request) *evaluation {
	e := &evaluation{request: r, action: strings.ToLower(r.Action), resource: r.Resource, collection: r.Collection, context: r.Context}
	e.service, e.name, _ = strings.Cut(e.action, ":")
	e.arn, e.isARN = ParseARN(r.Resource)
	e.trust = e.service == "sts" && e.isARN && e.arn.Service == "iam" && strings.HasPrefix(e.arn.Resource, "role/")
	e.same = r.Caller.Account != "" && r.Caller.Account == r.ResourceAccount
	if e.context == nil {
		e.context = MapContext(nil)
	}
	return e
}

// note keeps an uncertainty code of the statement at hand.
func (e *evaluation) note(code string) {
	if code != "" {
		e.noted = append(e.noted, code)
	}
}

// Collection is the ARN that stands for all things that a wildcard-only action shows of an
// account (ACTM-07); "" if none is known.
func Collection(action, account string) string {
	switch strings.ToLower(action) {
	case "s3:listallmybuckets":
		return "arn:aws:s3:::*"
	case "iam:listusers":
		return "arn:aws:iam::" + account + ":user/"
	case "iam:listroles":
		return "arn:aws:iam::" + account + ":role/"
	case "iam:listgroups":
		return "arn:aws:iam::" + account + ":group/"
	}
	return ""
}
