package review

import (
	"encoding/json"
	"os"
	"testing"
)

// TestVendors compares the owners named here with a public list, which may know
// fewer accounts but should not call a vendor's account AWS's or the reverse.
func TestVendors(t *testing.T) {
	for id, name := range vendors() {
		if len(id) != 12 || name == "" {
			t.Errorf("account %q is named %q", id, name)
		}
	}
	raw, err := os.ReadFile(sharedData(t, "known-aws-accounts/accounts-by-id.json"))
	if err != nil {
		t.Skip(err)
	}
	var list struct {
		Accounts map[string]struct{ Name, Type string }
	}
	if err := json.Unmarshal(raw, &list); err != nil {
		t.Fatal(err)
	}
	for id, name := range vendors() {
		known, ok := list.Accounts[id]
		if !ok || (known.Type == "aws") != (name[:3] == "AWS") {
			t.Errorf("%s is %q here and %q (%s) in the list", id, name, known.Name, known.Type)
		}
	}
}
