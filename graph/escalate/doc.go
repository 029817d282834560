// Package escalate finds who can make more of themselves than the policies
// say: escalation edges (section 12 of the specification), such as writing a
// policy for oneself, making an access key for somebody else or passing a role
// to a service that runs own code.
//
// The catalogue is data: an entry says what has to be allowed on what, what has
// to be there, and what is gained. One evaluator works for all entries. A
// target says where entries look for what they work on (other users, roles that
// a service may use, attached policies, …), a fact is something that the
// snapshot knows (keys, versions, instance profiles), and a gain says what the
// actor holds afterwards: somebody's session or credentials, or a supposed
// principal, which is a copy of one of the snapshot with the change made. Since
// a supposed principal is evaluated like any other, its boundary and the
// organization's guardrails go on counting (ESC-05), and chains of changes and
// assumptions need no rules of their own.
//
// What is open stays open: each edge requires the conjunction of what its
// requests require (ESC-08), and what the snapshot does not say is a DATA
// requirement.
//
// # Limits
//
// Edges are sound with these limits, which are modelling decisions:
//
//   - Whom an actor changes, by itself or as one that it becomes, it becomes over
//     at most four steps, those behind the first asking nothing of the session.
//   - Changes to two principals that lead on only together are not tried.
//   - A role changes those who may assume it directly, where what it needs is
//     nothing that its session carries.
//   - An actor who rewrites a trust names itself.
//   - Changes to others by those who may do everything, guardrails aside, are not
//     tried, and no more of others' than each account's share.
//   - At most three changes are made to one principal.
//   - Requests that only a resource's own policy allows are not looked for.
//
// # Where to find what
//
// Find (search.go) works in rounds: over the principals of the snapshot, then over
// those that their changes supposed, until no more are. In a round, principals
// whose policies say the same become one actor (actor.go); each actor tries every
// entry of the catalogue (catalogue.go, catalogue.json) that its policies name on
// every target (target.go, and target_own.go, target_deny.go, target_beyond.go,
// tag.go and tag_resource.go by what targets are about); an attempt decides the
// entry's requests and facts (evaluate.go, fact.go), with the names (name.go),
// policies (attach.go) and boundaries (limit.go) that are best for what is made.
// What succeeds is an outcome (gain.go), most often with a change (change.go), and
// becomes an edge, kept once where all of a class gain the same (peers.go,
// interned.go). Last, a role tries what it can do to those who assume it
// (through.go), and at the end of the round anybody to those whom it can become
// later (become.go). What accounts hold is looked up in account.go.
//
// In the code s is the search, p an actor, e an entry, t a target and a an attempt.
package escalate
