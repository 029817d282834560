package evaluate

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
)

// The words of this file: a generator makes requests with policies that have a
// fair chance to decide them. Patterns are bent versions of what is asked for,
// condition values come from small pools, so that both outcomes are common.
//
// Left out is what the peer reads differently from AWS's documentation: times in
// epoch seconds as policy values, prefixes of length 0, IPv6, variables in
// documents of 2008 and variables without a value under negated operators, RCPs
// on services that have none, and root users.

const (
	accountA = "111111111111"
	accountB = "222222222222"
)

type object = map[string]any

type generator struct {
	r *rand.Rand
	// plain requests have patterns that match, so that conditions decide.
	plain bool
}

func newGenerator(seed uint64) *generator { return &generator{r: rand.New(rand.NewPCG(seed, 2))} }

func pick[T any](g *generator, from ...T) T { return from[g.r.IntN(len(from))] }

// chance is true in p of 100 cases.
func (g *generator) chance(p int) bool { return g.r.IntN(100) < p }

// target is what a request is about.
type target struct{ action, resource, account string }

func targets() []target {
	return []target{
		{"s3:GetObject", "arn:aws:s3:::bucket/team/alice/report.csv", accountA},
		{"s3:GetObject", "arn:aws:s3:::bucket/team/alice/report.csv", accountB},
		{"s3:ListBucket", "arn:aws:s3:::bucket", accountA},
		{"sqs:SendMessage", "arn:aws:sqs:eu-west-1:" + accountB + ":jobs", accountB},
		{"sqs:SendMessage", "arn:aws:sqs:eu-west-1:" + accountA + ":jobs", accountA},
		{"secretsmanager:GetSecretValue", "arn:aws:secretsmanager:eu-west-1:" + accountA + ":secret:prod/db-AbCdEf", accountA},
		{"kms:Decrypt", "arn:aws:kms:eu-west-1:" + accountA + ":key/1234abcd-12ab-34cd-56ef-1234567890ab", accountA},
		{"kms:Decrypt", "arn:aws:kms:eu-west-1:" + accountB + ":key/1234abcd-12ab-34cd-56ef-1234567890ab", accountB},
		{"ec2:StartInstances", "arn:aws:ec2:eu-west-1:" + accountA + ":instance/i-0123456789", accountA},
		{"dynamodb:GetItem", "arn:aws:dynamodb:eu-west-1:" + accountA + ":table/orders", accountA},
		{"sts:AssumeRole", "arn:aws:iam::" + accountA + ":role/target", accountA},
		{"sts:AssumeRole", "arn:aws:iam::" + accountA + ":role/team/target", accountA},
		{"sts:AssumeRole", "arn:aws:iam::" + accountB + ":role/target", accountB},
	}
}

// caller is who asks.
type caller struct{ arn, role, account, kind string }

func callers() []caller {
	return []caller{
		{"arn:aws:iam::" + accountA + ":user/alice", "", accountA, "user"},
		{"arn:aws:iam::" + accountA + ":user/alice", "", accountA, "user"},
		{"arn:aws:sts::" + accountA + ":assumed-role/caller/s1", "arn:aws:iam::" + accountA + ":role/caller", accountA, "role"},
		{"arn:aws:sts::" + accountA + ":assumed-role/caller/s1", "arn:aws:iam::" + accountA + ":role/caller", accountA, "role"},
		{"arn:aws:sts::" + accountA + ":federated-user/fed", "", accountA, "federated"},
		{"ec2.amazonaws.com", "", "", "service"},
		{"*", "", "", "anonymous"},
	}
}

// rcpServices are services of targets that RCPs act on (ORG-11); the peer
// applies them to all.
func rcpService(action string) bool {
	service, _, _ := strings.Cut(action, ":")
	return service != "ec2"
}

// request makes one request.
func (g *generator) request(n int) object {
	g.plain = g.chance(50)
	t := pick(g, targets()...)
	c := pick(g, callers()...)
	trust := t.action == "sts:AssumeRole"
	for trust && (c.kind == "federated" || c.kind == "anonymous") {
		c = pick(g, callers()...)
	}
	ctx := g.context(&c)
	r := object{
		"id": fmt.Sprint(n), "principal": c.arn, "action": t.action, "resource": t.resource,
		"resourceAccount": t.account, "context": ctx,
	}
	if c.kind != "service" && c.kind != "anonymous" {
		r["identityPolicies"] = g.policies(&t, &c, 0, 2, false)
		if g.chance(25) {
			r["permissionBoundary"] = g.document(&t, &c, false, 1)
		}
		if c.kind != "user" && g.chance(map[string]int{"role": 20, "federated": 80}[c.kind]) {
			r["sessionPolicy"] = g.document(&t, &c, false, 1)
		}
		if g.chance(25) {
			r["scps"] = g.levels(&t, &c, false)
		}
	}
	if rcpService(t.action) && g.chance(20) {
		r["rcps"] = g.levels(&t, &c, true)
	}
	if trust || g.chance(60) || strings.HasPrefix(t.action, "kms:") {
		r["resourcePolicy"] = g.document(&t, &c, true, 3)
	}
	return r
}

func (g *generator) policies(t *target, c *caller, least, most int, resource bool) []any {
	list := []any{}
	for range least + g.r.IntN(most-least+1) {
		list = append(list, g.document(t, c, resource, 2))
	}
	return list
}

func (g *generator) levels(t *target, c *caller, rcp bool) []any {
	var levels []any
	for range 1 + g.r.IntN(2) {
		var level []any
		if !rcp && g.chance(75) {
			level = append(level, object{"Version": "2012-10-17", "Statement": []any{object{"Effect": "Allow", "Action": "*", "Resource": "*"}}})
		}
		if rcp || g.chance(40) {
			d := g.document(t, c, false, 1)
			if rcp {
				s := d["Statement"].([]any)[0].(object)
				s["Effect"], s["Principal"] = "Deny", "*"
				if s["Condition"] == nil {
					s["Condition"] = g.conditions(c)
				}
			}
			level = append(level, d)
		}
		levels = append(levels, level)
	}
	return levels
}

func (g *generator) document(t *target, c *caller, resource bool, most int) object {
	statements := []any{}
	for range 1 + g.r.IntN(most) {
		statements = append(statements, g.statement(t, c, resource))
	}
	return object{"Version": "2012-10-17", "Statement": statements}
}

func (g *generator) statement(t *target, c *caller, resource bool) object {
	s := object{"Effect": "Allow"}
	if g.chance(25) {
		s["Effect"] = "Deny"
	}
	trust := t.action == "sts:AssumeRole"
	if g.plain {
		s["Action"] = t.action
	} else {
		s[g.element("Action", 12)] = g.actions(t.action)
	}
	switch {
	case resource && trust:
	case g.plain:
		s["Resource"] = "*"
	default:
		s[g.element("Resource", 12)] = g.resources(t.resource)
	}
	if resource {
		s["Principal"] = g.principal(c)
		if s["Effect"] == "Deny" && g.chance(15) {
			delete(s, "Principal")
			s["NotPrincipal"] = g.principal(c)
		}
	}
	if g.chance(45) || g.plain && g.chance(60) {
		s["Condition"] = g.conditions(c)
	}
	return s
}

// element is a name or, in p of 100 cases, its Not form.
func (g *generator) element(name string, p int) string {
	if g.chance(p) {
		return "Not" + name
	}
	return name
}

func (g *generator) actions(action string) any {
	service, name, _ := strings.Cut(action, ":")
	one := func() string {
		return pick(g, action, action, service+":*", "*", service+":"+name[:3]+"*", strings.ToUpper(service)+":"+strings.ToLower(name),
			service+":*"+name[len(name)-4:], service+":?"+name[1:], service+":Tag*", "iam:PassRole", service+":"+name+"x")
	}
	if g.chance(30) {
		return []any{one(), one()}
	}
	return one()
}

func (g *generator) resources(resource string) any {
	one := func() string {
		cut := strings.LastIndexAny(resource, ":/") + 1
		return pick(g, resource, resource, "*", resource[:cut]+"*", resource[:len(resource)-1]+"?", strings.ToUpper(resource),
			strings.Replace(resource, "alice", "${aws:username}", 1), strings.Replace(resource, "alice", "${aws:PrincipalTag/team, 'alice'}", 1),
			strings.Replace(resource, "eu-west-1", "*", 1), resource[:cut]+"other", resource+"/*", strings.Replace(resource, accountA, "*", 1))
	}
	if g.chance(30) {
		return []any{one(), one()}
	}
	return one()
}

func (g *generator) principal(c *caller) any {
	own := c.account
	if own == "" {
		own = accountA
	}
	one := func() any {
		return pick[any](g, "*", object{"AWS": "*"}, object{"AWS": own}, object{"AWS": "arn:aws:iam::" + own + ":root"},
			object{"AWS": c.arnOr("arn:aws:iam::" + accountA + ":user/alice")}, object{"AWS": c.roleOr("arn:aws:iam::" + accountA + ":user/alice")},
			object{"AWS": []any{"arn:aws:iam::" + accountA + ":user/bob", "arn:aws:iam::" + accountB + ":root"}},
			object{"AWS": []any{c.roleOr("arn:aws:iam::" + accountA + ":role/caller"), own}}, object{"Service": "ec2.amazonaws.com"},
			object{"Service": []any{"lambda.amazonaws.com", "ec2.amazonaws.com"}, "AWS": accountB})
	}
	return one()
}

func (c *caller) arnOr(other string) string {
	if strings.HasPrefix(c.arn, "arn:") {
		return c.arn
	}
	return other
}

func (c *caller) roleOr(other string) string {
	if c.role != "" {
		return c.role
	}
	return c.arnOr(other)
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
	case "user", "role":
		ctx["aws:PrincipalArn"] = c.roleOr(c.arn)
	case "federated":
		ctx["aws:PrincipalArn"] = c.arn
	}
	return ctx
}

// key is a condition key with the operators that suit it.
type key struct {
	name      string
	set       bool
	operators []string
	values    []string // of requests and of policies
	patterns  []string // of policies only
}

func keys() []key {
	text := []string{"StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase", "StringLike", "StringNotLike"}
	arn := []string{"ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike"}
	number := []string{"NumericEquals", "NumericNotEquals", "NumericLessThan", "NumericLessThanEquals", "NumericGreaterThan", "NumericGreaterThanEquals"}
	date := []string{"DateEquals", "DateNotEquals", "DateLessThan", "DateLessThanEquals", "DateGreaterThan", "DateGreaterThanEquals"}
	return []key{
		{"aws:PrincipalTag/team", false, text, []string{"red", "Red", "blue", "re*d"}, []string{"r*", "?ed", "*", "re${*}d", "${aws:PrincipalTag/color, 'red'}"}},
		{"aws:PrincipalOrgID", false, text, []string{"o-one", "o-two"}, []string{"o-*"}},
		{"sts:ExternalId", false, text, []string{"x-1", "x-2"}, []string{"x-?"}},
		{"aws:SourceVpce", false, text, []string{"vpce-1", "vpce-2"}, []string{"vpce-*"}},
		{"aws:TagKeys", true, text, []string{"team", "cost", "env"}, []string{"*", "t*"}},
		{"aws:CalledVia", true, text, []string{"athena.amazonaws.com", "cloudformation.amazonaws.com"}, []string{"*.amazonaws.com"}},
		{"aws:SourceArn", false, arn, []string{"arn:aws:sns:eu-west-1:111111111111:topic", "arn:aws:s3:::bucket", "arn:aws:ec2:us-east-1:222222222222:instance/i-1"},
			[]string{"arn:aws:sns:*:111111111111:*", "arn:aws:s3:::*", "arn:aws:*:*:222222222222:instance/?-1", "arn:aws:sns:eu-west-1:*:topic"}},
		{"aws:PrincipalArn", false, arn, []string{"arn:aws:iam::111111111111:user/alice", "arn:aws:iam::111111111111:role/caller"},
			[]string{"arn:aws:iam::111111111111:*", "arn:aws:iam::*:user/*", "arn:aws:iam::*:role/call??"}},
		{"aws:MultiFactorAuthPresent", false, []string{"Bool"}, []string{"true", "false"}, []string{"True", "FALSE"}},
		{"aws:SecureTransport", false, []string{"Bool"}, []string{"true", "false"}, nil},
		{"s3:max-keys", false, number, []string{"10", "9", "10.0", "100"}, []string{"11", "10.5", "-1"}},
		{"aws:MultiFactorAuthAge", false, number, []string{"60", "3600"}, []string{"300"}},
		{"aws:CurrentTime", false, date, []string{"2026-01-01T00:00:00Z", "2026-06-01T12:00:00Z"}, []string{"2026-01-01", "2026-03-01T00:00:00+02:00"}},
		{"aws:SourceIp", false, []string{"IpAddress", "NotIpAddress"}, []string{"203.0.113.5", "198.51.100.7", "203.0.113.200"},
			[]string{"203.0.113.0/25", "203.0.113.0/24", "198.51.100.0/22", "203.0.113.5/32"}},
		{"aws:PrincipalTag/hash", false, []string{"BinaryEquals"}, []string{"QUJD", "REVG"}, nil},
	}
}

// value is what a request carries.
func (g *generator) value(k *key) any {
	if !k.set {
		return pick(g, k.values...)
	}
	list := []any{}
	for range g.r.IntN(4) {
		list = append(list, pick(g, k.values...))
	}
	return list
}

func (g *generator) conditions(*caller) object {
	out := object{}
	for range 1 + g.r.IntN(2) {
		all := keys()
		k := pick(g, all...)
		op := pick(g, k.operators...)
		switch {
		case k.set:
			op = pick(g, "ForAllValues:", "ForAnyValue:") + op
		case g.chance(12):
			op = "Null"
		}
		if op != "Null" && !strings.HasPrefix(op, "ForAny") && g.chance(25) {
			op += "IfExists"
		}
		values := g.policyValues(&k)
		if op == "Null" {
			values = pick(g, "true", "false")
		}
		if out[op] == nil {
			out[op] = object{}
		}
		out[op].(object)[k.name] = values
	}
	return out
}

func (g *generator) policyValues(k *key) any {
	pool := append(append([]string(nil), k.values...), k.patterns...)
	if g.chance(40) {
		return []any{pick(g, pool...), pick(g, pool...)}
	}
	return pick(g, pool...)
}

func encode(r object) []byte {
	b, err := json.Marshal(r)
	if err != nil {
		panic(err) // maps, lists and strings
	}
	return b
}
