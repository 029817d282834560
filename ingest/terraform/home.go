package terraform

import (
	"cmp"
	"slices"
	"strings"

	"accesspath/ingest/internal/declared"
	"accesspath/ingest/internal/scan"
	"accesspath/policy"
)

// homeState is where a resource is, once that was found out.
type homeState struct {
	declared.Home
	done bool
}

// evidence is what shows where one configuration of the provider works.
type evidence struct{ accounts, regions, partitions []string }

func note(list *[]string, s string) {
	if s != "" && !slices.Contains(*list, s) {
		*list = append(*list, s)
	}
}

func only(list []string) string {
	if len(list) == 1 {
		return list[0]
	}
	return ""
}

func (e *evidence) arn(text string) {
	arn, ok := policy.ParseARN(text)
	if !ok {
		return
	}
	if policy.IsAccountID(arn.Account) {
		note(&e.accounts, arn.Account)
	}
	note(&e.regions, arn.Region)
	note(&e.partitions, arn.Partition)
}

// locate collects the evidence of each provider.
func (d *decoder) locate() {
	d.homes = map[string]*evidence{}
	for _, r := range d.list {
		if !strings.HasPrefix(r.typ, "aws_") {
			continue
		}
		e := d.homes[r.key]
		if e == nil {
			e = &evidence{}
			d.homes[r.key] = e
			d.configured(r.key, e)
		}
		d.resourceEvidence(r, e)
	}
}

func (d *decoder) resourceEvidence(r *resource, e *evidence) {
	text := func(name string) string { return r.values.Value.Get(name).Text() }
	switch {
	case r.typ == "aws_caller_identity":
		note(&e.accounts, text("account_id"))
	case r.typ == "aws_region":
		note(&e.regions, cmp.Or(text("region"), text("name"), text("id")))
	case r.typ == "aws_partition":
		note(&e.partitions, text("partition"))
	case r.data:
	case strings.HasSuffix(r.typ, "_policy_attachment") && !strings.HasPrefix(r.typ, "aws_organizations"):
		e.arn(text("policy_arn")) // a carrier's customer managed policies are of its account
	default:
		e.arn(text("arn"))
		e.arn(queueARN(declared.Home{}, text("queue_url")))
		if v := r.before.Value.Get("arn"); !v.Absent() {
			e.arn(v.Text())
		}
	}
}

// configured reads what the configuration of a provider states as constants:
// its region, and the account that it allows or assumes a role of.
func (d *decoder) configured(key string, e *evidence) {
	x := d.providers.Get(key).Get("expressions")
	note(&e.regions, x.Get("region").Get("constant_value").Text())
	if ids := x.Get("allowed_account_ids").Get("constant_value"); ids.Len() == 1 {
		for _, id := range ids.Elements() {
			note(&e.accounts, id.Text())
		}
	}
	for _, role := range x.Get("assume_role").Elements() {
		if arn, ok := policy.ParseARN(role.Get("role_arn").Get("constant_value").Text()); ok {
			note(&e.accounts, arn.Account)
		}
	}
}

// placed reports whether every resource that needs an account has one.
func (d *decoder) placed() bool {
	for _, r := range d.list {
		if handlers[r.typ] == nil || r.data {
			continue
		}
		if _, ok := policy.ParseARN(r.values.Value.Get("arn").Text()); !ok && d.homeOf(r).Account == "" {
			return false
		}
	}
	return true
}

// homeOf says where a resource is made. Account is "" if nothing tells.
func (d *decoder) homeOf(r *resource) declared.Home {
	if r.home.done {
		return r.home.Home
	}
	e := d.homes[r.key]
	if e == nil {
		e = &evidence{}
	}
	h := declared.Home{Account: only(e.accounts), Region: only(e.regions), Partition: only(e.partitions)}
	if v := r.values.Value.Get("region"); v.Kind() == '"' {
		h.Region = v.Text()
	}
	if len(e.accounts) == 0 {
		h.Account = cmp.Or(d.sameCredentials(r.key), d.account)
	}
	h.Partition = cmp.Or(h.Partition, declared.PartitionOf(h.Region), "aws")
	r.home = homeState{h, true}
	return h
}

// sameCredentials is the account of the other configurations of the provider
// that differ in region and tags only, and so work with the same credentials.
func (d *decoder) sameCredentials(key string) string {
	mine, ok := d.credentialsOf(key)
	if !ok {
		return ""
	}
	var all []string
	for other, e := range d.homes {
		if theirs, ok := d.credentialsOf(other); ok && theirs == mine {
			for _, id := range e.accounts {
				note(&all, id)
			}
		}
	}
	return only(all)
}

// credentialsOf is what a configuration of the provider says besides region and
// tags, as text to compare.
func (d *decoder) credentialsOf(key string) (string, bool) {
	c := d.providers.Get(key)
	var parts []string
	for name, v := range c.Get("expressions").Members() {
		if n := string(name); n != "region" && n != "default_tags" {
			parts = append(parts, n+"="+string(v.Raw()))
		}
	}
	slices.Sort(parts)
	return strings.Join(parts, "\n"), c.Kind() == '{'
}

// providerOf says which provider a resource is of, for messages.
func providerOf(typ, key string) string {
	if i := strings.LastIndexByte(key, ':'); i >= 0 {
		key = key[i+1:]
	}
	if key == "" {
		key, _, _ = strings.Cut(typ, "_")
	}
	return scan.Clip(key)
}
