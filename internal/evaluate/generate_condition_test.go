package evaluate

import "strings"

// key is a condition key with the operators that suit it.
type key struct {
	name      string
	set       bool
	operators []string
	values    []string // of requests and of policies
	patterns  []string // of policies only
	odd       []string // now and then in policies: unusable, or read differently
	oddValues []string // the same in requests
}

var (
	textOperators = []string{"StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase", "StringLike", "StringNotLike"}
	arnOperators  = []string{"ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike"}
	numOperators  = []string{"NumericEquals", "NumericNotEquals", "NumericLessThan", "NumericLessThanEquals", "NumericGreaterThan", "NumericGreaterThanEquals"}
	dateOperators = []string{"DateEquals", "DateNotEquals", "DateLessThan", "DateLessThanEquals", "DateGreaterThan", "DateGreaterThanEquals"}
	ipOperators   = []string{"IpAddress", "NotIpAddress"}
)

func keys() []key {
	return []key{
		{name: "aws:PrincipalTag/team", operators: textOperators, values: []string{"red", "Red", "blue", "re*d"},
			patterns: []string{"r*", "?ed", "*", "${aws:PrincipalTag/color, 'red'}", "${aws:PrincipalTag/color}", "${aws:PRINCIPALTAG/COLOR}*"},
			odd:      []string{"re${*}d", "r${?}d", "${$}{aws:username}", "${aws:TagKeys}", ""}, oddValues: []string{""}},
		{name: "aws:PrincipalTag/color", operators: textOperators, values: []string{"red", "blue", "*"}},
		{name: "aws:PrincipalOrgID", operators: textOperators, values: []string{"o-one", "o-two"}, patterns: []string{"o-*"}},
		{name: "sts:ExternalId", operators: textOperators, values: []string{"x-1", "x-2"}, patterns: []string{"x-?"}},
		{name: "aws:SourceVpce", operators: textOperators, values: []string{"vpce-1", "vpce-2"}, patterns: []string{"vpce-*"}},
		{name: "aws:TagKeys", set: true, operators: textOperators, values: []string{"team", "cost", "env"}, patterns: []string{"*", "t*", "${aws:PrincipalTag/color}"}, oddValues: []string{""}},
		{name: "aws:CalledVia", set: true, operators: textOperators, values: []string{"athena.amazonaws.com", "cloudformation.amazonaws.com"}, patterns: []string{"*.amazonaws.com"}},
		{name: "aws:PrincipalServiceNamesList", set: true, operators: arnOperators, values: []string{"arn:aws:s3:::bucket", "arn:aws:s3:::other"}, patterns: []string{"arn:aws:s3:::*", "arn:aws:*:::bucke?"}, oddValues: []string{"bucket"}},
		{name: "s3:RequestObjectTagKeys", set: true, operators: numOperators, values: []string{"3", "4", "10"}, patterns: []string{"3.0", "7"}, oddValues: []string{"many"}},
		{name: "aws:ResourceOrgPaths", set: true, operators: dateOperators, values: []string{"2026-01-01T00:00:00Z", "2026-06-01T12:00:00Z"}, patterns: []string{"2026-02-01"}},
		{name: "aws:SourceOrgPaths", set: true, operators: ipOperators, values: []string{"203.0.113.5", "198.51.100.7"}, patterns: []string{"203.0.113.0/24"}},
		{name: "aws:VpceOrgPaths", set: true, operators: []string{"Bool"}, values: []string{"true", "false"}},
		{name: "aws:SourceArn", operators: arnOperators, values: []string{"arn:aws:sns:eu-west-1:111111111111:topic", "arn:aws:s3:::bucket", "arn:aws:ec2:us-east-1:222222222222:instance/i-1"},
			patterns: []string{"arn:aws:sns:*:111111111111:*", "arn:aws:s3:::*", "arn:aws:*:*:222222222222:instance/?-1", "arn:aws:sns:eu-west-1:*:topic", "arn:aws:sns:eu-west-1:111111111111:${aws:PrincipalTag/color, 'topic'}"},
			odd:      []string{"*", "arn:aws:s3", "arn:aws:sns:*", "arn:aws:sns:eu-west-1:*:${aws:PrincipalTag/none}"}, oddValues: []string{"bucket"}},
		{name: "aws:PrincipalArn", operators: append(append([]string(nil), arnOperators...), textOperators...), values: []string{"arn:aws:iam::111111111111:user/alice", "arn:aws:iam::111111111111:role/caller"},
			patterns: []string{"arn:aws:iam::111111111111:*", "arn:aws:iam::*:user/*", "arn:aws:iam::*:role/call??"}},
		{name: "aws:MultiFactorAuthPresent", operators: []string{"Bool"}, values: []string{"true", "false"}, patterns: []string{"True", "FALSE"}, odd: []string{"yes"}, oddValues: []string{"yes"}},
		{name: "aws:SecureTransport", operators: []string{"Bool"}, values: []string{"true", "false"}},
		{name: "s3:max-keys", operators: numOperators, values: []string{"10", "9", "10.0", "100"}, patterns: []string{"11", "10.5", "-1", "010"}, odd: []string{"ten", "${aws:PrincipalTag/color}"}, oddValues: []string{"ten"}},
		{name: "aws:MultiFactorAuthAge", operators: numOperators, values: []string{"60", "3600"}, patterns: []string{"300"}},
		{name: "aws:CurrentTime", operators: dateOperators, values: []string{"2026-01-01T00:00:00Z", "2026-06-01T12:00:00Z"}, patterns: []string{"2026-01-01", "2026-03-01T00:00:00+02:00", "1767225600", "1780000000"},
			odd: []string{"noon"}, oddValues: []string{"1767225600", "noon"}},
		{name: "aws:EpochTime", operators: append(append([]string(nil), numOperators...), dateOperators...), values: []string{"1767225600", "1780315200"}, patterns: []string{"1770000000"}},
		{name: "aws:SourceIp", operators: ipOperators, values: []string{"203.0.113.5", "198.51.100.7", "203.0.113.200", "2600:1f00::1"},
			patterns: []string{"203.0.113.0/25", "203.0.113.77/24", "198.51.100.0/22", "203.0.113.5/32", "2600:1f00::/32", "10.0.0.0/8"}, odd: []string{"0.0.0.0/0", "::/0", "nowhere", "2600:1F00:0::1"}, oddValues: []string{"nowhere", "10.1.2.3"}},
		{name: "aws:PrincipalTag/hash", operators: []string{"BinaryEquals"}, values: []string{"QUJD", "REVG"}, odd: []string{"%%%"}, oddValues: []string{"%%%"}},
	}
}

// context gives some of the keys a value.
func (g *generator) context(c *caller) object {
	ctx := object{}
	for _, k := range keys() {
		if g.chance(55) {
			ctx[k.name] = g.value(&k)
		}
	}
	if c.kind == "user" {
		ctx["aws:username"] = "alice"
	}
	switch c.kind {
	case "user", "role", "root":
		ctx["aws:PrincipalArn"] = c.roleOr(c.arn)
	case "federated":
		ctx["aws:PrincipalArn"] = c.arn
	}
	return ctx
}

// value is what a request carries.
func (g *generator) value(k *key) any {
	one := func() string {
		if len(k.oddValues) > 0 && g.chance(4) {
			return pick(g, k.oddValues...)
		}
		return pick(g, k.values...)
	}
	if !k.set {
		return one()
	}
	list := []any{}
	for range g.r.IntN(4) {
		list = append(list, one())
	}
	return list
}

func (g *generator) conditions() object {
	out := object{}
	for range 1 + g.r.IntN(2) {
		k := pick(g, keys()...)
		op := g.operator(&k)
		values := g.policyValues(&k)
		if strings.HasPrefix(op, "Null") {
			values = pick(g, "true", "false", "True", "FALSE")
		}
		name := k.name
		if g.chance(10) {
			name = strings.ToUpper(name)
		}
		if out[op] == nil {
			out[op] = object{}
		}
		out[op].(object)[name] = values
	}
	return out
}

// operator picks one that suits the key; set operators mostly for sets.
func (g *generator) operator(k *key) string {
	op := pick(g, k.operators...)
	switch {
	case g.chance(10):
		op = "Null"
	case k.set && !g.chance(4) || g.chance(4):
		op = pick(g, "ForAllValues:", "ForAnyValue:") + op
	case g.chance(1):
		op = pick(g, "StringMatches", "Sounds") // no such operator
	}
	if g.chance(25) && (op != "Null" || g.chance(3)) {
		op += "IfExists"
	}
	if g.chance(5) {
		op = strings.ToLower(op)
	}
	return op
}

func (g *generator) policyValues(k *key) any {
	if g.chance(1) {
		return []any{}
	}
	pool := append(append([]string(nil), k.values...), k.patterns...)
	return g.oneOrTwo(func() string {
		if len(k.odd) > 0 && g.chance(7) {
			return pick(g, k.odd...)
		}
		return pick(g, pool...)
	})
}
