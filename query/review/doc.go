// Package review looks a whole snapshot over for what a security review would
// write down: trusts that are open, roles that nobody uses, statements that do
// not do what they say, and who is an administrator in the end.
//
// A [Rule] is documentation as data and one function. The function gets a pass,
// which hands out accounts, trust statements and documents, and returns
// [Finding]s; [Run] gives them severity, order and fingerprints. Three promises
// hold for all rules and are kept in one place each:
//
//   - A rule whose input an account lacks is not run for that account and is
//     listed as not evaluated (FIND-00). So is a rule that relies on something
//     not being there, for an account whose export is incomplete (GAAD-08).
//     No finding is therefore not the same as nothing wrong.
//   - One cause gives one primary finding; others point to it (FIND-91).
//   - A finding keeps its fingerprint as long as rule and subject stay the
//     same, so that acceptances and comparisons can name it (FIND-90).
//
// Whether a trust is open is decided by evaluating it for a stranger (packages
// policy and graph), never by the look of its conditions alone: a Deny in
// another statement, or a guardrail of the organization, counts.
//
// Escalation (package escalate) counts: who can make itself an administrator
// has findings of its own, and other findings about it weigh more. It is looked
// for among a limited number of principals, and the report says so where there
// are more.
//
// What rests on names, such as which user belongs to a workload, is a guess and
// says so by its confidence. What a rule cannot see in any input, such as alarms,
// it does not judge.
//
// # Where to find what
//
// run.go runs the rules (rule.go; find01.go and so on, one each) with a pass
// (pass.go), which needs what need.go lists, and makes the report (report.go).
// accept.go and baseline.go take findings on purpose. Rules share: each.go and
// holder.go for users and roles, trust.go, trusted.go, stranger.go and the two about
// OIDC for trusts, open.go for resources, alone.go and wider.go for documents,
// power.go, admin.go and escalation.go for what principals may do. render.go writes
// the report: page.go, text.go, markdown.go, html.go and htmlpage.go with picture.go
// and wording.go, sarif.go, csv.go.
package review
