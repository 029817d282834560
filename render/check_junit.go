package render

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"

	"accesspath/internal/termsafe"
	"accesspath/query/assert"
)

// The elements of JUnit's format that consumers agree on.
type junitSuites struct {
	XMLName  xml.Name     `xml:"testsuites"`
	Tests    int          `xml:"tests,attr"`
	Failures int          `xml:"failures,attr"`
	Errors   int          `xml:"errors,attr"`
	Suites   []junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Errors   int         `xml:"errors,attr"`
	Cases    []junitCase `xml:"testcase"`
}

type junitCase struct {
	Name    string        `xml:"name,attr"`
	Class   string        `xml:"classname,attr"`
	File    string        `xml:"file,attr,omitempty"`
	Line    int           `xml:"line,attr,omitempty"`
	Failure *junitProblem `xml:"failure"`
	Error   *junitProblem `xml:"error"` // undecided
}

type junitProblem struct {
	Message string `xml:"message,attr"`
	Text    string `xml:",chardata"`
}

// checkJUnit writes one test case for each check. Text goes through termsafe,
// too: continuous integration prints it to terminals.
func checkJUnit(w io.Writer, r *assert.Report, _ Options) error {
	suite := junitSuite{Name: termsafe.Text(r.File), Tests: len(r.Checks), Failures: r.Failed, Errors: r.Undecided}
	for i := range r.Checks {
		c := &r.Checks[i]
		item := junitCase{Name: termsafe.Text(c.Name), Class: "accesspath.check", File: termsafe.Text(r.File), Line: c.Line}
		switch c.Status {
		case assert.Failed:
			item.Failure = problemOf(c)
		case assert.Undecided:
			item.Error = problemOf(c)
		}
		suite.Cases = append(suite.Cases, item)
	}
	all := junitSuites{Tests: suite.Tests, Failures: suite.Failures, Errors: suite.Errors, Suites: []junitSuite{suite}}
	text, err := xml.MarshalIndent(all, "", "  ")
	if err != nil {
		return fmt.Errorf("write JUnit XML: %w", err)
	}
	if _, err := io.WriteString(w, xml.Header+string(text)+"\n"); err != nil {
		return fmt.Errorf("write JUnit XML: %w", err)
	}
	return nil
}

func problemOf(c *assert.Outcome) *junitProblem {
	lines := outcomeText(c)
	for i, l := range lines {
		indent := len(l) - len(strings.TrimLeft(l, " "))
		lines[i] = l[:indent] + termsafe.Text(l[indent:])
	}
	message := c.Status
	switch {
	case len(c.Violations) > 0:
		message = termsafe.Text(violationText(&c.Violations[0]))
	case len(c.Undecided) > 0:
		message = termsafe.Text(c.Undecided[0])
	}
	return &junitProblem{Message: message, Text: "\n" + strings.Join(lines, "\n") + "\n"}
}
