package policy

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// Facts are what is known of a request besides the policies: they turn
// condition keys into values (section 10.4). Whatever is left out stays open.
type Facts struct {
	Overrides Context // the user's --context; asked first (SYM-11)
	Session   Context // what the caller's session carries; nil leaves it open

	CallerTags        []Tag // of the user, or of the role
	CallerTagsUnknown bool  // of a user, if no input describes them
	CallerOrg         OrgFacts
	ResourceOrg       OrgFacts
	ResourceTags      []Tag
	ResourceTagsKnown bool
	// Boundary is the ARN of the permissions boundary that the user or role acted
	// on has now; its zero value leaves it open (CKEY-42).
	Boundary Value
	AsOf     time.Time

	// AnyResource leaves open what the resource decides but for its name: whose it is,
	// where, and its tags.
	AnyResource bool

	// KeyDefined asks a catalogue whether an action defines a key (COND-21);
	// certain is false where the catalogue does not say. May be nil.
	KeyDefined func(service, action, key string) (defined, certain bool)
}

// A Tag is one tag as stored.
type Tag struct{ Key, Value string }

// OrgFacts say where an account stands.
type OrgFacts struct {
	Known bool   // membership is known; then an empty ID means "in no organization"
	ID    string // o-…
	Path  string // "o-…/r-…/ou-…/"; "" if the tree is not known
}

// requestContext implements Context for one request.
type requestContext struct {
	facts  *Facts
	caller *Caller
	call   call
	arn    ARN
	owner  string
}

// freeKeys are keys whose value nothing but the request decides; in lower case.
var freeKeys = []string{
	"aws:calledvia", "aws:calledviafirst", "aws:calledvialast", "aws:referer", "aws:sourceip", "aws:sourcevpc", "aws:sourcevpce",
	"aws:useragent", "aws:vpceaccount", "aws:vpceorgid", "aws:vpceorgpaths", "aws:vpcsourceip",
}

// FreeKey reports whether the value of a condition key, in lower case, is open in
// every request unless the user declares it known to be v: then to fold a verdict
// with it is as good as to evaluate with it. Of the address it is not where that is
// private, which counts only where it is given (COND-14).
func FreeKey(key string, v Value) bool {
	return slices.Contains(freeKeys, key) && (key != "aws:sourceip" || !slices.ContainsFunc(v.Values, isPrivate))
}

// MFAKey reports whether a condition key, in lower case, is about MFA. Its value is
// open in every request of a principal of IAM, and absent in all others.
func MFAKey(key string) bool { return strings.HasPrefix(key, "aws:multifactorauth") }

// call sorts the request by what keys it can carry.
type call struct {
	service, name string // lower case
	assume        bool   // sts:AssumeRole, or a permission that goes with it
	web, saml     bool   // unsigned federation calls
}

// NewContext composes the context of a request. caller and r.Resource must be
// final; r.Context is not read.
func NewContext(r *Request, f *Facts) Context {
	c := &requestContext{facts: f, caller: &r.Caller, owner: r.ResourceAccount}
	c.arn, _ = ParseARN(r.Resource)
	c.call = callOf(r)
	return c
}

// callOf sorts a request.
func callOf(r *Request) call {
	var c call
	c.service, c.name, _ = strings.Cut(strings.ToLower(r.Action), ":")
	if c.service == "sts" {
		switch c.name {
		case "assumerole", "tagsession", "setsourceidentity", "setcontext":
			c.assume = true
		case "assumerolewithwebidentity":
			c.web = true
		case "assumerolewithsaml":
			c.saml = true
		}
	}
	switch r.Caller.Kind {
	case CallerWebIdentity:
		c.web, c.assume = true, false
	case CallerSAML:
		c.saml, c.assume = true, false
	}
	return c
}

// Lookup implements Context. key is in lower case.
func (c *requestContext) Lookup(key string) Value {
	if c.facts.Overrides != nil {
		if v := c.facts.Overrides.Lookup(key); v.Knowledge != Unknown {
			return v
		}
	}
	prefix, name, ok := strings.Cut(key, ":")
	if !ok || c.facts.AnyResource && aboutResource(name) {
		return Value{}
	}
	switch prefix {
	case "https": // the keys of identity providers go without (FED-06)
		return NotThere()
	case "aws":
		return c.global(key, name)
	case "sts":
		return c.sts(name)
	case "iam":
		return c.iam(key, name)
	case "saml":
		return c.claims(key, c.call.saml)
	case "s3", "kms", "sns":
		if v, ok := c.ownService(prefix, name); ok {
			return v
		}
	case "accesspath", "identitystore":
		return c.session(key)
	}
	switch key {
	case "ec2:sourceinstancearn", "ec2:roledelivery", "lambda:sourcefunctionarn", "ssm:sourceinstancearn":
		return c.session(key)
	}
	if isIDPKey(key) {
		return c.webClaims(key)
	}
	if strings.Contains(name, "resourcetag/") {
		return c.resourceTag(name[strings.Index(name, "/")+1:])
	}
	return c.serviceKey(prefix, key)
}

// serviceKey is any other key: absent if the catalogue says that the action
// does not define it (COND-21), else open.
func (c *requestContext) serviceKey(prefix, key string) Value {
	if c.facts.KeyDefined != nil {
		if defined, certain := c.facts.KeyDefined(c.call.service, c.call.name, key); certain && !defined {
			return NotThere()
		}
	}
	return Value{}
}

// aboutResource reports whether a key, without its prefix, tells something of the
// resource; its organization has to be known another way.
func aboutResource(name string) bool {
	switch name {
	case "resourceaccount", "resourceorgpaths", "requestedregion":
		return true
	}
	return strings.Contains(name, "resourcetag/")
}

// signed reports whether an IAM principal signs the request.
func (c *requestContext) signed() bool {
	switch c.caller.Kind {
	case CallerUser, CallerRole, CallerRoot, CallerFederatedUser, CallerAccount:
		return true
	}
	return false
}

// session asks the state of the caller's session; only sessions carry these.
func (c *requestContext) session(key string) Value {
	if c.caller.Kind != CallerRole && c.caller.Kind != CallerUser && c.caller.Kind != CallerRoot && c.caller.Kind != CallerAccount && c.caller.Kind != CallerFederatedUser {
		return NotThere()
	}
	if c.facts.Session == nil {
		if c.caller.Kind == CallerUser && key != "aws:multifactorauthpresent" && key != "aws:multifactorauthage" && key != "aws:tokenissuetime" {
			return NotThere()
		}
		return Value{}
	}
	return c.facts.Session.Lookup(key)
}

// global answers the aws: keys.
func (c *requestContext) global(key, name string) Value {
	if tag, ok := strings.CutPrefix(name, "principaltag/"); ok {
		return c.principalTag(key, tag)
	}
	if tag, ok := strings.CutPrefix(name, "resourcetag/"); ok {
		return c.resourceTag(tag)
	}
	if strings.HasPrefix(name, "requesttag/") || name == "tagkeys" {
		return c.requestTag(key)
	}
	if v, ok := c.principal(key, name); ok {
		return v
	}
	switch name {
	case "currenttime":
		return Is(c.facts.AsOf.UTC().Format(time.RFC3339))
	case "epochtime":
		return Is(strconv.FormatInt(c.facts.AsOf.Unix(), 10))
	case "securetransport":
		return Value{Knowledge: Present}
	case "requestedregion":
		return c.region()
	case "resourceaccount":
		if c.owner != "" {
			return Is(c.owner)
		}
	case "resourceorgid", "resourceorgpaths":
		return orgValue(c.facts.ResourceOrg, name == "resourceorgpaths")
	case "viaawsservice", "viaawsmcpservice":
		return Is("false")
	case "calledviaawsmcp":
		return NotThere()
	case "sourcearn", "sourceaccount", "sourceorgid", "sourceorgpaths":
		if c.caller.Kind != CallerService {
			return NotThere() // TRUST-31, CKEY-31
		}
	case "sourcevpcarn":
		if c.call.service == "sts" {
			return NotThere() // CKEY-20
		}
	case "sourceowner": // RPOL-17
		switch {
		case c.caller.Kind == CallerAnonymous:
			return NotThere()
		case c.signed() && c.caller.Account != "":
			return Is(c.caller.Account)
		}
	}
	return Value{}
}

// principal answers the keys about the caller (VAR-04, CKEY-01 to CKEY-18).
func (c *requestContext) principal(key, name string) (Value, bool) {
	switch name {
	case "principalarn":
		if c.caller.Kind == CallerAccount && IsAccountID(c.caller.Account) && c.arn.Partition != "" {
			return arnOfAccount(c.arn.Partition, c.caller.Account), true
		}
		if c.caller.pathless() {
			return arnOfRole(c.caller), true
		}
		return c.signedValue(c.caller.ARN), true
	case "principalaccount":
		if c.caller.Kind == CallerAnonymous {
			return Is("anonymous"), true
		}
		return c.signedValue(c.caller.Account), true
	case "principalorgid", "principalorgpaths":
		if !c.signed() {
			return NotThere(), true
		}
		return orgValue(c.facts.CallerOrg, name == "principalorgpaths"), true
	case "principaltype":
		return c.principalType(), true
	case "userid":
		return c.userID(), true
	case "username":
		if c.caller.Kind == CallerUser {
			return Is(c.caller.Name), true
		}
		if c.caller.Kind == CallerAccount {
			return Value{}, true
		}
		return NotThere(), true
	case "principalisawsservice":
		return c.isService(), true
	case "principalservicename", "principalservicenameslist":
		if c.caller.Kind == CallerService {
			return Is(c.caller.ARN), true
		}
		return NotThere(), true
	case "federatedprovider":
		return c.federatedProvider(key), true
	case "multifactorauthpresent", "multifactorauthage", "tokenissuetime", "sourceidentity", "assumedroot",
		"signinsessionarn", "chatbotsourcearn", "ec2instancesourcevpc", "ec2instancesourceprivateipv4":
		return c.session(key), true
	}
	return Value{}, false
}

// signedValue is the value for callers that are IAM principals, absent for
// others (CKEY-66).
func (c *requestContext) signedValue(v string) Value {
	switch {
	case !c.signed():
		return NotThere()
	case v == "":
		return Value{Knowledge: Present}
	}
	return Is(v)
}

// arnOfAccount is all that is known of the ARN of some principal of an account:
// it is of IAM or STS, and of the partition of what it asks for (CONV-06).
func arnOfAccount(partition, account string) Value {
	one := globToken{one: true}
	toks := []globToken{{lit: "arn:" + partition + ":"}, one, one, one, {lit: "::" + account + ":"}, {star: true}}
	return Value{Knowledge: Partial, Pattern: compileTokens("arn:"+partition+":???::"+account+":*", toks)}
}

// arnOfRole is all that is known of the ARN of the role behind a session whose own ARN is
// all there is: whether there is a path before the name, and which (PRINC-06, VAR-05).
func arnOfRole(c *Caller) Value {
	start, end := "arn:"+c.Partition+":iam::"+c.Account+":role/", "/"+c.Name
	return Value{Knowledge: Partial, Values: []string{start + c.Name}, Pattern: compileTokens(start+"*"+end, []globToken{{lit: start}, {star: true}, {lit: end}})}
}

func orgValue(o OrgFacts, paths bool) Value {
	switch {
	case !o.Known:
		return Value{}
	case o.ID == "":
		return NotThere()
	case !paths:
		return Is(o.ID)
	case o.Path == "":
		return Value{Knowledge: Present}
	}
	return Is(o.Path)
}

func (c *requestContext) principalType() Value {
	switch c.caller.Kind {
	case CallerUser:
		return Is("User")
	case CallerRole:
		return Is("AssumedRole")
	case CallerRoot:
		return Is("Account")
	case CallerFederatedUser:
		return Is("FederatedUser")
	case CallerAnonymous:
		return Is("Anonymous")
	}
	return Value{}
}

func (c *requestContext) userID() Value {
	id := c.caller.UniqueID
	switch c.caller.Kind {
	case CallerRoot:
		return Is(c.caller.Account)
	case CallerAnonymous:
		return Is("anonymous")
	case CallerUser:
		if id != "" {
			return Is(id)
		}
		return Value{Knowledge: Present}
	case CallerFederatedUser:
		return Is(c.caller.Account + ":" + c.caller.Name)
	case CallerRole:
		if id == "" {
			return Value{Knowledge: Present}
		}
		if c.caller.SessionName != "" {
			return Is(id + ":" + c.caller.SessionName)
		}
		shape := compileTokens(id+":?*", []globToken{{lit: id + ":"}, {one: true}, {star: true}}) // no session is without a name
		return Value{Knowledge: Partial, Pattern: shape}
	}
	return Value{}
}

func (c *requestContext) isService() Value {
	switch c.caller.Kind {
	case CallerService:
		return Is("true")
	case CallerAnonymous:
		return NotThere()
	case CallerWebIdentity, CallerSAML:
		return Value{}
	}
	return Is("false")
}

// federatedProvider: CHAIN-22, CKEY-66.
func (c *requestContext) federatedProvider(key string) Value {
	switch c.caller.Kind {
	case CallerWebIdentity:
		return Is(c.caller.ARN)
	case CallerSAML, CallerUser, CallerService, CallerAnonymous, CallerRoot:
		return NotThere()
	}
	return c.session(key)
}

// IssuerOf returns the prefix that a provider's claims carry as condition keys:
// the URL behind "oidc-provider/", or the name of a built-in provider.
func IssuerOf(provider string) string {
	if a, ok := ParseARN(provider); ok {
		if issuer, ok := strings.CutPrefix(a.Resource, "oidc-provider/"); ok {
			return issuer
		}
	}
	return provider
}
