package awscli

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"accesspath/iam"
	"accesspath/ingest/internal/part"
	"accesspath/ingest/internal/scan"
	"accesspath/policy"
)

// computeMembers are the names that the table looks at in an object itself:
// where its lists are, and what outputs about one object have at the top.
var computeMembers = func() []string {
	out := []string{"Metadata", "PipelineId", "Code", "Concurrency", "Failures", "Tags", "ProjectsNotFound", "InstanceMetadataServiceConfiguration"}
	for _, c := range carriers {
		if c.list != "" {
			first, _, _ := strings.Cut(c.list, ".")
			out = append(out, first)
			continue
		}
		for _, paths := range [][]string{c.arn, c.name, c.roles, {c.state}} {
			for _, p := range paths {
				first, _, _ := strings.Cut(p, ".")
				out = append(out, first)
			}
		}
	}
	return slices.DeleteFunc(out, func(n string) bool { return n == "" })
}()

// compute reads what carries a role (IN-25, SVC-09).
func (o *Object) compute() bool {
	found := false
	for i := range carriers {
		found = carriers[i].read(o) || found
	}
	return found
}

// A candidate is what one row of the table is applied to: an object of an output, which
// carries a role or not.
type candidate struct {
	*carrier
	o      *Object
	get    func(name string) scan.Value // a member of the candidate
	parent func(name string) scan.Value // a member of what the candidate stands in
	place  iam.Origin
	seen   map[string]bool // what the list carried so far
}

func (c *carrier) read(o *Object) bool {
	if c.list == "" {
		return c.single(o)
	}
	first, rest, _ := strings.Cut(c.list, ".")
	top, at := o.peek(first)
	if k := top.Kind(); k != '[' && k != '{' {
		return false
	}
	var candidates []candidate
	seen := map[string]bool{}
	eachObject(top, at, rest, scan.Value{}, func(v scan.Value, at string, parent scan.Value) {
		candidates = append(candidates, candidate{carrier: c, o: o, get: v.Get, parent: parent.Get, place: v.Origin(at), seen: seen})
	})
	candidates = slices.DeleteFunc(candidates, func(t candidate) bool { return !t.mine() })
	if len(candidates) == 0 && (top.Kind() == '{' || top.Len() > 0) {
		return false // another command's list of that name
	}
	o.get(first)
	for _, t := range candidates {
		t.add()
	}
	o.Part.Took("compute")
	return true
}

// single reads an output about one candidate, whose members are the object's.
func (c *carrier) single(o *Object) bool {
	at := func(name string) scan.Value { v, _ := o.peek(name); return v }
	t := candidate{carrier: c, o: o, get: at, parent: at, place: o.Place}
	t.place.Pointer = o.Pointer
	if !t.mine() || t.text(c.roles...) == "" {
		return false
	}
	for _, paths := range [][]string{c.arn, c.name, c.roles} {
		for _, p := range paths {
			first, _, _ := strings.Cut(p, ".")
			o.get(first)
		}
	}
	o.Whole = true
	t.add()
	o.Part.Took("compute")
	return true
}

// peek is get without marking the member as looked at.
func (o *Object) peek(name string) (scan.Value, string) {
	m := o.Members[name]
	if m.Value.Absent() {
		return scan.Value{}, ""
	}
	return m.Value, m.Pointer
}

// eachObject visits the objects at a path below v, going through arrays. parent is
// the object that the last array of them is a member of.
func eachObject(v scan.Value, at, path string, parent scan.Value, visit func(v scan.Value, at string, parent scan.Value)) {
	if v.Kind() == '[' {
		for i, e := range v.Elements() {
			eachObject(e, scan.Index(at, i), path, parent, visit)
		}
		return
	}
	if v.Kind() != '{' {
		return
	}
	if path == "" {
		visit(v, at, parent)
		return
	}
	first, rest, _ := strings.Cut(path, ".")
	eachObject(v.Get(first), at+"/"+first, rest, v, visit)
}

// values returns the text at a path, of every element of arrays on the way.
func (t *candidate) values(path string) []string {
	first, rest, _ := strings.Cut(path, ".")
	v := t.get(first)
	if first == "Metadata" && t.list != "" {
		v, _ = t.o.peek(first) // beside the candidate, not in it
	}
	return leaves(v, rest)
}

func leaves(v scan.Value, path string) []string {
	if v.Kind() == '[' {
		var out []string
		for _, e := range v.Elements() {
			out = append(out, leaves(e, path)...)
		}
		return out
	}
	if path == "" {
		if s := strings.TrimSpace(v.Text()); s != "" {
			return []string{s}
		}
		return nil
	}
	first, rest, _ := strings.Cut(path, ".")
	return leaves(v.Get(first), rest)
}

func (t *candidate) text(paths ...string) string {
	for _, p := range paths {
		if p == "" {
			continue
		}
		if all := t.values(p); len(all) > 0 {
			return all[0]
		}
	}
	return ""
}

// mine reports whether the candidate is one that this row is about: it has an ARN
// of the right service, or the name that its ARN is made of.
func (t *candidate) mine() bool {
	if arn := t.text(t.arn...); arn != "" {
		parsed, ok := policy.ParseARN(arn)
		service, _, _ := strings.Cut(t.kind, ":")
		return ok && parsed.Service == service
	}
	if t.form == "" {
		return false
	}
	_, field, _ := strings.Cut(t.form, "/")
	return t.text(cmp.Or(field, t.name[0])) != "" || t.o.has(cmp.Or(field, "-"))
}

// add records the candidate if it carries a role.
func (t *candidate) add() {
	c := &iam.Compute{Kind: t.kind, Service: t.service, Name: t.text(t.name...), Origin: t.place}
	t.identify(c)
	var unplaced bool
	if c.Roles, unplaced = t.roleARNs(c, t.roles); !unplaced {
		c.AgentRoles, unplaced = t.roleARNs(c, t.agents)
	}
	if name := t.text(t.profile...); name != "" {
		if c.InstanceProfile = entityARN(c, "instance-profile", name); c.InstanceProfile == "" {
			unplaced = true
		}
	}
	t.condition(c)
	switch {
	case unplaced || c.ARN == "" && len(c.Roles)+len(c.AgentRoles)+len(c.InstanceProfile) > 0:
		t.o.report(iam.Warning, "incomplete-output", hintBeside("AccountId", "111122223333"), "%s does not say in which account %q is; it is skipped", t.command, scan.Clip(c.Name))
		return
	case len(c.Roles)+len(c.AgentRoles) == 0 && c.InstanceProfile == "":
		return // it carries none, or the output does not say which
	case t.form != "" && c.Region == "" && t.kind != "ec2:instance" && t.part == "":
		t.o.report(iam.Warning, "incomplete-output", hintBeside("Region", "eu-west-1"), "%s does not say in which region %q is; one of that name elsewhere would count as the same", t.command, scan.Clip(c.Name))
	case t.again(c):
		return
	}
	t.o.Part.Accounts = append(t.o.Part.Accounts, part.Account{ID: c.Account, Partition: partitionOfARN(c.ARN), Command: t.command, Origin: t.place, Compute: []*iam.Compute{c}})
}

// again reports whether the list held another version of the same candidate that
// carries the same: only one of them counts.
func (t *candidate) again(c *iam.Compute) bool {
	if t.part == "" {
		return false
	}
	key := strings.Join(slices.Concat([]string{c.Name, c.InstanceProfile, c.IMDSv1.String()}, c.Roles, []string{""}, c.AgentRoles), "\x00")
	again := t.seen[key]
	t.seen[key] = true
	return again
}

// identify settles ARN, account and region. Where the output names no ARN the
// account is that of the candidate's role (a role is passed inside its account
// only), of who made it, or the one beside the output.
func (t *candidate) identify(c *iam.Compute) {
	c.ARN = t.text(t.arn...)
	if arn, ok := policy.ParseARN(c.ARN); ok {
		c.Account, c.Region = cmp.Or(arn.Account, t.o.owner()), arn.Region
		return
	}
	c.ARN = ""
	partition := ""
	for _, text := range append([]string{t.text(t.profile...), t.text("CreatedBy")}, t.texts(t.roles)...) {
		if arn, ok := policy.ParseARN(text); ok && arn.Account != "" && arn.Account != "aws" {
			c.Account, partition = arn.Account, arn.Partition
			break
		}
	}
	c.Account = cmp.Or(t.parent("OwnerId").Text(), c.Account, t.o.owner())
	c.Region = cmp.Or(t.o.text("Region"), zone.FindString(t.text("Placement.AvailabilityZone", "AvailabilityZone")))
	if c.Account == "" {
		return
	}
	service, rest, _ := strings.Cut(t.form, ":")
	kind, field, slash := strings.Cut(rest, "/")
	name := t.text(t.name...)
	if slash {
		name = kind + "/" + cmp.Or(t.text(field), t.o.text(field))
	}
	c.ARN = "arn:" + cmp.Or(partition, partitionOf(c.Region)) + ":" + service + ":" + c.Region + ":" + c.Account + ":" + name
	if part := t.text(t.part); part != "" {
		c.ARN += ":" + part
	}
}

// zone finds the region in the name of an availability zone or a local zone.
var zone = regexp.MustCompile(`^[a-z]{2,4}(-[a-z]+)+-[0-9]+`)

func (t *candidate) texts(paths []string) []string {
	var out []string
	for _, p := range paths {
		out = append(out, t.values(p)...)
	}
	return out
}

// roleARNs reads roles by ARN or by name, each once; unplaced is true if a name
// has no account to go with it.
func (t *candidate) roleARNs(c *iam.Compute, paths []string) (arns []string, unplaced bool) {
	seen := map[string]bool{}
	for _, text := range t.texts(paths) {
		arn := entityARN(c, "role", text)
		if arn == "" {
			return arns, true
		}
		if !seen[arn] {
			seen[arn] = true
			arns = append(arns, arn)
		}
	}
	return arns, false
}

// entityARN makes an ARN of a name, with or without its path, in the account of
// c. Some services take names and do not say the path: merging finds the entity
// of that name.
func entityARN(c *iam.Compute, kind, text string) string {
	if strings.HasPrefix(text, "arn:") {
		return text
	}
	if c.Account == "" {
		return ""
	}
	return "arn:" + cmp.Or(partitionOfARN(c.ARN), partitionOf(c.Region)) + ":iam::" + c.Account + ":" + kind + "/" + strings.TrimPrefix(text, "/")
}

func partitionOfARN(text string) string {
	arn, _ := policy.ParseARN(text)
	return arn.Partition
}

// condition reads whether it runs, whether IMDSv1 answers (SVC-04), and which
// pods an association is for (FED-15).
func (t *candidate) condition(c *iam.Compute) {
	switch state := t.text(t.state); {
	case slices.Contains(t.running, state):
		c.Running = iam.Present
	case slices.Contains(t.stopped, state):
		c.Running = iam.KnownEmpty
	}
	if t.metadata != "" {
		c.IMDSv1 = imds(t.text(t.metadata+".HttpTokens"), t.text(t.metadata+".HttpEndpoint"))
	}
	switch t.text("InstanceMetadataServiceConfiguration.MinimumInstanceMetadataServiceVersion") {
	case "1":
		c.IMDSv1 = iam.Present
	case "2":
		c.IMDSv1 = iam.KnownEmpty
	}
	if t.pod && len(c.Roles) > 0 {
		c.Pod = &iam.Pod{
			Cluster: t.text("clusterName"), Namespace: t.text("namespace"), ServiceAccount: t.text("serviceAccount"),
			TargetRole: t.text("targetRoleArn"), ExternalID: t.text("externalId"), NoSessionTags: t.get("disableSessionTags").Bool(),
		}
	}
}

// imds reads whether version 1 of the metadata service answers.
func imds(tokens, endpoint string) iam.State {
	switch {
	case endpoint == "disabled", tokens == "required":
		return iam.KnownEmpty
	case tokens == "optional":
		return iam.Present
	}
	return iam.Unknown
}
