package main

import (
	"accesspath/internal/evaluate"
	"accesspath/query"
	"accesspath/query/assert"
	"accesspath/query/compare"
	"accesspath/query/review"
)

// An output is one form of JSON that the program prints.
type output struct {
	name   string // of its schema
	schema string // value of the member "schema"; "" for lines of batches, which have none
	what   string
	value  any
}

// outputs lists all that is printed as JSON.
func outputs() []output {
	return []output{
		{"result", query.Schema, "The answer of who-can, can, paths, what-can and admins", query.Result{}},
		{"graph", query.GraphSchema, "The trust graph, as graph prints it", query.TrustGraph{}},
		{"spread", query.SpreadSchema, "What is reached, as blast-radius and exposure print it", query.Spread{}},
		{"chokepoints", query.ChokepointsSchema, "The hops to cut, as chokepoints prints them", query.Chokepoints{}},
		{"whatif", query.WhatIfSchema, "What would change, as who-can, can and paths print it with --without, --with-scp and --with-policy", query.WhatIf{}},
		{"review", review.Schema, "A review, as review prints it", review.Report{}},
		{"diff", compare.Schema, "The difference of two snapshots, as diff prints it", compare.Diff{}},
		{"check-report", assert.Schema, "What became of invariants, as check prints it", assert.Report{}},
		{"history", historySchema, "When something was there, as history prints it", history{}},
		{"snapshots", snapshotsSchema, "The snapshots of a database, as snapshots list prints them", snapshotsJSON{}},
		{"snapshot-info", snapshotInfoSchema, "One snapshot of a database, as snapshots show prints it", snapshotInfoJSON{}},
		{"rules", rulesSchema, "The rules of the review, as rules list prints them", rulesJSON{}},
		{"can-line", "", "One line of can --batch", canAnswer{}},
		{"evaluate-line", "", "A decision of evaluate, and one line of evaluate --batch", evaluate.Answer{}},
	}
}
