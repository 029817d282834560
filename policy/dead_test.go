package policy

import (
	"testing"
	"time"
)

// TestSYM32DeadStatements: conditions that no request meets.
func TestSYM32DeadStatements(t *testing.T) {
	asOf := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name, condition string
		dead            bool
	}{
		{"COND-24 two values on one key", `{"StringEquals": {"aws:RequestedRegion": "eu-west-1"}, "StringLike": {"aws:RequestedRegion": "us-*"}}`, true},
		{"COND-24 overlapping values", `{"StringEquals": {"aws:RequestedRegion": "eu-west-1"}, "StringLike": {"aws:RequestedRegion": "eu-*"}}`, false},
		{"SYM-07 two values of a set key", `{"ForAnyValue:StringEquals": {"aws:TagKeys": "a"}, "ForAnyValue:StringLike": {"aws:TagKeys": "b*"}}`, false},
		{"SYM-31 a date that has passed", `{"DateLessThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}}`, true},
		{"SYM-31 a date to come", `{"DateLessThan": {"aws:CurrentTime": "2030-01-01T00:00:00Z"}}`, false},
		{"SYM-31 seconds that have passed", `{"NumericLessThan": {"aws:EpochTime": "1577836800"}}`, true},
		{"COND-14 private addresses alone", `{"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}`, true},
		{"COND-14 one public address", `{"IpAddress": {"aws:SourceIp": ["10.0.0.0/8", "203.0.113.7"]}}`, false},
		{"SYM-30 address and endpoint", `{"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}, "StringEquals": {"aws:SourceVpce": "vpce-1"}}`, true},
		{"unknown operator", `{"StringSame": {"aws:username": "x"}}`, true},
		{"no conditions", `{}`, false},
	} {
		d, err := ParseDocument([]byte(`{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*", "Condition": ` + c.condition + `}]}`))
		if err != nil {
			t.Fatal(err)
		}
		if why := d.Statements[0].Never(asOf); (why != "") != c.dead {
			t.Errorf("%s: %q, want dead %t", c.name, why, c.dead)
		}
	}
}
