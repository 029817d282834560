package terraform

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"accesspath/iam"
	"accesspath/ingest/internal/declared"
	"accesspath/ingest/internal/part"
	"accesspath/ingest/internal/scan"
	"accesspath/policy"
)

// A decoder is one plan or state under way.
type decoder struct {
	declared.Sheet
	plan    bool
	place   iam.Origin
	account string // of what the file does not place

	list      []*resource
	byAddress map[string]*resource
	config    *configModule
	providers scan.Value // provider_config
	variables scan.Value // of the root module
	homes     map[string]*evidence

	byName    map[nameKey]*resource    // of what is not deleted
	followed  int                      // values taken from what the configuration refers to
	resources map[string]*iam.Resource // by ARN
	arns      []string                 // of resources, in the order met
	sets      map[string]*iam.PermissionSet
	setKeys   []string
	accounts  map[string]*part.Account
	lambdas   map[string][]declared.Grant // permissions by ARN of the function
}

func (d *decoder) fail(place iam.Origin, code, entity, message string) {
	d.File.Report(iam.Diagnostic{Severity: iam.Error, Code: code, Origin: place, Entity: entity, Message: message, Hint: hintShow})
}

func timeOf(v scan.Value) time.Time {
	t, _ := v.Time()
	return t
}

// finish turns resources into facts, now or once the account is known.
func (d *decoder) finish() {
	d.Part.Layer = part.Managed
	if d.plan {
		d.Part.Layer = part.Planned
	}
	d.configure()
	d.locate()
	d.Part.Took("terraform")
	if len(d.homes) == 0 {
		d.foreign()
		return
	}
	if d.account != "" || d.placed() {
		d.emit()
		return
	}
	d.Part.Finish = func(account string) {
		before := len(d.File.Diagnostics())
		for _, r := range d.list {
			r.home = homeState{}
		}
		if d.account = account; account != "" {
			d.Note(d.place, "account-assumed", account, "the file does not say of which account it is; the account of the other inputs is taken")
		}
		d.emit()
		d.Part.Diagnostics = append(d.Part.Diagnostics, d.File.Diagnostics()[before:]...)
	}
}

// configure ties resources to the configuration, which tells configurations of
// one provider apart. What is not in it any more, because it is deleted, counts
// as of the only one there is.
func (d *decoder) configure() {
	keys := map[string][]string{} // by name of the provider
	for _, r := range d.list {
		if c := d.configOf(r.module); c != nil {
			if r.config = c.resources[r.local()]; r.config != nil && r.config.key != "" {
				r.config.key = d.inherited(r.config.key)
				all := keys[r.key]
				note(&all, r.config.key)
				keys[r.key] = all
			}
		}
	}
	for _, r := range d.list {
		if r.config != nil && r.config.key != "" {
			r.key = r.config.key
		} else if key := only(keys[r.key]); key != "" {
			r.key = key
		}
	}
}

// inherited is the configuration of a provider that a module takes from the root
// without a word: "module.m:aws", which nothing configures, is "aws".
func (d *decoder) inherited(key string) string {
	i := strings.LastIndexByte(key, ':')
	if i < 0 || !d.providers.Get(key).Absent() || d.providers.Get(key[i+1:]).Absent() {
		return key
	}
	return key[i+1:]
}

// foreign reports a file without anything of AWS.
func (d *decoder) foreign() {
	var names []string
	for _, r := range d.list {
		note(&names, providerOf(r.typ, r.key))
	}
	slices.Sort(names)
	what := "it has no resources"
	if len(names) > 0 {
		what = "its resources are of " + strings.Join(names[:min(len(names), 8)], ", ")
	}
	d.File.Report(iam.Diagnostic{Severity: iam.Error, Code: "no-aws-resources", Origin: d.place,
		Message: "nothing of the provider aws: " + what, Hint: "give the plan or state that holds resources named aws_…"})
}

// emit makes facts of all resources.
func (d *decoder) emit() {
	d.resources, d.sets, d.accounts, d.lambdas = map[string]*iam.Resource{}, map[string]*iam.PermissionSet{}, map[string]*part.Account{}, map[string][]declared.Grant{}
	d.index()
	unread := map[string]int{}
	for _, r := range d.list {
		h := handlers[r.typ]
		switch {
		case r.data:
		case h == nil:
			if !silent[r.typ] {
				unread[cmp.Or(r.typ, "?")]++
			}
		case h.place && !d.isPlaced(r):
			d.File.Report(iam.Diagnostic{Severity: iam.Error, Code: "account-unknown", Origin: r.origin(), Entity: r.address,
				Message: "nothing says in which account it is; it is not used", Hint: `put the account beside it: jq '. + {AccountId: "111122223333"}', or give the export of the account too`})
		default:
			d.handle(h, r)
		}
	}
	d.permissions()
	d.collect()
	d.Unread(d.place, unread)
	if d.followed > 0 {
		d.Note(d.place, "reference-followed", "", fmt.Sprintf("%d names or ARNs are known only after apply and follow from what the configuration refers to", d.followed))
	}
}

// nameKey names a resource as AWS does.
type nameKey struct{ typ, account, name string }

// index finds roles and instance profiles by name.
func (d *decoder) index() {
	d.byName = map[nameKey]*resource{}
	for _, r := range d.list {
		if r.data || r.gone || r.typ != "aws_iam_role" && r.typ != "aws_iam_instance_profile" {
			continue
		}
		if name, ok := d.known(r, "name"); ok {
			d.byName[nameKey{r.typ, d.homeOf(r).Account, name}] = r
		}
	}
}

// arnByName is the ARN of something that is given by name: that of the resource
// of the file with its path, else one without a path, which merging puts right.
func (d *decoder) arnByName(r *resource, typ, kind, name string) string {
	if name == "" || strings.HasPrefix(name, "arn:") {
		return name
	}
	h := d.homeOf(r)
	if o := d.byName[nameKey{typ, h.Account, name}]; o != nil {
		if arn := d.arn(o); arn != "" {
			return arn
		}
	}
	return h.ARN("iam", "", h.Account, kind+"/"+name)
}

// isPlaced reports whether the account of a resource is known.
func (d *decoder) isPlaced(r *resource) bool {
	arn, ok := policy.ParseARN(r.values.Value.Get("arn").Text())
	return ok && policy.IsAccountID(arn.Account) || d.homeOf(r).Account != ""
}

// handle applies a resource: what a plan changes is taken away first.
func (d *decoder) handle(h *handler, r *resource) {
	if h.drop != nil && r.changed() && r.before.Value.Kind() == '{' {
		old := *r
		old.values, old.unknown, old.config = r.before, scan.Value{}, nil
		h.drop(d, &old)
	}
	switch {
	case !r.gone:
		h.add(d, r)
	case h.drop == nil && !strings.HasSuffix(r.typ, "_exclusive"): // those own nothing
		d.File.Report(iam.Diagnostic{Severity: iam.Warning, Code: "not-used", Origin: r.origin(), Entity: r.address,
			Message: "the plan deletes it; of this type that is not taken from what lower inputs say", Hint: "compare with the state after apply"})
	}
}

// collect moves what was gathered into the part, in a fixed order.
func (d *decoder) collect() {
	for _, arn := range d.arns {
		d.Part.Resources = append(d.Part.Resources, d.resources[arn])
	}
	for _, id := range slices.Sorted(maps.Keys(d.accounts)) {
		d.Part.Accounts = append(d.Part.Accounts, *d.accounts[id])
	}
	if len(d.setKeys) > 0 {
		c := part.IdentityCenter{IdentityCenter: iam.IdentityCenter{Origin: d.place}}
		for _, key := range d.setKeys {
			c.PermissionSets = append(c.PermissionSets, d.sets[key])
		}
		d.Part.IdentityCenter = append(d.Part.IdentityCenter, c)
	}
}

// accountOf is where facts about an account are gathered.
func (d *decoder) accountOf(id string, place iam.Origin) *part.Account {
	if d.accounts[id] == nil {
		d.accounts[id] = &part.Account{ID: id, Command: "terraform show -json", Origin: place}
	}
	return d.accounts[id]
}

// known is the text of an attribute; false if it is unknown or absent.
func (d *decoder) known(r *resource, attr string) (string, bool) {
	v := r.values.Value.Get(attr)
	if v.Kind() != '"' || holdsTrue(r.unknown.Get(attr)) {
		return "", false
	}
	return v.Text(), true
}

// text is an attribute that takes one name or ARN: known, or found through the
// configuration. Unknown names the value if it stays unknown; both are "" if
// there is none.
func (d *decoder) text(r *resource, attr string) (text, unknown string) {
	v := r.values.Value.Get(attr)
	if !holdsTrue(r.unknown.Get(attr)) && !v.Absent() {
		return v.Text(), ""
	}
	if !holdsTrue(r.unknown.Get(attr)) && (!d.plan || r.unknown.Kind() != 0) {
		return "", ""
	}
	if s, ok := d.follow(r, attr); ok {
		d.followed++
		return s, ""
	}
	if v.Kind() == 0 && !holdsTrue(r.unknown.Get(attr)) && (r.config == nil || r.config.expressions.Get(attr).Absent()) {
		return "", "" // a plan that was cut down, of something that was not set
	}
	return "", d.unknownName(r, attr)
}

// unknownName says which value is unknown, and what it hangs on.
func (d *decoder) unknownName(r *resource, attr string) string {
	name := r.address + "." + attr + ", known after apply"
	if r.config == nil {
		return name
	}
	if refs := references(r.config.expressions.Get(attr)); len(refs) > 0 {
		name += " (refers to " + scan.Clip(strings.Join(refs[:min(len(refs), 4)], ", ")) + ")"
	}
	return name
}

// policy is the document in an attribute. A document that is unknown in part is
// unknown: a missing piece may widen or narrow any statement.
func (d *decoder) policy(r *resource, attr, name, entity string) *iam.Policy {
	v := r.values.sub(attr)
	t := declared.Text{Value: v.Value, Pointer: v.Pointer, Place: v.origin()}
	if v.Value.Absent() {
		t.Place = r.origin()
	}
	if holdsTrue(r.unknown.Get(attr)) {
		if s, ok := d.followDocument(r, attr); ok {
			t.Value, t.Pointer = s.Value, s.Pointer
			return d.Policy(t, name, entity)
		}
		t.Unknown = d.unknownName(r, attr)
	} else if v.Value.Absent() && d.plan {
		t.Unknown = d.unknownName(r, attr)
	}
	return d.Policy(t, name, entity)
}
