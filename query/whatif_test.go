package query_test

import (
	"fmt"
	"slices"
	"testing"

	"accesspath/internal/fixture"
	"accesspath/policy"
	"accesspath/query"
)

// whatIfWorld: u reaches the bucket through r, and v by its own policy.
const whatIfWorld = `
	id(u): +sts:AssumeRole@r
	tp(r): P=A
	id(r): +s3:GetObject@b/*
	id(A:user/v): +s3:GetObject@b/*
	scp(root): +*@*`

// TestQRY28WhatIf: the answer is the rows that differ once one thing is taken
// out or added, and the snapshot itself stays as it was.
func TestQRY28WhatIf(t *testing.T) {
	deny, err1 := policy.ParseDocument([]byte(`{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"s3:*","Resource":"*"}}`))
	grant, err2 := policy.ParseDocument([]byte(`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}}`))
	if err1 != nil || err2 != nil {
		t.Fatal(err1, err2)
	}
	for _, c := range []struct {
		name string
		edit query.Edit
		want []string
	}{
		{"principal", query.Edit{Without: fixture.ARN("A:user/v")}, []string{"removed A:user/v"}},
		{"role", query.Edit{Without: fixture.ARN("r")}, []string{"removed r", "removed u"}},
		{"hop", query.Edit{Without: fixture.ARN("u") + "->" + fixture.ARN("r")}, []string{"removed u"}},
		{"statement", query.Edit{Without: fixture.ARN("r") + "#inline#0"}, []string{"removed r", "removed u"}},
		{"scp", query.Edit{SCP: deny, Name: "deny.json"}, []string{"removed r", "removed A:root", "removed u", "removed A:user/v"}},
		{"policy", query.Edit{Policy: grant, Target: fixture.ARN("u"), Name: "grant.json"}, []string{"changed u"}},
	} {
		t.Run("QRY-28/"+c.name, func(t *testing.T) {
			w := newCaseWorld(t, whatIfWorld)
			e := w.engine()
			got, after, err := e.WhatIf(t.Context(), []query.Edit{c.edit}, func(e *query.Engine) (*query.Result, error) {
				return e.WhoCan(t.Context(), "s3:GetObject", fixture.ARN("b/x"))
			})
			if err != nil {
				t.Errorf("%s: %v", c.name, err)
				return
			}
			var rows []string
			for _, r := range got.Rows {
				rows = append(rows, fmt.Sprintf("%s %s", r.Change, fixture.Short(r.Principal)))
			}
			if !slices.Equal(rows, c.want) || len(got.Changes) != 1 || after == nil {
				t.Errorf("%s: rows %q, want %q; changes %q", c.name, rows, c.want, got.Changes)
			}
			again, err := e.WhoCan(t.Context(), "s3:GetObject", fixture.ARN("b/x"))
			if err != nil || len(again.Answers) != got.Before {
				t.Errorf("%s: the snapshot itself now has %d rows, had %d: %v", c.name, len(again.Answers), got.Before, err)
			}
		})
	}
}
