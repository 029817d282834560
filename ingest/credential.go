package ingest

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"accesspath/iam"
	"accesspath/ingest/gaad"
	"accesspath/ingest/internal/part"
	"accesspath/ingest/internal/scan"
)

// credentialBook joins what outputs say of the credentials of each user, and
// of each root user (IN-01 to IN-05, IN-12).
type credentialBook struct {
	*builder
	byName map[string]string          // "account/name" in lower case to ARN
	held   map[string]*credentialHeld // by ARN, root users too
}

// credentialHeld is what is known so far of one holder.
type credentialHeld struct {
	facts *iam.Credentials
	from  reading
}

func (b *builder) credentials() {
	if !slices.ContainsFunc(b.parts, func(p *part.Part) bool { return len(p.Credentials) > 0 }) {
		return // most loads have none, and the index below is as large as the account
	}
	book := &credentialBook{builder: b, byName: map[string]string{}, held: map[string]*credentialHeld{}}
	for _, arn := range slices.Backward(slices.Sorted(maps.Keys(b.users))) { // of two users of one name, which IAM does not allow, the first counts
		book.byName[nameKey(b.users[arn].entity.Account, b.users[arn].entity.Name)] = arn
	}
	for _, p := range b.parts {
		for i := range p.Credentials {
			book.piece(p, &p.Credentials[i])
		}
	}
	book.keyUses()
	for _, arn := range slices.Sorted(maps.Keys(book.held)) {
		c := book.held[arn].facts
		c.MFADevices = eachOnce(c.MFADevices)
		if u, ok := b.users[arn]; ok {
			u.entity.Credentials = c
		} else if id, ok := rootAccount(arn); ok {
			settleHardware(c)
			b.account(id, arn).Root = c
		}
	}
}

func nameKey(account, name string) string { return account + "/" + strings.ToLower(name) }

func rootARN(partition, account string) string {
	return "arn:" + cmp.Or(partition, "aws") + ":iam::" + account + ":root"
}

func rootAccount(arn string) (string, bool) {
	rest, ok := strings.CutSuffix(arn, ":root")
	return rest[strings.LastIndexByte(rest, ':')+1:], ok
}

// settleHardware: a list of virtual devices that has none of the root user
// shows that its device, if there is one, is hardware.
func settleHardware(c *iam.Credentials) {
	if c.HardwareMFA == iam.Present && c.MFA != iam.Present {
		c.HardwareMFA = c.MFA
	}
}

// piece adds what one output says of one holder.
func (b *credentialBook) piece(p *part.Part, c *part.Credentials) {
	is := readingOf(p, c.Facts.Origin)
	if !c.AsOf.IsZero() {
		is.asOf = c.AsOf
	}
	arn := b.holder(p, c, is)
	if arn == "" {
		return
	}
	have := b.held[arn]
	if p.Layer > part.Exported {
		if have == nil {
			have = &credentialHeld{&iam.Credentials{Origin: c.Facts.Origin}, is}
			b.held[arn] = have
		}
		layCredentials(have.facts, &c.Facts, c.Gone)
		return
	}
	if have == nil {
		facts := c.Facts
		b.held[arn] = &credentialHeld{&facts, is}
		return
	}
	contest := contest{b: b.builder, entity: arn, was: have.from, is: is}
	joinCredentials(&contest, have.facts, &c.Facts)
	if second, _ := contest.second(); second {
		have.from = is
	}
}

// layCredentials lays what Terraform or a template states of a user over what
// lower layers say: single credentials, beside which there may be others.
func layCredentials(have, stated *iam.Credentials, gone bool) {
	switch {
	case stated.Password == iam.Unknown:
	case gone:
		have.Password = iam.KnownEmpty
	default:
		have.Password = iam.Present
	}
	layList(keyList{&have.Keys, &have.AccessKeys}, stated.AccessKeys, gone, keyTraits)
	layList(certificateList{&have.Signing, &have.Certificates}, stated.Certificates, gone, certificateTraits)
	layList(certificateList{&have.SSH, &have.SSHKeys}, stated.SSHKeys, gone, certificateTraits)
	layList(certificateList{&have.ServiceSpecific, &have.Passwords}, stated.Passwords, gone, certificateTraits)
}

// layList adds elements to a list, or takes them away. Those that have an id are
// matched as those of two readings are; others are new.
func layList[T any](have stateList[T], stated []T, gone bool, t traits[T]) {
	for i := range stated {
		s := &stated[i]
		at := -1
		if t.id(s) != "" {
			at = slices.IndexFunc(*have.list, func(h T) bool {
				return t.id(&h) == t.id(s) || t.id(&h) == "" && !t.created(s).IsZero() && t.created(&h).Equal(t.created(s))
			})
		}
		switch {
		case gone && at >= 0:
			if *have.list = slices.Delete(*have.list, at, at+1); len(*have.list) == 0 {
				*have.state = iam.KnownEmpty
			}
		case gone:
		case at >= 0:
			h := &(*have.list)[at]
			*t.active(h) = *t.active(s)
			t.add(h, s)
		default:
			*have.state, *have.list = iam.Present, append(slices.Clip(*have.list), *s)
		}
	}
}

// holder finds out whose credentials they are; "" if nothing tells.
func (b *credentialBook) holder(p *part.Part, c *part.Credentials, at reading) string {
	if c.User != "" {
		return b.userOf(p, c, at)
	}
	account := cmp.Or(c.Account, b.home(p))
	switch {
	case len(c.Uses) > 0 && c.Facts.Keys == iam.Unknown && c.Name == "":
		return "" // the key tells, see keyUses
	case account == "":
		b.homeless(cmp.Or(c.Command, "…"), at.origin)
		return ""
	case c.Root:
		return rootARN(b.account(account, "").Partition, account)
	}
	arn, ok := b.byName[nameKey(account, c.Name)]
	if !ok {
		b.report(iam.Diagnostic{Severity: iam.Warning, Code: "unknown-user", Origin: at.origin, Entity: c.Name,
			Message: fmt.Sprintf("no input lists this user in account %s; what %s says of it is not used", scan.Clip(account), c.Said()),
			Hint:    "add the output of aws iam get-account-authorization-details of the account, or of aws iam list-users"})
	}
	return arn
}

// userOf returns the user with that ARN, and adds it where only this output
// knows it: nothing is known of its policies then.
func (b *credentialBook) userOf(p *part.Part, c *part.Credentials, at reading) string {
	if _, ok := b.users[c.User]; ok {
		return c.User
	}
	u := &iam.User{Entity: iam.Entity{ARN: c.User, Created: c.Facts.Created, Partial: true, Origin: at.origin}}
	if !gaad.Identify(&u.Entity, gaad.User) {
		b.report(iam.Diagnostic{Severity: iam.Error, Code: "no-arn", Origin: at.origin, Entity: c.User,
			Message: "this is no ARN of a user; what " + c.Said() + " says of it is not used", Hint: "export it again"})
		return ""
	}
	b.account(u.Account, u.ARN)
	if b.facts[u.Account].pageLists[gaad.Users] {
		b.report(iam.Diagnostic{Severity: iam.Warning, Code: "unlisted-user", Origin: at.origin, Entity: u.ARN,
			Message: "it has credentials and is not in the export of its account, so that its policies are unknown; perhaps they were taken at different times",
			Hint:    "export both again"})
	}
	b.users[u.ARN] = held[*iam.User]{entity: u, from: p}
	b.byName[nameKey(u.Account, u.Name)] = u.ARN
	return u.ARN
}

// keyUses adds the last use of keys, found by their ids, to those that other
// outputs list.
func (b *credentialBook) keyUses() {
	keys := map[string]*iam.AccessKey{}
	for _, arn := range slices.Sorted(maps.Keys(b.held)) {
		facts := b.held[arn].facts
		for i := range facts.AccessKeys {
			if k := &facts.AccessKeys[i]; k.ID != "" {
				keys[k.ID] = k
			}
		}
	}
	for _, p := range b.parts {
		for i := range p.Credentials {
			for _, use := range p.Credentials[i].Uses {
				if k := keys[use.ID]; k != nil {
					useKey(k, &use)
					continue
				}
				b.report(iam.Diagnostic{Severity: iam.Warning, Code: "unknown-key", Origin: readingOf(p, p.Credentials[i].Facts.Origin).origin, Entity: use.ID,
					Message: "no input lists this access key; its last use is not used", Hint: "add the output of aws iam list-access-keys for its user"})
			}
		}
	}
}

// useKey keeps the later of two uses.
func useKey(k, use *iam.AccessKey) {
	if use.LastUsedKnown && (!k.LastUsedKnown || use.LastUsed.After(k.LastUsed)) {
		k.LastUsed, k.LastUsedKnown, k.LastUsedService, k.LastUsedRegion = use.LastUsed, true, use.LastUsedService, use.LastUsedRegion
	}
}

// joinCredentials adds to was what is says. Uses move on their own and are no
// conflict: the latest counts.
func joinCredentials(c *contest, was, is *iam.Credentials) {
	settle(c, "console password", &was.Password, is.Password)
	was.PasswordLastUsed = latest(was.PasswordLastUsed, is.PasswordLastUsed)
	was.PasswordChanged = latest(was.PasswordChanged, is.PasswordChanged)
	settle(c, "MFA devices", &was.MFA, is.MFA)
	was.MFADevices = append(was.MFADevices, is.MFADevices...)
	if was.MFA == iam.KnownEmpty {
		was.MFADevices = nil
	}
	settle(c, "hardware MFA device", &was.HardwareMFA, is.HardwareMFA)
	joinList(c, "access keys", keyList{&was.Keys, &was.AccessKeys}, keyList{&is.Keys, &is.AccessKeys}, keyTraits)
	for _, u := range []struct {
		what    string
		was, is certificateList
	}{
		{"signing certificates", certificateList{&was.Signing, &was.Certificates}, certificateList{&is.Signing, &is.Certificates}},
		{"SSH keys", certificateList{&was.SSH, &was.SSHKeys}, certificateList{&is.SSH, &is.SSHKeys}},
		{"service-specific credentials", certificateList{&was.ServiceSpecific, &was.Passwords}, certificateList{&is.ServiceSpecific, &is.Passwords}},
	} {
		joinList(c, u.what, u.was, u.is, certificateTraits)
	}
	settle(c, "date of creation", &was.Created, is.Created)
}

func latest(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
