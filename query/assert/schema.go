package assert

import (
	_ "embed" // for the schema
)

//go:embed schema.json
var schema []byte

// FileSchema returns the JSON Schema of the file.
func FileSchema() []byte { return append([]byte(nil), schema...) }
