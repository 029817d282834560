package query_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"accesspath/internal/fixture"
	"accesspath/query"
)

// laterHopCases follow section 9.3: what holds at one hop and not at another.
func laterHopCases() []microCase {
	return []microCase{
		{id: "CHAIN-30", world: `
			tp(r1): P=A
			tp(r2): P=A ?{StringEquals aws:username=u}
			tp(r): P=A ?{StringEquals aws:PrincipalTag/owner=${aws:username}}
			tags(r1): owner=u
			id(u): +sts:AssumeRole@r1
			id(r1): +sts:AssumeRole@[r2,r]`,
			ask: `
			paths: u to r2 -> DENY(implicit:resource) at 2
			paths: u to r -> DENY(implicit:resource) at 2`},
		{id: "CHAIN-31/arn", world: `
			tp(r1): P=u
			tp(r2): P=A ?{ArnEquals aws:PrincipalArn=arn:aws:iam::A:user/u}
			id(r1): +sts:AssumeRole@r2
			id(u): +sts:AssumeRole@r1`,
			ask: `
			request: u sts:AssumeRole r2 -> DENY(implicit:identity)
			paths: u to r2 -> DENY`},
		{id: "CHAIN-32", world: `
			tp(r1): P=u ?{IpAddress aws:SourceIp=203.0.113.0/24}
			tp(r2): P=r1
			id(r2): +s3:GetObject@b/* ?{IpAddress aws:SourceIp=198.51.100.7}`,
			ask: `can: u s3:GetObject b/x -> ALLOW_IF(NETWORK aws:SourceIp IpAddress 203.0.113.0/24@1 & NETWORK aws:SourceIp IpAddress 198.51.100.7@3) via r1 r2 #split-network`},
		{id: "CHAIN-34", world: `
			tp(r1): P=u ?{Bool aws:MultiFactorAuthPresent=true, Null aws:TokenIssueTime=true}
			tp(r2): P=r1 ?{Bool aws:MultiFactorAuthPresent=true}
			tp(r): P=u ?{Bool aws:MultiFactorAuthPresent=true, Null aws:TokenIssueTime=false}
			tp(A:role/r3): P=r ?{Bool aws:MultiFactorAuthPresent=true}`,
			ask: `
			paths: u to r1 -> ALLOW_IF(MFA aws:MultiFactorAuthPresent Bool true@1) via r1
			paths: u to r2 -> DENY
			paths: u to A:role/r3 -> ALLOW_IF #U-01`},
		{id: "CHAIN-35", world: `
			tp(r1): P=u
			tp(r2): +[sts:AssumeRole,sts:SetSourceIdentity] P=r1 ?{StringEquals aws:SourceIdentity=x}`,
			ask: `paths: u to r2 -> DENY`},
		{id: "CHAIN-35/set", world: `
			tp(r1): +[sts:AssumeRole,sts:SetSourceIdentity] P=u ?{StringLike sts:SourceIdentity=x*}
			tp(r2): +[sts:AssumeRole,sts:SetSourceIdentity] P=r1 ?{StringEquals aws:SourceIdentity=[x1,y1]}`,
			ask: `paths: u to r2 -> ALLOW_IF(SESSION sts:SourceIdentity StringEquals x1@1) via r1 r2`},
		{id: "CHAIN-36", world: `
			tp(r1): P=u ?{Null aws:TokenIssueTime=true}
			tp(r2): P=r1 ?{Null aws:TokenIssueTime=false}
			tp(r): P=r1 ?{Null aws:TokenIssueTime=true}`,
			ask: `
			paths: u to r2 -> ALLOW via r1 r2
			paths: u to r -> DENY(implicit:resource) at 2`},
		{id: "CHAIN-37", world: `
			tp(q): P=u ?{StringEquals sts:ExternalId=x1}
			id(u): +sts:AssumeRole@q
			tp(q2): P=q ?{StringEquals sts:ExternalId=x2}
			tp(B:role/q3): P=q2`,
			ask: `paths: u to B:role/q3 -> ALLOW_IF(KNOWLEDGE sts:ExternalId StringEquals x1@1 & KNOWLEDGE sts:ExternalId StringEquals x2@2) via q q2 B:role/q3`},
		{id: "CHAIN-38/outward", world: `
			tp(C:role/c): P=A
			id(u): +sts:AssumeRole@C:role/c
			id(C:role/c): +*@*
			rp(b): +s3:GetObject@b/* P=* ?{StringEquals aws:PrincipalOrgID=o-ex}`,
			ask: `
			u s3:GetObject b/x -> ALLOW
			C:role/c s3:GetObject b/x -> DENY(implicit:resource)`},
		{id: "CHAIN-38/laundering", world: `
			tp(r1): P=C:user/x
			id(C:user/x): +*@*
			rp(bb): +s3:GetObject@bb/* P=* ?{StringEquals aws:PrincipalOrgID=o-ex}
			id(r1): +s3:GetObject@bb/*`,
			ask: `
			request: C:user/x s3:GetObject bb/x -> DENY(implicit:resource)
			can: C:user/x s3:GetObject bb/x -> ALLOW via r1
			who: s3:GetObject bb/x -> C:user/x ALLOW via r1`},
		{id: "CHAIN-42", world: `
			scp(A): -s3:*@*
			id(u): +*@*
			pb(u): +[sts:AssumeRole,s3:GetObject]@*
			tp(q): P=u
			id(q): +s3:PutObject@bb/*`,
			ask: `
			request: u s3:PutObject bb/x -> DENY
			can: u s3:PutObject bb/x -> ALLOW via q`},
	}
}

// searchCases follow section 9.4: finding and showing paths.
func searchCases() []microCase {
	return []microCase{
		{id: "CHAIN-20", world: `
			tp(r1): +[sts:AssumeRole,sts:TagSession] P=u ?{StringEquals aws:RequestTag/team=b} ; P=r2
			id(u): +sts:TagSession@r1
			tp(r2): P=u
			id(r1): +s3:GetObject@b/* ; -s3:*@* ?{StringEquals aws:PrincipalTag/team=b}`,
			ask: `can: u s3:GetObject b/x -> ALLOW via r2 r1`},
		{id: "CHAIN-20/source-identity", world: `
			tp(r1): +[sts:AssumeRole,sts:SetSourceIdentity] P=u ?{StringEquals sts:SourceIdentity=bad} ; P=r2
			tp(r2): P=u
			id(r1): +s3:GetObject@b/* ; -s3:*@* ?{StringEquals aws:SourceIdentity=bad}`,
			ask: `can: u s3:GetObject b/x -> ALLOW via r2 r1`},
		{id: "CHAIN-43", world: `
			tp(r1): +[sts:AssumeRole,sts:TagSession] P=u
			id(u): +sts:TagSession@r1
			tp(r2): P=r1 ?{StringEquals aws:PrincipalTag/team=a}
			id(r2): +s3:GetObject@b/* ?{StringEquals aws:PrincipalTag/team=b}
			id(r1): +s3:PutObject@b/* ?{StringEquals aws:PrincipalTag/team=[a,b]}`,
			ask: `
			can: u s3:GetObject b/x -> DENY
			can: u s3:PutObject b/x -> ALLOW_IF`},
		{id: "CHAIN-43/name", world: `
			tp(r1): P=u ?{StringEquals sts:RoleSessionName=[a,b]}
			tp(r2): P=A:sess/r1/c
			tp(r): P=A:sess/r1/b`,
			ask: `
			paths: u to r2 -> DENY
			paths: u to r -> ALLOW_IF(SESSION sts:RoleSessionName StringEquals b@1) via r1 r`},
		{id: "CHAIN-44", world: `
			tp(r1): P=u ?{IpAddress aws:SourceIp=203.0.113.0/24, StringEquals sts:ExternalId=x}
			tp(r2): P=A:sess/r1/n ?{IpAddress aws:SourceIp=203.0.113.0/24}
			id(r2): +s3:GetObject@b/* ?{IpAddress aws:SourceIp=203.0.113.0/24}`,
			ask: `can: u s3:GetObject b/x -> ALLOW_IF(NETWORK aws:SourceIp IpAddress 203.0.113.0/24@1 & KNOWLEDGE sts:ExternalId StringEquals x@1 & SESSION sts:RoleSessionName StringEquals n@1 & NETWORK aws:SourceIp IpAddress 203.0.113.0/24@2 & NETWORK aws:SourceIp IpAddress 203.0.113.0/24@3) via r1 r2`},
		{id: "CHAIN-45", world: `
			tp(r1): P=u
			tp(r2): P=u ?{StringEquals sts:ExternalId=x}
			tp(r): unreadable
			id(u): +sts:AssumeRole@r
			tp(q): P=r1`,
			check: pathStatus},
		{id: "CHAIN-46/weights", world: `
			tp(r2): P=[r1,r] ; P=A:role/r3 ?{IpAddress aws:SourceIp=203.0.113.0/24}
			tp(r1): P=u ?{StringEquals sts:ExternalId=x}
			tp(r): P=u ?{IpAddress aws:SourceIp=203.0.113.0/24}
			tp(A:role/r3): P=u`,
			check: pathOrder},
		{id: "CHAIN-47", world: `
			tp(r1): P=u
			tp(r2): P=r1
			id(r2): +*@*`,
			ask: `
			request: u iam:CreateUser A:user/new -> DENY(implicit:identity)
			can: r1 iam:CreateUser A:user/new -> ALLOW via r2
			can: u iam:CreateUser A:user/new -> ALLOW via r1 r2`},
		{id: "CHAIN-48", world: `
			unload: C
			id(u): +sts:AssumeRole@C:role/c
			tp(r1): P=C
			tp(r2): P=C:role/c
			id(r1): +s3:GetObject@b/1
			id(r2): +s3:GetObject@b/2`,
			ask: `
			who: s3:GetObject b/1 -> account:C ALLOW_IF(DATA DATA:account Known 333333333333@1) via r1
			who: s3:GetObject b/1 -> u nobody
			who: s3:GetObject b/2 -> u nobody
			who: s3:GetObject b/2 -> C:role/c ALLOW_IF(DATA DATA:account Known 333333333333@1) via r2`},
		{id: "CHAIN-49", world: `
			tp(r1): P=u
			tp(r2): P=r1
			tp(r): +sts:AssumeRoleWithSAML P=Federated:A:saml-provider/idp`,
			check: func(t *testing.T, w *caseWorld) {
				for _, c := range []struct {
					from, to string
					want     []string
				}{{"u", "r1", []string{"api", "console"}}, {"u", "r2", []string{"api"}}, {"r1", "r2", []string{"api"}}} {
					if got := w.paths(t, c.from, c.to).Paths[0].Modes; !slices.Equal(got, c.want) {
						t.Errorf("%s to %s: modes %v, want %v", c.from, c.to, got, c.want)
					}
				}
			}},
	}
}

// hops expects paths of the given lengths, by "from to".
func hops(want map[string]int) func(*testing.T, *caseWorld) {
	return func(t *testing.T, w *caseWorld) {
		for pair, n := range want {
			from, to, _ := strings.Cut(pair, " ")
			if a := w.paths(t, from, to); a.Verdict == query.VerdictDeny || a.Hops != n || len(a.Paths[0].Steps) != n {
				t.Errorf("%s: %d hops, want %d: %s", pair, a.Hops, n, caseObserve(a))
			}
		}
	}
}

// longChain: nothing but a limit that was asked for ends a chain, and that is
// said (CHAIN-06).
func longChain(t *testing.T, _ *caseWorld) {
	const n = 40
	var world strings.Builder
	for i := range n {
		from := "u"
		if i > 0 {
			from = fmt.Sprintf("A:role/c%d", i-1)
		}
		fmt.Fprintf(&world, "tp(A:role/c%d): P=%s\n", i, from)
	}
	fmt.Fprintf(&world, "id(A:role/c%d): +s3:GetObject@b/*\n", n-1)
	w := newCaseWorld(t, world.String())
	if a := w.can(t, "u", "s3:GetObject", "b/x"); a.Verdict != query.VerdictAllow || a.Hops != n {
		t.Errorf("%s in %d hops", caseObserve(a), a.Hops)
	}
	r, err := w.engine(func(o *query.Options) { o.MaxHops = 10 }).WhoCan(t.Context(), "s3:GetObject", fixture.ARN("b/x"))
	if err != nil {
		t.Fatal(err)
	}
	if !r.Limits.Truncated || len(r.Limits.Reasons) == 0 {
		t.Errorf("limits %+v", r.Limits)
	}
	if slices.ContainsFunc(r.Answers, func(a query.Answer) bool { return a.Principal == fixture.ARN("u") }) {
		t.Error("u is listed in spite of the limit")
	}
}

// pathStatus: confirmed, conditional, undetermined; and the hop that fails.
func pathStatus(t *testing.T, w *caseWorld) {
	for to, want := range map[string]string{"r1": "confirmed", "r2": "conditional", "r": "undetermined"} {
		if a := w.paths(t, "u", to); len(a.Paths) == 0 || a.Paths[0].Status != want {
			t.Errorf("u to %s: want status %s: %s", to, want, caseObserve(a))
		}
	}
	a := w.paths(t, "u", "q")
	if a.Verdict != query.VerdictDeny || a.BrokenAt != 2 || len(a.NearPath) != 3 {
		t.Errorf("u to q: %s, near path %v", caseObserve(a), a.NearPath)
	}
}

// pathOrder: of equally long ways the one that asks for less comes first.
func pathOrder(t *testing.T, w *caseWorld) {
	a := w.paths(t, "u", "r2")
	var got []string
	for _, p := range a.Paths {
		got = append(got, fixture.Short(p.Principals[1]))
	}
	if want := []string{"r1", "r", "A:role/r3"}; !slices.Equal(got, want) && !slices.Equal(got, []string{"r1", "A:role/r3", "r"}) {
		t.Errorf("ways over %v, want knowledge before network", got)
	}
}

// TestBetterWayBeyondLimit_CHAIN_06: where the way that works outright is too long for
// the limit that was asked for, the verdict is another than without it, and that is said.
func TestBetterWayBeyondLimit_CHAIN_06(t *testing.T) {
	w := newCaseWorld(t, `
		tp(r): P=u ?{Bool aws:MultiFactorAuthPresent=true} ; P=r1
		tp(r1): P=u
		id(r): +s3:GetObject@b/*`)
	u, r, b := fixture.ARN("u"), fixture.ARN("r"), fixture.ARN("b/x")
	result := func(r *query.Result, err error) (string, query.Limits, error) {
		if err != nil {
			return "", query.Limits{}, err
		}
		i := slices.IndexFunc(r.Answers, func(a query.Answer) bool { return a.Principal == u })
		return r.Answers[i].Verdict, r.Limits, nil
	}
	for name, ask := range map[string]func(*query.Engine) (string, query.Limits, error){
		"who-can": func(e *query.Engine) (string, query.Limits, error) {
			return result(e.WhoCan(t.Context(), "s3:GetObject", b))
		},
		"can": func(e *query.Engine) (string, query.Limits, error) {
			return result(e.Can(t.Context(), u, "s3:GetObject", b))
		},
		"paths": func(e *query.Engine) (string, query.Limits, error) { return result(e.Paths(t.Context(), u, r)) },
		"what-can": func(e *query.Engine) (string, query.Limits, error) {
			res, err := e.WhatCan(t.Context(), u)
			if err != nil {
				return "", query.Limits{}, err
			}
			list := res.Answers[0].Sessions
			return list[slices.IndexFunc(list, func(s query.Session) bool { return s.Principal == r })].Path.Verdict, res.Limits, nil
		},
		"blast-radius": func(e *query.Engine) (string, query.Limits, error) {
			s, err := e.BlastRadius(t.Context(), u, "")
			if err != nil {
				return "", query.Limits{}, err
			}
			list := s.Sources[0].Reached
			return list[slices.IndexFunc(list, func(x query.Reached) bool { return x.Principal == r })].Verdict, s.Limits, nil
		},
	} {
		for hops, want := range map[int]string{0: query.VerdictAllow, 1: query.VerdictAllowIf, 2: query.VerdictAllow} {
			got, limits, err := ask(w.engine(func(o *query.Options) { o.MaxHops = hops }))
			if err != nil || got != want || limits.Truncated != (hops == 1) {
				t.Errorf("%s with at most %d hops: %s, want %s; limits %+v; %v", name, hops, got, want, limits, err)
			}
		}
	}
}

// TestLimitOfHolders_CHAIN_06: a view that lists nobody who comes over a chain loses
// nobody to a limit.
func TestLimitOfHolders_CHAIN_06(t *testing.T) {
	w := newCaseWorld(t, `
		tp(r): P=r1
		tp(r1): P=u
		id(r): +s3:GetObject@b/*`)
	for view, cut := range map[query.View]bool{query.ViewHolders: false, query.ViewOrigins: true} {
		r, err := w.engine(func(o *query.Options) { o.MaxHops, o.View = 1, view }).WhoCan(t.Context(), "s3:GetObject", fixture.ARN("b/x"))
		if err != nil || r.Limits.Truncated != cut {
			t.Errorf("%s: %+v, %v", view, r.Limits, err)
		}
	}
}
