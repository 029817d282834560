package review

import (
	"cmp"
	"slices"
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
	// Reach: what is wrong is who gets a role, so for a role that may do nothing
	// the severity is medium at most, and lower than the rule's.
	Reach bool
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
	rules := slices.Concat(credentialRules(), entityRules(), trustRules(), statementRules(), powerRules(), settingRules())
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

// credentialRules are about what users and root users sign in with.
func credentialRules() []Rule {
	return []Rule{
		activeKey(), oldKey(), unusedKey(), twoKeys(), keyWithConsole(), workloadKey(), humanUser(), passwordWithoutMFA(),
		sensitiveWithoutMFA(), rootKeys(), rootWithoutMFA(), rootUsed(), unusedUser(), weakPasswordPolicy(), oldCredential(),
		emergencyUser(), applicationUser(), rootCredentials(),
	}
}

// entityRules are about users, groups, roles and policies as such.
func entityRules() []Rule {
	return []Rule{
		directPolicy(), inlinePolicies(), emptyGroups(), unusedRole(), overPoweredRole(), sharedRole(), mixedRole(), noSupportRole(),
		unusedPolicy(), cloudShell(), inconsistentExport(),
	}
}

// trustRules are about who gets a role.
func trustRules() []Rule {
	return []Rule{
		openTrust(), outsideTrust(), wholeAccountTrust(), noExternalID(), confusedDeputy(), unpinnedSubject(), wildcardSubject(),
		anyAudience(), guestRole(), anyPool(), danglingPrincipal(), missingProvider(), adminWithoutMFA(), passedTags(), freeSessionName(),
		selfTrust(), openAnchor(), openPods(), guessableID(),
	}
}

// statementRules are about what policies say.
func statementRules() []Rule {
	return []Rule{
		fullAdminPolicy(), publicResource(), outsideResource(), exceptPrincipal(), allowNot(), passAnyRole(), uselessMFA(), deadStatement(),
		emptySetMatches(), spoofable(), keyPolicy(),
	}
}

// powerRules are about who gets where in the end.
func powerRules() []Rule {
	return []Rule{adminList(), adminCount(), escalatesToAdmin(), escalatesFurther(), hiddenAdmin(), longChain(), laundering(), workloadPower(), boundaryEscape()}
}

// settingRules are about settings of instances, accounts and the organization.
func settingRules() []Rule {
	return []Rule{oldMetadata(), noGuardrails()}
}
