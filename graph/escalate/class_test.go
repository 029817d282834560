package escalate_test

import (
	"accesspath/iam"
	"accesspath/internal/fixture"
)

const secret = "arn:aws:secretsmanager:us-east-1:111111111111:secret:s-AbCdEf"

// trusting are two users whose policies agree on what entries need.
const trusting = "add: A:user/a A:user/b\ntp(r): P=Service:polly\nid(A:user/a): +iam:UpdateAssumeRolePolicy@*\nid(A:user/b): +iam:UpdateAssumeRolePolicy@*\n"

const exemptB = " ?{ArnNotEquals aws:PrincipalArn=arn:aws:iam::111111111111:user/b}"

// aAlone and bAlone: the one finds the way, and the other does not.
const (
	aAlone = "A:user/a update-trust r ALLOW\nA:user/b update-trust none"
	bAlone = "A:user/b update-trust r ALLOW\nA:user/a update-trust none"
)

// refill are two users who may launch instances; only a profile of another role is there.
const refill = "add: A:user/a A:user/b A:role/meek\ntp(r): P=Service:ec2\ntp(A:role/meek): P=Service:ec2\nprofile(A:role/meek): p\n" +
	"id(A:user/a): +iam:PassRole@r ; +[ec2:RunInstances,iam:AddRoleToInstanceProfile]@*\nid(A:user/b): +iam:PassRole@r ; +[ec2:RunInstances,iam:AddRoleToInstanceProfile]@*\n"

// reading are two users who may read a secret with a key of a third.
const reading = "add: A:user/a A:user/b A:user/k\nid(A:user/a): +secretsmanager:GetSecretValue@*\nid(A:user/b): +secretsmanager:GetSecretValue@*\n"

// coding are two users who may write the code of a function.
const coding = "add: A:user/a A:user/b\ntp(r): P=Service:lambda\nid(A:user/a): +lambda:UpdateFunctionCode@*\nid(A:user/b): +lambda:UpdateFunctionCode@*\n"

// classCases are about principals that seem alike and are not.
var classCases = []wayCase{
	{"ESC-01", "what only a fact asks about is denied to the first", trusting + "id(A:user/a): -sts:AssumeRole@*", nil, "", bAlone},
	{"ESC-01", "what only a fact asks about is denied to the second", trusting + "id(A:user/b): -sts:AssumeRole@*", nil, "", aAlone},
	{"ESC-01", "what nothing asks about is denied to one", trusting + "id(A:user/b): -s3:GetObject@*", nil, "", "A:user/a update-trust r ALLOW\nA:user/b update-trust r ALLOW"},
	{"ESC-18", "only the first may empty the profile", refill + "id(A:user/a): +iam:RemoveRoleFromInstanceProfile@*", nil, "", "A:user/a run-instances r ALLOW\nA:user/b run-instances none"},
	{"ESC-18", "only the second may empty the profile", refill + "id(A:user/b): +iam:RemoveRoleFromInstanceProfile@*", nil, "", "A:user/b run-instances r ALLOW\nA:user/a run-instances none"},
	{"ESC-01", "a guardrail on callers exempts one from what a fact asks about", trusting + "scp(A): -sts:AssumeRole@*" + exemptB, nil, "", bAlone},
	{"ESC-01", "a guardrail on resources exempts one", trusting + "rcp(A): -sts:AssumeRole@*" + exemptB, nil, "", bAlone},
	{"ESC-01", "a guardrail on resources exempts one by its name", trusting + "rcp(A): -sts:*@* ?{StringNotEquals aws:username=a}", nil, "", aAlone},
	{"ESC-28", "the secret's policy denies the first", reading + "rp(" + secret + "): -secretsmanager:*@* P=A:user/a", secretHolds("A:user/k"), "", "A:user/b read-secret A:user/k ALLOW\nA:user/a read-secret none"},
	{"ESC-28", "the secret's policy denies the second", reading + "rp(" + secret + "): -secretsmanager:*@* P=A:user/b", secretHolds("A:user/k"), "", "A:user/a read-secret A:user/k ALLOW\nA:user/b read-secret none"},
	{"ESC-21", "the function's policy denies the first", coding + "rp(" + function + "): -lambda:*@* P=A:user/a", carries("lambda:function", function, "r"), "", "A:user/b lambda-update-code r ALLOW\nA:user/a lambda-update-code none"},
	{"ESC-21", "the function's policy lets a service in", coding + "rp(" + function + "): +lambda:InvokeFunction@* P=Service:s3", carries("lambda:function", function, "r"), "", "A:user/a lambda-update-code r ALLOW\nA:user/b lambda-update-code r ALLOW"},
}

// secretHolds marks the secret, which has a policy, as one that stores a credential.
func secretHolds(who string) func(*world) {
	return func(w *world) {
		w.then(func(s *iam.Snapshot) { s.Resource(secret).Holds = []string{fixture.ARN(who)} })
	}
}
