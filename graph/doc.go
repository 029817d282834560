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
// layers form a class, and a class edge stands for one edge from each member;
// classes of many accounts that say the same form a circle.
//
// # Where to find what
//
// Deciding one request: a Model (model.go) puts together the caller's side
// (identity.go, ask.go), the guardrails (guardrail.go) and the resource's side
// (target.go, with grant.go, owner.go and accesspoint.go), and package policy
// evaluates them. What beyond that decides whether a session is obtained is in
// obtain.go, which leads to assume.go for roles, with duration.go, provider.go and
// limit.go, and to what issues sessions in other ways: carrier.go (compute),
// cognito.go, anywhere.go (IAM Roles Anywhere), center.go (Identity Center),
// federateduser.go with tokenreading.go, tokenname.go and tokenroot.go (sts:GetFederationToken) and rootsession.go
// (sts:AssumeRoot).
//
// Building: numbering.go and build.go number the nodes (node.go); trust.go lists
// whom each trust names; class.go and circle.go group callers; roleedges.go and
// special.go try whom the trust lets in, with what verdict.go and resourcelist.go
// remember; assemble.go makes flat arrays (adjacency.go) of the edges. like.go and
// alike.go build a graph after another one and compare two.
//
// Walking: graph.go has the edges of a node, and the reverse walk; within.go stays
// inside a set of nodes (nodeset.go); view.go offers the interface of a graph
// library.
//
// Asking many callers: candidate.go finds who could be allowed something at all, by
// an index of what policies grant (index.go, indexing.go, holdings.go) and by whom
// the resource lets in (grantees.go). inquiry.go, reading.go and atmost.go decide
// many similar requests with less work; form.go says what "*" stands for.
//
// Other graphs: suppose.go and peers.go extend one by escalation edges; knowing.go
// folds condition keys that are known into it; tables.go, edgetable.go and lists.go
// are the form in which it is kept, and inventory.go counts what it was made of.
package graph
