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
package policy
