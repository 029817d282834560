package evaluate

import (
	"slices"
	"strings"

	"accesspath/policy"
)

// A reading is one thing that the peer reads differently from AWS's
// documentation, or that the documentation leaves open. It says what our own
// evaluator has to be told to read it the same way: another request, a value
// for an uncertainty code, or a last step on the decision.
//
// A difference is explained only if our evaluator, with as few readings as
// possible, gives the peer's decision on the very same request. So no class can
// hide a defect: a reading that does not account for the difference, or that
// comes with another difference, leaves it unexplained.
type reading struct {
	rule string // of the semantics that we follow
	page string // title of the page of AWS's documentation
	peer string // what the peer does
	// rewrite edits a copy of the request and reports whether it found anything.
	rewrite func(r object) bool
	code    string // an open code, and
	holds   bool   // what the peer takes it for
	after   func(d *policy.Decision, decision string) string
}

const (
	pageLogic     = "Policy evaluation logic"
	pageCross     = "Cross-account policy evaluation logic"
	pagePrincipal = "AWS JSON policy elements: Principal"
	pageNot       = "AWS JSON policy elements: NotPrincipal"
	pageAction    = "JSON policy elements: Action and NotAction"
	pageResource  = "JSON policy elements: Resource and NotResource"
	pageOperators = "Condition operators"
	pageSets      = "Multivalued context keys"
	pageVariables = "Policy elements: Variables and tags"
	pageGrammar   = "Grammar of the IAM JSON policy language"
)

// readings is the table of what is explained, in the order of application.
func readings() []reading {
	return slices.Concat(grammarReadings(), conditionReadings(), principalReadings(), layerReadings())
}

func grammarReadings() []reading {
	return []reading{
		{rule: "GRAM-05", page: "JSON policy elements: Version", peer: "fills in variables in documents of 2008 and without a version", rewrite: newVersion},
		{rule: "ACTM-05", page: pageAction, peer: `takes "*:*" and a wildcard in the service prefix for no action`, rewrite: noPrefixWildcards},
		{rule: "ARNM-04, U-09", page: pageResource, peer: "lets no star cross a colon", rewrite: noCrossing, code: "U-09"},
		{rule: "ARNM-05", page: pageResource, peer: "reads a short ARN pattern in NotResource as a match", rewrite: shortNotResource},
		{rule: "ARNM-05, RCP", page: "Resource control policies", peer: "matches no short ARN pattern in an RCP", rewrite: shortInRCP},
		{rule: "ARNM-05, U-10", page: pageResource, peer: "pads a short ARN pattern in a Deny", code: "U-10", holds: true},
		{rule: "ARNM-07, U-13", page: pageResource, peer: "takes a wildcard in the service part of an ARN for good", rewrite: serviceWildcards},
		{rule: "ARNM-10, U-23", page: pageResource, peer: "matches no collection", rewrite: noCollection, code: "U-23"},
		{rule: "ARNM-12", page: pageVariables, peer: "lets a NotResource with a variable without value match nothing", rewrite: notResourceNoValue},
	}
}

func layerReadings() []reading {
	return []reading{
		{rule: "EVAL-14, EVAL-15, U-03", page: pageLogic, peer: "limits grants to sessions and to everyone by the session policy", after: sessionLimits},
		{rule: "EVAL-17", page: "Permissions for GetFederationToken", peer: "does not limit a federated user without session policy", rewrite: federatedUnlimited},
		{rule: "EVAL-18, STS-13", page: "Policies and permissions in IAM", peer: "treats the root user as a user", rewrite: rootIsUser},
		{rule: "EVAL-31", page: pagePrincipal, peer: "lets anonymous callers into every service", code: "DATA:anonymous-support", holds: true},
		{rule: "ORG-11", page: "Resource control policies", peer: "applies RCPs to services that have none", rewrite: rcpEverywhere},
		{rule: "STS-03, U-02", page: "Permissions boundaries for IAM entities", peer: "a trust policy that names a user is not limited by the boundary", code: "U-02", holds: true},
	}
}

// newVersion reads every document as one of 2012.
func newVersion(r object) bool {
	changed := false
	for _, d := range documents(r) {
		if d["Version"] != "2012-10-17" {
			d["Version"], changed = "2012-10-17", true
		}
	}
	return changed
}

func noPrefixWildcards(r object) bool {
	return everyStatement(r, func(s object) bool {
		edit := func(a string) (string, bool) {
			prefix, _, colon := strings.Cut(a, ":")
			return a, !colon || !strings.ContainsAny(prefix, "*?")
		}
		a := replace(s, "Action", "none:None", edit)
		return replace(s, "NotAction", "none:None", edit) || a
	})
}

// noCrossing drops patterns that match as a whole and not part by part.
func noCrossing(r object) bool {
	resource := r["resource"].(string)
	return everyStatement(r, func(s object) bool {
		crosses := func(p string) bool {
			return strings.Contains(p, ":") && strings.HasPrefix(resource, "arn:") && !strings.Contains(p, "${") &&
				!fits(p, resource) && policy.CompilePattern(p).Match(resource)
		}
		a := replace(s, "Resource", nowhere, func(p string) (string, bool) { return p, !crosses(p) })
		return replace(s, "NotResource", nowhere, func(p string) (string, bool) { return p, short(p) || !crosses(p) }) || a
	})
}

// noCollection drops the patterns of a wildcard-only action that are about the things that
// it shows.
func noCollection(r object) bool {
	action, _ := r["action"].(string)
	if r["resource"] != "*" || policy.Collection(action, "") == "" {
		return false
	}
	return everyStatement(r, func(s object) bool {
		edit := func(p string) (string, bool) { return p, strings.Trim(p, "*") == "" }
		a := replace(s, "Resource", nowhere, edit)
		return replace(s, "NotResource", nowhere, edit) || a
	})
}

// nowhere is a pattern that no request's resource fits.
const nowhere = "arn:aws:none:::"

// serviceWildcards writes the service in place of a pattern that it fits.
func serviceWildcards(r object) bool {
	asked := strings.SplitN(r["resource"].(string), ":", 4)
	return everyStatement(r, func(s object) bool {
		edit := func(p string) (string, bool) {
			parts := strings.SplitN(p, ":", 4)
			if len(parts) == 4 && len(asked) == 4 && strings.ContainsAny(parts[2], "*?") && policy.CompilePattern(parts[2]).Match(asked[2]) {
				parts[2] = asked[2]
			}
			return strings.Join(parts, ":"), true
		}
		a := replace(s, "Resource", nowhere, edit)
		return replace(s, "NotResource", nowhere, edit) || a
	})
}

func short(p string) bool { return strings.Contains(p, ":") && strings.Count(p, ":") < 5 }

func shortInRCP(r object) bool {
	return everyStatement(object{"rcps": r["rcps"]}, func(s object) bool {
		return replace(s, "Resource", nowhere, func(p string) (string, bool) { return p, !short(p) })
	})
}

func shortNotResource(r object) bool {
	return everyStatement(r, func(s object) bool {
		found := slices.ContainsFunc(texts(s["NotResource"]), short)
		if found {
			kill(s)
		}
		return found
	})
}

func notResourceNoValue(r object) bool {
	ctx, _ := r["context"].(object)
	return everyStatement(r, func(s object) bool {
		missing := slices.ContainsFunc(texts(s["NotResource"]), func(p string) bool { return missingVariable(p, ctx) })
		if missing {
			kill(s)
		}
		return missing
	})
}

// sessionLimits: the peer denies what the session policy does not allow.
func sessionLimits(d *policy.Decision, decision string) string {
	for _, l := range d.Layers {
		if decision == Allowed && l.Name == "session" && l.Allow.IsFalse() && slices.Contains(d.Codes, "U-03") {
			return ImplicitlyDenied
		}
	}
	return decision
}

func federatedUnlimited(r object) bool {
	if p, _ := r["principal"].(string); !strings.Contains(p, ":federated-user/") || r["sessionPolicy"] != nil {
		return false
	}
	r["sessionPolicy"] = object{"Version": "2012-10-17", "Statement": object{"Effect": "Allow", "Action": "*", "Resource": "*"}}
	return true
}

// rootIsUser makes the root user a user whom no policy names.
func rootIsUser(r object) bool {
	arn, root := strings.CutSuffix(r["principal"].(string), ":root")
	if root {
		r["principal"] = arn + ":user/nobody-else"
	}
	return root
}

// rcpEverywhere moves RCPs, which only deny, into the resource's policy.
func rcpEverywhere(r object) bool {
	levels, _ := r["rcps"].([]any)
	if service, _, _ := strings.Cut(r["action"].(string), ":"); slices.Contains(policy.RCPServices(), service) || len(levels) == 0 {
		return false
	}
	var all []any
	for _, d := range documents([]any{r["rcps"], r["resourcePolicy"]}) {
		all = append(all, d)
	}
	r["resourcePolicy"] = all
	return true
}
