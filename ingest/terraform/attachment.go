package terraform

import (
	"strings"

	"accesspath/iam"
	"accesspath/ingest/internal/declared"
	"accesspath/ingest/internal/part"
)

// carrier is the user, group or role that an attribute names. If it is not
// known, the resource may be about any of that kind: all of the file are taken,
// with a policy that is unknown, because no answer about them would be safe.
func (d *decoder) carrier(r *resource, kind, attr string) []part.Carrier {
	h := d.homeOf(r)
	name, unknown := d.text(r, attr)
	if name != "" {
		return []part.Carrier{{Kind: kind, Account: h.Account, Name: name[strings.LastIndexByte(name, '/')+1:]}}
	}
	if unknown == "" {
		d.fail(r.origin(), "invalid-entity", r.address, "it does not say which "+kind+" it is for; it is not used")
		return nil
	}
	d.anyOf(r, kind, unknown)
	return nil
}

// anyOf: the resource gives something to carriers that are not known.
func (d *decoder) anyOf(r *resource, kind, unknown string) {
	n := 0
	for _, o := range d.list {
		if name, ok := d.known(o, "name"); ok && o.typ == "aws_iam_"+kind && !o.data && !o.gone && d.homeOf(o).Account == d.homeOf(r).Account {
			n++
			c := part.Carrier{Kind: kind, Account: d.homeOf(o).Account, Name: name}
			d.edit(part.Edit{Carrier: c, Attach: declared.UnknownPolicy(unknown), Origin: r.origin()})
		}
	}
	d.Unknown(r.origin(), r.address, "which %s it is for is not known (%s); each of the %d in this file may have more policies than are shown", kind, unknown, n)
}

func inline(kind string) func(*decoder, *resource) {
	return func(d *decoder, r *resource) {
		for _, c := range d.carrier(r, kind, kind) {
			p := d.policy(r, "policy", d.nameOf(r, "name"), r.address)
			d.edit(part.Edit{Carrier: c, Inline: p, Origin: r.origin()})
		}
	}
}

func dropInline(kind string) func(*decoder, *resource) {
	return func(d *decoder, r *resource) {
		name, _ := d.known(r, "name")
		for _, c := range d.carrier(r, kind, kind) {
			d.edit(part.Edit{Carrier: c, Inline: named(name), Drop: true, Origin: r.origin()})
		}
	}
}

func attach(kind string) func(*decoder, *resource) {
	return func(d *decoder, r *resource) {
		for _, c := range d.carrier(r, kind, kind) {
			arn, unknown := d.text(r, "policy_arn")
			a := declared.Attachment(arn)
			if arn == "" {
				d.Unknown(r.origin(), r.address, "the policy that it attaches is not known (%s)", unknown)
				a = declared.UnknownPolicy(unknown)
			}
			d.edit(part.Edit{Carrier: c, Attach: a, Origin: r.origin()})
		}
	}
}

func dropAttach(kind string) func(*decoder, *resource) {
	return func(d *decoder, r *resource) {
		arn, _ := d.known(r, "policy_arn")
		for _, c := range d.carrier(r, kind, kind) {
			d.edit(part.Edit{Carrier: c, Attach: declared.Attachment(arn), Drop: true, Origin: r.origin()})
		}
	}
}

// everywhere are the carriers that an aws_iam_policy_attachment lists.
func (d *decoder) everywhere(r *resource) []part.Carrier {
	h := d.homeOf(r)
	var out []part.Carrier
	for _, kind := range []string{part.KindUser, part.KindGroup, part.KindRole} {
		for _, name := range textsOf(r.values.Value.Get(kind + "s")) {
			out = append(out, part.Carrier{Kind: kind, Account: h.Account, Name: name})
		}
		if holdsTrue(r.unknown.Get(kind + "s")) {
			d.anyOf(r, kind, d.unknownName(r, kind+"s"))
		}
	}
	return out
}

// attachEverywhere: this type of resource rules out every other attachment of
// the policy.
func (d *decoder) attachEverywhere(r *resource) {
	arn, unknown := d.text(r, "policy_arn")
	a := declared.Attachment(arn)
	if arn == "" {
		d.Unknown(r.origin(), r.address, "the policy that it attaches is not known (%s)", unknown)
		a = declared.UnknownPolicy(unknown)
	} else {
		d.only(part.Only{Carrier: part.Carrier{Kind: part.KindPolicy, Account: d.homeOf(r).Account, Name: arn}, List: part.OnlyAttached})
	}
	for _, c := range d.everywhere(r) {
		d.edit(part.Edit{Carrier: c, Attach: a, Origin: r.origin()})
	}
}

func (d *decoder) detachEverywhere(r *resource) {
	arn, _ := d.known(r, "policy_arn")
	for _, c := range d.everywhere(r) {
		d.edit(part.Edit{Carrier: c, Attach: declared.Attachment(arn), Drop: true, Origin: r.origin()})
	}
}

// exclusive resources name all that a carrier may have; they attach nothing.
func exclusive(kind, list string) func(*decoder, *resource) {
	attr := "policy_names"
	if list == part.OnlyAttached {
		attr = "policy_arns"
	}
	return func(d *decoder, r *resource) {
		if r.gone || holdsTrue(r.unknown.Get(attr)) {
			return // what it would take away is not known: everything stays
		}
		for _, c := range d.carrier(r, kind, kind+"_name") {
			d.only(part.Only{Carrier: c, List: list, Keep: textsOf(r.values.Value.Get(attr))})
		}
	}
}

func (d *decoder) userGroups(r *resource) {
	groups := textsOf(r.values.Value.Get("groups"))
	for _, c := range d.carrier(r, part.KindUser, "user") {
		for _, g := range groups {
			d.edit(part.Edit{Carrier: c, Group: g, Origin: r.origin()})
		}
		if holdsTrue(r.unknown.Get("groups")) { // what they grant is as unknown as a policy
			value := d.unknownName(r, "groups")
			d.Unknown(r.origin(), r.address, "some groups of the user are not known: %s", value)
			d.edit(part.Edit{Carrier: c, Attach: declared.UnknownPolicy(value), Origin: r.origin()})
		}
	}
}

func (d *decoder) dropUserGroups(r *resource) {
	for _, c := range d.carrier(r, part.KindUser, "user") {
		for _, g := range textsOf(r.values.Value.Get("groups")) {
			d.edit(part.Edit{Carrier: c, Group: g, Drop: true, Origin: r.origin()})
		}
	}
}

// groupMembers: the resource lists all members of the group.
func (d *decoder) groupMembers(r *resource) {
	users := textsOf(r.values.Value.Get("users"))
	for _, c := range d.carrier(r, part.KindGroup, "group") {
		if holdsTrue(r.unknown.Get("users")) {
			d.anyOf(r, part.KindUser, d.unknownName(r, "users"))
		} else {
			d.only(part.Only{Carrier: c, List: part.OnlyGroups, Keep: users})
		}
		for _, u := range users {
			d.edit(part.Edit{Carrier: part.Carrier{Kind: part.KindUser, Account: c.Account, Name: u}, Group: c.Name, Origin: r.origin()})
		}
	}
}

func (d *decoder) dropGroupMembers(r *resource) {
	for _, c := range d.carrier(r, part.KindGroup, "group") {
		for _, u := range textsOf(r.values.Value.Get("users")) {
			d.edit(part.Edit{Carrier: part.Carrier{Kind: part.KindUser, Account: c.Account, Name: u}, Group: c.Name, Drop: true, Origin: r.origin()})
		}
	}
}

// followDocument finds the document of a data source that an unknown attribute
// refers to, if that one is known: Terraform may know it and not the attribute.
func (d *decoder) followDocument(r *resource, attr string) (Element, bool) {
	if r.config == nil {
		return Element{}, false
	}
	ref, _, ok := single(references(r.config.expressions.Get(attr)))
	local, rest := cutLocal(ref)
	if !ok || !strings.HasPrefix(local, "data.aws_iam_policy_document.") || rest != ".json" {
		return Element{}, false
	}
	doc := d.byAddress[within(r.module, local)]
	if doc == nil || holdsTrue(doc.unknown) || doc.values.Value.Get("json").Kind() != '"' {
		return Element{}, false
	}
	return doc.values.sub("json"), true
}

// named stands for an inline policy of that name.
func named(name string) *iam.Policy { return &iam.Policy{Name: name} }
