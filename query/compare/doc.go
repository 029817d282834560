// Package compare says what differs between two snapshots: accounts,
// principals, trusts, policies, paths, findings and, for one question, who has
// access.
//
// Things are matched by what names them: principals by ARN, trusts by their
// ends and kind, policies by their place, findings by rule and subject, paths
// by origin, target and list of edges, whatever is required on the way
// (QRY-25). What only the new snapshot has was added, what only the old one has
// was removed, and what both have and say differently was changed.
//
// A difference is symmetric: with the snapshots swapped, added and removed
// change places, and so do old and new. All lists are merges of sorted lists,
// so that the work grows with the size of the snapshots and not with the number
// of pairs in them. Two things are bounded, and say so: the paths of questions
// keep only the best of each origin, and paths without a question are looked
// for around changed trusts only, and between so many pairs at most.
package compare
