package ingest

import (
	"testing"

	"accesspath/iam"
)

// Tags of which one is not known before apply are not known: aws:ResourceTag may
// have any value (CONV-03).
func TestCONV03TagsKnownAfterApply(t *testing.T) {
	const caller = `data.aws_caller_identity.c|"no-op"|null|{"account_id":"111122223333"}|{}`
	for _, test := range []struct{ name, text string }{
		{"plan", planOf("", caller, `aws_s3_bucket.b|"create"|null|{"bucket":"b","tags":{"x":"y"},"tags_all":{"x":"y"}}|{"tags":{"team":true},"tags_all":{"team":true}}`)},
		{"tags of the provider", planOf("", caller, `aws_s3_bucket.b|"create"|null|{"bucket":"b","tags":{"x":"y"}}|{"tags_all":true}`)},
		{"template", stack(`
Parameters: {Q: {Type: String}}
Resources:
  B: {Type: "AWS::S3::Bucket", Properties: {BucketName: b, Tags: [{Key: x, Value: y}, {Key: team, Value: !Ref Q}]}}
`)},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := load(t, "f", test.text)
			if r := s.Resources[0]; r.TagsState != iam.Unknown || len(r.Tags) != 0 {
				t.Errorf("%v %+v", r.TagsState, r.Tags)
			}
			if len(find(s, "unknown-value")) != 1 {
				t.Errorf("no word of it:\n%s", diagnosticLines(s))
			}
		})
	}
}
