// Package ingest turns files into one merged and resolved iam.Snapshot.
//
// A file is recognised by what it holds and never by its name (GAAD-23). It is
// read as a stream, entity by entity, into a part; parts are merged in the
// order of their names, so that neither the order of arguments nor the number
// of processors shows in the result (CONV-04). References between entities
// are resolved last, when every page and every account is there (GAAD-07).
//
// A defect costs the smallest thing it is about (a statement, a policy, an
// entity, the rest of a file) and becomes a Diagnostic with its place and a
// gap in the Coverage (GAAD-20). Read fails only if nothing could be used.
//
// What an output does not say of itself (whose it is, of which account) may
// stand beside it or follow from what is in the same file or directory
// (IN-28); an output that cannot be placed is a diagnostic with the next step.
// Facts carry where they were read; of what two inputs say differently the
// newer counts, and the difference is a diagnostic (NAT-03).
//
// Plans and states of Terraform and templates of CloudFormation (packages
// terraform and cloudformation) lie over exports, plans and templates over
// states: see part.Layer. What they say of an entity counts, what they delete is
// gone, and what they do not speak of stays.
//
// The one exception to recognition is the directory of iam-collect, whose files
// say little without their paths: see package collect.
//
// Limits of the model: endpoint policies and shares of Resource Access Manager
// are not read. The output about one region does not say what other regions
// hold: compute, KMS keys, identity pools and Roles Anywhere are known as a
// whole only if an input declares it, as that of the collecting script does.
//
// # Where to find what
//
// Finding: files.go and source.go open what is named, collected.go finds the
// directories of iam-collect. Reading one file into a part: recognize.go tells what
// its values are, xml.go does so for XML, own.go for accesspath's own format,
// declaration.go for plans, states and templates; thin.go drops what a file says twice.
// read.go does all of it on several processors, progress.go counts along.
//
// Merging (merge.go): home.go finds the account of what does not name one, layer.go
// lays plans and templates over exports, supplement.go joins readings of one entity,
// and conflict.go, fact.go and same.go decide between two that differ. account.go,
// credential.go, credentiallist.go, use.go, identitycenter.go, organization.go and
// resources.go put together what GetAccountAuthorizationDetails does not say.
//
// Finishing: resolve.go and carried.go tie references, coverage.go says what is not
// known.
//
// Runs that build on others: shard.go joins snapshots, export.go tells which exports
// need not be read again.
package ingest
