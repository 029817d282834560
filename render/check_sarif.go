package render

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/url"
	"path/filepath"
	"strings"

	"accesspath/internal/termsafe"
	"accesspath/query"
	"accesspath/query/assert"
	"accesspath/render/words"
)

// The part of SARIF 2.1.0 that consumers read. Lists are never null.
type sarifLog struct {
	Schema  string     `json:"$schema"`
	Version string     `json:"version"`
	Runs    []sarifRun `json:"runs"`
}

type sarifRun struct {
	Tool    sarifTool     `json:"tool"`
	Results []sarifResult `json:"results"`
}

type sarifTool struct {
	Driver sarifDriver `json:"driver"`
}

type sarifDriver struct {
	Name  string      `json:"name"`
	Rules []sarifRule `json:"rules"`
}

type sarifRule struct {
	ID               string    `json:"id"`
	ShortDescription sarifText `json:"shortDescription"`
	FullDescription  sarifText `json:"fullDescription"`
}

type sarifText struct {
	Text string `json:"text"`
}

type sarifResult struct {
	RuleID       string            `json:"ruleId"`
	RuleIndex    int               `json:"ruleIndex"`
	Level        string            `json:"level"`
	Message      sarifText         `json:"message"`
	Locations    []sarifLocation   `json:"locations"`
	Related      []sarifLocation   `json:"relatedLocations"`
	Fingerprints map[string]string `json:"partialFingerprints"`
}

type sarifLocation struct {
	Physical sarifPhysical `json:"physicalLocation"`
	Message  *sarifText    `json:"message,omitempty"`
}

type sarifPhysical struct {
	Artifact sarifArtifact `json:"artifactLocation"`
	Region   *sarifRegion  `json:"region,omitempty"`
}

type sarifArtifact struct {
	URI string `json:"uri"`
}

type sarifRegion struct {
	Line   int `json:"startLine"`
	Column int `json:"startColumn,omitempty"`
}

// checkSARIF writes one rule for each check and one result for each violation,
// placed at the check in its file; the statements behind it are related
// locations.
func checkSARIF(w io.Writer, r *assert.Report, _ Options) error {
	run := sarifRun{Tool: sarifTool{sarifDriver{Name: "accesspath", Rules: []sarifRule{}}}, Results: []sarifResult{}}
	for i := range r.Checks {
		c := &r.Checks[i]
		full := c.Question
		if c.Why != "" {
			full += ": " + c.Why
		}
		run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, sarifRule{termsafe.Text(c.Name), sarifText{termsafe.Text(c.Name)}, sarifText{termsafe.Text(full)}})
		at := sarifPlace(r.File, c.Line, c.Column)
		for k := range c.Violations {
			v := &c.Violations[k]
			run.Results = append(run.Results, sarifResult{RuleID: termsafe.Text(c.Name), RuleIndex: i, Level: "error", Message: sarifText{sarifMessage(v)},
				Locations: []sarifLocation{at}, Related: related(v), Fingerprints: map[string]string{"accesspath/v1": printOf(c.Name, v.Condition, v.Principal)}})
		}
		for _, u := range c.Undecided {
			run.Results = append(run.Results, sarifResult{RuleID: termsafe.Text(c.Name), RuleIndex: i, Level: "warning", Message: sarifText{termsafe.Text("undecided: " + u)},
				Locations: []sarifLocation{at}, Related: []sarifLocation{}, Fingerprints: map[string]string{"accesspath/v1": printOf(c.Name, assert.Undecided, u)}})
		}
	}
	return WriteJSON(w, sarifLog{Schema: "https://json.schemastore.org/sarif-2.1.0.json", Version: "2.1.0", Runs: []sarifRun{run}})
}

func sarifMessage(v *assert.Violation) string {
	lines := append([]string{violationText(v)}, violationPath(v)...)
	for i := range lines {
		lines[i] = termsafe.Text(lines[i])
	}
	return strings.Join(lines, "\n")
}

func sarifPlace(file string, line, column int) sarifLocation {
	l := sarifLocation{Physical: sarifPhysical{Artifact: sarifArtifact{(&url.URL{Path: filepath.ToSlash(file)}).String()}}}
	if line > 0 {
		l.Physical.Region = &sarifRegion{line, column}
	}
	return l
}

// related are the statements behind a violation, as far as they stand in files.
func related(v *assert.Violation) []sarifLocation {
	out := []sarifLocation{}
	for _, e := range v.Statements() {
		file, line, column := query.SplitPosition(e.Position)
		if line == 0 {
			continue
		}
		l := sarifPlace(file, line, column)
		l.Message = &sarifText{termsafe.Text(words.Evidence(e))}
		out = append(out, l)
	}
	return out
}

// printOf is stable under everything but what a violation is.
func printOf(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(sum[:16])
}
