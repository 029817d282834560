package gaad

import (
	"testing"

	"accesspath/iam"
)

func TestIdentify(t *testing.T) {
	tests := []struct{ arn, kind, name, path, account string }{
		{"arn:aws:iam::111111111111:role/r", Role, "r", "/", "111111111111"},
		{"arn:aws-cn:iam::111111111111:user/a/b/u", User, "u", "/a/b/", "111111111111"},
		{"arn:aws:iam::test:group/g", Group, "g", "/", "test"},
		{"arn:aws:iam::111111111111:role/r", User, "", "", ""},
		{"arn:aws:iam::111111111111:rolex/r", Role, "", "", ""},
		{"arn:aws:iam::111111111111:role/", Role, "", "", ""},
		{"arn:aws:iam:::role/r", Role, "", "", ""},
		{"arn:aws:sts::111111111111:role/r", Role, "", "", ""},
		{"role/r", Role, "", "", ""},
	}
	for _, test := range tests {
		e := iam.Entity{ARN: test.arn}
		ok := Identify(&e, test.kind)
		if ok != (test.name != "") || e.Name != test.name || e.Path != test.path || e.Account != test.account {
			t.Errorf("%s as %s: %v, %+v", test.arn, test.kind, ok, e)
		}
	}
}
