// Package layout holds the tests of the repository itself: which package may
// import which, which dependencies there are, formatting, package comments and
// a tidy go.mod. They are Go tests, so that "go test ./..." is the whole gate
// on a laptop and in CI. There is nothing to import here.
package layout
