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
		{name: "any anchor of a region", scene: r(`, "Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:rolesanywhere:eu-west-1:A:trust-anchor/*"}, ` + subject + `}`), want: []string{"medium role/r (trust policy)"}},
		{name: "any subject", scene: r(`, "Condition": {` + anchor + `, "StringLike": {"aws:PrincipalTag/x509Subject/CN": "?*"}}`), want: []string{"low role/r (trust policy)"}},
		{name: "any subject but one", scene: r(`, "Condition": {` + anchor + `, "StringNotEquals": {"aws:PrincipalTag/x509Subject/CN": "build"}}`), want: []string{"low role/r (trust policy)"}},
		{name: "some subject", scene: r(`, "Condition": {` + anchor + `, "Null": {"aws:PrincipalTag/x509Subject/CN": "false"}}`), want: []string{"low role/r (trust policy)"}},
		{name: "subjects by pattern", scene: r(`, "Condition": {` + anchor + `, "StringLike": {"aws:PrincipalTag/x509Subject/CN": "build-*"}}`)},
		{name: "the issuer's name", scene: r(`, "Condition": {` + anchor + `, "StringEquals": {"aws:PrincipalTag/x509Issuer/CN": "build"}}`)},
		{name: "an alternative name", scene: r(`, "Condition": {` + anchor + `, "StringEquals": {"aws:PrincipalTag/x509SAN/DNS": "build"}}`)},
		{name: "the subject as a tag of the request", scene: r(`, "Condition": {` + anchor + `, "StringEquals": {"aws:RequestTag/x509Subject/CN": "build"}}`)},
		{name: "another service", scene: scene{roles: []string{role("r", toEC2)}}},
	})
}
