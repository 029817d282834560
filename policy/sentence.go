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
		return "depends on an open question of AWS's behaviour (" + a.Code + ")"
	case a.Key == "resource":
		return "the resource fits " + values
	case a.Negated || a.Some:
		return ""
	}
	switch a.Key {
	case SessionNameKey:
		return "the session's name is " + values
	case "sts:ExternalId":
		return "external ID " + values
	case "sts:RoleSessionName":
		if a.Operator != "Null" {
			return "role session name " + values
		}
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

func dataSentence(code, values string) string {
	what := strings.TrimPrefix(code, "DATA:")
	if values == "" {
		return "not in the input: " + what
	}
	return "not in the input: " + what + " " + values
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
