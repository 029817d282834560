package policy

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestParseARN_ARNM_01(t *testing.T) {
	for _, c := range []struct {
		text string
		want ARN
		ok   bool
	}{
		{"arn:aws:s3:::b/a:b:c", ARN{"aws", "s3", "", "", "b/a:b:c"}, true},
		{"arn:aws-cn:iam::111111111111:role/team/r", ARN{"aws-cn", "iam", "", "111111111111", "role/team/r"}, true},
		{"arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1", ARN{"aws", "iam", "", "cloudfront", "user/CloudFront Origin Access Identity E1"}, true},
		{"arn:::::", ARN{}, true},
		{"arn:aws:s3::", ARN{}, false}, {"arn:aws:s3:us-east-1:b", ARN{}, false}, {"ARN:aws:s3:::b", ARN{}, false},
		{"", ARN{}, false}, {"*", ARN{}, false}, {"arn:", ARN{}, false}, {" arn:aws:s3:::b", ARN{}, false},
	} {
		got, ok := ParseARN(c.text)
		if ok != c.ok || ok && got != c.want {
			t.Errorf("ParseARN(%q) = %+v, %v", c.text, got, ok)
		}
	}
}

func TestIsAccountID_PRINC_11(t *testing.T) {
	for text, want := range map[string]bool{"111111111111": true, "11111111111": false, "1111111111111": false, "aws": false, "11111111111a": false, "１１１１": false, "": false} {
		if IsAccountID(text) != want {
			t.Errorf("IsAccountID(%q) = %v", text, !want)
		}
	}
}

func FuzzParseARN(f *testing.F) {
	for _, s := range []string{"arn:aws:s3:::b/x", "arn:aws:iam::111111111111:root", "arn:aws:sts::111111111111:assumed-role/r/n", "arn:::::", "arn:::::\ue02a", "arn:aws:s3", "*", ""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		a, ok := ParseARN(s)
		if ok != (strings.HasPrefix(s, "arn:") && strings.Count(s, ":") >= 5) {
			t.Fatalf("ParseARN(%q) ok = %v", s, ok)
		}
		if ok && a.String() != s {
			t.Fatalf("%q comes back as %q", s, a.String())
		}
		kind, rest := a.ResourceType()
		if ok && !strings.HasSuffix(a.Resource, rest) || !strings.HasPrefix(a.Resource, kind) {
			t.Fatalf("%q: type %q, rest %q", s, kind, rest)
		}
		p := newPrincipalElement("AWS", s)
		p.defect()
		p.RoleSession()
		// A pattern that is the literal text of an ARN matches that ARN.
		if ok && !strings.ContainsAny(s, "*?$") && utf8.ValidString(s) {
			if r := CompileResource(s, true); !r.fixed().match(s, a, true, true).ok {
				t.Fatalf("%q does not match itself", s)
			}
		}
	})
}
