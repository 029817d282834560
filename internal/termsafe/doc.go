// Package termsafe holds the one escaping function for each place where data
// from a snapshot is shown: terminals, Markdown, HTML, DOT and CSV.
//
// Names, tags, Sids and whole documents are an attacker's text. A role may be
// called "\x1b[2Jadmin", carry a right-to-left override that makes "nimda" read
// as "admin", or end in a pipe that opens a second table cell. Two promises
// hold for every function here:
//
//   - What cannot be seen is made visible, in one notation for all formats:
//     \n, \r, \t, \u{202e} for a code point and \x{ff} for a byte that is not
//     UTF-8. A backslash in the data is doubled, so that [Text] is injective:
//     two names that differ are shown differently.
//   - The result is inert in its format: no sequence, tag, link, cell border,
//     label escape or formula that the data did not have as plain letters.
//
// Letters of all scripts stay as they are. Right-to-left letters may still
// reorder what stands next to them; HTML callers put data into <bdi>.
package termsafe
