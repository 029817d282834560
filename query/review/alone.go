package review

import (
	"slices"
	"strconv"
	"time"

	"accesspath/policy"
)

// alone is a request that one document decides by itself: what it leaves open is
// what its conditions ask for.
type alone struct {
	account string // of caller and resource
	at      policy.Context
	known   *policy.WitnessMemo
}

// alone asks as of the time of the review.
func (p *pass) alone(account string) alone {
	return alone{account: account, known: &p.witnesses, at: policy.MapContext{
		"aws:currenttime": policy.Is(p.asOf.UTC().Format(time.RFC3339)),
		"aws:epochtime":   policy.Is(strconv.FormatInt(p.asOf.Unix(), 10)),
	}}
}

// verdict is what is left to meet before a document allows an action.
func (a alone) verdict(d *policy.Document, action, resource string) policy.Requirement {
	return policy.Verdict(a.request(action, resource), aloneLayers(d))
}

func (a alone) request(action, resource string) policy.Request {
	return policy.Request{Caller: policy.Caller{Kind: policy.CallerRole, Account: a.account}, Action: action, Resource: resource, ResourceAccount: a.account, Context: a.at}
}

func aloneLayers(documents ...*policy.Document) policy.Layers {
	l := policy.Layers{Resource: policy.ResourceLayer{State: policy.ResourceNone, RestrictPublic: policy.No}}
	for _, d := range documents {
		l.Identity = append(l.Identity, policy.Attached{Document: d})
	}
	return l
}

// withDenies is a document of one statement and whatever the others deny.
func withDenies(d *policy.Document, s *policy.Statement) *policy.Document {
	out := &policy.Document{Version: d.Version, Statements: []policy.Statement{*s}}
	for i := range d.Statements {
		if d.Statements[i].Effect == policy.Deny {
			out.Statements = append(out.Statements, d.Statements[i])
		}
	}
	return out
}

// conditions is what the conditions of a trust statement ask for beyond what is
// known of a call for an action that it is about, and what the same document denies
// everybody. A trust policy decides together with others, so they are put into a
// document that decides alone, about an action that does.
func (a alone) conditions(d *policy.Document, s *policy.Statement, action string, known policy.ContextFunc) policy.Requirement {
	var bare []policy.Statement
	for _, t := range withDenies(d, s).Statements {
		if t.MatchesAction(action) && (t.Effect == policy.Allow || slices.ContainsFunc(t.Principal, policy.PrincipalElement.Any)) {
			bare = append(bare, t) // not another call, nor some callers only
		}
	}
	return a.knowing(known).asks(bare...)
}

// asks is what the conditions of statements ask for, whatever else they are about.
func (a alone) asks(list ...policy.Statement) policy.Requirement {
	const stands = "sqs:SendMessage"
	d := &policy.Document{}
	for _, t := range list {
		d.Statements = append(d.Statements, policy.Statement{Index: t.Index, Effect: t.Effect, Conditions: t.Conditions, HasResource: true,
			Action: []policy.ActionPattern{policy.CompileAction(stands)}, Resource: everyResource()})
	}
	return a.verdict(d, stands, "arn:aws:sqs:us-east-1:"+a.account+":zz-stranger")
}

func everyResource() []policy.ResourcePattern {
	return []policy.ResourcePattern{policy.CompileResource("*", false)}
}

// knowing adds what is known of requests.
func (a alone) knowing(known policy.ContextFunc) alone {
	return alone{account: a.account, known: a.known, at: policy.Overlay{known, a.at}}
}
