package query

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"accesspath/graph"
	"accesspath/iam"
	"accesspath/policy"
)

// Missing is an input that is not there and that bears on this answer (QRY-23).
type Missing struct {
	What     string   `json:"what"`               // in plain words
	Section  string   `json:"section,omitempty"`  // of the coverage, if a whole section is missing
	Code     string   `json:"code,omitempty"`     // of the requirement that it would settle
	Accounts []string `json:"accounts,omitempty"` // that lack it; sorted
	// CouldGrant: it could add access. What could only take access away, or say
	// more about it, is no reason to doubt that nobody has it (QRY-24).
	CouldGrant bool `json:"couldGrant"`
}

// maxMissing bounds how many single things are named.
const maxMissing = 25

// lacking collects what would settle a result.
type lacking struct {
	e    *Engine
	list []Missing
	cut  int
}

// findMissing lists the inputs that would decide what the result leaves open: only
// those that can, however many sections nobody supplied.
func (e *Engine) findMissing(r *Result, q *question) []Missing {
	l := &lacking{e: e, list: []Missing{}}
	for i := range r.Answers {
		for k := range r.Answers[i].Paths {
			l.demanded(&r.Answers[i].Paths[k])
		}
	}
	if q != nil {
		for _, t := range q.targets {
			l.ownerOf(t)
			l.policyOf(t)
		}
	}
	l.principals(r)
	l.details(r)
	return l.done()
}

// done is the list, with how many it leaves out.
func (l *lacking) done() []Missing {
	if l.cut > 0 {
		l.list = append(l.list, Missing{What: fmt.Sprintf("%d more things of these kinds", l.cut), CouldGrant: true})
	}
	return l.list
}

func (l *lacking) add(m Missing) {
	switch {
	case slices.ContainsFunc(l.list, func(o Missing) bool { return o.What == m.What && o.Section == m.Section }):
	case len(l.list) >= maxMissing:
		l.cut++
	default:
		l.list = append(l.list, m)
	}
}

// demanded adds what the requirements of a path say is not in the input.
func (l *lacking) demanded(p *Path) {
	for _, s := range p.Steps {
		l.requirements(s.Requires)
	}
	l.requirements(p.Requires)
	for _, a := range p.AlsoRequired {
		l.requirements(a.Requires)
	}
}

func (l *lacking) requirements(list []Requirement) {
	for _, r := range list {
		if strings.HasPrefix(r.Code, "DATA:") {
			l.add(Missing{What: inputFor(r.Code, strings.Join(r.Values, ", ")), Code: r.Code, CouldGrant: true})
		}
		l.requirements(r.AnyOf)
		l.requirements(r.AllOf)
	}
}

// inputs name what settles a requirement, by code; %s is what it is about.
var inputs = map[string]string{
	"DATA:account":         "the export of account %s",
	"DATA:principal":       "a complete export of the account of %s",
	"DATA:policy":          "the document of %s",
	"DATA:group":           "the group %s and its policies",
	"DATA:boundary":        "the document of the permissions boundary %s",
	"DATA:scp":             "the document of the service control policy %s",
	"DATA:trust":           "the trust policy of %s",
	"DATA:resource-policy": "the policy of %s",
	"DATA:key-policy":      "the key policy of %s",
	"DATA:bpa":             "the public access block of %s",
	"DATA:access-point":    "the policies of the access point and bucket of %s",
	"DATA:witness":         "a question about less than %s, of which too much would have to be tried",
	"DATA:owner":           "the account that owns %s",
	"DATA:share":           "how %s is shared with other accounts",
	"DATA:encryption-key":  "the key that encrypts %s",
	"DATA:pool-guests":     "whether the Cognito identity pool %s lets guests in",
	"DATA:classic-flow":    "whether the Cognito identity pool %s allows the classic flow",
	"DATA:profile":         "the trust anchors and profiles of IAM Roles Anywhere for %s",
	"DATA:session-policy":  "the document of the session policy %s",
	"DATA:assignments":     "the account assignments of the Identity Center permission set %s",
	"DATA:group-members":   "who is in the Identity Center group %s",
	"DATA:RootSessions":    "whether the organization has root sessions enabled: iam list-organizations-features",
	"DATA:organization":    "the organization: organizations describe-organization",
	"DATA:canonical-user":  "whose canonical user ID %s is",
	"DATA:host-management": "whether Systems Manager manages all instances of account %s: ssm get-service-setting",
	codePassword:           "who has a console password: a credential report, or iam get-login-profile",
	codeMFADevice:          "who has an MFA device: a credential report, or iam list-mfa-devices",
}

func inputFor(code, about string) string {
	text, ok := inputs[code]
	switch {
	case code == "DATA:account" && strings.HasPrefix(about, "o-"):
		return "the exports of the other accounts of organization " + about
	case code == "DATA:account" && about == "*":
		return "the exports of the accounts that are not loaded"
	case code == "DATA:anonymous-support":
		return "whether the service " + about + " takes unsigned requests"
	case !ok:
		return strings.TrimSpace(strings.ReplaceAll(strings.TrimPrefix(code, "DATA:"), "-", " ") + " " + about)
	case strings.Contains(text, "%s"):
		return fmt.Sprintf(text, about)
	}
	return text
}

// ownerOf adds the account that owns the resource, if it is not loaded: whoever may
// assume one of its roles may have what that role has (CHAIN-48).
func (l *lacking) ownerOf(t target) {
	if id := l.e.g.Model.OwnerNotLoaded(t.action, t.resource); id != "" {
		l.add(Missing{What: inputFor("DATA:account", id), Code: "DATA:account", Accounts: []string{id}, CouldGrant: true})
	}
}

// policyOf adds the resource's own policy, if nobody read it (EVAL-19).
func (l *lacking) policyOf(t target) {
	m := l.e.g.Model
	if t.resource != "*" {
		if slices.Contains(m.TargetNotes(t.action, t.resource), graph.NoteUnread) {
			l.add(Missing{What: "the policy of " + t.resource, Section: string(resourceSection(t.action)), CouldGrant: true})
		}
		return
	}
	service, _, _ := strings.Cut(strings.ToLower(t.action), ":")
	if service == "iam" || service == "sts" || wildcardOnly(t.action) {
		return
	}
	section := resourceSection(t.action)
	l.section(section, "policies of resources", true, nil)
}

// resourceSection is where the policies of a service's resources are.
func resourceSection(action string) iam.Section {
	switch service, _, _ := strings.Cut(strings.ToLower(action), ":"); service {
	case "s3":
		return iam.SectionBuckets
	case "kms":
		return iam.SectionKeys
	}
	return iam.SectionResources
}

// section adds a section that loaded accounts lack; of those in only, unless it
// is nil.
func (l *lacking) section(section iam.Section, what string, grants bool, only map[string]bool) {
	m := Missing{What: what, Section: string(section), CouldGrant: grants}
	switch all := l.e.gaps().unknown[section]; {
	case only == nil:
		m.Accounts = all
	case len(only) > 0:
		m.Accounts = slices.DeleteFunc(slices.Clone(all), func(id string) bool { return !only[id] })
	}
	if len(m.Accounts) > 0 {
		l.add(m)
	}
}

// gaps are what the accounts of a snapshot lack, in their order. Nothing writes
// to the lists: answers share them.
type gaps struct {
	unknown    map[iam.Section][]string // accounts that are loaded
	incomplete []string
	lost       []string // files of the input (QRY-24)
}

func (e *Engine) gaps() *gaps {
	e.common.gaps.Do(func() {
		g := &gaps{unknown: map[iam.Section][]string{}, lost: e.g.Model.Snapshot.LostFiles()}
		for _, a := range e.g.Model.Snapshot.Accounts {
			if a.Incomplete {
				g.incomplete = append(g.incomplete, a.ID)
			}
			for _, section := range iam.Sections {
				if a.Loaded() && a.Coverage[section] == iam.Unknown {
					g.unknown[section] = append(g.unknown[section], a.ID)
				}
			}
		}
		e.common.lacks = g
	})
	return e.common.lacks
}

// principals adds the principals that no input lists: they may be a way in.
func (l *lacking) principals(r *Result) {
	l.exports()
	l.section(iam.SectionRoles, "roles", true, nil)
	if r.Question.Kind == "who-can" || r.Question.Kind == "reaching" {
		l.section(iam.SectionUsers, "users", true, nil)
	}
	for _, file := range l.e.gaps().lost {
		l.add(Missing{What: "all of " + file + ", which was not read as a whole", CouldGrant: true})
	}
	for _, id := range l.e.gaps().incomplete {
		l.add(Missing{What: "the rest of the export of account " + id, Accounts: []string{id}, CouldGrant: true})
	}
}

// exports adds the exports of all accounts, if there is none: then no answer is about
// anybody whose policies were read.
func (l *lacking) exports() {
	s := l.e.g.Model.Snapshot
	if slices.ContainsFunc(s.Accounts, (*iam.Account).Loaded) {
		return
	}
	if len(s.Accounts) == 0 {
		l.add(Missing{What: "the export of an account", CouldGrant: true})
	}
	for _, a := range s.Accounts {
		l.add(Missing{What: inputFor("DATA:account", a.ID), Code: "DATA:account", Accounts: []string{a.ID}, CouldGrant: true})
	}
}

// unreadOf adds the policies of principals that no input has, and that may allow anything.
func (l *lacking) unreadOf(n *graph.Node) {
	for _, p := range l.e.g.Model.IdentityPolicies(n) {
		if p.Document == nil {
			l.add(Missing{What: inputFor("DATA:policy", cmp.Or(p.Unresolved, p.Name)), Code: "DATA:policy", CouldGrant: true})
		}
	}
}

// details adds what says more about the access that was found, or could deny it.
func (l *lacking) details(r *Result) {
	users, entities, services, providers := map[string]bool{}, map[string]bool{}, map[string]bool{}, map[string]bool{}
	for i := range r.Answers {
		a := &r.Answers[i]
		if a.Verdict == VerdictDeny {
			continue
		}
		switch a.Kind {
		case "user":
			users[a.Account] = true
		case "service", "instance-profile":
			for _, p := range a.Paths {
				services[accountOf(p.Principals[len(p.Principals)-1])] = true
			}
		case "federated-identity":
			providers[a.Account] = true
		}
		for _, p := range a.Paths {
			for _, id := range p.Principals {
				if strings.Contains(id, ":user/") || strings.Contains(id, ":role/") {
					entities[accountOf(id)] = true
				}
			}
		}
	}
	l.section(iam.SectionBoundaries, "permissions boundaries, which could deny", false, entities)
	if r.Question.Kind == "who-can" {
		l.section(iam.SectionCredentials, "credentials: who of the users can sign in at all", false, users)
		l.section(iam.SectionCompute, "compute: what runs with the roles", false, services)
	}
	l.section(iam.SectionOIDC, "OIDC providers and their audiences", false, providers)
	l.section(iam.SectionSAML, "SAML providers", false, providers)
}

func accountOf(id string) string {
	a, _ := policy.ParseARN(id)
	return a.Account
}
