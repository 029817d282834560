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
// requirement. Edges are sound with these limits, which are modelling
// decisions: whom an actor changes, by itself or as one that it becomes, it becomes over at
// most four steps, those behind the first asking nothing of the session; changes to two
// principals that lead on only together are not tried; a role changes those who may assume
// it directly, where what it needs is nothing that its session carries; an actor who
// rewrites a trust names itself; changes to others by those who may do everything,
// guardrails aside, are not tried, and no more of others' than each account's share;
// at most three changes are made to one principal; requests that only a resource's own policy allows
// are not looked for.
package escalate
