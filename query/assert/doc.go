// Package assert holds snapshots against a file of invariants that a team keeps
// beside its code: nobody but these reads the payroll bucket, nobody gets from
// development to production, administrators sign in with a second factor.
//
// A file lists checks. A check asks one question, either who can do an action on
// a resource or who becomes a role (To), and puts conditions on the answer. The
// conditions are about everyone with access, conditional access included: what
// is possible under some condition is possible. Where access begins counts, that
// is users, root users, federated and outside identities and services; a role
// counts by itself only if nobody known takes it, or if the check names it.
//
// A violation is a counter-example: a path that query.Check accepts, with the
// statements that allow it and where they stand. What a snapshot cannot decide,
// such as membership in an organization that was not read, is undecided, which
// is not passed.
package assert
