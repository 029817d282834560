package query

import (
	"slices"
	"strings"

	"accesspath/graph"
	"accesspath/policy"
	"accesspath/policy/catalog"
)

// An Also is a further permission that what was asked for takes, judged for the
// same session (QRY-19).
type Also struct {
	Action   string        `json:"action"`
	Resource string        `json:"resource"`
	Verdict  string        `json:"verdict"`
	Requires []Requirement `json:"requires,omitempty"`
	Text     string        `json:"text"` // why it is needed
	Rule     string        `json:"rule"`
}

// dependent is an action that is of no use without another one.
type dependent struct {
	needs string // action
	on    string // resource: "same", "*", "roles" or "key"
	text  string
	rule  string
}

// passesRole is what actions need that hand a role to a service.
var passesRole = dependent{"iam:PassRole", "roles", "the call hands a role to the service", "QRY-19"}

// dependents are the actions with a need of their own, by name. The catalogue
// lacks them. A call that may do without is not listed: a role that a caller
// need not pass is no requirement.
var dependents = map[string][]dependent{
	"ecr:BatchGetImage": {
		{"ecr:GetDownloadUrlForLayer", "same", "pulling an image takes its layers", "RPOL-19"},
		{"ecr:GetAuthorizationToken", "*", "the registry asks for a token first", "RPOL-19"},
	},
	"ecr:GetDownloadUrlForLayer": {
		{"ecr:BatchGetImage", "same", "pulling an image takes its manifest", "RPOL-19"},
		{"ecr:GetAuthorizationToken", "*", "the registry asks for a token first", "RPOL-19"},
	},
	"lambda:InvokeFunctionUrl":         {{"lambda:InvokeFunction", "same", "a call of a function URL takes both", "RPOL-18"}},
	"secretsmanager:GetSecretValue":    {{"kms:Decrypt", "key", "the secret is encrypted", "RPOL-15"}},
	"lambda:CreateFunction":            {passesRole},
	"glue:CreateJob":                   {passesRole},
	"sagemaker:CreateNotebookInstance": {passesRole},
	"sagemaker:CreateTrainingJob":      {passesRole},
	"sagemaker:CreateProcessingJob":    {passesRole},
	"codebuild:CreateProject":          {passesRole},
	"states:CreateStateMachine":        {passesRole},
	"iam:AddRoleToInstanceProfile":     {passesRole},
	"scheduler:CreateSchedule":         {passesRole},
	"pipes:CreatePipe":                 {passesRole},
}

// also lists what else a session needs for an action on a resource.
func (w *walker) also(s state, action, resource string) []Also {
	var out []Also
	n := w.actor(s)
	if !n.Acts() {
		return nil
	}
	for _, d := range dependents[action] {
		out = append(out, w.dependentOn(s, n, d, resource))
	}
	for _, t := range otherTypes(n, action, resource) {
		a := Also{Action: action, Resource: t.resource, Rule: "ACTM-08", Text: "the same call is authorized on a resource of type " + t.action + " as well"}
		w.judge(s, n, &a)
		out = append(out, a)
	}
	return out
}

// judge evaluates a further request in the session.
func (w *walker) judge(s state, n *graph.Node, a *Also) {
	req := policy.False()
	for _, resource := range w.e.likely(n, a.Action, a.Resource) {
		req = policy.Or(req, w.e.decide(n, a.Action, resource, w.tokenTags(s)).Requires)
	}
	switch req = w.inState(s, req); {
	case req.IsFalse():
		a.Verdict = VerdictDeny
	case w.e.outright(req):
		a.Verdict = VerdictAllow
	default:
		a.Verdict, a.Requires = VerdictAllowIf, Requirements(req, 1)
	}
}

// likely lists resources that stand for a pattern, without those that only match
// because a wildcard in some policy runs on over the next parts of an ARN.
func (e *Engine) likely(n *graph.Node, action, resource string) []string {
	if resource == "*" || !strings.ContainsAny(resource, "*?") {
		return []string{resource}
	}
	list, _ := e.g.Model.Witnesses(n, action, resource, false)
	return slices.DeleteFunc(slices.Clone(list), func(w string) bool { return strings.Count(w, ":") > strings.Count(resource, ":") })
}

func (w *walker) dependentOn(s state, n *graph.Node, d dependent, resource string) Also {
	a := Also{Action: d.needs, Resource: resource, Text: d.text, Rule: d.rule}
	arn, _ := policy.ParseARN(resource)
	switch d.on {
	case "*":
		a.Resource = "*"
	case "roles":
		a.Resource = "arn:" + partitionFor(n, arn) + ":iam::" + n.Account + ":role/*"
	case "key":
		return w.decrypts(s, n, a, resource)
	}
	w.judge(s, n, &a)
	return a
}

// decrypts: whether kms:Decrypt is needed hangs on the key (RPOL-15). With the
// key of AWS the service decrypts by itself, within the account only.
func (w *walker) decrypts(s state, n *graph.Node, a Also, resource string) Also {
	r := w.e.g.Model.Resource(resource)
	switch {
	case r == nil || r.EncryptionKey == "":
		a.Resource, a.Verdict = "*", VerdictAllowIf
		a.Requires = []Requirement{{Hop: 1, Key: "DATA:encryption-key", Operator: "Known", Values: []string{resource}, Class: policy.ClassData.String(),
			Code: "DATA:encryption-key", Text: "not in the input: which key encrypts " + resource}}
		return a
	case strings.HasSuffix(r.EncryptionKey, "alias/aws/secretsmanager"):
		a.Resource, a.Verdict = r.EncryptionKey, VerdictAllow
		a.Text = "the secret is encrypted with the key that AWS manages, which the service uses for callers of its own account"
		if n.Account != r.Account {
			a.Verdict, a.Text = VerdictDeny, "the secret is encrypted with the key that AWS manages, which works within the account only"
		}
		return a
	}
	a.Resource = r.EncryptionKey
	w.judge(s, n, &a)
	return a
}

// otherTypes lists what else one call is authorized on (ACTM-08): the types of
// resource that the action requires besides that of the resource asked about, as
// patterns in target.resource and names in target.action.
func otherTypes(n *graph.Node, action, resource string) []target {
	service, name, _ := strings.Cut(action, ":")
	info, ok := catalog.Action(service, name)
	arn, isARN := policy.ParseARN(resource)
	if !ok || !isARN {
		return nil
	}
	asked := catalog.TypesOfARN(service, resource)
	var out []target
	for _, use := range info.ResourceTypes {
		if !use.Required || len(asked) == 0 || slices.Contains(asked, use.Type) {
			continue
		}
		t, known := catalog.ResourceType(service, use.Type)
		if !known || len(t.ARNs) == 0 {
			continue
		}
		out = append(out, target{action: use.Type, resource: filled(t.ARNs[0], n, arn)})
	}
	return out
}

// filled makes a pattern of an ARN template, of the resource's account and
// region.
func filled(template string, n *graph.Node, arn policy.ARN) string {
	account, region := arn.Account, arn.Region
	if account == "" {
		account = n.Account
	}
	if region == "" {
		region = "*"
	}
	return catalog.FillTemplate(template, func(name string, part int) string {
		switch {
		case part == catalog.PartPartition:
			return partitionFor(n, arn)
		case part == catalog.PartRegion:
			return region
		case part == catalog.PartAccount, strings.EqualFold(name, "account"):
			return account
		}
		return "*"
	})
}

func partitionFor(n *graph.Node, arn policy.ARN) string {
	if a, ok := policy.ParseARN(n.ID); ok {
		return a.Partition
	}
	return arn.Partition
}

// reachable sums up a verdict and what else is needed (QRY-19).
func reachable(verdict string, also []Also) string {
	for _, a := range also {
		switch {
		case a.Verdict == VerdictDeny:
			return VerdictDeny
		case a.Verdict == VerdictAllowIf:
			verdict = VerdictAllowIf
		}
	}
	return verdict
}
