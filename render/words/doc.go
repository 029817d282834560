// Package words says parts of a result in plain words: conditions, principals,
// evidence. Every format takes its wording from here, so that a condition reads
// the same on an arrow, in a table and in the terminal.
//
// The strings carry data as it is. Whoever writes them escapes them for the
// format (package internal/termsafe).
package words
