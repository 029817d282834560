package policy

import "testing"

// GRAM-19: a few statements are compared with each other, of many the keys: both
// find the same.
func TestGRAM19EqualAsKeys(t *testing.T) {
	texts := []string{
		`{"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}`,
		`{"Effect": "Allow", "Action": ["s3:Get*"], "Resource": ["*"]}`,
		`{"Effect": "Deny", "Action": "s3:Get*", "Resource": "*"}`,
		`{"Sid": "a", "Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}`,
		`{"Effect": "Allow", "NotAction": "s3:Get*", "Resource": "*"}`,
		`{"Effect": "Allow", "Action": "s3:Get*", "NotResource": "*"}`,
		`{"Effect": "Allow", "Action": ["s3:Get*", "s3:Put*"], "Resource": "*"}`,
		`{"Effect": "Allow", "Action": "s3:Get*", "Resource": ["arn:aws:s3:::a", "arn:aws:s3:::b"]}`,
		`{"Effect": "Allow", "Action": "s3:Get*", "Resource": ["arn:aws:s3:::b", "arn:aws:s3:::a"]}`,
		`{"Effect": "Allow", "Action": "s3:Get*", "Resource": "*", "Principal": "*"}`,
		`{"Effect": "Allow", "Action": "s3:Get*", "Resource": "*", "Principal": {"AWS": "111111111111"}}`,
		`{"Effect": "Allow", "Action": "s3:Get*", "Resource": "*", "NotPrincipal": {"AWS": "111111111111"}}`,
		`{"Effect": "Allow", "Action": "s3:Get*", "Resource": "*", "Condition": {"StringEquals": {"aws:a": "1"}}}`,
		`{"Effect": "Allow", "Action": "s3:Get*", "Resource": "*", "Condition": {"StringEquals": {"aws:a": ["1", "2"]}}}`,
		`{"Effect": "Allow", "Action": "s3:Get*", "Resource": "*", "Condition": {"StringEquals": {"aws:a": "1", "aws:b": "2"}}}`,
		`{"Effect": "Allow", "Action": "s3:Get*", "Resource": "*", "Condition": {"StringLike": {"aws:a": "1"}}}`,
	}
	var list []Statement
	for _, text := range texts {
		d, err := ParseDocument([]byte(`{"Version": "2012-10-17", "Statement": [` + text + `]}`))
		if err != nil || len(d.Statements) != 1 {
			t.Fatalf("%s: %v, %d statements", text, err, len(d.Statements))
		}
		list = append(list, d.Statements[0])
	}
	equal := 0
	for i := range list {
		for k := range list {
			same := list[i].equal(&list[k])
			if same != (list[i].key() == list[k].key()) {
				t.Errorf("%s and %s: equal is %v, keys say otherwise", texts[i], texts[k], same)
			}
			if same {
				equal++
			}
		}
	}
	if equal != len(list)+2 {
		t.Errorf("%d pairs are equal, want %d", equal, len(list)+2)
	}
}
