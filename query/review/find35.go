package review

import (
	"slices"
	"strings"

	"accesspath/policy"
)

// allowNot is FIND-35.
func allowNot() Rule {
	return Rule{ID: "FIND-35", Doc: Doc{
		Title:       "Allow by exception",
		Why:         "Allow with NotAction or NotResource grants everything that is not listed, including services and actions that do not exist yet.",
		Severity:    Medium,
		Remediation: "List what is meant, or allow broadly and deny the exceptions, so that other policies cannot grant them either.",
		References:  []string{"AWS IAM User Guide: IAM JSON policy elements: NotAction", "AWS IAM User Guide: IAM JSON policy elements: NotResource"},
		Since:       "0.1",
		Wants:       []Need{NeedUsers, NeedGroups, NeedRoles, NeedPolicies},
	}, check: checkAllowNot}
}

func checkAllowNot(p *pass) []Finding {
	return p.eachStatement(func(d document, s *policy.Statement) (string, bool) {
		switch {
		case s.Effect != policy.Allow || d.layer == "trust":
			return "", false
		case s.NotResource != nil:
			return "a statement allows its actions on everything but " + some(texts(s.NotResource)), true
		case s.NotAction != nil && allResources(s):
			return "a statement allows everything on all resources but " + some(texts(s.NotAction)), true
		}
		return "", false
	})
}

// eachStatement makes one finding for each document that has statements of a
// kind; the first statement gives the text.
func (p *pass) eachStatement(test func(document, *policy.Statement) (text string, ok bool)) []Finding {
	var out []Finding
	for a := range p.accounts() {
		for d := range p.documents(a) {
			var f *Finding
			for i := range d.policy.Document.Statements {
				s := &d.policy.Document.Statements[i]
				text, ok := test(d, s)
				if !ok {
					continue
				}
				if f == nil {
					out = append(out, d.finding("%s", text))
					f = &out[len(out)-1]
				}
				if e := d.evidence(s); !slices.Contains(f.Evidence, e) {
					f.Evidence = append(f.Evidence, e)
				}
			}
			if f != nil && len(f.Evidence) > 1 {
				f.Text += "; " + count(len(f.Evidence)-1, "further statement") + " like it"
			}
		}
	}
	return out
}

// texts lists patterns as written.
func texts[P interface{ String() string }](list []P) []string {
	var out []string
	for _, p := range list {
		out = append(out, p.String())
	}
	return out
}

// conditionOn returns the first condition on a key, or nil.
func conditionOn(s *policy.Statement, key string) *policy.Condition {
	for i := range s.Conditions {
		if strings.EqualFold(s.Conditions[i].Key, key) {
			return &s.Conditions[i]
		}
	}
	return nil
}
