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
// It also makes what the peer reads differently from AWS's documentation: such
// differences are explained one by one in explain_test.go. Left out is only
// what the peer refuses or what is not its business: actions without a colon,
// defaults of variables without a blank before them, and calls of STS by
// federated users and by nobody.

const (
	accountA = "111111111111"
	accountB = "222222222222"
	provider = "arn:aws:iam::" + accountA + ":oidc-provider/idp.example.com"
	samlIDP  = "arn:aws:iam::" + accountA + ":saml-provider/corp"
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
		{"s3:ListAllMyBuckets", "*", accountA},
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
	user := caller{"arn:aws:iam::" + accountA + ":user/alice", "", accountA, "user"}
	role := caller{"arn:aws:sts::" + accountA + ":assumed-role/caller/s1", "arn:aws:iam::" + accountA + ":role/caller", accountA, "role"}
	return []caller{
		user, user, user, role, role, role,
		{"arn:aws:sts::" + accountA + ":assumed-role/caller/s1", "arn:aws:iam::" + accountA + ":role/team/caller", accountA, "role"},
		{"arn:aws:sts::" + accountA + ":federated-user/fed", "", accountA, "federated"},
		{"arn:aws:iam::" + accountA + ":root", "", accountA, "root"},
		{"ec2.amazonaws.com", "", "", "service"},
		{"*", "", "", "anonymous"},
		{provider, "", accountA, "oidc"},
		{samlIDP, "", accountA, "saml"},
		{strings.Replace(provider, accountA, accountB, 1), "", accountB, "oidc"},
	}
}

func (c *caller) signs() bool {
	return c.kind == "user" || c.kind == "role" || c.kind == "federated" || c.kind == "root"
}

// request makes one request.
func (g *generator) request(n int) object {
	g.plain = g.chance(50)
	c := pick(g, callers()...)
	t := g.target(&c)
	r := object{
		"id": fmt.Sprint(n), "principal": c.arn, "action": t.action, "resource": t.resource,
		"resourceAccount": t.account, "context": g.context(&c),
	}
	if t.resource == "*" {
		r["wildcardOnlyAction"] = true // the peer wants to be told
	}
	trust := strings.HasPrefix(t.action, "sts:")
	if c.signs() {
		g.identitySide(r, &t, &c)
	}
	if t.resource != "*" && g.chance(20) {
		r["rcps"] = g.levels(&t, &c, true)
	}
	if g.chance(8) {
		r["vpcEndpointPolicies"] = []any{g.document(&t, &c, true, 2)}
	}
	if t.resource != "*" && (trust || g.chance(60) || strings.HasPrefix(t.action, "kms:")) {
		r["resourcePolicy"] = g.document(&t, &c, true, 3)
	}
	return r
}

// target is a request that suits the caller: the unsigned federation calls have
// an action of their own, and federated users call nothing of STS.
func (g *generator) target(c *caller) target {
	for {
		t := pick(g, targets()...)
		trust := t.action == "sts:AssumeRole"
		switch {
		case c.kind == "oidc" || c.kind == "saml":
			if t.account != accountA || !trust {
				continue
			}
			t.action = map[string]string{"oidc": "sts:AssumeRoleWithWebIdentity", "saml": "sts:AssumeRoleWithSAML"}[c.kind]
		case trust && (c.kind == "federated" || c.kind == "anonymous"):
			continue
		case t.resource == "*" && !c.signs():
			continue
		}
		return t
	}
}

func (g *generator) identitySide(r object, t *target, c *caller) {
	r["identityPolicies"] = g.policies(t, c, 0, 2, false)
	if c.kind != "root" && g.chance(25) {
		r["permissionBoundary"] = g.document(t, c, false, 1)
	}
	if g.chance(map[string]int{"role": 20, "federated": 80}[c.kind]) {
		r["sessionPolicy"] = g.document(t, c, false, 1)
	}
	if g.chance(25) {
		r["scps"] = g.levels(t, c, false)
	}
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
				s := statements(d)[0]
				s["Effect"], s["Principal"] = "Deny", "*"
				if s["Condition"] == nil {
					s["Condition"] = g.conditions()
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
	d := object{"Version": "2012-10-17", "Statement": statements}
	switch {
	case g.chance(3):
		d["Version"] = "2008-10-17"
	case g.chance(2):
		delete(d, "Version")
	case len(statements) == 1 && g.chance(10):
		d["Statement"] = statements[0]
	}
	return d
}

func (g *generator) statement(t *target, c *caller, resource bool) object {
	s := object{"Effect": "Allow"}
	if g.chance(25) {
		s["Effect"] = "Deny"
	}
	trust := strings.HasPrefix(t.action, "sts:")
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
		if g.chance(15) && s["Effect"] == "Deny" || g.chance(2) {
			delete(s, "Principal")
			s["NotPrincipal"] = g.principal(c)
		}
	}
	if g.chance(45) || g.plain && g.chance(60) {
		s["Condition"] = g.conditions()
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

// oneOrTwo makes a scalar or a list.
func (g *generator) oneOrTwo(one func() string) any {
	if g.chance(30) {
		return []any{one(), one()}
	}
	return one()
}

func (g *generator) actions(action string) any {
	service, name, _ := strings.Cut(action, ":")
	return g.oneOrTwo(func() string {
		if g.chance(4) {
			return pick(g, "*:*", service[:1]+"*:"+name, "?"+service[1:]+":*", " "+action, action+",iam:PassRole")
		}
		return pick(g, action, action, service+":*", "*", service+":"+name[:3]+"*", strings.ToUpper(service)+":"+strings.ToLower(name),
			service+":*"+name[len(name)-4:], service+":?"+name[1:], service+":Tag*", "iam:PassRole", service+":"+name+"x", "**")
	})
}

func (g *generator) resources(resource string) any {
	cut := strings.LastIndexAny(resource, ":/") + 1
	if resource == "*" {
		return g.oneOrTwo(func() string { return pick(g, "*", "**", "arn:aws:s3:::*", "arn:aws:s3:::bucket", "arn:aws:s3:*") })
	}
	return g.oneOrTwo(func() string {
		if g.chance(6) {
			return g.oddResource(resource)
		}
		return pick(g, resource, resource, "*", resource[:cut]+"*", resource[:len(resource)-1]+"?", strings.ToUpper(resource),
			strings.Replace(resource, "alice", "${aws:username}", 1), strings.Replace(resource, "alice", "${aws:PrincipalTag/team, 'alice'}", 1),
			strings.Replace(resource, "eu-west-1", "*", 1), resource[:cut]+"other", resource+"/*", strings.Replace(resource, accountA, "*", 1))
	})
}

// oddResource is a pattern that AWS's documentation does not settle, or one
// that is easily misread.
func (g *generator) oddResource(resource string) string {
	parts := strings.SplitN(resource, ":", 6)
	return pick(g, "**", "*"+resource[8:], "arn:aws:"+parts[2]+":*", "arn:aws:"+parts[2], "arn:aws:*:"+parts[5], "arn:aws:"+parts[2]+":*:"+parts[5],
		"arn:aws:"+parts[2][:2]+"*:"+strings.Join(parts[3:], ":"), resource[:len(resource)-len(parts[5])]+"${?}"+parts[5][1:], resource[:len(resource)-1]+"${*}",
		strings.Replace(resource, "aws", "${aws:username}", 1), "arn:aws-cn:"+resource[8:])
}

func (g *generator) principal(c *caller) any {
	own := c.account
	if own == "" {
		own = accountA
	}
	if (c.kind == "oidc" || c.kind == "saml") && g.chance(70) {
		return object{"Federated": pick[any](g, c.arn, c.arn, provider, samlIDP, []any{samlIDP, provider}, "cognito-identity.amazonaws.com")}
	}
	if g.chance(6) {
		return g.oddPrincipal(c, own)
	}
	return pick[any](g, "*", object{"AWS": "*"}, object{"AWS": own}, object{"AWS": "arn:aws:iam::" + own + ":root"},
		object{"AWS": c.arnOr("arn:aws:iam::" + accountA + ":user/alice")}, object{"AWS": c.roleOr("arn:aws:iam::" + accountA + ":user/alice")},
		object{"AWS": []any{"arn:aws:iam::" + accountA + ":user/bob", "arn:aws:iam::" + accountB + ":root"}},
		object{"AWS": []any{c.roleOr("arn:aws:iam::" + accountA + ":role/caller"), own}}, object{"Service": "ec2.amazonaws.com"},
		object{"AWS": []any{c.arnOr("*"), c.roleOr("*"), own}},
		object{"Service": []any{"lambda.amazonaws.com", "ec2.amazonaws.com"}, "AWS": accountB})
}

// oddPrincipal names nobody, or a caller in a way that is easily misread.
func (g *generator) oddPrincipal(c *caller, own string) any {
	role := c.roleOr("arn:aws:iam::" + accountA + ":role/caller")
	return pick[any](g, object{"AWS": strings.Replace(role, "/", "/other/", 1)}, object{"AWS": "arn:aws:iam::" + own + ":role/*"},
		object{"AWS": strings.Replace(role, "caller", "Caller", 1)}, object{"AWS": "arn:aws-cn:iam::" + own + ":root"},
		object{"AWS": "arn:aws:sts::" + accountA + ":assumed-role/caller/s2"}, object{"AWS": "arn:aws:iam::" + own + ":user/Alice"},
		object{"AWS": "arn:aws:sts::" + accountA + ":federated-user/alice"}, object{"Service": "ec2.eu-west-1.amazonaws.com"}, object{"Federated": samlIDP})
}

func (c *caller) arnOr(other string) string {
	if c.signs() {
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

func encode(r object) []byte {
	b, err := json.Marshal(r)
	if err != nil {
		panic(err) // maps, lists and strings
	}
	return b
}
