package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"time"

	"accesspath/iam"
	"accesspath/internal/termsafe"
)

// shownDiagnostics is how many are printed unless --verbose is set.
const shownDiagnostics = 10

// diagnose reports the problems of the input: errors and warnings, the first
// few; all of them and the notes with --verbose.
func (e *env) diagnose(all []iam.Diagnostic) {
	if e.quiet {
		return
	}
	var list []iam.Diagnostic
	notes := 0
	for _, d := range all {
		if d.Severity == iam.Note && !e.verbose {
			notes++
			continue
		}
		list = append(list, d)
	}
	// The worst first: an error says why facts are missing, a warning only what
	// that led to. Within a severity the order of files and places stays.
	slices.SortStableFunc(list, func(a, b iam.Diagnostic) int { return int(b.Severity) - int(a.Severity) })
	for i, d := range list {
		if i == shownDiagnostics && !e.verbose {
			break
		}
		fmt.Fprintln(e.stderr, termsafe.Text(d.String()))
		if e.verbose && d.Hint != "" {
			fmt.Fprintln(e.stderr, "  hint: "+termsafe.Text(d.Hint))
		}
	}
	if more := len(list) - shownDiagnostics; more > 0 && !e.verbose {
		also := ""
		if notes > 0 {
			also = fmt.Sprintf(" and %d notes", notes)
		}
		fmt.Fprintf(e.stderr, "%d more problems in the input; --verbose shows them%s\n", more, also)
	}
}

// progress says on a terminal what takes so long. The function returned ends it.
func (e *env) progress(what string) func() {
	return e.watch(func(time.Duration) string { return what + " …" })
}

// watch shows a line on a terminal once something takes long, and brings it up
// to date. The function returned ends it.
func (e *env) watch(line func(passed time.Duration) string) func() {
	if _, ok := terminal(e.stderr); !ok || e.quiet {
		return func() {}
	}
	shown := make(chan struct{})
	stop := make(chan struct{})
	go func() {
		defer close(shown)
		begin := time.Now()
		tick := time.NewTicker(500 * time.Millisecond)
		defer tick.Stop()
		last := ""
		for {
			select {
			case <-stop:
				if last != "" {
					fmt.Fprint(e.stderr, "\r\x1b[K")
				}
				return
			case <-tick.C:
				if now := line(time.Since(begin)); now != last {
					fmt.Fprint(e.stderr, "\r\x1b[K"+now)
					last = now
				}
			}
		}
	}()
	return func() { close(stop); <-shown }
}

// plain takes the operation and the path off an error of package os: messages
// name the path already.
func plain(err error) error {
	var path *fs.PathError
	var link *os.LinkError
	switch {
	case errors.As(err, &path):
		return path.Err
	case errors.As(err, &link):
		return link.Err
	}
	return err
}
