package policy

import (
	"encoding/json"
	"fmt"
	"testing"
)

// An operatorRow has one policy value and request values that the positive
// operator of its family accepts, refuses, and cannot read ("" if every text is
// of its type). Expectations follow from COND-02 to COND-06 alone.
type operatorRow struct {
	rule, operator          string
	policy                  string
	accepts, refuses, wrong string
	negated                 bool
	typed                   bool // an unreadable policy value is dropped
}

var operatorRows = []operatorRow{
	{"COND-08", "StringEquals", "a*", "a*", "ab", "", false, false},
	{"COND-08", "StringNotEquals", "a*", "a*", "ab", "", true, false},
	{"COND-08", "StringEqualsIgnoreCase", "Ab*", "aB*", "abc", "", false, false},
	{"COND-08", "StringNotEqualsIgnoreCase", "Ab*", "aB*", "abc", "", true, false},
	{"COND-08", "StringLike", "a*?c", "axxc", "Axxc", "", false, false},
	{"COND-08", "StringNotLike", "a*?c", "axxc", "Axxc", "", true, false},
	{"COND-09", "ArnEquals", "arn:aws:iam::*:role/app-*", "arn:aws:iam::1:role/app-1", "arn:aws:iam:x:1:role/app-1", "role/app-1", false, true},
	{"COND-09", "ArnLike", "arn:aws:iam::*:role/app-*", "arn:aws:iam::1:role/app-1", "arn:aws:iam::1:role/APP-1", "role/app-1", false, true},
	{"COND-09", "ArnNotEquals", "arn:aws:iam::*:role/app-*", "arn:aws:iam::1:role/app-1", "arn:aws:iam:x:1:role/app-1", "role/app-1", true, true},
	{"COND-09", "ArnNotLike", "arn:aws:iam::*:role/app-*", "arn:aws:iam::1:role/app-1", "arn:aws:iam::1:user/app-1", "role/app-1", true, true},
	{"COND-10", "NumericEquals", "10", "10.0", "11", "ten", false, true},
	{"COND-10", "NumericNotEquals", "10", "10.0", "11", "ten", true, true},
	{"COND-10", "NumericLessThan", "10", "9.5", "10", "0x1", false, true},
	{"COND-10", "NumericLessThanEquals", "10", "10", "10.5", "ten", false, true},
	{"COND-10", "NumericGreaterThan", "10", "10.5", "10", "NaN", false, true},
	{"COND-10", "NumericGreaterThanEquals", "10", "1e1", "9", "Inf", false, true},
	{"COND-11", "DateEquals", "2020-01-01", "1577836800", "2020-01-02", "yesterday", false, true},
	{"COND-11", "DateNotEquals", "2020-01-01", "2020-01-01T01:00:00+01:00", "2020-01-02", "yesterday", true, true},
	{"COND-11", "DateLessThan", "2020-01-01T00:00:00Z", "2019-12-31T23:59:59Z", "2020-01-01", "yesterday", false, true},
	{"COND-11", "DateLessThanEquals", "1577836800", "2020-01-01T00:00:00Z", "2020-01-01T00:00:01Z", "yesterday", false, true},
	{"COND-11", "DateGreaterThan", "2020-01-01", "2020-01-01T00:00:01Z", "2020-01-01", "yesterday", false, true},
	{"COND-11", "DateGreaterThanEquals", "2020-01-01", "2020-01-01", "2019-12-31", "yesterday", false, true},
	{"COND-12", "Bool", "true", "TRUE", "false", "yes", false, true},
	{"COND-13", "IpAddress", "203.0.113.77/24", "203.0.113.1", "2001:db8::1", "host", false, true},
	{"COND-13", "NotIpAddress", "203.0.113.77/24", "203.0.113.1", "2001:db8::1", "host", true, true},
	{"COND-15", "BinaryEquals", "YQ==", "YQ==", "Yg==", "a b", false, true},
}

func TestEveryOperatorHasARow_COND_19(t *testing.T) {
	rows := map[string]bool{"Null": true}
	for _, r := range operatorRows {
		rows[r.operator] = true
	}
	for _, o := range operators {
		if !rows[o.Name] {
			t.Errorf("operator %s is not tested", o.Name)
		}
		delete(rows, o.Name)
	}
	for o := range rows {
		t.Errorf("operator %s does not exist", o)
	}
}

// verdictOf evaluates a statement of the given effect whose condition is the
// one at hand, on a bucket that the caller is otherwise allowed to read. The
// result is what the statement's condition came to.
func verdictOf(t *testing.T, effect Effect, operator, key string, values any, v Value) Requirement {
	t.Helper()
	condition := map[string]any{operator: map[string]any{key: values}}
	statement := map[string]any{"Effect": effect.String(), "Action": "s3:GetObject", "Resource": "*", "Condition": condition}
	raw, err := json.Marshal(map[string]any{"Version": "2012-10-17", "Statement": []any{statement}})
	if err != nil {
		t.Fatal(err)
	}
	d, err := ParseDocument(raw)
	if err != nil {
		t.Fatal(err)
	}
	context := MapContext{}
	if v.Knowledge != Unknown {
		context[lowerKey(key)] = v
	}
	e := newEvaluation(&Request{Caller: Caller{Kind: CallerUser, Account: "111111111111"}, Action: "s3:GetObject", Resource: "arn:aws:s3:::b/x", ResourceAccount: "111111111111", Context: context})
	var g grants
	e.collect([]Attached{{Document: d}}, identityLayer, "identity", &g)
	if effect == Deny {
		return g.deny.Simplify()
	}
	return g.anyAllow().Simplify()
}

func lowerKey(key string) string {
	out := []byte(key)
	for i, c := range out {
		if c >= 'A' && c <= 'Z' {
			out[i] = c + 'a' - 'A'
		}
	}
	return string(out)
}

func expectTruth(t *testing.T, rule, operator, key string, values any, v Value, want bool) {
	t.Helper()
	for _, effect := range []Effect{Allow, Deny} {
		if got := verdictOf(t, effect, operator, key, values, v); got.Key() != Bool(want).Key() {
			t.Errorf("%s: %v %s %s=%v, request %+v: %s, want %v", rule, effect, operator, key, values, v, got.Key(), want)
		}
	}
}

func TestOperators_COND_01_to_COND_15(t *testing.T) {
	const single, multi = "t:key", "aws:TagKeys"
	for _, r := range operatorRows {
		t.Run(r.rule+" "+r.operator, func(t *testing.T) {
			absent := NotThere()
			is := func(yes bool) bool { return yes != r.negated }
			expectTruth(t, r.rule, r.operator, single, r.policy, Is(r.accepts), is(true))
			expectTruth(t, r.rule, r.operator, single, r.policy, Is(r.refuses), is(false))
			expectTruth(t, "COND-01 values are ORed", r.operator, single, []string{r.refuses, r.policy}, Is(r.accepts), is(true))
			expectTruth(t, "COND-02", r.operator, single, r.policy, absent, r.negated)
			expectTruth(t, "COND-03", r.operator+"IfExists", single, r.policy, absent, true)
			expectTruth(t, "COND-03", r.operator+"IfExists", single, r.policy, Is(r.accepts), is(true))
			expectTruth(t, "COND-03", r.operator+"IfExists", single, r.policy, Is(r.refuses), is(false))
			expectTruth(t, "COND-07 case of operator and key", r.operator, "T:KEY", r.policy, Is(r.accepts), is(true))
			if r.wrong != "" {
				expectTruth(t, "COND-13 unreadable request value", r.operator, single, r.policy, Is(r.wrong), is(false))
				expectTruth(t, "COND-13 unreadable policy value", r.operator, single, []string{r.wrong, r.policy}, Is(r.accepts), is(true))
				expectTruth(t, "COND-13 only unreadable policy values", r.operator, single, r.wrong, Is(r.accepts), is(false))
				expectTruth(t, "COND-13 only unreadable policy values, key unknown", r.operator, single, r.wrong, Value{}, is(false))
			}
			// COND-05, COND-06: for negated operators "matches" is "equals none".
			all, any := "ForAllValues:"+r.operator, "ForAnyValue:"+r.operator
			expectTruth(t, "COND-05", all, multi, r.policy, absent, true)
			expectTruth(t, "COND-05", all, multi, r.policy, Is(), true)
			expectTruth(t, "COND-05", all, multi, r.policy, Is(""), true)
			expectTruth(t, "COND-05", any, multi, r.policy, absent, false)
			expectTruth(t, "COND-05", any, multi, r.policy, Is(), false)
			expectTruth(t, "COND-05", any, multi, r.policy, Is(""), false)
			expectTruth(t, "COND-06", all, multi, r.policy, Is(r.accepts), is(true))
			expectTruth(t, "COND-06", any, multi, r.policy, Is(r.accepts), is(true))
			expectTruth(t, "COND-06", all, multi, r.policy, Is(r.refuses), is(false))
			expectTruth(t, "COND-06", any, multi, r.policy, Is(r.refuses), is(false))
			expectTruth(t, "COND-06", all, multi, r.policy, Is(r.accepts, r.refuses), false)
			expectTruth(t, "COND-06", any, multi, r.policy, Is(r.accepts, r.refuses), true)
			expectTruth(t, "COND-03", all+"IfExists", multi, r.policy, absent, true)
			expectTruth(t, "COND-03", all+"IfExists", multi, r.policy, Is(r.refuses), is(false))
			// GRAM-13
			none := []string{}
			expectTruth(t, "GRAM-13", r.operator, single, none, Is(r.accepts), r.negated)
			expectTruth(t, "GRAM-13", r.operator, single, none, absent, r.negated)
			expectTruth(t, "GRAM-13", r.operator+"IfExists", single, none, absent, true)
			expectTruth(t, "GRAM-13", r.operator+"IfExists", single, none, Is(r.accepts), false)
			expectTruth(t, "GRAM-13", all, multi, none, absent, true)
			expectTruth(t, "GRAM-13", all, multi, none, Is(r.accepts), false)
			expectTruth(t, "GRAM-13", any, multi, none, Is(r.accepts), false)
			expectTruth(t, "GRAM-13", any, multi, none, absent, false)
		})
	}
}

// COND-18: what IfExists says about a missing key and what ForAnyValue says
// contradict each other.
func TestForAnyValueIfExists_COND_18(t *testing.T) {
	for _, effect := range []Effect{Allow, Deny} {
		got := verdictOf(t, effect, "ForAnyValue:StringEqualsIfExists", "aws:TagKeys", "a", NotThere())
		if got.Key() != CodeAtom("U-17").Key() {
			t.Errorf("%v: %s, want U-17", effect, got.Key())
		}
	}
	expectTruth(t, "COND-18", "ForAnyValue:StringEqualsIfExists", "aws:TagKeys", "a", Is("a"), true)
	expectTruth(t, "COND-18", "ForAnyValue:StringEqualsIfExists", "aws:TagKeys", "a", Is("b"), false)
}

func TestNull_COND_04(t *testing.T) {
	for _, c := range []struct {
		values any
		v      Value
		want   bool
	}{
		{"true", NotThere(), true}, {"true", Is("x"), false}, {"false", NotThere(), false}, {"false", Is("x"), true},
		{true, NotThere(), true}, {false, Is("x"), true}, {"TRUE", NotThere(), true}, {"maybe", NotThere(), false}, {"maybe", Is("x"), false},
		{[]string{"true", "false"}, Is("x"), true}, {"true", Is(""), true}, {"false", Is(""), false}, {"true", Is(), true},
		{"true", Value{Knowledge: Present}, false}, {"false", Value{Knowledge: Present}, true},
	} {
		expectTruth(t, "COND-04", "Null", "t:key", c.values, c.v, c.want)
	}
	for _, operator := range []string{"NullIfExists", "ForAllValues:Null", "ForAnyValue:Null", "IsNull"} {
		if got := verdictOf(t, Allow, operator, "t:key", "true", NotThere()); !got.IsFalse() {
			t.Errorf("COND-04, COND-19: an Allow under %s: %s, want false", operator, got.Key())
		}
	}
	if got := verdictOf(t, Deny, "NullIfExists", "t:key", "true", NotThere()); !got.IsFalse() {
		t.Errorf("COND-04: NullIfExists never matches, got %s", got.Key())
	}
}

func TestUnknownOperator_COND_19(t *testing.T) {
	if got := verdictOf(t, Allow, "StringMatches", "t:key", "a", Is("a")); !got.IsFalse() {
		t.Errorf("an Allow never matches, got %s", got.Key())
	}
	if got := verdictOf(t, Deny, "StringMatches", "t:key", "a", Is("a")); got.Key() != DataAtom("DATA:operator", "StringMatches").Key() {
		t.Errorf("a Deny stays open, got %s", got.Key())
	}
}

// COND-16: with no set operator a multivalued key may match and may not; an
// absent key is judged as for any other operator.
func TestMultivaluedKeyWithoutSetOperator_COND_16(t *testing.T) {
	isA := AtomRequirement(Atom{Key: "aws:TagKeys", Operator: "StringEquals", Values: []string{"a"}, Class: ClassRequest, Present: true})
	for _, effect := range []Effect{Allow, Deny} {
		for _, c := range []struct {
			operator string
			v        Value
			want     Requirement
		}{
			{"StringEquals", Value{Knowledge: Present}, And(CodeAtom("U-16"), isA)},
			{"StringNotEquals", Value{Knowledge: Present}, And(CodeAtom("U-16"), isA.Not())},
			{"StringEquals", NotThere(), False()},
			{"StringNotEquals", NotThere(), True()},
			{"StringEqualsIfExists", NotThere(), True()},
			{"StringEquals", Is("a"), CodeAtom("U-16")},
			{"StringEquals", Is("b"), False()},
			{"StringNotEquals", Is("a"), False()},
			{"StringNotEquals", Is("b"), CodeAtom("U-16")},
			{"StringEquals", Is("a", "a"), False()},
			{"StringNotEquals", Is("b", "c"), False()},
			{"StringNotEqualsIfExists", Is("b", "c"), False()},
			{"StringEquals", Is(), False()},
			{"StringNotEquals", Is(), True()},
		} {
			if got := verdictOf(t, effect, c.operator, "aws:TagKeys", "a", c.v); got.Key() != c.want.Key() {
				t.Errorf("%v %s on %+v: %s, want %s", effect, c.operator, c.v, got.Key(), c.want.Key())
			}
		}
		for _, operator := range []string{"StringNotEquals", "StringEqualsIfExists"} {
			open := verdictOf(t, effect, operator, "aws:TagKeys", "a", Value{})
			if got := open.Given(MapContext{"aws:tagkeys": NotThere()}); !got.IsTrue() {
				t.Errorf("%v %s: nothing known, then absent: %s, want true", effect, operator, got.Key())
			}
		}
	}
}

// CKEY-62: what is not known stays open, and deciding it later gives the same
// answer as knowing it at once.
func TestOpenTestsFoldToTheSameAnswer_CKEY_62(t *testing.T) {
	for _, r := range operatorRows {
		for _, prefix := range []string{"", "ForAllValues:", "ForAnyValue:"} {
			for _, suffix := range []string{"", "IfExists"} {
				key := map[bool]string{true: "t:key", false: "aws:TagKeys"}[prefix == ""]
				values := []Value{NotThere(), Is(r.accepts), Is(r.refuses)}
				if prefix != "" {
					values = append(values, Is(r.accepts, r.refuses), Is())
				}
				for _, effect := range []Effect{Allow, Deny} {
					open := verdictOf(t, effect, prefix+r.operator+suffix, key, r.policy, Value{})
					for _, v := range values {
						name := fmt.Sprintf("%v %s%s%s on %+v", effect, prefix, r.operator, suffix, v)
						want := verdictOf(t, effect, prefix+r.operator+suffix, key, r.policy, v)
						if got := open.Given(MapContext{lowerKey(key): v}); got.Key() != want.Key() {
							t.Errorf("%s: %s by folding, %s at once", name, got.Key(), want.Key())
						}
					}
				}
			}
		}
	}
}

// COND-05, COND-03, EVAL-40: an empty text counts as missing for Null and not for
// IfExists, whether it is known at once or folded in later.
func TestEmptyTextFolded_COND_05(t *testing.T) {
	for _, c := range []struct {
		condition            string
		empty, absent, other bool // of s3:prefix
	}{
		{`"StringEqualsIfExists":{"s3:prefix":"a"}`, false, true, false},
		{`"StringEqualsIfExists":{"s3:prefix":["a",""]}`, true, true, false},
		{`"StringLikeIfExists":{"s3:prefix":"?*"}`, false, true, true},
		{`"StringNotEqualsIfExists":{"s3:prefix":"a"}`, true, true, true},
		{`"Null":{"s3:prefix":"true"}`, true, true, false},
		{`"Null":{"s3:prefix":"true"},"StringEqualsIfExists":{"s3:prefix":"a"}`, false, true, false},
	} {
		d, err := ParseDocument([]byte(`{"Statement":[{"Effect":"Allow","Action":"s3:ListBucket","Resource":"*","Condition":{` + c.condition + `}}]}`))
		if err != nil {
			t.Fatal(err)
		}
		decide := func(context Context) Requirement {
			caller := Caller{Kind: CallerUser, ARN: "arn:aws:iam::111111111111:user/u", Account: "111111111111", Partition: "aws", Name: "u"}
			r := Request{Caller: caller, Action: "s3:ListBucket", Resource: "arn:aws:s3:::b", ResourceAccount: "111111111111", Context: context}
			return Evaluate(r, Layers{Identity: []Attached{{Document: d}}, Resource: ResourceLayer{State: ResourceNone}}).Requires
		}
		open := decide(MapContext{})
		for v, want := range map[*Value]bool{{Knowledge: Known, Values: []string{""}}: c.empty, {Knowledge: Absent}: c.absent, {Knowledge: Known, Values: []string{"x"}}: c.other} {
			context := MapContext{"s3:prefix": *v}
			for how, got := range map[string]Requirement{"at once": decide(context), "folded": open.Given(context), "simplified and folded": open.Simplify().Given(context)} {
				if got.IsTrue() != want || got.IsOpen() {
					t.Errorf("%s, %v %s: %s, want %t", c.condition, *v, how, got.Key(), want)
				}
			}
		}
	}
}
