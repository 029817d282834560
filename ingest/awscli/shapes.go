package awscli

import (
	"cmp"
	"strings"

	"accesspath/iam"
	"accesspath/ingest/internal/part"
	"accesspath/ingest/internal/scan"
	"accesspath/policy"
)

var shapeMembers = []string{
	"AccessPointArn", "AccessPointList", "BucketAccountId", "PolicyInJson", "PolicyHash", "BackupVaultArn", "DomainStatus",
	"RegistryId", "RepositoryName", "VpcConfiguration", "Endpoints",
}

// shapes reads outputs that carry a policy or a block in another way than
// Policy and the name of the resource (IN-18, IN-21, IN-23). What one of them
// took is not tried as {Resource, Policy} again.
func (o *Object) shapes() bool {
	readers := []func(*Object) bool{
		(*Object).accessPointList, (*Object).accessPoint, (*Object).accountBlock, (*Object).glueCatalog, (*Object).codeArtifact,
		(*Object).searchDomain, (*Object).registryPolicy, (*Object).organizationPolicy, (*Object).bareSecret,
	}
	for _, read := range readers {
		if read(o) {
			o.shaped = true
			return true
		}
	}
	return false
}

// raw is get for members whose null says something.
func (o *Object) raw(name string) scan.Value {
	m := o.Members[name]
	if m.Value.Kind() != 0 {
		o.used[name] = true
	}
	return m.Value
}

// accessPointList reads s3control list-access-points. With the bucket beside it
// the list is that of the bucket, and an empty one says that it has none.
func (o *Object) accessPointList() bool {
	v, at := o.get("AccessPointList")
	if v.Kind() != '[' {
		return false
	}
	empty := true
	for i, e := range v.Elements() {
		at := scan.Index(at, i)
		bucket, arn := e.Get("Bucket").Text(), e.Get("AccessPointArn").Text()
		if bucket == "" || !strings.HasPrefix(arn, "arn:") {
			o.File.Warn(e, at, arn, "invalid-entity", "an access point lacks Bucket or AccessPointArn and is skipped")
			continue
		}
		empty = false
		o.addAccessPoint(bucket, e.Get("BucketAccountId").Text(), iam.AccessPoint{ARN: arn}, e.Origin(at))
	}
	if bucket := o.text("Bucket"); bucket != "" && empty && !o.Cut {
		o.newBucket(bucket, o.text("Region"), scan.Value{}, "").AccessPointsState = iam.KnownEmpty
	}
	o.Part.Took("access-points")
	return true
}

// accessPoint reads s3control get-access-point and get-access-point-policy. The
// latter says nothing of the bucket, and the access point only in its text.
func (o *Object) accessPoint() bool {
	arn := o.text("AccessPointArn")
	text := o.Members["Policy"]
	if arn == "" && !o.has("Resource", "ResourceArn", "Arn") {
		if inferred, ok := o.infer(text.Value); ok && strings.Contains(inferred, ":accesspoint/") {
			arn = inferred
		}
	}
	if !strings.HasPrefix(arn, "arn:") {
		return false
	}
	point := iam.AccessPoint{ARN: arn}
	if v := o.raw("Policy"); v.Kind() != 0 {
		r := &iam.Resource{ARN: arn}
		o.resourcePolicy(r, v, text.Pointer)
		point.Policy, point.State = r.Policy, r.PolicyState
	}
	for _, n := range []string{"PublicAccessBlockConfiguration", "VpcConfiguration", "Endpoints"} {
		o.get(n)
	}
	bucket := o.text("Bucket", "BucketName")
	if bucket == "" {
		o.report(iam.Warning, "incomplete-output", hintBeside("Bucket", "name"), "get-access-point-policy does not say whose access point %q is; it is skipped", scan.Clip(arn))
		return true
	}
	o.addAccessPoint(bucket, o.text("BucketAccountId"), point, o.Place)
	o.Part.Took("access-points")
	return true
}

// addAccessPoint adds a piece of a bucket that holds one of its access points.
func (o *Object) addAccessPoint(bucket, account string, p iam.AccessPoint, place iam.Origin) {
	arn, _ := policy.ParseARN(p.ARN)
	name := bucket
	if !strings.HasPrefix(bucket, "arn:") {
		name = "arn:" + cmp.Or(arn.Partition, "aws") + ":s3:::" + bucket
	}
	r := o.add(NewResource(name, cmp.Or(account, o.owner()), place))
	r.AccessPoints, r.AccessPointsState = []iam.AccessPoint{p}, iam.Present
}

// accountBlock reads s3control get-public-access-block, which looks like that of
// a bucket: it is the account's if the account stands beside it and no bucket.
func (o *Object) accountBlock() bool {
	v, _ := o.peek("PublicAccessBlockConfiguration")
	if v.Kind() != '{' || o.has("Bucket", "BucketName", "Resource", "ResourceArn", "Arn", "Policy", "OwnershipControls", "Grants") || o.owner() == "" {
		return false
	}
	o.get("PublicAccessBlockConfiguration")
	o.fact(part.Account{ID: o.owner(), Command: "s3control get-public-access-block", PublicAccessBlock: PublicAccessBlock(v)})
	o.Part.Took("account-public-access-block")
	return true
}

// placed adds a resource with the policy in v.
func (o *Object) placed(arn string, v scan.Value, at string) bool {
	r := o.add(NewResource(arn, o.owner(), o.Place))
	r.Origin.Pointer = o.Pointer
	if v.Kind() == 0 {
		v = scan.Make(o.File.Name, []byte("null"), 0, 0)
	}
	o.resourcePolicy(r, v, at)
	o.Part.Took("resource")
	return true
}

// glueCatalog reads glue get-resource-policy: one policy for the catalog of an
// account in a region. Its statements name the catalog and what is in it.
func (o *Object) glueCatalog() bool {
	v, at := o.get("PolicyInJson")
	if v.Kind() == 0 {
		return false
	}
	o.get("PolicyHash")
	catalog := o.text("ResourceArn")
	if catalog == "" {
		for _, text := range o.resourcesOf(v) {
			if arn, ok := policy.ParseARN(text); ok && arn.Service == "glue" && policy.IsAccountID(arn.Account) && !strings.ContainsAny(arn.Region, "*?$") {
				catalog = "arn:" + arn.Partition + ":glue:" + arn.Region + ":" + arn.Account + ":catalog"
				break
			}
		}
	}
	if catalog == "" {
		o.report(iam.Warning, "incomplete-output", hintBeside("ResourceArn", "arn:aws:glue:eu-west-1:111122223333:catalog"), "glue get-resource-policy does not say whose catalog it is of; it is skipped")
		return true
	}
	return o.placed(catalog, v, at)
}

// codeArtifact reads get-domain-permissions-policy and
// get-repository-permissions-policy: {policy: {resourceArn, document}}.
func (o *Object) codeArtifact() bool {
	v, at := o.peek("Policy")
	arn := v.Get("resourceArn").Text()
	if v.Kind() != '{' || arn == "" || v.Get("document").Kind() == 0 {
		return false
	}
	o.get("Policy")
	return o.placed(arn, v.Get("document"), at+"/document")
}

// searchDomain reads opensearch describe-domain and its predecessor.
func (o *Object) searchDomain() bool {
	v, at := o.get("DomainStatus")
	arn := v.Get("ARN").Text()
	if v.Kind() != '{' || !strings.HasPrefix(arn, "arn:") {
		return false
	}
	return o.placed(arn, v.Get("AccessPolicies"), at+"/AccessPolicies")
}

// registryPolicy reads ecr get-registry-policy. The registry has no ARN of its
// own; the policy is kept under one of its own making.
func (o *Object) registryPolicy() bool {
	v, at := o.peek("PolicyText")
	id := o.text("RegistryId")
	if v.Kind() == 0 || id == "" || o.has("RepositoryName", "RepositoryArn", "Resource", "ResourceArn") {
		return false
	}
	o.get("PolicyText")
	region := o.text("Region")
	for _, text := range o.resourcesOf(v) {
		if arn, ok := policy.ParseARN(text); ok && region == "" && !strings.ContainsAny(arn.Region, "*?$") {
			region = arn.Region
		}
	}
	o.report(iam.Note, NotUsed, "", "output of aws ecr get-registry-policy: kept, it does not count in answers about repositories")
	o.placed("arn:"+partitionOf(region)+":ecr:"+region+":"+id+":registry", v, at)
	o.Part.Resources[len(o.Part.Resources)-1].Type = "ecr:registry"
	return true
}

// organizationPolicy reads organizations describe-resource-policy: whom the
// organization lets manage it.
func (o *Object) organizationPolicy() bool {
	v, at := o.peek("ResourcePolicy")
	arn := v.Get("ResourcePolicySummary").Get("Arn").Text()
	if v.Kind() != '{' || v.Get("Content").Kind() == 0 || !strings.HasPrefix(arn, "arn:") {
		return false
	}
	o.get("ResourcePolicy")
	return o.placed(arn, v.Get("Content"), at+"/Content")
}

// bareSecret reads secretsmanager get-resource-policy of a secret without one,
// which answers with ARN and Name only.
func (o *Object) bareSecret() bool {
	arn, ok := policy.ParseARN(o.Members["Arn"].Value.Text())
	if !ok || arn.Service != "secretsmanager" || len(o.Names) != 2 || !o.has("Name") {
		return false
	}
	return o.placed(o.text("Arn"), scan.Value{}, o.Pointer)
}
