package awscli

import (
	"accesspath/iam"
	"accesspath/ingest/internal/part"
	"accesspath/ingest/internal/scan"
	"accesspath/policy"
)

var federatedMembers = []string{
	"IdentityPools", "IdentityPoolId", "IdentityPoolName", "AllowUnauthenticatedIdentities", "AllowClassicFlow", "RoleMappings",
	"CognitoIdentityProviders", "OpenIdConnectProviderARNs", "SamlProviderARNs", "SupportedLoginProviders", "IdentityPoolTags",
	"TrustAnchors", "TrustAnchor", "Profiles", "Profile",
}

// federated reads what lets outsiders in who have no account of AWS: Cognito
// identity pools (IN-26) and IAM Roles Anywhere (IN-27).
func (o *Object) federated() bool {
	found := o.pools()
	found = o.pool() || found
	return o.anywhere() || found
}

// pools reads cognito-identity list-identity-pools: which there are, no more.
func (o *Object) pools() bool {
	v, at := o.get("IdentityPools")
	if v.Kind() != '[' {
		return false
	}
	var out []*iam.IdentityPool
	for i, e := range v.Elements() {
		if id := e.Get("IdentityPoolId").Text(); id != "" {
			out = append(out, &iam.IdentityPool{ID: id, Name: e.Get("IdentityPoolName").Text(), Account: o.owner(), Origin: e.Origin(scan.Index(at, i))})
		}
	}
	if len(out) > 0 {
		o.fact(part.Account{ID: o.owner(), Command: "cognito-identity list-identity-pools", Pools: out})
	}
	o.Part.Took("cognito")
	return true
}

// pool reads describe-identity-pool and get-identity-pool-roles, which do not
// say the account; a role does.
func (o *Object) pool() bool {
	id := o.text("IdentityPoolId")
	if id == "" {
		return false
	}
	p := &iam.IdentityPool{ID: id, Name: o.text("IdentityPoolName"), Account: o.owner(), Origin: o.Place}
	p.Origin.Pointer = o.Pointer
	command := "cognito-identity get-identity-pool-roles"
	roles, _ := o.peek("Roles")
	guests, _ := o.get("AllowUnauthenticatedIdentities")
	switch {
	case guests.Kind() != 0:
		command = "cognito-identity describe-identity-pool"
		p.Unauthenticated, p.Classic = yesNo(guests), yesNo(o.value("AllowClassicFlow"))
	case roles.Kind() != '{' && p.Name != "":
		return false
	}
	if roles.Kind() == '{' || guests.Kind() == 0 {
		o.get("Roles")
		o.get("RoleMappings")
		p.RolesKnown = true
		p.GuestRole, p.SignedInRole = roles.Get("unauthenticated").Text(), roles.Get("authenticated").Text()
		for _, role := range []string{p.GuestRole, p.SignedInRole} {
			if arn, ok := policy.ParseARN(role); ok && p.Account == "" {
				p.Account = arn.Account
			}
		}
	}
	for _, n := range []string{"CognitoIdentityProviders", "OpenIdConnectProviderARNs", "SamlProviderARNs", "SupportedLoginProviders", "IdentityPoolTags"} {
		o.get(n)
	}
	o.fact(part.Account{ID: p.Account, Command: command, Pools: []*iam.IdentityPool{p}})
	o.Part.Took("cognito")
	return true
}

// yesNo is Present for true; AWS leaves out what is false.
func yesNo(v scan.Value) iam.State {
	if v.Bool() {
		return iam.Present
	}
	return iam.KnownEmpty
}

// fact adds what an output says of an account.
func (o *Object) fact(a part.Account) {
	a.Origin = o.Place
	a.Origin.Pointer = o.Pointer
	o.Part.Accounts = append(o.Part.Accounts, a)
}

// anywhere reads list-trust-anchors, list-profiles, get-trust-anchor and
// get-profile of rolesanywhere.
func (o *Object) anywhere() bool {
	found := false
	for _, name := range []string{"TrustAnchors", "TrustAnchor"} {
		v, at := o.peek(name)
		found = o.anywhereList(name, v, at, "trustAnchorArn", o.anchor) || found
	}
	for _, name := range []string{"Profiles", "Profile"} {
		v, at := o.peek(name)
		found = o.anywhereList(name, v, at, "profileArn", o.profile) || found
	}
	if found {
		o.Part.Took("rolesanywhere")
	}
	return found
}

// anywhereList goes through a list, or the one object, if it is one of Roles
// Anywhere: an empty list could be anybody's and says nothing.
func (o *Object) anywhereList(name string, v scan.Value, at, id string, use func(v scan.Value, at, arn string, a *part.Account)) bool {
	found := v.Kind() == '[' && v.Len() == 0
	eachObject(v, at, "", scan.Value{}, func(e scan.Value, at string, _ scan.Value) {
		text := e.Get(id).Text()
		arn, ok := policy.ParseARN(text)
		if !ok || arn.Service != "rolesanywhere" {
			return
		}
		found = true
		a := part.Account{ID: arn.Account, Partition: arn.Partition, Command: "rolesanywhere list-profiles"}
		use(e, at, text, &a)
		o.fact(a)
	})
	if found {
		o.get(name)
	}
	return found
}

func (o *Object) anchor(v scan.Value, at, arn string, a *part.Account) {
	a.Command = "rolesanywhere list-trust-anchors"
	a.Anchors = []*iam.TrustAnchor{{ARN: arn, Name: v.Get("name").Text(), Enabled: enabled(v), Origin: v.Origin(at)}}
}

// enabled: one that does not say is taken for enabled, so that no way in is
// overlooked.
func enabled(v scan.Value) bool {
	e := v.Get("enabled")
	return e.Absent() || e.Bool()
}

func (o *Object) profile(v scan.Value, at, arn string, a *part.Account) {
	p := &iam.AnywhereProfile{
		ARN: arn, Name: v.Get("name").Text(), Enabled: enabled(v),
		Roles: texts(v.Get("roleArns")), ManagedPolicies: texts(v.Get("managedPolicyArns")), Origin: v.Origin(at),
	}
	if text := v.Get("sessionPolicy"); text.Text() != "" || text.Kind() == '{' {
		p.SessionPolicy = o.File.Policy(text, "session policy", at+"/sessionPolicy", arn)
	}
	a.Profiles = []*iam.AnywhereProfile{p}
}
