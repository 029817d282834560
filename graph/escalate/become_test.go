package escalate_test

// becomeCases are about principals that u has changed before it becomes them (ESC-10, ESC-16),
// by itself or by somebody that it becomes for that (CHAIN-03).
var becomeCases = []wayCase{
	{"ESC-22", "a boundary of a user whose key it makes", "add: A:user/s\nid(A:user/s): +s3:*@*\npb(A:user/s): +ec2:*@*\nid(u): +[iam:DeleteUserPermissionsBoundary,iam:CreateAccessKey]@A:user/s", nil, "", "u change-and-become A:user/s+ ALLOW"},
	{"ESC-22", "a boundary of a user whom it cannot become", "add: A:user/s\nid(A:user/s): +s3:*@*\npb(A:user/s): +ec2:*@*\nid(u): +[iam:DeleteUserPermissionsBoundary,iam:TagUser]@A:user/s", nil, "", "u change-and-become none"},
	{"ESC-22", "a boundary of a role that it assumes", "id(r): +s3:*@*\npb(r): +ec2:*@*\ntp(r): P=u\nid(u): +iam:DeleteRolePermissionsBoundary@r", nil, "", "u change-and-become r+ ALLOW"},
	{"ESC-22", "a boundary of a role that it passes", "id(r): +s3:*@*\npb(r): +ec2:*@*\ntp(r): P=Service:lambda\nid(u): +[iam:DeleteRolePermissionsBoundary,iam:PassRole]@r ; +lambda:*@*", nil, "", "u change-and-become r+ ALLOW"},
	{"ESC-23", "a policy that denies, of a role that it assumes", "tp(r): P=u\nid(r): +ec2:*@*\nid(u): +iam:DetachRolePolicy@r", versions("r", "-s3:*@*"), "", "u change-and-become r+ ALLOW"},
	{"ESC-29", "a tag of a user whose key it makes", "add: A:user/s\nid(A:user/s): +s3:*@* ?{StringEquals aws:PrincipalTag/team=red}\nid(u): +[iam:TagUser,iam:CreateAccessKey]@A:user/s", nil, "", "u change-and-become A:user/s+ ALLOW"},
	{"ESC-29", "a tag that nothing asks for", "add: A:user/s\nid(A:user/s): +s3:*@*\nid(u): +[iam:TagUser,iam:CreateAccessKey]@A:user/s", nil, "", "u change-and-become none\nu create-access-key A:user/s ALLOW"},
	{"ESC-12", "a role puts a user into a group and makes its key", "add: A:user/s\ngroup(Admins): +*@*\ntp(r): P=Service:ec2\nid(r): +iam:CreateAccessKey@A:user/s ; +iam:AddUserToGroup@A:group/Admins", nil, "", "r change-and-become A:user/s+ ALLOW"},
	{"ESC-10", "a policy of a role behind another", "add: A:role/mid\ntp(A:role/mid): P=u\ntp(r): P=A:role/mid\nid(u): +iam:PutRolePolicy@r", nil, "", "u change-and-become r+ ALLOW"},
	{"ESC-10", "a policy of a role behind another that asks for MFA", "add: A:role/mid\ntp(A:role/mid): P=u\ntp(r): P=A:role/mid ?{Bool aws:MultiFactorAuthPresent=true}\nid(u): +iam:PutRolePolicy@r", nil, "", "u change-and-become none"},
	{"ESC-10", "a policy of a role behind one of another account", "tp(q): P=u\nid(u): +sts:AssumeRole@q ; +iam:PutRolePolicy@r\ntp(r): P=q\nid(q): +sts:AssumeRole@r", nil, "", "u change-and-become r+ ALLOW"},
	{"ESC-10", "a policy of a role of another account", "tp(q): P=u\nid(u): +sts:AssumeRole@q ; +iam:PutRolePolicy@q", nil, "", "u change-and-become none"},
	{"ESC-10", "a policy of a user behind another user", "add: A:user/t A:user/s\nid(A:user/t): +iam:CreateAccessKey@A:user/s\nid(u): +iam:PutUserPolicy@A:user/s ; +iam:CreateAccessKey@A:user/t", nil, "", "u change-and-become A:user/s+ ALLOW"},
	{"ESC-10", "a policy of a role that it passes", "tp(r): P=Service:lambda\nid(u): +[iam:PutRolePolicy,iam:PassRole]@r ; +lambda:*@*", nil, "", "u change-and-become r+ ALLOW"},
	{"ESC-10", "a policy of a role that an instance has", "tp(r): P=Service:ec2\nid(u): +iam:PutRolePolicy@r ; +ssm:StartSession@*", carries("ec2:instance", "arn:aws:ec2:us-east-1:111111111111:instance/i-1", "r"), "", "u change-and-become r+ ALLOW_IF"},
	{"ESC-10", "one role writes the policy of another that it does not assume", "add: A:role/editor\ntp(A:role/editor): P=u\ntp(r): P=u\nid(A:role/editor): +iam:PutRolePolicy@r", nil, "", "u change-and-become r+ ALLOW"},
	{"ESC-10", "a user whose key it makes writes the policy of a role", "add: A:user/editor\ntp(r): P=u\nid(u): +iam:CreateAccessKey@A:user/editor\nid(A:user/editor): +iam:PutRolePolicy@r", nil, "", "u change-and-become r+ ALLOW"},
	{"ESC-10", "a role behind another writes the policy of one behind a user", "add: A:role/mid A:role/editor A:user/key\ntp(A:role/mid): P=u\ntp(A:role/editor): P=A:role/mid\nid(A:role/editor): +iam:PutRolePolicy@r\nid(u): +iam:CreateAccessKey@A:user/key\ntp(r): P=A:user/key", nil, "", "u change-and-become r+ ALLOW"},
	{"ESC-10", "a role two steps on writes the user's policy, once another has lifted its boundary", "add: A:role/lifter A:role/mid A:role/writer\npb(u): +sts:AssumeRole@*\ntp(A:role/lifter): P=u\nid(A:role/lifter): +iam:DeleteUserPermissionsBoundary@u\ntp(A:role/mid): P=u\ntp(A:role/writer): P=A:role/mid\nid(A:role/writer): +iam:PutUserPolicy@u", nil, "", "u put-user-policy u+ ALLOW\nu delete-user-boundary u+ ALLOW"},
	{"ESC-10", "the other role may with a session that carries something", "add: A:role/editor\ntp(A:role/editor): P=u\ntp(r): P=u\nid(A:role/editor): +iam:PutRolePolicy@r ?{StringEquals aws:SourceIdentity=x}", nil, "", "u change-and-become none"},
	{"ESC-10", "a policy while the target has a boundary, which then goes", "add: A:user/s\npb(A:user/s): +ec2:*@*\nid(u): +iam:PutUserPolicy@A:user/s ?{StringLike iam:PermissionsBoundary=*} ; +[iam:DeleteUserPermissionsBoundary,iam:CreateAccessKey]@A:user/s", nil, "", "u change-and-become A:user/s+ ALLOW"},
	{"ESC-31", "a boundary of some name, which it writes", "id(u): +[iam:CreateUser,iam:PutUserPolicy]@* ?{ArnLike iam:PermissionsBoundary=arn:aws:iam::111111111111:policy/team-*} ; +iam:CreatePolicy@arn:aws:iam::111111111111:policy/team-* ; +iam:CreateAccessKey@*", nil, "", "u new-user new:A:user/accesspath-new ALLOW"},
	{"ESC-31", "some boundary", "id(u): +[iam:CreateUser,iam:PutUserPolicy]@* ?{Null iam:PermissionsBoundary=false} ; +iam:CreateAccessKey@*", nil, "", "u new-user new:A:user/accesspath-new ALLOW"},
	{"ESC-31", "who may do everything but what it is denied makes a user", "id(u): +*@* ; -s3:*@* ; -iam:*@[u,r]", nil, "", "u new-user new:A:user/accesspath-new ALLOW"},
	{"ESC-31", "who may do everything", "id(u): +*@*", nil, "", "u new-user none"},
}

// becomeAfterCases are what u may do once it has become whom it changed.
var becomeAfterCases = []afterCase{
	{"ESC-22", "the boundary goes, then a policy is written", "id(r): +s3:ListBucket@b\npb(r): +s3:ListBucket@*\ntp(r): P=u\nid(u): +[iam:DeleteRolePermissionsBoundary,iam:PutRolePolicy]@r", nil, "change-and-become", "ec2:RunInstances", true},
	{"ESC-31", "some boundary, of those of AWS", "id(u): +[iam:CreateUser,iam:PutUserPolicy]@* ?{Null iam:PermissionsBoundary=false} ; +iam:CreateAccessKey@*", nil, "new-user", "ec2:RunInstances", true},
	{"ESC-31", "a boundary that it writes", "id(u): +[iam:CreateUser,iam:PutUserPolicy]@* ?{ArnLike iam:PermissionsBoundary=arn:aws:iam::111111111111:policy/team-*} ; +iam:CreatePolicy@arn:aws:iam::111111111111:policy/team-* ; +iam:CreateAccessKey@*", nil, "new-user", "ec2:RunInstances", true},
	{"GAAD-13", "a boundary of some name, of which none was read", "id(u): +[iam:CreateUser,iam:PutUserPolicy]@* ?{ArnLike iam:PermissionsBoundary=arn:aws:iam::111111111111:policy/team-*} ; +iam:CreateAccessKey@*", nil, "new-user", "ec2:RunInstances", false},
	{"ESC-05", "a boundary of some name, of which one is there", "add: A:user/team-x\npb(A:user/team-x): +s3:*@*\nid(u): +[iam:CreateUser,iam:PutUserPolicy]@* ?{ArnLike iam:PermissionsBoundary=arn:aws:iam::111111111111:policy/boundary-*} ; +iam:CreateAccessKey@A:user/accesspath*", nil, "new-user", "ec2:RunInstances", false},
	{"ESC-05", "the boundary stays", "add: A:role/mid\ntp(A:role/mid): P=u\ntp(r): P=A:role/mid\npb(r): +s3:*@*\nid(u): +iam:PutRolePolicy@r", nil, "change-and-become", "ec2:RunInstances", false},
	{"ESC-05", "a guardrail stays", "add: A:role/mid\ntp(A:role/mid): P=u\ntp(r): P=A:role/mid\nscp(A): -ec2:*@*\nid(u): +iam:PutRolePolicy@r", nil, "change-and-become", "ec2:RunInstances", false},
	{"ESC-12", "the boundary goes, what denies goes, and the user joins", "add: A:user/s\ngroup(Admins): +*@*\npb(A:user/s): +s3:*@*\nid(A:user/s): +s3:ListBucket@b ; -ec2:*@*\ntp(r): P=u\nid(r): +s3:GetObject@b/*\nid(u): +[iam:DeleteUserPermissionsBoundary,iam:DeleteUserPolicy,iam:CreateAccessKey]@A:user/s ; +iam:AddUserToGroup@*\npb(u): +iam:*@*", nil, "change-and-become", "ec2:RunInstances", true},
}
