package awscli

import (
	"strings"

	"accesspath/iam"
	"accesspath/ingest/internal/part"
	"accesspath/ingest/internal/scan"
)

// attach adds a policy and says that it is attached to target.
func (o *Object) attach(v scan.Value, at, target string) {
	p := o.orgPolicy(v, v.Get("Content"), at)
	if p == nil {
		return
	}
	o.Part.Org.Policies = append(o.Part.Org.Policies, *p)
	o.Part.Org.Attachments = append(o.Part.Org.Attachments, part.Attachment{PolicyID: p.ID, Type: p.Type, Target: target})
}

// orgPolicy reads a summary and, if there is one, the text.
func (o *Object) orgPolicy(summary, content scan.Value, at string) *part.OrgPolicy {
	p := &part.OrgPolicy{
		ID: summary.Get("Id").Text(), ARN: summary.Get("Arn").Text(),
		Name: summary.Get("Name").Text(), Type: summary.Get("Type").Text(), Origin: summary.Origin(at),
	}
	if p.ID == "" {
		p.ID = p.ARN[strings.LastIndexByte(p.ARN, '/')+1:]
	}
	if p.ID == "" {
		o.File.Warn(summary, at, p.Name, "invalid-entity", "a policy of the organization has no Id and is skipped")
		return nil
	}
	if p.Type == "" {
		p.Type = typeOfARN(p.ARN)
	}
	if !content.Absent() && (p.Type == part.SCP || p.Type == part.RCP) {
		p.Policy = o.File.Policy(content, p.Name, at+"/Content", p.ARN)
		p.Policy.ARN = p.ARN
	}
	return p
}

// typeOfARN reads the type in arn:aws:organizations::ACCOUNT:policy/o-…/service_control_policy/p-….
func typeOfARN(arn string) string {
	for part := range strings.SplitSeq(arn, "/") {
		if strings.HasSuffix(part, "_policy") {
			return strings.ToUpper(part)
		}
	}
	return ""
}

// orgPolicies reads list-policies-for-target, list-policies, and a list of
// policies with their texts and targets.
func (o *Object) orgPolicies() bool {
	target := o.text("TargetId")
	switch {
	case o.used["Policies"] || len(o.Policies) == 0 && (target == "" || !o.has("Policies")):
		return false
	case target != "":
		o.policiesOf(target)
		return true
	}
	placed := false
	for _, e := range o.Policies {
		summary, targets := e.Value, e.Value.Get("Targets")
		if s := e.Value.Get("PolicySummary"); s.Kind() == '{' {
			summary = s
		}
		if p := o.orgPolicy(summary, e.Value.Get("Content"), e.Pointer); p != nil {
			p.TargetsKnown = o.attachTo(*p, targets, e.Pointer+"/Targets") && targets.Kind() == '[' && !o.Cut
			placed = placed || targets.Kind() == '['
			o.Part.Org.Policies = append(o.Part.Org.Policies, *p)
		}
	}
	if !placed {
		o.report(iam.Warning, "incomplete-output", hintBeside("TargetId", "111122223333"), "a list of organization policies does not say what they are attached to")
	}
	return true
}

// policiesOf reads list-policies-for-target, which lists policies of one type;
// an empty list tells the type only by the filter beside it.
func (o *Object) policiesOf(target string) {
	types := map[string]bool{}
	if f := o.text("Filter"); f != "" {
		types[f] = true
	}
	for _, e := range o.Policies {
		o.attach(e.Value, e.Pointer, target)
		types[e.Value.Get("Type").Text()] = true
	}
	for _, t := range []string{part.SCP, part.RCP} {
		if types[t] && !o.Cut {
			o.Part.Org.Listed = append(o.Part.Org.Listed, part.Listing{Target: target, Type: t})
		}
	}
	if len(types) == 0 {
		o.report(iam.Warning, "incomplete-output", hintBeside("Filter", part.SCP), "an empty list of policies does not say of which type there are none")
	}
}

// attachTo attaches a policy to targets, and reports whether all say what they are.
func (o *Object) attachTo(p part.OrgPolicy, targets scan.Value, at string) (all bool) {
	all = true
	for i, t := range targets.Elements() {
		id := t.Get("TargetId").Text()
		if id == "" {
			id = t.Text()
		}
		if id == "" {
			o.File.Warn(t, scan.Index(at, i), p.ID, "invalid-entity", "a target has no TargetId; to what the policy is attached is not known in full")
			all = false
			continue
		}
		o.Part.Org.Attachments = append(o.Part.Org.Attachments, part.Attachment{PolicyID: p.ID, Type: p.Type, Target: id})
	}
	return all
}

func (o *Object) describePolicy() bool {
	v, at := o.Members["Policy"].Value, o.Members["Policy"].Pointer
	summary, content := v.Get("PolicySummary"), v.Get("Content")
	if v.Kind() != '{' || summary.Kind() != '{' {
		if summary, at = o.get("PolicySummary"); summary.Kind() != '{' {
			return false
		}
		content, _ = o.get("Content")
	}
	o.used["Policy"] = true
	p := o.orgPolicy(summary, content, at)
	if p == nil {
		return true
	}
	if targets, at := o.get("Targets"); targets.Kind() == '[' {
		o.attachTo(*p, targets, at)
	}
	o.Part.Org.Policies = append(o.Part.Org.Policies, *p)
	return true
}

func (o *Object) targets() bool {
	v, at := o.get("Targets")
	if v.Kind() != '[' || o.has("Policy", "PolicySummary") {
		return false
	}
	id := o.text("PolicyId")
	if id == "" {
		o.report(iam.Warning, "incomplete-output", hintBeside("PolicyId", "p-examplepolicyid1"), "list-targets-for-policy does not name the policy")
		return true
	}
	o.attachTo(part.OrgPolicy{ID: id}, v, at)
	return true
}
