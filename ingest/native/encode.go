package native

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"accesspath/iam"
)

// Encode writes a snapshot, one account after another and indented. Equal
// snapshots give equal bytes; reading them gives the snapshot again.
func Encode(w io.Writer, s *iam.Snapshot) error {
	enc := jsontext.NewEncoder(w, jsontext.WithIndent(" "), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true), json.Deterministic(true))
	e := encoder{enc: enc}
	e.token(jsontext.BeginObject)
	e.member("schema", SchemaID)
	if !s.AsOf.IsZero() {
		e.member("asOf", s.AsOf.UTC())
	}
	list(&e, "sources", s.Sources, func(x iam.Source) Source {
		return Source{Name: x.Name, Format: x.Format, SHA256: x.SHA256, Bytes: x.Bytes}
	})
	list(&e, "accounts", s.Accounts, accounts(s))
	list(&e, "managedPolicies", awsPolicies(s), managed)
	if s.Organization != nil {
		e.member("organization", organization(s.Organization))
	}
	list(&e, "resources", s.Resources, resource)
	if s.IdentityCenter != nil {
		e.member("identityCenter", identityCenter(s.IdentityCenter))
	}
	if c := cognito(s); c != nil {
		e.member("cognito", c)
	}
	if r := rolesAnywhere(s); r != nil {
		e.member("rolesAnywhere", r)
	}
	list(&e, "trustedAccounts", s.Trusted, func(x iam.TrustedAccount) TrustedAccount {
		return TrustedAccount{ID: x.ID, Name: x.Name, ThirdParty: x.ThirdParty}
	})
	list(&e, "diagnostics", s.Diagnostics, func(x iam.Diagnostic) Diagnostic {
		return Diagnostic{Severity: x.Severity.String(), Code: x.Code, Message: x.Message, Entity: x.Entity, Hint: x.Hint, Origin: Origin(x.Origin)}
	})
	e.token(jsontext.EndObject)
	if e.err != nil {
		return fmt.Errorf("write snapshot: %w", e.err)
	}
	return nil
}

// encoder remembers the first error.
type encoder struct {
	enc *jsontext.Encoder
	err error
}

func (e *encoder) token(t jsontext.Token) {
	if e.err == nil {
		e.err = e.enc.WriteToken(t)
	}
}

func (e *encoder) value(v any) {
	if e.err == nil {
		e.err = json.MarshalEncode(e.enc, v)
	}
}

func (e *encoder) member(name string, v any) {
	e.token(jsontext.String(name))
	e.value(v)
}

// list converts and writes one element at a time, so that the whole never
// exists twice.
func list[T, U any](e *encoder, name string, all []T, convert func(T) U) {
	if len(all) == 0 {
		return
	}
	e.token(jsontext.String(name))
	e.token(jsontext.BeginArray)
	for _, x := range all {
		e.value(convert(x))
	}
	e.token(jsontext.EndArray)
}

func state(s iam.State) State { return State(s.String()) }

// known is like state, and empty for what is unknown.
func known(s iam.State) State {
	if s == iam.Unknown {
		return ""
	}
	return state(s)
}

// accounts converts one after the other. A section whose list shows something
// and that is not known to be whole is declared unknown: a list alone would say
// that it is.
func accounts(s *iam.Snapshot) func(a *iam.Account) Account {
	var pools, anywhere int
	for _, a := range s.Accounts {
		pools += len(a.Pools)
		anywhere += len(a.Anchors) + len(a.Profiles)
	}
	return func(a *iam.Account) Account {
		out := account(a)
		for section, n := range map[iam.Section]int{
			iam.SectionUsers: len(a.Users), iam.SectionRoles: len(a.Roles), iam.SectionOIDC: len(a.OIDC), iam.SectionSAML: len(a.SAML),
			iam.SectionCompute: len(a.Compute), iam.SectionCertificates: len(a.Certificates), iam.SectionPools: pools, iam.SectionAnchors: anywhere,
		} {
			if _, declared := a.Coverage[section]; n > 0 && !declared {
				out.Coverage[string(section)] = state(iam.Unknown)
			}
		}
		return out
	}
}

func account(a *iam.Account) Account {
	out := Account{ID: a.ID, Partition: a.Partition, Alias: a.Alias, Name: a.Name, Status: a.Status, Incomplete: a.Incomplete, Coverage: map[string]State{}}
	for section, s := range a.Coverage {
		out.Coverage[string(section)] = state(s)
	}
	for _, u := range a.Users {
		out.Users = append(out.Users, User{Entity: entity(&u.Entity), Groups: u.GroupNames, Emergency: u.Emergency, Used: used(u.Used)})
	}
	for _, g := range a.Groups {
		out.Groups = append(out.Groups, Group{Entity: entity(&g.Entity)})
	}
	for _, r := range a.Roles {
		out.Roles = append(out.Roles, role(r))
	}
	for _, p := range a.Policies {
		out.Policies = append(out.Policies, managed(p))
	}
	for _, p := range a.InstanceProfiles {
		out.InstanceProfiles = append(out.InstanceProfiles, InstanceProfile{ARN: p.ARN, Name: p.Name, ID: p.UniqueID, Role: p.Role})
	}
	facts(&out, a)
	return out
}

func entity(e *iam.Entity) Entity {
	out := Entity{ARN: e.ARN, Name: e.Name, Path: e.Path, ID: e.UniqueID, Created: e.Created, Partial: e.Partial, Origin: Origin(e.Origin)}
	for _, p := range e.Inline {
		out.Inline = append(out.Inline, placed(p))
	}
	for _, a := range e.Attached {
		out.Attached = append(out.Attached, Attachment{Name: a.Name, ARN: a.ARN})
	}
	if e.Boundary != nil {
		out.Boundary = &Attachment{Name: e.Boundary.Name, ARN: e.Boundary.ARN}
	}
	for _, t := range e.Tags {
		out.Tags = append(out.Tags, Tag(t))
	}
	return out
}

func document(p *iam.Policy) Document {
	if p == nil || p.Document == nil {
		return Document{}
	}
	return Document{Value: jsontext.Value(p.Document.Text)}
}

// none stands where there is no policy.
func none() Document { return Document{Value: jsontext.Value("null")} }

func placed(p *iam.Policy) Policy {
	return Policy{Name: p.Name, ARN: p.ARN, Document: document(p), Defect: p.Defect, Bundled: p.Bundled, Origin: Origin(p.Origin)}
}

func role(r *iam.Role) Role {
	out := Role{
		Entity: entity(&r.Entity), LastUsed: r.LastUsed, LastUsedRegion: r.LastUsedRegion, LastUsedKnown: r.LastUsedKnown,
		MaxSession: r.MaxSession, LegacyImplicitSelfTrust: r.LegacySelfTrust, Description: r.Description, Used: used(r.Used),
	}
	if r.Trust != nil {
		out.Trust, out.TrustDefect, out.TrustOrigin = document(r.Trust), r.Trust.Defect, Origin(r.Trust.Origin)
	}
	return out
}

func managed(m *iam.ManagedPolicy) ManagedPolicy {
	out := ManagedPolicy{
		ARN: m.ARN, Name: m.Name, ID: m.UniqueID, Path: m.Path, DefaultVersion: m.DefaultVersionID, AttachmentCount: m.AttachmentCount,
		Created: m.Created, Updated: m.Updated, Bundled: m.Bundled, Origin: Origin(m.Origin),
	}
	for _, v := range m.Versions {
		out.Versions = append(out.Versions, PolicyVersion{
			ID: v.VersionID, Default: v.IsDefault, Created: v.Created, Document: document(&v.Policy), Defect: v.Defect, Bundled: v.Bundled, Origin: Origin(v.Origin),
		})
	}
	return out
}

// awsPolicies are those attached policies that belong to no account, by ARN.
func awsPolicies(s *iam.Snapshot) []*iam.ManagedPolicy {
	found := map[string]*iam.ManagedPolicy{}
	note := func(a *iam.Attachment) {
		if a != nil && a.Policy != nil && a.Policy.Account == "aws" {
			found[a.ARN] = a.Policy
		}
	}
	for _, a := range s.Accounts {
		for e := range a.Entities() {
			for _, at := range e.Attached {
				note(at)
			}
			note(e.Boundary)
		}
	}
	return slices.SortedFunc(maps.Values(found), func(x, y *iam.ManagedPolicy) int { return cmp.Compare(x.ARN, y.ARN) })
}

func resource(r *iam.Resource) Resource {
	out := Resource{ARN: r.ARN, Account: r.Account, Type: r.Type, Region: r.Region, OwnershipEnforced: known(r.OwnershipEnforced), Origin: Origin(r.Origin)}
	switch r.PolicyState {
	case iam.KnownEmpty:
		out.Policy = none()
	case iam.Present:
		if r.Policy != nil {
			out.Policy, out.PolicyDefect, out.PolicyOrigin = document(r.Policy), r.Policy.Defect, Origin(r.Policy.Origin)
		}
	}
	if b := r.PublicAccessBlock; b != nil {
		block := PublicAccessBlock(*b)
		out.PublicAccessBlock = &block
	}
	if r.TagsState != iam.Unknown {
		out.Tags = []Tag{}
	}
	for _, t := range r.Tags {
		out.Tags = append(out.Tags, Tag(t))
	}
	if r.ACLState != iam.Unknown {
		out.ACL = []ACLGrant{}
	}
	for _, g := range r.ACL {
		out.ACL = append(out.ACL, ACLGrant(g))
	}
	out.KMSGrants, out.KMSGrantsState = listed(r.Grants, r.GrantsState, func(g iam.KMSGrant) KMSGrant { return KMSGrant(g) })
	out.AWSManaged = r.AWSManaged
	out.EncryptionKey, out.Holds = r.EncryptionKey, r.Holds
	out.AccessPoints, out.AccessPointsState = listed(r.AccessPoints, r.AccessPointsState, accessPoint)
	return out
}
