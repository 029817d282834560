package native

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"accesspath/iam"
)

var update = flag.Bool("update", false, "rewrite schema.json")

// comments returns the doc comment of each type and the line comment of each
// field ("Type.Field") in the files types*.go.
func comments(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{}
	files, err := filepath.Glob("types*.go")
	if err != nil {
		t.Fatal(err)
	}
	var decls []ast.Decl
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		decls = append(decls, file.Decls...)
	}
	for _, decl := range decls {
		gen, ok := decl.(*ast.GenDecl)
		if !ok || gen.Tok != token.TYPE {
			continue
		}
		spec := gen.Specs[0].(*ast.TypeSpec)
		out[spec.Name.Name] = oneLine(gen.Doc.Text())
		if s, ok := spec.Type.(*ast.StructType); ok {
			for _, f := range s.Fields.List {
				for _, n := range f.Names {
					out[spec.Name.Name+"."+n.Name] = oneLine(f.Comment.Text())
				}
			}
		}
	}
	return out
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// generator makes a schema of Go types.
type generator struct {
	notes map[string]string
	defs  map[string]any
}

func (g *generator) of(t reflect.Type) map[string]any {
	switch t {
	case reflect.TypeFor[time.Time]():
		return map[string]any{"type": "string", "format": "date-time"}
	case reflect.TypeFor[State]():
		return map[string]any{"enum": []string{"present", "known-empty", "unknown"}}
	case reflect.TypeFor[Document]():
		return map[string]any{"type": []string{"object", "string", "null"}}
	case reflect.TypeFor[jsontext.Value]():
		return map[string]any{"type": []string{"object", "array"}}
	case reflect.TypeFor[OrgPolicyRef]():
		return map[string]any{"oneOf": []any{map[string]any{"type": "string"}, g.of(reflect.TypeFor[Policy]())}}
	}
	switch t.Kind() {
	case reflect.String:
		return map[string]any{"type": "string"}
	case reflect.Bool:
		return map[string]any{"type": "boolean"}
	case reflect.Int, reflect.Int64:
		return map[string]any{"type": "integer"}
	case reflect.Slice:
		return map[string]any{"type": "array", "items": g.of(t.Elem())}
	case reflect.Map:
		return map[string]any{"type": "object", "additionalProperties": g.of(t.Elem())}
	case reflect.Pointer:
		return g.of(t.Elem())
	}
	if _, done := g.defs[t.Name()]; !done {
		g.defs[t.Name()] = nil // types may contain themselves
		g.defs[t.Name()] = g.object(t)
	}
	return map[string]any{"$ref": "#/$defs/" + t.Name()}
}

func (g *generator) object(t reflect.Type) map[string]any {
	properties, required := map[string]any{}, []string{}
	g.fields(t, properties, &required)
	out := map[string]any{"type": "object", "description": g.notes[t.Name()], "properties": properties, "additionalProperties": false}
	if len(required) > 0 {
		out["required"] = required
	}
	return out
}

func (g *generator) fields(t reflect.Type, properties map[string]any, required *[]string) {
	for f := range t.Fields() {
		if f.Anonymous {
			g.fields(f.Type, properties, required)
			continue
		}
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		p := g.of(f.Type)
		if note := g.notes[t.Name()+"."+f.Name]; note != "" {
			p["description"] = note
		}
		properties[name] = p
		if options == "" {
			*required = append(*required, name)
		}
	}
}

// orNull lets a member be null.
func orNull(object any, name string) {
	properties := object.(map[string]any)["properties"].(map[string]any)
	p := properties[name].(map[string]any)
	properties[name] = map[string]any{"description": p["description"], "oneOf": []any{map[string]any{"$ref": p["$ref"]}, map[string]any{"type": "null"}}}
}

// reserved adds the members that are accepted and do not count.
func reserved(object any, names ...string) {
	properties := object.(map[string]any)["properties"].(map[string]any)
	for _, n := range names {
		properties[n] = map[string]any{"description": "accepted; not evaluated, which is reported"}
	}
}

func TestSchemaIsCurrent(t *testing.T) {
	g := generator{notes: comments(t), defs: map[string]any{}}
	root := g.object(reflect.TypeFor[Snapshot]())
	reserved(root, notYet...)
	orNull(g.defs["Account"], "passwordPolicy")
	root["properties"].(map[string]any)["schema"].(map[string]any)["const"] = SchemaID
	root["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	root["$id"] = "urn:" + strings.ReplaceAll(SchemaID, "/", ":")
	root["title"] = "accesspath snapshot"
	root["$defs"] = g.defs
	want, err := json.MarshalIndent(root, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	want = append(want, '\n')
	if *update {
		if err := os.WriteFile("schema.json", want, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if !bytes.Equal(Schema(), want) {
		t.Error("schema.json differs from the types; run go test -update")
	}
	for name, note := range g.notes {
		if note == "" && !strings.Contains(name, ".") {
			t.Errorf("type %s has no comment", name)
		}
	}
}

// The members that the decoder knows are those of the schema.
func TestKnownMembersAreTheSchemas(t *testing.T) {
	var s struct {
		Defs map[string]struct {
			Properties map[string]any `json:"properties"`
		} `json:"$defs"`
	}
	if err := json.Unmarshal(Schema(), &s); err != nil {
		t.Fatal(err)
	}
	for typ, known := range knownMembers {
		name := typ.Name()
		if name == "shell" {
			name = "Account"
		}
		for member := range known {
			if _, ok := s.Defs[name].Properties[member]; !ok {
				t.Errorf("%s.%s is decoded and not in the schema", name, member)
			}
		}
		if len(known) != len(s.Defs[name].Properties) {
			t.Errorf("%s: %d members are decoded, the schema has %d", name, len(known), len(s.Defs[name].Properties))
		}
	}
}

// validate is as much of a validator as our schema needs.
func validate(root, schema map[string]any, v any, at string) []string {
	if ref, ok := schema["$ref"].(string); ok {
		def := root["$defs"].(map[string]any)[strings.TrimPrefix(ref, "#/$defs/")].(map[string]any)
		return validate(root, def, v, at)
	}
	if one, ok := schema["oneOf"].([]any); ok {
		for _, s := range one {
			if len(validate(root, s.(map[string]any), v, at)) == 0 {
				return nil
			}
		}
		return []string{at + ": fits none"}
	}
	if enum, ok := schema["enum"].([]any); ok && !slices.Contains(enum, v) {
		return []string{fmt.Sprintf("%s: %v is not in %v", at, v, enum)}
	}
	kinds := []any{schema["type"]}
	if many, ok := schema["type"].([]any); ok {
		kinds = many
	}
	if schema["type"] != nil && !slices.Contains(kinds, any(kindOfValue(v))) {
		return []string{fmt.Sprintf("%s: %s, want %v", at, kindOfValue(v), kinds)}
	}
	var bad []string
	properties, _ := schema["properties"].(map[string]any)
	switch v := v.(type) {
	case map[string]any:
		for name, m := range v {
			if p, ok := properties[name].(map[string]any); ok {
				bad = append(bad, validate(root, p, m, at+"/"+name)...)
			} else if schema["additionalProperties"] == false {
				bad = append(bad, at+"/"+name+": unknown")
			}
		}
		required, _ := schema["required"].([]any)
		for _, name := range required {
			if _, ok := v[name.(string)]; !ok {
				bad = append(bad, at+": no "+name.(string))
			}
		}
	case []any:
		for i, m := range v {
			if items, ok := schema["items"].(map[string]any); ok {
				bad = append(bad, validate(root, items, m, fmt.Sprintf("%s/%d", at, i))...)
			}
		}
	}
	return bad
}

func kindOfValue(v any) string {
	switch v := v.(type) {
	case map[string]any:
		return "object"
	case []any:
		return "array"
	case string:
		return "string"
	case bool:
		return "boolean"
	case float64:
		if v == float64(int64(v)) {
			return "integer"
		}
		return "number"
	}
	return "null"
}

// everything is a snapshot with all that the types can hold.
func everything() *iam.Snapshot {
	now := time.Date(2024, 1, 2, 3, 4, 5, 0, time.UTC)
	place := iam.Origin{File: "f", Line: 1, Column: 2, Pointer: "/p"}
	aws := &iam.ManagedPolicy{ARN: "arn:aws:iam::aws:policy/P", Name: "P", Account: "aws", Bundled: true, Created: now, Updated: now,
		Versions: []*iam.PolicyVersion{{Policy: iam.Policy{Name: "P", ARN: "arn:aws:iam::aws:policy/P", Defect: "d"}, VersionID: "v1", IsDefault: true, Created: now}}}
	entity := iam.Entity{ARN: "arn:aws:iam::111111111111:role/r", Name: "r", Path: "/", UniqueID: "AROA", Account: "111111111111", Created: now, Origin: place,
		Inline: []*iam.Policy{{Name: "i", Defect: "d", Origin: place}}, Attached: []*iam.Attachment{{Name: "P", ARN: aws.ARN, Policy: aws}},
		Boundary: &iam.Attachment{Name: "P", ARN: aws.ARN, Policy: aws}, Tags: []iam.Tag{{Key: "k", Value: "v"}}, Partial: true}
	scp := &iam.Policy{Name: "s", ARN: "arn:aws:organizations::9:policy/o-x/service_control_policy/p-1", Defect: "d"}
	certificate := iam.Certificate{ID: "i", Name: "n", Active: true, Created: now, Expires: now}
	keys := &iam.Credentials{Password: iam.Present, PasswordLastUsed: now, PasswordChanged: now, MFA: iam.Present, MFADevices: []string{"d"}, HardwareMFA: iam.KnownEmpty,
		Keys: iam.Present, AccessKeys: []iam.AccessKey{{ID: "i", Active: true, Created: now, LastUsed: now, LastUsedKnown: true, LastUsedService: "s", LastUsedRegion: "r"}},
		Signing: iam.Unknown, Certificates: []iam.Certificate{certificate}, SSH: iam.KnownEmpty, ServiceSpecific: iam.Present, Passwords: []iam.Certificate{certificate}, Created: now, Origin: place}
	return &iam.Snapshot{
		AsOf: now, Sources: []iam.Source{{Name: "f", Format: "gaad", SHA256: "00", Bytes: 1}},
		Accounts: []*iam.Account{{
			ID: "111111111111", Partition: "aws", Alias: "a", Name: "n", Status: "ACTIVE", Incomplete: true, Coverage: iam.Coverage{iam.SectionUsers: iam.Unknown},
			Users: []*iam.User{{Entity: entity, GroupNames: []string{"g"}, Credentials: keys, Emergency: true, Used: []iam.ServiceUse{{Service: "s3", Last: now}}}}, Groups: []*iam.Group{{Entity: entity}},
			Roles:            []*iam.Role{{Entity: entity, Trust: &iam.Policy{Defect: "d", Origin: place}, LastUsed: now, LastUsedRegion: "r", LastUsedKnown: true, MaxSession: 1, LegacySelfTrust: true, Description: "d", Used: []iam.ServiceUse{}}},
			Policies:         []*iam.ManagedPolicy{aws},
			InstanceProfiles: []*iam.InstanceProfile{{ARN: "a", Name: "n", UniqueID: "i", Role: "r"}},
			Root:             keys, PasswordPolicy: &iam.PasswordPolicy{MinimumLength: 1, ReusePrevention: 1, MaxAge: 1, RequireSymbols: true, RequireNumbers: true, RequireUppercase: true, RequireLowercase: true, Origin: place},
			Certificates: []iam.Certificate{certificate}, Summary: map[string]int{"Users": 1},
			OIDC:     []*iam.OIDCProvider{{ARN: "arn:aws:iam::1:oidc-provider/a", URL: "b", ClientIDs: []string{"c"}, ClientsKnown: true, Origin: place}},
			SAML:     []*iam.SAMLProvider{{ARN: "a", Origin: place}},
			Anchors:  []*iam.TrustAnchor{{ARN: "a", Name: "n", Enabled: true, Origin: place}},
			Profiles: []*iam.AnywhereProfile{{ARN: "a", Name: "n", Enabled: true, Roles: []string{"r"}, SessionPolicy: scp, ManagedPolicies: []string{"m"}, Origin: place}},
			Pools:    []*iam.IdentityPool{{ID: "p", Name: "n", Account: "1", Unauthenticated: iam.Present, Classic: iam.KnownEmpty, RolesKnown: true, GuestRole: "g", SignedInRole: "s", Origin: place}},
			Compute: []*iam.Compute{{ARN: "a", Kind: "k", Name: "n", Account: "1", Region: "r", Service: "s", Roles: []string{"r"}, AgentRoles: []string{"a"}, InstanceProfile: "i",
				Running: iam.Present, IMDSv1: iam.KnownEmpty, Pod: &iam.Pod{Cluster: "c", Namespace: "n", ServiceAccount: "s", TargetRole: "t", ExternalID: "x", NoSessionTags: true}, Origin: place}},
			PublicAccessBlock: &iam.PublicAccessBlock{BlockPublicACLs: true},
		}},
		Organization: &iam.Organization{
			ID: "o-x", ManagementAccount: "9", FeatureSet: "ALL", SCP: iam.Present, RCP: iam.KnownEmpty, RootSessions: iam.Present, RootCredentials: iam.Present, Origin: place,
			Nodes: []*iam.OrgNode{{ID: "r-1", Kind: "root", SCPs: []*iam.Policy{scp}, SCPState: iam.Present}, {ID: "ou-1", Kind: "unit", ParentID: "r-1"},
				{ID: "1", Kind: "account", ParentID: "ou-1", Status: "ACTIVE", SCPs: []*iam.Policy{scp}}, {ID: "2", Kind: "account", ParentID: "ou-gone"}},
			DelegatedAdmins: []iam.DelegatedAdmin{{Account: "1", Services: []string{"s"}}},
		},
		Resources: []*iam.Resource{{ARN: "arn:aws:s3:::b", Account: "1", Type: "s3:bucket", Region: "r", Policy: &iam.Policy{Defect: "d", Origin: place}, PolicyState: iam.Present,
			Tags: []iam.Tag{{Key: "k", Value: "v"}}, TagsState: iam.Present, PublicAccessBlock: &iam.PublicAccessBlock{BlockPublicACLs: true}, OwnershipEnforced: iam.Present,
			ACL: []iam.ACLGrant{{Grantee: "g", Permission: "READ"}}, ACLState: iam.Present,
			Grants: []iam.KMSGrant{{ID: "1", Grantee: "g", Operations: []string{"o"}, Context: map[string]string{"a": "b"}}}, GrantsState: iam.Present, Origin: place,
			AccessPoints: []iam.AccessPoint{{ARN: "a", Policy: scp, State: iam.Present}, {ARN: "b", State: iam.KnownEmpty}}, AccessPointsState: iam.Unknown, Holds: []string{"r"}}},
		IdentityCenter: &iam.IdentityCenter{InstanceARN: "i", IdentityStore: "d", Origin: place, UsersState: iam.Present, GroupsState: iam.Unknown, AssignmentState: iam.KnownEmpty,
			PermissionSets: []*iam.PermissionSet{{ARN: "a", Name: "n", Inline: scp, Managed: []string{"m"}, Customer: []string{"c"}, Boundary: "b", Origin: place}},
			Users:          []iam.IdentityUser{{ID: "u", Name: "n", DisplayName: "d"}}, Groups: []iam.IdentityGroup{{ID: "g", Name: "n", Members: []string{"u"}}},
			Assignments: []iam.Assignment{{Account: "1", PermissionSet: "a", PrincipalType: "USER", Principal: "u", Origin: place}}},
		Trusted:     []iam.TrustedAccount{{ID: "1", Name: "n", ThirdParty: true}},
		Diagnostics: []iam.Diagnostic{{Severity: iam.Error, Code: "c", Message: "m", Entity: "e", Hint: "h", Origin: place}},
	}
}

func TestEncodedFitsSchema(t *testing.T) {
	var b bytes.Buffer
	if err := Encode(&b, everything()); err != nil {
		t.Fatal(err)
	}
	var doc any
	var root map[string]any
	if err := json.Unmarshal(b.Bytes(), &doc); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(Schema(), &root); err != nil {
		t.Fatal(err)
	}
	for _, bad := range validate(root, root, doc, "") {
		t.Error(bad)
	}
}

// Encode writes the same bytes each time.
func TestEncodeIsDeterministic(t *testing.T) {
	var a, b bytes.Buffer
	if err := Encode(&a, everything()); err != nil {
		t.Fatal(err)
	}
	for range 5 {
		b.Reset()
		if err := Encode(&b, everything()); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(a.Bytes(), b.Bytes()) {
			t.Fatal("two encodings differ")
		}
	}
}
