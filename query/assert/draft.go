package assert

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"accesspath/graph"
	"accesspath/iam"
	"accesspath/internal/strictyaml"
)

// Bounds of a draft: a first file is read and edited by people.
const (
	maxDraftChecks = 20
	maxDraftNames  = 40
)

// Draft writes down what holds today, as a file to start from: who changes
// permissions in each account, and who gets at the resources that inputs
// describe. Every check of it passes on the snapshot that it was made of.
func Draft(ctx context.Context, g *graph.Graph) (*File, error) {
	r := newRunner(g, Options{})
	f := &File{Checks: []Check{}}
	for _, q := range draftQuestions(g.Model.Snapshot) {
		c, ok, err := r.draft(ctx, q)
		if err != nil {
			return nil, err
		}
		if ok {
			f.Checks = append(f.Checks, c)
		}
	}
	return f, nil
}

// draftQuestions are the checks of a draft without conditions.
func draftQuestions(s *iam.Snapshot) []Check {
	var out []Check
	for _, r := range s.Resources {
		action, suffix := readAction(r.Type)
		if action == "" || len(out) == maxDraftChecks {
			continue
		}
		out = append(out, Check{Name: action + " on " + r.ARN, Action: action, Resource: r.ARN + suffix, MaxHops: -1})
	}
	n := 0
	for _, a := range s.Accounts {
		if !a.Loaded() || n == maxDraftChecks {
			continue
		}
		n++
		partition := a.Partition
		if partition == "" {
			partition = "aws"
		}
		out = append(out, Check{Name: "who changes permissions in account " + a.ID, Action: "iam:AttachRolePolicy",
			Resource: "arn:" + partition + ":iam::" + a.ID + ":role/*", MaxHops: -1})
	}
	return out
}

// readAction is what matters about a resource of some type, and what its ARN
// needs behind it to name what the action is done to.
func readAction(kind string) (action, suffix string) {
	switch kind {
	case "s3:bucket":
		return "s3:GetObject", "/*"
	case "kms:key":
		return "kms:Decrypt", ""
	case "secretsmanager:secret":
		return "secretsmanager:GetSecretValue", ""
	case "sqs:queue":
		return "sqs:ReceiveMessage", ""
	case "sns:topic":
		return "sns:Publish", ""
	case "lambda:function":
		return "lambda:InvokeFunction", ""
	case "dynamodb:table":
		return "dynamodb:GetItem", ""
	}
	return "", ""
}

// draft adds the conditions that hold.
func (r *runner) draft(ctx context.Context, c Check) (Check, bool, error) {
	result, err := r.ask(ctx, question{action: c.Action, resource: c.Resource})
	if err != nil {
		if ctx.Err() != nil {
			return c, false, fmt.Errorf("drafting: %w", ctx.Err())
		}
		return c, false, nil // a resource with a name that no question can have
	}
	if result.Limits.Truncated {
		return c, false, nil
	}
	j := &judge{r: r, c: &c, q: question{action: c.Action, resource: c.Resource}}
	rows := j.rows(result)
	c.Only, c.MaxHops = []string{}, 0
	for _, a := range rows {
		c.MaxHops = max(c.MaxHops, shortest(a))
		if !slices.Contains(c.Only, a.Principal) {
			c.Only = append(c.Only, a.Principal)
		}
	}
	slices.Sort(c.Only)
	if len(rows) == 0 || len(c.Only) > maxDraftNames || slices.ContainsFunc(c.Only, wild) {
		c.Only = nil
	}
	c.Inside, c.MFA = true, true
	return r.keepWhatHolds(ctx, c, len(rows) == 0)
}

// wild reports whether an identifier would be read as a pattern: it would mean
// more than itself.
func wild(id string) bool {
	return strings.ContainsAny(id, "*?")
}

// keepWhatHolds drops the conditions that do not hold.
func (r *runner) keepWhatHolds(ctx context.Context, c Check, nobody bool) (Check, bool, error) {
	if nobody {
		c.Only, c.MaxHops, c.Inside, c.MFA = []string{}, -1, false, false
	}
	inside, mfa := c, c
	inside.Only, inside.MaxHops, inside.MFA = nil, -1, false
	mfa.Only, mfa.MaxHops, mfa.Inside = nil, -1, false
	for _, p := range []struct {
		alone Check
		set   *bool
	}{{inside, &c.Inside}, {mfa, &c.MFA}} {
		if !*p.set {
			continue
		}
		o, err := r.check(ctx, &p.alone)
		if err != nil {
			return c, false, err
		}
		*p.set = o.Status == Passed
	}
	return c, true, nil
}

// Encode writes a file as YAML.
func Encode(w io.Writer, f *File) error {
	checks := strictyaml.List()
	for i := range f.Checks {
		checks.Content = append(checks.Content, f.Checks[i].node())
	}
	if len(f.Checks) > 0 {
		checks.Style = 0
	}
	root := strictyaml.NewMapping()
	root.Add("version", strictyaml.Int(Version))
	root.Add("checks", checks)
	return strictyaml.Write(w, root.Node)
}

func (c *Check) node() *yaml.Node {
	m := strictyaml.NewMapping()
	add := func(key string, set bool, value *yaml.Node) {
		if set {
			m.Add(key, value)
		}
	}
	add(keyName, true, strictyaml.Text(c.Name))
	add(keyWhy, c.Why != "", strictyaml.Text(c.Why))
	add(keyAction, c.Action != "", strictyaml.Text(c.Action))
	add(keyResource, c.Resource != "", strictyaml.Text(c.Resource))
	add(keyTo, c.To != "", strictyaml.Text(c.To))
	add(keyFrom, c.From != nil, strictyaml.Texts(c.From))
	add(keyOnly, c.Only != nil, strictyaml.Texts(c.Only))
	add(keyNever, len(c.Never) > 0, strictyaml.Texts(c.Never))
	add(keyMust, len(c.Must) > 0, strictyaml.Texts(c.Must))
	add(keyMFA, c.MFA, strictyaml.True())
	add(keyMaxHops, c.MaxHops >= 0, strictyaml.Int(c.MaxHops))
	add(keyInside, c.Inside, strictyaml.True())
	return m.Node
}
