package review

import "testing"

func TestFIND68OpenAnchor(t *testing.T) {
	r := func(conditions string) scene {
		return scene{roles: []string{role("r", `"Effect": "Allow", "Action": ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"], "Principal": {"Service": "rolesanywhere.amazonaws.com"}`+conditions, harmless)}}
	}
	const (
		anchor  = `"ArnEquals": {"aws:SourceArn": "arn:aws:rolesanywhere:eu-west-1:A:trust-anchor/11111111-2222-3333-4444-555555555555"}`
		subject = `"StringEquals": {"aws:PrincipalTag/x509Subject/CN": "build"}`
	)
	testRule(t, "FIND-68", []ruleCase{
		{name: "neither", scene: r(""), want: []string{"medium role/r (trust policy)"}},
		{name: "subject alone", scene: r(`, "Condition": {` + subject + `}`), want: []string{"medium role/r (trust policy)"}},
		{name: "anchor alone", scene: r(`, "Condition": {` + anchor + `}`), want: []string{"low role/r (trust policy)"}},
		{name: "both", scene: r(`, "Condition": {` + anchor + `, ` + subject + `}`)},
		{name: "another service", scene: scene{roles: []string{role("r", toEC2)}}},
	})
}
