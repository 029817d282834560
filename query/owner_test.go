package query

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"accesspath/internal/shared"
)

// TestAccountOwners compares the owners named here with a public list, which may know
// fewer accounts but should not call a vendor's account AWS's or the reverse.
func TestAccountOwners(t *testing.T) {
	for id, name := range owners {
		if len(id) != 12 || name == "" {
			t.Errorf("account %q is named %q", id, name)
		}
	}
	dir, ok := shared.Data()
	if !ok {
		t.Skip("no shared data beside the checkout")
	}
	raw, err := os.ReadFile(filepath.Join(dir, "known-aws-accounts", "accounts-by-id.json"))
	if err != nil {
		t.Fatal(err)
	}
	var list struct {
		Accounts map[string]struct{ Name, Type string }
	}
	if err := json.Unmarshal(raw, &list); err != nil {
		t.Fatal(err)
	}
	for id, name := range owners {
		known, ok := list.Accounts[id]
		if !ok || (known.Type == "aws") != (name[:3] == "AWS") {
			t.Errorf("%s is %q here and %q (%s) in the list", id, name, known.Name, known.Type)
		}
	}
}
