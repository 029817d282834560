package declared

import (
	"cmp"
	"encoding/json"
	"strings"

	"accesspath/iam"
	"accesspath/ingest/internal/scan"
	"accesspath/policy"
)

// A Permission is one grant of lambda:AddPermission, which AWS keeps as a
// statement of the function's policy.
type Permission struct {
	SID, Action, Principal, Function              string
	SourceARN, SourceAccount, Org, URLAuth, Token string
}

// permissionStatement has the members in the order in which AWS writes them.
type permissionStatement struct {
	SID       string                       `json:"Sid"`
	Effect    string                       `json:"Effect"`
	Principal any                          `json:"Principal"`
	Action    string                       `json:"Action"`
	Resource  string                       `json:"Resource"`
	Condition map[string]map[string]string `json:"Condition,omitempty"`
}

func (p Permission) statement() permissionStatement {
	s := permissionStatement{SID: p.SID, Effect: "Allow", Principal: principalOf(p.Principal), Action: p.Action, Resource: p.Function}
	put := func(operator, key, value string) {
		if value == "" {
			return
		}
		if s.Condition == nil {
			s.Condition = map[string]map[string]string{}
		}
		if s.Condition[operator] == nil {
			s.Condition[operator] = map[string]string{}
		}
		s.Condition[operator][key] = value
	}
	put("ArnLike", "AWS:SourceArn", p.SourceARN)
	put("StringEquals", "AWS:SourceAccount", p.SourceAccount)
	put("StringEquals", "aws:PrincipalOrgID", p.Org)
	put("StringEquals", "lambda:FunctionUrlAuthType", p.URLAuth)
	put("StringEquals", "lambda:EventSourceToken", p.Token)
	return s
}

// A Grant is a permission as declared.
type Grant struct {
	Permission
	Place   iam.Origin
	Unknown string // the unknown value that it hangs on; "" if all is known
}

// Permissions is the policy that a function has by its grants, of which there is
// at least one.
func (s *Sheet) Permissions(arn string, grants []Grant) *iam.Policy {
	t := Text{Pointer: grants[0].Place.Pointer, Place: grants[0].Place}
	var list []Permission
	for _, g := range grants {
		list = append(list, g.Permission)
		t.Unknown = cmp.Or(t.Unknown, g.Unknown)
	}
	t.Value = permissionPolicy(s.File.Name, list, t.Place.Line, t.Place.Column)
	return s.Policy(t, "resource policy", arn)
}

// permissionPolicy writes the policy as text.
func permissionPolicy(file string, list []Permission, line, column int) scan.Value {
	document := struct {
		Version   string
		ID        string `json:"Id"`
		Statement []permissionStatement
	}{Version: "2012-10-17", ID: "default"}
	for _, p := range list {
		document.Statement = append(document.Statement, p.statement())
	}
	raw, err := json.Marshal(document)
	if err != nil { // texts only: it cannot fail
		raw = []byte("null")
	}
	return scan.Make(file, raw, line, column)
}

// principalOf: services and "*" stand as they are, accounts as their root.
func principalOf(text string) any {
	switch {
	case text == "*":
		return "*"
	case strings.HasSuffix(text, ".amazonaws.com") || strings.HasSuffix(text, ".amazonaws.com.cn"):
		return map[string]string{"Service": text}
	case policy.IsAccountID(text):
		return map[string]string{"AWS": "arn:aws:iam::" + text + ":root"}
	}
	return map[string]string{"AWS": text}
}
