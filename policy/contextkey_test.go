package policy

import (
	"strings"
	"testing"
	"time"
)

// contextCallers are the columns of the condition-key table: a user with
// long-term keys, a role session, the root user, a service, nobody, and the two
// unsigned federation calls.
var contextCallers = []Caller{
	{Kind: CallerUser, ARN: "arn:aws:iam::111111111111:user/p/u", Account: "111111111111", Partition: "aws", Name: "u", UniqueID: "AIDAEXAMPLE"},
	{Kind: CallerRole, ARN: "arn:aws:iam::111111111111:role/p/r", Account: "111111111111", Partition: "aws", Name: "r", UniqueID: "AROAEXAMPLE"},
	{Kind: CallerRoot, ARN: "arn:aws:iam::111111111111:root", Account: "111111111111", Partition: "aws"},
	{Kind: CallerService, ARN: "ec2.amazonaws.com"},
	{Kind: CallerAnonymous},
	{Kind: CallerWebIdentity, ARN: "arn:aws:iam::111111111111:oidc-provider/idp.example.com", Account: "111111111111", Partition: "aws"},
	{Kind: CallerSAML, ARN: "arn:aws:iam::111111111111:saml-provider/idp", Account: "111111111111", Partition: "aws"},
}

// shown writes a value as the table below does: "-" absent, "?" unknown,
// "present", "~pattern", or the value.
func shown(v Value) string {
	switch v.Knowledge {
	case Absent:
		return "-"
	case Known:
		return strings.Join(v.Values, "|")
	case Present:
		return "present"
	case Partial:
		return "~" + v.Pattern.String()
	}
	return "?"
}

func TestKeysByCaller_VAR_04_CKEY_01_to_CKEY_66(t *testing.T) {
	const a = "111111111111"
	facts := &Facts{
		CallerTags: []Tag{{"Team", "x"}}, CallerOrg: OrgFacts{Known: true, ID: "o-ex", Path: "o-ex/r-1/"},
		Session: ClosedContext{"aws:principaltag/team": Is("x")}, AsOf: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC),
	}
	for _, c := range []struct {
		rule, key string
		want      [7]string // user, role, root, service, anonymous, OIDC, SAML
	}{
		{"CKEY-01", "aws:PrincipalArn", [7]string{contextCallers[0].ARN, contextCallers[1].ARN, contextCallers[2].ARN, "-", "-", "-", "-"}},
		{"CKEY-02", "aws:PrincipalAccount", [7]string{a, a, a, "-", "anonymous", "-", "-"}},
		{"CKEY-03", "aws:PrincipalOrgID", [7]string{"o-ex", "o-ex", "o-ex", "-", "-", "-", "-"}},
		{"CKEY-04", "aws:PrincipalOrgPaths", [7]string{"o-ex/r-1/", "o-ex/r-1/", "o-ex/r-1/", "-", "-", "-", "-"}},
		{"CKEY-05", "aws:PrincipalTag/team", [7]string{"x", "x", "-", "-", "-", "-", "-"}},
		{"CKEY-06", "aws:PrincipalType", [7]string{"User", "AssumedRole", "Account", "?", "Anonymous", "?", "?"}},
		{"CKEY-07", "aws:userid", [7]string{"AIDAEXAMPLE", "~AROAEXAMPLE:?*", a, "?", "anonymous", "?", "?"}},
		{"CKEY-08", "aws:username", [7]string{"u", "-", "-", "-", "-", "-", "-"}},
		{"CKEY-09", "aws:PrincipalIsAWSService", [7]string{"false", "false", "false", "true", "-", "?", "?"}},
		{"CKEY-10", "aws:PrincipalServiceName", [7]string{"-", "-", "-", "ec2.amazonaws.com", "-", "-", "-"}},
		{"CKEY-11", "aws:MultiFactorAuthPresent", [7]string{"-", "-", "-", "-", "-", "-", "-"}},
		{"CKEY-13", "aws:TokenIssueTime", [7]string{"-", "-", "-", "-", "-", "-", "-"}},
		{"CKEY-15", "aws:FederatedProvider", [7]string{"-", "-", "-", "-", "-", contextCallers[5].ARN, "-"}},
		{"CKEY-19", "aws:SourceIp", [7]string{"?", "?", "?", "?", "?", "?", "?"}},
		{"CKEY-20", "aws:SourceVpce", [7]string{"?", "?", "?", "?", "?", "?", "?"}},
		{"CKEY-21", "aws:CurrentTime", [7]string{"2026-01-02T03:04:05Z", "2026-01-02T03:04:05Z", "2026-01-02T03:04:05Z", "2026-01-02T03:04:05Z", "2026-01-02T03:04:05Z", "2026-01-02T03:04:05Z", "2026-01-02T03:04:05Z"}},
		{"CKEY-27", "aws:ResourceAccount", [7]string{a, a, a, a, a, a, a}},
		{"CKEY-29", "aws:ViaAWSService", [7]string{"false", "false", "false", "false", "false", "false", "false"}},
		{"CKEY-31", "aws:SourceArn", [7]string{"-", "-", "-", "?", "-", "-", "-"}},
		{"CKEY-31", "aws:SourceAccount", [7]string{"-", "-", "-", "?", "-", "-", "-"}},
		{"CKEY-33", "sts:ExternalId", [7]string{"?", "?", "?", "?", "?", "-", "-"}},
		{"CKEY-34", "sts:RoleSessionName", [7]string{"present", "present", "present", "present", "present", "present", "present"}},
		{"CKEY-40", "iam:PassedToService", [7]string{"-", "-", "-", "-", "-", "-", "-"}},
		{"CKEY-49", "idp.example.com:sub", [7]string{"-", "-", "-", "-", "-", "?", "-"}},
		{"FED-06", "https://idp.example.com:sub", [7]string{"-", "-", "-", "-", "-", "-", "-"}},
		{"CKEY-20", "aws:SourceVpcArn", [7]string{"-", "-", "-", "-", "-", "-", "-"}},
		{"FED-06", "other.example.com:sub", [7]string{"-", "-", "-", "-", "-", "-", "-"}},
		{"CKEY-53", "kms:ViaService", [7]string{"-", "-", "-", "-", "-", "-", "-"}},
		{"CKEY-61", "aws:principalOrgId2", [7]string{"?", "?", "?", "?", "?", "?", "?"}},
		{"CKEY-63", "frob:Key", [7]string{"?", "?", "?", "?", "?", "?", "?"}},
	} {
		for i, caller := range contextCallers {
			r := Request{Caller: caller, Action: "sts:AssumeRole", Resource: "arn:aws:iam::" + a + ":role/q", ResourceAccount: a}
			if got := shown(NewContext(&r, facts).Lookup(lowerKey(c.key))); got != c.want[i] {
				t.Errorf("%s %s for caller kind %d: %s, want %s", c.rule, c.key, caller.Kind, got, c.want[i])
			}
		}
	}
}

func TestKeyTableIsComplete_CKEY_63(t *testing.T) {
	for key, want := range map[string]Class{
		"aws:PrincipalArn": ClassPrincipal, "AWS:SOURCEIP": ClassNetwork, "sts:ExternalId": ClassKnowledge, "aws:PrincipalTag/Any": ClassSession,
		"aws:CurrentTime": ClassTime, "aws:MultiFactorAuthPresent": ClassMFA, "token.actions.githubusercontent.com:sub": ClassIDP, "SAML:aud": ClassIDP,
		"s3:x-amz-acl": ClassRequest, "s3:ExistingObjectTag/k": ClassResource, "kms:ViaService": ClassService, "kms:EncryptionContext:k": ClassRequest,
		"aws:nonsense": ClassData, "frob:key": ClassData, "": ClassData,
	} {
		if got := KeyInfoOf(key).Class; got != want {
			t.Errorf("%s is of class %v, want %v", key, got, want)
		}
	}
	for _, key := range []string{"aws:TagKeys", "aws:PrincipalOrgPaths", "aws:ResourceOrgPaths", "aws:SourceOrgPaths", "aws:VpceOrgPaths", "aws:CalledVia", "aws:PrincipalServiceNamesList", "sts:TransitiveTagKeys", "idp.example.com:amr"} {
		if !KeyInfoOf(key).Multivalued {
			t.Errorf("SYM-07: %s is multivalued", key)
		}
	}
}

func TestTagsIgnoreCase_GAAD_21_SYM_23(t *testing.T) {
	tags := []Tag{{"Team", "a"}, {"team", "b"}, {"x", ""}}
	if got := TagValue(tags, "TEAM"); len(got.Values) != 2 {
		t.Errorf("U-07: both candidates count, got %v", got)
	}
	if got := TagValue(tags, "y"); got.Knowledge != Absent {
		t.Errorf("got %v", got)
	}
	candidates := MapContext{"t:text": TagValue(tags, "team")}
	if r := atom("StringEquals", "a").Given(candidates); !r.IsOpen() {
		t.Errorf("candidates that disagree stay open, got %s", r.Key())
	}
	if r := atom("StringEquals", "c").Given(candidates); !r.IsFalse() {
		t.Errorf("candidates that agree decide, got %s", r.Key())
	}
	for _, operator := range []string{"StringEquals", "StringNotEquals"} {
		d := mustParse(t, statementJSON(readAll+`,"Condition":{"`+operator+`":{"t:text":"a"}}`))
		e := newEvaluation(&Request{Action: "s3:GetObject", Resource: "*", Context: candidates})
		var g grants
		e.collect([]Attached{{Document: d}}, identityLayer, "identity", &g)
		if r := g.anyAllow(); !r.Mentions(func(a *Atom) bool { return a.Code == "U-07" }) {
			t.Errorf("U-07: %s of candidates that disagree is %s, which does not say so", operator, r.Key())
		}
	}
}

func TestOverridesComeFirst_SYM_11(t *testing.T) {
	r := Request{Caller: contextCallers[0], Action: "s3:GetObject", Resource: "arn:aws:s3:::b/x", ResourceAccount: "111111111111"}
	c := NewContext(&r, &Facts{Overrides: MapContext{"aws:username": Is("other"), "aws:principalarn": NotThere()}})
	if shown(c.Lookup("aws:username")) != "other" || shown(c.Lookup("aws:principalarn")) != "-" {
		t.Error("the user's --context is asked first")
	}
}
