package review

import (
	"cmp"
	"io"
	"net/url"
	"path"
	"slices"
	"strings"

	"accesspath/internal/termsafe"
	"accesspath/query"
)

// SARIF 2.1.0 (OASIS), as far as GitHub code scanning and other consumers read
// it. Lists are never null.
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool        sarifTool         `json:"tool"`
		Automation  sarifAutomation   `json:"automationDetails"`
		Invocations []sarifInvocation `json:"invocations"`
		ColumnKind  string            `json:"columnKind"`
		Results     []sarifResult     `json:"results"`
	}
	sarifTool struct {
		Driver sarifDriver `json:"driver"`
	}
	sarifDriver struct {
		Name  string      `json:"name"`
		Rules []sarifRule `json:"rules"`
	}
	sarifAutomation struct {
		ID string `json:"id"` // ends in "/": a category, not one run
	}
	sarifInvocation struct {
		Successful    bool                `json:"executionSuccessful"`
		Notifications []sarifNotification `json:"toolExecutionNotifications"`
	}
	sarifNotification struct {
		Level   string    `json:"level"`
		Message sarifText `json:"message"`
	}
	sarifRule struct {
		ID         string         `json:"id"`
		Name       string         `json:"name"`
		Short      sarifText      `json:"shortDescription"`
		Full       sarifText      `json:"fullDescription"`
		Help       sarifHelp      `json:"help"`
		Default    sarifDefault   `json:"defaultConfiguration"`
		Properties sarifRuleProps `json:"properties"`
	}
	sarifRuleProps struct {
		Tags      []string `json:"tags"`
		Precision string   `json:"precision"`
		Severity  string   `json:"security-severity"` // 0.1 to 10.0; GitHub grades by it
	}
	sarifDefault struct {
		Level string `json:"level"`
	}
	sarifText struct {
		Text string `json:"text"`
	}
	sarifHelp struct {
		Text     string `json:"text"`
		Markdown string `json:"markdown"`
	}
	sarifResult struct {
		RuleID       string            `json:"ruleId"`
		RuleIndex    int               `json:"ruleIndex"`
		Level        string            `json:"level"`
		Message      sarifText         `json:"message"`
		Locations    []sarifLocation   `json:"locations"`
		Related      []sarifLocation   `json:"relatedLocations"`
		Fingerprints map[string]string `json:"partialFingerprints"`
		Properties   map[string]string `json:"properties"`
	}
	sarifLocation struct {
		ID       int            `json:"id,omitempty"`
		Physical sarifPhysical  `json:"physicalLocation"`
		Logical  []sarifLogical `json:"logicalLocations,omitempty"`
		Message  *sarifText     `json:"message,omitempty"`
	}
	sarifPhysical struct {
		Artifact sarifArtifact `json:"artifactLocation"`
		Region   *sarifRegion  `json:"region,omitempty"`
	}
	sarifArtifact struct {
		URI string `json:"uri"`
	}
	sarifRegion struct {
		Line   int `json:"startLine"`
		Column int `json:"startColumn,omitempty"`
	}
	sarifLogical struct {
		Name string `json:"fullyQualifiedName"`
		Kind string `json:"kind"`
	}
)

// GitHub refuses files with more results in a run, and results with more
// locations.
const (
	sarifResults   = 25_000
	sarifLocations = 1_000
)

// renderSARIF writes one rule for each that found something, and one result for
// each finding that is not another's: the same cause must not be two alerts.
// Accepted findings are notes of the run and no results, since not every consumer
// heeds suppressions.
func renderSARIF(w io.Writer, r *Report) error {
	run := sarifRun{Tool: sarifTool{sarifDriver{Name: "accesspath", Rules: []sarifRule{}}}, Automation: sarifAutomation{"accesspath/review/"},
		ColumnKind: "unicodeCodePoints", Results: []sarifResult{}}
	index := map[string]int{}
	for _, id := range ruleIDs(r) {
		index[id] = len(run.Tool.Driver.Rules)
		run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, sarifRuleOf(r, id))
	}
	files := accountFiles(r)
	cut := 0
	for i := range r.Findings {
		f := &r.Findings[i]
		switch {
		case f.SameCause != "":
		case len(run.Results) == sarifResults:
			cut++
		default:
			run.Results = append(run.Results, sarifResultOf(f, index[f.Rule], cmp.Or(files[f.Account], files[""])))
		}
	}
	run.Invocations = []sarifInvocation{{Successful: true, Notifications: sarifNotes(r, cut)}}
	return writeJSON(w, sarifLog{Schema: "https://json.schemastore.org/sarif-2.1.0.json", Version: "2.1.0", Runs: []sarifRun{run}})
}

func ruleIDs(r *Report) []string {
	var ids []string
	for i := range r.Findings {
		ids = append(ids, r.Findings[i].Rule)
	}
	return sortedUnique(ids)
}

// accountFiles gives each account a file for findings without a position, since
// every result needs a place: that of the first finding which has one. "" is any.
func accountFiles(r *Report) map[string]string {
	files := map[string]string{"": "snapshot"}
	for i := range r.Findings {
		f := &r.Findings[i]
		for _, e := range f.Evidence {
			file, line, _ := query.SplitPosition(e.Position)
			if line == 0 {
				continue
			}
			if files[f.Account] == "" {
				files[f.Account] = file
			}
			if files[""] == "snapshot" {
				files[""] = file
			}
		}
	}
	return files
}

// sarifNotes says what the results do not: gaps, limits and what was cut.
func sarifNotes(r *Report, cut int) []sarifNotification {
	out := []sarifNotification{}
	note := func(level, text string) {
		out = append(out, sarifNotification{level, sarifText{sarifPlain(text)}})
	}
	if cut > 0 {
		note("warning", count(cut, "finding")+" beyond the first "+thousands(sarifResults)+" left out; the JSON form has all")
	}
	for _, reason := range r.Limits.Reasons {
		note("warning", "limit: "+reason)
	}
	for _, g := range gaps(r) {
		note("note", "not evaluated, or in part only, for want of "+g.Missing+": "+strings.Join(g.Rules, ", "))
	}
	accepted, rest := first(r.Accepted)
	for _, a := range accepted {
		note("note", "accepted: "+acceptedText(a))
	}
	if rest != "" {
		note("note", "accepted: "+rest)
	}
	return out
}

func sarifRuleOf(r *Report, id string) sarifRule {
	doc := Doc{Title: id, Severity: Medium}
	if rule, ok := RuleByID(id); ok {
		doc = rule.Doc
	} else if i := slices.IndexFunc(r.Findings, func(f Finding) bool { return f.Rule == id }); i >= 0 {
		doc.Title, doc.Severity, doc.Remediation = r.Findings[i].Title, r.Findings[i].Severity, r.Findings[i].Remediation
	}
	worst := doc.Severity
	for i := range r.Findings {
		if f := &r.Findings[i]; f.Rule == id && f.Severity.rank() < worst.rank() {
			worst = f.Severity
		}
	}
	help := cmp.Or(doc.Why, doc.Title)
	text, markdown := help+"\n\nTo do: "+doc.Remediation, md(help)+"\n\n**To do:** "+md(doc.Remediation)
	for _, ref := range doc.References {
		text += "\n\nSee: " + ref
		markdown += "\n\nSee: " + md(ref)
	}
	return sarifRule{ID: sarifPlain(id), Name: camel(doc.Title), Short: sarifText{sarifPlain(doc.Title)}, Full: sarifText{sarifPlain(help)},
		Help: sarifHelp{text, markdown}, Default: sarifDefault{sarifLevel(doc.Severity)},
		Properties: sarifRuleProps{[]string{"security", "aws", "iam"}, "high", securitySeverity(worst)}}
}

// camel makes a name of a title, as SARIF wants names of rules.
func camel(title string) string {
	var b strings.Builder
	for _, word := range strings.FieldsFunc(title, func(c rune) bool { return (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') }) {
		b.WriteString(upperFirst(word))
	}
	return cmp.Or(b.String(), "Rule")
}

func sarifLevel(s Severity) string {
	switch s {
	case Critical, High:
		return "error"
	case Medium:
		return "warning"
	}
	return "note"
}

// securitySeverity lies within GitHub's bounds: over 9.0 is critical, from 7.0
// high, from 4.0 medium.
func securitySeverity(s Severity) string {
	switch s {
	case Critical:
		return "9.5"
	case High:
		return "8.0"
	case Medium:
		return "5.5"
	case Low:
		return "3.0"
	}
	return "1.0"
}

func sarifResultOf(f *Finding, rule int, file string) sarifResult {
	out := sarifResult{RuleID: sarifPlain(f.Rule), RuleIndex: rule, Level: sarifLevel(f.Severity), Message: sarifText{sarifMessage(f)}, Related: []sarifLocation{},
		Fingerprints: map[string]string{"accesspath/v1": f.Fingerprint, "primaryLocationLineHash": f.Fingerprint + ":1"},
		Properties:   map[string]string{"severity": string(f.Severity), "confidence": f.Confidence, "account": f.Account, "subject": termsafe.Text(f.Subject)}}
	places := sarifPlaces(f)
	if len(places) == 0 {
		places = []sarifLocation{{Physical: sarifPhysical{Artifact: sarifArtifact{relativeURI(file)}, Region: &sarifRegion{Line: 1}}}}
	}
	first := places[0]
	first.ID, first.Message = 0, nil
	first.Logical = []sarifLogical{{Name: termsafe.Text(f.Subject), Kind: "resource"}}
	out.Locations = []sarifLocation{first}
	if len(places) > 1 {
		out.Related = places[1:]
	}
	return out
}

func sarifMessage(f *Finding) string {
	lines := []string{f.Title + ": " + f.Subject, f.Text}
	for _, p := range f.Paths {
		lines = append(lines, hopsText(p)...)
	}
	lines = append(lines, f.Notes...)
	for i := range lines {
		lines[i] = sarifPlain(lines[i])
	}
	return strings.Join(lines, "\n")
}

// sarifPlain is text for a message. SARIF's plain text knows links, [text](uri),
// which no name may form.
func sarifPlain(s string) string { return strings.ReplaceAll(termsafe.Text(s), "](", "] (") }

// sarifPlaces are the statements of a finding and of its paths that stand in
// files, each once; the first one is where the finding is shown.
func sarifPlaces(f *Finding) []sarifLocation {
	list := slices.Clone(f.Evidence)
	for _, p := range f.Paths {
		for _, s := range p.Steps {
			list = append(list, s.Because...)
		}
		list = append(list, p.Because...)
	}
	var out []sarifLocation
	seen := map[string]bool{}
	for _, e := range list {
		file, line, column := query.SplitPosition(e.Position)
		if line == 0 || seen[e.Position] || len(out) == sarifLocations {
			continue
		}
		seen[e.Position] = true
		out = append(out, sarifLocation{ID: len(out) + 1, Physical: sarifPhysical{sarifArtifact{relativeURI(file)}, &sarifRegion{line, column}},
			Message: &sarifText{sarifPlain(evidenceText(e))}})
	}
	return out
}

// relativeURI makes a file's name an URI relative to the root of a repository:
// consumers refuse absolute ones and such as climb out of it.
func relativeURI(file string) string {
	file = path.Clean("/" + strings.ReplaceAll(file, `\`, "/"))
	return (&url.URL{Path: cmp.Or(strings.TrimPrefix(file, "/"), "snapshot")}).String()
}
