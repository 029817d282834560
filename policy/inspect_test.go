package policy

import "testing"

// GRAM-10: what a trust policy says of resources is ignored, by the filter in
// front of Evaluate as well.
func TestMayMatchResourceGRAM10(t *testing.T) {
	const role, bucket = "arn:aws:iam::111111111111:role/r", "arn:aws:s3:::b/x"
	for _, c := range []struct {
		name, elements string
		onRole, onB    bool
	}{
		{"GRAM-10: a trust policy with Resource", `"Effect":"Allow","Action":"*","Resource":"arn:aws:s3:::other","Principal":"*"`, true, false},
		{"GRAM-09: a resource policy without Resource", `"Effect":"Allow","Action":"*","Principal":"*"`, true, true},
		{"ARNM-09: NotResource is left to Evaluate", `"Effect":"Allow","Action":"*","NotResource":"*"`, true, true},
		{"ARNM-08: an identity policy", `"Effect":"Allow","Action":"*","Resource":"arn:aws:s3:::b/*"`, false, true},
		{"ARNM-13: a variable may be anything", `"Effect":"Allow","Action":"*","Resource":"arn:aws:s3:::b/${aws:username}"`, true, true},
		{"ARNM-05: a short pattern may match", `"Effect":"Allow","Action":"*","Resource":"arn:aws:s3"`, false, true},
	} {
		s := mustParse(t, statementJSON(c.elements)).Statements[0]
		if s.MayMatchResource(role) != c.onRole || s.MayMatchResource(bucket) != c.onB {
			t.Errorf("%s: %t on a role, %t on an object; want %t and %t", c.name, s.MayMatchResource(role), s.MayMatchResource(bucket), c.onRole, c.onB)
		}
	}
}

// PRINC-20: of an account that is not loaded it is not known which principal
// calls; if the account or one of its principals is listed, that one may be
// exempt.
func TestNotPrincipalAndAccountNotLoadedPRINC20(t *testing.T) {
	for _, c := range []struct{ name, not, want string }{
		{"PRINC-20: the account is listed", `{"AWS":"333333333333"}`, DataAtom("DATA:principal", "333333333333").Not().Key()},
		{"PRINC-20: a user of it is listed", `{"AWS":["arn:aws:iam::333333333333:user/x","333333333333"]}`, DataAtom("DATA:principal", "333333333333").Not().Key()},
		{"PRINC-20: only others are listed", `{"AWS":["arn:aws:iam::111111111111:user/x","111111111111"]}`, True().Key()},
		{"PRINC-20: everyone is listed", `"*"`, False().Key()},
	} {
		d := mustParse(t, statementJSON(`"Effect":"Deny","Action":"*","Resource":"*","NotPrincipal":`+c.not))
		r := Request{Caller: Caller{Kind: CallerAccount, Account: "333333333333"}, Action: "s3:GetObject", Resource: "arn:aws:s3:::b/x", ResourceAccount: "111111111111"}
		e := newEvaluation(&r)
		var g grants
		e.collect([]Attached{{Document: d}}, resourceLayer, "resource", &g)
		if g.deny.Key() != c.want {
			t.Errorf("%s: denied under %s, want %s", c.name, g.deny.Key(), c.want)
		}
	}
}

// EVAL-38: the policy of a VPC endpoint is one more conjunct for every kind of
// caller, and its cause is told.
func TestEndpointPolicyEVAL38(t *testing.T) {
	all := mustParse(t, `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}`)
	only := func(conditions string) []Attached {
		return []Attached{{Document: mustParse(t, `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"*"`+conditions+`}}`)}}
	}
	for _, c := range []struct {
		name, action string
		endpoint     []Attached
		want         string // the requirement, or the cause
	}{
		{"EVAL-38: allowed", "s3:GetObject", only(""), True().Key()},
		{"EVAL-38: not allowed", "s3:PutObject", only(""), "endpoint"},
		{"EVAL-03: an endpoint with no policy that allows", "s3:GetObject", nil, "endpoint"},
		{"EVAL-38: allowed under a condition", "s3:GetObject", only(`,"Condition":{"StringEquals":{"aws:UserAgent":"x"}}`),
			AtomRequirement(Atom{Key: "aws:UserAgent", Operator: "StringEquals", Values: []string{"x"}, Class: ClassRequest}).Key()},
	} {
		r := Request{Caller: contextCallers[0], Action: c.action, Resource: "arn:aws:s3:::b/x", ResourceAccount: "111111111111"}
		d := Evaluate(r, Layers{Identity: []Attached{{Document: all}}, Endpoint: c.endpoint, HasEndpoint: true, Resource: ResourceLayer{State: ResourceNone}})
		got := d.Requires.Key()
		if d.Requires.IsFalse() {
			got = d.Causes[0].Layer
		}
		if got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

// COND-04, COND-05, COND-08, VAR-03: which statements are better met by a caller that
// passes tags than by one that has none.
func TestFavoursTags(t *testing.T) {
	const tag = `"aws:PrincipalTag/team"`
	for _, c := range []struct {
		name, condition string
		allow, deny     bool
	}{
		{"COND-08: asks for a tag", `"StringEquals":{` + tag + `:"a"}`, true, false},
		{"COND-08: asks for another", `"StringNotEquals":{` + tag + `:"a"}`, false, true},
		{"COND-08: if there is one", `"StringEqualsIfExists":{` + tag + `:"a"}`, false, true},
		{"COND-04: has none", `"Null":{` + tag + `:"true"}`, false, true},
		{"COND-04: has one", `"Null":{` + tag + `:"false"}`, true, false},
		{"COND-05: all values", `"ForAllValues:StringEquals":{` + tag + `:"a"}`, false, true},
		{"COND-05: some value", `"ForAnyValue:StringNotEquals":{` + tag + `:"a"}`, true, false},
		{"COND-19: no operator", `"StringIs":{` + tag + `:"a"}`, true, true},
		{"VAR-03: in a value", `"StringEquals":{"aws:ResourceTag/team":"${aws:PrincipalTag/team}"}`, true, false},
		{"VAR-03: not in a value", `"StringNotEquals":{"aws:ResourceTag/team":"${aws:PrincipalTag/team}"}`, false, true},
		{"VAR-03: with a default", `"StringEquals":{"aws:ResourceTag/team":"${aws:PrincipalTag/team, 'x'}"}`, true, true},
		{"COND-01: one of two", `"StringNotEquals":{` + tag + `:"a"},"Null":{"aws:PrincipalTag/x":"false"}`, true, false},
		{"COND-01: beside another key", `"StringNotEquals":{` + tag + `:"a","aws:PrincipalAccount":"111111111111"}`, false, true},
		{"another key", `"StringNotEquals":{"aws:RequestTag/team":"a"}`, false, false},
	} {
		for effect, want := range map[string]bool{"Allow": c.allow, "Deny": c.deny} {
			s := mustParse(t, statementJSON(`"Effect":"`+effect+`","Action":"*","Resource":"*","Principal":"*","Condition":{`+c.condition+`}`)).Statements[0]
			if got := s.FavoursTags(); got != want {
				t.Errorf("%s: %s: %t, want %t", c.name, effect, got, want)
			}
		}
	}
	s := mustParse(t, statementJSON(`"Effect":"Allow","Action":"*","Resource":"arn:aws:s3:::b/${aws:PrincipalTag/team}/*"`)).Statements[0]
	if !s.FavoursTags() {
		t.Error("VAR-03: in a resource: false")
	}
}
