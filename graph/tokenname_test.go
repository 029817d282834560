package graph

import "testing"

// STS-10: a name is filled in once, even if it looks like the variable itself.
func TestWithUserName(t *testing.T) {
	for _, c := range [][3]string{
		{"federated-user/${aws:username}", "bob", "federated-user/bob"},
		{"${AWS:UserName}-${aws:username}", "bob", "bob-bob"},
		{"federated-user/${aws:username}", "x${aws:username}", "federated-user/x${aws:username}"},
		{"${aws:username}x", "", "x"},
		{"federated-user/${aws:userid}", "bob", "federated-user/${aws:userid}"},
	} {
		if got := withUserName(c[0], c[1]); got != c[2] {
			t.Errorf("%s for %q: got %s, want %s", c[0], c[1], got, c[2])
		}
	}
}
