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
	{"ESC-29", "two tags together", "id(u): +secretsmanager:GetSecretValue@* ?{StringEquals aws:ResourceTag/team=red, StringEquals aws:ResourceTag/stage=test} ; +secretsmanager:TagResource@*", nil, "arn:aws:secretsmanager:us-east-1:111111111111:secret:s-abcdef", "u tag-secret u+ ALLOW"},
	{"ESC-29", "another value of a tag that bars", "id(u): +secretsmanager:GetSecretValue@* ; -secretsmanager:GetSecretValue@* ?{StringEquals aws:ResourceTag/sealed=yes} ; +secretsmanager:TagResource@*", nil, "arn:aws:secretsmanager:us-east-1:111111111111:secret:s-abcdef", "u tag-secret u+ ALLOW"},
	{"ESC-29", "a tag of its own that bars", "tags(u): sealed=yes\nid(u): +s3:GetObject@* ; -s3:*@* ?{StringEquals aws:PrincipalTag/sealed=yes} ; +iam:UntagUser@u ?{ForAllValues:StringEquals aws:TagKeys=sealed}", nil, "", "u untag-user u+ ALLOW"},
	{"ESC-29", "a tag of its own that has to be absent", "tags(u): sealed=yes\nid(u): +s3:GetObject@* ?{Null aws:PrincipalTag/sealed=true} ; +iam:UntagUser@u", nil, "", "u untag-user u+ ALLOW"},
	{"ESC-29", "a tag of its own that opens", "tags(u): team=red\nid(u): +s3:GetObject@* ?{StringEquals aws:PrincipalTag/team=red} ; +iam:UntagUser@u", nil, "", "u untag-user none"},
	{"ESC-29", "a tag that it has not", "id(u): +s3:GetObject@* ; -s3:*@* ?{StringEquals aws:PrincipalTag/sealed=yes} ; +iam:UntagUser@u", nil, "", "u untag-user none"},
	{"ESC-29", "a tag that it may not take away", "tags(u): sealed=yes\nid(u): +s3:GetObject@* ; -s3:*@* ?{StringEquals aws:PrincipalTag/sealed=yes} ; +iam:UntagUser@u ?{ForAllValues:StringEquals aws:TagKeys=team}", nil, "", "u untag-user none"},
	{"ESC-29", "a tag of the role in use", "tags(r): sealed=yes\ntp(r): P=u\nid(r): +s3:GetObject@* ; -s3:*@* ?{Null aws:PrincipalTag/sealed=false} ; +iam:UntagRole@r", nil, "", "r untag-role r+ ALLOW"},
	{"ESC-29", "no tags of an object", "id(u): +s3:GetObject@* ; -s3:GetObject@* ?{StringEquals s3:ExistingObjectTag/sealed=yes} ; +s3:DeleteObjectTagging@*", nil, "b/x", "u untag-object u+ ALLOW"},
	{"ESC-29", "no tag of a key", "id(u): +kms:Decrypt@* ; -kms:Decrypt@* ?{StringEquals aws:ResourceTag/sealed=yes} ; +kms:UntagResource@*", nil, "arn:aws:kms:us-east-1:111111111111:key/k", "u untag-key u+ ALLOW_IF"},
	{"ESC-29", "no tag of a queue", "id(u): +sqs:ReceiveMessage@* ; -sqs:ReceiveMessage@* ?{Null aws:ResourceTag/sealed=false} ; +sqs:UntagQueue@*", nil, "arn:aws:sqs:us-east-1:111111111111:q", "u untag-queue u+ ALLOW"},
	{"ESC-29", "no tag of a topic", "id(u): +sns:Publish@* ?{Null aws:ResourceTag/sealed=true} ; +sns:UntagResource@*", nil, "arn:aws:sns:us-east-1:111111111111:t", "u untag-topic u+ ALLOW"},
	{"ESC-29", "no tag of a secret", "id(u): +secretsmanager:GetSecretValue@* ?{StringNotEquals secretsmanager:ResourceTag/sealed=yes} ; +secretsmanager:UntagResource@*", nil, "arn:aws:secretsmanager:us-east-1:111111111111:secret:s-abcdef", "u untag-secret u+ ALLOW"},
	{"ESC-29", "no tag of a function", "id(u): +lambda:InvokeFunction@* ; -lambda:InvokeFunction@* ?{StringEquals aws:ResourceTag/sealed=yes} ; +lambda:UntagResource@*", nil, "arn:aws:lambda:us-east-1:111111111111:function:f", "u untag-function u+ ALLOW"},
	{"ESC-29", "no tag of a repository", "id(u): +ecr:BatchGetImage@* ; -ecr:BatchGetImage@* ?{StringEquals aws:ResourceTag/sealed=yes} ; +ecr:UntagResource@*", nil, "arn:aws:ecr:us-east-1:111111111111:repository/r", "u untag-repository u+ ALLOW"},
	{"ESC-29", "no tag of a table", "id(u): +dynamodb:GetItem@* ; -dynamodb:GetItem@* ?{StringEquals aws:ResourceTag/sealed=yes} ; +dynamodb:UntagResource@*", nil, "arn:aws:dynamodb:us-east-1:111111111111:table/t", "u untag-table u+ ALLOW"},
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
