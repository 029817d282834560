package query_test

import (
	"slices"
	"strings"
	"testing"

	"accesspath/graph"
	"accesspath/iam"
	"accesspath/internal/fixture"
	"accesspath/query"
)

// snapshotCases follow the parts of sections 3 to 7 that need a snapshot: who
// asks, whose the resource is, and what of them is loaded.
func snapshotCases() []microCase {
	return []microCase{
		{id: "COND-20", world: `
			id(u): +s3:GetObject@b/* ?{StringEquals iam:PassedToService=ec2.amazonaws.com} ; +s3:PutObject@b/* ?{StringNotEquals iam:PassedToService=ec2.amazonaws.com} ; +s3:DeleteObject@b/* ?{ForAllValues:StringEquals sts:TransitiveTagKeys=a} ; +s3:GetObjectAcl@b/* ?{StringEqualsIfExists sts:ExternalId=x}`,
			ask: `
			u s3:GetObject b/x -> DENY(implicit:identity)
			u s3:PutObject b/x -> ALLOW
			u s3:DeleteObject b/x -> ALLOW
			u s3:GetObjectAcl b/x -> ALLOW`},
		{id: "EVAL-22", world: `id(u): +ec2:TerminateInstances@*`, ask: `u ec2:TerminateInstances B:instance/i-1 -> DENY(implicit:resource)`},
		{id: "EVAL-22/share", world: `
			rp(arn:aws:rds:eu-west-1:222222222222:snapshot:s): none
			rp(arn:aws:sqs:eu-west-1:222222222222:q): none
			rp(arn:aws:ec2:eu-west-1:222222222222:instance/i-1): none
			id(u): +*@*
			id(A:user/v): +rds:RestoreDBInstanceFromDBSnapshot@* ; -rds:RestoreDBInstanceFromDBSnapshot@arn:aws:rds:*:*:snapshot:s
			add: A:user/w
			add: B:user/w`,
			ask: `
			u rds:RestoreDBInstanceFromDBSnapshot arn:aws:rds:eu-west-1:222222222222:snapshot:s -> ALLOW_IF #DATA:share
			who: rds:RestoreDBInstanceFromDBSnapshot arn:aws:rds:eu-west-1:222222222222:snapshot:s -> u ALLOW_IF
			who: rds:RestoreDBInstanceFromDBSnapshot arn:aws:rds:eu-west-1:222222222222:snapshot:* -> u ALLOW_IF
			A:user/v rds:RestoreDBInstanceFromDBSnapshot arn:aws:rds:eu-west-1:222222222222:snapshot:s -> DENY(explicit:identity, implicit:resource)
			A:user/w rds:RestoreDBInstanceFromDBSnapshot arn:aws:rds:eu-west-1:222222222222:snapshot:s -> DENY(implicit:identity, implicit:resource)
			B:user/w rds:RestoreDBInstanceFromDBSnapshot arn:aws:rds:eu-west-1:222222222222:snapshot:s -> DENY(implicit:identity)
			u sqs:SendMessage arn:aws:sqs:eu-west-1:222222222222:q -> DENY(implicit:resource)
			u ec2:TerminateInstances arn:aws:ec2:eu-west-1:222222222222:instance/i-1 -> DENY(implicit:resource)`},
		{id: "EVAL-19/strict", check: strictData},
		{id: "ORG-03/no-tree", check: withoutTree},
		{id: "EVAL-33/unread", world: `
			tp(A:role/aws-service-role/x.amazonaws.com/S): unreadable
			id(u): +*@*`,
			ask: `u sts:AssumeRole A:role/aws-service-role/x.amazonaws.com/S -> DENY(implicit:resource)`},
		{id: "EVAL-26", world: `
			unload: C
			id(u): +sqs:SendMessage@*`,
			ask: `u sqs:SendMessage C:queue/x -> ALLOW_IF #DATA:account`},
		{id: "PRINC-10/condition", world: `rp(b): +s3:GetObject@b/* P=* ?{StringLike aws:PrincipalArn=arn:aws:iam::A:user/u*}`, ask: `u s3:GetObject b/x -> ALLOW`},
		{id: "PRINC-10/filtered", check: filteredPrincipal},
		{id: "PRINC-11", world: `
			unload: C
			rp(b): +s3:GetObject@b/* P=C:user/x ; +s3:PutObject@b/* P=[AWS:arn:aws:iam::cloudfront:user/CloudFront_E1]`,
			ask:   `who: s3:GetObject b/x -> C:user/x ALLOW_IF(DATA DATA:account Known 333333333333@1)`,
			check: pseudoPrincipal},
		{id: "ORG-01", world: `
			scp(ou): none
			id(u): +s3:*@*
			id(M:user/m): +s3:*@*
			bucket(mb): M`,
			ask: `
			u s3:GetObject b/x -> DENY(implicit:scp@ou-ex)
			M:user/m s3:GetObject mb/x -> ALLOW`},
		{id: "ORG-02", world: `
			noorg:
			id(u): +s3:*@*`,
			ask: `u s3:GetObject b/x -> ALLOW`, check: guardrails("unread")},
		{id: "ORG-04", world: `
			scp(root): -s3:*@*
			bucket(mb): M
			id(u): +s3:*@*
			id(M:user/m): +s3:*@*`,
			ask: `
			M:user/m s3:GetObject mb/x -> ALLOW
			M:root s3:GetObject mb/x -> ALLOW
			u s3:GetObject b/x -> DENY(explicit:scp@r-ex)
			A:root s3:GetObject b/x -> DENY(explicit:scp@r-ex)`},
		{id: "ORG-08", world: `
			scp(B): -s3:*@*
			id(u): +sts:AssumeRole@q
			tp(q): P=u
			id(q): +s3:*@*`,
			ask: `
			u sts:AssumeRole q -> ALLOW
			q s3:GetObject bb/x -> DENY(explicit:scp@B)
			can: u s3:GetObject bb/x -> DENY`},
		{id: "ORG-11", world: `
			rcp(A): -[s3:*,ec2:*]@*
			id(u): +*@*`,
			ask: `
			u s3:GetObject b/x -> DENY(explicit:rcp@A)
			u s3:ListAllMyBuckets * -> ALLOW
			u ec2:StartInstances A:instance/i-1 -> ALLOW #rcp-list@2026-09`},
		{id: "ORG-13", world: `
			rcp(root): -s3:*@* ?{StringNotEqualsIfExists aws:PrincipalOrgID=o-ex, BoolIfExists aws:PrincipalIsAWSService=false}
			unload: C
			rp(b): +s3:*@[b,b/*] P=* ; +s3:PutObject@b/* P=Service:logging.s3
			bpa(b): off
			id(u): +s3:*@*`,
			ask: `
			u s3:GetObject b/x -> ALLOW
			anonymous s3:GetObject b/x -> DENY(explicit:rcp@r-ex)
			who: s3:PutObject b/x -> logging.s3.amazonaws.com ALLOW #kind=service`},
		{id: "ORG-17", world: `
			rcp(A): -sts:*@* ?{StringNotEqualsIfExists aws:PrincipalOrgID=o-ex}
			tp(r): +sts:AssumeRoleWithWebIdentity P=Federated:A:oidc-provider/idp.example.com ; P=u`,
			ask: `
			paths: A:oidc-provider/idp.example.com to r -> DENY
			u sts:AssumeRole r -> ALLOW`},
		{id: "RPOL-03", world: `
			rp(bb): +s3:*@[bb,bb/*] P=u
			id(u): +s3:*@*`,
			ask: `
			u s3:GetObject bb/x -> ALLOW
			u s3:ListBucket bb -> ALLOW
			u s3:PutBucketPolicy bb -> DENY(service-rule)`},
		{id: "RPOL-04", world: `
			rp(bb): +s3:GetObject@bb/* P=*
			bpa(bb): unknown
			id(u): +s3:*@*`,
			ask: `u s3:GetObject bb/x -> ALLOW_IF(DATA DATA:bpa Known arn:aws:s3:::bb/x@1)`},
		{id: "RPOL-04/range", world: `
			rp(bb): +s3:GetObject@bb/* P=* ?{IpAddress aws:SourceIp=203.0.113.0/24}
			bpa(bb): on
			id(u): +s3:*@*`,
			ask: `u s3:GetObject bb/x -> ALLOW_IF(NETWORK aws:SourceIp IpAddress 203.0.113.0/24@1)`},
		{id: "RPOL-05", world: `
			rp(b): -s3:*@[b,b/*] P=*`,
			ask: `
			A:root s3:PutBucketPolicy b -> ALLOW
			A:root s3:GetBucketPolicy b -> ALLOW
			A:root s3:ListBucket b -> DENY(explicit:resource)`},
		{id: "RPOL-15/other-account", world: `
			rp(arn:aws:secretsmanager:us-east-1:B:secret:s): +secretsmanager:GetSecretValue@* P=u
			id(u): +secretsmanager:GetSecretValue@*`,
			ask: `u secretsmanager:GetSecretValue arn:aws:secretsmanager:us-east-1:B:secret:s -> ALLOW`},
		{id: "RPOL-06", check: bucketACL},
		{id: "GRAM-19", world: `id(u): +s3:GetObject@b/* ; +s3:PutObject@b/* ; +s3:GetObject@b/*`, check: sameStatementTwice},
		{id: "RPOL-12/context", check: grantContext},
	}
}

// filteredPrincipal: users were not exported, so a user that is named may well
// exist (PRINC-10).
func filteredPrincipal(t *testing.T, _ *caseWorld) {
	s, err := fixture.Parse("rp(b): +s3:GetObject@b/* P=A:user/absent\ntp(r): P=A:user/absent")
	if err != nil {
		t.Fatal(err)
	}
	a := s.Account(fixture.AccountID("A"))
	a.Users = nil
	a.Coverage[iam.SectionUsers] = iam.Unknown
	w := caseGraph(t, s)
	r := w.whoCan(t, "s3:GetObject", "b/x")
	i := slices.IndexFunc(r.Answers, func(a query.Answer) bool { return fixture.Short(a.Principal) == "A:user/absent" })
	if i < 0 {
		t.Fatalf("no row for the user that was not exported: %v", r.Answers)
	}
	if got := r.Answers[i].Verdict; got != query.VerdictAllowIf {
		t.Errorf("%s, want %s: whether the user exists is not known", got, query.VerdictAllowIf)
	}
}

// pseudoPrincipal: what a service owns has no account to ask (PRINC-11).
func pseudoPrincipal(t *testing.T, w *caseWorld) {
	r := w.whoCan(t, "s3:PutObject", "b/x")
	i := slices.IndexFunc(r.Answers, func(a query.Answer) bool { return a.Principal == "arn:aws:iam::cloudfront:user/CloudFront_E1" })
	if i < 0 {
		t.Fatal("no row for the service's own principal")
	}
	if a := r.Answers[i]; a.Verdict != query.VerdictAllow || a.Kind != "service" {
		t.Errorf("%s of kind %s, want ALLOW of kind service", caseObserve(a), a.Kind)
	}
}

// guardrails asks for what the result says of how far SCPs and RCPs were read.
func guardrails(want string) func(*testing.T, *caseWorld) {
	return func(t *testing.T, w *caseWorld) {
		if got := w.graph.Model.Guardrails(); got != want {
			t.Errorf("guardrails are %q, want %q", got, want)
		}
		r := w.whoCan(t, "s3:GetObject", "b/x")
		if !slices.ContainsFunc(r.Notes, func(n query.Note) bool { return strings.HasPrefix(n.Code, "guardrails-"+want) }) {
			t.Errorf("no note guardrails-%s in %v", want, r.Notes)
		}
	}
}

// sameStatementTwice is evaluated once and shown where it stands (GRAM-19).
func sameStatementTwice(t *testing.T, w *caseWorld) {
	a := w.can(t, "u", "s3:GetObject", "b/x")
	if a.Verdict != query.VerdictAllow || len(a.Paths) != 1 {
		t.Fatalf("%s", caseObserve(a))
	}
	var statements []int
	for _, e := range a.Paths[0].Because {
		if e.Layer == "identity" {
			statements = append(statements, e.Statement)
		}
	}
	if !slices.Equal(statements, []int{0, 2}) {
		t.Errorf("GRAM-19: evidence in statements %v, want 0 and 2", statements)
	}
}

// bucketACL: where ACLs may count and were not read, the answer says so
// (RPOL-06).
func bucketACL(t *testing.T, _ *caseWorld) {
	s, err := fixture.Parse("id(u): +s3:*@*")
	if err != nil {
		t.Fatal(err)
	}
	b := s.Resource(fixture.ARN("bb"))
	for _, c := range []struct {
		ownership, list iam.State
		want            bool
	}{
		{iam.Unknown, iam.Unknown, true}, {iam.Present, iam.Unknown, false}, {iam.Unknown, iam.KnownEmpty, false},
	} {
		b.OwnershipEnforced, b.ACLState = c.ownership, c.list
		r, err := caseGraph(t, s).engine().Can(t.Context(), fixture.ARN("u"), "s3:GetObject", fixture.ARN("bb/x"))
		if err != nil {
			t.Fatal(err)
		}
		noted := slices.Contains(r.Answers[0].Codes, "acl-unread") || slices.ContainsFunc(r.Notes, func(n query.Note) bool { return n.Code == "acl-unread" })
		if noted != c.want {
			t.Errorf("RPOL-06: ownership %v, list %v: noted %t, want %t: %s, notes %v", c.ownership, c.list, noted, c.want, caseObserve(r.Answers[0]), r.Notes)
		}
	}
}

// grantContext: a grant's encryption context is the caller's to give, and asked for where
// there is one to give (RPOL-12).
func grantContext(t *testing.T, _ *caseWorld) {
	s, err := fixture.Parse("rp(key): +kms:*@* P=A\ngrant(key): r Decrypt\ngrant(key): service:dynamodb.us-east-1 Decrypt")
	if err != nil {
		t.Fatal(err)
	}
	g := s.Resource(fixture.ARN("key")).Grants
	g[0].Context, g[0].Operations = map[string]string{"app": "x"}, []string{"Decrypt", "DescribeKey"}
	w := caseGraph(t, s)
	for action, asks := range map[string]int{"kms:Decrypt": 1, "kms:DescribeKey": 0} {
		a := w.can(t, "r", action, "key")
		if a.Verdict != query.VerdictAllow || len(a.Paths[0].Requires) != asks {
			t.Errorf("%s %s: want ALLOW that asks for %d pairs of the encryption context", action, caseObserve(a), asks)
		}
	}
	w.ask(t, "who: kms:Decrypt key -> dynamodb.us-east-1.amazonaws.com ALLOW #kind=service")
}

// strictData: who wants it strict is told of what an unread policy might deny, and what
// it might grant, but not of resources that cannot have one (EVAL-19, EVAL-22).
func strictData(t *testing.T, _ *caseWorld) {
	w := newCaseWorld(t, "id(u): +s3:GetObject@* ; +ec2:TerminateInstances@*\nadd: A:user/v\nadd: B:user/w")
	for strict, want := range map[bool][4]string{
		false: {query.VerdictAllow, query.VerdictDeny, query.VerdictAllow, query.VerdictDeny},
		true:  {query.VerdictAllowIf, query.VerdictAllowIf, query.VerdictAllow, query.VerdictDeny},
	} {
		g, err := graph.Build(t.Context(), w.snapshot, graph.Options{AsOf: caseTime, KeyDefined: query.KeyDefined, StrictData: strict})
		if err != nil {
			t.Fatal(err)
		}
		now := &caseWorld{w.snapshot, g}
		got := [4]string{
			now.can(t, "u", "s3:GetObject", "arn:aws:s3:::another/x").Verdict, now.can(t, "A:user/v", "s3:GetObject", "arn:aws:s3:::another/x").Verdict,
			now.can(t, "u", "ec2:TerminateInstances", "A:instance/i-1").Verdict, now.can(t, "u", "ec2:TerminateInstances", "B:instance/i-1").Verdict,
		}
		if got != want {
			t.Errorf("strict %t: %v, want %v", strict, got, want)
		}
	}
}

// withoutTree: of an organization that was only described, or whose root is all that was
// read, nobody knows the guardrails, nor who belongs to it (ORG-03, ORG-14, IN-15).
func withoutTree(t *testing.T, _ *caseWorld) {
	files := map[string]string{
		"a.json": `{"UserDetailList":[{"UserName":"u","Arn":"arn:aws:iam::111111111111:user/u","UserId":"AIDAEXAMPLEU","Path":"/",
			"UserPolicyList":[{"PolicyName":"p","PolicyDocument":{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*",
			"Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-example123"}}}}}]}]}`,
		"org.json": `{"Organization":{"Id":"o-example123","MasterAccountId":"999999999999","FeatureSet":"ALL"}}`,
	}
	const roots = `{"Roots":[{"Id":"r-exam","Name":"Root","Arn":"arn:aws:organizations::999999999999:root/o-example123/r-exam","PolicyTypes":[{"Type":"SERVICE_CONTROL_POLICY","Status":"ENABLED"}]}]}`
	const account = `{"Accounts":[{"Id":"111111111111","Arn":"arn:aws:organizations::999999999999:account/o-example123/111111111111","Status":"ACTIVE","Name":"a"}]}`
	for _, c := range []struct{ name, text, want, guardrails string }{
		{"org.json", files["org.json"], query.VerdictAllowIf, "partial"},
		{"roots.json", roots, query.VerdictAllowIf, "partial"},
		{"accounts.json", account, query.VerdictAllow, "partial"},
	} {
		files[c.name] = c.text
		w := ingested(t, files)
		if got := w.can(t, "A:user/u", "s3:ListAllMyBuckets", "*").Verdict; got != c.want {
			t.Errorf("with %s: %s, want %s", c.name, got, c.want)
		}
		if got := w.whoCan(t, "s3:ListAllMyBuckets", "*").Coverage.Guardrails; got != c.guardrails {
			t.Errorf("with %s: guardrails are %s, want %s", c.name, got, c.guardrails)
		}
	}
}
