// Package query answers questions over a graph: who can do something, what a
// principal can do, by which chain of role assumptions, under which conditions,
// and why not.
//
// Every question runs in the same steps. The action asked about is evaluated
// for each principal by itself: the holders. A walk over the plain arrays
// leaves only what can reach a holder at all. Inside that, an exact walk goes
// forward from the origins over session states, folding each edge's
// requirement with what the session at hand carries (MFA, source identity,
// session tags, session name). Accepting states are traced back, and the paths
// are put in their final order.
//
// A requirement belongs to its hop: two hops may ask for different external
// ids. What does carry over lives in the state, so a clash along a path is a
// transition that does not exist, never a formula that somebody has to refute
// later.
//
// # Where to find what
//
// Asking: an Engine (engine.go) belongs to one goroutine and has a method for each
// question: whocan.go, can.go, paths.go, whatcan.go, admin.go, reach.go,
// trustgraph.go; blast.go and exposure.go, which answer with a Spread (spread.go);
// chokepoints.go, with mincut.go, chokepoints_exact.go and chokepoints_effect.go;
// whatif.go, with whatif_edit.go. question.go reads what is asked, actions.go what
// sets of actions are, name.go whom a name means, members.go asks about a group.
//
// Holders: a topic (topic.go) is an action on a resource; access.go decides who by
// itself may do it, inquiry.go one principal at a time, ceiling.go and favoured.go
// whom that can spare. Questions about patterns are about names that could exist
// (matching.go), what the snapshot has (existing.go, below.go) and roles
// (assumable.go, along.go); representative.go groups actions, union.go joins what
// several ask for. outsider.go has those whom the resource lets in from outside.
//
// The walk: walk.go goes over states (state.go, statenumbers.go) by moves (moves.go),
// inside what can lead anywhere (forward.go), within bounds (bounds.go). What a caller may choose is
// tried as values that tests read: survey.go and domains.go find them, choice.go and
// parameters.go choose, values.go and compared.go see to several tests of one value,
// given.go and plainly.go fold what follows, companions.go adds what passing tags
// takes. mode.go is about MFA, federated.go and signin.go about sign-ins,
// federationtoken.go about sts:GetFederationToken, rootuser.go about root users,
// knowledge.go about what the actor knows, supposed.go about roles that are asked
// about by themselves.
//
// The answer: backwards.go and path.go trace accepting states back, answer.go and
// describe.go make a Result (result.go) of the traces, order.go puts it in order,
// layers.go says what each layer contributes, also.go what else an action takes.
// near.go, near_hint.go, remedy.go, remedy_change.go and change.go say why not, and
// what would help; coverage.go, missing.go, assumes.go and owner.go what the answer
// rests on; horizon.go and expiry.go what changes by time; escalation.go what
// escalation adds. check.go evaluates a path again without the graph.
package query
