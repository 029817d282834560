package native

import _ "embed"

//go:embed schema.json
var schema []byte

// Schema returns the JSON Schema (draft 2020-12) of the format. It is made
// from the types of this package and their comments; a test keeps it so.
func Schema() []byte { return append([]byte(nil), schema...) }
