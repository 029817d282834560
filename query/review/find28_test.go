package review

import (
	"testing"

	"accesspath/iam"
)

const somePool = "eu-west-1:11111111-2222-3333-4444-555555555555"

// cognitoRole trusts an identity pool under conditions.
func cognitoRole(conditions, permissions string) scene {
	return scene{roles: []string{role("r", `"Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity", "Principal": {"Federated": "cognito-identity.amazonaws.com"}`+conditions, inlinePolicy(permissions))}}
}

func poolCondition(amr string) string {
	s := `, "Condition": {"StringEquals": {"cognito-identity.amazonaws.com:aud": "` + somePool + `"}`
	if amr != "" {
		s += `, "ForAnyValue:StringLike": {"cognito-identity.amazonaws.com:amr": "` + amr + `"}`
	}
	return s + `}`
}

// withPool adds the pool.
func withPool(guests iam.State) func(*iam.Snapshot) {
	return withAccount(func(a *iam.Account) {
		a.Coverage[iam.SectionPools] = iam.Present
		a.Pools = []*iam.IdentityPool{{ID: somePool, Account: a.ID, Unauthenticated: guests, Classic: iam.Present}}
	})
}

// enhancedPool adds the pool with a role for guests, and without the classic flow.
func enhancedPool(guests iam.State, role string) func(*iam.Snapshot) {
	return withAccount(func(a *iam.Account) {
		a.Coverage[iam.SectionPools] = iam.Present
		a.Pools = []*iam.IdentityPool{{ID: somePool, Account: a.ID, Unauthenticated: guests, Classic: iam.KnownEmpty, RolesKnown: true, GuestRole: "arn:aws:iam::" + a.ID + ":role/" + role}}
	})
}

func TestFIND28GuestRole(t *testing.T) {
	const (
		mail   = `"Effect": "Allow", "Action": "ses:SendEmail", "Resource": "*"`
		events = `"Effect": "Allow", "Action": ["mobileanalytics:PutEvents", "cognito-sync:*"], "Resource": "*"`
		lacks  = "the identity pools of the account"
	)
	testRule(t, "FIND-28", []ruleCase{
		{name: "mail", scene: cognitoRole(poolCondition("unauthenticated"), mail), edit: withPool(iam.Present), want: []string{"high role/r (trust policy)"}},
		{name: "FED-12 amr missing", scene: cognitoRole(poolCondition(""), mail), edit: withPool(iam.Present), want: []string{"high role/r (trust policy)"}},
		{name: "administrator", scene: cognitoRole(poolCondition("unauthenticated"), allowAll), edit: withPool(iam.Present), want: []string{"critical role/r (trust policy)"}},
		{name: "pool unknown", scene: cognitoRole(poolCondition("unauthenticated"), mail), want: []string{"high role/r (trust policy)"}, missing: []string{lacks}},
		{name: "FED-13 pool without guests", scene: cognitoRole(poolCondition("unauthenticated"), mail), edit: withPool(iam.KnownEmpty)},
		{name: "signed-in users", scene: cognitoRole(poolCondition("authenticated"), mail), edit: withPool(iam.Present)},
		{name: "what AWS gives guests", scene: cognitoRole(poolCondition("unauthenticated"), events), edit: withPool(iam.Present)},
		{name: "FED-13 enhanced flow", scene: cognitoRole(poolCondition("unauthenticated"), mail), edit: enhancedPool(iam.Present, "r"), want: []string{"high role/r (trust policy)"}},
		{name: "FED-13 not left by the enhanced flow", scene: cognitoRole(poolCondition("unauthenticated"), `"Effect": "Allow", "Action": "ec2:TerminateInstances", "Resource": "*"`), edit: enhancedPool(iam.Present, "r")},
		{name: "FED-13 the enhanced flow gives another role", scene: cognitoRole(poolCondition("unauthenticated"), mail), edit: enhancedPool(iam.Present, "other")},
		{name: "FED-11 anybody's pool, though the own lets no guests in", scene: cognitoRole(`, "Condition": {"ForAnyValue:StringLike": {"cognito-identity.amazonaws.com:amr": "unauthenticated"}}`, mail),
			edit: enhancedPool(iam.KnownEmpty, "r"), want: []string{"high role/r (trust policy)"}},
		{name: "FED-11 any pool of a region", scene: cognitoRole(`, "Condition": {"StringLike": {"cognito-identity.amazonaws.com:aud": "eu-west-1:*"}}`, mail),
			edit: enhancedPool(iam.KnownEmpty, "r"), want: []string{"high role/r (trust policy)"}},
		{name: "reads every bucket", scene: cognitoRole(poolCondition("unauthenticated"), `"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"`), edit: withPool(iam.Present), want: []string{"high role/r (trust policy)"}},
		{name: "reads", scene: cognitoRole(poolCondition("unauthenticated"), `"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::public/*"`), edit: withPool(iam.Present)},
	})
}
