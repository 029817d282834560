package query_test

import (
	"slices"
	"testing"

	"accesspath/internal/fixture"
	"accesspath/query"
)

// computeCases follow section 8.5: roles that services and compute carry.
func computeCases() []microCase {
	const linked = `A:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX`
	return []microCase{
		{id: "SVC-01", world: `
			tp(r): P=Service:lambda
			id(r): +s3:GetObject@b/*
			id(u): +sts:AssumeRole@*`,
			ask: `
			who: s3:GetObject b/x -> lambda.amazonaws.com ALLOW via r #kind=service
			who: s3:GetObject b/x -> u nobody
			can: u s3:GetObject b/x -> DENY`},
		{id: "SVC-02", world: `
			tp(q): P=Service:lambda
			tp(r): P=Service:lambda
			id(u): +iam:PassRole@*`,
			ask: `
			u iam:PassRole r -> ALLOW
			u iam:PassRole q -> DENY(implicit:resource)`},
		{id: "SVC-03", world: `
			tp(r): P=Service:ec2
			profile(r): another-name
			id(r): +s3:GetObject@b/*
			tp(r1): P=Service:lambda
			profile(r1): useless
			id(r1): +s3:PutObject@b/*`,
			ask: `
			who: s3:GetObject b/x -> A:instance-profile/another-name ALLOW via r
			who: s3:PutObject b/x -> A:instance-profile/useless nobody`},
		{id: "SVC-05", world: `
			profile(r1): i
			tp(r1): P=[Service:ec2,u]
			id(r1): +s3:GetObject@b/* ?{ArnLike ec2:SourceInstanceArn=arn:aws:ec2:*:A:instance/i-1}
			tp(r2): +sts:AssumeRoleWithSAML P=Federated:A:saml-provider/idp
			id(r2): +s3:GetObject@b/* ?{Null aws:Ec2InstanceSourcePrivateIPv4=false}`,
			ask: `
			who: s3:GetObject b/x -> A:instance-profile/i ALLOW_IF(SESSION ec2:SourceInstanceArn ArnLike arn:aws:ec2:*:111111111111:instance/i-1@2) via r1
			who: s3:GetObject b/x -> u nobody
			who: s3:GetObject b/x -> A:saml-provider/idp nobody`},
		{id: "SVC-06", world: `
			tp(r1): P=Service:lambda
			tp(r2): P=Service:ecs-tasks
			id(r1): +s3:GetObject@b/1
			id(r2): +s3:GetObject@b/2`,
			ask: `
			who: s3:GetObject b/1 -> lambda.amazonaws.com ALLOW via r1
			who: s3:GetObject b/1 -> ecs-tasks.amazonaws.com nobody
			who: s3:GetObject b/2 -> ecs-tasks.amazonaws.com ALLOW via r2
			who: s3:GetObject b/2 -> ecs.amazonaws.com nobody`},
		{id: "SVC-07", world: `
			tp(` + linked + `): P=Service:x
			tp(r): P=Service:ec2
			id(u): +[iam:*,sts:*]@*`,
			ask: `
			u iam:PutRolePolicy r -> ALLOW
			u iam:UpdateAssumeRolePolicy r -> ALLOW
			u sts:AssumeRole ` + linked + ` -> DENY(implicit:resource)`},
		{id: "SVC-10", world: `
			profile(r): i
			tp(r): P=[Service:ec2,u]
			tp(r1): P=Service:lambda
			id(r): +s3:GetObject@b/*
			id(r1): +s3:GetObject@b/*`, check: servicesInDefaultView},
		{id: "SVC-11", world: `
			tp(r1): P=Service:lambda
			tp(r2): P=[Service:lambda,Service:edgelambda]
			id(r1): +s3:GetObject@b/1
			id(r2): +s3:GetObject@b/2`,
			ask: `
			who: s3:GetObject b/1 -> lambda.amazonaws.com ALLOW via r1
			who: s3:GetObject b/1 -> edgelambda.amazonaws.com nobody
			who: s3:GetObject b/2 -> lambda.amazonaws.com ALLOW via r2
			who: s3:GetObject b/2 -> edgelambda.amazonaws.com ALLOW via r2
			paths: service:edgelambda to r1 -> DENY(implicit:resource)`},
		{id: "SVC-12", world: `
			tp(r1): P=Service:lambda
			id(r1): +s3:*@b/*
			rp(b): +s3:PutObject@b/* P=Service:logging.s3 ; -s3:PutObject@b/* P=* ?{Bool aws:PrincipalIsAWSService=false}`,
			ask: `
			who: s3:PutObject b/x -> logging.s3.amazonaws.com ALLOW
			who: s3:PutObject b/x -> lambda.amazonaws.com nobody
			who: s3:GetObject b/x -> lambda.amazonaws.com ALLOW via r1
			r1 s3:PutObject b/x -> DENY(explicit:resource)`},
	}
}

// servicesInDefaultView: services and compute are rows of their own, next to
// people.
func servicesInDefaultView(t *testing.T, w *caseWorld) {
	r, err := query.New(w.graph, query.Options{}).WhoCan(t.Context(), "s3:GetObject", fixture.ARN("b/x"))
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, a := range r.Answers {
		got[fixture.Short(a.Principal)] = a.Kind
	}
	for name, kind := range map[string]string{"u": "user", "lambda.amazonaws.com": "service", "A:instance-profile/i": "instance-profile"} {
		if got[name] != kind {
			t.Errorf("%s has kind %q, want %s; rows %v", name, got[name], kind, got)
		}
	}
	if i := slices.IndexFunc(r.Answers, func(a query.Answer) bool { return a.Kind == "role" }); i >= 0 {
		t.Errorf("the default view lists the role %s", r.Answers[i].Principal)
	}
}
