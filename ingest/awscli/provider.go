package awscli

import (
	"strings"

	"accesspath/iam"
	"accesspath/ingest/internal/part"
	"accesspath/ingest/internal/scan"
	"accesspath/policy"
)

var providerMembers = []string{
	"OpenIDConnectProviderList", "OpenIDConnectProviderArn", "ClientIDList", "Url", "ThumbprintList",
	"SAMLProviderList", "SAMLProviderArn", "SAMLMetadataDocument",
}

// providers reads what outputs of IAM say of identity providers (IN-09,
// IN-10).
func (o *Object) providers() bool {
	found := o.oidcList()
	found = o.oidcProvider() || found
	found = o.samlList() || found
	return o.samlProvider() || found
}

// arns reads a list of objects with an Arn of a provider.
func (o *Object) arns(list Element, kind string, use func(arn, account string, at iam.Origin)) {
	for i, v := range list.Value.Elements() {
		at := scan.Index(list.Pointer, i)
		text := v.Get("Arn").Text()
		arn, ok := policy.ParseARN(text)
		if !ok || arn.Service != "iam" || arn.Account == "" || !strings.HasPrefix(arn.Resource, kind+"/") {
			o.File.Warn(v, at, text, "no-arn", "a provider has no usable Arn and is skipped")
			continue
		}
		use(text, arn.Account, v.Origin(at))
	}
}

// providerList reads a list of providers. It is all there is: these commands
// have no pages.
func (o *Object) providerList(member, command, kind string, s iam.Section, add func(a *part.Account, arn string, at iam.Origin)) bool {
	list, ok := o.list(member, command)
	if !ok {
		return false
	}
	o.took(command)
	a := part.Account{ID: o.owner(), Command: command, Origin: list.Value.Origin(list.Pointer)}
	o.declare(&a, s, list.Value)
	o.arns(list, kind, func(arn, account string, at iam.Origin) {
		if a.ID == "" {
			a.ID = account
		}
		add(&a, arn, at)
	})
	o.Part.Accounts = append(o.Part.Accounts, a)
	return true
}

// oidcList reads list-open-id-connect-providers.
func (o *Object) oidcList() bool {
	return o.providerList("OpenIDConnectProviderList", "iam list-open-id-connect-providers", "oidc-provider", iam.SectionOIDC,
		func(a *part.Account, arn string, at iam.Origin) {
			a.OIDC = append(a.OIDC, &iam.OIDCProvider{ARN: arn, URL: issuer(arn), Origin: at})
		})
}

// issuer is the URL that the ARN of a provider holds.
func issuer(arn string) string {
	_, url, _ := strings.Cut(arn, ":oidc-provider/")
	return url
}

// oidcProvider reads get-open-id-connect-provider, which does not repeat the
// ARN: account and URL make it.
func (o *Object) oidcProvider() bool {
	const command = "iam get-open-id-connect-provider"
	ids, at := o.get("ClientIDList")
	url := o.text("Url")
	if url == "" || ids.Kind() == 0 && !o.has("ThumbprintList") {
		return false
	}
	o.took(command)
	if ids.Kind() != '[' && ids.Kind() != 0 {
		o.File.Warn(ids, at, "", "invalid-list", "found %s in the output of aws %s, want an array; it is not used", ids.Describe(), command)
		return true
	}
	url = strings.TrimPrefix(url, "https://")
	p := &iam.OIDCProvider{URL: url, ClientIDs: texts(ids), ClientsKnown: true, Origin: o.Place}
	p.Origin.Pointer = o.Pointer
	a := part.Account{ID: o.owner(), Command: command, Origin: p.Origin, OIDC: []*iam.OIDCProvider{p}}
	if arn := o.text("OpenIDConnectProviderArn", "Arn"); strings.Contains(arn, ":oidc-provider/") {
		p.ARN = arn
		if issuer(arn) != url {
			o.report(iam.Warning, "conflict", "", "the ARN beside the output is of another provider than %q; the ARN counts", scan.Clip(url))
			p.URL = issuer(arn)
		}
		a.ID = ""
		setAccount(&a.ID, arn)
	}
	o.Part.Accounts = append(o.Part.Accounts, a)
	return true
}

// samlList reads list-saml-providers.
func (o *Object) samlList() bool {
	return o.providerList("SAMLProviderList", "iam list-saml-providers", "saml-provider", iam.SectionSAML,
		func(a *part.Account, arn string, at iam.Origin) {
			a.SAML = append(a.SAML, &iam.SAMLProvider{ARN: arn, Origin: at})
		})
}

// samlProvider reads get-saml-provider, which does not name the provider.
func (o *Object) samlProvider() bool {
	const command = "iam get-saml-provider"
	if _, at := o.get("SAMLMetadataDocument"); at == "" {
		return false
	}
	o.took(command)
	arn := o.text("SAMLProviderArn", "Arn")
	a := part.Account{Command: command, Origin: o.Place}
	if setAccount(&a.ID, arn); !strings.Contains(arn, ":saml-provider/") || a.ID == "" {
		o.report(iam.Warning, "incomplete-output", hintBeside("SAMLProviderArn", "arn:aws:iam::111122223333:saml-provider/name"), "get-saml-provider does not name the provider")
		return true
	}
	a.SAML = []*iam.SAMLProvider{{ARN: arn, Origin: o.Place}}
	o.Part.Accounts = append(o.Part.Accounts, a)
	return true
}
