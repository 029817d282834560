package policy_test

import (
	"encoding/json"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"accesspath/policy"
)

// The world of the properties is small on purpose: two buckets, three actions
// and a handful of keys meet often enough for every rule to take part.
var (
	propActions   = []string{"s3:GetObject", "s3:PutObject", "s3:*", "s3:Get*", "*", "ec2:*", "sts:AssumeRole", "kms:*"}
	propResources = []string{"*", "arn:aws:s3:::b/*", "arn:aws:s3:::b/x", "arn:aws:s3:::c/*", "arn:aws:s3:::b/${aws:username}", "arn:aws:s3"}
	propKeys      = map[string][]string{
		"aws:SourceIp": {"203.0.113.7", "198.51.100.1"}, "s3:prefix": {"a", "ab", "u", ""}, "aws:MultiFactorAuthPresent": {"true", "false"},
		"aws:TagKeys": {"a", "b"}, "aws:PrincipalTag/team": {"a", "b", ""}, "s3:max-keys": {"1", "5", "10"},
	}
	propConditions = []string{
		`"IpAddress":{"aws:SourceIp":"203.0.113.0/24"}`, `"NotIpAddress":{"aws:SourceIp":["203.0.113.0/24","10.0.0.0/8"]}`,
		`"StringEqualsIfExists":{"s3:prefix":"a"}`, `"StringLikeIfExists":{"aws:PrincipalTag/team":["b","?"]}`, `"Null":{"s3:prefix":"true"}`,
		`"StringEquals":{"s3:prefix":"a"}`, `"StringNotLikeIfExists":{"s3:prefix":["a*"]}`, `"StringEquals":{"s3:prefix":"${aws:username}"}`,
		`"Bool":{"aws:MultiFactorAuthPresent":"true"}`, `"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}`, `"Null":{"aws:MultiFactorAuthPresent":"true"}`,
		`"ForAllValues:StringEquals":{"aws:TagKeys":["a"]}`, `"ForAnyValue:StringNotEquals":{"aws:TagKeys":["a"]}`,
		`"StringEquals":{"aws:PrincipalTag/team":"a"}`, `"NumericLessThanEquals":{"s3:max-keys":5}`, `"StringMatches":{"s3:prefix":"a"}`,
		`"StringLike":{"s3:prefix":"${aws:PrincipalTag/team}*"}`,
	}
	propPrincipals = []string{`"*"`, `{"AWS":"111111111111"}`, `{"AWS":"arn:aws:iam::111111111111:user/u"}`, `{"AWS":"arn:aws:iam::111111111111:role/r"}`,
		`{"AWS":"arn:aws:sts::111111111111:assumed-role/r/n"}`, `{"AWS":"222222222222"}`}
)

func quoted(list []string) string {
	b, _ := json.Marshal(list)
	return string(b)
}

// drawStatement draws one statement as JSON.
func drawStatement(t *rapid.T, effect string, principal bool) string {
	var b strings.Builder
	b.WriteString(`{"Effect":"` + effect + `",`)
	not := ""
	if rapid.IntRange(0, 7).Draw(t, "not") == 0 {
		not = "Not"
	}
	b.WriteString(`"` + not + `Action":` + quoted(rapid.SliceOfN(rapid.SampledFrom(propActions), 1, 2).Draw(t, "action")) + `,`)
	not = ""
	if rapid.IntRange(0, 7).Draw(t, "notResource") == 0 {
		not = "Not"
	}
	b.WriteString(`"` + not + `Resource":` + quoted(rapid.SliceOfN(rapid.SampledFrom(propResources), 1, 2).Draw(t, "resource")))
	if principal {
		not = ""
		if rapid.IntRange(0, 7).Draw(t, "notPrincipal") == 0 {
			not = "Not"
		}
		b.WriteString(`,"` + not + `Principal":` + rapid.SampledFrom(propPrincipals).Draw(t, "principal"))
	}
	if rapid.Bool().Draw(t, "conditional") {
		b.WriteString(`,"Condition":{` + rapid.SampledFrom(propConditions).Draw(t, "condition") + `}`)
	}
	b.WriteString(`}`)
	return b.String()
}

func drawStatements(t *rapid.T, principal bool) []string {
	var out []string
	for range rapid.IntRange(0, 3).Draw(t, "statements") {
		out = append(out, drawStatement(t, rapid.SampledFrom([]string{"Allow", "Allow", "Deny"}).Draw(t, "effect"), principal))
	}
	return out
}

func document(t *rapid.T, statements ...string) []policy.Attached {
	d, err := policy.ParseDocument([]byte(`{"Version":"2012-10-17","Statement":[` + strings.Join(statements, ",") + `]}`))
	if err != nil {
		t.Fatal(err)
	}
	return []policy.Attached{{Document: d}}
}

// A world is a request with its layers, as text so that it can be changed.
type world struct {
	request                      policy.Request
	identity, boundary, resource []string
	scp, rcp, session            []string
	endpoint                     []string
	hasBoundary, hasSession      bool
	hasEndpoint                  bool
}

func drawWorld(t *rapid.T) world {
	w := world{
		identity: drawStatements(t, false), boundary: drawStatements(t, false), session: drawStatements(t, false),
		resource: drawStatements(t, true), scp: drawStatements(t, false), rcp: drawStatements(t, true),
	}
	if w.hasEndpoint = rapid.IntRange(0, 3).Draw(t, "hasEndpoint") == 0; w.hasEndpoint {
		w.endpoint = drawStatements(t, true)
	}
	caller := policy.Caller{Kind: policy.CallerUser, ARN: "arn:aws:iam::111111111111:user/u", Account: "111111111111", Partition: "aws", Name: "u"}
	if rapid.Bool().Draw(t, "role") {
		caller = policy.Caller{Kind: policy.CallerRole, ARN: "arn:aws:iam::111111111111:role/r", Account: "111111111111", Partition: "aws", Name: "r"}
		w.hasSession = rapid.Bool().Draw(t, "session")
	}
	w.hasBoundary = rapid.Bool().Draw(t, "boundary")
	caller.HasBoundary = w.hasBoundary
	w.request = policy.Request{
		Caller: caller, Action: rapid.SampledFrom([]string{"s3:GetObject", "s3:PutObject", "sts:AssumeRole", "kms:Decrypt"}).Draw(t, "asked"),
		ResourceAccount: rapid.SampledFrom([]string{"111111111111", "222222222222"}).Draw(t, "owner"),
	}
	switch w.request.Action {
	case "sts:AssumeRole":
		w.request.Resource = "arn:aws:iam::" + w.request.ResourceAccount + ":role/target"
	case "kms:Decrypt":
		w.request.Resource = "arn:aws:kms:us-east-1:" + w.request.ResourceAccount + ":key/k"
	default:
		w.request.Resource = rapid.SampledFrom([]string{"arn:aws:s3:::b/x", "arn:aws:s3:::c/y", "arn:aws:s3:::b/u"}).Draw(t, "on")
	}
	return w
}

func (w world) layers(t *rapid.T) policy.Layers {
	return policy.Layers{
		Identity: document(t, w.identity...), Boundary: document(t, w.boundary...), HasBoundary: w.hasBoundary,
		Session: document(t, w.session...), HasSession: w.hasSession,
		Endpoint: document(t, w.endpoint...), HasEndpoint: w.hasEndpoint,
		SCPs:     []policy.Level{{ID: "root", Policies: document(t, append(w.scp, `{"Effect":"Allow","Action":"*","Resource":"*"}`)...)}},
		RCPs:     []policy.Level{{ID: "root", Policies: document(t, w.rcp...)}},
		Resource: policy.ResourceLayer{State: policy.ResourcePresent, RestrictPublic: policy.No, Policies: document(t, w.resource...)},
	}
}

// drawContext decides every key of the world; what the facts would say of a
// user's name is decided too.
func drawContext(t *rapid.T, caller policy.Caller) policy.MapContext {
	c := policy.MapContext{"aws:username": policy.NotThere()}
	if caller.Kind == policy.CallerUser {
		c["aws:username"] = policy.Is(caller.Name)
	}
	for _, key := range []string{"aws:SourceIp", "s3:prefix", "aws:MultiFactorAuthPresent", "aws:TagKeys", "aws:PrincipalTag/team", "s3:max-keys"} {
		v := policy.NotThere()
		if rapid.Bool().Draw(t, key) {
			v = policy.Is(rapid.SampledFrom(propKeys[key]).Draw(t, key+"="))
		}
		c[strings.ToLower(key)] = v
	}
	c[strings.ToLower(policy.SessionNameKey)] = policy.Is(rapid.SampledFrom([]string{"n", "m"}).Draw(t, "name"))
	return c
}

func (w world) decide(t *rapid.T, c policy.Context) policy.Requirement {
	r := w.request
	r.Context = c
	l := w.layers(t)
	d := policy.Evaluate(r, l)
	if bare := policy.Verdict(r, l); bare.Key() != d.Requires.Key() {
		t.Fatalf("the verdict by itself is %s, want %s", bare.Key(), d.Requires.Key())
	}
	return d.Requires
}

// grows fails if after allows anywhere where before did not.
func grows(t *rapid.T, what string, before, after policy.Requirement) {
	if b, a := before.IsTrue(), after.IsTrue(); a && !b && !before.IsOpen() {
		t.Fatalf("%s adds access: %s, then %s", what, before.Key(), after.Key())
	}
	if before.IsFalse() && !after.IsFalse() {
		t.Fatalf("%s turns a denial into %s", what, after.Key())
	}
}

func TestDenyNeverAddsAccess_EVAL_02(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		c := drawContext(t, w.request.Caller)
		more := w
		switch layer := rapid.IntRange(0, 6).Draw(t, "layer"); layer {
		case 0:
			more.identity = append([]string{drawStatement(t, "Deny", false)}, w.identity...)
		case 1:
			more.resource = append([]string{drawStatement(t, "Deny", true)}, w.resource...)
		case 2:
			more.scp = append([]string{drawStatement(t, "Deny", false)}, w.scp...)
		case 3:
			more.rcp = append([]string{drawStatement(t, "Deny", true)}, w.rcp...)
		case 4:
			more.boundary = append([]string{drawStatement(t, "Deny", false)}, w.boundary...)
		case 5:
			more.session = append([]string{drawStatement(t, "Deny", false)}, w.session...)
		case 6:
			more.endpoint = append([]string{drawStatement(t, "Deny", true)}, w.endpoint...)
		}
		grows(t, "a Deny", w.decide(t, c), more.decide(t, c))
		if before, after := w.decide(t, nil), more.decide(t, nil); !after.Given(c).Implies(before.Given(c)) && before.Given(c).IsFalse() {
			t.Fatalf("an open Deny adds access: %s, then %s", before.Key(), after.Key())
		}
	})
}

func TestBoundaryAndGuardrailsOnlyShrink_EVAL_04(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		c := drawContext(t, w.request.Caller)
		bare := w
		bare.hasBoundary, bare.hasSession, bare.hasEndpoint, bare.scp, bare.rcp = false, false, false, nil, nil
		bare.request.Caller.HasBoundary = false
		for _, context := range []policy.Context{c, nil} {
			grows(t, "a boundary, session policy, endpoint policy, SCP or RCP", bare.decide(t, context), w.decide(t, context))
		}
	})
}

func TestOrderCaseAndRepetitionDoNotMatter_EVAL_06_ACTM_01(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		want := w.decide(t, nil)
		other := w
		other.identity = append(rapid.Permutation(w.identity).Draw(t, "identity"), w.identity...)
		other.resource = append(rapid.Permutation(w.resource).Draw(t, "resource"), w.resource...)
		other.scp = append(append([]string{}, w.scp...), w.scp...)
		other.rcp = append(rapid.Permutation(w.rcp).Draw(t, "rcp"), w.rcp...)
		other.session = append(rapid.Permutation(w.session).Draw(t, "session"), w.session...)
		other.endpoint = append(rapid.Permutation(w.endpoint).Draw(t, "endpoint"), w.endpoint...)
		other.boundary = rapid.Permutation(w.boundary).Draw(t, "boundary")
		other.request.Action = strings.ToUpper(w.request.Action)
		for i, s := range other.identity {
			other.identity[i] = strings.ReplaceAll(strings.ReplaceAll(s, `"s3:GetObject"`, `"S3:getOBJECT"`), `"s3:Get*"`, `"s3:gEt*"`)
		}
		if got := other.decide(t, nil); got.Key() != want.Key() {
			t.Fatalf("%s, then %s", want.Key(), got.Key())
		}
	})
}

// EVAL-40: partial evaluation is evaluation. Open formulas may keep what is
// never decided (codes, symbolic resources); apart from these, folding in a
// context gives what evaluation in that context gives.
func TestFoldingEqualsEvaluating_EVAL_40(t *testing.T) {
	decided := 0
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		c := drawContext(t, w.request.Caller)
		known := policy.MapContext{"aws:username": c["aws:username"], "aws:principaltag/team": c["aws:principaltag/team"]}
		open := w.decide(t, known)
		// The session's name is the caller's and not asked of the context; it is
		// settled in both.
		folded, whole := open.Given(c).Simplify(), w.decide(t, c).Given(c).Simplify()
		if folded.Key() == whole.Key() || folded.Implies(whole) && whole.Implies(folded) {
			decided++
			return
		}
		t.Fatalf("open %s\nfolded %s\nat once %s", open.Key(), folded.Key(), whole.Key())
	})
	if decided == 0 {
		t.Error("nothing was compared")
	}
}

// CONV-03: leaving keys open never hides what some context allows.
func TestOpenContextNeverHidesAccess_CONV_03(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		c := drawContext(t, w.request.Caller)
		if open := w.decide(t, nil); open.IsFalse() && !w.decide(t, c).IsFalse() {
			t.Fatalf("denied with nothing known, %s in %v", w.decide(t, c).Key(), c)
		} else if open.IsTrue() && !w.decide(t, c).IsTrue() {
			t.Fatalf("allowed with nothing known, %s in %v", w.decide(t, c).Key(), c)
		}
	})
}

// MayMatchResource is a filter in front of Evaluate and must not drop what
// Evaluate would match.
func TestMayMatchResourceNeverDropsAMatch(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		w.identity = []string{drawStatement(t, "Allow", false)}
		w.hasEndpoint = false
		w.resource, w.rcp, w.scp, w.hasBoundary, w.hasSession = nil, nil, nil, false, false
		w.request.ResourceAccount = w.request.Caller.Account
		d := document(t, w.identity...)[0].Document
		if !w.decide(t, nil).IsFalse() && !d.Statements[0].MayMatchResource(w.request.Resource) {
			t.Fatalf("%s is filtered out for %s", w.identity[0], w.request.Resource)
		}
	})
}
