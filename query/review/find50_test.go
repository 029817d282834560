package review

import "testing"

func TestFIND50Spoofable(t *testing.T) {
	p := func(effect, conditions string) scene {
		return scene{roles: []string{role("r", toEC2, inlinePolicy(`"Effect": "`+effect+`", "Action": "s3:*", "Resource": "*", "Condition": {`+conditions+`}`))}}
	}
	const agent = `"StringLike": {"aws:UserAgent": "*agent*"}`
	testRule(t, "FIND-50", []ruleCase{
		{name: "SYM-15 user agent", scene: p("Allow", agent), want: []string{"low role/r (i)"}},
		{name: "referer on a Deny", scene: p("Deny", `"StringNotLike": {"aws:Referer": "https://x/*"}`), want: []string{"low role/r (i)"}},
		{name: "with another condition", scene: p("Allow", agent+`, "StringEquals": {"aws:SourceVpce": "vpce-1"}`)},
		{name: "COND-14 private range", scene: p("Allow", `"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}`), want: []string{"low role/r (i)"}},
		{name: "public range as well", scene: p("Allow", `"IpAddress": {"aws:SourceIp": ["10.0.0.0/8", "203.0.113.0/24"]}`)},
		{name: "address in the VPC", scene: p("Allow", `"IpAddress": {"aws:VpcSourceIp": "10.0.0.0/8"}`)},
	})
}
