package catalog

// Distance is the number of insertions, deletions, replacements and swaps of
// neighbouring bytes that make b of a, or more than most if it is more than
// that. It serves suggestions, here and for names of principals.
func Distance(a, b string, most int) int { return distance(a, b, most) }
