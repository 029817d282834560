package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"accesspath/policy"
	"accesspath/query"
	"accesspath/render"

	"github.com/go-json-experiment/json/jsontext"
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
		return nil, fmt.Errorf("%s: cannot read %s: %w", flag, file, plain(err))
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxPolicyFile+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("%s: cannot read %s: %w", flag, file, plain(err))
	case len(text) > maxPolicyFile:
		return nil, usagef("%s: %s is larger than a policy can be", flag, file)
	}
	d, err := policy.ParseDocument(text)
	if err != nil {
		return nil, usagef("%s: %s%s: %v\nhint: %s", flag, file, syntaxPlace(text, err), err, hintPolicy)
	}
	if wrong := refused(file, text, d); len(wrong) > 0 {
		return nil, usagef("%s: %s is no policy document that AWS takes\n%s\nhint: %s", flag, file, strings.Join(wrong, "\n"), hintPolicy)
	}
	return d, nil
}

const hintPolicy = "give one policy document as AWS keeps it: Version, and statements of Effect, Action and Resource"

// mostRefusals bounds what is said of one policy.
const mostRefusals = 10

// refused lists what AWS would not take in a policy of a principal or of the
// organization: such a policy is no basis for an answer about what would change.
func refused(file string, text []byte, d *policy.Document) []string {
	var out []string
	add := func(place, statement, message string) { out = append(out, "  "+file+place+": "+statement+message) }
	for _, p := range d.Problems {
		statement := ""
		if p.Statement >= 0 {
			statement = fmt.Sprintf("statement %d: ", p.Statement)
		}
		add(lineColumn(text, p.Offset), statement, p.Message)
	}
	for i := range d.Statements {
		statement := fmt.Sprintf("statement %d: ", d.Statements[i].Index)
		switch s := &d.Statements[i]; {
		case s.HasPrincipal:
			add("", statement, "it names a principal, as only policies of resources do")
		case !s.HasResource:
			add("", statement, "Resource is missing")
		}
	}
	if len(d.Statements) == 0 && len(out) == 0 {
		add("", "", "it has no statement")
	}
	if cut := len(out) - mostRefusals; cut > 0 {
		out = append(out[:mostRefusals], fmt.Sprintf("  and %d more", cut))
	}
	return out
}

// lineColumn is line and column of an offset, as they follow a file's name.
func lineColumn(text []byte, offset int) string {
	before := text[:min(max(offset, 0), len(text))]
	return fmt.Sprintf(":%d:%d", bytes.Count(before, []byte("\n"))+1, len(before)-bytes.LastIndexByte(before, '\n'))
}

// syntaxPlace is where JSON ends to be JSON; "" if it is something else.
func syntaxPlace(text []byte, err error) string {
	var syntax *jsontext.SyntacticError
	if !errors.As(err, &syntax) {
		return ""
	}
	return lineColumn(text, int(syntax.ByteOffset))
}

// askOr asks a question, or what would change about its answer.
func (e *env) askOr(ctx context.Context, f *askFlags, change *whatIfFlags, question func(*query.Engine) (*query.Result, error)) error {
	if !change.any() {
		return e.ask(ctx, f, question)
	}
	f.storable = false
	if f.escalation || f.horizon != "" {
		return usagef("--escalation and --horizon do not go with --without, --with-scp and --with-policy")
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
