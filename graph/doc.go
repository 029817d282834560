// Package graph turns a snapshot into an immutable directed multigraph of
// principals and answers who can become whom.
//
// Nodes are everything that can act or carry: users, roles, root users,
// federated identity providers, users of Identity Center, services and what they
// run, instance profiles, trust anchors, accounts and principals outside the
// snapshot, and the public; groups are nodes too, but only carry policies. A
// session that its issuer limits by a session policy is a node beside its role
// (Limit). An edge from P to R says that P can obtain a session of
// R by one call, if its requirement is met.
//
// The edge set is sound: it leaves out no assumption that the snapshot allows.
// What a session can change (MFA, tags, source identity, session name) stays
// open in an edge's requirement, so the plain arrays are a superset to prune
// with, and package query folds the rest in as it walks. Precision comes from
// the requirements, never from dropping edges.
//
// Build is the only place where an edge comes into being. It starts from the
// trust policies, not from pairs: a name is one candidate, an account root the
// principals of that account that have a permission. Principals with the same
// layers form a class, and a class edge stands for one edge from each member.
package graph
