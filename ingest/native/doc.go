// Package native reads and writes accesspath's own snapshot format (NAT-01):
// one JSON document that can carry everything that the analysis uses, from
// several accounts to an organization and the policies of resources.
//
// The types of this package are the format, field by field; Schema returns
// the same as JSON Schema. A missing member means that nothing is known, an
// empty list that there is none (NAT-04). What Encode writes of a snapshot
// reads back as the same snapshot, with the places where each fact was read
// first. Files written by hand leave those out.
package native

// SchemaID is the value of the member "schema".
const SchemaID = "accesspath.snapshot/1"
