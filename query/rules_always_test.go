package query_test

import "testing"

// TestAlwaysThere: keys that every such request has, values that S3 takes for fixed, and
// policies of what lies below a resource.
func TestAlwaysThere(t *testing.T) {
	const everywhere = "rp(bb): +s3:GetObject@bb/* P=* ?{"
	const stream = "arn:aws:dynamodb:us-east-1:222222222222:table/t/stream/2024"
	for _, c := range []questionCase{
		{"SYM-06/region", "id(u): +s3:*@* ; -s3:*@* ?{StringLike aws:RequestedRegion=*}", "s3:GetObject", "b/x", "u", "DENY"},
		{"SYM-06/some-region", "id(u): +s3:*@* ; -s3:*@* ?{StringLike aws:RequestedRegion=eu-*}", "s3:GetObject", "b/x", "u", "ALLOW"},
		{"SYM-06/session-name", "tp(r): +sts:AssumeRole P=u ; -sts:AssumeRole P=* ?{StringLike sts:RoleSessionName=*}", "sts:AssumeRole", "r", "u", "DENY"},
		{"SYM-06/may-be-absent", "id(u): +s3:*@* ; -s3:*@* ?{StringLike s3:prefix=*}", "s3:ListBucket", "b", "u", "ALLOW"},
		{"SYM-08/https", "id(u): +s3:*@* ; -s3:*@* ?{Bool aws:SecureTransport=[true,false]}", "s3:GetObject", "b/x", "u", "DENY"},
		{"CKEY-24/route53", "id(u): +*@* ; -*@* ?{StringNotEquals aws:RequestedRegion=eu-west-1}", "route53:ChangeResourceRecordSets", "arn:aws:route53:::hostedzone/Z1", "u", "DENY"},
		{"CKEY-24/us-east-1", "id(u): +*@* ; -*@* ?{StringNotEquals aws:RequestedRegion=us-east-1}", "route53:ChangeResourceRecordSets", "arn:aws:route53:::hostedzone/Z1", "u", "ALLOW"},
		{"COND-16/two-values", "id(u): +ec2:CreateTags@* ?{StringEquals aws:TagKeys=Name} ; -ec2:CreateTags@* ?{StringEquals aws:TagKeys=Owner}", "ec2:CreateTags", "A:instance/i-1", "u", "ALLOW_IF"},
		{"COND-16/one-value", "id(u): +ec2:CreateTags@* ?{StringEquals aws:TagKeys=Name} ; -ec2:CreateTags@* ?{StringEquals aws:TagKeys=Name}", "ec2:CreateTags", "A:instance/i-1", "u", "DENY"},
		{"RPOL-04/pattern", everywhere + "ArnLike aws:PrincipalArn=arn:aws:iam::111111111111:role/*}\nbpa(bb): on\nid(r): +s3:GetObject@*", "s3:GetObject", "bb/x", "r", "DENY"},
		{"RPOL-04/fixed", everywhere + "ArnLike aws:PrincipalArn=arn:aws:iam::111111111111:role/r}\nbpa(bb): on\nid(r): +s3:GetObject@*", "s3:GetObject", "bb/x", "r", "ALLOW"},
		{"RPOL-04/any-organization", everywhere + "StringLike aws:PrincipalOrgID=o-*}\nbpa(bb): on\nid(r): +s3:GetObject@*", "s3:GetObject", "bb/x", "r", "DENY"},
		{"RPOL-02/table-for-stream", "rp(arn:aws:dynamodb:us-east-1:222222222222:table/t): +dynamodb:*@* P=u\nid(u): +dynamodb:*@*", "dynamodb:GetRecords", stream, "u", "DENY"},
		{"RPOL-02/table-for-index", "rp(arn:aws:dynamodb:us-east-1:222222222222:table/t): +dynamodb:*@* P=u\nid(u): +dynamodb:*@*", "dynamodb:Query", "arn:aws:dynamodb:us-east-1:222222222222:table/t/index/i", "u", "ALLOW"},
		{"RPOL-02/denied-table", "rp(arn:aws:dynamodb:us-east-1:111111111111:table/t): -dynamodb:*@* P=u\nid(u): +dynamodb:*@*", "dynamodb:GetRecords", "arn:aws:dynamodb:us-east-1:111111111111:table/t/stream/2024", "u", "ALLOW"},
		{"RPOL-02/repository-with-slash", "rp(arn:aws:ecr:us-east-1:A:repository/app): +ecr:*@* P=B\nadd: B:user/v\nid(B:user/v): +ecr:*@*", "ecr:BatchGetImage", "arn:aws:ecr:us-east-1:A:repository/app/web", "B:user/v", "DENY"},
		{"RPOL-02/denied-repository", "rp(arn:aws:ecr:us-east-1:A:repository/app): -ecr:*@* P=u\nid(u): +ecr:*@*", "ecr:BatchGetImage", "arn:aws:ecr:us-east-1:A:repository/app/web", "u", "ALLOW"},
		{"RPOL-02/secret-with-slash", "rp(arn:aws:secretsmanager:us-east-1:A:secret:a-AbCdEf): -secretsmanager:*@* P=u\nid(u): +secretsmanager:*@*", "secretsmanager:GetSecretValue", "arn:aws:secretsmanager:us-east-1:A:secret:a-AbCdEf/b-AbCdEf", "u", "ALLOW"},
		{"RPOL-02/stream-of-log-group", "rp(arn:aws:logs:us-east-1:A:log-group:/app/web): -logs:*@* P=u\nid(u): +logs:*@*", "logs:PutLogEvents", "arn:aws:logs:us-east-1:A:log-group:/app/web:log-stream:s", "u", "DENY"},
	} {
		c.check(t)
	}
}
