// Package policy is the policy language of AWS: it parses documents, compiles
// their patterns and conditions, and evaluates requests against every layer
// that AWS consults.
//
// Evaluation is partial. What the inputs do not settle does not become a guess:
// it stays as an atom of a Requirement, a formula over the open condition
// tests, each with its class (who determines the value). A Decision is that
// formula and the statements behind it; True is an allow, False a denial,
// anything else an allow under conditions (CONV-01).
//
// The package knows nothing of snapshots, graphs or files. It depends on the
// standard library and on a JSON tokenizer that keeps positions and repeated
// names, which the rules need (GRAM-15).
//
// # Where to find what
//
// Documents: parse.go and parse_statement.go read JSON (node.go) into a Document
// (document.go) of statements, whose elements compile to ActionPattern (action.go),
// ResourcePattern (resource.go), PrincipalElement (principal.go) and Condition
// (condition.go, with the table of operators in operator.go and their tests in
// value.go). Texts with policy variables are templates (template.go), ARNs are in
// arn.go, and patterns in pattern.go.
//
// Requests: Evaluate (evaluate.go) takes a Request (request.go) and its Layers
// (layers.go), and asks of each what its statements contribute (statement.go). It
// leaves to service.go what a service decides whatever the policies say, and to
// cause.go why not. Condition keys get their values (context.go) from Facts
// (facts.go, facts_request.go, principaltag.go); who determines a key is in
// contextkey.go and class.go.
//
// Formulas: a Requirement (requirement.go) is made of atoms (atom.go) and simplified
// by solve.go, which asks domain.go and exclusive.go whether tests can hold together.
// sentence.go puts atoms into words, formula.go into bytes.
//
// Questions about patterns: witness.go finds resources that decide them, by words
// that some patterns match and others do not (patternset.go, patternproduct.go,
// patternthread.go, arnquestion.go) and are remembered in witness_memo.go.
//
// Many requests: byaction.go answers for all actions of a service, veto.go tells
// denials without a decision, and signature.go what tells callers apart. inspect.go,
// dead.go and time.go read statements without any request.
package policy
