package query_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"accesspath/iam"
	"accesspath/internal/fixture"
	"accesspath/query"
)

// spreadRows writes rows as "name hops verdict marks", sorted as the answer is.
func spreadRows(list []query.Reached) string {
	var out []string
	for _, r := range list {
		out = append(out, strings.TrimSpace(fmt.Sprintf("%s %d %s %s", fixture.Short(r.Principal), r.Hops, r.Verdict, strings.Join(r.Marks, ","))))
	}
	return strings.Join(out, "; ")
}

const blastWorld = `
	id(u): +sts:AssumeRole@[q,r] ; +*@*
	tp(r): P=u ?{Bool aws:MultiFactorAuthPresent=true}
	id(r): +sts:AssumeRole@q2
	tp(q): P=A
	tp(q2): P=A
	id(q2): +*@*
	tp(r1): P=Service:lambda
	tp(r2): P=Service:lambda
	compute(A:function/f): lambda r1 agent=r2
	id(r1): +sts:AssumeRole@q
	known:`

// TestQRY26BlastRadius: a user's key has all that the user has; a stolen role
// session goes on from the role and has nothing of its owner's; compute holds its
// own roles; an account holds all of its principals.
func TestQRY26BlastRadius(t *testing.T) {
	t.Run("QRY-26/kinds of credentials", func(t *testing.T) {
		w := newCaseWorld(t, blastWorld)
		for _, a := range w.snapshot.Accounts {
			for _, u := range a.Users {
				u.Credentials = &iam.Credentials{Keys: iam.Present, AccessKeys: []iam.AccessKey{{ID: "AKIA" + strings.ToUpper(u.Name), Active: true}, {ID: "AKIAOLD" + strings.ToUpper(u.Name)}}}
			}
		}
		for _, c := range []struct{ what, via, credential, want string }{
			{"AKIAU", "", query.CredentialLongTerm, "u 0 ALLOW administrator; q 1 ALLOW other-account; q2 1 ALLOW administrator,other-account; r 1 ALLOW_IF"},
			{fixture.ARN("r"), "", query.CredentialSession, "r 0 ALLOW; q2 1 ALLOW administrator,other-account"},
			{fixture.ARN("A:sess/r/someone"), "u", query.CredentialSession, "r 0 ALLOW; q2 1 ALLOW administrator,other-account"},
			{"f", "", query.CredentialCarried, "r1 1 ALLOW; q 2 ALLOW other-account"},
			{"q2", "", query.CredentialSession, "q2 0 ALLOW administrator"},
		} {
			s, err := w.engine().BlastRadius(t.Context(), c.what, c.via)
			if err != nil {
				t.Fatalf("%s: %v", c.what, err)
			}
			src := s.Sources[0]
			if got := spreadRows(src.Reached); got != c.want || src.Credential != c.credential {
				t.Errorf("%s: %s (%s)\n     want %s (%s)", c.what, got, src.Credential, c.want, c.credential)
			}
			for _, r := range src.Reached {
				if err := query.Check(w.graph, query.Question{Kind: "paths"}, r.Path); err != nil {
					t.Errorf("%s: path to %s: %v", c.what, r.Principal, err)
				}
			}
		}
		account, err := w.engine().BlastRadius(t.Context(), fixture.AccountID("A"), "")
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"u", "r", "r1", "r2", "A:root"} {
			if i := slices.IndexFunc(account.Sources[0].Reached, func(r query.Reached) bool { return r.Principal == fixture.ARN(name) }); i < 0 || account.Sources[0].Reached[i].Hops != 0 {
				t.Errorf("account: %s is not among its principals", name)
			}
		}
		old, err := w.engine().BlastRadius(t.Context(), "AKIAOLDU", "")
		if err != nil || !slices.Contains(old.Sources[0].Marks, "inactive-key") {
			t.Errorf("inactive key: %v, marks %v", err, old.Sources[0].Marks)
		}
	})
}

// TestQRY26Via: what may have been chosen for a session at hand is asked for where the
// session goes on by it; what must have been is there (CONV-03).
func TestQRY26Via(t *testing.T) {
	const passes = "+[sts:AssumeRole,sts:TagSession]"
	for _, c := range []struct{ id, world, want string }{
		{"tag", "tp(r2): " + passes + " P=B\nid(r2): +sts:AssumeRole@r1\ntp(r1): P=r2 ?{StringEquals aws:PrincipalTag/t=x}", "r2 0 ALLOW; r1 1 ALLOW_IF"},
		{"tag that had to be", "tp(r2): " + passes + " P=B ?{StringEquals aws:RequestTag/t=x}\nid(r2): +sts:AssumeRole@r1\ntp(r1): P=r2 ?{StringEquals aws:PrincipalTag/t=x}", "r2 0 ALLOW; r1 1 ALLOW"},
		{"tag that nothing reads there", "tp(r2): " + passes + " P=B\nid(r2): +sts:AssumeRole@r1\ntp(r1): P=r2\nid(r1): +s3:*@* ?{StringEquals aws:PrincipalTag/t=x}", "r2 0 ALLOW; r1 1 ALLOW"},
		{"name", "tp(r2): +sts:AssumeRole P=B\nid(r2): +sts:AssumeRole@r1\ntp(r1): P=A:sess/r2/n", "r2 0 ALLOW; r1 1 ALLOW_IF"},
		{"source identity", "tp(r2): +[sts:AssumeRole,sts:SetSourceIdentity] P=B\nid(r2): +sts:*@r1\ntp(r1): +[sts:AssumeRole,sts:SetSourceIdentity] P=r2 ?{StringEquals aws:SourceIdentity=bob}", "r2 0 ALLOW; r1 1 ALLOW_IF"},
	} {
		w := newCaseWorld(t, "id(B:user/w): +sts:*@*\n"+c.world)
		s, err := w.engine().BlastRadius(t.Context(), "r2", fixture.ARN("B:user/w"))
		if err != nil {
			t.Fatal(err)
		}
		if got := spreadRows(s.Sources[0].Reached); got != c.want {
			t.Errorf("%s: %s, want %s", c.id, got, c.want)
		}
		for _, r := range s.Sources[0].Reached {
			if err := query.Check(w.graph, query.Question{Kind: "paths"}, r.Path); err != nil && r.Verdict != query.VerdictAllow { // which it may owe to the hop before
				t.Errorf("%s: path to %s: %v", c.id, r.Principal, err)
			}
		}
	}
}

// TestQRY26SessionLife: a session that a user obtained lasts as the role says,
// one that a role obtained an hour (STS-15).
func TestQRY26SessionLife(t *testing.T) {
	t.Run("QRY-26/life of a session", func(t *testing.T) {
		w := newCaseWorld(t, `
			tp(r1): P=u
			id(r1): +sts:AssumeRole@r2
			tp(r2): P=[r1,u]`)
		for via, want := range map[string]int{"": 43200, "u": 43200, "r1": 3600} {
			s, err := w.engine().BlastRadius(t.Context(), "r2", via)
			if err != nil {
				t.Fatal(err)
			}
			if got := s.Sources[0].MaxSeconds; got != want {
				t.Errorf("via %q: %d seconds, want %d", via, got, want)
			}
		}
		for _, bad := range [][2]string{{"ASIAEXAMPLE", ""}, {"AKIANOBODY", ""}, {"nobody", ""}, {"u", "r1"}, {"r1", "r2"}, {"123456789012", ""}} {
			if _, err := w.engine().BlastRadius(t.Context(), bad[0], bad[1]); err == nil {
				t.Errorf("%v: no error", bad)
			}
		}
	})
}

// TestTemporaryKeyAlone: the id of a temporary key is no credential, and says
// nothing of the session that it is of; the role is what can be asked about.
func TestTemporaryKeyAlone(t *testing.T) {
	t.Run("STS-18/key id without its session", func(t *testing.T) {
		w := newCaseWorld(t, `tp(r): P=u`)
		_, err := w.engine().BlastRadius(t.Context(), "ASIAIOSFODNN7EXAMPLE", "")
		var question *query.QuestionError
		if !errors.As(err, &question) || question.Message != `"ASIAIOSFODNN7EXAMPLE" is the key of a temporary session, and no input lists those` {
			t.Fatalf("error %v", err)
		}
		r, err := w.engine().BlastRadius(t.Context(), "r", "")
		if err != nil || r.Sources[0].Credential != query.CredentialSession {
			t.Errorf("the role: %+v, %v; want a session", r, err)
		}
	})
}

func TestExposure(t *testing.T) {
	w := newCaseWorld(t, `
		unload: C
		tp(r): P=C
		id(r): +sts:AssumeRole@q
		tp(q): P=A
		id(q): +*@*
		tp(r1): P=* ?{StringEquals sts:ExternalId=x}
		tp(r2): +sts:AssumeRoleWithWebIdentity P=Federated:accounts.google.com
		tp(q2): P=A
		rp(b): +s3:GetObject@b/* P=*
		rp(bb): +s3:PutObject@bb/* P=C ; +s3:GetObject@bb/* P=u`)
	w.snapshot.Trusted = []iam.TrustedAccount{{ID: fixture.AccountID("C"), Name: "auditor", ThirdParty: true}}
	s, err := w.engine().Exposure(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, src := range s.Sources {
		line := src.Relation + " " + src.Principal + " " + src.Name + ": " + spreadRows(src.Reached)
		for _, x := range src.Resources {
			line += " | " + x.Resource + " " + x.Verdict + " " + strings.Join(x.Actions, ",")
		}
		got = append(got, line)
	}
	want := []string{
		"public * : r1 1 ALLOW_IF | arn:aws:s3:::b ALLOW s3:GetObject",
		"public accounts.google.com : r2 1 ALLOW; r1 2 ALLOW_IF",
		"vendor account:333333333333 auditor: r 1 ALLOW_IF; r1 2 ALLOW_IF; q 2 ALLOW_IF administrator,other-account | arn:aws:s3:::bb ALLOW_IF s3:PutObject",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
