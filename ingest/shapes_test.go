package ingest

import (
	"testing"

	"accesspath/iam"
)

func policyOn(resources string) string {
	return quote(`{"Statement":[{"Effect":"Allow","Principal":{"AWS":"222222222222"},"Action":"x:Do","Resource":` + resources + `}]}`)
}

// outputsOfPolicies are the outputs that carry a resource policy, as the CLI
// prints them or with the parameters beside them, and whose it is.
var outputsOfPolicies = []struct{ id, output, arn, kind string }{
	{"IN-20 sqs get-queue-attributes", `{"Attributes":{"QueueArn":"arn:aws:sqs:eu-west-1:111111111111:q","Policy":` + policyOn(`"*"`) + `}}`, "arn:aws:sqs:eu-west-1:111111111111:q", "sqs:queue"},
	{"IN-20 sns get-topic-attributes", `{"Attributes":{"TopicArn":"arn:aws:sns:eu-west-1:111111111111:t","Owner":"111111111111","Policy":` + policyOn(`"*"`) + `}}`, "arn:aws:sns:eu-west-1:111111111111:t", "sns:topic"},
	{"IN-21 secretsmanager get-resource-policy", `{"ARN":"arn:aws:secretsmanager:eu-west-1:111111111111:secret:s-AbCdEf","Name":"s","ResourcePolicy":` + policyOn(`"*"`) + `}`, "arn:aws:secretsmanager:eu-west-1:111111111111:secret:s-AbCdEf", "secretsmanager:secret"},
	{"IN-22 lambda get-policy", `{"Policy":` + policyOn(`"arn:aws:lambda:eu-west-1:111111111111:function:f"`) + `,"RevisionId":"1"}`, "arn:aws:lambda:eu-west-1:111111111111:function:f", "lambda:function"},
	{"IN-23 ecr get-repository-policy", `{"registryId":"111111111111","repositoryName":"app","policyText":` + policyOn(`"*"`) + `,"Region":"eu-west-1"}`, "arn:aws:ecr:eu-west-1:111111111111:repository/app", "ecr:repository"},
	{"IN-23 ecr get-registry-policy", `{"registryId":"111111111111","policyText":` + policyOn(`["arn:aws:ecr:eu-west-1:111111111111:repository/*"]`) + `}`, "arn:aws:ecr:eu-west-1:111111111111:registry", "ecr:registry"},
	{"dynamodb get-resource-policy", `{"Policy":` + policyOn(`["arn:aws:dynamodb:eu-west-1:111111111111:table/t","arn:aws:dynamodb:eu-west-1:111111111111:table/t/index/*"]`) + `,"RevisionId":"1"}`, "arn:aws:dynamodb:eu-west-1:111111111111:table/t", "dynamodb:table"},
	{"kinesis get-resource-policy", `{"ResourceARN":"arn:aws:kinesis:eu-west-1:111111111111:stream/s","Policy":` + policyOn(`"*"`) + `}`, "arn:aws:kinesis:eu-west-1:111111111111:stream/s", "kinesis:stream"},
	{"glue get-resource-policy", `{"PolicyInJson":` + policyOn(`["arn:aws:glue:eu-west-1:111111111111:catalog","arn:aws:glue:eu-west-1:111111111111:database/d"]`) + `,"PolicyHash":"h","CreateTime":1}`, "arn:aws:glue:eu-west-1:111111111111:catalog", ""},
	{"codeartifact get-domain-permissions-policy", `{"policy":{"resourceArn":"arn:aws:codeartifact:eu-west-1:111111111111:domain/d","revision":"1","document":` + policyOn(`"*"`) + `}}`, "arn:aws:codeartifact:eu-west-1:111111111111:domain/d", "codeartifact:domain"},
	{"opensearch describe-domain", `{"DomainStatus":{"DomainName":"d","ARN":"arn:aws:es:eu-west-1:111111111111:domain/d","AccessPolicies":` + policyOn(`"*"`) + `}}`, "arn:aws:es:eu-west-1:111111111111:domain/d", "es:domain"},
	{"backup get-backup-vault-access-policy", `{"BackupVaultName":"v","BackupVaultArn":"arn:aws:backup:eu-west-1:111111111111:backup-vault:v","Policy":` + policyOn(`"*"`) + `}`, "arn:aws:backup:eu-west-1:111111111111:backup-vault:v", "backup:backup-vault"},
	{"events describe-event-bus", `{"Name":"default","Arn":"arn:aws:events:eu-west-1:111111111111:event-bus/default","Policy":` + policyOn(`"*"`) + `}`, "arn:aws:events:eu-west-1:111111111111:event-bus/default", "events:event-bus"},
	{"organizations describe-resource-policy", `{"ResourcePolicy":{"ResourcePolicySummary":{"Id":"rp-1","Arn":"arn:aws:organizations::111111111111:resourcepolicy/o-1/rp-1"},"Content":` + policyOn(`"*"`) + `}}`, "arn:aws:organizations::111111111111:resourcepolicy/o-1/rp-1", "organizations:resourcepolicy"},
}

func TestIN20To23Shapes(t *testing.T) {
	for _, c := range outputsOfPolicies {
		t.Run(c.id, func(t *testing.T) {
			s := load(t, "a.json", c.output)
			if len(s.Resources) != 1 {
				t.Fatalf("%d resources: %v", len(s.Resources), s.Diagnostics)
			}
			r := s.Resources[0]
			if r.ARN != c.arn || r.Type != c.kind || r.PolicyState != iam.Present || r.Account != "111111111111" {
				t.Errorf("%+v", r)
			}
			allows(t, r.Policy, "x:Do")
			wantNo(t, s, "unrecognized", "incomplete-output")
		})
	}
}

// Commands fail where there is no policy; collecting scripts write null.
func TestIN20To23None(t *testing.T) {
	for _, output := range []string{
		`{"ResourceArn":"arn:aws:dynamodb:eu-west-1:111111111111:table/t","Policy":null}`,
		`{"FunctionArn":"arn:aws:lambda:eu-west-1:111111111111:function:f","Policy":null}`,
		`{"AccountId":"111111111111","Bucket":"b","Policy":null}`,
		`{"ARN":"arn:aws:secretsmanager:eu-west-1:111111111111:secret:s-AbCdEf","Name":"s"}`,
		`{"repositoryArn":"arn:aws:ecr:eu-west-1:111111111111:repository/app","policyText":""}`,
		`{"DomainStatus":{"ARN":"arn:aws:es:eu-west-1:111111111111:domain/d","AccessPolicies":""}}`,
	} {
		s := load(t, "a.json", output)
		if len(s.Resources) != 1 || s.Resources[0].PolicyState != iam.KnownEmpty || s.Resources[0].Policy != nil {
			t.Errorf("%s: %+v %v", output, s.Resources, s.Diagnostics)
		}
	}
	s := load(t, "a.json", roles(role("r")), "b.json", `{"Policy":null}`)
	if len(s.Resources) != 0 {
		t.Errorf("a policy of nothing: %+v", s.Resources[0])
	}
}

// What does not say whose it is is skipped, with the next step.
func TestIN20To23Nameless(t *testing.T) {
	for output, want := range map[string]string{
		`{"registryId":"111111111111","repositoryName":"app","policyText":` + policyOn(`"*"`) + `}`: "ecr get-repository-policy does not say in which region the repository is; it is skipped",
		`{"PolicyInJson":` + policyOn(`"*"`) + `}`:                                                  "glue get-resource-policy does not say whose catalog it is of; it is skipped",
		`{"PublicAccessBlockConfiguration":{"BlockPublicAcls":true}}`:                               "get-public-access-block does not name the bucket, or the account; it is skipped",
		`{"Policy":` + policyOn(`"arn:aws:s3:eu-west-1:111111111111:accesspoint/p/object/*"`) + `}`: `get-access-point-policy does not say whose access point "arn:aws:s3:eu-west-1:111111111111:accesspoint/p" is; it is skipped`,
	} {
		s := load(t, "a.json", roles(role("r")), "b.json", output)
		if d := find(s, "incomplete-output"); len(s.Resources) != 0 || len(d) != 1 || d[0].Message != want || d[0].Hint == "" {
			t.Errorf("%s: %v", output, s.Diagnostics)
		}
	}
}

func TestIN18AccountBlock(t *testing.T) {
	const output = `{"AccountId":"111111111111","PublicAccessBlockConfiguration":{"BlockPublicAcls":true,"IgnorePublicAcls":true,"BlockPublicPolicy":true,"RestrictPublicBuckets":true}}`
	s := load(t, "a.json", roles(role("r")), "b.json", output)
	if b := only(t, s).PublicAccessBlock; b == nil || !b.RestrictPublicBuckets || len(s.Resources) != 0 {
		t.Errorf("%+v %v", b, s.Resources)
	}
	s = load(t, "b.json", `{"AccountId":"111111111111","Bucket":"b","PublicAccessBlockConfiguration":{}}`)
	if a := only(t, s); a.PublicAccessBlock != nil || s.Resources[0].PublicAccessBlock == nil {
		t.Errorf("that of a bucket is not the account's: %+v", a)
	}
}

func TestIN18AccessPoints(t *testing.T) {
	const point = "arn:aws:s3:eu-west-1:111111111111:accesspoint/p"
	s := load(t,
		"1.json", `{"AccessPointList":[{"Name":"p","NetworkOrigin":"Internet","Bucket":"b","AccessPointArn":"`+point+`","BucketAccountId":"111111111111"}]}`,
		"2.json", `{"Bucket":"b","Policy":`+policyOn(`"`+point+`/object/*"`)+`}`,
		"3.json", `{"Name":"p","Bucket":"b","NetworkOrigin":"Internet","PublicAccessBlockConfiguration":{"BlockPublicAcls":true},"AccessPointArn":"`+point+`","BucketAccountId":"111111111111"}`,
		"4.json", `{"Bucket":"b","Policy":null}`)
	r := s.Resource("arn:aws:s3:::b")
	if r == nil || len(r.AccessPoints) != 1 || r.AccessPointsState != iam.Present || r.Account != "111111111111" {
		t.Fatalf("%+v %v", r, s.Diagnostics)
	}
	if p := r.AccessPoints[0]; p.ARN != point || p.State != iam.Present {
		t.Errorf("%+v", p)
	}
	allows(t, r.AccessPoints[0].Policy, "x:Do")
	if r.PolicyState != iam.KnownEmpty || r.PublicAccessBlock != nil {
		t.Errorf("what is the access point's is not the bucket's: %+v", r)
	}
	wantNo(t, s, "unrecognized", "incomplete-output", "conflict")
	s = load(t, "1.json", `{"AccountId":"111111111111","Bucket":"b","AccessPointList":[]}`)
	if got := s.Resource("arn:aws:s3:::b").AccessPointsState; got != iam.KnownEmpty {
		t.Errorf("%v, want known-empty", got)
	}
	s = load(t, "1.json", `{"AccountId":"111111111111","Bucket":"b","AccessPointArn":"`+point+`","Policy":null}`)
	if p := s.Resource("arn:aws:s3:::b").AccessPoints[0]; p.State != iam.KnownEmpty {
		t.Errorf("%+v", p)
	}
}
