package policy

import "strings"

// Name is the operator of the atom as a policy would write it, its negation
// and set quantifier included.
func (a *Atom) Name() string {
	switch {
	case a.Operator == "" || a.Operator == "Null" || a.Operator == "Known":
		return a.Operator
	case a.Some && a.Negated && a.Outside:
		return "ForAllValues:" + a.Operator
	case a.Some && a.Negated:
		return "ForAllValues:" + negatedName(a.Operator)
	case a.Some && a.Outside:
		return "ForAnyValue:" + negatedName(a.Operator)
	case a.Some:
		return "ForAnyValue:" + a.Operator
	case a.Negated && a.Operator == "Bool":
		return "BoolIfExists"
	case a.Negated && a.Present:
		return strings.TrimSuffix(negatedName(a.Operator), "IfExists")
	case a.Negated:
		return negatedName(a.Operator)
	}
	return a.Operator
}

// Shown are the values that go with Name.
func (a *Atom) Shown() []string {
	switch {
	case a.Operator == "Null":
		if a.Negated {
			return []string{"false"}
		}
		return []string{"true"}
	case a.Operator == "Bool" && a.Negated && len(a.Values) == 1:
		if strings.EqualFold(a.Values[0], "true") {
			return []string{"false"}
		}
		return []string{"true"}
	}
	if a.Operator != "StringLike" && a.Operator != "ArnLike" {
		return a.Values
	}
	out := make([]string, len(a.Values))
	for i, v := range a.Values {
		out[i] = unescapeGlob.Replace(v)
	}
	return out
}

// Sentence says in plain words what the atom asks for. Values are as in the
// policy, not escaped.
func (a *Atom) Sentence() string {
	if s := a.special(); s != "" {
		return s
	}
	values := strings.Join(quoteAll(a.Shown()), " or ")
	name := a.Name()
	switch {
	case a.Operator == "Null" && a.Negated:
		return a.Key + " is present"
	case a.Operator == "Null":
		return a.Key + " is absent"
	case strings.HasPrefix(name, "ForAllValues:"):
		return "every value of " + a.Key + " " + verb(strings.TrimPrefix(name, "ForAllValues:")) + " " + values
	case strings.HasPrefix(name, "ForAnyValue:"):
		return "some value of " + a.Key + " " + verb(strings.TrimPrefix(name, "ForAnyValue:")) + " " + values
	}
	if base, ok := strings.CutSuffix(name, "IfExists"); ok {
		return a.Key + " is absent or " + verb(base) + " " + values
	}
	return a.Key + " " + verb(name) + " " + values
}

// special words the atoms that people ask about most.
func (a *Atom) special() string {
	values := strings.Join(quoteAll(a.Shown()), " or ")
	switch {
	case a.Code != "" && a.Class == ClassData:
		return dataSentence(a.Code, values)
	case a.Code == "IDP:tags":
		return "the identity provider asserts no session tags"
	case a.Class == ClassUncertain && a.Opaque:
		return openQuestion(a.Code)
	case a.Key == "resource":
		return "the resource fits " + values
	case a.Negated || a.Some:
		return ""
	case a.Operator == "Null":
		return absent[a.Key]
	}
	switch a.Key {
	case SessionNameKey:
		return "the session's name is " + values
	case "sts:ExternalId":
		return "external ID " + values
	case "sts:RoleSessionName":
		return "role session name " + values
	case "aws:MultiFactorAuthPresent":
		if len(a.Values) == 1 && strings.EqualFold(a.Values[0], "true") {
			return "MFA"
		}
	case "aws:SourceIp":
		return "only from " + values
	case "aws:SourceVpce":
		return "only through VPC endpoint " + values
	case "aws:SourceVpc":
		return "only from VPC " + values
	case "aws:SecureTransport":
		if len(a.Values) == 1 && strings.EqualFold(a.Values[0], "true") {
			return "HTTPS"
		}
	case "kms:ViaService":
		return "only through the service " + values
	}
	return ""
}

// absent words the atoms that ask for a key not to be there, where the key is something
// that people know by another name.
var absent = map[string]string{
	"sts:ExternalId":             "no external ID given",
	"sts:SourceIdentity":         "no source identity set",
	"aws:SourceIdentity":         "a session without source identity",
	"aws:MultiFactorAuthPresent": "credentials that say nothing of MFA, such as long-term keys",
	"aws:SourceVpce":             "not through a VPC endpoint",
	"aws:SourceVpc":              "not from a VPC through an endpoint",
	"aws:TokenIssueTime":         "long-term keys",
}

func dataSentence(code, values string) string {
	what := strings.TrimPrefix(code, "DATA:")
	switch {
	case values == "":
		return "not in the input: " + what
	case code == "DATA:account" && strings.HasPrefix(values, "“o-"):
		return "not in the input: the other accounts of organization " + values
	case code == "DATA:account" && values == "“*”":
		return "not in the input: accounts that are not loaded"
	case code == "DATA:anonymous-support":
		return "not in the input: whether the service " + values + " takes unsigned requests"
	case code == "DATA:witness":
		return "not decided: whether the policies leave a resource of " + values
	case code == "DATA:operator":
		return "not in the input: what the condition operator " + values + " means"
	}
	return "not in the input: " + what + " " + values
}

// questions are the codes of section 16 as continuations of "whether".
var questions = map[string]string{
	"U-01": "MFA of the first session still counts in the sessions after it",
	"U-02": "a permissions boundary limits a user whom a trust policy of the account names",
	"U-03": "a session policy limits what a resource policy grants to the session or to everyone",
	"U-04": "NotPrincipal exempts a caller whose account is not listed as well",
	"U-05": "\"AWS\": \"*\" stands for AWS services, too",
	"U-06": "claims of the sign-in are still known at later hops",
	"U-07": "one of two tags whose keys differ only in case counts",
	"U-09": "a star in one part of an ARN reaches over the colons behind it",
	"U-10": "an ARN pattern with parts missing matches",
	"U-11": "a condition without values holds",
	"U-12": "the first or the last of two elements of one name counts",
	"U-13": "a wildcard in the name of a service matches",
	"U-14": "a star in the value of a variable is a wildcard",
	"U-15": "a SAML provider in the policy of a resource names those who signed in through it",
	"U-16": "a key with several values matches without ForAllValues or ForAnyValue",
	"U-17": "ForAnyValue with IfExists holds if the key is absent",
	"U-18": "sts:TagSession is needed where session tags are merely inherited",
	"U-19": "service control policies apply to unsigned sign-ins",
	"U-20": "\"*\" in a trust policy lets federated sign-ins in",
	"U-21": "an empty value counts as a value",
	"U-22": "a sign-in of Identity Center meets a condition on the organization of the principal",
	"U-23": "an action without resource types is allowed on the ARN of its collection",
}

// openQuestion words an atom that AWS's documentation does not settle.
func openQuestion(code string) string {
	if q, ok := questions[code]; ok {
		return "AWS does not document whether " + q + " (" + code + ")"
	}
	return "depends on an open question of AWS's behaviour (" + code + ")"
}

func quoteAll(values []string) []string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = "“" + v + "”"
	}
	return out
}

// verb puts an operator into words.
func verb(operator string) string {
	switch operator {
	case "StringEquals", "NumericEquals", "DateEquals", "BinaryEquals", "Bool":
		return "is"
	case "StringNotEquals", "NumericNotEquals", "DateNotEquals":
		return "is not"
	case "StringEqualsIgnoreCase":
		return "is (in any case)"
	case "StringNotEqualsIgnoreCase":
		return "is not (in any case)"
	case "StringLike", "ArnLike":
		return "is like"
	case "StringNotLike", "ArnNotLike":
		return "is not like"
	case "IpAddress":
		return "is in"
	case "NotIpAddress":
		return "is not in"
	}
	for _, o := range [][2]string{{"LessThanEquals", "is at most"}, {"GreaterThanEquals", "is at least"}, {"LessThan", "is below"}, {"GreaterThan", "is above"}} {
		if strings.HasSuffix(operator, o[0]) {
			return o[1]
		}
	}
	return operator
}
