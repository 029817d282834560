package main

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"

	"accesspath/policy"
	"accesspath/query"
	"accesspath/render"

	"github.com/spf13/cobra"
)

// whatIfFlags change a copy of the snapshot for one question.
type whatIfFlags struct {
	without, scps, policies []string
}

func (f *whatIfFlags) register(cmd *cobra.Command) {
	fs := cmd.Flags()
	fs.StringArrayVar(&f.without, "without", nil, "what if this were not there: a principal, a hop (FROM->TO) or a statement (OWNER#POLICY#INDEX, or ARN#INDEX of a managed policy)")
	fs.StringArrayVar(&f.scps, "with-scp", nil, "what if this service control policy were attached: FILE, or FILE@TARGET for one level")
	fs.StringArrayVar(&f.policies, "with-policy", nil, "what if a principal had this policy too: PRINCIPAL=FILE")
}

func (f *whatIfFlags) any() bool { return len(f.without)+len(f.scps)+len(f.policies) > 0 }

// maxPolicyFile bounds a policy of a what-if, in bytes: AWS allows a small part
// of that.
const maxPolicyFile = 1 << 20

// edits reads the flags, and the policies that they name.
func (f *whatIfFlags) edits() ([]query.Edit, error) {
	var out []query.Edit
	for _, w := range f.without {
		if strings.TrimSpace(w) == "" {
			return nil, usagef("--without names nothing")
		}
		out = append(out, query.Edit{Without: w})
	}
	for _, text := range f.scps {
		file, target := text, ""
		if i := strings.LastIndexByte(text, '@'); i >= 0 {
			if _, err := os.Stat(text); err != nil {
				file, target = text[:i], text[i+1:]
			}
		}
		d, err := readPolicy("--with-scp", file)
		if err != nil {
			return nil, err
		}
		out = append(out, query.Edit{SCP: d, Target: target, Name: filepath.Base(file)})
	}
	for _, text := range f.policies {
		principal, file, ok := strings.Cut(text, "=")
		if !ok || principal == "" || file == "" {
			return nil, usagef("--with-policy %q is not of the form PRINCIPAL=FILE", text)
		}
		d, err := readPolicy("--with-policy", file)
		if err != nil {
			return nil, err
		}
		out = append(out, query.Edit{Policy: d, Target: principal, Name: filepath.Base(file)})
	}
	return out, nil
}

func readPolicy(flag, file string) (*policy.Document, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, usagef("%s: cannot read %s: %v", flag, file, plain(err))
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxPolicyFile+1))
	switch {
	case err != nil:
		return nil, usagef("%s: cannot read %s: %v", flag, file, plain(err))
	case len(text) > maxPolicyFile:
		return nil, usagef("%s: %s is larger than a policy can be", flag, file)
	}
	d, err := policy.ParseDocument(text)
	if err != nil {
		return nil, usagef("%s: %s is no policy document: %v", flag, file, err)
	}
	// What AWS would refuse is no basis for an answer about what would change.
	for _, p := range d.Problems {
		if !p.Warning {
			return nil, usagef("%s: %s is no policy document that AWS takes: %s", flag, file, p.Message)
		}
	}
	if len(d.Statements) == 0 {
		return nil, usagef("%s: %s has no statement", flag, file)
	}
	return d, nil
}

// askOr asks a question, or what would change about its answer.
func (e *env) askOr(ctx context.Context, f *askFlags, change *whatIfFlags, question func(*query.Engine) (*query.Result, error)) error {
	if !change.any() {
		return e.ask(ctx, f, question)
	}
	f.storable = false
	if f.escalation {
		return usagef("--escalation does not go with --without, --with-scp and --with-policy")
	}
	edits, err := change.edits()
	if err != nil {
		return err
	}
	_, engine, err := e.prepare(ctx, f, render.ReportFormats())
	if err != nil {
		return err
	}
	done := e.progress("searching")
	diff, after, err := engine.WhatIf(ctx, edits, question)
	done()
	if err != nil {
		return err
	}
	err = e.write(f.out.file, func(w io.Writer) error {
		return render.RenderWhatIf(ctx, w, f.out.format, diff, e.renderOptions(&f.out, &f.picture))
	})
	if err != nil {
		return err
	}
	return found(after, f.failOn)
}
