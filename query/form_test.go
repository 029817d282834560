package query_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"accesspath/iam"
	"accesspath/internal/fixture"
	"accesspath/query"
)

// changed is the world of a case after a change to a copy of its snapshot.
func changed(t *testing.T, world string, change func(s *iam.Snapshot)) *caseWorld {
	t.Helper()
	s, err := fixture.Parse(world)
	if err != nil {
		t.Fatal(err)
	}
	change(s)
	s.Sort()
	return caseGraph(t, s)
}

func user(s *iam.Snapshot, arn string) *iam.User {
	for _, a := range s.Accounts {
		for _, u := range a.Users {
			if u.ARN == fixture.ARN(arn) {
				return u
			}
		}
	}
	return nil
}

// Who is known to have neither a password nor an active key stays an answer, with
// a mark; what is not known is no mark.
func TestQRY06NoActiveCredential(t *testing.T) {
	key := func(active bool) []iam.AccessKey { return []iam.AccessKey{{ID: "AKIA1", Active: active}} }
	for name, c := range map[string]struct {
		credentials *iam.Credentials
		marked      bool
	}{
		"unknown":          {nil, false},
		"nothing":          {&iam.Credentials{Password: iam.KnownEmpty, Keys: iam.KnownEmpty}, true},
		"password":         {&iam.Credentials{Password: iam.Present, Keys: iam.KnownEmpty}, false},
		"active key":       {&iam.Credentials{Password: iam.KnownEmpty, Keys: iam.Present, AccessKeys: key(true)}, false},
		"inactive key":     {&iam.Credentials{Password: iam.KnownEmpty, Keys: iam.Present, AccessKeys: key(false)}, true},
		"password unknown": {&iam.Credentials{Keys: iam.KnownEmpty}, false},
		"keys unknown":     {&iam.Credentials{Password: iam.KnownEmpty}, false},
	} {
		t.Run("QRY-06/"+name, func(t *testing.T) {
			w := changed(t, `id(u): +s3:GetObject@b/*`, func(s *iam.Snapshot) { user(s, "u").Credentials = c.credentials })
			r := w.whoCan(t, "s3:GetObject", "b/x")
			i := slices.IndexFunc(r.Answers, func(a query.Answer) bool { return a.Principal == fixture.ARN("u") })
			if i < 0 {
				t.Fatalf("%s: no row", name)
			}
			if got := slices.Contains(r.Answers[i].Marks, "no-active-credential"); got != c.marked {
				t.Errorf("%s: marked %t", name, got)
			}
		})
	}
}

const taggedBuckets = `
	bucket(red): A
	bucket(blue): A
	bucket(grey): A
	id(u): +s3:GetObject@red/*
	id(A:user/v): +s3:GetObject@blue/* ; +s3:PutBucketPolicy@blue
	id(A:user/w): +s3:GetObject@[red/*,blue/*,grey/*]
	id(A:user/x): +s3:GetObject@elsewhere/*`

// tagBuckets tags two of three buckets; of the third the tags are not known.
func tagBuckets(s *iam.Snapshot) {
	for name, team := range map[string]string{"red": "a", "blue": "b"} {
		r := s.Resource(fixture.ARN(name))
		r.TagsState, r.Tags = iam.Present, []iam.Tag{{Key: "Team", Value: team}}
	}
}

func (w *caseWorld) rowsWith(t *testing.T, change func(*query.Options), action, resource string) (names []string, r *query.Result) {
	t.Helper()
	r, err := w.engine(change).WhoCan(t.Context(), action, resource)
	if err != nil {
		t.Fatal(err)
	}
	w.checked(t, r)
	for _, a := range r.Answers {
		if a.Kind == "user" {
			names = append(names, fixture.Short(a.Principal))
		}
	}
	slices.Sort(names)
	return names, r
}

// A question may ask by tag, by set of actions and by access level.
func TestQRY10Selectors(t *testing.T) {
	w := changed(t, taggedBuckets, tagBuckets)
	teamA := func(o *query.Options) { o.ResourceTags = map[string]string{"team": "a"} }
	for name, c := range map[string]struct {
		change           func(*query.Options)
		action, resource string
		want             []string
	}{
		"tag":             {teamA, "s3:GetObject", "arn:aws:s3:::*/*", []string{"A:user/w", "u"}},
		"tag, everything": {teamA, "s3:GetObject", "*", []string{"A:user/w", "u"}},
		"read":            {func(*query.Options) {}, "read", "arn:aws:s3:::blue/x", []string{"A:user/v", "A:user/w"}},
		"set on a bucket": {func(*query.Options) {}, "permissions-management", "arn:aws:s3:::blue", []string{"A:user/v"}},
		"access level":    {func(o *query.Options) { o.AccessLevel = "write" }, "s3:*", "arn:aws:s3:::blue", []string{"A:user/v"}},
		"admin":           {func(*query.Options) {}, "admin", "arn:aws:s3:::blue", nil},
	} {
		if got, _ := w.rowsWith(t, c.change, c.action, c.resource); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
	_, r := w.rowsWith(t, teamA, "s3:GetObject", "*")
	if !slices.ContainsFunc(r.Notes, func(n query.Note) bool { return n.Code == "tags-unknown" }) {
		t.Errorf("nothing says that tags are unknown: %v", r.Notes)
	}
	var wrong *query.QuestionError
	if _, err := w.engine(func(o *query.Options) { o.AccessLevel = "write" }).WhoCan(t.Context(), "s3:GetObject", "*"); !errors.As(err, &wrong) {
		t.Errorf("an access level without its actions: %v", err)
	}
	if _, err := w.engine(func(o *query.Options) { o.ResourceTags = map[string]string{"team": "z"} }).WhoCan(t.Context(), "s3:GetObject", "*"); !errors.As(err, &wrong) {
		t.Errorf("a tag that nothing has: %v", err)
	}
}

// Names that could exist count, unless only what is in the snapshot does.
func TestQRY14Existing(t *testing.T) {
	w := changed(t, taggedBuckets, tagBuckets)
	for existing, want := range map[bool][]string{false: {"A:user/v", "A:user/w", "A:user/x", "u"}, true: {"A:user/v", "A:user/w", "u"}} {
		got, r := w.rowsWith(t, func(o *query.Options) { o.Existing = existing }, "s3:GetObject", "arn:aws:s3:::*/*")
		if !slices.Equal(got, want) || r.Question.Existing != existing || r.Question.Quantify != "some" {
			t.Errorf("existing %t: %v, want %v; question %+v", existing, got, want, r.Question)
		}
	}
	// For all of them (QRY-11).
	got, r := w.rowsWith(t, func(o *query.Options) { o.Existing, o.All = true, true }, "s3:GetObject", "arn:aws:s3:::?*e*/*") // red, blue, grey
	if !slices.Equal(got, []string{"A:user/w"}) || r.Question.Quantify != "all" {
		t.Errorf("all: %v, %+v", got, r.Question)
	}
}

// Every action of a pattern, with one session.
func TestQRY16AllActions(t *testing.T) {
	w := newCaseWorld(t, `
		id(u): +s3:GetObject*@b/*
		id(A:user/v): +s3:GetObject@b/*
		id(A:user/w): +s3:GetObject*@b/* ; -s3:GetObjectAcl@b/*
		add: A:user/y
		tp(r): P=A:user/y
		id(r): +s3:GetObject*@b/*`)
	all := func(o *query.Options) { o.AllActions = true }
	got, r := w.rowsWith(t, all, "s3:GetObject*", fixture.ARN("b/x"))
	if !slices.Equal(got, []string{"A:user/y", "u"}) || !r.Question.AllActions {
		t.Errorf("all actions: %v", got)
	}
	if got, _ := w.rowsWith(t, func(*query.Options) {}, "s3:GetObject*", fixture.ARN("b/x")); !slices.Equal(got, []string{"A:user/v", "A:user/w", "A:user/y", "u"}) {
		t.Errorf("some action: %v", got)
	}
}

// What an action takes besides is listed with verdicts, and only all of it
// together is reach.
func TestQRY19AlsoRequired(t *testing.T) {
	secret := "arn:aws:secretsmanager:us-east-1:111111111111:secret:s-AbCdEf"
	key := "arn:aws:kms:us-east-1:111111111111:key/k"
	image := "arn:aws:ec2:us-east-1::image/ami-1"
	repository := "arn:aws:ecr:us-east-1:111111111111:repository/app"
	for _, c := range []struct {
		id, identity, encrypted string
		action, resource        string
		verdict, reachable      string
		also                    string // action, verdict and rule of one
	}{
		{"RPOL-15: key allowed", `[{"Effect":"Allow","Action":["secretsmanager:GetSecretValue","kms:Decrypt"],"Resource":"*"}]`, key,
			"secretsmanager:GetSecretValue", secret, "ALLOW", "ALLOW_IF", "kms:Decrypt ALLOW_IF RPOL-15"}, // the key's policy was not read
		{"RPOL-15: key not allowed", `[{"Effect":"Allow","Action":"secretsmanager:GetSecretValue","Resource":"*"},{"Effect":"Deny","Action":"kms:*","Resource":"*"}]`, key,
			"secretsmanager:GetSecretValue", secret, "ALLOW", "DENY", "kms:Decrypt DENY RPOL-15"},
		{"RPOL-15: key of AWS", `[{"Effect":"Allow","Action":"secretsmanager:GetSecretValue","Resource":"*"}]`, "arn:aws:kms:us-east-1:111111111111:alias/aws/secretsmanager",
			"secretsmanager:GetSecretValue", secret, "ALLOW", "ALLOW", "kms:Decrypt ALLOW RPOL-15"},
		{"RPOL-15: key unknown", `[{"Effect":"Allow","Action":"secretsmanager:GetSecretValue","Resource":"*"}]`, "",
			"secretsmanager:GetSecretValue", secret, "ALLOW", "ALLOW_IF", "kms:Decrypt ALLOW_IF RPOL-15"},
		{"RPOL-19: no token", `[{"Effect":"Allow","Action":["ecr:BatchGetImage","ecr:GetDownloadUrlForLayer"],"Resource":"*"}]`, "",
			"ecr:BatchGetImage", repository, "ALLOW", "DENY", "ecr:GetAuthorizationToken DENY RPOL-19"},
		{"RPOL-19: all of it", `[{"Effect":"Allow","Action":"ecr:*","Resource":"*"}]`, "",
			"ecr:BatchGetImage", repository, "ALLOW", "ALLOW", "ecr:GetAuthorizationToken ALLOW RPOL-19"},
		{"PassRole", `[{"Effect":"Allow","Action":"lambda:CreateFunction","Resource":"*"}]`, "",
			"lambda:CreateFunction", "arn:aws:lambda:us-east-1:111111111111:function:f", "ALLOW", "DENY", "iam:PassRole DENY QRY-19"},
		{"ACTM-08: no subnet", `[{"Effect":"Allow","Action":"ec2:RunInstances","Resource":"arn:aws:ec2:*:*:image/*"}]`, "",
			"ec2:RunInstances", image, "ALLOW", "DENY", "ec2:RunInstances DENY ACTM-08"},
		{"ACTM-08: all of it", `[{"Effect":"Allow","Action":"ec2:RunInstances","Resource":"*"}]`, "",
			"ec2:RunInstances", image, "ALLOW", "ALLOW", "ec2:RunInstances ALLOW ACTM-08"},
	} {
		t.Run(c.id, func(t *testing.T) {
			w := changed(t, `raw(u): {"Version":"2012-10-17","Statement":`+c.identity+`}`, func(s *iam.Snapshot) {
				if strings.HasPrefix(c.resource, "arn:aws:secretsmanager") {
					s.Resources = append(s.Resources, &iam.Resource{ARN: secret, Account: "111111111111", PolicyState: iam.KnownEmpty, EncryptionKey: c.encrypted})
				}
			})
			a := w.single(t, askCan(w.engine(), fixture.ARN("u"), actionAsked{c.action, c.resource}))
			if a.Verdict != c.verdict || a.Reachable != c.reachable {
				t.Errorf("%s, reachable %q; want %s, %s; %+v", caseObserve(a), a.Reachable, c.verdict, c.reachable, a.Paths[0].AlsoRequired)
			}
			if !slices.ContainsFunc(a.Paths[0].AlsoRequired, func(x query.Also) bool { return x.Action+" "+x.Verdict+" "+x.Rule == c.also }) {
				t.Errorf("also required %+v; want %s", a.Paths[0].AlsoRequired, c.also)
			}
		})
	}
}

// A row has all that section 11.3 asks for.
func TestQRY21Row(t *testing.T) {
	t.Run("QRY-21/what a row has", func(t *testing.T) {
		w := changed(t, `
			tp(r1): P=u ?{StringEquals sts:ExternalId=x}
			tp(r2): P=r1
			id(r2): +s3:GetObject@b/*
			add: A:user/v
			tp(r): P=A:user/v
			id(r): +s3:GetObject@b/*`, func(s *iam.Snapshot) {
			for _, r := range s.Account("111111111111").Roles {
				r.MaxSession = 7200
			}
		})
		r := w.whoCan(t, "s3:GetObject", "b/*")
		if r.Question.Quantify != "some" {
			t.Errorf("quantifier %q", r.Question.Quantify)
		}
		for who, want := range map[string]struct {
			hops, duration int
			modes          []string
			requires       string
		}{
			"u":        {2, 3600, []string{"api"}, "KNOWLEDGE"},
			"A:user/v": {1, 7200, []string{"api", "console"}, ""},
			"A:root":   {0, 0, []string{"api", "console"}, ""},
		} {
			i := slices.IndexFunc(r.Answers, func(a query.Answer) bool { return a.Principal == fixture.ARN(who) })
			if i < 0 {
				t.Errorf("%s: no row", who)
				continue
			}
			a := r.Answers[i]
			p := a.Paths[0]
			if a.Kind == "" || a.Account == "" || a.Verdict == "" || a.Confidence == "" || a.Codes == nil || p.Witness == "" {
				t.Errorf("%s: the row lacks something: %+v", who, a)
			}
			if a.Hops != want.hops || len(p.Steps) != want.hops || p.DurationCap != want.duration || !slices.Equal(p.Modes, want.modes) {
				t.Errorf("%s: %d hops, sessions of %d s, modes %v; want %+v", who, a.Hops, p.DurationCap, p.Modes, want)
			}
			class := ""
			for _, s := range p.Steps {
				if s.Kind == "" || len(s.Because) == 0 {
					t.Errorf("%s: a step without kind or evidence: %+v", who, s)
				}
				for _, x := range s.Requires {
					class += x.Class
					if x.Hop != 1 || x.Text == "" {
						t.Errorf("%s: requirement %+v", who, x)
					}
				}
			}
			if class != want.requires {
				t.Errorf("%s: requires %q, want %q", who, class, want.requires)
			}
		}
	})
}

// An answer names the inputs that would settle it, and no others.
func TestQRY23WouldDecide(t *testing.T) {
	t.Run("QRY-23/inputs that would decide", func(t *testing.T) {
		blind := func(s *iam.Snapshot) { // nothing but users, groups, roles and policies were read
			for _, a := range s.Accounts {
				for section := range a.Coverage {
					switch section {
					case iam.SectionUsers, iam.SectionGroups, iam.SectionRoles, iam.SectionPolicies:
					default:
						delete(a.Coverage, section)
					}
				}
			}
		}
		w := changed(t, `
			id(u): +s3:GetObject@elsewhere/* ; +s3:ListBucket@b
			attach(A:user/v): gone
			tp(r): P=C
			id(r): +s3:PutObject@b/*
			unload: C`, blind)
		for name, c := range map[string]struct {
			ask  func() (*query.Result, error)
			want []string // what each names, by a piece; in order
			none []string
		}{
			"an unread bucket policy": {func() (*query.Result, error) {
				return w.engine().WhoCan(t.Context(), "s3:GetObject", "arn:aws:s3:::elsewhere/x")
			},
				[]string{"the policy of arn:aws:s3:::elsewhere/x", "could deny"}, []string{"key", "MFA", "compute"}},
			"an account and a policy": {func() (*query.Result, error) {
				return w.engine().WhoCan(t.Context(), "s3:PutObject", fixture.ARN("b/x"))
			},
				[]string{"the export of account 333333333333", "gone"}, []string{"the policy of arn:aws:s3:::b"}},
			"paths need no buckets": {func() (*query.Result, error) {
				return w.engine().Paths(t.Context(), fixture.ARN("u"), fixture.ARN("q"))
			},
				nil, []string{"policy", "key", "MFA", "credential", "boundar"}},
		} {
			r, err := c.ask()
			if err != nil {
				t.Fatal(err)
			}
			var all []string
			for _, m := range r.Missing {
				all = append(all, m.What)
			}
			text := strings.Join(all, "\n")
			for _, piece := range c.want {
				if !strings.Contains(text, piece) {
					t.Errorf("%s: nothing says %q:\n%s", name, piece, text)
				}
			}
			for _, piece := range c.none {
				if strings.Contains(text, piece) {
					t.Errorf("%s: %q does not bear on it:\n%s", name, piece, text)
				}
			}
		}
		if r := w.whoCan(t, "s3:ListBucket", "b"); r.Coverage.Accounts == 0 || r.Coverage.UnresolvedPolicies != 1 || len(r.Coverage.Unknown) == 0 {
			t.Errorf("summary counts %+v", r.Coverage)
		}
	})
}

// Reading and being able to grant oneself are told apart: escalation is a block
// of its own, and administrators have a level.
func TestQRY27ReadNowOrGrant(t *testing.T) {
	w := newCaseWorld(t, `
		id(u): +s3:GetObject@b/*
		id(A:user/v): +iam:PutUserPolicy@A:user/v
		id(A:user/w): +*:*@*`)
	r := w.whoCan(t, "s3:GetObject", "b/x")
	if slices.ContainsFunc(r.Answers, func(a query.Answer) bool { return a.Principal == fixture.ARN("A:user/v") }) || r.Escalation != nil {
		t.Errorf("who can only grant itself is listed with who can read: %+v", r.Answers)
	}
	admins, err := w.engine().Admins(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	levels := map[string]string{}
	for _, a := range admins.Answers {
		levels[fixture.Short(a.Principal)] = a.Level
	}
	if levels["A:user/w"] != query.AdminDirect || levels["u"] != "" || levels["A:user/v"] != "" {
		t.Errorf("administrators %v", levels)
	}
}

// Every layer of every request is accounted for, with the statements that
// decided and where they stand.
func TestCONV05EveryLayer(t *testing.T) {
	w := newCaseWorld(t, `
		id(u): +sts:AssumeRole@r ?{StringEquals aws:SourceVpc=vpc-1}
		pb(u): +sts:*@*
		scp(A): -ec2:*@*
		tp(r): P=u
		id(r): +s3:*@* ; -s3:GetObject@b/x ?{Bool aws:SecureTransport=false}`)
	a := w.can(t, "u", "s3:GetObject", "b/x")
	var got []string
	for _, l := range a.Layers {
		got = append(got, strings.Join([]string{fixture.Short(l.Principal), l.Action, l.Name, l.Result}, " "))
		if l.Result == "not-applicable" && l.Text == "" || l.Hop == 0 || l.Action == "" {
			t.Errorf("layer %+v", l)
		}
		if strings.HasPrefix(l.Result, "allow") && len(l.Evidence) == 0 && l.Name != "rcp" && !strings.HasPrefix(l.Name, "rcp@") {
			t.Errorf("layer %s allows without a statement", l.Name)
		}
	}
	for _, want := range []string{
		"u sts:AssumeRole identity allow-if", "u sts:AssumeRole boundary allow", "u sts:AssumeRole session not-applicable", "u sts:AssumeRole resource allow",
		"u sts:AssumeRole endpoint not-applicable", "u sts:AssumeRole scp@111111111111 allow",
		"r s3:GetObject identity deny-if", "r s3:GetObject boundary not-applicable", "r s3:GetObject endpoint not-applicable",
	} {
		if !slices.Contains(got, want) {
			t.Errorf("no layer %q in\n%s", want, strings.Join(got, "\n"))
		}
	}
	denied := newCaseWorld(t, `id(u): +s3:*@* ; -s3:GetObject@b/*`).can(t, "u", "s3:GetObject", "b/x")
	c := denied.Causes[0]
	if !c.Explicit || c.Statement == nil || c.Statement.Statement != 1 || c.Statement.Policy == "" || c.Statement.Owner != fixture.ARN("u") {
		t.Errorf("cause %+v", c)
	}
	if i := slices.IndexFunc(denied.Layers, func(l query.Layer) bool { return l.Name == "identity" }); denied.Layers[i].Result != "deny" {
		t.Errorf("identity layer %+v", denied.Layers[i])
	}
}

// A group in a question stands for its members, and for one who has nothing
// else.
func TestQRY05GroupInQuestion(t *testing.T) {
	w := newCaseWorld(t, `
		group(readers u A:user/v): +s3:GetObject@b/*
		id(u): -s3:GetObject@b/*`)
	r, err := w.engine().Can(t.Context(), fixture.ARN("A:group/readers"), "s3:GetObject", fixture.ARN("b/x"))
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, a := range r.Answers {
		got[a.Principal] = a.Verdict
	}
	if r.Question.Principal != fixture.ARN("A:group/readers") || len(got) != 3 || got[fixture.ARN("u")] != "DENY" || got[fixture.ARN("A:user/v")] != "ALLOW" {
		t.Errorf("%s: %v", r.Question.Principal, got)
	}
	if first := r.Answers[0]; first.Verdict != "ALLOW" || !slices.Contains(first.Marks, "hypothetical-member") {
		t.Errorf("the hypothetical member: %s %v", caseObserve(first), first.Marks)
	}
	what, err := w.engine().WhatCan(t.Context(), "readers")
	if err != nil {
		t.Fatal(err)
	}
	if len(what.Answers) != 3 || len(what.Answers[0].Sessions[0].Permissions) != 1 {
		t.Errorf("what-can: %d answers", len(what.Answers))
	}
}

// What one knows is no condition; what one would have to know otherwise is.
func TestSYM14Knows(t *testing.T) {
	w := newCaseWorld(t, `
		tp(r1): P=u ?{StringEquals sts:ExternalId=x1}
		tp(r2): P=r1 ?{StringEquals sts:ExternalId=x2}
		id(r2): +s3:GetObject@b/*`)
	for _, c := range []struct {
		ids     []string
		verdict string
		left    int // requirements of class KNOWLEDGE
	}{{nil, "ALLOW_IF", 2}, {[]string{"x1"}, "ALLOW_IF", 1}, {[]string{"nonsense"}, "ALLOW_IF", 2}, {[]string{"x1", "x2"}, "ALLOW", 0}} {
		a := w.canWith(t, w.engine(func(o *query.Options) { o.ExternalIDs = c.ids }), "u", "s3:GetObject", "b/x")
		left := 0
		for _, s := range a.Paths[0].Steps {
			for _, r := range s.Requires {
				if r.Class == "KNOWLEDGE" {
					left++
				}
			}
		}
		if a.Verdict != c.verdict || left != c.left {
			t.Errorf("knowing %v: %s, %d to be known; want %s, %d", c.ids, caseObserve(a), left, c.verdict, c.left)
		}
	}
}

// One address for the whole chain, if that is asked for.
func TestCHAIN32OneNetworkSaysWhy(t *testing.T) {
	w := newCaseWorld(t, `
		tp(r): P=u ?{IpAddress aws:SourceIp=203.0.113.0/24}
		id(r): +s3:GetObject@b/* ?{IpAddress aws:SourceIp=198.51.100.0/24}`)
	a := w.canWith(t, w.engine(func(o *query.Options) { o.OneNetwork = true }), "u", "s3:GetObject", "b/x")
	if a.Verdict != "DENY" || a.Causes[0].Rule != "CHAIN-32" {
		t.Errorf("%s %+v", caseObserve(a), a.Causes)
	}
}

// Windows of time that open and close before the horizon are reported.
func TestSYM31Horizon(t *testing.T) {
	w := newCaseWorld(t, `
		id(u): +s3:GetObject@b/* ?{DateLessThan aws:CurrentTime=2027-01-01T00:00:00Z}
		id(A:user/v): +s3:GetObject@b/* ?{DateGreaterThan aws:CurrentTime=2027-02-01T00:00:00Z}
		id(A:user/w): +s3:GetObject@b/* ?{DateGreaterThan aws:CurrentTime=2029-02-01T00:00:00Z}
		`+anywhere(``)+`
		anchor(A): a1
		anyprofile(A p r): +s3:GetObject@* ?{DateLessThan aws:CurrentTime=2027-03-01T00:00:00Z}`)
	e := w.engine()
	r, err := e.Until(t.Context(), time.Date(2028, 1, 1, 0, 0, 0, 0, time.UTC), func(e *query.Engine) (*query.Result, error) {
		return e.WhoCan(t.Context(), "s3:GetObject", fixture.ARN("b/x"))
	})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range r.Horizon {
		got = append(got, fixture.Short(c.Principal)+" "+c.From+" "+c.To+" "+c.Text)
	}
	want := []string{"u ALLOW DENY expires 2027-01-01T00:00:00Z", "A:user/v DENY ALLOW opens 2027-02-01T00:00:00Z",
		"A:role/r#profile/p ALLOW DENY expires 2027-03-01T00:00:00Z", "A:anchor/a1 ALLOW DENY expires 2027-03-01T00:00:00Z"}
	if !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

// TestHorizonMoments: what changes at the moment of the answer, and with a session that
// is issued later, is told; so is that something may change unsaid (SYM-31, STS-19).
func TestHorizonMoments(t *testing.T) {
	now := caseTime.Format(time.RFC3339)
	for _, c := range []struct{ id, world, want, note string }{
		{"at the moment", "id(u): +s3:GetObject@b/* ?{DateLessThanEquals aws:CurrentTime=" + now + "}", "u ALLOW DENY expires " + now, ""},
		{"opens now", "id(u): +s3:GetObject@b/* ?{DateGreaterThan aws:CurrentTime=" + now + "}", "u DENY ALLOW opens " + now, ""},
		{"epoch", "id(u): +s3:GetObject@b/* ?{NumericLessThan aws:EpochTime=1798761600}", "u ALLOW DENY expires 2027-01-01T00:00:00Z", ""},
		{"issued later", "id(u): +sts:AssumeRole@*\ntp(r): P=u\nid(r): +s3:GetObject@b/* ; -*@* ?{DateLessThan aws:TokenIssueTime=2027-01-01T00:00:00Z}", "u DENY ALLOW opens 2027-01-01T00:00:00Z", ""},
		{"as text", "id(u): +s3:GetObject@b/* ?{StringLike aws:CurrentTime=2027-*}", "", "horizon-open"},
		{"variable", "tags(u): until=2027-01-01T00:00:00Z\nid(u): +s3:GetObject@b/* ?{StringEquals aws:PrincipalTag/until=${ aws:CurrentTime }}", "", "horizon-open"},
	} {
		r, err := newCaseWorld(t, c.world).engine().Until(t.Context(), time.Date(2028, 1, 1, 0, 0, 0, 0, time.UTC), func(e *query.Engine) (*query.Result, error) {
			return e.WhoCan(t.Context(), "s3:GetObject", fixture.ARN("b/x"))
		})
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for _, change := range r.Horizon {
			if fixture.Short(change.Principal) == "u" {
				got += change.From + " " + change.To + " " + change.Text
			}
		}
		if got != strings.TrimPrefix(c.want, "u ") {
			t.Errorf("%s: %q, want %q", c.id, got, c.want)
		}
		if noted := slices.ContainsFunc(r.Notes, func(n query.Note) bool { return n.Code == "horizon-open" }); noted != (c.note != "") {
			t.Errorf("%s: noted %t", c.id, noted)
		}
	}
}

// Names: by ARN, alone, with the kind, with the account, and with a slip.
func TestNames(t *testing.T) {
	w := newCaseWorld(t, `
		add: A:user/builder A:role/builder B:role/deployer A:role/team/runner`)
	for name, want := range map[string]string{
		"user/builder":                "A:user/builder",
		"role/builder":                "A:role/builder",
		"111111111111:role/builder":   "A:role/builder",
		"role/runner":                 "A:role/team/runner",
		"role/team/runner":            "A:role/team/runner",
		fixture.ARN("A:role/builder"): "A:role/builder",
	} {
		r, err := w.engine().WhatCan(t.Context(), name)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if r.Question.Principal != fixture.ARN(want) {
			t.Errorf("%s is %s, want %s", name, r.Question.Principal, want)
		}
	}
	for name, want := range map[string]string{"builder": "is the name of 2 principals", "deplyer": "did you mean arn:aws:iam::222222222222:role/deployer", "zzzzzz": "no principal"} {
		var missing *query.NotFoundError
		if _, err := w.engine().WhatCan(t.Context(), name); !errors.As(err, &missing) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", name, err, want)
		}
	}
}
