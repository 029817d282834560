// Package rules holds the list of rule ids that the project's semantics
// define, and tests that every one of them is named by a test. There is nothing
// to import here.
//
// Rules are cited as FAMILY-NN, worked cases as CASE-NNN; rules.txt lists both.
// A test names an id
//
//   - in the name of a function: TestFED04… and FuzzARNM02… name FED-04 and
//     ARNM-02; TestFED04GAAD05… names both;
//   - at the beginning of a string in Go test code, alone or with others:
//     "FED-04", "CASE-161/not-transitive", "FED-04, FED-05: provider missing";
//   - in a JSON file below a directory testdata, in the member "rule" or "rules"
//     of an object that has a "name" and a "want" as well: a case;
//   - in a command of a testscript (*.txtar, before its first file).
//
// Comments do not count, nor do ids further on in a string: messages and
// sentences mention rules without being about them. The files of this package
// do not count either.
//
// What no test names stands in uncovered.txt, with the reason: an id, a blank,
// and a sentence.
package rules
