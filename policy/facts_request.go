package policy

import (
	"slices"
	"strings"
)

// resourceTag is a tag of the resource; TRUST-13, SYM-24.
func (c *requestContext) resourceTag(tag string) Value {
	if c.call.service == "iam" && c.call.name == "passrole" {
		return Value{} // unreliable on PassRole (CKEY-44)
	}
	if c.facts.ResourceTagsKnown {
		return TagValue(c.facts.ResourceTags, tag)
	}
	return Value{}
}

// requestTag: free where the action takes tags (SYM-25).
func (c *requestContext) requestTag(key string) Value {
	if c.call.assume || c.call.web || c.call.saml {
		return Value{}
	}
	if c.facts.KeyDefined != nil {
		if i := strings.IndexByte(key, '/'); i >= 0 {
			key = key[:i+1] + "${TagKey}"
		}
		if defined, certain := c.facts.KeyDefined(c.call.service, c.call.name, key); certain && !defined {
			return NotThere()
		}
	}
	return Value{}
}

// region: from the ARN of a regional resource, that of the only endpoint of services
// that have one, else the caller's choice (CKEY-24).
func (c *requestContext) region() Value {
	only, single := onlyRegion[c.call.service]
	switch {
	case single && c.partition() == "aws":
		return Is(only)
	case isRegion(c.arn.Region):
		return Is(c.arn.Region)
	}
	return Value{Knowledge: Present}
}

// partition is that of the resource, or of the caller.
func (c *requestContext) partition() string {
	if c.arn.Partition != "" && !strings.ContainsAny(c.arn.Partition, "*?") {
		return c.arn.Partition
	}
	if a, ok := ParseARN(c.caller.ARN); ok {
		return a.Partition
	}
	return "aws"
}

// onlyRegion is the region of the endpoint of services that have one for all of the
// partition aws, as the AWS General Reference lists them. In other partitions it is not
// known here.
var onlyRegion = map[string]string{
	"account": "us-east-1", "budgets": "us-east-1", "cloudfront": "us-east-1", "globalaccelerator": "us-west-2", "iam": "us-east-1",
	"networkmanager": "us-west-2", "organizations": "us-east-1", "route53": "us-east-1", "route53domains": "us-east-1", "shield": "us-east-1", "waf": "us-east-1",
}

// isRegion reports whether a text has the form of a region, such as us-gov-west-1: what
// else stands there is of a pattern, or of a name that was made up for one.
func isRegion(s string) bool {
	end := strings.LastIndexByte(s, '-')
	if end < 0 || end == len(s)-1 || strings.Trim(s[end+1:], "0123456789") != "" {
		return false
	}
	words := strings.Split(s[:end], "-")
	return len(words) >= 2 && !slices.ContainsFunc(words, func(w string) bool {
		return w == "" || strings.Trim(w, "abcdefghijklmnopqrstuvwxyz") != ""
	})
}

// sts answers the sts: keys, which exist on the calls that make a session.
func (c *requestContext) sts(name string) Value {
	federated := c.call.web || c.call.saml
	switch name {
	case "externalid":
		if c.call.assume {
			return Value{}
		}
		return NotThere()
	case "rolesessionname":
		if c.call.assume || federated {
			return Value{Knowledge: Present}
		}
		return NotThere()
	case "sourceidentity", "transitivetagkeys", "durationseconds":
		if c.call.assume || federated || c.call.service == "sts" && name == "durationseconds" {
			return Value{}
		}
		return NotThere()
	case "taskpolicyarn":
		if c.call.service == "sts" && c.call.name == "assumeroot" {
			return Value{Knowledge: Present}
		}
		return NotThere()
	}
	if c.call.service == "sts" {
		return Value{}
	}
	return NotThere()
}

// iam answers the iam: keys, which exist on IAM's own actions (CKEY-40 ff.) and,
// for tags, when a role is assumed (TRUST-13).
func (c *requestContext) iam(key, name string) Value {
	if tag, ok := strings.CutPrefix(name, "resourcetag/"); ok {
		return c.resourceTag(tag)
	}
	switch {
	case c.call.service != "iam":
		return NotThere()
	case name == "passedtoservice" && c.call.name != "passrole":
		return NotThere()
	case name == "permissionsboundary" && c.facts.Boundary.Knowledge != Unknown && !setsBoundary(c.call.name):
		if v := c.serviceKey("iam", key); v.Knowledge == Absent {
			return v
		}
		return c.facts.Boundary
	}
	return c.serviceKey("iam", key)
}

// setsBoundary reports whether iam:PermissionsBoundary is what the action asks
// for, and not what its target has (CKEY-42). The name is in lower case.
func setsBoundary(action string) bool {
	switch action {
	case "createuser", "createrole", "putuserpermissionsboundary", "putrolepermissionsboundary":
		return true
	}
	return false
}

// ownService answers the keys of S3, KMS and SNS that are known.
func (c *requestContext) ownService(prefix, name string) (Value, bool) {
	if c.call.service != prefix {
		return NotThere(), true
	}
	switch prefix + ":" + name {
	case "kms:calleraccount":
		return c.signedValue(c.caller.Account), true
	case "kms:grantisforawsresource":
		return Is("false"), true
	case "s3:resourceaccount":
		if c.owner != "" {
			return Is(c.owner), true
		}
	}
	return Value{}, false
}

// claims are keys of the SAML sign-in; later calls keep a few (FED-20).
func (c *requestContext) claims(key string, signIn bool) Value {
	if signIn && c.caller.Kind == CallerSAML {
		return Value{}
	}
	return c.session(key)
}

// webClaims are keys of the web identity sign-in: those of another issuer are
// absent (FED-06).
func (c *requestContext) webClaims(key string) Value {
	if c.caller.Kind != CallerWebIdentity {
		return c.session(key)
	}
	issuer, _, _ := strings.Cut(key, ":")
	if i := strings.LastIndexByte(key, ':'); i >= 0 {
		issuer = key[:i]
	}
	if issuer == strings.ToLower(IssuerOf(c.caller.ARN)) {
		return Value{}
	}
	return NotThere()
}
