package ingest_test

import (
	"context"
	"fmt"
	"strings"

	"accesspath/ingest"
	"accesspath/ingest/managed"
)

// Read takes files of any form that accesspath knows, and makes one snapshot of
// them. What is wrong with the input is in its Diagnostics; an error means that
// nothing of it could be read.
func ExampleRead() {
	sources, skipped, err := ingest.Files([]string{"../testdata/accounts/shop"}, strings.NewReader(""))
	if err != nil {
		fmt.Println(err)
		return
	}
	snapshot, err := ingest.Read(context.Background(), sources, ingest.Options{Managed: managed.Lookup})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, a := range snapshot.Accounts {
		fmt.Printf("%s: %d users, %d roles\n", a.ID, len(a.Users), len(a.Roles))
	}
	fmt.Println(len(skipped), "files left out")
	for _, d := range snapshot.Diagnostics {
		fmt.Println(d.Severity, d.Code)
	}
	// Output:
	// 111122223333: 3 users, 2 roles
	// 444455556666: 1 users, 4 roles
	// 0 files left out
	// note bundled-policies
}
