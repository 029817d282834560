package review

import (
	"iter"
	"slices"
	"strings"

	"accesspath/policy"
	"accesspath/query"
)

// deadStatement is FIND-48.
func deadStatement() Rule {
	return Rule{ID: "FIND-48", Doc: Doc{
		Title:       "Statement does not do what it says",
		Why:         "Elements that AWS does not know, principals that match nobody and actions that do not fit the caller are ignored without a word. An Allow like that is clutter; a Deny like that protects nothing.",
		Severity:    Low,
		Remediation: "Correct the statement or delete it.",
		References:  []string{"AWS IAM User Guide: Grammar of the IAM JSON policy language", "AWS IAM User Guide: AWS JSON policy elements: Principal"},
		Since:       "0.1",
		Wants:       []Need{NeedUsers, NeedGroups, NeedRoles, NeedPolicies},
	}, check: checkDead}
}

func checkDead(p *pass) []Finding {
	var out []Finding
	for a := range p.accounts() {
		for d := range p.documents(a) {
			var texts []string
			var evidence []query.Evidence
			add := func(statement int, text string) {
				texts = append(texts, text)
				e := d.evidence(nil)
				e.Statement = max(statement, 0)
				if !slices.Contains(evidence, e) {
					evidence = append(evidence, e)
				}
			}
			for _, problem := range d.policy.Document.Problems {
				if strings.Contains(problem.Message, privateRange) {
					continue // FIND-50
				}
				if problem.Code != "duplicate-key" || problem.Statement >= 0 {
					add(problem.Statement, problem.Message)
				}
			}
			for _, problem := range d.policy.Document.Misplaced(d.use()) {
				add(problem.Statement, problem.Message)
			}
			for i, why := range misspelled(d) {
				add(i, why)
			}
			for _, m := range mismatches(d) {
				add(m.Index, "the trust statement's action does not fit its principals, so that it lets nobody in (TRUST-MISMATCH)")
			}
			for i, why := range p.never(d) {
				add(i, why+", so the statement never applies (DEAD-STATEMENT)")
			}
			if len(texts) > 0 {
				f := d.finding("%s", strings.Join(texts[:min(len(texts), maxNamed)], "; "))
				if n := len(texts) - maxNamed; n > 0 {
					f.Text += "; and " + count(n, "more problem")
				}
				f.Evidence = evidence
				out = append(out, f)
			}
		}
	}
	return out
}

// never says of statements, by index and in order, why no request meets their
// conditions (SYM-32). What the parser already said of one is not said again.
func (p *pass) never(d document) iter.Seq2[int, string] {
	return func(yield func(int, string) bool) {
		doc := d.policy.Document
		for i := range doc.Statements {
			s := &doc.Statements[i]
			if slices.ContainsFunc(doc.Problems, func(q policy.Problem) bool { return q.Statement == s.Index }) {
				continue
			}
			why := s.Never(p.asOf)
			if key := ofServicesOnly(s); why == "" && key != "" && forSigners(d, s) {
				why = "only calls of AWS services have " + key + ", and the statement is for others (TRUST-31)"
			}
			if why != "" && !yield(s.Index, why) {
				return
			}
		}
	}
}

// use is what the document is attached as.
func (d document) use() policy.Use {
	switch d.layer {
	case "trust":
		return policy.UseTrust
	case "resource":
		return policy.UseResource
	}
	return policy.UseIdentity
}

// forSigners reports whether a statement allows something to users and roles only, who
// sign their calls themselves.
func forSigners(d document, s *policy.Statement) bool {
	if s.Effect != policy.Allow || s.NotPrincipal != nil {
		return false
	}
	return d.layer == "identity" || len(s.Principal) > 0 && !slices.ContainsFunc(s.Principal, func(e policy.PrincipalElement) bool { return e.Type != "AWS" || e.Any() })
}

// ofServicesOnly is the key of a condition that no call meets but one of a service
// principal; "" if there is none (CKEY-09, CKEY-10, CKEY-31).
func ofServicesOnly(s *policy.Statement) string {
	for i := range s.Conditions {
		c := &s.Conditions[i]
		operator := strings.ToLower(c.Operator)
		switch {
		case c.Negated() || strings.HasSuffix(operator, "ifexists") || strings.HasPrefix(operator, "forallvalues:"):
		case operator == "null" && !slices.Equal(c.Values, []string{"false"}):
		case strings.EqualFold(c.Key, "aws:PrincipalIsAWSService"):
			if operator == "bool" && slices.Equal(c.Values, []string{"true"}) {
				return c.Key
			}
		case policy.ServiceKey(c.Key):
			return c.Key
		}
	}
	return ""
}

// misspelled says of statements, by index and in order, which actions and resources
// miss what is meant for the blanks, commas and capitals in them (ACTM-04, ARNM-08).
func misspelled(d document) iter.Seq2[int, string] {
	return func(yield func(int, string) bool) {
		for i := range d.policy.Document.Statements {
			s := &d.policy.Document.Statements[i]
			for _, a := range texts(slices.Concat(s.Action, s.NotAction)) {
				if strings.ContainsAny(a, ", \t\r\n") && !yield(s.Index, "the action "+quote(a)+" has a blank or a comma in it and matches nothing") {
					return
				}
			}
			for _, r := range texts(slices.Concat(s.Resource, s.NotResource)) {
				if misspelledARN(r) && !yield(s.Index, "the resource "+quote(r)+" has a blank around it, or arn: in capitals, and does not match what it seems to") {
					return
				}
			}
		}
	}
}

func misspelledARN(r string) bool {
	bare := strings.TrimSpace(r)
	return bare != r || !strings.HasPrefix(bare, "arn:") && strings.HasPrefix(strings.ToLower(bare), "arn:")
}

// mismatches are trust statements of which no action fits any principal
// (TRUST-06).
func mismatches(d document) []*policy.Statement {
	var out []*policy.Statement
	if d.layer != "trust" {
		return nil
	}
	for i := range d.policy.Document.Statements {
		s := &d.policy.Document.Statements[i]
		if s.Effect == policy.Allow && len(s.Principal) > 0 && opensSession(s) && !slices.ContainsFunc(s.Principal, func(e policy.PrincipalElement) bool { return fits(s, &e) }) {
			out = append(out, s)
		}
	}
	return out
}

// fits reports whether the statement has an action that the principal can use.
func fits(s *policy.Statement, e *policy.PrincipalElement) bool {
	switch {
	case e.Any():
		return true // U-20
	case e.Type != "Federated":
		return s.MatchesAction("sts:AssumeRole")
	case strings.Contains(e.Text, ":saml-provider/"):
		return s.MatchesAction("sts:AssumeRoleWithSAML")
	}
	return s.MatchesAction("sts:AssumeRoleWithWebIdentity")
}
