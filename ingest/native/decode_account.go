package native

import (
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"accesspath/iam"
	"accesspath/ingest/internal/part"
	"accesspath/ingest/internal/scan"
)

// skipped passes over a value without copying it.
type skipped struct{}

func (*skipped) UnmarshalJSONFrom(dec *jsontext.Decoder) error { return dec.SkipValue() }

// shell is an Account without its lists, which are read one by one.
type shell struct {
	ID               string           `json:"id"`
	Partition        string           `json:"partition"`
	Alias            string           `json:"alias"`
	Name             string           `json:"name"`
	Status           string           `json:"status"`
	Incomplete       bool             `json:"incomplete"`
	Coverage         map[string]State `json:"coverage"`
	GAAD             skipped          `json:"gaad"`
	Users            skipped          `json:"users"`
	Groups           skipped          `json:"groups"`
	Roles            skipped          `json:"roles"`
	Policies         skipped          `json:"policies"`
	InstanceProfiles skipped          `json:"instanceProfiles"`
	Credentials      skipped          `json:"credentials"`
	Compute          skipped          `json:"compute"`

	PasswordPolicy     *PasswordPolicy    `json:"passwordPolicy"`
	Summary            map[string]int     `json:"summary"`
	ServerCertificates []Certificate      `json:"serverCertificates"`
	Providers          *Providers         `json:"providers"`
	PublicAccessBlock  *PublicAccessBlock `json:"publicAccessBlock"`
}

// sectionOf names the lists whose presence says something.
var sectionOf = map[string]iam.Section{
	"users": iam.SectionUsers, "groups": iam.SectionGroups, "roles": iam.SectionRoles, "policies": iam.SectionPolicies,
	"serverCertificates": iam.SectionCertificates, "compute": iam.SectionCompute,
}

// shapes are the kinds that the members may have which shell skips.
var shapes = map[string]string{
	"gaad": "{[", "users": "[", "groups": "[", "roles": "[", "policies": "[", "instanceProfiles": "[", "credentials": "[", "compute": "[",
}

func (d *Decoder) account(v scan.Value, pointer string) {
	var s shell
	if !d.into(&s, v, pointer, "") {
		return
	}
	if s.ID == "" {
		d.File.Report(iam.Diagnostic{Severity: iam.Error, Code: "invalid-entity", Origin: v.Origin(pointer), Message: "an account has no id and is skipped", Hint: `add "id": "111122223333"`})
		return
	}
	facts := part.Account{ID: s.ID, Partition: s.Partition, Alias: s.Alias, Name: s.Name, Status: s.Status, Incomplete: s.Incomplete, Coverage: iam.Coverage{}, Native: true, Origin: v.Origin(pointer)}
	for name, state := range s.Coverage {
		facts.Coverage[iam.Section(name)] = stateOf(state)
	}
	for raw, m := range v.Members() {
		name, at := string(raw), scan.Join(pointer, raw)
		if section, ok := sectionOf[name]; ok && m.Kind() == '[' {
			implied := iam.Present
			if m.Len() == 0 {
				implied = iam.KnownEmpty
			}
			imply(&facts, section, implied)
		}
		if want := shapes[name]; want != "" && !m.Absent() && !strings.ContainsRune(want, rune(m.Kind())) { // what it would list may still exist
			d.File.Report(iam.Diagnostic{Severity: iam.Error, Code: "invalid-list", Origin: m.Origin(at), Entity: s.ID,
				Message: "found " + m.Describe() + ", want an array; what the account has of it is unknown", Hint: "compare it with the schema of " + SchemaID})
			facts.Incomplete = true
		}
		switch name {
		case "gaad":
			d.gaad(m, at, s.ID)
		case "passwordPolicy":
			imply(&facts, iam.SectionPasswordPolicy, iam.Present)
			if m.Absent() {
				facts.Coverage[iam.SectionPasswordPolicy] = iam.KnownEmpty
			}
		}
		for i, e := range m.Elements() {
			d.member(name, e, scan.Index(at, i), &facts)
		}
	}
	d.facts(&facts, &s, v, pointer)
	d.Part.Accounts = append(d.Part.Accounts, facts)
}

// imply records what the presence of a list says, unless the account declares
// it.
func imply(a *part.Account, section iam.Section, s iam.State) {
	if _, declared := a.Coverage[section]; !declared && s != iam.Unknown {
		a.Coverage[section] = s
	}
}

// Finish draws the conclusions that need the whole document: what is listed
// for all accounts together is known to be missing where it is not listed.
func (d *Decoder) Finish() {
	has := map[string]map[iam.Section]bool{}
	for _, a := range d.Part.Accounts {
		if has[a.ID] == nil {
			has[a.ID] = map[iam.Section]bool{}
		}
		has[a.ID][iam.SectionPools] = has[a.ID][iam.SectionPools] || len(a.Pools) > 0
		has[a.ID][iam.SectionAnchors] = has[a.ID][iam.SectionAnchors] || len(a.Anchors)+len(a.Profiles) > 0
	}
	for i := range d.Part.Accounts {
		a := &d.Part.Accounts[i]
		for section, listed := range map[iam.Section]bool{iam.SectionPools: d.pools, iam.SectionAnchors: d.anywhere} {
			if _, declared := a.Coverage[section]; !listed || declared || !a.Native {
				continue
			}
			a.Coverage[section] = iam.KnownEmpty
			if has[a.ID][section] {
				a.Coverage[section] = iam.Present
			}
		}
	}
}

// stateOr is what a list says, unless a state is given with it.
func stateOr[T any](list []T, s State) iam.State {
	if s != "" {
		return stateOf(s)
	}
	return listState(list)
}

// facts adds what a snapshot says of an account besides its entities.
func (d *Decoder) facts(a *part.Account, s *shell, v scan.Value, pointer string) {
	if p := s.PasswordPolicy; p != nil {
		a.PasswordPolicy = &iam.PasswordPolicy{
			MinimumLength: p.MinimumLength, ReusePrevention: p.ReusePrevention, MaxAge: p.MaxAge, RequireSymbols: p.RequireSymbols,
			RequireNumbers: p.RequireNumbers, RequireUppercase: p.RequireUppercase, RequireLowercase: p.RequireLowercase,
			Origin: origin(p.Origin, false, v.Get("passwordPolicy"), pointer+"/passwordPolicy"),
		}
	}
	a.Summary = s.Summary
	a.Certificates = certificates(s.ServerCertificates)
	if b := s.PublicAccessBlock; b != nil {
		block := iam.PublicAccessBlock(*b)
		a.PublicAccessBlock = &block
	}
	if s.Providers != nil {
		d.providers(a, s.Providers, v, pointer)
	}
}

func (d *Decoder) providers(a *part.Account, p *Providers, v scan.Value, pointer string) {
	imply(a, iam.SectionOIDC, listState(p.OIDC))
	imply(a, iam.SectionSAML, listState(p.SAML))
	for _, x := range p.OIDC {
		_, url, _ := strings.Cut(x.ARN, ":oidc-provider/")
		if x.URL != "" {
			url = strings.TrimPrefix(x.URL, "https://")
		}
		a.OIDC = append(a.OIDC, &iam.OIDCProvider{ARN: x.ARN, URL: url, ClientIDs: someOf(x.ClientIDs), ClientsKnown: x.ClientIDs != nil, Origin: origin(x.Origin, false, v, pointer+"/providers/oidc")})
	}
	for _, x := range p.SAML {
		a.SAML = append(a.SAML, &iam.SAMLProvider{ARN: x.ARN, Origin: origin(x.Origin, false, v, pointer+"/providers/saml")})
	}
}

// someOf is nil for an empty list.
func someOf[T any](list []T) []T {
	if len(list) == 0 {
		return nil
	}
	return list
}

func certificates(list []Certificate) []iam.Certificate {
	var out []iam.Certificate
	for _, c := range list {
		out = append(out, iam.Certificate{ID: c.ID, Name: c.Name, Active: c.Active, Created: c.Created.UTC(), Expires: c.Expires.UTC()})
	}
	return out
}

func (d *Decoder) credentials(v scan.Value, pointer, account string) {
	var c Credentials
	if !d.into(&c, v, pointer, v.Get("user").Text()) {
		return
	}
	out := part.Credentials{User: c.User, Account: accountOf(c.User, account), Command: "accesspath convert", Facts: iam.Credentials{
		Password: stateOf(c.Password), PasswordLastUsed: c.PasswordLastUsed.UTC(), PasswordChanged: c.PasswordChanged.UTC(),
		MFA: stateOf(c.MFA), MFADevices: c.MFADevices, HardwareMFA: stateOf(c.HardwareMFA),
		Keys: stateOr(c.AccessKeys, c.AccessKeysState), Signing: stateOr(c.Signing, c.SigningState), Certificates: certificates(c.Signing),
		SSH: stateOr(c.SSHKeys, c.SSHKeysState), SSHKeys: certificates(c.SSHKeys),
		ServiceSpecific: stateOr(c.ServiceSpecific, c.ServiceSpecificState), Passwords: certificates(c.ServiceSpecific),
		Created: c.Created.UTC(), Origin: origin(c.Origin, false, v, pointer),
	}}
	for _, k := range c.AccessKeys {
		out.Facts.AccessKeys = append(out.Facts.AccessKeys, iam.AccessKey{ID: k.ID, Active: k.Active, Created: k.Created.UTC(), LastUsed: k.LastUsed.UTC(),
			LastUsedKnown: k.LastUsedKnown || !k.LastUsed.IsZero(), LastUsedService: k.LastUsedService, LastUsedRegion: k.LastUsedRegion})
	}
	if strings.HasSuffix(c.User, ":root") {
		out.User, out.Root = "", true
	}
	d.Part.Credentials = append(d.Part.Credentials, out)
}

// used adds when a user or role used services.
func (d *Decoder) used(e *iam.Entity, list []ServiceUse) {
	if list == nil {
		return
	}
	u := part.Use{Principal: e.ARN, Services: []iam.ServiceUse{}, Origin: e.Origin}
	for _, s := range list {
		u.Services = append(u.Services, iam.ServiceUse{Service: s.Service, Last: s.Last.UTC()})
	}
	d.Part.Uses = append(d.Part.Uses, u)
}

func (d *Decoder) compute(v scan.Value, pointer string, a *part.Account) {
	var c Compute
	if !d.into(&c, v, pointer, v.Get("arn").Text()) {
		return
	}
	if c.ARN == "" {
		d.File.Report(iam.Diagnostic{Severity: iam.Error, Code: "no-arn", Origin: v.Origin(pointer), Message: "a carrier of roles has no arn and is skipped", Hint: "give its arn"})
		return
	}
	account := c.Account
	if account == "" {
		account = accountOf(c.ARN, a.ID)
	}
	out := &iam.Compute{
		ARN: c.ARN, Kind: c.Kind, Name: c.Name, Account: account, Region: c.Region, Service: carrierService(&c), Roles: c.Roles, AgentRoles: c.AgentRoles,
		InstanceProfile: c.InstanceProfile, Running: stateOf(c.Running), IMDSv1: stateOf(c.IMDSv1), Origin: origin(c.Origin, false, v, pointer),
	}
	if c.Pod != nil {
		pod := iam.Pod(*c.Pod)
		out.Pod = &pod
	}
	a.Compute = append(a.Compute, out)
}
