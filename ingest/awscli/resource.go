package awscli

import (
	"strings"

	"accesspath/iam"
	"accesspath/ingest/gaad"
	"accesspath/ingest/internal/part"
	"accesspath/ingest/internal/scan"
	"accesspath/policy"
)

// resources reads what buckets, keys and other resources say themselves
// (IN-18 to IN-23, IN-30).
func (o *Object) resources() bool {
	readers := []func(*Object) bool{
		(*Object).buckets, (*Object).keys, (*Object).attributes, (*Object).keyMetadata, (*Object).grantList, (*Object).single,
	}
	found := false
	for _, read := range readers {
		found = read(o) || found
	}
	return found
}

// buckets reads a collection of buckets with their policies, which says of a
// bucket without Policy that it has none if others have one, and list-buckets,
// which does not. With a Prefix beside them the list is of those only whose name
// begins so.
func (o *Object) buckets() bool {
	v, at := o.get("Buckets")
	if v.Kind() != '[' {
		return false
	}
	collection := false
	for _, b := range v.Elements() {
		collection = collection || b.Get("Policy").Kind() != 0
	}
	collection = collection && !o.has("Owner") && o.has("AccountId")
	for i, b := range v.Elements() {
		at := scan.Index(at, i)
		name := b.Get("Name").Text()
		if name == "" {
			o.File.Warn(b, at, "", "invalid-entity", "a bucket has no Name and is skipped")
			continue
		}
		r := o.newBucket(name, b.Get("Region").Text(), b, at)
		o.aspects(r, func(n string) scan.Value { return b.Get(n) }, at)
		if r.PolicyState == iam.Unknown && collection && b.Get("CreationDate").Absent() {
			r.PolicyState = iam.KnownEmpty
		}
	}
	o.Part.Took("buckets")
	if id := o.owner(); id != "" && o.text("Prefix") == "" {
		a := part.Account{ID: id, Command: "s3api list-buckets", Origin: v.Origin(at)}
		o.declare(&a, iam.SectionBuckets, v)
		o.Part.Accounts = append(o.Part.Accounts, a)
	}
	return true
}

func (o *Object) newBucket(name, region string, v scan.Value, at string) *iam.Resource {
	return o.add(&iam.Resource{
		ARN: "arn:" + partitionOf(region) + ":s3:::" + name, Account: o.owner(), Type: "s3:bucket", Region: region, Origin: v.Origin(at),
	})
}

func partitionOf(region string) string {
	switch {
	case strings.HasPrefix(region, "cn-"):
		return "aws-cn"
	case strings.HasPrefix(region, "us-gov-"):
		return "aws-us-gov"
	}
	return "aws"
}

func (o *Object) add(r *iam.Resource) *iam.Resource {
	o.Part.Resources = append(o.Part.Resources, r)
	return r
}

// keys reads a collection of KMS keys with their policies. It is one of a
// region: that there are none says nothing of the account.
func (o *Object) keys() bool {
	v, at := o.get("Keys")
	if v.Kind() != '[' {
		return false
	}
	for i, k := range v.Elements() {
		at := scan.Index(at, i)
		arn := firstText(k, "Arn", "KeyArn", "KeyId")
		if !strings.HasPrefix(arn, "arn:") {
			o.File.Warn(k, at, arn, "invalid-entity", "a KMS key has no Arn and is skipped")
			continue
		}
		r := o.add(NewResource(arn, o.owner(), k.Origin(at)))
		o.aspects(r, func(n string) scan.Value { return k.Get(n) }, at)
	}
	o.Part.Took("kms-keys")
	return true
}

func firstText(v scan.Value, names ...string) string {
	for _, n := range names {
		if t := v.Get(n).Text(); t != "" {
			return t
		}
	}
	return ""
}

// NewResource makes a resource whose type is told by the service; owner counts
// where the ARN names no account.
func NewResource(text, owner string, place iam.Origin) *iam.Resource {
	r := &iam.Resource{ARN: text, Account: owner, Origin: place}
	arn, ok := policy.ParseARN(text)
	if !ok {
		return r
	}
	if arn.Account != "" {
		r.Account = arn.Account
	}
	r.Region = arn.Region
	kind, _ := arn.ResourceType()
	switch arn.Service {
	case "s3":
		if kind == "" {
			r.Type = "s3:bucket"
		} else {
			r.Type = "s3:" + kind
		}
	case "sqs":
		r.Type = "sqs:queue"
	case "sns":
		r.Type = "sns:topic"
	default:
		if r.Type = arn.Service + ":" + kind; kind == "" {
			r.Type = ""
		}
	}
	return r
}

// aspects reads what a resource may carry; get finds a member by name.
func (o *Object) aspects(r *iam.Resource, get func(string) scan.Value, at string) {
	for _, n := range []string{"Policy", "ResourcePolicy", "PolicyText"} {
		if v := get(n); v.Kind() != 0 {
			o.resourcePolicy(r, v, at+"/"+n)
		}
	}
	block := get("PublicAccessBlockConfiguration")
	if block.Kind() != '{' {
		block = get("PublicAccessBlock")
	}
	if block.Kind() == '{' {
		r.PublicAccessBlock = PublicAccessBlock(block)
	}
	if v := get("OwnershipControls"); v.Kind() == '{' {
		r.OwnershipEnforced = iam.KnownEmpty
		for _, rule := range v.Get("Rules").Elements() {
			if rule.Get("ObjectOwnership").Text() == "BucketOwnerEnforced" {
				r.OwnershipEnforced = iam.Present
			}
		}
	}
	if v := get("Grants"); v.Kind() == '[' {
		if r.Type == "kms:key" {
			r.GrantsState = state(v)
			for _, g := range v.Elements() {
				r.Grants = append(r.Grants, kmsGrant(g))
			}
			if o.Cut {
				r.GrantsState = iam.Unknown
			}
		} else {
			r.ACLState = state(v)
			r.ACL = aclGrants(v)
		}
	}
	tags, name := get("TagSet"), "/TagSet"
	if tags.Absent() {
		tags, name = get("Tags"), "/Tags"
	}
	if !tags.Absent() {
		r.Tags = gaad.Tags(o.File, tags, at+name)
		r.TagsState = iam.Present
		if len(r.Tags) == 0 {
			r.TagsState = iam.KnownEmpty
		}
	}
}

func state(list scan.Value) iam.State {
	for range list.Elements() {
		return iam.Present
	}
	return iam.KnownEmpty
}

// resourcePolicy reads text or an object; null and empty text say that there
// is none (RPOL-01).
func (o *Object) resourcePolicy(r *iam.Resource, v scan.Value, at string) {
	if v.Absent() || v.Kind() == '"' && strings.TrimSpace(v.Text()) == "" {
		r.PolicyState = iam.KnownEmpty
		return
	}
	r.Policy = o.File.Policy(v, "resource policy", at, r.ARN)
	r.PolicyState = iam.Present
}

// PublicAccessBlock reads the four switches of S3.
func PublicAccessBlock(v scan.Value) *iam.PublicAccessBlock {
	return &iam.PublicAccessBlock{
		BlockPublicACLs: v.Get("BlockPublicAcls").Bool(), IgnorePublicACLs: v.Get("IgnorePublicAcls").Bool(),
		BlockPublicPolicy: v.Get("BlockPublicPolicy").Bool(), RestrictPublicBuckets: v.Get("RestrictPublicBuckets").Bool(),
	}
}

func aclGrants(v scan.Value) []iam.ACLGrant {
	var out []iam.ACLGrant
	for _, g := range v.Elements() {
		out = append(out, iam.ACLGrant{Grantee: firstText(g.Get("Grantee"), "URI", "ID", "EmailAddress"), Permission: g.Get("Permission").Text()})
	}
	return out
}

func kmsGrant(g scan.Value) iam.KMSGrant {
	out := iam.KMSGrant{ID: g.Get("GrantId").Text(), Grantee: g.Get("GranteePrincipal").Text(), Operations: texts(g.Get("Operations"))}
	for _, kind := range []string{"EncryptionContextSubset", "EncryptionContextEquals"} {
		for name, value := range g.Get("Constraints").Get(kind).Members() {
			if out.Context == nil {
				out.Context = map[string]string{}
			}
			out.Context[string(name)] = value.Text()
		}
	}
	return out
}

// attributes reads sqs get-queue-attributes and sns get-topic-attributes
// (IN-20). Without a Policy among all attributes there is none; of queues it may
// be that only some were asked for.
func (o *Object) attributes() bool {
	v, at := o.get("Attributes")
	if v.Kind() != '{' {
		return false
	}
	arn := firstText(v, "QueueArn", "TopicArn")
	if arn == "" {
		arn = o.text("QueueArn", "TopicArn")
	}
	text := v.Get("Policy")
	if arn == "" {
		arn, _ = o.infer(text)
	}
	if arn == "" {
		if text.Absent() {
			return false
		}
		o.report(iam.Warning, "incomplete-output", "ask for --attribute-names All", "attributes with a policy do not say whose they are")
		return true
	}
	r := o.add(NewResource(arn, o.owner(), v.Origin(at)))
	o.Part.Took("attributes")
	if text.Absent() {
		if r.Type == "sqs:queue" && v.Get("VisibilityTimeout").Absent() {
			return true // a queue always has one: only some attributes are here
		}
		text = scan.Make(o.File.Name, []byte("null"), 0, 0)
	}
	o.resourcePolicy(r, text, at+"/Policy")
	return true
}

// keyMetadata reads kms describe-key (IN-19).
func (o *Object) keyMetadata() bool {
	v, at := o.get("KeyMetadata")
	if v.Kind() != '{' {
		return false
	}
	if arn := v.Get("Arn").Text(); arn != "" {
		r := o.add(NewResource(arn, v.Get("AWSAccountId").Text(), v.Origin(at)))
		r.AWSManaged = strings.EqualFold(v.Get("KeyManager").Text(), "AWS")
		if o.has("Policy") || o.has("Grants") {
			o.aspects(r, o.value, o.Pointer)
		}
		o.Part.Took("kms-keys")
	}
	return true
}

func (o *Object) value(name string) scan.Value {
	v, _ := o.get(name)
	return v
}

// grantList reads kms list-grants, whose entries name their key; an empty list
// needs the key beside it. Grants on several keys are those that one principal
// may retire (list-retirable-grants), and not all of any key.
func (o *Object) grantList() bool {
	v, at := o.Members["Grants"].Value, o.Members["Grants"].Pointer
	if v.Kind() != '[' || o.has("Owner", "Bucket", "BucketName", "KeyMetadata", "Policy") {
		return false
	}
	o.used["Grants"] = true
	keys := map[string]*iam.Resource{}
	add := func(key string, place iam.Origin) *iam.Resource {
		if keys[key] == nil {
			keys[key] = o.add(NewResource(key, o.owner(), place))
		}
		return keys[key]
	}
	if key := o.text("KeyId", "Arn"); strings.HasPrefix(key, "arn:") {
		add(key, o.Place)
	}
	for i, g := range v.Elements() {
		key := g.Get("KeyId").Text()
		if !strings.HasPrefix(key, "arn:") {
			key = o.text("KeyId", "Arn")
		}
		if !strings.HasPrefix(key, "arn:") {
			o.report(iam.Warning, "incomplete-output", hintBeside("KeyId", "arn:aws:kms:…"), "a grant does not name its key by ARN")
			continue
		}
		r := add(key, g.Origin(scan.Index(at, i)))
		r.Grants = append(r.Grants, kmsGrant(g))
	}
	switch {
	case len(keys) == 0:
		o.report(iam.Warning, "incomplete-output", hintBeside("KeyId", "arn:aws:kms:…"), "an empty list of grants does not say for which key")
	case len(keys) == 1:
		for _, r := range keys {
			r.GrantsState = o.whole(v)
		}
	}
	o.Part.Took("kms-keys")
	return true
}
