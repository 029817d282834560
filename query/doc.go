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
package query
