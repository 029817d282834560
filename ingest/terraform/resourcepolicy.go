package terraform

import (
	"net/url"
	"strings"

	"accesspath/iam"
	"accesspath/ingest/awscli"
	"accesspath/ingest/internal/declared"
	"accesspath/policy"
)

// A policyCarrier is a type of resource with a policy of its own, or one that
// gives such a policy to another resource.
type policyCarrier struct {
	policy string // attribute; "" if the type never has one
	target string // attribute that names the resource; "" if it is the resource itself
	empty  bool   // an empty policy says that there is none
}

var policyCarriers = map[string]policyCarrier{
	"aws_s3_bucket":                    {policy: "policy", empty: true},
	"aws_s3_bucket_policy":             {policy: "policy", target: "bucket"},
	"aws_sqs_queue":                    {policy: "policy", empty: true},
	"aws_sqs_queue_policy":             {policy: "policy", target: "queue_url"},
	"aws_sns_topic":                    {policy: "policy"},
	"aws_sns_topic_policy":             {policy: "policy", target: "arn"},
	"aws_kms_key":                      {policy: "policy"},
	"aws_kms_external_key":             {policy: "policy"},
	"aws_kms_key_policy":               {policy: "policy", target: "key_id"},
	"aws_secretsmanager_secret":        {policy: "policy", empty: true},
	"aws_secretsmanager_secret_policy": {policy: "policy", target: "secret_arn"},
	"aws_ecr_repository":               {},
	"aws_ecr_repository_policy":        {policy: "policy", target: "repository"},
	"aws_dynamodb_table":               {},
	"aws_dynamodb_resource_policy":     {policy: "policy", target: "resource_arn"},
}

func (c policyCarrier) handler() *handler {
	h := &handler{place: true, add: func(d *decoder, r *resource) { c.add(d, r) }}
	h.drop = removeARN
	if c.target != "" {
		h.drop = func(d *decoder, r *resource) { c.drop(d, r) }
	}
	return h
}

// add notes the resource and its policy. Of a policy in the resource and one
// that another block gives to it the latter counts: the former repeats what
// Terraform once saw.
func (c policyCarrier) add(d *decoder, r *resource) {
	arn, unknown := c.arn(d, r)
	if arn == "" {
		d.Unknown(r.origin(), r.address, "its ARN is not known (%s), so the resource is not in the snapshot", unknown)
		return
	}
	res := d.resource(arn, r)
	if c.target == "" {
		c.describe(d, r, res)
	}
	if c.policy == "" || c.target == "" && res.PolicyState != iam.Unknown {
		return
	}
	v := r.values.Value.Get(c.policy)
	switch blank := v.Absent() || strings.TrimSpace(v.Text()) == ""; {
	case holdsTrue(r.unknown.Get(c.policy)) && c.target == "" && (r.config == nil || r.config.expressions.Get(c.policy).Absent()):
		// not set here: AWS's default, or what another block gives
	case !holdsTrue(r.unknown.Get(c.policy)) && blank && c.target == "":
		if c.empty && v.Kind() != 0 && !d.plan {
			res.PolicyState = iam.KnownEmpty
		}
	default:
		res.Policy, res.PolicyState = d.policy(r, c.policy, "resource policy", arn), iam.Present
	}
}

// drop: the policy of a resource goes, the resource stays.
func (c policyCarrier) drop(d *decoder, r *resource) {
	if arn, _ := c.arn(d, r); arn != "" && r.does("delete") && r.gone {
		d.resource(arn, r).PolicyState = iam.KnownEmpty
	}
}

func (c policyCarrier) describe(d *decoder, r *resource, res *iam.Resource) {
	v := r.values.Value
	if v.Get("tags_all").Absent() && v.Get("tags").Absent() {
		return
	}
	tags := d.tags(r)
	switch {
	case holdsTrue(r.unknown.Get("tags_all")) || holdsTrue(r.unknown.Get("tags")): // one that is not known may be any
	case len(tags) > 0:
		res.Tags, res.TagsState = tags, iam.Present
	default:
		res.TagsState = iam.KnownEmpty
	}
}

// resource is the one piece of the file about an ARN.
func (d *decoder) resource(arn string, r *resource) *iam.Resource {
	if d.resources[arn] == nil {
		h := d.homeOf(r)
		res := awscli.NewResource(arn, h.Account, r.origin())
		if res.Region == "" && res.Type == "s3:bucket" {
			res.Region, _ = d.known(r, "region")
		}
		d.resources[arn] = res
		d.arns = append(d.arns, arn)
	}
	return d.resources[arn]
}

// arn is whose policy it is.
func (c policyCarrier) arn(d *decoder, r *resource) (arn, unknown string) {
	if c.target == "" {
		return d.arn(r), r.address + ".arn, known after apply"
	}
	name, unknown := d.text(r, c.target)
	if name == "" {
		if owner := d.ownerOf(r, c.target); owner != nil {
			return d.arn(owner), unknown
		}
		return "", unknown
	}
	return d.targetARN(r, c.target, name), unknown
}

// ownerOf is the resource that the target of a policy refers to, whatever the
// attribute: the id of a bucket, the URL of a queue, the key id of a key.
func (d *decoder) ownerOf(r *resource, attr string) *resource {
	if r.config == nil {
		return nil
	}
	ref, each, ok := single(references(r.config.expressions.Get(attr)))
	if !ok {
		return nil
	}
	local, rest := cutLocal(ref)
	index := rest[:indexLength(rest)]
	if index == "" && each {
		index = r.index
	}
	if o := d.byAddress[within(r.module, local)]; o != nil {
		return o
	}
	return d.byAddress[within(r.module, local+index)]
}

// targetARN makes an ARN of what names a resource in its service.
func (d *decoder) targetARN(r *resource, attr, name string) string {
	if strings.HasPrefix(name, "arn:") {
		return name
	}
	h := d.homeOf(r)
	switch attr {
	case "bucket":
		return h.ARN("s3", "", "", name)
	case "queue_url":
		return queueARN(h, name)
	case "key_id":
		return h.ARN("kms", h.Region, h.Account, "key/"+name)
	case "repository":
		return h.ARN("ecr", h.Region, h.Account, "repository/"+name)
	}
	return ""
}

// queueARN reads https://sqs.REGION.amazonaws.com/ACCOUNT/NAME.
func queueARN(h declared.Home, text string) string {
	u, err := url.Parse(text)
	if err != nil {
		return ""
	}
	host := strings.Split(u.Host, ".")
	account, name, ok := strings.Cut(strings.TrimPrefix(u.Path, "/"), "/")
	if !ok || len(host) < 3 || !policy.IsAccountID(account) {
		return ""
	}
	region := host[1]
	if host[0] != "sqs" { // https://REGION.queue.amazonaws.com/…
		region = host[0]
	}
	return h.ARN("sqs", region, account, name)
}

// arnForms build ARNs from account, region, path and name.
var arnForms = map[string]func(d *decoder, r *resource) string{
	"aws_iam_user":             iamARN("user"),
	"aws_iam_group":            iamARN("group"),
	"aws_iam_role":             iamARN("role"),
	"aws_iam_policy":           iamARN("policy"),
	"aws_iam_instance_profile": iamARN("instance-profile"),
	"aws_s3_bucket": func(d *decoder, r *resource) string {
		name, ok := d.known(r, "bucket")
		if !ok {
			return ""
		}
		return d.homeOf(r).ARN("s3", "", "", name)
	},
	"aws_sqs_queue":       regional("sqs", "", "name"),
	"aws_sns_topic":       regional("sns", "", "name"),
	"aws_ecr_repository":  regional("ecr", "repository/", "name"),
	"aws_dynamodb_table":  regional("dynamodb", "table/", "name"),
	"aws_lambda_function": regional("lambda", "function:", "function_name"),
	"aws_iam_saml_provider": func(d *decoder, r *resource) string {
		name, ok := d.known(r, "name")
		if h := d.homeOf(r); ok && h.Account != "" {
			return h.ARN("iam", "", h.Account, "saml-provider/"+name)
		}
		return ""
	},
	"aws_iam_openid_connect_provider": func(d *decoder, r *resource) string {
		issuer, ok := d.known(r, "url")
		if h := d.homeOf(r); ok && h.Account != "" {
			return h.ARN("iam", "", h.Account, "oidc-provider/"+strings.TrimPrefix(issuer, "https://"))
		}
		return ""
	},
}

func iamARN(kind string) func(*decoder, *resource) string {
	return func(d *decoder, r *resource) string {
		name, ok := d.known(r, "name")
		h := d.homeOf(r)
		if !ok || h.Account == "" || holdsTrue(r.unknown.Get("path")) || declared.Name(name) != name {
			return ""
		}
		path, _ := d.known(r, "path")
		return h.ARN("iam", "", h.Account, kind+declared.Path(path)+name)
	}
}

func regional(service, prefix, attr string) func(*decoder, *resource) string {
	return func(d *decoder, r *resource) string {
		name, ok := d.known(r, attr)
		h := d.homeOf(r)
		if !ok || h.Account == "" || h.Region == "" {
			return ""
		}
		return h.ARN(service, h.Region, h.Account, prefix+name)
	}
}
