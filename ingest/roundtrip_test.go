package ingest

import (
	"reflect"
	"sort"
	"strings"
	"testing"

	"accesspath/iam"
)

// complete is a snapshot by hand that has every member of the format.
const complete = `{
 "schema": "accesspath.snapshot/1", "asOf": "2024-05-06T07:08:09Z",
 "sources": [{"name": "a.json", "format": "gaad", "sha256": "00", "bytes": 3}],
 "accounts": [
  {"id": "111111111111", "partition": "aws", "alias": "app", "name": "App", "status": "ACTIVE", "incomplete": true, "coverage": {"mfa-devices": "present"},
   "users": [{"arn": "arn:aws:iam::111111111111:user/team/ann", "id": "AIDA1", "created": "2020-01-01T00:00:00Z", "groups": ["g"], "emergency": true,
     "inline": [{"name": "i", "document": {"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}}, {"name": "bad", "document": "{"}],
     "attached": [{"name": "p", "arn": "arn:aws:iam::111111111111:policy/p"}, {"name": "Bundled", "arn": "arn:aws:iam::aws:policy/Bundled"}],
     "boundary": {"name": "p", "arn": "arn:aws:iam::111111111111:policy/p"}, "tags": [{"key": "k", "value": "v"}],
     "used": [{"service": "iam"}, {"service": "s3", "last": "2024-01-01T00:00:00Z"}]},
    {"arn": "arn:aws:iam::111111111111:user/eve", "partial": true, "used": []}],
   "groups": [{"arn": "arn:aws:iam::111111111111:group/g", "id": "AGPA1"}],
   "roles": [{"arn": "arn:aws:iam::111111111111:role/r", "id": "AROA1", "trust": {"Statement": {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}},
     "lastUsed": "2024-01-01T00:00:00Z", "lastUsedRegion": "eu-west-1", "lastUsedKnown": true, "maxSession": 3600, "legacyImplicitSelfTrust": true,
     "description": "deploys", "used": [{"service": "s3", "last": "2024-01-01T00:00:00Z"}]}],
   "policies": [{"arn": "arn:aws:iam::111111111111:policy/p", "id": "ANPA1", "path": "/", "defaultVersion": "v2", "attachmentCount": 2, "created": "2020-01-01T00:00:00Z", "updated": "2021-01-01T00:00:00Z",
     "versions": [{"id": "v2", "default": true, "created": "2021-01-01T00:00:00Z", "document": {"Statement": []}}]}],
   "instanceProfiles": [{"arn": "arn:aws:iam::111111111111:instance-profile/ip", "name": "ip", "id": "AIPA1", "role": "arn:aws:iam::111111111111:role/r"}],
   "credentials": [
    {"user": "arn:aws:iam::111111111111:user/team/ann", "password": "present", "passwordLastUsed": "2024-01-01T00:00:00Z", "passwordChanged": "2023-01-01T00:00:00Z",
     "mfa": "present", "mfaDevices": ["arn:aws:iam::111111111111:mfa/ann"], "created": "2020-01-01T00:00:00Z",
     "accessKeys": [{"id": "AKIA1", "active": true, "created": "2020-01-01T00:00:00Z", "lastUsed": "2024-01-01T00:00:00Z", "lastUsedKnown": true, "lastUsedService": "s3", "lastUsedRegion": "eu-west-1"}],
     "signing": [{"id": "C1", "active": true, "created": "2020-01-01T00:00:00Z"}], "sshKeys": [{"id": "K1", "active": false, "created": "2020-01-01T00:00:00Z"}],
     "serviceSpecific": [{"id": "S1", "name": "codecommit.amazonaws.com", "active": true, "created": "2020-01-01T00:00:00Z", "expires": "2021-01-01T00:00:00Z"}]},
    {"user": "arn:aws:iam::111111111111:user/eve", "password": "known-empty", "accessKeys": [], "signing": [], "sshKeys": [], "serviceSpecific": []},
    {"user": "arn:aws:iam::111111111111:root", "mfa": "present", "hardwareMfa": "present", "accessKeysState": "present"}],
   "passwordPolicy": {"minimumLength": 14, "reusePrevention": 24, "maxAge": 90, "requireSymbols": true, "requireNumbers": true, "requireUppercase": true, "requireLowercase": true},
   "summary": {"Users": 2}, "serverCertificates": [{"id": "ASCA1", "name": "web", "active": true, "created": "2020-01-01T00:00:00Z", "expires": "2021-01-01T00:00:00Z"}],
   "providers": {"oidc": [{"arn": "arn:aws:iam::111111111111:oidc-provider/example.com", "clientIds": ["sts.amazonaws.com"]}, {"arn": "arn:aws:iam::111111111111:oidc-provider/odd", "url": "https://even", "clientIds": []}],
     "saml": [{"arn": "arn:aws:iam::111111111111:saml-provider/corp"}]},
   "compute": [{"arn": "arn:aws:ec2:eu-west-1:111111111111:instance/i-1", "kind": "ec2:instance", "name": "web", "region": "eu-west-1", "service": "ec2.amazonaws.com", "roles": ["arn:aws:iam::111111111111:role/r"],
      "agentRoles": ["arn:aws:iam::111111111111:role/agent"], "instanceProfile": "arn:aws:iam::111111111111:instance-profile/ip", "running": "present", "imdsV1": "known-empty"},
     {"arn": "arn:aws:eks:eu-west-1:111111111111:podidentityassociation/c/a-1", "pod": {"cluster": "c", "namespace": "n", "serviceAccount": "s", "targetRole": "arn:aws:iam::222222222222:role/t", "externalId": "x", "noSessionTags": true}}],
   "publicAccessBlock": {"blockPublicAcls": true, "ignorePublicAcls": true, "blockPublicPolicy": true, "restrictPublicBuckets": true}},
  {"id": "222222222222", "users": [], "roles": [], "groups": [], "policies": [], "compute": [], "serverCertificates": [], "passwordPolicy": null, "providers": {"oidc": [], "saml": []}}
 ],
 "managedPolicies": [{"arn": "arn:aws:iam::aws:policy/Bundled", "path": "/", "bundled": true, "versions": [{"id": "v1", "default": true, "bundled": true, "document": {"Statement": []}}]}],
 "organization": {"id": "o-example", "managementAccountId": "999999999999", "featureSet": "ALL", "serviceControlPolicies": "present", "resourceControlPolicies": "known-empty", "rootSessions": "present", "rootCredentials": "present",
  "policies": [{"name": "deny", "arn": "arn:aws:organizations::999999999999:policy/o-example/service_control_policy/p-1", "document": {"Statement": {"Effect": "Deny", "Action": "iam:*", "Resource": "*"}}},
   {"name": "rcp", "arn": "arn:aws:organizations::999999999999:policy/o-example/resource_control_policy/p-2", "document": {"Statement": []}}],
  "root": {"id": "r-abcd", "name": "Root", "scps": ["p-FullAWSAccess"], "rcps": ["rcp"], "units": [{"id": "ou-abcd-1", "name": "U", "scps": ["deny"], "accounts": [{"id": "111111111111", "name": "App", "status": "ACTIVE"}]}]},
  "delegatedAdmins": [{"account": "111111111111", "services": ["sso.amazonaws.com"]}]},
 "resources": [{"arn": "arn:aws:s3:::b", "account": "111111111111", "type": "s3:bucket", "region": "eu-west-1", "policy": {"Statement": []}, "tags": [{"key": "k", "value": "v"}], "ownershipEnforced": "present",
   "publicAccessBlock": {"blockPublicAcls": true, "ignorePublicAcls": false, "blockPublicPolicy": true, "restrictPublicBuckets": true}, "acl": [{"grantee": "g", "permission": "READ"}],
   "accessPoints": [{"arn": "arn:aws:s3:eu-west-1:111111111111:accesspoint/ap", "policy": {"Statement": []}}, {"arn": "arn:aws:s3:eu-west-1:111111111111:accesspoint/none", "policy": null}, {"arn": "arn:aws:s3:eu-west-1:111111111111:accesspoint/open"}],
   "holds": ["arn:aws:iam::111111111111:role/r"]},
  {"arn": "arn:aws:secretsmanager:eu-west-1:111111111111:secret:s-AbCdEf", "encryptionKey": "arn:aws:kms:eu-west-1:111111111111:key/k", "kmsGrants": [{"id": "g"}], "kmsGrantsState": "unknown"},
  {"arn": "arn:aws:kms:eu-west-1:111111111111:key/k", "type": "kms:key", "awsManaged": true, "kmsGrants": [{"id": "g", "grantee": "arn:aws:iam::111111111111:role/r", "operations": ["Decrypt"], "context": {"a": "b"}}]},
  {"arn": "arn:aws:s3:::c", "account": "111111111111", "accessPoints": [], "policy": null, "tags": [], "acl": []}],
 "identityCenter": {"instanceArn": "arn:aws:sso:::instance/ssoins-1", "identityStore": "d-1",
  "permissionSets": [{"arn": "arn:aws:sso:::permissionSet/ssoins-1/ps-1", "name": "Ops", "inline": {"name": "inline policy", "document": {"Statement": []}}, "managed": ["arn:aws:iam::aws:policy/ReadOnlyAccess"], "customer": ["/p"], "boundary": "/edge"}],
  "users": [{"id": "u1", "name": "ann", "displayName": "Ann"}], "groups": [{"id": "g1", "name": "ops", "members": ["u1"]}, {"id": "g2", "members": []}],
  "assignments": [{"account": "111111111111", "permissionSet": "arn:aws:sso:::permissionSet/ssoins-1/ps-1", "principalType": "GROUP", "principal": "g1"}]},
 "cognito": {"identityPools": [{"id": "eu-west-1:1", "name": "pool", "account": "111111111111", "unauthenticated": "present", "classic": "known-empty", "rolesKnown": true,
   "guestRole": "arn:aws:iam::111111111111:role/guest", "signedInRole": "arn:aws:iam::111111111111:role/in"}]},
 "rolesAnywhere": {"trustAnchors": [{"arn": "arn:aws:rolesanywhere:eu-west-1:111111111111:trust-anchor/1", "name": "ca", "enabled": true}],
  "profiles": [{"arn": "arn:aws:rolesanywhere:eu-west-1:111111111111:profile/1", "name": "pr", "enabled": true, "roles": ["arn:aws:iam::111111111111:role/r"], "sessionPolicy": {"document": {"Statement": []}}, "managedPolicies": ["arn:aws:iam::aws:policy/ReadOnlyAccess"]}]},
 "trustedAccounts": [{"id": "333333333333", "name": "vendor", "thirdParty": true}],
 "diagnostics": [{"severity": "warning", "code": "c", "message": "m", "entity": "e", "hint": "h", "origin": {"file": "a.json", "line": 1, "column": 2, "pointer": "/p"}}]
}`

// touched notes, for every struct type of package iam that v reaches, which
// fields hold something somewhere.
func touched(v reflect.Value, into map[reflect.Type]map[string]bool, seen map[any]bool) {
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() || seen[v.Interface()] {
			return
		}
		seen[v.Interface()] = true
		touched(v.Elem(), into, seen)
	case reflect.Slice:
		for i := range v.Len() {
			touched(v.Index(i), into, seen)
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			touched(v.MapIndex(key), into, seen)
		}
	case reflect.Struct:
		if !strings.HasSuffix(v.Type().PkgPath(), "/iam") {
			return
		}
		if into[v.Type()] == nil {
			into[v.Type()] = map[string]bool{}
		}
		for i := range v.NumField() {
			name := v.Type().Field(i).Name
			into[v.Type()][name] = into[v.Type()][name] || !v.Field(i).IsZero()
			touched(v.Field(i), into, seen)
		}
	}
}

// NAT-01: whatever a snapshot can hold survives being written and read. Every
// field of every type of package iam holds something in the sample, so that a
// field which is added there and forgotten in the format fails this test.
func TestNAT01EverythingRoundTrips(t *testing.T) {
	s := load(t, "n.json", complete)
	fields := map[reflect.Type]map[string]bool{}
	touched(reflect.ValueOf(s), fields, map[any]bool{})
	var empty []string
	for typ, names := range fields {
		for name, full := range names {
			if !full && name != "Outline" { // no input is one
				empty = append(empty, typ.Name()+"."+name)
			}
		}
	}
	sort.Strings(empty)
	if len(empty) > 0 {
		t.Errorf("the sample has nothing in %s; and if they are new: does the format have them?", strings.Join(empty, ", "))
	}
	for _, d := range s.Diagnostics {
		if d.Code == "unknown-member" || d.Code == "invalid-entity" {
			t.Error(d)
		}
	}
	first := encode(t, s)
	again := load(t, "n.json", string(first))
	sameSnapshot(t, again, s)
	if second := encode(t, again); string(first) != string(second) {
		t.Error("a second round differs")
	}
}

// Types that no field leads to would escape the test above.
func TestNAT01SampleReachesEveryType(t *testing.T) {
	fields := map[reflect.Type]map[string]bool{}
	touched(reflect.ValueOf(load(t, "n.json", complete)), fields, map[any]bool{})
	for _, typ := range []reflect.Type{
		reflect.TypeFor[iam.Credentials](), reflect.TypeFor[iam.AccessKey](), reflect.TypeFor[iam.Certificate](), reflect.TypeFor[iam.PasswordPolicy](),
		reflect.TypeFor[iam.ServiceUse](), reflect.TypeFor[iam.OIDCProvider](), reflect.TypeFor[iam.SAMLProvider](), reflect.TypeFor[iam.TrustAnchor](),
		reflect.TypeFor[iam.AnywhereProfile](), reflect.TypeFor[iam.IdentityPool](), reflect.TypeFor[iam.Compute](), reflect.TypeFor[iam.Pod](),
		reflect.TypeFor[iam.IdentityCenter](), reflect.TypeFor[iam.PermissionSet](), reflect.TypeFor[iam.IdentityUser](), reflect.TypeFor[iam.IdentityGroup](),
		reflect.TypeFor[iam.Assignment](), reflect.TypeFor[iam.AccessPoint](), reflect.TypeFor[iam.PublicAccessBlock](), reflect.TypeFor[iam.KMSGrant](),
		reflect.TypeFor[iam.Organization](), reflect.TypeFor[iam.OrgNode](), reflect.TypeFor[iam.DelegatedAdmin](), reflect.TypeFor[iam.TrustedAccount](),
	} {
		if fields[typ] == nil {
			t.Errorf("the sample has no %s", typ.Name())
		}
	}
}
