package main

import (
	"bytes"
	"fmt"
	"io"
	"slices"

	"accesspath/internal/termsafe"
	"accesspath/query/review"
	"accesspath/render/words"

	"github.com/spf13/pflag"
)

// maxBaseline bounds a baseline, in bytes.
const maxBaseline = 64 << 20

// baselineFlags name files of accepted findings.
type baselineFlags struct {
	read, write string
}

func (f *baselineFlags) register(fs *pflag.FlagSet) {
	fs.StringVar(&f.read, "baseline", "", "file of accepted findings, in YAML or JSON: they are listed apart until they expire")
	fs.StringVar(&f.write, "write-baseline", "", "write a file that accepts what is found now, for people to fill in; with --baseline it keeps what is there")
}

// load reads the accepted findings, if there are any.
func (f *baselineFlags) load(e *env) ([]review.Acceptance, error) {
	if f.read == "" {
		return nil, f.spare(e)
	}
	text, err := e.readAll(f.read, maxBaseline)
	if err != nil {
		return nil, err
	}
	return review.ReadBaseline(f.read, bytes.NewReader(text))
}

// spare refuses to overwrite a baseline in which people wrote.
func (f *baselineFlags) spare(e *env) error {
	if f.write == "" || f.write == "-" {
		return nil
	}
	text, err := e.readAll(f.write, maxBaseline)
	if err != nil {
		return nil // not there, or told of when it is written
	}
	old, err := review.ReadBaseline(f.write, bytes.NewReader(text))
	if err != nil {
		return nil // not a baseline
	}
	if slices.ContainsFunc(old, func(a review.Acceptance) bool { return a.Reason != review.Placeholder }) {
		return usagef("%s has reasons that people wrote, and would be overwritten\nhint: add --baseline %s to keep them, or remove the file", f.write, f.write)
	}
	return nil
}

// finish writes the new baseline and says what is to be done about the old one.
func (f *baselineFlags) finish(e *env, r *review.Report, accepted []review.Acceptance) error {
	if s := r.StateOf(accepted); s != (review.BaselineState{}) && !e.quiet {
		fmt.Fprintf(e.stderr, "note: baseline: %d expired and are back, %d fit no finding any more, %d still say %s\n", s.Expired, s.Unused, s.Unwritten, review.Placeholder)
	}
	if f.write == "" {
		return nil
	}
	list := r.Baseline()
	if err := e.write(f.write, func(w io.Writer) error { return review.WriteBaseline(w, list) }); err != nil {
		return err
	}
	if f.write != "-" && !e.quiet {
		fmt.Fprintf(e.stderr, "note: %s in %s\n", words.Plural(len(list), "accepted finding"), termsafe.Text(f.write))
	}
	return nil
}
