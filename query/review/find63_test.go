package review

import "testing"

func TestFIND63UnusedPolicy(t *testing.T) {
	versions := func(old, now string) string {
		return entity("policy/p", `"versions": [{"id": "v1", "document": `+doc(old)+`}, {"id": "v2", "default": true, "document": `+doc(now)+`}]`)
	}
	used := func(p string) scene {
		return scene{roles: []string{role("r", toEC2, attached("p"))}, policies: []string{p}}
	}
	const getOne = `"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/x"`
	const (
		denyIAM = `}, {"Effect": "Deny", "Action": "iam:*", "Resource": "*"`
		mfa     = `, "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}`
		expired = `, "Condition": {"DateLessThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}}`
	)
	testRule(t, "FIND-63", []ruleCase{
		{name: "not attached", scene: scene{policies: []string{customerPolicy("p", allowS3)}}, want: []string{"low policy/p"}},
		{name: "attached", scene: used(customerPolicy("p", allowS3))},
		{name: "a boundary", scene: scene{users: []string{entity("user/u", `"boundary": {"arn": "arn:aws:iam::A:policy/p"}`)}, policies: []string{customerPolicy("p", allowS3)}}},
		{name: "ESC-03 wider version", scene: used(versions(allowS3, getOne)), want: []string{"low policy/p (versions)"}},
		{name: "everything in store", scene: used(versions(allowAll, getOne)), want: []string{"medium policy/p (versions)"}},
		{name: "narrower version", scene: used(versions(getOne, allowS3))},
		{name: "ESC-03 the default denies a part", scene: used(versions(allowAll, allowAll+denyIAM)), want: []string{"medium policy/p (versions)"}},
		{name: "ESC-03 both deny it", scene: used(versions(allowAll+denyIAM, allowAll+denyIAM))},
		{name: "ESC-03 the default asks for MFA", scene: used(versions(allowS3, allowS3+mfa)), want: []string{"low policy/p (versions)"}},
		{name: "ESC-03 both ask for MFA", scene: used(versions(allowS3+mfa, allowS3+mfa))},
		{name: "ESC-03 only the old one asks for MFA", scene: used(versions(allowS3+mfa, allowS3))},
		{name: "ESC-03 the default has expired", scene: used(versions(allowS3, allowS3+expired)), want: []string{"low policy/p (versions)"}},
		{name: "ESC-03 the old one has expired", scene: used(versions(allowS3+expired, getOne))},
		{name: "ESC-03 all but some actions", scene: used(versions(`"Effect": "Allow", "NotAction": "s3:Get*", "Resource": "*"`, getOne)), want: []string{"low policy/p (versions)"}},
		{name: "ESC-03 all but more actions", scene: used(versions(`"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"`, `"Effect": "Allow", "NotAction": ["iam:*", "sts:*"], "Resource": "*"`)), want: []string{"low policy/p (versions)"}},
		{name: "ESC-03 all but fewer actions", scene: used(versions(`"Effect": "Allow", "NotAction": ["iam:*", "sts:*"], "Resource": "*"`, `"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"`))},
		{name: "ESC-03 all but a bucket", scene: used(versions(`"Effect": "Allow", "Action": "s3:*", "NotResource": "arn:aws:s3:::b"`, getOne)), want: []string{"low policy/p (versions)"}},
		{name: "ESC-03 the same bucket by another spelling", scene: used(versions(`"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/x*"`, `"Effect": "Allow", "Action": ["s3:Put*", "s3:Get*"], "Resource": ["arn:aws:s3:::b", "arn:aws:s3:::b/*"]`))},
		{name: "ESC-03 two statements for one", scene: used(versions(`"Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": "arn:aws:s3:::b/*"`, `"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}, {"Effect": "Allow", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::b/*"`))},
		{name: "ESC-03 one's own of each user", scene: used(versions(`"Effect": "Allow", "Action": "iam:GetUser", "Resource": "arn:aws:iam::A:user/${aws:username}"`, `"Effect": "Allow", "Action": "iam:Get*", "Resource": "arn:aws:iam::A:user/${aws:username}"`))},
		{name: "pages missing", scene: scene{policies: []string{customerPolicy("p", allowS3)}, more: `, "incomplete": true`}, missing: []string{"the remaining pages of the export"}},
	})
}
