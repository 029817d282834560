package policy_test

import (
	"testing"

	"accesspath/policy"

	"pgregory.net/rapid"
)

func TestMayMeet(t *testing.T) {
	for _, c := range []struct {
		grant, question string
		want            bool
	}{
		{"arn:aws:s3:::a/*", "arn:aws:s3:::a/*", true},
		{"arn:aws:s3:::ab/*", "arn:aws:s3:::a/*", false},
		{"arn:aws:s3:::ab*", "arn:aws:s3:::abc/*", true},
		{"arn:aws:s3:::b*", "arn:aws:s3:::abc/*", false},
		{"arn:aws:s3:::${aws:username}/*", "arn:aws:s3:::abc/*", true},
		{"arn:aws:s3:::logs-${aws:username}/*", "arn:aws:s3:::abc/*", false},
		{"arn:*:s3:::b", "arn:aws:s3:::abc/*", true}, // what comes behind the star is not looked at
		{"arn:aws:s3", "arn:aws:s3:::abc/*", true},   // U-10
		{"*", "arn:aws:s3:::abc/*", true},
		{"arn:aws:sqs:*", "arn:aws:s3:::abc/*", false},
	} {
		if got := policy.CompileResource(c.grant, true).MayMeet(c.question); got != c.want {
			t.Errorf("%s and %s: %t, want %t", c.grant, c.question, got, c.want)
		}
	}
}

// What MayMeet rules out, no resource of the question's is in the grant.
func TestMayMeetMissesNothing(t *testing.T) {
	part := rapid.StringOfN(rapid.RuneFrom([]rune("ab*?:")), 0, 4, -1)
	rapid.Check(t, func(t *rapid.T) {
		question := "arn:aws:s3:" + part.Draw(t, "question")
		grant := policy.CompileResource(rapid.SampledFrom([]string{"arn:aws:s3:", "arn:aws:*:", "arn:", "*"}).Draw(t, "head")+part.Draw(t, "grant"), true)
		if grant.MayMeet(question) {
			return
		}
		arn := []byte("arn:aws:s3:")
		for _, c := range question[len(arn):] {
			switch c {
			case '*':
				arn = append(arn, rapid.StringOfN(rapid.RuneFrom([]rune("ab:")), 0, 3, -1).Draw(t, "star")...)
			case '?':
				arn = append(arn, rapid.SampledFrom([]byte("ab:")).Draw(t, "one"))
			default:
				arn = append(arn, byte(c))
			}
		}
		if grant.May(string(arn)) {
			t.Fatalf("%s matches %s, which is one of %s", grant, arn, question)
		}
	})
}
