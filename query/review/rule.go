package review

import (
	"cmp"
	"slices"

	"accesspath/iam"
)

// Severity grades a finding.
type Severity string

// The severities, worst first.
const (
	Critical Severity = "critical"
	High     Severity = "high"
	Medium   Severity = "medium"
	Low      Severity = "low"
	Info     Severity = "info"
)

// Severities lists them, worst first.
func Severities() []Severity { return []Severity{Critical, High, Medium, Low, Info} }

// rank is 0 for critical; unknown severities come last.
func (s Severity) rank() int {
	if i := slices.Index(Severities(), s); i >= 0 {
		return i
	}
	return len(Severities())
}

// shift moves a severity by levels, up for negative ones, and stays in range.
func (s Severity) shift(by int) Severity {
	all := Severities()
	return all[min(max(s.rank()+by, 0), len(all)-1)]
}

// A Need is an input that a rule cannot do without: a section of an account, or
// one of the needs below.
type Need string

// Needs that are no sections.
const (
	NeedOrganization Need = "organization" // the tree with its accounts
	NeedLastUsed     Need = "role-last-used"
	NeedComplete     Need = "complete-export" // the rule relies on absence (GAAD-08)
)

// The sections as needs.
const (
	NeedUsers     = Need(iam.SectionUsers)
	NeedGroups    = Need(iam.SectionGroups)
	NeedRoles     = Need(iam.SectionRoles)
	NeedPolicies  = Need(iam.SectionPolicies)
	NeedResources = Need(iam.SectionResources)
)

// Doc is a rule's documentation. Texts are Markdown-free prose; Title has no
// full stop.
type Doc struct {
	Title       string
	Why         string
	Severity    Severity // before the subject's rights and guardrails count
	Remediation string
	References  []string // titles of public documents
	Since       string   // version of accesspath that brought the rule
	Needs       []Need   // an account without one of them is left out
	Wants       []Need   // an account without one of them is only looked at in part
	// Fixed: the severity already accounts for what the subject may do.
	Fixed bool
}

// A Rule finds one kind of weakness.
type Rule struct {
	ID    string // "FIND-20"
	Doc   Doc
	check func(*pass) []Finding
}

// Rules returns all rules in the order of their ids.
func Rules() []Rule {
	rules := []Rule{
		directPolicy(), emptyGroups(), unusedRole(), fullAdminPolicy(),
		openTrust(), outsideTrust(), wholeAccountTrust(), noExternalID(),
		unpinnedSubject(), wildcardSubject(), danglingPrincipal(), allowNot(), passAnyRole(),
		adminList(), hiddenAdmin(), adminWithoutMFA(), uselessMFA(), deadStatement(), inconsistentExport(),
	}
	slices.SortFunc(rules, func(a, b Rule) int { return cmp.Compare(a.ID, b.ID) })
	return rules
}

// RuleByID returns the rule with that id.
func RuleByID(id string) (Rule, bool) {
	for _, r := range Rules() {
		if r.ID == id {
			return r, true
		}
	}
	return Rule{}, false
}
