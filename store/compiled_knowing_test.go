package store

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"accesspath/graph"
	"accesspath/iam"
	"accesspath/internal/fixture"
	"accesspath/policy"
	"accesspath/query"
)

// knowingWorld has chains that hang on the network and on MFA.
const knowingWorld = `
	tp(r1): P=u ?{IpAddress aws:SourceIp=192.0.2.0/25}
	tp(r2): P=r1 ?{Bool aws:MultiFactorAuthPresent=true}
	tp(A:role/r3): P=r2 ?{StringNotEquals aws:SourceVpce=vpce-1}
	tp(A:role/r4): P=u ?{BoolIfExists aws:MultiFactorAuthPresent=true}
	id(r1): +sts:AssumeRole@[r2,A:role/r4]
	id(r2): +sts:AssumeRole@A:role/r3
	id(r2): +s3:GetObject@b/* ?{StringEquals aws:SourceVpc=vpc-1}
	id(A:role/r3): +s3:GetObject@b/*
	id(A:role/r3): -s3:GetObject@b/* ?{NotIpAddress aws:SourceIp=192.0.2.0/25}
	id(A:role/r4): +s3:GetObject@b/* ?{StringLike aws:UserAgent=curl*}`

// othersWorld is one in which a trust asks a provider's users for MFA, and a policy
// variable reads the address.
const (
	othersWorld = knowingWorld + `
	tp(A:role/r5): P=Service:ec2 ?{Bool aws:MultiFactorAuthPresent=true}`
	variableWorld = knowingWorld + `
	tp(A:role/r6): P=u ?{StringEquals sts:ExternalId=${aws:UserAgent}}`
)

func worldOf(t *testing.T, lines string) *iam.Snapshot {
	t.Helper()
	s, err := fixture.Parse(lines)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func knowledge(pairs ...string) policy.MapContext {
	known := policy.MapContext{}
	for _, p := range pairs {
		key, value, given := strings.Cut(p, "=")
		if known[key] = policy.NotThere(); given {
			known[key] = policy.Is(value)
		}
	}
	return known
}

// TestCompiledKnowing: a graph whose verdicts are folded with what is known answers
// as one that is built with it (SYM-11).
func TestCompiledKnowing(t *testing.T) {
	ctx := context.Background()
	snapshots := compiledSnapshots(t)
	snapshots["network and MFA"] = worldOf(t, knowingWorld)
	for name, snapshot := range snapshots {
		t.Run(name, func(t *testing.T) {
			c := compiledOf(t, snapshot)
			form := c.open(t)
			for _, known := range []policy.MapContext{
				knowledge("aws:sourceip=192.0.2.1"), knowledge("aws:sourceip=198.51.100.1", "aws:sourcevpce"), knowledge("aws:multifactorauthpresent=true"),
				knowledge("aws:multifactorauthpresent=false", "aws:sourcevpc=vpc-1"), knowledge("aws:useragent=curl/8", "aws:multifactorauthpresent", "aws:sourcevpce=vpce-1"),
			} {
				g, ok := form.Graph.Knowing(known)
				if !ok {
					if name == "network and MFA" {
						t.Errorf("%v: not folded", known)
					}
					continue
				}
				o := c.options
				o.Overrides = known
				built, err := graph.Build(ctx, load(t, c.s, c.info.ID), o)
				if err != nil {
					t.Fatal(err)
				}
				got, want := query.New(g, query.Options{MaxPaths: 3, WhyNot: true}), query.New(built, query.Options{MaxPaths: 3, WhyNot: true})
				same := func(what string, ask func(*query.Engine) (*query.Result, error)) {
					t.Helper()
					if a, b := asJSON(t, got, want, ask), asJSON(t, want, want, ask); a != b {
						t.Errorf("%v: %s: got\n%s\nwant\n%s", known, what, a, b)
					}
				}
				for i := range built.Len() {
					n := graph.NodeID(i)
					if a, b := edgesOf(g, n), edgesOf(built, n); fmt.Sprint(a) != fmt.Sprint(b) {
						t.Errorf("%v: %s: edges\n%q, want\n%q", known, built.Node(n).ID, a, b)
					}
				}
				for _, q := range questionsOf(built) {
					same(fmt.Sprint("who-can ", q), func(e *query.Engine) (*query.Result, error) { return e.WhoCan(ctx, q[0], q[1]) })
				}
				for i := 0; i < built.Len(); i += 1 + built.Len()/4 {
					id, to := built.Node(graph.NodeID(i)).ID, built.Node(graph.NodeID(built.Len()-1-i)).ID
					same("can "+id, func(e *query.Engine) (*query.Result, error) { return e.Can(ctx, id, "s3:GetObject", fixture.OrgObject) })
					same("paths "+id+" "+to, func(e *query.Engine) (*query.Result, error) { return e.Paths(ctx, id, to) })
				}
			}
		})
	}
}

// TestCompiledKnowingNot: what else than the request decides a key, or a variable
// that reads it, is left to those who build.
func TestCompiledKnowingNot(t *testing.T) {
	for _, c := range []struct {
		name, world string
		known       policy.MapContext
	}{
		{"a key of the principal", knowingWorld, knowledge("aws:principaltag/team=x")},
		{"one of several keys", knowingWorld, knowledge("aws:sourceip=192.0.2.1", "sts:externalid=x")},
		{"a private address", knowingWorld, knowledge("aws:sourceip=10.1.2.3")},
		{"MFA of others", othersWorld, knowledge("aws:multifactorauthpresent=true")},
		{"a variable", variableWorld, knowledge("aws:useragent=x")},
	} {
		of := compiledOf(t, worldOf(t, c.world))
		if _, ok := of.open(t).Graph.Knowing(c.known); ok {
			t.Errorf("%s: folded", c.name)
		}
		if _, ok := of.open(t).Graph.Knowing(knowledge("aws:sourceip=192.0.2.1")); !ok {
			t.Errorf("%s: something else is not folded", c.name)
		}
		if _, ok := of.plain.Knowing(knowledge("aws:sourceip=192.0.2.1")); ok {
			t.Errorf("%s: a graph that was not restored is folded", c.name)
		}
	}
}
