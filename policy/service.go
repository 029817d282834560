package policy

import (
	"slices"
	"strings"
)

// serviceRule settles the requests that no policy layer decides, or that a
// service refuses whatever the policies say. done is false for all others.
func (e *evaluation) serviceRule(l *Layers) (d Decision, done bool) {
	c := &e.request.Caller
	switch {
	case e.isARN && c.Partition != "" && e.arn.Partition != "" && c.Partition != e.arn.Partition:
		return refuse("CONV-06", "principals and resources of different partitions never mix"), true
	case e.action == "sts:getcalleridentity":
		return Decision{Requires: True()}, true // EVAL-36
	case e.service == "sts":
		return e.stsRule()
	case e.service == "iam" && strings.HasPrefix(e.arn.Resource, "role/aws-reserved/") && mutatesIAM(e.name) && c.Kind != CallerService:
		return refuse("EVAL-34", "roles under /aws-reserved/ cannot be changed through IAM"), true
	case e.service == "iam" && strings.HasPrefix(e.arn.Resource, "role/aws-service-role/") && mutatesIAM(e.name) && !slices.Contains(serviceLinkedEdits, e.name) && c.Kind != CallerService:
		return refuse("EVAL-33", "service-linked roles belong to their service and cannot be changed through IAM"), true
	case e.service == "iam" && e.arn.Account == "aws" && mutatesIAM(e.name):
		return refuse("EVAL-35", "AWS managed policies cannot be changed"), true
	case e.service == "iam" && c.Kind == CallerFederatedUser:
		return refuse("STS-10", "federated-user sessions cannot call IAM"), true
	case e.service == "s3" && strings.HasSuffix(e.name, "bucketpolicy") && !e.same && e.request.ResourceAccount != "":
		return refuse("RPOL-03", "only principals of the bucket's account may call the bucket-policy APIs"), true
	case e.service == "sqs" && !e.same && e.request.ResourceAccount != "" && slices.Contains(sqsOwnAccountOnly, e.name):
		return refuse("RPOL-16", "this SQS action cannot be used from another account"), true
	case e.service == "kms" && !e.same && e.request.ResourceAccount != "" && c.Kind != CallerService && slices.Contains(kmsOwnAccountOnly, e.name):
		return refuse("RPOL-10", "this KMS action cannot be used from another account"), true
	case e.service == "kms" && strings.HasPrefix(e.arn.Resource, "alias/aws/") && strings.HasSuffix(e.name, "alias"):
		return refuse("RPOL-13", "the aliases of keys that AWS manages cannot be changed"), true
	case c.Kind == CallerRoot && e.same && slices.Contains(rootBucketPolicy, e.action):
		return e.rootBucketPolicy(l), true
	}
	return Decision{}, false
}

// ServiceDecides reports whether serviceRule may settle a request for an action by
// a user or role of the resource's partition.
func ServiceDecides(action string) bool {
	service, name, _ := strings.Cut(strings.ToLower(action), ":")
	switch service {
	case "sts", "iam", "sqs":
		return true
	}
	return service == "s3" && strings.HasSuffix(name, "bucketpolicy") || service == "kms" && slices.Contains(kmsOwnAccountOnly, name)
}

// foreignProvider: a sign-in through a provider of another account than the
// role's (FED-02, FED-04). Built-in providers have no account.
func (e *evaluation) foreignProvider() bool {
	c := &e.request.Caller
	if c.Kind != CallerWebIdentity && c.Kind != CallerSAML {
		return false
	}
	p, ok := ParseARN(c.ARN)
	return ok && p.Account != "" && e.request.ResourceAccount != "" && p.Account != e.request.ResourceAccount
}

func refuse(rule, text string) Decision {
	return Decision{Causes: []Cause{{Layer: "service-rule", Rule: rule, Text: text}}}
}

// stsRule: calls that some credentials cannot make (STS-09 to STS-13).
func (e *evaluation) stsRule() (Decision, bool) {
	switch kind := e.request.Caller.Kind; {
	case kind == CallerRoot && e.name == "assumerole":
		return refuse("STS-13", "the root user cannot assume roles"), true
	case kind == CallerAnonymous && e.name == "assumerole":
		return refuse("EVAL-31", "sts:AssumeRole is never anonymous"), true
	case kind == CallerFederatedUser:
		return refuse("STS-10", "federated-user sessions may call nothing of STS but GetCallerIdentity"), true
	case kind == CallerRole && (e.name == "getsessiontoken" || e.name == "getfederationtoken"):
		return refuse("STS-11", "role sessions cannot call this"), true
	case e.name == "getsessiontoken" && (kind == CallerUser || kind == CallerRoot):
		return Decision{Requires: True()}, true // EVAL-36
	}
	return Decision{}, false
}

var sqsOwnAccountOnly = []string{
	"addpermission", "cancelmessagemovetask", "createqueue", "deletequeue", "listmessagemovetasks", "listqueues",
	"listqueuetags", "removepermission", "setqueueattributes", "startmessagemovetask", "tagqueue", "untagqueue",
}

// kmsOwnAccountOnly are the actions on keys and aliases that have no effect in the key
// policies and identity policies of other accounts (KMS). Names are in lower case.
var kmsOwnAccountOnly = []string{
	"cancelkeydeletion", "createalias", "deletealias", "deleteimportedkeymaterial", "disablekey", "disablekeyrotation",
	"enablekey", "enablekeyrotation", "getkeypolicy", "getparametersforimport", "importkeymaterial", "listkeypolicies",
	"listkeyrotations", "listresourcetags", "putkeypolicy", "replicatekey", "rotatekeyondemand", "schedulekeydeletion",
	"tagresource", "untagresource", "updatealias", "updatekeydescription", "updateprimaryregion",
}

var rootBucketPolicy = []string{"s3:getbucketpolicy", "s3:putbucketpolicy", "s3:deletebucketpolicy"}

// rootBucketPolicy: the bucket's own policy cannot lock its root user out
// (RPOL-05).
func (e *evaluation) rootBucketPolicy(l *Layers) Decision {
	without := *l
	without.Resource = ResourceLayer{State: ResourceNone}
	return e.combine(e.parts(&without), False())
}

// serviceLinkedEdits are what IAM does let principals do with a service-linked
// role (SLR). Names are in lower case.
var serviceLinkedEdits = []string{"createservicelinkedrole", "deleteservicelinkedrole", "updateroledescription", "passrole", "tagrole", "untagrole"}

// mutatesIAM reports whether an IAM action changes something.
func mutatesIAM(name string) bool {
	for _, prefix := range []string{"get", "list", "generate", "simulate"} {
		if strings.HasPrefix(name, prefix) {
			return false
		}
	}
	return true
}

// rcpServices are the service prefixes that RCPs act on (ORG-11), as published
// in 2026.
var rcpServices = []string{
	"aoss", "appconfig", "appstream", "autoscaling", "autoscaling-plans", "budgets", "clouddirectory", "cloudfront",
	"cloudsearch", "cloudtrail-data", "codeartifact", "codebuild", "codecommit", "codepipeline", "cognito-identity", "cognito-idp",
	"comprehend", "comprehendmedical", "compute-optimizer", "cost-optimization-hub", "dax", "dsql", "dynamodb", "ecr",
	"ecr-public", "events", "firehose", "fis", "fms", "gamelift", "health", "inspector-scan",
	"kendra", "kinesisvideo", "kms", "logs", "memorydb", "networkmonitor", "notifications", "opensearch",
	"pca-connector-ad", "personalize", "polly", "pricing", "resource-groups", "rolesanywhere", "s3", "secretsmanager",
	"servicediscovery", "signin", "sqs", "sts", "support", "swf", "textract", "timestream-influxdb",
	"transcribe", "transfer", "translate", "wafv2", "workspaces", "xray",
}

func rcpService(prefix string) bool { return slices.Contains(rcpServices, prefix) }

// RCPServices lists the service prefixes that RCPs act on, sorted (ORG-11). The
// service catalogue has the same list; a test holds them together, because this
// package stands below the catalogue's users and beside the catalogue.
func RCPServices() []string { return slices.Sorted(slices.Values(rcpServices)) }

// RCPDataDate dates the list of services that RCPs act on.
const RCPDataDate = "2026-09"

// restrictPublic is S3 Block Public Access (RPOL-04): a public policy then
// gives access to the owner's account and to AWS services only.
func (e *evaluation) restrictPublic(g *grants, l *Layers) {
	if e.service != "s3" || e.same || e.request.Caller.Kind == CallerService || l.Resource.RestrictPublic == No || !publicPolicies(l.Resource.Policies) {
		return
	}
	if l.Resource.RestrictPublic == Undecided {
		g.allow[matchAny] = And(g.allow[matchAny], dataAtom("DATA:bpa", e.request.Resource))
		return
	}
	for k := range g.allow {
		if matchKind(k) != matchService {
			e.blocked = e.blocked || !g.allow[k].IsFalse()
			g.allow[k] = False()
		}
	}
}

// publicPolicies reports whether some Allow is to everyone without a fixed
// narrowing condition.
func publicPolicies(policies []Attached) bool {
	for p, s := range Statements(policies) {
		if !p.List && s.Public() {
			return true
		}
	}
	return false
}

// publicList is what an access control list's grant to everyone hangs on: another switch
// of S3 Block Public Access than that for policies (RPOL-04, RPOL-06).
func (e *evaluation) publicList(l *Layers) Requirement {
	switch l.Resource.IgnorePublicLists {
	case Yes:
		return False()
	case No:
		return True()
	}
	return dataAtom("DATA:bpa", e.request.Resource)
}

// narrowing are the keys whose fixed values make a policy non-public.
var narrowing = []string{
	"aws:principalorgid", "aws:principalorgpaths", "aws:principalaccount", "aws:principalarn", "aws:userid", "aws:sourcearn",
	"aws:sourceaccount", "aws:sourcevpc", "aws:sourcevpce", "aws:vpceaccount", "aws:vpceorgid", "s3:dataaccesspointarn", "s3:dataaccesspointaccount",
}

// Public reports whether the statement allows everyone, in the sense of S3
// Block Public Access (RPOL-04).
func (s *Statement) Public() bool {
	if s.Effect != Allow || !slices.ContainsFunc(s.Principal, PrincipalElement.Any) && s.NotPrincipal == nil {
		return false
	}
	for i := range s.Conditions {
		c := &s.Conditions[i]
		if c.op == nil || c.op.Negated || c.ifExists || c.set == forAllValues || c.dynamic {
			continue
		}
		if slices.Contains(narrowing, c.lower) && !slices.ContainsFunc(c.fixed, func(v string) bool { return !fixedFor(c.lower, v) }) {
			return false
		}
		if c.lower == "aws:sourceip" && c.op.Test == "IpAddress" && NarrowRanges(c.fixed) {
			return false
		}
	}
	return true
}

// fixedFor reports whether S3 takes a value of a key for a fixed one: it has no wildcard,
// but for a role's sessions, of whatever name, and access points, of one account.
func fixedFor(key, value string) bool {
	switch key {
	case "aws:userid":
		value, _ = strings.CutSuffix(value, ":*")
	case "s3:dataaccesspointarn":
		a, _ := ParseARN(value)
		value = a.Account
	}
	return value != "" && !strings.ContainsAny(value, "*?")
}

// NarrowRanges reports whether no range of addresses is nearly the whole Internet
// (RPOL-04).
func NarrowRanges(ranges []string) bool {
	for _, r := range ranges {
		p, ok := parsePrefix(r)
		if !ok || p.Addr().Is4() && p.Bits() < 8 || p.Addr().Is6() && p.Bits() < 32 {
			return false
		}
	}
	return len(ranges) > 0
}

// serviceKeys are condition keys that no calls but those of AWS services have, in lower
// case (CKEY-09, CKEY-10, CKEY-31).
var serviceKeys = []string{"aws:sourcearn", "aws:sourceaccount", "aws:sourceorgid", "aws:sourceorgpaths", "aws:principalservicename", "aws:principalservicenameslist"}

// ServiceKey reports whether no calls but those of AWS services have a condition key
// (CKEY-09, CKEY-10, CKEY-31).
func ServiceKey(key string) bool { return slices.Contains(serviceKeys, strings.ToLower(key)) }
