package escalate

import (
	"cmp"
	"slices"
	"strings"

	"accesspath/iam"
	"accesspath/policy"
)

// maxAttachable bounds the policies of which each gives a change of its own.
const maxAttachable = 12

// attached tries which policies may be attached: one that allows everything is
// enough, else all of the account that allow something of the catalogue, since
// a condition on iam:PolicyARN may leave only those (CKEY-43).
func (a *attempt) attached() []outcome {
	any := a.decide()
	if any.requires.IsFalse() {
		return nil // whichever it is
	}
	var out []outcome
	for _, at := range a.s.powerful(a.by.account) {
		if any.requires.Given(policy.MapContext{"iam:policyarn": policy.Is(at.ARN)}).IsFalse() {
			continue
		}
		b := *a
		b.given = with(a.given, "iam:PolicyARN", at.ARN)
		v := b.decide()
		if v.requires.IsFalse() {
			continue
		}
		d := at.Document()
		if a.s.relevanceOf(d).full {
			return append(out, b.outcome(v, b.changed(change{label: everythingLabel, apply: attach(at)})))
		}
		if len(out) == maxAttachable {
			a.s.cut.Store(true)
			break
		}
		out = append(out, b.outcome(v, b.changed(change{label: "policy " + at.ARN, apply: attach(at)})))
	}
	return append(out, a.attachedOwn()...)
}

// with adds a value to what is given.
func with(given map[string]string, key, value string) map[string]string {
	out := map[string]string{key: value}
	for k, v := range given {
		if !strings.EqualFold(k, key) {
			out[k] = v
		}
	}
	return out
}

// attachedOwn tries policies that say what the actor wants: new ones, and those
// that it may rewrite. It matters where a condition on iam:PolicyARN leaves
// nothing powerful.
func (a *attempt) attachedOwn() (out []outcome) {
	try := func(action, arn string) bool {
		first := a.by.decide(a.s, action, arn)
		if first.IsFalse() {
			return false
		}
		b := a.after(answered(first, action, arn))
		b.given = with(a.given, "iam:PolicyARN", arn)
		v := b.decide()
		if v.requires.IsFalse() {
			return false
		}
		out = append(out, b.outcome(v, b.changed(change{label: everythingLabel, apply: write(everything)})))
		return v.requires.IsTrue()
	}
	if a.s.offers(a.by, "iam:CreatePolicy") {
		for _, arn := range a.newPolicies() {
			if try("iam:CreatePolicy", arn) {
				return out
			}
		}
	}
	if !a.s.offers(a.by, "iam:CreatePolicyVersion") {
		return out
	}
	for _, m := range a.by.account.Policies {
		if len(m.Versions) < maxVersions && try("iam:CreatePolicyVersion", m.ARN) {
			return out
		}
	}
	return out
}

// newPolicies are ARNs of policies to attach that are not there.
func (a *attempt) newPolicies() []string { return a.newFor("iam:PolicyARN") }

// newFor are ARNs of policies that are not there: after what conditions on a key leave,
// and of any name that may be made.
func (a *attempt) newFor(key string) []string {
	var out []string
	add := func(arn string) {
		if strings.Contains(arn, ":"+a.by.account.ID+":policy/") && !a.by.account.has(arn) && !slices.Contains(out, arn) {
			out = append(out, arn)
		}
	}
	for _, st := range policy.Statements(a.s.g.Model.IdentityPolicies(a.by.node)) {
		for _, c := range st.Conditions {
			if !strings.EqualFold(c.Key, key) {
				continue
			}
			for _, v := range c.Values {
				if arn, ok := a.example(v); ok {
					add(arn)
				}
			}
		}
	}
	for _, arn := range a.candidates("iam:policy", []string{"iam:CreatePolicy"}, true) {
		add(arn)
	}
	return out
}

// powerful lists policies worth attaching, those that allow everything first.
func (s *search) powerful(a *account) []*iam.Attachment {
	a.powers.Do(func() { a.powerful = s.findPowerful(a) })
	return a.powerful
}

func (s *search) findPowerful(a *account) []*iam.Attachment {
	var out []*iam.Attachment
	for _, arn := range []string{administrator, iamFull} {
		if at := s.attachment(arn); at.Document() != nil {
			out = append(out, at)
		}
	}
	for _, m := range a.Policies {
		at := &iam.Attachment{Name: m.Name, ARN: m.ARN, Policy: m}
		if d := at.Document(); d != nil && (s.relevanceOf(d).full || s.relevanceOf(d).allows != actionSet{}) {
			out = append(out, at)
		}
	}
	slices.SortStableFunc(out, func(x, y *iam.Attachment) int {
		return cmp.Compare(s.rank(x), s.rank(y))
	})
	return out
}

// omnipotent are the policies among them that allow everything.
func (s *search) omnipotent(a *account) []*iam.Attachment {
	list := s.powerful(a)
	i := slices.IndexFunc(list, func(at *iam.Attachment) bool { return s.rank(at) > 0 })
	if i < 0 {
		i = len(list)
	}
	return list[:min(i, maxAttachable)]
}

func (s *search) rank(at *iam.Attachment) int {
	if s.relevanceOf(at.Document()).full {
		return 0
	}
	return 1
}

// attachment refers to a managed policy: one of the snapshot, or the two of AWS
// that an attacker reaches for.
func (s *search) attachment(arn string) *iam.Attachment {
	at := &iam.Attachment{ARN: arn, Name: arn, Policy: s.policies[arn]}
	if at.Policy == nil && builtIn[arn] != nil {
		at = attachmentOf(arn, builtIn[arn])
		at.Policy.Account, at.Policy.Bundled, at.Policy.Versions[0].Bundled = "aws", true, true
	}
	return at
}

// attachmentOf refers to a managed policy that the snapshot does not have.
func attachmentOf(arn string, d *policy.Document) *iam.Attachment {
	v := &iam.PolicyVersion{Policy: iam.Policy{Name: arn, ARN: arn, Document: d}, VersionID: "v1", IsDefault: true}
	return &iam.Attachment{ARN: arn, Name: arn, Policy: &iam.ManagedPolicy{ARN: arn, Name: arn, DefaultVersionID: "v1", Versions: []*iam.PolicyVersion{v}}}
}

var builtIn = map[string]*policy.Document{
	administrator: everything,
	iamFull:       mustParse(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["iam:*","organizations:DescribeAccount","organizations:DescribeOrganization","organizations:DescribeOrganizationalUnit","organizations:DescribePolicy","organizations:ListChildren","organizations:ListParents","organizations:ListPoliciesForTarget","organizations:ListRoots","organizations:ListPolicies","organizations:ListTargetsForPolicy"],"Resource":"*"}]}`),
}
