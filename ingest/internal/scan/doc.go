// Package scan reads files of unknown dress: compressed, in UTF-16, with a
// byte order mark, JSON values one after another or namespaced XML. It hands
// out one JSON value at a time, each with its line, column and JSON pointer,
// so that memory follows the largest entity and not the file.
//
// It knows nothing of AWS beyond how policy documents are wrapped (GAAD-04,
// GAAD-05, IN-30) and how exporters respell field names and dates (GAAD-12).
package scan
