package escalate_test

import (
	"accesspath/iam"
	"accesspath/policy"
)

// taggedResourceCases are about tags that u gives to what a question is about, or to what
// has a role (ESC-29), and about the other ways that a stored version opens (ESC-22).
var taggedResourceCases = []wayCase{
	{"ESC-29", "a tag of an object", "id(u): +s3:GetObject@* ?{StringEquals s3:ExistingObjectTag/team=red} ; +s3:PutObjectTagging@*", nil, "b/x", "u tag-object u+ ALLOW"},
	{"ESC-29", "a tag of a key", "id(u): +kms:Decrypt@* ?{StringEquals aws:ResourceTag/team=red} ; +kms:TagResource@*", nil, "arn:aws:kms:us-east-1:111111111111:key/k", "u tag-key u+ ALLOW_IF"},
	{"ESC-29", "a tag of a queue", "id(u): +sqs:ReceiveMessage@* ?{StringEquals aws:ResourceTag/team=red} ; +sqs:TagQueue@*", nil, "arn:aws:sqs:us-east-1:111111111111:q", "u tag-queue u+ ALLOW"},
	{"ESC-29", "a tag of a topic", "id(u): +sns:Publish@* ?{StringEquals aws:ResourceTag/team=red} ; +sns:TagResource@*", nil, "arn:aws:sns:us-east-1:111111111111:t", "u tag-topic u+ ALLOW"},
	{"ESC-29", "a tag of a secret", "id(u): +secretsmanager:GetSecretValue@* ?{StringEquals secretsmanager:ResourceTag/team=red} ; +secretsmanager:TagResource@*", nil, "arn:aws:secretsmanager:us-east-1:111111111111:secret:s-abcdef", "u tag-secret u+ ALLOW"},
	{"ESC-29", "a tag of a function", "id(u): +lambda:InvokeFunction@* ?{StringEquals aws:ResourceTag/team=red} ; +lambda:TagResource@*", nil, "arn:aws:lambda:us-east-1:111111111111:function:f", "u tag-function u+ ALLOW"},
	{"ESC-29", "a tag of a repository", "id(u): +ecr:BatchGetImage@* ?{StringEquals ecr:ResourceTag/team=red} ; +ecr:TagResource@*", nil, "arn:aws:ecr:us-east-1:111111111111:repository/r", "u tag-repository u+ ALLOW"},
	{"ESC-29", "a tag of a table", "id(u): +dynamodb:GetItem@* ?{StringEquals aws:ResourceTag/team=red} ; +dynamodb:TagResource@*", nil, "arn:aws:dynamodb:us-east-1:111111111111:table/t", "u tag-table u+ ALLOW"},
	{"ESC-29", "a tag that it may not give", "id(u): +secretsmanager:GetSecretValue@* ?{StringEquals aws:ResourceTag/team=red} ; +secretsmanager:TagResource@* ?{StringEquals aws:RequestTag/team=blue}", nil, "arn:aws:secretsmanager:us-east-1:111111111111:secret:s-abcdef", "u tag-secret none"},
	{"ESC-29", "a tag of a resource of another account", "id(u): +secretsmanager:GetSecretValue@* ?{StringEquals aws:ResourceTag/team=red} ; +secretsmanager:TagResource@*", nil, "arn:aws:secretsmanager:us-east-1:222222222222:secret:s-abcdef", "u tag-secret none"},
	{"ESC-29", "a tag that nothing asks for", "id(u): +[secretsmanager:GetSecretValue,secretsmanager:TagResource]@*", nil, "arn:aws:secretsmanager:us-east-1:111111111111:secret:s-abcdef", "u tag-secret none"},
	{"ESC-29", "a tag of a bucket is none of an object", "id(u): +s3:GetObject@* ?{StringEquals s3:ExistingObjectTag/team=red} ; +s3:PutObjectTagging@*", nil, "b", "u tag-object none"},
	{"ESC-29", "a tag of an instance", "tp(r): P=Service:ec2\nid(r): +ssm:UpdateInstanceInformation@*\nid(u): +ssm:StartSession@* ?{StringEquals ssm:resourceTag/team=red} ; +ec2:CreateTags@*", carries("ec2:instance", "arn:aws:ec2:us-east-1:111111111111:instance/i-1", "r"), "", "u ssm-start-session r ALLOW"},
	{"ESC-29", "a tag of an instance that it may not give", "tp(r): P=Service:ec2\nid(r): +ssm:UpdateInstanceInformation@*\nid(u): +ssm:StartSession@* ?{StringEquals ssm:resourceTag/team=red} ; +ec2:CreateTags@arn:aws:ec2:*:*:volume/*", carries("ec2:instance", "arn:aws:ec2:us-east-1:111111111111:instance/i-1", "r"), "", "u ssm-start-session r ALLOW_IF"},
	{"ESC-22", "a stored version of the boundary bounds less", "id(u): +*@*\npb(u): +[ec2:*,iam:SetDefaultPolicyVersion]@*", storedBoundary(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`), "", "u boundary-version u+ ALLOW"},
	{"ESC-22", "a stored version of the boundary bounds more", "id(u): +*@*\npb(u): +[ec2:*,iam:SetDefaultPolicyVersion]@*", storedBoundary(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"ec2:*","Resource":"*"}]}`), "", "u boundary-version none"},
	{"ESC-24", "a role of the user asks for MFA", "add: A:user/s\nid(A:user/s): +sts:AssumeRole@r\ntp(r): P=A ?{Bool aws:MultiFactorAuthPresent=true}\nid(u): +[iam:CreateAccessKey,iam:DeactivateMFADevice,iam:EnableMFADevice]@A:user/s ; +iam:CreateVirtualMFADevice@*", nil, "", "u own-mfa-device A:user/s+ ALLOW"},
}

// storedBoundary adds a version to the boundary of u.
func storedBoundary(text string) func(*world) {
	return func(w *world) {
		w.user("u", func(u *iam.User) {
			d, err := policy.ParseDocument([]byte(text))
			if err != nil {
				w.t.Fatal(err)
			}
			m := u.Boundary.Policy
			m.Versions = append(m.Versions, &iam.PolicyVersion{Policy: iam.Policy{Name: m.Name, ARN: m.ARN, Document: d}, VersionID: "v0"})
		})
	}
}
