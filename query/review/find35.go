package review

import (
	"cmp"
	"slices"
	"strings"

	"accesspath/policy"
	"accesspath/query"
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
		case s.NotAction != nil && slices.ContainsFunc(s.Resource, func(r policy.ResourcePattern) bool { return broad(r, d) }):
			return "a statement allows everything on all resources but " + some(texts(s.NotAction)), true
		}
		return "", false
	})
}

// broad reports whether a resource pattern takes in things of services that have
// nothing in common: "arn:aws:*" is as good as "*".
func broad(r policy.ResourcePattern, d document) bool {
	part := "arn:" + partition(d.subject)
	return r.IsAll() || r.May(part+":sqs:us-east-1:"+d.account+":zz-stranger") && r.May(part+":iam::"+d.account+":role/zz-stranger")
}

// eachStatement makes one finding for each document that has statements of a
// kind; the first statement gives the text.
func (p *pass) eachStatement(test func(document, *policy.Statement) (text string, ok bool)) []Finding {
	return p.eachStatementFinding(func(d document, s *policy.Statement) (Finding, bool) {
		text, ok := test(d, s)
		return Finding{Text: text}, ok
	})
}

// eachStatementFinding is eachStatement for findings that say more than a text.
// The worst of a document's statements gives the finding.
func (p *pass) eachStatementFinding(test func(document, *policy.Statement) (Finding, bool)) []Finding {
	var out []Finding
	for a := range p.accounts() {
		for d := range p.documents(a) {
			if f, ok := p.worstStatement(d, test); ok {
				out = append(out, f)
			}
		}
	}
	return out
}

func (p *pass) worstStatement(d document, test func(document, *policy.Statement) (Finding, bool)) (Finding, bool) {
	var worst Finding
	var evidence []query.Evidence
	for i := range d.policy.Document.Statements {
		s := &d.policy.Document.Statements[i]
		f, ok := test(d, s)
		if !ok {
			continue
		}
		if f.Severity = cmp.Or(f.Severity, p.rule.Doc.Severity); len(evidence) == 0 || f.Severity.rank() < worst.Severity.rank() {
			worst = f
		}
		if e := d.evidence(s); !slices.Contains(evidence, e) {
			evidence = append(evidence, e)
		}
	}
	if len(evidence) > 1 {
		worst.Text += "; " + count(len(evidence)-1, "further statement") + " like it"
	}
	worst.Subject, worst.About, worst.Account, worst.Evidence = d.subject, cmp.Or(worst.About, d.about), d.account, evidence
	return worst, len(evidence) > 0
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
