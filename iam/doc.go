// Package iam is the inventory: what a snapshot of AWS accounts says about who
// exists, what is attached to whom, how the organization is laid out, and,
// just as much, what the snapshot does not cover.
//
// The types carry data and references, no decisions. Every input format
// decodes into them (package ingest); every decision is made from them
// (packages policy, graph and query). A finished Snapshot is immutable and may
// be read from any number of goroutines. Lists are sorted, so that walking
// them in order gives the same answer for the same inputs in any order
// (CONV-04).
package iam
