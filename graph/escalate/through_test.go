package escalate_test

// lentCases are about what u does to itself with the role r, which it may assume.
var lentCases = []wayCase{
	{"ESC-10", "the role writes the policy of who assumes it", "tp(r): P=u\nid(r): +iam:PutUserPolicy@u", nil, "", "u put-user-policy u+ ALLOW\nr put-user-policy none"},
	{"ESC-10", "who cannot assume the role", "tp(r): P=Service:ec2\nid(r): +iam:PutUserPolicy@u", nil, "", "u put-user-policy none"},
	{"ESC-10", "the role writes the policy of another", "add: A:user/x\ntp(r): P=u\nid(r): +iam:PutUserPolicy@A:user/x", nil, "", "u put-user-policy none\nA:user/x put-user-policy none"},
	{"ESC-10", "the role may be assumed with MFA", "tp(r): P=u ?{Bool aws:MultiFactorAuthPresent=true}\nid(r): +iam:PutUserPolicy@u", nil, "", "u put-user-policy u+ ALLOW_IF"},
	{"ESC-10", "the role may from some addresses", "tp(r): P=u\nid(r): +iam:PutUserPolicy@u ?{IpAddress aws:SourceIp=203.0.113.0/24}", nil, "", "u put-user-policy u+ ALLOW_IF"},
	{"ESC-10", "the role may in some of its sessions", "tp(r): P=u\nid(r): +iam:PutUserPolicy@u ?{StringEquals aws:SourceIdentity=x}", nil, "", "u put-user-policy none"},
	{"ESC-10", "the role attaches", "tp(r): P=u\nid(r): +iam:AttachUserPolicy@u", nil, "", "u attach-user-policy u+ ALLOW"},
	{"ESC-10", "the role writes for a group of who assumes it", "group(G u): +s3:ListAllMyBuckets@*\ntp(r): P=u\nid(r): +iam:PutGroupPolicy@A:group/G", nil, "", "u put-group-policy u+ ALLOW"},
	{"ESC-10", "a role of another account", "tp(q): P=u\nid(u): +sts:AssumeRole@q\nid(q): +iam:PutUserPolicy@u", nil, "", "u put-user-policy none"},
	{"ESC-10", "the role writes the policy of a role that assumes it", "add: A:role/s\ntp(A:role/s): P=Service:ec2\ntp(r): P=A:role/s\nid(r): +iam:PutRolePolicy@A:role/s", nil, "", "A:role/s put-role-policy A:role/s+ ALLOW"},
	{"ESC-10", "the role may do everything itself", "tp(r): P=u\nid(r): +*@*", nil, "", "u put-user-policy none"},
	{"ESC-10", "the role may do everything but what a guardrail leaves to who assumes it", "tp(r): P=u\nid(r): +*@*\nscp(A): -s3:*@* ?{ArnNotEquals aws:PrincipalArn=arn:aws:iam::111111111111:user/u}", nil, "", "u put-user-policy u+ ALLOW"},
	{"ESC-11", "the role writes a version of a policy of who assumes it", "tp(r): P=u\nid(r): +iam:CreatePolicyVersion@*", versions("u", "+s3:Get*@*"), "", "u create-policy-version u+ ALLOW"},
	{"ESC-12", "the role puts who assumes it into a group", "group(Admins): +*@*\ntp(r): P=u\nid(r): +iam:AddUserToGroup@*", nil, "", "u add-user-to-group u+ ALLOW"},
	{"ESC-22", "the role lifts the boundary", "id(u): +*@*\npb(u): +sts:AssumeRole@*\ntp(r): P=u\nid(r): +iam:DeleteUserPermissionsBoundary@u", nil, "", "u delete-user-boundary u+ ALLOW"},
	{"ESC-23", "the role detaches what denies", "id(u): +*@*\ntp(r): P=u\nid(r): +iam:DetachUserPolicy@u", versions("u", "-ec2:*@*"), "", "u detach-user-policy u+ ALLOW"},
	{"ESC-29", "the role tags", "id(u): +s3:*@* ?{StringEquals aws:PrincipalTag/team=red}\ntp(r): P=u\nid(r): +iam:TagUser@u", nil, "", "u tag-user u+ ALLOW"},
	{"ESC-31", "the role makes a group for who assumes it", "tp(r): P=u\nid(r): +[iam:CreateGroup,iam:PutGroupPolicy,iam:AddUserToGroup]@*", nil, "", "u new-group u+ ALLOW"},
	{"ESC-10", "a user whose key it makes writes its policy", "add: A:user/editor\nid(u): +iam:CreateAccessKey@A:user/editor\nid(A:user/editor): +iam:PutUserPolicy@u", nil, "", "u put-user-policy u+ ALLOW"},
}
